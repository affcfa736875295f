"""zip archives, read member by member: nothing is written, and what a header says of sizes is not believed.

The members are unpacked by `compressed` and `frames`, since `zipfile` unpacks bzip2 and LZMA without a limit.
"""

from __future__ import annotations

import stat
import zipfile
import zlib
from typing import TYPE_CHECKING

from docpact.captures import Corrupt, Skipped, Unreadable
from docpact.errors import MissingExtraError
from docpact.inputs.readers import unpacked
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
# APPNOTE 4.4.5 of the zip format.
_METHODS = {0: "", 8: "deflate", 12: "bzip2", 14: "lzma", 93: "zstd", 95: "xz"}
_NOT_READ = {9: "Deflate64", 96: "JPEG", 97: "WavPack", 98: "PPMd", 99: "AES"}
_ERRORS = (zipfile.BadZipFile, NotImplementedError, EOFError, ValueError, OverflowError, OSError)


class _Packed:
    """The bytes of one member as they stand in the archive."""

    def __init__(self, file: BinaryIO, info: zipfile.ZipInfo) -> None:
        try:
            file.seek(info.header_offset)
        except (ValueError, OverflowError, OSError) as error:
            raise BrokenError("this member stands nowhere in the zip archive") from error
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

    def __init__(self, file: Readable, info: zipfile.ZipInfo, method: str) -> None:
        self._file = file
        self._info = info
        self._sum = 0
        # The size is believed only where nothing else tells the end; the checksum then tells whether it was right.
        self._left = info.file_size if method == "lzma" else None

    def read(self, size: int, /) -> bytes:
        """Return the next piece; nothing at the end of the member."""
        piece = self._file.read(size if self._left is None else min(size, self._left)) if self._left != 0 else b""
        piece = piece or b""
        if self._left is not None:
            self._left -= len(piece)
        self._sum = zlib.crc32(piece, self._sum)
        if not piece and self._sum != self._info.CRC:
            raise BrokenError("this member of the zip archive is damaged: its checksum is another one")
        return piece


def read(source: Source, kind: str) -> Iterator[Read]:  # noqa: ARG001 - every kind is read by the same call
    """Yield the texts of each member, in the order of the archive; links are passed over with a word."""
    whole = source.seekable()
    if whole is None:
        yield source.too_large("a zip archive")
        return
    try:
        members = zipfile.ZipFile(whole).infolist()
    except _ERRORS as error:
        raise BrokenError(f"the zip archive is damaged ({error})") from error
    doubled = _overlapping(members)
    for info in members:
        if info.header_offset in doubled and info is not doubled[info.header_offset]:
            reason = "this member of the zip archive stands where another one does: a decompression bomb, or damage"
            yield Corrupt(source.member(source.file, info.filename).shown, None, reason)
        elif not info.filename.endswith("/"):
            yield from _member(source, whole, info)


def _overlapping(members: list[zipfile.ZipInfo]) -> dict[int, zipfile.ZipInfo | None]:
    """Find where members begin that begin within another one, with the one of them that is read, if any.

    Thousands of members that share their packed bytes are how a small archive holds petabytes.
    """
    found: dict[int, zipfile.ZipInfo | None] = {}
    end, before = 0, None
    for info in sorted(members, key=lambda info: info.header_offset):
        if before is not None and info.header_offset < end:
            found.setdefault(info.header_offset, before if info.header_offset == before.header_offset else None)
        else:
            before = info
        end = max(end, info.header_offset + _HEADER + info.compress_size)
    return found


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
        way = _NOT_READ.get(info.compress_type, f"method {info.compress_type}")
        yield Unreadable(shown, f"packed in a way that is not read ({way})", "pack it with deflate, or unpack it first")
    else:
        try:
            packed = _Packed(whole, info)
            file = unpacked(packed, method) if method else packed
        except BrokenError as error:
            yield Corrupt(shown, None, error.reason)
        except MissingExtraError as missing:
            yield Unreadable(shown, missing.message, missing.hint)
        else:
            yield from source.down(source.member(_Member(file, info, method), info.filename))
