"""Lines: a stream of bytes cut at its line ends in flat memory, up to its end or to the place where it breaks off."""

from __future__ import annotations

import json
from typing import Protocol

BLANK = b" \t\r\n"
BOM = b"\xef\xbb\xbf"

_CHUNK = 128 * 1024
_MOST_BRACKETS = 1000


class BrokenError(Exception):
    """What is read breaks off here, and why; what was read before it is sound."""

    def __init__(self, reason: str, line: int | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.line = line


class Readable(Protocol):
    """What bytes are read from: some at each call, none at the end; raises `BrokenError` where it breaks off."""

    def read(self, size: int, /) -> bytes | None: ...  # noqa: D102 - the class says it


class Lines:
    """Read a file line by line without ever holding more of a line than the limit."""

    def __init__(self, file: Readable, limit: int) -> None:
        self._file = file
        self._limit = limit
        self._buffer = b""
        self._start = 0
        self._dropped = 0
        self.number = 0
        self.ended = False
        self.broken: BrokenError | None = None

    def _read(self) -> bytes:
        chunk = b""
        if not self.ended:
            try:
                chunk = self._file.read(_CHUNK) or b""
            except BrokenError as error:
                self.broken = error
        self.ended = not chunk
        return chunk

    @property
    def held(self) -> int:
        """How many bytes were read, and not yet handed out."""
        return max(0, len(self._buffer) - self._start)

    def next(self) -> tuple[int, bytes | None, int] | None:
        """Return number, bytes (None above the limit) and size of the next line, or None at the end."""
        end = self._buffer.find(b"\n", self._start)
        if end < 0:
            line = self._read_on()
            if line is not None and self.ended and (not line or (self.broken is not None and not closed(line))):
                return None
        elif end - self._start <= self._limit:
            line = self._buffer[self._start : end]
            self._start = end + 1
        else:
            line = None
        if line is None:
            return self._skip()
        self.number += 1
        return self.number, line, len(line)

    def _read_on(self) -> bytes | None:
        """Return the line that is held in part, or all that is left at the end of the file; None when it is above the limit."""
        pieces = [self._buffer[self._start :]]
        length = len(pieces[0])
        while length <= self._limit:
            chunk = self._read()
            if not chunk:
                break
            at = chunk.find(b"\n")
            if at >= 0 and length + at <= self._limit:
                # What is behind the line stays where it was read: to put all of it together would be to copy the file.
                self._buffer, self._start = chunk, at + 1
                return b"".join([*pieces, chunk[:at]])
            pieces.append(chunk)
            length += len(chunk)
        self._start = 0
        if length > self._limit:
            # The line is not judged: what of it is held is let go, but for the piece in which it may end.
            self._buffer, self._dropped = pieces[-1], length - len(pieces[-1])
            return None
        line = b"".join(pieces)
        self._buffer, self._start = line, len(line) + 1
        return line

    def _skip(self) -> tuple[int, None, int]:
        """Drop the line that is above the limit, up to its end."""
        size, self._dropped = self._dropped, 0
        while True:
            end = self._buffer.find(b"\n", self._start)
            if end >= 0:
                size += end - self._start
                self._start = end + 1
                break
            size += len(self._buffer) - self._start
            self._buffer, self._start = self._read(), 0
            if not self._buffer:
                break
        self.number += 1
        return self.number, None, size

    def block(self) -> tuple[int, bytes, list[int]] | None:
        """Return the number of the next line, all lines that are held whole, and where each ends; or None where none is.

        A line may then be larger than the limit by no more than what is read at a time.
        """
        end = self._buffer.rfind(b"\n", self._start)
        if end < 0:
            return None
        content = self._buffer[self._start : end + 1]
        self._start = end + 1
        # Looking for the next one costs less than counting all of them.
        ends, at = [], content.find(b"\n")
        while at >= 0:
            ends.append(at)
            at = content.find(b"\n", at + 1)
        first = self.number + 1
        self.number += len(ends)
        return first, content, ends

    def next_filled(self) -> tuple[int, bytes | None, int] | None:
        """Return the next line that is not blank."""
        line = self.next()
        while line is not None and line[1] is not None and not line[1].strip(BLANK):
            line = self.next()
        return line

    def is_last(self) -> bool:
        """Tell whether nothing follows the line that was handed out last, not even a blank one; false where it is not known."""
        if self._start >= len(self._buffer) and not self.ended:
            self._buffer, self._start = self._read(), 0
        return self._start >= len(self._buffer) and self.ended

    def rest(self, held: int) -> tuple[bytes, bool]:
        """Return what is left of the file, and whether that is all of it; never more than the limit less `held`."""
        pieces = [self._buffer[self._start :]]
        length = held + len(pieces[0])
        while length <= self._limit:
            chunk = self._read()
            if not chunk:
                self.number += sum(piece.count(b"\n") for piece in pieces)
                return b"".join(pieces), True
            pieces.append(chunk)
            length += len(chunk)
        return b"", False


def closed(line: bytes) -> bool:
    """Tell whether the last line before a break is whole: an object or an array that is closed lacks nothing."""
    return line.strip(BLANK)[:1] in (b"{", b"[") and whole(line)


def whole(text: bytes) -> bool:
    """Tell whether a text is one JSON value, as leniently as Python reads it."""
    if text.count(b"[") + text.count(b"{") > _MOST_BRACKETS:
        stripped = text.strip(BLANK)
        return stripped[:1] + stripped[-1:] in (b"{}", b"[]")
    try:
        json.loads(text.removeprefix(BOM).decode("utf-8", "replace"))
    except (ValueError, RecursionError) as error:
        # A number of too many digits is one whole value all the same; the judge says what is wrong with it.
        return "integer string conversion" in str(error)
    return True
