"""Lives: which states a task of a family goes through, by the lifecycle of the contract and what the samples tell of it."""

from __future__ import annotations

from difflib import get_close_matches
from itertools import pairwise
from typing import TYPE_CHECKING

from docpact.errors import UsageError
from docpact.generate.draws import pick

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from docpact.contract import Profile
    from docpact.generate.draws import Draws
    from docpact.generate.payloads import Sampler
    from docpact.lifecycle import Back, Lifecycle

# How much likelier the next state is than one further on, where nobody asks for a path: polls seldom miss a state.
_NEXT = 16


class Life:
    """The states of a task of one action, as servers of one profile show them, and what may follow what.

    Raises `UsageError` where the contract has no lifecycle.
    """

    def __init__(self, sampler: Sampler, action: str) -> None:
        contract = sampler.contract
        if contract.lifecycle is None:
            raise UsageError(
                f"the contract {contract.name} has no lifecycle, so that nothing tells what a task goes through",
                hint="declare [lifecycle] with its states in contract.toml",
            )
        self._cycle: Lifecycle = contract.lifecycle
        self._profile: Profile = sampler.profile
        self._action = action
        self._weights = sampler.samples.weights
        told = sampler.samples.habits
        passed = {state for _, state in told.detours}
        passed -= {state for whom, state in told.detours if whom.is_for(self._profile.name, action)}
        known = [state for state in sampler.statuses if state in self._cycle.states and state not in passed]
        self.states: tuple[str, ...] = tuple(sorted(known, key=self._rank))
        if not self.states:
            raise UsageError(
                f"no status of the profile {self._profile.name} is a state of the lifecycle of {contract.name}",
                hint="[[lifecycle.state]] in contract.toml names the values of the status",
            )
        given = next((states for whom, states in told.begins if whom.is_for(self._profile.name, action)), None)
        lowest = [state for state in self.states if self._order(state) == self._order(self.states[0])]
        self.begins: tuple[str, ...] = tuple(s for s in given if s in self.states) if given else tuple(lowest)

    def after(self, path: Sequence[str]) -> list[str]:
        """List what may be seen after a path, the likeliest first; nothing follows an end."""
        now = path[-1]
        if self._cycle.is_end(now):
            return []
        seen = set(path[self._last_back(path) :])
        later = [
            state
            for state in self.states
            if self._order(state) > self._order(now) or (self._order(state) == self._order(now) and state not in seen)
        ]
        taken = set(pairwise(path))
        return later + [back.target for back in self._backs(now) if (now, back.target) not in taken]

    def paths(self) -> Iterator[tuple[str, ...]]:
        """Yield every path from a beginning to where nothing follows; a step back is taken once at the most."""
        waiting: list[tuple[str, ...]] = [(state,) for state in reversed(self.begins)]
        while waiting:
            path = waiting.pop()
            following = self.after(path)
            if not following:
                yield path
            waiting.extend((*path, state) for state in reversed(following))

    def edges(self) -> list[tuple[str, str]]:
        """List every step from one state to another that a path can take."""
        return [(state, later) for state in self.reached() for later in self.after((state,))]

    def reached(self) -> list[str]:
        """List the states that a path can reach, in the order in which they are met."""
        reached = list(self.begins)
        for state in reached:
            reached.extend(later for later in self.after((state,)) if later not in reached)
        return reached

    def walk(self, draws: Draws) -> tuple[str, ...]:
        """Draw a path; most go through all states, and end as the samples weigh the ends."""
        path: tuple[str, ...] = (pick(draws, "life/begin", self.begins),)
        while following := self.after(path):
            nearest = min(self._order(state) for state in following if self._order(state) >= self._order(path[-1]))
            weighed = [
                state
                for state in following
                for _ in range(self._weights.get(state, 1) * _NEXT if self._order(state) == nearest else 1)
            ]
            path = (*path, pick(draws, f"life/{len(path)}", weighed))
        return path

    def checked(self, path: Sequence[str]) -> tuple[str, ...]:
        """Return a path that a task can take; raises `UsageError` that names the first step that it cannot."""
        whose = f"{self._action or 'a task'} under the profile {self._profile.name}"
        if not path or path[0] not in self.begins:
            began = repr(path[0]) if path else "nothing"
            raise UsageError(f"{whose} does not begin with {began}", hint=_instead(path[0] if path else "", self.begins))
        for n in range(1, len(path)):
            following = self.after(path[:n])
            if path[n] not in following:
                hint = _instead(path[n], following) if following else f"{path[n - 1]} is an end"
                raise UsageError(f"{path[n]!r} does not follow {path[n - 1]!r} in the life of {whose}", hint=hint)
        if following := self.after(path):
            raise UsageError(f"the life of {whose} does not end with {path[-1]!r}", hint=_instead("", following))
        return tuple(path)

    def is_end(self, status: str) -> bool:
        """Tell whether nothing follows a status."""
        return self._cycle.is_end(status)

    def _order(self, state: str) -> int:
        return self._cycle.states[state].order

    def _rank(self, state: str) -> tuple[int, int]:
        return self._order(state), -self._weights.get(state, 1)

    def _backs(self, now: str) -> list[Back]:
        return [
            back
            for back in self._cycle.backs
            if back.origin == now
            and back.target in self.states
            and self._profile.name in back.profiles
            and (not back.actions or self._action in back.actions)
        ]

    def _last_back(self, path: Sequence[str]) -> int:
        """Return where the path begins that goes forward only."""
        turns = [n for n in range(1, len(path)) if self._order(path[n]) < self._order(path[n - 1])]
        return turns[-1] if turns else 0


def lives_of(sampler: Sampler) -> dict[str, Life]:
    """Return the life of each action ("" where there is none); nothing where the lifecycle knows no status of the profile."""
    cycle = sampler.contract.lifecycle
    if cycle is None or not any(status in cycle.states for status in sampler.statuses):
        return {}
    return {action: Life(sampler, action) for action in sampler.actions or [""]}


def _instead(found: str, known: Sequence[str]) -> str:
    near = get_close_matches(found.upper(), known, n=1)
    return f"did you mean {near[0]}?" if near else f"there may be: {', '.join(map(repr, known))}"
