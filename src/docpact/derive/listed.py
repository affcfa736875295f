"""The documented values of a member: under a label, in a sentence, one a line, after commas, or run together."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from docpact.derive import labels

if TYPE_CHECKING:
    from collections.abc import Sequence

Numbered: TypeAlias = "tuple[int, str]"

_VALUE = r"[A-Za-z0-9][A-Za-z0-9_.:+-]*"
_WHOLE = re.compile(rf"[`'\"]?(?P<value>{_VALUE})[`'\"]?")
_LED = re.compile(rf"[,，、|/]\s*[`'\"]?(?P<value>{_VALUE})[`'\"]?")
_EXPLAINED = re.compile(rf"[`'\"•*-]*\s*(?P<value>{_VALUE})[`'\"]?\s*(?:[:：=（(–—-]|\s|[^\x00-\x7f]).*")
_SEPARATOR = re.compile(r"\s*[,，、|;；/]\s*(?:(?:or|and|或者?|和|以及)\s+)?|\s+(?:or|和|或|与|and)\s+|\s+")
_IN_SENTENCE = re.compile(rf"{_VALUE}")
_QUOTED = r"[`\"'‘“][\w.:+-]{1,60}[`\"'’”]"
_QUOTED_ENDS = re.compile(
    rf"(?i)(?:\s*[(（]?\b(?:(?:is|are|must be|can be|being|=)\s+)?(?:one of|either|any of)\b:?\s*|(?:值)?为\s*|[:：(（]\s*)"
    rf"(?P<values>{_QUOTED}(?:\s*(?:,|，|、|/|\||\bor\b|\band\b|或|和|,\s*or)\s*{_QUOTED})+)\s*[)）]?[.。]?$"
)
_CONTAINS = re.compile(
    r"[,，;；：:]?\s*(?:包括|包含|分为|分别为|分别是|取值为|值为|可为|可能为)\s*[:：]?\s*(?P<rest>[`'\"“]?[A-Z0-9][A-Z0-9_]+.*)$"
)
# Capitals behind a colon, or in brackets at the end; after "such as" they are not all that there are.
_BEHIND = re.compile(r"[:：(（]\s*(?P<rest>[`'\"]?[A-Z][A-Z0-9_]+(?:[^A-Za-z0-9_].*)?)$")
_EXPLAINED_BEHIND = re.compile(r"[,，]\s*(?P<rest>[A-Z][A-Z0-9_]+[ （(:：=]*[^\x00-\x7f（：、，].*)$")
_SUCH_AS = re.compile(
    r"(?i)(?:[例比]?如|譬如|e\.g\.?|for example|such as|like|z\.\s?b\.|например|例えば|por ejemplo|par exemple)[,，]?\s*$"
)
_AND_SO_ON = re.compile(r"(?:等|…|\.\.\.|etc\.?)[)）。.]?$")
_BLANKS = re.compile(r"\s{2,}")
_ALONE = re.compile(r"[A-Z][A-Z0-9_]+(?:\s*\|\s*[A-Z][A-Z0-9_]+)+|[a-z][\w-]*(?:\|[a-z][\w-]*)+")
_CAPITALS_END = re.compile(
    r"(?:^|[\s:：,，(（])(?P<values>[A-Z][A-Z0-9_]+(?:\s*(?:\||/|、)\s*[A-Z][A-Z0-9_]+){2,60})\s*[)）]?[.。]?$"
)
_LONGEST = 4000
_SEVERAL = 2
# Lines of words about one member that are looked through for values.
_MOST_LOOKED = 200


@dataclass(frozen=True)
class Found:
    """Values of a member: `separate` when the page tells them apart; what is left of its words; the values' lines."""

    values: tuple[str, ...]
    separate: bool
    before: tuple[Numbered, ...]
    after: tuple[Numbered, ...]
    lines: tuple[int, int] | None


def find(before: Sequence[Numbered], after: Sequence[Numbered], labelled: Sequence[Numbered], *, enum: bool) -> Found:
    """Find the values of one member among its lines: before its mark, after it, and under a label of values."""
    if labelled:
        values, separate, used, rest = _labelled(labelled)
        if values:
            return Found(values, separate, tuple(before), (*after, *rest), (used[0], used[-1]))
    for words, others, first in ((after, before, False), (before, after, True)):
        found = _commas(words) or _sentence(words) or (_unlabelled(words) if enum else None)
        if found is not None:
            values, separate, kept, lines = found
            parts = (kept, tuple(others)) if first else (tuple(others), kept)
            return Found(values, separate, *parts, lines)
    return Found((), separate=True, before=tuple(before), after=(*after, *labelled), lines=None)


def lists_several(line: str) -> bool:
    """Tell whether one line lists several values, so that the lines after it speak of something else."""
    return len(_values_of(line)[0]) >= _SEVERAL


def _labelled(lines: Sequence[Numbered]) -> tuple[tuple[str, ...], bool, list[int], list[Numbered]]:
    values: list[str] = []
    used: list[int] = []
    rest: list[Numbered] = []
    split = False
    for number, line in lines:
        got, apart = _values_of(line)
        split = split or apart
        if got:
            values += got
            used.append(number)
        else:
            rest.append((number, line))
    separate = split or len(values) > 1
    # Words between listed values explain them; words before them, or after values that run together, are about the member.
    kept = [one for one in rest if one[0] < used[0]] if separate and used else rest
    return tuple(dict.fromkeys(values)), separate, used, kept


