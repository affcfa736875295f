"""Tables as pages write them, in any of their forms, into one: a head, and rows of cells with their lines."""

from __future__ import annotations

import csv
import re
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from docpact.derive.page import Page

MOST_COLUMNS = 40
_MOST_ROWS = 2000
_MOST_TABLES = 2000
_LONGEST_CELL = 4000
_LONGEST_LINE = 20_000
_LEAST = 2
_BOX = str.maketrans("│┃║─━═┼╋╬├┝╠┤┥╣┌┏╔┐┓╗└┗╚┘┛╝┬┳╦┴┻╩", "|||---" + "+" * 27)
_BOXED = re.compile(r"[│┃║┌┏╔├┝╠└┗╚][^A-Za-z]")
_BORDER = re.compile(r"[+|][-=+:|]{2,}")
_PIPE = re.compile(r"(?<!\\)\|")
_ALIGNMENT = re.compile(r"\s*:?-+:?\s*|\s*:?=+:?\s*|\s*")
_SIMPLE_BORDER = re.compile(r"={2,}(?: +={2,})+")
_GAP = re.compile(r"\t+| {2,}")


@dataclass(frozen=True)
class Row:
    """One row: its `cells` as written, and its `line` from 1."""

    line: int
    cells: tuple[str, ...]


@dataclass(frozen=True)
class Table:
    """One table: its `head` as written, its rows, the line of its head and its last line; `centred` columns by index."""

    head: tuple[str, ...]
    rows: tuple[Row, ...]
    line: int
    end: int
    centred: frozenset[int] = frozenset()


def find_tables(page: Page, is_head: Callable[[Sequence[str]], bool]) -> list[Table]:
    """Find every table of a page; where nothing but the words of its first row makes it one, `is_head` decides."""
    lines = [_plain(line) for line in page.raw]
    found = [*_piped(lines, is_head), *_simple(lines)]
    taken = {line for one in found for line in range(one.line, one.end + 1)}
    rest = ["" if number in taken else line for number, line in enumerate(lines, start=1)]
    found += _separated(rest, is_head)
    return sorted(found, key=lambda one: one.line)[:_MOST_TABLES]


def _plain(line: str) -> str:
    line = line.strip("\u200b\ufeff")
    return line.translate(_BOX) if _BOXED.match(line.lstrip()) else line


def split_row(line: str, wanted: int = 0) -> list[str]:
    """Split a line at its pipes; where that makes more cells than `wanted`, pipes inside of code are no borders."""
    text = line.strip()
    text = text.removeprefix("|")
    if text.endswith("|") and not text.endswith("\\|"):
        text = text[:-1]
    cells = _PIPE.split(text)
    if wanted and len(cells) > wanted and "`" in text:
        whole = _outside_code(text)
        cells = whole if len(whole) >= wanted else cells
    return [cell.replace("\\|", "|")[:_LONGEST_CELL] for cell in cells[: 2 * MOST_COLUMNS]]


def _outside_code(text: str) -> list[str]:
    """Split at the pipes that stand outside of code spans."""
    cells = [""]
    for number, part in enumerate(text.split("`")):
        if number % 2:
            cells[-1] += f"`{part}`"
        else:
            first, *others = _PIPE.split(part)
            cells[-1] += first
            cells += others
    return cells


def _is_border(line: str) -> bool:
    return (
        len(line) < _LONGEST_LINE and "-" * 2 in line.replace("=", "-") and _BORDER.fullmatch(line.replace(" ", "")) is not None
    )


def _is_alignment(line: str) -> bool:
    if len(line) > _LONGEST_LINE or "-" not in line.replace("=", "-") or "|" not in line.replace("+", "|"):
        return False
    cells = split_row(line.replace("+", "|"))
    return any(cell.strip() for cell in cells) and all(_ALIGNMENT.fullmatch(cell) for cell in cells)


def _piped(lines: Sequence[str], is_head: Callable[[Sequence[str]], bool]) -> Iterator[Table]:
    """Find the tables whose cells stand between pipes: runs of such lines, over single blank ones."""
    block: list[tuple[int, str]] = []
    blank = 0
    for number, line in enumerate([*lines, "", ""], start=1):
        text = line.strip()
        if "|" in text or _is_border(text):
            if blank and block and not (text[0] in "|+" and block[-1][1][0] in "|+"):
                yield from _block(block, is_head)
                block = []
            block.append((number, text))
            blank = 0
            continue
        blank += 1
        if block and (text or blank > 1):
            yield from _block(block, is_head)
            block = []


