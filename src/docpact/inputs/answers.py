"""Recorded HTTP answers: which of them are answers of the documented operation, and the text that each one brought."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import unquote, urlsplit

from docpact.captures import Answer, Corrupt, Skipped, Text, Unreadable
from docpact.errors import DocpactError
from docpact.inputs.bodies import as_json, decoded, in_base64, in_hex
from docpact.lines import BrokenError

if TYPE_CHECKING:
    import re
    from collections.abc import Callable, Iterable

    from docpact.captures import Read
    from docpact.inputs.source import Settings

_NO_CONTENT = 204
# What Schemathesis writes into a HAR beside a body that it cut.
_CUT = "Body truncated"
# Seconds until the year 5138.
_LATEST = 1e11


class Exchange(NamedTuple):
    """One recorded exchange: what was asked, when (ms since 1970), and the answer: status, encoding, body as it came.

    `kept` says how much of a body was recorded where that is not all of it.
    """

    method: str
    url: str
    status: int | None
    body: bytes | None
    encoding: str = ""
    at: float | None = None
    kept: str = ""


def answer(exchange: Exchange, shown: str, settings: Settings) -> Read:
    """Return the text of an exchange, or why it is none of the documented answers."""
    asked = _asked(exchange, settings.urls)
    if asked is None:
        return Skipped(shown, "another request")
    if exchange.status is None or exchange.status <= 0:
        return Skipped(shown, "no answer")
    if not 200 <= exchange.status < 300 or exchange.status == _NO_CONTENT:  # noqa: PLR2004 - the answers that succeed
        return Skipped(shown, f"HTTP {exchange.status}")
    if exchange.kept:
        return Corrupt(shown, None, f"the recorder kept {exchange.kept} of this body")
    try:
        body = decoded(exchange.body or b"", exchange.encoding, settings.limit)
    except DocpactError as error:
        return Unreadable(shown, error.message, error.hint)
    more = len(body) > settings.limit
    return Text(shown, None, None if more else body, len(body), Answer(asked or None, exchange.at))


def recorded(read: Callable[[object, int], Exchange], entry: object, shown: str, settings: Settings) -> Read:
    """Return the text of an entry as its recorder wrote it, or why there is none."""
    try:
        return answer(read(entry, settings.limit), shown, settings)
    except BrokenError as error:
        return Corrupt(shown, None, error.reason)


def _asked(exchange: Exchange, urls: Iterable[re.Pattern[str]]) -> str | None:
    """Return the id that was asked for, "" where the pattern names none, or None for another request."""
    if exchange.method.upper() != "GET":
        return None
    try:
        path = urlsplit(exchange.url).path if "://" in exchange.url else exchange.url
    except ValueError:
        # A host in brackets that is none: the pattern may still fit the whole of it.
        path = exchange.url
    for pattern in urls:
        match = pattern.fullmatch(path) or pattern.fullmatch(exchange.url)
        if match is not None:
            named = match.groupdict()
            return unquote(named.get("id") or next(iter(named.values()), "") or "")
    return None


def milliseconds(when: object) -> float | None:
    """Read a time such as `2026-03-01T12:00:00.123Z` as milliseconds since 1970; None where it is no time."""
    if not isinstance(when, str):
        return None
    try:
        time = datetime.fromisoformat(when)
        return (time if time.tzinfo else time.replace(tzinfo=UTC)).timestamp() * 1000
    except (ValueError, OverflowError):
        return None


def header(headers: object, name: str) -> str:
    """Find a header, whether the recording holds them as a list of name and value, or as a mapping to one or many."""
    values: list[Any] = []
    if isinstance(headers, dict):
        values = [value for key, value in headers.items() if str(key).lower() == name]
    elif isinstance(headers, list):
        values = [one.get("value") for one in headers if isinstance(one, dict) and str(one.get("name")).lower() == name]
    flat = [part for value in values for part in (value if isinstance(value, list) else [value])]
    return ", ".join(str(part) for part in flat)


def cassette_exchange(entry: object, limit: int) -> Exchange:
    """Read one interaction of a cassette, as vcrpy, pytest-recording, Schemathesis and cassetter write it."""
    entry = _table(entry)
    request, response = _table(entry.get("request")), _table(entry.get("response"))
    status, held = response.get("status"), response.get("body")
    code = str(_table(status).get("code") if isinstance(status, dict) else status)
    headers = response.get("headers")
    return Exchange(
        method=str(request.get("method") or ""),
        url=str(request.get("uri") or request.get("url") or ""),
        status=int(code) if code.isascii() and code.isdigit() and len(code) < 5 else None,  # noqa: PLR2004 - three digits
        body=_held(held, limit) if isinstance(held, dict) else _bytes(held),
        encoding=header(headers, "content-encoding"),
        at=milliseconds(entry.get("recorded_at")),
        kept="a part" if _table(held).get("truncated_from") else "",
    )


def _held(body: dict[str, Any], limit: int) -> bytes:
    """Return the bytes of a body: as text, in base64, or by its type, as cassetter writes it."""
    content = body.get("content")
    if body.get("type") == "json":
        return as_json(content, limit)
    if body.get("type") == "binary":
        return in_hex(str(content))
    encoded = body.get("base64_string")
    return in_base64(encoded) if isinstance(encoded, str | bytes) else _bytes(content or body.get("string"))


def har_exchange(entry: object, limit: int) -> Exchange:  # noqa: ARG001 - every exchange is read by the same call
    """Read one entry of a HAR file (HTTP Archive 1.2)."""
    entry = _table(entry)
    request, response = _table(entry.get("request")), _table(entry.get("response"))
    content, status = _table(response.get("content")), response.get("status")
    body = _bytes(content.get("text"))
    cut = str(content.get("comment")).startswith(_CUT)
    return Exchange(
        method=str(request.get("method") or ""),
        url=str(request.get("url") or ""),
        status=status if isinstance(status, int) else None,
        body=in_base64(body) if content.get("encoding") == "base64" else body,
        encoding=header(response.get("headers"), "content-encoding"),
        at=milliseconds(entry.get("startedDateTime")),
        kept="a part" if cut else "",
    )


def event_exchange(entry: object, limit: int) -> Exchange:  # noqa: ARG001 - every exchange is read by the same call
    """Read one interaction of the events that Schemathesis reports."""
    entry = _table(entry)
    request, response = _table(entry.get("request")), _table(entry.get("response"))
    status, content, at = response.get("status_code"), response.get("content"), entry.get("timestamp")
    encoded = _table(content).get("$base64")
    return Exchange(
        method=str(request.get("method") or ""),
        url=str(request.get("uri") or ""),
        status=status if isinstance(status, int) else None,
        body=in_base64(encoded) if isinstance(encoded, str) else _bytes(content if isinstance(content, str) else None),
        encoding=header(response.get("headers"), "content-encoding"),
        at=at * 1000 if isinstance(at, float) and abs(at) < _LATEST else None,
        kept="a part" if "content_size" in response else "",
    )


def _bytes(body: object) -> bytes:
    return body if isinstance(body, bytes) else str(body or "").encode("utf-8", "surrogatepass")


def _table(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}
