"""The documented layer agrees with jsonschema on every input, and the closures in front of it are never wrong."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import example as also
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from mutations import mutated

from docpact.captures import Text
from docpact.contract import load
from docpact.errors import ContractError
from docpact.finding import Layer
from docpact.validate.engine import Engine
from docpact.validate.stream import Settings, Stream

CONTRACT = load()
REFERENCE = Draft202012Validator(dict(CONTRACT.schema))
NAMES = [*CONTRACT.schema["properties"], *CONTRACT.schema["properties"]["buttons"]["items"]["properties"], "surprise"]
WORDS = ["", "SUCCESS", "IN_PROGRESS", "IMAGINE", "100%", "MJ::JOB::upsample::1::x", "success", "\ud83d", "雨"]

scalars = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.sampled_from([0, 1, 1.0, -0.0, 10**30, 1e400, 2.5]),
    st.sampled_from(WORDS), st.text(max_size=5),
)  # fmt: skip
anything = st.recursive(
    scalars,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(NAMES) | st.text(max_size=3), inner, max_size=4)
    ),
    max_leaves=12,
)


changed = mutated(anything, most=3, new=st.sampled_from(NAMES))


def documented(body: bytes) -> list[str]:
    stream = Stream(CONTRACT, Settings(layers={Layer.DOCUMENTED}))
    found = [f for findings in stream.judge(Text("x", None, body, len(body))) for f in findings]
    return [f.rule for f in found if f.layer is Layer.DOCUMENTED]


@settings(max_examples=1500, deadline=None)
@given(st.one_of(changed, anything))
@also({"buttons": [], "submitTime": 1.0})
@also({"buttons": [], "submitTime": True})
@also({"buttons": [], "status": ["SUCCESS"]})
@also({"buttons": [], "submitTime": float("inf")})
def test_the_documented_layer_agrees_with_jsonschema(payload: Any) -> None:
    valid = REFERENCE.is_valid(payload)
    assert Engine(CONTRACT.schema).accepts(payload) <= valid, "the closures accepted what jsonschema refuses"
    # What a text holds is what Python reads in it: a number beyond a double comes back as infinity on both sides.
    body = json.dumps(payload).encode()
    assert (not documented(body)) == REFERENCE.is_valid(json.loads(body))


@settings(max_examples=500, deadline=None)
@given(changed)
def test_each_breach_that_jsonschema_finds_is_one_finding(payload: Any) -> None:
    errors = list(REFERENCE.iter_errors(payload))
    mistyped = {tuple(e.absolute_path) for e in errors if e.validator == "type"}
    expected = [e for e in errors if not (e.validator == "enum" and tuple(e.absolute_path) in mistyped)]
    found = documented(json.dumps(payload).encode())
    if found in (["documented-error-body"], ["documented-body"]):
        return
    assert len(found) == len(expected)


def test_the_closures_accept_the_example_without_jsonschema(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Engine, "errors", lambda *_: pytest.fail("the exact engine was asked"))
    assert Engine(CONTRACT.schema).accepts(CONTRACT.example)
    assert documented(json.dumps(CONTRACT.example).encode()) == []


@pytest.mark.parametrize(
    ("schema", "value", "keyword"),
    [
        ({"properties": {"a": {"pattern": "^x"}}}, {"a": "y"}, "pattern"),
        ({"additionalProperties": False}, {"a": 1}, "additionalProperties"),
        ({"$defs": {"b": {"maximum": 3}}, "properties": {"a": {"$ref": "#/$defs/b"}}}, {"a": 4}, "maximum"),
        ({"required": ["a", "b"], "maxProperties": 9}, {}, "required"),
        ({"enum": [[1], {"a": 1}]}, [2], "enum"),
    ],
)
def test_a_schema_with_any_other_keyword_is_judged_by_jsonschema(schema: dict[str, Any], value: Any, keyword: str) -> None:
    engine = Engine(schema)
    assert not engine.accepts(value)
    errors = list(engine.errors(value))
    assert {error.keyword for error in errors} == {keyword}
    assert len(errors) == (2 if keyword == "required" else 1)


@pytest.mark.parametrize("target", ["https://evil.example/schema.json", "file:///etc/passwd", "other.json"])
def test_a_schema_that_points_outside_of_itself_is_refused(target: str) -> None:
    with pytest.raises(ContractError, match="points outside of itself at /properties/a"):
        Engine({"properties": {"a": {"$ref": target}}})


@pytest.mark.parametrize(
    ("schema", "value"),
    [
        ({"type": ["string", "null"]}, None),
        ({"type": "array", "items": {"type": "number"}}, [1, 2.5]),
        ({"type": "array"}, [{}]),
        ({"type": "boolean"}, False),
        ({}, object),
    ],
)
def test_other_derived_forms_are_accepted_at_once(schema: dict[str, Any], value: Any) -> None:
    assert Engine(schema).accepts(value)
