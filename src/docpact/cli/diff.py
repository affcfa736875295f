"""`docpact diff`: what changed between two contracts, whom it breaks, and a payload that shows it."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from docpact import __version__
from docpact.cli import reports
from docpact.errors import Exit, UsageError
from docpact.redact import safe_message
from docpact.report import Compared, Run
from docpact.tally import Tally

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

    from docpact.cli import Streams
    from docpact.compare.comparison import Comparison
    from docpact.finding import Finding
    from docpact.waivers import Waivers

_EXAMPLES = """examples:
  docpact diff contracts/acme task-fetch                    clients of acme meet task-fetch
  docpact diff saved/page-2026-05.txt saved/page-2026-06.txt
  docpact diff old/openapi.json new/openapi.json --format markdown --output changes.md
  docpact diff --matrix task-fetch contracts/acme page.txt  who can stand in for whom
  docpact diff --list-changes                               every kind of change, how bad it is, and why

OLD is what clients were written for, NEW is what they will meet. Each is a contract (a name or a folder), a JSON Schema, an
OpenAPI document (3 or Swagger 2), or a page. Exit codes: 0 nothing breaks, 1 a change breaks clients, 2 wrong usage,
3 unreadable."""

FAIL_ON = ("breaking", "warning", "any", "never")
_WORDS = ("response-words-changed", "request-words-changed")


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    add = parser.add_argument
    parser.epilog = _EXAMPLES
    add("contracts", nargs="*", metavar="CONTRACT", help="OLD and NEW: contracts, schemas, OpenAPI documents or pages")
    add("--matrix", action="store_true", help="compare each CONTRACT with each, and say which can stand in for which")
    add("--words", action="store_true", help="list changes of titles and descriptions one by one; else they are counted")
    add("--list-changes", action="store_true", help="list every kind of change with its severity and its reason")
    add("--operation", default="", metavar="'GET /PATH'", help="which one, where OLD or NEW has several")
    reports.configure(parser)
    add("--fail-on", choices=FAIL_ON, help="what makes the exit code 1 (default: breaking; with --matrix: never)")
    add("--waivers", metavar="FILE", help="changes that are accepted for a time, as docpact validate takes them")
    add("--max-findings", type=int, metavar="N", help="list at most N changes; all of them are counted")
    parser.set_defaults(each=False, stories=False)


def run(options: argparse.Namespace, streams: Streams) -> int:
    """Compare, and write the report."""
    if options.list_changes:
        from docpact.compare.table import KINDS

        for name, (rule, bump, _) in KINDS.items():
            streams.stdout.write(f"{rule.severity:<9}{bump:<7}{name:<38}{rule.title}: {rule.reason}\n")
        return Exit.CONFORMS
    if options.matrix:
        from docpact.cli import matrix

        return matrix.run(options, streams)
    if len(options.contracts) != len(("OLD", "NEW")):
        raise UsageError(
            f"diff compares two contracts, and was given {len(options.contracts)}",
            hint="for instance: docpact diff contracts/acme task-fetch; --matrix compares more than two",
        )
    from docpact.diffing import diff

    return write(options, streams, diff(*options.contracts, operation=options.operation), options.contracts)


def write(options: argparse.Namespace, streams: Streams, found: Comparison, inputs: Sequence[str]) -> int:
    """Write the report of a comparison, and return the exit code."""
    from docpact.compare.table import TABLE

    fail_on = {None: "error", "breaking": "error"}.get(options.fail_on, options.fail_on)
    tally = Tally(waivers=_waived(options.waivers))
    findings = found.findings()
    listed = findings if options.words else tuple(one for one in findings if one.rule not in _WORDS)
    # Judged as one payload is: the pair, which breaks clients or does not.
    kept = tally.judged(listed)
    with reports.Gathered(options, None) as gathered:
        gathered.take_findings(kept)
        run = Run(
            version=__version__,
            contract=f"{found.old} → {found.new}",
            schema_sha256="",
            profile="documented",
            tally=tally,
            fail_on=fail_on,
            most=options.max_findings,
            rules=tuple(TABLE),
            inputs=tuple(inputs),
            root=os.getcwd(),
            colour=reports.colour(options, streams.stdout),
            width=reports.width(options, streams.stdout),
            compared=_compared(found, kept, findings, words=options.words),
            table=TABLE,
        )
        gathered.write(run, streams)
    return tally.exit_code(fail_on)


def _compared(found: Comparison, kept: Sequence[Finding], findings: Sequence[Finding], *, words: bool) -> Compared:
    told = [one for one in kept if one.rule not in _WORDS]
    count = sum(one.rule in _WORDS for one in findings)
    notes = [safe_message(note) for note in found.notes]
    if count and not words:
        changes = "1 change" if count == 1 else f"{count:,} changes"
        notes.append(f"and {changes} of titles, descriptions or examples, which break nobody: --words")
    breaking, doubtful, compatible = (sum(one.severity == name for one in told) for name in ("error", "warning", "note"))
    return Compared(found.old, found.new, found.advice, breaking, doubtful, compatible, count, tuple(notes))


def _waived(name: str | None) -> Waivers | None:
    if name is None:
        return None
    from datetime import date
    from pathlib import Path

    from docpact import waivers
    from docpact.compare.table import TABLE

    today = date.today()  # noqa: DTZ011 - expiry is in the days of who waives
    return waivers.load(Path(name), today, rules=TABLE)
