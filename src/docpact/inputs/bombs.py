"""Bombs: little data that unpacks to very much is told, and not unpacked to its end."""

from __future__ import annotations

from docpact.lines import BrokenError

# One line of this size, that came out of a hundredth of its bytes, is no capture.
_MOST_LINE = 1024 * 1024 * 1024
_MOST_RATIO = 100


class Fuse:
    """Watch how much comes out of how little without a line end; lines that are alike compress as well as a bomb does."""

    def __init__(self) -> None:
        self._given = 0
        self._taken = 0

    def burn(self, piece: bytes, taken: int) -> None:
        """Count a piece that came out after `taken` bytes went in; raises `BrokenError` for a bomb."""
        if b"\n" in piece:
            self._given, self._taken = 0, taken
            return
        self._given += len(piece)
        went_in = taken - self._taken
        if self._given > _MOST_LINE and self._given > went_in * _MOST_RATIO:
            message = f"a decompression bomb: {self._given:,} bytes without a line end from {went_in:,}; not read further"
            raise BrokenError(message)
