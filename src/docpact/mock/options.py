"""Fault options: `RULE[/VARIANT][:every=N|:after=N|:status=S|:poll=N]`, read from a text, with errors that say what is near."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING, NamedTuple

from docpact.errors import UsageError
from docpact.rules import OF_RECORDINGS, RULES

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from docpact.finding import Layer, Severity

CONDITIONS = ("every", "after", "status", "poll")
# A capture is a file: no server can break one.
OF_FILES = frozenset({"capture-corrupt"}) | OF_RECORDINGS


class Row(NamedTuple):
    """A fault: `RULE/VARIANT`, how bad it is, what it does, and what a client notices or suffers."""

    fault: str
    rule: str
    layer: Layer
    severity: Severity
    does: str
    notice: str


class FaultOption(NamedTuple):
    """A fault that is asked for: which rule, in which way ("": the first that works), and when.

    `every`: each N-th time that it could show; `after`: once it could have shown so many times; `poll`: at that
    poll of a task, counted from 1; `status`: while the task is in that status. None of them: whenever it can show.
    """

    rule: str
    variant: str = ""
    every: int = 1
    after: int = 0
    status: str | None = None
    poll: int | None = None

    def is_of(self, variant: str) -> bool:
        """Tell whether a variant is the one that is asked for, or one of its kind: `buttons` stands for `buttons-label` too."""
        return not self.variant or variant == self.variant or variant.startswith(f"{self.variant}-")


def parse(text: str, statuses: Collection[str]) -> FaultOption:
    """Read one fault option; raises `UsageError` that names what is wrong, and what was probably meant."""
    name, *conditions = text.split(":")
    rule, _, variant = name.strip().partition("/")
    if rule not in RULES or rule in OF_FILES:
        known = [known for known in RULES if known not in OF_FILES]
        raise UsageError(f"there is no fault {rule!r}", hint=near(rule, known, "docpact mock --list-faults lists them"))
    said: dict[str, str] = {}
    for condition in conditions:
        key, mark, value = condition.partition("=")
        if key not in CONDITIONS or not mark:
            hint = near(key, CONDITIONS, f"it is one of {', '.join(f'{name}=' for name in CONDITIONS)}")
            raise UsageError(f"{condition!r} in the fault {text!r} is no condition", hint=hint)
        if key in said:
            raise UsageError(f"the fault {text!r} says {key} twice", hint="name each condition once")
        said[key] = value
    status = said.get("status")
    if status is not None and status not in statuses:
        hint = near(status.upper(), statuses, f"there are: {', '.join(map(repr, statuses)) or 'none'}")
        raise UsageError(f"no task is ever in the status {status!r}, which the fault {text!r} speaks of", hint=hint)
    poll = _whole(text, said, "poll", 1)
    every, after = _whole(text, said, "every", 1) or 1, _whole(text, said, "after", 0) or 0
    return FaultOption(rule, variant, every, after, status, poll)


def _whole(text: str, said: dict[str, str], key: str, least: int) -> int | None:
    if key not in said:
        return None
    value = said[key]
    if not (value.isascii() and value.isdigit() and len(value) <= 9 and int(value) >= least):  # noqa: PLR2004 - a billion
        raise UsageError(f"{key}={value} in the fault {text!r} is no whole number from {least} on", hint=f"{key}=3")
    return int(value)


def near(found: str, known: Iterable[str], otherwise: str) -> str:
    """Return a hint that names what was probably meant, or else says what there is."""
    close = get_close_matches(found, list(known), n=3)
    return f"did you mean {' or '.join(close)}?" if close else otherwise
