"""The laws of a comparison, on random schemas with random changes of which it is known what they are."""

from __future__ import annotations

from typing import Any

import mutated
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from docpact.compare.comparison import Comparison, compare
from docpact.compare.side import Side, of_document
from docpact.compare.table import KINDS, REQUEST, RESPONSE
from docpact.diffing import judge
from docpact.pointers import ABSENT

FEW = settings(max_examples=120, deadline=None)


def document(schema: dict[str, Any]) -> dict[str, Any]:
    """An OpenAPI document in which a schema is sent, and not answered."""
    body = {"content": {"application/json": {"schema": schema}}}
    return {
        "openapi": "3.1.0",
        "paths": {"/submit": {"post": {"requestBody": body, "responses": {"200": {"description": "ok"}}}}},
    }


def sides(mutant: mutated.Mutant, direction: str) -> tuple[Side, Side]:
    wrap = document if direction == REQUEST else dict
    return of_document(wrap(mutant.old), "OLD", "old"), of_document(wrap(mutant.new), "NEW", "new")


def facts(found: Comparison) -> list[tuple[str, str]]:
    return sorted((change.kind, change.pointer) for change in found.changes)


def expected(mutant: mutated.Mutant, direction: str) -> list[tuple[str, str]]:
    """What was changed, as the table of a direction calls it."""
    within = "/request" if direction == REQUEST else ""
    return sorted((f"{direction}-{kind}", f"{within}{pointer}") for kind, pointer in mutant.made)


@FEW
@given(mutated.mutants())
def test_a_change_is_told_and_nothing_else(mutant: mutated.Mutant) -> None:
    assert facts(compare(*sides(mutant, RESPONSE))) == expected(mutant, RESPONSE)


@FEW
@given(mutated.mutants(), st.sampled_from((RESPONSE, REQUEST)))
def test_a_witness_is_allowed_by_one_side_and_refused_by_the_other(mutant: mutated.Mutant, direction: str) -> None:
    found = compare(*sides(mutant, direction), judge)
    assert found.changes
    schemas = {"OLD": Draft202012Validator(mutant.old), "NEW": Draft202012Validator(mutant.new)}
    for change in found.changes:
        assert change.witness is not None
        if change.payload is ABSENT:
            # What only goes from an object that takes nothing else leaves nothing that the other side refuses.
            assert "closed" in change.kind, change
            assert change.witness.lack
            continue
        assert schemas[change.witness.allowed_by].is_valid(change.payload), change
        assert not schemas[change.witness.refused_by].is_valid(change.payload), change
        if change.breaking and "closed" not in change.kind:
            # A reader of answers is broken by what is new to it, a sender by what is no longer taken.
            assert change.witness.allowed_by == ("NEW" if direction == RESPONSE else "OLD"), change


@FEW
@given(mutated.schemas())
def test_a_contract_does_not_differ_from_itself(schema: dict[str, Any]) -> None:
    old, new = of_document(schema, "OLD", "old"), of_document(schema, "NEW", "new")
    assert compare(old, new).changes == ()
    assert compare(old, new).advice == "none"


@FEW
@given(mutated.mutants(), st.sampled_from((RESPONSE, REQUEST)))
def test_what_changed_backwards_is_the_mirror_of_what_changed(mutant: mutated.Mutant, direction: str) -> None:
    forward, backward = (compare(*pair) for pair in (sides(mutant, direction), sides(mutant, direction)[::-1]))
    assert sorted((KINDS[kind].mirror, pointer) for kind, pointer in facts(forward)) == facts(backward)
    assert sorted((str(c.old), str(c.new)) for c in forward.changes) == sorted(
        (str(c.new), str(c.old)) for c in backward.changes
    )


@FEW
@given(mutated.schemas())
def test_another_spelling_of_the_same_is_no_change(schema: dict[str, Any]) -> None:
    old, new = of_document(schema, "OLD", "old"), of_document(respelled(schema), "NEW", "new")
    assert compare(old, new).changes == ()


def respelled(schema: dict[str, Any]) -> dict[str, Any]:
    """The same schema in other words: types as lists, null as an alternative, members in another order."""
    found = dict(schema)
    types = mutated.types_of(schema)
    found["type"] = list(reversed(types))
    if "enum" in schema:
        found["enum"] = list(reversed(schema["enum"]))
        if len(schema["enum"]) == 1:
            found = {"const": schema["enum"][0]}
    if "required" in schema:
        found["required"] = list(reversed(schema["required"]))
    if "properties" in schema:
        found["properties"] = {name: respelled(part) for name, part in reversed(schema["properties"].items())}
    if "items" in schema:
        found["items"] = respelled(schema["items"])
    if len(types) > 1 and "enum" not in schema:
        found["type"] = next(name for name in types if name != "null")
        return {"anyOf": [{"type": "null"}, found]}
    return {"allOf": [found]}
