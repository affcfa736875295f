"""A fault: one rule broken on purpose, alone, in a payload, in the polls of a task, or in a text."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from docpact.rules import OF_EXCHANGES, OF_FOLLOWING, RULES

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from docpact.finding import Severity
    from docpact.polled import Polled


class Fault(NamedTuple):
    """One rule broken at one place: in a payload, in polls, or in a text (one of the three, the others are None).

    `place` is a pointer; `poll` the number of the poll that shows it, from 0; `how` says in what way, where there are several;
    `severity` is that of the breach under `profile`; `beside` names the warnings that cannot be kept away from it.
    """

    rule: str
    place: str
    severity: Severity
    profile: str = "documented"
    payload: Any = None
    polls: tuple[Polled, ...] | None = None
    text: bytes | None = None
    poll: int | None = None
    how: str = ""
    beside: tuple[str, ...] = ()

    @property
    def notice(self) -> str:
        """What a client should notice, or would suffer."""
        return RULES[self.rule].notice


def where_else(rule: str) -> str:
    """Say what commits a rule that no payload can break, or nothing."""
    if rule not in OF_EXCHANGES | OF_FOLLOWING:
        return ""
    what = "an exchange" if rule in OF_EXCHANGES else "a task that is followed to its end"
    return f"no payload breaks it, but {what}: docpact mock --fault {rule}"


class Change(NamedTuple):
    """A payload with something changed at a place, in some way; whether that breaks a rule, and which, is still to be asked."""

    place: str
    payload: Any
    how: str = ""


def ends(count: int) -> list[int]:
    """Return the first, the middle and the last of so many indices."""
    return sorted({0, count // 2, count - 1}) if count else []


def grouped(changes: Iterable[Change]) -> Iterator[list[Change]]:
    """Put together the changes of one place that come one after the other: each is tried until one serves."""
    group: list[Change] = []
    for change in changes:
        if group and (group[0].place, group[0].how) != (change.place, change.how):
            yield group
            group = []
        group.append(change)
    if group:
        yield group
