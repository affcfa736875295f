"""The rows of a table into members: each with what its cells say, in a tree as their marks show it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from docpact.derive import tables_cells as cells
from docpact.derive import tables_columns
from docpact.derive.claims import Entry, TypeClaim
from docpact.derive.tables_types import read_cell
from docpact.derive.tables_values import in_cell, in_words

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from docpact.derive.tables_columns import Columns
    from docpact.derive.tables_rows import Row, Table

_LONGEST_TITLE = 40
_DEEPEST = 30
_MARK = re.compile(
    r"(?i)^\s*[(（\[【]?\s*(?P<mark>required|optional|mandatory|必填|必选|必须|必需|可选|选填|非必填|必須|任意|필수|선택"
    r"|obligatorio|opcional|pflichtfeld|обязательное поле"
    r"|необязательное поле)\s*(?:[)）\]】]|(?=[.。:：,，;；\n])|$)[.。:：,，;；\s]*"
)
_ASIDE = re.compile(
    r"(?i)\s*[\[(（](?P<mark>required|optional|nullable|readonly|read-only|必填|可选|default to [^\[\]()（）]{0,80})[\])）]"
)
_NULLABLE = re.compile(
    r"(?i)(?:can|may|could|might) be null\b|\bor null\b|\bnullable\b|可为\s?(?:null|空)|可能为\s?(?:null|空)"
    r"|允许(?:为)?\s?(?:null|空)|null\s?(?:可|許容|가능|허용)|널 허용"
    r"|puede ser null|может быть null|kann null sein|peut être null"
)
_ASIDE_LINE = re.compile(
    r"(?i)[`*]*(?:example|示例|示例值|样例|例|mock|最大长度|最小长度|最大值|最小值|minimum|maximum|length|pattern"
    r"|枚举备注|format|uniqueitems|最小数量|最大数量)\s?[`*]*\s?[:：]"
)
_ITEMS = re.compile(r"(?i)item\s*类型\s*[:：]\s*(?P<of>\w+)")


@dataclass
class Node:
    """A member with those inside it; `anchor` is where its type links to on the page; `hollow` stands for no member."""

    entry: Entry
    children: list[Node] = field(default_factory=list)
    anchor: str = ""
    hollow: bool = False


@dataclass
class Members:
    """The members of one table: a tree; `root` is what a nameless row says of the whole; `flat`: nothing shows nesting."""

    nodes: list[Node]
    root: TypeClaim | None = None
    root_anchor: str = ""
    flat: bool = True


def read_members(table: Table, kinds: Columns) -> Members:
    """Read the rows of a table; rows that name no member are passed over."""
    rows = [tables_columns.fit(row, table, kinds) for row in table.rows]
    named = [(row, cells.name(kinds.cell(row, "name"))) for row in rows]
    named = [(row, one) for row, one in (*_several(named, kinds),) if one is not None]
    made = [(one, _node(row, kinds, one)) for row, one in named if one is not None]
    if any(one.spaced for one, _ in made) and not _spaces_tell(made, kinds, table):
        made = [(replace(one, depth=0) if one.spaced else one, node) for one, node in made]
    depths = {one.depth for one, _ in made}
    flat = len(depths) <= 1 and not any(len(one.parts) > 1 or one.hollow for one, _ in made)
    roots = _stacked(made)
    members = Members(_joined(roots, made), flat=flat)
    _take_root(members)
    members.nodes = _without_hollow(members.nodes)
    return members


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


def _node(row: Row, kinds: Columns, one: cells.Name) -> Node:
    lines = {"member": (row.line, row.line)}
    written = kinds.cell(row, "type")
    typed = read_cell(cells.said(written))
    claim = typed.claim
    schema = kinds.cell(row, "schema") if kinds.at.get("schema") != kinds.at.get("type") else ""
    claim = _with_schema(claim, cells.said(schema))
    if cells.said(written):
        lines["type"] = lines["member"]
    form = cells.said(kinds.cell(row, "format")) if kinds.at.get("format") != kinds.at.get("type") else ""
    if form and claim.format is None and re.fullmatch(r"[\w.-]{1,40}", form):
        claim = replace(claim, format=form)
    nullable = _nullable(row, kinds)
    required = _required(row, kinds, one)
    title = cells.said(kinds.cell(row, "title")) or one.title
    text = kinds.words(row)
    match = _MARK.match(text)
    if match is not None:
        required = cells.yes(match["mark"]) if required is None else required
        text = text[match.end() :]
    text, claim, required = _asides(text, claim, required)
    if claim.type == "array" and claim.items is None and (items := _ITEMS.search(text)):
        claim, text = replace(claim, items=read_cell(items["of"]).claim), text.replace(items[0], "").strip()
    if nullable is None and (_NULLABLE.search(text)):
        nullable = True
    claim = claim if nullable is None else replace(claim, nullable=nullable)
    text = "\n".join(line for line in text.split("\n") if not _ASIDE_LINE.match(line.strip()))
    said = in_words(text)
    values = _values(row, kinds) or typed.values or said.values
    if values and values == said.values:
        lines["enum"] = lines["member"]
        text = said.words
    else:
        text = in_words(text).words if values and set(said.values) == set(values) else cells.clean(text)
        lines |= {"enum": lines["member"]} if values else {}
    default = cells.said(kinds.cell(row, "default")) or said.default
    titled, words = _worded(title, text)
    if titled or words:
        lines["description"] = lines["member"]
    if required is not None:
        lines["required"] = lines["member"]
    entry = Entry(
        one.parts[-1] if one.parts else "", claim, lines, required, titled, words, tuple(values), listed=True,
        default=default or None, limits=tuple(_limits(row, kinds)), depth=0,
    )  # fmt: skip
    return Node(entry, anchor=cells.anchor(written) or cells.anchor(schema), hollow=one.hollow)


def _with_schema(claim: TypeClaim, schema: str) -> TypeClaim:
    """Add what a second column says: the name of a component, or of what a list holds."""
    if not schema:
        return claim
    said = read_cell(schema)
    if said.claim.type == claim.type and said.claim.format == claim.format:
        return replace(claim, items=claim.items or said.claim.items, component=claim.component or said.claim.component)
    if claim.type == "array" and claim.items is None and said.claim.type != "array":
        return replace(claim, items=said.claim if said.claim.type else TypeClaim("object", component=said.claim.component))
    if claim.type in ("object", None) and claim.component is None and not said.known:
        return replace(claim, component=said.claim.component)
    return claim


def _nullable(row: Row, kinds: Columns) -> bool | None:
    return kinds.yes(row, "nullable") if "nullable" in kinds.at else None


def _required(row: Row, kinds: Columns, one: cells.Name) -> bool | None:
    said = kinds.yes(row, "required")
    if said is None and "optional" in kinds.at:
        optional = kinds.yes(row, "optional")
        said = None if optional is None else not optional
    return one.required if said is None else said


def _asides(text: str, claim: TypeClaim, required: bool | None) -> tuple[str, TypeClaim, bool | None]:  # noqa: FBT001 - three states
    """Take marks in brackets out of the words: `[optional]`, `(nullable)`."""
    for match in list(_ASIDE.finditer(text))[:6]:
        mark = match["mark"].casefold()
        if mark == "nullable":
            claim = replace(claim, nullable=True)
        elif required is None and not mark.startswith(("default", "read")):
            required = cells.yes(mark)
    return _ASIDE.sub("", text).strip(), claim, required


def _values(row: Row, kinds: Columns) -> tuple[str, ...]:
    found = in_cell(cells.code(kinds.cell(row, "values"))) if cells.said(kinds.cell(row, "values")) else ()
    if not found and cells.said(kinds.cell(row, "limits")):
        found = in_words(cells.code(kinds.cell(row, "limits"))).values
    return found


def _limits(row: Row, kinds: Columns) -> Iterator[str]:
    text = cells.said(kinds.cell(row, "limits"))
    if text and not in_words(text).values:
        # A number means nothing without the word above it.
        yield f"{kinds.heads[kinds.at['limits']]} {text}" if text.isdigit() else text[:200]


def _worded(title: str, text: str) -> tuple[str, str]:
    """Tell a title from a text; what both say is said once."""
    if title and text and " ".join(title.split()) == " ".join(text.split()):
        return title, ""
    if (
        not title
        and "\n" not in text
        and len(text) <= _LONGEST_TITLE
        and re.search(r"[。！？；，]|[.!?;,](?:\s|$)", text) is None
    ):
        return text, ""
    return title, text
