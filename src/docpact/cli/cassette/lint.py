"""`docpact cassette lint`: judge recorded answers by a contract, and look for secrets."""

from __future__ import annotations

from typing import TYPE_CHECKING

from docpact.cli import accepting, configured, reports
from docpact.cli.cassette import files
from docpact.contract import load
from docpact.errors import CaptureError, Exit
from docpact.finding import Layer

if TYPE_CHECKING:
    import argparse

    from docpact.captures import Read
    from docpact.cassettes.tape import Interaction
    from docpact.cli import Streams
    from docpact.contract import Contract
    from docpact.report import Run
    from docpact.tally import Tally
    from docpact.validate.stream import Stream

_DIGITS = 3
_EXAMPLES = """examples:
  docpact cassette lint tests/cassettes/
  docpact cassette lint tests/cassettes/poll.yaml --profile go-relay --format github

Each recorded answer of the documented operation is judged as docpact validate judges it, and everything that stands in the
file is searched for secrets. Exit codes: 0 conforms, 1 violates or holds a secret, 3 unreadable, 4 nothing to judge, unless
--allow-none says that this is right."""


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    add = parser.add_argument
    parser.epilog = _EXAMPLES
    add("inputs", nargs="*", metavar="FILE|DIR|GLOB", help="cassettes of vcrpy, pytest-recording or docpact, in YAML or JSON")
    add("--contract", default="task-fetch", metavar="NAME|DIR", help="the contract to judge by (default: task-fetch)")
    add("--profile", default="documented", metavar="NAME", help="what a family of servers does beside the page")
    add("--secrets", action="store_true", help="look for secrets alone, in cassettes of whatever endpoint")
    add("--allow-none", action="store_true", help="pass where cassettes hold no answer of the documented operation")
    add("--stories", action="store_true", help="judge the answers of one id as polls, in their order")
    reports.configure(parser)
    add("--fail-on", default="error", choices=configured.FAIL_ON, help="what makes the exit code 1")
    accepting.configure(parser, sample=False)
    add("--max-findings", type=int, metavar="N", help="list at most N findings; all of them are counted")
    parser.set_defaults(each=False)
    configured.configure(parser, without=("max-bytes", "layer"))


def run(options: argparse.Namespace, streams: Streams) -> int:
    """Judge the cassettes and write the report; what was found so far is reported on Ctrl-C too."""
    from docpact.validate.stream import Settings, Stream

    origins = configured.settle(options)
    if options.show_settings:
        return configured.show(options, origins, streams)
    contract = load(options.contract)
    stream = Stream(contract, Settings(profile=options.profile, stories=options.stories))
    tally = accepting.tally(options, contract)
    interrupted = False
    with reports.Gathered(options, contract) as gathered:
        try:
            for thing in files.found(options.inputs):
                _take(thing, None if options.secrets else contract, stream, tally, gathered)
        except KeyboardInterrupt:
            interrupted = True
        tally.stories = stream.told_stories
        gathered.write(_report(options, contract, tally, streams, interrupted=interrupted), streams)
        accepting.write(options, tally, streams, interrupted=interrupted)
    code = tally.exit_code(options.fail_on)
    if code is Exit.NOT_ESTABLISHED and options.allow_none and tally.skipped:
        code = Exit.CONFORMS
    return Exit.INTERRUPTED if interrupted else code


def _take(
    thing: files.Found | Read, contract: Contract | None, stream: Stream, tally: Tally, gathered: reports.Gathered
) -> None:  # fmt: skip
    from docpact import captures
    from docpact.cassettes import audit

    if isinstance(thing, captures.Unreadable):
        tally.could_not_read(thing)
    elif isinstance(thing, captures.Skipped):
        tally.passed_over(thing)
    if not isinstance(thing, files.Found):
        return
    search = audit.Audit(thing.recording, thing.name)
    try:
        for number, (one, found) in enumerate(search.interactions()):
            if contract is None:
                gathered.take_findings(tally.judged(found))
                continue
            # What is shown of an answer is what is left without secrets; it is judged as the whole would be.
            _judge(_answer(thing, number, one, contract), stream, tally, gathered)
            gathered.take_findings(tally.told(found))
    except CaptureError as error:
        tally.could_not_read(captures.Unreadable(thing.name, error.message, error.hint))
        return
    marks = audit.marks(thing.recording, thing.name, contract) if contract is not None else ()
    gathered.take_findings(tally.told([*search.rest(thing.content), *marks]))


def _judge(text: Read, stream: Stream, tally: Tally, gathered: reports.Gathered) -> None:
    from docpact import captures
    from docpact.validate.stream import broken_off

    if isinstance(text, captures.Text):
        gathered.take(text, (tally.judged(found) for found in stream.judge(text)))
    elif isinstance(text, captures.Corrupt):
        gathered.take(captures.Text(text.source, text.line, None, 0), iter([tally.judged([broken_off(text)])]))
    elif isinstance(text, captures.Unreadable):
        tally.could_not_read(text)
    elif isinstance(text, captures.Skipped):
        tally.passed_over(text)


def _answer(found: files.Found, number: int, one: Interaction, contract: Contract) -> Read:
    """Return the text of a recorded answer of the documented operation, or why it is passed over."""
    from docpact import captures, inputs
    from docpact.inputs.answers import Exchange, answer, header, milliseconds

    code = one.response.get("status")
    code = str(code.get("code") if isinstance(code, dict) else code)
    shown = found.recording.shown(found.name, number)
    if not (code.isascii() and code.isdigit() and len(code) == _DIGITS):
        return captures.Unreadable(
            shown, "its answer has no status", "take the cassette from the repository, or record it again"
        )
    exchange = Exchange(
        method=one.method,
        url=one.uri,
        status=int(code),
        body=one.response.get("body"),
        encoding=header(one.response["headers"], "content-encoding"),
        at=milliseconds(one.at or found.recording.beside(number).get("recorded_at")),
    )
    settings = inputs.Settings(captures.DEFAULT_LIMIT, inputs.operations(contract.openapi))
    return answer(exchange, shown, settings)


def _report(
    options: argparse.Namespace, contract: Contract, tally: Tally, streams: Streams, *, interrupted: bool
) -> Run:  # fmt: skip
    layers = {Layer.DOCUMENTED, Layer.COHERENT, *({Layer.LIFECYCLE} if options.stories else ())}
    judged = reports.rules_in_force(contract, options.profile, layers, asked=True, recorded=True)
    return reports.described(options, contract, tally, streams)._replace(
        interrupted=interrupted,
        rules=("capture-secret",) if options.secrets else judged,
        inputs=tuple(options.inputs),
    )
