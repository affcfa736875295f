"""The reader of examples: a page, or a file, that shows an answer and does not list its members."""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING

from docpact.derive import request
from docpact.derive.claims import Draft, Example, Note
from docpact.derive.examples import shapes
from docpact.derive.examples.commented import Document, Node, NotJsonError, read
from docpact.derive.examples.roles import FENCE, role
from docpact.derive.moving import moved
from docpact.derive.text import drafting, sections

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from docpact.derive.claims import Json, Operation
    from docpact.derive.page import Page

STYLE = "an example"
# Where the page says that it is one of the answer.
CERTAIN = "an example of the answer"
_CODE = {
    "bash", "sh", "shell", "curl", "python", "py", "java", "go", "golang", "php", "ruby", "rust", "csharp", "cs", "c", "cpp",
    "swift", "kotlin", "powershell", "yaml", "yml", "toml", "xml", "html", "css", "sql", "dart", "objc", "r", "graphql", "vue",
    "jsx", "tsx",
}  # fmt: skip
_SCRIPTS = {"javascript", "js", "typescript", "ts", "node", "nodejs"}
_LED = re.compile(r"[^{}\[\]\"'`$=]{0,60}[:：]\s*`?(?=[{\[]\s*(?:[\"'{\[\]}]|//|/\*|$))|`(?=\{)")
_SKELETON = {"string", "", 0, True, "str", "integer"}
_DESCRIPTIONS = (
    {"openapi", "paths"}, {"swagger", "paths"}, {"$schema", "properties"}, {"info", "item"}, {"log"}, {"type", "properties"},
)  # fmt: skip
_MOST = 60
_MOST_PIECES = 200
_ALIKE = 0.3
_VERY_ALIKE = 0.6
_SKELETON_SHARE = 0.8
_FEW = 4


@dataclass(frozen=True)
class Shown:
    """One example of a page: its document, first and last line, and whether it is a `response`, a `request`, `wrong` or ``."""

    document: Document
    first: int
    last: int
    role: str

    @property
    def names(self) -> set[str]:
        """Return the names of the members at its top, or of its items."""
        return {one.name for node in _objects(self.document.root) for one in node.members}


def drafts(page: Page) -> list[Draft]:
    """Return the drafts of the answers that a page shows, one for each of its requests: the members are those of examples."""
    bounds = _bounds(page)
    auth, line = request.find_auth(page.lines)
    found = []
    for start, end in bounds:
        # A piece is read by itself, so that many pieces take no longer than the page.
        piece = replace(page, lines=page.lines[start:end], raw=page.raw[start:end])
        found += [moved(draft, start) for draft in _drafted(piece)]
    if not found and len(bounds) > 1:
        found = _drafted(page)
    if auth is None or line is None:
        return found
    return [one if one.operation.auth else replace(one, operation=_asked_by(one.operation, auth, line)) for one in found]


def _asked_by(operation: Operation, auth: str, line: int) -> Operation:
    return replace(operation, auth=auth, lines={**operation.lines, "auth": (line, line)})


def _bounds(page: Page) -> list[tuple[int, int]]:
    """Cut a page before each request that is another one: what follows a sample of code is its answer."""
    starts: list[int] = []
    last: tuple[str, list[str]] | None = None
    for one in sorted(request.find_requests(page.lines, _MOST_PIECES), key=lambda one: one.line):
        key = (one.method, request.template(one.path)[0].split("/"))
        if last is None or key[0] != last[0] or not _alike_paths(key[1], last[1]):
            starts.append(one.line - 1)
        last = key
    # What stands above the first request may be its title, or say who may ask.
    return list(pairwise([0, *starts[1:], len(page.lines)]))


def _alike_paths(one: Sequence[str], other: Sequence[str]) -> bool:
    """Tell whether two paths may be the same, one with values where the other has parameters."""
    return len(one) == len(other) and all(a == b or "{" in a + b for a, b in zip(one, other, strict=True))


