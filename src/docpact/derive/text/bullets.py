"""The reader of lists: a member a bullet, a number, a term or a line, nested by indentation or by dots."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from docpact.derive.text import evidence, listlines, members, sections
from docpact.derive.text.depths import by_indent, undotted
from docpact.derive.text.drafting import draft

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from docpact.derive.claims import Draft, Entry
    from docpact.derive.page import Page
    from docpact.derive.text.listlines import Line

STYLE = "list of members"
_LEAST = 2
# Lines between two members that are about the first one, where nothing but the members' form holds a list together.
_MOST_BETWEEN = 4
# A line that belongs to a member and says nothing of it.
_SILENT = "}"
_FENCE = re.compile(r"(?:`{3,}|~{3,}).*")
_HEADING = re.compile(r"#{1,6}\s+\S")
_MOST_ATTRIBUTES = 12


def drafts(page: Page) -> list[Draft]:
    """Read the operation of a page that lists its answer's members; nothing where its lists are about something else."""
    parts = sections.divide(page.lines)
    known = evidence.collect(page, parts)
    found: list[tuple[tuple[int, int], list[Entry]]] = []
    for one in parts.sections:
        if one.kind in sections.REQUEST or one.kind in ("auth", "footer") or not (one.status or "2").startswith("2"):
            continue
        for run in _runs(page, one.start, one.end):
            kept = _kept(page, run, one, known)
            if kept and known.speaks_of_answer(one, [line.name for line in kept], kept[0].at):
                until = _until(page, run, one.end)
                found.append(((kept[0].at + 1, until), _entries(page, kept, until)))
    if not found:
        return []
    region, best = max(found, key=lambda one: len(one[1]))
    return [draft(page, STYLE, parts, best, region)]


def _runs(page: Page, start: int, end: int) -> Iterator[list[Line]]:
    """Yield the lists of a section: lines that give names, as long as only words about them stand between."""
    run: list[Line] = []
    between = 0
    fenced = False
    for at in range(start, end):
        text = page.lines[at]
        if _FENCE.fullmatch(text[:200]):
            fenced = not fenced
            continue
        if not text or fenced:
            continue
        line = _line(page, at)
        if line is not None and (not run or line.bulleted == run[0].bulleted or line.indent > run[0].indent):
            run.append(line)
            between = 0
            continue
        between += 1
        if run and (_HEADING.match(text) or _apart(page, run, at, between)):
            yield run
            run, between = ([line] if line is not None else []), 0
    if run:
        yield run


def _line(page: Page, at: int) -> Line | None:
    """Read the line at `at`, or a term whose words stand on the next line behind a colon, as one that gives a name."""
    text = page.lines[at]
    following = page.lines[at + 1] if at + 1 < len(page.lines) else ""
    if following[:2] in (": ", ":\t") and len(text) + len(following) < listlines.LONGEST:
        return listlines.read(at, page.raw[at], f"{text} {following}")
    line = listlines.read(at, page.raw[at], text)
    if line is None or members.says_something_else(listlines.bullet(text) or text):
        return None
    return line if line.bulleted or line.said.claim is not None else None


def _apart(page: Page, run: Sequence[Line], at: int, between: int) -> bool:
    """Tell whether a line that gives no name ends a list: it stands no deeper than the list, or is one too many."""
    if run[0].bulleted:
        inside = listlines.indent(page.raw[at]) > run[0].indent or page.lines[at - 1] != ""
        return not inside and listlines.bullet(page.lines[at]) is None
    return between > _MOST_BETWEEN


def _until(page: Page, run: Sequence[Line], end: int) -> int:
    """Find where the words about the last member of a list end."""
    last = run[-1]
    for at in range(last.at + 1, end):
        text = page.lines[at]
        ends = not run[0].bulleted or listlines.indent(page.raw[at]) <= last.indent
        if (not text and ends) or text[:1] in ("{", "[") or _FENCE.fullmatch(text[:200]) or _HEADING.match(text):
            return at
    return end


