"""OpenAPI that lost its indentation: rebuilt as it was, or said to be open, and never something else in silence."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from docpact.derive import openapi
from docpact.derive.decisions import Decisions
from docpact.derive.page import read_page
from docpact.derive.settle import settle

if TYPE_CHECKING:
    from docpact.derive.claims import Draft

# Names that are words of the schema too, and plain ones.
NAMES = ("id", "state", "type", "properties", "description", "title", "items", "required", "example", "enum", "format", "note")
SCALARS = ("string", "integer", "number", "boolean")
TASK = ("id", "state", "type", "properties", "description", "buttons", "label", "note")
Schema = dict[str, Any]


def leaf(draw: st.DrawFn) -> Schema:
    made: Schema = {"type": draw(st.sampled_from(SCALARS))}
    if draw(st.booleans()):
        made["description"] = draw(st.sampled_from(("a kite", "what it is", "ends: never", "类型")))
    if draw(st.integers(0, 4)) == 0:
        made["nullable"] = True
    if made["type"] == "string" and draw(st.integers(0, 4)) == 0:
        made["enum"] = ["UP", "DOWN"]
    return made


@st.composite
def schemas(draw: st.DrawFn, depth: int = 0, *, lists: bool, words: tuple[str, ...] = NAMES) -> Schema:
    """Draw a schema of an object, in an order of words as a generator would have it."""
    names = draw(st.lists(st.sampled_from(words), min_size=1, max_size=5, unique=True))
    members: Schema = {}
    for name in names:
        kind = draw(st.sampled_from(("leaf", "leaf", "leaf", "object", "array", "texts"))) if depth < 2 else "leaf"
        if kind == "leaf":
            members[name] = leaf(draw)
        elif kind == "object":
            members[name] = draw(schemas(depth + 1, lists=lists, words=words))
        elif kind == "array":
            members[name] = {"type": "array", "items": draw(schemas(depth + 1, lists=lists, words=words))}
        else:
            members[name] = {"type": "array", "items": {"type": "string"}}
        if kind in ("array", "texts") and draw(st.booleans()):
            members[name]["description"] = "several"
    made: Schema = {"type": "object", "properties": members}
    chosen = draw(st.lists(st.sampled_from(names), min_size=1, unique=True))
    if lists or draw(st.booleans()):
        made["required"] = chosen
    if lists:
        made["x-apifox-orders"] = names
    if draw(st.integers(0, 3)) == 0:
        made["description"] = "an object"
    return made


def shown(draw: st.DrawFn, schema: Schema) -> Any:
    """Draw a value that the schema describes; a member that it does not require may be absent."""
    if schema["type"] == "array":
        return [shown(draw, schema["items"]) for _ in range(draw(st.integers(0, 2)))]
    if schema["type"] != "object":
        return {"string": "UP", "integer": 3, "number": 0.5, "boolean": True}[schema["type"]]
    kept = [name for name in schema["properties"] if name in schema.get("required", ()) or draw(st.booleans())]
    return {name: shown(draw, schema["properties"][name]) for name in kept}


def document(schema: Schema, example: Any = None) -> Schema:
    body = {"schema": schema} if example is None else {"schema": schema, "example": example}
    answer = {"description": "", "content": {"application/json": body}, "headers": {}}
    operation = {"summary": "a kite", "parameters": [], "responses": {"200": answer}, "security": []}
    return {"openapi": "3.0.1", "info": {"title": "", "version": "1"}, "paths": {"/kites/{id}": {"get": operation}}}


def members(draft: Draft) -> dict[str, tuple[Any, ...]]:
    reading = settle(draft, Decisions(()))
    return {one.path: (one.claim.type, one.required, one.claim.nullable, one.enum, one.description) for one in reading.fields}


def read(text: str) -> Draft:
    (draft,) = openapi.drafts(read_page(text.encode()))
    return draft


def flat(text: str) -> str:
    return "\n".join(line.strip() for line in text.split("\n"))


@settings(max_examples=60, deadline=None)
@given(schemas(lists=False))
def test_the_same_members_without_indentation_or_it_says_that_it_is_open(schema: Schema) -> None:
    text = yaml.safe_dump(document(schema), sort_keys=False, allow_unicode=True)
    whole, rebuilt = read(text), read(flat(text))
    if not rebuilt.notes and all(entry.depth is not None for entry in rebuilt.entries):
        assert members(rebuilt) == members(whole)


@settings(max_examples=60, deadline=None)
@given(schemas(lists=True, words=TASK))
def test_lists_of_names_settle_where_every_member_stands(schema: Schema) -> None:
    text = yaml.safe_dump(document(schema), sort_keys=False, allow_unicode=True)
    whole, rebuilt = read(text), read(flat(text))
    if not any("more ways than were looked at" in note.message for note in rebuilt.notes):
        assert [(one.name, one.depth) for one in rebuilt.entries] == [(one.name, one.depth) for one in whole.entries]


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_an_example_is_rebuilt_as_it_was_or_left_out(data: st.DataObject) -> None:
    schema = data.draw(schemas(lists=True, words=TASK))
    example = data.draw(st.composite(shown)(schema))
    text = yaml.safe_dump(document(schema, example), sort_keys=False, allow_unicode=True)
    whole, rebuilt = read(text), read(flat(text))
    if rebuilt.example is not None:
        assert whole.example is not None
        assert rebuilt.example.value == whole.example.value
    if not rebuilt.notes and all(entry.depth is not None for entry in rebuilt.entries):
        assert members(rebuilt) == members(whole)
