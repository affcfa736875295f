"""What a schema allows at one place, in one form, and how JSON values are named and told apart."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

# An integer is a number, so that a number is an integer or a fraction.
ALL = frozenset(("null", "boolean", "integer", "fraction", "string", "array", "object"))
OF_NAMES = {"number": frozenset(("integer", "fraction"))}
SCALARS = ALL - {"array", "object"}

# Of which type a keyword speaks, and whether a larger value lets more (+1) or less (-1) through.
LIMITS = {
    "minLength": ("string", -1), "maxLength": ("string", 1), "pattern": ("string", 0),
    "minimum": ("number", -1), "exclusiveMinimum": ("number", -1), "maximum": ("number", 1), "exclusiveMaximum": ("number", 1),
    "multipleOf": ("number", 0),
    "minItems": ("array", -1), "maxItems": ("array", 1), "uniqueItems": ("array", -1),
    "minProperties": ("object", -1), "maxProperties": ("object", 1),
}  # fmt: skip
WORDS = ("title", "description", "default", "example", "examples", "deprecated", "readOnly", "writeOnly", "contentEncoding",
         "contentMediaType", "externalDocs", "xml")  # fmt: skip
_HIDES_TYPES = frozenset(("$ref", "allOf", "anyOf", "oneOf", "type", "enum", "schema", "$dynamicRef", "if", "not"))


@dataclass(frozen=True)
class Node:
    """One place of a schema.

    `types` are what may stand there; `values` are the listed ones, None where none are; `limits` holds the
    keywords of `LIMITS`; `properties` are schemas; `further` is the schema of members that are not named (True: any, False:
    none); `items` is that of items; `opaque` holds what is not understood, by keyword; `lines` are page lines by what they say;
    `refs` are the references on the way.
    """

    types: frozenset[str] = ALL
    values: tuple[Any, ...] | None = None
    format: str | None = None
    limits: Mapping[str, Any] = field(default_factory=dict)
    properties: Mapping[str, Any] = field(default_factory=dict)
    required: frozenset[str] = frozenset()
    further: Any = True
    items: Any = True
    words: Mapping[str, Any] = field(default_factory=dict)
    opaque: Mapping[str, Any] = field(default_factory=dict)
    lines: Mapping[str, Any] = field(default_factory=dict)
    refs: frozenset[str] = frozenset()

    @property
    def anything(self) -> bool:
        """Whether a value of any type may stand there."""
        return self.types == ALL

    @property
    def unknown(self) -> bool:
        """Whether nothing is known of the types, because what says them is not understood."""
        return self.anything and not _HIDES_TYPES.isdisjoint(self.opaque)

    @property
    def some(self) -> frozenset[str]:
        """The types but null."""
        return self.types - {"null"}


def size_of(schema: Any) -> int:
    """Count the objects of a schema, and the values that they list."""
    return sum(1 + (len(part["enum"]) if isinstance(part.get("enum"), list) else 0) for part in parts_of(schema))


def parts_of(schema: Any) -> Iterator[Mapping[str, Any]]:
    """Yield every object that a schema is made of, itself among them."""
    todo = [schema]
    while todo:
        part = todo.pop()
        if isinstance(part, dict):
            yield part
            todo.extend(part.values())
        elif isinstance(part, list):
            todo.extend(part)


def key_of(value: Any) -> str:
    """Write a JSON value so that equal ones are equal texts: true is not 1, and 1.0 is."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return json.dumps(value, sort_keys=True, ensure_ascii=True)


def type_of(value: Any) -> str:
    """Name the type of a JSON value as nodes know it."""
    if value is None or isinstance(value, bool):
        return "null" if value is None else "boolean"
    if isinstance(value, int | float):
        return "integer" if isinstance(value, int) or value.is_integer() else "fraction"
    return "string" if isinstance(value, str) else "array" if isinstance(value, list) else "object"


def speaks(keyword: str, node: Node) -> bool:
    """Tell whether a limit limits what a node allows."""
    return bool(OF_NAMES.get(LIMITS[keyword][0], frozenset((LIMITS[keyword][0],))) & node.types)


def speaking(node: Node) -> dict[str, Any]:
    """Return the limits that limit something: those of a type that may come, where values are not listed."""
    return {} if node.values is not None else {k: v for k, v in node.limits.items() if speaks(k, node)}


def type_name(types: frozenset[str]) -> str:
    """Name some types as a page does: `string`, `integer or null`, `anything`."""
    if types in (ALL, ALL - {"null"}):
        return "anything" if types == ALL else "anything but null"
    names = sorted("number" if name == "fraction" else name for name in types)
    if "number" in names:
        names = [name for name in names if name != "integer"]
    names.sort(key=lambda name: name == "null")
    return " or ".join(names) or "nothing"
