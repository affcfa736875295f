"""A schema of OpenAPI seen whole: references followed, `allOf` merged, alternatives joined, what is lost by it noted."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from docpact.derive.example import json_type
from docpact.derive.openapi_refs import References, component
from docpact.derive.tree import Node, as_text

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from docpact.derive.claims import Lines

TYPES = ("string", "integer", "number", "boolean", "object", "array", "null")
_OTHER_NAMES = {"int": "integer", "long": "integer", "float": "number", "double": "number", "bool": "boolean", "file": "string"}
_LIMITS = (
    "pattern", "minLength", "maxLength", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf",
    "minItems", "maxItems", "uniqueItems", "minProperties", "maxProperties",
)  # fmt: skip
_IGNORED = (
    "not",
    "if",
    "then",
    "else",
    "patternProperties",
    "dependentSchemas",
    "dependentRequired",
    "prefixItems",
    "contains",
)
# What Apifox writes for the members of a model that an object takes in.
MODEL = re.compile(r"[0-9A-HJKMNP-TV-Z]{26}")
_MOST_SHAPES = 60_000
_DEEPEST = 30


@dataclass(frozen=True)
class Member:
    """A member of an object: its schema, the line of its name, and the references that lead to it."""

    node: Node
    line: int
    trail: tuple[str, ...]


@dataclass(frozen=True)
class Shape:
    """What a schema says about a value; `kinds` are JSON types without null, empty where it says none."""

    lines: dict[str, Lines]
    kinds: tuple[str, ...] = ()
    nullable: bool = False
    format: str | None = None
    title: str = ""
    text: str = ""
    enum: tuple[str, ...] | None = None
    default: str | None = None
    limits: tuple[str, ...] = ()
    members: Mapping[str, Member] = field(default_factory=dict)
    required: Mapping[str, int] = field(default_factory=dict)
    items: Member | None = None
    component: str | None = None
    flags: frozenset[str] = frozenset()
    example: Node | None = None

    @property
    def says_something(self) -> bool:
        """Tell whether the schema says anything at all about the value."""
        return bool(self.kinds or self.nullable or self.enum or self.members)


class Shapes:
    """Schemas read, each within what a page may hold; `references` hears what cannot be carried over."""

    def __init__(self, references: References) -> None:
        self._references = references
        self._left = _MOST_SHAPES

    def of(self, member: Member) -> Shape:
        """Return what a schema says, with all that it refers to."""
        node, trail = member.node, member.trail
        self._left -= 1
        if self._left < 0 or len(trail) > _DEEPEST:
            self._references.note(
                "limit", f"the schemas are larger than {_MOST_SHAPES:,} parts; the rest is not read", node.lines
            )
            return Shape({"type": node.lines})
        found, passed = self._references.follow(node)
        own = self._own(node, member)
        if not passed:
            return own
        name = component(passed)
        if any(one in trail for one in passed):
            self._references.note("limit", f"{name} holds itself; it is read once", node.lines)
            return replace(own, kinds=own.kinds or ("object",), component=name)
        if found is None:
            return replace(own, component=name)
        there = self.of(Member(found, member.line, (*trail, *passed)))
        # The title of a component names the component, and not each member that is one.
        return replace(_both(own, replace(there, title="")), component=name)

    def _own(self, node: Node, member: Member) -> Shape:
        kinds, nullable = _kinds(node)
        enum, enum_null, enum_line = _values(node)
        members = {
            name: Member(one, node.get("properties").keys.get(name, one.lines[0]), member.trail)  # type: ignore[union-attr] # there
            for name, one in node.table("properties").items()
        }
        items = node.get("items")
        if not kinds:
            kinds = ("object",) if members else ("array",) if items is not None else _kinds_of(node)
        lines = {"type": node.line("type") if node.get("type") is not None else node.line("$ref")}
        if node.get("description") is not None:
            lines["description"] = node.line("description")
        elif node.get("title") is not None:
            lines["description"] = node.line("title")
        if enum_line is not None:
            lines["enum"] = enum_line
        shape = Shape(
            lines, kinds, nullable=nullable or enum_null, format=node.text("format") or None, title=node.text("title"),
            text=node.text("description"), enum=enum, default=_default(node), limits=_limits(node), members=members,
            required={name: one.lines[0] for one in node.list("required") if not MODEL.fullmatch(name := as_text(one.value))},
            items=Member(items, node.line("items")[0], member.trail) if items is not None and items.kind == "table" else None,
            flags=frozenset(one for one in ("deprecated", "writeOnly", "readOnly") if node.truth(one)),
            example=_example(node),
        )  # fmt: skip
        self._tell(node)
        return self._ordered(self._joined(node, shape, member), node, member)

    def _joined(self, node: Node, shape: Shape, member: Member) -> Shape:
        """Merge what `allOf` demands, and join what `oneOf` and `anyOf` leave open."""
        for part in node.list("allOf"):
            shape = _both(shape, self.of(Member(part, member.line, member.trail)))
        for word in ("oneOf", "anyOf"):
            parts = [self.of(Member(part, member.line, member.trail)) for part in node.list(word)]
            real = [one for one in parts if one.kinds != ("null",)]
            if len({one.kinds for one in real}) > 1 or sum(bool(one.members) for one in real) > 1:
                self._tell_alternatives(node.line(word), real)
            if parts:
                joined = _either(real) if real else Shape({"type": node.line(word)})
                null = len(real) < len(parts) or any(one.nullable for one in real)
                shape = _both(shape, replace(joined, nullable=null))
        return shape

    def _ordered(self, shape: Shape, node: Node, member: Member) -> Shape:
        """Add what Apifox keeps beside the properties: the models that an object takes members from, and the order."""
        members = dict(shape.members)
        required = dict(shape.required)
        for one in node.table("x-apifox-refs").values():
            there = self.of(Member(one, one.lines[0], member.trail))
            overrides = one.table("x-apifox-overrides")
            for name, inner in there.members.items():
                changed = overrides.get(name)
                if changed is None or changed.kind == "table":
                    members.setdefault(name, inner if changed is None else replace(inner, node=changed))
            required = {**there.required, **required}
        order = [as_text(one.value) for one in node.list("x-apifox-orders")]
        if order and set(order) >= set(members):
            members = {name: members[name] for name in order if name in members}
        kinds = shape.kinds or (("object",) if members else ())
        return replace(shape, kinds=kinds, members=members, required=required)

    def _tell_alternatives(self, lines: Lines, real: Sequence[Shape]) -> None:
        names = [one.component or one.title or " | ".join(one.kinds) or "anything" for one in real]
        what = " or ".join(dict.fromkeys(names))[:200]
        said = f"the value is one of {len(real)}: {what}"
        if sum(bool(one.members) for one in real) > 1:
            said += "; the members of all are listed, required where each of them requires it"
        self._references.note("note", said, lines)

    def _tell(self, node: Node) -> None:
        for word in _IGNORED:
            if node.get(word) is not None:
                self._references.note("limit", f"{word} is not carried over", node.line(word))
        others = node.get("additionalProperties")
        if others is not None and others.members:
            kinds = " | ".join(_kinds(others)[0]) or others.text("$ref").rpartition("/")[2] or "any type"
            self._references.note(
                "note", f"members of any other name are {kinds} here, which the schema does not carry", others.lines
            )


def _kinds(node: Node) -> tuple[tuple[str, ...], bool]:
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
    null = "null" in known or node.text("const") == "null" or nullable
    return (kinds or (("null",) if "null" in known else ())), null


def _values(node: Node) -> tuple[tuple[str, ...] | None, bool, Lines | None]:
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


def _kinds_of(node: Node) -> tuple[str, ...]:
    """Return the types of the values that a schema lists, where it names no type: they can be no others."""
    listed = [node.members["const"]] if "const" in node.members else list(node.list("enum"))
    kinds = [json_type(one.value) for one in listed if one.kind == "value" and one.value is not None]
    return tuple(dict.fromkeys(kinds))


def _default(node: Node) -> str | None:
    found = node.get("default")
    return as_text(found.value) if found is not None and found.kind == "value" and found.value is not None else None


def _limits(node: Node) -> tuple[str, ...]:
    return tuple(
        f"{word}: {as_text(one.value)}"
        for word in _LIMITS
        if (one := node.get(word)) is not None and one.kind == "value" and one.value not in (None, False)
    )


def _example(node: Node) -> Node | None:
    several = node.list("examples")
    return node.get("example") or (several[0] if several else None) or node.get("x-example")


def _both(one: Shape, other: Shape) -> Shape:
    """Return what a value is that both schemas describe; where they differ, the first is the nearer one."""
    common = tuple(kind for kind in one.kinds if kind in other.kinds)
    return replace(
        one,
        lines={**other.lines, **{key: at for key, at in one.lines.items() if key != "type" or one.kinds or not other.kinds}},
        kinds=common or one.kinds or other.kinds,
        nullable=one.nullable or other.nullable,
        format=one.format or other.format,
        title=one.title or other.title,
        text=one.text or other.text,
        enum=one.enum if one.enum is not None else other.enum,
        default=one.default if one.default is not None else other.default,
        limits=tuple(dict.fromkeys((*one.limits, *other.limits))),
        members=_joined_members((one, other), "allOf"),
        required={**other.required, **one.required},
        items=one.items or other.items,
        component=one.component or other.component,
        flags=one.flags | other.flags,
        example=one.example or other.example,
    )


def _either(shapes: Sequence[Shape]) -> Shape:
    """Return what can be said of a value that one of several schemas describes."""
    first = shapes[0]
    objects = [one for one in shapes if "object" in one.kinds]
    # Alternatives that say nothing of a type leave it open.
    kinds = () if not all(one.kinds for one in shapes) else tuple(dict.fromkeys(kind for one in shapes for kind in one.kinds))
    listed = all(one.enum is not None for one in shapes)
    always = [name for name in objects[0].required if all(name in one.required for one in objects)] if objects else []
    return replace(
        first if len(shapes) == 1 else Shape(first.lines),
        kinds=kinds,
        format=first.format if len({one.format for one in shapes}) == 1 else None,
        enum=tuple(dict.fromkeys(value for one in shapes for value in one.enum or ())) if listed else None,
        members=_joined_members(shapes, "anyOf"),
        required={name: objects[0].required[name] for name in always},
        items=next((one.items for one in shapes if one.items is not None), None),
        text=next((one.text for one in shapes if one.text), "") if len(shapes) == 1 else "",
    )


def _joined_members(shapes: Sequence[Shape], word: str) -> dict[str, Member]:
    """Return the members of several shapes; one that several describe is described by all (`allOf`) or by one (`anyOf`)."""
    found: dict[str, Member] = {}
    for shape in shapes:
        for name, inner in shape.members.items():
            before = found.setdefault(name, inner)
            if before.node is not inner.node:
                parts = before.node.list(word) if set(before.node.members) == {word} else (before.node,)
                alternatives = Node("list", before.node.lines, items=(*parts, inner.node))
                made = Node("table", before.node.lines, members={word: alternatives}, keys={word: before.line})
                found[name] = replace(before, node=made, trail=tuple(dict.fromkeys((*before.trail, *inner.trail))))
    return found
