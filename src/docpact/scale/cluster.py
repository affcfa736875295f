"""Cluster: pieces judged by the workers of a Dask cluster, or by workers that are started for it on this machine."""

from __future__ import annotations

from concurrent.futures import CancelledError
from contextlib import ExitStack
from threading import Condition
from time import monotonic
from typing import TYPE_CHECKING, Any, Self

from distributed import KilledWorker

from docpact.captures import Unreadable
from docpact.contract import load
from docpact.errors import ClusterError
from docpact.scale import batches
from docpact.scale.abroad import About, about, judge_there, order
from docpact.scale.batches import Batch
from docpact.scale.connection import checked, connected
from docpact.scale.pieces import Outcome, Piece, count_lines

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from types import TracebackType

    from distributed import Future

    from docpact.scale.pieces import Behind, Task, Work

# How long a cluster may take to have a worker.
_SECONDS_TO_MAN = 10.0
# How long a run waits for a worker when none is left, and how often it looks at who is there.
_SECONDS_ALONE = 60.0
_SECONDS_TO_LOOK = 2.0
# A piece that a worker failed at, without dying, is tried as many times more.
_RETRIES = 2
_PER_THREAD = 3
_LEAST_WIDTH = 8
# As many lists of findings are held of pieces whose turn has not come; then only the next in turn is fetched.
_MOST_HELD = 100_000
_MOST_TOLD = 16
_LONGEST = 200


