"""The reader of flattened text: one thing a line, as Apifox, Mintlify and their relatives leave a browser."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING

from docpact.derive import labels
from docpact.derive.example import escape, scopes
from docpact.derive.text import evidence, sections
from docpact.derive.text.depths import undotted
from docpact.derive.text.drafting import draft
from docpact.derive.text.heads import read_members
from docpact.derive.typeline import read_type

if TYPE_CHECKING:
    from collections.abc import Sequence

    from docpact.derive.claims import Draft, Entry, Lines
    from docpact.derive.page import Page

# What hides the members of objects until somebody asks for them, and lists the others without their depth.
_FOLDED = re.compile(
    r"(?i)(?!hide|隐藏|收起|ocultar|masquer|скрыть|隱藏|nascondi)"
    rf"(?:{labels.CHILDREN.pattern.removeprefix('(?i)')}|200 - \S+/\S+|response schema:? \S+/json)"
)
_LEAST = 2
_LONGEST_MARK = 30
_JSON = re.compile(r"\{(?:\s*$|\s*\")|\[\s*(?:$|[\[{\"])")
STYLE = "flattened text (Apifox)"


def drafts(page: Page) -> list[Draft]:
    """Read the one operation of a page of flattened text; nothing where no answer lists its members so."""
    page = _with_known_mark(page)
    parts = sections.divide(page.lines)
    entries, region = _body(page, parts)
    if not entries:
        return []
    made = draft(page, STYLE, parts, _whole(entries), region)
    return [replace(made, entries=tuple(_unfolded(page, made)), listing=_is_list(page, region))]


def _is_list(page: Page, region: Lines) -> bool:
    """Tell whether the answer is a list: its members begin below a type that has no name, `array [object {3}]`."""
    first = next((line for line in page.lines[region[0] - 1 : region[1]] if line), "")
    claim = read_type(first)
    return claim is not None and claim.type == "array" and claim.items is not None and claim.items.type == "object"


def _with_known_mark(page: Page) -> Page:
    """Return the page with its own word for `required`, where it is in a language that nobody here knows.

    What stands behind the header that a request must have (`Authorization`, `string`, `header`) is that word.
    """
    filled = [line for line in page.lines if line]
    for name, kind, place, word in zip(filled, filled[1:], filled[2:], filled[3:], strict=False):
        if place == "header" and kind == "string" and name.casefold() == "authorization":
            unknown = labels.mark(word) is None and len(word) <= _LONGEST_MARK and word[-1:] not in ".。:："
            if unknown and filled.count(word) > _LEAST:
                return replace(page, lines=tuple("required" if line == word else line for line in page.lines))
            break
    return page


def _whole(entries: list[Entry]) -> list[Entry]:
    """Take out what stands for the items of a list, `parts`, `object` after `parts`, `array of objects`; resolve dots."""
    kept = [
        entry
        for before, entry in zip([None, *entries], entries, strict=False)
        if before is None or entry.name != before.name or before.claim.type != "array" or entry.claim.type != "object"
    ]
    return undotted(kept)


def _folds(lines: Sequence[str]) -> bool:
    """Tell whether a page hides the members of its objects: it says so, or is of a generator that does."""
    if any(line in ("Array", "Array ()") for line in lines):
        return False
    pairs = pairwise(line for line in lines if line)
    return any(_FOLDED.fullmatch(line[:80]) or (line == "200" and below == "application/json") for line, below in pairs)


def _unfolded(page: Page, made: Draft) -> Sequence[Entry]:
    """Say that all members stand at the top, where the page hides those of its objects, and the example agrees."""
    if not _folds(page.lines) or any(entry.depth is not None for entry in made.entries):
        return made.entries
    shown = scopes(made.example.value) if made.example is not None else {}
    top = shown.get("") or shown.get("/*")
    for holder, following in pairwise(made.entries):
        inner = [one for path, one in shown.items() if path.removesuffix("/*").endswith(f"/{escape(holder.name)}")]
        if top is not None and following.name not in top.members and any(following.name in one.members for one in inner):
            return made.entries
    return [replace(entry, depth=0) for entry in made.entries]


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
        if entries and _speaks_of_answer(page, parts, entries):
            return entries, (one.start + 1, one.end)
    return [], (1, 1)


def _speaks_of_answer(page: Page, parts: sections.Parts, entries: Sequence[Entry]) -> bool:
    """Tell whether names and types without any heading are the members of an answer, and not a menu or a poem."""
    if sum(entry.required is not None for entry in entries) >= _LEAST:
        return True
    known = evidence.collect(page, parts)
    named = sum(known.knows(entry.name) for entry in entries)
    lower = sum(not entry.name[:1].isupper() for entry in entries)
    return 2 * named >= len(entries) >= _LEAST or (known.requested is not None and 2 * lower > len(entries))


def _members(page: Page, one: sections.Section) -> list[Entry]:
    end = next((at for at in range(one.start, one.end) if _JSON.match(page.lines[at])), one.end)
    if end > one.start and page.lines[end - 1][:3] == "```":
        end -= 1
    return read_members(page.lines, one.start, end)
