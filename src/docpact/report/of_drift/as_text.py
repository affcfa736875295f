"""Drift for a person: a line for each departure, with how often and where, then what was never seen, the outcome last."""

from __future__ import annotations

from typing import TYPE_CHECKING

from docpact.report.as_json import dumps
from docpact.report.columns import cut, width, wrap
from docpact.report.of_drift import TITLES, notes, outcome, unseen
from docpact.report.paint import Paint
from docpact.report.showing import count, place, plain

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from docpact.drifted import Departure, MemberSeen, Sighting
    from docpact.report.of_drift import Told
    from docpact.tally import Tally

_WIDEST = 44
_MOST = 30
_CODES = {"drifted": "1;33", "as-documented": "1;32", "not-established": "1;33"}


def render(told: Told) -> Iterator[str]:
    """Yield the report line by line."""
    paint = Paint(told.colour)
    for rule, departures in told.groups.items():
        yield f"{paint(TITLES[rule], '1')}  {rule}\n"
        yield from _lines(told, departures, paint)
        yield "\n"
    yield from _steps(told)
    yield from _times(told)
    yield from _unseen(told)
    if told.whole:
        yield from _members(told)
    yield from problems(told.tally, told.problems, paint)
    head = f"{told.verdict}  "
    words = f"{outcome(told)}; contract {plain(told.contract)}, profile {told.profile}"
    first, *more = wrap(head, words, told.width)
    yield f"{paint(told.verdict, _CODES[told.verdict])}{first[len(told.verdict) :]}\n"
    yield from (f"{line}\n" for line in more)
    for note in notes(told):
        yield from (f"{line}\n" for line in wrap("  ", plain(note), told.width))


def _lines(told: Told, departures: list[Departure], paint: Paint) -> Iterator[str]:
    rows = [(plain(departure.pointer), _what(departure), _often(departure)) for departure in departures]
    first, second, third = (min(_WIDEST, max(width(row[n]) for row in rows)) for n in range(3))
    for departure, (pointer, what, often) in zip(departures, rows, strict=True):
        where = f"first {place(departure.first)}"
        if departure.times > 1 and departure.last != departure.first:
            where += f", last {place(departure.last)}"
        columns = [_padded(pointer, first), *([_padded(what, second)] if second else []), often.rjust(third)]
        head, since = f"  {'  '.join(columns)}", _since(told, departure)
        # A place is never broken: where it does not fit, it stands on a line of its own.
        whole = told.width is None or width(head) + width(where) + width(since) < told.width
        yield f"{head}  {paint(where, '36')}{since}\n" if whole else f"{head}{since}\n      {paint(where, '36')}\n"
        if departure.rule == "documented-enum":
            yield from _around(told, departure)


def _around(told: Told, departure: Departure) -> Iterator[str]:
    """Yield which statuses stood before and after one that the page does not list."""
    status = departure.found
    if status not in told.drift.statuses or not any(status in (s.earlier, s.later) for s in told.drift.steps):
        return
    before = ", ".join(f"{_named(s.earlier)} {s.sighting.count:,}" for s in told.drift.steps if s.later == status)
    after = ", ".join(f"{_named(s.later)} {s.sighting.count:,}" for s in told.drift.steps if s.earlier == status)
    yield f"      came after {before or 'nothing'}; went on to {after or 'nothing'}\n"


def _what(departure: Departure) -> str:
    expected = " or ".join(departure.expected)
    if departure.rule == "undocumented-member":
        types = ", ".join(f"{name} {number:,}" for name, number in departure.types.items())
        return cut(types if departure.found is None else f"{types}: {plain(dumps(departure.found))}", _WIDEST)
    if departure.rule == "documented-enum":
        return cut(plain(dumps(departure.found)), _WIDEST)
    if departure.rule in {"documented-type", "time-unit"}:
        return f"{departure.found}, not {expected}"
    return "" if departure.found is None else plain(str(departure.found))


def _often(departure: Departure) -> str:
    return f"{departure.times:,} of {departure.of:,}"


def _since(told: Told, departure: Departure) -> str:
    if told.ledger is None:
        return ""
    if departure.since is None:
        return "  new"
    return f"  since {plain(departure.since.first)}, {count(departure.since.times, 'time')} before"


