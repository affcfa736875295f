"""Faults: from a valid payload, or the polls of a task, what breaks exactly one rule, at several places.

The rules are those of the one table, and what breaks them is read where the judge reads it: in the schema, the coherence
entries and the lifecycle of the contract. A rule that the contract says nothing of has no fault.
"""

from __future__ import annotations

from functools import partial
from itertools import groupby
from typing import TYPE_CHECKING, Any

from docpact.errors import UsageError
from docpact.finding import Layer, Severity, without_indices
from docpact.generate import faults_coherent, faults_documented, faults_polls, faults_text
from docpact.generate.coherence import Coherence
from docpact.generate.fault import Fault, grouped
from docpact.pointers import ABSENT, member, touches
from docpact.polled import Polled
from docpact.rules import RULES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from docpact.contract import Contract, Entry
    from docpact.generate.fault import Change

# Of the ways to break a rule at one place, the first ones that work.
_MOST_WAYS = 2
_OF_THE_VALUE = frozenset({"documented-type", "documented-null"})
_MISMATCH = "id-mismatch"
_PROGRESS = "progress"
_ERROR_BODY = "documented-error-body"


def _any(place: str, how: str) -> bool:  # noqa: ARG001 - every place and way is wanted
    return True


class Faults:
    """Make faults for one contract as one profile judges it; made once, it serves any number of payloads."""

    def __init__(self, contract: Contract, profile: str = "documented") -> None:
        self.contract = contract
        self.coherence = Coherence(contract, profile)
        self.profile = self.coherence.profile
        self._entries: dict[str, list[Entry]] = {}
        for entry in contract.coherence:
            self._entries.setdefault(entry.rule, []).append(entry)

    def of(self, payload: Any, rule: str | None = None) -> Iterator[Fault]:
        """Yield the faults of a payload, in the order of the rules; without a rule, those of all that a body can break.

        A body too large to be read (`json-size`) is made only where it is asked for. Raises `UsageError` for an unknown rule.
        """
        for name in _rules(rule):
            if rule is not None or name not in faults_text.LARGE:
                yield from self._of_rule(payload, name)

    def here(self, payload: Any, rule: str, wanted: Callable[[str, str], bool] = _any) -> Iterator[Fault]:
        """Yield the faults of a payload as it stands, never moved to another state; `wanted` chooses by place and way.

        What is not wanted is not made, which takes most of the time.
        """
        facts = self.coherence.facts(payload)
        if rule in faults_documented.TURNS:
            yield from self._documented(payload, rule, wanted)
        elif rule in faults_text.TURNS or rule == _MISMATCH:
            yield from (fault for fault in self._of_rule(payload, rule) if wanted(fault.place, fault.how))
        else:
            for entry in self._entries.get(rule, ()):
                if entry.speaks_of(facts):
                    yield from self._in_state(entry, payload, wanted)
                elif _may_speak_of(entry, facts):
                    # It is only not as far as that.
                    moved = (one for one in self.coherence.in_state(entry, payload) if self._is_there(one, facts))
                    yield from (fault for one in moved for fault in self._in_state(entry, one, wanted))

    def of_story(self, polls: Sequence[Polled], rule: str | None = None) -> Iterator[Fault]:
        """Yield the faults of the polls of a task: those across polls, and those of a body in its first, middle and last poll.

        A poll without a time gets one. Raises `UsageError` for an unknown rule.
        """
        timed = faults_polls.timed(polls)
        for name in _rules(rule):
            if name in faults_polls.TURNS:
                yield from faults_polls.faults(self.coherence, timed, name, self.of, self.here)
            elif RULES[name].layer in (Layer.DOCUMENTED, Layer.COHERENT):
                yield from faults_polls.in_one_poll(self.coherence, timed, partial(self.of, rule=name))

    def _of_rule(self, payload: Any, rule: str) -> Iterator[Fault]:
        if rule in faults_documented.TURNS:
            yield from self._documented(payload, rule)
        elif rule in faults_text.TURNS:
            if rule not in faults_text.ADDING or self.profile.undocumented is None:
                for place, text, how in faults_text.TURNS[rule](payload):
                    yield Fault(rule, place, RULES[rule].severity, self.profile.name, text=text, how=how)
        elif rule == _MISMATCH:
            yield from self._mismatch(payload)
        else:
            yield from self._coherent(payload, rule)

    def _documented(self, payload: Any, rule: str, wanted: Callable[[str, str], bool] = _any) -> Iterator[Fault]:
        if rule == _ERROR_BODY and self.profile.undocumented is Severity.ERROR:
            # Each of its members would be one more breach.
            return
        known = self._warnings(payload)
        proposed = (
            change for change in faults_documented.TURNS[rule](self.contract, payload) if wanted(change.place, change.how)
        )
        for _, changes in groupby(proposed, lambda change: change.place):
            made = [fault for change in changes for fault in self._of_the_page(change, rule, known)]
            yield from [fault for fault in made if not fault.beside] or made[:1]

    def _of_the_page(self, change: Change, rule: str, known: set[str]) -> Iterator[Fault]:
        severity = self.profile.severity(rule, without_indices(change.place), _at(change))
        if severity is None:
            return
        told = change.place if rule in _OF_THE_VALUE and severity is Severity.ERROR else None
        # An error object is no task: nothing in it is asked to fit together.
        broken = set[str]() if rule == _ERROR_BODY else self._broken(change.payload, told)
        if not _errors(broken):
            beside = tuple(sorted(broken - known))
            yield Fault(rule, change.place, severity, self.profile.name, change.payload, how=change.how, beside=beside)

    def _coherent(self, payload: Any, rule: str) -> Iterator[Fault]:
        for entry in self._entries.get(rule, ()):
            spoilt: dict[str, Fault] = {}
            told: set[str] = set()
            for state in self.coherence.in_state(entry, payload):
                for fault in self._in_state(entry, state):
                    if fault.beside:
                        spoilt.setdefault(fault.place, fault)
                    else:
                        told.add(fault.place)
                        yield fault
            # What brings a warning with it may stand alone in another state.
            if spoilt.keys() - told:
                for fault in (one for state in self.coherence.states(payload) for one in self._in_state(entry, state)):
                    if fault.place in spoilt.keys() - told and not fault.beside:
                        told.add(fault.place)
                        yield fault
            yield from (fault for place, fault in spoilt.items() if place not in told)

    def _in_state(self, entry: Entry, payload: Any, wanted: Callable[[str, str], bool] = _any) -> Iterator[Fault]:
        known = self._warnings(payload)
        proposed = faults_coherent.proposed(self.coherence, entry, payload)
        for group in grouped(change for change in proposed if wanted(change.place, change.how)):
            yield from self._best(entry.rule, group, known)

    def _best(self, rule: str, group: list[Change], known: set[str]) -> Iterator[Fault]:
        """Yield the first changes that break the rule alone; where there is none, one that breaks it beside a warning."""
        spoilt, kept = None, 0
        seen = list[Any]()
        for change in group:
            broken = self._broken(change.payload)
            if rule not in broken or _errors(broken) - {rule} or change.payload in seen:
                continue
            beside = tuple(sorted(broken - known - {rule}))
            severity = self._severity(rule, change.payload)
            fault = Fault(rule, change.place, severity, self.profile.name, change.payload, how=change.how, beside=beside)
            if not beside:
                seen.append(change.payload)
                yield fault
                kept += 1
                if kept == _MOST_WAYS:
                    return
            elif spoilt is None or len(beside) < len(spoilt.beside):
                spoilt = fault
        if spoilt is not None and not kept:
            yield spoilt

    def _severity(self, rule: str, payload: Any) -> Severity:
        """Return how much a breach weighs in a payload: what stands around it may decide."""
        weighed = (hit.severity for entry, hit in self.coherence.hits(payload) if entry.rule == rule)
        return next((severity for severity in weighed if severity is not None), RULES[rule].severity)

    def _is_there(self, payload: Any, facts: Mapping[str, Any]) -> bool:
        now = self.coherence.facts(payload)
        return all(now.get(role) == value for role, value in facts.items() if role != _PROGRESS)

    def _mismatch(self, payload: Any) -> Iterator[Fault]:
        pointer = self.contract.roles.get("id", "")
        task = member(payload, pointer) if pointer else None
        if isinstance(task, str) and task:
            for how, asked in (("of the next task", task[:-1] + ("1" if task[-1] != "1" else "2")), ("cut off", task[:-1])):
                if asked:
                    polls = (Polled(payload, None, asked, wrapped=True),)
                    yield Fault(_MISMATCH, pointer, RULES[_MISMATCH].severity, self.profile.name, polls=polls, poll=0, how=how)

    def _broken(self, payload: Any, told: str | None = None) -> set[str]:
        """Return the coherent rules that a payload breaks, but for what is told already: a value that the page refuses."""
        found = self.coherence.hits(payload)
        return {entry.rule for entry, hit in found if told is None or not touches(hit.pointer, told)}

    def _warnings(self, payload: Any) -> set[str]:
        broken = self._broken(payload)
        return broken - _errors(broken)


