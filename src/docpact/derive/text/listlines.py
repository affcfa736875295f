"""One line of a list: its bullet, the name that it gives, and what it says of it."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from docpact.derive import typewords
from docpact.derive.text import qualifiers
from docpact.derive.text.evidence import is_label
from docpact.derive.typeline import read_type

if TYPE_CHECKING:
    from docpact.derive.claims import TypeClaim

LONGEST = 4000
_BULLET = re.compile(
    r"(?P<mark>[-*+•·●○◦▪▸►–—]|\d{1,3}[.)、]|[（(]\d{1,3}[)）])(?:[ \t\u3000]+|(?<=[·•●、）])(?=\S))(?P<text>\S.*)"
)
_EMPHASISED = (
    re.compile(r"(?:\*{1,3}|_{2})\s*`?(?P<name>[^*`\s]{1,120}?)`?\s*[:：]?\s*(?:\*{1,3}|_{2})"),
    re.compile(r"`(?P<name>[^`\s]{1,120}?)[:：]?`"),
    re.compile(r"[\"'“](?P<name>[^\"'“”\s]{1,120})[\"'”](?=\s*[:：(（–—-])"),
    re.compile(r"【(?P<name>[^【】\s]{1,80})】"),
    re.compile(r"<(?P<tag>code|b|strong)>(?P<name>[^<>\s]{1,120})</(?P=tag)>"),
)
_PLAIN = re.compile(
    r"(?P<name>[A-Za-z_$@][\w$@-]{0,79}(?:(?:\.|\[[\w*]{0,12}\]\.?|->)[\w$@-]{0,79}){0,8})(?P<sign>[*?](?=[\s:：(（]))?"
)
_TYPED = re.compile(r"[(\[{<](?P<type>[^()\[\]{}<>]{1,40}(?:\[\])?)[)\]}>]\s+(?=\S)")
_EDGE = re.compile(r"\s*[:：(（\[【<{–—|=，,]|\s+[-–—]\s|\s+|$")
_SEPARATED = re.compile(r"\s*[:：|]|\s*[–—]|\s+-\s")
_NAME = re.compile(r"[A-Za-z_$@\u0080-\uffff][\w$@.\[\]*>-]*")


# Words that begin a sentence; a line that begins with one of them names nothing.
ORDINARY = {
    "the", "a", "an", "this", "that", "these", "its", "it", "is", "in", "of", "for", "to", "no", "any", "each", "every",
    "one", "which", "your", "our", "their", "all", "if", "when", "as", "and", "or", "with", "use", "see", "optional",
    "required", "total", "enum", "some", "other", "another", "by", "on", "at", "from", "be", "are", "was", "has", "have",
    "you", "we", "must", "can",
}  # fmt: skip


class Line(NamedTuple):
    """A line that gives a name: its index, its indentation, whether a bullet leads it, and whether the name is set apart."""

    at: int
    indent: int
    bulleted: bool
    name: str
    strong: bool
    said: qualifiers.Said
    text: str


def indent(raw: str) -> int:
    """Return how far a line is indented, a tab counting as four columns and a full-width blank as two."""
    width = 0
    for char in raw[:200]:
        if char not in " \t\u3000":
            break
        width += 4 if char == "\t" else 2 if char == "\u3000" else 1
    return width


def bullet(text: str) -> str | None:
    """Return what a bullet, or a number, leads; None for a line without one."""
    match = _BULLET.match(text) if len(text) <= LONGEST else None
    return match["text"] if match is not None else None


def read(at: int, raw: str, text: str) -> Line | None:
    """Read the line at index `at` as one that names a member; None for any other."""
    if not text or len(text) > LONGEST:
        return None
    led = bullet(text)
    first, own = _type_first(led if led is not None else text)
    found = _named(own)
    if found is None:
        return None
    name, rest, strong, required = found
    if _NAME.fullmatch(name) is None or (not strong and (read_type(name) is not None or name.casefold() in ORDINARY)):
        return None
    said = qualifiers.read(_uncommented(rest), components=strong)
    if said.claim is None and first is not None:
        said = replace(said, claim=first)
    if is_label(name) and (said.claim is None or name[:1].isupper()):
        return None
    if required is not None:
        said = replace(said, required=required)
    return Line(at, indent(raw), led is not None, name, strong or _SEPARATED.match(rest) is not None, said, text)


def _type_first(text: str) -> tuple[TypeClaim | None, str]:
    """Read the type that stands in brackets before a name, `{string} id`: (the type, the rest), or (None, the text)."""
    match = _TYPED.match(text)
    claim = typewords.read(match["type"]) if match is not None else None
    return (claim, text[match.end() :]) if match is not None and claim is not None else (None, text)


def _uncommented(rest: str) -> str:
    """Take what a declaration ends with out of the way: `: string; // words` as `: string, words`."""
    return re.sub(r";\s*(?://|#|/\*)?", " ", rest, count=1) if ";" in rest[:80] and re.match(r"[?:]", rest.lstrip()) else rest


def _named(text: str) -> tuple[str, str, bool, bool | None] | None:
    """Read the name that a text begins with: (name, what follows, whether it is set apart, required by a sign)."""
    for pattern in _EMPHASISED:
        if (match := pattern.match(text)) is not None:
            rest = text[match.end() :]
            star = rest[:1] == "*" and not rest.startswith("**")
            return match["name"].rstrip(":："), rest[1:] if star else rest, True, True if star else None
    match = _PLAIN.match(text)
    if match is None or _EDGE.match(text, match.end()) is None:
        return None
    sign = match["sign"]
    required = None if sign is None else sign == "*"
    return match["name"].rstrip("."), text[match.end() :], False, required


def is_token(name: str) -> bool:
    """Tell whether a name may be one of the documented values instead: in capitals, a number, one word in small letters."""
    return re.fullmatch(r"[A-Z0-9][A-Z0-9_-]*|-?\d+|[a-z][a-z0-9]*(?:[_-][a-z0-9]+)*", name) is not None
