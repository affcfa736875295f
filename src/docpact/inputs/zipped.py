"""zip archives, read member by member: nothing is written, and what a header says of sizes is not believed.

The members are unpacked by `compressed`, since `zipfile` unpacks bzip2 and LZMA without a limit.
"""

from __future__ import annotations

import stat
import zipfile
import zlib
from typing import TYPE_CHECKING

from docpact.captures import Corrupt, Skipped, Unreadable
from docpact.inputs.compressed import Unpacked
from docpact.inputs.source import hidden
from docpact.lines import BrokenError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import BinaryIO

    from docpact.captures import Read
    from docpact.inputs.source import Source
    from docpact.lines import Readable

_ENCRYPTED = 0x1
_HEADER, _SIGNATURE = 30, b"PK\x03\x04"
_METHODS = {zipfile.ZIP_STORED: "", zipfile.ZIP_DEFLATED: "deflate", zipfile.ZIP_BZIP2: "bzip2"}
_ERRORS = (zipfile.BadZipFile, NotImplementedError, EOFError, ValueError, OverflowError, OSError)


class _Packed:
    """The bytes of one member as they stand in the archive."""

    def __init__(self, file: BinaryIO, info: zipfile.ZipInfo) -> None:
        file.seek(info.header_offset)
        header = file.read(_HEADER)
        if len(header) < _HEADER or header[:4] != _SIGNATURE:
            raise BrokenError("this member does not stand where the zip archive says")
        names = int.from_bytes(header[26:28], "little") + int.from_bytes(header[28:30], "little")
        self._file = file
        self._at = info.header_offset + _HEADER + names
        self._left = info.compress_size

    def read(self, size: int, /) -> bytes:
        """Return the next piece; nothing at the end of the member."""
        # Other members may have been read meanwhile.
        self._file.seek(self._at)
        piece = self._file.read(min(size, self._left))
        self._at += len(piece)
        self._left -= len(piece)
        return piece


class _Member:
    """The bytes of one member; raises `BrokenError` where they break off or are not those that were packed."""

    def __init__(self, file: Readable, info: zipfile.ZipInfo) -> None:
        self._file = file
        self._info = info
        self._sum = 0

    def read(self, size: int, /) -> bytes:
        """Return the next piece; nothing at the end of the member."""
        piece = self._file.read(size) or b""
        self._sum = zlib.crc32(piece, self._sum)
        if not piece and self._sum != self._info.CRC:
            raise BrokenError("this member of the zip archive is damaged: its checksum is another one")
        return piece


def read(source: Source, kind: str) -> Iterator[Read]:  # noqa: ARG001 - every kind is read by the same call
    """Yield the texts of each member, in the order of the archive; links are passed over with a word."""
    whole = source.seekable()
    if whole is None:
        limit = source.settings.limit
        yield Unreadable(source.shown, f"a zip archive of more than {limit:,} bytes inside something else", "unpack it first")
        return
    try:
        members = zipfile.ZipFile(whole).infolist()
    except _ERRORS as error:
        raise BrokenError(f"the zip archive is damaged ({error})") from error
    for info in members:
        if not info.is_dir():
            yield from _member(source, whole, info)


def _member(source: Source, whole: BinaryIO, info: zipfile.ZipInfo) -> Iterator[Read]:
    shown = source.member(source.file, info.filename).shown
    method = _METHODS.get(info.compress_type)
    if hidden(info.filename):
        yield Skipped(shown, "hidden")
    elif stat.S_ISLNK(info.external_attr >> 16):
        yield Skipped(shown, "a link in an archive")
    elif info.flag_bits & _ENCRYPTED:
        yield Unreadable(shown, "encrypted", "unpack it with its password")
    elif method is None:
        yield Unreadable(shown, f"packed in a way that is not read (method {info.compress_type})", "pack it with deflate")
    else:
        try:
            packed = _Packed(whole, info)
        except BrokenError as error:
            yield Corrupt(shown, None, error.reason)
            return
        file = Unpacked(packed, method) if method else packed
        yield from source.down(source.member(_Member(file, info), info.filename))
