"""Tables that were copied one cell a line: the words of a head below each other, and then the cells of each row."""

from __future__ import annotations

from typing import TYPE_CHECKING

from docpact.derive import labels
from docpact.derive.tables import cells
from docpact.derive.tables.columns import head_kind, is_head
from docpact.derive.tables.rows import MOST_COLUMNS, Row, Table
from docpact.derive.tables.types import read_cell

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_LONGEST_HEAD = 40
_LONGEST_CELL = 4000
_FEWEST_COLUMNS = 3
_FEWEST_ROWS = 2
_MOST_ROWS = 2000
# How many lines more than it has columns a row may take.
_MORE = 6


def find_vertical(lines: Sequence[str]) -> Iterator[Table]:
    """Find the tables of a page that have a cell on each line, by three words of a head that follow each other."""
    filled = [at for at, line in enumerate(lines) if line]
    start = 0
    while start < len(filled):
        head = _head(lines, filled, start)
        made = _table(lines, filled, start, head) if head else None
        if made is None:
            start += 1
            continue
        yield made
        while start < len(filled) and filled[start] < made.end:
            start += 1


def _head(lines: Sequence[str], filled: Sequence[int], start: int) -> list[str]:
    """Return the words of a head that begins at a line: a name and a type among them, none twice."""
    kinds: list[str] = []
    for at in filled[start : start + MOST_COLUMNS]:
        kind = head_kind(lines[at]) if len(lines[at]) <= _LONGEST_HEAD else None
        if kind is None or kind in kinds:
            break
        kinds.append(kind)
    words = [lines[at] for at in filled[start : start + len(kinds)]]
    return kinds if len(kinds) >= _FEWEST_COLUMNS and {"name", "type"} <= set(kinds) and is_head(words) else []


def _table(lines: Sequence[str], filled: Sequence[int], start: int, kinds: Sequence[str]) -> Table | None:
    width = len(kinds)
    at = start + width
    rows: list[Row] = []
    while len(rows) < _MOST_ROWS and _is_row(lines, filled, at, kinds):
        following = _next(lines, filled, at, kinds)
        end = following if following is not None else _last(lines, filled, at, kinds)
        rows.append(Row(filled[at] + 1, _fitted([lines[one][:_LONGEST_CELL] for one in filled[at:end]], kinds)))
        at = end
        if following is None:
            break
    if len(rows) < _FEWEST_ROWS:
        return None
    head = tuple(lines[one] for one in filled[start : start + width])
    return Table(head, tuple(rows), filled[start] + 1, filled[at - 1] + 1)


def _is_row(lines: Sequence[str], filled: Sequence[int], at: int, kinds: Sequence[str]) -> bool:
    """Tell whether a row may begin at a line: a name and a type stand where the head has them."""
    named, typed = (at + kinds.index(kind) for kind in ("name", "type"))
    if max(named, typed) >= len(filled):
        return False
    name, kind = lines[filled[named]], lines[filled[typed]]
    if len(name) > _LONGEST_HEAD * 2 or name.startswith(("#", "```")) or cells.name(name) is None:
        return False
    return bool(cells.said(kind)) and read_cell(kind).known


def _next(lines: Sequence[str], filled: Sequence[int], at: int, kinds: Sequence[str]) -> int | None:
    """Find where the next row begins: a row may lack cells that were empty, and have cells of several lines."""
    least = max(kinds.index("name"), kinds.index("type")) + 1
    width = len(kinds)
    sizes: list[int] = [width, *range(width - 1, least - 1, -1), *range(width + 1, width + _MORE)]
    for size in sizes:
        if _is_row(lines, filled, at + size, kinds):
            return at + size
    return None


def _last(lines: Sequence[str], filled: Sequence[int], at: int, kinds: Sequence[str]) -> int:
    """Find where the last row ends: before a heading, and with as many cells as there are columns."""
    least = at + max(kinds.index("name"), kinds.index("type")) + 1
    end = min(at + len(kinds), len(filled))
    return next((one for one in range(least, end) if labels.section(lines[filled[one]]) is not None), end)


def _fitted(row: list[str], kinds: Sequence[str]) -> tuple[str, ...]:
    """Put the cells of a row where they belong, where some are missing or too many."""
    width = len(kinds)
    words = kinds.index("description") if "description" in kinds else width - 1
    if len(row) > width:
        extra = len(row) - width
        return (*row[:words], "\n".join(row[words : words + extra + 1]), *row[words + extra + 1 :])
    found = [""] * width
    rest = list(row)
    for kind in ("name", "type"):
        found[kinds.index(kind)] = row[kinds.index(kind)]
        rest.remove(row[kinds.index(kind)])
    if "required" in kinds:
        mark = next((one for one in rest if cells.yes(one) is not None), None)
        if mark is not None:
            found[kinds.index("required")] = mark
            rest.remove(mark)
    free = [at for at in (words, *range(width)) if not found[at]]
    for at, text in zip(dict.fromkeys(free), rest, strict=False):
        found[at] = text
    return tuple(row) if len(row) == width else tuple(found)
