"""Spans: the bytes of one piece, read as a file, on this machine or behind an address."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import BinaryIO


# Behind an address as much is asked for at a time, and as much where only the last line is to be ended.
_ASKED = 4 << 20
_ASKED_BEHIND = 64 << 10


class Span:
    """The bytes of one piece, read as a file."""

    def __init__(self, file: BinaryIO, start: int, end: int | None) -> None:
        file.seek(start)
        self._file = file
        self._end = end
        self.at = start

    def read(self, size: int, /) -> bytes:
        """Return what follows, and nothing at the end of the piece."""
        wanted = size if self._end is None else min(size, self._end - self.at)
        content = self._file.read(wanted) if wanted > 0 else b""
        self.at += len(content)
        return content


class Begun:
    """The lines that begin in a range of a file, read as a file; `end` is None for the one that goes to the end of the file.

    The line that goes on into the range belongs to the range before. Nothing is asked for twice, nor more than is needed to
    end the last line, however long a line is.
    """

    def __init__(self, file: BinaryIO, start: int, end: int | None) -> None:
        # Whether a line begins with the range is seen from the byte before it.
        self.at = max(0, start - 1)
        file.seek(self.at)
        self._file = file
        self._end = end
        self._held = memoryview(b"")
        self._passes = start > 0
        self._ended = False

    def read(self, size: int, /) -> bytes:
        """Return what follows, and nothing behind the last line that begins in the range."""
        if self._passes:
            self._pass_over()
        chunk = b"" if self._ended else self._take(size)
        if self._end is None or self._ended or self.at < self._end:
            return chunk
        # The first line end from the last byte of the range on is that of its last line.
        before = self.at - len(chunk)
        ends = chunk.find(b"\n", max(0, self._end - 1 - before)) + 1
        if ends:
            self.at = before + ends
            self._ended = True
        return chunk[: ends or None]

    def _pass_over(self) -> None:
        """Go to where the first line begins."""
        while self._end is None or self.at < self._end:
            chunk = self._take(_ASKED_BEHIND)
            ends = chunk.find(b"\n") + 1
            if ends or not chunk:
                back = len(chunk) - ends
                self.at -= back
                self._held = memoryview(chunk[ends:] + bytes(self._held)) if back else self._held
                break
        self._ended = self._end is not None and self.at >= self._end
        self._passes = False

    def _take(self, size: int) -> bytes:
        if not self._held:
            left = _ASKED if self._end is None else self._end - self.at
            self._held = memoryview(self._file.read(min(_ASKED, left) if left > 0 else _ASKED_BEHIND))
        chunk = bytes(self._held[:size])
        self._held = self._held[len(chunk) :]
        self.at += len(chunk)
        return chunk
