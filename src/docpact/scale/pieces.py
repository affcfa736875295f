"""Pieces: what one process judges at a time, with nothing kept of a payload but its findings."""

from __future__ import annotations

import os
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import TYPE_CHECKING

from docpact.captures import LEAST_FOR_BLOCKS, Apart, Block, Corrupt, Judged, Text, Unreadable, unreadable
from docpact.contract import load
from docpact.lines import BrokenError, Lines
from docpact.scale.batches import Batch, Part, Reading, Room
from docpact.scale.spans import Begun, Span
from docpact.validate.stream import Settings, Stream

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from typing import Any, BinaryIO

    from docpact.captures import Long, Read
    from docpact.finding import Finding
    from docpact.lines import Readable

    Behind = Callable[[str], BinaryIO | Unreadable]

SIZE = 4 << 20
# A piece of what lies behind an address: to open it costs some requests.
FAR = 16 << 20
_CHUNK = 64 * 1024
# An outcome with as many findings is handed in at once, and the rest of its piece is a piece again.
MOST_FINDINGS = 1024
# As much text of a batch is judged before its outcome is handed in, and the rest is a batch again.
MOST_TEXT = 32 << 20
_MOST_LINES = 1024
# Sources that a process keeps open to go on with them.
_MOST_OPEN = 32


@dataclass(frozen=True, slots=True)
class Piece:
    """A byte range of a file of lines, cut at line ends; `end` is None for the last one, which goes to the end of the file.

    One that is `far` lies behind an address, and is cut anywhere: its lines are those that begin in it.
    """

    source: str
    start: int
    end: int | None
    far: bool = False

    @property
    def name(self) -> str:
        """What a person is told of it."""
        return f"{self.source} bytes {self.start:,} to {'the end' if self.end is None else f'{self.end:,}'}"


Work = Piece | Batch


@dataclass(frozen=True, slots=True)
class Task:
    """What a worker needs to know to judge pieces, in plain words: it loads the contract itself, once.

    `read` is a function at the top of a module, and reads a source that is not cut; it is handed the source, `how`, and what
    to call with a file that it opens. `how` can be hashed and pickled. `folder` is where relative names stand, if that is
    not the current folder of the worker. `behind` opens what lies behind an address, to be read at any place.
    """

    contract: str
    settings: Settings
    limit: int
    read: Callable[[Apart, Any, Callable[[Readable], None]], Iterator[Read]] | None = None
    how: Any = None
    folder: str = ""
    behind: Behind | None = None


@dataclass(slots=True)
class Outcome:
    """What came of a piece: its lines, the payloads without findings, and the findings of each other payload.

    `rest` is what is left to be judged, because there were so many findings or so much text; `lost` is why the piece could
    not be judged, and where `ends` is true, nothing that follows in this file is judged either. `size` is how many bytes were
    read. Of a batch there are only `parts`, and the `rest`.
    """

    lines: int = 0
    accepted: int = 0
    judged: list[list[Finding]] = field(default_factory=list)
    rest: Work | None = None
    lost: Unreadable | Corrupt | None = None
    ends: bool = False
    size: int = 0
    parts: list[Part] = field(default_factory=list)

    @property
    def findings(self) -> int:
        """How many lists of findings it holds."""
        read = (thing for part in self.parts for thing in part.read)
        return len(self.judged) + sum(len(thing.found) for thing in read if isinstance(thing, Judged))

    def shifted(self, before: int) -> list[list[Finding]]:
        """Return the findings with line numbers as the file has them, `before` lines standing before the piece."""
        return [[_shifted(finding, before) for finding in findings] for findings in self.judged] if before else self.judged


def _shifted(finding: Finding, before: int) -> Finding:
    place = finding.place
    return finding if place.line is None else finding._replace(place=place._replace(line=place.line + before))


def cut(file: Long, size: int = SIZE) -> Iterator[Piece]:
    """Cut a file into pieces of about this size, each of them but the last one ending with a line unless the file is far."""
    if file.far:
        starts = range(0, file.size, FAR)
        for start, end in zip(starts, [*starts[1:], None], strict=True):
            yield Piece(file.source, start, end, far=True)
        return
    with open(file.source, "rb", buffering=0) as opened:
        start = 0
        while start + size < file.size:
            end = _after_line(opened, start + size)
            if end is None:
                break
            yield Piece(file.source, start, end)
            start = end
    yield Piece(file.source, start, None)


def _after_line(file: BinaryIO, offset: int) -> int | None:
    """Find where the first line begins behind an offset, or None where none does."""
    file.seek(offset)
    while chunk := file.read(_CHUNK):
        at = chunk.find(b"\n")
        if at >= 0:
            return offset + at + 1
        offset += len(chunk)
    return None


def count_lines(piece: Piece, behind: Behind | None = None) -> int:
    """Count the lines of a piece that nobody could judge; no more than are there to be read."""
    count = 0
    try:
        with ExitStack() as ends:
            span = _opened(piece, "", behind, ends)
            while not isinstance(span, Unreadable) and (chunk := span.read(_CHUNK)):
                count += chunk.count(b"\n")
    except (OSError, BrokenError):
        return count
    return count


