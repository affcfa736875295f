"""Where in a JSON text a value stands: read only when there is something to tell."""

from __future__ import annotations

import json
import re
from bisect import bisect_right
from json.decoder import scanstring  # type: ignore[attr-defined] # typeshed lacks it
from typing import TYPE_CHECKING, Any

from docpact.finding import escape_token

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator

    _Tree = dict[str, "_Tree"]

_SPACE = re.compile(r"[ \t\r\n]*")
_BLANK = " \t\r\n"
_MEMBER = re.compile(r'[ \t\r\n,]*"([^"\\]*+(?:\\.[^"\\]*+)*+)"[ \t\r\n]*:[ \t\r\n]*').match
# Values that are passed over need no exact numbers, and an integer of a million digits must not be converted.
_skip = json.JSONDecoder(parse_int=len, parse_float=len).scan_once  # type: ignore[attr-defined] # typeshed lacks it


def locate(text: str, pointers: Iterable[str], *, once: bool = False, value: Any = None) -> dict[str, int]:
    """Return the character offset of each pointer's value; a member that is not there gets that of its object.

    Of members that stand twice the last one counts, as Python reads them; `once` says that there are none, so that nothing
    needs to be read behind the last value that is looked for, or next to nothing at all where `value` is what the text says.
    `text` must be JSON.
    """
    wanted = dict.fromkeys(pointers, 0)
    if once and value is not None:
        for pointer in wanted:
            wanted[pointer] = _by_name(text, pointer, value)
        if -1 not in wanted.values():
            return wanted
    tree: _Tree = {}
    for pointer in wanted:
        branch = tree
        for token in pointer.split("/")[1:]:
            branch = branch.setdefault(token, {})
    search = _Search(text, wanted, once=once)
    search.look("", _space(text, 0), tree)
    for pointer in wanted:
        at = pointer
        while at not in search.found and at:
            at = at.rpartition("/")[0]
        wanted[pointer] = search.found.get(at, 0)
    return wanted


def _by_name(text: str, pointer: str, value: Any) -> int:
    """Return the offset of a value whose name stands in the text only once, and -1 where that does not lead to it."""
    name: str | None = None
    for token in pointer.split("/")[1:]:
        if not isinstance(value, dict):
            return -1
        if token not in value:
            if "~" in token:
                return -1
            break
        value, name = value[token], token
    if name is None:
        return _space(text, 0)
    # With an escape, the same name could be written in another way.
    quoted = f'"{name}"'
    if not name.isidentifier() or text.count(quoted) != 1 or "\\u" in text:
        return -1
    colon = _space(text, text.index(quoted) + len(quoted))
    return _space(text, colon + 1)


class _Search:
    """The way through a text to the values that are looked for; all others are passed over whole."""

    def __init__(self, text: str, wanted: Collection[str], *, once: bool) -> None:
        self.found: dict[str, int] = {}
        self._text = text
        self._wanted = wanted
        self._left = len(wanted) if once else -1

    def look(self, pointer: str, offset: int, tree: _Tree) -> int:
        """Note where a value stands and look into it as far as the tree leads; return its end, or -1 where nothing is left."""
        self.found[pointer] = offset
        if pointer in self._wanted:
            self._left -= 1
            if not self._left:
                return -1
        opening = self._text[offset] if tree else ""
        if opening == "{":
            return self._object(pointer, offset + 1, tree)
        return self._array(pointer, offset + 1, tree) if opening == "[" else _skip(self._text, offset)[1]

    def _object(self, pointer: str, offset: int, tree: _Tree) -> int:
        text = self._text
        while match := _MEMBER(text, offset):
            token, offset = match[1], match.end()
            if "\\" in token:
                token = scanstring(text, match.start(1))[0]
            if "/" in token or "~" in token:
                token = escape_token(token)
            if token in tree:
                offset = self.look(f"{pointer}/{token}", offset, tree[token])
                if offset < 0:
                    return -1
            else:
                offset = _skip(text, offset)[1]
        return _space(text, offset) + 1

    def _array(self, pointer: str, offset: int, tree: _Tree) -> int:
        text, index = self._text, 0
        offset = _space(text, offset)
        while text[offset] != "]":
            token = str(index)
            if token in tree:
                offset = self.look(f"{pointer}/{token}", offset, tree[token])
                if offset < 0:
                    return -1
            else:
                offset = _skip(text, offset)[1]
            index += 1
            offset = _space(text, offset)
            if text[offset] == ",":
                offset = _space(text, offset + 1)
        return offset + 1


