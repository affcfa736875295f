"""The last look: what is about to be written down is searched, as bytes, for what is shaped like a secret."""

from __future__ import annotations

import re
from base64 import b64decode
from bisect import bisect_left
from typing import TYPE_CHECKING, NamedTuple

from docpact.cassettes.shapes import SHAPES, found_in
from docpact.cassettes.tokens import Tokens

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_SURE = tuple(shape for shape in SHAPES if shape.sure)
_ESCAPE = re.compile(r"\\u([0-9a-fA-F]{4})|\\x([0-9a-fA-F]{2})|\\/|\\\r?\n\s*\\?")
_END = re.compile(r"\n")
# Longer than an id, and as long as a short token in base64.
_CODED = re.compile(r"[A-Za-z0-9+/_-]{20,}={0,2}(?:\s+[A-Za-z0-9+/]{4,}={0,2}){0,20000}")


class Suspicion(NamedTuple):
    """Something that looks like a secret: of what kind, and in which line; never what it is."""

    kind: str
    line: int


def suspicions(content: bytes, secrets: Iterable[str] = ()) -> Iterator[Suspicion]:
    """Yield what looks like a secret in the bytes of a file, as they are, without escapes, and out of base64.

    `secrets` may stand nowhere, in whatever coding.
    """
    tokens = Tokens(secrets)
    text = content.decode("utf-8", "surrogateescape")
    seen: set[Suspicion] = set()
    for found in _looked_at(text, tokens):
        if found not in seen:
            seen.add(found)
            yield found


def _looked_at(text: str, tokens: Tokens) -> Iterator[Suspicion]:
    ends = [found.start() for found in _END.finditer(text)]
    for kind, start in _shaped(text, tokens):
        yield Suspicion(kind, bisect_left(ends, start) + 1)
    if "\\" in text:
        for line, piece in enumerate(text.split("\n"), 1):
            if "\\" in piece:
                yield from (Suspicion(kind, line) for kind, _ in _shaped(_ESCAPE.sub(_unescaped, piece), tokens))
    for found in _CODED.finditer(text):
        inner = _decoded(found.group())
        if inner:
            line = bisect_left(ends, found.start()) + 1
            yield from (Suspicion(kind, line) for kind, _ in _shaped(inner, tokens))


def _shaped(text: str, tokens: Tokens) -> Iterator[tuple[str, int]]:
    """Yield the kind of what looks like a secret, and where in the text it begins."""
    for start in tokens.starts(text):
        yield "the token that was used", start
    for shape in found_in(text, _SURE):
        for found in shape.pattern.finditer(text):
            if found.expand(shape.instead) != found.group():
                yield shape.kind, found.start()


def _unescaped(found: re.Match[str]) -> str:
    code = found.group(1) or found.group(2)
    return chr(int(code, 16)) if code else "/" if found.group().endswith("/") else ""


def _decoded(written: str) -> str:
    """Return the text that stands in base64, where there is some."""
    plain = "".join(written.split()).rstrip("=").replace("-", "+").replace("_", "/")
    try:
        return b64decode(plain + "=" * (-len(plain) % 4)).decode()
    except ValueError:
        return ""
