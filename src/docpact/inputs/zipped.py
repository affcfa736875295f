"""zip archives, read member by member: nothing is written, and what a header says of sizes is not believed."""

from __future__ import annotations

import stat
import zipfile
import zlib
from typing import TYPE_CHECKING

from docpact.captures import Corrupt, Skipped, Unreadable
from docpact.inputs.bombs import Fuse
from docpact.lines import BrokenError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import IO

    from docpact.captures import Read
    from docpact.inputs.source import Source

_ENCRYPTED = 0x1
_ERRORS = (zipfile.BadZipFile, zlib.error, EOFError, ValueError, OverflowError, OSError)


class _Member:
    """The bytes of one member; raises `BrokenError` where they break off."""

    def __init__(self, file: IO[bytes], packed: int) -> None:
        self._file = file
        self._packed = packed
        self._fuse = Fuse()

    def read(self, size: int, /) -> bytes:
        """Return the next piece; nothing at the end of the member."""
        try:
            piece = self._file.read(size)
        except _ERRORS as error:
            raise BrokenError(f"this member of the zip archive is damaged ({error})") from error
        if piece:
            self._fuse.burn(piece, self._packed)
        return piece


def read(source: Source, kind: str) -> Iterator[Read]:  # noqa: ARG001 - every kind is read by the same call
    """Yield the texts of each member, in the order of the archive; links are passed over with a word."""
    whole = source.seekable()
    if whole is None:
        yield Unreadable(
            source.shown, f"a zip archive of more than {source.settings.limit:,} bytes inside something else", "unpack it first"
        )
        return
    try:
        archive = zipfile.ZipFile(whole)
    except (*_ERRORS, NotImplementedError) as error:
        raise BrokenError(f"the zip archive is damaged ({error})") from error
    for info in archive.infolist():
        if not info.is_dir():
            yield from _texts(source, archive, info)


def _texts(source: Source, archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> Iterator[Read]:
    shown = source.member(source.file, info.filename).shown
    if stat.S_ISLNK(info.external_attr >> 16):
        yield Skipped(shown, "a link in an archive")
        return
    if info.flag_bits & _ENCRYPTED:
        yield Unreadable(shown, "encrypted", "unpack it with its password")
        return
    try:
        file = archive.open(info)
    except NotImplementedError as error:
        yield Unreadable(shown, f"packed in a way that is not read ({error})", "unpack it with another program")
        return
    except _ERRORS as error:
        yield Corrupt(shown, None, f"this member of the zip archive is damaged ({error})")
        return
    with file:
        yield from source.down(source.member(_Member(file, info.compress_size), info.filename))
