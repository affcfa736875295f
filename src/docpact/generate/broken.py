"""Broken: the faults of payloads and stories that the sampler makes, as files, each labelled with the rule that it breaks."""

from __future__ import annotations

from collections import Counter
from itertools import groupby
from operator import itemgetter
from typing import TYPE_CHECKING, Any

from docpact.errors import UsageError
from docpact.finding import Layer
from docpact.generate.draws import Seeded, pick
from docpact.generate.fault import where_else
from docpact.generate.faults import Faults
from docpact.generate.made import Made, Polls, named
from docpact.generate.stories import paths, story
from docpact.pointers import member
from docpact.polled import Polled
from docpact.rules import RULES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from docpact.generate.fault import Fault
    from docpact.generate.kinds import Asked
    from docpact.generate.payloads import Sampler


def broken(sampler: Sampler, asked: Asked, rule: str | None = None) -> Iterator[Made]:
    """Make the faults of so many payloads, and of the story of each: of one rule, or of all that can be broken.

    Without a status, payloads are in the one that is the most frequent. Raises `UsageError` for an unknown rule, status or
    action, and where the rule cannot be broken in such a payload.
    """
    faults = Faults(sampler.contract, sampler.profile.name)
    first = next(_of_all(sampler, faults, asked, rule), None)
    if first is None and asked.count:
        about = "".join(f", {role} {value}" for role, value in (("status", asked.status), ("action", asked.action)) if value)
        raise UsageError(
            f"nothing breaks {rule} alone here: profile {sampler.profile.name}{about}",
            hint=where_else(rule or "")
            or f"leave --profile, --status and --action away; docpact explain {rule} says what the rule speaks of",
        )
    return _of_all(sampler, faults, asked, rule)


def each(sampler: Sampler, faults: Faults, asked: Asked, rule: str | None = None) -> Iterator[tuple[int, Fault]]:
    """Yield the faults of so many payloads, and of the story of each, with the number of the payload, from 0.

    Raises `UsageError` for an unknown status or action.
    """
    draws = Seeded(asked.seed)
    usual = max(sampler.statuses, key=lambda status: sampler.samples.weights.get(status, 1), default=None)
    for draws.nth in range(asked.count):
        facts = sampler.facts(draws, usual if asked.status is None else asked.status, asked.action)
        for fault in _faults(sampler, faults, draws, facts, rule):
            if not _is_elsewhere(sampler, fault, asked):
                yield draws.nth, fault


def _of_all(sampler: Sampler, faults: Faults, asked: Asked, rule: str | None) -> Iterator[Made]:
    for nth, of_one in groupby(each(sampler, faults, asked, rule), itemgetter(0)):
        number = f"-{nth + 1:0{asked.digits}}" if asked.count > 1 else ""
        names: Counter[str] = Counter()
        for _, fault in of_one:
            name = f"fault{number}-{fault.rule}-{named(fault.place or 'all', fault.how)}"
            names[name] += 1
            yield _made(fault, name if names[name] == 1 else f"{name}-{names[name]}")


def _faults(sampler: Sampler, faults: Faults, draws: Seeded, facts: tuple[str, str], rule: str | None) -> Iterator[Fault]:
    if rule is None or RULES[rule].layer is not Layer.LIFECYCLE:
        yield from faults.of(sampler.payload(sampler.task(draws), *facts), rule)
    if sampler.contract.lifecycle is None:
        return
    polls = _polls(sampler, draws, *facts)
    for name in RULES if rule is None else (rule,):
        if RULES[name].layer is Layer.LIFECYCLE:
            # Lines of two ids are two stories: that an id changes cannot be told in a file.
            yield from (fault for fault in faults.of_story(polls, name) if fault.place != sampler.contract.roles["id"])


def _is_elsewhere(sampler: Sampler, fault: Fault, asked: Asked) -> bool:
    """Tell whether the rule speaks of another status or action than was asked for, so that the payload was moved there."""
    for role, wanted in (("status", asked.status), ("action", asked.action)):
        at = sampler.contract.roles.get(role, "")
        if wanted is not None and fault.payload is not None and fault.place != at:
            found = member(fault.payload, at)
            if isinstance(found, str) and found != wanted:
                return True
    return False


def _polls(sampler: Sampler, draws: Seeded, status: str, action: str) -> list[Polled]:
    """Return a story of many states, which ends as was asked for, if any does."""
    found = paths(sampler, action)
    ending = [path for path in found if path[-1] == status] or found
    longest = max(map(len, ending))
    path = pick(draws, "story/path", [path for path in ending if len(path) == longest])
    return [Polled(poll.payload, poll.at, None, wrapped=True) for poll in story(sampler, draws, action, path)]


def _made(fault: Fault, name: str) -> Made:
    facts: dict[str, Any] = {"kind": "fault", "rule": fault.rule, "severity": str(fault.severity), "place": fault.place}
    more = {"poll": fault.poll, "how": fault.how or None, "beside": list(fault.beside) or None, "notice": fault.notice}
    facts |= {key: value for key, value in more.items() if value is not None}
    if fault.polls is not None:
        return Made(name, facts, Polls(map(_line, fault.polls)), labelled=True)
    return Made(name, facts, fault.payload if fault.text is None else fault.text, labelled=True)


def _line(poll: Polled) -> dict[str, Any]:
    """Return a poll as it is written down; its time is in whole milliseconds."""
    at = {} if poll.at is None else {"at": int(poll.at)}
    return {**at, **({} if poll.asked is None else {"asked": poll.asked}), "payload": poll.payload}
