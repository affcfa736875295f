"""Order: whatever finishes first, outcomes are handed on in the order of the input, and no more than a few are held."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from docpact.captures import Block, Corrupt, Judged, Long, Text, unreadable
from docpact.scale.pieces import Outcome, Piece, cut

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from docpact.captures import Read


class Crew(Protocol):
    """Those who judge pieces: `width` is how many pieces they are handed at a time."""

    width: int

    def give(self, ticket: int, piece: Piece) -> None:
        """Hand over a piece; the lower the ticket, the sooner it is needed."""
        ...

    def take(self) -> tuple[int, Outcome]:
        """Wait for an outcome, and return it with its ticket."""
        ...


@dataclass(slots=True)
class _Slot:
    thing: Read | Piece
    outcome: Outcome | None = None


def in_order(things: Iterable[Read], crew: Crew) -> Iterator[Read]:
    """Yield what is read in its order, with what was judged of its pieces in place of each long file.

    What is no piece waits for the pieces before it; nothing is read behind a text or a block that waits, so that
    no more than one of them is ever held.
    """
    return _Queue(things, crew).handed_on()


class _Queue:
    def __init__(self, things: Iterable[Read], crew: Crew) -> None:
        self._things = _in_pieces(things)
        self._crew = crew
        self._slots: deque[int] = deque()
        self._by_ticket: dict[int, _Slot] = {}
        self._next = 0
        self._lines = 0
        self._ended: str | None = None

    def handed_on(self) -> Iterator[Read]:
        while self._fill():
            ticket = self._slots[0]
            slot = self._by_ticket[ticket]
            if isinstance(slot.thing, Piece):
                if slot.outcome is None:
                    done, outcome = self._crew.take()
                    self._by_ticket[done].outcome = outcome
                    continue
                yield from self._outcome(ticket, slot.thing, slot.outcome)
            else:
                yield slot.thing
            if self._by_ticket[ticket] is slot:
                del self._by_ticket[ticket]
                self._slots.popleft()

    def _outcome(self, ticket: int, piece: Piece, outcome: Outcome) -> Iterator[Read]:
        if piece.start == 0:
            self._lines, self._ended = 0, None
        if self._ended == piece.source:
            return
        before = self._lines
        self._lines += outcome.lines
        if outcome.ends:
            self._ended = piece.source
        if outcome.rest is not None:
            self._by_ticket[ticket] = _Slot(outcome.rest)
            self._crew.give(ticket, outcome.rest)
        yield Judged(outcome.accepted, outcome.shifted(before))
        if outcome.lost is not None:
            yield outcome.lost

    def _fill(self) -> bool:
        """Hand out pieces as long as there is room, and tell whether anything is left to be handed on."""
        while len(self._slots) < self._crew.width and not self._waits():
            thing = next(self._things, None)
            if thing is None:
                break
            self._by_ticket[self._next] = _Slot(thing)
            self._slots.append(self._next)
            if isinstance(thing, Piece):
                self._crew.give(self._next, thing)
            self._next += 1
        return bool(self._slots)

    def _waits(self) -> bool:
        """Tell whether what was read last is large, and still to be handed on."""
        return bool(self._slots) and isinstance(self._by_ticket[self._slots[-1]].thing, Text | Block | Corrupt)


def _in_pieces(things: Iterable[Read]) -> Iterator[Read | Piece]:
    for thing in things:
        if not isinstance(thing, Long):
            yield thing
            continue
        try:
            yield from cut(thing)
        except OSError as error:
            yield unreadable(thing.source, error)
