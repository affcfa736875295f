"""What a schema allows at one place, in one form: spellings that allow the same payloads become the same node.

`type: [x]` is `type: x`, `const` is a list of one value, `anyOf` of different types is one list of
types, and what `$ref` and `allOf` point to is put together. Keywords that have no such form are kept as they stand, to be held
against each other as a whole; where they differ, that is said, and nothing is concluded from it.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from docpact.compare.joining import both, either, settled
from docpact.compare.node import ALL, LIMITS, OF_NAMES, WORDS, Node, key_of
from docpact.pointers import ABSENT

if TYPE_CHECKING:
    from collections.abc import Mapping

_SILENT = frozenset(("$schema", "$id", "$comment", "$defs", "definitions", "components", "discriminator", "$anchor"))
_KNOWN = frozenset((
    "type", "enum", "const", "properties", "required", "additionalProperties", "unevaluatedProperties", "items", "format",
    "$ref", "allOf", "anyOf", "oneOf",
))  # fmt: skip
_MOST_STEPS = 40
# A few lines of references to references can stand for more parts than there are atoms.
_MOST_PARTS = 2000


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
            node = both(node, Node(opaque={"$ref": {"$ref": schema["$ref"]}}) if part is ABSENT else self.node(part, steps + 1))
        if isinstance(schema.get("$ref"), str):
            node = replace(node, refs=node.refs | {schema["$ref"]})
        for keyword in ("anyOf", "oneOf"):
            if keyword in schema:
                node = self._of_several(node, keyword, schema[keyword], steps)
        if "unevaluatedProperties" in schema and node.further is True:
            # What it speaks of are the members that neither the schema nor what it refers to names: all are known by now.
            node = replace(node, further=schema["unevaluatedProperties"])
        return settled(node)

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
            union = either(joined, other)
            if union is None:
                return left
            joined = union
        return both(node, joined)

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


def _is_odd(schema: Mapping[str, Any], keyword: str) -> bool:
    """Tell whether a keyword holds what it cannot hold."""
    value = schema[keyword]
    if keyword == "enum":
        return not isinstance(value, list)
    names = [value] if isinstance(value, str) else value
    known = ALL | OF_NAMES.keys()
    return not isinstance(names, list) or not all(isinstance(name, str) and name in known for name in names)


def _types(schema: Mapping[str, Any]) -> frozenset[str]:
    if "type" not in schema or _is_odd(schema, "type"):
        return ALL
    names = [schema["type"]] if isinstance(schema["type"], str) else schema["type"]
    return frozenset().union(*(OF_NAMES.get(name, frozenset((name,))) for name in names))


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
