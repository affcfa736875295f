"""Which of several contracts can stand in for which: each compared with each, and what breaks counted."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

from docpact.compare.comparison import compare
from docpact.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from docpact.compare.side import Side

_MOST_SIDES = 40
_LEAST_SIDES = 2


class Cell(NamedTuple):
    """What a client of one contract meets at another: how many changes break it, of which kinds, and how many do not."""

    client: str
    server: str
    breaking: int
    others: int
    kinds: Mapping[str, int]
    first: str = ""

    @property
    def fits(self) -> bool:
        """Whether the server can stand in without breaking the client."""
        return not self.breaking


class Matrix(NamedTuple):
    """Several contracts by `names`, and the cells by client and server; the diagonal is left out."""

    names: tuple[str, ...]
    cells: Mapping[tuple[str, str], Cell]
    notes: tuple[str, ...] = ()

    def row(self, client: str) -> list[Cell | None]:
        """Return what a client of one contract meets at each, None at its own."""
        return [self.cells.get((client, server)) for server in self.names]


def matrix_of(sides: Sequence[Side]) -> Matrix:
    """Compare each side with each; raises `UsageError` for fewer than two, and for more than are compared."""
    if not _LEAST_SIDES <= len(sides) <= _MOST_SIDES:
        raise UsageError(
            f"a matrix is made of {_LEAST_SIDES} to {_MOST_SIDES} contracts, and {len(sides)} were given",
            hint="docpact diff --matrix A B C",
        )
    names = _distinct([side.called for side in sides])
    cells = {
        (one, other): _cell(one, other, was, now)
        for one, was in zip(names, sides, strict=True)
        for other, now in zip(names, sides, strict=True)
        if one != other
    }
    return Matrix(names, cells, tuple(dict.fromkeys(doubt for side in sides for doubt in side.doubts)))


def _cell(client: str, server: str, old: Side, new: Side) -> Cell:
    found = compare(old, new)
    broken = found.breaking
    kinds = Counter(change.kind for change in broken)
    first = broken[0].message if broken else ""
    return Cell(client, server, len(broken), len(found.changes) - len(broken), dict(sorted(kinds.items())), first)


def _distinct(names: list[str]) -> tuple[str, ...]:
    """Shorten paths to their last part where that tells them apart, and give names that are the same a number."""
    short = [name.rpartition("/")[2] or name for name in names]
    names = short if len(set(short)) == len(set(names)) else names
    seen: Counter[str] = Counter()
    found = []
    for name in names:
        seen[name] += 1
        found.append(name if seen[name] == 1 else f"{name} ({seen[name]})")
    return tuple(found)