def _steps(told: Told) -> Iterator[str]:
    if told.drift.stories is None:
        return
    yield f"steps of the status, in {count(told.drift.stories, 'story', 'stories')}\n"
    for step in told.drift.steps[:_MOST]:
        says = f"  {plain(step.says)}" if step.says else ""
        yield f"  {_named(step.earlier)} → {_named(step.later)}  {step.sighting.count:,}{says}\n"
    if len(told.drift.steps) > _MOST:
        yield f"  and {len(told.drift.steps) - _MOST:,} more\n"
    if not told.drift.steps:
        yield "  none: no task was seen with one status after another\n"
    yield "\n"


def _times(told: Told) -> Iterator[str]:
    if told.drift.times:
        yield "units of times\n"
        for time in told.drift.times:
            units = ", ".join(f"{unit} {sighting.count:,}" for unit, sighting in time.units.items())
            expected = f"  the page: {time.expected}" if time.expected else ""
            yield f"  {plain(time.pointer)}  {units}{expected}\n"
        yield "\n"


def _unseen(told: Told) -> Iterator[str]:
    drift = told.drift
    if not drift.payloads:
        return
    values: dict[str, list[str]] = {}
    for pointer, value in drift.unseen_values:
        values.setdefault(pointer, []).append(value or '""')
    members = unseen(drift)
    lines = [f"members  {', '.join(members)}"] if members else []
    lines += [f"values   {pointer}: {', '.join(listed)}" for pointer, listed in values.items()]
    steps: dict[str, list[str]] = {}
    for earlier, later in drift.unseen_steps:
        steps.setdefault(_named(earlier), []).append(_named(later))
    lines += [f"steps    {earlier} → {', '.join(later)}" for earlier, later in steps.items()]
    if lines:
        yield "documented, and never seen\n"
        for line in lines:
            yield from (f"{part}\n" for part in wrap("  ", plain(line), told.width))
        yield "\n"


def _members(told: Told) -> Iterator[str]:
    yield "members that the page names\n"
    rows = [("", "of", "absent", "null", "empty", "types"), *(_row(member) for member in told.drift.members)]
    wide = [min(_WIDEST, max(width(row[n]) for row in rows)) for n in range(5)]
    for pointer, *numbers, types in rows:
        columns = [_padded(pointer, wide[0]), *(f"{number:>{wide[n]}}" for n, number in enumerate(numbers, 1))]
        yield f"  {'  '.join(columns)}  {types}\n"
    yield "\n"


def _row(member: MemberSeen) -> tuple[str, str, str, str, str, str]:
    types = ", ".join(f"{name} {number:,}" for name, number in member.types.items()) or "–"
    numbers = (f"{number:,}" for number in (member.holders, member.absent, member.null, member.empty))
    return (f"{plain(member.pointer)}{' *' if member.required else ''}", *numbers, types)  # type: ignore[return-value] # four numbers


def problems(tally: Tally, met: Mapping[str, Sighting], paint: Paint) -> Iterator[str]:
    """Yield what could not be counted, for whoever counts payloads: what was not read, no payload, or passed over."""
    for source in tally.not_read:
        yield f"{paint('unreadable', '31')} {plain(source.source)}  {plain(source.reason)}\n"
        yield f"  hint  {plain(source.hint)}\n\n"
    if tally.unreadable > len(tally.not_read):
        yield f"… and {tally.unreadable - len(tally.not_read):,} more that could not be read\n\n"
    for what, sighting in met.items():
        yield f"{paint('passed over', '33')} {_texts(what, sighting)}\n\n"
    if tally.skipped:
        names = ", ".join(f"{plain(thing.source)} ({thing.reason})" for thing in tally.skips[:5])
        yield f"passed over {names}{f' and {tally.skipped - 5:,} more' if tally.skipped > 5 else ''}\n\n"  # noqa: PLR2004 - the five that are named


def _texts(what: str, sighting: Sighting) -> str:
    return f"{count(sighting.count, 'text')}: {what}; first {place(sighting.first)} (docpact validate says what is wrong)"


def _named(status: str) -> str:
    return plain(status) or '""'


def _padded(text: str, columns: int) -> str:
    return text + " " * max(0, columns - width(text))
