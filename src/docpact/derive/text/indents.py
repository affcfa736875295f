"""How deep members stand by the indentation of their names, where all of it agrees with what can hold members."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from docpact.derive.claims import Entry

_TAB = 4


def with_depths(entries: Sequence[Entry], raw: Sequence[str]) -> list[Entry]:
    """Give members the depth that their indentation shows; leave them as they are where it shows none.

    A member that stands further right than the one before must be inside it: else the indentation means something else.
    """
    if not entries or any(one.depth is not None for one in entries):
        return list(entries)
    indents = [_indent(raw[one.lines["member"][0] - 1]) for one in entries]
    open_at: list[tuple[int, bool]] = []
    depths: list[int] = []
    for one, indent in zip(entries, indents, strict=True):
        while open_at and open_at[-1][0] >= indent:
            open_at.pop()
        if indent < indents[0] or (open_at and not open_at[-1][1]):
            return list(entries)
        depths.append(len(open_at))
        open_at.append((indent, one.claim.holder is not None))
    return [replace(one, depth=depth) for one, depth in zip(entries, depths, strict=True)] if max(depths) else list(entries)


def _indent(line: str) -> int:
    even = line.expandtabs(_TAB)
    return len(even) - len(even.lstrip())
