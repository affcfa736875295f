"""A schema of OpenAPI seen whole: references followed, `allOf` merged, alternatives joined, what is lost by it noted."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from docpact.derive.openapi.refs import References, component
from docpact.derive.openapi.tree import Node, as_text
from docpact.derive.openapi.words import default_of, example_of, implied_kinds, kinds_of, limits_of, required_of, values_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from docpact.derive.claims import Lines

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
        kinds, nullable = kinds_of(node)
        enum, enum_null, enum_line = values_of(node)
        members = {
            name: Member(one, node.get("properties").keys.get(name, one.lines[0]), member.trail)  # type: ignore[union-attr] # there
            for name, one in node.table("properties").items()
        }
        items = node.get("items")
        if not kinds:
            kinds = ("object",) if members else ("array",) if items is not None else implied_kinds(node)
        lines = {"type": node.line("type") if node.get("type") is not None else node.line("$ref")}
        if node.get("description") is not None:
            lines["description"] = node.line("description")
        elif node.get("title") is not None:
            lines["description"] = node.line("title")
        if enum_line is not None:
            lines["enum"] = enum_line
        shape = Shape(
            lines, kinds, nullable=nullable or enum_null, format=node.text("format") or None, title=node.text("title"),
            text=node.text("description"), enum=enum, default=default_of(node), limits=limits_of(node), members=members,
            required=required_of(node),
            items=Member(items, node.line("items")[0], member.trail) if items is not None and items.kind == "table" else None,
            flags=frozenset(one for one in ("deprecated", "writeOnly", "readOnly") if node.truth(one)),
            example=example_of(node),
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
            kinds = " | ".join(kinds_of(others)[0]) or others.text("$ref").rpartition("/")[2] or "any type"
            self._references.note(
                "note", f"members of any other name are {kinds} here, which the schema does not carry", others.lines
            )


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