class Cluster:
    """The workers behind a scheduler, as those who judge; what they have judged stays with them until it is asked for.

    `tell` is handed a sentence where a worker has left. Dask hands its pieces to others; a piece of which every worker dies is
    lost, and is an input that could not be read. Raises `ClusterError` where nobody answers, or who answers cannot judge.
    """

    def __init__(self, task: Task, scheduler: str, cores: int, tell: Callable[[str], None]) -> None:
        self.width = _LEAST_WIDTH
        self._scheduler = checked(scheduler)
        self._order = order(load(task.contract), task)
        self._behind = task.behind
        self._cores = cores
        self._tell = tell
        self._told = 0
        self._ends = ExitStack()
        self._client: Any = None
        self._futures: dict[int, Future[Any]] = {}
        self._given: dict[int, Work] = {}
        self._owners: dict[int, str] = {}
        self._held: dict[int, int] = {}
        self._finished: set[int] = set()
        self._changed = Condition()
        self._workers: Mapping[str, int] = {}
        self._looked = self._manned = monotonic()
        self._gone = ""

    def __enter__(self) -> Self:
        """Connect, and see that everybody there judges as this process does."""
        with ExitStack() as ends:
            self._client = ends.enter_context(connected(self._scheduler, self._cores))
            self._muster()
            self._ends = ends.pop_all()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """Call back what is still to be judged, and part."""
        if self._futures and not self._gone:
            self._client.cancel(list(self._futures.values()), force=True)
        self._futures.clear()
        self._ends.close()

    def give(self, ticket: int, piece: Work) -> None:
        """Hand over a piece, or the rest of one that was taken; the lower the ticket, the sooner it is judged."""
        self._given[ticket] = piece
        if self._gone:
            return
        owner = self._owners.pop(ticket, None)
        # The worker that has a source open goes on with it, as long as it is there.
        there = {"workers": [owner], "allow_other_workers": True} if owner else {}
        future = self._client.submit(judge_there, self._order, piece, pure=False, retries=_RETRIES, priority=-ticket, **there)
        self._futures[ticket] = future
        future.add_done_callback(lambda _: self._finish(ticket))

    def take(self) -> tuple[int, Outcome]:
        """Wait for an outcome, and return it with its ticket."""
        while not self._gone:
            self._look()
            ticket = self._next()
            if ticket is not None:
                outcome = self._outcome(ticket)
                if outcome is not None:
                    self._held[ticket] = self._held.get(ticket, 0) + outcome.findings
                    return ticket, outcome
        ticket = min(self._given)
        return ticket, _lost(self._given.pop(ticket), self._gone, "judge again when the cluster is there", ends=True)

    def _finish(self, ticket: int) -> None:
        with self._changed:
            self._finished.add(ticket)
            self._changed.notify()

    def _next(self) -> int | None:
        """Return the lowest ticket that is done, or None where none is for a while."""
        first = min(self._given)
        self._held = {ticket: count for ticket, count in self._held.items() if ticket >= first}
        with self._changed:
            full = sum(self._held.values()) > _MOST_HELD
            done = {first} & self._finished if full else self._finished
            if not done:
                self._changed.wait(_SECONDS_TO_LOOK)
                return None
            ticket = min(done)
            self._finished.remove(ticket)
            return ticket

    def _outcome(self, ticket: int) -> Outcome | None:
        """Fetch what came of a piece; None where the cluster is gone."""
        future, work = self._futures.pop(ticket), self._given[ticket]
        outcome: Outcome | About
        try:
            owner, outcome = future.result()
        except KilledWorker:
            self._say(f"{work.name} is given up: each worker that judged it has died")
            hint = "look at the logs of the workers, for a limit on memory"
            outcome = _lost(work, "each worker that did so has died", hint, self._behind)
        except MemoryError:
            hint = "give the workers more memory, or fewer threads"
            outcome = _lost(work, "a worker had not enough memory", hint, self._behind)
        except ImportError as error:
            raise self._unfit(f"a worker has {_told(error)}") from error
        except (CancelledError, OSError):
            self._leave(f"the scheduler {self._scheduler} is gone")
            return None
        else:
            if isinstance(outcome, About):
                raise self._unfit(f"a worker has {_told(outcome)}")
            if isinstance(outcome.rest, Batch) and outcome.rest.skip:
                self._owners[ticket] = owner
        del self._given[ticket]
        return outcome

    def _look(self) -> None:
        """See from time to time who is there, tell who has left, and give up where nobody has been there for long."""
        now = monotonic()
        if now - self._looked < _SECONDS_TO_LOOK:
            return
        self._looked = now
        try:
            there: Mapping[str, int] = self._client.nthreads()
        except (CancelledError, OSError, RuntimeError):
            # Whether it is gone is seen from what it was handed.
            return
        for address in sorted(self._workers.keys() - there.keys()):
            self._say(f"the worker {address} has left; what it was judging is judged by another one")
        if there:
            self._manned = now
        elif now - self._manned > _SECONDS_ALONE:
            self._leave(f"no worker was left for {_SECONDS_ALONE:.0f} seconds")
        elif self._workers:
            self._say(f"no worker is left; waiting for one, for {_SECONDS_ALONE:.0f} seconds")
        self._man(there)

    def _man(self, workers: Mapping[str, int]) -> None:
        self._workers = workers
        self.width = max(_LEAST_WIDTH, _PER_THREAD * sum(workers.values()))

    def _muster(self) -> None:
        """Ask every worker which docpact it has."""
        try:
            self._client.wait_for_workers(1, timeout=_SECONDS_TO_MAN)
        except (TimeoutError, OSError) as error:
            raise ClusterError(
                f"the scheduler {self._scheduler} has no workers",
                hint=f"start one, and leave it running: dask worker {self._scheduler} --nthreads 1 --nworkers auto",
            ) from error
        said: Mapping[str, About | Exception] = self._client.run(about, on_error="return")
        fits = {address for address, one in said.items() if isinstance(one, About) and one[:2] == about()[:2]}
        # A worker that leaves at this very moment is none that cannot judge.
        odd = sorted(address for address in said.keys() - fits if not isinstance(said[address], OSError))
        if odd:
            raise self._unfit(f"{len(odd)} of {len(said)} workers cannot judge: {odd[0]} has {_told(said[odd[0]])}")
        pythons = {one.python for one in said.values() if isinstance(one, About)} - {about().python}
        if pythons:
            self._say(f"workers run Python {', '.join(sorted(pythons))}, and this is {about().python}")
        self._man(self._client.nthreads())

    def _unfit(self, reason: str) -> ClusterError:
        here = about()
        return ClusterError(
            f"{reason}, and here is {_told(here)}",
            hint=f"on every worker: pip install 'docpact[scale]=={here.version}', the same as here; then start it again",
        )

    def _leave(self, reason: str) -> None:
        self._gone = reason
        self._futures.clear()
        self._say(f"{reason}: what is left is not judged")

    def _say(self, sentence: str) -> None:
        self._told += 1
        if self._told <= _MOST_TOLD:
            self._tell(sentence)


def _lost(work: Work, why: str, hint: str, behind: Behind | None = None, *, ends: bool = False) -> Outcome:
    """Tell that a piece was not judged."""
    if isinstance(work, Piece):
        where = work.name.removeprefix(work.source).strip()
        lost = Unreadable(work.source, f"{where} were not judged: {why}", hint)
        return Outcome(0 if ends else count_lines(work, behind), lost=lost, ends=ends)
    return Outcome(parts=batches.lost(work, why, hint))


def _told(one: About | Exception) -> str:
    if isinstance(one, About):
        return f"docpact {one.version} ({one.source}) on Python {one.python}"
    if isinstance(one, ImportError) and one.name and not one.name.startswith("docpact"):
        return f"no package {one.name}"
    return f"no docpact that could be asked ({' '.join(str(one).split())[:_LONGEST]})"
