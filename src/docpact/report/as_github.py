"""Annotations as GitHub Actions takes them: one command a line on standard output, then the verdict."""

from __future__ import annotations

from typing import TYPE_CHECKING

from docpact.finding import Severity
from docpact.report.notes import accepted
from docpact.report.showing import answer, behind, count, groups, judged_by, left_out, outcome, page, path, place, plain, told

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from docpact.report import Run
    from docpact.tally import Group

# GitHub shows ten annotations of each kind a step and fifty a job; the log shows them all.
_MOST = 50
_COMMANDS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTE: "notice"}


def render(run: Run, findings: Iterable[str]) -> Iterator[str]:
    """Yield one annotation for each group of equal findings, errors first, the first fifty; the log tells of the rest."""
    del findings
    tally = run.tally
    for source in tally.not_read[:_MOST]:
        words = f"could not be read: {plain(source.reason)}\n{plain(source.hint)}"
        yield _command("error", {"file": plain(path(source.source, run.root)), "title": "unreadable"}, words)
    shown = groups(run, max(0, _MOST - len(tally.not_read)))
    for group in shown:
        yield _annotation(group, run.root)
    rest = left_out(run, shown)
    if rest:
        yield f"and {count(rest, 'more finding')} that no annotation shows\n"
    # The line begins with our own word: `::` at the beginning of a line would be an order.
    for note in accepted(run) if run.checked is not None or run.compared is not None else ():
        yield f"docpact: {note}\n"
    yield f"{tally.verdict(run.fail_on)}: {outcome(run)}; {judged_by(run)}\n"


def _annotation(group: Group, root: str) -> str:
    finding = group.first
    at = finding.place
    keys = {"file": plain(path(at.source, root))}
    if at.line is not None:
        keys["line"] = str(max(1, at.line))
        if at.column is not None:
            keys["col"] = str(max(1, at.column))
    keys["title"] = finding.rule
    lines = [told(finding.message)]
    if group.count > 1:
        lines.append(f"{group.count:,} times, last {place(group.last)}")
    if finding.traffic is not None:
        lines.append(answer(finding.traffic))
    lines.extend(f"{name}: {words}" for name, words in behind(finding))
    if finding.clause is not None and finding.changed is None:
        lines.append(f"page {page(finding.clause)}")
    lines.append(f"hint: {plain(finding.hint)}")
    return _command(_COMMANDS[finding.severity], keys, "\n".join(lines))


def _command(name: str, keys: dict[str, str], message: str) -> str:
    written = ",".join(f"{key}={_key(value)}" for key, value in keys.items())
    return f"::{name} {written}::{_data(message)}\n"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _key(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
