"""Sequences, Parquet and mixtures: every kind is told by its content, in one command, and nothing more is loaded for it."""

from __future__ import annotations

import gzip
import io
import json
import subprocess
import sys
import zlib
from itertools import groupby
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pytest
from pyarrow import parquet

from docpact.captures import Corrupt, Text, Unreadable
from docpact.cli import main
from docpact.inputs.source import kind_of

if TYPE_CHECKING:
    from pathlib import Path

MEGABYTE = 1024 * (1024 if sys.platform == "darwin" else 1)


def test_a_text_sequence_is_told_by_its_separators(told: Any, tmp_path: Path) -> None:
    body = b'\x1e{"a":1}\n\x1e\x1e{"a":\n2}\n\x1e"x"\n\x1e \n\x1e[3]'
    (tmp_path / "x.txt").write_bytes(body)
    expected = [("text", 1, b'{"a":1}\n'), ("text", 2, b'{"a":\n2}\n'), ("text", 4, b'"x"\n'), ("text", 6, b"[3]")]
    assert told(tmp_path) == expected
    assert told("-", stdin=gzip.compress(body)) == expected


def test_a_record_above_the_limit_is_told_and_the_next_is_read(read: Any) -> None:
    body = b"\x1e{}\n\x1e[" + b"1,\n" * 200_000 + b"1]\n\x1e{}\n"
    first, second, third = read("-", stdin=body)
    assert (second.content, second.line, second.size) == (None, 2, 600_004)
    assert (first.line, third.line, third.content) == (1, 200_003, b"{}\n")


