"""What a schema allows at one place, in one form: spellings that allow the same payloads become the same node.

`type: [x]` is `type: x`, `const` is a list of one value, `anyOf` of different types is one list of
types, and what `$ref` and `allOf` point to is put together. Keywords that have no such form are kept as they stand, to be held
against each other as a whole; where they differ, that is said, and nothing is concluded from it.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from math import gcd
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from docpact.pointers import ABSENT

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

# An integer is a number, so that a number is an integer or a fraction.
ALL = frozenset(("null", "boolean", "integer", "fraction", "string", "array", "object"))
_OF_NAMES = {"number": frozenset(("integer", "fraction"))}
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
_SILENT = frozenset(("$schema", "$id", "$comment", "$defs", "definitions", "components", "discriminator", "$anchor"))
_KNOWN = frozenset((
    "type", "enum", "const", "properties", "required", "additionalProperties", "unevaluatedProperties", "items", "format",
    "$ref", "allOf", "anyOf", "oneOf",
))  # fmt: skip
_HIDES_TYPES = frozenset(("$ref", "allOf", "anyOf", "oneOf", "type", "enum", "schema", "$dynamicRef", "if", "not"))
_MOST_STEPS = 40
# A few lines of references to references can stand for more parts than there are atoms.
_MOST_PARTS = 2000
_NOTHING: Mapping[str, Any] = {}


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


class Reader:
    """Read the places of one document: what `$ref` points to is looked for in it, and nowhere else.

    `work` grows with what has been read, so that whoever reads much can stop.
    """

    def __init__(self, document: Mapping[str, Any]) -> None:
        self._document = document
        self._parts = 0
        self.work = 0

    def node(self, schema: Any, steps: int = 0) -> Node:
        """Put together what a schema allows at its top."""
        self._parts = self._parts + 1 if steps else 0
        if schema is False:
            return Node(types=frozenset())
        if schema is True or not isinstance(schema, dict):
            return Node() if schema is True else Node(opaque={"schema": schema})
        node = self._own(schema)
        parts = list(schema["allOf"]) if isinstance(schema.get("allOf"), list) else []
        if "$ref" in schema:
            parts.append(self.target(schema["$ref"]))
        if parts and (steps > _MOST_STEPS or self._parts > _MOST_PARTS):
            # Kept as it stands: what it refers to is held against the other side as a whole.
            return replace(
                node, opaque={**node.opaque, "allOf": {key: schema[key] for key in ("$ref", "allOf") if key in schema}}
            )
        for part in parts:
            node = _both(
                node, Node(opaque={"$ref": {"$ref": schema["$ref"]}}) if part is ABSENT else self.node(part, steps + 1)
            )
        if isinstance(schema.get("$ref"), str):
            node = replace(node, refs=node.refs | {schema["$ref"]})
        for keyword in ("anyOf", "oneOf"):
            if keyword in schema:
                node = self._of_several(node, keyword, schema[keyword], steps)
        if "unevaluatedProperties" in schema and node.further is True:
            # What it speaks of are the members that neither the schema nor what it refers to names: all are known by now.
            node = replace(node, further=schema["unevaluatedProperties"])
        return _settled(node)

    def target(self, target: Any) -> Any:
        """Return what a reference points to, ABSENT where it points nowhere or outside."""
        if not isinstance(target, str) or not target.startswith("#"):
            return ABSENT
        found: Any = self._document
        for part in target[1:].split("/")[1:]:
            name = unquote(part).replace("~1", "/").replace("~0", "~")
            if isinstance(found, list) and name.isdecimal() and int(name) < len(found):
                found = found[int(name)]
            elif isinstance(found, dict) and name in found:
                found = found[name]
            else:
                return ABSENT
        return found

    def _of_several(self, node: Node, keyword: str, branches: Any, steps: int) -> Node:
        """Join alternatives of which a value can only be one: they are of different types, or lists of values."""
        left = replace(node, opaque={**node.opaque, keyword: branches})
        if not isinstance(branches, list) or not branches or steps > _MOST_STEPS or self._parts > _MOST_PARTS:
            return left
        nodes = [self.node(branch, steps + 1) for branch in branches]
        joined = nodes[0]
        for other in nodes[1:]:
            union = _either(joined, other)
            if union is None:
                return left
            joined = union
        return _both(node, joined)

    def _own(self, schema: Mapping[str, Any]) -> Node:
        """Read the keywords of one object, without what it refers to."""
        types, values = _types(schema), _values(schema)
        self.work += len(schema) + len(values or ())
        opaque = {
            keyword: value
            for keyword, value in schema.items()
            if keyword not in _KNOWN | LIMITS.keys() | _SILENT and keyword not in WORDS and not keyword.startswith("x-")
        }
        opaque |= {keyword: schema[keyword] for keyword in ("type", "enum") if keyword in schema and _is_odd(schema, keyword)}
        properties, required = schema.get("properties", {}), schema.get("required", ())
        listed = frozenset(map(str, required)) if isinstance(required, list | tuple) else frozenset()
        lines = schema.get("x-page-lines", {})
        return Node(
            types=types,
            values=values,
            format=schema.get("format") if isinstance(schema.get("format"), str) else None,
            limits=_limits(schema),
            properties=properties if isinstance(properties, dict) else {},
            required=listed,
            further=schema.get("additionalProperties", True),
            items=schema.get("items", True),
            words={word: schema[word] for word in WORDS if word in schema},
            opaque=opaque,
            lines=lines if isinstance(lines, dict) else {},
        )


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


def _is_odd(schema: Mapping[str, Any], keyword: str) -> bool:
    """Tell whether a keyword holds what it cannot hold."""
    value = schema[keyword]
    if keyword == "enum":
        return not isinstance(value, list)
    names = [value] if isinstance(value, str) else value
    known = ALL | _OF_NAMES.keys()
    return not isinstance(names, list) or not all(isinstance(name, str) and name in known for name in names)


def _types(schema: Mapping[str, Any]) -> frozenset[str]:
    if "type" not in schema or _is_odd(schema, "type"):
        return ALL
    names = [schema["type"]] if isinstance(schema["type"], str) else schema["type"]
    return frozenset().union(*(_OF_NAMES.get(name, frozenset((name,))) for name in names))


def _values(schema: Mapping[str, Any]) -> tuple[Any, ...] | None:
    listed = schema.get("enum")
    values = list(listed) if isinstance(listed, list) else None
    if "const" in schema:
        values = [v for v in values if key_of(v) == key_of(schema["const"])] if values is not None else [schema["const"]]
    return None if values is None else tuple({key_of(value): value for value in values}.values())


def _limits(schema: Mapping[str, Any]) -> dict[str, Any]:
    """Read the limits that limit something."""
    limits = {keyword: schema[keyword] for keyword in LIMITS if keyword in schema}
    for keyword in ("minLength", "minItems", "minProperties"):
        if limits.get(keyword) == 0:
            del limits[keyword]
    if limits.get("uniqueItems") is False:
        del limits["uniqueItems"]
    return limits


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


def _settled(node: Node) -> Node:
    """Bring types and values into agreement: a listed value of another type never comes."""
    if node.values is None:
        return node
    values = tuple(value for value in node.values if type_of(value) in node.types)
    return replace(node, types=frozenset(map(type_of, values)), values=values)


def _both(one: Node, other: Node) -> Node:
    """Return what both nodes allow."""
    if one.values is None or other.values is None:
        values = other.values if one.values is None else one.values
    else:
        known = set(map(key_of, other.values))
        values = tuple(value for value in one.values if key_of(value) in known)
    properties = dict(one.properties)
    for name, schema in other.properties.items():
        properties[name] = {"allOf": [properties[name], schema]} if name in properties else schema
    opaque = {**one.opaque, **other.opaque}
    # Which members are further ones depends on each part alone, once one of them allows no others.
    if other.further is not True and one.further is not True and key_of(one.further) != key_of(other.further):
        opaque["additionalProperties"] = [one.further, other.further]
    elif other.further is not True and one.properties.keys() - other.properties.keys():
        opaque["additionalProperties"] = other.further
    elif one.further is not True and other.properties.keys() - one.properties.keys():
        opaque["additionalProperties"] = one.further
    return Node(
        types=one.types & other.types,
        values=values,
        format=one.format or other.format,
        limits=_tighter(one.limits, other.limits),
        properties=properties,
        required=one.required | other.required,
        further=other.further if one.further is True else one.further,
        items=_joined(one.items, other.items),
        words={**other.words, **one.words},
        opaque=opaque,
        lines={**other.lines, **one.lines},
        refs=one.refs | other.refs,
    )


def _joined(one: Any, other: Any) -> Any:
    if one is True or other is True:
        return other if one is True else one
    return {"allOf": [one, other]}


def _tighter(one: Mapping[str, Any], other: Mapping[str, Any]) -> dict[str, Any]:
    limits = {**one, **other}
    for keyword in one.keys() & other.keys():
        way = LIMITS[keyword][1]
        pair = one[keyword], other[keyword]
        if way and all(isinstance(value, int | float) for value in pair):
            limits[keyword] = max(pair) if way < 0 else min(pair)
        elif keyword == "multipleOf" and all(isinstance(value, int) and value > 0 for value in pair):
            limits[keyword] = pair[0] * pair[1] // gcd(*pair)
        elif pair[0] != pair[1]:
            # Two patterns hold together: that is no pattern, and is told as it is.
            limits[keyword] = [*pair]
    return limits


def _either(one: Node, other: Node) -> Node | None:
    """Return what one of two nodes allows, where that is a node: they share no type, or list all of their values."""
    one, other = _settled(one), _settled(other)
    if one.opaque or other.opaque or not one.types or not other.types:
        return None
    if one.types & other.types:
        finite = all(node.values is not None and node.types <= SCALARS for node in (one, other))
        values = (*(one.values or ()), *(other.values or ()))
        if not finite or len(set(map(key_of, values))) < len(values) or "null" in one.types & other.types:
            return None
        return replace(one, types=one.types | other.types, values=_with_null(values, one.types | other.types))
    listed = [node for node in (one, other) if node.values is not None]
    # A list of values is a list of all of them: what is beside it must be null alone.
    if listed and len(listed) == 1 and (other if listed[0] is one else one).types != {"null"}:
        return None
    values = tuple(value for node in listed for value in node.values or ())
    types = one.types | other.types
    arrays, objects = (one if kind in one.types else other for kind in ("array", "object"))
    limits = {k: v for node in (one, other) for k, v in node.limits.items() if _speaks(k, node)}
    return Node(
        types=types,
        values=_with_null(values, types) if listed else None,
        format=one.format or other.format,
        limits=limits,
        properties=objects.properties,
        required=objects.required,
        further=objects.further,
        items=arrays.items,
        words={**other.words, **one.words},
        lines={**other.lines, **one.lines},
        refs=one.refs | other.refs,
    )


def _with_null(values: tuple[Any, ...], types: frozenset[str]) -> tuple[Any, ...]:
    return (*values, None) if "null" in types and None not in values else values


def _speaks(keyword: str, node: Node) -> bool:
    """Tell whether a limit limits what a node allows."""
    return bool(_OF_NAMES.get(LIMITS[keyword][0], frozenset((LIMITS[keyword][0],))) & node.types)


def speaking(node: Node) -> dict[str, Any]:
    """Return the limits that limit something: those of a type that may come, where values are not listed."""
    return {} if node.values is not None else {k: v for k, v in node.limits.items() if _speaks(k, node)}


def type_name(types: frozenset[str]) -> str:
    """Name some types as a page does: `string`, `integer or null`, `anything`."""
    if types in (ALL, ALL - {"null"}):
        return "anything" if types == ALL else "anything but null"
    names = sorted("number" if name == "fraction" else name for name in types)
    if "number" in names:
        names = [name for name in names if name != "integer"]
    names.sort(key=lambda name: name == "null")
    return " or ".join(names) or "nothing"
