"""An HTML page as the lines that a reader of text understands: headings, bullets, pipe rows, fenced code, one thing a line.

A block begins a line and words within a line stay together, as in a browser. Pages set name, type and mark of a member beside
each other without a word between them (a row of chips): each of these becomes a line of its own.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from docpact.derive import labels
from docpact.derive.html import inline
from docpact.derive.html.grids import Grid, grid, is_table, set_in, tables_within
from docpact.derive.html.hidden import is_hidden, is_toggle
from docpact.derive.html.layout import HEADINGS, is_heavy, is_item, is_laid_out, term_parts
from docpact.derive.html.listings import is_listing, language, listing
from docpact.derive.html.markup import BLOCK, Element
from docpact.derive.tables import definitions

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_APART = {"p", "blockquote", "ul", "ol", "dl", "figure"}
_PROSE = {"p", "li", "dd", "dt", "td", "th", "caption", "figcaption", "legend", "blockquote", "summary"}
_MOST_NESTED = 12
_DEEPER = ("»", "└", "├", "↳", ".", "—", "--", "&emsp;")
# A list of nothing but values, of which the page says so in the name of its class only.
_VALUES = re.compile(r"(?i)enum|values")
_CELL = re.compile(r"^\s*(?:```.*|-\s+)")


def render(page: Element) -> list[str]:
    """Return the lines of a page, or of a part of it."""
    renderer = Renderer(tabs=inline.tabs_of(page))
    renderer.flow(page)
    lines = renderer.lines
    return [line for at, line in enumerate(lines) if line or (at and lines[at - 1])]


class Renderer:
    """The lines made so far, and how far the next ones are indented."""

    def __init__(self, indent: str = "", depth: int = 0, tabs: Mapping[int, str] | None = None) -> None:
        self.lines: list[str] = []
        self.indent = indent
        # How many tables this one stands in.
        self.depth = depth
        self.tabs = tabs or {}
        # Of a head that had a table of its own: how many columns, and after how many lines.
        self.head = (0, 0)

    def put(self, *lines: str) -> None:
        """Add lines at the indentation of where they stand."""
        self.lines += [f"{self.indent}{line}" if line else "" for line in lines]

    def gap(self) -> None:
        """Leave a line free."""
        if self.lines and self.lines[-1]:
            self.lines.append("")

    def flow(self, one: Element) -> None:
        """Render what an element holds: runs of words, and blocks between them; what a member holds is indented below it."""
        run: list[Element | str] = []
        outer, laid_out = self.indent, False
        for child in one.children:
            if isinstance(child, str) or (not child.broken and child.tag not in BLOCK and not is_listing(child)):
                run.append(child)
                continue
            self.words(run, one)
            run = []
            if is_toggle(child) or (child.tag == "summary" and inline.is_member(child)):
                self.block(child) if not is_toggle(child) else None
                if self.indent == outer and not laid_out:
                    # Asked once: of many that unfold something in one place, all have the same answer.
                    laid_out = is_laid_out(one)
                    self.indent = outer if laid_out else f"{outer}  "
                continue
            if is_hidden(child) or not self._named(child):
                continue
            if child.tag in ("ul", "ol") and _VALUES.search(f"{one.get('class')} {child.get('class')}"):
                self.put(*(" ".join(inline.text(item.children).split()) for item in child.elements if item.tag == "li"))
            else:
                self.block(child)
        self.words(run, one)
        self.indent = outer

    def _named(self, one: Element) -> bool:
        """Put the name of its tab above a panel; a row of tabs whose names stand above their panels is left away."""
        name = self.tabs.get(id(one))
        if name:
            self.gap()
            self.put(f"###### {name}")
            self.gap()
        return name != ""

    def words(self, run: Sequence[Element | str], parent: Element) -> None:
        """Render words that stand between two blocks."""
        if run:
            self.put(*inline.lines(run, prose=parent.tag in _PROSE))

    def block(self, one: Element) -> None:
        """Render one block."""
        tag = one.tag
        if tag in HEADINGS:
            self._heading(one)
        elif is_table(one):
            self._table(grid(one))
        elif is_listing(one):
            self._listing(one)
        elif tag in ("ul", "ol", "menu", "dir"):
            self._list(one)
        elif tag == "dl":
            self._terms(one)
        elif tag == "select":
            self.put(*inline.chosen(one))
        elif tag == "textarea":
            self._text_area(one)
        elif tag == "hr":
            self.gap()
        elif tag in _APART:
            self.gap()
            self.flow(one)
            self.gap()
        else:
            self.flow(one)

    def _heading(self, one: Element) -> None:
        text = " ".join(inline.text(one.children, heading=True).split())
        if text:
            self.gap()
            self.put(f"{'#' * HEADINGS[one.tag]} {text}")
            self.gap()

    def _listing(self, one: Element) -> None:
        lines = listing(one)
        if lines:
            fence = "````" if any(line.lstrip().startswith("```") for line in lines) else "```"
            self.gap()
            self.put(f"{fence}{language(one)}", *lines, fence)
            self.gap()

    def _text_area(self, one: Element) -> None:
        lines = [line.rstrip() for line in one.words().strip().splitlines()]
        if len(lines) > 1:
            self.put("```", *lines, "```")
        else:
            self.put(*lines)

    def _list(self, one: Element) -> None:
        numbered = one.tag == "ol"
        outer = self.indent
        for number, child in enumerate((item for item in one.elements if not is_hidden(item)), start=1):
            if child.tag != "li":
                self.indent = f"{outer}  "
                self.block(child)
                self.indent = outer
                continue
            mark = f"{number}. " if numbered else "- "
            inner = Renderer(f"{outer}  ", self.depth, self.tabs)
            inner.flow(child)
            lines = inner.lines[1:] if inner.lines[:1] == [""] else inner.lines
            if lines and is_item(child):
                lines[0] = f"{outer}{mark}{lines[0].strip()}"
            self.lines += lines

    def _terms(self, one: Element) -> None:
        """Render a list of terms, each with its first explanation in one line: `- term: what it is`."""
        outer = self.indent
        at: int | None = None
        for child in term_parts(one):
            if child.tag == "dt":
                term = " ".join(inline.text(child.children).split())
                self.put(f"- {term}")
                at = len(self.lines) - 1
                continue
            inner = Renderer(f"{outer}  ", self.depth, self.tabs)
            inner.flow(child)
            lines = inner.lines[1:] if inner.lines[:1] == [""] else inner.lines
            if at is not None and lines and not lines[0].lstrip().startswith(("```", "|", "#", "- ")):
                mark = "" if self.lines[at].endswith((":", "：")) else ":"
                self.lines[at] += f"{mark} {lines[0].strip()}"
                lines = lines[1:]
            self.lines += lines
            at = None
        self.gap()

    def _table(self, table: Grid) -> None:
        if not table.is_data and not definitions.are(table, self._bare):
            self.gap()
            seen: set[int] = set()
            for cell in (cell for row in table.rows for cell in row if cell is not None):
                if id(cell) not in seen:
                    seen.add(id(cell))
                    self.flow(cell)
            self.gap()
            return
        # Some pages fix the head of a table by giving it a table of its own.
        below = not table.headed and self.lines[-2:] == ["", ""] and self.head == (table.width, len(self.lines))
        if below:
            del self.lines[-2:]
        else:
            self.gap()
        head = [self._cell(cell) for cell in table.rows[0]] if table.headed else []
        if not below and definitions.are(table, self._bare):
            rows, after = definitions.rows(table, self._bare), list[Element]()
        else:
            rows, after = self._rows(table, "", head)
        for number, row in enumerate(rows):
            self.put(f"| {' | '.join([*row, *[''] * (table.width - len(row))])} |")
            if number == 0 and not below:
                self.put(f"|{'---|' * max(table.width, len(row))}")
        self.gap()
        if table.headed and len(rows) == 1:
            self.lines.append("")
            self.head = (table.width, len(self.lines))
        for one in after:
            self.block(one)

    def _rows(self, table: Grid, mark: str, head: list[str]) -> tuple[list[list[str]], list[Element]]:
        """Return the rows of a table, with those of tables in its cells below their row, and the tables that are others."""
        rows: list[list[str]] = []
        after: list[Element] = []
        for number, row in enumerate(table.rows):
            cells = [self._cell(cell) for cell in row]
            if table.levels[number] and not cells[0].startswith(_DEEPER):
                cells[0] = f"{'»' * table.levels[number]} {cells[0]}"
            if not mark and cells[0] and (number or not table.headed) and not cells[0].startswith(_DEEPER):
                cells[0] = f"{chr(0x2003) * set_in(row[0])}{cells[0]}"
            if mark and number == 0 and cells == head:
                continue
            if any(cells):
                cells[0] = f"{mark}{cells[0]}"
                rows.append(cells)
            after += [one for cell in row if cell is not None and is_heavy(cell) for one in self._apart(cells, cell)]
            for one, within in self._within(row):
                first = [self._cell(cell) for cell in within.rows[0]] if within.rows else []
                alike = first == head or not within.headed
                if alike and not definitions.are(within, self._bare) and self.depth + len(mark) < _MOST_NESTED:
                    below, others = self._rows(within, f"»{mark}" if mark else "» ", head)
                    rows += below
                    after += others
                else:
                    after.append(one)
        return rows, after

    def _within(self, row: Sequence[Element | None]) -> list[tuple[Element, Grid]]:
        """Return the tables in a row that say something by themselves, those inside tables for layout too."""
        waiting = [
            one for cell in reversed(row) if cell is not None and not is_heavy(cell) for one in reversed(tables_within(cell))
        ]
        found = []
        while waiting:
            one = waiting.pop()
            within = grid(one)
            if within.is_data or definitions.are(within, self._bare):
                found.append((one, within))
            else:
                waiting += [inner for cells in reversed(within.rows) for cell in cells if cell for inner in tables_within(cell)]
        return found

    def _apart(self, cells: Sequence[str], cell: Element) -> list[Element]:
        """Return what a cell holds that is too much for a row, under the status that its row speaks of."""
        status = labels.status(f"# {cells[0].strip('`')}")
        heading = [Element("h6", children=[cells[0]])] if status is not None else []
        return [*heading, Element("div", children=cell.children, broken=True)]

    def _bare(self, cell: Element) -> list[str]:
        renderer = _BareRenderer(depth=self.depth + 1, tabs=self.tabs)
        renderer.flow(cell)
        return [line.strip() for line in renderer.lines if line.strip()]

    def _cell(self, cell: Element | None) -> str:
        if cell is None:
            return ""
        if not cell.broken:
            made = inline.lines(cell.children, prose=True)
        else:
            renderer = _CellRenderer(depth=self.depth + 1, tabs=self.tabs)
            renderer.flow(cell)
            made = [_CELL.sub("", line).strip() for line in renderer.lines]
            made = [line for line in made if line][:1] if is_heavy(cell) else made
        return "<br>".join(line.replace("|", "\\|") for line in made if line)


class _CellRenderer(Renderer):
    """What a cell holds, without the tables in it, which get rows of their own."""

    def _table(self, table: Grid) -> None:
        if not table.is_data and not definitions.are(table, self._bare) and self.depth < _MOST_NESTED:
            self.depth += 1
            super()._table(table)
            self.depth -= 1


class _BareRenderer(Renderer):
    """What a cell holds, without any table in it, and with what stands side by side in lines of its own."""

    def words(self, run: Sequence[Element | str], parent: Element) -> None:  # noqa: ARG002 - the same for every element
        if run:
            self.put(*inline.lines(run, prose=False))

    def _table(self, table: Grid) -> None:
        pass
