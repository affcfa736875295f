"""Zstandard, unpacked block by block: a block is never more than 128 KiB, packed or not, so a bomb is never held."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from docpact.inputs.bombs import Fuse
from docpact.lines import BrokenError

if sys.version_info >= (3, 14):
    from compression.zstd import DecompressionParameter, ZstdDecompressor, ZstdError
else:
    from zstandard import ZstdDecompressor, ZstdError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from docpact.captures import Read
    from docpact.inputs.source import Source
    from docpact.lines import Readable

_PIECE = 64 * 1024
_FRAME = b"\x28\xb5\x2f\xfd"
_SKIPPABLE = b"\x2a\x4d\x18"
_MOST_BLOCK = 128 * 1024
# What the zstd program itself unpacks without being told to: larger windows are for --long=31.
_WINDOW_LOG = 27
_RLE, _RESERVED = 1, 3


def _decompressor() -> Any:
    if sys.version_info >= (3, 14):
        return ZstdDecompressor(options={DecompressionParameter.window_log_max: _WINDOW_LOG})
    return ZstdDecompressor(max_window_size=2**_WINDOW_LOG).decompressobj()


class Unpacked:
    """The bytes that Zstandard frames hold, one after the other (RFC 8878); raises `BrokenError` where they break."""

    def __init__(self, file: Readable, kind: str = "zstd") -> None:  # noqa: ARG002 - made as all others are
        self._file = file
        self._input = b""
        self._taken = 0
        self._output = b""
        self._frame: Any = None
        self._checked = False
        self._last = False
        self._fuse = Fuse()

    def read(self, size: int, /) -> bytes:
        """Return the next piece, of at most `size` bytes; nothing at the end."""
        while not self._output:
            if self._frame is None:
                if not self._begin():
                    return b""
            elif self._last:
                self._decompress(self._take(4) if self._checked else b"")
                self._frame = None
            else:
                self._block()
        piece, self._output = self._output[:size], self._output[size:]
        return piece

    def _take(self, size: int) -> bytes:
        while len(self._input) < size:
            more = self._file.read(_PIECE)
            if not more:
                raise BrokenError(f"the zstd data is cut off after {self._taken + len(self._input):,} bytes")
            self._input += more
        taken, self._input = self._input[:size], self._input[size:]
        self._taken += size
        return taken

    def _begin(self) -> bool:
        """Read the header of the next frame; skippable frames are skipped."""
        if not self._input:
            self._input = self._file.read(_PIECE) or b""
        if not self._input:
            return False
        magic = self._take(4)
        if magic[1:] == _SKIPPABLE and 0x50 <= magic[0] <= 0x5F:  # noqa: PLR2004 - RFC 8878, section 3.1.2
            left = int.from_bytes(self._take(4), "little")
            while left:
                left -= len(self._take(min(left, _PIECE)))
            return True
        if magic != _FRAME:
            raise BrokenError(f"at byte {self._taken - 4:,} begins no zstd frame")
        flags = self._take(1)
        single = flags[0] >> 5 & 1
        size = (single, 2, 4, 8)[flags[0] >> 6] + (0, 1, 2, 4)[flags[0] & 3] + (1 - single)
        self._frame, self._last, self._checked = _decompressor(), False, bool(flags[0] & 4)
        self._decompress(magic + flags + self._take(size))
        return True

    def _block(self) -> None:
        header = self._take(3)
        number = int.from_bytes(header, "little")
        self._last = bool(number & 1)
        kind, size = number >> 1 & 3, number >> 3
        if size > _MOST_BLOCK or kind == _RESERVED:
            raise BrokenError(f"the zstd data is damaged before byte {self._taken:,}")
        self._decompress(header + self._take(1 if kind == _RLE else size))

    def _decompress(self, data: bytes) -> None:
        if not data:
            return
        try:
            self._output += self._frame.decompress(data)
        except (ZstdError, MemoryError, EOFError) as error:
            raise BrokenError(f"the zstd data is damaged at or before byte {self._taken:,} ({error})") from error
        if self._output:
            self._fuse.burn(self._output, self._taken)


def read(source: Source, kind: str) -> Iterator[Read]:  # noqa: ARG001 - every kind is read by the same call
    """Yield the texts in a Zstandard source."""
    return source.down(source.unpacked(Unpacked(source.file)))
