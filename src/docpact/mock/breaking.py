"""Breaking: what a rule of the page, across members, across polls or of JSON is broken by, in a poll or in a whole life."""

from __future__ import annotations

import re
from copy import copy
from typing import TYPE_CHECKING, Any, NamedTuple

from docpact.finding import Layer, Severity, without_indices
from docpact.generate import faults_polls, faults_text
from docpact.generate.faults import Faults
from docpact.mock.lives import Made, Step
from docpact.pointers import changed, member
from docpact.polled import Polled
from docpact.rules import RULES
from docpact.validate.payload import Judge
from docpact.validate.polls import Story

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from docpact.contract import Contract
    from docpact.validate.breach import Breach

NOT_ENDED = "not-ended"
_MISMATCH = "id-mismatch"
_STUCK = "stuck"
# Of the ways to break a rule in one poll, so many are weighed against each other.
_MOST_WEIGHED = 12
_APART = 5_000
_CAPITAL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_NO_WORD = re.compile(r"[^a-z0-9]+")
# Where in a text a stray byte stands is another place in each of them.
_PLACE = re.compile(r" at character \d+")


class Broken(NamedTuple):
    """A body that breaks a rule, in which way: a payload, or a text that is none."""

    variant: str
    payload: Any = None
    text: bytes | None = None


class Retold(NamedTuple):
    """A life that breaks a rule across polls, in which way, and which step shows it."""

    variant: str
    step: int
    made: Made


class Breaker:
    """Break rules in the bodies and lives of one profile; what is made breaks no other rule, as far as there is such a way."""

    def __init__(self, contract: Contract, profile: str) -> None:
        self.contract = contract
        self._faults = Faults(contract, profile)
        layers = [Layer.DOCUMENTED, Layer.COHERENT, *([Layer.LIFECYCLE] if contract.lifecycle is not None else [])]
        self._judge = Judge(contract, profile, layers)

    def bodies(self, rule: str, payload: Any) -> Iterator[Broken]:
        """Yield the bodies that break a rule in place of a payload."""
        if rule == _MISMATCH:
            yield from self._mismatches(payload)
            return
        for fault in self._faults.of(payload, rule):
            if fault.text is not None:
                yield Broken(_named(_PLACE.sub("", fault.how)), text=fault.text)
            elif fault.polls is None and self._is_here(payload, fault.payload, fault.place):
                yield Broken(_named(without_indices(fault.place).replace("*", ""), fault.how), fault.payload)

    def _is_here(self, payload: Any, broken: Any, place: str) -> bool:
        """Tell whether a body is still about the task as it is now: the generator also tries other states."""
        roles = (self.contract.roles.get(role) for role in ("status", "action"))
        kept = [pointer for pointer in roles if pointer and pointer != place]
        return not isinstance(broken, dict) or not kept or place == "" or all(
            member(broken, pointer) == member(payload, pointer) for pointer in kept
        )  # fmt: skip

    def _mismatches(self, payload: Any) -> Iterator[Broken]:
        pointer = self.contract.roles.get("id", "")
        for fault in self._faults.of(payload, _MISMATCH):
            asked = fault.polls[0].asked if fault.polls else None
            if asked:
                yield Broken(_named(fault.how), changed(payload, pointer, asked))

    def plan(self, made: Made, rule: str, wanted: Callable[[str], bool]) -> list[Broken | None]:
        """Return for each step of a life the body that breaks a rule there, or None where none can.

        Where there are several, it is the one that breaks the fewest other rules, after the steps before it.
        """
        story, plan = Story(), list[Broken | None]()
        for number, step in enumerate(made.steps):
            found = (broken for broken in self.bodies(rule, step.payload) if wanted(broken.variant))
            if rule in faults_text.TURNS:
                plan.append(next(found, None))
                continue
            ways = [broken for broken, _ in zip(found, range(_MOST_WEIGHED), strict=False)]
            weighed = [
                (self._beside(one, rule, tried := _copied(story), number, made.id), n, tried) for n, one in enumerate(ways)
            ]
            if weighed:
                _, best, story = min(weighed, key=lambda told: told[:2])
                plan.append(ways[best])
            else:
                self._judged(story, step.payload, number, made.id)
                plan.append(None)
        return plan

    def _beside(self, broken: Broken, rule: str, story: Story, number: int, asked: str) -> int:
        """Count the other rules that break when a body comes after the polls of a story."""
        found = self._judged(story, broken.payload, number, asked)
        return len({one.rule for one in found if (one.severity or RULES[one.rule].severity) is Severity.ERROR} - {rule})

    def _judged(self, story: Story, payload: Any, number: int, asked: str) -> list[Breach]:
        known = asked if "id" in self.contract.roles else None
        return self._judge.poll(story, payload, number * _APART, known)

    def lives(self, made: Made, rule: str) -> Iterator[Retold]:
        """Yield lives that break a rule across polls, those that break no other one first."""
        if self.contract.lifecycle is None:
            return
        if rule == NOT_ENDED:
            yield from self._unended(made)
            return
        steps = [Polled(step.payload, step.at, made.id) for step in made.steps]
        spoilt = []
        for fault in self._faults.of_story(steps, rule):
            if fault.polls is None or not self._is_of(made, fault.polls, fault.how):
                continue
            polls = fault.polls[: fault.poll] if rule == _STUCK else fault.polls
            told = tuple(Step(int(poll.at or 0), poll.payload) for poll in polls)
            way = "" if rule == _STUCK else _named(fault.how) or _named(without_indices(fault.place))
            retold = Retold(way, fault.poll or 0, Made(made.id, made.action, told))
            if self._alone(retold, rule):
                yield retold
            else:
                spoilt.append(retold)
        yield from spoilt

    def _is_of(self, made: Made, polls: Sequence[Polled], how: str) -> bool:
        """Tell whether polls begin as the task does: the generator also tells of other tasks."""
        status, action = (self.contract.roles[role] for role in ("status", "action"))
        first, then = made.steps[0].payload, polls[0].payload
        return how == made.action or member(then, status) == member(first, status) or member(first, action) != made.action

    def _alone(self, retold: Retold, rule: str) -> bool:
        story = Story()
        found = [
            breach.rule
            for number, step in enumerate(retold.made.steps)
            for breach in self._judged(story, step.payload, number * 6, retold.made.id)
            if (breach.severity or RULES[breach.rule].severity) is Severity.ERROR
        ]
        return not set(found) - {rule}

    def _unended(self, made: Made) -> Iterator[Retold]:
        status = self.contract.roles["status"]
        running = [
            step for step in made.steps
            if self.contract.lifecycle and not self.contract.lifecycle.is_end(member(step.payload, status))
        ]  # fmt: skip
        if running:
            yield Retold("stands-before-its-end", len(running) - 1, made._replace(steps=tuple(running)))
            yield Retold("stands-at-its-beginning", 0, made._replace(steps=(running[0],)))


def _copied(story: Story) -> Story:
    other = copy(story)
    other.fixed, other.settled, other.instants = dict(story.fixed), dict(story.settled), dict(story.instants)
    other.told = set(story.told)
    return other


def _named(*parts: str) -> str:
    words = (_NO_WORD.sub("-", _CAPITAL.sub("-", part).lower()).strip("-") for part in parts)
    return "-".join(word for word in words if word)


def is_of_lives(rule: str) -> bool:
    """Tell whether a rule is broken by a whole life, and not by one body."""
    return rule in faults_polls.TURNS or rule == NOT_ENDED
