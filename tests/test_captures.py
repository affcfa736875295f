"""Captures are read whole, in order, in flat memory, and nothing is left out without a word."""

from __future__ import annotations

import io
import json
import os
import threading
from pathlib import Path

import pytest

from docpact.captures import Judged, Read, Skipped, Text, Unreadable, read
from docpact.cli import main


def texts(*inputs: str | Path, stdin: bytes = b"", limit: int = 10_000) -> list[Read]:
    return list(read([str(name) for name in inputs], io.BytesIO(stdin), limit))


def contents(*inputs: str | Path, stdin: bytes = b"", limit: int = 10_000) -> list[tuple[int | None, bytes | None]]:
    return [(t.line, t.content) for t in texts(*inputs, stdin=stdin, limit=limit) if isinstance(t, Text)]


PRETTY = json.dumps({"buttons": [{"a": 1}]}, indent=2).encode()


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (PRETTY, [(None, PRETTY)]),
        (PRETTY + b"\n", [(None, PRETTY + b"\n")]),
        (b'{"a":1}', [(None, b'{"a":1}')]),
        (b'{"a":1}\n', [(None, b'{"a":1}')]),
        (b'{"a":1}\n{"a":2}\n', [(1, b'{"a":1}'), (2, b'{"a":2}')]),
        (b'{"a":1}\r\n{"a":2}\r\n', [(1, b'{"a":1}\r'), (2, b'{"a":2}\r')]),
        (b'\n\n{"a":1}\n\n{"a":2}', [(3, b'{"a":1}'), (5, b'{"a":2}')]),
        (b'\xef\xbb\xbf{"a":1}\n{"a":2}', [(1, b'\xef\xbb\xbf{"a":1}'), (2, b'{"a":2}')]),
        (b'{"a":\n{"b":1}\n}', [(None, b'{"a":\n{"b":1}\n}')]),
        (b'[\n{"a":1},\n{"a":2}\n]', [(None, b'[\n{"a":1},\n{"a":2}\n]')]),
        (b'[\n{"a":1}\n]', [(None, b'[\n{"a":1}\n]')]),
        (b'{"a":1\n{"a":2}\n{"a":3}', [(1, b'{"a":1'), (2, b'{"a":2}'), (3, b'{"a":3}')]),
        (b"", [(None, b"")]),
        (b" \n\n ", [(None, b"")]),
        (b"not json\nat all", [(None, b"not json\nat all")]),
        (b'{"n":' + b"9" * 5000 + b"}\n{}", [(1, b'{"n":' + b"9" * 5000 + b"}"), (2, b"{}")]),
    ],
)
def test_a_document_and_lines_are_told_apart_by_what_they_hold(
    tmp_path: Path, body: bytes, expected: list[tuple[int | None, bytes]]
) -> None:
    path = tmp_path / "capture.json"
    path.write_bytes(body)
    assert contents(path) == expected
    assert contents("-", stdin=body) == expected


def test_a_name_that_says_lines_is_believed(tmp_path: Path) -> None:
    path = tmp_path / "x.ndjson"
    path.write_bytes(b'{"a":\n{"b":1}')
    assert contents(path) == [(1, b'{"a":'), (2, b'{"b":1}')]


@pytest.mark.parametrize("size", [131_071, 131_072, 131_073, 300_000])
def test_a_line_that_crosses_the_pieces_that_are_read_stays_whole(tmp_path: Path, size: int) -> None:
    lines = [json.dumps({"x": "y" * size, "n": n}).encode() for n in range(4)]
    path = tmp_path / "x.jsonl"
    path.write_bytes(b"\n".join(lines))
    assert [content for _, content in contents(path, limit=10**7)] == lines


def test_a_line_above_the_limit_is_told_and_the_next_is_read(tmp_path: Path) -> None:
    path = tmp_path / "x.ndjson"
    path.write_bytes(b'{"a":1}\n' + b"x" * 500_000 + b'\n{"a":2}\n' + b"y" * 300_000)
    found = texts(path, limit=1000)
    assert [(t.line, t.content, t.size) for t in found if isinstance(t, Text)] == [
        (1, b'{"a":1}', 7), (2, None, 500_000), (3, b'{"a":2}', 7), (4, None, 300_000),
    ]  # fmt: skip


def test_a_document_above_the_limit_is_told(tmp_path: Path) -> None:
    path = tmp_path / "x.json"
    path.write_bytes(b"{\n" + b' "a": 1,\n' * 1000 + b"}")
    assert contents(path, limit=1000) == [(None, None)]


