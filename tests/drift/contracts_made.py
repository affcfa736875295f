"""Contracts made of a schema alone: no roles, no lifecycle, no coherence, no buttons."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Any

from docpact.api import Contract, load
from docpact.contract import Profile

# Names that break what takes a pointer, a line or a pattern apart carelessly.
ODD_NAMES = (
    "",
    " ",
    "*",
    "a/b",
    "a~b",
    "0",
    "=",
    "x y",
    "名字",
    "new\nline",
    "\x1b[31m",
    "\u202e",
    "\ud800",
    "[secret]",
    "__proto__",
)


def contract_of(schema: dict[str, Any], **given: Any) -> Contract:
    """Make a contract of a schema, with what else is given."""
    bare: dict[str, Any] = {
        "roles": {},
        "envelope": frozenset(),
        "coherence": (),
        "lifecycle": None,
        "buttons": (),
        "openapi": {},
    }
    made = replace(load(), schema=schema, name="made", **{**bare, **given})
    values = {part.name: getattr(made, part.name) for part in fields(made)}
    return Contract(**{**values, "profiles": given.get("profiles") or {"documented": Profile("documented", "the page")}})


def odd_schema() -> dict[str, Any]:
    """Every kind of type, and names as odd as a page can make them, in an object of its own."""
    kinds: dict[str, Any] = {
        "both": {"type": ["integer", "string"]},
        "nothing": {"type": "null"},
        "perhaps": {"type": ["string", "null"], "enum": ["yes", None]},
        "anything": {},
        "free": {"type": "object"},
        "grid": {
            "type": "array",
            "items": {"type": "array", "items": {"type": "object", "properties": {"x": {"type": "string"}}}},
        },
        "boxes": {"type": "array", "items": {"type": ["object", "null"], "properties": {"a": {}}, "required": ["a"]}},
        "level": {"type": "integer", "enum": [1, 2]},
        "flag": {"type": "boolean", "enum": [True]},
        "mixed": {"enum": ["a", 1, None]},
    }
    odd = {name: {"type": "string"} for name in ODD_NAMES}
    return {"type": "object", "properties": {**kinds, "odd": {"type": "object", "properties": odd, "required": list(odd)}}}


def odd_payload() -> dict[str, Any]:
    """A payload that keeps all of it."""
    return {
        "both": 1, "nothing": None, "perhaps": None, "anything": [{"": 1}], "free": {"a": {}}, "grid": [[{"x": "y"}, {}], []],
        "boxes": [None, {"a": 1}], "level": 2.0, "flag": True, "mixed": 1, "odd": dict.fromkeys(ODD_NAMES, "text"),
    }  # fmt: skip
