"""Tables in HTML inside of a page of text, as markdown may hold them: their rows and cells, with their lines."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from docpact.derive.tables.rows import MOST_COLUMNS, Row, Table

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_MOST_CHARACTERS = 2_000_000
_MOST_ROWS = 2000
_LONGEST_CELL = 4000
_LEAST = 2
_ROW = re.compile(r"(?i)<tr\b[^<>]{0,500}>")
_CELL = re.compile(r"(?i)<t[dh]\b[^<>]{0,500}>")
_END = re.compile(r"(?i)</(?:t[dhr]|tbody|thead|tfoot|table)\s*>")
_SET_IN = re.compile(r"(?i)(?:padding|margin|text)-(?:left|indent)\s*:\s*(?P<size>\d{1,4})")
_SPACE_WIDTH = 10


def find_marked_up(lines: Sequence[str]) -> Iterator[Table]:
    """Find the HTML tables among the lines of a page; one that holds another is passed over for what it holds."""
    start: int | None = None
    for at, line in enumerate(lines):
        if "<" not in line:
            continue
        plain = line.casefold()
        if "<table" in plain:
            start = at
        if start is not None and "</table" in plain:
            made = _table("\n".join(lines[start : at + 1])[:_MOST_CHARACTERS], start + 1, at + 1)
            start = None
            if made is not None:
                yield made


def _table(text: str, first: int, last: int) -> Table | None:
    starts = [match.start() for match in _ROW.finditer(text)][: _MOST_ROWS + 1]
    rows: list[Row] = []
    line, counted = first, 0
    for at, end in zip(starts, [*starts[1:], len(text)], strict=False):
        line += text.count("\n", counted, at)
        counted = at
        cells = [_END.split(_indented(part), maxsplit=1)[0] for part in _CELL.split(text[at:end])[1 : MOST_COLUMNS + 1]]
        if cells:
            rows.append(Row(line, tuple(cell.strip("\n ") for cell in cells)))
    if len(rows) < _LEAST or len(rows[0].cells) < _LEAST:
        return None
    return Table(rows[0].cells, tuple(rows[1:]), first, last)


def _indented(cell: str) -> str:
    """Write the indentation that a style gives to a cell as spaces."""
    cell = cell[:_LONGEST_CELL].strip()
    match = _SET_IN.search(cell)
    return "\u2003" * (int(match["size"]) // _SPACE_WIDTH) + cell if match is not None else cell
