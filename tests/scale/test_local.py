"""`--jobs`: the same report whatever the number of processes, and what happens when one of them dies."""

from __future__ import annotations

import io
import json
import os
import signal
import subprocess
import sys
import time
from heapq import heappush
from pathlib import Path
from typing import Any

import pytest

from docpact.captures import Judged, Long, Unreadable
from docpact.cli import main
from docpact.contract import load
from docpact.scale import local
from docpact.scale.local import Local
from docpact.scale.order import in_order
from docpact.scale.pieces import Task
from docpact.validate.stream import Settings, Stream

TASK = Task("task-fetch", Settings(), 64 << 20)


def run(*arguments: str | Path) -> tuple[int, str, str]:
    out, err = io.StringIO(), io.StringIO()
    code = main(["validate", *map(str, arguments)], io.BytesIO(), out, err)
    return code, out.getvalue(), err.getvalue()


@pytest.fixture(scope="session")
def long(tmp_path_factory: pytest.TempPathFactory, root: Path) -> Path:
    """A file of some 9 MB with findings of several kinds, also at the last line, which has no end."""
    path = tmp_path_factory.mktemp("scale") / "long.ndjson"
    example = json.loads((root / "contracts/task-fetch/openapi.json").read_bytes())
    answer = example["paths"]["/mj/task/{id}/fetch"]["get"]["responses"]["200"]
    payload = next(iter(answer["content"].values()))["example"]
    good = json.dumps(payload, ensure_ascii=False).encode()
    odd = [
        json.dumps({**payload, "status": "DONE"}).encode(), b'{"id": 1', b"", b"\xff", b'{"buttons": null}\r',
        json.dumps({**payload, "progress": "93%"}).encode(), b'{"a": 1, "a": 2}', json.dumps([payload]).encode(),
    ]  # fmt: skip
    lines = [odd[n // 97 % len(odd)] if n % 97 == 5 else good for n in range(9_000_000 // len(good))]
    path.write_bytes(b"\n".join([*lines, odd[0]]))
    return path


@pytest.mark.parametrize("form", ["text", "json", "ndjson", "junit", "sarif", "gitlab", "github", "markdown"])
def test_the_report_is_the_same_whatever_the_number_of_jobs(long: Path, bad_folder: Path, form: str) -> None:
    # HTML gathers what was seen, and is judged by one process.
    inputs = (long, bad_folder, long)
    one = run(*inputs, "--format", form, "--jobs", "1")
    for jobs in ("2", "3"):
        assert run(*inputs, "--format", form, "--jobs", jobs) == one
    assert one[0] == 1


@pytest.fixture
def bad_folder(tmp_path: Path) -> Path:
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / "bad.json").write_text('{"buttons": null}')
    (folder / "notes.md").write_text("# notes")
    return folder


@pytest.mark.parametrize(
    "more",
    [["--each"], ["--task", "1"], ["--max-findings", "3"], ["--max-bytes", "2000"], ["--stories"], ["--profile", "strict"]],
)
def test_options_change_the_report_in_the_same_way(long: Path, more: list[str]) -> None:
    assert run(long, *more, "--format", "json", "--jobs", "3") == run(long, *more, "--format", "json", "--jobs", "1")


def test_jobs_below_1_are_wrong_usage() -> None:
    code, _, err = run("x", "--jobs", "0")
    assert (code, "below 1" in err) == (2, True)


def alive(process: int) -> bool:
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def test_a_process_that_dies_is_told_and_its_piece_is_done_again(long: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(local.Local, "_own", lambda _: None)
    told: list[str] = []
    with Local(TASK, Stream(load(), Settings()), 2, told.append) as crew:
        started: set[int] = set()
        found = []
        for thing in in_order([Long(str(long), long.stat().st_size)], crew):
            if not started:
                os.kill(crew.processes[0], signal.SIGKILL)
            started |= set(crew.processes)
            found.append(thing)
    assert "died of signal 9" in told[0]
    assert "is done again" in told[0]
    assert not any(isinstance(thing, Unreadable) for thing in found)
    assert sum(t.accepted + len(t.found) for t in found if isinstance(t, Judged)) == payloads_of(long)
    assert not any(map(alive, started))


def payloads_of(path: Path) -> int:
    return sum(1 for line in path.read_bytes().split(b"\n") if line.strip())


def test_a_piece_that_kills_twice_is_lost_and_the_others_are_judged(long: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    boot = local._BOOT.replace(
        "main()",
        "import docpact.scale.worker as w, os; j = w.judge; "
        "w.judge = lambda s, p, l: os.kill(os.getpid(), 9) if 0 < p.start < 5 << 20 else j(s, p, l); main()",
    )
    monkeypatch.setattr(local, "_BOOT", boot)
    real = Local._own

    def own(crew: Local) -> Any:
        job = real(crew)
        # The piece that kills is left to the others.
        if job is not None and 0 < job.piece.start < 5 << 20:
            heappush(crew._todo, job)
            return None
        return job

    monkeypatch.setattr(Local, "_own", own)
    code, out, err = run(long, "--jobs", "2", "--format", "json")
    report = json.loads(out)
    (lost,) = report["unreadable"]
    assert "were not judged" in lost["reason"]
    assert err.count("died of signal 9") == 2
    assert "is given up" in err
    assert code == 1
    single = json.loads(run(long, "--jobs", "1", "--format", "json")[1])
    assert report["findings"][-1] == single["findings"][-1]
    assert 0 < report["summary"]["payloads"] < single["summary"]["payloads"]


def test_a_bug_in_a_process_is_a_bug(long: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(local, "_BOOT", "import sys; sys.exit(3)")
    monkeypatch.setattr(local.Local, "_own", lambda _: None)
    code, _, err = run(long, "--jobs", "2")
    assert code == 70
    assert "traceback stands above" in err


def children_of(process: int) -> list[int]:
    listed = Path(f"/proc/{process}/task/{process}/children")
    return [int(child) for child in listed.read_text().split()] if listed.exists() else []


def begun(process: subprocess.Popen[bytes]) -> list[int]:
    for _ in range(500):
        if children := children_of(process.pid):
            time.sleep(0.2)
            return children
        time.sleep(0.01)
    pytest.skip("this system does not tell which processes were started")


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGKILL, signal.SIGTERM])
def test_no_process_is_left_behind(long: Path, how: signal.Signals) -> None:
    command = [sys.executable, "-m", "docpact", "validate", *[str(long)] * 40, "--jobs", "3"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        children = begun(process)
        process.send_signal(how)
        out, err = process.communicate(timeout=30)
    for _ in range(500):
        if not any(map(alive, children)):
            break
        time.sleep(0.01)
    assert not any(map(alive, children))
    if how is signal.SIGINT:
        assert process.returncode == 130, err
        assert b"interrupted" in out
        assert b"documented-enum" in out
        assert b"Traceback" not in err
