"""One row of a table into a member: what each of its cells says."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from docpact.derive.claims import Entry, TypeClaim
from docpact.derive.tables import cells
from docpact.derive.tables.types import Typed, read_cell
from docpact.derive.tables.values import Said, in_cell, in_words
from docpact.derive.text import qualifiers

if TYPE_CHECKING:
    from collections.abc import Iterator

    from docpact.derive.tables.columns import Columns
    from docpact.derive.tables.rows import Row

_FREE = re.compile(
    r"(?i)(?:.*(?:url|uri|link|image|img|photo|picture|video|file|prompt|desc|description|reason|message|text|content"
    r"|time|date|path)s?\d?|.*id)"
)
_LONGEST_TITLE = 40
_LONGEST_TYPE = 200
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
    """A member with those inside it; `anchor` is where its type links to on the page; `hollow` stands for no member.

    `place` is what a column of places says: `path`, `query`, `body`.
    """

    entry: Entry
    children: list[Node] = field(default_factory=list)
    anchor: str = ""
    hollow: bool = False
    place: str = ""


def read_node(row: Row, kinds: Columns, one: cells.Name) -> Node:
    """Read the row of a member whose name cell is read already."""
    lines = {"member": (row.line, row.line)}
    written = kinds.cell(row, "type")
    typed, said_required = typed_cell(cells.said(written) or one.typed)
    claim = typed.claim
    schema = kinds.cell(row, "schema") if kinds.at.get("schema") != kinds.at.get("type") else ""
    claim = _with_schema(claim, cells.said(schema))
    if cells.said(written) or typed.known:
        lines["type"] = lines["member"]
    form = cells.said(kinds.cell(row, "format")) if kinds.at.get("format") != kinds.at.get("type") else ""
    if form and claim.format is None and re.fullmatch(r"[\w.-]{1,40}", form):
        claim = replace(claim, format=form)
    nullable = _nullable(row, kinds)
    required = _required(row, kinds, one)
    required = said_required if required is None else required
    title = cells.said(kinds.cell(row, "title")) or one.title
    text = kinds.words(row)
    match = _MARK.match(text)
    if match is not None:
        required = cells.yes(match["mark"]) if required is None else required
        text = text[match.end() :]
    text, claim, required = _asides(text, claim, required)
    if claim.type == "array" and claim.items is None and (items := _ITEMS.search(text)):
        claim, text = replace(claim, items=read_cell(items["of"]).claim), text.replace(items[0], "").strip()
    if nullable is None and (_NULLABLE.search(text) or _NULLABLE.search(cells.clean(kinds.cell(row, "limits")))):
        nullable = True
    claim = claim if nullable is None else replace(claim, nullable=nullable)
    text = "\n".join(line for line in text.split("\n") if not _ASIDE_LINE.match(line.strip()))
    said = in_words(text)
    if said.values and not said.announced and _FREE.fullmatch(one.parts[-1] if one.parts else ""):
        # `imageUrl: a picture (PNG, WEBP)` lists no values of an address.
        said = Said((), cells.clean(text), said.default)
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
    return Node(
        entry,
        anchor=cells.anchor(written) or cells.anchor(schema),
        hollow=one.hollow,
        place=cells.clean(kinds.cell(row, "place")),
    )


def typed_cell(text: str) -> tuple[Typed, bool | None]:
    """Read a type, and the marks that may stand with it: `string, required`, `nullable string`."""
    typed = read_cell(text)
    if typed.known or not text:
        return typed, None
    said = qualifiers.read(text[:_LONGEST_TYPE])
    return (Typed(said.typed, said.values), said.required) if said.claim is not None else (typed, said.required)


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
