"""The reader of tables: markdown of any dialect, copied cells, drawn tables; in the languages that pages are written in."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from docpact.derive import request
from docpact.derive.claims import Draft, Note
from docpact.derive.tables.answer import find_answer
from docpact.derive.tables.columns import is_head
from docpact.derive.tables.in_html import find_marked_up
from docpact.derive.tables.named import named
from docpact.derive.tables.operation import operation
from docpact.derive.tables.purpose import placed
from docpact.derive.tables.rows import find_tables
from docpact.derive.tables.vertical import find_vertical

if TYPE_CHECKING:
    from collections.abc import Sequence

    from docpact.derive.claims import Entry
    from docpact.derive.page import Page
    from docpact.derive.tables.rows import Table

STYLE = "tables"
_MOST_ENTRIES = 1500
_MOST_TOKENS = 2000
_TOKEN = re.compile(r"[A-Za-z][A-Za-z0-9_-]{1,63}")
# Japanese has Chinese characters too, and comes first.
_SCRIPTS = (
    ("ja", re.compile("[\u3041-\u30fa]")),
    ("ko", re.compile("[\uac00-\ud7a3]")),
    ("zh", re.compile("[\u4e00-\u9fff]")),
    ("ru", re.compile("[\u0400-\u04ff]")),
)


def outside(page: Page) -> Page:
    """Return a page without the lines of its tables."""
    taken = {line for one in _tables(page) for line in range(one.line, one.end + 1)}
    return page.only(*((at, at + 1) for at in range(len(page.lines)) if at + 1 not in taken))


def _tables(page: Page) -> list[Table]:
    found = [*find_tables(page, is_head), *find_marked_up(page.raw)]
    taken = {line for one in found for line in range(one.line, one.end + 1)}
    rest = ["" if number in taken else line for number, line in enumerate(page.lines, start=1)]
    return sorted([*found, *find_vertical(rest)], key=lambda one: one.line)


def drafts(page: Page) -> list[Draft]:
    """Read the one operation of a page of tables; nothing where no table lists the members of its answer."""
    found = _tables(page)
    if not found:
        return []
    requests = request.find_requests(page.lines)
    tables = placed(found, page.lines, next((one.line for one in requests if one.source == "heading"), 0))
    answer = find_answer(page, tables, named(tables, page.lines), requests)
    if answer is None:
        return []
    entries = answer.entries
    notes = [*answer.notes, *_limits(entries)]
    if len(entries) >= _MOST_ENTRIES:
        lines = (answer.table.table.line, answer.table.table.end)
        notes.append(Note("limit", f"only the first {_MOST_ENTRIES} members are read", lines))
    words = "".join([*answer.table.table.head, *(entry.description for entry in entries[:200])])
    return [
        Draft(
            style=STYLE,
            language=next((language for language, letters in _SCRIPTS if letters.search(words)), "en"),
            operation=operation(page, tables, requests),
            entries=tuple(entries[:_MOST_ENTRIES]),
            paths=tuple(one.path for one in requests[1:]),
            example=answer.example,
            tokens=_tokens(page, entries),
            notes=tuple(notes),
            listing=answer.listing,
        )
    ]


def _limits(entries: Sequence[Entry]) -> list[Note]:
    return [
        Note("note", f"{entry.name}: the page also says {limit!r}, which the schema does not carry", entry.lines["member"])
        for entry in entries
        for limit in entry.limits
    ][:_MOST_ENTRIES]


def _tokens(page: Page, entries: Sequence[Entry]) -> dict[str, int]:
    """Collect the words of the page, each with its first line: what may be a value where values run together."""
    if all(entry.listed for entry in entries):
        return {}
    found: dict[str, int] = {}
    for number, line in enumerate(page.lines, start=1):
        for token in _TOKEN.findall(line[:5000]):
            found.setdefault(token, number)
        if len(found) > _MOST_TOKENS:
            break
    return found