def _opened(piece: Piece, folder: str, behind: Behind | None, ends: ExitStack) -> Span | Begun | Unreadable:
    if not piece.far:
        return Span(ends.enter_context(open(os.path.join(folder, piece.source), "rb", buffering=0)), piece.start, piece.end)
    if behind is None:
        raise TypeError("a task with pieces of addresses must say how these are opened")
    file = behind(piece.source)
    return file if isinstance(file, Unreadable) else Begun(ends.enter_context(file), piece.start, piece.end)


@lru_cache(maxsize=4)
def stream_for(task: Task) -> Stream:
    """Return what judges for a task: one in a process, which remembers what it has learned from piece to piece."""
    return Stream(load(task.contract), task.settings)


class Hand:
    """What judges for a task in one process; it goes on where it stopped in a source."""

    def __init__(self, task: Task, stream: Stream) -> None:
        self._task = task
        self._stream = stream
        self._open: dict[Batch, Reading] = {}

    def judge(self, work: Work, most: int = MOST_TEXT) -> Outcome:
        """Judge a piece, or of a batch about as much text as `most` says, in bytes."""
        if isinstance(work, Piece):
            return judge(self._stream, work, self._task.limit, self._task.folder, self._task.behind)
        return self._batch(work, most)

    def _batch(self, batch: Batch, most: int) -> Outcome:
        outcome = Outcome()
        room = Room(MOST_FINDINGS, most)
        for index, thing in enumerate(batch.things):
            rest = Batch(batch.things[index:], 0 if index else batch.skip)
            if room.is_full:
                outcome.rest = rest
                break
            if not isinstance(thing, Apart):
                outcome.parts.append(Part(thing, read=[thing]))
                continue
            reading = self._open.pop(rest, None) or Reading(self._read, thing, rest.skip)
            part = reading.part(self._stream, room)
            outcome.parts.append(part)
            if not part.ended:
                outcome.rest = Batch(rest.things, part.skip + part.texts)
                self._keep(outcome.rest, reading)
                break
        return outcome

    def _read(self, thing: Apart, opened: Callable[[Readable], None]) -> Iterator[Read]:
        if self._task.read is None:
            raise TypeError("a task with sources that are not cut must say how they are read")
        return self._task.read(thing, self._task.how, opened)

    def _keep(self, rest: Batch, reading: Reading) -> None:
        self._open[rest] = reading
        if len(self._open) > _MOST_OPEN:
            self._open.pop(next(iter(self._open))).close()

    def close(self) -> None:
        """Let the sources go that are still open."""
        for reading in self._open.values():
            reading.close()
        self._open.clear()


@lru_cache(maxsize=4)
def hand_for(task: Task) -> Hand:
    """Return what judges for a task: one in a process."""
    return Hand(task, stream_for(task))


def judge(stream: Stream, piece: Piece, limit: int, folder: str = "", behind: Behind | None = None) -> Outcome:
    """Judge one piece of a file in a folder or far away, texts above the limit excepted; its line numbers begin at 1."""
    work = _Judging(stream, piece)
    try:
        with ExitStack() as ends:
            span = _opened(piece, folder, behind, ends)
            if isinstance(span, Unreadable):
                work.outcome.lost, work.outcome.ends = span, True
            else:
                work.run(span, limit)
    except OSError as error:
        work.outcome.lost, work.outcome.ends = unreadable(piece.source, error), True
    return work.outcome


class _Judging:
    """The judging of one piece."""

    def __init__(self, stream: Stream, piece: Piece) -> None:
        self.outcome = Outcome()
        self._stream = stream
        self._piece = piece
        self._findings = 0

    def run(self, span: Span | Begun, limit: int) -> None:
        lines = Lines(span, limit)
        while self.outcome.rest is None and (line := lines.next_filled()) is not None:
            self._take([Text(self._piece.source, *line)])
            self.outcome.lines = lines.number
            block = lines.block() if limit >= LEAST_FOR_BLOCKS else None
            after = span.at - lines.held
            if block is not None:
                self._block(Block(self._piece.source, *block), after)
            elif self._full:
                self._stop(lines.number, after)
        if self.outcome.rest is None:
            self.outcome.lines = lines.number
            self.outcome.size = span.at - self._piece.start
            if lines.broken is not None:
                self.outcome.lost = Corrupt(self._piece.source, lines.number + 1, lines.broken.reason)
                self.outcome.ends = True

    @property
    def _full(self) -> bool:
        return self._findings >= MOST_FINDINGS

    def _block(self, block: Block, after: int) -> None:
        """Judge lines in portions, up to the one with which there are too many findings; `after` is where the lines end."""
        at = after - len(block.content)
        for portion in block.portions(_MOST_LINES):
            if self._full:
                self._stop(portion.line - 1, at)
                return
            self._take(self._stream.sift(portion))
            at += portion.ends[-1] + 1
        if self._full:
            self._stop(block.line + len(block.ends) - 1, after)

    def _take(self, texts: Iterable[Text]) -> None:
        for text in texts:
            for findings in self._stream.judge(text):
                if findings:
                    self.outcome.judged.append(findings)
                    self._findings += len(findings)
                else:
                    self.outcome.accepted += 1
        self.outcome.accepted += self._stream.take_accepted()

    def _stop(self, line: int, at: int) -> None:
        self.outcome.lines = line
        self.outcome.size = at - self._piece.start
        self.outcome.rest = replace(self._piece, start=at)
