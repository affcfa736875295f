"""Captures: files, folders, patterns and standard input, read as payload texts with their place, in flat memory."""

from __future__ import annotations

import glob
import io
import json
import os
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

STDIN = "<stdin>"
DEFAULT_LIMIT = 64 * 1024 * 1024

_CHUNK = 128 * 1024
_LINE_NAMES = (".ndjson", ".jsonl")
_NAMES = (".json", *_LINE_NAMES)
_BLANK = b" \t\r\n"
_MOST_BRACKETS = 1000
_BOM = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True)
class Text:
    """One payload text: its source, its line in a file of lines (else None), and its bytes.

    `content` is None where the text is larger than the limit; `size` is then how far it was read to find its end.
    """

    source: str
    line: int | None
    content: bytes | None
    size: int


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A source that was named, or met in a folder, and could not be read: what is wrong with it, and what to do."""

    source: str
    reason: str
    hint: str


@dataclass(frozen=True, slots=True)
class Skipped:
    """A thing in a folder that is no capture, and why it was passed over."""

    source: str
    reason: str


Read = Text | Unreadable | Skipped


def read(inputs: Iterable[str], stdin: BinaryIO | None = None, limit: int = DEFAULT_LIMIT) -> Iterator[Read]:
    """Yield every payload text of the inputs, in their order; a folder is read in the order of its names.

    An input is a file, a folder (read whole), a pattern (`**` crosses folders), or `-` for `stdin`. `limit` bounds, in
    bytes, what one text may have. Nothing is raised for a file that is missing or broken: it is yielded as `Unreadable`,
    and the others are read all the same.
    """
    for name in inputs:
        if name == "-":
            yield from _texts(stdin if stdin is not None else io.BytesIO(), STDIN, limit)
        elif os.path.isdir(name):
            yield from _folder(Path(name), limit, ())
        elif glob.has_magic(name) and not os.path.lexists(name):
            matches = sorted(glob.iglob(name, recursive=True))
            if not matches:
                yield Unreadable(name, "no file fits this pattern", "quote the pattern, and look at the folder it starts in")
            for match in matches:
                if not os.path.isdir(match):
                    yield from _file(match, limit)
        else:
            yield from _file(name, limit)


def _folder(folder: Path, limit: int, above: tuple[tuple[int, int], ...]) -> Iterator[Read]:
    try:
        status = folder.stat()
        with os.scandir(folder) as entries:
            names = sorted(entry.name for entry in entries)
    except OSError as error:
        yield _unreadable(str(folder), error)
        return
    here = (status.st_dev, status.st_ino)
    if here in above:
        yield Skipped(str(folder), "a link that leads back to a folder above it")
        return
    for name in names:
        path = folder / name
        if name.startswith("."):
            yield Skipped(str(path), "hidden")
        elif path.is_dir():
            yield from _folder(path, limit, (*above, here))
        elif not path.exists():
            yield _dangling(path)
        elif not path.is_file():
            yield Skipped(str(path), "not a regular file")
        elif _is_capture(path):
            yield from _file(str(path), limit)
        else:
            yield Skipped(str(path), "holds no JSON")


def _dangling(path: Path) -> Read:
    try:
        path.stat()
    except OSError as error:
        return _unreadable(str(path), error)
    return Skipped(str(path), "gone while the folder was read")


def _is_capture(path: Path) -> bool:
    if path.suffix.lower() in _NAMES:
        return True
    try:
        with path.open("rb") as file:
            head = file.read(512)
    except OSError:
        # It is opened again, and reported, as every file that cannot be read.
        return True
    return head.removeprefix(_BOM).lstrip(_BLANK)[:1] in (b"{", b"[")


def _file(name: str, limit: int) -> Iterator[Read]:
    try:
        mode = os.stat(name).st_mode
        # A pipe that nobody writes to would be waited for without end; the shell's own pipes (`<(…)`) have a writer.
        if not stat.S_ISREG(mode) and not name.startswith(("/dev/fd/", "/proc/self/fd/", "/dev/stdin")):
            kind = "a pipe" if stat.S_ISFIFO(mode) else "no regular file"
            yield Unreadable(name, f"{kind}", "to read from a pipe, write: cat PIPE | docpact validate -")
            return
        with open(name, "rb", buffering=0) as file:
            yield from _texts(file, name, limit)
    except (OSError, ValueError) as error:
        yield _unreadable(name, error)


def _unreadable(name: str, error: OSError | ValueError) -> Unreadable:
    reason = getattr(error, "strerror", None) or str(error)
    hint = "look at the file with another program"
    if isinstance(error, FileNotFoundError):
        hint = "look at the spelling, and at the folder you are in"
    elif isinstance(error, PermissionError):
        hint = "ask for the right to read it, or leave it out"
    return Unreadable(name, reason[0].lower() + reason[1:], hint)


def _texts(file: BinaryIO | io.RawIOBase, name: str, limit: int) -> Iterator[Text]:
    """Tell a document from lines by its content, and yield one text for the document or one for each line."""
    lines = _Lines(file, limit)
    first = lines.next()
    while first is not None and first[1] is not None and not first[1].strip(_BLANK):
        first = lines.next()
    if first is None:
        yield Text(name, None, b"", 0)
        return
    number, content, size = first
    if name.lower().endswith(_LINE_NAMES) or content is None or _whole(content):
        more = lines.next_filled()
        # One line alone is a document: its columns are those of the file, and no line number is lost.
        yield Text(name, number if more is not None or name.lower().endswith(_LINE_NAMES) else None, content, size)
        while more is not None:
            yield Text(name, *more)
            more = lines.next_filled()
        return
    yield from _document(lines, name, (number, content))


def _document(lines: _Lines, name: str, first: tuple[int, bytes]) -> Iterator[Text]:
    number, content = first
    head = b"\n" * (number - 1) + content
    rest, complete = lines.rest(len(head))
    if not complete:
        yield Text(name, None, None, len(head) + len(rest))
        return
    text = head if not rest and lines.ended else head + b"\n" + rest
    second = rest.split(b"\n", 1)[0]
    # Lines whose first one is broken: the document does not parse, and the second line alone does.
    if second[:1] in (b"{", b"[") and _whole(second) and not _whole(text):
        for offset, line in enumerate([content, *rest.split(b"\n")]):
            if line.strip(_BLANK):
                yield Text(name, number + offset, line, len(line))
        return
    yield Text(name, None, text, len(text))


def _whole(text: bytes) -> bool:
    """Tell whether a text is one JSON value, as leniently as Python reads it."""
    if text.count(b"[") + text.count(b"{") > _MOST_BRACKETS:
        stripped = text.strip(_BLANK)
        return stripped[:1] + stripped[-1:] in (b"{}", b"[]")
    try:
        json.loads(text.removeprefix(_BOM).decode("utf-8", "replace"))
    except (ValueError, RecursionError) as error:
        # A number of too many digits is one whole value all the same; the judge says what is wrong with it.
        return "integer string conversion" in str(error)
    return True


class _Lines:
    """Read a file line by line without ever holding more of a line than the limit."""

    def __init__(self, file: BinaryIO | io.RawIOBase, limit: int) -> None:
        self._file = file
        self._limit = limit
        self._buffer = b""
        self._start = 0
        self._number = 0
        self.ended = False

    def _more(self) -> bool:
        chunk = b"" if self.ended else self._file.read(_CHUNK)
        if not chunk:
            self.ended = True
            return False
        self._buffer = self._buffer[self._start :] + chunk
        self._start = 0
        return True

    def next(self) -> tuple[int, bytes | None, int] | None:
        """Return number, bytes (None above the limit) and size of the next line, or None at the end."""
        at = self._buffer.find(b"\n", self._start)
        end = at if at >= 0 else self._find_end()
        if end is None:
            return self._skip()
        if end < 0:
            if self._start >= len(self._buffer):
                return None
            end = len(self._buffer)
        line = self._buffer[self._start : end]
        self._start = end + 1
        self._number += 1
        return self._number, line, len(line)

    def _find_end(self) -> int | None:
        """Read on to the end of the line: its position, -1 at the end of the file, None when it is above the limit."""
        pieces = [self._buffer[self._start :]]
        length = len(pieces[0])
        while length <= self._limit:
            chunk = b"" if self.ended else self._file.read(_CHUNK)
            if not chunk:
                self.ended = True
                break
            pieces.append(chunk)
            at = chunk.find(b"\n")
            if at >= 0:
                self._buffer, self._start = b"".join(pieces), 0
                return length + at if length + at <= self._limit else None
            length += len(chunk)
        self._buffer, self._start = b"".join(pieces), 0
        return None if length > self._limit else -1

    def _skip(self) -> tuple[int, None, int]:
        """Drop the line that is above the limit, up to its end."""
        size = 0
        while True:
            end = self._buffer.find(b"\n", self._start)
            if end >= 0:
                size += end - self._start
                self._start = end + 1
                break
            size += len(self._buffer) - self._start
            self._buffer, self._start = b"", 0
            if not self._more():
                break
        self._number += 1
        return self._number, None, size

    def next_filled(self) -> tuple[int, bytes | None, int] | None:
        """Return the next line that is not blank."""
        line = self.next()
        while line is not None and line[1] is not None and not line[1].strip(_BLANK):
            line = self.next()
        return line

    def rest(self, held: int) -> tuple[bytes, bool]:
        """Return what is left of the file, and whether that is all of it; never more than the limit less `held`."""
        pieces = [self._buffer[self._start :]]
        length = held + len(pieces[0])
        while length <= self._limit:
            chunk = b"" if self.ended else self._file.read(_CHUNK)
            if not chunk:
                self.ended = True
                return b"".join(pieces), True
            pieces.append(chunk)
            length += len(chunk)
        return b"", False
