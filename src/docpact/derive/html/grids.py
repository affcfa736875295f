"""Tables of an HTML page: the rows and cells of one, what spans several, and whether it is data or only layout."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from docpact.derive.html.hidden import is_gutter, is_hidden

if TYPE_CHECKING:
    from collections.abc import Iterator

    from docpact.derive.html.markup import Element

_WIDEST = 60
_TALLEST = 500
_MOST_CELLS = 100_000
_DEEPEST = 20
_SET_IN = re.compile(r"(?:padding|margin)(?:-left|-inline-start)\s*:\s*(?P<size>\d{1,4}(?:\.\d{1,3})?)\s*(?P<unit>px|em|rem)")
_WIDE = re.compile("[\u00a0\u2000-\u200a\u3000]+")
_PIXELS = {"px": 0.1, "em": 1.6, "rem": 1.6}
_WIDEST_INDENT = 60
_LEVEL = re.compile(r"\brow-*level-(?P<level>\d{1,3})\b")
_CELLS = ("cell", "gridcell", "columnheader", "rowheader")


class Grid(NamedTuple):
    """A table as rows of cells; None where a cell to the left spans into; `headed` where its first row is a heading.

    `levels` has how deep each row stands in a tree, where the table is one.
    """

    rows: list[list[Element | None]]
    headed: bool
    levels: list[int]

    @property
    def width(self) -> int:
        """Return how many columns the table has."""
        return max((len(row) for row in self.rows), default=0)

    @property
    def is_data(self) -> bool:
        """Tell whether the table says something by its rows and columns."""
        if self.width < 2:  # noqa: PLR2004 - one column is a list
            return False
        if self.headed:
            return True
        cells = [cell for row in self.rows for cell in row if cell is not None]
        return len(self.rows) > 1 and not any(
            _holds(cell, {"pre", "table", "ul", "ol", "h1", "h2", "h3", "h4"}) for cell in cells
        )


def grid(table: Element) -> Grid:
    """Read the rows of a table; what spans several rows stands in each of them."""
    rows: list[list[Element | None]] = []
    levels: list[int] = []
    spanning: dict[int, tuple[int, Element | None]] = {}
    count = 0
    headed = False
    for row, in_head in _rows(table):
        cells: list[Element | None] = []
        for cell in _cells(row):
            _continue(cells, spanning)
            width, height = (_span(cell.get(name), most) for name, most in (("colspan", _WIDEST), ("rowspan", _TALLEST)))
            for at in range(width):
                if height > 1:
                    spanning[len(cells)] = (height - 1, cell if at == 0 else None)
                cells.append(cell if at == 0 else None)
            if len(cells) > _WIDEST:
                break
        _continue(cells, spanning)
        if not cells:
            continue
        if not rows:
            headed = in_head or all(cell is None or cell.tag == "th" or cell.get("role") == "columnheader" for cell in cells)
        rows.append(cells)
        levels.append(_level(row))
        count += len(cells)
        if count > _MOST_CELLS:
            break
    return Grid(rows, headed, levels)


def _continue(cells: list[Element | None], spanning: dict[int, tuple[int, Element | None]]) -> None:
    """Put in the cells of the rows above that span into this row here."""
    while (held := spanning.pop(len(cells), None)) is not None:
        left, cell = held
        if left > 1:
            spanning[len(cells)] = (left - 1, cell)
        cells.append(cell)


def _span(said: str, most: int) -> int:
    return max(1, min(int(said), most)) if said.isascii() and said.isdigit() and len(said) < 10 else 1  # noqa: PLR2004


def set_in(cell: Element | None) -> int:
    """Return how far the words of a cell are set in, by spaces that do not break or by their style; 0 for not at all."""
    width = 0.0
    while cell is not None:
        match = _SET_IN.search(cell.get("style"))
        width += float(match["size"]) * _PIXELS[match["unit"]] if match is not None else 0
        first = next((one for one in cell.children if not isinstance(one, str) or one.strip(" \t\r\n")), None)
        if first is None or isinstance(first, str):
            spaces = _WIDE.match((first or "").lstrip(" \t\r\n"))
            width += len(spaces[0]) if spaces is not None else 0
            break
        cell = first
    return min(round(width), _WIDEST_INDENT)


def _level(row: Element) -> int:
    match = _LEVEL.search(row.get("class"))
    if match is None and row.get("aria-level").isdecimal() and len(row.get("aria-level")) < 4:  # noqa: PLR2004 - no row is so deep
        return min(max(int(row.get("aria-level")) - 1, 0), _DEEPEST)
    return min(int(match["level"]), _DEEPEST) if match is not None else 0


def is_table(one: Element) -> bool:
    """Tell whether an element is a table, by its name or by the role that it plays."""
    return one.tag == "table" or one.get("role") in ("table", "grid", "treegrid")


def _rows(table: Element) -> Iterator[tuple[Element, bool]]:
    """Yield the rows of a table, each with whether it stands in the head; those of tables in it are theirs."""
    waiting = [(one, False) for one in reversed(table.elements)]
    while waiting:
        one, in_head = waiting.pop()
        if is_hidden(one) or is_table(one) or one.tag in ("td", "th"):
            continue
        if one.tag == "tr" or one.get("role") == "row":
            yield one, in_head
        else:
            waiting += [(inner, in_head or one.tag == "thead") for inner in reversed(one.elements)]


def _cells(row: Element) -> Iterator[Element]:
    waiting = list(reversed(row.elements))
    while waiting:
        one = waiting.pop()
        if is_hidden(one) or is_gutter(one) or is_table(one):
            continue
        if one.tag in ("td", "th") or one.get("role") in _CELLS:
            yield one
        else:
            waiting += reversed(one.elements)


def tables_within(cell: Element) -> list[Element]:
    """Return the outermost tables that stand in a cell."""
    found: list[Element] = []
    waiting = list(reversed(cell.elements))
    while waiting:
        one = waiting.pop()
        if is_table(one):
            found.append(one)
        elif not is_hidden(one):
            waiting += reversed(one.elements)
    return found


def _holds(cell: Element, tags: set[str]) -> bool:
    return cell.broken and any(one.tag in tags for one in cell.walk())
