"""A scheduler and workers of Dask, as processes of their own."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path


class Started:
    """A process of Dask, what it says, and the words that were waited for."""

    def __init__(self, *arguments: str, folder: Path, before: str = "", deaths: int = 3) -> None:
        program = f"{before}\nfrom distributed.cli.dask_{arguments[0]} import main; main()"
        command = [sys.executable, "-c", program, *arguments[1:], "--host", "127.0.0.1", "--no-dashboard"]
        env = {**os.environ, "DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES": str(deaths)}
        self.process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True, cwd=folder, env=env)
        self._drained: threading.Thread | None = None

    def until(self, word: str) -> str:
        """Wait until it says this word, and return what stands behind it in the same line."""
        assert self.process.stderr is not None
        heard = []
        for line in self.process.stderr:
            heard.append(line)
            if word in line:
                return line.partition(word)[2].strip()
        raise AssertionError("".join(heard))

    def drain(self) -> None:
        """Let it talk, heard by nobody."""
        assert self.process.stderr is not None
        self._drained = threading.Thread(target=self.process.stderr.read)
        self._drained.start()

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()

    def end(self) -> None:
        self.kill()
        if self._drained is not None:
            self._drained.join()
        assert self.process.stderr is not None
        self.process.stderr.close()


class Site:
    """A scheduler, and the workers that a test starts for it."""

    def __init__(self, folder: Path, deaths: int, tls: Sequence[str]) -> None:
        self._folder = folder
        self._tls = tls
        protocol = ("--protocol", "tls") if tls else ()
        self._scheduler = Started("scheduler", "--port", "0", *protocol, *tls, folder=folder, deaths=deaths)
        self._workers: list[Started] = []
        self.address = self._scheduler.until("Scheduler at:")
        self._scheduler.drain()

    def start(self, *befores: str) -> list[Started]:
        """Start a worker for each, with these lines of Python before it."""
        more = [*self._tls, "--no-nanny", "--nthreads", "1", "--local-directory", str(self._folder)]
        started = [Started("worker", self.address, *more, folder=self._folder, before=before) for before in befores]
        self._workers += started
        for worker in started:
            worker.until("Registered to:")
        return started

    def lose_scheduler(self) -> None:
        self._scheduler.kill()

    def end(self) -> None:
        for process in (*self._workers, self._scheduler):
            process.end()


@contextlib.contextmanager
def begun(folder: Path, deaths: int = 3, tls: Sequence[str] = ()) -> Iterator[Site]:
    """Start a scheduler, which ends with the test; `tls` are its options of certificates, and those of its workers."""
    folder.mkdir()
    site = Site(folder, deaths, tls)
    try:
        yield site
    finally:
        site.end()
