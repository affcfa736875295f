"""Tables that another table names: of a component, of one member, of a member's values; joined where they belong."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from docpact.derive.tables import cells
from docpact.derive.tables.members import Members, read_members
from docpact.derive.tables.values import in_cell

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from docpact.derive.claims import Entry, TypeClaim
    from docpact.derive.tables.entries import Node
    from docpact.derive.tables.purpose import Placed

_DEEPEST = 8
_MOST = 1500
_ANCHORED = re.compile(r"(?i)<(?:a|h[1-6])\s[^<>]{0,200}?(?:id|name)\s*=\s*[\"']?(?P<id>[^\"'\s<>]{1,120})")
_GENERIC = re.compile(
    r"字段说明|参数说明|字段|参数|对象|结构体?|属性|说明|详情|详细|数组|列表|元素|子项|子|项|数据模型|数据|模型|实体"
    r"|定义|内容|枚举值?|枚举|取值|状态值|类型|返回|响应|的|为|表|中|里"
    r"|オブジェクト|フィールド|構造|要素|配列|モデル|定義|列挙値?|の|値|객체|필드|구조|배열|요소|항목|모델|값|의|열거형?"
    r"|(?i:\b(?:objects?|fields?|structures?|structs?|propert(?:y|ies)|attributes?|members?|items?|arrays?|elements?"
    r"|details?|schemas?|models?|components?|definitions?|dto|vo"
    r"|parameters?|params|table|description|type|types|the|of|an?|each|every|inside|in|enum|enums|enumeration|enumerated"
    r"|values?|allowed|possible|response|list|data"
    r"|objetos?|campos?|propiedades|propriedades|atributos?|valores?|estructura|de|del|do|da|los|las|el|la|elementos?"
    r"|objekte?s?|felder|eigenschaften|werte|struktur|von|der|die|das"
    r"|objets?|champs|propriétés|valeurs|du|des|объекта?|пол[яе]|структура|значения|элемента?|свойства|массива)\b)"
)
_ROUND = re.compile(r"[（(【\[][^（）()【】\[\]]{0,80}[）)】\]]")
_CLAUSE = re.compile(r"[,，.。;；:：(（]|\n")
_SPLIT = re.compile(r"[\s,，、;；:：/|\"'`“”「」《》<>·=-]+")


@dataclass
class Named:
    """The tables of a page by the names that stand above them; each is read once, and joined wherever it is named."""

    by_name: dict[str, Placed]
    values: dict[str, tuple[str, ...]]
    used: set[int]
    left: int = _MOST

    def find(self, *names: str) -> Placed | None:
        """Return the table of the first of the names that has one."""
        return next((self.by_name[key] for name in names if (key := plain(name)) and key in self.by_name), None)


def plain(name: str) -> str:
    """Return a name as it is compared: without generics and its definition's address, in lower case."""
    name = re.sub(r"(?i)^#?(?:/?(?:components/schemas|definitions)/|tocs_?|schema_?(?=\w))", "", name.strip(" #`*[]<>{}"))
    return name.split("«")[0].casefold().strip("_ ")


def keys(label: str) -> Iterator[str]:
    """Yield what a label may name: itself, what stands in its brackets, and what generic words leave of it."""
    yield label
    for part in (*(inside[1:-1] for inside in _ROUND.findall(label)), _ROUND.sub(" ", label)):
        yield part
        bare = _GENERIC.sub(" ", re.sub(r"\[[\d*]*\]", " ", part))
        left = [word for word in _SPLIT.split(bare) if word]
        if not left:
            continue
        yield "".join(left)
        # `buttons MjButton` names a member and its component; in `data.buttons` the last name counts.
        if len(left) <= 3:  # noqa: PLR2004 - more words are a sentence
            yield from left
            yield from (word.rpartition(".")[2] for word in left if "." in word)


def named(tables: Sequence[Placed], lines: Sequence[str]) -> Named:
    """Find which tables can be named by others, under the label or anchor right above each."""
    found = Named({}, {}, set())
    joinable: list[tuple[Placed, tuple[str, ...]]] = []
    for one in tables:
        nearest = _own_labels(one)
        if one.purpose == "enum" or not one.lists_members:
            _take_values(found, one, nearest)
        if one.lists_members and one.purpose not in ("status", "enum", "request"):
            joinable.append((one, nearest))
            for key in (*_anchors(one, lines), *nearest):
                found.by_name.setdefault(plain(key), one)
    # A whole heading names a table better than a word of one.
    for one, nearest in joinable:
        for key in (key for label in nearest for key in keys(label)):
            found.by_name.setdefault(plain(key), one)
    found.by_name.pop("", None)
    return found


def _own_labels(one: Placed) -> tuple[str, ...]:
    """Return the labels that may name a table: the nearest, and the next ones while those are generic."""
    for number, label in enumerate(one.labels[:4]):
        if len(label) <= 60 and any(plain(key) for key in list(keys(label))[1:]):  # noqa: PLR2004 - longer ones are sentences
            return one.labels[: number + 1]
    return one.labels[:2]


