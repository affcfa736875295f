"""The line that says a type: `enum<string>`, `array[object (Button) {5}] | null`, `integer <int64>`."""

from __future__ import annotations

import re

from docpact.derive.claims import TypeClaim

_LONGEST = 200
_NAMES: dict[str, tuple[str | None, str | None]] = {
    "string": ("string", None),
    "str": ("string", None),
    "text": ("string", None),
    "file": ("string", "binary"),
    "integer": ("integer", None),
    "int": ("integer", None),
    "int32": ("integer", "int32"),
    "int64": ("integer", "int64"),
    "long": ("integer", "int64"),
    "number": ("number", None),
    "float": ("number", "float"),
    "double": ("number", "double"),
    "boolean": ("boolean", None),
    "bool": ("boolean", None),
    "object": ("object", None),
    "array": ("array", None),
    "null": ("null", None),
    "any": (None, None),
    "字符串": ("string", None),
    "整数": ("integer", None),
    "数字": ("number", None),
    "布尔值": ("boolean", None),
    "对象": ("object", None),
    "数组": ("array", None),
}
_WORDS = "|".join(sorted(_NAMES, key=len, reverse=True))
_ENUM = re.compile(r"(?i)(?:enum|枚举)\s*(?:[<\[(]\s*(?P<of>[^<>\[\]()]+?)\s*[>\])])?")
_ARRAY = re.compile(r"(?i)(?:array|数组)\s*(?:(?P<open>[\[<(])(?P<of>.*)[\]>)])?\s*(?:\{\d+\})?")
_ARRAY_OF = re.compile(r"(?i)array\s+of\s+(?P<of>[\w<>]+?)s?")
_POSTFIX = re.compile(r"(?P<of>.+?)\s*\[\s*\]")
_MAP = re.compile(r"(?i)(?:map|dictionary|record)\s*(?:[<\[(].*[>\])])?")
_OBJECT = re.compile(r"(?i)(?:object|对象)\s*(?:\((?P<name>[^()]*)\))?\s*(?:\{(?P<count>\d{1,4})\})?")
# `string (required)` has no format.
_NO_FORMAT = "(?:enum|required|optional|nullable|null|deprecated|read-?only|write-?only)\\b"
_PLAIN = re.compile(
    rf"(?i)(?P<name>{_WORDS})\s*(?:<\s*(?P<angle>[\w.+-]+)\s*>|\(\s*\$?(?P<round>(?!{_NO_FORMAT})[\w.+-]+)\s*\))?\s*(?:\([^()]*\))?"
)
_NULL = {"null", "none", "nil"}


def read_type(line: str) -> TypeClaim | None:
    """Read a line that says a type and nothing else; return None for any other line."""
    if not line or len(line) > _LONGEST:
        return None
    text = line.translate(str.maketrans("（）［］｛｝＜＞\xa0", "()[]{}<> ")).strip()
    parts = [part for part in _split_union(text) if part]
    known = [part for part in parts if part.casefold() not in _NULL]
    if len(parts) > len(known) and known:
        inner = _one(known)
        return None if inner is None else TypeClaim(**{**vars(inner), "nullable": True})
    return _one(parts)


def _one(parts: list[str]) -> TypeClaim | None:
    claims = [_read(part) for part in parts]
    read = [claim for claim in claims if claim is not None]
    if not read or len(read) < len(claims):
        return None
    if len(read) == 1:
        return read[0]
    names = [claim.type for claim in read]
    joined = " | ".join(name for name in names if name)
    return TypeClaim(None if None in names else joined)


def _split_union(text: str) -> list[str]:
    parts, depth, start = [], 0, 0
    for at, char in enumerate(text):
        if char in "[(<{":
            depth += 1
        elif char in "])>}":
            depth -= 1
        elif char == "|" and depth == 0:
            parts.append(text[start:at].strip())
            start = at + 1
    parts.append(text[start:].strip())
    return parts


def _read(text: str) -> TypeClaim | None:
    if (match := _ENUM.fullmatch(text)) is not None:
        inner = _read(match["of"]) if match["of"] else TypeClaim("string")
        return None if inner is None else TypeClaim(inner.type, inner.format, enum=True)
    if (match := _OBJECT.fullmatch(text)) is not None:
        count = int(match["count"]) if match["count"] else None
        return TypeClaim("object", component=(match["name"] or "").strip() or None, count=count)
    if (match := _PLAIN.fullmatch(text)) is not None and match["name"].casefold() not in ("array", "数组"):
        kind, form = _NAMES[match["name"].casefold()]
        # A capitalised name in parentheses is that of a schema: `string (State)`.
        said = match["round"] if match["round"] and not match["round"][:1].isupper() else None
        return TypeClaim(kind, match["angle"] or said or form)
    if _MAP.fullmatch(text) is not None:
        return TypeClaim("object")
    for pattern in (_ARRAY, _ARRAY_OF, _POSTFIX):
        if (match := pattern.fullmatch(text)) is not None:
            items = read_type(match["of"]) if match["of"] else None
            return TypeClaim("array", items=items) if items is not None or not match["of"] else None
    return None
