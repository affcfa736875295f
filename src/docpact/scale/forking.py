"""Forking: a copy of this process that judges too, with all that this one has loaded."""

from __future__ import annotations

import gc
import os
import signal
import sys
import time
from io import FileIO
from typing import TYPE_CHECKING, NoReturn

if TYPE_CHECKING:
    from collections.abc import Callable

_PAUSE = 0.01


def can_fork() -> bool:
    """Tell whether a copy of this process is sure to work: there is one thread in it, and no standard stream is closed.

    What other threads hold would stay locked in the copy. Only Linux counts all of them, those that are not Python's too.
    """
    if not sys.platform.startswith("linux") or None in (sys.__stdin__, sys.__stdout__, sys.__stderr__):
        return False
    try:
        return len(os.listdir("/proc/self/task")) == 1
    except OSError:
        return False


class Forked:
    """A copy of this process that does nothing but `serve`, with as much of `subprocess.Popen` as `local` asks of it."""

    def __init__(self, serve: Callable[[FileIO, FileIO], None]) -> None:
        hears, orders = os.pipe()
        answers, says = os.pipe()
        self.pid = os.fork()
        if not self.pid:
            _live(hears, says, serve)
        os.close(hears)
        os.close(says)
        self.stdin, self.stdout = FileIO(orders, "wb"), FileIO(answers, "rb")
        self._code: int | None = None

    def kill(self) -> None:
        """End it, whatever it does; where it has ended nothing happens."""
        if self._code is None:
            os.kill(self.pid, signal.SIGKILL)

    def wait(self, timeout: float | None = None) -> int:
        """Wait for its end, and return its exit code, or the signal that it died of, less than 0."""
        until = None if timeout is None else time.monotonic() + timeout
        while self._code is None:
            try:
                ended, status = os.waitpid(self.pid, 0 if until is None else os.WNOHANG)
            except ChildProcessError:
                # Whoever started docpact has asked not to hear of the ends of processes: the system has told nobody.
                ended, status = self.pid, 0
            if ended:
                self._code = os.waitstatus_to_exitcode(status)
            elif until is not None and time.monotonic() > until:
                raise TimeoutError(f"process {self.pid} has closed its pipe and does not end")
            else:
                time.sleep(_PAUSE)
        return self._code


def _live(hears: int, says: int, serve: Callable[[FileIO, FileIO], None]) -> NoReturn:
    """Be the copy: hold none of the parent's files but standard error, and run nothing of the parent's at the end."""
    code = 1
    try:
        # In a group of its own: Ctrl-C is for the process that minds it.
        os.setpgid(0, 0)
        # What the parent has stays as it is: nothing of it is looked through, or closes a file of the same number.
        gc.freeze()
        os.dup2(2, 1)
        _let_go(keep={0, 1, 2, hears, says})
        serve(FileIO(hears, "rb"), FileIO(says, "wb"))
        code = 0
    except BaseException:  # noqa: BLE001 - it is shown, as Python would, and goes no further: above stand the parent's frames
        sys.__excepthook__(*sys.exc_info())
    finally:
        os._exit(code)


def _let_go(keep: set[int]) -> None:
    """Close what was inherited: a pipe ends when nobody holds it, and a lock on a journal is its run's alone."""
    for number in map(int, os.listdir("/proc/self/fd")):
        if number not in keep:
            try:
                os.close(number)
            except OSError:
                # By this one the list was read.
                continue
