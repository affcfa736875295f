"""Captures: files, folders, patterns and standard input, read as payload texts with their place, in flat memory."""

from __future__ import annotations

import glob
import io
import os
import stat
from typing import TYPE_CHECKING, NamedTuple

from docpact.lines import BLANK, BOM, Lines, whole

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import BinaryIO

    from docpact.finding import Finding
    from docpact.lines import Readable

STDIN = "<stdin>"
DEFAULT_LIMIT = 64 * 1024 * 1024
# A smaller limit is kept to the byte, line by line.
LEAST_FOR_BLOCKS = 1 << 20

_LINE_NAMES = (".ndjson", ".jsonl")
_NAMES = (".json", *_LINE_NAMES)
_HEAD = 4096


class Answer(NamedTuple):
    """What a recording knows of the answer that a text was the body of: the id asked for, and when, in ms since 1970."""

    asked: str | None = None
    at: float | None = None


class Text(NamedTuple):
    """One payload text: its source, its line in a file of lines (else None), and its bytes.

    `content` is None where the text is larger than the limit; `size` is then how far it was read to find its end.
    `answer` is given where the text was recorded with its HTTP exchange.
    """

    source: str
    line: int | None
    content: bytes | None
    size: int
    answer: Answer | None = None


class Block(NamedTuple):
    """Payload texts that follow each other in a file of lines: the source, the number of the first line, and whole lines.

    A line may be blank, which is no payload. `ends` are the offsets in `content` where the lines end.
    """

    source: str
    line: int
    content: bytes
    ends: list[int]

    def texts(self) -> Iterator[Text]:
        """Yield each line that is not blank as a text."""
        for number, line in enumerate(self.content[: self.ends[-1]].split(b"\n"), self.line):
            if line.strip(BLANK):
                yield Text(self.source, number, line, len(line))

    def portions(self, most: int) -> Iterator[Block]:
        """Yield the block in blocks of no more lines than that."""
        start = 0
        for index in range(0, len(self.ends), most):
            ends = self.ends[index : index + most]
            yield Block(self.source, self.line + index, self.content[start : ends[-1]], [end - start for end in ends])
            start = ends[-1] + 1


class Unreadable(NamedTuple):
    """A source that was named, or met in a folder, and could not be read: what is wrong with it, and what to do."""

    source: str
    reason: str
    hint: str


class Skipped(NamedTuple):
    """A thing in a folder that is no capture, and why it was passed over."""

    source: str
    reason: str


class Corrupt(NamedTuple):
    """The place where a capture breaks off: what stands before it was read, and what follows is lost."""

    source: str
    line: int | None
    reason: str


class Long(NamedTuple):
    """A long file of lines as it lies on the disk, which whoever asked for such files reads in pieces, and its size.

    One that is `far` lies behind an address.
    """

    source: str
    size: int
    far: bool = False


class Share(NamedTuple):
    """One of several shares of a source, counted from 0, that together are all of it, in its order."""

    nth: int
    of: int

    @property
    def name(self) -> str:
        """What a person is told of it."""
        return f"share {self.nth + 1} of {self.of}"


class Apart(NamedTuple):
    """A source that whoever asked for such reads by itself: its bytes (None where nobody knows), named or met.

    All of it is read, or only a share, of so many bytes.
    """

    source: str
    size: int | None
    named: bool
    share: Share | None = None


class Judged(NamedTuple):
    """Payloads that were judged where they were read: how many have no finding, and what was found in each other one.

    `size` is how many bytes of the captures, as they lie there, were read for it.
    """

    accepted: int
    found: list[list[Finding]]
    size: int = 0


Read = Text | Block | Unreadable | Skipped | Corrupt | Long | Apart | Judged


class Plain:
    """How a source is read: here as JSON text; `inputs` knows more kinds."""

    def __init__(self, limit: int = DEFAULT_LIMIT, *, blocks: bool = False, folder: str = "") -> None:
        self.limit = limit
        self.blocks = blocks
        # Where a file with a relative name stands, which in another process need not be the current folder.
        self.folder = folder

    def knows(self, name: str, head: bytes) -> bool:
        """Tell whether a file that nobody named is a capture, by its name and its first bytes."""
        return name.lower().endswith(_NAMES) or head.removeprefix(BOM).lstrip(BLANK)[:1] in (b"{", b"[")

    def apart(self, source: str, *, named: bool) -> Apart | None:  # noqa: ARG002 - `inputs` asks
        """Return a file itself where it is not to be read here, else None."""
        return None

    def texts(self, file: Readable, source: str, *, named: bool) -> Iterator[Read]:  # noqa: ARG002 - `inputs` asks
        """Yield the texts of an open source; `named` by the user, or met in a folder."""
        return texts(file, source, self.limit, blocks=self.blocks)


