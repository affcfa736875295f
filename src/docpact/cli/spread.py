"""How the work of a run is spread: over the cores of this machine, as far as there is enough of it, or over a cluster."""

from __future__ import annotations

import os
from contextlib import ExitStack
from itertools import chain
from typing import TYPE_CHECKING, Self

from docpact.captures import Apart, Long
from docpact.cli import resuming
from docpact.errors import MissingExtraError, UsageError
from docpact.finding import Layer
from docpact.inputs import behind, read_apart
from docpact.redact import printable

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Iterator
    from types import TracebackType

    from docpact.captures import Read
    from docpact.cli import Streams
    from docpact.contract import Contract
    from docpact.inputs import Settings as Wanted
    from docpact.lines import Readable
    from docpact.scale.journal import Journal
    from docpact.validate.stream import Settings, Stream

# A smaller file, or as much in many of them, is judged before another process has started.
_LONG = 4 << 20
# What a file costs that is opened, in bytes that are judged in the same time.
_OPENING = 4 << 10
_SCHEDULER = "judge on the workers of the Dask scheduler at tcp://HOST:PORT, or on N that are started here (local:N)"


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("--jobs", type=int, metavar="N", help="judge on N cores (default: all there are)")
    parser.add_argument("--scheduler", metavar="ADDRESS|local[:N]", help=_SCHEDULER)
    resuming.configure(parser)


class Spread:
    """Who judges what a run reads; nobody is asked before there is enough of it."""

    def __init__(self, options: argparse.Namespace, settings: Settings, streams: Streams) -> None:
        if options.jobs is not None and options.jobs < 1:
            raise UsageError(f"--jobs {options.jobs} is below 1", hint="give the number of cores to use, or leave it out")
        if options.jobs is not None and options.scheduler is not None:
            raise UsageError("--jobs is for this machine, and --scheduler for a cluster", hint="leave one of them out")
        self._scheduler = options.scheduler
        self._options = options
        self._journal: Journal | None = None
        self._contract = options.contract
        self._settings = settings
        self._stderr = streams.stderr
        self._jobs = options.jobs or _cores()
        self._polls = settings.stories or Layer.LIFECYCLE in settings.layers
        self._ends = ExitStack()

    def __enter__(self) -> Self:
        """Return it."""
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """End whoever was asked."""
        self._ends.close()

    def wanted(self, wanted: Wanted, contract: Contract) -> Wanted:
        """Ask for files as they are, where their payloads can be judged apart from each other and need not be kept."""
        if self._options.resume is not None:
            journal = resuming.journal(self._options, contract, self._settings, wanted, self._tell)
            self._journal = self._ends.enter_context(journal)
        apart = wanted.blocks and not self._polls
        if self._scheduler is not None and not apart:
            raise UsageError(
                "--scheduler judges payloads apart from each other, and something that was asked for does not",
                hint="leave --scheduler out, or else --stories, --layer lifecycle, --sample and --format html",
            )
        several = self._jobs > 1 or self._scheduler is not None or self._journal is not None
        return wanted._replace(long=_LONG) if apart and several else wanted

    def judged(
        self, things: Iterator[Read], stream: Stream, wanted: Wanted, opened: Callable[[Readable], None] | None
    ) -> Iterator[Read]:
        """Yield what is read in its order, with the payloads of files judged where there is enough of them."""
        return self._judged(things, stream, wanted, opened) if wanted.long is not None else things

    def _judged(
        self, things: Iterator[Read], stream: Stream, wanted: Wanted, opened: Callable[[Readable], None] | None
    ) -> Iterator[Read]:
        if self._scheduler is not None:
            yield from self._by_cluster(things, self._scheduler, wanted)
            return
        # What is judged by a crew is written down.
        size = 0 if self._journal is None else _LONG
        for thing in things:
            size += _weight(thing)
            if size >= _LONG:
                yield from self._by_crew(chain((thing,), things), stream, wanted)
            elif isinstance(thing, Apart):
                yield from read_apart(thing, wanted, opened)
            else:
                yield thing

    def _by_crew(self, things: Iterator[Read], stream: Stream, wanted: Wanted) -> Iterator[Read]:
        from docpact.scale.local import Local
        from docpact.scale.order import in_order
        from docpact.scale.pieces import Task

        task = Task(self._contract, self._settings, wanted.limit, read_apart, wanted._replace(long=None), behind=behind)
        crew = self._ends.enter_context(Local(task, stream, self._jobs, self._tell))
        yield from in_order(things, crew, self._journal)

    def _by_cluster(self, things: Iterator[Read], scheduler: str, wanted: Wanted) -> Iterator[Read]:
        try:
            from docpact.scale.cluster import Cluster
        except ModuleNotFoundError as error:
            if error.name not in {"dask", "distributed"}:
                raise
            raise MissingExtraError("scale", error.name) from error
        from docpact.scale.order import in_order
        from docpact.scale.pieces import Task

        here = os.getcwd()
        task = Task(
            self._contract, self._settings, wanted.limit, read_apart, wanted._replace(long=None, folder=here), here, behind
        )
        crew = self._ends.enter_context(Cluster(task, scheduler, _cores(), self._tell))
        yield from in_order(things, crew, self._journal)

    def _tell(self, sentence: str) -> None:
        self._stderr.write(f"docpact: {printable(sentence)}\n")


def _weight(thing: Read) -> int:
    """Return about how much there is to be judged elsewhere, in bytes."""
    if isinstance(thing, Apart) and thing.share:
        # However few bytes it has, it is of a large file.
        return _LONG
    if isinstance(thing, Apart | Long):
        return _OPENING + (_LONG if thing.size is None else thing.size)
    return 0


def _cores() -> int:
    if os.name != "posix":
        # Elsewhere nobody waits for several pipes at a time.
        return 1
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
