"""Local: pieces judged on the cores of this machine, by this process and by others that it starts and minds."""

from __future__ import annotations

import sys
from dataclasses import dataclass, field
from functools import partial
from selectors import EVENT_READ, DefaultSelector
from subprocess import PIPE, Popen
from typing import TYPE_CHECKING, Any, Protocol, Self, cast

from docpact.captures import Unreadable
from docpact.scale import batches
from docpact.scale.forking import Forked, can_fork
from docpact.scale.frames import hear, say
from docpact.scale.pieces import Hand, Outcome, Work, count_lines
from docpact.scale.worker import READY, serve

if TYPE_CHECKING:
    from collections.abc import Callable
    from io import FileIO
    from types import TracebackType

    from docpact.scale.pieces import Task
    from docpact.validate.stream import Stream

# As in `__main__`, what is loaded stays until the end, and is not looked through for what could go.
_BOOT = "import gc, sys; gc.set_threshold(50_000); sys.path[:] = sys.argv[1:]; from docpact.scale.worker import main; main()"
# One is being judged, and the next lies ready.
_AT_A_TIME = 2
_MOST_TRIES = 2
# When as many have died, this process goes on by itself.
_MOST_DEATHS = 16
# As much text of a source that is not cut is judged by this process before it listens to the others again.
_MOST_TEXT = 4 << 20
# What a process that has closed its end may take to show why.
_SECONDS_TO_DIE = 10


@dataclass(order=True, slots=True)
class _Job:
    """A piece to be judged; `owner` is who has its source open, and goes on with it."""

    ticket: int
    piece: Work = field(compare=False)
    tries: int = field(default=0, compare=False)
    owner: object = field(default=None, compare=False)


class _Process(Protocol):
    """As much as is asked of a process, whether it was forked or spawned."""

    pid: int

    def kill(self) -> None: ...

    def wait(self, timeout: float | None = None) -> int: ...


def _spawned() -> Popen[bytes]:
    """Start a process with nothing of this one, that is told the task over its standard input."""
    command = [sys.executable, "-c", _BOOT, *sys.path]
    # In a group of its own: Ctrl-C is for the process that minds it.
    return Popen(command, stdin=PIPE, stdout=PIPE, bufsize=0, process_group=0)  # noqa: S603 - this very Python, with a program of ours


class _Worker:
    """One process, and the jobs that it was given."""

    def __init__(self, task: Task, stream: Stream) -> None:
        started = Forked(partial(serve, Hand(task, stream))) if can_fork() else _spawned()
        self.process: _Process = started
        self.orders, self.answers = cast("FileIO", started.stdin), cast("FileIO", started.stdout)
        self.jobs: list[_Job] = []
        self.ready = False
        if not isinstance(started, Forked):
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
        self._hand = Hand(task, stream)
        self._most = jobs - 1
        self._tell = tell
        self._deaths = 0
        self._todo: list[_Job] = []
        self._owners: dict[int, object] = {}
        self._done: list[tuple[int, Outcome]] = []
        self._workers: list[_Worker] = []
        self._selector = DefaultSelector()

    def __enter__(self) -> Self:
        """Return it."""
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """End every process that was started, and let go what is open."""
        self._hand.close()
        for worker in self._workers:
            worker.end()
        self._workers.clear()
        self._selector.close()

    @property
    def processes(self) -> list[int]:
        """The ids of the processes that were started and are there."""
        return [worker.process.pid for worker in self._workers]

    def give(self, ticket: int, piece: Work) -> None:
        """Hand over a piece, or the rest of one that was taken; the lower the ticket, the sooner it is judged."""
        self._todo.append(_Job(ticket, piece, owner=self._owners.pop(ticket, None)))
        self._man()

    def take(self) -> tuple[int, Outcome]:
        """Wait for an outcome, judging pieces until there is one, and return it with its ticket."""
        while not self._done:
            self._hand_out()
            own = self._own()
            heard = self._listen(wait=own is None)
            if own is not None and not heard:
                return self._came(self, own.ticket, self._hand.judge(own.piece, _MOST_TEXT))
            if own is not None:
                self._todo.append(own)
        return self._done.pop()

    def _came(self, owner: object, ticket: int, outcome: Outcome) -> tuple[int, Outcome]:
        if isinstance(outcome.rest, batches.Batch) and outcome.rest.skip:
            self._owners[ticket] = owner
        return ticket, outcome

    def _man(self) -> None:
        """Start another process where there is work for one besides the piece that this process takes itself."""
        work = sum(1 for job in self._todo if job.owner is None)
        own = any(not job.tries and job.owner in (None, self) for job in self._todo)
        if len(self._workers) < min(self._most, work - own) and self._deaths < _MOST_DEATHS:
            # What is made ready before is there in a copy of this process, too.
            self._stream.make_ready()
            worker = _Worker(self._task, self._stream)
            self._workers.append(worker)
            self._selector.register(worker.answers, EVENT_READ, worker)

    def _hand_out(self) -> None:
        for worker in self._workers:
            while worker.ready and len(worker.jobs) < _AT_A_TIME and (job := self._next(worker)) is not None:
                worker.jobs.append(job)
                worker.say((job.ticket, job.piece))

    def _next(self, who: object) -> _Job | None:
        """Take the first piece that somebody may judge: this process none that another one may have died of."""
        able = (job for job in self._todo if job.owner in (None, who) and not (job.tries and who is self))
        job = min(able, default=None)
        if job is not None:
            self._todo.remove(job)
        return job

    def _own(self) -> _Job | None:
        """Return the piece that this process judges itself."""
        job = self._next(self)
        if job is None and self._todo and not self._workers:
            job = min(self._todo)
            self._todo.remove(job)
            self._lose(job)
            return None
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
        self._done.append(self._came(worker, ticket, outcome))

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
            again = f", at {jobs[0].piece.name}, which is {'given up' if last else 'done again'}"
        self._tell(f"a process that judges died of signal {-code}{again}")
        for job in jobs:
            if job.tries >= _MOST_TRIES:
                self._lose(job)
            else:
                job.owner = None
                self._todo.append(job)
        for job in self._todo:
            job.owner = None if job.owner is worker else job.owner
        self._owners = {ticket: owner for ticket, owner in self._owners.items() if owner is not worker}
        self._man()

    def _lose(self, job: _Job) -> None:
        piece = job.piece
        why, hint = "the process that did so died, each time", "look for a limit on memory, or judge with --jobs 1"
        if isinstance(piece, batches.Batch):
            self._done.append((job.ticket, Outcome(parts=batches.lost(piece, why, hint))))
            return
        where = piece.name.removeprefix(piece.source).strip()
        lost = Unreadable(piece.source, f"{where} were not judged: {why}", hint)
        self._done.append((job.ticket, Outcome(count_lines(piece, self._task.behind), lost=lost)))
