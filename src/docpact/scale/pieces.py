"""Pieces: what one process judges at a time, with nothing kept of a payload but its findings."""

from __future__ import annotations

import os
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import TYPE_CHECKING

from docpact.captures import LEAST_FOR_BLOCKS, Apart, Block, Judged, Text, Unreadable, unreadable
from docpact.contract import load
from docpact.lines import Lines
from docpact.scale.batches import Batch, Part, Reading, Room
from docpact.validate.stream import Settings, Stream

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from typing import Any, BinaryIO

    from docpact.captures import Long, Read
    from docpact.finding import Finding
    from docpact.lines import Readable

SIZE = 4 << 20
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
    """A byte range of a file of lines, cut at line ends; `end` is None for the last one, which goes to the end of the file."""

    source: str
    start: int
    end: int | None

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
    not the current folder of the worker.
    """

    contract: str
    settings: Settings
    limit: int
    read: Callable[[Apart, Any, Callable[[Readable], None]], Iterator[Read]] | None = None
    how: Any = None
    folder: str = ""


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
    lost: Unreadable | None = None
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
    """Cut a file into pieces of about this size, each of them but the last one ending with a line."""
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


class Span:
    """The bytes of one piece, read as a file."""

    def __init__(self, file: BinaryIO, piece: Piece) -> None:
        file.seek(piece.start)
        self._file = file
        self._end = piece.end
        self.at = piece.start

    def read(self, size: int, /) -> bytes:
        """Return what follows, and nothing at the end of the piece."""
        wanted = size if self._end is None else min(size, self._end - self.at)
        content = self._file.read(wanted) if wanted > 0 else b""
        self.at += len(content)
        return content


def count_lines(piece: Piece) -> int:
    """Count the lines of a piece that nobody could judge; no more than are there to be read."""
    count = 0
    try:
        with open(piece.source, "rb", buffering=0) as file:
            span = Span(file, piece)
            while chunk := span.read(_CHUNK):
                count += chunk.count(b"\n")
    except OSError:
        return count
    return count


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
            return judge(self._stream, work, self._task.limit, self._task.folder)
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


def judge(stream: Stream, piece: Piece, limit: int, folder: str = "") -> Outcome:
    """Judge one piece of a file in a folder, texts above the limit excepted; its line numbers begin at 1."""
    work = _Judging(stream, piece)
    try:
        with open(os.path.join(folder, piece.source), "rb", buffering=0) as file:
            work.run(Span(file, piece), limit)
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

    def run(self, span: Span, limit: int) -> None:
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
