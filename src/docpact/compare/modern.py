"""Schemas as older versions of OpenAPI spell them, in the spelling of today, which the judge knows."""

from __future__ import annotations

from typing import Any

from docpact.errors import ContractError

DEEPEST = 200
_LEAST_MOST = {"exclusiveMinimum": "minimum", "exclusiveMaximum": "maximum"}


def refuse_deep(document: Any, name: str) -> None:
    """Raise `ContractError` where a document is nested so deep that no schema is meant by it."""
    level, depth = [document], 0
    while level:
        depth += 1
        if depth > DEEPEST:
            raise ContractError(
                f"{name} is nested deeper than {DEEPEST} levels",
                hint="use $ref for what holds itself, or cut it down to one operation",
            )
        held = (part.values() if isinstance(part, dict) else part for part in level if isinstance(part, dict | list))
        level = [inner for parts in held for inner in parts]


def modern(part: Any) -> Any:
    """Return a document in which `nullable` is the type null, and exclusive limits are numbers."""
    if isinstance(part, list):
        return [modern(inner) for inner in part]
    if not isinstance(part, dict):
        return part
    found = {key: modern(value) for key, value in part.items()}
    if found.get("nullable") is True:
        del found["nullable"]
        found = _nullable(found)
    elif found.get("nullable") is False:
        del found["nullable"]
    for exclusive, limit in _LEAST_MOST.items():
        if isinstance(found.get(exclusive), bool) and found.pop(exclusive) and limit in found:
            found[exclusive] = found.pop(limit)
    return found


def _nullable(schema: dict[str, Any]) -> dict[str, Any]:
    """Allow null where a schema says that it is allowed: beside a type, or beside what it refers to."""
    if isinstance(schema.get("type"), str):
        enum = schema.get("enum")
        # A list of values that lacks null was meant to allow it: that is what `nullable` is written for.
        listed = {"enum": [*enum, None]} if isinstance(enum, list) and None not in enum else {}
        return {**schema, "type": [schema["type"], "null"], **listed}
    if "$ref" in schema or "allOf" in schema:
        keys = [key for key in ("$ref", "allOf") if key in schema]
        rest = {key: value for key, value in schema.items() if key not in keys}
        return {**rest, "anyOf": [{key: schema[key] for key in keys}, {"type": "null"}]}
    return schema
