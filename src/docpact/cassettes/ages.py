"""How old a recording is: by its metadata, by its interactions, or by what the server said of the time."""

from __future__ import annotations

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from docpact.cassettes.reading import Recording

_NAMES = ("recorded_at", "recorded", "timestamp", "created_at", "date")


def recorded_at(recording: Recording) -> datetime | None:
    """Return when the oldest part of a recording was made, or None where nothing in it says so."""
    found = [time for time in _times(recording) if time is not None]
    return min(found) if found else None


def _times(recording: Recording) -> Iterator[datetime | None]:
    for number, one in enumerate(recording.interactions()):
        beside = _time_in({**recording.beside(number), **({"recorded_at": one.at} if one.at else {})})
        yield beside or _date(one.response.get("headers") or {})
    yield _time_in(recording.metadata) or _time_in(recording.around())


def _time_in(held: Mapping[str, Any]) -> datetime | None:
    for name in _NAMES:
        if isinstance(held.get(name), str):
            try:
                return _zoned(datetime.fromisoformat(held[name]))
            except (ValueError, OverflowError):
                continue
    return None


def _date(headers: Mapping[str, Any]) -> datetime | None:
    """Read the Date header of an answer, which is the server's clock."""
    for name, values in headers.items():
        if name.lower() == "date" and values:
            try:
                return _zoned(parsedate_to_datetime(str(values[0])))
            except (ValueError, OverflowError, TypeError):
                return None
    return None


def _zoned(time: datetime) -> datetime:
    return time if time.tzinfo else time.replace(tzinfo=UTC)
