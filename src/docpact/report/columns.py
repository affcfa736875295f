"""Columns of a terminal: how wide a text is, and where it is broken, with Chinese characters two columns wide."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_NARROWEST = 20
# After these a line may be broken though no space follows.
_BREAKS = "/,;:&?=_-"


def width(text: str) -> int:
    """Return how many columns a text takes: two for a wide character, none for a combining mark."""
    return len(text) if text.isascii() else sum(_columns(char) for char in text)


def _columns(char: str) -> int:
    if unicodedata.combining(char) or unicodedata.category(char) in {"Mn", "Me", "Cf"}:
        return 0
    return 2 if unicodedata.east_asian_width(char) in {"W", "F"} else 1


def cut(text: str, columns: int) -> str:
    """Shorten a text to so many columns, the last of them an ellipsis where something was cut."""
    if width(text) <= columns:
        return text
    kept, used = "", 0
    for char in text:
        used += _columns(char)
        if used >= columns:
            break
        kept += char
    return f"{kept}…"


def wrap(head: str, text: str, columns: int | None) -> Iterator[str]:
    """Yield `head` and `text` as lines of at most so many columns, the further ones indented as wide as the head.

    A line that would begin with `::`, which a build service obeys, begins with an ellipsis.
    """
    if columns is None or width(head) + width(text) <= columns:
        yield head + text
        return
    indent = width(head)
    room = max(_NARROWEST, columns - indent)
    while text:
        end = _end(text, room)
        yield head + text[:end].rstrip(" ")
        text = text[end:].lstrip(" ")
        text = f"…{text}" if text.startswith("::") else text
        head = " " * indent


def _end(text: str, room: int) -> int:
    """Find where a line ends: at the last space, else after a mark, between wide characters, or in the middle of a word."""
    used, best, mark = 0, 0, 0
    for at, char in enumerate(text):
        used += _columns(char)
        if used > room:
            return best or mark or max(1, at)
        if char == " " and at:
            best = at + 1
        elif char in _BREAKS or _columns(char) > 1:
            mark = at + 1
    return len(text)
