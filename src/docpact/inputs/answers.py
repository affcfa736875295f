"""Recorded HTTP answers: which of them are answers of the documented operation, and the text that each one brought."""

from __future__ import annotations

import base64
import binascii
from datetime import UTC, datetime
from io import BytesIO
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import unquote, urlsplit

from docpact.captures import Answer, Corrupt, Skipped, Text, Unreadable
from docpact.inputs.compressed import Unpacked
from docpact.lines import BrokenError

if TYPE_CHECKING:
    import re
    from collections.abc import Callable, Iterable

    from docpact.captures import Read
    from docpact.inputs.source import Settings

_CHUNK = 128 * 1024
_NO_CONTENT = 204
_PLAIN = (b"{", b"[", b'"')


class Exchange(NamedTuple):
    """One recorded exchange: what was asked, when (ms since 1970), and the answer: status, encoding, body as it came."""

    method: str
    url: str
    status: int | None
    body: bytes | None
    encoding: str = ""
    at: float | None = None


def answer(exchange: Exchange, shown: str, settings: Settings) -> Read:
    """Return the text of an exchange, or why it is none of the documented answers."""
    asked = _asked(exchange, settings.urls)
    if asked is None:
        return Skipped(shown, "another request")
    if exchange.status is None or exchange.status <= 0:
        return Skipped(shown, "no answer")
    if not 200 <= exchange.status < 300 or exchange.status == _NO_CONTENT:  # noqa: PLR2004 - the answers that succeed
        return Skipped(shown, f"HTTP {exchange.status}")
    body = _decoded(exchange.body or b"", exchange.encoding, settings.limit)
    if isinstance(body, Unreadable):
        return Unreadable(shown, body.reason, body.hint)
    more = len(body) > settings.limit
    return Text(shown, None, None if more else body, len(body), Answer(asked or None, exchange.at))


def recorded(read: Callable[[object], Exchange], entry: object, shown: str, settings: Settings) -> Read:
    """Return the text of an entry as its recorder wrote it, or why there is none."""
    try:
        return answer(read(entry), shown, settings)
    except BrokenError as error:
        return Corrupt(shown, None, error.reason)


def _asked(exchange: Exchange, urls: Iterable[re.Pattern[str]]) -> str | None:
    """Return the id that was asked for, "" where the pattern names none, or None for another request."""
    if exchange.method.upper() != "GET":
        return None
    path = urlsplit(exchange.url).path if "://" in exchange.url else exchange.url
    for pattern in urls:
        match = pattern.fullmatch(path) or pattern.fullmatch(exchange.url)
        if match is not None:
            named = match.groupdict()
            return unquote(named.get("id") or next(iter(named.values()), "") or "")
    return None


def _decoded(body: bytes, encodings: str, limit: int) -> bytes | Unreadable:
    """Undo the encodings of a body, last one first; a body that was recorded decoded is left as it is."""
    for encoding in reversed([name.strip().lower() for name in encodings.split(",") if name.strip()]):
        if body.lstrip()[:1] in _PLAIN or not body or encoding == "identity":
            continue
        kind = {"gzip": "gzip", "x-gzip": "gzip", "deflate": "zlib"}.get(encoding)
        if kind is None:
            return Unreadable("", f"the body is encoded as {encoding!r}", "record it decoded, or with gzip")
        if kind == "gzip" and not body.startswith(b"\x1f\x8b"):
            continue
        unpacked, pieces, size = Unpacked(BytesIO(body), kind), [], 0
        while size <= limit and (piece := unpacked.read(_CHUNK)):
            pieces.append(piece)
            size += len(piece)
        body = b"".join(pieces)
    return body


def in_base64(text: str | bytes) -> bytes:
    """Decode a body that was recorded as base64; raises `BrokenError` where it is none."""
    try:
        return base64.b64decode("".join(text.split()) if isinstance(text, str) else b"".join(text.split()), validate=True)
    except (binascii.Error, ValueError) as error:
        raise BrokenError(f"the body is said to be base64, and is not ({error})") from error


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


def cassette_exchange(entry: object) -> Exchange:
    """Read one interaction of a cassette, as vcrpy, pytest-recording and Schemathesis write it."""
    entry = _table(entry)
    request, response = _table(entry.get("request")), _table(entry.get("response"))
    status = response.get("status")
    code = str(_table(status).get("code") if isinstance(status, dict) else status)
    held = response.get("body")
    body: Any = held
    if isinstance(held, dict):
        encoded = held.get("base64_string")
        body = in_base64(encoded) if isinstance(encoded, str | bytes) else held.get("string")
    headers = response.get("headers")
    return Exchange(
        method=str(request.get("method") or ""),
        url=str(request.get("uri") or request.get("url") or ""),
        status=int(code) if code.isascii() and code.isdigit() and len(code) < 5 else None,  # noqa: PLR2004 - three digits
        body=body if isinstance(body, bytes) else str(body or "").encode("utf-8", "surrogatepass"),
        encoding=header(headers, "content-encoding"),
        at=milliseconds(entry.get("recorded_at")),
    )


def har_exchange(entry: object) -> Exchange:
    """Read one entry of a HAR file (HTTP Archive 1.2)."""
    entry = _table(entry)
    request, response = _table(entry.get("request")), _table(entry.get("response"))
    content, status = _table(response.get("content")), response.get("status")
    text = content.get("text")
    body = str(text or "").encode("utf-8", "surrogatepass")
    return Exchange(
        method=str(request.get("method") or ""),
        url=str(request.get("url") or ""),
        status=status if isinstance(status, int) else None,
        body=in_base64(body) if content.get("encoding") == "base64" else body,
        encoding=header(response.get("headers"), "content-encoding"),
        at=milliseconds(entry.get("startedDateTime")),
    )


def _table(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}
