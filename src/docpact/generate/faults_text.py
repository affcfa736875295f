"""Faults of the text of a body: what JSON promises, broken where a payload is written down."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, NamedTuple

from docpact.captures import DEFAULT_LIMIT
from docpact.finding import escape_token
from docpact.generate.fault import ends

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

_TEXT = re.compile(r':"((?:[^"\\]|\\.)*)"', re.DOTALL)
_HALVES = re.compile("[\ud800-\udfff]")
_DEEP = 300
_DIGITS = 5_000


class Written(NamedTuple):
    """A text that breaks a rule, where, and in what way."""

    place: str
    text: bytes
    how: str = ""


def written(payload: Any) -> str:
    """Write a payload as a relay does: one line, without blanks, characters as they are, unless half of one is among them."""
    text = json.dumps(payload, ensure_ascii=False, separators=(",", ":"))
    return json.dumps(payload, separators=(",", ":")) if _HALVES.search(text) else text


def _empty(payload: Any) -> Iterator[Written]:  # noqa: ARG001 - one signature for all
    yield Written("", b"", "nothing")
    yield Written("", b" \r\n", "blanks")


def _syntax(payload: Any) -> Iterator[Written]:
    text = written(payload)
    for share in (1, 2, 3):
        yield Written("", text[: len(text) * share // 4].encode(), f"cut off after {share} of 4 parts")
    yield Written("", text[:-1].encode(), "cut off before its end")
    yield Written("", b"<html><head><title>502 Bad Gateway</title></head><body></body></html>", "a page of HTML")
    yield Written("", b"upstream connect error", "plain words")
    if isinstance(payload, dict) and payload:
        yield Written("", f"{text[:-1]},}}".encode(), "a comma too many")
        yield Written("", repr({"status": "SUCCESS"}).encode(), "as Python writes it")


def _trailing(payload: Any) -> Iterator[Written]:
    text = written(payload).encode()
    yield Written("", text + b"}", "a bracket too many")
    yield Written("", text + text, "written twice")
    yield Written("", text + b"<!-- cached -->", "a remark")


def _encoding(payload: Any) -> Iterator[Written]:
    text = written(payload)
    found = [match.start(1) for match in _TEXT.finditer(text)]
    for index in ends(len(found)):
        at = found[index]
        yield Written("", text[:at].encode() + b"\xff" + text[at:].encode(), f"a stray byte at character {at}")
    yield Written("", text.encode("utf-16"), "UTF-16")
    yield Written("", text.encode("utf-32-le"), "UTF-32")
    if not text.isascii():
        # Only what is no UTF-8 by accident: a text in Chinese rarely is.
        encoded = text.encode("gb18030")
        if not _is_utf8(encoded):
            yield Written("", encoded, "GB 18030")


def _is_utf8(text: bytes) -> bool:
    try:
        text.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _bom(payload: Any) -> Iterator[Written]:
    yield Written("", b"\xef\xbb\xbf" + written(payload).encode(), "")


def _with(payload: Any, raw: str) -> Iterator[Written]:
    """Add a member that the page does not name, first and last."""
    if isinstance(payload, dict):
        text = written(payload)
        comma = "," if payload else ""
        yield Written("/extra", f'{{"extra":{raw}{comma}{text[1:]}'.encode(), "first")
        yield Written("/extra", f'{text[:-1]}{comma}"extra":{raw}}}'.encode(), "last")


def _number(payload: Any) -> Iterator[Written]:
    for raw in ("NaN", "Infinity", "-Infinity"):
        yield from (one._replace(how=f"{raw}, {one.how}") for one in _with(payload, raw))


def _number_range(payload: Any) -> Iterator[Written]:
    for raw, how in (("1e400", "1e400"), ("-1e400", "-1e400"), ("9" * _DIGITS, f"{_DIGITS:,} digits")):
        yield from (one._replace(how=f"{how}, {one.how}") for one in _with(payload, raw))


def _depth(payload: Any) -> Iterator[Written]:
    yield from (one._replace(how=f"lists, {one.how}") for one in _with(payload, "[" * _DEEP + "]" * _DEEP))
    yield from (one._replace(how=f"objects, {one.how}") for one in _with(payload, '{"a":' * _DEEP + "1" + "}" * _DEEP))


def _duplicate(payload: Any) -> Iterator[Written]:
    held: dict[str, Any] = payload if isinstance(payload, dict) else {}
    members = [(name, f"{written(name)}:{written(value)}") for name, value in held.items()]
    for index in ends(len(members)):
        name, member = members[index]
        # What stands last is what most parsers take: the payload stays what it was.
        for again, how in ((f"{written(name)}:null", "with different values"), (member, "with equal values")):
            texts = [text for _, text in members]
            text = ",".join([*texts[:index], again, *texts[index:]])
            yield Written(f"/{escape_token(name)}", f"{{{text}}}".encode(), how)


def _surrogate(payload: Any) -> Iterator[Written]:
    yield from (one._replace(how=f"half a character, {one.how}") for one in _with(payload, '"\\ud83d"'))
    yield from (one._replace(how=f"the other half, {one.how}") for one in _with(payload, '"\\udc36"'))


def _size(payload: Any) -> Iterator[Written]:
    # The only one that is large: nobody should hold it who does not ask for it, or copy it more often than it must be.
    for one in list(_with(payload, '""'))[-1:]:
        yield one._replace(text=one.text[:-2] + b"x" * DEFAULT_LIMIT + one.text[-2:])


TURNS: Mapping[str, Callable[[Any], Iterator[Written]]] = {
    "json-empty": _empty,
    "json-syntax": _syntax,
    "json-trailing": _trailing,
    "json-encoding": _encoding,
    "json-bom": _bom,
    "json-number": _number,
    "json-number-range": _number_range,
    "json-duplicate-member": _duplicate,
    "json-surrogate": _surrogate,
    "json-depth": _depth,
    "json-size": _size,
}
# What adds a member that the page does not name: under a profile that refuses such members it breaks two rules.
ADDING = frozenset({"json-number", "json-number-range", "json-surrogate", "json-depth", "json-size"})
# What is too large to be made by the way, and how that is told.
LARGE = {"json-size": "last"}
