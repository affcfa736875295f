"""The reader of OpenAPI 3.0 and 3.1 and of Swagger 2: whole files, and documents that a page has inside."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import TYPE_CHECKING

from docpact.derive.claims import Draft, Entry, Example, Json
from docpact.derive.openapi import alone as openapi_alone
from docpact.derive.openapi import documents
from docpact.derive.openapi.members import Members
from docpact.derive.openapi.operation import METHODS, Requests
from docpact.derive.openapi.refs import References
from docpact.derive.openapi.shape import Member, Shapes
from docpact.derive.openapi.tree import BrokenDocumentError, Node, as_json

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from docpact.derive.page import Page

STYLE = "OpenAPI"
_JSON = re.compile(r"(?i)(?:application|text)/(?:[\w.-]+\+)?json(?:\s*;.*)?|application/\*|\*/\*|\*")
_PLAIN_JSON = re.compile(r"(?i)application/json\b.*")
_CHINESE = re.compile("[\u4e00-\u9fff]")
_KANA = re.compile("[\u3040-\u30ff]")
_MOST_ENTRIES = 100_000
_MOST_TOLD = 3


def drafts(page: Page) -> list[Draft]:
    """Return a draft for each operation of the page's documents that has an answer of status 2xx in JSON.

    Raises `MissingExtraError` where a page has YAML, and PyYAML is not installed.
    """
    found = documents.find(page)
    made: list[Draft] = []
    left = _MOST_ENTRIES
    for document in found:
        for draft in _document(document, found):
            if left <= 0:
                return made
            left -= len(draft.entries)
            made.append(draft)
    return made or ([] if found else openapi_alone.drafts(page))


def _document(document: documents.Document, others: Sequence[documents.Document]) -> Iterator[Draft]:
    roots = [document.root, *(one.root for one in others if one is not document)]
    broken = [note for one in others if one is not document for note in one.notes if one.form == documents.NOTHING]
    for path, place in document.root.table("paths").items():
        for method in METHODS:
            if method in place.members and path.startswith("/"):
                # Notes belong to the operation that they were made for.
                references = References(roots)
                draft = _operation(document.root, path, _followed(place, references), method, references)
                if draft is not None:
                    style = f"{STYLE} ({document.form})"
                    entries = tuple(_loosened(draft.entries, document.loose))
                    notes = (*document.notes, *broken, *references.notes)
                    yield replace(draft, style=style, entries=entries, notes=notes)


def _followed(place: Node, references: References) -> Node:
    found, passed = references.follow(place)
    return place if found is None or not passed else found


def _loosened(entries: Sequence[Entry], loose: frozenset[int]) -> Iterator[Entry]:
    """Forget how deep a member stands whose place nothing on the page settles, and what stands in it."""
    holders: list[tuple[Entry, bool]] = []
    for entry in entries:
        depth = entry.depth or 0
        del holders[depth:]
        unsettled = entry.lines["member"][0] in loose
        moving = bool(holders) and holders[-1][1]
        holders.append((entry, unsettled or moving))
        if unsettled or moving:
            holder = holders[-2][0] if depth and not unsettled else None
            yield replace(entry, depth=None, within=holder.lines["member"][0] if holder is not None else None)
        else:
            yield entry


def _operation(root: Node, path: str, place: Node, method: str, references: References) -> Draft | None:
    answer = _answer(place.members[method], references)
    if answer is None:
        return None
    schema, samples, media_type, trail = answer
    shapes = Shapes(references)
    entries: list[Entry] = []
    listing = False
    if schema is not None:
        entries, listing = Members(shapes, references).of(Member(schema, schema.lines[0], trail))
        samples = [*samples, *_schema_example(schema, shapes, trail)]
    example = _example(samples, entries, references)
    if not entries and example is None:
        return None
    operation = replace(Requests(root, references, shapes).operation(path, place, method), media_type=media_type)
    words = " ".join([operation.title, *(entry.description for entry in entries)])
    chinese = _CHINESE.search(words) and not _KANA.search(words)
    return Draft(STYLE, "zh" if chinese else "en", operation, tuple(entries), example=example, listing=listing)


def _answer(node: Node, references: References) -> tuple[Node | None, list[Node], str, tuple[str, ...]] | None:
    """Find the answer that succeeded: its schema, its examples, its media type, the references to it."""
    answers = node.table("responses")
    wanted = [code for code in answers if code == "200"] + [
        code for code in answers if re.fullmatch(r"2(?:\d\d|[xX]{2})", code)
    ]
    for code in dict.fromkeys(wanted or [code for code in answers if code == "default"]):
        found, trail = references.follow(answers[code])
        if found is None:
            continue
        content = found.table("content")
        medias = sorted((one for one in content if _JSON.fullmatch(one)), key=lambda one: _PLAIN_JSON.fullmatch(one) is None)
        for media in medias:
            body = content[media]
            name = "application/json" if "*" in media else media.partition(";")[0].strip().lower()
            if body.get("schema") is not None or _samples(body):
                return body.get("schema"), _samples(body), name, trail
        if found.get("schema") is not None or found.get("examples") is not None:
            return found.get("schema"), _old_samples(found.table("examples")), "application/json", trail
    return None


def _samples(body: Node) -> list[Node]:
    found = [one for one in (body.get("example"), body.get("x-example")) if one is not None]
    several = body.get("examples")
    if several is not None:
        found += [one.get("value") or one for one in several.members.values() if one.get("externalValue") is None]
        found += several.items
    return found


def _old_samples(examples: Mapping[str, Node]) -> list[Node]:
    """Return the examples of an answer of Swagger 2, which are named by media type."""
    return [one for name, one in examples.items() if _JSON.fullmatch(name)]


def _schema_example(schema: Node, shapes: Shapes, trail: tuple[str, ...]) -> list[Node]:
    example = shapes.of(Member(schema, schema.lines[0], trail)).example
    return [example] if example is not None else []


def _example(samples: Sequence[Node], entries: Sequence[Entry], references: References) -> Example | None:
    """Choose the example that knows most members; note how many others there are."""
    names = {entry.name for entry in entries if not entry.depth}
    read = [(one, value) for one in samples if isinstance(value := _value(one, references), dict | list) and value]
    if not read:
        return None
    best, value = max(read, key=lambda pair: len(names & _names(pair[1])))
    if len(read) > 1:
        references.note("note", f"there are {len(read)} examples; the one that shows most members is taken", best.lines)
    return Example(value, best.lines)


def _value(node: Node, references: References) -> Json:
    try:
        value = as_json(node)
    except BrokenDocumentError as error:
        references.note("limit", f"the example is too large: {error.message}", node.lines)
        return None
    if isinstance(value, str) and value.lstrip()[:1] in ("{", "["):
        try:
            parsed: Json = json.loads(value)
        except (ValueError, RecursionError):
            references.note("note", "the example is a text, and no JSON that can be read", node.lines)
            return None
        return parsed
    return value


def _names(value: Json) -> set[str]:
    first = value[0] if isinstance(value, list) and value else value
    return set(first) if isinstance(first, dict) else set()


def seen(page: Page) -> list[str]:
    """Tell which documents a page has that document no answer in JSON, for an error that says what was recognised."""
    told = []
    for one in documents.find(page)[:_MOST_TOLD]:
        broken = next((note for note in one.notes if one.form == documents.NOTHING), None)
        if broken is not None:
            told.append(f"line {broken.lines[0]} has {broken.message}")
        else:
            paths = len(one.root.table("paths"))
            told.append(
                f"an OpenAPI document in {one.form} (line {one.root.lines[0]}), no answer of 2xx in JSON in its {paths} paths"
            )
    return told
