"""The lifecycle layer: what follows across the polls of one task, by the lifecycle of the contract."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from docpact.finding import Severity
from docpact.pointers import ABSENT, is_set, member, name_of
from docpact.redact import shown
from docpact.validate.breach import Breach

if TYPE_CHECKING:
    from collections.abc import Iterator

    from docpact.contract import Contract
    from docpact.finding import Clause
    from docpact.lifecycle import Back, Lifecycle

_PERCENT = re.compile(r"(\d{1,9})%", re.ASCII)


@dataclass(slots=True, eq=False, repr=False)
class Story:
    """What must be remembered of the polls of one task: the last known status, and what must not change.

    `since` and `moved` say when the task was first seen as it stands; `instants` when each mixture was first seen.
    """

    polls: int = 0
    status: Any = None
    progress: int | None = None
    fixed: dict[str, Any] = field(default_factory=dict)
    settled: dict[str, Any] = field(default_factory=dict)
    instants: dict[str, float | None] = field(default_factory=dict)
    since: float | None = None
    standing: tuple[Any, Any] | None = None
    told: set[str] = field(default_factory=set)


class Polls:
    """Judge the polls of tasks, one after the other; each story is kept by the caller."""

    def __init__(self, contract: Contract, profile: str) -> None:
        if contract.lifecycle is None:
            raise ValueError("the contract has no lifecycle")
        self._contract = contract
        self._cycle: Lifecycle = contract.lifecycle
        self._profile = profile
        self._roles = contract.roles

    def breaches(self, story: Story, payload: Any, instants: frozenset[str], at: float | None = None) -> Iterator[Breach]:
        """Yield what is wrong with one more poll of a story, and remember it.

        `instants` are the rules of the coherent layer that this payload breaks and that may break for an instant; `at`
        is the time of the poll in milliseconds, where it is known. An error body between polls says nothing of the task.
        """
        if not isinstance(payload, dict) or not any(member(payload, self._roles[r]) is not ABSENT for r in ("id", "status")):
            return
        status = member(payload, self._roles["status"])
        action = member(payload, self._roles["action"])
        # A poll that went back or left the end would break every other rule with it: one breach, one finding.
        if story.polls and self._turns(story, status):
            yield from self._turn(story, status, action)
            self._begin_again(story)
        else:
            yield from self._went_on(story, status)
        again = self._cycle.may_begin_again(action)
        yield from self._progress(story, payload, status, again)
        yield from self._fixed(story, payload, status, again)
        yield from self._settled(story, payload, status)
        yield from self._instants(story, instants, at)
        yield from self._stuck(story, (status, member(payload, self._roles["progress"])), at)
        if isinstance(status, str) and status in self._cycle.states:
            story.status = status
        story.polls += 1

    def _turns(self, story: Story, status: Any) -> bool:
        if status is ABSENT or story.status in (None, status):
            return False
        return self._cycle.is_end(story.status) or self._cycle.goes_back(story.status, status)

    def _begin_again(self, story: Story) -> None:
        story.progress = None
        story.settled.clear()
        for entry in self._cycle.fixed:
            if entry.reopens:
                story.fixed.pop(entry.member, None)

    def _turn(self, story: Story, status: Any, action: Any) -> Iterator[Breach]:
        pointer = self._roles["status"]
        if self._cycle.is_end(story.status):
            message = f"status was {story.status}, which is an end, and is now {shown(status)!r}"
            yield Breach("end-left", pointer, status, story.status, message, self._clause(pointer))
            return
        message = f"status went back from {story.status} to {shown(status)!r}"
        known = self._cycle.known_back(story.status, status, action)
        if known is None:
            yield Breach("status-back", pointer, status, f"{story.status} or later", message, self._clause(pointer))
        else:
            yield from self._habit(known, pointer, status, message)

    def _habit(self, known: Back, pointer: str, found: Any, message: str) -> Iterator[Breach]:
        """Yield a warning for what only servers of another family do."""
        if self._profile not in known.profiles:
            message += f"; a {known.profiles[0]} does so ({known.reason})"
            clause = self._clause(pointer)
            yield Breach("status-back-known", pointer, found, None, message, clause, excused_by=known.profiles)

    def _progress(self, story: Story, payload: Any, status: Any, again: Back | None) -> Iterator[Breach]:
        pointer = self._roles["progress"]
        text = member(payload, pointer)
        match = _PERCENT.fullmatch(text) if isinstance(text, str) else None
        if match is None or (self._cycle.is_end(status) and status not in self._cycle.progress_ends):
            return
        now, before = int(match[1]), story.progress
        story.progress = now
        if before is None or now >= before:
            return
        message = f"progress fell from {before}% to {now}%"
        if again is not None:
            yield from self._habit(again, pointer, text, message)
            return
        rule = "progress-restarted" if text == self._cycle.restart else "progress-fell"
        yield Breach(rule, pointer, text, f"at least {before}%", message, self._clause(pointer))

    def _fixed(self, story: Story, payload: Any, status: Any, again: Back | None) -> Iterator[Breach]:
        for entry in self._cycle.fixed:
            value = member(payload, entry.member)
            before = story.fixed.get(entry.member, ABSENT)
            if before is ABSENT and not is_set(value):
                continue
            is_open = story.polls > 0 and (story.status in entry.open_states or before in entry.open_values)
            if before is not ABSENT and value != before and not is_open:
                message = f"{name_of(entry.member)} was {shown(before)!r} and is now {_now(value)}; {entry.reason}"
                if again is not None and entry.reopens:
                    yield from self._habit(again, entry.member, value, message)
                else:
                    yield self._changed("fixed-changed", entry.member, value, before, message)
            if value is not ABSENT and status not in entry.open_states:
                story.fixed[entry.member] = value

    def _settled(self, story: Story, payload: Any, status: Any) -> Iterator[Breach]:
        if not self._cycle.is_end(status):
            return
        for entry in self._cycle.settled:
            value = member(payload, entry.member)
            before = story.settled.get(entry.member, ABSENT)
            if before is ABSENT and not is_set(value):
                continue
            if before is not ABSENT and _essence(value, entry.compare) != _essence(before, entry.compare):
                message = f"status is {status}, and {name_of(entry.member)} changed after the end; it is now {_now(value)}"
                yield self._changed("settled-changed", entry.member, value, before, message)
            if value is not ABSENT:
                story.settled[entry.member] = value

    def _changed(self, rule: str, pointer: str, value: Any, before: Any, message: str) -> Breach:
        # A member that is left out from one poll on may still be as it was: worth a look, and no contradiction.
        severity = Severity.WARNING if value is ABSENT else None
        return Breach(rule, pointer, value, shown(before), message, self._clause(pointer), severity)

    def _went_on(self, story: Story, status: Any) -> Iterator[Breach]:
        """Tell what was mixed as before an end, although the task went on to a state that is none."""
        cycle = self._cycle
        if status == story.status or not isinstance(status, str) or status not in cycle.states or cycle.is_end(status):
            return
        for entry in self._contract.coherence:
            rule = entry.rule
            if rule in story.instants and rule not in story.told:
                story.told.add(rule)
                message = f"{rule} was found while status was {story.status}, and the task went on to {status}: no end was near"
                yield Breach("instant-stays", entry.members[0], None, None, message, self._clause(entry.members[0]))

    def _instants(self, story: Story, instants: frozenset[str], at: float | None) -> Iterator[Breach]:
        """Tell what is still mixed at a later poll; it is an error once it has lasted for longer than any copy of it."""
        for rule in [name for name in story.instants if name not in instants]:
            del story.instants[rule]
            story.told.discard(rule)
        for entry in self._contract.coherence:
            rule = entry.rule
            if rule not in instants or rule in story.told:
                continue
            if rule not in story.instants:
                story.instants[rule] = at
                continue
            first = story.instants[rule]
            lasted = None if at is None or first is None else (at - first) / 1000
            if lasted is not None and lasted <= self._cycle.instant_seconds:
                continue
            story.told.add(rule)
            how_long = "at two polls in a row" if lasted is None else f"for {lasted:,.0f} s"
            message = f"{rule} was found {how_long}: it is not read for an instant only"
            pointer = entry.members[0]
            severity = Severity.WARNING if lasted is None else None
            yield Breach("instant-stays", pointer, None, None, message, self._clause(pointer), severity)

    def _stuck(self, story: Story, standing: tuple[Any, Any], at: float | None) -> Iterator[Breach]:
        if at is None:
            return
        if standing != story.standing or story.since is None:
            story.standing, story.since = standing, at
            story.told.discard("stuck")
            return
        seconds = (at - story.since) / 1000
        status = standing[0]
        if seconds <= self._cycle.stuck_seconds or "stuck" in story.told:
            return
        if not isinstance(status, str) or status not in self._cycle.stuck_states:
            return
        story.told.add("stuck")
        pointer = self._roles["status"]
        message = f"status has been {shown(status)!r} for {seconds:,.0f} s, and nothing moves"
        expected = f"at most {self._cycle.stuck_seconds} s"
        yield Breach("stuck", pointer, status, expected, message, self._clause(pointer))

    def _clause(self, pointer: str) -> Clause | None:
        return self._contract.clause(pointer, "member")


def _now(value: Any) -> str:
    return "left out" if value is ABSENT else repr(shown(value))


# What renews a link without making it another one: the signature of a CDN, and what a relay adds against caches.
_RENEWED = ("ex=", "is=", "hm=", "rand=", "x-amz-", "x-goog-", "signature=", "expires=", "token=")


def _essence(value: Any, compare: str) -> Any:
    """Reduce a value to what must stay: a URL without its signature, the customIds of buttons, or all of it."""
    if compare == "url" and isinstance(value, str):
        path, _, query = value.partition("?")
        return path, [part for part in query.split("&") if part and not part.lower().startswith(_RENEWED)]
    if compare == "custom-ids" and isinstance(value, list):
        return [item.get("customId") if isinstance(item, dict) else item for item in value]
    return value
