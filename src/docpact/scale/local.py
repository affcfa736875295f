"""Local: pieces judged on the cores of this machine, by this process and by others that it starts and minds."""

from __future__ import annotations

import heapq
import subprocess
import sys
from dataclasses import dataclass, field
from selectors import EVENT_READ, DefaultSelector
from typing import TYPE_CHECKING, Any, Self, cast

from docpact.captures import Unreadable
from docpact.scale.frames import hear, say
from docpact.scale.pieces import Outcome, Piece, count_lines, judge
from docpact.scale.worker import READY

if TYPE_CHECKING:
    from collections.abc import Callable
    from io import FileIO
    from types import TracebackType

    from docpact.scale.pieces import Task
    from docpact.validate.stream import Stream

_BOOT = "import sys; sys.path[:] = sys.argv[1:]; from docpact.scale.worker import main; main()"
# One is being judged, and the next lies ready.
_AT_A_TIME = 2
_MOST_TRIES = 2
# When as many have died, this process goes on by itself.
_MOST_DEATHS = 16
# What a process that has closed its end may take to show why.
_SECONDS_TO_DIE = 10


@dataclass(order=True, slots=True)
class _Job:
    ticket: int
    piece: Piece = field(compare=False)
    tries: int = field(default=0, compare=False)


class _Worker:
    """One process, and the jobs that it was given."""

    def __init__(self, task: Task) -> None:
        command = [sys.executable, "-c", _BOOT, *sys.path]
        # In a group of its own: Ctrl-C is for the process that minds it.
        self.process = subprocess.Popen(  # noqa: S603 - this very Python, with a program of ours
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0, process_group=0
        )
        self.orders, self.answers = cast("FileIO", self.process.stdin), cast("FileIO", self.process.stdout)
        self.jobs: list[_Job] = []
        self.ready = False
        self.say(task)

    def say(self, word: object) -> None:
        try:
            say(self.orders, word)
        except OSError:
            # It has died: that is seen from its answers, which end.
            return

    def end(self) -> int:
        self.process.kill()
        self.orders.close()
        self.answers.close()
        return self.process.wait()


class Local:
    """As many processes as `jobs` says, this one among them, so that nothing waits until the others have started.

    `tell` is handed a sentence when a process has died. Its piece is done again by another one; when that dies too, the
    piece is lost, and is an input that could not be read.
    """

    def __init__(self, task: Task, stream: Stream, jobs: int, tell: Callable[[str], None]) -> None:
        self.width = 4 * jobs
        self._task = task
        self._stream = stream
        self._most = jobs - 1
        self._tell = tell
        self._deaths = 0
        self._todo: list[_Job] = []
        self._done: list[tuple[int, Outcome]] = []
        self._workers: list[_Worker] = []
        self._selector = DefaultSelector()

    def __enter__(self) -> Self:
        """Return it."""
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """End every process that was started."""
        for worker in self._workers:
            worker.end()
        self._workers.clear()
        self._selector.close()

    @property
    def processes(self) -> list[int]:
        """The ids of the processes that were started and are there."""
        return [worker.process.pid for worker in self._workers]

    def give(self, ticket: int, piece: Piece) -> None:
        """Hand over a piece; the lower the ticket, the sooner it is judged."""
        heapq.heappush(self._todo, _Job(ticket, piece))
        self._man()

    def take(self) -> tuple[int, Outcome]:
        """Wait for an outcome, judging pieces until there is one, and return it with its ticket."""
        while not self._done:
            self._hand_out()
            own = self._own()
            heard = self._listen(wait=own is None)
            if own is not None and not heard:
                return own.ticket, judge(self._stream, own.piece, self._task.limit)
            if own is not None:
                heapq.heappush(self._todo, own)
        return self._done.pop()

    def _man(self) -> None:
        """Start another process where there is work for one."""
        if len(self._workers) < min(self._most, len(self._todo)) and self._deaths < _MOST_DEATHS:
            worker = _Worker(self._task)
            self._workers.append(worker)
            self._selector.register(worker.answers, EVENT_READ, worker)

    def _hand_out(self) -> None:
        for worker in self._workers:
            while self._todo and worker.ready and len(worker.jobs) < _AT_A_TIME:
                job = heapq.heappop(self._todo)
                worker.jobs.append(job)
                worker.say((job.ticket, job.piece))

    def _own(self) -> _Job | None:
        """Return the piece that this process judges itself: none that another one may have died of."""
        job = next((job for job in sorted(self._todo) if not job.tries), None)
        if job is not None:
            self._todo.remove(job)
            heapq.heapify(self._todo)
        elif self._todo and not self._workers:
            self._lose(heapq.heappop(self._todo))
        return job

    def _listen(self, *, wait: bool) -> bool:
        """Hear what the workers have to say, and tell whether there was anything; with `wait`, once there is."""
        if not self._workers:
            return bool(self._done)
        events = self._selector.select(None if wait and not self._done else 0)
        for key, _ in events:
            worker: _Worker = key.data
            try:
                self._heard(worker, hear(worker.answers))
            except (EOFError, OSError):
                self._died(worker)
        return bool(events)

    def _heard(self, worker: _Worker, word: Any) -> None:
        if word == READY:
            worker.ready = True
            return
        ticket, outcome = word
        worker.jobs = [job for job in worker.jobs if job.ticket != ticket]
        self._done.append((ticket, outcome))

    def _died(self, worker: _Worker) -> None:
        self._workers.remove(worker)
        self._selector.unregister(worker.answers)
        try:
            code = worker.process.wait(_SECONDS_TO_DIE)
        finally:
            worker.end()
        self._deaths += 1
        if code > 0:
            raise RuntimeError("a process that judges failed: its own traceback stands above")
        jobs, again = worker.jobs, ""
        if jobs:
            jobs[0].tries += 1
            last = jobs[0].tries >= _MOST_TRIES
            again = f", at {_name(jobs[0].piece)}, which is {'given up' if last else 'done again'}"
        self._tell(f"a process that judges died of signal {-code}{again}")
        for job in jobs:
            if job.tries >= _MOST_TRIES:
                self._lose(job)
            else:
                heapq.heappush(self._todo, job)
        self._man()

    def _lose(self, job: _Job) -> None:
        piece = job.piece
        reason = f"{_name(piece).removeprefix(piece.source).strip()} were not judged: the process that did so died, each time"
        hint = "look for a limit on memory, or judge with --jobs 1"
        self._done.append((job.ticket, Outcome(count_lines(piece), lost=Unreadable(piece.source, reason, hint))))


def _name(piece: Piece) -> str:
    return f"{piece.source} bytes {piece.start:,} to {'the end' if piece.end is None else f'{piece.end:,}'}"
