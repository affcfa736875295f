"""The last look: what is about to be written down is searched, as bytes, for what is shaped like a secret."""

from __future__ import annotations

import re
from base64 import b64decode
from typing import TYPE_CHECKING, NamedTuple

from docpact.cassettes.shapes import SHAPES, found_in
from docpact.cassettes.tokens import Tokens

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_SURE = tuple(shape for shape in SHAPES if shape.sure)
_ESCAPE = re.compile(r"\\u([0-9a-fA-F]{4})|\\x([0-9a-fA-F]{2})|\\/|\\\r?\n\s*\\?")
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
    yield from _shaped(text, tokens, 1)
    if "\\" in text:
        line = 1
        for piece in text.split("\n"):
            if "\\" in piece:
                yield from _shaped(_ESCAPE.sub(_unescaped, piece), tokens, line, within=True)
            line += 1
    for found in _CODED.finditer(text):
        inner = _decoded(found.group())
        if inner:
            at = text.count("\n", 0, found.start()) + 1
            yield from _shaped(inner, tokens, at, within=True)


def _shaped(text: str, tokens: Tokens, line: int, *, within: bool = False) -> Iterator[Suspicion]:
    for start in tokens.starts(text):
        yield Suspicion("the token that was used", line if within else text.count("\n", 0, start) + line)
    for shape in found_in(text, _SURE):
        for found in shape.pattern.finditer(text):
            if found.expand(shape.instead) != found.group():
                yield Suspicion(shape.kind, line if within else text.count("\n", 0, found.start()) + line)


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
