"""The report for a person: equal findings as one entry, errors first, the verdict last."""

from __future__ import annotations

from typing import TYPE_CHECKING

from docpact.finding import Severity
from docpact.redact import printable
from docpact.tally import Verdict

if TYPE_CHECKING:
    from collections.abc import Iterator

    from docpact.finding import Clause, Place
    from docpact.report import Run
    from docpact.tally import Group, Tally

_WIDE = 100
_NAMED = 5


def render(run: Run, *, colour: bool = False) -> str:
    """Write the report of a run as text; `colour` adds terminal colours, and nothing else is ever an escape."""
    paint = _Paint(colour)
    lines = [line for group in _shown(run) for line in _entry(group, paint)]
    lines.extend(_left_out(run))
    lines.extend(_problems(run.tally, paint))
    lines.extend(_summary(run, paint))
    return "\n".join(lines) + "\n"


class _Paint:
    def __init__(self, colour: bool) -> None:  # noqa: FBT001 - private
        self._on = colour

    def __call__(self, text: str, code: str) -> str:
        return f"\x1b[{code}m{text}\x1b[0m" if self._on else text


def _shown(run: Run) -> list[Group]:
    groups = sorted(run.tally.groups.values(), key=lambda group: group.first.severity is not Severity.ERROR)
    return groups if run.most is None else groups[: run.most]


def _left_out(run: Run) -> Iterator[str]:
    hidden = len(run.tally.groups) - len(_shown(run))
    if hidden:
        yield f"… and {hidden} more kinds of finding (--max-findings)\n"
    if run.tally.ungrouped:
        yield f"… and {run.tally.ungrouped:,} findings of further kinds, counted only\n"


def _entry(group: Group, paint: _Paint) -> Iterator[str]:
    finding = group.first
    red = "31" if finding.severity is Severity.ERROR else "33"
    yield f"{paint(finding.severity, red)} {paint(finding.rule, '1')}  {printable(finding.message)}"
    where = paint(place(finding.place), "36")
    if group.count > 1:
        where = f"{group.count:,} times, first {where}, last {paint(place(group.last), '36')}"
    yield f"  at    {where}"
    if isinstance(finding.expected, list) and finding.rule == "documented-enum":
        yield f"  known {printable(', '.join(str(value) for value in finding.expected))}"
    if finding.clause is not None:
        yield f"  page  {_quote(finding.clause)}"
    yield f"  hint  {printable(finding.hint)}"
    yield ""


def place(at: Place) -> str:
    """Write a place as editors take it: `file:line:column`, then the pointer, and the item of a list body."""
    text = printable(at.source) or "<payload>"
    if at.line is not None:
        text += f":{at.line}" + (f":{at.column}" if at.column is not None else "")
    if at.item is not None:
        text += f" item {at.item}"
    return f"{text} {printable(at.pointer)}" if at.pointer else text


def _quote(clause: Clause) -> str:
    first, last = clause.lines
    words = printable(" ⏎ ".join(line.strip() for line in clause.quote.split("\n")))
    words = words if len(words) <= _WIDE else f"{words[: _WIDE - 1]}…"
    return f"{first}{f'-{last}' if last != first else ''}: {words}"


def _problems(tally: Tally, paint: _Paint) -> Iterator[str]:
    for source in tally.not_read:
        yield f"{paint('unreadable', '31')} {printable(source.source)}  {printable(source.reason)}"
        yield f"  hint  {printable(source.hint)}"
        yield ""
    more = tally.unreadable - len(tally.not_read)
    if more:
        yield f"… and {more:,} more that could not be read\n"


def _summary(run: Run, paint: _Paint) -> Iterator[str]:
    tally = run.tally
    verdict = tally.verdict(run.fail_on)
    code = {Verdict.CONFORMS: "32", Verdict.VIOLATES: "31", Verdict.NOT_ESTABLISHED: "33"}[verdict]
    yield f"{paint(verdict, f'1;{code}')}  {_payloads(tally)}; contract {printable(run.contract)}, profile {run.profile}"
    if tally.findings:
        rules = sorted(tally.by_rule.items(), key=lambda item: -item[1])
        counts = ", ".join(f"{name} {count:,}" for name, count in rules[:_NAMED])
        more = f", and {len(rules) - _NAMED} more rules" if len(rules) > _NAMED else ""
        yield f"  {_count(tally.errors, 'error')}, {_count(tally.warnings, 'warning')}: {counts}{more}"
    yield from _waivers(tally)
    if tally.skipped:
        names = ", ".join(f"{printable(thing.source)} ({thing.reason})" for thing in tally.skips[:_NAMED])
        yield f"  passed over: {names}{f' and {tally.skipped - _NAMED:,} more' if tally.skipped > _NAMED else ''}"
    if not tally.payloads and not tally.unreadable:
        yield "  there was nothing to judge: name files that hold JSON, a folder of them, or - for standard input"
    if run.interrupted:
        yield "  interrupted: this is what was found until then"
    yield from _profile_hint(tally)


def _waivers(tally: Tally) -> Iterator[str]:
    if tally.waivers is None:
        return
    if tally.waived:
        yield f"  {_count(tally.waived, 'finding')} waived"
    for waiver in tally.waivers.expired:
        yield f"  expired: the waiver of {waiver.rule} by {printable(waiver.owner)}, on {waiver.expires}: mend it or renew it"
    for waiver in tally.waivers.unused:
        yield f"  unused: the waiver of {waiver.rule} by {printable(waiver.owner)}: nothing needs it, take it out"


def _payloads(tally: Tally) -> str:
    if not tally.payloads:
        return "no payload was judged"
    stories = f" in {_count(tally.stories, 'story', 'stories')}" if tally.stories else ""
    if tally.violating:
        return f"{tally.violating:,} of {_count(tally.payloads, 'payload')}{stories} with errors"
    return f"{_count(tally.payloads, 'payload')}{stories} without errors"


def _count(number: int, noun: str, plural: str = "") -> str:
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"


def _profile_hint(tally: Tally) -> Iterator[str]:
    best = tally.best_profile()
    if best is None:
        return
    name, explained = best
    left = tally.findings - explained
    rest = f"shows the other {left:,}" if left else "accepts all of them"
    yield f"  {explained:,} of {_count(tally.findings, 'finding')} are how a `{name}` behaves: `--profile {name}` {rest}"
