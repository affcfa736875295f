"""Batches: sources that are not cut, judged in parts, gone on with by whoever, and told of when nobody could judge them."""

from __future__ import annotations

import gzip
import io
import json
import os
import re
import signal
import subprocess
import sys
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from docpact import inputs
from docpact.captures import Apart, Judged, Long, Skipped, Text, Unreadable
from docpact.cli import main
from docpact.contract import load
from docpact.scale import batches, local, pieces
from docpact.scale.batches import Batch
from docpact.scale.local import Local
from docpact.scale.order import in_order, pieces_of
from docpact.scale.pieces import Hand, Piece, Task
from docpact.validate.stream import Settings, Stream

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from docpact.captures import Read
    from docpact.scale.pieces import Work

LIMIT = 64 << 20
TASK = Task("task-fetch", Settings(), LIMIT, inputs.read_apart, inputs.Settings(LIMIT, blocks=True))


def hand() -> Hand:
    return Hand(TASK, Stream(load(), Settings()))


@pytest.fixture
def packed(tmp_path: Path, example: dict[str, Any]) -> Path:
    """A compressed file of 3,000 lines, some blank, one in ten of which breaks the contract, that breaks off."""
    lines = [json.dumps({**example, "status": "DONE"} if n % 10 == 3 else example) if n % 17 else " " for n in range(3000)]
    path = tmp_path / "lines.ndjson.gz"
    path.write_bytes(gzip.compress("\n".join(lines).encode())[:-9])
    return path


def apart(path: Path) -> Apart:
    return Apart(str(path), path.stat().st_size, named=True)


def summed(things: Iterable[Read]) -> tuple[int, list[int | None], list[Read]]:
    accepted = 0
    places: list[int | None] = []
    others: list[Read] = []
    for thing in things:
        if isinstance(thing, Judged):
            accepted += thing.accepted
            places += [finding.place.line for found in thing.found for finding in found]
        else:
            others.append(thing)
    return accepted, places, others


@pytest.mark.parametrize("most", [1, 10, 1024])
@pytest.mark.parametrize("others", [False, True])
def test_parts_are_the_whole_whoever_goes_on(packed: Path, monkeypatch: pytest.MonkeyPatch, most: int, *, others: bool) -> None:
    whole = summed(thing for part in hand().judge(Batch((apart(packed),))).parts for thing in part.read)
    assert len(whole[1]) > 200
    assert [type(thing).__name__ for thing in whole[2]] == ["Corrupt"]
    monkeypatch.setattr(pieces, "MOST_FINDINGS", most)
    monkeypatch.setattr(batches, "_MOST_LINES", 16)
    able, parts = hand(), 0
    read: list[Read] = []
    rest: Work | None = Batch((apart(packed),))
    while rest is not None:
        outcome = able.judge(rest)
        read += [thing for part in outcome.parts for thing in part.read]
        parts += 1
        assert outcome.findings <= most + 16
        rest = outcome.rest
        if others and parts % 40 == 1:
            # Somebody else, who has never seen the source.
            able.close()
            able = hand()
    assert summed(read) == whole
    assert parts > 200 // (most + 16)
    assert sum(thing.size for thing in read if isinstance(thing, Judged)) == packed.stat().st_size


def test_text_bounds_a_part_too(packed: Path) -> None:
    able = hand()
    outcome = able.judge(Batch((apart(packed),) * 3), most=1 << 20)
    able.close()
    assert isinstance(outcome.rest, Batch)
    assert (len(outcome.rest.things), outcome.rest.skip > 100) == (3, True)


def test_small_sources_go_together_and_large_ones_alone() -> None:
    def small(name: str) -> Apart:
        return Apart(name, 1000, named=False)

    large, remote = Apart("L", 9 << 20, named=True), Apart("s3://x", None, named=True)
    some: list[Read] = [Skipped("s", ""), *map(small, "ab"), Skipped("t", ""), small("c"), large, small("d"), remote]
    told = [*some, Text("stdin", None, b"{}", 2), *map(small, map(str, range(70)))]
    found = list(pieces_of(told))
    names = [
        "".join(t.source[:1] for t in thing.things) if isinstance(thing, Batch) else type(thing).__name__ for thing in found
    ]
    assert names[:6] == ["Skipped", "abtc", "L", "d", "s", "Text"]
    assert [len(name) for name in names[6:]] == [64, 6]


@pytest.fixture
def folder(tmp_path: Path, example: dict[str, Any]) -> Path:
    folder = tmp_path / "folder"
    folder.mkdir()
    for number in range(1200):
        (folder / f"{number:04}.json").write_text(json.dumps({**example, "status": "DONE"} if number % 100 == 3 else example))
    return folder


