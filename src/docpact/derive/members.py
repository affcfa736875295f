"""Lines of a section into entries: a name, its type on the next line, then words, marks and values in any order."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from docpact.derive import labels, listed
from docpact.derive.claims import Entry, Lines, TypeClaim
from docpact.derive.typeline import read_type

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_LONGEST_TITLE = 40
_NAME = re.compile(r"[^\s:：,，;；。、(){}\[\]\"'`<>|=]{1,80}")
_MARKED = re.compile(
    rf"(?i)(?P<type>.+?)\s*(?P<mark>{'|'.join(sorted(labels.REQUIRED | labels.OPTIONAL, key=len, reverse=True))})"
)


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
    lines: dict[str, Lines] = field(default_factory=dict)


def read_members(lines: Sequence[str], start: int, end: int) -> list[Entry]:
    """Read the entries of `lines[start:end]` in order; a type without a name above it is passed over."""
    found = list(_starts(lines, start, end))
    entries = []
    for number, (at, name, type_at, claim) in enumerate(found):
        until = found[number + 1][0] if number + 1 < len(found) else end
        if name:
            entries.append(_entry(lines, (at, type_at, until), name, claim))
    return entries


def _starts(lines: Sequence[str], start: int, end: int) -> Iterator[tuple[int, str, int, TypeClaim]]:
    """Yield where each entry starts: line of the name, name, line of the type, type; nameless ones with no name."""
    filled = [at for at in range(start, end) if lines[at]]
    at = 0
    while at < len(filled):
        line = lines[filled[at]]
        following = filled[at + 1] if at + 1 < len(filled) else None
        claim = _typed(lines[following]) if following is not None else None
        if claim is not None and following is not None and _is_name(line):
            yield filled[at], line.strip("`*"), following, claim
            at += 2
            continue
        if at == 0 and (alone := _typed(line)) is not None:
            yield filled[at], "", filled[at], alone
        at += 1


def _typed(line: str) -> TypeClaim | None:
    claim = read_type(line)
    if claim is None and (marked := _MARKED.fullmatch(line[:200])) is not None:
        claim = read_type(marked["type"])
    return claim


def _is_name(line: str) -> bool:
    return _NAME.fullmatch(line.strip("`*")) is not None and labels.mark(line) is None


def _entry(lines: Sequence[str], where: tuple[int, int, int], name: str, claim: TypeClaim) -> Entry:
    at, type_at, until = where
    got = _Collected()
    marked = _MARKED.fullmatch(lines[type_at][:200]) if read_type(lines[type_at]) is None else None
    if marked is not None:
        _take_mark(got, type_at, marked["mark"])
    _collect(lines, type_at + 1, until, got)
    listed_values = listed.find(got.before, got.after, got.values, enum=claim.enum)
    words = [*listed_values.before, *listed_values.after]
    if words:
        got.lines["description"] = (words[0][0], words[-1][0])
    if listed_values.lines is not None:
        first = got.lines.get("enum", listed_values.lines)[0]
        got.lines["enum"] = (min(first, listed_values.lines[0]), listed_values.lines[1])
    else:
        got.lines.pop("enum", None)
    got.lines |= {"member": (at + 1, _last(lines, at, until)), "type": (type_at + 1, type_at + 1)}
    if got.nullable is not None:
        claim = TypeClaim(**{**vars(claim), "nullable": got.nullable})
    title, text = _worded(listed_values.before, listed_values.after)
    return Entry(
        name=name, claim=claim, lines=got.lines, required=got.required, title=title, text=text,
        values=listed_values.values, listed=listed_values.separate, default=got.default, limits=tuple(got.limits),
    )  # fmt: skip


def _last(lines: Sequence[str], at: int, until: int) -> int:
    return next((line + 1 for line in range(until - 1, at, -1) if lines[line]), at + 1)


def _take_mark(got: _Collected, at: int, line: str) -> bool:
    kind = labels.mark(line)
    if kind is None:
        return False
    if kind in ("required", "optional"):
        got.required = kind == "required"
        got.lines["required"] = (at + 1, at + 1)
    elif kind == "nullable":
        got.nullable = True
    return True


def _collect(lines: Sequence[str], start: int, until: int, got: _Collected) -> None:
    state = "text"
    for at in range(start, until):
        line = lines[at]
        if not line:
            continue
        if _take_mark(got, at, line):
            state = "text"
            continue
        label = _value_label(line)
        if label is not None:
            state, line = label
            if state == "enum":
                got.lines["enum"] = (at + 1, at + 1)
            if not line:
                continue
        elif state == "text" and labels.LIMIT.fullmatch(line):
            got.limits.append(line)
            continue
        state = _put(got, state, at + 1, line)


def _put(got: _Collected, state: str, number: int, line: str) -> str:
    """Put a line where it belongs, and return what the next line is likely to be."""
    if state == "enum":
        got.values.append((number, line))
        return state
    if state == "text":
        (got.before if got.required is None else got.after).append((number, line))
    elif state == "default":
        got.default = line
    elif state == "limit":
        got.limits.append(line)
    elif state == "example" and line[-1:] in "[{,":
        return state
    return "text"


def _value_label(line: str) -> tuple[str, str] | None:
    for kind, pattern in labels.VALUE_LABELS:
        if (match := pattern.fullmatch(line)) is not None:
            return kind, (match["rest"] or "").strip()
    return None


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
