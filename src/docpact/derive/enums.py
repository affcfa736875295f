"""Values that a page runs together (`NOT_STARTSUBMITTEDIN_PROGRESS`), told apart by evidence, never by a silent guess."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import islice, product
from typing import TYPE_CHECKING, TypeAlias

from docpact.derive import lexicon
from docpact.derive.segments import Ways, ways

if TYPE_CHECKING:
    from collections.abc import Mapping

Values: TypeAlias = "tuple[str, ...]"
_LONGEST = 2000
_MOST = 64
_MOST_NUMBERS = 20
_SHORTEST = 3
_BINDER = re.compile(r"[_-]+")
_CAMEL = re.compile(r"[A-Z]+(?![a-z])\d*|[A-Z][a-z]+\d*|[a-z]+\d*|\d+")


@dataclass(frozen=True)
class Split:
    """How a text of values is read: `values`, the readings refused, the evidence, and whether that settles it."""

    values: Values
    alternatives: tuple[Values, ...]
    evidence: tuple[str, ...]
    settled: bool

    @property
    def ambiguous(self) -> bool:
        """Tell whether the text could be read in another way at all."""
        return bool(self.alternatives) or not self.settled


@dataclass(frozen=True)
class Candidates:
    """The readings of a text, best first; `known`: made of known words only; `strained`: the refused ones."""

    readings: tuple[Values, ...]
    strained: tuple[Values, ...]
    known: bool
    whole: bool


def split(text: str, shown: str | None, tokens: Mapping[str, int]) -> Split:
    """Tell the values of `text` apart.

    `shown` is the value that the page's example has at this place, or None. `tokens` are whole words found elsewhere
    on the page, each with its line. Evidence in its order: the example, the other words of the page, the words of the lexicon.
    """
    if len(text) > _LONGEST:
        return Split((text,), (), (f"{len(text)} characters are more than the {_LONGEST} that are taken apart",), settled=False)
    if text.isdigit() and (numbers := _numbers(text, tokens)) and (shown is None or shown in numbers):
        named = ", ".join(f"{value} stands alone in line {tokens[value]}" for value in numbers[:4])
        return Split(numbers, ((text,),), (named,), settled=True)
    inside = {token: line for token, line in tokens.items() if len(token) >= _SHORTEST and token in text != token}
    candidates = _candidates(text, {*inside, *([shown] if shown and shown in text else [])})
    if shown and not any(shown in reading for reading in candidates.readings):
        candidates = _around(text, shown, set(inside)) or candidates
    return _judge(text, candidates, shown, inside)


def _numbers(text: str, tokens: Mapping[str, int]) -> Values:
    """Cut digits into the numbers that the page names, each once; nothing where there is no such way, or several."""
    numbers = [token for token in tokens if token.isdigit() and token in text != token][:_MOST_NUMBERS]
    ways_to: list[list[Values]] = [[()], *([] for _ in text)]
    for at in range(len(text)):
        for way in ways_to[at]:
            for number in numbers:
                end = at + len(number)
                if text.startswith(number, at) and number not in way and len(ways_to[end]) < _MOST:
                    ways_to[end].append((*way, number))
    return ways_to[-1][0] if len(ways_to[-1]) == 1 else ()


def _around(text: str, shown: str, extra: set[str]) -> Candidates | None:
    """Cut where the example's value stands, and what is before and after it by itself."""
    readings: list[Values] = []
    known = True
    at = text.find(shown)
    while at >= 0 and len(readings) < _MOST:
        before, after = text[:at], text[at + len(shown) :]
        if not _BINDER.search(before[-1:]) and not _BINDER.match(after):
            sides = [
                _candidates(side, extra) if side else Candidates(((),), (), known=True, whole=True) for side in (before, after)
            ]
            known = known and all(side.known for side in sides)
            readings += [(*left, shown, *right) for left, right in product(*(side.readings for side in sides))]
        at = text.find(shown, at + 1)
    return Candidates(tuple(readings[:_MOST]), (), known, len(readings) <= _MOST) if readings else None


