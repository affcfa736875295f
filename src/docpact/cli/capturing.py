"""Captured payloads one after the other, with their places, for the verbs that count instead of judging."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from docpact import captures, inputs
from docpact.cli import configured, progress, reading
from docpact.drifted import Sighting
from docpact.errors import Exit, UsageError
from docpact.files import write_whole
from docpact.finding import Place, digits_of
from docpact.pointers import ABSENT
from docpact.polled import unwrapped
from docpact.redact import safe_source
from docpact.tally import Tally
from docpact.validate.again import written_again
from docpact.validate.text import Reader

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Iterable, Iterator

    from docpact.captures import Read, Text
    from docpact.cli import Streams
    from docpact.contract import Contract

_NO_JSON = "no JSON that can be read"
_TOO_LARGE = "larger than --max-bytes"
_BROKEN_OFF = "the capture breaks off"
_UNCLEAR = "a poll whose time or id cannot be understood"
# Sources of which a fingerprint is kept.
_MOST_SOURCES = 100
_DIGITS = 16


class Captured(NamedTuple):
    """One payload: where it was, the id that was asked for where that is known, and the scope of its polls."""

    payload: Any
    place: Place
    asked: str | None
    scope: str


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments that say what is read, and by which contract."""
    add = parser.add_argument
    add("inputs", nargs="*", metavar=reading.NAMED, help=reading.INPUTS)
    add("--contract", default="task-fetch", metavar="NAME|DIR", help="the contract (default: task-fetch)")
    add("--profile", default="documented", metavar="NAME", help="what a family of servers does beside the page")
    add("--stories", action="store_true", help="take the payloads of one id as polls, in their order")
    add("--each", action="store_true", help="take a list body item by item")
    reading.configure(parser)


def settled(options: argparse.Namespace, streams: Streams, example: str) -> int | None:
    """Settle the options; return an exit code where the settings were only to be shown.

    Raises `UsageError` where no input is named.
    """
    origins = configured.settle(options)
    if options.show_settings:
        return configured.show(options, origins, streams)
    if not options.inputs:
        raise UsageError("name the captures to read", hint=f"for example: {example}")
    if not all(options.inputs):
        raise UsageError("an input has no name", hint="name a file, a folder or an address, or - for standard input")
    return None


def write(pieces: Iterable[str], options: argparse.Namespace, streams: Streams) -> None:
    """Write a report: to the file that was asked for, whole or not at all, or to standard output."""
    if options.output is not None:
        write_whole(Path(options.output), encoded(pieces))
        return
    foreign = options.format == "html" and (streams.stdout.encoding or "utf-8").lower().replace("-", "") != "utf8"
    for piece in pieces:
        streams.stdout.write(piece.encode("ascii", "xmlcharrefreplace").decode() if foreign else piece)


def encoded(pieces: Iterable[str]) -> Iterator[bytes]:
    """Encode a text for a file; half a surrogate pair of a payload becomes an escape."""
    return (piece.encode("utf-8", "backslashreplace") for piece in pieces)


