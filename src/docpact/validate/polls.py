"""The lifecycle layer: what follows across the polls of one task, by the lifecycle of the contract."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from docpact.redact import shown
from docpact.validate.breach import ABSENT, Breach, is_set, member, name_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from docpact.contract import Contract
    from docpact.finding import Clause
    from docpact.lifecycle import Lifecycle

_PERCENT = re.compile(r"(\d{1,9})%", re.ASCII)


@dataclass(slots=True)
class Story:
    """What must be remembered of the polls of one task: the last status, and what must not change."""

    polls: int = 0
    status: Any = None
    progress: int | None = None
    fixed: dict[str, Any] = field(default_factory=dict)
    settled: dict[str, Any] = field(default_factory=dict)
    instants: frozenset[str] = frozenset()
    since: float | None = None
    told_stuck: bool = False


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
        is the time of the poll in milliseconds, where it is known.
        """
        if not isinstance(payload, dict):
            return
        status = member(payload, self._roles["status"])
        action = member(payload, self._roles["action"])
        step = list(self._step(story, status, action)) if story.polls else []
        yield from step
        # A poll that went back or left the end would break every other rule with it: one breach, one finding.
        stays = not step and story.status == status
        reset = bool(step) or (story.polls > 0 and self._cycle.goes_back(story.status, status))
        if reset:
            story.progress = None
            story.settled.clear()
            for entry in self._cycle.fixed:
                if entry.reopens:
                    story.fixed.pop(entry.member, None)
        yield from self._progress(story, payload, status)
        yield from self._fixed(story, payload, status)
        yield from self._settled(story, payload, status)
        yield from self._instants(story, instants, stays=stays)
        yield from self._stuck(story, status, at, stays=stays)
        story.status = status
        story.instants = instants
        story.polls += 1

    def _step(self, story: Story, status: Any, action: Any) -> Iterator[Breach]:
        if status is ABSENT or story.status in (ABSENT, status):
            return
        pointer = self._roles["status"]
        if self._cycle.is_end(story.status):
            message = f"status was {story.status}, which is an end, and is now {shown(status)!r}"
            yield Breach("end-left", pointer, status, story.status, message, self._clause(pointer))
            return
        if not self._cycle.goes_back(story.status, status):
            return
        message = f"status went back from {story.status} to {shown(status)!r}"
        known = self._cycle.known_back(story.status, status, action)
        if known is None:
            yield Breach("status-back", pointer, status, f"{story.status} or later", message, self._clause(pointer))
        elif self._profile not in known.profiles:
            message += f"; a {known.profiles[0]} does so ({known.reason})"
            yield Breach(
                "status-back-known", pointer, status, f"{story.status} or later", message, self._clause(pointer),
                excused_by=known.profiles,
            )  # fmt: skip

    def _progress(self, story: Story, payload: Any, status: Any) -> Iterator[Breach]:
        pointer = self._roles["progress"]
        text = member(payload, pointer)
        match = _PERCENT.fullmatch(text) if isinstance(text, str) else None
        if match is None or (self._cycle.is_end(status) and status not in self._cycle.progress_ends):
            return
        now, before = int(match[1]), story.progress
        story.progress = now
        if before is None or now >= before:
            return
        rule = "progress-restarted" if text == self._cycle.restart else "progress-fell"
        message = f"progress fell from {before}% to {now}%"
        yield Breach(rule, pointer, text, f"at least {before}%", message, self._clause(pointer))

    def _fixed(self, story: Story, payload: Any, status: Any) -> Iterator[Breach]:
        for entry in self._cycle.fixed:
            value = member(payload, entry.member)
            before = story.fixed.get(entry.member, ABSENT)
            if value is ABSENT or (before is ABSENT and not is_set(value)):
                continue
            is_open = story.polls > 0 and story.status in entry.open_states
            if before is not ABSENT and value != before and not is_open and before not in entry.open_values:
                message = f"{name_of(entry.member)} was {shown(before)!r} and is now {shown(value)!r}; {entry.reason}"
                yield Breach("fixed-changed", entry.member, value, shown(before), message, self._clause(entry.member))
            if status not in entry.open_states:
                story.fixed[entry.member] = value

    def _settled(self, story: Story, payload: Any, status: Any) -> Iterator[Breach]:
        if not self._cycle.is_end(status):
            return
        for entry in self._cycle.settled:
            value = member(payload, entry.member)
            before = story.settled.get(entry.member, ABSENT)
            if value is ABSENT or (before is ABSENT and not is_set(value)):
                continue
            if before is not ABSENT and _essence(value, entry.compare) != _essence(before, entry.compare):
                message = f"status is {status}, and {name_of(entry.member)} changed after the end"
                yield Breach(
                    "settled-changed", entry.member, value, shown(before), message, self._clause(entry.member)
                )  # fmt: skip
            story.settled[entry.member] = value

    def _instants(self, story: Story, instants: frozenset[str], *, stays: bool) -> Iterator[Breach]:
        if not stays:
            return
        for entry in self._contract.coherence:
            if entry.rule in instants and entry.rule in story.instants:
                pointer = entry.members[0]
                message = f"{entry.rule} was found at two polls in a row: it is not read for an instant only"
                yield Breach("instant-stays", pointer, None, None, message, self._clause(pointer))

    def _stuck(self, story: Story, status: Any, at: float | None, *, stays: bool) -> Iterator[Breach]:
        if at is None:
            return
        if not stays or story.since is None:
            story.since = at
            story.told_stuck = False
        elif not story.told_stuck and not self._cycle.is_end(status) and self._cycle.stuck_seconds:
            seconds = (at - story.since) / 1000
            if seconds > self._cycle.stuck_seconds:
                story.told_stuck = True
                pointer = self._roles["status"]
                message = f"status has been {shown(status)!r} for {seconds:,.0f} s"
                expected = f"at most {self._cycle.stuck_seconds} s"
                yield Breach("stuck", pointer, status, expected, message, self._clause(pointer))

    def _clause(self, pointer: str) -> Clause | None:
        return self._contract.clause(pointer, "member")


def _essence(value: Any, compare: str) -> Any:
    """Reduce a value to what must stay: the path of a URL without its signature, the customIds of buttons, or all of it."""
    if compare == "url-path" and isinstance(value, str):
        return value.partition("?")[0]
    if compare == "custom-ids" and isinstance(value, list):
        return [item.get("customId") if isinstance(item, dict) else item for item in value]
    return value
