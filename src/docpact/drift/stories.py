"""Stories: which status of a task followed which, in the order of the captures."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from docpact.pointers import ABSENT, member
from docpact.redact import shown_text

if TYPE_CHECKING:
    from collections.abc import Mapping

# So many tasks that were polled last are remembered at least, and twice as many at most.
MOST = 50_000
# A longer text is no status, and is remembered as a report shows it.
_LONGEST = 200


class Stories:
    """Tell the polls of tasks apart, and what status each of them had before; of a task no more is remembered."""

    def __init__(self, roles: Mapping[str, str]) -> None:
        self._id = roles.get("id", "")
        self._status = roles.get("status", "")
        # A full generation is put aside, and the one that was aside is forgotten: to take the oldest out of one dictionary,
        # task by task, would look through all that was taken out before.
        self._now: dict[int, str | None] = {}
        self._aside: dict[int, str | None] = {}
        self._last: tuple[str, int] = ("", 0)
        self.told = 0

    def take(self, payload: dict[str, Any], scope: str, asked: str | None = None) -> tuple[str, str] | None:
        """Remember one poll of a task; return the step from another status to this one, if it is one.

        A poll belongs to the story of its id, else of the id that was asked for, else of what was polled last in the same
        scope: a file of lines, or a folder.
        """
        found = member(payload, self._id)
        name = found if isinstance(found, str) and found else asked
        key = hash((scope, name)) if name else self._last[1] if self._last[0] == scope else hash((scope, ""))
        self._last = (scope, key)
        before = self._now.get(key, ABSENT)
        if before is ABSENT:
            before = self._aside.get(key, ABSENT)
        if before is ABSENT:
            self.told += 1
            before = None
        if len(self._now) >= MOST and key not in self._now:
            self._now, self._aside = {}, self._now
        now = self.status(payload)
        self._now[key] = before if now is None else now
        return None if before is None or now is None or before == now else (before, now)

    def status(self, payload: dict[str, Any]) -> str | None:
        """Return the status that a payload tells, as far as it is a text."""
        status = member(payload, self._status) if self._status else None
        if not isinstance(status, str):
            return None
        return status if len(status) <= _LONGEST else shown_text(status)
