"""The cell that says a type, as tables write it: `[object]`, `List<Button>`, `varchar(64)`, `string¦null`, `enum (A, B)`."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import lru_cache

from docpact.derive import labels
from docpact.derive.claims import TypeClaim
from docpact.derive.tables.words import TYPES, split_words
from docpact.derive.typeline import read_type

_LONGEST = 300
_LONGEST_TYPE = 120
_DEEPEST = 4
_KNOWN = {word: said for said, words in TYPES.items() for word in split_words(words)}
_WIDE = str.maketrans("（）［］｛｝＜＞，：｜¦\xa0", "()[]{}<>,:|| ")
_ENUM = re.compile(r"(?i)(?P<kind>enum\w*|枚举|枚举型|列挙型?|열거형?|перечисление|enumeración|enumeração)\s*(?P<rest>.*)")
_VALUE = re.compile(r"[\"'`]?([A-Za-z0-9][\w.:+-]*)[\"'`]?")
_CUT = re.compile(r"\s*[,|/;、]\s*|\s+")
_GENERIC = re.compile(r"(?P<name>[\w.一-鿿À-ɏЀ-ӿ぀-ヿ가-힯 ]{1,40}?)\s*(?P<open>[<\[({])(?P<of>.*)[>\])}]")
_EITHER = re.compile(r"[\[\](){}<>|/]|\s(?:or|oder|ou|или|或)\s|或")
_ANNOTATION = re.compile(r"\s@\w{1,40}(?:\([^()]{0,80}\))?")
_NAMED_ENUM = re.compile(r"(?i)(?P<name>\w{1,80})\s*[(<\[]\s*(?:enum|枚举)(?P<rest>[\s,][^()]{0,40})?\s*[)>\]]")
_OF = re.compile(
    r"(?i)(?P<kind>array|list|arreglo|lista|liste|tableau|matriz|массив|список|set|collection)"
    r"\s*(?:of\b|de\b|d'|von\b|из\b|:|-|(?<=массив)\s|(?<=список)\s)\s*(?P<of>\S.*)"
)
_TRAILING = re.compile(
    r"(?i)(?P<of>\S.*?)\s*(?P<kind>\[[\d*]*\]|(?:\s|^)?(?:array|list)|数组|列表|集合|型?配列|배열|の配列|型数组|类型数组|\{\})"
)
_FORMATTED = re.compile(r"(?P<name>[^()<>\[\]{},|]{1,40}?)\s*[(<$,:\[]\s*(?P<form>[\w.+ -]{1,40}?)\s*[)>\]]?")
_FORMATS = {
    "int32", "int64", "float", "double", "date", "date-time", "byte", "binary", "password", "uuid", "uri", "url",
    "email", "uint64", "uint32", "int8", "int16", "decimal", "hostname", "ipv4", "ipv6", "time",
    "duration", "timestamp", "base64", "unix-time",
}  # fmt: skip
_MAPS = {"map", "dict", "dictionary", "record", "hashmap", "object", "对象", "treemap", "json"}
_LISTS = {word for word, said in _KNOWN.items() if said[0] == "array"} | {"linkedlist", "ilist", "icollection"}
_WRAPS = {"optional", "nullable", "maybe"}
_NULL = {"null", "none", "nil", "空", "undefined", "ヌル", "널", "nulo"}
_COMPONENT = re.compile(
    r"(?:[A-Z][A-Za-z0-9_.]*|[\w一-鿿«»]*[一-鿿][\w一-鿿«»]*|[A-Za-z]\w*(?:VO|DTO|Vo|Dto|Info|Model|Object|Entity|Item))"
)
_NO_OBJECT = re.compile(r"(?:Enum|Status|Type|State|Action|Mode|Kind|枚举|Id|ID|状态|类型)$")


@dataclass(frozen=True)
class Typed:
    """What a cell says of a type: the claim, the values in it; `known` is false where its words name no type."""

    claim: TypeClaim
    values: tuple[str, ...] = ()
    known: bool = True


@lru_cache(maxsize=2048)
def read_cell(text: str) -> Typed:
    """Read a cell of types, already without markup; what is not understood leaves the type open."""
    bare = " ".join(text[: _LONGEST + 1].translate(_WIDE).split()).strip(" .。;,`")
    bare = _ANNOTATION.sub("", bare)
    if not bare or len(bare) > _LONGEST:
        return Typed(TypeClaim(None), known=False)
    listed = _enumerated(bare)
    if listed is not None:
        return listed
    claim = _read(bare, 0) or read_type(bare)
    return Typed(claim) if claim is not None else _unknown(bare)


def _enumerated(text: str) -> Typed | None:
    """Read `enum`, `enum<string>`, `enum (A, B)`, and values in quotes as TypeScript joins them."""
    match = _ENUM.fullmatch(text)
    if match is not None:
        inside = match["rest"].strip(" <>()[]{}:")
        claim = _read(inside, 0) if inside else None
        values = () if claim is not None else _values(inside)
        if not inside or claim is not None or values:
            return Typed(replace(claim or TypeClaim("string"), enum=True), values)
    if (named := _NAMED_ENUM.fullmatch(text)) is not None and named["name"].casefold() not in _KNOWN:
        null = True if "null" in (named["rest"] or "").casefold() else None
        return Typed(TypeClaim("string", enum=True, nullable=null, component=named["name"]))
    if match is None and text.casefold().endswith(("enum", "(enum)", "<enum>", "枚举")):
        claim = _read(re.sub(r"(?i)[\s(<,]*(?:enum|枚举)[)>]?$", "", text), 0)
        return Typed(replace(claim, enum=True)) if claim is not None else None
    parts = [part.strip() for part in text.split("|")]
    quoted = [part for part in parts if len(part) > 2 and part[0] == part[-1] and part[0] in "\"'`"]  # noqa: PLR2004
    if len(quoted) > 1 and all(part in quoted or part.casefold() in _NULL for part in parts):
        null = True if len(quoted) < len(parts) else None
        return Typed(TypeClaim("string", nullable=null, enum=True), tuple(part[1:-1] for part in quoted))
    said, mark, rest = text.partition("(")
    values = _values(rest.rstrip(")")) if mark and "," in rest else ()
    kind, form = _KNOWN.get(said.strip().casefold(), (None, None)) if len(values) > 1 else (None, None)
    if kind in ("string", "integer") and not any(value.isdigit() and kind == "string" for value in values):
        return Typed(TypeClaim(kind, form, enum=True), values)
    return None


def _values(text: str) -> tuple[str, ...]:
    found = [_VALUE.fullmatch(part) for part in _CUT.split(text) if part]
    return tuple(match[1] for match in found if match) if all(found) else ()


def _read(text: str, depth: int) -> TypeClaim | None:
    if depth > _DEEPEST or not 0 < len(text) <= _LONGEST_TYPE:
        return None
    parts = _parts(text)
    if len(parts) > 1:
        return _union(parts, depth)
    bare = text.strip(" `*")
    for mark, start in (("?", False), ("?", True), ("!", False)):
        if (bare[:1] if start else bare[-1:]) == mark and len(bare) > 1:
            inner = _read(bare[1:] if start else bare[:-1], depth + 1)
            return replace(inner, nullable=True) if inner is not None and mark == "?" else inner
    said = _KNOWN.get(bare.casefold())
    if said is not None:
        return TypeClaim(*said)
    return _array(bare, depth) or _generic(bare, depth) or _formatted(bare)


def _parts(text: str) -> list[str]:
    """Split `string | null`, `number/null`, `int or string` outside of brackets."""
    found, level, start = [], 0, 0
    for match in _EITHER.finditer(text):
        sign = match[0]
        if sign in "[(<{":
            level += 1
        elif sign in "])>}":
            level -= 1
        elif level <= 0:
            found.append(text[start : match.start()].strip())
            start = match.end()
    found.append(text[start:].strip())
    return [part for part in found if part]


def _union(parts: list[str], depth: int) -> TypeClaim | None:
    known = [part for part in parts if part.casefold() not in _NULL]
    read = [_read(part, depth + 1) or _component(part) for part in known]
    claims = [claim for claim in read if claim is not None]
    if not claims or len(claims) < len(read):
        return None
    names = list(dict.fromkeys(claim.type for claim in claims))
    one = claims[0] if len(names) == 1 else TypeClaim(None if None in names else " | ".join(name for name in names if name))
    return replace(one, nullable=True) if len(known) < len(parts) else one


def _array(text: str, depth: int) -> TypeClaim | None:
    if text[0] == "[" and text[-1] == "]" and len(text) > 2:  # noqa: PLR2004 - two brackets and what is between them
        return TypeClaim("array", items=_items(text[1:-1], depth))
    if text[0] == "<":
        # `< Button > array`, as Swagger2Markup writes it.
        inside, _, after = text[1:].rpartition(">")
        if after.strip().casefold() in _LISTS:
            return TypeClaim("array", items=_items(inside.strip(), depth))
    for pattern in (_OF, _TRAILING):
        match = pattern.fullmatch(text)
        if match is not None:
            items = _items(match["of"].strip(), depth)
            if items is not None and match["kind"] != "{}":
                return TypeClaim("array", items=items)
    return None


def _items(text: str, depth: int) -> TypeClaim | None:
    claim = _read(text, depth + 1)
    plural = text.casefold().removesuffix("s")
    if claim is None and plural in _KNOWN:
        claim = TypeClaim(*_KNOWN[plural])
    return claim or _component(text)


def _generic(text: str, depth: int) -> TypeClaim | None:
    match = _GENERIC.fullmatch(text)
    if match is None:
        return None
    name = match["name"].strip().casefold()
    if name in _LISTS and match["of"].strip():
        count = re.fullmatch(r"\d+", match["of"])
        return TypeClaim("array", items=None if count else _items(match["of"].strip(), depth))
    if name in _WRAPS:
        inner = _read(match["of"], depth + 1)
        return replace(inner, nullable=True) if inner is not None else None
    if name in _MAPS:
        component = (
            match["of"].strip() if match["open"] in "([" and _KNOWN.get(match["of"].strip().casefold()) is None else None
        )
        return TypeClaim("object", component=component)
    return None


def _formatted(text: str) -> TypeClaim | None:
    """Read `integer(int64)`, `string(64)`, `string, date-time`: a type, and a format where it is one."""
    match = _FORMATTED.fullmatch(text)
    said = _KNOWN.get(match["name"].strip().casefold()) if match is not None else None
    if match is None or said is None:
        return None
    form = match["form"].strip().casefold()
    if form in labels.REQUIRED or form in labels.OPTIONAL or form in labels.NULLABLE:
        return None
    if form in ("array", "list", "object") and said[0] in ("array", "object"):
        return TypeClaim("array", items=TypeClaim("object"))
    numbers = said[0] == "number" and form in ("int64", "int32")
    return TypeClaim(said[0], form if form in _FORMATS and not numbers else form if numbers else said[1])


def _component(text: str) -> TypeClaim | None:
    bare = text.strip(" `*#")
    return TypeClaim("object", component=bare) if _COMPONENT.fullmatch(bare) and not _NO_OBJECT.search(bare) else None


def _unknown(text: str) -> Typed:
    """Keep a name that stands where a type is wanted: a component that the page may define elsewhere."""
    one = _component(text)
    if one is not None:
        return Typed(one, known=False)
    name = re.fullmatch(r"[\w.一-鿿«»-]{1,80}", text)
    return Typed(TypeClaim(None, component=text if name else None), known=False)