def run(*arguments: str | Path) -> tuple[int, str, str]:
    out, err = io.StringIO(), io.StringIO()
    code = main(["validate", *map(str, arguments)], io.BytesIO(), out, err)
    return code, out.getvalue(), err.getvalue()


def test_a_batch_whose_process_dies_is_judged_again(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Local, "_own", lambda _: None)
    expected = [Apart(str(path), path.stat().st_size, named=False) for path in sorted(folder.iterdir())]
    told: list[str] = []
    with Local(TASK, Stream(load(), Settings()), 2, told.append) as crew:
        found, killed = [], False
        for thing in in_order(expected, crew):
            if not killed:
                killed = True
                os.kill(crew.processes[0], signal.SIGKILL)
            found.append(thing)
    assert "died of signal 9" in told[0]
    # Which batch it had by then is a matter of time.
    assert re.search(r"/0(064|128)\.json and 63 more, which is done again", told[0])
    accepted, places, others = summed(found)
    assert (accepted, len(places), others) == (1188, 12, [])


def test_a_source_whose_process_dies_is_gone_on_with_by_another(packed: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = summed(thing for part in hand().judge(Batch((apart(packed),))).parts for thing in part.read)
    few = "import docpact.scale.pieces as p; p.MOST_FINDINGS = 10; main()"
    monkeypatch.setattr(local, "can_fork", lambda: False)
    monkeypatch.setattr(local, "_BOOT", local._BOOT.replace("main()", few))
    monkeypatch.setattr(Local, "_own", lambda _: None)
    told: list[str] = []
    large = apart(packed)._replace(size=9 << 20)
    with Local(TASK, Stream(load(), Settings()), 2, told.append) as crew:
        found: list[Read] = []
        for number, thing in enumerate(in_order([large, large], crew)):
            if number == 5:
                os.kill(crew.processes[0], signal.SIGKILL)
            found.append(thing)
    accepted, places, others = summed(found)
    assert len(told) == 1
    assert (accepted, places, others) == (2 * whole[0], whole[1] * 2, whole[2] * 2)


def test_sources_that_kill_twice_are_named_and_the_others_are_judged(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kills = f"{folder}/0070.json"
    boot = local._BOOT.replace(
        "main()",
        "import docpact.scale.batches as b, os; p = b.Reading.part; "
        f"b.Reading.part = lambda r, *a: os.kill(os.getpid(), 9) if r._thing.source == {kills!r} else p(r, *a); main()",
    )
    monkeypatch.setattr(local, "can_fork", lambda: False)
    monkeypatch.setattr(local, "_BOOT", boot)
    monkeypatch.setattr("docpact.cli.spread._LONG", 0)
    real = Local._next

    def others(crew: Local, who: object) -> Any:
        job = real(crew, who)
        if job is not None and who is crew and isinstance(job.piece, Batch) and kills in {t.source for t in job.piece.things}:
            crew._todo.append(job)
            return None
        return job

    monkeypatch.setattr(Local, "_next", others)
    code, out, err = run(folder, "--jobs", "2", "--format", "json")
    report = json.loads(out)
    assert code == 1
    assert err.count("died of signal 9") == 2
    assert "is given up" in err
    assert report["summary"]["unreadable"] == 64
    assert report["unreadable"][0]["source"] == f"{folder}/0064.json"
    assert report["unreadable"][0]["reason"] == "was not judged: the process that did so died, each time"
    assert report["summary"]["payloads"] == 1200 - 64


def test_ctrl_c_reports_the_part_of_a_folder_that_was_judged(folder: Path, example: dict[str, Any]) -> None:
    command = [sys.executable, "-m", "docpact", "validate", *[str(folder)] * 3, "-", "--jobs", "2"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdin is not None
        # More than a pipe holds and one read takes: when it is written, what stands before it has been judged.
        process.stdin.write((json.dumps(example).encode() + b"\n") * 400)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=30)
    assert process.returncode == 130, err
    assert b"interrupted" in out
    assert b"documented-enum" in out
    assert err == b""


def test_a_source_that_goes_away_is_told(folder: Path) -> None:
    gone = Apart(f"{folder}/gone.json", 5, named=True)
    first = apart(folder / "0003.json")
    ((judged, lost),) = [[part.read for part in hand().judge(Batch((first, gone))).parts]]
    assert summed(judged)[0:2] == (0, [1])
    assert isinstance(lost[0], Unreadable)


def test_a_task_for_long_files_alone_reads_nothing_else(folder: Path) -> None:
    without = Hand(replace(TASK, read=None), Stream(load(), Settings()))
    with pytest.raises(TypeError, match="must say how they are read"):
        without.judge(Batch((apart(folder / "0003.json"),)))
    assert without.judge(Piece(f"{folder}/0003.json", 0, None)).findings == 1
    assert [type(thing) for thing in pieces_of([Long(f"{folder}/0003.json", 9)])] == [Piece]
