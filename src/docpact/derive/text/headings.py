"""The reader of pages that give each member a heading of its own, as MkDocs, VitePress, Docusaurus and GitBook set them."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from docpact.derive import labels
from docpact.derive.text import evidence, listlines, members, qualifiers, sections
from docpact.derive.text.depths import by_indent, undotted
from docpact.derive.text.drafting import draft

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from docpact.derive.claims import Draft, Entry, Lines
    from docpact.derive.page import Page

STYLE = "one heading a member"
_LEAST = 2
_MOST_LOOKED = 6
_BOLD_LEVEL = 7
_LONGEST = 300
_HEADING = re.compile(r"(?P<marks>#{1,6})\s*(?P<text>[^#\s].*?)[\s#]*")
_ANCHORED = re.compile(r"(?P<text>\S.{0,200}?)\s*(?:¶|🔗|\u200b)+")
_BOLD = re.compile(
    r"\*\*(?P<name>`?[A-Za-z_][\w.\[\]*-]{0,100}`?)\*\*(?:\s.{0,200}|[:：(（].{0,200})?|(?P<code>`[A-Za-z_][\w.\[\]*-]{0,100}`)"
)
_ANCHOR = re.compile(r"\s*(?:\{#[^{}]*\}|¶|🔗|\[[^\[\]]{0,3}\]\(#[^()]*\)|<a\s[^<>]*>\s*(?:</a>)?|\u200b)\s*")
_NUMBER = re.compile(r"\d{1,3}(?:\.\d{1,3}){0,5}[.、)]?\s+")
_ROW = re.compile(r"\|?\s*(?P<label>[^|]{1,30}?)\s*\|\s*(?P<value>[^|]{1,200}?)\s*\|?")
_FENCE = re.compile(r"(?:`{3,}|~{3,}).*")
_BOX = re.compile(r"(?::::|!!!|\?\?\?).*")


class _Heading(NamedTuple):
    """A heading: its index, its level from 1, its text without anchors and numbers."""

    at: int
    level: int
    text: str


class _Member(NamedTuple):
    """A heading that names a member, the chapter that it stands in (-1 for none), and whether the page says its type."""

    heading: _Heading
    head: members.Head
    chapter: int
    typed: bool


def drafts(page: Page) -> list[Draft]:
    """Read the operation of a page that has a heading for each member of its answer; nothing where headings are chapters."""
    lines = _unfenced(page.lines)
    headings = _headings(page, lines)
    parts = sections.divide(page.lines)
    known = evidence.collect(page, parts)
    found: list[tuple[Lines, list[Entry]]] = []
    for chapter, group in _grouped(lines, headings).items():
        section = _section(headings, chapter)
        heading = headings[chapter].text if chapter >= 0 else ""
        named = known.names_members(section, heading, [one.head.name for one in group])
        kept = group if named else _kept(group, known)
        if len(kept) < _LEAST or not known.speaks_of_answer(section, [one.head.name for one in kept], kept[0].heading.at):
            continue
        until = _until(headings, kept[-1].heading, len(lines))
        found.append(((kept[0].heading.at + 1, until), _entries(lines, headings, kept, until)))
    if not found:
        return []
    region, best = max(found, key=lambda one: len(one[1]))
    return [draft(page, STYLE, parts, best, region)]


def _unfenced(lines: Sequence[str]) -> list[str]:
    """Return the lines without those of code samples, and without the frames of boxes."""
    found = []
    fenced = False
    for line in lines:
        fence = _FENCE.fullmatch(line[:_LONGEST]) is not None
        found.append("" if fenced or fence or _BOX.fullmatch(line[:_LONGEST]) else line)
        fenced = fenced != fence
    return found


def _headings(page: Page, lines: Sequence[str]) -> list[_Heading]:
    found = []
    for at, line in enumerate(lines):
        if not line or len(line) > _LONGEST:
            continue
        marked = _HEADING.fullmatch(line)
        if marked is not None:
            level, text = len(marked["marks"]), marked["text"]
        elif (anchored := _ANCHORED.fullmatch(line if line[-1:] in "¶🔗" else page.raw[at].strip())) is not None:
            # How deep it stands is lost with its size; one that names a part of the page stands above the others.
            part = labels.section(anchored["text"]) is not None or labels.status(anchored["text"]) is not None
            level, text = _BOLD_LEVEL - (2 if part else 1), anchored["text"]
        elif _BOLD.fullmatch(line) is not None:
            level, text = _BOLD_LEVEL, line
        else:
            continue
        text = _ANCHOR.sub(" ", text).strip()
        found.append(_Heading(at, level, _NUMBER.sub("", text, count=1) if _NUMBER.match(text) else text))
    return found


def _grouped(lines: Sequence[str], headings: Sequence[_Heading]) -> dict[int, list[_Member]]:
    """Put the headings that may name members together by the chapter that they stand in."""
    groups: dict[int, list[_Member]] = {}
    # The headings above, each of a higher level than the next, with its chapter: its own index, or that of its parent.
    above: list[tuple[int, int]] = []
    for number, heading in enumerate(headings):
        while above and above[-1][0] >= heading.level:
            above.pop()
        chapter = above[-1][1] if above else -1
        end = headings[number + 1].at if number + 1 < len(headings) else len(lines)
        read = _read(lines, heading, end)
        if read is None:
            above.append((heading.level, number))
        else:
            groups.setdefault(chapter, []).append(_Member(heading, read, chapter, _is_typed(lines, read, end)))
            above.append((heading.level, chapter))
    return groups


def _read(lines: Sequence[str], heading: _Heading, end: int) -> members.Head | None:
    """Read a heading that may name a member, with the type that stands in it or in the first line below it."""
    line = listlines.read(heading.at, "", heading.text)
    if line is None or line.bulleted or (line.said.claim is None and not _names_only(line)):
        return None
    if heading.text.strip("*`")[:1].isupper() and (labels.section(heading.text) or labels.section(line.name)):
        return None
    if line.said.claim is not None:
        return members.Head(heading.at, heading.at + 1, line.name, line.said, heading.at)
    first = next((at for at in range(heading.at + 1, min(end, heading.at + _MOST_LOOKED)) if lines[at]), None)
    said = _first_line(lines[first]) if first is not None else None
    if said is None or first is None:
        return members.Head(heading.at, heading.at + 1, line.name, line.said, heading.at)
    if said.required is None:
        said = replace(said, required=line.said.required)
    said.words = "\n".join(part for part in (line.said.words, said.words) if part)
    return members.Head(heading.at, first + 1, line.name, said, first)


def _names_only(line: listlines.Line) -> bool:
    """Tell whether a heading is a name, or a name set apart from a few words: `id`, `id - the number`."""
    return not line.said.words or line.strong


def _first_line(line: str) -> qualifiers.Said | None:
    """Read a first line that begins with a type: `*string, required*`, "`string` - words", `string · optional`."""
    if members.says_something_else(line):
        return None
    said = qualifiers.read(line, components=line[:1] in "*`")
    plain = said.claim is not None and (not said.words or line[:1] in "*`(<[")
    return said if plain else None


def _is_typed(lines: Sequence[str], head: members.Head, end: int) -> bool:
    if head.said.claim is not None:
        return True
    below = range(head.after, min(end, head.after + 4 * _MOST_LOOKED))
    return any(members.type_said(piece) is not None for at in below for piece in members.pieces(_cell(lines[at])))


def _cell(line: str) -> str:
    """Return a row of two cells as the label and value that it is."""
    row = _ROW.fullmatch(line[:_LONGEST]) if "|" in line else None
    return f"{row['label']}: {row['value']}" if row is not None and not re.search(r"[:：]", row["label"]) else line


def _kept(group: Sequence[_Member], known: evidence.Evidence) -> list[_Member]:
    """Return the headings of a chapter that are members; none where most of them are something else."""
    certain = [one for one in group if one.typed or known.knows(one.head.name)]
    if 2 * len(certain) < len(group):
        return []
    levels = {one.heading.level for one in certain}
    sure = {one.heading.at for one in certain}
    return [one for one in group if one.heading.at in sure or one.heading.level in levels]


def _section(headings: Sequence[_Heading], chapter: int) -> sections.Section:
    """Return what kind of part a chapter is, by its own heading or by that of the nearest chapter above that is known."""
    level = _BOLD_LEVEL + 1
    for heading in reversed(headings[: chapter + 1]):
        if heading.level >= level:
            continue
        level = heading.level
        kind = "response" if labels.status(heading.text) is not None else labels.section(f"# {heading.text}")
        if kind is not None:
            answers = kind in ("response", "body", "object", "example")
            return sections.Section("body" if answers else kind, heading.at, heading.at)
    end = headings[chapter].at if chapter >= 0 else 0
    return sections.Section("head", end, 1 << 30)


def _until(headings: Sequence[_Heading], last: _Heading, end: int) -> int:
    return next((one.at for one in headings if one.at > last.at), end)


def _listed(lines: Sequence[str], head: members.Head, end: int) -> Iterator[members.Head]:
    """Yield a member and, if it holds others, those that a list below its heading names."""
    yield head
    if head.depth is None or head.said.claim is None or head.said.claim.holder is None:
        return
    for at in range(head.after, end):
        line = listlines.read(at, "", lines[at]) if listlines.bullet(lines[at]) is not None else None
        if (
            line is not None
            and line.said.claim is not None
            and not members.says_something_else(listlines.bullet(lines[at]) or "")
        ):
            yield members.Head(at, at + 1, line.name, line.said, at, head.depth + 1)


def _entries(lines: Sequence[str], headings: Sequence[_Heading], kept: Sequence[_Member], until: int) -> list[Entry]:
    lost = all(lines[one.heading.at][:1] != "#" and one.heading.level < _BOLD_LEVEL for one in kept)
    holders = any(one.head.said.claim is not None and one.head.said.claim.holder is not None for one in kept)
    depths = [None] * len(kept) if lost and holders else [*by_indent([one.heading.level for one in kept])]
    heads = [one.head._replace(depth=depth) for one, depth in zip(kept, depths, strict=True)]
    heads = [
        each for one in zip(heads, [*(head.at for head in heads[1:]), until], strict=True) for each in _listed(lines, *one)
    ]
    own = {one.heading.at for one in kept}
    # What stands under a heading of another kind is not about the member above it.
    others = [head.at for head in headings if head.at not in own and kept[0].heading.at < head.at < until]
    ends = [members.Head(at, at + 1, "", qualifiers.Said(), at) for at in others]
    ordered = sorted([*heads, *ends], key=lambda head: head.at)
    return undotted(members.entries([_cell(line) for line in lines[:until]], ordered, until))
