"""tar archives, read header by header from any stream: nothing is written, and no header is believed without a limit."""

from __future__ import annotations

import tarfile
from typing import TYPE_CHECKING

from docpact.captures import Corrupt, Skipped, Unreadable
from docpact.inputs.source import hidden
from docpact.lines import BrokenError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from docpact.captures import Read
    from docpact.inputs.source import Source
    from docpact.lines import Readable

_BLOCK = 512
_CHUNK = 128 * 1024
_MOST_HEADER = 1024 * 1024
_FILES = (tarfile.REGTYPE, tarfile.AREGTYPE, tarfile.CONTTYPE)
_LINKS = (tarfile.LNKTYPE, tarfile.SYMTYPE)
_DEVICES = (tarfile.CHRTYPE, tarfile.BLKTYPE, tarfile.FIFOTYPE)
_LONG_NAME, _LONG_LINK, _EXTENDED, _GLOBAL, _SPARSE = (
    tarfile.GNUTYPE_LONGNAME, tarfile.GNUTYPE_LONGLINK, tarfile.XHDTYPE, tarfile.XGLTYPE, tarfile.GNUTYPE_SPARSE,
)  # fmt: skip


class _Member:
    """The bytes of one member: read by whoever wants them, and passed over to their end afterwards."""

    def __init__(self, file: Readable, size: int) -> None:
        self._file = file
        self._left = size
        self._padding = -size % _BLOCK
        self.broken = False

    def read(self, size: int, /) -> bytes:
        """Return the next piece; nothing at the end of the member."""
        if not self._left:
            return b""
        try:
            piece = self._file.read(min(size, self._left))
        except BrokenError:
            self.broken = True
            raise
        if not piece:
            self.broken = True
            raise BrokenError("the tar archive is cut off in this member")
        self._left -= len(piece)
        return piece

    def pass_over(self) -> None:
        while self.read(_CHUNK):
            pass
        self._left, self._padding = self._padding, 0
        while self.read(_CHUNK):
            pass

    def whole(self) -> bytes:
        """Return all of a header's own data."""
        if self._left > _MOST_HEADER:
            raise BrokenError(f"a header of the tar archive is {self._left:,} bytes long")
        pieces = []
        while piece := self.read(_CHUNK):
            pieces.append(piece)
        self.pass_over()
        return b"".join(pieces)


def read(source: Source, kind: str) -> Iterator[Read]:  # noqa: ARG001 - every kind is read by the same call
    """Yield the texts of each member, in their order; links and devices are passed over with a word."""
    told: dict[str, str] = {}
    for info, member in _members(source.file):
        if info.type in (_LONG_NAME, _LONG_LINK):
            name = member.whole().rstrip(b"\0").decode("utf-8", "surrogateescape")
            told.update({"path": name} if info.type == _LONG_NAME else {})
            continue
        if info.type in (_EXTENDED, tarfile.SOLARIS_XHDTYPE, _GLOBAL):
            records = _records(member.whole())
            told.update(records if info.type != _GLOBAL else {})
            continue
        if "size" in told:
            member = _Member(source.file, _size(told["size"]))  # noqa: PLW2901 - the header before it says the real size
        name, sparse = told.get("path", info.name), any(key.startswith("GNU.sparse") for key in told)
        told = {}
        if hidden(name):
            yield Skipped(source.member(member, name).shown, "hidden")
        elif info.type in _FILES and not sparse and not name.endswith("/"):
            told_break = False
            for thing in source.down(source.member(member, name)):
                told_break = isinstance(thing, Corrupt)
                yield thing
            if told_break and member.broken:
                return
        elif info.type != tarfile.DIRTYPE and not name.endswith("/"):
            yield _stranger(source.member(member, name), info.type)
        member.pass_over()


def _members(file: Readable) -> Iterator[tuple[tarfile.TarInfo, _Member]]:
    """Yield header and data of each entry, up to the mark of the end; whoever takes one reads it to its end."""
    while True:
        block = _exactly(file, _BLOCK)
        if not block.strip(b"\0"):
            return
        try:
            info = tarfile.TarInfo.frombuf(block, "utf-8", "surrogateescape")
        except tarfile.HeaderError as error:
            raise BrokenError(f"a header of the tar archive is damaged ({error})") from error
        if info.type == _SPARSE:
            # The map of a sparse file goes on in further blocks, the last of which says so.
            while block[482 if block[257:262] == b"ustar" else 504]:
                block = _exactly(file, _BLOCK)
        yield info, _Member(file, 0 if info.type in (*_LINKS, *_DEVICES) else max(info.size, 0))


def _exactly(file: Readable, size: int) -> bytes:
    block = b""
    while len(block) < size:
        piece = file.read(size - len(block))
        if not piece:
            raise BrokenError("the tar archive is cut off: its end is not marked")
        block += piece
    return block


def _records(data: bytes) -> dict[str, str]:
    """Read the records of an extended header: `LENGTH KEY=VALUE`, each with a line end."""
    found: dict[str, str] = {}
    while data.strip(b"\0"):
        digits, space, _ = data[:20].partition(b" ")
        length = int(digits) if digits.isdigit() else 0
        key, equals, value = data[len(digits) + 1 : length - 1].partition(b"=")
        if not (space and equals and len(digits) < length <= len(data)):
            raise BrokenError("an extended header of the tar archive is damaged")
        found[key.decode("utf-8", "surrogateescape")] = value.decode("utf-8", "surrogateescape")
        data = data[length:]
    return found


def _size(digits: str) -> int:
    if not (digits.isascii() and digits.isdigit() and len(digits) < 20):  # noqa: PLR2004 - the digits of 64 bits
        raise BrokenError("an extended header of the tar archive gives a size that is none")
    return int(digits)


def _stranger(source: Source, kind: bytes) -> Read:
    if kind in _LINKS:
        return Skipped(source.shown, "a link in an archive")
    if kind in _DEVICES:
        return Skipped(source.shown, "not a regular file")
    return Unreadable(
        source.shown, "a sparse file, or one of a kind that is not read", "put it into the archive as a plain file"
    )
