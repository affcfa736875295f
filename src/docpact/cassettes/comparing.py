"""Comparing: whether a relay still answers as a recording says, by contract and story, and not byte by byte."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from docpact.cassettes.polls import payload
from docpact.cassettes.redaction import Redaction
from docpact.pointers import ABSENT, member
from docpact.redact import shown

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from docpact.cassettes.tape import Interaction
    from docpact.contract import Contract


class Difference(NamedTuple):
    """One way in which a task is not what was recorded: the task, the member, what was recorded, and what is answered."""

    task: str
    member: str
    recorded: str
    answered: str


def differences(
    recorded: Mapping[str, list[Interaction]], answered: Mapping[str, list[Interaction]], contract: Contract
) -> Iterator[Difference]:
    """Yield what does not change in the life of a task, and differs from what was recorded; and another end than that.

    Both are tasks with their polls, by the id that was asked for. What the lifecycle fixes is compared, without secrets on both
    sides; when a task was asked, how often, and in which states it was seen, is not.
    """
    cycle = contract.lifecycle
    if cycle is None:
        return
    status = contract.roles["status"]
    for task, polls in recorded.items():
        earlier, later = _shown(polls), _shown(answered.get(task, []))
        for fixed in cycle.fixed:
            before, after = (
                _last([one for one in told if member(one, status) not in fixed.open_states], fixed.member)
                for told in (earlier, later)
            )
            if before is not ABSENT and after is not ABSENT and before != after and before not in fixed.open_values:
                yield Difference(task, fixed.member, str(shown(before)), str(shown(after)))
        before, after = _last(earlier, status), _last(later, status)
        if cycle.is_end(before) and cycle.is_end(after) and before != after:
            yield Difference(task, status, str(shown(before)), str(shown(after)))


def _shown(polls: Iterable[Interaction]) -> list[Any]:
    """Return what polls showed, without secrets, so that what was taken out of a recording is no difference."""
    redaction = Redaction()
    return [payload(redaction.interaction(one)) for one in polls]


def _last(payloads: Iterable[Any], at: str) -> Any:
    """Return what a member held in the last poll in which it was set, or ABSENT."""
    said = [value for one in payloads if (value := member(one, at)) is not ABSENT and value not in (None, "", 0)]
    return said[-1] if said else ABSENT
