"""Notices: what is to be posted to the hook of a task when it has moved on, and when."""

from __future__ import annotations

from heapq import heappop, heappush
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from docpact.mock.tasks import Live


class Notice(NamedTuple):
    """A task object that is to be posted to a URL, as application/json."""

    url: str
    body: bytes
    task: str


class Notices:
    """The notices that are still to come, in the order of their times."""

    def __init__(self) -> None:
        self._waiting: list[tuple[float, int, int, str, Live]] = []

    def follow(self, task: Live, url: str, pace: float) -> None:
        """Tell of each step of a task, from the first one on, which is shown at once."""
        heappush(self._waiting, ((task.born or 0) + pace, task.number, 1, url, task))
        task.pace = pace

    def due(self, now: float) -> list[Notice]:
        """Return what is to be posted by now; each notice is returned once."""
        told = []
        while self._waiting and self._waiting[0][0] <= now:
            at, number, step, url, task = heappop(self._waiting)
            if step <= task.last:
                told.append(Notice(url, task.answers[step].body, task.id))
                heappush(self._waiting, (at + (task.pace or 0), number, step + 1, url, task))
        return told

    def wakes(self) -> float | None:
        """Return when the next notice is due, or None where there is none."""
        return self._waiting[0][0] if self._waiting else None
