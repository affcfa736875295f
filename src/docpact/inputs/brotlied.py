"""Brotli, unpacked in small steps: a body of some bytes may hold gigabytes, and is never held."""

from __future__ import annotations

from typing import TYPE_CHECKING

import brotli

from docpact.inputs.bombs import Fuse
from docpact.lines import BrokenError

if TYPE_CHECKING:
    from docpact.lines import Readable

_PIECE = 64 * 1024
_STEP = 32 * 1024

if not hasattr(brotli.Decompressor, "can_accept_more_data"):
    # Before 1.2 it unpacks without a limit.
    raise ModuleNotFoundError("brotli is older than 1.2", name="brotli")


class Unpacked:
    """The bytes that one Brotli stream holds (RFC 7932); raises `BrokenError` where it breaks."""

    def __init__(self, file: Readable, kind: str = "brotli") -> None:  # noqa: ARG002 - made as all others are
        self._file = file
        self._inner = brotli.Decompressor()
        self._taken = 0
        self._output = b""
        self._fuse = Fuse()

    def read(self, size: int, /) -> bytes:
        """Return the next piece, of at most `size` bytes; nothing at the end."""
        while not self._output and not self._inner.is_finished():
            try:
                self._output = self._inner.process(self._more(), output_buffer_limit=min(size, _STEP))
            except brotli.error as error:
                raise BrokenError(f"the brotli data is damaged at or before byte {self._taken:,}") from error
            self._fuse.burn(self._output, self._taken)
        piece, self._output = self._output[:size], self._output[size:]
        return piece

    def _more(self) -> bytes:
        if not self._inner.can_accept_more_data():
            return b""
        data = self._file.read(_PIECE) or b""
        if not data:
            raise BrokenError(f"the brotli data is cut off after {self._taken:,} bytes")
        self._taken += len(data)
        return data
