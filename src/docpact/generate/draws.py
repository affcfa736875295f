"""Draws: where the generator takes its choices from; each has a path, so that one more member changes no other."""

from __future__ import annotations

from hashlib import blake2b
from typing import TYPE_CHECKING, Protocol, TypeVar

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

T = TypeVar("T")

_MASK = (1 << 64) - 1
# The increment and the multipliers of the SplitMix64 generator (Steele, Lea and Flood, 2014).
_STEP, _FIRST, _SECOND = 0x9E3779B97F4A7C15, 0xBF58476D1CE4E5B9, 0x94D049BB133111EB


class Draws(Protocol):
    """A source of choices for one payload or one story."""

    @property
    def nth(self) -> int:
        """Which payload or story of a run this is, from 0: what must differ from one to the next is made of it."""
        ...

    def integer(self, path: str, low: int, high: int) -> int:
        """Choose a whole number from `low` to `high`, both included; the same path gives the same choice."""
        ...


class Seeded:
    """Choices that a seed, the number of the payload and the path decide, on every machine and Python alike.

    `nth` may be set to go on to another payload: no draw depends on those before it.
    """

    __slots__ = ("_bases", "_nth", "_offset", "seed")

    def __init__(self, seed: int | str = 0, nth: int = 0) -> None:
        self.seed = seed
        self._bases: dict[str, int] = {}
        self.nth = nth

    @property
    def nth(self) -> int:
        """Which payload or story of a run this is, from 0."""
        return self._nth

    @nth.setter
    def nth(self, nth: int) -> None:
        self._nth = nth
        self._offset = (nth + 1) * _STEP & _MASK

    def integer(self, path: str, low: int, high: int) -> int:
        """Choose a whole number from `low` to `high`, both included; the same path gives the same choice."""
        try:
            x = self._bases[path] + self._offset & _MASK
        except KeyError:
            digest = blake2b(f"{self.seed}\x1f{path}".encode("utf-8", "surrogatepass"), digest_size=8).digest()
            self._bases[path] = int.from_bytes(digest, "big")
            return self.integer(path, low, high)
        x = (x ^ x >> 30) * _FIRST & _MASK
        x = (x ^ x >> 27) * _SECOND & _MASK
        return low + (x ^ x >> 31) % (high - low + 1)


class Steered:
    """Choices of which some are made already: `choices` maps a path to what is chosen there, held within its bounds."""

    def __init__(self, draws: Draws, choices: Mapping[str, int]) -> None:
        self._draws = draws
        self._choices = choices

    @property
    def nth(self) -> int:
        """Which payload or story of a run this is, from 0."""
        return self._draws.nth

    def integer(self, path: str, low: int, high: int) -> int:
        """Choose what is chosen already, or else draw; `low` and `high` are both included."""
        chosen = self._choices.get(path)
        return self._draws.integer(path, low, high) if chosen is None else min(max(chosen, low), high)


def pick(draws: Draws, path: str, options: Sequence[T]) -> T:
    """Choose one of several options, of which the first is the simplest."""
    return options[draws.integer(path, 0, len(options) - 1)] if len(options) > 1 else options[0]
