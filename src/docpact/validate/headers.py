"""What the headers of an answer say of its body: length, type, encoding."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from docpact.exchange import Lack
from docpact.validate.breach import Breach

if TYPE_CHECKING:
    from collections.abc import Iterator

    from docpact.validate.heard import Heard

_UTF8 = frozenset({"utf-8", "utf8"})
_JSON = re.compile(r"application/(?:json|[\w.!#$&^-]+\+json)", re.ASCII)
_CHARSET = re.compile(r";\s*charset\s*=\s*(\"[^\"]*\"|[^;\s]*)", re.IGNORECASE)
_NO_CONTENT = frozenset({204, 304})
_EXPECTED = "application/json"


def length(heard: Heard) -> Breach | None:
    """Return the breach of a body that is not as long as its headers say, or that is there although there is none."""
    if heard.exchange.answer is None:
        return None
    said, came, extra = heard.all_of("content-length"), len(heard.answer.body), heard.exchange.extra
    if heard.exchange.request.method == "HEAD":
        rest = extra or came
        return _of(f"a body of {rest:,} bytes follows the answer to HEAD, which has none", rest, 0) if rest else None
    if len(set(said)) > 1 or not all(one.isascii() and one.isdigit() for one in said):
        return _of(f"Content-Length is {heard.safe(', '.join(said))!r}, which is no number of bytes", None, came)
    if extra:
        told = f"Content-Length is {said[0]}, and" if said else "after the end of the answer,"
        return _of(f"{told} {extra:,} more bytes came", came + extra, came)
    if said and _is_miscounted(heard, said[0]):
        return _of(f"Content-Length is {said[0][:20]}, and the body is {came:,} bytes", came, said[0][:20])
    return None


def _is_miscounted(heard: Heard, said: str) -> bool:
    """Tell a body that was counted wrong from one that was cut in its midst: it is whole, and shorter than it is said to be."""
    lack = heard.exchange.lack
    if heard.answer.status in _NO_CONTENT or lack in (Lack.LARGE, Lack.MALFORMED):
        return False
    return _differs(len(heard.answer.body), said) and (lack is None or _is_whole(heard))


def _differs(came: int, said: str) -> bool:
    # A number of more digits than Python converts is another one.
    return said.lstrip("0") != (str(came) if came else "")


def _is_whole(heard: Heard) -> bool:
    if not heard.begins_as_json or heard.content.wrong or heard.content.large:
        return False
    try:
        json.loads(heard.content.body)
    except (ValueError, RecursionError):
        return False
    return True


def _of(message: str, found: object, expected: object) -> Breach:
    return Breach("http-length", "", found, expected, message)


def content_type(heard: Heard) -> Breach | None:
    """Return the breach of a body that is not said to be JSON in UTF-8; an empty body needs no type."""
    if not heard.content.body:
        return None
    values = list(dict.fromkeys(value.strip() for key, value in heard.answer.headers if key.lower() == "content-type"))
    if not values or not values[0]:
        return Breach("http-content-type", "", None, _EXPECTED, f"there is no Content-Type, and the page documents {_EXPECTED}")
    given = heard.safe(", ".join(values))
    if len(values) > 1 or not _JSON.fullmatch(values[0].partition(";")[0].strip().lower()):
        page = " with a page of HTML" if _is_html(heard.content.body) else ""
        message = f"Content-Type is {given!r}{page}, and the page documents {_EXPECTED}"
        return Breach("http-content-type", "", given, _EXPECTED, message)
    charset = _CHARSET.search(values[0])
    if charset and charset[1].strip('"').lower() not in _UTF8:
        message = f"Content-Type is {given!r}, and JSON is sent in UTF-8"
        return Breach("http-content-type", "", given, f"{_EXPECTED}; charset=utf-8", message)
    return None


def _is_html(body: bytes) -> bool:
    return body[:300].lstrip().lower().startswith((b"<!doctype", b"<html", b"<head", b"<body"))


def unasked_encoding(heard: Heard) -> Iterator[Breach]:
    """Yield the breach of an encoding that is not known here, where the request did not say that it takes it."""
    asked = heard.exchange.request.header("accept-encoding")
    if asked is None:
        return
    # Without a list of its own in it, `*` takes any.
    taken = {part.partition(";")[0].strip().lower() for part in asked.split(",")}
    coding = heard.content.unread
    if coding not in taken and "*" not in taken:
        named = ", ".join(sorted(taken - {""})) or "none"
        message = f"Content-Encoding is {heard.safe(coding)!r}, and the request takes {named}"
        yield Breach("http-encoding", "", heard.safe(coding), asked, message)