def _drafted(page: Page) -> list[Draft]:
    parts = sections.divide(page.lines)
    answers = _answers(page, list(_shown(page, parts)))
    if not answers:
        return []
    root = shapes.Shape()
    listing = answers[0].document.root.kind == "array"
    for one in answers:
        for node in _objects(one.document.root):
            root.add(node)
    entries = shapes.entries(root)
    if not entries:
        return []
    main = answers[0]
    region = (main.first, max(one.last for one in answers))
    made = drafting.draft(page, CERTAIN if main.role == "response" else STYLE, parts, entries, region)
    # The reader of strict JSON does not know what this one does.
    kept = [note for note in made.notes if "not JSON that can be read" not in note.message]
    example = Example(main.document.root.plain(), (main.first, main.last))
    notes = (*kept, *_notes(root, answers))
    return [replace(made, example=example, notes=notes, inferred=True, listing=listing)]


def _objects(root: Node) -> list[Node]:
    return [root] if root.kind == "object" else [one for one in root.items if one.kind == "object"]


def _shown(page: Page, parts: sections.Parts) -> Iterator[Shown]:
    """Find the JSON of a page, in the order of its lines."""
    text = "\n".join(page.raw)
    starts = [0]
    for line in page.raw:
        starts.append(starts[-1] + len(line) + 1)
    at, found, opened = 0, 0, 0
    language: str | None = None
    while at < len(page.lines) and found < _MOST:
        line = page.lines[at]
        if not line:
            at += 1
            continue
        fence = FENCE.fullmatch(line)
        if fence is not None:
            language = fence["language"].lower() if language is None else None
            opened = at
        begins = _begins(page.raw[at]) if fence is None and (language or "") not in _CODE else None
        if begins is not None and language in _SCRIPTS and any(page.lines[opened + 1 : at]):
            # In a program only what it begins with is no part of it.
            begins = None
        if begins is None:
            at += 1
            continue
        try:
            document = read(text, starts[at] + begins, at + 1)
        except NotJsonError as error:
            # What stands in an object that is broken off is no example by itself.
            at = max(at + 1, bisect_right(starts, error.at) - 1)
            continue
        last = document.root.last
        if any(node.members for node in _objects(document.root)) and not _is_description(document.root):
            found += 1
            yield Shown(document, at + 1, last, role(page, parts, at, document.root))
            if document.cut:
                return
        at = max(last, at + 1)


def _begins(line: str) -> int | None:
    """Return where in a line JSON begins: at its start, or behind a label."""
    bare = line.lstrip()
    if bare[:1] in ("{", "["):
        return len(line) - len(bare) if bare[:2] not in ("{{", "[!", "[^") else None
    match = _LED.match(line) if len(line) < 100_000 else None  # noqa: PLR2004 - a label is short, and so is its line
    return match.end() if match is not None else None


def _is_description(root: Node) -> bool:
    """Tell whether an object describes an interface (OpenAPI, JSON Schema, Postman, HAR), and is no answer of one."""
    names = {one.name for one in root.members}
    return any(names >= those for those in _DESCRIPTIONS)


def _stands_alone(page: Page, shown: Sequence[Shown]) -> bool:
    """Tell whether a page is little more than its examples: of any other, it is not known what they are of."""
    inside = {at for one in shown for at in range(one.first, one.last + 1)}
    filled = sum(bool(line) for line in page.lines)
    return 2 * sum(bool(page.lines[at - 1]) for at in inside) >= filled


