"""Variants: payloads of every status and action, and what may be left out of them, emptied or made long without a breach."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from docpact.features import LONG, MANY, places
from docpact.generate.allowed import Allowed
from docpact.generate.draws import Seeded, Steered
from docpact.generate.lives import lives_of
from docpact.pointers import ABSENT, changed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from docpact.features import Features, Member
    from docpact.generate.draws import Draws
    from docpact.generate.payloads import Sampler

# A choice among more than these is an id or a time, which nobody needs all of.
_FEW = 64
_WAYS = ("absent", "empty", "null", "long", "many")


class Recipe(NamedTuple):
    """How a payload is made: its state, the choices that were made for it, and the way its members at a depth are changed."""

    status: str
    action: str
    choices: tuple[tuple[str, int], ...]
    way: str = ""
    depth: int = 0


class Variants:
    """Make all payloads that a cover is chosen from."""

    def __init__(self, sampler: Sampler, features: Features, seed: int | str) -> None:
        self._sampler = sampler
        self._features = features
        self._seed = seed
        self._allowed = Allowed(sampler.contract, sampler.profile)
        self._refused: dict[str, str] = {}

    def all(self) -> Iterator[tuple[Recipe, dict[str, Any]]]:
        """Yield every recipe with what it gives: first what servers send, then what they could as well."""
        plain = [self._plain(status, action) for status, action in self._states()]
        for recipe, few in plain:
            yield recipe, self.make(recipe, 0)
            for path, (low, high) in few.items():
                for value in range(low, high + 1):
                    other = recipe._replace(choices=tuple({**dict(recipe.choices), path: value}.items()))
                    yield other, self.make(other, 0)
        for recipe, _ in plain:
            for way in _WAYS:
                for depth in sorted({part.at.count("/") for part in self._features.members}):
                    other = recipe._replace(way=way, depth=depth)
                    yield other, self.make(other, 0)

    def make(self, recipe: Recipe, nth: int) -> dict[str, Any]:
        """Make the payload of a recipe; `nth` gives it an id and times of its own."""
        draws = Steered(Seeded(self._seed, nth), dict(recipe.choices))
        payload = self._sampler.payload(self._sampler.task(draws), recipe.status, recipe.action)
        return self._varied(payload, recipe, nth) if recipe.way else payload

    def reason(self, feature: str) -> str:
        """Tell why nothing covers a feature."""
        at, is_way, _ = feature.rpartition(" ")
        profile = self._sampler.profile.name
        if feature in self._refused:
            return f"it breaks {self._refused[feature]}"
        places = self._features.custom_ids if feature.startswith("button:") else [at]
        lacks = self._sampler.samples.absent.get(profile, frozenset())
        if any(place == left or place.startswith(f"{left}/") for place in places for left in lacks):
            return f"the profile {profile} does not send it"
        if feature.startswith("button:"):
            return f"no action that the profile {profile} knows offers such a button"
        return "no payload that could have it is known" if is_way else "no payload with this value is known"

    def _states(self) -> Iterator[tuple[str, str]]:
        """Yield each status with each action whose tasks come into it, as far as the lifecycle knows the status."""
        sampler, cycle = self._sampler, self._sampler.contract.lifecycle
        reached = {action: set(life.reached()) for action, life in lives_of(sampler).items()}
        known: set[str] = set(cycle.states) if cycle and reached else set()
        for status in sampler.statuses or [""]:
            for action in sampler.actions or [""]:
                if status not in known or status in reached[action]:
                    yield status, action

    def _plain(self, status: str, action: str) -> tuple[Recipe, dict[str, tuple[int, int]]]:
        """Return a recipe that keeps every choice among few, and the members that have such a choice."""
        draws = _Noted(Seeded(self._seed))
        self._sampler.payload(self._sampler.task(draws), status, action)
        few = {path: bounds for path, bounds in draws.bounds.items() if path.startswith("/")}
        return Recipe(status, action, tuple(draws.chosen.items())), few

    def _varied(self, payload: dict[str, Any], recipe: Recipe, nth: int) -> dict[str, Any]:
        """Change all members of one depth in one way, one after the other, as far as no rule is broken."""
        parts = [part for part in self._features.members if part.at.count("/") == recipe.depth]
        # A contract may ask for what cannot be, as a value that is not of its type: that is not what a change breaks.
        excused = set(self._allowed.broken(payload))
        waiting = [part for part in parts if recipe.way in self._features.ways(part)]
        while waiting:
            # What one member forbids, such as a status, may be gone after a round.
            left = []
            for part in waiting:
                other = self._changed(payload, part, recipe, nth)
                rules = self._allowed.broken(other) if other is not None else iter(())
                broken = next((rule for rule in rules if rule not in excused), None)
                if broken is not None:
                    self._refused.setdefault(f"{part.at} {recipe.way}", broken)
                    left.append(part)
                elif other is not None:
                    payload = other
            if len(left) == len(waiting):
                break
            waiting = left
        return payload

    def _changed(self, payload: dict[str, Any], part: Member, recipe: Recipe, nth: int) -> dict[str, Any] | None:
        at, value = next(places(payload, part.at), ("", ABSENT))
        if not at or (value is ABSENT and recipe.way == "absent"):
            return None
        other: Any = None
        if recipe.way == "absent":
            other = ABSENT
        elif recipe.way == "empty":
            other = [] if part.kind == "array" else ""
        elif recipe.way == "long":
            text = value if isinstance(value, str) and value else part.at.rpartition("/")[2] or "x"
            other = " ".join([text] * (LONG // len(text) + 1))
        elif recipe.way == "many":
            other = self._many(part, recipe, nth)
            if not other:
                return None
        result: dict[str, Any] = changed(payload, at, other)
        return result

    def _many(self, part: Member, recipe: Recipe, nth: int) -> list[Any]:
        """Return a long list: all the items that such a payload can have, and where these are few, over and over."""
        items: list[Any] = []
        for n in range(max(1, len(self._sampler.samples.sets))):
            draws = Steered(Seeded(self._seed, nth), {**dict(recipe.choices), f"{part.at}/set": n})
            other = self._sampler.payload(self._sampler.task(draws), recipe.status, recipe.action)
            more = next(places(other, part.at), ("", ABSENT))[1]
            items += [item for item in more if item not in items] if isinstance(more, list) else []
        return items * -(-MANY // len(items)) if items else []


class _Noted:
    """Draws that note which choices were made among few options."""

    def __init__(self, draws: Draws) -> None:
        self._draws = draws
        self.chosen: dict[str, int] = {}
        self.bounds: dict[str, tuple[int, int]] = {}

    @property
    def nth(self) -> int:
        return self._draws.nth

    def integer(self, path: str, low: int, high: int) -> int:
        value = self._draws.integer(path, low, high)
        if high - low < _FEW:
            self.chosen[path] = value
            self.bounds[path] = (low, high)
        return value
