"""A copy of the process: what it holds, what it tells of its end, and what it never does."""

from __future__ import annotations

import os
import signal
import threading
from typing import TYPE_CHECKING

import pytest

from docpact.scale.forking import Forked, can_fork
from docpact.scale.frames import hear, say

if TYPE_CHECKING:
    from io import FileIO
    from pathlib import Path

pytestmark = pytest.mark.skipif(not can_fork(), reason="there are other threads in this process, or it is not on Linux")


def until_the_end(orders: FileIO, _: FileIO) -> None:
    with pytest.raises(EOFError):
        hear(orders)


def ended(copy: Forked) -> int:
    copy.stdin.close()
    copy.stdout.close()
    return copy.wait(30)


def test_a_copy_holds_no_file_of_its_parent_but_the_standard_ones(tmp_path: Path) -> None:
    def serve(orders: FileIO, answers: FileIO) -> None:
        held = {
            n: os.readlink(f"/proc/self/fd/{n}") for n in os.listdir("/proc/self/fd") if os.path.exists(f"/proc/self/fd/{n}")
        }
        say(answers, (held, orders.fileno(), answers.fileno()))

    with open(tmp_path / "held", "w"):
        other, copy = Forked(until_the_end), Forked(serve)
        held, orders, answers = hear(copy.stdout)
        assert ended(copy) == ended(other) == 0
    # The one more is that by which they were listed.
    assert {"0", "1", "2", str(orders), str(answers)} <= held.keys()
    assert len(held) <= 6
    assert held["1"] == held["2"]
    assert str(tmp_path / "held") not in held.values()


def test_a_copy_that_fails_ends_with_1_and_nothing_of_its_parent_is_run_in_it(tmp_path: Path) -> None:
    def serve(_: FileIO, __: FileIO) -> None:
        raise ValueError("as it should")

    parent = os.getpid()
    copy = None
    try:
        copy = Forked(serve)
        assert ended(copy) == 1
    finally:
        (tmp_path / str(os.getpid())).touch()
    assert [path.name for path in tmp_path.iterdir()] == [str(parent)]


def test_a_copy_tells_the_signal_that_it_died_of() -> None:
    copy = Forked(until_the_end)
    copy.kill()
    assert copy.wait() == -signal.SIGKILL
    copy.kill()
    assert ended(copy) == -signal.SIGKILL


def test_a_copy_that_does_not_end_is_not_waited_for_without_an_end() -> None:
    copy = Forked(until_the_end)
    with pytest.raises(TimeoutError, match=str(copy.pid)):
        copy.wait(0)
    assert ended(copy) == 0


def test_a_copy_is_no_process_that_ctrl_c_is_for() -> None:
    def serve(orders: FileIO, answers: FileIO) -> None:
        say(answers, os.getpgid(0))
        until_the_end(orders, answers)

    copy = Forked(serve)
    assert hear(copy.stdout) == copy.pid != os.getpgid(0)
    assert ended(copy) == 0


def test_an_end_that_the_system_tells_nobody_of_is_an_end() -> None:
    before = signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    try:
        assert ended(Forked(until_the_end)) == 0
    finally:
        signal.signal(signal.SIGCHLD, before)


def test_a_process_with_another_thread_is_not_copied() -> None:
    done = threading.Event()
    thread = threading.Thread(target=done.wait)
    thread.start()
    try:
        assert not can_fork()
    finally:
        done.set()
        thread.join()


@pytest.mark.parametrize("name", ["__stdin__", "__stdout__", "__stderr__"])
def test_a_process_without_a_standard_stream_is_not_copied(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(f"sys.{name}", None)
    assert not can_fork()
