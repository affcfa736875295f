"""What there is room for of all that could be tried, and what is said of the rest."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from docpact.exchange import Purpose

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from docpact.live.sender import Try

_KINDS = {
    Purpose.NO_TOKEN: "requests with other tokens",
    Purpose.WRONG_TOKEN: "requests with other tokens",
    Purpose.UNKNOWN_ID: "ids that no task has",
    Purpose.ODD_ID: "ids that no task has",
    Purpose.METHOD: "other methods",
}


def fitting(tries: Sequence[Try], room: int) -> list[bool]:
    """Tell for each of the tries whether there is room for it: of each kind for the same part, and for the first ones."""
    many, nth = Counter(map(_kind, tries)), Counter[str]()
    ranks: list[tuple[float, int]] = []
    for number, one in enumerate(tries):
        kind = _kind(one)
        nth[kind] += 1
        ranks.append((nth[kind] / many[kind], number))
    chosen = {number for _, number in sorted(ranks)[:room]}
    return [number in chosen for number in range(len(tries))]


def left_out(tries: Iterable[Try], others: Mapping[str, int]) -> str:
    """Say what was not tried, so that tasks are polled; `others` counts the requests of others. Nothing left out: no words."""
    counts = Counter(map(_kind, tries)) + Counter(others)
    named = ", ".join(f"{count} {what}" for what, count in counts.items())
    return f"not tried, so that there is room for polls: {named} (--max-requests)" if named else ""


def _kind(one: Try) -> str:
    return _KINDS[one.purpose]
