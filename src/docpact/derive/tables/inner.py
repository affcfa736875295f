"""Tables of what is inside of an answer: where a page documents `data` alone, the example tells where its members stand."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from docpact.derive.claims import Entry, TypeClaim
from docpact.derive.example import Scope, escape, scopes
from docpact.derive.tables.members import read_members

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from docpact.derive.claims import Example
    from docpact.derive.tables.entries import Node
    from docpact.derive.tables.purpose import Placed

_LEAST = 0.6


@dataclass(frozen=True)
class Shown:
    """An example, walked once: what it has at each place, and all names in it."""

    example: Example
    scopes: dict[str, Scope]
    everywhere: frozenset[str]

    @property
    def top(self) -> Scope | None:
        """Return what stands at its top level, or in the items of an array there."""
        return self.scopes.get("") or self.scopes.get("/*")


def shown(example: Example) -> Shown:
    """Walk an example."""
    found = scopes(example.value)
    return Shown(example, found, frozenset(name for scope in found.values() for name in scope.members))


def likeness(names: set[str], scope: Scope | None, everywhere: frozenset[str] = frozenset()) -> float:
    """Return the share of names that a table and a place of an example have in common: the harmonic mean of both shares.

    A flat table may name what the example has further down: `everywhere` counts for the share of the table.
    """
    if scope is None or not names or not scope.members:
        return 0.0
    common = len(names & scope.members.keys())
    recall = max(common, len(names & everywhere)) / len(names)
    precision = common / len(scope.members)
    return 2 * recall * precision / (recall + precision) if recall + precision else 0.0


def wrapped(entries: list[Entry], examples: Sequence[Shown]) -> tuple[list[Entry], Example, bool] | None:
    """Put entries where an example has their names, below its top level: (entries with their holders, example, an array?)."""
    names = {entry.name for entry in entries if not entry.depth}
    found = [
        (likeness(names, scope), path, one) for one in examples for path, scope in one.scopes.items() if path not in ("", "/*")
    ]
    best = max(found, key=lambda one: one[0], default=None)
    if best is None or best[0] < _LEAST:
        return None
    _, path, one = best
    example = one.example
    listing = path.startswith("/*")
    holders = list(_holders(path.removeprefix("/*"), (example.lines[0], example.lines[0])))
    return [*holders, *(replace(entry, depth=(entry.depth or 0) + len(holders)) for entry in entries)], example, listing


def _holders(path: str, lines: tuple[int, int]) -> Iterator[Entry]:
    """Yield what holds the members at a place of the example: `/data/list/*` is an object with a list."""
    depth = 0
    parts = path.split("/")[1:]
    for at, part in enumerate(parts):
        if part == "*":
            continue
        stars = 0
        while parts[at + 1 + stars : at + 2 + stars] == ["*"]:
            stars += 1
        claim = TypeClaim("object")
        for _ in range(stars):
            claim = TypeClaim("array", items=claim)
        name = part.replace("~1", "/").replace("~0", "~")
        yield Entry(name, claim, {"member": lines, "type": lines}, depth=depth)
        depth += 1


def fill(nodes: Sequence[Node], one: Shown | None, others: Sequence[Placed]) -> None:
    """Give an object without members those of a further table, where the example has just these inside of it."""
    if one is not None and others:
        _fill(nodes, "" if "" in one.scopes else "/*", one.scopes, list(others))


def _fill(nodes: Sequence[Node], parent: str, found: Mapping[str, Scope], left: list[Placed]) -> None:
    for node in nodes:
        claim = node.entry.claim
        place = f"{parent}/{escape(node.entry.name)}"
        place = next((one for one in (place, f"{place}/*") if one in found), "")
        if claim.type not in ("object", "array", None) or not place:
            continue
        if not node.children:
            _take(node, found[place], left, listed=place.endswith("/*"))
        _fill(node.children, place, found, left)


def _take(node: Node, scope: Scope, left: list[Placed], *, listed: bool) -> None:
    for other in left:
        members = read_members(other.table, other.kinds).nodes
        if likeness({one.entry.name for one in members}, scope) >= _LEAST:
            node.children = members
            claim = node.entry.claim
            node.entry = replace(node.entry, claim=replace(claim, type=claim.type or ("array" if listed else "object")))
            left.remove(other)
            return