def test_a_folder_is_read_in_the_order_of_its_names_and_strangers_are_told(tmp_path: Path) -> None:
    (tmp_path / "b").mkdir()
    for name, body in {
        "b/z.json": "{}",
        "b/a.txt": ' {"buttons": []}',
        "a.json": "{}",
        "notes.md": "# x",
        ".git": "{}",
        "p.png": "\x89",
    }.items():
        (tmp_path / name).write_text(body)
    found = texts(tmp_path)
    assert [Path(t.source).name for t in found if isinstance(t, Text)] == ["a.json", "a.txt", "z.json"]
    assert {(Path(t.source).name, t.reason) for t in found if isinstance(t, Skipped)} == {
        ("notes.md", "holds no JSON"), ("p.png", "holds no JSON"), (".git", "hidden"),
    }  # fmt: skip


def test_a_pattern_is_read_and_one_that_fits_nothing_is_told(tmp_path: Path) -> None:
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "a.json").write_text("{}")
    assert len(contents(f"{tmp_path}/**/*.json")) == 1
    (missing,) = texts(f"{tmp_path}/*.har")
    assert isinstance(missing, Unreadable)


def test_a_name_that_looks_like_a_pattern_is_a_name_first(tmp_path: Path) -> None:
    path = tmp_path / "a[1].json"
    path.write_text("{}")
    assert len(contents(path)) == 1


def test_a_missing_file_is_told_and_the_others_are_read(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text("{}")
    found = texts(tmp_path / "none.json", tmp_path / "a.json")
    assert isinstance(found[0], Unreadable)
    assert found[0].reason == "no such file or directory"
    assert isinstance(found[1], Text)


def test_a_file_that_the_system_refuses_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.json"
    path.write_text("{}")

    def refuse(*_: object, **__: object) -> object:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("builtins.open", refuse)
    (found,) = texts(path)
    assert isinstance(found, Unreadable)
    assert (found.reason, "right to read" in found.hint) == ("permission denied", True)


def test_a_loop_of_links_ends(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text("{}")
    (tmp_path / "loop").symlink_to(tmp_path, target_is_directory=True)
    (tmp_path / "self.json").symlink_to(tmp_path / "self.json")
    (tmp_path / "gone.json").symlink_to(tmp_path / "nothing")
    found = texts(tmp_path)
    assert len([t for t in found if isinstance(t, Text)]) == 1
    assert [t.reason for t in found if isinstance(t, Skipped)] == ["a link that leads back to a folder above it"]
    assert {Path(t.source).name for t in found if isinstance(t, Unreadable)} == {"self.json", "gone.json"}


def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe.json"
    os.mkfifo(pipe)
    done: list[list[Read]] = []
    thread = threading.Thread(target=lambda: done.append([*texts(pipe), *texts(tmp_path)]), daemon=True)
    thread.start()
    thread.join(5)
    assert done, "reading waits for a pipe that nobody writes to"
    named, met = done[0]
    assert isinstance(named, Unreadable)
    assert "cat PIPE" in named.hint
    assert isinstance(met, Skipped)


def test_a_name_with_a_zero_byte_is_told() -> None:
    (found,) = texts("a\0b")
    assert isinstance(found, Unreadable)


@pytest.mark.parametrize("written", ["a//b/", "./a/./b", "a/b/../b", "{here}//a/b/", "."])
def test_a_folder_is_named_as_it_was_given_without_a_slash_too_many(
    written: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a" / "b").mkdir(parents=True)
    (tmp_path / "a" / "b" / "x.json").write_bytes(b"{}")
    monkeypatch.chdir(tmp_path / "a" / "b" if written == "." else tmp_path)
    written = written.format(here=tmp_path)
    (text,) = read([written])
    assert isinstance(text, Text)
    assert text.source == str(Path(written, "x.json"))


def test_the_manifest_of_a_generated_folder_is_no_payload_and_any_other_file_of_that_name_is(tmp_path: Path) -> None:
    assert main(["generate", "valid", "-n", "2", "--out", f"{tmp_path}/made/"]) == 0
    names: dict[str, type] = {thing.source: type(thing) for thing in texts(tmp_path / "made") if not isinstance(thing, Judged)}
    assert names.pop(f"{tmp_path}/made/manifest.json") is Skipped
    assert list(names.values()) == [Text, Text]
    (tmp_path / "made/manifest.json").write_text('{"id": "1"}')
    assert [type(thing) for thing in texts(tmp_path / "made")] == [Text] * 3
