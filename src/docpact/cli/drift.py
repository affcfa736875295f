"""`docpact drift`: what was really seen, against what is documented."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from docpact import __version__
from docpact.cli import capturing, configured, reports
from docpact.contract import load
from docpact.drift import ledger as ledgers
from docpact.drift.departed import Departed
from docpact.drift.observed import Observed
from docpact.drift.suggested import suggested
from docpact.errors import UsageError
from docpact.files import refuse_unwritable, write_whole
from docpact.report.of_drift import FORMATS, Ledgered, Told, render

if TYPE_CHECKING:
    import argparse

    from docpact.cli import Streams
    from docpact.contract import Contract
    from docpact.drift.ledger import Ledger, Ran
    from docpact.drifted import Drift

_EXAMPLES = """examples:
  docpact drift captures/
  docpact drift polls.ndjson --stories --profile go-relay
  docpact drift captures/ --label acme --ledger drift.json --fail-on new
  docpact drift captures/ --label acme --suggest overlay.toml

It ends with 0 whatever it has seen, unless --fail-on says otherwise: what a server does beside its page need not be wrong.
Exit codes: 0 seen, 1 what --fail-on names, 2 wrong usage, 3 unreadable, 4 nothing was seen, 130 interrupted."""

_FAIL_ON = ("drift", "new", "never")


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    add = parser.add_argument
    parser.epilog = _EXAMPLES
    capturing.configure(parser)
    forms = "; ".join(f"{name}, {summary}" for name, summary in FORMATS.items())
    add("--format", default="text", choices=tuple(FORMATS), metavar="FORMAT", help=f"how the report is written: {forms}")
    add("--output", metavar="FILE", help="write the report to a file, whole or not at all")
    add("--members", action="store_true", help="list each documented member, with nulls, empties and types, in the text too")
    add("--label", default="captures", metavar="NAME", help="whose captures these are: in the ledger, and as a profile")
    add("--ledger", metavar="FILE", help="keep what departs from run to run in this file, and say what is new")
    add("--run", metavar="NAME", help="what the ledger calls this run (default: the date)")
    add("--suggest", metavar="FILE", help="write what a profile in contract.toml would say, to be reviewed (-: to the output)")
    add("--fail-on", dest="fails", default="never", choices=_FAIL_ON, help="end with 1 for any departure, or for a new one")
    configured.configure(parser, without=("layer", "fail-on", "max-findings", "waivers", "baseline", "format"))


def run(options: argparse.Namespace, streams: Streams) -> int:
    """Count what the inputs hold, and write the report; what was seen so far is reported on Ctrl-C too."""
    shown = capturing.settled(options, streams, "docpact drift captures/")
    if shown is not None:
        return shown
    _refuse(options)
    contract = load(options.contract)
    profile = contract.profile(options.profile)
    ledger = _ledger(options, contract)
    capture = capturing.Capture(options, contract, streams, fingerprints=ledger is not None)
    observed = Observed(contract, stories=options.stories)
    interrupted = capture.hand_to(observed.take)
    told = Told(
        version=__version__,
        contract=contract.name,
        schema_sha256=contract.schema_sha256,
        profile=options.profile,
        drift=Departed(observed, contract, profile).told(),
        tally=capture.tally,
        problems=capture.problems,
        interrupted=interrupted,
        label=options.label,
        whole=options.members,
        colour=reports.colour(options, streams.stdout),
        width=reports.width(options, streams.stdout),
    )
    if ledger is not None:
        ran = _ran(options, capture, told.drift)
        told = _since(ledger, ran, told, options.ledger)
    _write(options, told, contract, streams)
    if ledger is not None:
        _keep(options, ledger, ran, told, streams)
    new = any(departure.since is None for departure in told.drift.departures)
    fails = {"drift": bool(told.drift.departures), "new": new, "never": False}[options.fails]
    return capture.exit_code(established=told.verdict != "not-established", fails=fails, interrupted=interrupted)


def _refuse(options: argparse.Namespace) -> None:
    """Refuse what cannot be done before anything is read."""
    if options.fails == "new" and options.ledger is None:
        raise UsageError("--fail-on new needs to know what is not new", hint="add --ledger FILE")
    if options.run is not None and options.ledger is None:
        raise UsageError("--run names a run in a ledger, and there is none", hint="add --ledger FILE")
    for name in ("label", "run", "ledger", "suggest", "output"):
        if getattr(options, name) == "":
            raise UsageError(f"--{name} is empty", hint="give a name, or leave it away")
    for name in (options.output, options.ledger, options.suggest):
        if name is not None and not (name == "-" and name is options.suggest):
            refuse_unwritable(Path(name))


def _ledger(options: argparse.Namespace, contract: Contract) -> Ledger | None:
    if options.ledger is None:
        return None
    path = Path(options.ledger)
    if not path.exists():
        return ledgers.Ledger(contract.name)
    try:
        content = path.read_bytes()
    except OSError as error:
        raise UsageError(
            f"the ledger {path} cannot be read: {error.strerror or error}", hint="name a file that can be read and written"
        ) from error
    return ledgers.read(content, options.ledger, contract.name)


def _ran(options: argparse.Namespace, capture: capturing.Capture, drift: Drift) -> Ran:
    name = options.run
    if name is None:
        from datetime import date

        name = date.today().isoformat()  # noqa: DTZ011 - a run is named in the days of who runs it
    return ledgers.Ran(name, options.label, drift.payloads, capture.fingerprint, tuple(capture.sources))


def _since(ledger: Ledger, ran: Ran, told: Told, name: str) -> Told:
    """Say of each departure since when it is known, and what the ledger is to say of the run."""
    drift = told.drift._replace(
        departures=tuple(d._replace(since=ledger.since(ran.label, d)) for d in told.drift.departures),
        excused=tuple(d._replace(since=ledger.since(ran.label, d)) for d in told.drift.excused),
    )
    whole = (*drift.departures, *drift.excused)
    new = sum(departure.since is None for departure in drift.departures)
    same = ledger.same(ran)
    noted = Ledgered(
        name=name,
        run=f"run {len(ledger.runs) + 1}, {ran.name}",
        same=same,
        new=new,
        known=len(drift.departures) - new,
        again=ledger.again(ran) if same is None else 0,
        gone=() if told.interrupted else ledger.gone(ran.label, whole, stories=drift.stories is not None),
        left_out=ledger.no_room(ran.label, whole),
    )
    return told._replace(drift=drift, ledger=noted)


def _write(options: argparse.Namespace, told: Told, contract: Contract, streams: Streams) -> None:
    if options.suggest is not None:
        lines = (f"{line}\n" for line in suggested(told.drift, contract, options.label))
        if options.suggest == "-":
            streams.stdout.writelines(lines)
        else:
            write_whole(Path(options.suggest), capturing.encoded(lines))
    if options.output is not None or options.suggest != "-":
        capturing.write(render(options.format, told), options, streams)


def _keep(options: argparse.Namespace, ledger: Ledger, ran: Ran, told: Told, streams: Streams) -> None:
    if told.interrupted or not told.drift.payloads:
        why = "interrupted" if told.interrupted else "nothing was read"
        streams.stderr.write(f"docpact: {why}: the ledger was not written\n")
        return
    ledger.take(ran, (*told.drift.departures, *told.drift.excused))
    write_whole(Path(options.ledger), ledger.content())
