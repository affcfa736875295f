"""Sampling: payloads taken at random out of many, and what they say of all of them."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from random import Random
from typing import TYPE_CHECKING

from docpact.captures import Block, Text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from docpact.captures import Read
    from docpact.finding import Finding

CONFIDENCE = 0.95

_STEPS = 100
_DIGITS = 4
# It is counted where a capture breaks off, and no payload that could have been taken.
_NOT_SAMPLED = "capture-corrupt"


@dataclass(slots=True)
class Sample:
    """A uniform sample of at most `size` of all payloads, the same for the same seed and input on every machine.

    `of` is how many there were, `taken` how many were taken, and `broken` how many of those break each rule.
    """

    size: int
    seed: int = 0
    of: int = 0
    taken: int = 0
    broken: dict[str, int] = field(default_factory=dict)

    def draw(self, things: Iterable[Read]) -> Iterator[Read]:
        """Yield what is no payload as it comes, and at the end the texts that were taken, in the order of the input."""
        # Of `Random` only `random()` promises the same numbers for the same seed in every version of Python.
        chance = Random(self.seed).random  # noqa: S311 - a sample, no secret
        held: list[tuple[int, Text]] = []
        for thing in things:
            if not isinstance(thing, Text | Block):
                yield thing
                continue
            for text in thing.texts() if isinstance(thing, Block) else (thing,):
                self.of += 1
                if len(held) < self.size:
                    held.append((self.of, text))
                    continue
                at = int(chance() * self.of)
                if at < self.size:
                    held[at] = (self.of, text)
        for _, text in sorted(held, key=lambda pair: pair[0]):
            self.taken += 1
            yield text

    def judged(self, findings: Sequence[Finding]) -> None:
        """Count the rules that one payload breaks."""
        for rule in {finding.rule for finding in findings} - {_NOT_SAMPLED}:
            self.broken[rule] = self.broken.get(rule, 0) + 1

    def at_most(self, rule: str = "") -> float:
        """Return which share of all payloads breaks a rule at most (95 %); without a name, one that no payload taken breaks."""
        broken = self.broken.get(rule, 0)
        if self.taken == self.of:
            return broken / self.of if self.of else 1.0
        return upper_bound(broken, self.taken)


def upper_bound(broken: int, taken: int, confidence: float = CONFIDENCE) -> float:
    """Return the upper bound of Clopper and Pearson, one-sided: the largest share that `broken` of `taken` leaves credible.

    It is rounded up to four digits. Taken without putting back, a sample says a little more than this.
    """
    if broken >= taken:
        return 1.0
    if broken == 0:
        return _up(-math.expm1(math.log1p(-confidence) / taken))
    low, high = broken / taken, 1.0
    for _ in range(_STEPS):
        middle = (low + high) / 2
        if middle in (low, high):
            break
        if _at_most(broken, taken, middle) > 1 - confidence:
            low = middle
        else:
            high = middle
    return _up(high)


def _at_most(broken: int, taken: int, share: float) -> float:
    """Return how probable it is that at most `broken` of `taken` break a rule that this share breaks (binomial)."""
    log = math.lgamma(taken + 1) - math.lgamma(broken + 1) - math.lgamma(taken - broken + 1)
    log += broken * math.log(share) + (taken - broken) * math.log1p(-share)
    term = total = 1.0
    for number in range(broken, 0, -1):
        term *= number / (taken - number + 1) * (1 - share) / share
        total += term
        if term < total * 1e-18:
            break
    return math.exp(log) * total


def _up(share: float) -> float:
    scale = 10.0 ** (_DIGITS - 1 - math.floor(math.log10(share)))
    return min(1.0, math.ceil(share * scale) / scale)


def in_ten_thousand(share: float) -> str:
    """Write a share as a number in 10,000, rounded up: `3`, `29.9`, `0.03`."""
    number = share * 10_000
    if number <= 0:
        return "0"
    digits = 1 if number >= 1 else 1 - math.floor(math.log10(number))
    up = math.ceil(number * 10**digits - 1e-9) / 10**digits
    return f"{up:,.{digits}f}".rstrip("0").rstrip(".")
