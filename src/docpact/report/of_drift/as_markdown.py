"""Drift in Markdown: a table of the departures, and what was never seen, for a comment or a step summary."""

from __future__ import annotations

from typing import TYPE_CHECKING

from docpact.report.as_json import dumps
from docpact.report.markdown_text import code, safe
from docpact.report.of_drift import TITLES, notes, outcome, unseen
from docpact.report.showing import place

if TYPE_CHECKING:
    from collections.abc import Iterator

    from docpact.drifted import Departure
    from docpact.report.of_drift import Told

_MOST = 200
_VERDICTS = {"drifted": "⚠️ drifted", "as-documented": "✅ as documented", "not-established": "⚠️ not established"}


def render(told: Told) -> Iterator[str]:
    """Yield the outcome, the first two hundred departures, and what was never seen."""
    yield f"### docpact drift: {_VERDICTS[told.verdict]}\n\n"
    yield f"{safe(outcome(told))}; contract {code(told.contract)}, profile {code(told.profile)}.\n\n"
    for note in notes(told):
        yield f"> {safe(note)}\n\n"
    departures = told.drift.departures
    if departures:
        new = " since |" if told.ledger is not None else ""
        yield f"| what | member | found | how often | first | last |{new}\n"
        yield f"|---|---|---|---:|---|---|{'---|' if new else ''}\n"
        for departure in departures[:_MOST]:
            yield _row(departure, ledger=told.ledger is not None)
        yield "\n"
    if len(departures) > _MOST:
        yield f"And {len(departures) - _MOST:,} more.\n\n"
    yield from _steps(told)
    yield from _unseen(told)
    if told.tally.not_read:
        yield "| could not be read | why |\n|---|---|\n"
        yield from (f"| {code(source.source)} | {safe(source.reason)} |\n" for source in told.tally.not_read)
        yield "\n"
    for what, sighting in told.problems.items():
        yield f"{sighting.count:,} × {safe(what)}, first {code(place(sighting.first))}\n\n"
    yield f"docpact {told.version}, schema {code(told.schema_sha256[:12])}\n"


def _row(departure: Departure, *, ledger: bool) -> str:
    if departure.rule == "undocumented-member":
        found = ", ".join(f"{name} {number:,}" for name, number in departure.types.items())
    else:
        found = "" if departure.found is None else dumps(departure.found)
    cells = [
        safe(TITLES[departure.rule]),
        code(departure.pointer),
        code(found) if found else "",
        f"{departure.times:,} of {departure.of:,}",
        code(place(departure.first)),
        code(place(departure.last)),
    ]
    if ledger:
        cells.append("**new**" if departure.since is None else safe(departure.since.first))
    return f"| {' | '.join(cells)} |\n"


def _steps(told: Told) -> Iterator[str]:
    steps = told.drift.steps
    if steps:
        yield "| step of the status | how often | |\n|---|---:|---|\n"
        for step in steps[:_MOST]:
            names = " → ".join(code(status or '""') for status in (step.earlier, step.later))
            yield f"| {names} | {step.sighting.count:,} | {safe(step.says)} |\n"
        yield "\n"


def _unseen(told: Told) -> Iterator[str]:
    drift = told.drift
    if not drift.payloads:
        return
    lists = {
        "members": unseen(drift),
        "values": [f"{pointer} = {value}" for pointer, value in drift.unseen_values],
        "steps": [f"{earlier} → {later}" for earlier, later in drift.unseen_steps],
    }
    for name, listed in lists.items():
        if listed:
            yield f"Documented {name} never seen: {', '.join(map(code, listed[:_MOST]))}\n\n"
