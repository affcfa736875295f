"""The words of a schema, read one by one: types, values, limits, what is required."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from docpact.derive.example import json_type
from docpact.derive.openapi.tree import Node, as_text

if TYPE_CHECKING:
    from docpact.derive.claims import Lines

TYPES = ("string", "integer", "number", "boolean", "object", "array", "null")
_OTHER_NAMES = {"int": "integer", "long": "integer", "float": "number", "double": "number", "bool": "boolean", "file": "string"}
_LIMITS = (
    "pattern", "minLength", "maxLength", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf",
    "minItems", "maxItems", "uniqueItems", "minProperties", "maxProperties",
)  # fmt: skip
# What Apifox writes for the members of a model that an object takes in.
MODEL = re.compile(r"[0-9A-HJKMNP-TV-Z]{26}")


def kinds_of(node: Node) -> tuple[tuple[str, ...], bool]:
    """Return the types of a schema without null, and whether null is one of them."""
    said = node.get("type")
    if said is None:
        names: list[str] = []
    elif said.kind == "list":
        names = [as_text(one.value) for one in said.items]
    else:
        names = [as_text(said.value)]
    known = [_OTHER_NAMES.get(name, name) for name in (one.strip().casefold() for one in names)]
    nullable = any(node.truth(word) for word in ("nullable", "x-nullable", "x-isnullable"))
    kinds = tuple(dict.fromkeys(name for name in known if name in TYPES and name != "null"))
    null = "null" in known or nullable
    return (kinds or (("null",) if "null" in known else ())), null


def values_of(node: Node) -> tuple[tuple[str, ...] | None, bool, Lines | None]:
    """Return the documented values of a schema, whether null is one of them, and their lines."""
    if node.get("const") is not None:
        one = node.get("const")
        return (None, True, None) if one is None or one.value is None else ((as_text(one.value),), False, node.line("const"))
    for word in ("enum", "x-enum", "x-apifox-enum"):
        listed = [one.get("value") or one if one.kind == "table" else one for one in node.list(word)]
        plain = [one for one in listed if one.kind == "value"]
        if plain:
            values = tuple(dict.fromkeys(as_text(one.value) for one in plain if one.value is not None))
            return values or None, any(one.value is None for one in plain), node.line(word)
    return None, False, None


def implied_kinds(node: Node) -> tuple[str, ...]:
    """Return the types of the values that a schema lists, where it names no type: they can be no others."""
    listed = [node.members["const"]] if "const" in node.members else list(node.list("enum"))
    kinds = [json_type(one.value) for one in listed if one.kind == "value" and one.value is not None]
    return tuple(dict.fromkeys(kinds))


def default_of(node: Node) -> str | None:
    """Return the default of a schema, where it is one value."""
    found = node.get("default")
    return as_text(found.value) if found is not None and found.kind == "value" and found.value is not None else None


def limits_of(node: Node) -> tuple[str, ...]:
    """Return what a schema says besides of its values: `minLength: 1`."""
    return tuple(
        f"{word}: {as_text(one.value)}"
        for word in _LIMITS
        if (one := node.get(word)) is not None and one.kind == "value" and one.value not in (None, False)
    )


def example_of(node: Node) -> Node | None:
    """Return the example of a schema, the first of several."""
    several = node.list("examples")
    return node.get("example") or (several[0] if several else None) or node.get("x-example")


def required_of(node: Node) -> dict[str, int]:
    """Return the names that a schema requires, with their lines; models that Apifox sets in are no names."""
    listed = node.list("required") or node.list("requiredProperties")
    return {name: one.lines[0] for one in listed if not MODEL.fullmatch(name := as_text(one.value))}
