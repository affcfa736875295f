"""Where in a JSON text a value stands: read only when there is something to tell."""

from __future__ import annotations

import json
import re
from bisect import bisect_right
from dataclasses import dataclass
from json.decoder import scanstring  # type: ignore[attr-defined] # typeshed lacks it
from typing import TYPE_CHECKING, Any

from docpact.finding import escape_token

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

_SPACE = re.compile(r"[ \t\r\n]*")
_BLANK = " \t\r\n"
# Values that are passed over need no exact numbers, and an integer of a million digits must not be converted.
_skip = json.JSONDecoder(parse_int=len, parse_float=len).scan_once  # type: ignore[attr-defined] # typeshed lacks it


def locate(text: str, pointers: Iterable[str], *, once: bool = False) -> dict[str, int]:
    """Return the character offset of each pointer's value; a member that is not there gets that of its object.

    Of members that stand twice the last one counts, as Python reads them; `once` says that there are none, so that nothing
    needs to be read behind the last value that is looked for. `text` must be JSON.
    """
    wanted = dict.fromkeys(pointers, 0)
    left = len(wanted) if once else -1
    prefixes = {"/".join(p.split("/")[:n]) for p in wanted for n in range(1, p.count("/") + 2)}
    found: dict[str, int] = {}

    def visit(pointer: str, offset: int) -> bool | None:
        nonlocal left
        found[pointer] = offset
        if pointer in wanted:
            left -= 1
            if not left:
                return None
        return pointer in prefixes

    _walk(text, visit)
    for pointer in wanted:
        at = pointer
        while at not in found and at:
            at = at.rpartition("/")[0]
        wanted[pointer] = found.get(at, 0)
    return wanted


def duplicates(text: str) -> Iterator[tuple[str, str, int, bool]]:
    """Yield pointer, name and offset of every member that stands twice in its object, and whether the values are equal."""
    starts: dict[str, int] = {}
    twice: list[tuple[str, str, int, int]] = []

    def member(pointer: str, name: str, offset: int) -> None:
        if pointer in starts:
            twice.append((pointer, name, starts[pointer], offset))
        starts[pointer] = offset

    _walk(text, lambda *_: True, member)
    for pointer, name, first, second in twice:
        yield pointer, name, second, _skip_value(text, first) == _skip_value(text, second)


def _skip_value(text: str, offset: int) -> str:
    return text[offset : _skip(text, offset)[1]]


def _walk(text: str, visit: Callable[[str, int], bool | None], member: Callable[[str, str, int], None] | None = None) -> None:
    """Go through a JSON text; `visit` says whether to go into a value, or None to stop; `member` is told of each member."""
    frames: list[_Frame] = []
    pointer, offset = "", _space(text, 0)
    while True:
        inside = visit(pointer, offset)
        if inside is None:
            return
        if inside and text[offset] in "{[":
            frames.append(_Frame(pointer, "}" if text[offset] == "{" else "]"))
            offset += 1
        else:
            offset = _skip(text, offset)[1]
        offset = _space(text, offset)
        while frames and text[offset] == frames[-1].close:
            frames.pop()
            offset = _space(text, offset + 1)
        if not frames:
            return
        if text[offset] == ",":
            offset = _space(text, offset + 1)
        frame = frames[-1]
        if frame.close == "}":
            name, offset = scanstring(text, offset + 1)
            offset = _space(text, _space(text, offset) + 1)
            pointer = f"{frame.pointer}/{escape_token(name) if '/' in name or '~' in name else name}"
            if member is not None:
                member(pointer, name, offset)
        else:
            pointer = f"{frame.pointer}/{frame.index}"
            frame.index += 1


@dataclass(slots=True)
class _Frame:
    pointer: str
    close: str
    index: int = 0


def line_and_column(text: str, offsets: Iterable[int]) -> dict[int, tuple[int, int]]:
    """Return line and column, both from 1, of each offset."""
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
