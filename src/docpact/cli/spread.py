"""How the work of a run is spread: over the cores of this machine, as far as there is enough of it."""

from __future__ import annotations

import os
from contextlib import ExitStack
from dataclasses import replace
from typing import TYPE_CHECKING, Self

from docpact.errors import UsageError
from docpact.finding import Layer
from docpact.redact import printable

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator
    from types import TracebackType

    from docpact.captures import Read
    from docpact.cli import Streams
    from docpact.inputs import Settings as Wanted
    from docpact.validate.stream import Settings, Stream

# A smaller file is judged before another process has started.
_LONG = 4 << 20


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("--jobs", type=int, metavar="N", help="judge long files of lines on N cores (default: all there are)")


class Spread:
    """Who judges the long files of a run; nobody is asked before there is one."""

    def __init__(self, options: argparse.Namespace, settings: Settings, streams: Streams) -> None:
        if options.jobs is not None and options.jobs < 1:
            raise UsageError(f"--jobs {options.jobs} is below 1", hint="give the number of cores to use, or leave it out")
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

    def wanted(self, wanted: Wanted) -> Wanted:
        """Ask for long files as such, where their payloads can be judged apart from each other and need not be kept."""
        apart = wanted.blocks and not self._polls and self._jobs > 1
        return replace(wanted, long=_LONG) if apart else wanted

    def judged(self, things: Iterator[Read], stream: Stream, wanted: Wanted) -> Iterator[Read]:
        """Yield what is read in its order, with the payloads of long files judged."""
        return self._judged(things, stream, wanted.limit) if wanted.long is not None else things

    def _judged(self, things: Iterator[Read], stream: Stream, limit: int) -> Iterator[Read]:
        from docpact.scale.local import Local
        from docpact.scale.order import in_order
        from docpact.scale.pieces import Task

        task = Task(self._contract, self._settings, limit)
        crew = self._ends.enter_context(Local(task, stream, self._jobs, self._tell))
        yield from in_order(things, crew)

    def _tell(self, sentence: str) -> None:
        self._stderr.write(f"docpact: {printable(sentence)}\n")


def _cores() -> int:
    if os.name != "posix":
        # Elsewhere nobody waits for several pipes at a time.
        return 1
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
