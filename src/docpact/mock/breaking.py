"""Breaking: what a rule of the page, across members, across polls or of JSON is broken by, in a poll or in a whole life."""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import islice
from typing import TYPE_CHECKING, Any, NamedTuple

from docpact.finding import Layer, Severity, without_indices
from docpact.generate import faults_polls, faults_text
from docpact.generate.faults import Faults
from docpact.mock.lives import Step
from docpact.pointers import changed, member
from docpact.polled import Polled
from docpact.rules import RULES
from docpact.validate.payload import Judge
from docpact.validate.polls import Story

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from docpact.contract import Contract
    from docpact.mock.lives import Made
    from docpact.validate.breach import Breach

NOT_ENDED = "not-ended"
_KNOWN_BACK = "status-back-known"
_STUCK = "stuck"
# Of the ways to break a rule in one poll, so many are weighed against each other.
_MOST_WEIGHED = 80
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
        self._profile = profile
        self._faults = Faults(contract, profile)
        layers = [Layer.DOCUMENTED, Layer.COHERENT, *([Layer.LIFECYCLE] if contract.lifecycle is not None else [])]
        self._judge = Judge(contract, profile, layers)

    def bodies(self, rule: str, payload: Any, wanted: Callable[[str], bool] = bool) -> Iterator[Broken]:
        """Yield the bodies that break a rule in place of a payload, in the variants that are wanted."""

        def is_wanted(place: str, how: str) -> bool:
            return wanted(_variant("" if rule in faults_text.TURNS else place, how))

        pointer = self.contract.roles.get("id", "")
        for fault in self._faults.here(payload, rule, is_wanted if wanted is not bool else _every):
            if fault.text is not None:
                yield Broken(_variant("", fault.how), text=fault.text)
            elif fault.polls is None:
                if self._is_here(payload, fault.payload, fault.place):
                    yield Broken(_variant(fault.place, fault.how), fault.payload)
            elif fault.polls[0].asked:
                # Another id was asked for: here that one comes back.
                yield Broken(_variant(fault.place, fault.how), changed(payload, pointer, fault.polls[0].asked))

    def large(self, rule: str) -> str:
        """Return the variant of a body that is too large to be made only to learn its name; "" where there is none."""
        can = rule not in faults_text.ADDING or self._faults.profile.undocumented is None
        return faults_text.LARGE.get(rule, "") if can else ""

    def _is_here(self, payload: Any, broken: Any, place: str) -> bool:
        """Tell whether a body is still about the task as it is now: to break one member, another one may have been moved."""
        roles = (self.contract.roles.get(role) for role in ("status", "action"))
        kept = [pointer for pointer in roles if pointer and pointer != place]
        return not isinstance(broken, dict) or not place or all(
            member(broken, pointer) == member(payload, pointer) for pointer in kept
        )  # fmt: skip

    def plan(self, made: Made, rule: str, wanted: Callable[[str], bool]) -> list[Broken | None]:
        """Return for each step of a life the body that breaks a rule there, or None where none can.

        Where there are bodies that break no other rule, whatever the other polls show, it is those alone: at each step the one
        with the fewest warnings beside it. Else it is a row of them from the first step on with which the fewest other rules
        break.
        """
        ways = [islice(self.bodies(rule, step.payload, wanted), _MOST_WEIGHED) for step in made.steps]
        if rule in faults_text.TURNS:
            return [next(found, None) for found in ways]
        whole = [step.payload for step in made.steps]
        firsts: list[Broken | None] = [None] * len(ways)
        alone: list[Broken | None] = [None] * len(ways)
        for number, found in enumerate(ways):
            fewest: int | None = None
            for one in found:
                firsts[number] = firsts[number] or one
                # Before, and after, a poll that shows the same step as it should be.
                told = [*whole[:number], one.payload, whole[number], one.payload, *whole[number:]]
                errors, warnings = self._beside(made, told, rule)
                if not errors and (fewest is None or warnings < fewest):
                    alone[number], fewest = one, warnings
                if fewest == 0:
                    break
        if any(alone):
            return alone
        rows = [[*alone[:first], *firsts[first:]] for first in range(len(ways))]
        lives = [[now if way is None else way.payload for now, way in zip(whole, row, strict=True)] for row in rows]
        able = [(self._beside(made, life, rule), n) for n, life in enumerate(lives) if any(rows[n])]
        return rows[min(able)[1]] if able else alone

    def _beside(self, made: Made, told: list[Any], rule: str) -> tuple[int, int]:
        """Count the other rules that break when a life is told so: with errors, and with warnings."""
        story, broken = Story(), set[tuple[str, bool]]()
        for number, payload in enumerate(told):
            found = self._judged(story, payload, number, made.id)
            broken |= {(one.rule, (one.severity or RULES[one.rule].severity) is Severity.ERROR) for one in found}
        errors = sum(is_error for name, is_error in broken if name != rule)
        return errors, sum(name != rule for name, _ in broken) - errors

    def _judged(self, story: Story, payload: Any, number: int, asked: str) -> list[Breach]:
        known = asked if "id" in self.contract.roles else None
        return self._judge.poll(story, payload, number * _APART, known)

    def lives(self, made: Made, rule: str) -> Iterator[Retold]:
        """Yield lives that break a rule across polls, those that break no other one first."""
        if self.contract.lifecycle is None:
            return
        if rule in (NOT_ENDED, _KNOWN_BACK):
            yield from self._unended(made) if rule == NOT_ENDED else self._back(made)
            return
        steps = [Polled(step.payload, step.at, made.id) for step in made.steps]
        spoilt = []
        for fault in self._faults.of_story(steps, rule):
            # The generator also tells of tasks that are in another state from the first.
            if fault.polls is None or self._status(fault.polls[0].payload) != self._status(made.steps[0].payload):
                continue
            polls = fault.polls[: fault.poll] if rule == _STUCK else fault.polls
            told = tuple(Step(int(poll.at or 0), poll.payload) for poll in polls)
            way = "" if rule == _STUCK else _named(fault.how) or _named(without_indices(fault.place))
            retold = Retold(way, fault.poll or 0, made._replace(steps=told))
            if self._alone(retold, rule):
                yield retold
            else:
                spoilt.append(retold)
        yield from spoilt

    def _alone(self, retold: Retold, rule: str) -> bool:
        story = Story()
        found = [
            breach.rule
            for number, step in enumerate(retold.made.steps)
            for breach in self._judged(story, step.payload, number * 6, retold.made.id)
            if (breach.severity or RULES[breach.rule].severity) is Severity.ERROR
        ]
        return not set(found) - {rule}

    def _status(self, payload: Any) -> Any:
        return member(payload, self.contract.roles["status"])

    def _unended(self, made: Made) -> Iterator[Retold]:
        cycle = self.contract.lifecycle
        running = tuple(step for step in made.steps if cycle and not cycle.is_end(self._status(step.payload)))
        if running:
            yield Retold("stands-before-its-end", len(running) - 1, made._replace(steps=running))
            yield Retold("stands-at-its-beginning", 0, made._replace(steps=running[:1]))

    def _back(self, made: Made) -> Iterator[Retold]:
        """Let a task take the step back that another family is known to take."""
        cycle = self.contract.lifecycle
        for back in cycle.backs if cycle else ():
            if self._profile in back.profiles or (back.actions and made.action not in back.actions):
                continue
            before = next((step for step in made.steps if self._status(step.payload) == back.target), None)
            spot = next((n for n, step in enumerate(made.steps) if self._status(step.payload) == back.origin), None)
            if before is not None and spot is not None:
                steps = (*made.steps[: spot + 1], before, *made.steps[spot:])
                yield Retold(_named("to", back.target), spot + 1, made._replace(steps=steps))


def _every(place: str, how: str) -> bool:  # noqa: ARG001 - all of them
    return True


@lru_cache(maxsize=4096)
def _variant(place: str, how: str) -> str:
    """Return the name of a way to break a rule: the member without its indices, and how."""
    return _named(without_indices(place).replace("*", ""), _PLACE.sub("", how))


def _named(*parts: str) -> str:
    words = (_NO_WORD.sub("-", _CAPITAL.sub("-", part).lower()).strip("-") for part in parts)
    return "-".join(word for word in words if word)


def is_of_lives(rule: str) -> bool:
    """Tell whether a rule is broken by a whole life, and not by one body."""
    return rule in faults_polls.TURNS or rule == NOT_ENDED
