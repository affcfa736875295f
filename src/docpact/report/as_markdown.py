"""Markdown: the verdict, and a table of the groups of equal findings, for a comment or a step summary."""

from __future__ import annotations

from typing import TYPE_CHECKING

from docpact.finding import Severity
from docpact.report.markdown_text import code, safe
from docpact.report.notes import accepted
from docpact.report.showing import answer, behind, count, groups, judged_by, left_out, outcome, page, place, profile_hint, told

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from docpact.report import Run
    from docpact.tally import Group

_MOST = 100
_SEVERITIES = {Severity.ERROR: "❌ error", Severity.WARNING: "⚠️ warning", Severity.NOTE: "✅ note"}
_VERDICTS = {"conforms": "✅ conforms", "violates": "❌ violates", "not-established": "⚠️ not established"}


def render(run: Run, findings: Iterable[str]) -> Iterator[str]:
    """Yield the summary, the first hundred groups with errors first, and what could not be read."""
    del findings
    tally = run.tally
    yield f"### docpact: {_VERDICTS[str(tally.verdict(run.fail_on))]}\n\n"
    if run.compared is None:
        yield f"{outcome(run)}; contract {code(run.contract)}, profile {code(run.profile)}, "
    else:
        yield f"{safe(outcome(run))}; {safe(judged_by(run))}; {count(tally.notes, 'note')}, "
    yield f"{count(tally.errors, 'error')}, {count(tally.warnings, 'warning')}.\n\n"
    for hint in profile_hint(run):
        yield f"> {hint}\n\n"
    for note in accepted(run):
        yield f"> {safe(note)}\n\n"
    if run.interrupted:
        yield "> The run was interrupted: this is what was found until then.\n\n"
    shown = groups(run, _MOST)
    if shown:
        yield "| | rule | what | how often | first place | page |\n|---|---|---|---:|---|---|\n"
        for group in shown:
            yield _row(group)
        yield "\n"
    yield from _exchanges(shown)
    rest = left_out(run, shown)
    if rest:
        yield f"And {count(rest, 'more finding')}.\n\n"
    if tally.not_read:
        yield "| could not be read | why |\n|---|---|\n"
        for source in tally.not_read:
            yield f"| {code(source.source)} | {safe(source.reason)} |\n"
        yield "\n"
    yield f"docpact {run.version}, schema {code(run.schema_sha256[:12])}\n"


def _row(group: Group) -> str:
    finding = group.first
    bad = _SEVERITIES[finding.severity]
    said = "" if finding.clause is None else code(page(finding.clause))
    cells = (bad, code(finding.rule), code(told(finding.message)), f"{group.count:,}", code(place(finding.place)), said)
    return f"| {' | '.join(cells)} |\n"


def _exchanges(shown: list[Group]) -> Iterator[str]:
    """Yield the request and the answer behind each group, to be opened, where a live endpoint was asked."""
    for group in shown:
        finding = group.first
        told_behind = [] if finding.severity is Severity.NOTE else list(behind(finding))
        if told_behind:
            where = place(finding.place) if finding.traffic is None else answer(finding.traffic)
            yield f"<details><summary>{code(finding.rule)} {safe(where)}</summary>\n\n"
            yield from (f"{name} {code(words)}\n\n" for name, words in told_behind)
            yield "</details>\n\n"
