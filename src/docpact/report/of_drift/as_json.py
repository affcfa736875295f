"""Drift for programs: one JSON object whose keys are never renamed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from docpact.redact import safe_source
from docpact.report.as_json import dumps

if TYPE_CHECKING:
    from collections.abc import Iterator

    from docpact.drifted import Departure, Sighting
    from docpact.finding import Place
    from docpact.report.of_drift import Told


def render(told: Told) -> Iterator[str]:
    """Yield the report piece by piece."""
    drift, tally = told.drift, told.tally
    best = drift.best_profile()
    by_rule = {rule: len(departures) for rule, departures in sorted(told.groups.items())}
    yield _line("{", "docpact", told.version)
    yield _line(" ", "verdict", told.verdict)
    yield _line(" ", "contract", {"name": told.contract, "schema_sha256": told.schema_sha256, "profile": told.profile})
    summary = {
        "payloads": drift.payloads,
        "error_bodies": _times(drift.error_bodies),
        "no_objects": _times(drift.no_objects),
        "unreadable": tally.unreadable,
        "skipped": tally.skipped,
        "stories": drift.stories,
        "departures": len(drift.departures),
        "excused": len(drift.excused),
        "by_rule": by_rule,
        "suggested_profile": None if best is None else {"name": best[0], "explains": best[1]},
        "interrupted": told.interrupted,
    }
    yield _line(" ", "summary", summary)
    if told.ledger is not None:
        ledger = told.ledger
        named = {"file": ledger.name, "label": told.label, "run": ledger.run, "same_captures_as": ledger.same}
        counts = {"new": ledger.new, "known": ledger.known, "sources_again": ledger.again, "left_out": ledger.left_out}
        yield _line(" ", "ledger", {**named, **counts, "gone": list(ledger.gone)})
    for name, departures in (("departures", drift.departures), ("excused", drift.excused)):
        yield _rows(name, [_departure(departure, ledger=told.ledger is not None) for departure in departures])
    unseen = {
        "members": drift.unseen_members,
        "values": [{"pointer": pointer, "value": value} for pointer, value in drift.unseen_values],
        "steps": [list(step) for step in drift.unseen_steps],
    }
    yield _line(" ", "never_seen", unseen)
    yield _rows("members", [{**member._asdict(), "present": member.present} for member in drift.members])
    times = [
        {"pointer": time.pointer, "expected": time.expected or None, "units": {u: _seen(s) for u, s in time.units.items()}}
        for time in drift.times
    ]
    yield _rows("times", times)
    yield _rows("statuses", [{"status": status, **_seen(sighting)} for status, sighting in drift.statuses.items()])
    steps = [{"from": s.earlier, "to": s.later, "says": s.says or None, **_seen(s.sighting)} for s in drift.steps]
    yield _rows("steps", steps)
    yield _rows("beyond", [beyond._asdict() for beyond in drift.beyond])
    yield _rows("passed_over", [{"what": what, **_seen(sighting)} for what, sighting in told.problems.items()])
    errors = {"bodies": _times(drift.error_bodies), "kinds": dict(drift.errors)}
    yield _line(" ", "errors", errors)
    not_read = [{"source": s.source, "reason": s.reason, "hint": s.hint} for s in tally.not_read]
    yield f' "unreadable": {dumps(not_read)}}}\n'


def _line(start: str, key: str, value: Any) -> str:
    return f"{start}{dumps(key)}: {dumps(value)},\n"


def _rows(key: str, rows: list[dict[str, Any]]) -> str:
    inside = ",\n".join(f"  {dumps(row)}" for row in rows)
    return f' "{key}": [\n{inside}\n ],\n' if rows else f' "{key}": [],\n'


def _departure(departure: Departure, *, ledger: bool) -> dict[str, Any]:
    row: dict[str, Any] = {
        "rule": departure.rule,
        "pointer": departure.pointer,
        "found": departure.found,
        "expected": list(departure.expected),
        "times": departure.times,
        "of": departure.of,
        "first": _place(departure.first),
        "last": _place(departure.last),
        "excused_by": list(departure.excused_by),
    }
    if departure.types:
        row["types"] = dict(departure.types)
    if ledger:
        row["new"] = departure.since is None
        row["since"] = None if departure.since is None else departure.since._asdict()
    return row


def _seen(sighting: Sighting) -> dict[str, Any]:
    return {"times": sighting.count, "first": _place(sighting.first), "last": _place(sighting.last)}


def _place(place: Place) -> dict[str, Any]:
    at = {"line": place.line, "item": place.item}
    return {"source": safe_source(place.source), **{name: value for name, value in at.items() if value is not None}}


def _times(sighting: Sighting | None) -> int:
    return 0 if sighting is None else sighting.count
