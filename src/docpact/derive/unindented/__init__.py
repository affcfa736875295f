"""OpenAPI in YAML that lost its indentation: rebuilt by what may stand where, and by what the lists of names say."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING

from docpact.derive.claims import Note
from docpact.derive.openapi.tree import as_text, walk
from docpact.derive.unindented.build import Builder
from docpact.derive.unindented.examples import examples
from docpact.derive.unindented.frames import LISTS, MISSING
from docpact.derive.unindented.grammar import of_version, shown_lists
from docpact.derive.unindented.lines import tokens
from docpact.derive.unindented.search import Search

if TYPE_CHECKING:
    from collections.abc import Sequence

    from docpact.derive.openapi.tree import Node
    from docpact.derive.unindented.lines import Token
    from docpact.derive.unindented.search import Found

_MOST_LINES = 8000
_MOST_NAMED = 12
_LONGEST = 1_000_000
_LONGEST_NOTE = 400
_EDGES = re.compile(r"""\s(?=(?:['"]?[\w$./{}*+-]{1,120}['"]?|[^\s\x00-\x7f]{1,20}):(?:\s|$)|-\s)""")
_INDICATOR = re.compile(r"^((?:- )?[\w$.-]{1,120}:\s+)[|>][+-]?\s+")
_SAYING = {"x-apifox-orders", "x-apifox-refs", "x-apifox-enum", "x-nullable", "x-enum"}
_IDLE = {"example", "examples", "security", "tags", "servers", "consumes", "produces", "externalDocs", "scopes", "tokenUrl"}
_ASKING = {"get", "put", "post", "delete", "options", "head", "patch", "trace", "requestBody", "parameters"}
_ANSWERING = {"responses", "components", "definitions", "schemas"}
_SCHEMA_WORDS = {"type", "$ref", "description", "title", "properties", "items", "allOf", "oneOf", "anyOf", "enum", "format"}


@dataclass(frozen=True)
class Rebuilt:
    """A document rebuilt: its root, what to tell about it, and the lines of members whose place nothing settles."""

    root: Node
    notes: tuple[Note, ...]
    loose: frozenset[int]


def collapsed(text: str) -> list[str]:
    """Cut a document that a page has set on one line into the lines that it may have had."""
    pieces = _EDGES.split(text[:_LONGEST])
    return [_INDICATOR.sub(r"\1", piece.strip(), count=1) for piece in pieces if piece.strip()]


def rebuild(lines: Sequence[str], first: int, *, on_one: bool = False) -> Rebuilt:
    """Rebuild the document of some trimmed lines; `first` is the number of the first one, or of all where `on_one` line."""
    notes: list[Note] = []
    if len(lines) > _MOST_LINES:
        said = f"the document lost its indentation, and only its first {_MOST_LINES:,} lines are read"
        notes.append(Note("limit", said, (first, first)))
    read = tokens(lines[:_MOST_LINES], first)
    if on_one:
        read = [one._replace(line=first, last=first) for one in read]
    names = frozenset(one.key for one, after in pairwise(read) if _is_member(one, after))
    grammar = of_version(read)
    found = Search(read, grammar, names).run("document")
    shown = shown_lists(read, names) if found.doubt else {}
    if shown:
        # Only where the lists of names leave something open: an example shows what is usual, and need not show all.
        grammar = {**grammar, "schema": replace(grammar["schema"], shown=shown)}
        again = Search(read, grammar, names).run("document")
        if len(again.doubt) < len(found.doubt):
            found = again
            said = f"what the items of {', '.join(shown)} hold is told by examples with several items"
            notes.append(Note("note", said[:_LONGEST_NOTE], (read[0].line, read[0].line)))
    root, free = Builder(read).build(found.steps)
    # What stands inside an example is settled with it.
    inside = {at for held in free.values() for at in held}
    members = {2 * step.token + 1: step.token for step in found.steps if ("schema", 2 * step.token + 1) in step.opened}
    named = _named(root) if not found.whole and found.hard < MISSING else set()
    settled = {at for at in members.values() if read[at].line in named}
    loose = frozenset(read[at].line for at in members.values() if at in found.doubt - settled)
    doubtful = found.doubt - inside - settled - _of_requests(read)
    notes += _told(read, found, [at for at in sorted(doubtful) if not _idle(read[at])])
    # An example that is rebuilt by members whose place is open would be evidence for whatever was guessed.
    if not loose and (found.whole or named):
        notes += examples(root, free, read)
    return Rebuilt(root, tuple(notes), loose)


def _named(root: Node) -> set[int]:
    """Return the lines of the members that a list of names of their object settles.

    The first member of an object can stand nowhere else, and so a list with its name is of that object, and its other
    names are too.
    """
    found: set[int] = set()
    for one in walk(root):
        members = one.get("properties")
        if members is None or not members.members:
            continue
        names = {as_text(item.value) for word in LISTS for item in one.list(word)}
        if next(iter(members.members)) in names:
            found |= {line for name, line in members.keys.items() if name in names}
    return found


def _is_member(one: Token, after: Token) -> bool:
    return one.form == "bare" and not one.item and after.key in _SCHEMA_WORDS and not after.item


def _of_requests(read: Sequence[Token]) -> set[int]:
    """Return the lines that are about requests: the members of an answer do not depend on them."""
    asked: set[int] = set()
    of_request = True
    for at, token in enumerate(read):
        if token.form == "bare" and not token.item:
            of_request = (of_request or token.key in _ASKING) and token.key not in _ANSWERING
        if of_request:
            asked.add(at)
    return asked


def _idle(token: Token) -> bool:
    """Tell whether a line says nothing about members, wherever it stands."""
    return token.key in _IDLE or (token.key.startswith("x-") and token.key not in _SAYING)


def _told(read: Sequence[Token], found: Found, doubtful: Sequence[int]) -> list[Note]:
    notes = []
    first = read[0].line if read else 1
    if found.stopped is not None:
        line = read[found.stopped].line
        notes.append(
            Note("limit", f"what follows line {line} is not read: it takes too long to tell what it belongs to", (line, line))
        )
    elif not found.whole:
        notes.append(Note("limit", "the document can be nested in more ways than were looked at", (first, first)))
    if doubtful:
        where = ", ".join(f"{read[at].line} ({read[at].key or read[at].value})"[:60] for at in doubtful[:_MOST_NAMED])
        more = f" and {len(doubtful) - _MOST_NAMED} more" if len(doubtful) > _MOST_NAMED else ""
        said = f"the indentation is lost, and nothing settles what these lines belong to: {where}{more}"
        notes.append(Note("note", said, (read[doubtful[0]].line, read[doubtful[-1]].line)))
    strange = [at for at in found.strange if read[at].key]
    if strange:
        where = ", ".join(f"{read[at].line} ({read[at].text})"[:80] for at in strange[:_MOST_NAMED])
        notes.append(Note("limit", f"lines that fit nowhere in an OpenAPI document: {where}", (read[strange[0]].line,) * 2))
    return notes
