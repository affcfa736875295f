"""Breaking: a rule, what keeps it, and one of the ways to break that, all three chosen by Hypothesis."""

from __future__ import annotations

from copy import deepcopy
from difflib import get_close_matches
from functools import cached_property, lru_cache
from itertools import groupby, islice
from typing import TYPE_CHECKING, Any

from hypothesis import strategies as st

from docpact.errors import UsageError
from docpact.finding import Layer
from docpact.generate.draws import Seeded
from docpact.generate.fault import where_else
from docpact.generate.faults import Faults
from docpact.generate.stories import story
from docpact.generate.strategies.drawn import WIDER, Drawn
from docpact.pointers import member
from docpact.polled import Polled
from docpact.rules import RULES

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from hypothesis.strategies import DrawFn

    from docpact.generate.draws import Draws
    from docpact.generate.fault import Fault
    from docpact.generate.strategies.drawn import DrawnSampler

_PARSED = frozenset({Layer.DOCUMENTED, Layer.COHERENT, Layer.LIFECYCLE})
# A payload has up to a hundred faults of one rule, which take 20 ms; those of a story take longer, so that it has a few.
_MOST = 200
_MOST_OF_A_STORY = 6
# So many seeded stories are told before a rule counts as one that nothing breaks.
_TRIES = 3


class Breaking:
    """The rules that a contract can break under a profile; made once, since it is asked of each rule whether one can."""

    def __init__(self, sampler: DrawnSampler) -> None:
        self.sampler = sampler
        self._faults = Faults(sampler.contract, sampler.profile.name)
        self._counts: dict[str, int] = {}
        self._able: dict[tuple[str, str, str], bool] = {}
        self._states: dict[str, list[tuple[str, str]]] = {}

    def __repr__(self) -> str:
        # Hypothesis shows it in what it prints of a strategy.
        return repr(self.sampler)

    @cached_property
    def rules(self) -> list[str]:
        """The rules that what is parsed can break, in the order of the table."""
        return [name for name, rule in RULES.items() if rule.layer in _PARSED and self.count(name)]

    def checked(self, rule: str) -> str:
        """Return a rule that can be broken; raises `UsageError` for one that there is not, and for one that cannot."""
        if rule not in RULES:
            near = get_close_matches(rule.lower(), RULES, n=1)
            hint = f"did you mean {near[0]}?" if near else "docpact explain lists them"
            raise UsageError(f"there is no rule {rule!r}", hint=hint)
        if not self.count(rule):
            raise UsageError(
                f"nothing breaks {rule} alone here: contract {self.sampler.contract.name}, profile {self.sampler.profile.name}",
                hint=where_else(rule) or f"ask for another profile; docpact explain {rule} says what the rule speaks of",
            )
        return rule

    def count(self, rule: str) -> int:
        """Return how many faults a rule has to choose from, as one seeded payload or story shows; 0 where nothing breaks it."""
        if rule not in self._counts:
            self._counts[rule] = len(self._seeded(rule))
        return self._counts[rule]

    def of(self, rule: str, drawn: Drawn, nth: int) -> Fault:
        """Return the nth fault of what is drawn, from 0; where there are fewer, another one."""
        # What cannot be broken is replaced by what can: no draw is thrown away.
        found = list(islice(self._faults_of(rule, drawn), nth + 1)) or self._seeded(rule)
        return found[nth % len(found)]

    def _seeded(self, rule: str) -> list[Fault]:
        if RULES[rule].layer is Layer.LIFECYCLE:
            told = (list(islice(self._of_story(rule, Seeded("fault", nth)), _MOST_OF_A_STORY)) for nth in range(_TRIES))
            return next((found for found in told if found), [])
        # The payload that says the most shows the most faults.
        weights = self.sampler.samples.weights
        states = sorted(self._speaking(rule), key=lambda state: -weights.get(state[0], 1))
        made = (list(islice(self._of_payload(rule, Seeded("fault"), state), _MOST)) for state in states)
        return next((found for found in made if found), [])

    def _faults_of(self, rule: str, draws: Draws) -> Iterator[Fault]:
        if RULES[rule].layer is Layer.LIFECYCLE:
            return self._of_story(rule, draws)
        states = self._speaking(rule)
        first = draws.integer("fault/state", 0, len(states) - 1)
        able = (state for state in (*states[first:], *states[:first]) if self._is_able(rule, state))
        return self._of_payload(rule, draws, next(able, states[first]))

    def _of_payload(self, rule: str, draws: Draws, state: tuple[str, str]) -> Iterator[Fault]:
        if isinstance(draws, Drawn):
            return self._faults.of(self.sampler.varied(draws, *state), rule)
        return self._faults.of(self.sampler.payload(self.sampler.task(draws), *state), rule)

    def _of_story(self, rule: str, draws: Draws) -> Iterator[Fault]:
        if self.sampler.contract.lifecycle is None:
            return iter(())
        return self._faults.of_story(self._polls(draws), rule)

    def _is_able(self, rule: str, state: tuple[str, str]) -> bool:
        """Tell whether a payload in a state can break a rule. A seeded one is asked: no draw may depend on earlier ones."""
        key = (rule, *state)
        if key not in self._able:
            self._able[key] = next(self._of_payload(rule, Seeded("fault"), state), None) is not None
        return self._able[key]

    def _polls(self, draws: Draws) -> list[Polled]:
        """Make a story and keep the last poll of each of its states: what is short can be read, and is broken faster."""
        pointer = self.sampler.contract.roles.get("status", "")
        runs = groupby(story(self.sampler, draws), lambda poll: member(poll.payload, pointer))
        return [Polled(poll.payload, poll.at, None, wrapped=True) for *_, poll in (list(run) for _, run in runs)]

    def _speaking(self, rule: str) -> list[tuple[str, str]]:
        """List the states of which a rule speaks, or all: a payload there need not be moved, which takes long."""
        if rule not in self._states:
            entries = [entry for entry in self.sampler.contract.coherence if entry.rule == rule]
            speaking = [state for state, facts in self._facts.items() if any(entry.speaks_of(facts) for entry in entries)]
            self._states[rule] = speaking or list(self._facts)
        return self._states[rule]

    @cached_property
    def _facts(self) -> dict[tuple[str, str], dict[str, Any]]:
        """What a payload says of itself in each state: the simplest first."""
        states = [(status, action) for action in self.sampler.actions or [""] for status in self.sampler.statuses or [""]]
        made = {state: self.sampler.payload(self.sampler.task(Seeded("fault")), *state) for state in states}
        return {state: self._faults.coherence.facts(payload) for state, payload in made.items()}


@st.composite
def drawn_faults(draw: DrawFn, breaking: Breaking, rules: Sequence[str]) -> Fault:
    """Draw one fault of one of some rules."""
    rule = rules[draw(_up_to(len(rules) - 1))]
    nth = draw(_up_to(breaking.count(rule) - 1))
    fault = breaking.of(rule, Drawn(draw) if RULES[rule].layer is Layer.LIFECYCLE else Drawn(draw, WIDER), nth)
    # What a test does to it must not reach what it was made of, nor another poll.
    polls = None if fault.polls is None else tuple(deepcopy(poll) for poll in fault.polls)
    return fault._replace(payload=deepcopy(fault.payload), polls=polls)


@lru_cache(maxsize=256)
def _up_to(last: int) -> st.SearchStrategy[int]:
    return st.integers(0, last)