def test_a_sequence_that_is_cut_gives_what_stands_before_the_cut(read: Any) -> None:
    packed = gzip.compress(b"".join(b'\x1e{"n": "%d"}\n' % (n * 7919**5) for n in range(3000)))
    *texts, broken = read("-", stdin=packed[: len(packed) // 2])
    assert isinstance(broken, Corrupt)
    assert len(texts) > 1000
    assert broken.line == len(texts) + 1
    assert all(json.loads(text.content) for text in texts)


@pytest.fixture
def rows(example: dict[str, Any]) -> list[dict[str, Any]]:
    return [{**example, "prompt": f"[{n}]"} for n in range(700)]


def test_a_column_of_json_is_found_by_what_it_holds(rows: list[dict[str, Any]], read: Any, tmp_path: Path) -> None:
    texts = [json.dumps(row, indent=1) for row in rows]
    brackets = ["[no json]"] * len(rows)
    for name, column in {"s": pa.array(texts), "b": pa.array([text.encode() for text in texts])}.items():
        parquet.write_table(pa.table({"note": brackets, "answer": column, "n": list(range(len(rows)))}), tmp_path / name)
    found = read(tmp_path)
    assert [text.line for text in found] == [*range(1, 701)] * 2
    assert [json.loads(text.content) for text in found] == rows * 2


def test_rows_are_payloads_where_no_column_is_json(rows: list[dict[str, Any]], read: Any, tmp_path: Path) -> None:
    parquet.write_table(pa.Table.from_pylist([*rows, {**rows[0], "failReason": None}]), tmp_path / "x.parquet")
    found = [json.loads(text.content) for text in read(tmp_path)]
    assert found[:-1] == rows
    assert found[-1] == {name: value for name, value in rows[0].items() if name != "failReason"}


def test_two_columns_of_json_are_not_guessed_between(read: Any, tmp_path: Path) -> None:
    path = tmp_path / "x.parquet"
    parquet.write_table(pa.table({"a": ['{"a": 1}', None], "b": ['{"b": 1}', '{"b": 2}'], "n": [1, 2]}), path)
    (unclear,) = read(path)
    assert isinstance(unclear, Unreadable)
    assert (unclear.reason, unclear.hint) == ("several columns hold JSON: a, b", "name one: --column a")
    assert [text.content for text in read(path, column="b")] == [b'{"b": 1}', b'{"b": 2}']
    assert [text.content for text in read(path, column="a")] == [b'{"a": 1}', b""]
    (missing,) = read(path, column="c")
    assert (missing.reason, missing.hint) == ("has no column of text 'c'", "columns of text are: a, b")


def test_a_damaged_parquet_file_is_told_and_the_next_is_read(read: Any, tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    parquet.write_table(pa.table({"a": [json.dumps({"n": n * 7919**5}) for n in range(5000)]}), path, write_page_checksum=True)
    body = path.read_bytes()
    (tmp_path / "b.json").write_bytes(b"{}")
    for damaged in (body[:-20], body[: len(body) // 2], b"PAR1" + bytes(20), body[:100] + bytes(2000) + body[2100:]):
        path.write_bytes(damaged)
        *before, broken, last = read(tmp_path)
        assert isinstance(broken, Corrupt)
        assert broken.line == len(before) + 1
        assert last.content == b"{}"


def test_a_byte_that_changed_in_a_page_is_told_where_the_page_has_a_checksum(read: Any, tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    table = pa.table({"a": [json.dumps({"n": n}) for n in range(500)]})
    parquet.write_table(table, path, write_page_checksum=True, compression="none", use_dictionary=False)
    path.write_bytes(path.read_bytes().replace(b'{"n": 321}', b'{"n": 123}'))
    *_, broken = read(path)
    assert isinstance(broken, Corrupt)


def test_a_cell_above_the_limit_is_told(read: Any, tmp_path: Path) -> None:
    parquet.write_table(pa.table({"a": ['{"a": "' + "x" * 5000 + '"}', "{}"]}), tmp_path / "x")
    first, second = read(tmp_path, limit=1000)
    assert (first.content, first.size, second.content) == (None, 5009, b"{}")


def test_a_damaged_group_of_rows_is_told_and_the_next_group_is_read(read: Any, tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    table = pa.table({"a": [f'{{"n": {n}, "of": "one group"}}' for n in range(300)]})
    parquet.write_table(table, path, write_page_checksum=True, compression="none", use_dictionary=False, row_group_size=100)
    content = bytearray(path.read_bytes())
    at = content.index(b'"n": 150')
    content[at + 1 : at + 2] = b"m"
    path.write_bytes(content)
    first, damaged, last = [list(found) for _, found in groupby(read(path), key=lambda thing: type(thing) is Corrupt)]
    assert [thing.line for thing in first] == list(range(1, 101))
    assert [(thing.line, "damaged" in thing.reason) for thing in damaged] == [(101, True)]
    assert [(thing.line, json.loads(thing.content)["n"]) for thing in last] == [(n, n - 1) for n in range(201, 301)]


def test_a_parquet_file_in_a_stream_above_the_limit_says_what_to_do(read: Any, tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    parquet.write_table(pa.table({"a": [f'{{"n": {n * 7919**5}}}' for n in range(200)]}), path)
    (told,) = read("-", stdin=path.read_bytes(), limit=1000)
    assert isinstance(told, Unreadable)
    assert told.reason == "a Parquet file that comes out of a stream has to be held, and is larger than --max-bytes (1,000)"
    assert told.hint == "unpack it to a file of its own, or raise --max-bytes above its size"
    assert len(read(path, limit=1000)) == 200


@pytest.mark.parametrize(
    ("head", "name", "kind"),
    [
        (b"\x1f\x8b\x08\0", "x.json", "gzip"),
        (b'{"a":1}', "x.gz", None),
        (b'{"a":1}', "x.yaml", None),
        (b'\xef\xbb\xbf {"log" : {', "", "har"),
        (b'{"log": "line"}', "", None),
        (b'{"interactions": 5}', "", None),
        (b"interactions: []", "", "cassette"),
        (b"# by hand\n---\nversion: 1\ninteractions:\n", "", "cassette"),
        (b"not interactions:", "", None),
        (b"", "", None),
        (b"PKZIP", "", None),
        (b"BZh9 is a word", "", None),
        (b'{"a":1}', "x.HAR", "har"),
        (b'{"log":{', "", "har"),
        (b'{\n\t"log": {', "", "har"),
        (b'{\n  "version": 1,\n  "interactions": [', "", "har"),
        (b'{"Initialize":{"command"', "", "events"),
        (b'{"a":1}.json' + bytes(245) + b"ustar", "", "tar"),
        (b'{"a":"the log of interactions"}', "", None),
    ],
)
def test_a_kind_is_told_by_the_first_bytes(head: bytes, name: str, kind: str | None) -> None:
    assert kind_of(head, name) == kind


def test_a_run_over_all_kinds_counts_what_each_holds(line: bytes, tmp_path: Path, example: dict[str, Any]) -> None:
    (tmp_path / "a.json").write_bytes(line)
    (tmp_path / "b.ndjson.gz").write_bytes(gzip.compress(line + b"\n" + line))
    (tmp_path / "c.seq").write_bytes(b"\x1e" + line + b"\n")
    (tmp_path / "d.cut.gz").write_bytes(gzip.compress(line + b"\n")[:200])
    parquet.write_table(pa.table({"body": [line.decode()] * 3}), tmp_path / "e.parquet")
    bad = json.dumps({**example, "status": "DONE"}).encode()
    (tmp_path / "f.json").write_bytes(bad)
    out = io.StringIO()
    code = main(["validate", str(tmp_path), "-", "--format", "json"], io.BytesIO(gzip.compress(bad)), out, io.StringIO())
    report = json.loads(out.getvalue())
    assert code == 1
    assert report["summary"]["payloads"] == 10
    assert report["summary"]["by_rule"] == {"capture-corrupt": 1, "documented-enum": 2}
    (broken,) = [one for one in report["findings"] if one["rule"] == "capture-corrupt"]
    assert (broken["place"]["source"], broken["place"]["line"]) == (f"{tmp_path}/d.cut.gz", 1)
    assert (broken["layer"], broken["severity"]) == ("transport", "error")


def test_one_json_file_loads_no_reader(line: bytes, tmp_path: Path) -> None:
    (tmp_path / "one.json").write_bytes(line)
    code = (
        "import sys\nfrom docpact.cli import main\n"
        f"assert main(['validate', {str(tmp_path / 'one.json')!r}]) == 0\n"
        "heavy = {'yaml', 'pyarrow', 'fsspec', 'zstandard', 'numpy', 'zipfile', 'tarfile'}\n"
        "print(sorted(name for name in sys.modules if name in heavy or name.startswith('docpact.inputs.')))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "['docpact.inputs.readers', 'docpact.inputs.source']"


NEEDED = [("zstandard", b"\x28\xb5\x2f\xfd\0"), ("pyarrow", b"PAR1"), ("yaml", b"interactions:")]


@pytest.mark.parametrize(("package", "body"), NEEDED if sys.version_info < (3, 14) else NEEDED[1:])
def test_a_package_that_is_missing_is_named_and_the_rest_is_read(
    package: str, body: bytes, read: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in [name for name in sys.modules if name.startswith("docpact.inputs.")]:
        if name.rpartition(".")[2] in {"frames", "parquet", "cassettes"}:
            monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, package, None)
    (tmp_path / "a").write_bytes(body)
    (tmp_path / "b.json").write_bytes(b"{}")
    missing, text = read(tmp_path)
    assert isinstance(missing, Unreadable)
    assert (package in missing.reason, missing.hint) == (True, "pip install 'docpact[captures]'")
    assert isinstance(text, Text)


def test_a_hundred_megabytes_in_one_gz_are_judged_in_flat_memory(line: bytes, tmp_path: Path) -> None:
    path = tmp_path / "large.ndjson.gz"
    packer = zlib.compressobj(1, zlib.DEFLATED, zlib.MAX_WBITS + 16)
    count = 100_000_000 // len(line)
    with path.open("wb") as file:
        for _ in range(count // 100):
            file.write(packer.compress((line + b"\n") * 100))
        file.write(packer.flush())
    code = (
        "import os, resource\nfrom docpact.cli import main\n"
        f"main(['validate', {str(path)!r}, '--layer', 'documented'])\n"
        # Linux counts what the parent held when it started this process into ru_maxrss, and not into VmHWM.
        "peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\n"
        "told = open('/proc/self/status').read() if os.path.exists('/proc/self/status') else ''\n"
        "print(told.partition('VmHWM:')[2].split()[0] if told else peak)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=300, check=True)
    said, *_, peak = done.stdout.splitlines()
    assert said.replace(",", "").startswith(f"conforms  {count // 100 * 100} payloads")
    assert int(peak) < 80 * MEGABYTE
