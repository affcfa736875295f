"""How a verb writes its report: the options, what a format needs to gather, and where the report goes."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Self, TextIO

from docpact import __version__
from docpact.captures import Text
from docpact.finding import Layer
from docpact.redact import printable
from docpact.report import FORMATS, Run, render
from docpact.rules import OF_EXCHANGES, OF_FOLLOWING, OF_RECORDINGS, RULES

if TYPE_CHECKING:
    import argparse
    from collections.abc import Collection, Iterator, Sequence
    from types import TracebackType

    from docpact.cli import Streams
    from docpact.contract import Contract
    from docpact.finding import Finding
    from docpact.seen import Seen
    from docpact.tally import Tally

_MARKED_UP = {"html", "junit"}
_OF_CAPTURES = "capture-corrupt"


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments that every verb with a report takes."""
    add = parser.add_argument
    add(
        "--format",
        default="text",
        choices=tuple(FORMATS),
        metavar="FORMAT",
        help=f"how the report is written: {'; '.join(f'{name}, {form.summary}' for name, form in FORMATS.items())}",
    )
    add("--output", metavar="FILE", help="write the report to a file, whole or not at all")


class Gathered:
    """What one run gathers for its report: the findings one by one, and what was seen, as far as the format needs them."""

    def __init__(self, options: argparse.Namespace, contract: Contract | None) -> None:
        if options.output is not None:
            _refuse_unwritable(options.output)
        form = FORMATS[options.format]
        self._form = options.format
        self._output = options.output
        self._each = options.each
        self._left = options.max_findings
        self._spool: TextIO | None = _spool() if form.single else None
        self.seen = _seen(contract, stories=options.stories) if form.pictures and contract is not None else None

    def __enter__(self) -> Self:
        """Return it."""
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """Let the spool go."""
        if self._spool is not None:
            self._spool.close()

    @property
    def wants_texts(self) -> bool:
        """Tell whether the report shows what was seen, so that every payload must be read and none only accepted."""
        return self.seen is not None

    def take(self, text: Text, judged: Iterator[Sequence[Finding]]) -> None:
        """Gather what was found in the payloads of one text; `judged` yields the findings of each that are kept."""
        payloads = self.seen.text(text.content, each=self._each) if self.seen is not None else []
        for number, kept in enumerate(judged):
            if self.seen is not None and number < len(payloads):
                payload, at = payloads[number]
                at = text.answer.at if at is None and text.answer is not None else at
                self.seen.take(payload, at, (text.source, text.line), kept)
            if self._spool is not None and kept:
                from docpact.report import as_json

                listed = kept if self._left is None else kept[: self._left]
                self._spool.writelines(f"{as_json.line(finding)}\n" for finding in listed)
                if self._left is not None:
                    self._left -= len(listed)

    def take_answer(self, content: bytes, at: float, source: str, found: Sequence[Finding]) -> None:
        """Gather what was seen in one answer of a live endpoint; what was found is taken apart (`take_findings`)."""
        if self.seen is not None:
            for payload, _ in self.seen.text(content):
                self.seen.take(payload, at, (source, None), found)

    def take_findings(self, found: Sequence[Finding]) -> None:
        """Gather findings in their order."""
        self.take(Text("", None, None, 0), iter([found]))

    def write(self, run: Run, streams: Streams) -> None:
        """Write the report: to the file that was asked for, whole or not at all, or to standard output."""
        pieces = render(self._form, run, self._findings())
        if self._output is not None:
            _write_whole(self._output, (piece.encode("utf-8", "backslashreplace") for piece in pieces))
        else:
            foreign = self._form in _MARKED_UP and (streams.stdout.encoding or "utf-8").lower().replace("-", "") != "utf8"
            for piece in pieces:
                streams.stdout.write(piece.encode("ascii", "xmlcharrefreplace").decode() if foreign else piece)
        if self._form == "github":
            _append_step_summary(run, streams)

    def _findings(self) -> Iterator[str]:
        if self._spool is not None:
            self._spool.seek(0)
            yield from (line.rstrip("\n") for line in self._spool)