def _block(block: Sequence[tuple[int, str]], is_head: Callable[[Sequence[str]], bool]) -> Iterator[Table]:
    """Cut a run of piped lines into tables: each has a head, most often with a line of dashes below it."""
    rules = [at for at, (_, text) in enumerate(block) if _is_alignment(text)]
    ruled = set(rules)
    heads = [at for at in rules if at and (at - 1) not in ruled]
    if any(_is_border(text) and text[0] == "+" for _, text in block):
        yield from _gridded(block, rules)
    elif heads:
        for number, at in enumerate(heads):
            until = heads[number + 1] - 1 if number + 1 < len(heads) else len(block)
            yield from _made(block[at - 1], [one for one in block[at + 1 : until] if not _is_alignment(one[1])], block[at][1])
    else:
        # No line of dashes: what a head is, its words must tell.
        start = next((at for at, (_, text) in enumerate(block[:3]) if text[0] == "|" and is_head(split_row(text))), None)
        if start is not None:
            yield from _made(block[start], block[start + 1 :], "")


def _made(head: tuple[int, str], rows: Sequence[tuple[int, str]], rule: str) -> Iterator[Table]:
    cells = split_row(head[1])
    if not _LEAST <= len(cells) <= MOST_COLUMNS:
        return
    marks = [cell.strip() for cell in split_row(rule)] if rule else []
    centred = frozenset(at for at, mark in enumerate(marks) if mark.endswith(":"))
    made = [Row(number, tuple(split_row(text, len(cells)))) for number, text in rows[:_MOST_ROWS]]
    yield Table(tuple(cells), tuple(made), head[0], rows[-1][0] if rows else head[0] + bool(rule), centred)


def _gridded(block: Sequence[tuple[int, str]], rules: Sequence[int]) -> Iterator[Table]:
    """Read a table that is drawn: lines between two borders are one row, unless all rows stand between the same two."""
    borders = [at for at in rules if block[at][1][0] in "+|"]
    parts = [block[start + 1 : end] for start, end in zip(borders, [*borders[1:], len(block)], strict=True)]
    filled = [part for part in parts if part][: _MOST_ROWS + 1]
    if len(filled) < _LEAST:
        return
    joined = len(filled) > _LEAST or any("=" in block[at][1] for at in borders)
    rows = [_merged(part) for part in filled[1:]] if joined else [Row(n, tuple(split_row(text))) for n, text in filled[1]]
    head = _merged(filled[0])
    if _LEAST <= len(head.cells) <= MOST_COLUMNS:
        yield Table(head.cells, tuple(rows[:_MOST_ROWS]), head.line, block[-1][0])


def _merged(part: Sequence[tuple[int, str]]) -> Row:
    cells: list[list[str]] = []
    for _, text in part[:200]:
        for at, cell in enumerate(split_row(text)):
            if at == len(cells):
                cells.append([])
            cells[at].append(cell)
    return Row(part[0][0], tuple(_folded(one) for one in cells))


def _folded(parts: Sequence[str]) -> str:
    """Join the lines of one cell: a bullet begins a new line, other words go on."""
    text = parts[0].rstrip()
    for part in (one.strip() for one in parts[1:]):
        text += f"\n{part}" if part[:2] in ("- ", "* ", "• ") else f" {part}" if part else ""
    return text


def _simple(lines: Sequence[str]) -> Iterator[Table]:
    """Find the tables of reStructuredText that have no more than lines of `=` above, below, and under their head."""
    borders = [
        at for at, line in enumerate(lines) if line.lstrip()[:2] == "==" and len(line) < _LONGEST_LINE
        and _SIMPLE_BORDER.fullmatch(line.strip())
    ]  # fmt: skip
    for first, second, third in zip(borders, borders[1:], borders[2:], strict=False):
        if second - first not in (2, 3) or lines[first].split() != lines[third].split():
            continue
        starts = [match.start() for match in re.finditer(r"(?<!=)=", lines[first])][:MOST_COLUMNS]
        rows: list[Row] = []
        for at in range(second + 1, third):
            cells = _cut(lines[at], starts)
            if not cells[0].strip() and rows:
                joined = [f"{a}\n{b}" if b.strip() else a for a, b in zip(rows[-1].cells, cells, strict=True)]
                rows[-1] = Row(rows[-1].line, tuple(joined))
            elif any(cells):
                rows.append(Row(at + 1, tuple(cells)))
        yield Table(tuple(_cut(lines[first + 1], starts)), tuple(rows[:_MOST_ROWS]), first + 2, third + 1)


