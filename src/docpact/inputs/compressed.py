"""gzip, bzip2, xz and LZMA, unpacked as they are read: never more than a piece is held, and a break is told where it is."""

from __future__ import annotations

import bz2
import lzma
import zlib
from typing import TYPE_CHECKING

from docpact.inputs.bombs import Fuse
from docpact.lines import BrokenError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from docpact.captures import Read
    from docpact.inputs.source import Source
    from docpact.lines import Readable

_PIECE = 64 * 1024
# A window of xz may be asked for that is larger than all memory.
_MOST_MEMORY = 128 * 1024 * 1024
# APPNOTE 5.8.8 of the zip format: version, length of the properties, properties.
_LZMA_HEAD = 9
# What comes out in one step is lost where the step ends in an error, so steps are small.
_STEP = 32 * 1024
_ERRORS = (zlib.error, lzma.LZMAError, OSError, ValueError, EOFError)


class _Inflate:
    """One gzip member, or one zlib or deflate stream, with the manners of the bz2 and lzma decompressors."""

    def __init__(self, bits: int) -> None:
        self._inner = zlib.decompressobj(bits)
        self._left = b""
        self._full = False
        self._error: zlib.error | None = None

    def decompress(self, data: bytes, size: int) -> bytes:
        if self._error is not None:
            raise self._error
        data, before = self._left + data, self._inner.copy()
        try:
            piece = self._inner.decompress(data, size)
        except zlib.error as error:
            self._error = error
            return _up_to_break(before, data, size)
        self._left = self._inner.unconsumed_tail
        # Where all room was taken, more may wait inside although all input is used.
        self._full = len(piece) == size
        return piece

    @property
    def eof(self) -> bool:
        return self._inner.eof

    @property
    def needs_input(self) -> bool:
        return not (self._left or self._full or self._error)

    @property
    def unused_data(self) -> bytes:
        return self._inner.unused_data


class _Lzma:
    """One LZMA stream as a zip archive holds it, behind its version and properties, with the manners of `lzma` itself."""

    def __init__(self) -> None:
        self._head = b""
        self._inner: lzma.LZMADecompressor | None = None

    def decompress(self, data: bytes, size: int) -> bytes:
        if self._inner is None:
            self._head += data
            if len(self._head) < _LZMA_HEAD:
                return b""
            self._inner, data = _bare_lzma(self._head[2:_LZMA_HEAD]), self._head[_LZMA_HEAD:]
        return self._inner.decompress(data, size)

    @property
    def eof(self) -> bool:
        return self._inner is not None and self._inner.eof

    @property
    def needs_input(self) -> bool:
        return self._inner is None or self._inner.needs_input

    @property
    def unused_data(self) -> bytes:
        return self._inner.unused_data if self._inner is not None else b""


def _bare_lzma(head: bytes) -> lzma.LZMADecompressor:
    """Read the length of the properties, and these: one byte of three numbers, and the size of the window."""
    bits, window = head[2], int.from_bytes(head[3:], "little")
    if head[:2] != b"\x05\x00" or bits >= 9 * 5 * 5:
        raise lzma.LZMAError("its properties are none")
    if window > _MOST_MEMORY:
        raise lzma.LZMAError("memory")
    numbers = {"lc": bits % 9, "lp": bits // 9 % 5, "pb": bits // 45}
    return lzma.LZMADecompressor(lzma.FORMAT_RAW, filters=[{"id": lzma.FILTER_LZMA1, "dict_size": window, **numbers}])


def _up_to_break(inner: zlib._Decompress, data: bytes, size: int) -> bytes:
    """Return what comes out before the byte at which the data is wrong: a larger step would lose it with the error."""
    pieces: list[bytes] = []
    try:
        for at in range(len(data)):
            pieces.append(inner.decompress(data[at : at + 1], size))  # noqa: PERF401 - an error leaves what came before it
    except zlib.error:
        return b"".join(pieces)
    return b"".join(pieces)


_Member = _Inflate | _Lzma | bz2.BZ2Decompressor | lzma.LZMADecompressor


def _member(kind: str) -> _Member:
    if kind == "bzip2":
        return bz2.BZ2Decompressor()
    if kind == "xz":
        return lzma.LZMADecompressor(lzma.FORMAT_XZ, _MOST_MEMORY)
    if kind == "lzma":
        return _Lzma()
    return _Inflate({"gzip": zlib.MAX_WBITS + 16, "deflate": -zlib.MAX_WBITS}.get(kind, zlib.MAX_WBITS))


class Unpacked:
    """The bytes that a compressed stream holds, members one after the other; raises `BrokenError` where it breaks."""

    def __init__(self, file: Readable, kind: str) -> None:
        self._file = file
        self._kind = kind
        self._member = _member(kind)
        self._input = b""
        self._taken = 0
        self._begun = False
        self._fuse = Fuse()

    def read(self, size: int, /) -> bytes:
        """Return the next piece, of at most `size` bytes; nothing at the end."""
        while True:
            if self._member.eof and not self._next_member():
                return b""
            if self._member.needs_input and not self._input and not self._more():
                # LZMA in a zip archive has no mark of its end: the checksum tells whether it is whole.
                if not self._begun or self._kind == "lzma":
                    return b""
                raise BrokenError(f"the {self._kind} data is cut off after {self._taken:,} bytes")
            data, self._input = self._input, b""
            try:
                piece = self._member.decompress(data, min(size, _STEP))
            except _ERRORS as error:
                raise BrokenError(self._said(error)) from error
            self._begun = True
            if piece:
                self._fuse.burn(piece, self._taken)
                return piece

    def _more(self) -> bool:
        self._input = self._file.read(_PIECE) or b""
        self._taken += len(self._input)
        return bool(self._input)

    def _next_member(self) -> bool:
        """Go on to the member that follows; zeros after the last one are padding, anything else is a break."""
        self._input = self._member.unused_data.lstrip(b"\0")
        while not self._input:
            if not self._more():
                return False
            self._input = self._input.lstrip(b"\0")
        begins = {"gzip": b"\x1f\x8b", "bzip2": b"BZh", "xz": b"\xfd7zXZ"}.get(self._kind, b"\0")
        if len(self._input) < len(begins):
            self._input += self._file.read(_PIECE) or b""
        if not self._input.startswith(begins):
            raise BrokenError(f"after the end of the {self._kind} data stands something else")
        self._member = _member(self._kind)
        self._begun = False
        return True

    def _said(self, error: Exception) -> str:
        if isinstance(error, lzma.LZMAError) and "emory" in str(error):
            return f"the {self._kind} data asks for more than {_MOST_MEMORY // 2**20} MiB of memory"
        return f"the {self._kind} data is damaged at or before byte {self._taken:,} ({error})"


def read(source: Source, kind: str) -> Iterator[Read]:
    """Yield the texts in a compressed source."""
    return source.down(source.unpacked(Unpacked(source.file, kind)))
