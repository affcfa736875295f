"""The OpenAPI documents of a page: the whole of it, or in its fences, or among its lines; as JSON, as YAML, or flattened."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, replace
from importlib import import_module
from typing import TYPE_CHECKING, Any

from docpact.derive import unindented
from docpact.derive.claims import Note
from docpact.derive.openapi import in_json
from docpact.derive.openapi.mintlify import is_taken_apart, put_together
from docpact.derive.openapi.regions import COLLAPSED, depth_of, even, first_of, is_flat, regions
from docpact.derive.openapi.tree import BrokenDocumentError, Node, TooLargeError
from docpact.errors import MissingExtraError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from docpact.derive.openapi.tree import Parsed
    from docpact.derive.page import Page

_VALUED = re.compile(r"(?P<key>\s*(?:-\s+)*[^\s:#'\"|>-][^:]{0,200}:\s+)(?P<value>[^\s'\"|>].*)")
NOTHING = "nothing"
_MOST_MENDED = 40
_MOST_DOUBLED = 10
_MOST_MENDED_TEXT = 20_000_000


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
    lines = even(page.raw)
    whole, parts = regions(page, lines)
    found = []
    for start, end in whole:
        document = _read(lines, start, end)
        if document is not None:
            found.append(document)
    for start, end in parts:
        document = _read(lines, start, end)
        if document is not None and document.root.kind == "table":
            found.append(_completed(document))
    return found


def _read(lines: list[str], start: int, end: int) -> Document | None:
    first = first_of(lines, start, end)
    if first >= end:
        return None
    body = lines[first:end]
    head = body[0].strip()
    try:
        if COLLAPSED.fullmatch(head):
            return _rebuilt(unindented.collapsed(head), first + 1, on_one=True)
        if head[:1] == "{":
            return _parsed(in_json.parse(body, first + 1), "JSON", [])
        return _rebuilt(body, first + 1) if is_flat(lines, first, end) else _indented(body, first + 1)
    except BrokenDocumentError as error:
        where = error.line, error.line
        note = Note("limit", f"an OpenAPI document that cannot be read: {error.message}", where)
        return Document(Node("table", where), NOTHING, (note,))


def strictly(lines: list[str], first: int, end: int) -> Node | None:
    """Return the root of what stands in some lines, from 0; None for what is neither JSON nor YAML that can be read here."""
    body = lines[first:end]
    try:
        if body[0].lstrip()[:1] == "{":
            return in_json.parse(body, first + 1).root
        return _yaml_document(_dedented(body), first + 1).root
    except (BrokenDocumentError, MissingExtraError):
        return None


def _indented(body: list[str], first: int) -> Document:
    """Read YAML; where it is broken beyond mending, rebuild it as if it had lost its indentation."""
    try:
        return _yaml_document(_dedented(body), first)
    except TooLargeError:
        raise
    except BrokenDocumentError as error:
        rebuilt = _rebuilt(body, first)
        if not any(rebuilt.root.get(name) for name in ("paths", "components", "definitions")):
            raise
        note = Note("limit", f"{error.message}; it is read without its indentation", (error.line, error.line))
        return replace(rebuilt, notes=(note, *rebuilt.notes))


def _yaml_document(body: list[str], first: int) -> Document:
    """Read YAML, with quotes about the values that need them and have none, as `description: Note: it floats`."""
    reader = _yaml()
    notes: list[Note] = []
    for _ in range(max(1, min(_MOST_MENDED, _MOST_MENDED_TEXT // (1 + sum(map(len, body)))))):
        try:
            return _parsed(reader.parse(body, first), "YAML", notes)
        except TooLargeError:
            raise
        except BrokenDocumentError as error:
            at = next((at for at in (error.line - first, error.line - first - 1) if _mend(body, at)), None)
            if at is None:
                raise
            said = f"{error.message}; what stands behind the colon is read as a text"
            notes.append(Note("limit", said, (first + at, first + at)))
    return _parsed(reader.parse(body, first), "YAML", notes)


def _parsed(parsed: Parsed, form: str, notes: Sequence[Note]) -> Document:
    doubled = [
        Note("contradiction", f"{name[:80]} stands twice in one table; the first is taken", (line, line))
        for name, line in parsed.doubled[:_MOST_DOUBLED]
    ]
    return Document(parsed.root, form, (*notes, *doubled))


def _mend(body: list[str], at: int) -> bool:
    """Set the value of a line in quotes; tell whether it has one that had none."""
    match = _VALUED.fullmatch(body[at]) if 0 <= at < len(body) else None
    if match is None:
        return False
    body[at] = match["key"] + json.dumps(match["value"], ensure_ascii=False)
    return True


def _rebuilt(body: Sequence[str], first: int, *, on_one: bool = False) -> Document:
    found = unindented.rebuild([line.strip() for line in body], first, on_one=on_one)
    form = "YAML on one line" if on_one else "YAML without its indentation"
    return Document(found.root, form, found.notes, found.loose)


def _dedented(body: Sequence[str]) -> list[str]:
    """Take away the indentation that all lines have, as in a fence inside a list; lines that have less keep none."""
    least = depth_of(body[0])
    return [line[min(least, depth_of(line)) :] for line in body]


def _yaml() -> Any:
    """Return the reader of YAML; raise `MissingExtraError` where its package is not installed."""
    try:
        return import_module("docpact.derive.openapi.in_yaml")
    except ModuleNotFoundError as error:
        if error.name != "yaml":
            raise
        raise MissingExtraError("pages", "PyYAML") from error


def _completed(document: Document) -> Document:
    """Make a whole document of a part: of paths alone, or of the paths' members without the word."""
    root = document.root
    if is_taken_apart(root):
        return replace(document, root=put_together(root))
    if root.members and all(name.startswith("/") for name in root.members):
        whole = Node("table", root.lines, members={"paths": root}, keys={"paths": root.lines[0]})
        return Document(whole, document.form, document.notes, document.loose)
    return document
