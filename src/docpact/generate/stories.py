"""Stories: the polls of one task from its submission to its end, as clients of a family of servers see them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from docpact.generate.draws import Seeded
from docpact.generate.lives import Life
from docpact.generate.pace import Pace
from docpact.pointers import member

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from docpact.generate.draws import Draws
    from docpact.generate.payloads import Sampler, Task


class Poll(NamedTuple):
    """One poll: when (milliseconds since 1970), and the body of the answer."""

    at: int
    payload: dict[str, Any]


def paths(sampler: Sampler, action: str = "") -> list[tuple[str, ...]]:
    """List every path of statuses that a task of this action can take under the profile, from its beginning to its end.

    Raises `UsageError` where the contract has no lifecycle, or the profile no such action.
    """
    return list(Life(sampler, _known(sampler, Seeded(), action)).paths())


def story(sampler: Sampler, draws: Draws, action: str | None = None, path: Sequence[str] | None = None) -> Iterator[Poll]:
    """Return the polls of one task, in their order; action and path are drawn where they are not given.

    Raises `UsageError` where the contract has no lifecycle, and for an action or a path that there is not.
    """
    known = _known(sampler, draws, action)
    life = Life(sampler, known)
    return _told(sampler, Pace(sampler, life, draws, known, life.walk(draws) if path is None else life.checked(path)))


def line(sampler: Sampler, poll: Poll) -> dict[str, Any]:
    """Return a poll as `docpact validate --stories` reads it from a line: when, the id that was asked for, and the body."""
    asked = member(poll.payload, sampler.contract.roles.get("id", "/id"))
    return {"at": poll.at, **({"asked": asked} if isinstance(asked, str) and asked else {}), "payload": poll.payload}


def _known(sampler: Sampler, draws: Draws, action: str | None) -> str:
    status = sampler.statuses[0] if sampler.statuses else None
    return sampler.facts(draws, status, action or None)[1]


def _told(sampler: Sampler, pace: Pace) -> Iterator[Poll]:
    task = _task(sampler, pace)
    for at, view in pace.polls:
        if pace.is_later(at):
            # Hours later a link is signed anew.
            task = _task(sampler, pace)
            task["issued"] = f"{at // 1000:x}"
        # What a server adds against caches differs from poll to poll.
        task["rand"] = f"{at}{pace.draws.nth % 1_000_000:06}"
        payload = sampler.payload(task, view.status, pace.action, view.step)
        for name in pace.own_clock(view.status):
            payload[name] -= pace.ahead
        yield Poll(at, payload)


def _task(sampler: Sampler, pace: Pace) -> Task:
    task = sampler.task(pace.draws)
    task.update(pace.events)
    return task
