"""Examples that lost their indentation: rebuilt where the members of the answer leave one way to do so."""

from __future__ import annotations

from typing import TYPE_CHECKING

from docpact.derive.claims import Note
from docpact.derive.openapi.refs import References
from docpact.derive.openapi.shape import Member, Shape, Shapes
from docpact.derive.openapi.tree import Node, walk
from docpact.derive.unindented.build import Builder
from docpact.derive.unindented.grammar import ANY, Kind, Slot, kind
from docpact.derive.unindented.search import Search

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from docpact.derive.unindented.lines import Token

_MOST_KINDS = 2000
_DEEPEST = 12
_MOST_NOTES = 20


def examples(root: Node, free: Mapping[int, Sequence[int]], read: Sequence[Token]) -> list[Note]:
    """Put the examples of a rebuilt document in the place of their lines; tell where nothing settles how they nest."""
    notes: list[Note] = []
    for holder in [one for one in walk(root) if one.kind == "table"]:
        schema = holder.get("schema") or (holder if {"type", "properties", "allOf", "$ref"} & set(holder.members) else None)
        for table, name in _places(holder):
            node = table.members[name]
            held = free.get(id(node))
            if held is None or not isinstance(table.members, dict):
                continue
            rebuilt = _rebuilt(root, schema, [read[at] for at in held])
            if rebuilt is not None:
                table.members[name] = rebuilt
            elif len(notes) < _MOST_NOTES and schema is not None:
                said = "the example lost its indentation, and nothing settles how its members nest; it is left out"
                notes.append(Note("limit", said, node.lines))
    return notes


def _places(holder: Node) -> Iterator[tuple[Node, str]]:
    """Yield where a media type, or an answer of Swagger 2, has its examples."""
    if holder.get("example") is not None:
        yield holder, "example"
    several = holder.get("examples")
    for name, one in (several.members if several is not None else {}).items():
        if one.get("value") is not None:
            yield one, "value"
        elif several is not None:
            yield several, name


def _rebuilt(root: Node, schema: Node | None, held: Sequence[Token]) -> Node | None:
    if not held or not held[0].key:
        return None
    if all(one.form in ("pair", "text") and not one.item for one in held) and schema is None:
        names = [one.key for one in held if one.key]
        grammar: dict[str, Kind] = {"object": kind(names=ANY, inner=Slot("any"))}
        start, known = "object", frozenset(names if len(set(names)) == len(names) else ())
    elif schema is not None:
        grammar = {"list": kind(items="scalar"), "listfree": kind(items="free"), "free": Kind()}
        start = _Kinds(Shapes(References([root])), grammar).of(Member(schema, schema.lines[0], ()), 0)
        known = frozenset(name for one in grammar.values() for name in one.slots)
    else:
        return None
    if not known or start not in grammar:
        return None
    found = Search(held, grammar, known).run(start)
    unsure = found.doubt or any(held[at].form != "text" for at in found.strange) or not found.whole
    if unsure or any(opened == "free" for step in found.steps for opened, _ in step.opened):
        return None
    return Builder(held).build(found.steps)[0]


class _Kinds:
    """The kinds of tables and lists that an answer of some shape is made of."""

    def __init__(self, shapes: Shapes, grammar: dict[str, Kind]) -> None:
        self._shapes, self._grammar = shapes, grammar

    def of(self, member: Member, depth: int) -> str:
        """Return the kind of a value with this schema; `free` where the schema does not say what it holds."""
        shape = self._shapes.of(member)
        if depth > _DEEPEST or len(self._grammar) > _MOST_KINDS:
            return "free"
        if shape.kinds == ("array",):
            return self._list(shape, depth)
        if shape.kinds != ("object",) or not shape.members:
            return "free"
        name = f"object {len(self._grammar)}"
        self._grammar[name] = Kind()
        slots = {one: self._slot(inner, depth + 1) for one, inner in shape.members.items()}
        self._grammar[name] = Kind(slots, required=frozenset(shape.required) & frozenset(slots), extensions=False)
        return name

    def _slot(self, member: Member, depth: int) -> Slot:
        shape = self._shapes.of(member)
        holds = not shape.kinds or set(shape.kinds) & {"object", "array"}
        return Slot("any", (self.of(member, depth),) if holds else ())

    def _list(self, shape: Shape, depth: int) -> str:
        if shape.items is None:
            return "listfree"
        inner = self._shapes.of(shape.items)
        if inner.kinds and not set(inner.kinds) & {"object", "array"}:
            return "list"
        items = self.of(shape.items, depth + 1)
        name = f"list {len(self._grammar)}"
        self._grammar[name] = kind(items=items)
        return name