class Capture:
    """Read the inputs of one run, and count what is no payload.

    `problems` are texts that hold none, by what is wrong with them; `broken` tells whether a capture breaks off. With
    `fingerprints` the run, and each of its first hundred sources, is told apart by the texts that it holds, in any order.
    """

    def __init__(
        self, options: argparse.Namespace, contract: Contract, streams: Streams, *, fingerprints: bool = False
    ) -> None:  # fmt: skip
        if options.stories and not {"id", "status"} <= contract.roles.keys():
            raise UsageError(
                f"the contract {contract.name} does not say where id and status stand, so that no story can be told",
                hint='write in contract.toml: [roles], id = "/…", status = "/…"; or leave --stories away',
            )
        self.tally = Tally()
        self.problems: dict[str, Sighting] = {}
        self.broken = False
        self.sources: list[str] = []
        self._options = options
        self._contract = contract
        self._streams = streams
        self._reader = Reader()
        # Of all texts, and of those of the source that is being read.
        self._sums: list[int] | None = [0, 0] if fingerprints else None
        self._source = ""

    @property
    def fingerprint(self) -> str:
        """The fingerprint of all texts that were read, whatever their order."""
        return self._named(0 if self._sums is None else self._sums[0])

    def exit_code(self, *, established: bool, fails: bool, interrupted: bool) -> Exit:
        """Turn what was seen into the exit code: interrupted, unreadable, nothing seen, or what the verb fails on."""
        if interrupted:
            return Exit.INTERRUPTED
        if self.tally.unreadable or self.broken:
            return Exit.UNREADABLE
        if not established:
            return Exit.NOT_ESTABLISHED
        return Exit.VIOLATES if fails else Exit.CONFORMS

    def hand_to(self, take: Callable[[Any, Place, str | None, str], None]) -> bool:
        """Hand every payload of the inputs on, in their order; tell whether Ctrl-C came before the last one."""
        try:
            for payload, place, asked, scope in self.payloads():
                take(payload, place, asked, scope)
        except KeyboardInterrupt:
            return True
        return False

    def payloads(self) -> Iterator[Captured]:
        """Yield every payload of the inputs in their order."""
        options, streams = self._options, self._streams
        bar = progress.Bar(options.inputs, self.tally, streams)
        wanted = reading.wanted(options, self._contract, blocks=True)
        try:
            for thing in bar.watch(inputs.read(options.inputs, streams.stdin, wanted, bar.opened)):
                for text in self._texts(thing):
                    yield from self._of(text)
            self._ended()
        finally:
            bar.erase()

    def _texts(self, thing: Read) -> Iterator[Text]:
        if isinstance(thing, captures.Text):
            yield thing
        elif isinstance(thing, captures.Block):
            yield from thing.texts()
        elif isinstance(thing, captures.Unreadable):
            self.tally.could_not_read(thing)
        elif isinstance(thing, captures.Skipped):
            self.tally.passed_over(thing)
        elif isinstance(thing, captures.Corrupt):
            self.broken = True
            self._problem(_BROKEN_OFF, Place(safe_source(thing.source), thing.line))

    def _of(self, text: Text) -> Iterator[Captured]:
        source = safe_source(text.source)
        if self._sums is not None:
            self._count(text, self._sums)
        if text.content is None:
            self._problem(_TOO_LARGE, Place(source, text.line))
            return
        value = written_again(text.content)
        if value is ABSENT:
            value = self._reader.read(text.content).value
        if value is ABSENT:
            self._problem(_NO_JSON, Place(source, text.line))
            return
        each = self._options.each and isinstance(value, list)
        # Polls that are lines or items of one file belong together, and so do the files of one folder.
        scope = source if text.line is not None or each else source.rpartition("/")[0]
        for item, body in enumerate(value if each else (value,)):
            polled = unwrapped(body)
            place = Place(source, text.line, item=item if each else None)
            if polled.unclear:
                self._problem(_UNCLEAR, place)
                continue
            asked = polled.asked or (text.answer.asked if text.answer is not None else None)
            self.tally.payloads += 1
            yield Captured(polled.payload, place, asked, scope)

    def _problem(self, what: str, place: Place) -> None:
        known = self.problems.get(what)
        if known is None:
            self.problems[what] = Sighting(1, place, place)
        else:
            known.again(place)

    def _count(self, text: Text, sums: list[int]) -> None:
        if text.source != self._source:
            self._ended()
            self._source = text.source
        number = int(digits_of(text.content if text.content is not None else str(text.size).encode()), 16)
        for n, held in enumerate(sums):
            # A sum, and no chain: what is read in another order is the same.
            sums[n] = (held + number) % 2**256

    def _ended(self) -> None:
        """Keep the fingerprint of the source that was read to its end."""
        if self._sums is None or not self._sums[1]:
            return
        if len(self.sources) < _MOST_SOURCES:
            self.sources.append(self._named(self._sums[1]))
        self._sums[1] = 0

    def _named(self, number: int) -> str:
        # The same texts taken as stories, or item by item, are seen as something else.
        said = f"stories={self._options.stories} each={self._options.each} {number:x}"
        return digits_of(said.encode())[:_DIGITS]
