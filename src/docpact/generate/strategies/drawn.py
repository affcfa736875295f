"""Drawn: the sampler's choices made by Hypothesis, and what may vary beyond the samples without breaking coherence."""

from __future__ import annotations

from functools import lru_cache
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from hypothesis import strategies as st

from docpact.generate.payloads import Sampler

if TYPE_CHECKING:
    from collections.abc import Mapping

    from hypothesis.strategies import DrawFn, SearchStrategy

    from docpact.contract import Contract
    from docpact.generate.draws import Draws
    from docpact.generate.payloads import Task
    from docpact.generate.samples import Row

# So many tasks lie one after the other; the first one is the simplest.
_TASKS = 1 << 20
# The checks that only ask whether a member is set: where no other one speaks of a member, it may hold any text.
_SET_OR_NOT = frozenset({"set", "unset", "any-set"})
_TEXT = st.text(min_size=1).filter(str.strip)
_ANOTHER = st.none() | _TEXT
# A payload alone may have waited, and run, for any time up to the hour after which the slowest family gives up.
_HOUR = (0, 3_600_000)
WIDER: Mapping[str, tuple[int, int]] = {"clock/queued": _HOUR, "clock/running": _HOUR}


class Drawn:
    """Choices that Hypothesis makes; each is drawn once in an example, where it is first asked for.

    `wider` maps a path to bounds that are taken instead of those that are asked for.
    """

    def __init__(self, draw: DrawFn, wider: Mapping[str, tuple[int, int]] = MappingProxyType({})) -> None:
        self.draw = draw
        self._wider = wider
        self._prompts: tuple[str, str] | None = None
        self._held: dict[tuple[str, int, int], int] = {}

    @property
    def nth(self) -> int:
        """Which payload or story of a run this is, from 0."""
        return self.integer("nth", 0, _TASKS)

    def integer(self, path: str, low: int, high: int) -> int:
        """Choose a whole number from `low` to `high`, both included; the same path gives the same choice."""
        key = (path, low, high)
        held = self._held.get(key)
        if held is None:
            held = self._held[key] = self.draw(_whole(*self._wider.get(path, (low, high))))
        return held

    def prompts(self, strategy: SearchStrategy[tuple[str, str]]) -> tuple[str, str]:
        """Choose a prompt, and what it is in English; all polls of a task have the same."""
        if self._prompts is None:
            self._prompts = self.draw(strategy)
        return self._prompts


@lru_cache(maxsize=1024)
def _whole(low: int, high: int) -> SearchStrategy[int]:
    return st.integers(low, high)


class DrawnSampler(Sampler):
    """Make payloads of one contract as one profile sends them, of any text where no coherence entry minds."""

    def __init__(self, contract: Contract, profile: str) -> None:
        super().__init__(contract, profile)
        known = [pair for locale in self.locales for pair in self.samples.prompts[locale]]
        typed = _TEXT.map(lambda text: (text, text))
        # The samples stand first: a counter-example that can be read is worth more than one that is short.
        self.prompts: SearchStrategy[tuple[str, str]] = st.sampled_from(known) | typed if known else typed
        minded = {pointer for entry in contract.coherence if entry.check not in _SET_OR_NOT for pointer in entry.members}
        self._minded = minded.union(contract.roles.values())
        self._free: dict[tuple[str, str], list[str]] = {}

    def __repr__(self) -> str:
        # Hypothesis shows it in what it prints of a strategy.
        return f"<{self.contract.name}, {self.profile.name}>"

    def task(self, draws: Draws) -> Task:
        """Begin a task: what its polls have in common."""
        task = super().task(draws)
        if isinstance(draws, Drawn):
            task["prompts"] = draws.prompts(self.prompts)
        return task

    def varied(self, drawn: Drawn, status: str, action: str) -> dict[str, Any]:
        """Make one payload; a member that has one of a few fixed texts in the samples may have any other, too."""
        payload: dict[str, Any] = self.payload(self.task(drawn), status, action)
        for name in self._free_members(status, action):
            text = drawn.draw(_ANOTHER)
            if text is not None:
                payload[name] = text
        return payload

    def _free_members(self, status: str, action: str) -> list[str]:
        names = self._free.get((status, action))
        if names is None:
            facts = {"status": status, "action": action}
            rows: dict[str, Row] = {}
            for row in self.samples.rows:
                if row.speaks_of(self.profile.name, facts):
                    rows.setdefault(row.at, row)
            names = self._free[status, action] = [at[1:] for at, row in rows.items() if self._is_free(row)]
        return names

    def _is_free(self, row: Row) -> bool:
        schema: Mapping[str, Any] = self.contract.subschema(row.at) or {"type": "string"}
        fixed = row.make == "text" and all(text and "{" not in text for text in row.values)
        return fixed and row.at not in self._minded and schema.get("type") == "string" and "enum" not in schema