def read(
    inputs: Iterable[str], stdin: BinaryIO | None = None, limit: int = DEFAULT_LIMIT, reader: Plain | None = None
) -> Iterator[Read]:
    """Yield every payload text of the inputs, in their order; a folder is read in the order of its names.

    An input is a file, a folder (read whole), a pattern (`**` crosses folders), or `-` for `stdin`. `limit` bounds, in
    bytes, what one text may have. Nothing is raised for a file that is missing or broken: it is yielded as `Unreadable`,
    and the others are read all the same.
    """
    reader = reader or Plain(limit)
    for name in inputs:
        if name == "-":
            yield from reader.texts(stdin if stdin is not None else io.BytesIO(), STDIN, named=True)
        elif os.path.isdir(name):
            yield from _folder(_tidy(name), reader, ())
        elif glob.has_magic(name) and not os.path.lexists(name):
            matches = sorted(glob.iglob(name, recursive=True))
            if not matches:
                yield Unreadable(name, "no file fits this pattern", "look at the spelling, and at the folder it starts in")
            for match in matches:
                if not os.path.isdir(match):
                    yield from one(match, reader, named=True)
        else:
            yield from one(name, reader, named=True)


def one(name: str, reader: Plain, *, named: bool) -> Iterator[Read]:
    """Yield the texts of one file, `named` by the user or met in a folder, or the file itself where that is asked for."""
    apart = reader.apart(name, named=named)
    if apart is not None:
        yield apart
        return
    path = os.path.join(reader.folder, name) if reader.folder else name
    if not named and _is_manifest(path):
        yield Skipped(name, "the manifest of a generated folder")
    elif named or is_capture(path, reader):
        yield from _file(name, path, reader, named=named)
    else:
        yield Skipped(name, "holds no JSON")


def _tidy(name: str) -> str:
    """Write the name of a folder without `.` and without a slash too many; `..` stays, since it may lead back from a link."""
    drive, path = os.path.splitdrive(name if os.altsep is None else name.replace(os.altsep, os.sep))
    parts = os.sep.join(part for part in path.split(os.sep) if part not in ("", "."))
    return f"{drive}{os.sep if path.startswith(os.sep) else ''}{parts}" or "."


def _folder(folder: str, reader: Plain, above: tuple[tuple[int, int], ...]) -> Iterator[Read]:
    try:
        status = os.stat(folder)
        with os.scandir(folder) as entries:
            names = sorted(entry.name for entry in entries)
    except OSError as error:
        yield unreadable(folder, error)
        return
    here = (status.st_dev, status.st_ino)
    if here in above:
        yield Skipped(folder, "a link that leads back to a folder above it")
        return
    for name in names:
        path = os.path.join(folder, name) if folder != "." else name
        if name.startswith("."):
            yield Skipped(path, "hidden")
            continue
        try:
            mode = os.stat(path).st_mode
        except OSError as error:
            yield unreadable(path, error) if os.path.lexists(path) else Skipped(path, "gone while the folder was read")
            continue
        if stat.S_ISDIR(mode):
            yield from _folder(path, reader, (*above, here))
        elif not stat.S_ISREG(mode):
            yield Skipped(path, "not a regular file")
        else:
            yield from one(path, reader, named=False)


def _is_manifest(path: str) -> bool:
    """Tell whether a file that was met in a folder says what `docpact generate` has made there."""
    if not path.endswith("manifest.json") or os.path.basename(path) != "manifest.json":
        return False
    try:
        with open(path, "rb") as file:
            return file.read(_HEAD).replace(b" ", b"").replace(b"\n", b"").startswith(b'{"docpact":')
    except OSError:
        return False


def is_capture(path: str, reader: Plain) -> bool:
    """Tell whether a file that was met in a folder is a capture, by its name or else by its first bytes."""
    if path.lower().endswith(_NAMES):
        return True
    try:
        with open(path, "rb") as file:
            head = file.read(_HEAD)
    except OSError:
        # It is opened again, and reported, as every file that cannot be read.
        return True
    return reader.knows(os.path.basename(path), head)


