"""Tasks, polled: as they stand, or to their end and a little beyond."""

from __future__ import annotations

from typing import TYPE_CHECKING

from docpact.finding import Place
from docpact.validate.ended import not_ended

if TYPE_CHECKING:
    from docpact.live.judging import Told
    from docpact.live.session import Session

# What settles at the end, or leaves it, shows only in polls beyond it: so many, with pauses that grow.
BEYOND = (1, 2, 4, 4)
# A task that brought nothing, or the same unknown state, so many times in a row is not followed any longer.
_MOST_BLANK = 8
_SLOWER = 1.5
# Who polled a task less often than this cannot say that it does not end: there was no room for more.
_FEW = 8
# Most tasks are at their end after so many polls.
ENOUGH = 10


async def stand(session: Session, task: str, polls: int) -> None:
    """Poll a task several times: it is judged as it stands, and staying in one state is no fault."""
    for _ in range(polls):
        if not await session.again(task, session.least_gap):
            return
    await outlast(session, task)


class Purse:
    """The polls that all who follow a task may spend together: what one does not need, the others have."""

    def __init__(self, polls: int, followers: int) -> None:
        self.polls = polls
        self.followers = followers

    @property
    def share(self) -> float:
        """How many polls are left for each who still follows a task."""
        return max(self.polls / max(self.followers, 1), 1.0)


async def follow(session: Session, task: str, purse: Purse) -> None:
    """Poll a task until it ends, and a little beyond; that it does not end in time is a finding."""
    try:
        await _to_the_end(session, task, purse)
    finally:
        purse.followers -= 1
    if session.told[task].ended:
        await _beyond(session, task)


async def _to_the_end(session: Session, task: str, purse: Purse) -> None:
    told = session.told[task]
    pace = _Pace(session, purse)
    same = 0
    while not told.ended:
        if not await session.again(task, pace.gap(told)):
            break
        same = 0 if told.moved or not _is_odd(session, told) else same + 1
        if told.blank >= _MOST_BLANK or same >= _MOST_BLANK:
            break
    seen = told.status is not None and told.blank < _MOST_BLANK
    if told.ended or session.contract.lifecycle is None or (seen and _is_odd(session, told)):
        return
    if seen and told.polls >= _FEW and session.sender.stopped in ("", "deadline"):
        _not_ended(session, told)
    else:
        session.unsettled.append(told)


async def _beyond(session: Session, task: str) -> None:
    for pause in BEYOND:
        if not await session.again(task, session.least_gap * pause):
            return
    await outlast(session, task)


async def outlast(session: Session, task: str) -> None:
    """Poll once more after a while, where a task showed what may be read for an instant only."""
    cycle, told = session.contract.lifecycle, session.told[task]
    if cycle is None or not told.story.instants:
        return
    wait = cycle.instant_seconds + 1
    if wait < session.sender.seconds_left:
        await session.again(task, wait)


class _Pace:
    """How long to wait before the next poll: shortly while the task moves, longer while it does not.

    Half of the polls may be spent so; the others are spread evenly over the time that is left, and last until the deadline.
    """

    def __init__(self, session: Session, purse: Purse) -> None:
        self._session = session
        self._purse = purse
        self._spent = 0
        self._gap = session.least_gap

    def gap(self, told: Told) -> float:
        """Return the seconds to wait, after the poll that `told` knows last."""
        least = self._session.least_gap
        share = self._purse.share
        even = max(self._session.sender.seconds_left / share, least)
        self._purse.polls -= 1
        self._spent += 1
        self._gap = least if told.moved else min(self._gap * _SLOWER, even)
        return self._gap if self._spent < share else even


def _is_odd(session: Session, told: Told) -> bool:
    """Tell a state that the lifecycle does not know: it may be an end."""
    return session.contract.lifecycle is not None and told.status not in session.contract.lifecycle.states


def _not_ended(session: Session, told: Told) -> None:
    breach = not_ended(session.contract, told.shown, told.polls, session.sender.seconds)
    if breach is not None:
        session.judging.add(breach.finding(Place(session.judging.source(session.targets.task(told.task)))), told)
