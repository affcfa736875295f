"""A schema that stands on a page without an OpenAPI document around it: JSON Schema in a fence, or as a file."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from docpact.derive import request
from docpact.derive.claims import Draft, Note, Operation
from docpact.derive.openapi import documents
from docpact.derive.openapi.members import Members
from docpact.derive.openapi.refs import References
from docpact.derive.openapi.regions import even, fences, first_of
from docpact.derive.openapi.shape import Member, Shapes

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from docpact.derive.claims import Lines
    from docpact.derive.openapi.tree import Node
    from docpact.derive.page import Page

_BEGINS = re.compile(r"""\{.*|["']?(?:\$schema|\$id|type|title|properties)["']?\s*:.*|[A-Za-z]\w{0,60}:""")
_FILE = re.compile(r"""\{.*|["']?(?:\$schema|\$id)["']?\s*:.*|type\s*:\s*object|properties\s*:""")
_SAYS = ("type", "$ref", "description", "enum", "const", "anyOf", "oneOf", "allOf", "properties", "items")
_ANSWER = re.compile(r"(?i)respon|return|answer|返回|响应|レスポンス|응답|respuesta|réponse|antwort|ответ|resposta|\b200\b")
_MOST = 40
_ABOVE = 6


def drafts(page: Page) -> list[Draft]:
    """Return the draft of the one schema of an answer that a page shows; its operation is as far as the page names one."""
    lines = even(page.raw)
    first = first_of(lines, 0, len(lines))
    whole = [(first, len(lines))] if first < len(lines) and _FILE.fullmatch(lines[first].strip()) else []
    shown = [(at, root) for at, end in (fences(lines) or whole)[:_MOST] for root in _schema(lines, at, end)]
    if len(shown) > 1:
        shown = [one for one in shown if _ANSWER.search(" ".join(_above(page.lines, one[0])))]
    if not shown:
        return []
    root = shown[0][1]
    references = References([root])
    entries, listing = Members(Shapes(references), references).of(Member(root, root.lines[0], ()))
    if not entries:
        return []
    notes = list(references.notes)
    if len(shown) > 1:
        notes.append(Note("note", f"there are {len(shown)} schemas of answers; the first is taken", shown[1][1].lines))
    text = " ".join(entry.description for entry in entries)
    language = "zh" if re.search("[\u4e00-\u9fff]", text) else "en"
    return [Draft("JSON Schema", language, _operation(page), tuple(entries), notes=tuple(notes), listing=listing)]


def _schema(lines: list[str], start: int, end: int) -> Iterator[Node]:
    first = first_of(lines, start, end)
    if first >= end or not _BEGINS.fullmatch(lines[first].strip()):
        return
    if not any("properties" in line for line in lines[first:end]):
        return
    root = documents.strictly(lines, first, end)
    if root is not None and len(root.members) == 1 and not _describes(root):
        # One name above it: the component that it is.
        root = next(iter(root.members.values()))
    if root is not None and _describes(root):
        yield root


def _describes(root: Node) -> bool:
    """Tell a schema from an example that has a member called `properties`: each of them is said to be something."""
    where = root.get("items") if root.text("type") == "array" else root
    members = where.table("properties") if where is not None else {}
    return bool(members) and all(any(word in one.members for word in _SAYS) for one in members.values())


def _above(lines: Sequence[str], at: int) -> list[str]:
    return [line for line in lines[:at] if line][-_ABOVE:]


def _operation(page: Page) -> Operation:
    """Return the one request of a page; nothing where it names none, or several."""
    found = request.find_requests(page.lines)
    if len({(one.method, one.path) for one in found}) != 1:
        return Operation("", "")
    one = found[0]
    auth, auth_line = request.find_auth(page.lines)
    title, title_line = request.title(page.lines, one.line)
    lines: dict[str, Lines] = {"method": (one.line, one.line), "path": (one.line, one.line)}
    if auth_line:
        lines["auth"] = (auth_line, auth_line)
    if title_line:
        lines["title"] = (title_line, title_line)
    return Operation(one.method, one.path, server=one.server, auth=auth, title=title, lines=lines)
