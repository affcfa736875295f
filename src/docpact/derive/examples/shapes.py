"""What several examples of one thing have in common: a tree of members with the types seen, and what comments say of them."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from docpact.derive import typewords
from docpact.derive.claims import Entry, Lines, TypeClaim
from docpact.derive.example import json_type
from docpact.derive.tables.values import in_words
from docpact.derive.text import qualifiers

if TYPE_CHECKING:
    from docpact.derive.examples.commented import Member, Node, Numbered

_MOST_ENTRIES = 1500
_LONGEST_TITLE = 40
_ID = re.compile(r"\d+|[0-9a-f]{8}-[0-9a-f-]{27}|(?=.*\d)[0-9a-f]{16,}")
_SENTENCE = re.compile(r"[。！？；，]|[.!?;,](?:\s|$)")


@dataclass
class Shape:
    """What is seen at one place: the types, the members with their shapes, the shape of items, lines and comments."""

    types: dict[str, None] = field(default_factory=dict)
    words: list[str] = field(default_factory=list)
    members: dict[str, Shape] = field(default_factory=dict)
    items: Shape | None = None
    objects: int = 0
    seen: int = 0
    first: int = 0
    last: int = 0
    value_line: int = 0
    comments: list[Numbered] = field(default_factory=list)

    def add(self, node: Node) -> None:
        """Add one more value of this place."""
        if node.kind == "word":
            self.words.append(str(node.value))
        else:
            # A page that writes 0.0 means a number, although 0.0 is an integer too.
            kind = "number" if isinstance(node.value, float) else json_type(node.value)
            self.types[kind if node.kind == "value" else node.kind] = None
        if node.kind == "object":
            self.objects += 1
            for one in node.members:
                self._member(one)
        elif node.kind == "array":
            self.items = self.items or Shape()
            for item in node.items:
                self.items.add(item)

    def _member(self, one: Member) -> None:
        shape = self.members.get(one.name)
        if shape is None:
            shape = self.members[one.name] = Shape(first=one.line, last=one.node.last, value_line=one.node.first)
        shape.seen += 1
        if not shape.comments:
            shape.comments = [*one.comments]
        shape.add(one.node)

    @property
    def is_map(self) -> bool:
        """Tell whether the names of the members are ids: an object of many of one kind, and no members to list."""
        return bool(self.members) and all(_ID.fullmatch(name) for name in self.members)

    def claim(self) -> TypeClaim:
        """Return what the values say of the type."""
        for word in self.words:
            said = typewords.read(word.strip("<>\"'")) if len(word) < 80 else None  # noqa: PLR2004 - a type has a few words
            if said is not None:
                return said
        types = [one for one in self.types if one != "null"]
        # What the page itself shows must be allowed by what is made of it.
        nullable = True if types and "null" in self.types else None
        if "number" in types and "integer" in types:
            types.remove("integer")
        if not types:
            return TypeClaim(None)
        if types == ["array"]:
            items = self.items.claim() if self.items is not None and (self.items.types or self.items.words) else None
            return TypeClaim("array", nullable=nullable, items=items)
        return TypeClaim(" | ".join(types), nullable=nullable)


def entries(root: Shape) -> list[Entry]:
    """Return the members of an object, each before those inside it, with the depth at which they stand."""
    made: list[Entry] = []
    waiting = [(name, shape, 0) for name, shape in reversed(root.members.items())]
    while waiting and len(made) <= _MOST_ENTRIES:
        name, shape, depth = waiting.pop()
        entry = _entry(name, shape, depth)
        made.append(entry)
        inner = shape
        while inner.items is not None and not inner.members:
            inner = inner.items
        if entry.claim.holder is not None and not inner.is_map:
            waiting += [(below, one, depth + 1) for below, one in reversed(inner.members.items())]
    return made


def _entry(name: str, shape: Shape, depth: int) -> Entry:
    lines: dict[str, Lines] = {"member": (shape.first, shape.last), "type": (shape.value_line, shape.value_line)}
    claim = shape.claim()
    if not shape.comments:
        return Entry(name, claim, lines, depth=depth)
    first, last = shape.comments[0][0], shape.comments[-1][0] + shape.comments[-1][1].count("\n")
    said = qualifiers.read("\n".join(text for _, text in shape.comments))
    values = in_words(said.words)
    words = values.words
    if said.claim is not None and (said.claim.type is not None or claim.type is None):
        claim = _typed(said.claim, claim)
        lines["type"] = (first, last)
    if said.nullable is not None:
        claim = replace(claim, nullable=said.nullable)
    found = said.values or values.values
    for kind, there in (("description", words), ("required", said.required is not None), ("enum", found)):
        if there:
            lines[kind] = (first, last)
    title = words if len(words) <= _LONGEST_TITLE and "\n" not in words and _SENTENCE.search(words) is None else ""
    return Entry(
        name, claim, lines, required=said.required, title=title, text="" if title else words, values=found,
        default=said.default or values.default, limits=tuple(said.limits), depth=depth,
    )  # fmt: skip


def _typed(said: TypeClaim, seen: TypeClaim) -> TypeClaim:
    """Take the type that a comment says, with the items that the example shows."""
    if said.type == seen.type == "array" and said.items is None:
        return replace(said, items=seen.items)
    return said
