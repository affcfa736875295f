"""The reader of flattened text: one thing a line, as Apifox, Mintlify and their relatives leave a browser."""

from __future__ import annotations

from typing import TYPE_CHECKING

from docpact.derive import sections
from docpact.derive.drafting import draft
from docpact.derive.heads import read_members

if TYPE_CHECKING:
    from docpact.derive.claims import Draft, Entry, Lines
    from docpact.derive.page import Page

STYLE = "flattened text (Apifox)"


def drafts(page: Page) -> list[Draft]:
    """Read the one operation of a page of flattened text; nothing where no answer lists its members so."""
    parts = sections.divide(page.lines)
    entries, region = _body(page, parts)
    return [draft(page, STYLE, parts, entries, region)] if entries else []


def _body(page: Page, parts: sections.Parts) -> tuple[list[Entry], Lines]:
    """Find the members of the answer that succeeded: of 200, or of another 2xx, or of an answer without a status."""
    bodies = [(one, _members(page, one)) for one in sections.of_kind(parts, "body")]
    filled = [(one, entries) for one, entries in bodies if entries]
    for wanted in ("200", "2", ""):
        chosen = [pair for pair in filled if (pair[0].status or "").startswith(wanted) or (not wanted)]
        chosen = [pair for pair in chosen if pair[0].status == chosen[0][0].status]
        if chosen and (wanted or chosen[0][0].status is None):
            return [entry for _, entries in chosen for entry in entries], (chosen[0][0].start + 1, chosen[-1][0].end)
    if not parts.statuses and not sections.of_kind(parts, "body"):
        return _without_headings(page, parts)
    return [], (1, 1)


def _without_headings(page: Page, parts: sections.Parts) -> tuple[list[Entry], Lines]:
    """Read a page whose headings are lost: the members after its request, or after all that is said of the request."""
    for one in reversed(parts.sections):
        entries = _members(page, one) if one.kind in ("head", "code", "request", "auth") else []
        if entries:
            return entries, (one.start + 1, one.end)
    return [], (1, 1)


def _members(page: Page, one: sections.Section) -> list[Entry]:
    end = next((at for at in range(one.start, one.end) if page.lines[at][:1] in ("{", "[")), one.end)
    return read_members(page.lines, one.start, end)
