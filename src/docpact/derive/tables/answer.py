"""Which of a page's tables lists the answer, by labels, statuses, names and the example; and its members, all joined."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from docpact.derive.example import find_example
from docpact.derive.request import template
from docpact.derive.tables import cells
from docpact.derive.tables.inner import Shown, fill, likeness, shown, wrapped
from docpact.derive.tables.lost import nested_again
from docpact.derive.tables.members import read_members
from docpact.derive.tables.named import Named, components, expand, flatten
from docpact.derive.tables.types import read_cell

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from docpact.derive.claims import Entry, Example, Note
    from docpact.derive.page import Page
    from docpact.derive.request import Request
    from docpact.derive.tables.entries import Node
    from docpact.derive.tables.purpose import Placed

_MOST_EXAMPLES = 40
_LONGEST_EXAMPLE = 20_000
_STRUCTURE = re.compile(
    r"数据结构|结构体|数据模型|模型|实体|对象|字段|データ構造|モデル|オブジェクト|데이터 ?구조|모델|객체|структур|объект|модел"
    r"|(?i:\bobject\b|\bschemas?\b|\bmodels?\b|\bstruct|\bfields\b|\bproperties\b|\battributes\b|\bestructura|\bobjeto"
    r"|\bobjekt|\bobjet\b|\bmodelo)|详情|\w(?:Dto|DTO|VO|Vo|Entity|Model|Resp)\b"
)
_OF_REQUEST = re.compile(r"请求|入参|リクエスト|요청|(?i:\brequest|\bsolicitud|\brequisição|\banfrage|\brequête|запрос)")


@dataclass(frozen=True)
class Answer:
    """The answer as tables tell it: entries, whether it is an array of them, its table, an example and how much they agree."""

    entries: list[Entry]
    listing: bool
    table: Placed
    example: Example | None
    notes: tuple[Note, ...]
    overlap: float


def find_answer(page: Page, tables: Sequence[Placed], known: Named, requests: Sequence[Request]) -> Answer | None:
    """Find the answer that the tables of one operation list; None where no table does."""
    examples = [shown(one) for one in _examples(page)]
    candidates = _candidates(tables, known, examples, requests)
    further = [one for one in tables if one.lists_members and one.purpose in ("", "parameters", "response") and _succeeds(one)]
    answers = [_read(one, known, examples, [other for other in further if other.table is not one.table]) for one in candidates]
    read = [one for one in answers if one is not None]
    if not read:
        return None
    if not requests:
        # A page of structures has the answers of several requests: the longest one that an example shows.
        return max(read, key=lambda one: (2 * one.overlap >= 1, len(one.entries)))
    # What a label calls the answer comes first, then what the example shows, then the longest.
    return max(read, key=lambda one: (one.table.purpose == "response", one.overlap, len(one.entries)))


def _succeeds(one: Placed) -> bool:
    return not one.status or one.status.startswith("2")


def _candidates(tables: Sequence[Placed], known: Named, examples: Sequence[Shown], requests: Sequence[Request]) -> list[Placed]:
    """Return the tables that may list the answer, by the strongest word that any of them has."""
    members = [one for one in tables if one.lists_members and one.purpose not in ("status", "enum")]
    inner = _inner(members, known)
    response = [one for one in members if one.purpose == "response" and _succeeds(one)]
    outer = [one for one in response if one.table.line not in inner]
    if response and requests:
        return outer or response
    named = _by_status(tables, known)
    if named is not None:
        return [named]
    loose = [one for one in members if one.purpose in ("", "parameters") and _succeeds(one)]
    loose = [one for one in loose if one.table.line not in inner] or loose
    loose = [one for one in loose if _shown(one, examples) or (not examples and _defines(one, requests))]
    return [*(outer or response), *loose]


def _defines(one: Placed, requests: Sequence[Request]) -> bool:
    """Tell whether a table that no label and no example explains is one of an answer: a structure, or what a GET returns."""
    nodes = read_members(one.table, one.kinds).nodes
    if one.purpose or not any("type" in node.entry.lines for node in nodes):
        return False
    if any(_STRUCTURE.search(label) for label in one.labels):
        return True
    first = requests[0] if requests else None
    names = {node.entry.name for node in nodes}
    inside = {f"{{{name}}}" for name in names} if first is not None else set()
    return first is not None and first.method == "GET" and not inside <= set(template(first.path)[0].split("/"))


def _inner(members: Sequence[Placed], known: Named) -> set[int]:
    """Return the tables (by line) that another one names as the type, or the inside, of one of its members."""
    found: set[int] = set()
    for one in members:
        for node in _all(read_members(one.table, one.kinds).nodes):
            claim = node.entry.claim
            holds = claim.type in ("object", "array") or bool(claim.component)
            other = known.find(*components(claim), node.anchor, *((node.entry.name,) if holds else ()))
            if other is not None and other.table.line != one.table.line:
                found.add(other.table.line)
    return found


def _all(nodes: Sequence[Node]) -> Iterator[Node]:
    waiting = list(nodes)
    while waiting:
        node = waiting.pop()
        yield node
        waiting += node.children


def _by_status(tables: Sequence[Placed], known: Named) -> Placed | None:
    """Follow the schema that a table of statuses names for the first answer that succeeds."""
    for one in tables:
        if one.purpose != "status":
            continue
        for row in one.table.rows:
            code = cells.clean(one.kinds.cell(row, "status") or one.kinds.cell(row, "name"))
            schema = one.kinds.cell(row, "schema")
            said = cells.said(schema)
            if not code.strip("`* ").startswith(("2", "default")) or not said:
                continue
            claim = read_cell(said).claim
            table = known.find(*components(claim), cells.anchor(schema), said)
            if table is not None:
                return replace(
                    table,
                    purpose="response",
                    status=code[:3],
                    labels=(*table.labels, f"[]{said}" if claim.type == "array" else said),
                )
    return None


def _read(one: Placed, known: Named, examples: Sequence[Shown], others: Sequence[Placed]) -> Answer | None:
    members = read_members(one.table, one.kinds)
    listing = members.root is not None and members.root.type == "array"
    listing = listing or (one.purpose == "response" and bool(one.labels) and one.labels[-1].startswith("[]"))
    if not members.nodes and members.root is not None:
        table = known.find(*components(members.root), members.root_anchor)
        members = read_members(table.table, table.kinds) if table is not None else members
    known.left = 1500
    expand(members.nodes, known, (one.table.line,))
    entries = flatten(members)
    if not entries:
        return None
    fill(members.nodes, _best(entries, examples), others)
    entries = flatten(members)
    flat = members.flat and all(entry.depth == 0 for entry in entries)
    best = _best(entries, examples)
    if best is None and (placed := wrapped(entries, examples)) is not None:
        entries, inner, listing = placed
        return Answer(entries, listing, one, inner, (), 0.5)
    example = best.example if best is not None else None
    listing = listing or isinstance(example.value if example is not None else None, list)
    entries, notes = nested_again(entries, best) if flat else (entries, ())
    return Answer(entries, listing, one, example, notes, _alike(entries, best) if best is not None else 0.0)


def _shown(one: Placed, examples: Sequence[Shown]) -> bool:
    entries = [node.entry for node in read_members(one.table, one.kinds).nodes]
    return _best(entries, examples) is not None or wrapped(entries, examples) is not None


def _best(entries: Sequence[Entry], examples: Sequence[Shown]) -> Shown | None:
    """Return the first example that shows most of the members, if it is one of this answer at all."""
    best = max(examples, key=lambda one: _alike(entries, one), default=None)
    return best if best is not None and 2 * _alike(entries, best) >= 1 else None


def _alike(entries: Sequence[Entry], one: Shown) -> float:
    """Return how much of entries and example have the same names, at the top level."""
    return likeness({entry.name for entry in entries if not entry.depth}, one.top, one.everywhere)


def _examples(page: Page) -> Iterator[Example]:
    """Yield the JSON values that stand on a page, those of a request left out."""
    at, tries, last = 0, 0, 0
    lines = page.lines
    while at < len(lines) and tries < _MOST_EXAMPLES:
        if lines[at][:1] not in ("{", "["):
            at += 1
            continue
        end = next((n for n in range(at, min(len(lines), at + _LONGEST_EXAMPLE)) if lines[n].startswith("```")), len(lines))
        example, _ = find_example(lines, at, min(end, at + _LONGEST_EXAMPLE))
        tries += 1
        if example is None:
            at = end if end < len(lines) else at + 1
            continue
        if isinstance(example.value, dict | list) and not _of_request(lines, last, at):
            yield example
        at = last = example.lines[1]


def _of_request(lines: Sequence[str], floor: int, at: int) -> bool:
    """Tell whether the nearest words above an example speak of a request."""
    words = [line for line in lines[max(floor, at - 8) : at] if line and not line.startswith(("```", "|", "}"))]
    return bool(words) and _OF_REQUEST.search(words[-1][:80]) is not None and "返回" not in words[-1][:80]
