"""Limits of lengths, numbers and counts: which of two lets more through."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from docpact.compare.node import LIMITS, speaking
from docpact.pointers import ABSENT
from docpact.redact import shown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from docpact.compare.change import Fact
    from docpact.compare.place import Pair


def limits(pair: Pair) -> Iterator[Fact]:
    """Yield the limits that differ, of types that may come on both sides."""
    shared = pair.old.types & pair.new.types
    if not shared or (pair.old.values is None) != (pair.new.values is None):
        return
    was, now = speaking(pair.old), speaking(pair.new)
    for keyword in LIMITS:
        old, new = was.get(keyword, ABSENT), now.get(keyword, ABSENT)
        if old is new or old == new:
            continue
        kind = _way(keyword, old, new)
        said = ["nothing" if value is ABSENT else repr(shown(value)) for value in (old, new)]
        words = f"{keyword} of {pair.name} is {said[1]}, and was {said[0]}"
        yield pair.fact(kind, _shown(old), _shown(new), words, about=keyword)


def _way(keyword: str, old: Any, new: Any) -> str:
    if new is ABSENT or old is ABSENT:
        return "limit-loosened" if new is ABSENT else "limit-tightened"
    way = LIMITS[keyword][1]
    numbers = all(isinstance(value, int | float) and not isinstance(value, bool) for value in (old, new))
    if way and numbers:
        return "limit-loosened" if (new > old) == (way > 0) else "limit-tightened"
    if keyword == "multipleOf" and all(isinstance(value, int) and value > 0 for value in (old, new)):
        if old % new == 0:
            return "limit-loosened"
        return "limit-tightened" if new % old == 0 else "limit-changed"
    return "limit-changed"


def _shown(value: Any) -> Any:
    return value if value is ABSENT else shown(value)
