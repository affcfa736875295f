"""JSON read with the line of every value, which the standard library's parser does not keep."""

from __future__ import annotations

import json
import re
from bisect import bisect_right
from typing import TYPE_CHECKING

from docpact.derive.openapi.tree import DEEPEST, MOST_NODES, BrokenDocumentError, Node, Parsed, TooLargeError

if TYPE_CHECKING:
    from collections.abc import Sequence

_BLANK = re.compile(r"[ \t\r\n\xa0\u3000]*")
_NUMBER = re.compile(r"-?(?:0|[1-9]\d*)(?P<part>\.\d+)?(?P<power>[eE][+-]?\d+)?")
_LONGEST_NUMBER = 400
_WORDS: dict[str, bool | None] = {"true": True, "false": False, "null": None}


def parse(lines: Sequence[str], first: int) -> Parsed:
    """Read the JSON value that begins `lines`; `first` is the number of the first one.

    A name that a table has twice keeps its first value.

    Raises `BrokenDocumentError` for what is no JSON, nested deeper than 100 levels, or more than 400,000 values.
    """
    reader = _Reader("\n".join(lines), first)
    node = reader.value(reader.skip(0), 0)
    return Parsed(node, node.lines[1], tuple(reader.doubled))


class _Reader:
    def __init__(self, text: str, first: int) -> None:
        self._text = text
        self._first = first
        self._starts = [0, *(match.end() for match in re.finditer("\n", text))]
        self._left = MOST_NODES
        self._decoder = json.JSONDecoder(strict=False)
        self._end = 0
        self.doubled: list[tuple[str, int]] = []

    def skip(self, at: int) -> int:
        """Pass over white space."""
        match = _BLANK.match(self._text, at)
        return match.end() if match else at

    def line(self, at: int) -> int:
        return self._first + bisect_right(self._starts, min(at, len(self._text))) - 1

    def broken(self, at: int, what: str) -> BrokenDocumentError:
        return BrokenDocumentError(f"the text is no JSON ({what})", self.line(at))

    def value(self, at: int, depth: int) -> Node:
        """Read the value at a place; `_end` is then behind it."""
        self._left -= 1
        if depth > DEEPEST:
            raise TooLargeError(f"the JSON is nested deeper than {DEEPEST} levels", self.line(at))
        if self._left < 0:
            raise TooLargeError(f"the JSON has more than {MOST_NODES:,} values", self.line(at))
        first = self._text[at : at + 1]
        if first == "{":
            return self._table(at, depth)
        if first == "[":
            return self._list(at, depth)
        here = self.line(at)
        if first == '"':
            value: str | float | bool | None = self._string(at)
            return Node("value", (here, here), value=value)
        for word, said in _WORDS.items():
            if self._text.startswith(word, at):
                self._end = at + len(word)
                return Node("value", (here, here), value=said)
        return Node("value", (here, here), value=self._number(at))

    def _string(self, at: int) -> str:
        try:
            value, self._end = self._decoder.raw_decode(self._text, at)
        except ValueError as error:
            raise self.broken(at, "a string is not closed, or has an escape that there is not") from error
        if not isinstance(value, str):
            raise self.broken(at, "a name in quotes was expected")
        return value

    def _number(self, at: int) -> float:
        match = _NUMBER.match(self._text, at)
        if match is None or len(match[0]) > _LONGEST_NUMBER:
            raise self.broken(at, "a value was expected")
        self._end = match.end()
        return float(match[0]) if match["part"] or match["power"] else int(match[0])

    def _table(self, start: int, depth: int) -> Node:
        members: dict[str, Node] = {}
        keys: dict[str, int] = {}
        at = self.skip(start + 1)
        while self._text[at : at + 1] != "}":
            if self._text[at : at + 1] != '"':
                raise self.broken(at, "a name in quotes was expected")
            key_line = self.line(at)
            name = self._string(at)
            at = self.skip(self._end)
            if self._text[at : at + 1] != ":":
                raise self.broken(at, "a colon was expected")
            inner = self.value(self.skip(at + 1), depth + 1)
            if name in members:
                self.doubled.append((name, key_line))
            else:
                members[name], keys[name] = inner, key_line
            at = self._after(self._end, "}")
        self._end = at + 1
        return Node("table", (self.line(start), self.line(at)), members=members, keys=keys)

    def _list(self, start: int, depth: int) -> Node:
        items: list[Node] = []
        at = self.skip(start + 1)
        while self._text[at : at + 1] != "]":
            items.append(self.value(at, depth + 1))
            at = self._after(self._end, "]")
        self._end = at + 1
        return Node("list", (self.line(start), self.line(at)), items=tuple(items))

    def _after(self, end: int, closing: str) -> int:
        """Pass over the comma behind an item; return the place of the next item, or of the bracket."""
        at = self.skip(end)
        if self._text[at : at + 1] == ",":
            after = self.skip(at + 1)
            if self._text[after : after + 1] == closing:
                raise self.broken(at, "a comma with nothing behind it")
            return after
        if self._text[at : at + 1] != closing:
            raise self.broken(at, f"a comma or {closing} was expected")
        return at
