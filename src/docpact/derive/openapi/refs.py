"""References inside the documents of a page: followed where they name a place there, and nowhere else."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import unquote

from docpact.derive.claims import Note

if TYPE_CHECKING:
    from collections.abc import Sequence

    from docpact.derive.openapi.tree import Node

_MOST_STEPS = 20
_MOST_NOTES = 60
_SHOWN = 120


class References:
    """The documents of a page, in which references are looked up, and what was noticed about them."""

    def __init__(self, roots: Sequence[Node]) -> None:
        self._roots = list(roots)
        self.notes: list[Note] = []
        self._said: set[tuple[str, str]] = set()

    def first(self, root: Node) -> None:
        """Look things up in this document before the others."""
        self._roots.sort(key=lambda one: one is not root)

    def note(self, kind: str, message: str, lines: tuple[int, int], about: str = "") -> None:
        """Say something once."""
        if (kind, message) not in self._said and len(self.notes) < _MOST_NOTES:
            self._said.add((kind, message))
            self.notes.append(Note(kind, message, lines, about))

    def follow(self, node: Node) -> tuple[Node | None, tuple[str, ...]]:
        """Follow a node to what it refers to, if it does: what stands there (None for nothing), and the names passed."""
        passed: list[str] = []
        while (target := _target(node)) is not None:
            if target in passed or len(passed) >= _MOST_STEPS:
                self.note("limit", f"{target[:_SHOWN]} leads back to itself, and says nothing", node.lines)
                return None, tuple(passed)
            found = self._look_up(target, node)
            passed.append(target)
            if found is None:
                return None, tuple(passed)
            node = found
        return node, tuple(passed)

    def _look_up(self, target: str, asking: Node) -> Node | None:
        document, hash_mark, pointer = target.partition("#")
        if document or not hash_mark:
            # A name alone is how some write a component of the same document.
            bare = f"/components/schemas/{document}" if not hash_mark and document.replace("_", "").isalnum() else ""
            found = self._at(bare) if bare else None
            if found is None:
                self.note("limit", f"{target[:_SHOWN]!r} is outside the page, and is not fetched", asking.lines)
            return found
        found = self._at(unquote(pointer)) or self._named(pointer)
        if found is None:
            self.note("limit", f"{target[:_SHOWN]!r} names nothing on the page", asking.lines)
        return found

    def _at(self, pointer: str) -> Node | None:
        for root in self._roots:
            found: Node | None = root
            for part in pointer.split("/")[1:]:
                found = _step(found, part.replace("~1", "/").replace("~0", "~"))
            if found is not None and (pointer[:1] == "/" or not pointer):
                return found
        return None

    def _named(self, name: str) -> Node | None:
        """Find the schema that calls itself so (`$anchor`)."""
        if not name or "/" in name:
            return None
        for root in self._roots:
            for one in (root.get("components") or root).table("schemas").values():
                if name in (one.text("$anchor"), one.text("$dynamicAnchor")):
                    return one
        return None


def _step(node: Node | None, part: str) -> Node | None:
    if node is None:
        return None
    if node.kind == "list":
        return node.items[int(part)] if part.isdecimal() and len(part) < 7 and int(part) < len(node.items) else None  # noqa: PLR2004
    return node.get(part)


def _target(node: Node) -> str | None:
    found = node.get("$ref") or node.get("$dynamicRef")
    return found.value if found is not None and isinstance(found.value, str) else None


def component(passed: Sequence[str]) -> str | None:
    """Return the name of the component that the last of some references names."""
    return unquote(passed[-1].rpartition("/")[2]).replace("~1", "/").replace("~0", "~") if passed else None
