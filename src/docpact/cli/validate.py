"""`docpact validate`: judge captured payloads by a contract."""

from __future__ import annotations

from typing import TYPE_CHECKING

from docpact import captures, inputs
from docpact.cli import accepting, configured, progress, reading, reports, spread
from docpact.contract import load
from docpact.errors import Exit, UsageError
from docpact.finding import Layer
from docpact.validate.stream import Settings, Stream, broken_off

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator

    from docpact.cli import Streams
    from docpact.tally import Tally

_EXAMPLES = """examples:
  docpact validate task.json
  docpact validate captures/ --profile go-relay
  docpact validate polls.ndjson --stories
  curl -s https://relay.example/mj/task/1/fetch | docpact validate -"""

_LAYERS = ("documented", "coherent", "lifecycle")


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    add = parser.add_argument
    parser.epilog = _EXAMPLES
    add("inputs", nargs="*", metavar=reading.NAMED, help=reading.INPUTS)
    add("--contract", default="task-fetch", metavar="NAME|DIR", help="the contract to judge by (default: task-fetch)")
    add("--profile", default="documented", metavar="NAME", help="what a family of servers does beside the page")
    add("--layer", action="append", metavar="LAYER", help=f"judge only these layers, of {', '.join(_LAYERS)}")
    add("--stories", action="store_true", help="judge the payloads of one id as polls, in their order")
    add("--each", action="store_true", help="judge a list body item by item")
    add("--task", metavar="ID", help="the id that was asked for: every payload must be this task")
    reports.configure(parser)
    add("--fail-on", default="error", choices=configured.FAIL_ON, help="what makes the exit code 1")
    accepting.configure(parser)
    add("--max-findings", type=int, metavar="N", help="list at most N findings; all of them are counted")
    reading.configure(parser)
    spread.configure(parser)
    configured.configure(parser)


def run(options: argparse.Namespace, streams: Streams) -> int:
    """Judge the inputs and write the report; what was found so far is reported on Ctrl-C too."""
    origins = configured.settle(options)
    if options.show_settings:
        return configured.show(options, origins, streams)
    if not options.inputs:
        raise UsageError("name what to judge", hint=f"for example: {_EXAMPLES.splitlines()[1].strip()}")
    if not all(options.inputs):
        raise UsageError("an input has no name", hint="name a file, a folder or an address, or - for standard input")
    if options.task == "":
        raise UsageError("--task is empty", hint="give the id that was asked for, or leave --task away")
    if options.max_findings is not None and options.max_findings < 0:
        raise UsageError(f"--max-findings {options.max_findings} is below 0", hint="give a number from 0")
    contract = load(options.contract)
    settings = _settings(options)
    stream = Stream(contract, settings)
    tally = accepting.tally(options, contract)
    bar = progress.Bar(options.inputs, tally, streams)
    with reports.Gathered(options, contract) as gathered, spread.Spread(options, settings, streams) as crew:
        interrupted = False
        blocks = not gathered.wants_texts and tally.sample is None
        wanted = crew.wanted(reading.wanted(options, contract, blocks=blocks), contract)
        try:
            read = inputs.read(options.inputs, streams.stdin, wanted, bar.opened)
            texts = bar.watch(crew.judged(read, stream, wanted, bar.opened))
            _judge(stream, texts if tally.sample is None else tally.sample.draw(texts), tally, gathered)
        except KeyboardInterrupt:
            interrupted = True
        finally:
            bar.erase()
        tally.stories = stream.told_stories
        layers = {*settings.layers, *((Layer.LIFECYCLE,) if settings.stories else ())}
        report = reports.described(options, contract, tally, streams)._replace(
            interrupted=interrupted,
            rules=reports.rules_in_force(contract, options.profile, layers, asked=options.task is not None),
            inputs=tuple(options.inputs),
            seen=gathered.seen,
        )
        gathered.write(report, streams)
        accepting.write(options, tally, streams, interrupted=interrupted)
    return Exit.INTERRUPTED if interrupted else tally.exit_code(options.fail_on)


def _judge(stream: Stream, texts: Iterator[captures.Read], tally: Tally, gathered: reports.Gathered) -> None:
    for thing in texts:
        if isinstance(thing, captures.Block):
            for text in stream.sift(thing):
                gathered.take(text, (tally.judged(findings) for findings in stream.judge(text)))
            tally.accepted(stream.take_accepted())
        elif isinstance(thing, captures.Judged):
            for found in thing.found:
                gathered.take(captures.Text("", None, None, 0), iter([tally.judged(found)]))
            tally.accepted(thing.accepted)
        elif isinstance(thing, captures.Unreadable):
            tally.could_not_read(thing)
        elif isinstance(thing, captures.Skipped):
            tally.passed_over(thing)
        elif isinstance(thing, captures.Corrupt):
            gathered.take(captures.Text(thing.source, thing.line, None, 0), iter([tally.judged([broken_off(thing)])]))
        elif isinstance(thing, captures.Text):
            gathered.take(thing, (tally.judged(findings) for findings in stream.judge(thing)))


def _settings(options: argparse.Namespace) -> Settings:
    names = [name.strip() for given in options.layer or () for name in given.split(",")]
    for name in names:
        if name not in _LAYERS:
            raise UsageError(f"there is no layer {name!r} for captures", hint=f"there are: {', '.join(_LAYERS)}")
    layers = frozenset(Layer(name) for name in names)
    settings = Settings(profile=options.profile, each=options.each, stories=options.stories, asked=options.task)
    if not layers:
        return settings
    return Settings(options.profile, layers, options.each, stories=options.stories, asked=options.task)
