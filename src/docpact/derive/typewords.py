"""Types as people write them in lists and prose: `list of strings`, `Button[]`, `Optional[str]`, `cadena`, `object · Task`."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import lru_cache

from docpact.derive import labels
from docpact.derive.claims import TypeClaim
from docpact.derive.typeline import read_type

_LONGEST = 120
_DEEPEST = 6
# Words that are ordinary ones too, and say a type only where a type is expected.
_SPOKEN: tuple[tuple[TypeClaim, str], ...] = (
    (
        TypeClaim("string"),
        (
            "字符|文本|字符型|字符串型|字符串类型|文字列|문자열|cadena|cadena de texto|texto|chaîne|chaîne de caractères|"
            "texte|zeichenkette|zeichenfolge|строка|текст|stringa|varchar|char|character|characters|字串|symbol"
        ),
    ),
    (
        TypeClaim("integer"),
        (
            "整型|整数型|整數|整数类型|정수|entero|entier|ganzzahl|целое|целое число|inteiro|intero|uint|short|byte|bigint|"
            "uint32|int16|int8|smallint|tinyint"
        ),
    ),
    (
        TypeClaim("integer", "int64"),
        "长整型|长整数|长整形|uint64|i64|u64",
    ),
    (
        TypeClaim("number"),
        (
            "数值|数值型|浮点数|浮点型|浮点|小数|數字|数字型|숫자|数値|número|nombre|zahl|число|numero|decimal|numeric|"
            "float64|real|bigdecimal"
        ),
    ),
    (
        TypeClaim("boolean"),
        (
            "布尔|布尔型|布尔类型|布林值|布爾值|真偽値|真偽|ブール値|ブール|불리언|불린|booleano|booléen|booleen|boolesch|"
            "wahrheitswert|булево|логический|булевый|bit|flag|boolean值|bool值"
        ),
    ),
    (
        TypeClaim("object"),
        (
            "对象类型|對象|物件|オブジェクト|객체|objeto|objet|objekt|объект|oggetto|map|dict|dictionary|hash|hashmap|"
            "struct|json|jsonobject|json object|json对象|字典|键值对|结构体|键值对象|record"
        ),
    ),
    (
        TypeClaim("array"),
        (
            "列表|集合|数组类型|陣列|配列|リスト|배열|리스트|목록|arreglo|matriz|lista|tableau|liste|feld|массив|список|"
            "array list|list|arraylist|slice|tuple|jsonarray|json array|vector|set"
        ),
    ),
    (
        TypeClaim("string", "date-time"),
        "datetime|date-time|date time|iso8601|iso 8601|iso-8601|日期时间",
    ),
    (
        TypeClaim("string", "date"),
        "date|日期",
    ),
    (
        TypeClaim("string", "uri"),
        "url|uri",
    ),
    (
        TypeClaim("string", "uuid"),
        "uuid|guid",
    ),
    (
        TypeClaim(None),
        "mixed|any type|unknown|anyof|oneof|任意类型|interface{}",
    ),
    (
        TypeClaim("string", enum=True),
        "enum string|string enum|枚举字符串|枚举类型|枚举型|字符串枚举|enumerated string",
    ),
    (
        TypeClaim("array", items=TypeClaim("object")),
        "对象数组|对象列表|对象集合|objects|object list|数组对象|array object",
    ),
    (
        TypeClaim("array", items=TypeClaim("string")),
        "字符串数组|字符串列表|strings",
    ),
    (
        TypeClaim("array", items=TypeClaim("integer")),
        "整数数组|integers",
    ),
    (
        TypeClaim("array", items=TypeClaim("number")),
        "numbers|数字数组",
    ),
)
_WORDS = {word: claim for claim, words in _SPOKEN for word in words.split("|")}
_WRAPPED = re.compile(r"(?i)(?:optional|nullable|null|sql\.null)\s*[<\[(]\s*(?P<of>.+)\s*[>\])]")
_OR_NULL = re.compile(r"(?i)(?P<of>.+?)(?:\s*(?:\bor\b|[/,，或])\s*(?:null|none|nil|空)|\s*\(?nullable\)?|\s*(?<![\w\s])?\?)")
_NULL_FIRST = re.compile(r"(?i)(?:(?:null|none)\s*(?:\bor\b|[/,，或])|nullable\s|\?)\s*(?P<of>.+)")
_ARRAY = re.compile(
    r"(?i)(?:array|list|slice|vector|collection|set|tableau|lista|liste|arreglo|matriz|массив|список|数组|列表)"
    r"(?:\s+(?:of|de|d'|von|из)\s+|\s*[<\[(]\s*)(?P<of>[^<>\[\]()]+(?:\([^()]*\)|<[^<>]*>|\[\])?)\s*[>\])]?"
)
_FRENCH = re.compile(r"(?i)(?:tableau|liste)\s+(?:d['’]|de\s+)(?P<of>\w+)")
_SQUARE = re.compile(
    r"\[\s*(?P<of>[\w\s.]+?)\s*\]|\[\]\s*\*?(?P<go>[\w.]+)|(?P<post>[^\s\[\]].*?)\s*(?:\[\s*\]|\s+array|数组|列表)"
)
_OF = re.compile(r"(?i)(?:map|dict|record|dictionary|hashmap|mapping)\s*[<\[(].*")
_DOTTED = re.compile(r"(?P<one>[^·•]+?)\s*[·•]\s*(?P<other>[^·•]+)")
_OF_OBJECTS = re.compile(r"(?i)(?:array|list)\s+of\s+objects?\s*\((?P<name>[^()]*)\)(?:\s*\[.*\]|\s*\{\d+\})?")
_ENUM = re.compile(r"(?i)(?P<of>\w+)\s*[(\[<]?\s*(?:enum|枚举|枚举值)\s*[)\]>]?|(?:enum|枚举)\s*[:：]?\s*(?P<then>\w+)")
_COMPONENT = re.compile(r"[A-Z][A-Za-z0-9]*(?:\.[A-Z][A-Za-z0-9]*)*")
_ORDINARY = {"any", "text", "file", "null", "long", "double", "float", "list"}
# A type that is followed by these words is a part of a sentence: "number of tasks".
_SENTENCE = re.compile(r"(?i)(?:of|for|that|which|is|are|in|to|from|with|containing|representing|used)\b")
# What a type can begin with: most texts begin with something else, and are told so at once.
_BEGINS = re.compile(
    r"(?i)(?:string|str|text|file|int|long|number|float|double|bool|object|array|null|any|enum|optional|nullable|sql|collection"
    r"|mapping|[\[<?*]|[\w.]+\s*(?:\[|·|•|<|array\b|数组|列表)|字符串|整数|数字|布尔|对象|数组|枚举"
    rf"|{'|'.join(map(re.escape, _WORDS))})"
)
_EDGE = re.compile(r"[\s,，、;；:：。（(\[|/·—–-]|\.(?=\s|$)|$")
_INNER = re.compile(r"[(（\[](?P<of>[^()（）\[\]]*)[)）\]]?$")
_MOST_EDGES = 8
_MOST_KEPT = 4096


@lru_cache(maxsize=_MOST_KEPT)
def read(text: str, *, components: bool = False) -> TypeClaim | None:
    """Read a text where a type is expected; `components`: a capitalised name stands for an object described elsewhere."""
    return _read(text.strip(), components, 0) if len(text) <= _LONGEST else None


def _read(text: str, components: bool, depth: int) -> TypeClaim | None:  # noqa: FBT001 (handed down as it was given)
    bare = text.strip("`*_ .。")
    if not bare or depth > _DEEPEST:
        return None
    claim = read_type(text) or read_type(bare) or _WORDS.get(bare.casefold()) or _nullable(bare, components, depth)
    claim = claim or _other(bare, depth)
    if claim is None and components and _COMPONENT.fullmatch(bare) is not None:
        return TypeClaim("object", component=bare)
    return claim


def _nullable(bare: str, components: bool, depth: int) -> TypeClaim | None:  # noqa: FBT001 (as above)
    for pattern in (_WRAPPED, _OR_NULL, _NULL_FIRST):
        if (match := pattern.fullmatch(bare)) is not None:
            inner = _read(match["of"], components, depth + 1)
            return None if inner is None else replace(inner, nullable=True)
    return None


def _other(bare: str, depth: int) -> TypeClaim | None:
    if (match := _DOTTED.fullmatch(bare)) is not None:
        return _read(match["one"], False, depth + 1) or _read(match["other"], False, depth + 1)  # noqa: FBT003 (as above)
    if (match := _ENUM.fullmatch(bare)) is not None:
        inner = _read(match["of"] or match["then"], False, depth + 1)  # noqa: FBT003 (as above)
        return None if inner is None else replace(inner, enum=True)
    if _OF.fullmatch(bare) is not None:
        return TypeClaim("object")
    if (match := _OF_OBJECTS.fullmatch(bare)) is not None:
        return TypeClaim("array", items=TypeClaim("object", component=match["name"].strip() or None))
    for pattern in (_ARRAY, _FRENCH, _SQUARE):
        if (match := pattern.fullmatch(bare)) is not None:
            items = _items(next(group for group in match.groups() if group), depth)
            return None if items is None else TypeClaim("array", items=items)
    return None


def _items(of: str, depth: int) -> TypeClaim | None:
    plural = _WORDS.get(of.casefold())
    if plural is not None and plural.items is not None:
        return plural.items
    return _read(of, True, depth + 1) or (_read(of[:-1], False, depth + 1) if of[-1:] == "s" else None)  # noqa: FBT003 (as above)


def lead(text: str) -> tuple[TypeClaim, str] | None:
    """Read the type that a text begins with: (the type, the rest); None where a sentence begins with such a word."""
    if _BEGINS.match(text) is None:
        return None
    best: tuple[TypeClaim, str] | None = None
    for number, edge in enumerate(_EDGE.finditer(text, 1, _LONGEST)):
        if number >= _MOST_EDGES:
            break
        if _marked(text[: edge.start()]):
            break
        claim = read(text[: edge.start()])
        rest = text[edge.start() :]
        if (
            claim is not None
            and not (_SENTENCE.match(rest.lstrip()) and rest[:1] == " ")
            and _may_end(text[: edge.start()], rest)
        ):
            best = (claim, rest)
    return best


def _marked(candidate: str) -> bool:
    """Tell whether a type candidate has a mark in its parentheses, `string (required)`, which are read by themselves."""
    inner = _INNER.search(candidate)
    return inner is not None and any(labels.mark(piece) is not None for piece in re.split(r"[,，、]", inner["of"]))


def _may_end(word: str, rest: str) -> bool:
    """Tell whether a type ends here: an ordinary word does so before a break only."""
    following = rest.lstrip()[:1]
    before_a_break = not following or not rest[:1].isspace() or not (following.isascii() and following.isalpha())
    return before_a_break or (read_type(word) is not None and word.casefold() not in _ORDINARY)