def _cut(line: str, starts: Sequence[int]) -> list[str]:
    """Cut a line where columns begin on a screen, where a Chinese character is two columns wide."""
    cells = ["" for _ in starts]
    column, at = 0, 0
    for char in line[:_LONGEST_LINE]:
        while at + 1 < len(starts) and column >= starts[at + 1]:
            at += 1
        if column >= starts[at]:
            cells[at] += char
        column += 2 if unicodedata.east_asian_width(char) in "WF" else 1
    return [cell.rstrip() for cell in cells]


def _separated(lines: Sequence[str], is_head: Callable[[Sequence[str]], bool]) -> Iterator[Table]:
    """Find the tables whose cells stand between tabs, wide gaps or commas, by the words of their heads."""
    at = 0
    while at < len(lines):
        made = _below(lines, at, is_head) if 0 < len(lines[at]) <= _LONGEST_LINE else None
        if made is None:
            at += 1
            continue
        yield made
        at = made.end


def _below(lines: Sequence[str], at: int, is_head: Callable[[Sequence[str]], bool]) -> Table | None:
    line = lines[at]
    if "\t" in line.strip() and is_head(head := line.strip().split("\t")):
        return _tabbed(lines, at, [cell for cell in head if cell.strip()], is_head)
    if "  " in line.strip() and is_head(head := _GAP.split(line.strip())):
        return _collected(lines, at, head, _spaced)
    for mark in ",;":
        if line.count(mark) >= _LEAST and is_head(head := _comma(line, mark)):
            return _collected(lines, at, head, lambda text, mark=mark: _comma(text, mark))  # type: ignore[misc]
    return None


def _tabbed(lines: Sequence[str], at: int, head: Sequence[str], is_head: Callable[[Sequence[str]], bool]) -> Table:
    """Read rows of tabs as a browser copies them: a cell of several lines is broken over lines without all tabs.

    A heading and the head of another table may follow without a blank line.
    """
    rows: list[Row] = []
    waiting: list[str] = []
    end = at + 1
    for number in range(at + 1, len(lines)):
        line = lines[number]
        if not line.strip() or len(rows) >= _MOST_ROWS:
            break
        cells = [cell[:_LONGEST_CELL] for cell in line.split("\t")[: 2 * MOST_COLUMNS]]
        if "\t" not in line:
            waiting.append(line)
            continue
        if waiting and is_head([cell for cell in cells if cell.strip()]):
            break
        last = rows[-1].cells if rows else ()
        if rows and len(last) < len(head) and len(last) + len(cells) - 1 <= len(head):
            rows[-1] = Row(rows[-1].line, (*last[:-1], "\n".join([last[-1], *waiting, cells[0]]), *cells[1:]))
        else:
            if rows and waiting:
                rows[-1] = Row(rows[-1].line, (*last[:-1], "\n".join([last[-1], *waiting])))
            rows.append(Row(number + 1, tuple(cells)))
        waiting, end = [], number + 1
    return Table(tuple(head), tuple(rows), at + 1, end)


def _collected(lines: Sequence[str], at: int, head: Sequence[str], split: Callable[[str], list[str]]) -> Table | None:
    rows: list[Row] = []
    for number in range(at + 1, min(len(lines), at + 1 + _MOST_ROWS)):
        cells = split(lines[number]) if 0 < len(lines[number]) <= _LONGEST_LINE else []
        if len(cells) < _LEAST or len(cells) > 2 * len(head):
            break
        if not all(_ALIGNMENT.fullmatch(cell) for cell in cells):
            rows.append(Row(number + 1, tuple(cells)))
    return Table(tuple(head[:MOST_COLUMNS]), tuple(rows), at + 1, rows[-1].line) if len(rows) >= _LEAST else None


def _spaced(line: str) -> list[str]:
    cells = _GAP.split(line.strip())
    return [line[: len(line) - len(line.lstrip())] + cells[0], *cells[1:]]


def _comma(line: str, mark: str) -> list[str]:
    try:
        return next(csv.reader([line], delimiter=mark), [])
    except csv.Error:
        return []
