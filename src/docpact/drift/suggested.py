"""Suggested: a profile for `contract.toml` that knows what was seen; for a person to review, and never applied by itself."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from docpact.redact import printable, safe_source

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from docpact.contract import Contract
    from docpact.drifted import Departure, Drift
    from docpact.finding import Place

_BARE = re.compile(r"[A-Za-z0-9_-]+", re.ASCII)
_HALF = re.compile("[\ud800-\udfff]")
_IN_A_PROFILE = {"documented-enum", "documented-null", "documented-required"}
# More values than these are no list of states: a free text that the page takes for one.
_MOST_VALUES = 50


def suggested(drift: Drift, contract: Contract, name: str) -> Iterator[str]:
    """Yield the lines of a `[profiles.NAME]` with the values, nulls and absences that were seen beside the page.

    What no profile can say follows as comments: types, units, members that the page does not name, and states.
    """
    seen = [departure for departure in (*drift.departures, *drift.excused) if departure.rule in _IN_A_PROFILE]
    said = _key(name)
    yield f"# What docpact drift has seen of {printable(name)} beside the page of {contract.name}: {drift.payloads:,} payloads."
    yield "# Review each line before it goes into contract.toml: nothing reads this file by itself."
    if name in contract.profiles:
        yield "# The contract has a profile of this name: add what is new to that one, or take another --label."
    yield f"[profiles.{said}]"
    yield f"summary = {_text(f'{name}, as docpact drift has seen it')}"
    yield f"reason = {_text('say here why the server does so')}"
    yield f"fact = {_text(f'seen in {drift.payloads:,} captured payloads')}"
    for key, rule in (("nulls", "documented-null"), ("missing", "documented-required")):
        yield from _list(key, [(d.pointer, d) for d in seen if d.rule == rule])
    values = [departure for departure in seen if departure.rule == "documented-enum"]
    yield from _enums(said, values)
    yield from _notes(drift, values)
    yield from _states(drift, contract)


def _enums(said: str, values: list[Departure]) -> Iterator[str]:
    heading = ["", f"[profiles.{said}.enums]"]
    for pointer in dict.fromkeys(departure.pointer for departure in values):
        of = [departure for departure in values if departure.pointer == pointer]
        listed = [(d.literal, d) for d in of if d.literal is not None and not _HALF.search(d.literal)]
        if not listed or len(listed) > _MOST_VALUES:
            continue
        yield from heading
        heading = []
        yield from _list(_text(pointer), listed)


def _list(key: str, items: Iterable[tuple[str, Departure]]) -> Iterator[str]:
    lines = [f"  {_text(text)},  # {_times(departure)}" for text, departure in items]
    if lines:
        yield f"{key} = ["
        yield from lines
        yield "]"


def _notes(drift: Drift, values: list[Departure]) -> Iterator[str]:
    lines = []
    for pointer in dict.fromkeys(departure.pointer for departure in values):
        of = [departure for departure in values if departure.pointer == pointer]
        odd = [d for d in of if d.literal is None or _HALF.search(d.literal)]
        if len(of) - len(odd) > _MOST_VALUES:
            lines.append(f"{pointer} has {len(of) - len(odd)} values that the page does not list: too many for a list")
        lines += [f"{pointer} is {json.dumps(d.found)}, which no profile can name: {_times(d)}" for d in odd]
    for departure in (*drift.departures, *drift.excused):
        said = _note(departure)
        if said:
            lines.append(f"{said}: {_times(departure)}")
    if lines:
        yield ""
        yield "# What no profile can say; the page, or the server, is to be mended, or clients must be ready for it:"
        yield from (f"#   {printable(line)}" for line in lines)
        if any(departure.rule == "undocumented-member" for departure in drift.departures):
            yield '# (validate reports members that the page does not name where the profile says: undocumented = "warning")'


def _note(departure: Departure) -> str:
    expected = " or ".join(departure.expected)
    if departure.rule == "undocumented-member":
        return f"{departure.pointer} is not on the page ({', '.join(f'{n} {count:,}' for n, count in departure.types.items())})"
    if departure.rule == "documented-type":
        return f"{departure.pointer} is of type {departure.found}, and the page says {expected}"
    if departure.rule == "time-unit":
        return f"{departure.pointer} is in {departure.found} and not in {expected}"
    return f"the status goes {departure.found}" if departure.rule not in _IN_A_PROFILE else ""


def _states(drift: Drift, contract: Contract) -> Iterator[str]:
    cycle = contract.lifecycle
    if cycle is None:
        return
    for status, sighting in drift.statuses.items():
        if status in cycle.states:
            continue
        before = ", ".join(f"{s.earlier or '(empty)'} ({s.sighting.count:,})" for s in drift.steps if s.later == status)
        after = ", ".join(f"{s.later or '(empty)'} ({s.sighting.count:,})" for s in drift.steps if s.earlier == status)
        yield ""
        yield "# A status that the lifecycle does not know; where it stands among the others is yours to say."
        yield f"# Seen so often: {sighting.count:,}; after {printable(before) or '–'}, and before {printable(after) or '–'}."
        yield "# [[lifecycle.state]]"
        yield f"# name = {_text(status)}"
        yield "# order = 4"
        yield '# reason = "…"'
        yield '# fact = "…"'


def _times(departure: Departure) -> str:
    place = printable(_at(departure.first))
    return f"{departure.times:,} of {departure.of:,}" + (f", first {place}" if place else "")


def _at(place: Place) -> str:
    line = "" if place.line is None else f":{place.line}"
    return f"{safe_source(place.source)}{line}" if place.source else ""


def _key(name: str) -> str:
    return name if _BARE.fullmatch(name) else _text(name)


def _text(text: str) -> str:
    """Write a basic string of TOML: what is not plainly visible as the escapes that TOML and Python share."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{printable(escaped)}"'
