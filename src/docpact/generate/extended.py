"""The polls of a task with one more among them: a poll that stood between, in a state that nobody saw."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from docpact.generate.samples import Clock
from docpact.pointers import ABSENT, changed, is_set, member
from docpact.polled import Polled

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from docpact.generate.coherence import Coherence
    from docpact.lifecycle import Lifecycle

_PERCENT = re.compile(r"(\d{1,9})%", re.ASCII)
BETWEEN = 5_000

Polls = tuple[Polled, ...]


def timed(polls: Sequence[Polled]) -> Polls:
    """Give a time to each poll that has none, later than that of the poll before it."""
    told, last = [], Clock().begins - BETWEEN
    for poll in polls:
        at = last + BETWEEN if poll.at is None else poll.at
        told.append(poll._replace(at=at, wrapped=True))
        last = int(at)
    return tuple(told)


def percent(text: Any) -> int | None:
    """Read a progress that is a percentage."""
    match = _PERCENT.fullmatch(text) if isinstance(text, str) else None
    return int(match[1]) if match else None


class Life:
    """The lifecycle of a contract beside its coherence: what the polls of a task say, and polls that could have been there."""

    def __init__(self, coherence: Coherence, cycle: Lifecycle) -> None:
        self.coherence = coherence
        self.cycle = cycle
        self._roles = coherence.contract.roles

    def status(self, poll: Polled) -> Any:
        """Return the status that a poll shows."""
        return member(poll.payload, self._roles["status"])

    def action(self, poll: Polled) -> Any:
        """Return the action that a poll shows."""
        return member(poll.payload, self._roles["action"])

    def progress(self, poll: Polled) -> int | None:
        """Return the percentage that a poll shows, where it counts as progress."""
        status = self.status(poll)
        counts = not self.cycle.is_end(status) or status in self.cycle.progress_ends
        return percent(member(poll.payload, self._roles["progress"])) if counts else None

    def runs(self, poll: Polled) -> bool:
        """Tell whether a poll shows a known state that is no end."""
        return self.status(poll) in self.cycle.states and not self.cycle.is_end(self.status(poll))

    def states(self, *, end: bool = False) -> list[str]:
        """List the states that the profile knows, the latest first: those that are an end, or those that are none."""
        known = [state for state in self.cycle.states.values() if state.name in self.coherence.sampler.statuses]
        return [state.name for state in sorted(known, key=lambda state: -state.order) if state.end is end]

    def as_before(self, poll: Polled, before: Polled) -> Polled | None:
        """Return a poll with the fixed members of another one, if it is still of one piece."""
        payload = poll.payload
        for fixed in self.cycle.fixed:
            value = member(before.payload, fixed.member)
            if not fixed.reopens and is_set(value) and value != member(payload, fixed.member):
                payload = changed(payload, fixed.member, value)
        return None if self.coherence.hits(payload) else poll._replace(payload=payload, at=before.at, asked=before.asked)

    def earlier(self, polls: Polls, index: int) -> Iterator[Polled]:
        """Yield what a poll would show if the task were further back: as it was seen before, or else made."""
        poll = polls[index]
        for other in polls[:index]:
            if self.runs(other) and (self.cycle.is_end(self.status(poll)) or self._goes_back(poll, other)):
                seen = self.as_before(other, poll)
                if seen is not None:
                    yield seen
        for state in self.states():
            moved = self.coherence.moved(poll.payload, {"status": state})
            made = poll._replace(payload=moved)
            if moved is not None and (self.cycle.is_end(self.status(poll)) or self._goes_back(poll, made)):
                yield made

    def _goes_back(self, poll: Polled, other: Polled) -> bool:
        return self.cycle.goes_back(self.status(poll), self.status(other))

    def with_one(self, polls: Polls, wanted: Callable[[Polled], bool], progress: str | None = None) -> Polls:
        """Return the polls with one among them that is wanted, made if there is none; without any where that cannot be done."""
        if any(map(wanted, polls)):
            return polls
        for state in self.states():
            at = next((n for n, poll in enumerate(polls) if self._is_later(poll, state)), len(polls))
            # The poll after it knows more: what is set once, and stays.
            near = polls[at] if at < len(polls) else polls[-1]
            facts = {"status": state, "progress": ABSENT if progress is None else progress}
            payload = self.coherence.moved(near.payload, facts)
            if payload is None:
                continue
            before, after = (polls[at - 1].at if at else None), (polls[at].at if at < len(polls) else None)
            time = ((before or 0) + (after or 0)) / 2 if None not in (before, after) else (
                (before or 0) + BETWEEN if at else (after or 0) - BETWEEN
            )  # fmt: skip
            made = near._replace(payload=payload, at=time)
            if wanted(made) and self._grows([*polls[:at], made, *polls[at:]]):
                return (*polls[:at], made, *polls[at:])
        return ()

    def _is_later(self, poll: Polled, state: str) -> bool:
        return self.cycle.is_end(self.status(poll)) or self.cycle.goes_back(self.status(poll), state)

    def _grows(self, polls: Sequence[Polled]) -> bool:
        seen = [now for now in map(self.progress, polls) if now is not None]
        return seen == sorted(seen)

    def ended(self, polls: Polls, times: int = 1) -> Polls:
        """Return the polls with so many of the end after each other, added where they lack; none where that cannot be done."""
        if not self.cycle.is_end(self.status(polls[-1])):
            moves = (self.coherence.moved(polls[-1].payload, {"status": state}) for state in self.states(end=True))
            payload = next((moved for moved in moves if moved is not None), None)
            if payload is None:
                return ()
            polls = (*polls, polls[-1]._replace(payload=payload, at=(polls[-1].at or 0) + BETWEEN))
        while sum(self.cycle.is_end(self.status(poll)) for poll in polls) < times:
            polls = (*polls, polls[-1]._replace(at=(polls[-1].at or 0) + BETWEEN))
        return polls