def _file(name: str, path: str, reader: Plain, *, named: bool) -> Iterator[Read]:
    try:
        mode = os.stat(path).st_mode
        # A pipe that nobody writes to would be waited for without end; the shell's own pipes (`<(…)`) have a writer.
        if not stat.S_ISREG(mode) and not name.startswith(("/dev/fd/", "/proc/self/fd/", "/dev/stdin")):
            kind = "a pipe" if stat.S_ISFIFO(mode) else "no regular file"
            yield Unreadable(name, f"{kind}", "to read from a pipe, write: cat PIPE | docpact validate -")
            return
        with open(path, "rb", buffering=0) as file:
            yield from reader.texts(file, name, named=named)
    except (OSError, ValueError) as error:
        yield unreadable(name, error)


def unreadable(name: str, error: OSError | ValueError) -> Unreadable:
    """Say why a file cannot be read, and what to do."""
    reason = getattr(error, "strerror", None) or str(error)
    hint = "look at the file with another program"
    if isinstance(error, FileNotFoundError):
        hint = "look at the spelling, and at the folder you are in"
    elif isinstance(error, PermissionError):
        hint = "ask for the right to read it, or leave it out"
    return Unreadable(name, reason[0].lower() + reason[1:], hint)


def texts(file: Readable, source: str, limit: int = DEFAULT_LIMIT, name: str = "", *, blocks: bool = False) -> Iterator[Read]:
    """Tell a document from lines by its content, and yield one text for the document or one for each line.

    `name` says what the text is called where that differs from the source: `x.ndjson` in `x.ndjson.gz`. With `blocks` the
    lines of a long file come many at a time.
    """
    lines = Lines(file, limit)
    by_name = (name or source).lower().endswith(_LINE_NAMES)
    yield from _texts(lines, source, by_name=by_name, blocks=blocks and limit >= LEAST_FOR_BLOCKS)
    if lines.broken is not None:
        yield Corrupt(source, lines.number + 1, lines.broken.reason)


def is_lines(file: Readable, name: str, limit: int = DEFAULT_LIMIT) -> bool:
    """Tell whether `texts` reads this source as lines, and more than one of them."""
    lines = Lines(file, limit)
    first = lines.next_filled()
    if first is None or first[1] is None:
        return False
    return (name.lower().endswith(_LINE_NAMES) or whole(first[1])) and lines.next_filled() is not None


def _texts(lines: Lines, source: str, *, by_name: bool, blocks: bool) -> Iterator[Read]:
    first = lines.next_filled()
    if first is None:
        if lines.broken is None:
            yield Text(source, None, b"", 0)
        return
    number, content, size = first
    if number == 1 and not by_name and content is not None and lines.is_last() and lines.broken is None:
        # Whatever it is, it is one text: that is seen without reading what it says.
        yield Text(source, None, content, size)
        return
    if by_name or content is None or whole(content):
        more = lines.next_filled()
        # One line alone is a document: its columns are those of the file, and no line number is lost.
        yield Text(source, number if more is not None or by_name or lines.broken else None, content, size)
        while more is not None:
            yield Text(source, *more)
            held = lines.block() if blocks else None
            if held is not None:
                yield Block(source, *held)
            more = lines.next_filled()
        return
    yield from _document(lines, source, (number, content))


def _document(lines: Lines, source: str, first: tuple[int, bytes]) -> Iterator[Text]:
    number, content = first
    head = b"\n" * (number - 1) + content
    rest, complete = lines.rest(len(head))
    if not complete:
        yield Text(source, None, None, len(head) + len(rest))
        return
    text = head if not rest and lines.ended else head + b"\n" + rest
    second = rest.split(b"\n", 1)[0]
    one = whole(text)
    # Lines whose first one is broken: the document does not parse, and the second line alone does.
    if second[:1] in (b"{", b"[") and not one and whole(second):
        found = [content, *rest.split(b"\n")]
        for offset, line in enumerate(found):
            if line.strip(BLANK) and (lines.broken is None or offset < len(found) - 1 or whole(line)):
                yield Text(source, number + offset, line, len(line))
    elif lines.broken is None or one:
        yield Text(source, None, text, len(text))
