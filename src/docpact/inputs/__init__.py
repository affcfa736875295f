"""Inputs: every kind of capture in one stream of texts, told by content, unpacked as it is read."""

from __future__ import annotations

import os
import re
from io import SEEK_END, BytesIO
from stat import S_ISREG
from typing import TYPE_CHECKING, BinaryIO, cast

from docpact import captures
from docpact.addresses import chosen, operations
from docpact.captures import Apart, Corrupt, Long, Share, Skipped, Unreadable
from docpact.errors import MissingExtraError
from docpact.inputs import readers
from docpact.inputs.source import Head, Settings, Source, kind_of
from docpact.lines import BrokenError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from docpact.captures import Read
    from docpact.lines import Readable

__all__ = ["Settings", "behind", "chosen", "is_capture", "operations", "read", "read_apart"]

_MOST_DEPTH = 8
# What these name in one process, they do not name in another.
_DEVICES = ("/dev/", "/proc/")
# A share of a table has as many bytes: they come out as some ten times as many of JSON.
_LEAST_SHARE = 256 * 1024
# Behind an address, each share costs some requests.
_LEAST_FAR = 4 * 1024 * 1024
_ADDRESS = re.compile(r"(?i)[a-z][a-z0-9+.-]+://")


def read(
    inputs: Iterable[str], stdin: BinaryIO | None, settings: Settings, opened: Callable[[Readable], None] | None = None
) -> Iterator[Read]:
    """Yield every payload text of the inputs, in their order, whatever they are packed in.

    An input is a file, a folder, a pattern, `-` for `stdin`, or an address (`s3://`, `gs://`, `https://`, `http://`).
    Nothing is raised for one that is missing or broken: it is yielded as `Unreadable` or `Corrupt`, and the rest is read.
    `opened` is called with each file of this machine before it is read.
    """
    reader = Reader(settings, opened)
    for name in inputs:
        if _ADDRESS.match(name):
            yield from reader.address(name)
        else:
            yield from captures.read([name], stdin, settings.limit, reader)


def read_apart(thing: Apart, settings: Settings, opened: Callable[[Readable], None] | None = None) -> Iterator[Read]:
    """Yield every payload text of one source, or of a share of one, that `read` handed on as it is; `opened` as there."""
    anything = Reader(settings._replace(long=None, share=thing.share), opened)
    if _ADDRESS.match(thing.source):
        yield from anything.address(thing.source, named=thing.named)
    else:
        yield from captures.one(thing.source, anything, named=thing.named)


def behind(address: str) -> BinaryIO | Unreadable:
    """Open one file behind an address, to be read at any place, by requests for no more than is asked for."""
    try:
        module = readers.reader("address")
    except MissingExtraError as missing:
        return Unreadable(address, missing.message, missing.hint)
    return cast("BinaryIO | Unreadable", module.ranged(address))


def is_capture(path: str) -> bool:
    """Tell whether a file is a capture where it is met in a folder."""
    return captures.is_capture(path, Reader(Settings(captures.DEFAULT_LIMIT)))


class Reader(captures.Plain):
    """How a source is read: looked at, unpacked as often as it is packed, and read as what it then is."""

    def __init__(self, settings: Settings, opened: Callable[[Readable], None] | None = None) -> None:
        super().__init__(settings.limit, blocks=settings.blocks, folder=settings.folder)
        self._settings = settings
        self._opened = opened

    def knows(self, name: str, head: bytes) -> bool:
        """Tell whether a file that nobody named is a capture, by its name and its first bytes."""
        return kind_of(head) is not None or super().knows(name, head)

    def texts(self, file: Readable, source: str, *, named: bool) -> Iterator[Read]:
        """Yield the texts of an open source; `named` by the user, or met in a folder."""
        whole = cast("BinaryIO", file) if source != captures.STDIN and _goes_back(file) else None
        # What is handed on as it is, whoever reads it counts.
        if self._opened is not None and (whole is None or self._settings.long is None):
            self._opened(file)
        return self.down(Source(file, source, source, self._settings, self.down, named=named, whole=whole))

    def apart(self, source: str, *, named: bool) -> Apart | None:
        """Return a file itself where such are asked for and no part of it needs to be looked at here."""
        least = self._settings.long
        if least is None or source.startswith(_DEVICES):
            return None
        try:
            state = os.stat(source)
        except OSError:
            # It is opened, and reported, as every file that cannot be read.
            return None
        return Apart(source, state.st_size, named) if S_ISREG(state.st_mode) and state.st_size <= least else None

    def address(self, name: str, *, named: bool = True) -> Iterator[Read]:
        """Yield the texts behind an address, `named` by the user or met in a folder of a store."""
        return self._by("address", Source(BytesIO(), name, name, self._settings, self.down, named=named))

    def down(self, source: Source) -> Iterator[Read]:
        """Yield the texts of a source, of whatever kind it is."""
        head = Head(source.file)
        kind = kind_of(head.peeked, source.name if source.named else "")
        if source.whole is not None and (kind is not None or self._settings.long is not None):
            source.whole.seek(0)
        else:
            source = source._replace(file=head)
        if kind is None and not source.named and not super().knows(source.name, head.peeked):
            yield Skipped(source.shown, "holds no JSON")
        elif later := self._later(source, kind):
            yield from later
        elif kind is None:
            yield from captures.texts(source.file, source.shown, self.limit, source.name, blocks=self.blocks)
        elif source.depth >= _MOST_DEPTH:
            yield Unreadable(source.shown, f"packed more than {_MOST_DEPTH} times over", "unpack it, if it is meant to be so")
        else:
            yield from self._by(kind, source)

    def _later(self, source: Source, kind: str | None) -> list[Long] | list[Apart]:
        """Return a file itself where such are asked for: a long plain one of lines to be read in pieces, a table in shares."""
        least, file = self._settings.long, source.whole
        if least is None or file is None or source.depth or source.shown.startswith(_DEVICES):
            return []
        far = _ADDRESS.match(source.shown) is not None
        size = file.seek(0, SEEK_END)
        file.seek(0)
        if kind is None and size > least and captures.is_lines(file, source.name, self.limit):
            return [Long(source.shown, size, far=far)]
        whole = Apart(source.shown, size, source.named)
        most = size // (_LEAST_FAR if far else _LEAST_SHARE)
        return list(_shares(whole, file, most)) if kind == "parquet" and size > least else [whole]

    def _by(self, kind: str, source: Source) -> Iterator[Read]:
        try:
            module = readers.reader(kind)
        except MissingExtraError as missing:
            yield Unreadable(source.shown, missing.message, missing.hint)
            return
        try:
            yield from module.read(source, kind)
        except BrokenError as error:
            yield Corrupt(source.shown, error.line, error.reason)


def _shares(whole: Apart, file: BinaryIO, most: int) -> Iterator[Apart]:
    """Yield the shares of a table, of one group of rows at least, or all of it where there is nothing to be shared."""
    try:
        of = min(most, readers.reader("parquet").groups(file))
    except MissingExtraError:
        # Whoever reads it may have what is missing here.
        of = 0
    if of < 2:  # noqa: PLR2004 - two are the fewest that share
        yield whole
        return
    ends = [(whole.size or 0) * nth // of for nth in range(of + 1)]
    for nth in range(of):
        yield whole._replace(size=ends[nth + 1] - ends[nth], share=Share(nth, of))


def _goes_back(file: Readable) -> bool:
    seekable = getattr(file, "seekable", None)
    return bool(seekable and seekable())
