"""Draws: where the generator takes its choices from; each has a path, so that one more member changes no other."""

from __future__ import annotations

import struct
from functools import lru_cache
from hashlib import blake2b
from typing import TYPE_CHECKING, Protocol, TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

T = TypeVar("T")

_MASK = (1 << 64) - 1
# The increment and the multipliers of the SplitMix64 generator (Steele, Lea and Flood, 2014).
_STEP, _FIRST, _SECOND = 0x9E3779B97F4A7C15, 0xBF58476D1CE4E5B9, 0x94D049BB133111EB
# So many payloads are drawn for at once.
_BLOCK = 256


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
            self._bases[path] = _base(self.seed, path)
            return self.integer(path, low, high)
        x = (x ^ x >> 30) * _FIRST & _MASK
        x = (x ^ x >> 27) * _SECOND & _MASK
        return low + (x ^ x >> 31) % (high - low + 1)


class Columns:
    """The choices of `Seeded` for many payloads in a row: where a path is first asked for, all of a block are drawn at once.

    They are computed side by side in one long integer: one operation on it is one step of the generator for the whole block.
    """

    __slots__ = ("_at", "_bases", "_columns", "_count", "_first", "_seed", "nth")

    def __init__(self, seed: int | str, count: int) -> None:
        self.nth = 0
        self._seed = seed
        self._count = count
        self._bases: dict[str, int] = {}
        self._columns: dict[str, Sequence[int]] = {}
        self._first = self._at = 0

    def __iter__(self) -> Iterator[int]:
        """Go from payload to payload: all choices are of the last number that was given."""
        for nth in range(self._count):
            self.nth, self._at = nth, nth % _BLOCK
            if not self._at:
                self._first = nth
                self._columns.clear()
            yield nth

    def integer(self, path: str, low: int, high: int) -> int:
        """Choose a whole number from `low` to `high`, both included; the same path gives the same choice."""
        try:
            column = self._columns[path]
        except KeyError:
            column = self._columns[path] = self._drawn(path)
        return low + column[self._at] % (high - low + 1)

    def _drawn(self, path: str) -> Sequence[int]:
        if path not in self._bases:
            self._bases[path] = _base(self._seed, path)
        size = min(_BLOCK, self._count - self._first)
        ones, steps, mask = _lanes(size)
        x = (self._bases[path] + (self._first + 1) * _STEP & _MASK) * ones + steps & mask
        x = (x ^ x >> 30 & mask) * _FIRST & mask
        x = (x ^ x >> 27 & mask) * _SECOND & mask
        return struct.unpack(f"<{2 * size}Q", (x ^ x >> 31 & mask).to_bytes(16 * size, "little"))[::2]


@lru_cache(maxsize=4)
def _lanes(size: int) -> tuple[int, int, int]:
    """Return 1, the way from the first number, and 64 set bits, for each lane; a lane is 128 bits wide, as a product is."""
    ones = sum(1 << 128 * n for n in range(size))
    return ones, sum((n * _STEP & _MASK) << 128 * n for n in range(size)), ones * _MASK


def _base(seed: int | str, path: str) -> int:
    """Return where the numbers of a path begin."""
    return int.from_bytes(blake2b(f"{seed}\x1f{path}".encode("utf-8", "surrogatepass"), digest_size=8).digest(), "big")


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
