"""The members of an answer, from the schema that OpenAPI has for it: one entry each, in the order of the page."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from docpact.derive import listed
from docpact.derive.claims import Entry, TypeClaim

if TYPE_CHECKING:
    from collections.abc import Iterator

    from docpact.derive.claims import Lines
    from docpact.derive.openapi.refs import References
    from docpact.derive.openapi.shape import Member, Shape, Shapes

MOST_ENTRIES = 1500
_DEEPEST = 12
_DEEPEST_ARRAY = 8


class Members:
    """The members of one answer, with what was noticed about them."""

    def __init__(self, shapes: Shapes, references: References) -> None:
        self._shapes = shapes
        self._references = references
        self._left = MOST_ENTRIES

    def of(self, member: Member) -> tuple[list[Entry], bool]:
        """Return the entries of an answer, and whether it is a list, whose items' members they are."""
        shape = self._shapes.of(member)
        listing = shape.kinds == ("array",) and shape.items is not None
        if listing and shape.items is not None:
            shape = self._shapes.of(shape.items)
        return list(self._inside(shape, 0)), listing

    def claim(self, shape: Shape, depth: int = 0) -> TypeClaim:
        """Return what a shape says of the type of a value; of the items of an array only a null is said."""
        items = None
        if "array" in shape.kinds and shape.items is not None and depth < _DEEPEST_ARRAY:
            inner = self._shapes.of(shape.items)
            items = self.claim(inner, depth + 1)
            # A schema says of a member that it is never null by saying nothing; of items nobody means that.
            items = replace(items, nullable=True if items.nullable else None) if inner.says_something else TypeClaim(None)
        kinds = tuple(kind for kind in shape.kinds if kind != "null" or len(shape.kinds) == 1)
        return TypeClaim(
            " | ".join(kinds) or None, shape.format, nullable=shape.nullable if kinds or shape.nullable else None,
            component=shape.component, items=items,
        )  # fmt: skip

    def _inside(self, shape: Shape, depth: int) -> Iterator[Entry]:
        unknown = [name for name in shape.required if name not in shape.members]
        if unknown and shape.members:
            line = shape.required[unknown[0]]
            self._references.note(
                "contradiction", f"required, and described nowhere: {', '.join(unknown)[:300]}", (line, line), unknown[0]
            )
        for name, member in shape.members.items():
            inner = self._shapes.of(member)
            if "writeOnly" in inner.flags:
                self._references.note("note", f"{name} is only written, and no member of an answer", inner.lines["type"])
                continue
            if not self._left:
                self._references.note("limit", f"only the first {MOST_ENTRIES:,} members are read", inner.lines["type"])
                return
            self._left -= 1
            holder = self._holder(inner)
            self._tell(name, inner)
            entry = self._entry(name, member, inner, holds=holder is not None)
            said = shape.required.get(name)
            lines = {**entry.lines, "required": (said, said)} if said is not None else entry.lines
            yield replace(entry, lines=lines, required=said is not None, depth=depth)
            if holder is not None and depth < _DEEPEST:
                yield from self._inside(holder, depth + 1)

    def _holder(self, shape: Shape) -> Shape | None:
        """Return the shape whose members stand below a value: its own, or that of its innermost items."""
        for _ in range(_DEEPEST_ARRAY):
            if shape.kinds != ("array",) or shape.items is None:
                break
            shape = self._shapes.of(shape.items)
        if not shape.members:
            return None
        if shape.kinds == ("object",):
            return shape
        said = " or ".join(shape.kinds)
        self._references.note("limit", f"a value that is {said} has members, which are not read", shape.lines["type"])
        return None

    def _tell(self, name: str, shape: Shape) -> None:
        line = shape.lines["type"]
        if shape.limits:
            said = "; ".join(shape.limits)[:400]
            self._references.note("note", f"{name}: the page also says {said!r}, which the schema does not carry", line)
        if "deprecated" in shape.flags:
            self._references.note("note", f"{name} is deprecated", line)

    def _entry(self, name: str, member: Member, shape: Shape, *, holds: bool) -> Entry:
        last = member.node.lines[1]
        where: Lines = (member.line, member.line if holds or last < member.line else last)
        lines = {"member": where, **shape.lines}
        values, text, enum_line = self._documented(shape, lines.get("description", where)[0])
        if enum_line is not None:
            lines["enum"] = enum_line
        if not text and not shape.title:
            lines.pop("description", None)
        claim = replace(self.claim(shape), enum=shape.enum is not None)
        return Entry(
            name, claim, lines, title="" if shape.title == text else shape.title, text=text, values=values,
            default=shape.default, limits=shape.limits,
        )  # fmt: skip

    def _documented(self, shape: Shape, line: int) -> tuple[tuple[str, ...], str, Lines | None]:
        """Return the documented values, the words without them, and the values' lines: of the list, or of a sentence."""
        enum, items = shape.enum, shape.items
        lines = shape.lines.get("enum")
        for _ in range(_DEEPEST_ARRAY):
            if enum is not None or items is None:
                break
            inner = self._shapes.of(items)
            enum, items, lines = inner.enum, inner.items, inner.lines.get("enum")
        words = [(line + at, part.strip()) for at, part in enumerate(shape.text.splitlines()) if part.strip()]
        found = listed.find((), words, (), enum=False)
        if not found.values or not found.separate or "object" in shape.kinds:
            return enum or (), shape.text.strip(), lines
        kept = "\n".join(part for _, part in found.after)
        if enum is None:
            return found.values, kept, found.lines
        if set(enum) == set(found.values):
            return enum, kept, lines
        missing = ", ".join(sorted(set(enum) ^ set(found.values)))
        self._references.note(
            "contradiction", f"the values in the words differ from the listed ones: {missing[:300]}", (line, line)
        )
        return enum, shape.text.strip(), lines
