"""Coverage for programs: one JSON object whose keys are never renamed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from docpact.covered import share
from docpact.redact import safe_source
from docpact.report.as_json import dumps

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from docpact.covered import Group
    from docpact.drifted import Sighting
    from docpact.report.of_coverage import Told


def render(told: Told) -> Iterator[str]:
    """Yield the report piece by piece."""
    coverage, tally = told.coverage, told.tally
    problems = [{"what": what, "texts": s.count, "first": _place(s)} for what, s in told.problems.items()]
    head = {
        "docpact": told.version,
        "verdict": told.verdict,
        "contract": {"name": told.contract, "schema_sha256": told.schema_sha256, "profile": told.profile},
        "summary": {
            "payloads": coverage.payloads,
            "passed_over": coverage.passed_over,
            "stories": coverage.stories,
            "unreadable": tally.unreadable,
            "skipped": tally.skipped,
            "features": coverage.features,
            "exercised": coverage.exercised,
            "percent": coverage.percent,
            "fail_under": told.fail_under,
            "interrupted": told.interrupted,
        },
        "lacking": list(coverage.lacking),
        "unused_exceptions": list(coverage.unused),
        "problems": problems,
        "unreadable": [{"source": s.source, "reason": s.reason, "hint": s.hint} for s in tally.not_read],
    }
    yield f'{dumps(head)[:-1]}, "groups": ['
    comma = "\n"
    for group in (*coverage.groups, *coverage.beside):
        yield f"{comma}{dumps(_group(group, counted=group in coverage.groups))}"
        comma = ",\n"
    yield "\n]}\n"


def _group(group: Group, *, counted: bool) -> dict[str, Any]:
    return {
        "name": group.name,
        "counted": counted,
        "features": len(group.features),
        "exercised": group.exercised,
        "percent": share(group.exercised, len(group.features)),
        "missing": group.missing,
        "seen": _seen(group.features),
        "excepted": list(group.excepted),
    }


def _seen(features: Mapping[str, Sighting | None]) -> dict[str, Any]:
    return {
        feature: {"payloads": sighting.count, "first": _place(sighting)}
        for feature, sighting in features.items()
        if sighting is not None
    }


def _place(sighting: Sighting) -> dict[str, Any]:
    place = sighting.first
    at = {"line": place.line, "item": place.item}
    return {"source": safe_source(place.source), **{name: value for name, value in at.items() if value is not None}}