def _anchors(one: Placed, lines: Sequence[str]) -> Iterator[str]:
    """Yield the addresses of the headings above a table, up to what stands above those."""
    blank = 0
    for at in range(one.table.line - 2, max(one.table.line - 400, 0) - 1, -1):
        line = lines[at]
        match = _ANCHORED.search(line[:400])
        if match is not None:
            yield match["id"]
            blank = 1
        elif line[:1] == "|" or (blank and line and not line.startswith("<")):
            return


def _take_values(found: Named, one: Placed, nearest: Sequence[str]) -> None:
    """Keep the values that a table lists: by the member that each row names, or of what stands above it."""
    at = one.kinds.at
    value = at.get("value", at.get("values"))
    if value is None:
        value = at.get("name", 0) if one.purpose == "enum" or not one.lists_members else None
    if value is None:
        return
    owner = at.get("name") if at.get("name") != value else None
    last = ""
    for row in one.table.rows:
        cell = cells.clean(row.cells[value]) if value < len(row.cells) else ""
        named_by = cells.name(row.cells[owner]) if owner is not None and owner < len(row.cells) else None
        last = named_by.parts[-1] if named_by and named_by.parts else last
        got = in_cell(cell) or ((cell,) if re.fullmatch(r"[\w.+-]{1,80}", cell) and cell.isascii() else ())
        for key in (last,) if owner is not None else tuple(key for label in nearest for key in keys(label)):
            if key and got:
                found.values[plain(key)] = tuple(dict.fromkeys((*found.values.get(plain(key), ()), *got)))


def expand(nodes: list[Node], known: Named, within: tuple[int, ...] = ()) -> None:
    """Join to every member what another table says of its component, of what is inside of it, and of its values."""
    for node in nodes:
        known.left -= 1
        if known.left <= 0:
            return
        _take_enum(node, known)
        if not node.children:
            _join(node, known, within)
        elif len(within) < _DEEPEST:
            _typed_by_children(node)
            expand(node.children, known, within)


def _typed_by_children(node: Node) -> None:
    if node.entry.claim.type is None:
        node.entry = replace(node.entry, claim=replace(node.entry.claim, type="object"))


def _join(node: Node, known: Named, within: tuple[int, ...]) -> None:
    claim = node.entry.claim
    if claim.type not in ("object", "array", None) or len(within) >= _DEEPEST:
        return
    table = known.find(*components(claim), node.anchor) or _of_member(node, known)
    if table is None or table.table.line in within:
        return
    members = read_members(table.table, table.kinds)
    if not members.nodes:
        return
    known.used.add(table.table.line)
    node.children = members.nodes
    if claim.type is None:
        node.entry = replace(node.entry, claim=replace(claim, type="object"))
    expand(node.children, known, (*within, table.table.line))


def _of_member(node: Node, known: Named) -> Placed | None:
    """Find the table that is headed by the member's own name, where the type says that it holds something."""
    name = node.entry.name
    claim = node.entry.claim
    if claim.type is None and not claim.component:
        return None
    if claim.type == "array" and claim.items is not None and claim.items.type not in ("object", None):
        return None
    return known.find(name, name.removesuffix("s"), f"{name}[]")


def components(claim: TypeClaim | None) -> Iterator[str]:
    """Yield the names of components in a claim, the outermost first."""
    while claim is not None:
        if claim.component:
            yield claim.component
        claim = claim.items


def _take_enum(node: Node, known: Named) -> None:
    entry = node.entry
    if entry.values or entry.claim.type in ("object", "boolean"):
        return
    claim = entry.claim.items if entry.claim.type == "array" else entry.claim
    if entry.claim.type == "array" and (claim is None or claim.type in ("object", None)) and not (claim and claim.component):
        return
    words = entry.title or entry.text
    for key in (*components(entry.claim), entry.name, words, _CLAUSE.split(words, maxsplit=1)[0]):
        values = known.values.get(plain(key)) if key else None
        if values and len(values) > 1:
            # What a list of words is the type of, by its name, is a text.
            kind = None if all(value.isdigit() for value in values) else "string"
            kept = entry.claim if entry.claim.type not in (None, "object") else replace(entry.claim, type=kind)
            node.entry = replace(entry, values=values, claim=kept, lines={**entry.lines, "enum": entry.lines["member"]})
            return


def flatten(members: Members) -> list[Entry]:
    """Return the members of a tree in order, each with its depth."""
    found: list[Entry] = []
    waiting = [(node, 0) for node in reversed(members.nodes)]
    while waiting and len(found) < _MOST:
        node, depth = waiting.pop()
        lines = {"type": node.entry.lines["member"], **node.entry.lines} if node.entry.claim.type else node.entry.lines
        found.append(replace(node.entry, depth=depth, lines=lines))
        waiting += [(child, depth + 1) for child in reversed(node.children)]
    return found
