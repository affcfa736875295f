"""Encoded: what was generated as JSON in UTF-8, the same bytes on every machine."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import msgspec

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

# JSON as nearly all of it is written; it raises UnicodeEncodeError and OverflowError for what `compact` can write all the same.
plain = msgspec.json.Encoder().encode


def compact(value: Any) -> bytes:
    """Return JSON without white space, on no line of its own."""
    try:
        return plain(value)
    except (UnicodeEncodeError, OverflowError):
        # Half a surrogate pair, or an integer above 64 bits: no more than a contract of somebody's own may list.
        return json.dumps(value, separators=(",", ":")).encode()


def document(value: Any) -> bytes:
    """Return JSON for people: indented, and with a line feed at its end."""
    return msgspec.json.format(compact(value), indent=2) + b"\n"


def lines(values: Iterable[Any]) -> bytes:
    """Return values as NDJSON: each on a line."""
    return b"".join(compact(value) + b"\n" for value in values)


def listed(texts: Iterable[bytes]) -> Iterator[bytes]:
    """Put texts of JSON into one list, each on a line, as they come."""
    between, end = b"[\n", b"[]\n"
    for text in texts:
        yield between + text
        between, end = b",\n", b"\n]\n"
    yield end
