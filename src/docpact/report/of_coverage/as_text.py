"""Coverage for a person: a line for each kind of feature, then what was not exercised, the outcome last."""

from __future__ import annotations

from typing import TYPE_CHECKING

from docpact.covered import share
from docpact.report.columns import width, wrap
from docpact.report.of_coverage import TITLES, in_short, notes, outcome
from docpact.report.of_drift.as_text import problems
from docpact.report.paint import Paint
from docpact.report.showing import count, place, plain

if TYPE_CHECKING:
    from collections.abc import Iterator

    from docpact.covered import Group
    from docpact.report.of_coverage import Told

_CODES = {"covered": "1;32", "under": "1;31", "not-established": "1;33"}
_BAR = 20


def render(told: Told) -> Iterator[str]:
    """Yield the report line by line."""
    paint = Paint(told.colour)
    groups = (*told.coverage.groups, *told.coverage.beside)
    if told.whole:
        for group in groups:
            yield from _whole(group, paint)
    else:
        for group in groups:
            yield from _missing(told, group, paint)
    yield from _table(told)
    yield from problems(told.tally, told.problems, paint)
    head = f"{told.verdict}  "
    words = f"{outcome(told)}; contract {plain(told.contract)}, profile {told.profile}"
    first, *more = wrap(head, words, told.width)
    yield f"{paint(told.verdict, _CODES[told.verdict])}{first[len(told.verdict) :]}\n"
    yield from (f"{line}\n" for line in more)
    for note in notes(told):
        yield from (f"{line}\n" for line in wrap("  ", plain(note), told.width))


def _table(told: Told) -> Iterator[str]:
    room = max((len(TITLES[group.name]) for group in (*told.coverage.groups, *told.coverage.beside)), default=0)
    for group in (*told.coverage.groups, *told.coverage.beside):
        part, whole = group.exercised, len(group.features)
        full = _BAR * part // whole if whole else _BAR
        aside = "  not counted: --extremes counts them" if group in told.coverage.beside else ""
        bar = f"[{'#' * full}{'.' * (_BAR - full)}]"
        yield f"{TITLES[group.name]:<{room}}  {bar}  {share(part, whole):5.1f}%  {part:,} of {whole:,}{aside}\n"
    yield "\n"


def _missing(told: Told, group: Group, paint: Paint) -> Iterator[str]:
    if not group.missing or group in told.coverage.beside:
        return
    yield f"{paint(f'{TITLES[group.name]}: not exercised', '1')}\n"
    for heading, listed in in_short(group.name, group.missing).items():
        head = f"  {plain(heading)}  " if heading else "  "
        yield from (f"{line}\n" for line in wrap(head, plain(", ".join(listed)), told.width))
    yield "\n"


def _whole(group: Group, paint: Paint) -> Iterator[str]:
    yield f"{paint(TITLES[group.name], '1')}\n"
    room = min(60, max((width(plain(feature)) for feature in group.features), default=0))
    for feature, sighting in group.features.items():
        text = plain(feature)
        gap = " " * max(0, room - width(text))
        told = "–" if sighting is None else f"{count(sighting.count, 'payload')}, first {place(sighting.first)}"
        yield f"  {text}{gap}  {told}\n"
    yield "\n"