def _judge(text: str, candidates: Candidates, shown: str | None, inside: Mapping[str, int]) -> Split:
    readings = list(candidates.readings)
    evidence = []
    if shown is not None and any(shown in reading for reading in readings):
        readings = [reading for reading in readings if shown in reading]
        evidence.append(f"the example has {shown!r} here")
    best = max((_seen(reading, inside) for reading in readings), default=0)
    if best:
        readings = [reading for reading in readings if _seen(reading, inside) == best]
        named = [value for value in readings[0] if value in inside][:4]
        evidence.append(", ".join(f"{value} stands alone in line {inside[value]}" for value in named))
    chosen = readings[0]
    unknown = [value for value in chosen if not _known(value) and value != shown and value not in inside]
    if unknown:
        evidence.append(f"{', '.join(unknown[:4])}: not made of known words, so where it begins and ends is a guess")
    else:
        evidence.append("every value is made of known words, and _ binds" if "_" in text else "every value is a known word")
    if len(readings) > 1:
        evidence.append(f"{len(readings)} readings fit that evidence equally well")
    if not candidates.whole:
        evidence.append("there are more readings than were looked at")
    settled = len(readings) == 1 and not unknown and candidates.known and candidates.whole
    refused = [one for one in (*candidates.readings, *candidates.strained[:3], (text,)) if one != chosen]
    return Split(chosen, tuple(dict.fromkeys(refused)), tuple(evidence), settled)


def _seen(reading: Values, inside: Mapping[str, int]) -> int:
    return sum(value in inside for value in set(reading))


def _known(value: str) -> bool:
    words = _BINDER.split(value) if value.isupper() or value.islower() else _CAMEL.findall(value)
    return all(word.upper() in lexicon.WORDS or word.upper().rstrip("0123456789") in lexicon.WORDS for word in words if word)


def _candidates(text: str, extra: set[str]) -> Candidates:
    if not re.fullmatch(r"[A-Za-z0-9_-]+", text) or not re.search("[A-Za-z]", text):
        return Candidates(((text,),), (), known=False, whole=True)
    if not text.isupper() and not text.islower():
        return _camel(text)
    binders = _BINDER.findall(text)
    pieces = _BINDER.split(text)
    # A word of the page is one word of the lexicon more; where `_` is in it, its parts are.
    whole = {word.upper() for word in extra if not _BINDER.search(word)}
    parts = {part.upper() for word in extra if _BINDER.search(word) for part in _BINDER.split(word)}
    last = len(pieces) - 1
    found = [ways(piece.upper(), whole, parts, left=at > 0, right=at < last) for at, piece in enumerate(pieces)]
    known = all(one.known for one in found)
    chosen = [one.known or (one.unknown or (piece.upper(),),) for one, piece in zip(found, pieces, strict=True)]
    readings = _join_all(text, binders, chosen)
    return Candidates(
        tuple(sorted(readings, key=len)), _strained(text, binders, found, chosen), known,
        all(one.whole for one in found) and len(readings) < _MOST,
    )  # fmt: skip


_Chosen: TypeAlias = "list[tuple[Values, ...]]"


def _strained(text: str, binders: list[str], found: list[Ways], chosen: _Chosen) -> tuple[Values, ...]:
    result: list[Values] = []
    for at, one in enumerate(found):
        for way in one.strained[:3]:
            others = [part[:1] for part in chosen]
            others[at] = (way,)
            result += _join_all(text, binders, others)
    return tuple(result)


def _join_all(text: str, binders: list[str], chosen: _Chosen) -> list[Values]:
    return [_join(text, binders, combination) for combination in islice(product(*chosen), _MOST)]


def _join(text: str, binders: list[str], pieces: tuple[Values, ...]) -> Values:
    """Join the words of the pieces again where the text binds them, in the text's own letters."""
    lengths: list[int] = []
    for at, words in enumerate(pieces):
        sizes = [len(word) for word in words]
        if lengths:
            sizes[0] += lengths.pop() + len(binders[at - 1])
        lengths += sizes
    values, start = [], 0
    for length in lengths:
        values.append(text[start : start + length])
        start += length
    return tuple(values)


def _camel(text: str) -> Candidates:
    """Cut at capitals, and bind to the next word what cannot stand alone; a pair of other words stays in doubt."""
    words = _CAMEL.findall(text)
    if "".join(words) != text:
        return Candidates(((text,),), (), known=False, whole=True)
    values: list[str] = []
    bound = False
    for word in words:
        if bound:
            values[-1] += word
        else:
            values.append(word)
        bound = word.upper() in lexicon.BOUND
    certain = all(word.upper() in lexicon.STATES or word.upper() in lexicon.BOUND for word in words) and not bound
    return Candidates((tuple(values),), (), known=certain, whole=True)
