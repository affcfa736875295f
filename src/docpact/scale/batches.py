"""Batches: sources that are not cut, each read and judged whole by one process; what is kept of them is what was found."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from docpact.captures import Apart, Block, Judged, Skipped, Text, Unreadable

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterable, Iterator
    from typing import Any

    from docpact.captures import Read
    from docpact.finding import Finding
    from docpact.lines import Readable
    from docpact.validate.stream import Stream

# What a file costs that is opened, in bytes that are judged in the same time.
OPENING = 4 << 10
_MOST_LINES = 1024


@dataclass(frozen=True, slots=True)
class Batch:
    """Sources in their order, with what was told between them; of the first one, `skip` texts were judged already."""

    things: tuple[Apart | Skipped | Unreadable, ...]
    skip: int = 0

    @property
    def name(self) -> str:
        """What a person is told of it."""
        first, more = self.things[0], len(self.things) - 1
        share = f" {first.share.name}" if isinstance(first, Apart) and first.share else ""
        return f"{first.source}{share}{f' and {more} more' if more else ''}"


@dataclass(slots=True)
class Part:
    """What came of one source, or of as many `texts` of it as were judged at a time, behind the `skip` before them."""

    thing: Apart | Skipped | Unreadable
    skip: int = 0
    texts: int = 0
    read: list[Read] = field(default_factory=list)
    ended: bool = True


@dataclass(slots=True)
class Room:
    """How much may still be judged before it is handed in: findings, and bytes of text."""

    findings: int
    size: int

    @property
    def is_full(self) -> bool:
        """Tell whether it is time to hand in what was judged."""
        return self.findings <= 0 or self.size <= 0


class Reading:
    """A source that is being read, and judged part by part."""

    def __init__(self, read: Callable[[Apart, Callable[[Readable], None]], Iterator[Read]], thing: Apart, skip: int) -> None:
        self._thing = thing
        self._texts = skip
        self._file: Readable | None = None
        self._told = 0
        # What is passed over was told when it was judged.
        self._passes = skip > 0
        self._things = _behind(_portions(read(thing, self._opened)), skip)

    def part(self, stream: Stream, room: Room) -> Part:
        """Judge what follows, until the source ends or the room is full."""
        part = Part(self._thing, self._texts, ended=False)
        room.size -= OPENING
        found: list[list[Finding]] = []
        accepted = 0
        for thing in self._things:
            if self._passes:
                self._progress(ended=False)
                self._passes = False
            if isinstance(thing, Text | Block):
                count, size = (1, thing.size) if isinstance(thing, Text) else (_filled(thing), len(thing.content))
                for text in stream.sift(thing) if isinstance(thing, Block) else (thing,):
                    for findings in stream.judge(text):
                        accepted += not findings
                        room.findings -= len(findings)
                        if findings:
                            found.append(findings)
                accepted += stream.take_accepted()
                part.texts += count
                room.size -= size
            else:
                part.read += [Judged(accepted, found), thing] if accepted or found else [thing]
                found, accepted = [], 0
                part.texts += 1
            if room.is_full:
                break
        else:
            part.ended = True
        self._texts += part.texts
        part.read.append(Judged(accepted, found, self._progress(ended=part.ended)))
        return part

    def close(self) -> None:
        """Let the source go."""
        self._things.close()

    def _opened(self, file: Readable) -> None:
        self._file = file

    def _progress(self, *, ended: bool) -> int:
        """Return how many bytes of the source were read since this was last asked, as far as it can tell."""
        at = 0
        if ended and self._file is not None:
            at = self._thing.size or 0
        elif self._file is not None and self._thing.share is None:
            try:
                at = self._file.tell()  # type: ignore[attr-defined] # what cannot tell raises
            except (AttributeError, OSError, ValueError):
                at = 0
        # An archive is read from its end.
        more = max(0, at - self._told)
        self._told += more
        return more


def _portions(things: Iterable[Read]) -> Iterator[Read]:
    """Hand on blocks in portions, so that no more than one of them can be judged too many."""
    for thing in things:
        if isinstance(thing, Block):
            yield from thing.portions(_MOST_LINES)
        else:
            yield thing


def _behind(things: Iterable[Read], skip: int) -> Generator[Read]:
    """Pass over as many texts, however they came in blocks."""
    for thing in things:
        count = _filled(thing) if isinstance(thing, Block) else 1
        if skip >= count:
            skip -= count
        elif skip and isinstance(thing, Block):
            yield from list(thing.texts())[skip:]
            skip = 0
        else:
            yield thing


def _filled(block: Block) -> int:
    return sum(1 for _ in block.texts())


def lost(batch: Batch, why: str, hint: str) -> list[Part]:
    """Tell of each source of a batch that it was not judged, and why."""
    parts = []
    for index, thing in enumerate(batch.things):
        told: Any = thing
        if isinstance(thing, Apart):
            share = f"its {thing.share.name} " if thing.share else ""
            texts = f"behind its first {batch.skip:,} texts " if batch.skip and not index else ""
            told = Unreadable(thing.source, f"{share}{texts}was not judged: {why}", hint)
        parts.append(Part(thing, read=[told]))
    return parts
