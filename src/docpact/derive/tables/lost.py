"""A table that has lost its nesting: by what that shows, and where the order of its rows gives it back."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from docpact.derive.claims import Note

if TYPE_CHECKING:
    from collections.abc import Sequence

    from docpact.derive.claims import Entry
    from docpact.derive.tables.inner import Shown

_LEAST = 5
_LONGEST = 300


def nested_again(entries: list[Entry], shown: Shown | None) -> tuple[list[Entry], tuple[Note, ...]]:
    """Take the depth from entries whose table shows none, where evidence says that it had some.

    A name that stands twice, or that the example has further down only, leaves the places open; where a table in
    alphabetical order breaks it below an object, as generators sort each level, the order tells them, and a note says so.
    """
    if not any(entry.claim.holder is not None for entry in entries):
        return entries, ()
    if shown is None:
        run = _out_of_order([entry.name for entry in entries], [entry.claim.holder is not None for entry in entries])
        if run:
            inner, holder = [entries[at] for at in run], entries[run[0] - 1].name
            listed = ", ".join(entry.name for entry in inner)
            said = f"{listed}: taken as members of {holder}, since the table is in alphabetical order but for them"
            note = Note("note", said[:_LONGEST], (inner[0].lines["member"][0], inner[-1].lines["member"][1]))
            return [replace(entry, depth=int(at in run)) for at, entry in enumerate(entries)], (note,)
    names = [entry.name for entry in entries]
    lost = len(set(names)) < len(names)
    if shown is not None and not lost:
        top = shown.top
        inside = {name for scope in shown.scopes.values() if scope is not top for name in scope.members}
        lost = top is not None and any(name in inside and name not in top.members for name in names)
    return ([replace(entry, depth=None) for entry in entries] if lost else entries), ()


def _out_of_order(names: Sequence[str], holds: Sequence[bool]) -> range:
    """Find the rows below one holder without which all names are in order, they themselves being in order."""
    keys = [name.casefold() for name in names]
    breaks = [at for at in range(1, len(keys)) if keys[at] < keys[at - 1]]
    if len(keys) < _LEAST or not 1 <= len(breaks) <= 2:  # noqa: PLR2004 - where the run ends, and where it may begin
        return range(0)
    end = breaks[-1]
    for start in range(1, end + 1 if len(breaks) == 1 else breaks[0] + 1):
        rest = [*keys[:start], *keys[end:]]
        whole = rest == sorted(rest) and keys[start:end] == sorted(keys[start:end])
        if start < end and whole and holds[start - 1] and (len(breaks) == 1 or start == breaks[0]):
            return range(start, end)
    return range(0)
