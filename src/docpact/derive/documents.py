"""The OpenAPI documents of a page: the whole of it, or in its fences, or among its lines; as JSON, as YAML, or flattened."""

from __future__ import annotations

import re
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Any

from docpact.derive import in_json, unindented
from docpact.derive.claims import Note
from docpact.derive.tree import BrokenDocumentError, Node
from docpact.errors import MissingExtraError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from docpact.derive.page import Page

_FENCE = re.compile(r"\s*(?:>\s?)*(?P<ticks>`{3,}|~{3,})\s*(?P<lang>[\w+.-]*)")
_HEAD = re.compile(
    r"""["']?(?:openapi|swagger)["']?\s*:\s*["']?\d[\w.-]*["']?\s*,?\s*(?:\#.*)?|\{.*["'](?:openapi|swagger)["']\s*:.*"""
)
_PART = re.compile(r"""["']?(?:paths|components|definitions)["']?\s*:\s*\{?|["']?/[^\s"':]*["']?\s*:\s*\{?""")
_TOP = re.compile(r"(?:---|\.\.\.|#.*|-\s.*|-|[\w.$-]+\s*:(?:\s.*)?|[\"'][^\"']{1,200}[\"']\s*:(?:\s.*)?|/\S*:)")
_TOP_KEYS = re.compile(
    r"(?:info|host|basePath|schemes|consumes|produces|tags|servers|externalDocs|jsonSchemaDialect|security|x-[\w-]+)\s*:.*"
)
_INDENT = re.compile(r"[ \t\xa0\u3000\u2003\u2002]*")
_MOST_DOCUMENTS = 200


@dataclass(frozen=True)
class Document:
    """One document of a page: its root, how it is written, and what its reading left open or had to pass over."""

    root: Node
    form: str
    notes: tuple[Note, ...] = ()
    loose: frozenset[int] = frozenset()


def find(page: Page) -> list[Document]:
    """Return the OpenAPI documents of a page, parts of one that stand in fences of their own last.

    Raises `MissingExtraError` where a page has YAML, and PyYAML is not installed.
    """
    lines = _even(page.raw)
    whole, parts = _regions(page, lines)
    found = []
    for start, end in whole[:_MOST_DOCUMENTS]:
        document = _read(lines, start, end)
        if document is not None:
            found.append(document)
    for start, end in parts[:_MOST_DOCUMENTS]:
        document = _read(lines, start, end)
        if document is not None and document.root.kind == "table":
            found.append(_completed(document))
    return found


def _even(raw: Sequence[str]) -> list[str]:
    """Return the lines with blanks for whatever else they are indented with: a tab for two, since YAML takes none."""
    lines = []
    for line in raw:
        match = _INDENT.match(line)
        indent = match[0] if match else ""
        clean = "".join("  " if char in "\t\u3000" else " " for char in indent) + line[len(indent) :]
        lines.append(clean.replace("\u200b", "").replace("\ufeff", "").replace("\xa0", " "))
    return lines


def _regions(page: Page, lines: Sequence[str]) -> tuple[list[tuple[int, int]], list[tuple[int, int]]]:
    """Return where the documents of a page stand, and where parts of one may: [start, end) from 0."""
    fences = _fences(lines)
    whole: list[tuple[int, int]] = []
    after = 0
    for at, line in enumerate(page.lines):
        if at < after or not line or not _HEAD.fullmatch(line):
            continue
        fence = next((one for one in fences if one[0] <= at < one[1]), None)
        region = (_first(lines, *fence), fence[1]) if fence else (_top(lines, at), _bottom(lines, at, fences))
        whole.append(region)
        after = region[1]
    parts = []
    for start, end in fences:
        first = _first(lines, start, end)
        if first < end and not any(a <= first < b for a, b in whole) and _PART.fullmatch(lines[first].strip()):
            parts.append((first, end))
    return whole, parts


def _fences(lines: Sequence[str]) -> list[tuple[int, int]]:
    """Return the insides of the fences of a page; one that is not closed goes to the end."""
    found = []
    opened: tuple[int, str] | None = None
    for at, line in enumerate(lines):
        match = _FENCE.match(line)
        if match is None:
            continue
        if opened is None:
            opened = at + 1, match["ticks"]
        elif match["ticks"].startswith(opened[1]) and not match["lang"]:
            found.append((opened[0], at))
            opened = None
    return [*found, (opened[0], len(lines))] if opened else found


