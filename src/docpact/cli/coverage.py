"""`docpact coverage`: how much of what a contract names was exercised by captures, cassettes or fixtures."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from docpact import __version__
from docpact.cli import capturing, configured, reports
from docpact.contract import load
from docpact.drift.covering import Covering
from docpact.errors import UsageError
from docpact.files import refuse_unwritable
from docpact.report.of_coverage import FORMATS, Told, render

if TYPE_CHECKING:
    import argparse

    from docpact.cli import Streams

_EXAMPLES = """examples:
  docpact coverage tests/fixtures/ --fail-under 80
  docpact coverage tests/cassettes/ polls.ndjson --stories --profile go-relay
  docpact coverage captures/ --format html --output coverage.html
  docpact coverage captures/ --except 'button:video' --except '/maskBase64 *'

A feature is a listed value (/status=SUCCESS), an optional member that is there or not (/state absent), a null that the profile
allows, a kind of button, or, with --stories, a step of the lifecycle (edge:SUBMITTED→IN_PROGRESS).
Exit codes: 0 exercised, 1 less than --fail-under, 2 wrong usage, 3 unreadable, 4 nothing was seen, 130 interrupted."""
_WHOLE = 100


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    add = parser.add_argument
    parser.epilog = _EXAMPLES
    capturing.configure(parser)
    forms = "; ".join(f"{name}, {summary}" for name, summary in FORMATS.items())
    add("--format", default="text", choices=tuple(FORMATS), metavar="FORMAT", help=f"how the report is written: {forms}")
    add("--output", metavar="FILE", help="write the report to a file, whole or not at all")
    add("--fail-under", type=float, metavar="PERCENT", help="end with 1 where less than this was exercised")
    add("--extremes", action="store_true", help="count empty and long texts, and empty and long lists, too")
    add("--except", dest="excepted", action="append", default=[], metavar="FEATURE", help="do not count it; * is anything")
    add("--features", action="store_true", help="list every feature in the text, with the payloads that have it")
    configured.configure(parser, without=("layer", "fail-on", "max-findings", "waivers", "baseline", "format"))


def run(options: argparse.Namespace, streams: Streams) -> int:
    """Count the features of the inputs, and write the report; what was seen so far is reported on Ctrl-C too."""
    shown = capturing.settled(options, streams, "docpact coverage tests/fixtures/ --fail-under 80")
    if shown is not None:
        return shown
    _refuse(options)
    contract = load(options.contract)
    covering = Covering(
        contract,
        contract.profile(options.profile),
        stories=options.stories,
        extremes=options.extremes,
        excepted=options.excepted,
    )
    capture = capturing.Capture(options, contract, streams)
    interrupted = capture.hand_to(covering.take)
    told = Told(
        version=__version__,
        contract=contract.name,
        schema_sha256=contract.schema_sha256,
        profile=options.profile,
        coverage=covering.told(),
        tally=capture.tally,
        problems=capture.problems,
        fail_under=options.fail_under,
        interrupted=interrupted,
        whole=options.features,
        colour=reports.colour(options, streams.stdout),
        width=reports.width(options, streams.stdout),
    )
    capturing.write(render(options.format, told), options, streams)
    established = told.verdict != "not-established"
    return capture.exit_code(established=established, fails=told.verdict == "under", interrupted=interrupted)


def _refuse(options: argparse.Namespace) -> None:
    """Refuse what cannot be done before anything is read."""
    least = options.fail_under
    if least is not None and not 0 <= least <= _WHOLE:
        raise UsageError(f"--fail-under {least:g} is no share in percent", hint="give a number from 0 to 100")
    if options.output == "":
        raise UsageError("--output is empty", hint="give a name, or leave it away")
    if options.output is not None:
        refuse_unwritable(Path(options.output))
