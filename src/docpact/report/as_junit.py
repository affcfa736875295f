"""JUnit XML: one test case a rule in force, and one for each source that could not be read.

A case a payload would be the obvious other choice: a million payloads would then be a million cases, most of them named
like files that nobody knows, and none of them says what was tested. A case a rule says what was tested whether it failed
or not, keeps its name from run to run (so that a server can draw its history), and is bounded by the table of rules.
"""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from docpact.report.notes import accepted
from docpact.report.showing import answer, behind, count, groups, outcome, page, place, plain, told
from docpact.tally import fails

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from docpact.report import Run
    from docpact.tally import Group

_MOST = 20


def render(run: Run, findings: Iterable[str]) -> Iterator[str]:
    """Yield the suite case by case; what the verdict does not fail (a warning, by default) is told in `system-out`."""
    del findings
    tally = run.tally
    by_rule: dict[str, list[Group]] = {}
    for group in groups(run):
        by_rule.setdefault(group.first.rule, []).append(group)
    names = sorted({*run.rules, *tally.by_rule}, key=lambda name: (str(run.table[name].layer), name))
    failures = sum(_fails(run, by_rule.get(name, [])) for name in names)
    counts = f'tests="{len(names) + tally.unreadable}" failures="{failures}" errors="{tally.unreadable}"'
    yield '<?xml version="1.0" encoding="UTF-8"?>\n'
    suite = _quoted(f"docpact {run.contract}")
    yield f'<testsuites name="docpact" {counts}>\n<testsuite name={suite} {counts} skipped="0">\n'
    yield from _properties(run)
    for name in names:
        yield from _case(run, name, by_rule.get(name, []))
    for source in tally.not_read:
        yield f'<testcase classname="docpact.unreadable" name={_quoted(source.source)}>\n'
        yield f'<error type="unreadable" message={_quoted(source.reason)}>{_text(source.hint)}</error>\n</testcase>\n'
    for number in range(len(tally.not_read), tally.unreadable):
        yield f'<testcase classname="docpact.unreadable" name="source {number + 1}, not named">\n'
        yield '<error type="unreadable" message="one of many that could not be read"/>\n</testcase>\n'
    said = "\n".join((outcome(run), *accepted(run)))
    yield f"<system-out>{_text(said)}</system-out>\n</testsuite>\n</testsuites>\n"


def _properties(run: Run) -> Iterator[str]:
    named = {
        "verdict": str(run.tally.verdict(run.fail_on)),
        "docpact": run.version,
        "contract": run.contract,
        "schema_sha256": run.schema_sha256,
        "profile": run.profile,
        "payloads": str(run.tally.payloads),
        "findings": str(run.tally.findings),
        "waived": str(run.tally.waived),
    }
    yield "<properties>\n"
    for name, value in named.items():
        yield f'<property name="{name}" value={_quoted(value)}/>\n'
    yield "</properties>\n"


def _fails(run: Run, found: list[Group]) -> bool:
    return any(fails(group.first.severity, run.fail_on) for group in found)


def _case(run: Run, rule: str, found: list[Group]) -> Iterator[str]:
    head = f'<testcase classname="docpact.{run.table[rule].layer}" name="{rule}"'
    number = run.tally.by_rule.get(rule, 0)
    if not number:
        yield f"{head}/>\n"
        return
    words = "\n".join(_told(found, number))
    yield f"{head}>\n"
    if _fails(run, found):
        message = count(number, "finding") + (f": {told(found[0].first.message)}" if found else "")
        yield f'<failure type="{rule}" message={_quoted(message)}>{_text(words)}</failure>\n'
    else:
        yield f"<system-out>{_text(words)}</system-out>\n"
    yield "</testcase>\n"


def _told(found: list[Group], number: int) -> Iterator[str]:
    for group in found[:_MOST]:
        finding = group.first
        times = f" ({group.count:,} times, last {place(group.last)})" if group.count > 1 else ""
        seen = "" if finding.traffic is None else f", {answer(finding.traffic)}"
        yield f"{finding.severity}: {place(finding.place)}{seen}: {told(finding.message)}{times}"
        yield from (f"  {name} {words}" for name, words in behind(finding))
        if finding.clause is not None and finding.changed is None:
            yield f"  page {page(finding.clause)}"
        yield f"  hint {plain(finding.hint)}"
    rest = number - sum(group.count for group in found[:_MOST])
    if rest > 0:
        yield f"and {rest:,} more"


def _text(text: str) -> str:
    """Escape for XML 1.0: what it does not allow even as a reference is written as an escape; our own line ends stay."""
    return "\n".join(escape(plain(line), quote=True) for line in text.split("\n"))


def _quoted(text: str) -> str:
    return f'"{escape(plain(text), quote=True)}"'