def _first(lines: Sequence[str], start: int, end: int) -> int:
    return next((at for at in range(start, end) if lines[at].strip()), end)


def _top(lines: Sequence[str], head: int) -> int:
    """Return where a document without a fence begins: some set other members before its version."""
    at = head
    while at > 0 and (before := lines[at - 1].strip()):
        if before == "{":
            return at - 1
        indented = _depth(lines[at - 1]) > _depth(lines[head])
        if not indented and not _TOP_KEYS.fullmatch(before) and before != "---":
            break
        at -= 1
    # Only whole members: a line that hangs on nothing belongs to what stands above.
    while at < head and _depth(lines[at]) > _depth(lines[head]):
        at += 1
    return at


def _bottom(lines: Sequence[str], head: int, fences: Sequence[tuple[int, int]]) -> int:
    """Return where a document without a fence ends: at a line that cannot be one of it, at a fence, at the next one."""
    depth = _depth(lines[head])
    flat = _is_flat(lines, head, len(lines))
    stops = [start - 1 for start, _ in fences if start - 1 > head]
    last = min(stops, default=len(lines))
    for at in range(head + 1, last):
        line = lines[at].strip()
        if line and _HEAD.fullmatch(line):
            return at
        if line and not flat and lines[head].lstrip()[:1] != "{" and _depth(lines[at]) <= depth and not _TOP.fullmatch(line):
            return at
    return last


def _depth(line: str) -> int:
    return len(line) - len(line.lstrip())


def _is_flat(lines: Sequence[str], start: int, end: int) -> bool:
    """Tell whether the lines have lost their indentation: what stands below `paths` is not set in."""
    for at in range(start, end):
        if lines[at].strip() in ("paths:", "components:", "definitions:", "info:"):
            below = next((line for line in lines[at + 1 : end] if line.strip()), "")
            return _depth(below) <= _depth(lines[at])
    return False


def _read(lines: Sequence[str], start: int, end: int) -> Document | None:
    first = _first(lines, start, end)
    if first >= end:
        return None
    body = lines[first:end]
    if body[0].lstrip()[:1] == "{":
        try:
            return Document(in_json.parse(body, first + 1)[0], "JSON")
        except BrokenDocumentError as error:
            said = error.message
            line = error.line
    else:
        if _is_flat(lines, first, end):
            return _rebuilt(body, first + 1)
        try:
            return Document(_yaml().parse(_dedented(body), first + 1), "YAML")
        except BrokenDocumentError as error:
            said, line = error.message, error.line
        rebuilt = _rebuilt(body, first + 1)
        if rebuilt is not None and _answers(rebuilt.root):
            note = Note("limit", f"{said}; it is read without its indentation", (line, line))
            return Document(rebuilt.root, rebuilt.form, (note, *rebuilt.notes), rebuilt.loose)
    empty = Node("table", (first + 1, end))
    return Document(empty, "nothing", (Note("limit", f"an OpenAPI document that cannot be read: {said}", (line, line)),))


def _answers(root: Node) -> bool:
    return bool(root.table("paths") or root.table("components") or root.table("definitions"))


def _rebuilt(body: Sequence[str], first: int) -> Document | None:
    found = unindented.rebuild([line.strip() for line in body], first)
    return Document(found.root, "YAML without its indentation", found.notes, found.loose)


def _dedented(body: Sequence[str]) -> list[str]:
    """Take away the indentation that all lines have, as in a fence inside a list; lines that have less keep none."""
    least = _depth(body[0])
    return [line[min(least, _depth(line)) :] for line in body]


def _yaml() -> Any:
    """Return the reader of YAML; raise `MissingExtraError` where its package is not installed."""
    try:
        return import_module("docpact.derive.in_yaml")
    except ModuleNotFoundError as error:
        if error.name != "yaml":
            raise
        raise MissingExtraError("pages", "PyYAML") from error


def _completed(document: Document) -> Document:
    """Make a whole document of a part: of paths alone, or of the paths' members without the word."""
    root = document.root
    if root.members and all(name.startswith("/") for name in root.members):
        whole = Node("table", root.lines, members={"paths": root}, keys={"paths": root.lines[0]})
        return Document(whole, document.form, document.notes, document.loose)
    return document
