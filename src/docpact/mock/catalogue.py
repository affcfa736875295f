"""The catalogue: every fault that a relay can commit, each variant of it, and what a client should notice."""

from __future__ import annotations

from typing import TYPE_CHECKING

from docpact.errors import UsageError
from docpact.finding import Layer
from docpact.generate import faults_text
from docpact.generate.faults_http import VARIANTS
from docpact.mock.breaking import Breaker, is_of_lives
from docpact.mock.lives import Lives
from docpact.mock.options import OF_FILES, Row, near
from docpact.pointers import member
from docpact.rules import RULES

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from docpact.contract import Contract
    from docpact.mock.lives import Made
    from docpact.mock.options import FaultOption
    from docpact.rules import Rule

_MOST_NAMED = 12


class Catalogue:
    """The ways in which the tasks of a relay can break each rule."""

    def __init__(self, breaker: Breaker, tasks: Sequence[Made]) -> None:
        self.breaker = breaker
        self._tasks = tasks
        self._found: dict[str, tuple[str, ...]] = {}
        # A contract may have no member that says how far a task has come, or what it does.
        named = [at for at in map(breaker.contract.roles.get, ("status", "action")) if at is not None]
        # One payload for each status, and for each action; the last step of the first task first.
        steps = [step.payload for task in tasks[:1] for step in task.steps[::-1]]
        steps += [task.steps[-1].payload for task in tasks]
        facts = {tuple(member(payload, at) for at in named): payload for payload in reversed(steps)}
        self._payloads = list(reversed(facts.values()))

    def variants(self, rule: str) -> tuple[str, ...]:
        """Return every variant of a rule, the one that the rule alone stands for first; none where nothing can break it."""
        if rule not in self._found:
            self._found[rule] = tuple(dict.fromkeys(way for way in self._search(rule) if way is not None))
        return self._found[rule]

    def _search(self, rule: str) -> Iterator[str | None]:
        """Yield variants of a rule as they are found, and None after each piece of work: whoever asked may pause there."""
        if rule in OF_FILES:
            return
        if not is_of_lives(rule):
            yield from self._in_bodies(rule)
            yield from VARIANTS.get(rule, ())
            return
        found = False
        # What only some actions do is looked for in all of them.
        for tasks in (self._told(), self._tasks):
            for task in tasks if not found else ():
                for way in self.breaker.lives(task, rule):
                    found = True
                    yield way.variant
                yield None

    def _in_bodies(self, rule: str) -> Iterator[str | None]:
        found = set[str]()
        if large := self.breaker.large(rule):
            yield large
            return
        # A text, and what the page says, is broken in one state as in another.
        for payload in self._some(rule, many=RULES[rule].layer is Layer.COHERENT):
            # A way that is known need not be made once more.
            for way in self.breaker.bodies(rule, payload, lambda name: name not in found):
                found.add(way.variant)
                yield way.variant
            yield None

    def _some(self, rule: str, *, many: bool) -> Iterable[object]:
        if rule in faults_text.TURNS:
            return self._payloads[:1]
        return self._payloads if many else self._payloads[:2]

    def is_body(self, option: FaultOption) -> bool:
        """Tell whether a body breaks the rule in a way that is asked for."""
        if option.rule in OF_FILES or is_of_lives(option.rule):
            return False
        many = RULES[option.rule].layer is Layer.COHERENT
        payloads = self._some(option.rule, many=many)
        return any(True for payload in payloads for _ in self.breaker.bodies(option.rule, payload, option.is_of))

    def _told(self) -> Iterator[Made]:
        """Yield a task for each way to end."""
        at = self.breaker.contract.roles.get("status")
        ends = {at and member(task.steps[-1].payload, at): task for task in reversed(self._tasks)}
        yield from ends.values()

    def checked(self, option: FaultOption) -> None:
        """Raise `UsageError` where no task of the relay can break a rule, or not in the way that is asked for."""
        if self.is_body(option) or any(map(option.is_of, VARIANTS.get(option.rule, ()))):
            return
        known = self.variants(option.rule)
        if not known:
            raise UsageError(
                f"no task of this relay can break {option.rule}",
                hint="its contract, or its profile, promises nothing that could be broken so: docpact mock --list-faults",
            )
        if not any(map(option.is_of, known)):
            shown = ", ".join(known[:_MOST_NAMED]) + (", ..." if len(known) > _MOST_NAMED else "")
            raise UsageError(
                f"{option.rule} is not broken in the way {option.variant!r}",
                hint=near(option.variant, known, f"the ways are: {shown}"),
            )

    def rows(self) -> Iterator[Row | None]:
        """Yield every fault, in the order of the rules, as it is found; None where there is more to be done first."""
        for rule in RULES.values():
            told = dict[str, None]()
            for variant in self._found.get(rule.id) or self._search(rule.id):
                if variant is None:
                    yield None
                elif variant not in told:
                    told[variant] = None
                    yield _row(rule, variant)
            self._found[rule.id] = tuple(told)


def _row(rule: Rule, variant: str) -> Row:
    way = variant.replace("-", " ")
    does = f"not so: {rule.title}{f' ({way})' if way else ''}"
    return Row(f"{rule.id}/{variant}" if variant else rule.id, rule.id, rule.layer, rule.severity, does, rule.notice)


def catalogue(contract: Contract, profile: str, tasks: Sequence[Made]) -> Catalogue:
    """Return the ways in which these tasks of a profile can break each rule."""
    return Catalogue(Breaker(contract, profile), tasks)


def list_faults(contract: Contract, profile: str = "documented") -> list[Row]:
    """List every fault that a relay of a profile can commit; raises `ContractError` for an unknown profile."""
    tasks = list(Lives(contract, profile, 0, "http://127.0.0.1").known())
    return [row for row in catalogue(contract, profile, tasks).rows() if row is not None]