def _answers(page: Page, shown: Sequence[Shown]) -> list[Shown]:
    """Choose the examples of the answer: those that are said to be, else those that nothing says are not."""
    asked = [one.line for one in request.find_requests(page.lines)]
    for wanted in ("response", ""):
        chosen = [one for one in shown if one.role == wanted]
        if wanted == "" and not asked and not _stands_alone(page, chosen):
            return []
        if wanted == "" and len(chosen) > 1:
            after = [one for one in chosen if asked and one.first > asked[0]]
            chosen = after or chosen
            if asked and _sends(page) and len(chosen) > 1:
                # What is sent stands before what comes back.
                chosen = chosen[1:]
        if chosen:
            answers = _alike(chosen)
            rest = [one for one in shown if one.role == "" and one not in chosen and one.first > answers[0].first]
            kind = answers[0].document.root.kind
            return answers + [one for one in rest if one.document.root.kind == kind and _share(one, answers[0]) >= _VERY_ALIKE]
    only = [one for one in shown if one.role == "wrong"]
    # A file that is nothing but JSON is the example that somebody means, whatever it says.
    return _alike(only) if only and all(not line for line in page.lines[: only[0].first - 1]) else []


def _sends(page: Page) -> bool:
    requests = request.find_requests(page.lines)
    return bool(requests) and requests[0].method in ("POST", "PUT", "PATCH")


def _alike(chosen: Sequence[Shown]) -> list[Shown]:
    """Take the example with most members, and those that share members with it; the fullest first, then as on the page."""
    main = max(chosen, key=lambda one: (one.document.root.kind == "object", _size(one.document.root)))
    kind = main.document.root.kind
    others = [one for one in chosen if one is not main and one.document.root.kind == kind and _share(one, main) >= _ALIKE]
    return [main, *(one for one in others if _fits(one, main))]


def _fits(one: Shown, main: Shown) -> bool:
    """Tell whether two examples may be of one answer: no member is an object in the one, and no object in the other."""
    kinds = {member.name: _kind(member.node) for node in _objects(main.document.root) for member in node.members}
    return all(
        kinds.get(member.name) in (None, "null", kind) or kind == "null"
        for node in _objects(one.document.root)
        for member in node.members
        for kind in [_kind(member.node)]
    )


def _kind(node: Node) -> str:
    """Return whether a value is an object, an array, null, or anything else."""
    return "null" if node.kind == "value" and node.value is None else node.kind.replace("word", "value")


def _size(root: Node) -> int:
    count, waiting = 0, [root]
    while waiting:
        node = waiting.pop()
        count += len(node.members)
        waiting += [one.node for one in node.members]
        waiting += node.items[:1]
    return count


def _share(one: Shown, other: Shown) -> float:
    return len(one.names & other.names) / max(len(one.names), 1)


def _notes(root: shapes.Shape, answers: Sequence[Shown]) -> list[Note]:
    main = answers[0]
    lines = (main.first, main.last)
    notes = [
        Note("note", "the members and types are those of an example: nothing lists them, or says which may be absent", lines)
    ]
    some = [name for name, one in root.members.items() if one.seen < root.objects]
    if some and root.objects > 1:
        notes.append(Note("note", f"not all of the {root.objects} examples have {', '.join(some[:8])}", lines))
    if main.document.cut:
        notes.append(Note("limit", f"only the first {len(main.document.root.items):,} items of the example are read", lines))
    if not main.document.strict:
        notes.append(Note("note", "the example is not strict JSON: comments, commas or names as people write them", lines))
    values = list(_values(main.document.root.plain()))
    hollow = sum(_is_hollow(value) for value in values)
    if len(values) >= _FEW and hollow >= _SKELETON_SHARE * len(values):
        notes.append(
            Note("note", 'the example is a generated skeleton ("string", 0, true): its values are no real ones', lines)
        )
    return notes


def _is_hollow(value: Json) -> bool:
    return not isinstance(value, list | dict) and value is not None and (value in _SKELETON or value is False)


def _values(value: Json) -> Iterator[Json]:
    waiting = [value]
    while waiting:
        one = waiting.pop()
        if isinstance(one, dict):
            waiting += one.values()
        elif isinstance(one, list):
            waiting += one
        else:
            yield one
