"""Coverage in Markdown: a row for each kind of feature, and what was not exercised."""

from __future__ import annotations

from typing import TYPE_CHECKING

from docpact.covered import share
from docpact.report.markdown_text import code, safe
from docpact.report.of_coverage import TITLES, notes, outcome
from docpact.report.showing import place

if TYPE_CHECKING:
    from collections.abc import Iterator

    from docpact.report.of_coverage import Told

_MOST = 100
_VERDICTS = {"covered": "✅", "under": "❌", "not-established": "⚠️ not established,"}


def render(told: Told) -> Iterator[str]:
    """Yield the outcome, the table, and the first hundred missing features of each kind."""
    coverage = told.coverage
    yield f"### docpact coverage: {_VERDICTS[told.verdict]} {coverage.percent:.1f}%\n\n"
    yield f"{safe(outcome(told))}; contract {code(told.contract)}, profile {code(told.profile)}.\n\n"
    for note in notes(told):
        yield f"> {safe(note)}\n\n"
    yield "| features | exercised | of | | not exercised |\n|---|---:|---:|---:|---|\n"
    for group in (*coverage.groups, *coverage.beside):
        part, whole = group.exercised, len(group.features)
        missing = group.missing
        more = f" and {len(missing) - _MOST:,} more" if len(missing) > _MOST else ""
        name = TITLES[group.name] + (" (not counted)" if group in coverage.beside else "")
        listed = ", ".join(map(code, missing[:_MOST]))
        yield f"| {name} | {part:,} | {whole:,} | {share(part, whole):.1f}% | {listed}{more} |\n"
    yield "\n"
    if told.tally.not_read:
        yield "| could not be read | why |\n|---|---|\n"
        yield from (f"| {code(source.source)} | {safe(source.reason)} |\n" for source in told.tally.not_read)
        yield "\n"
    for what, sighting in told.problems.items():
        yield f"{sighting.count:,} × {safe(what)}, first {code(place(sighting.first))}\n\n"
    yield f"docpact {told.version}, schema {code(told.schema_sha256[:12])}\n"
