"""A list of members put where the example of the answer has them: pages list what is in `data`, and show all of it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from docpact.derive.claims import Draft, Entry, Note

if TYPE_CHECKING:
    from collections.abc import Sequence

_FOUND = 0.5
_AT_TOP = 0.2
_FEWEST = 3
_MOST_NAMED = 8


def framed(drafts: Sequence[Draft]) -> list[Draft]:
    """Return the drafts of an operation, the main one put into the frame of the example that shows it deeper down.

    That is done where the example has most of the listed names, and hardly any of them at its top: what is listed is then
    a part of the answer. A listed name that the example has nowhere is told, and left away: lists name parameters too.
    """
    main, *others = drafts
    shown = next((one for one in others if one.inferred), None)
    if shown is None or main.inferred or len(main.entries) < _FEWEST or not _is_frame(main.entries, shown.entries):
        return list(drafts)
    listed: dict[str, list[Entry]] = {}
    for one in main.entries:
        listed.setdefault(one.name, []).append(one)
    # Of several with one name the last are the answer's: parameters are listed before it.
    left = []
    for name, those in listed.items():
        wanted = sum(one.name == name for one in shown.entries)
        left += those[: max(len(those) - wanted, 0)]
        listed[name] = those[max(len(those) - wanted, 0) :]
    entries = [_filled(one, listed[one.name].pop(0)) if listed.get(one.name) else one for one in shown.entries]
    names = ", ".join(one.name for one in left[:_MOST_NAMED])
    lines = (main.entries[0].lines["member"][0], main.entries[-1].lines["member"][1])
    notes = [Note("note", "what is listed is a part of the answer, placed where the example has it", lines)]
    notes += (
        [Note("note", f"listed, and nowhere in the example, so left away: {names}", left[0].lines["member"])] if left else []
    )
    whole = replace(
        main, entries=tuple(entries), example=shown.example, listing=shown.listing, notes=(*main.notes, *notes)
    )  # fmt: skip
    return [whole, *(one for one in others if one is not shown)]


def _is_frame(entries: Sequence[Entry], shown: Sequence[Entry]) -> bool:
    names = [one.name for one in entries]
    everywhere = {one.name for one in shown}
    top = {one.name for one in shown if not one.depth}
    found = sum(name in everywhere for name in names)
    return found >= _FOUND * len(names) and sum(name in top for name in names) <= _AT_TOP * len(names)


def _filled(one: Entry, said: Entry) -> Entry:
    """Put what the list says of a member into the place that the example has for it."""
    holds = one.claim.holder is not None
    # A list that calls an object a string speaks of another member of that name.
    claim = said.claim if said.claim.type is not None and (not holds or said.claim.holder is not None) else one.claim
    if claim.type == "array" and claim.items is None:
        claim = replace(claim, items=one.claim.items)
    return replace(said, claim=claim, depth=one.depth)
