"""The report for a person: equal findings as one entry, errors first, the verdict last."""

from __future__ import annotations

from typing import TYPE_CHECKING

from docpact.finding import Severity
from docpact.report.columns import cut, wrap
from docpact.report.notes import accepted
from docpact.report.paint import Paint
from docpact.report.showing import answer, behind, count, groups, judged_by, outcome, page, place, plain, profile_hint, told
from docpact.tally import Verdict

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from docpact.report import Run
    from docpact.tally import Group, Tally

_WIDE = 100
_NAMED = 5
_BODY = 200
_MARGIN = 8
_PASTED = ("curl", "case")
_COLOURS = {Severity.ERROR: "31", Severity.WARNING: "33", Severity.NOTE: "32"}


def render(run: Run, findings: Iterable[str] = ()) -> Iterator[str]:
    """Yield the report line by line; nothing but the colours of `run.colour` is ever an escape."""
    del findings
    paint = Paint(run.colour)
    shown = groups(run)
    for group in shown:
        yield from _entry(group, paint, run)
    yield from _left_out(run, len(shown))
    yield from _problems(run.tally, paint)
    yield from _summary(run, paint)


def _left_out(run: Run, shown: int) -> Iterator[str]:
    hidden = len(run.tally.groups) - shown
    if hidden:
        yield f"… and {hidden} more kinds of finding (--max-findings)\n\n"
    if run.tally.ungrouped:
        yield f"… and {run.tally.ungrouped:,} findings of further kinds, counted only\n\n"


def _entry(group: Group, paint: Paint, run: Run) -> Iterator[str]:
    finding, width = group.first, run.width
    red = _COLOURS[finding.severity]
    title = f"{finding.severity} {finding.rule}  "
    first, *more = wrap(title, told(finding.message), width)
    yield f"{paint(finding.severity, red)} {paint(finding.rule, '1')}{first[len(title) - 2 :]}\n"
    yield from (f"{line}\n" for line in more)
    # A place is never broken: terminals and editors open it where it stands whole.
    where = paint(place(finding.place), "36")
    if finding.traffic is not None:
        where += f" ({answer(finding.traffic)})"
    if group.count > 1:
        where = f"{group.count:,} times, first {where}, last {paint(place(group.last), '36')}"
    yield f"  at    {where}\n"
    room = _BODY if width is None else max(_BODY // 2, width - _MARGIN)
    for name, words in behind(finding):
        # A line that is to be pasted is neither cut nor broken.
        yield f"  {name:<4}  {words if name in _PASTED else cut(words, room)}\n"
    if isinstance(finding.expected, list) and finding.rule == "documented-enum":
        known = ", ".join(str(value) for value in finding.expected)
        yield from (f"{line}\n" for line in wrap("  known ", plain(known), width))
    if finding.clause is not None and finding.changed is None:
        yield f"  page  {cut(page(finding.clause), _WIDE if width is None else max(_WIDE // 2, width - _MARGIN))}\n"
    # What to do about a change is the same for all of them: why it breaks somebody says more.
    last, words = ("hint", finding.hint) if finding.changed is None else ("why ", run.table[finding.rule].reason)
    if finding.severity is not Severity.NOTE:
        yield from (f"{line}\n" for line in wrap(f"  {last}  ", plain(words), width))
    yield "\n"


def _problems(tally: Tally, paint: Paint) -> Iterator[str]:
    for source in tally.not_read:
        yield f"{paint('unreadable', '31')} {plain(source.source)}  {plain(source.reason)}\n"
        yield f"  hint  {plain(source.hint)}\n\n"
    more = tally.unreadable - len(tally.not_read)
    if more:
        yield f"… and {more:,} more that could not be read\n\n"


def _summary(run: Run, paint: Paint) -> Iterator[str]:
    tally = run.tally
    verdict = tally.verdict(run.fail_on)
    code = {Verdict.CONFORMS: "32", Verdict.VIOLATES: "31", Verdict.NOT_ESTABLISHED: "33"}[verdict]
    words = f"{outcome(run)}; {judged_by(run)}"
    first, *further = wrap(f"{verdict}  ", words, run.width)
    yield f"{paint(verdict, f'1;{code}')}{first[len(verdict) :]}\n"
    yield from (f"{line}\n" for line in further)
    notes: list[str] = []
    if tally.findings:
        rules = sorted(tally.by_rule.items(), key=lambda item: -item[1])
        counts = ", ".join(f"{name} {number:,}" for name, number in rules[:_NAMED])
        more = f", and {len(rules) - _NAMED} more rules" if len(rules) > _NAMED else ""
        few = f", {count(tally.notes, 'note')}" if tally.notes else ""
        notes.append(f"{count(tally.errors, 'error')}, {count(tally.warnings, 'warning')}{few}: {counts}{more}")
    notes.extend(accepted(run))
    if tally.skipped:
        names = ", ".join(f"{plain(thing.source)} ({thing.reason})" for thing in tally.skips[:_NAMED])
        notes.append(f"passed over: {names}{f' and {tally.skipped - _NAMED:,} more' if tally.skipped > _NAMED else ''}")
    if not tally.payloads and not tally.unreadable and run.checked is None:
        notes.append("there was nothing to judge: name files that hold JSON, a folder of them, or - for standard input")
    if run.interrupted:
        notes.append("interrupted: this is what was found until then")
    notes.extend(profile_hint(run))
    for line in notes:
        yield from (f"{part}\n" for part in wrap("  ", line, run.width))
