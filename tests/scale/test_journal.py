"""`--resume`: a run that was cut off anywhere goes on, and its report is that of a run which was not."""

from __future__ import annotations

import gzip
import io
import json
import os
import random
import signal
import stat
import subprocess
import sys
import time
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from docpact.captures import Apart, Corrupt, Judged, Skipped, Text
from docpact.cli import main
from docpact.contract import load
from docpact.scale import entries, journal, order, pieces
from docpact.scale.batches import Batch, Part
from docpact.scale.entries import digest
from docpact.scale.journal import Journal
from docpact.scale.pieces import Outcome, Piece
from docpact.validate.stream import Settings, Stream

if TYPE_CHECKING:
    from docpact.finding import Finding

SECRET = "sk-abcdefghijklmnop1234567890abcdef"  # noqa: S105 - nobody's
# Options that change what is found, and how a journal names them.
OTHER = {
    "--profile": ["--profile", "strict"],
    "--each": ["--each"],
    "--task": ["--task", "1"],
    "--layer": ["--layer", "documented"],
    "--max-bytes": ["--max-bytes", "2M"],
    "inputs": ["more"],
}


def run(*arguments: str | Path) -> tuple[int, str, str]:
    out, err = io.StringIO(), io.StringIO()
    code = main(["validate", *map(str, arguments)], io.BytesIO(), out, err)
    return code, out.getvalue(), err.getvalue()