def write_text(text: str, options: argparse.Namespace, streams: Streams) -> None:
    """Write a text that is no report of findings: to the file that was asked for, or to standard output."""
    if options.output is not None:
        _refuse_unwritable(options.output)
        _write_whole(options.output, iter([text.encode("utf-8", "backslashreplace")]))
        return
    foreign = options.format in _MARKED_UP and (streams.stdout.encoding or "utf-8").lower().replace("-", "") != "utf8"
    streams.stdout.write(text.encode("ascii", "xmlcharrefreplace").decode() if foreign else text)


def colour(options: argparse.Namespace, stream: TextIO) -> bool:
    """Tell whether the report is coloured: on a terminal, unless NO_COLOR says no; FORCE_COLOR says yes."""
    if options.output is not None or os.environ.get("NO_COLOR"):
        return False
    return bool(os.environ.get("FORCE_COLOR")) or (stream.isatty() and os.environ.get("TERM") != "dumb")


def width(options: argparse.Namespace, stream: TextIO) -> int | None:
    """Return the columns of the terminal, or None where the report goes to a file or a pipe."""
    if options.output is not None or not stream.isatty():
        return None
    from shutil import get_terminal_size

    return get_terminal_size().columns


def described(options: argparse.Namespace, contract: Contract, tally: Tally, streams: Streams) -> Run:
    """Return what every report says of a run; a verb replaces what it knows better: rules, inputs, what was seen."""
    return Run(
        version=__version__,
        contract=contract.name,
        schema_sha256=contract.schema_sha256,
        profile=options.profile,
        tally=tally,
        fail_on=options.fail_on,
        most=options.max_findings,
        root=os.getcwd(),
        promised=contract,
        colour=colour(options, streams.stdout),
        width=width(options, streams.stdout),
    )


def rules_in_force(
    contract: Contract, profile: str, layers: Collection[Layer], *, asked: bool, live: bool = False, recorded: bool = False
) -> tuple[str, ...]:
    """Name the rules that a run judges by: those of its layers of which the contract speaks; transport always.

    `live` is a run against an endpoint, which alone can see what HTTP, tokens, ids and methods promise; `recorded` is one over
    cassettes, which are searched for secrets.
    """
    spoken = {entry.rule for entry in contract.coherence} | ({"id-mismatch"} if asked else set())
    names = []
    for rule in RULES.values():
        if rule.layer is not Layer.TRANSPORT and rule.layer not in layers:
            continue
        silent = rule.layer is Layer.COHERENT and rule.id not in spoken
        ignored = rule.id == "undocumented-member" and contract.profile(profile).undocumented is None
        elsewhere = rule.id == _OF_CAPTURES if live else rule.id in OF_EXCHANGES | OF_FOLLOWING
        elsewhere |= rule.id in OF_RECORDINGS and not recorded
        if not silent and not ignored and not elsewhere:
            names.append(rule.id)
    return tuple(names)


def _refuse_unwritable(name: str) -> None:
    from pathlib import Path

    from docpact.files import refuse_unwritable

    refuse_unwritable(Path(name))


def _write_whole(name: str, content: Iterator[bytes]) -> None:
    from pathlib import Path

    from docpact.files import write_whole

    write_whole(Path(name), content)


def _spool() -> TextIO:
    from tempfile import TemporaryFile

    return TemporaryFile("w+", encoding="utf-8", newline="\n")


def _seen(contract: Contract, *, stories: bool) -> Seen:
    from docpact.seen import Seen

    return Seen(contract, stories=stories)


def _append_step_summary(run: Run, streams: Streams) -> None:
    """Add the Markdown report to the summary of the step, where GitHub Actions names a file for it."""
    name = os.environ.get("GITHUB_STEP_SUMMARY")
    if not name:
        return
    try:
        with open(name, "a", encoding="utf-8", errors="backslashreplace") as file:
            file.writelines(render("markdown", run))
    except OSError as error:
        streams.stderr.write(f"docpact: the step summary cannot be written: {printable(str(error))}\n")
