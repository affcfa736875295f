"""The values of a member in the words of a cell: announced, explained one by one, or in a column of their own."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from docpact.derive import labels

_LONGEST = 1500
_MOST = 150
_MOST_STARTS = 5
_MOST_READ = 1800
# `1-ready` and `DONE-at its end` are values with what they mean.
_BARE = r"\d{1,6}(?=-[^\W\d])|[A-Z][A-Z0-9_]*(?=-[a-z])|[A-Za-z0-9](?:[A-Za-z0-9_.+]|-(?=[A-Za-z0-9]))*"
_VALUE = re.compile(rf"(?P<open>[`'\"“‘「])(?P<quoted>[^`'\"“”‘’「」\n]{{1,80}})[`'\"”’」]|(?P<bare>{_BARE})")
_ROUND = re.compile(r"\s*[（(【\[][^（）()【】\[\]]{0,300}[）)】\]]")
_SAID = re.compile(
    r"\s*(?:[:：=]|\s[-–—]+\s|[-–—](?=[^\x00-\x7f])|-(?=[a-z])|–|—|→"
    r"|->)\s*(?P<words>(?:(?!\s\d{1,6}\s?[-:：=(（])[^、,，;；|\n]){1,300})"
)
_SPACED = re.compile(r"\s+(?P<words>(?!(?i:or|and|oder|ou|или|и|o|y|e)\s)[^\x00-\x7f、，；][^、,，;；|\n。]{0,100})")
_NEXT = re.compile(
    r"\s*(?:[、,，;；|/]|\n\s*[-*•·]?)\s*(?:(?i:or|and|or else|oder|ou|или|и|或|和|及|または)\s+|[或和及])?\s*"
    r"|\s+(?:(?i:or|and|oder|ou|или|и)\s+|[或和及]\s*)|\s*[或和及]\s*|(?<=[)）])\s*|\s+"
)
_COLON = re.compile(r"[:：（(【\[]\s*|\s[-–—]\s+|(?<=\s)(?=[A-Z][A-Z_]{2,40}\s?[:：(（=])")
_DEFAULT = re.compile(
    r"(?i)(?:(?:缺省值|default value|defaults to|default)\s{0,3}[:：=]|默认(?:值|为|是)?\s{0,3}[:：=]?)\s{0,3}"
    r"(?P<value>[`'\"]?[\w.+-]{1,80}[`'\"]?)[)）\]】.。]?\s{0,3}$"
)
_SENTENCE = re.compile(r"[。.]\s*(?=\S)")
_BULLET = re.compile(r"[-*•·]\s+")
_CONSTANT = re.compile(r"[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)*")
_WORD = re.compile(r"[a-z][a-z0-9]*(?:[_-][a-z0-9]+)*|[A-Z][a-z0-9]+(?:[A-Z_][A-Za-z0-9]*)*")
_SAMPLE = re.compile(
    r"(?i)(?:例如|比如|譬如|示例|例|如|样例|默认|缺省|格式|e\.?g\.?|such as|for example|for instance|example|like|sample"
    r"|default|format|i\.e\.|例えば|예|ejemplo|por ejemplo"
    r"|z\. ?b\.|beispiel|exemple|пример|например)\s*[:：,，]?\s*$"
)
_SAMPLED = re.compile(r"(?i)(?:e\.?g\b|for example|such as|like|例如|例|比如|如|示例|example)")
_OPEN = re.compile(
    r"(?i)^[\s,，、;；]*(?:等|etc|\.\.\.|…|其他|其它|others?\b|and (?:so on|others|more)|など|等等|usw|и т|기타)"
)
_TAIL = re.compile(
    r"\s*(?:の(?:いずれか|どれか|何れか|うち)[^\s。]{0,10}|(?:这?[几二两三四]个?)?之一|中的?(?:一个|一种|任意一个|其一"
    r"|之一)|(?:중|가운데)\s?하나[^\s.]{0,6})"
)
_OTHERS = {"other", "others", "etc", "其他", "其它", "default", "else"}
_MORE = (
    r"取值(?:有|为|如下|说明|包括|范围)?|值(?:为|域|包括)|枚举(?:类型|值|项)?|可能(?:取值|值)?(?:为|有)|可选(?:项"
    r"|值)?(?:为|有)?|有效值|支持(?:的值)?|可取值?|候选值|状态值|类型包括|包括|有以下(?:值|几种|状态)?|分为"
    r"|値|列挙値|取りうる値|許容値|選択肢|いずれか|可能な値|허용\s?값|가능한\s?값|열거형|다음\s?중\s?하나|값"
    r"|valores(?:\s(?:permitidos|posibles|possíveis|válidos|aceptados))?|uno de|um de|mögliche werte|erlaubte werte"
    r"|zulässige werte|gültige werte|werte|eine[rs]? von"
    r"|valeurs(?:\s(?:possibles|autorisées|acceptées))?|l'une? des valeurs(?: suivantes)?|un[e]? (?:de|des|parmi)"
    r"|допустимые значения|возможные значения|значения|одно из(?: значений)?"
    r"|enumeration|enums|allowed|values|possible values are|can be|may be|must be|either|options|choices|valid options"
    r"|possible states|supported values|value is one of"
)
_LABEL = re.compile(
    rf"(?i)(?:^|(?<=[\s,，;；。.、(（【\[:：/]))(?:{labels.VALUES}|{_MORE})(?P<mark>\s*(?:包括|有|are|is"
    rf"|include)?\s*(?:[:：]|是|为|are|is)|)\s*(?=\S)"
)
_SEVERAL = 2


@dataclass(frozen=True)
class Said:
    """What the words of a cell say: the `values`, the default, and the words that are left."""

    values: tuple[str, ...]
    words: str
    default: str | None = None
    announced: bool = True


@lru_cache(maxsize=4096)
def in_words(text: str) -> Said:
    """Find the values that the words of a cell list, and take their list out of the words.

    Numbers are values only where a word announces them, and a list that ends in "and others" is none.
    """
    if len(text) > _LONGEST:
        return Said((), text.replace("`", ""))
    text, default = _default(text.replace('`"', "`").replace('"`', "`"))
    announced = _announced(text)
    found = announced or _listed(text) or _lines(text)
    if found is None:
        return Said((), _tidy(text.replace("`", "")), default)
    values, before, after = found
    words = " ".join(part for part in (_tidy(before.replace("`", "")), _tidy(after.replace("`", ""))) if part)
    return Said(values, words, default, announced is not None)


def in_cell(text: str) -> tuple[str, ...]:
    """Read a cell of a column that holds values and nothing else."""
    bare = text.strip(" []{}")
    if _SAMPLED.match(bare):
        return ()
    label = _LABEL.match(bare)
    values, _, end = _list(bare[label.end() :] if label else bare)
    return values if end and (len(values) > 1 or _VALUE.fullmatch(bare)) else ()


def _default(text: str) -> tuple[str, str | None]:
    """Take a default off the end of the words."""
    match = _DEFAULT.search(text)
    if match is None:
        return text, None
    return text[: match.start()].rstrip(" ,，;；。(（[【\n\t"), match["value"].strip("`'\"")


def _starts(text: str) -> int:
    """Return in how many places of a text a list is looked for: fewer in a long one, since each may go on to its end."""
    return min(_MOST_STARTS, 1 + _MOST_READ // max(len(text), 1))


def _announced(text: str) -> tuple[tuple[str, ...], str, str] | None:
    """Find values behind a word that announces them: `可用值:A,B`, `One of: A, B.`, `枚举：1-成功 2-失败`."""
    for match in list(_LABEL.finditer(text))[: _starts(text)]:
        rest = text[match.end() :]
        values, length, _ = _list(rest)
        # Without a colon, as in `One of A or B`, any words may follow.
        if len(values) >= _SEVERAL and (match["mark"].strip() or _constants(values) or rest[0] in "`'\"“‘「"):
            return values, text[: match.start()], _rest(rest[length:])
    return None


def _listed(text: str) -> tuple[tuple[str, ...], str, str] | None:
    """Find values that nothing announces: constants, or words that are explained, after a colon or for the whole cell."""
    starts = [0, *(match.end() for match in _COLON.finditer(text)), *(match.end() for match in _SENTENCE.finditer(text))][
        :_MOST_STARTS
    ]
    for start in starts:
        before, rest = text[:start], text[start:]
        if _SAMPLE.search(before.rstrip(" :：（(【[")):
            continue
        values, length, end = _list(rest)
        tail = _TAIL.match(rest, length)
        if len(values) >= _SEVERAL and tail is not None and (_constants(values) or "`" in rest):
            return values, before, _rest(rest[tail.end() :])
        after = _rest(rest[length:])
        if len(values) < _SEVERAL or not (end or rest[length:].lstrip()[:1] in ".。)）】]\n;；"):
            continue
        if _constants(values) or (not after and _telling(rest[:length], values, before)):
            return values, before, after
    return None


def _constants(values: tuple[str, ...]) -> bool:
    return all(_CONSTANT.fullmatch(value) and len(value) > 1 for value in values)


def _telling(text: str, values: tuple[str, ...], before: str) -> bool:
    """Tell values from the words of a sentence: each in quotes or code, or explained, or three words after a colon."""
    if any(value.replace(".", "").isdigit() for value in values):
        return False
    if all(re.search(rf"[`'\"“‘「]{re.escape(value)}[`'\"”’」]", text) for value in values):
        return True
    if not all(_WORD.fullmatch(value) or _CONSTANT.fullmatch(value) for value in values):
        return False
    explained = len(re.findall(r"[（(:：=]", text)) >= len(values)
    return explained or (len(values) > _SEVERAL and bool(before.strip()) and len(text.split()) <= 2 * len(values))


def _rest(text: str) -> str:
    """Return the words after a list, without what closes it."""
    left = text.lstrip(" )）】].。;；,，`'\"\n").rstrip(" `'\"")
    return left if any(char.isalnum() for char in left) else ""


def _lines(text: str) -> tuple[tuple[str, ...], str, str] | None:
    """Find values one a line, each with what it means, under the words of the member."""
    lines = [line.strip() for line in text.split("\n") if line.strip()]
    for start in range(min(len(lines) - 1, 3)):
        values = []
        for line in lines[start:]:
            bare = _BULLET.sub("", line, count=1)
            match = _VALUE.match(bare)
            value = (match["quoted"] or match["bare"]) if match else ""
            rest = bare[match.end() :] if match else ""
            explained = bool(rest) or _CONSTANT.fullmatch(value)
            if (
                not value
                or not explained
                or value.isdigit()
                or not (not rest or _SAID.match(rest) or _ROUND.match(rest) or _SPACED.match(rest))
            ):
                break
            values.append(value)
        else:
            if len(values) >= _SEVERAL and (_constants(tuple(values)) or all(_WORD.fullmatch(one) for one in values)):
                return tuple(dict.fromkeys(values)), "\n".join(lines[:start]), ""
    return None


def _list(text: str) -> tuple[tuple[str, ...], int, bool]:
    """Read a list of values from its start: (the values, how far it goes, whether the text ends there).

    Values may be explained, in brackets or after a colon, dash or blank; a list that is left open has no values.
    """
    values: list[str] = []
    at = _skip(text, 0)
    stop = 0
    while len(values) < _MOST:
        match = _VALUE.match(text, at)
        if match is None:
            break
        value = (match["quoted"] or match["bare"]).strip()
        end = match.end()
        if match["bare"] and value.endswith("."):
            value, end = value.rstrip("."), end - 1
        if value.casefold() in _OTHERS and values:
            return (), 0, False
        if _TAIL.match(text, end):
            values.append(value)
            stop = end
            break
        explained = (
            None
            if _OPEN.match(text[end : end + 40])
            else _ROUND.match(text, end) or _SAID.match(text, end) or _SPACED.match(text, end)
        )
        stop = explained.end() if explained else end
        values.append(value)
        following = _NEXT.match(text, stop)
        if following is None or _OPEN.match(text[stop : stop + 40]):
            break
        if not following[0].strip() and not following[0].count("\n") and not _goes_on(text, following.end(), values):
            break
        at = following.end()
    if _OPEN.match(text[stop : stop + 40]):
        return (), 0, False
    return tuple(dict.fromkeys(values)), stop, not text[stop:].strip(" )）】].。;；,，、")


def _goes_on(text: str, at: int, values: list[str]) -> bool:
    """Tell whether after a mere blank one more value follows: the same kind of token."""
    match = _VALUE.match(text, at)
    if match is None:
        return False
    value = match["quoted"] or match["bare"]
    return (
        (value.isdigit() and values[-1].isdigit())
        or bool(_constants((value,)) and _constants((values[-1],)))
        or bool(match["quoted"])
    )


def _skip(text: str, at: int) -> int:
    match = re.compile(r"[\s\[{(（【]*(?:[-*•·]\s+)?").match(text, at)
    return match.end() if match else at


def _tidy(words: str) -> str:
    """Take off what a list leaves behind: a colon, a comma, an opening bracket."""
    lines = [" ".join(line.split()) for line in words.split("\n")]
    return "\n".join(line for line in lines if line).strip().rstrip(":：,，;；、(（【[-–—= ").strip()
