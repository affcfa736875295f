"""A JSON text rewritten literal by literal: it stays the text that it was, with its blanks, doubled members and breaks."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, NamedTuple

from docpact.finding import escape_token

if TYPE_CHECKING:
    from collections.abc import Callable

_LITERAL = re.compile(r'"(?:[^"\\]|\\.)*+("|\Z)', re.DOTALL)
_ORDINARY = re.compile(r"(?:[\s\ufeff\x1e{}\[\]:,]|-?\d[\d.eE+-]*|true|false|null|NaN|-?Infinity)*")
_MOST_SAID = 40
# Lists of headers, cookies and parameters say the name in one member, and the value in the next.
_CALLS, _CALLED = frozenset({"name", "key", "header", "field"}), frozenset({"value", "values", "content"})
_NUMBER = re.compile(r"-?\d[\d.eE+-]*")


class _Level:
    """An object or a list that is open: the name, or the number, of what stands there, and the name that all of it bears.

    `called` is the name that a member of it gives to what the next one holds, where that is a secret.
    """

    __slots__ = ("at", "borne", "called", "is_object", "name", "wants_name")

    def __init__(self, borne: str, *, is_object: bool) -> None:
        self.is_object = is_object
        self.borne = borne
        self.name = self.called = ""
        self.at = 0
        self.wants_name = is_object


class Ways(NamedTuple):
    """How what is met is rewritten: a text by the name of its member, a number by that, and what is no JSON.

    `bears` tells of a name whether all that stands in the object or list behind it bears it too.
    """

    text: Callable[[str, str], str]
    number: Callable[[str, str], str]
    gap: Callable[[str], str]
    bears: Callable[[str], bool]


class Rewriting:
    """One rewriting of a JSON text."""

    def __init__(self, ways: Ways) -> None:
        self._ways = ways
        self._levels: list[_Level] = []

    def pointer(self) -> str:
        """Say where the rewriting is, as a JSON pointer; of what is nested deep, the beginning."""
        return "".join(f"/{escape_token(level.name) if level.is_object else level.at}" for level in self._levels[:_MOST_SAID])

    def of(self, text: str) -> str:
        """Return the text, rewritten."""
        pieces, at = [], 0
        while (found := _LITERAL.search(text, at)) is not None:
            pieces += [self._gap(text[at : found.start()]), self._literal(found.group(), closed=bool(found.group(1)))]
            at = found.end()
        return "".join([*pieces, self._gap(text[at:])])

    def _literal(self, written: str, *, closed: bool) -> str:
        meant = _meant(written, closed=closed)
        level = self._levels[-1] if self._levels else None
        if level is not None and level.wants_name:
            # A name may be a secret itself, and is not said before it is clean.
            level.name = ""
            level.name = clean = self._ways.text(meant, "")
        else:
            clean = self._ways.text(meant, self._name())
            if level is not None and level.name.lower() in _CALLS:
                level.called = meant if self._ways.bears(meant) else ""
        return written if clean == meant else _written(clean, like=written, closed=closed)

    def _name(self) -> str:
        level = self._levels[-1] if self._levels else None
        if level is None:
            return ""
        return level.borne or (level.called if level.name.lower() in _CALLED else "") or level.name

    def _gap(self, gap: str) -> str:
        if not gap:
            return gap
        if _ORDINARY.fullmatch(gap) is None:
            self._walk(gap)
            return self._ways.gap(gap)
        if not any(char.isdigit() for char in gap):
            self._walk(gap)
            return gap
        pieces, at = [], 0
        for found in _NUMBER.finditer(gap):
            self._walk(gap[at : found.start()])
            pieces += [gap[at : found.start()], self._ways.number(found.group(), self._name())]
            at = found.end()
        self._walk(gap[at:])
        return "".join([*pieces, gap[at:]])

    def _walk(self, gap: str) -> None:
        """Follow what opens and closes."""
        levels = self._levels
        for char in gap:
            if char in "{[":
                name = self._name()
                levels.append(_Level(name if self._ways.bears(name) else "", is_object=char == "{"))
                if len(levels) > 1 and char == "[" and not levels[-1].borne:
                    levels[-1].name = name
            elif not levels:
                continue
            elif char in "}]":
                levels.pop()
            elif char == ":":
                levels[-1].wants_name = False
            elif char == ",":
                levels[-1].wants_name = levels[-1].is_object
                levels[-1].at += 1


def _meant(written: str, *, closed: bool) -> str:
    if closed and "\\" not in written:
        return written[1:-1]
    try:
        return str(json.loads(written, strict=False))
    except ValueError:
        # An escape that is none, or a text that is cut off: what is written is what there is.
        return written[1:-1] if closed else written[1:]


def _written(text: str, *, like: str, closed: bool) -> str:
    try:
        text.encode()
    except UnicodeEncodeError:
        like = ""
    written = json.dumps(text, ensure_ascii=like.isascii())
    return written if closed else written[:-1]
