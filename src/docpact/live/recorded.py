"""What was sent and what came, as a HAR file (HTTP Archive 1.2) without secrets, which `docpact validate` reads."""

from __future__ import annotations

import base64
import json
import re
from datetime import UTC, datetime
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from docpact.live.secret import Mask
from docpact.redact import names_a_secret, without_secrets
from docpact.validate.packed import unpacked

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from docpact.exchange import Answer, Exchange, Headers

_HIDDEN = "[secret]"
# What of a request is known to say nothing of who sent it.
_OPEN = frozenset({"accept", "accept-encoding", "user-agent"})
_PHRASES = {status.value: status.phrase for status in HTTPStatus}
_LITERAL = r'"(?:[^"\\]|\\.)*+"'
_PAIR = re.compile(rf"(?P<name>{_LITERAL})(?P<colon>\s*+:\s*+)(?P<value>{_LITERAL})|(?P<alone>{_LITERAL})", re.DOTALL)


def har(exchanges: Iterable[Exchange], base: str, tokens: Iterable[str | None], version: str, limit: int) -> Iterator[bytes]:
    """Yield the file piece by piece, an entry a line.

    `base` is the address that targets are relative to; `tokens` are hidden wherever they stand, and so is whatever is shaped
    like a secret; `limit` is the largest body in bytes, unpacked. A body that cannot be unpacked is kept as it came.
    """
    writer = _Writer(base, Mask(tokens), limit)
    yield _line({"version": "1.2", "creator": {"name": "docpact", "version": version}})[:-1].join(
        (b'{"log": ', b', "entries": [')
    )
    comma = b"\n"
    for exchange in exchanges:
        yield comma + _line(writer.entry(exchange))
        comma = b",\n"
    yield b"\n]}}\n"


def _line(value: dict[str, Any]) -> bytes:
    return json.dumps(value, ensure_ascii=True).encode()


class _Writer:
    """Write exchanges as entries of a HAR file."""

    def __init__(self, base: str, mask: Mask, limit: int) -> None:
        self._base = base
        self._mask = mask
        self._limit = limit

    def entry(self, exchange: Exchange) -> dict[str, Any]:
        """Return the entry of one exchange; what HAR has no place for has names that begin with `_`."""
        request, took = exchange.request, round(exchange.seconds * 1000, 1)
        entry: dict[str, Any] = {
            "startedDateTime": datetime.fromtimestamp(exchange.at / 1000, UTC).isoformat(timespec="milliseconds"),
            "time": took,
            "request": {
                "method": request.method,
                "url": self._clean(self._base + request.target),
                "httpVersion": "HTTP/1.1",
                "cookies": [],
                "headers": [
                    {"name": name, "value": self._clean(value) if name.lower() in _OPEN else _HIDDEN}
                    for name, value in request.headers
                ],
                "queryString": [],
                "headersSize": -1,
                "bodySize": len(request.body),
            },
            "response": self._response(exchange),
            "cache": {},
            "timings": {"send": 0, "wait": took, "receive": 0},
            "_purpose": str(exchange.purpose),
        }
        if exchange.lack is not None:
            entry["_error"] = self._clean(f"{exchange.lack}: {exchange.note}")
        if exchange.extra:
            entry["_extra"] = exchange.extra
        return entry

    def _response(self, exchange: Exchange) -> dict[str, Any]:
        answer = exchange.answer
        if answer is None:
            return {"status": 0, "statusText": "", "content": {"size": 0, "mimeType": ""}, **_FRAME, "headers": []}
        content = self._content(answer)
        if exchange.lack is not None:
            content["comment"] = f"Body truncated: {exchange.lack}"
        return {
            "status": answer.status,
            "statusText": _PHRASES.get(answer.status, ""),
            **_FRAME,
            "headers": self._headers(answer.headers),
            "content": content,
            "bodySize": len(answer.body),
        }

    def _headers(self, headers: Headers) -> list[dict[str, str]]:
        return [
            {"name": name, "value": _HIDDEN if names_a_secret(name) else self._clean(value)} for name, value in headers
        ]  # fmt: skip

    def _content(self, answer: Answer) -> dict[str, Any]:
        opened = unpacked(answer.body, answer.header("content-encoding") or "", self._limit)
        body = answer.body if opened.wrong or opened.unread or opened.large else opened.body
        content: dict[str, Any] = {"size": len(body), "mimeType": self._clean(answer.header("content-type") or "")}
        try:
            content["text"] = self._text(body.decode())
        except UnicodeDecodeError:
            content |= {"text": base64.b64encode(self._mask.content(body)).decode(), "encoding": "base64"}
        return content

    def _text(self, text: str) -> str:
        """Hide secrets in a body: in JSON a text at a time, so that it stays the JSON that it was, flaws and all."""
        text = self._mask.text(text)
        if text.lstrip("\ufeff \t\r\n")[:1] in ("{", "["):
            return _PAIR.sub(_opened, text)
        return without_secrets(text)

    def _clean(self, text: str) -> str:
        return without_secrets(self._mask.text(text))


_FRAME: dict[str, Any] = {"httpVersion": "HTTP/1.1", "cookies": [], "redirectURL": "", "headersSize": -1, "bodySize": -1}


def _opened(found: re.Match[str]) -> str:
    if found["alone"] is not None:
        return _literal(found["alone"])
    secret = names_a_secret(_meant(found["name"]))
    value = f'"{_HIDDEN}"' if secret and found["value"] != '""' else _literal(found["value"])
    return _literal(found["name"]) + found["colon"] + value


def _literal(written: str) -> str:
    """Write one text of a JSON body without secrets, and otherwise as it was written."""
    meant = _meant(written)
    clean = without_secrets(meant)
    return written if clean == meant else json.dumps(clean, ensure_ascii=False)


def _meant(written: str) -> str:
    try:
        return str(json.loads(written, strict=False))
    except ValueError:
        # An escape that is none: what is written is what there is.
        return written[1:-1]
