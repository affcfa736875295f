"""A list of members put where the example of the answer has them: pages list what is in `data`, and show all of it."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING

from docpact.derive.claims import Draft, Entry, Lines, Note
from docpact.derive.examples.guides import CERTAIN
from docpact.derive.request import template

if TYPE_CHECKING:
    from collections.abc import Sequence

_FOUND = 0.5
_AT_TOP = 0.2
_HALF = 0.5
_THIRD = 0.34
_MINE = 0.3
_THEIRS = 0.6
_FEWEST = 3
_FEWEST_SHOWN = 2
_DOCUMENTS = "OpenAPI"
_MOST_NAMED = 8


def owned(drafts: Sequence[Draft]) -> list[Draft]:
    """Return the drafts of a page, each list given to the operation whose answer has what it lists.

    A page that shows all requests first, and lists the members of an answer after them, seems to list those of the last one.
    A list that has nothing to do with the answer that is shown is one of parameters, and is left away with a note.
    """
    once = {
        (one.operation.method, one.operation.path, one.example and one.example.lines): one for one in drafts if one.inferred
    }
    shown = list(once.values())
    kept: list[Draft] = []
    for one in drafts:
        if one.inferred or one.style.startswith(_DOCUMENTS) or not shown:
            continue
        given = _given(one, shown)
        stranger = next((at for at, other in enumerate(shown) if _same(given, other) and _is_stranger(given, other)), None)
        if stranger is None:
            kept.append(given)
        else:
            shown[stranger] = _noted(shown[stranger], given)
    listed = [one for one in drafts if not one.inferred] if not shown else kept
    return [*(one for one in drafts if one.style.startswith(_DOCUMENTS) and shown), *listed, *shown]


def _given(one: Draft, shown: Sequence[Draft]) -> Draft:
    if len(one.entries) < _FEWEST:
        return one
    own = max((_share(one.entries, other.entries) for other in shown if _same(one, other)), default=0.0)
    best = max(
        shown, key=lambda other: (_share(one.entries, other.entries), not other.listing, other.operation.method == "GET")
    )
    if own >= _MINE or _share(one.entries, best.entries) < _THEIRS or not best.operation.method:
        return one
    name = f"{best.operation.method} {best.operation.path}"
    said = Note(
        "note", f"what is listed here is in the answer to {name} (line {best.entries[0].lines['member'][0]})", _where(one)
    )
    return replace(one, operation=best.operation, paths=best.paths, example=best.example, notes=(*one.notes, said))


def _is_stranger(one: Draft, shown: Draft) -> bool:
    """Tell whether a list and the answer that a page certainly shows have too little in common to be of one thing."""
    if shown.style != CERTAIN or len(shown.entries) < _FEWEST_SHOWN:
        return False
    top = [entry for entry in shown.entries if not entry.depth]
    return _share(one.entries, shown.entries) < _HALF and _share(top, one.entries) < _THIRD


def _noted(shown: Draft, one: Draft) -> Draft:
    names = ", ".join(entry.name for entry in one.entries[:_MOST_NAMED])
    message = f"what is listed ({names}) is not in the answer that is shown, and was not taken for a part of it"
    return replace(shown, notes=tuple(dict.fromkeys((*shown.notes, Note("note", message, _where(one))))))


def _where(one: Draft) -> Lines:
    return one.entries[0].lines["member"][0], one.entries[-1].lines["member"][1]


def _same(one: Draft, other: Draft) -> bool:
    asked, offered = one.operation, other.operation
    return asked.method == offered.method and _templated(asked.path) == _templated(offered.path)


@lru_cache(maxsize=1024)
def _templated(path: str) -> str:
    return template(path)[0]


def _share(entries: Sequence[Entry], shown: Sequence[Entry]) -> float:
    everywhere = {one.name for one in shown}
    return sum(one.name in everywhere for one in entries) / max(len(entries), 1)


def framed(drafts: Sequence[Draft]) -> list[Draft]:
    """Return the drafts of an operation, the main one put into the frame of the example that shows it deeper down.

    That is done where the example has most of the listed names, and hardly any of them at its top: what is listed is then
    a part of the answer. A listed name that the example has nowhere is told, and left away: lists name parameters too.
    """
    main, *others = drafts
    shown = next((one for one in others if one.inferred), None)
    if shown is None or main.inferred or main.style.startswith(_DOCUMENTS):
        return list(drafts)
    if len(main.entries) < _FEWEST or not _is_frame(main.entries, shown.entries):
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
    notes = [Note("note", "what is listed is a part of the answer, placed where the example has it", _where(main))]
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