def lines_of(payload: dict[str, Any], count: int) -> bytes:
    odd = [b'{"id": 1', b"", b"\xff", b"[]", json.dumps({**payload, "status": "DONE"}).encode()]
    good = json.dumps(payload).encode()
    return b"\n".join(odd[n // 7 % len(odd)] if n % 7 == 3 else good for n in range(count))


@pytest.fixture
def captures(tmp_path: Path, example: dict[str, Any]) -> list[str]:
    """A long file of lines, a folder of small files with an archive, a broken one and no captures, and what is not there."""
    (tmp_path / "long.ndjson").write_bytes(lines_of(example, 4000))
    folder = tmp_path / "folder"
    (folder / "below").mkdir(parents=True)
    for number in range(150):
        bad = {**example, "status": "DONE"} if number % 20 == 3 else example
        (folder / "below" / f"{number:03}.json").write_text('{"id"' if number % 31 == 7 else json.dumps(bad))
    (folder / "lines.ndjson.gz").write_bytes(gzip.compress(lines_of(example, 1500)))
    (folder / "cut.ndjson.gz").write_bytes(gzip.compress(lines_of(example, 300))[:-500])
    with zipfile.ZipFile(folder / "two.zip", "w") as archive:
        archive.writestr("a.ndjson", lines_of(example, 200))
        archive.writestr("b.txt", "text")
    (folder / "notes").write_text("# notes")
    return [str(folder), str(tmp_path / "long.ndjson"), str(tmp_path / "missing.json"), str(folder / "lines.ndjson.gz")]


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Cut into small pieces, so that there are many places to be cut off at."""
    monkeypatch.setattr("docpact.cli.spread._LONG", 1 << 20)
    real = pieces.cut
    monkeypatch.setattr(order, "cut", lambda file: real(file, 1 << 19))
    monkeypatch.setattr(pieces, "MOST_FINDINGS", 16)


@pytest.mark.usefixtures("small")
@pytest.mark.parametrize("jobs", ["1", "2"])
def test_a_journal_that_is_cut_anywhere_is_gone_on_with(captures: list[str], tmp_path: Path, jobs: str) -> None:
    asked = [*captures, "--format", "ndjson", "--jobs"]
    expected = run(*asked, "1")
    kept = tmp_path / "kept" / "journal"
    assert run(*asked, jobs, "--resume", kept) == expected
    whole = kept.read_bytes()
    assert whole.count(b"\n") > 170
    assert all(isinstance(json.loads(line), dict) for line in whole.splitlines())
    generator = random.Random(1)  # noqa: S311 - no secret
    for end in [0, 1, 20, len(whole) - 1, len(whole), *generator.sample(range(len(whole)), 8)]:
        kept.write_bytes(whole[:end])
        assert run(*asked, jobs, "--resume", kept) == expected, end
        finished = kept.read_bytes()
        assert all(isinstance(json.loads(line), dict) for line in finished.splitlines()), end
        assert finished.startswith(whole[: whole.rfind(b"\n", 0, end) + 1]), end
        assert run(*asked, jobs, "--resume", kept) == expected, end
        assert kept.read_bytes() == finished, end


@pytest.mark.usefixtures("small")
def test_what_is_known_is_not_judged_again(captures: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kept = tmp_path / "journal"
    first = run(*captures, "--jobs", "1", "--resume", kept)
    before = kept.read_bytes()

    def judged(*_: object) -> Any:
        pytest.fail("it was judged again")

    monkeypatch.setattr(Stream, "judge", judged)
    monkeypatch.setattr(Stream, "sift", judged)
    # The archive that breaks off is known, too.
    assert run(*captures, "--jobs", "1", "--resume", kept) == first
    assert kept.read_bytes() == before


@pytest.mark.usefixtures("small")
def test_a_source_that_changed_is_judged_again_and_told_and_the_others_are_not(
    captures: list[str], tmp_path: Path, example: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    kept, folder = tmp_path / "journal", Path(captures[0]) / "below"
    asked = [*captures, "--format", "json", "--jobs", "1"]
    run(*asked, "--resume", kept)
    (folder / "005.json").write_text(json.dumps({**example, "status": "NEW"}))
    (folder / "0050.json").write_text(json.dumps({**example, "status": "MORE"}))
    (folder / "100.json").unlink()
    real, seen = Stream.judge, []

    def judged(stream: Stream, text: Any) -> Any:
        seen.append(Path(text.source).name)
        return real(stream, text)

    monkeypatch.setattr(Stream, "judge", judged)
    code, out, err = run(*asked, "--resume", kept)
    assert seen == ["005.json", "0050.json"]
    assert err == f"docpact: {folder}/005.json has changed since {kept} was written: it is judged again\n"
    assert (code, out) == run(*asked)[:2]
    seen.clear()
    # What was judged then is known the third time.
    assert run(*asked, "--resume", kept) == (code, out, "")
    assert not seen


def test_a_journal_of_another_run_is_refused(captures: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kept = tmp_path / "journal"
    one = captures[3]
    run(one, "--resume", kept)
    before = kept.read_bytes()
    for name, more in OTHER.items():
        code, _, err = run(one, *more, "--resume", kept)
        assert code == 2
        assert f"is the journal of another run: {name} differs" in err
        assert "hint: run as it was run then" in err
    monkeypatch.setattr("docpact.cli.resuming.__version__", "9")
    assert "docpact differs" in run(one, "--resume", kept)[2]
    assert kept.read_bytes() == before


def test_what_is_told_does_not_make_it_another_run(captures: list[str], tmp_path: Path) -> None:
    kept = tmp_path / "journal"
    for form in ("text", "json", "junit", "sarif"):
        asked = [captures[3], "--format", form, "--fail-on", "never", "--max-findings", "2"]
        assert run(*asked, "--resume", kept) == run(*asked)


@pytest.mark.parametrize("content", [b'{"id": 1}\n', b"PK\x03\x04", b'{"docpact-journal":"torn\n', b"x"])
def test_a_file_that_is_no_journal_is_left_alone(captures: list[str], tmp_path: Path, content: bytes) -> None:
    other = tmp_path / "other.ndjson"
    other.write_bytes(content)
    code, _, err = run(captures[0], "--resume", other)
    assert (code, other.read_bytes()) == (2, content)
    assert "is no journal of docpact" in err


@pytest.mark.parametrize("more", [["--stories"], ["--layer", "lifecycle"], ["--sample", "3"], ["--format", "html"]])
def test_what_is_not_judged_apart_cannot_be_resumed(captures: list[str], tmp_path: Path, more: list[str]) -> None:
    code, _, err = run(captures[0], *more, "--resume", tmp_path / "journal")
    assert (code, (tmp_path / "journal").exists()) == (2, False)
    assert "--resume" in err


def test_standard_input_a_folder_and_a_journal_among_the_captures_are_refused(captures: list[str], tmp_path: Path) -> None:
    assert "standard input" in run("-", "--resume", tmp_path / "journal")[2]
    assert "is no file" in run(captures[0], "--resume", tmp_path)[2]
    assert "stands among what is judged" in run(captures[0], "--resume", Path(captures[0]) / "below" / "journal")[2]
    assert "stands among what is judged" in run(captures[1], "--resume", captures[1])[2]
    assert "cannot write" in run(captures[1], "--resume", Path(captures[1]) / "journal")[2]
    assert run(captures[0], "--resume", Path(captures[0]) / ".journal")[0] == 1


def test_a_journal_is_for_its_owner_and_for_one_run_at_a_time(captures: list[str], tmp_path: Path) -> None:
    kept = tmp_path / "journal"
    kept.touch(0o644)
    run(captures[3], "--resume", kept)
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    with Journal(tmp_path / "other", {}, print):
        code, _, err = run(captures[3], "--resume", tmp_path / "other")
    assert code == 2
    assert "being written by another run" in err


def test_a_disk_that_is_full_does_not_stop_the_run(
    captures: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = tmp_path / "journal"
    expected = run(captures[0], "--format", "ndjson")
    real = Journal._append

    class Full:
        def __init__(self, file: Any) -> None:
            self._file = file

        def __getattr__(self, name: str) -> Any:
            return getattr(self._file, name)

        def write(self, content: bytes) -> int:
            self._file.write(bytes(content)[:7])
            raise OSError(28, "No space left on device")

    def append(kept: Journal, lines: bytes) -> None:
        if not isinstance(kept._file, Full) and kept._file.tell() > 20_000:
            kept._file = Full(kept._file)  # type: ignore[assignment] # as much of a file as is used
        real(kept, lines)

    monkeypatch.setattr(Journal, "_append", append)
    code, out, err = run(captures[0], "--format", "ndjson", "--resume", kept)
    assert (code, out) == expected[:2]
    assert err == f"docpact: {kept} cannot be written any more (No space left on device): the run goes on without it\n"
    monkeypatch.undo()
    assert 20_000 < kept.stat().st_size < 200_000
    assert kept.read_bytes().endswith(b"}\n")
    assert run(captures[0], "--format", "ndjson", "--resume", kept) == expected


def test_nothing_secret_is_in_a_journal(tmp_path: Path, example: dict[str, Any]) -> None:
    path = tmp_path / "captures" / f"token={SECRET}.ndjson"
    path.parent.mkdir()
    bad = {**example, "status": f"Bearer {SECRET}", "prompt": SECRET, "id": SECRET, SECRET: 1}
    path.write_text(f"{json.dumps(bad)}\n" * 3)
    with zipfile.ZipFile(tmp_path / "captures" / "a.zip", "w") as archive:
        archive.writestr(f"token={SECRET}.txt", "x")
    kept = tmp_path / "journal"
    asked: list[str | Path] = [path.parent, "--format", "json", "--task", SECRET]
    assert run(*asked, "--resume", kept) == run(*asked)
    assert run(*asked, "--resume", kept) == run(*asked)
    assert kept.read_bytes().count(b"\n") == 3
    assert SECRET.encode() not in kept.read_bytes()


def test_every_finding_comes_back_as_it_was(root: Path) -> None:
    stream = Stream(load(), Settings())
    found: list[list[Finding]] = []
    for path in sorted((root / "tests" / "cases").rglob("fail_*")):
        content = path.read_bytes()
        found += [list(findings) for findings in stream.judge(Text(str(path), None, content, len(content)))]
    assert len({finding.rule for findings in found for finding in findings}) > 20
    piece = Piece("x", 0, 99)
    outcome = Outcome(7, 3, found, Piece("x", 50, 99), size=50)
    assert entries.outcome_of(piece, json.loads(json.dumps(entries.of_piece(piece, outcome)))) == outcome
    part = Part(Apart("x", 5, named=True), 2, 3, [Judged(1, found, 5), Skipped("a", "b"), Corrupt("c", 3, "d")], ended=False)
    batch = Batch((Apart("x", 5, named=True),), 2)
    again = entries.outcome_of(batch, json.loads(json.dumps(entries.of_part(part))))
    assert again == Outcome(parts=[part], rest=Batch(batch.things, 5))


def test_a_contract_has_the_same_digest_in_every_process() -> None:
    code = "from docpact.contract import load; from docpact.scale.entries import digest; print(digest(load()))"
    command = [sys.executable, "-c", code]
    seeds = [{**os.environ, "PYTHONHASHSEED": seed} for seed in ("1", "2")]
    told = {subprocess.run(command, env=seed, capture_output=True, check=True).stdout for seed in seeds}
    assert told == {f"{digest(load())}\n".encode()}


@pytest.mark.parametrize("jobs", ["1", "2"])
@pytest.mark.parametrize("kind", ["long", "folder"])
def test_a_run_that_was_killed_goes_on(tmp_path: Path, example: dict[str, Any], kind: str, jobs: str) -> None:
    captures = tmp_path / "captures"
    captures.mkdir()
    if kind == "long":
        (captures / "long.ndjson").write_bytes(lines_of(example, 15_000))
    else:
        for number in range(2500):
            (captures / f"{number:04}.json").write_bytes(lines_of(example, number % 9 or 1))
    kept = tmp_path / "journal"
    asked = [sys.executable, "-m", "docpact", "validate", str(captures), "--format", "ndjson", "--jobs", jobs]
    expected = subprocess.run(asked, capture_output=True, check=False).stdout
    with subprocess.Popen([*asked, "--resume", str(kept)], stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        while process.poll() is None and (not kept.exists() or kept.stat().st_size < 10_000):
            time.sleep(0.001)
        process.send_signal(signal.SIGKILL)
        assert process.communicate()[0] == b""
    assert kept.stat().st_size >= 10_000
    again = subprocess.run([*asked, "--resume", str(kept)], capture_output=True, check=False)
    assert (again.stdout, again.stderr) == (expected, b"")


def test_many_that_were_taken_away_hide_no_more_than_what_is_near(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(journal, "_MOST_AHEAD", 3)
    for number in range(9):
        (tmp_path / f"{number}").write_text("{}")
    works = [Batch((Apart(str(tmp_path / f"{number}"), 2, named=True),)) for number in range(9)]

    def outcome(work: Batch) -> Outcome:
        return Outcome(parts=[Part(work.things[0], read=[Judged(1, [], 2)])])

    with Journal(tmp_path / "journal", {}, print) as kept:
        for work in works:
            assert kept.find(work) is None
            kept.note(work, outcome(work))
    with Journal(tmp_path / "journal", {}, print) as kept:
        assert [kept.find(works[number]) is not None for number in (0, 3, 4, 8)] == [True, True, True, False]
