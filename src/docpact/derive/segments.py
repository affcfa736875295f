"""A text without spaces into words: every way that no coarser way covers, within a bound on the work."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, TypeAlias

from docpact.derive import lexicon

if TYPE_CHECKING:
    from collections.abc import Collection

Cuts: TypeAlias = "tuple[str, ...]"
_MOST_STEPS = 20_000
_MOST_WAYS = 24
# Two letters are found in any unknown word.
_TELLING = 3


@dataclass(frozen=True)
class Ways:
    """The ways found: `known` of known words only, `strained` where one stands alone that cannot, `unknown` else.

    `whole` is false when the search was cut short.
    """

    known: tuple[Cuts, ...]
    strained: tuple[Cuts, ...] = ()
    unknown: Cuts | None = None
    whole: bool = True


def ways(text: str, extra: Collection[str], bound: Collection[str], *, left: bool, right: bool) -> Ways:
    """Find the ways to cut `text` (capitals and digits) into known words.

    `left` and `right` tell whether a neighbour is bound to its first and last word.
    `extra` are whole words that the page itself has, `bound` are parts of such words.
    A way whose cuts are a part of another's cuts dominates it: `UPSCALE` over `UP` and `SCALE`. Only undominated ones count.
    """
    words = _words(text, {*extra, *bound})
    size = len(text)
    strict = {(a, b) for a, b in words if (left and a == 0) or (right and b == size) or _fits(text[a:b], extra)}
    known, whole = _undominated(text, strict)
    if known:
        loose, _ = _undominated(text, words)
        strained = tuple(way for way in loose if way not in known)
        return Ways(tuple(known), strained, None, whole)
    return Ways((), (), _with_unknown(text, strict), whole)


def _words(text: str, extra: Collection[str]) -> set[tuple[int, int]]:
    longest = max([lexicon.LONGEST, *(len(word) for word in extra)])
    found = set()
    for start in range(len(text)):
        for end in range(start + 1, min(len(text), start + longest) + 1):
            if text[start:end] in lexicon.WORDS or text[start:end] in extra:
                # Digits belong to the word before them: V1, HD2.
                until = end
                while until < len(text) and text[until].isdigit():
                    until += 1
                found.add((start, until))
    return found


def _fits(word: str, extra: Collection[str]) -> bool:
    return word in extra or lexicon.stands_alone(word) or lexicon.stands_alone(word.rstrip("0123456789"))


def _undominated(text: str, words: set[tuple[int, int]]) -> tuple[list[Cuts], bool]:
    """Walk every chain of words over the text; drop one as soon as two or more of its words make one known word."""
    size = len(text)
    reach = {size}
    for start in range(size - 1, -1, -1):
        if any((start, end) in words for end in reach):
            reach.add(start)
    ends = {start: sorted(end for end in reach if (start, end) in words) for start in reach}
    found: list[Cuts] = []
    stack: list[tuple[int, ...]] = [(0,)] if 0 in reach else []
    steps = 0
    while stack:
        cuts = stack.pop()
        steps += 1
        if steps > _MOST_STEPS or len(found) >= _MOST_WAYS:
            return found, False
        if cuts[-1] == size:
            found.append(tuple(text[a:b] for a, b in pairwise(cuts)))
            continue
        stack += [(*cuts, end) for end in ends[cuts[-1]] if not any((start, end) in words for start in cuts[:-1])]
    return found, True


def _with_unknown(text: str, words: set[tuple[int, int]]) -> Cuts:
    """Cut the text so that the fewest letters stand in unknown words, and those in the fewest pieces."""
    best: list[tuple[tuple[int, int, int], tuple[int, ...]]] = [((0, 0, 0), (0,))]
    for end in range(1, len(text) + 1):
        choices = []
        for start in range(max(0, end - 64), end):
            (letters, runs, count), cuts = best[start]
            if (start, end) in words and end - start >= _TELLING:
                choices.append(((letters, runs, count + 1), (*cuts, end)))
            else:
                choices.append(((letters + end - start, runs + 1, count + 1), (*cuts, end)))
        best.append(min(choices))
    cuts = best[-1][1]
    return tuple(text[a:b] for a, b in pairwise(cuts))
