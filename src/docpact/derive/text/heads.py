"""Where the members of flattened text begin: a name and a type, on two lines or on one, with marks around them."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from docpact.derive import labels
from docpact.derive.claims import TypeClaim
from docpact.derive.text import qualifiers
from docpact.derive.text.depths import by_frames
from docpact.derive.text.listlines import ORDINARY
from docpact.derive.text.members import Head, entries, yes
from docpact.derive.typeline import read_type

if TYPE_CHECKING:
    from collections.abc import Sequence

    from docpact.derive.claims import Entry

_LONGEST = 200
_MOST_MARKS = 2
_MOST_COLUMNS = 8
_COLUMN = re.compile(
    r"(?i)(?:是否)?必[填需须选传](?:项)?|required\??|mandatory|必須|필수|obligatorio|obligatoire|pflicht|обязательный"
)
_NAME = re.compile(r"[^\s:：,，;；。、(){}\[\]\"'`<>|=*?#¶]{1,80}(?:\[[\w*]{0,12}\][^\s:：,，;；。、(){}\"'`<>|=]{0,80})?")
_STARRED = re.compile(r"(?P<name>\S{1,100}?)\s?(?P<sign>[*?])")
_MARKED = re.compile(
    rf"(?i)(?P<name>\S{{1,80}})\s+(?P<mark>{'|'.join(sorted(labels.REQUIRED | labels.OPTIONAL, key=len, reverse=True))})"
)
_TYPE_LABEL = re.compile(r"(?i)(?:type|data type|类型|数据类型|型|タイプ|데이터 타입|타입|tipo|typ|тип)\s*[:：]\s*")
_STRONG = re.compile(
    r"(?i)(?:string|integer|number|boolean|object|array|enum|int|int32|int64|float|double|bool|null|any|list\s*<|dict|map\s*<"
    r"|字符串|整数|数字|布尔|对象|数组)(?![a-z])|[\w.]+\s*\[\]|\w+ · \w"
    r"|(?:string|integer|number|boolean|object)(?:required|optional|nullable)"
)
_INLINE = re.compile(
    r"(?P<name>[A-Za-z_$@][\w$.@/-]{0,79}(?:\[[\w*]{0,12}\][\w.$-]{0,60})?)(?P<sign>\s?[*?](?=\s))?[ \t]+(?P<rest>\S.*)"
)
_FRAMED = re.compile(r"(?P<list>(?:Array\s*)?\[)?\s*(?P<name>[A-Za-z_][\w.-]{0,60})?\s*(?P<open>\{)?(?<=[\[{])")
# `interface Task {` names no member, but what a program calls its type.
_CODE = re.compile(
    r"(?:export |public )?(?:interface|type|(?:data )?class|struct|enum|const|let|var|func|function|def)\s+[^{=(]*[{=(]"
)
_TYPES = {"string", "integer", "boolean", "array"}
_NAMES_TOO = {"text", "object", "number", "file", "any", "null", "double", "float", "long"}
# What stands for the name of any member of a map.
_ANY_NAME = re.compile(r"[{<]\s*(?:\*|[\w ]{1,40})\s*[}>]|\*")
# Rows that stand for the members that have no name of their own.
_PSEUDO = {"additionalproperties", "propertyname", "property", "items", "[items]", "附加属性", "anyof", "oneof", "allof"}


def read_members(lines: Sequence[str], start: int, end: int) -> list[Entry]:
    """Read the entries of `lines[start:end]` in order; a type without a name above it is passed over."""
    return entries(lines, find(lines, start, end), end)


def find(lines: Sequence[str], start: int, end: int) -> list[Head]:
    """Find where each entry starts, in the form in which most are written; those without a name have an empty one."""
    filled = [at for at in range(start, end) if lines[at]]
    apart = _with_column(lines, filled, _apart(lines, filled))
    together = _together(lines, filled)
    chosen = together if _count(together) > max(_count(apart), 1) and not _is_code(lines, together) else apart
    chosen = [head for head in by_frames(lines, chosen, end) if _CODE.fullmatch(lines[head.at]) is None]
    return [head._replace(name="") if head.name.casefold() in _PSEUDO and head.name != "property" else head for head in chosen]


def _is_code(lines: Sequence[str], heads: Sequence[Head]) -> bool:
    """Tell whether lines that open a bracket are those of a program: `try {`, more of them than say a type."""
    opening = sum(lines[head.at][-1:] in "{[" and head.name != "" for head in heads)
    return 2 * opening > _count(heads) and len({head.name for head in heads}) < len(heads)


def _with_column(lines: Sequence[str], filled: Sequence[int], heads: list[Head]) -> list[Head]:
    """Read the column of a table whose cells stand on lines of their own that says, with yes and no, what is required."""
    first = heads[0].at if heads else 0
    headed = [lines[at] for at in filled if at < first][-_MOST_COLUMNS:]
    if not any(_COLUMN.fullmatch(line[:20]) for line in headed):
        return heads
    found = []
    for head in heads:
        at = next((at for at in range(head.after, min(head.after + 3, len(lines))) if lines[at]), head.at)
        value = yes(lines[at]) if head.said.required is None and at > head.at else None
        said = head.said if value is None else replace(head.said, required=value)
        found.append(head if value is None else head._replace(said=said, after=at + 1))
    return found


def _count(heads: Sequence[Head]) -> int:
    return sum(head.name != "" for head in heads)


def _apart(lines: Sequence[str], filled: Sequence[int]) -> list[Head]:
    """Find members whose name stands alone on its line, and whose type follows, maybe after marks."""
    found: list[Head] = []
    at = 0
    while at < len(filled):
        head = _named(lines, filled, at)
        if head is not None and head.after == filled[at] + 2 and _describes_items(lines, filled, at, found):
            head = None
        if head is not None:
            if at and (prefix := lines[filled[at - 1]])[-1:] == "." and _NAME.fullmatch(prefix[:-1]) and head.name:
                # A name that a page sets in two colours, and a browser on two lines: `parts.`, `name`.
                head = head._replace(at=filled[at - 1], name=f"{prefix}{head.name}")
            found.append(head)
            while at < len(filled) and filled[at] < head.after:
                at += 1
            continue
        if lines[filled[at]][:1] == "#":
            found.append(Head(filled[at], filled[at] + 1, "", qualifiers.Said(), filled[at]))
        elif at == 0 and (alone := typed(lines[filled[0]])) is not None:
            found.append(Head(filled[0], filled[0] + 1, "", alone, filled[0]))
        at += 1
    return found


def _describes_items(lines: Sequence[str], filled: Sequence[int], at: int, above: Sequence[Head]) -> bool:
    """Tell whether a word above `Array` describes the list above it, whose items begin there, as Redoc sets them."""
    if at + 2 >= len(filled) or lines[filled[at + 1]] != "Array" or not above or above[-1].after != filled[at]:
        return False
    return lines[above[-1].type_at].startswith("Array of objects") and _named(lines, filled, at + 2) is not None


def _named(lines: Sequence[str], filled: Sequence[int], at: int) -> Head | None:
    named = ("", None) if _ANY_NAME.fullmatch(lines[filled[at]][:60]) else _name(lines[filled[at]])
    if named is None or _names_itself(lines, filled, at):
        return None
    name, required = named
    for step in range(1, _MOST_MARKS + 2):
        if at + step >= len(filled):
            return None
        line = lines[filled[at + step]]
        said = typed(line)
        if said is not None and line.isupper() and name.isupper():
            return None
        if said is not None:
            if said.required is None and required is not None:
                said = replace(said, required=required)
            return Head(filled[at], filled[at + step] + 1, name, said, filled[at + step])
        mark = qualifiers.marks(line)
        if mark is None or mark.required is None:
            return None
        required = mark.required
    return None


def _names_itself(lines: Sequence[str], filled: Sequence[int], at: int) -> bool:
    """Tell whether the next line is a member that is called like a type, `text`, whose own type follows."""
    if at + 2 >= len(filled) or lines[filled[at + 1]] not in _NAMES_TOO:
        return False
    return typed(lines[filled[at + 2]]) is not None


def _name(line: str) -> tuple[str, bool | None] | None:
    """Read a line that is a name: (the name, what a star, a question mark or a word beside it says of its being required)."""
    bare = line.strip('`*"') if line[:1] in '`*"' else line.rstrip("`")
    if labels.mark(line) is not None or len(line) > _LONGEST or line in _TYPES:
        return None
    required: bool | None = None
    if (match := _STARRED.fullmatch(bare)) is not None:
        bare, required = match["name"], match["sign"] == "*" or None
        required = False if match["sign"] == "?" else required
    elif (match := _MARKED.fullmatch(bare)) is not None and typed(match["name"]) is None:
        bare, required = match["name"], labels.mark(match["mark"]) == "required"
    return (bare, required) if _NAME.fullmatch(bare) is not None else None


def typed(line: str) -> qualifiers.Said | None:
    """Read a line that says a type, maybe with marks, and nothing else."""
    if len(line) > _LONGEST:
        return None
    if (claim := read_type(line)) is not None:
        marked = qualifiers.read(line) if "(" in line or "（" in line else None
        return marked if marked is not None and not marked.words and marked.required is not None else qualifiers.Said(claim)
    text = _TYPE_LABEL.sub("", line, count=1)
    if text == line and _STRONG.match(line) is None:
        return None
    said = qualifiers.read(text)
    return said if said.claim is not None and not said.words else None


def _framed(rest: str) -> qualifiers.Said | None:
    """Read what opens the members of an object, or of the objects of a list: `[`, `Part{`, `[Part{`."""
    match = _FRAMED.fullmatch(rest)
    if match is None:
        return None
    return qualifiers.Said(TypeClaim("array") if match["list"] else TypeClaim("object", component=match["name"]))


def _together(lines: Sequence[str], filled: Sequence[int]) -> list[Head]:
    """Find members that have a line each with name, type and marks: `id string required`, `id stringrequired`."""
    found = []
    for at in filled:
        line = lines[at]
        match = _INLINE.fullmatch(line[:_LONGEST]) if len(line) <= _LONGEST else None
        said = _framed(match["rest"]) or qualifiers.read(match["rest"]) if match is not None else None
        if line[:1] == "#":
            found.append(Head(at, at + 1, "", qualifiers.Said(), at))
        if match is None or said is None or said.claim is None or said.words or line[-1:] in ".。":
            continue
        sign = (match["sign"] or "").strip()
        if sign:
            said = replace(said, required=sign == "*")
        if match["name"].casefold() not in ORDINARY and labels.mark(match["name"]) is None and read_type(match["name"]) is None:
            found.append(Head(at, at + 1, match["name"], said, at))
    return found
