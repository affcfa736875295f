"""The cassettes that a command line names: files, folders that hold some, and patterns."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from docpact import captures
from docpact.cassettes import reading
from docpact.errors import CaptureError, UsageError
from docpact.redact import printable, safe_message, safe_source

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from docpact.captures import Skipped, Unreadable
    from docpact.cli import Streams
    from docpact.lines import Readable

_NAMES = (".yaml", ".yml", ".json")


class Found(NamedTuple):
    """A cassette that was read: its name, its bytes, and what they hold."""

    name: str
    content: bytes
    recording: reading.Recording


class _Whole(captures.Plain):
    """Reads files whole, as far as the limit, and of a folder those that are cassettes."""

    def knows(self, name: str, head: bytes) -> bool:
        """Tell whether a file that nobody named is a cassette."""
        return name.lower().endswith(_NAMES) and reading.is_cassette(head)

    def texts(self, file: Readable, source: str, *, named: bool) -> Iterator[captures.Read]:
        """Yield the content of an open file."""
        pieces, size = [], 0
        while size <= self.limit and (piece := file.read(1 << 20)):
            pieces.append(piece)
            size += len(piece)
        content = b"".join(pieces)
        if named or reading.is_cassette(content):
            yield captures.Text(source, None, content, size)
        else:
            yield captures.Skipped(source, "is no cassette")


def found(names: Sequence[str]) -> Iterator[Found | Skipped | Unreadable]:
    """Yield every cassette that was named, or stands in a folder that was; what cannot be read is yielded with the reason."""
    if not names:
        raise UsageError("name cassettes", hint="for example: docpact cassette lint tests/cassettes/")
    if "-" in names:
        raise UsageError("a cassette is a file, and - is standard input", hint="name the file")
    for thing in captures.read(names, None, reading.LIMIT, _Whole(reading.LIMIT)):
        if not isinstance(thing, captures.Text):
            if isinstance(thing, captures.Skipped | captures.Unreadable):
                yield thing
            continue
        try:
            content = thing.content or b""
            yield Found(thing.source, content, reading.read(content))
        except CaptureError as error:
            yield captures.Unreadable(thing.source, error.message, error.hint)


def told(thing: Unreadable, streams: Streams) -> None:
    """Say which cassette cannot be read, why, and what to do."""
    reason, hint = printable(safe_message(thing.reason)), printable(thing.hint)
    streams.stderr.write(f"docpact: {printable(safe_source(thing.source))}: {reason}\nhint: {hint}\n")
