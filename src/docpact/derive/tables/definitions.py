"""Tables without a head that define members: a name on the left; its type, and what it is, on the right."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, TypeAlias

from docpact.derive import labels, typewords
from docpact.derive.html.grids import Grid, grid, tables_within

if TYPE_CHECKING:
    from collections.abc import Callable

    from docpact.derive.html.markup import Element

# Gives the lines of a cell without those of the tables in it.
Lines: TypeAlias = "Callable[[Element], list[str]]"
HEAD = ["Name", "Type", "Description"]
_NAME = re.compile(r"[^\s:：,，;；。、(){}\[\]\"'`<>|=]{1,80}")
_SHARE = 0.6
_MOST_NESTED = 12
_VALUES = re.compile(r"(?i)(?:items )?(?:enum|allowed|one of|possible|valid|accepted|枚举|可用值|可选值|取值|[\[`\"])")
_BRACES = re.compile(r"^[\s{}\[\]<>.,]*$")


def are(table: Grid, lines: Lines) -> bool:
    """Tell whether a table is a list of definitions."""
    if table.headed or table.width != 2:  # noqa: PLR2004 - what a definition has
        return False
    pairs = [(row[0], row[1]) for row in table.rows if row[0] is not None and row[1] is not None]
    fitting = sum(_name(lines(one)) is not None and _type(other, lines(other)) is not None for one, other in pairs)
    return bool(pairs) and fitting >= _SHARE * len(pairs)


def rows(table: Grid, lines: Lines) -> list[list[str]]:
    """Return the definitions as rows under a head, what is inside a member below it."""
    return [HEAD, *_rows(table, lines, 0)]


def _rows(table: Grid, lines: Lines, depth: int) -> list[list[str]]:
    made: list[list[str]] = []
    mark = f"{'»' * depth} " if depth else ""
    for row in table.rows:
        first, second = row[0], row[1] if len(row) > 1 else None
        left = lines(first) if first is not None else []
        name = _name(left)
        if second is not None and name is not None:
            right = lines(second)
            typed = _type(second, right)
            said, used = typed if typed is not None else ("", 0)
            starred = name.endswith("*") or any(labels.mark(line) == "required" for line in left[1:])
            words = [line for line in right[used:] if not _BRACES.match(line)]
            # Values last: what follows a list of them would be read as one more.
            words.sort(key=lambda line: _VALUES.match(line) is not None)
            words = ["required", *words] if starred else words
            made.append([f"{mark}{name.rstrip('*')}", _cell(said), "<br>".join(_cell(line) for line in words)])
        for cell in (cell for cell in row if cell is not None and depth < _MOST_NESTED):
            for inner in tables_within(cell):
                made += _rows(grid(inner), lines, depth + 1 if made else depth)
    return made


def _name(lines: list[str]) -> str | None:
    bare = [line.strip("`") for line in lines if line.strip("`*")]
    if not bare or _NAME.fullmatch(bare[0]) is None:
        return None
    return f"{bare[0]}*" if "*" in bare[1:2] else bare[0]


def _type(cell: Element, lines: list[str]) -> tuple[str, int] | None:
    """Return the type that a cell begins with, and in how many of its lines it stands."""
    for count in (3, 2, 1):
        said = " ".join(lines[:count]) if len(lines) >= count else ""
        if typewords.read(said) is not None and all(labels.mark(line) is None for line in lines[:count]):
            return said, count
    if tables_within(cell):
        # A member with members that it does not give a type is an object, or a list of them.
        listed = any("[" in line for line in lines[:2])
        return ("object[]" if listed else "object"), next((at for at, line in enumerate(lines) if not _BRACES.match(line)), 0)
    return None


def _cell(line: str) -> str:
    return line.replace("|", "\\|")
