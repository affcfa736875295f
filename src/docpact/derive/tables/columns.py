"""What the columns of a table hold: by the words of its head in many languages, by content where those are odd."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from docpact.derive.tables import cells
from docpact.derive.tables.types import read_cell
from docpact.derive.tables.words import HEADS, split_words

if TYPE_CHECKING:
    from collections.abc import Sequence

    from docpact.derive.tables.rows import Row, Table

_LONGEST = 60
_SEEN = 60
_KIND = {word: kind for kind, words in reversed(HEADS.items()) for word in split_words(words)}
_ROUND = re.compile(r"[（(\[【][^（）()\[\]【】]*[）)\]】]")
_PLACES = {"path", "query", "header", "headers", "cookie", "body", "form", "formdata", "form-data", "url", "param", "params"}
# `是否必有`, `必返回`: there are more of them than a list holds.
_MUST = re.compile(r"(?:是否|字段)?(?:为|一定)?必[填选须需传返含有要输现带备录][回项]?(?:[/／].{1,6})?")
_ITEMS = re.compile(r"(?i)items?\s*(?:类型|type)\s*[:：]\s*\w+")
_LEAST = 2


@dataclass(frozen=True)
class Columns:
    """Which column holds what: the index of each kind; `width` is how many columns there are.

    `signs` says which of the letters O, X and M stand in the column of marks, where they are yes and no, or optional and
    mandatory, or a cross. `more` are further columns of words (`Description` and `Notes`), `heads` the words above each.
    `levels` are further columns of names, of which each row fills one: how deep it stands.
    """

    at: dict[str, int]
    width: int
    signs: frozenset[str] = frozenset()
    more: tuple[int, ...] = ()
    heads: tuple[str, ...] = ()
    levels: tuple[int, ...] = ()

    def yes(self, row: Row, kind: str) -> bool | None:
        """Read the cell of a kind as yes or no; None where it says neither, or there is none."""
        text = self.cell(row, kind)
        letter = cells.clean(text).casefold()
        if letter in ("o", "x"):
            # O and X together are yes and no; beside M, an O is optional; X alone is a cross in a box.
            return (letter == "o") == ("x" in self.signs and "m" not in self.signs) if "o" in self.signs else True
        return cells.yes(text)

    def words(self, row: Row) -> str:
        """Return what all columns of words say in a row, code with its marks; the empty text where they say nothing."""
        wanted = [at for at in (self.at.get("description"), *self.more) if at is not None and at < len(row.cells)]
        return "\n".join(dict.fromkeys(cells.code(row.cells[at]) for at in wanted if _says_more(row.cells[at])))

    def cell(self, row: Row, kind: str) -> str:
        """Return what a row has in the column of a kind, as written; empty where there is no such column or cell."""
        at = self.at.get(kind)
        return row.cells[at] if at is not None and at < len(row.cells) else ""


def _says_more(cell: str) -> bool:
    """Tell whether a cell of words says anything that the type does not: `item 类型: object` does not."""
    return bool(cells.said(cell)) and _ITEMS.fullmatch(cells.clean(cell)[:_LONGEST]) is None


def head_kind(cell: str) -> str | None:
    """Return what a column with this head holds, by its words; None for words of no such meaning."""
    text = cells.clean(cell)[:_LONGEST].casefold().strip(" :：*?？.。\n#-_|\t") or cell.strip()
    bare = _ROUND.sub("", text).strip()
    for one in (text, bare, *re.split(r"\s*[/／、&\n]\s*", bare), *(part.strip() for part in re.split(r"[（(【\[]", text)[1:])):
        kind = _KIND.get(" ".join(one.strip(" ）)】]*?:").replace("_", " ").split()))
        if kind is not None:
            return kind
    return "required" if _MUST.fullmatch(text) else None


def is_head(row: Sequence[str]) -> bool:
    """Tell whether a row of cells is the head of a table of members, by its words alone."""
    if not _LEAST <= len([cell for cell in row if cell.strip()]) <= _SEEN or any(len(cell) > _LONGEST for cell in row):
        return False
    kinds = [head_kind(cell) for cell in row if cell.strip()]
    known = {kind for kind in kinds if kind is not None}
    named = bool(known & {"name", "title"}) and bool(known & {"type", "description", "schema"})
    answers = "status" in known and bool(known & {"description", "schema"})
    return len(kinds) >= _LEAST and kinds.count(None) * 3 <= len(kinds) and (named or answers)


def columns(table: Table) -> Columns:
    """Find what each column of a table holds; a kind that two columns have is the better one's."""
    kinds = [head_kind(cell) for cell in table.head]
    rows = table.rows[:_SEEN]
    for at, kind in enumerate(kinds):
        column = [cells.clean(row.cells[at]) for row in rows if at < len(row.cells)]
        kinds[at] = _by_content(kind, [cell for cell in column if cell], kinds)
    at_kind: dict[str, int] = {}
    names = [at for at, kind in enumerate(kinds) if kind == "name" or (kind in ("title", "number") and "name" not in kinds)]
    if not names and "type" in kinds:
        names = [at for at, kind in enumerate(kinds) if kind is None]
    best = max(names, key=lambda at: (_names(rows, at), kinds[at] == "name"), default=None)
    if best is not None and _names(rows, best) > 0:
        at_kind["name"] = best
    else:
        best = None
    levels = _levels(rows, [at for at, kind in enumerate(kinds) if kind == "name"])
    if levels:
        best = at_kind["name"] = levels[0]
    for at, kind in enumerate(kinds):
        if at in levels:
            continue
        if kind is not None and at != best:
            at_kind.setdefault("title" if kind == "name" else kind, at)
    if "type" not in at_kind:
        instead = next((at_kind[one] for one in ("schema", "format") if one in at_kind), None)
        at_kind |= {} if instead is None else {"type": instead}
    marks = at_kind.get("required", at_kind.get("optional", len(table.head)))
    signs = frozenset(cells.clean(row.cells[marks]).casefold() for row in rows if marks < len(row.cells))
    more = tuple(at for at, kind in enumerate(kinds) if kind == "description" and at not in at_kind.values())
    heads = tuple(cells.clean(cell) for cell in table.head)
    return Columns(at_kind, len(table.head), signs & {"o", "x", "m"}, more, heads, tuple(levels[1:]))


