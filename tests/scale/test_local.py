"""`--jobs`: the same report whatever the number of processes, and what happens when one of them dies."""

from __future__ import annotations

import gzip
import io
import json
import os
import signal
import subprocess
import sys
import time
import zipfile
from heapq import heappush
from pathlib import Path
from typing import Any

import pytest

from docpact.captures import Judged, Long, Unreadable
from docpact.cli import main
from docpact.contract import load
from docpact.scale import local
from docpact.scale.forking import can_fork
from docpact.scale.local import Local
from docpact.scale.order import in_order
from docpact.scale.pieces import Piece, Task
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


def test_the_report_is_the_same_where_processes_are_started_anew(long: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    one = run(long, "--format", "json", "--jobs", "1")
    started_by(monkeypatch, forks=False)
    assert run(long, "--format", "json", "--jobs", "3") == one


@pytest.fixture(scope="session")
def many(tmp_path_factory: pytest.TempPathFactory, long: Path) -> Path:
    """A folder of 900 small files, of archives, and of what cannot be read whole, some of them with findings."""
    folder = tmp_path_factory.mktemp("many")
    good, bad = (line for line in (long.read_bytes().splitlines()[n] for n in (0, 5)))
    for number in range(900):
        below = folder / f"{number // 300}"
        below.mkdir(exist_ok=True)
        name = f"{number:04}" if number % 13 == 1 else f"{number:04}.json"
        (below / name).write_bytes(b'{"id":' if number % 50 == 7 else bad if number % 29 == 3 else good)
    lines = b"\n".join(long.read_bytes().splitlines()[:4000])
    with gzip.open(folder / "lines.ndjson.gz", "wb", 1) as file:
        file.write(lines)
    (folder / "cut.ndjson.gz").write_bytes(gzip.compress(lines, 1)[:-1000])
    with zipfile.ZipFile(folder / "two.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.ndjson", lines[:300_000])
        archive.writestr("b.txt", "text")
        archive.writestr("c.json", b"[")
    (folder / "1" / "notes").write_text("# notes")
    (folder / "1" / ".hidden.json").write_text("{}")
    (folder / "2" / "loop").symlink_to(folder)
    (folder / "2" / "gone.json").symlink_to(folder / "nowhere")
    return folder


@pytest.mark.parametrize("form", ["text", "json", "ndjson"])
def test_a_folder_is_judged_by_several_with_the_same_report(many: Path, long: Path, form: str) -> None:
    inputs = (many, many / "two.zip", long, many / "missing", f"{many}/*/*3.json")
    one = run(*inputs, "--format", form, "--jobs", "1")
    for jobs in ("2", "3"):
        assert run(*inputs, "--format", form, "--jobs", jobs) == one
    assert one[0] == 1
    if form == "json":
        report = json.loads(one[1])
        assert report["summary"]["by_rule"]["capture-corrupt"] == 1
        assert {thing["source"] for thing in report["unreadable"]} == {str(many / "missing"), str(many / "2/gone.json")}


def test_little_work_starts_no_process_and_loads_nothing_for_it(bad_folder: Path) -> None:
    code = "import sys; from docpact.cli import main; main(sys.argv[1:]); print([m for m in sys.modules if '.scale' in m])"
    files = [str(bad_folder), str(bad_folder / "bad.json")]
    ran = subprocess.run(
        [sys.executable, "-c", code, "validate", *files, "--jobs", "2"], capture_output=True, text=True, check=True
    )
    assert ran.stdout.endswith("\n[]\n")


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


def started_by(monkeypatch: pytest.MonkeyPatch, *, forks: bool) -> None:
    if forks and not can_fork():
        pytest.skip("there are other threads in this process, or it is not on Linux")
    monkeypatch.setattr(local, "can_fork", lambda: forks)


def alive(process: int) -> bool:
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


@pytest.mark.parametrize("forks", [True, False])
def test_a_process_that_dies_is_told_and_its_piece_is_done_again(
    long: Path,
    forks: bool,  # noqa: FBT001 - one of two cases
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    started_by(monkeypatch, forks=forks)
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
        "import docpact.scale.pieces as w, os; j = w.judge; "
        "w.judge = lambda s, p, *r: os.kill(os.getpid(), 9) if 0 < p.start < 5 << 20 else j(s, p, *r); main()",
    )
    monkeypatch.setattr(local, "can_fork", lambda: False)
    monkeypatch.setattr(local, "_BOOT", boot)
    real = Local._own

    def own(crew: Local) -> Any:
        job = real(crew)
        # The piece that kills is left to the others.
        if job is not None and isinstance(job.piece, Piece) and 0 < job.piece.start < 5 << 20:
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
    monkeypatch.setattr(local, "can_fork", lambda: False)
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
            time.sleep(0.5)
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
