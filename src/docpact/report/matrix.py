"""A matrix of contracts, written out: each row is a client, each column the server that it meets."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, NamedTuple

from docpact.report.as_html import POLICY
from docpact.report.html_text import cell as shown
from docpact.report.html_text import esc
from docpact.report.markdown_text import code, safe
from docpact.report.page_style import STYLE
from docpact.report.showing import count, told

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

FORMATS = ("text", "json", "markdown", "html")
_OWN, _FITS = "·", "ok"
_MOST_KINDS = 3


class Cell(NamedTuple):
    """What a client meets at another server: changes that break it, others, the breaking ones by kind, the first of them."""

    breaking: int
    others: int
    kinds: Mapping[str, int]
    first: str


class Table(NamedTuple):
    """The names of the contracts, and a row of cells for each client; None where it is at its own server."""

    version: str
    names: tuple[str, ...]
    rows: tuple[tuple[Cell | None, ...], ...]
    notes: tuple[str, ...] = ()


def render(form: str, table: Table) -> Iterator[str]:
    """Yield the table in one of `FORMATS`."""
    return {"json": _json, "markdown": _markdown, "html": _html}.get(form, _text)(table)


def _word(cell: Cell | None) -> str:
    return _OWN if cell is None else str(cell.breaking) if cell.breaking else _FITS


def _fitting(table: Table) -> Iterator[str]:
    """Say in sentences who can stand in for whom."""
    for client, row in zip(table.names, table.rows, strict=True):
        able = [name for name, cell in zip(table.names, row, strict=True) if cell is not None and not cell.breaking]
        yield f"clients of {client} can use {', '.join(able) if able else 'no other one of these'}"


def _text(table: Table) -> Iterator[str]:
    numbers = [str(number) for number in range(1, len(table.names) + 1)]
    wide = max(len(told(name)) for name in table.names)
    room = max(3, *(len(_word(cell)) for row in table.rows for cell in row), len(numbers[-1]))
    yield "breaking changes that a client of the row meets at the server of the column\n\n"
    yield f"{'':{wide + len(numbers[-1]) + 2}}{''.join(f'{number:>{room + 1}}' for number in numbers)}\n"
    for number, name, row in zip(numbers, table.names, table.rows, strict=True):
        cells = "".join(f"{_word(cell):>{room + 1}}" for cell in row)
        yield f"{number:>{len(numbers[-1])}}  {told(name):<{wide}}{cells}\n"
    yield "\n"
    yield from (f"{told(line)}\n" for line in _fitting(table))
    yield from (f"note: {told(note)}\n" for note in table.notes)


def _json(table: Table) -> Iterator[str]:
    cells = [
        {
            "client": client, "server": server, "verdict": "breaks" if cell.breaking else "fits", "breaking": cell.breaking,
            "others": cell.others, "kinds": dict(cell.kinds), "first": cell.first,
        }
        for client, row in zip(table.names, table.rows, strict=True)
        for server, cell in zip(table.names, row, strict=True)
        if cell is not None
    ]  # fmt: skip
    whole = {"docpact": table.version, "names": list(table.names), "matrix": cells, "notes": list(table.notes)}
    yield json.dumps(whole, indent=1) + "\n"


def _markdown(table: Table) -> Iterator[str]:
    yield "### docpact: who can stand in for whom\n\n"
    yield "Breaking changes that a client of the row meets at the server of the column.\n\n"
    yield f"| client | {' | '.join(code(name) for name in table.names)} |\n|---|{'---:|' * len(table.names)}\n"
    for name, row in zip(table.names, table.rows, strict=True):
        cells = " | ".join(f"✅ {_FITS}" if cell is not None and not cell.breaking else _word(cell) for cell in row)
        yield f"| {code(name)} | {cells} |\n"
    yield "\n"
    yield from (f"- {safe(line)}\n" for line in _fitting(table))
    yield from (f"\n> {safe(note)}\n" for note in table.notes)


def _html(table: Table) -> Iterator[str]:
    yield '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
    yield f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">\n'
    yield '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
    yield '<meta name="color-scheme" content="light dark">\n'
    yield f"<title>docpact: who can stand in for whom</title>\n<style>{STYLE}</style>\n</head>\n<body>\n<header>\n"
    yield "<h1>docpact: who can stand in for whom</h1>\n</header>\n<main>\n<table>\n"
    yield "<caption>Breaking changes that a client of the row meets at the server of the column</caption>\n<thead><tr><td></td>"
    yield "".join(f'<th scope="col">{shown(name)}</th>' for name in table.names)
    yield "</tr></thead>\n<tbody>\n"
    for name, row in zip(table.names, table.rows, strict=True):
        yield f'<tr><th scope="row">{shown(name)}</th>{"".join(map(_html_cell, row))}</tr>\n'
    yield "</tbody>\n</table>\n"
    yield from (f"<p>{esc(line)}</p>\n" for line in _fitting(table))
    yield from (f'<p class="note">{esc(note)}</p>\n' for note in table.notes)
    yield f"</main>\n<footer>docpact {esc(table.version)}. This page is one file: it needs no script, and loads nothing."
    yield "</footer>\n"
    yield "</body>\n</html>\n"


def _html_cell(cell: Cell | None) -> str:
    if cell is None:
        return '<td class="muted">·</td>'
    if not cell.breaking:
        said = f"{count(cell.others, 'change')} break nobody" if cell.others > 1 else ""
        return f'<td><span class="fine">✓ {_FITS}</span><p class="told">{said}</p></td>'
    most = sorted(cell.kinds.items(), key=lambda item: -item[1])[:_MOST_KINDS]
    words = "; ".join(f"{number} {kind}" for kind, number in most)
    return f'<td><span class="error">✕ {count(cell.breaking, "change")}</span><p class="told">{esc(words)}</p></td>'