def _levels(rows: Sequence[Row], names: Sequence[int]) -> list[int]:
    """Return the columns of names where each row fills just one of them, and none of them fills every row."""
    if len(names) < _LEAST:
        return []
    filled = [[at for at in names if at < len(row.cells) and cells.clean(row.cells[at])] for row in rows]
    used = {at for those in filled for at in those}
    alone = len(filled) > 1 and all(len(those) <= 1 for those in filled) and len(used) >= _LEAST
    return [at for at in names if at in used] if alone and filled[0] == [names[0]] else []


def _names(rows: Sequence[Row], at: int) -> float:
    column = [row.cells[at] for row in rows if at < len(row.cells)]
    return sum(cells.name(cell) is not None for cell in column) / len(column) if column else 0.0


def _by_content(kind: str | None, column: Sequence[str], kinds: Sequence[str | None]) -> str | None:
    if not column:
        return kind
    if kind in ("type", "place", None) and all(cell.casefold() in _PLACES for cell in column):
        return "place"
    if kind == "status" and not all(
        re.fullmatch(r"(?i)[1-5](?:\d\d|xx)|default|\d{1,4}", cell.strip("`* ")) for cell in column
    ):
        # `Code` and `Status` may be any member's head, and `status` a member's name.
        return "name" if all(cells.name(cell) for cell in column) and "name" not in kinds else None
    if kind is None and "type" not in kinds and sum(read_cell(cell).known for cell in column) * 5 >= len(column) * 4:
        return "type"
    return kind


def fit(row: Row, table: Table, kinds: Columns) -> Row:
    """Mend a row that has more cells than its table has columns: a bare pipe in a type or in words made them."""
    extra = len(row.cells) - kinds.width
    if extra <= 0:
        return row
    at_type = kinds.at.get("type")
    if at_type is not None:
        joined = "|".join(row.cells[at_type : at_type + extra + 1])
        if read_cell(cells.clean(joined)).known:
            return _joined(row, at_type, extra)
    at_words = next((kinds.at[kind] for kind in ("description", "values", "limits") if kind in kinds.at), len(table.head) - 1)
    return _joined(row, at_words, extra)


def _joined(row: Row, at: int, extra: int) -> Row:
    cut = row.cells
    return type(row)(
        row.line, (*cut[:at], " | ".join(part.strip() for part in cut[at : at + extra + 1]), *cut[at + extra + 1 :])
    )
