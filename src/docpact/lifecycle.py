"""The life of a task as it is polled: its states, the steps between them, what is fixed, and what settles at the end."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping


class State(NamedTuple):
    """One state: a smaller `order` comes earlier, and nothing follows a state that is an `end`."""

    name: str
    order: int
    end: bool
    reason: str
    fact: str


class Back(NamedTuple):
    """A step back that a known family of servers takes, for the actions named (none named: for all)."""

    origin: str
    target: str
    profiles: tuple[str, ...]
    actions: tuple[str, ...]
    reason: str
    fact: str


class Fixed(NamedTuple):
    """A member that does not change once it is set, except while the task is in an open state or has an open value.

    `reopens`: it is set anew where a family of servers takes a known step back.
    """

    member: str
    open_states: tuple[str, ...]
    open_values: tuple[str, ...]
    reopens: bool
    reason: str
    fact: str


class Settled(NamedTuple):
    """A member that does not change once the task has ended; `compare` is value, url or custom-ids."""

    member: str
    compare: str
    reason: str
    fact: str


class Lifecycle(NamedTuple):
    """All of it, as the contract declares it; the validator, the generator and the mock read the same."""

    states: Mapping[str, State]
    backs: tuple[Back, ...]
    fixed: tuple[Fixed, ...]
    settled: tuple[Settled, ...]
    restart: str
    progress_ends: frozenset[str]
    stuck_seconds: int
    stuck_states: frozenset[str]
    instant_rules: frozenset[str]
    instant_seconds: int
    reasons: Mapping[str, tuple[str, str]]

    def is_end(self, status: object) -> bool:
        """Tell whether nothing follows this status."""
        state = self.states.get(status) if isinstance(status, str) else None
        return state is not None and state.end

    def goes_back(self, earlier: object, later: object) -> bool:
        """Tell whether `later` stands before `earlier` in the order of states; an unknown state stands nowhere."""
        first = self.states.get(earlier) if isinstance(earlier, str) else None
        second = self.states.get(later) if isinstance(later, str) else None
        return first is not None and second is not None and second.order < first.order

    def known_back(self, earlier: object, later: object, action: object) -> Back | None:
        """Find the family habit that explains a step back, or None."""
        for back in self.backs:
            if (back.origin, back.target) == (earlier, later) and (not back.actions or action in back.actions):
                return back
        return None

    def may_begin_again(self, action: object) -> Back | None:
        """Find the family habit by which a task of this action runs in several steps, of which a poll may miss the first."""
        return next((back for back in self.backs if action in back.actions), None)
