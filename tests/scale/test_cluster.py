"""`--scheduler`: the same report from a real cluster, and what happens when a part of it dies, lacks something or is away."""

from __future__ import annotations

import contextlib
import gzip
import io
import json
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from sites import Site, begun

from docpact.cli import main
from docpact.scale import cluster, connection

if TYPE_CHECKING:
    from collections.abc import Iterator

# A worker that, as soon as it judges what does not begin a file, and what it judged before was fetched, says so and goes on for
# ever.
STUCK = """
import sys, threading
from distributed import get_worker
from docpact.scale.pieces import Hand, Piece
judge = Hand.judge
def stuck(hand, work, *most):
    if isinstance(work, Piece) and work.start:
        never = threading.Event()
        while get_worker().data:
            never.wait(0.01)
        print("judging", file=sys.stderr, flush=True)
        never.wait()
    return judge(hand, work, *most)
Hand.judge = stuck
"""
DEADLY = """
import os
from docpact.scale.pieces import Hand, Piece
judge = Hand.judge
def deadly(hand, work, *most):
    if isinstance(work, Piece) and 0 < work.start < 5 << 20:
        os.kill(os.getpid(), 9)
    return judge(hand, work, *most)
Hand.judge = deadly
"""
OLDER = """
import importlib.metadata as installed
version = installed.version
installed.version = lambda name: "0.0.9" if name == "docpact" else version(name)
"""
WITHOUT = "import sys; sys.modules['docpact'] = None"


def run(*arguments: str | Path) -> tuple[int, str, str]:
    out, err = io.StringIO(), io.StringIO()
    code = main(["validate", *map(str, arguments)], io.BytesIO(), out, err)
    return code, out.getvalue(), err.getvalue()


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    with begun(tmp_path / "site") as site:
        yield site


