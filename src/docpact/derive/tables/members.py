"""The rows of a table into members: each with what its cells say, in a tree as their marks show it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import zip_longest
from typing import TYPE_CHECKING

from docpact.derive.claims import Entry, TypeClaim
from docpact.derive.tables import cells
from docpact.derive.tables import columns as tables_columns
from docpact.derive.tables.entries import Node, read_node, typed_cell

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from docpact.derive.tables.columns import Columns
    from docpact.derive.tables.rows import Row, Table

_DEEPEST = 30
_LONGEST = 4000
# More than any indentation inside of a column of names.
_LEVEL = 1000


@dataclass
class Members:
    """The members of one table: a tree; `root` is what a nameless row says of the whole; `flat`: nothing shows nesting."""

    nodes: list[Node]
    root: TypeClaim | None = None
    root_anchor: str = ""
    flat: bool = True


def read_members(table: Table, kinds: Columns) -> Members:
    """Read the rows of a table; rows that name no member are passed over."""
    rows = _continued([tables_columns.fit(row, table, kinds) for row in table.rows], kinds)
    named = [(row, _name(row, kinds)) for row in rows]
    named = [(row, one) for row, one in (*_several(named, kinds),) if one is not None and _names_one(one)]
    made = [(one, read_node(row, kinds, one)) for row, one in named if one is not None]
    if any(one.spaced for one, _ in made) and not _spaces_tell(made, kinds, table):
        made = [(replace(one, depth=0) if one.spaced else one, node) for one, node in made]
    depths = {one.depth for one, _ in made}
    flat = len(depths) <= 1 and not any(len(one.parts) > 1 or one.hollow for one, _ in made)
    roots = _stacked(made)
    members = Members(_joined(roots, made), flat=flat)
    _take_root(members)
    members.nodes = _without_hollow(members.nodes)
    return members


def _name(row: Row, kinds: Columns) -> cells.Name | None:
    """Read the name of a row, in whichever of the columns of names it stands: each further one is a level deeper."""
    for level, at in enumerate((kinds.at["name"], *kinds.levels)):
        cell = row.cells[at] if at < len(row.cells) else ""
        if cells.clean(cell):
            one = cells.name(cell)
            return one if one is None or not level else replace(one, depth=one.depth + level * _LEVEL)
    return None


def _continued(rows: Sequence[Row], kinds: Columns) -> list[Row]:
    """Join a row without a name and a type to the one above it, whose words it goes on with."""
    kept: list[Row] = []
    for row in rows:
        blank = not any(cells.clean(row.cells[at]) for at in (kinds.at["name"], *kinds.levels) if at < len(row.cells))
        if not (blank and kept and not cells.clean(kinds.cell(row, "type"))):
            kept.append(row)
        elif any(cells.clean(cell) for cell in row.cells):
            pairs = zip_longest(kept[-1].cells, row.cells, fillvalue="")
            joined = tuple(f"{above}<br>{below}"[:_LONGEST] if cells.clean(below) else above for above, below in pairs)
            kept[-1] = type(row)(kept[-1].line, joined)
    return kept


def _names_one(one: cells.Name) -> bool:
    """Tell a name with its type from the words of a sentence."""
    if not one.typed:
        return True
    typed, required = typed_cell(one.typed)
    return typed.known or required is not None


def _several(named: Sequence[tuple[Row, cells.Name | None]], kinds: Columns) -> Iterator[tuple[Row, cells.Name | None]]:
    """Give each name of a cell that holds several (`width, height`) a row of its own."""
    for row, one in named:
        several = cells.names(kinds.cell(row, "name")) if one is None or len(one.parts) > 1 else []
        if several:
            yield from ((row, cells.Name((name,), 0)) for name in several)
        else:
            yield row, one


def _spaces_tell(made: Sequence[tuple[cells.Name, Node]], kinds: Columns, table: Table) -> bool:
    """Tell indentation that nests from white space that only sets a column: it grows below what can hold members."""
    at = kinds.at["name"]
    if at in table.centred or made[0][0].depth:
        return False
    before = 0
    for number, (one, _) in enumerate(made):
        if one.depth > before and made[number - 1][1].entry.claim.holder is None and made[number - 1][1].entry.claim.type:
            return False
        before = one.depth
    return True


def _stacked(made: Sequence[tuple[cells.Name, Node]]) -> list[Node]:
    """Put each row below the last one that is indented less."""
    roots: list[Node] = []
    stack: list[tuple[int, Node]] = []
    for one, node in made:
        while stack and (stack[-1][0] >= one.depth or len(stack) > _DEEPEST):
            stack.pop()
        (stack[-1][1].children if stack else roots).append(node)
        stack.append((one.depth, node))
    return roots


def _joined(roots: list[Node], made: Sequence[tuple[cells.Name, Node]]) -> list[Node]:
    """Put what a dotted name says inside of what its first part names; a holder that has no row of its own is made."""
    paths = {id(node): one.parts for one, node in made}
    if not any(len(parts) > 1 or any(part.endswith("[]") for part in parts) for parts in paths.values()):
        return roots
    kept: list[Node] = []
    for node in roots:
        level = kept
        parts = paths[id(node)] or (node.entry.name,)
        for part in parts[:-1]:
            level = _holder(level, part, node.entry).children
        name = parts[-1].removesuffix("[]")
        known = next((one for one in level if one.entry.name == name and not one.hollow), None)
        if parts[-1].endswith("[]") and node.entry.claim.type != "array":
            _as_items(known, node, level, name)
        elif known is not None and not known.entry.lines.get("type") and len(parts) > 1:
            known.entry = node.entry
        else:
            level.append(node)
    return kept


def _as_items(known: Node | None, node: Node, level: list[Node], name: str) -> None:
    """Read `tags[]`: a list, of what the row says; or the items of a list that stands there already."""
    claim = node.entry.claim
    if known is not None and known.entry.claim.type in ("array", None):
        kept = known.entry.claim
        known.entry = replace(
            known.entry, claim=replace(kept, type="array", items=kept.items or (claim if claim.type else None))
        )
        known.children += node.children
        return
    node.entry = replace(node.entry, name=name, claim=TypeClaim("array", items=claim if claim.type else None))
    level.append(node)


def _holder(level: list[Node], part: str, child: Entry) -> Node:
    name = part.removesuffix("[]")
    found = next((one for one in level if one.entry.name == name), None)
    if found is None:
        claim = TypeClaim("array" if part.endswith("[]") else "object")
        found = Node(Entry(name, claim, {"member": child.lines["member"]}, depth=0))
        level.append(found)
    elif found.entry.claim.type is None:
        claim = replace(found.entry.claim, type="array" if part.endswith("[]") else "object")
        found.entry = replace(found.entry, claim=claim)
    elif part.endswith("[]") and found.entry.claim.type == "object" and "type" not in found.entry.lines:
        found.entry = replace(found.entry, claim=TypeClaim("array"))
    return found


def _take_root(members: Members) -> None:
    """Take off a row that stands for the whole answer: `*anonymous*` with everything else below it, or alone."""
    if members.nodes and members.nodes[0].hollow and len(members.nodes) == 1:
        root = members.nodes[0]
        members.root, members.root_anchor, members.nodes = root.entry.claim, root.anchor, root.children


def _without_hollow(nodes: list[Node]) -> list[Node]:
    """Hand the members below a nameless row (`*allOf*`, `[]`) to what is above it."""
    kept: list[Node] = []
    for node in nodes:
        node.children = _items_up(node)
        if node.hollow:
            kept += [one for one in node.children if one.entry.name not in {known.entry.name for known in kept}]
        else:
            kept.append(node)
    return kept


def _items_up(node: Node) -> list[Node]:
    claim = node.entry.claim
    only = node.children[0] if len(node.children) == 1 else None
    named_items = only is not None and only.entry.name in ("items", "item", "element") and claim.type == "array"
    if only is not None and (only.hollow or named_items) and claim.type == "array":
        items = only.entry.claim
        if items.type is not None and (claim.items is None or claim.items.type is None):
            node.entry = replace(node.entry, claim=replace(claim, items=items))
        node.anchor = node.anchor or only.anchor
        return _without_hollow(only.children)
    return _without_hollow(node.children)
