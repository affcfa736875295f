"""Habits: what samples tell of the lives of tasks, family by family: where they begin, what only some go through, how long."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from docpact import terms
from docpact.terms import checked

if TYPE_CHECKING:
    from collections.abc import Mapping

TABLES = {"begin": terms.TABLES_LIST, "detour": terms.TABLES_LIST, "timeout": terms.TABLES_LIST}
SPAN = terms.Kind(
    "two whole numbers, the smaller one first",
    lambda v: isinstance(v, list) and len(v) == 2 and all(type(n) is int for n in v) and 0 <= v[0] <= v[1],  # noqa: PLR2004 - two
)
_WHOM = {"profiles": terms.TEXTS, "actions": terms.TEXTS, "reason": terms.TEXT, "fact": terms.TEXT}
_BEGIN = {"states": terms.TEXTS, **_WHOM}
_DETOUR = {"state": terms.TEXT, **_WHOM}
_TIMEOUT = {
    "at": terms.POINTER, "value": terms.TEXT, "since": terms.one_of("submitted", "started"), "after": SPAN,
    "finished": terms.TRUTH, **_WHOM,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Whom:
    """For which profiles and actions something is so; none named: for all."""

    profiles: frozenset[str]
    actions: frozenset[str]

    def is_for(self, profile: str, action: str) -> bool:
        """Tell whether it is so for a profile and an action."""
        return (not self.profiles or profile in self.profiles) and (not self.actions or action in self.actions)


@dataclass(frozen=True, slots=True)
class Timeout:
    """A text that says of a failed task that it took too long: so many milliseconds (from, to) after an event.

    `finished`: the server says when the task ended.
    """

    at: str
    value: str
    since: str
    after: tuple[int, int]
    finished: bool
    whom: Whom


@dataclass(frozen=True, slots=True)
class Habits:
    """What the samples tell of the lives of tasks: where they begin, what only some go through, how long some take.

    `moves` is the milliseconds between two looks of a family at its upstream: what it shows changes with these.
    """

    begins: tuple[tuple[Whom, tuple[str, ...]], ...] = ()
    detours: tuple[tuple[Whom, str], ...] = ()
    timeouts: tuple[Timeout, ...] = ()
    moves: Mapping[str, int] = field(default_factory=dict[str, int])


def read(said: Mapping[str, Any], name: str) -> Habits:
    """Read what `samples.toml` tells of lives; raises `ContractError` for what is unknown."""
    begins = _rows(said, "begin", _BEGIN, name, ("states", "reason"))
    detours = _rows(said, "detour", _DETOUR, name, ("state", "reason"))
    timeouts = _rows(said, "timeout", _TIMEOUT, name, ("at", "value", "since", "after", "reason"))
    return Habits(
        begins=tuple((_whom(row), tuple(row["states"])) for row in begins),
        detours=tuple((_whom(row), row["state"]) for row in detours),
        timeouts=tuple(
            Timeout(row["at"], row["value"], row["since"], (a, b), row.get("finished", True), _whom(row))
            for row in timeouts
            for a, b in (row["after"],)
        ),
        moves={family: part["moves"] for family, part in said.get("families", {}).items() if part.get("moves", 0) > 0},
    )


def _rows(
    said: Mapping[str, Any], key: str, known: Mapping[str, terms.Kind], name: str, needed: tuple[str, ...]
) -> list[dict[str, Any]]:
    return [checked(row, known, f"{name}, [[{key}]] {n}", needed) for n, row in enumerate(said.get(key, ()), 1)]


def _whom(row: Mapping[str, Any]) -> Whom:
    return Whom(frozenset(row.get("profiles", ())), frozenset(row.get("actions", ())))