@pytest.fixture(scope="session")
def long(tmp_path_factory: pytest.TempPathFactory, root: Path) -> Path:
    """A folder with a file of some 9 MB, one that is packed, and small ones; there is something to find in each."""
    folder = tmp_path_factory.mktemp("cluster")
    document = json.loads((root / "contracts/task-fetch/openapi.json").read_bytes())
    answer = document["paths"]["/mj/task/{id}/fetch"]["get"]["responses"]["200"]
    payload = next(iter(answer["content"].values()))["example"]
    good = json.dumps(payload, ensure_ascii=False).encode()
    odd = [json.dumps({**payload, "status": "DONE"}).encode(), b'{"id": 1', b"", b"\xff", b'{"a": 1, "a": 2}']
    lines = [odd[n // 97 % len(odd)] if n % 97 == 5 else good for n in range(9_000_000 // len(good))]
    (folder / "long.ndjson").write_bytes(b"\n".join([*lines, odd[0]]))
    (folder / "packed.ndjson.gz").write_bytes(gzip.compress(b"\n".join(lines[:300])))
    for name in ("a", "b"):
        (folder / f"{name}.json").write_bytes(odd[0])
    (folder / "notes.md").write_text("# notes")
    return folder


@pytest.mark.parametrize("form", ["text", "json"])
def test_a_worker_that_is_killed_while_it_judges_changes_nothing(site: Site, long: Path, form: str) -> None:
    (stuck,) = site.start(STUCK)

    def kill() -> None:
        stuck.until("judging")
        (well,) = site.start("")
        well.drain()
        stuck.kill()

    killer = threading.Thread(target=kill)
    killer.start()
    found = run(long, "--format", form, "--scheduler", site.address)
    killer.join()
    assert stuck.process.returncode == -signal.SIGKILL
    # Whether it takes long enough to be told that the worker has left, depends.
    assert found[:2] == run(long, "--format", form, "--jobs", "1")[:2]
    assert found[0] == 1


def test_a_piece_that_workers_die_of_is_lost_and_the_others_are_judged(tmp_path: Path, long: Path) -> None:
    file = long / "long.ndjson"
    with begun(tmp_path / "site", deaths=0) as site:
        # The one that is given this piece dies of it; the other one goes on.
        for worker in site.start(DEADLY, DEADLY):
            worker.drain()
        code, out, err = run(file, "--format", "json", "--scheduler", site.address)
    report = json.loads(out)
    single = json.loads(run(file, "--format", "json", "--jobs", "1")[1])
    assert code == 1
    assert "bytes 4,19" in err
    assert "is given up" in err
    assert any(lost["reason"].startswith("bytes 4,19") for lost in report["unreadable"])
    assert all("were not judged: each worker that did so has died" in lost["reason"] for lost in report["unreadable"])
    assert report["findings"]
    # Line numbers behind what is lost are those of the file.
    assert all(finding in single["findings"] for finding in report["findings"])


@pytest.mark.parametrize(("before", "said"), [(OLDER, "docpact 0.0.9"), (WITHOUT, "no docpact")])
def test_a_worker_that_would_judge_otherwise_is_refused(site: Site, long: Path, before: str, said: str) -> None:
    for worker in site.start("", before):
        worker.drain()
    code, out, err = run(long, "--scheduler", site.address)
    assert (code, out) == (4, "")
    assert "1 of 2 workers cannot judge" in err
    assert said in err
    assert "pip install 'docpact[scale]==" in err


def test_a_file_that_workers_do_not_see_is_told_as_they_see_it(
    site: Site, long: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not Path("/proc/self/cwd").exists():
        pytest.skip("this system has no name for the folder that a process is in")
    # What this names depends on who asks.
    (tmp_path / "mine").symlink_to("/proc/self/cwd")
    for worker in site.start(""):
        worker.drain()
    monkeypatch.chdir(long)
    code, out, _ = run(
        tmp_path / "mine" / "long.ndjson", tmp_path / "mine" / "a.json", "--format", "json", "--scheduler", site.address
    )
    assert code == 3
    assert [lost["reason"] for lost in json.loads(out)["unreadable"]] == ["no such file or directory"] * 2
    assert all("a worker on" in lost["hint"] for lost in json.loads(out)["unreadable"])
    # A relative name means the same file everywhere.
    monkeypatch.chdir(long.parent)
    named = (f"{long.name}/long.ndjson", long.name)
    assert run(*named, "--scheduler", site.address) == run(*named, "--jobs", "1")


def test_a_contract_need_not_lie_where_the_workers_are(
    site: Site, long: Path, root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    own = tmp_path / "own"
    own.mkdir()
    for name in ("contract.toml", "page.txt", "openapi.json"):
        (own / name).write_bytes((root / "contracts/task-fetch" / name).read_bytes())
    (own / "own.schema.json").write_bytes(
        (root / "schemas/task-fetch.schema.json").read_bytes().replace(b'"SUCCESS"', b'"DONE"')
    )
    packed = long / "packed.ndjson.gz"
    mine = run(packed, "--contract", "./own", "--format", "json", "--jobs", "1")
    (worker,) = site.start("")
    worker.drain()
    assert run(packed, "--contract", "./own", "--format", "json", "--scheduler", site.address) == mine
    assert json.loads(mine[1])["summary"]["violating"] > 200


def test_a_scheduler_that_goes_away_ends_the_run_with_what_was_judged(site: Site, long: Path) -> None:
    (stuck,) = site.start(STUCK)

    def lose() -> None:
        stuck.until("judging")
        site.lose_scheduler()
        stuck.drain()

    loser = threading.Thread(target=lose)
    loser.start()
    code, out, err = run(long / "long.ndjson", long, "--format", "json", "--scheduler", site.address)
    loser.join()
    report = json.loads(out)
    assert code == 1
    assert report["findings"]
    assert "is gone: what is left is not judged" in err
    assert {lost["source"] for lost in report["unreadable"]} >= {str(long / "long.ndjson"), str(long / "a.json")}


def test_ctrl_c_reports_what_was_found_until_then(site: Site, long: Path) -> None:
    (stuck,) = site.start(STUCK)
    command = [sys.executable, "-m", "docpact", "validate", str(long / "long.ndjson"), "--scheduler", site.address]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        stuck.until("judging")
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=30)
    stuck.drain()
    assert (process.returncode, err) == (130, "")
    assert "documented-enum" in out
    assert "interrupted" in out


def test_local_workers_give_the_same_report_and_leave_nothing_behind(long: Path, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "docpact", "validate", str(long), "--scheduler", "local:2"]
    env = {**os.environ, "TMPDIR": str(tmp_path)}
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=env, start_new_session=True
    ) as process:
        out, err = process.communicate(timeout=60)
        assert (process.returncode, out, err) == run(long, "--jobs", "1")
    assert not list(tmp_path.iterdir())
    # The last to go are processes of Python's own that notice that their parent has gone.
    for _ in range(500):
        if not group(process.pid):
            break
        time.sleep(0.01)
    assert not group(process.pid)


def group(leader: int) -> list[str]:
    """List the processes that run in the group of this one, those apart that have ended and nobody has asked about."""
    listed = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            state, _, pgrp, *_ = stat.read_text().rpartition(")")[2].split()
            listed += [str(stat)] if int(pgrp) == leader and state != "Z" else []
    return listed


def test_nobody_at_the_address_is_told_in_seconds(long: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "_SECONDS_TO_ANSWER", 0.3)
    code, out, err = run(long, "--scheduler", "tcp://127.0.0.1:9")
    assert (code, out) == (4, "")
    assert "no Dask scheduler answers at tcp://127.0.0.1:9" in err
    assert "Traceback" not in err


def test_a_scheduler_without_workers_is_told(site: Site, long: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cluster, "_SECONDS_TO_MAN", 0.3)
    code, out, err = run(long, "--scheduler", site.address)
    assert (code, out) == (4, "")
    assert f"dask worker {site.address}" in err


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (["--scheduler", "127.0.0.1:8786"], "write tcp://HOST:PORT"),
        (["--scheduler", "http://127.0.0.1:8786"], "write tcp://HOST:PORT"),
        (["--scheduler", "local:0"], "write tcp://HOST:PORT"),
        (["--scheduler", "local", "--jobs", "2"], "leave one of them out"),
        (["--scheduler", "local", "--stories"], "leave --scheduler out"),
        (["--scheduler", "local", "--sample", "9"], "leave --scheduler out"),
        (["--scheduler", "local", "--format", "html"], "leave --scheduler out"),
    ],
)
def test_what_a_cluster_cannot_do_is_wrong_usage(long: Path, more: list[str], said: str) -> None:
    code, out, err = run(long, *more)
    assert (code, out) == (2, "")
    assert said in err


def test_certificates_that_are_not_named_are_asked_for(long: Path) -> None:
    code, _, err = run(long, "--scheduler", "tls://127.0.0.1:9")
    assert code == 4
    assert "DASK_DISTRIBUTED__COMM__TLS__CA_FILE" in err


def test_the_package_that_is_missing_is_named(long: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "docpact.scale.cluster", None)
    monkeypatch.delitem(sys.modules, "docpact.scale.cluster")
    monkeypatch.setitem(sys.modules, "distributed", None)
    code, _, err = run(long, "--scheduler", "local")
    assert code == 2
    assert "pip install 'docpact[scale]'" in err
