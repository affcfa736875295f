"""The example of the page, changed here and there: what the fast and the thorough paths are held together by."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

from hypothesis import strategies as st

from docpact.contract import load

EXAMPLE = load().example


def ways(value: Any, at: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Every way into a value, by names and indices."""
    parts = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [at, *(way for key, part in parts for way in ways(part, (*at, key)))]


@st.composite
def mutated(draw: st.DrawFn, values: st.SearchStrategy[Any], most: int, new: st.SearchStrategy[str] | None = None) -> Any:
    """The example with up to `most` members replaced by `values`, removed, or, where `new` names them, added."""
    payload = deepcopy(EXAMPLE)
    for _ in range(draw(st.integers(0, most))):
        way = draw(st.sampled_from([w for w in ways(payload) if w] or [()]))
        if not way:
            break
        holder = payload
        for part in way[:-1]:
            holder = holder[part]
        change = draw(st.sampled_from(["replace", "replace", "remove", "add"]))
        if change == "remove":
            del holder[way[-1]]
        elif change == "add" and new is not None and isinstance(holder, dict):
            holder[draw(new)] = draw(values)
        else:
            holder[way[-1]] = draw(values)
    return payload
