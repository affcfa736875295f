"""The lines of a member into an entry: its head, then words, marks, labels and values in any order."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, NamedTuple

from docpact.derive import labels, listed
from docpact.derive.claims import Entry, Lines, TypeClaim
from docpact.derive.text import qualifiers

if TYPE_CHECKING:
    from collections.abc import Sequence

_LONGEST_TITLE = 40
# What a page says besides in the form of its source: `nullable: true`, `x-order: 3`.
_KEYED = re.compile(
    r"(?i)(?P<key>nullable|readOnly|writeOnly|deprecated|uniqueItems|title|x-[\w-]+)\s*[:：]\s*(?P<value>\S.*)?"
)
_REQUIRED_SAID = re.compile(
    r"(?i)(?:[-*•]\s*)?(?:required|mandatory|是否必[需填须选]|必[需填须选]|是否必传|必須|필수|obligatorio|requerido|obligatoire|requis"
    r"|erforderlich|обязательно|обязательный|obrigatório)\s*[?？]?\s*[:：]\s*(?P<value>\S{1,12})\.?"
)
_NULLABLE_SAID = re.compile(
    r"(?i)(?:[-*•]\s*)?(?:nullable|可为空|是否可为空|允许为空|可空|null)\s*[:：]\s*(?P<value>\S{1,12})\.?"
)
_TYPE_WORDS = (
    "type|data ?type|类型|数据类型|字段类型|參數類型|類型|型|タイプ|データ型|데이터 타입|타입|유형|tipo(?: de dato)?|typ"
    "|datentyp|тип(?: данных)?"
)
_TYPE_SAID = re.compile(rf"(?i)(?:[-*•]\s*)?(?:{_TYPE_WORDS})(?:\s*[:：]\s*|\s+(?=[`*\u4e00-\u9fff]))(?P<type>\S.*)")
_DESCRIBED = re.compile(
    r"(?i)(?:description|desc|meaning|描述|说明|含义|備考|説明|설명|descripción|descrição|beschreibung|описание)\s*[:：]\s*"
)
_LABEL_BEGINS = re.compile(
    rf"(?i)(?:^[-*• ]*|[|,，;；·/]\s*|\s{{2,}}|\.\s+)(?P<label>(?:{_TYPE_WORDS}|required|必填|必需|是否必[需填须选]"
    r"|nullable|default|默认值?|format|description|描述|说明|enum|values|枚举值?|example|示例"
    r"|possible values|allowed values|可选值)\s*[:：])"
)
_LONGEST_LABELLED = 600
_SEVERAL = 2
_YES = {
    "yes",
    "true",
    "y",
    "是",
    "必填",
    "必需",
    "required",
    "✓",
    "✔",
    "✅",
    "1",
    "はい",
    "예",
    "sí",
    "si",
    "oui",
    "ja",
    "да",
    "sim",
}
_NO = {
    "no",
    "false",
    "n",
    "否",
    "可选",
    "选填",
    "optional",
    "✗",
    "✘",
    "❌",
    "0",
    "いいえ",
    "아니오",
    "non",
    "nein",
    "нет",
    "não",
}


class Head(NamedTuple):
    """Where a member begins: the index of its name's line, and of the first line after its head; what the head says.

    `type_at` is the index of the line of its type, `depth` the nesting where the page shows it.
    """

    at: int
    after: int
    name: str
    said: qualifiers.Said
    type_at: int
    depth: int | None = None


@dataclass
class _Collected:
    """What the lines of one entry have said so far, with line numbers from 1."""

    before: list[tuple[int, str]] = field(default_factory=list)
    after: list[tuple[int, str]] = field(default_factory=list)
    values: list[tuple[int, str]] = field(default_factory=list)
    limits: list[str] = field(default_factory=list)
    required: bool | None = None
    nullable: bool | None = None
    default: str | None = None
    form: str | None = None
    enum: bool = False
    typed: tuple[TypeClaim, int] | None = None
    lines: dict[str, Lines] = field(default_factory=dict)


def entries(lines: Sequence[str], heads: Sequence[Head], end: int) -> list[Entry]:
    """Make the entry of each head, of the lines up to the next one; a head without a name only ends the one before it."""
    found = []
    for number, head in enumerate(heads):
        until = heads[number + 1].at if number + 1 < len(heads) else end
        if head.name:
            found.append(_entry(lines, head, until))
    return found


def _entry(lines: Sequence[str], head: Head, until: int) -> Entry:
    at, said = head.at, head.said
    got = _Collected(
        limits=[*said.limits], required=said.required, nullable=said.nullable, default=said.default, enum=said.enum
    )
    if said.required is not None:
        got.lines["required"] = (head.type_at + 1, head.type_at + 1)
    if said.words:
        _put(got, "text", head.type_at + 1, said.words)
    _collect(lines, head.after, until, got)
    claim, type_line = said.claim, head.type_at + 1
    if claim is None and got.typed is not None:
        claim, type_line = got.typed
    if claim is not None:
        got.lines["type"] = (type_line, type_line)
    claim = claim or TypeClaim(None)
    found = listed.find(got.before, got.after, got.values, enum=(claim.enum or got.enum) and not said.values)
    words = [*found.before, *found.after]
    if words:
        got.lines["description"] = (words[0][0], words[-1][0])
    if said.values:
        got.lines["enum"] = said.listed_at or (head.type_at + 1, head.type_at + 1)
    elif found.lines is not None:
        first = got.lines.get("enum", found.lines)[0]
        got.lines["enum"] = (min(first, found.lines[0]), found.lines[1])
    else:
        got.lines.pop("enum", None)
    got.lines["member"] = (at + 1, _last(lines, at, until))
    claim = replace(
        claim,
        nullable=claim.nullable if got.nullable is None else got.nullable,
        format=claim.format or (got.form if claim.type in ("string", "integer", "number") else None),
        enum=claim.enum or got.enum,
    )
    title, text = _worded(found.before, found.after)
    return Entry(
        name=head.name, claim=claim, lines=got.lines, required=got.required, title=title, text=text,
        values=said.values or found.values, listed=bool(said.values) or found.separate, default=got.default,
        limits=tuple(got.limits), depth=head.depth,
    )  # fmt: skip


def _last(lines: Sequence[str], at: int, until: int) -> int:
    return next((line + 1 for line in range(until - 1, at, -1) if lines[line]), at + 1)


def _take_marks(got: _Collected, at: int, line: str) -> bool:
    said = qualifiers.marks(line)
    if said is None:
        return False
    _required(got, said.required, at)
    got.nullable = got.nullable if said.nullable is None else said.nullable
    return True


def _required(got: _Collected, value: bool | None, at: int) -> None:  # noqa: FBT001 (it is what the page says)
    if value is not None:
        got.required = value
        got.lines["required"] = (at + 1, at + 1)


def _take_said(got: _Collected, at: int, line: str) -> bool:
    """Take a line that names what it says: `Required: yes`, `nullable: true`, `x-order: 3`."""
    if (match := _REQUIRED_SAID.fullmatch(line)) is not None and (value := yes(match["value"])) is not None:
        _required(got, value, at)
        return True
    if (match := _NULLABLE_SAID.fullmatch(line)) is not None and (value := yes(match["value"])) is not None:
        got.nullable = value
        return True
    if (match := _TYPE_SAID.fullmatch(line[:200])) is not None:
        said = qualifiers.read(match["type"], components=True)
        if said.claim is not None:
            got.typed = got.typed or (said.claim, at + 1)
            _required(got, said.required, at)
            got.nullable = got.nullable if said.nullable is None else said.nullable
            if said.words:
                got.before.append((at + 1, said.words))
            return True
    return _KEYED.fullmatch(line) is not None


def says_something_else(line: str) -> bool:
    """Tell whether a line says something of the member above it, and names none: `Type: string`, `Values: A, B`."""
    bare = line.replace("**", "").replace("`", "")[:300]
    return (
        type_said(bare) is not None
        or _DESCRIBED.match(bare) is not None
        or _REQUIRED_SAID.fullmatch(bare) is not None
        or _NULLABLE_SAID.fullmatch(bare) is not None
        or _value_label(bare) is not None
    )


def type_said(line: str) -> TypeClaim | None:
    """Read a line that names the type that it says: `Type: string`, `**类型** 字符串`; None for any other."""
    match = _TYPE_SAID.fullmatch(line.replace("**", "")[:200])
    return qualifiers.read(match["type"], components=True).claim if match is not None else None


def yes(word: str) -> bool | None:
    """Read a word that says yes or no, in the languages of the pages; None for any other."""
    word = word.strip("`*。. ").casefold()
    return True if word in _YES else False if word in _NO else None


def _collect(lines: Sequence[str], start: int, until: int, got: _Collected) -> None:
    state = "text"
    for at in range(start, until):
        for piece in pieces(lines[at]):
            line = _bare(piece)
            if line and not _is_frame(line[:80]):
                state = _collect_one(got, state, at, line)


def _is_frame(line: str) -> bool:
    return labels.CHILDREN.fullmatch(line) is not None or labels.FRAME.fullmatch(line) is not None


def _collect_one(got: _Collected, state: str, at: int, line: str) -> str:
    """Take one thing that is said of a member, and return what the next line is likely to be."""
    if _take_marks(got, at, line) or _take_said(got, at, line):
        return "text"
    label = _value_label(line)
    if label is not None:
        state, line = label
        if state == "enum":
            got.lines["enum"] = (at + 1, at + 1)
        if not line:
            return state
        if state == "enum" and listed.lists_several(line):
            got.values.append((at + 1, line))
            return "text"
    elif state == "text" and qualifiers.is_limit(line):
        got.limits.append(line)
        return state
    elif state == "text" and line.casefold() in qualifiers.FORMATS:
        got.form = line.casefold()
        return state
    elif (described := _DESCRIBED.match(line)) is not None:
        state, line = "text", line[described.end() :]
    return _put(got, state, at + 1, line) if line else state


def pieces(line: str) -> list[str]:
    """Return what a line of several labels says, one by one: `Type: string | Required: yes`."""
    if len(line) > _LONGEST_LABELLED or (":" not in line and "：" not in line):
        return [line]
    bare = line.replace("**", "")
    starts = [match.start("label") for match in _LABEL_BEGINS.finditer(bare)]
    if len(starts) < _SEVERAL or starts[0] > _SEVERAL:
        return [line]
    return [bare[a:b].strip(" \t|,，;；·/") for a, b in zip(starts, [*starts[1:], len(bare)], strict=True)]


def _bare(line: str) -> str:
    """Return a line without the markup around its label: `- **Values**: A` as `Values: A`."""
    if line[:1] not in "-*•·`_":
        return line
    bare = re.sub(r"^(?:[-*•·]\s+)?[*_`]{0,3}([^*_`:：]{1,40})[*_`]{0,3}(\s*[:：])?[*_`]{0,3}", r"\1\2", line[:80]) + line[80:]
    return bare if says_something_else(bare) else line


def _put(got: _Collected, state: str, number: int, line: str) -> str:
    """Put a line where it belongs, and return what the next line is likely to be."""
    if state == "enum":
        got.values.append((number, line))
        return state
    if state == "text":
        (got.before if got.required is None else got.after).append((number, line))
    elif state == "default":
        got.default = line
    elif state == "form":
        got.form = line.strip("`$ ")
    elif state == "limit":
        got.limits.append(line)
    elif state == "example" and line[-1:] in "[{,":
        return state
    return "text"


def _value_label(line: str) -> tuple[str, str] | None:
    if (match := _FORMAT.fullmatch(line[:80])) is not None:
        return "form", match["rest"]
    for kind, pattern in labels.VALUE_LABELS:
        if (match := pattern.fullmatch(line)) is not None:
            return kind, (match["rest"] or "").strip()
    return None


_FORMAT = re.compile(
    r"(?i)(?:format|格式)\s*[:：]\s*[`$]*(?P<rest>int32|int64|float|double|date|date-time|uri|url|uuid|byte|binary)`?"
)


def _worded(before: Sequence[tuple[int, str]], after: Sequence[tuple[int, str]]) -> tuple[str, str]:
    """Tell a title from a longer text: a title is one short line without the punctuation of a sentence."""
    first = [line for _, line in before]
    rest = [line for _, line in after]
    if len(first) == 1 and (rest or _short(first[0])):
        return first[0], "\n".join(rest)
    if not first and len(rest) == 1 and _short(rest[0]):
        return rest[0], ""
    return "", "\n".join([*first, *rest])


def _short(line: str) -> bool:
    return len(line) <= _LONGEST_TITLE and re.search(r"[。！？；，]|[.!?;,](?:\s|$)", line) is None