def duplicates(text: str) -> Iterator[tuple[str, str, int, bool]]:
    """Yield pointer, name and offset of every member that stands twice in its object, and whether the values are equal."""
    starts: dict[str, int] = {}
    twice: list[tuple[str, str, int, int]] = []

    def member(pointer: str, name: str, offset: int) -> None:
        if pointer in starts:
            twice.append((pointer, name, starts[pointer], offset))
        starts[pointer] = offset

    _walk(text, member)
    for pointer, name, first, second in twice:
        yield pointer, name, second, _skip_value(text, first) == _skip_value(text, second)


def _skip_value(text: str, offset: int) -> str:
    return text[offset : _skip(text, offset)[1]]


def _walk(text: str, member: Callable[[str, str, int], None]) -> None:
    """Go through a whole JSON text; `member` is told pointer, name and offset of each member."""
    # Of each object or array that is open: its pointer, how it is closed, and the index of the next item.
    frames: list[tuple[str, str, int]] = []
    pointer, offset = "", _space(text, 0)
    while True:
        if text[offset] in "{[":
            frames.append((pointer, "}" if text[offset] == "{" else "]", 0))
            offset += 1
        else:
            offset = _skip(text, offset)[1]
        offset = _space(text, offset)
        while frames and text[offset] == frames[-1][1]:
            frames.pop()
            offset = _space(text, offset + 1)
        if not frames:
            return
        if text[offset] == ",":
            offset = _space(text, offset + 1)
        above, close, index = frames[-1]
        if close == "}":
            name, offset = scanstring(text, offset + 1)
            offset = _space(text, _space(text, offset) + 1)
            pointer = f"{above}/{escape_token(name) if '/' in name or '~' in name else name}"
            member(pointer, name, offset)
        else:
            pointer = f"{above}/{index}"
            frames[-1] = above, close, index + 1


def line_and_column(text: str, offsets: Iterable[int]) -> dict[int, tuple[int, int]]:
    """Return line and column, both from 1, of each offset."""
    if "\n" not in text:
        return {offset: (1, offset + 1) for offset in offsets}
    ends = [match.start() for match in re.finditer("\n", text)]
    result = {}
    for offset in offsets:
        line = bisect_right(ends, offset - 1)
        result[offset] = (line + 1, offset - (ends[line - 1] + 1 if line else 0) + 1)
    return result


def surrogates(value: Any) -> Iterator[tuple[str, str]]:
    """Yield pointer and form of the first lone surrogate of every string that has one; member names count for their value."""
    stack: list[tuple[str, Any]] = [("", value)]
    while stack:
        pointer, part = stack.pop()
        if isinstance(part, str):
            if not part.isascii():
                half = next((c for c in part if "\ud800" <= c <= "\udfff"), None)
                if half is not None:
                    yield pointer, f"U+{ord(half):04X}"
        elif isinstance(part, dict):
            for name, member in reversed(part.items()):
                at = f"{pointer}/{escape_token(name)}"
                stack.append((at, member))
                if not name.isascii() and any("\ud800" <= c <= "\udfff" for c in name):
                    yield at, "a member name"
        elif isinstance(part, list):
            stack.extend((f"{pointer}/{i}", item) for i, item in reversed(list(enumerate(part))))


def _space(text: str, offset: int) -> int:
    # Most texts have no blanks, and a look at one character costs a tenth of a match.
    if text[offset : offset + 1] not in _BLANK:
        return offset
    match = _SPACE.match(text, offset)
    return match.end() if match else offset
