"""Order: whatever finishes first, outcomes are handed on in the order of the input, and no more than a few are held."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from docpact.captures import Apart, Block, Corrupt, Judged, Long, Skipped, Text, Unreadable, unreadable
from docpact.scale.batches import Batch, Part
from docpact.scale.pieces import SIZE, Outcome, Piece, Work, cut

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from docpact.captures import Read

# Sources that are judged together, at most.
_MOST_TOGETHER = 64
# As many lists of findings are held of a piece whose turn has not come; then it waits for it.
_MOST_HELD = 8192


class Crew(Protocol):
    """Those who judge pieces: `width` is how many pieces they are handed at a time."""

    width: int

    def give(self, ticket: int, piece: Work) -> None:
        """Hand over a piece, or the rest of one that was taken; the lower the ticket, the sooner it is needed."""
        ...

    def take(self) -> tuple[int, Outcome]:
        """Wait for an outcome, and return it with its ticket."""
        ...


class Memory(Protocol):
    """What knows from an earlier run what came of pieces, asked in the order of the input, and is told of what is new."""

    def find(self, work: Work) -> Outcome | None:
        """Return what came of a piece, or of a batch of one source, or None."""
        ...

    def note(self, work: Work, outcome: Outcome) -> None:
        """Remember what came of a piece or a batch, up to its rest."""
        ...


@dataclass(frozen=True, slots=True)
class _Known:
    """A piece of which something is known."""

    work: Work
    outcome: Outcome


@dataclass(slots=True)
class _Slot:
    """A place in the order: what stands there, what came of it so far, and what is left to be judged of it.

    `work` is what the next outcome is of.
    """

    thing: Read | Work | _Known
    work: Work | None = None
    outcomes: deque[Outcome] = field(default_factory=deque)
    waits: Work | None = None
    begun: bool = False
    ended: bool = False


def in_order(things: Iterable[Read], crew: Crew, memory: Memory | None = None) -> Iterator[Read]:
    """Yield what is read in its order, with what was judged in place of each long file and of each source to be read apart.

    What is no piece waits for the pieces before it; nothing is read behind a text or a block that waits, so that
    no more than one of them is ever held. What the memory knows is handed on as it was judged then.
    """
    return _Queue(things, crew, memory).handed_on()


class _Queue:
    def __init__(self, things: Iterable[Read], crew: Crew, memory: Memory | None) -> None:
        self._things = pieces_of(things, memory)
        self._crew = crew
        self._memory = memory
        self._slots: deque[int] = deque()
        self._by_ticket: dict[int, _Slot] = {}
        self._next = 0
        self._lines = 0
        self._ended: str | None = None
        self._said: tuple[object, ...] | None = None

    def handed_on(self) -> Iterator[Read]:
        while self._fill():
            ticket = self._slots[0]
            slot = self._by_ticket[ticket]
            if isinstance(slot.thing, _Known):
                yield from self._known(ticket, slot, slot.thing)
            elif slot.work is None:
                yield slot.thing  # type: ignore[misc] # work has a slot that says so
            elif slot.outcomes:
                yield from self._new(ticket, slot)
                continue
            elif not slot.ended:
                self._hear()
                continue
            if slot.work is None or slot.ended:
                del self._by_ticket[ticket]
                self._slots.popleft()

    def _known(self, ticket: int, slot: _Slot, known: _Known) -> Iterator[Read]:
        """Hand on what is known of a piece, and have what is not known of it judged."""
        work, outcome = known.work, known.outcome
        slot.work = work
        while True:
            yield from self._told(slot, outcome)
            if outcome.rest is None:
                slot.ended = True
                return
            work = outcome.rest
            again = self._memory.find(work) if self._memory is not None else None
            if again is None:
                break
            outcome = again
        slot.thing, slot.work = work, work
        self._crew.give(ticket, work)

    def _new(self, ticket: int, slot: _Slot) -> Iterator[Read]:
        outcome = slot.outcomes.popleft()
        if slot.waits is not None:
            self._crew.give(ticket, slot.waits)
            slot.waits = None
        if self._memory is not None and slot.work is not None:
            self._memory.note(slot.work, outcome)
        yield from self._told(slot, outcome)
        slot.work = slot.work if outcome.rest is None else outcome.rest

    def _hear(self) -> None:
        ticket, outcome = self._crew.take()
        slot = self._by_ticket[ticket]
        slot.outcomes.append(outcome)
        if outcome.rest is None:
            slot.ended = True
        elif ticket == self._slots[0] or sum(held.findings for held in slot.outcomes) < _MOST_HELD:
            self._crew.give(ticket, outcome.rest)
        else:
            slot.waits = outcome.rest

    def _told(self, slot: _Slot, outcome: Outcome) -> Iterator[Read]:
        if isinstance(slot.work, Piece):
            if slot.work.start == 0 and not slot.begun:
                self._lines, self._ended = 0, None
            slot.begun = True
            yield from self._piece(slot.work, outcome)
        for part in outcome.parts:
            yield from self._part(part)

    def _part(self, part: Part) -> Iterator[Read]:
        """Hand on what came of a source; what is wrong with all of it, each of its shares says, and is told once."""
        share = part.thing.share if isinstance(part.thing, Apart) else None
        if share is None or not share.nth:
            self._said = None
        for thing in part.read:
            if isinstance(thing, Unreadable | Corrupt):
                # What to do about it may differ from worker to worker.
                said = (type(thing), *thing[:-1]) if isinstance(thing, Unreadable) else thing
                if share is not None and said == self._said:
                    continue
                self._said = said
            yield thing

    def _piece(self, piece: Piece, outcome: Outcome) -> Iterator[Read]:
        if self._ended == piece.source:
            return
        before = self._lines
        self._lines += outcome.lines
        if outcome.ends:
            self._ended = piece.source
        yield Judged(outcome.accepted, outcome.shifted(before), outcome.size)
        if isinstance(outcome.lost, Corrupt) and outcome.lost.line is not None:
            yield outcome.lost._replace(line=outcome.lost.line + before)
        elif outcome.lost is not None:
            yield outcome.lost

    def _fill(self) -> bool:
        """Hand out pieces as long as there is room, and tell whether anything is left to be handed on."""
        while len(self._slots) < self._crew.width and not self._waits():
            thing = next(self._things, None)
            if thing is None:
                break
            self._by_ticket[self._next] = _Slot(thing, thing if isinstance(thing, Work) else None)
            self._slots.append(self._next)
            if isinstance(thing, Work):
                self._crew.give(self._next, thing)
            self._next += 1
        return bool(self._slots)

    def _waits(self) -> bool:
        """Tell whether what was read last is large, and still to be handed on."""
        return bool(self._slots) and isinstance(self._by_ticket[self._slots[-1]].thing, Text | Block | Corrupt | _Known)


def pieces_of(things: Iterable[Read], memory: Memory | None = None) -> Iterator[Read | Work | _Known]:
    """Cut long files, and put small sources together with what was told between them; a large one stands alone."""
    held: list[Apart | Skipped | Unreadable] = []
    size = 0
    for thing in things:
        known = _known(Batch((thing,)), memory) if isinstance(thing, Apart) else None
        large = isinstance(thing, Apart) and (thing.size is None or thing.size >= SIZE or thing.share is not None)
        together = known is None and (isinstance(thing, Apart) or bool(held and isinstance(thing, Skipped | Unreadable)))
        if held and (large or not together or len(held) >= _MOST_TOGETHER or size >= SIZE):
            yield Batch(tuple(held))
            held, size = [], 0
        if known is not None:
            yield known
        elif isinstance(thing, Long):
            yield from _cut(thing, memory)
        elif large and isinstance(thing, Apart):
            yield Batch((thing,))
        elif isinstance(thing, Apart) or (held and isinstance(thing, Skipped | Unreadable)):
            held.append(thing)
            size += (thing.size or 0) if isinstance(thing, Apart) else 0
        else:
            yield thing
    if held:
        yield Batch(tuple(held))


def _cut(file: Long, memory: Memory | None) -> Iterator[Read | Work | _Known]:
    try:
        for piece in cut(file):
            yield _known(piece, memory) or piece
    except OSError as error:
        yield unreadable(file.source, error)


def _known(work: Work, memory: Memory | None) -> _Known | None:
    outcome = memory.find(work) if memory is not None else None
    return None if outcome is None else _Known(work, outcome)