def _may_speak_of(entry: Entry, facts: Mapping[str, Any]) -> bool:
    """Tell whether an entry speaks of a status and an action, at some progress."""
    unless: Mapping[str, Any] = entry.settings.get("unless", {})
    said = {role: value for role, value in facts.items() if role != _PROGRESS and isinstance(value, str)}
    spoken = all(said.get(role, "") in values for role, values in entry.when.items() if role != _PROGRESS)
    return spoken and all(said.get(role) not in values for role, values in unless.items() if role != _PROGRESS)


def faults(contract: Contract, payload: Any, rule: str | None = None, profile: str = "documented") -> Iterator[Fault]:
    """Yield what breaks a rule, or each rule that a body can break, made of a payload that is valid under a profile.

    Raises `ContractError` for an unknown profile, `UsageError` for an unknown rule.
    """
    return Faults(contract, profile).of(payload, rule)


def story_faults(
    contract: Contract, polls: Sequence[Polled], rule: str | None = None, profile: str = "documented"
) -> Iterator[Fault]:
    """Yield what breaks a rule, or each rule that polls can break, made of the polls of a task that keep all of them.

    The time of a poll is in milliseconds. Raises `ContractError` for an unknown profile, `UsageError` for an unknown rule.
    """
    return Faults(contract, profile).of_story(polls, rule)


def _rules(rule: str | None) -> Iterable[str]:
    if rule is not None and rule not in RULES:
        raise UsageError(f"there is no rule {rule!r}", hint="docpact explain lists them")
    return RULES if rule is None else (rule,)


def _errors(rules: set[str]) -> set[str]:
    return {rule for rule in rules if RULES[rule].severity is Severity.ERROR}


def _at(change: Change) -> Any:
    """Return what stands at the place of a change, through lists too."""
    value = change.payload
    for part in change.place.split("/")[1:]:
        name = part.replace("~1", "/").replace("~0", "~")
        if isinstance(value, list):
            value = value[int(part)]
        elif isinstance(value, dict) and name in value:
            value = value[name]
        else:
            return ABSENT
    return value