def _kept(page: Page, run: Sequence[Line], one: sections.Section, known: evidence.Evidence) -> list[Line]:
    """Return the lines of a list that are members; none where too few of them say a type, or are known by an example.

    Below a heading that speaks of members, a bullet for each name is enough.
    """
    own = _without_values(page, run, known)
    named = [line for line in own if line.strong or line.said.claim is not None]
    heading = page.lines[one.start - 1] if one.start else ""
    if own and own[0].bulleted and known.names_members(one, heading, [line.name for line in named]):
        return named
    certain = [line for line in own if line.said.claim is not None or (line.strong and known.knows(line.name))]
    sure = {line.at for line in certain}
    places = {(line.indent, line.name) for line in certain}
    # Lines of a name and a type alone are the flattened text of a browser, which another reader knows better.
    if not own or (not own[0].bulleted and 2 * sum(bool(line.said.words) for line in certain) < len(certain)):
        return []
    untyped = all(line.said.claim is None for line in certain)
    if all(line.name.isupper() for line in certain) or (untyped and 3 * len(certain) < 2 * len(own)):
        return []
    if len(certain) < _LEAST or 2 * len(certain) < len(own) or 3 * len(places) < 2 * len(certain):
        return []
    lower = 2 * sum(line.name[:1].islower() for line in certain) > len(certain)
    return [line for line in own if line.at in sure or (line.strong and (line.name[:1].islower() or not lower))]


def _without_values(page: Page, run: Sequence[Line], known: evidence.Evidence) -> list[Line]:
    """Return the lines of a list without those that list the values of the member above them, which is given them."""
    found: list[Line] = []
    above: list[int] = []
    values: dict[int, list[Line]] = {}
    for number, line in enumerate(run):
        until = run[number + 1].at if number + 1 < len(run) else line.at + _MOST_ATTRIBUTES
        typed = line if line.said.claim is not None else _typed_below(page, line, until)
        while above and found[above[-1]].indent >= line.indent:
            above.pop()
        holder = found[above[-1]].said.claim if above else None
        value = typed.said.claim is None and listlines.is_token(line.name) and not known.knows(line.name)
        if above and value and (holder is None or holder.holder is None):
            values.setdefault(above[-1], []).append(line)
            continue
        above.append(len(found))
        found.append(typed)
    for at, listed in values.items():
        if len(listed) >= _LEAST and found[at].said.claim is not None:
            names, where = tuple(dict.fromkeys(line.name for line in listed)), (listed[0].at + 1, listed[-1].at + 1)
            found[at] = found[at]._replace(said=replace(found[at].said, values=names, listed_at=where))
    return found


def _typed_below(page: Page, line: Line, until: int) -> Line:
    """Give a line the type that a line below it says: `- Type: string`."""
    for at in range(line.at + 1, min(until, len(page.lines))):
        claim = members.type_said(listlines.bullet(page.lines[at]) or page.lines[at])
        if claim is not None:
            return line._replace(said=replace(line.said, claim=claim))
    return line


def _entries(page: Page, kept: Sequence[Line], until: int) -> list[Entry]:
    depths = _depths(kept, indented=any(raw[:1] in " \t" for raw in page.raw if raw))
    heads = [
        members.Head(line.at, line.at + 1, line.name, line.said, line.at, depth)
        for line, depth in zip(kept, depths, strict=True)
    ]
    bare = list(page.lines[:until])
    for at in range(kept[0].at, until):
        bare[at] = listlines.bullet(bare[at]) or bare[at]
        if bare[at][:2] in (": ", ":\t"):
            bare[at] = ""
    ends = [*(line.at for line in kept[1:]), until]
    for line, end in zip(kept, ends, strict=True):
        for at in range(line.at + 1, end if line.said.values else line.at):
            one = listlines.read(at, page.raw[at], page.lines[at])
            if one is not None and one.name in line.said.values:
                bare[at] = _SILENT
    return undotted(members.entries(bare, heads, until))


def _depths(kept: Sequence[Line], *, indented: bool) -> list[int | None]:
    """Return how deep each member stands; where a page has lost its indentation, other evidence must place what follows."""
    if len({line.indent for line in kept}) > 1:
        return [*by_indent([line.indent for line in kept])]
    holders = not indented and any(line.said.claim is not None and line.said.claim.holder is not None for line in kept)
    return [None if holders else 0] * len(kept)
