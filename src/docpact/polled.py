"""A poll as it is written down: `{"at": time, "asked": id, "payload": body}`, taken apart."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any, NamedTuple

_WRAPPER = frozenset({"payload", "at", "asked"})
# Milliseconds until the year 5138: what is later is in another unit.
_LATEST = 1e14
# RFC 3339: a time without an offset could be any of twenty-six hours, so there must be one.
_TIME = re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(?:\.\d{1,12})?(?:[Zz]|[+-]\d\d:\d\d)", re.ASCII)


class Polled(NamedTuple):
    """What was polled: the body, when (milliseconds since 1970), and for which id, both None where that is not known.

    `wrapped` tells whether the body stood in a wrapper; `unclear` names the member of a wrapper that cannot be understood,
    and `payload` is then the whole of it.
    """

    payload: Any
    at: float | None = None
    asked: str | None = None
    wrapped: bool = False
    unclear: str = ""


def unwrapped(value: Any) -> Polled:
    """Take a body out of its wrapper; what is no wrapper is a body."""
    if not (isinstance(value, dict) and "payload" in value and 1 < len(value) <= len(_WRAPPER) and value.keys() <= _WRAPPER):
        return Polled(value)
    at, asked = value.get("at"), value.get("asked")
    time = _milliseconds(at)
    if at is not None and time is None:
        return Polled(value, unclear="at")
    if asked is not None and not (isinstance(asked, str) and asked):
        return Polled(value, unclear="asked")
    return Polled(value["payload"], time, asked, wrapped=True)


def _milliseconds(at: object) -> float | None:
    if isinstance(at, str) and _TIME.fullmatch(at):
        try:
            at = datetime.fromisoformat(at.upper()).timestamp() * 1000
        except (ValueError, OverflowError):
            return None
    if isinstance(at, bool) or not isinstance(at, int | float):
        return None
    # Compared before it is converted: an integer of four hundred digits is no float, and NaN is within no bounds.
    return float(at) if 0 <= at < _LATEST else None
