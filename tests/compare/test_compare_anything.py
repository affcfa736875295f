"""Whatever a document holds, comparing ends, says what it did not understand, and raises nothing but what callers know."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

import docpact
from docpact.errors import DocpactError
from docpact.pointers import ABSENT

KEYWORDS = (
    "type", "enum", "const", "properties", "required", "additionalProperties", "items", "format", "minLength", "maximum",
    "multipleOf", "pattern", "allOf", "anyOf", "oneOf", "not", "$ref", "$defs", "nullable", "exclusiveMinimum", "title",
    "x-page-lines", "unevaluatedProperties", "minItems", "uniqueItems", "minProperties", "default", "examples", "example", "if",
)  # fmt: skip
SCALARS = st.one_of(
    st.none(), st.booleans(), st.integers(-3, 3), st.floats(allow_nan=False, allow_infinity=False),
    st.sampled_from(("string", "integer", "object", "array", "null", "", "#", "#/$defs/a", "#/properties/a", "^a$", "(", "b")),
)  # fmt: skip
NAMES = st.sampled_from((*KEYWORDS, "a", "b"))
ANYTHING = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=4), max_leaves=12
)
SCHEMAS = st.dictionaries(NAMES, ANYTHING, min_size=1, max_size=6)
OF_OPENAPI = st.sampled_from(
    ("get", "parameters", "responses", "200", "content", "application/json", "schema", "security", "in", "name")
)
PARTS = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(OF_OPENAPI, inner, max_size=4), max_leaves=14
)
DOCUMENTS = st.fixed_dictionaries(
    {"openapi": SCALARS, "paths": st.dictionaries(st.sampled_from(("/a", "/b/{c}")), PARTS, max_size=2)},
    optional={"components": PARTS, "security": PARTS, "servers": PARTS, "swagger": SCALARS},
)


@settings(max_examples=300, deadline=None)
@given(SCHEMAS | DOCUMENTS, SCHEMAS | DOCUMENTS)
def test_comparing_ends_with_changes_or_with_an_error_that_says_what_to_do(old: dict[str, Any], new: dict[str, Any]) -> None:
    try:
        found = docpact.diff(old, new)
    except DocpactError:
        return
    json.dumps([finding.changed for finding in found.findings()], allow_nan=False)
    for change in found.changes:
        assert change.message
        assert change.payload is not ABSENT or change.witness is None or change.witness.lack
    if json.dumps(old, sort_keys=True) == json.dumps(new, sort_keys=True):
        assert found.changes == ()


@settings(max_examples=200, deadline=None)
@given(SCHEMAS)
def test_any_schema_is_itself(schema: dict[str, Any]) -> None:
    try:
        found = docpact.diff(schema, json.loads(json.dumps(schema)))
    except DocpactError:
        return
    assert found.changes == ()