def _values_of(line: str) -> tuple[list[str], bool]:
    """Read one line of values: (the values, whether the line tells several apart or explains one)."""
    if len(line) > _LONGEST:
        return [line], False
    bare = re.sub(r"^[-*•·]\s+", "", line).strip("[]()（）.。 ").strip(",，、")
    if (whole := _WHOLE.fullmatch(bare)) is not None:
        return [whole["value"]], line[:1] in ",，、"
    pieces = [_WHOLE.fullmatch(piece) for piece in _SEPARATOR.split(bare) if piece]
    if len(pieces) > 1 and all(pieces) and _alike([piece["value"] for piece in pieces if piece]):
        return [piece["value"] for piece in pieces if piece], True
    if re.search(r"[、,，;；]", bare) and not all(pieces):
        parts = [_EXPLAINED.fullmatch(part) or _WHOLE.fullmatch(part) for part in re.split(r"\s*[、,，;；]\s*", bare)]
        if all(parts):
            return [part["value"] for part in parts if part], True
    explained = _EXPLAINED.fullmatch(bare)
    if explained is not None and (not bare.isascii() or re.search(r"[:=(–—]|\s-\s", bare)):
        return [explained["value"]], True
    return [], False


def _alike(values: Sequence[str]) -> bool:
    """Tell values from the words of a sentence: the same kind of letters all through."""
    return len({_shape(value) for value in values}) == 1 or all(value.isupper() or value.isdigit() for value in values)


def _shape(value: str) -> str:
    if value.isdigit():
        return "digits"
    return "upper" if value.isupper() else "lower" if value.islower() and ("_" in value or len(value) > 1) else "mixed"


def _commas(words: Sequence[Numbered]) -> tuple[tuple[str, ...], bool, tuple[Numbered, ...], tuple[int, int]] | None:
    """Find values that a page broke out of a sentence, each but the first behind its comma: `A`, `,B`, `,C`."""
    for at in range(1, len(words)):
        led = _LED.fullmatch(words[at][1])
        head = _WHOLE.fullmatch(words[at - 1][1])
        if led is None or head is None:
            continue
        values, end = [head["value"], led["value"]], at + 1
        while end < len(words) and (led := _LED.fullmatch(words[end][1])) is not None:
            values.append(led["value"])
            end += 1
        kept = [(number, labels.IN_PROSE.sub("", line)) for number, line in [*words[: at - 1], *words[end:]]]
        return (
            tuple(dict.fromkeys(values)),
            True,
            tuple(one for one in kept if one[1]),
            (words[at - 1][0], words[end - 1][0]),
        )
    return None


def _sentence(words: Sequence[Numbered]) -> tuple[tuple[str, ...], bool, tuple[Numbered, ...], tuple[int, int]] | None:
    """Find values inside a sentence that announces them: `任务类型,可用值:A,B`, `One of: A, B.`."""
    for at, (number, line) in enumerate(words[:_MOST_LOOKED]):
        said = _announced(line) if len(line) <= _LONGEST else None
        if said is None:
            continue
        values, left = said
        kept = [*words[:at], *([(number, left)] if left else []), *words[at + 1 :]]
        return tuple(dict.fromkeys(values)), True, tuple(kept), (number, number)
    return None


def _announced(line: str) -> tuple[list[str], str] | None:
    """Read values that a sentence announces, or that stand at its end set apart: (the values, what is left of the words)."""
    # Runs of blanks would be tried from each of them.
    line = _BLANKS.sub(" ", line)
    if _ALONE.fullmatch(line) is not None:
        return re.split(r"\s*\|\s*", line), ""
    said = labels.IN_PROSE.search(line)
    if said is not None and said["rest"]:
        values, _ = _values_of(said["rest"])
        # One value behind a colon may be any word.
        if len(values) >= _SEVERAL:
            return values, line[: said.start() + (line[said.start()] in "。.")].strip().rstrip(":：")
    for pattern in (_CONTAINS, _BEHIND, _EXPLAINED_BEHIND):
        match = pattern.search(line) if _AND_SO_ON.search(line[-6:]) is None else None
        if match is not None and _SUCH_AS.search(line[: match.start()]) is None:
            values, _ = _values_of(match["rest"])
            if len(values) >= _SEVERAL and (pattern is _CONTAINS or all(value.isupper() for value in values)):
                return values, line[: match.start()].strip()
    return _at_the_end(line)


def _at_the_end(line: str) -> tuple[list[str], str] | None:
    for pattern, least in ((_QUOTED_ENDS, _SEVERAL), (_CAPITALS_END, _SEVERAL + 1)):
        ends = pattern.search(line)
        if ends is not None and _SUCH_AS.search(line[: ends.start()]) is None:
            values = [value for value in _IN_SENTENCE.findall(ends["values"]) if value not in ("or", "and")]
            if len(values) >= least:
                return values, line[: ends.start()].rstrip(" ,，:：;；(（-–—").removesuffix("one of").strip()
    return None


def _unlabelled(
    words: Sequence[Numbered],
) -> tuple[tuple[str, ...], bool, tuple[Numbered, ...], tuple[int, int]] | None:
    """Find the values of a member of type enum whose label is missing: the last lines that are nothing but tokens."""
    start = len(words)
    while start > 0 and _token_line(words[start - 1][1]):
        start -= 1
    if start == len(words):
        return None
    values, separate, used, _ = _labelled(words[start:])
    return (values, separate, tuple(words[:start]), (used[0], used[-1])) if values else None


def _token_line(line: str) -> bool:
    values, apart = _values_of(line)
    return bool(values) and line.isascii() and (apart or _IN_SENTENCE.fullmatch(line) is not None)
