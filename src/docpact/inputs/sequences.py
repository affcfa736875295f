"""JSON text sequences (RFC 7464): texts that each begin with a record separator, read in flat memory."""

from __future__ import annotations

from typing import TYPE_CHECKING

from docpact.captures import Corrupt, Text
from docpact.lines import BLANK, BOM, BrokenError, closed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from docpact.captures import Read
    from docpact.inputs.source import Source

_RS = b"\x1e"
_CHUNK = 128 * 1024


class _Record:
    """The record that is being read: what of it is held, how large it is, and on which line it begins."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._pieces: list[bytes] = []
        self._size = 0
        self._line = self.line = 1

    def add(self, part: bytes) -> None:
        self._size += len(part)
        self.line += part.count(b"\n")
        if self._size > self._source.settings.limit:
            self._pieces.clear()
        else:
            self._pieces.append(part)

    def end(self, *, broken: bool = False) -> Iterator[Text]:
        """Yield what was read, unless it is blank or cut off; the next record begins here."""
        content = b"".join(self._pieces)
        if self._size > self._source.settings.limit:
            yield Text(self._source.shown, self._line, None, self._size)
        elif content.removeprefix(BOM).strip(BLANK) and not (broken and not closed(content)):
            yield Text(self._source.shown, self._line, content, len(content))
        self._pieces, self._size, self._line = [], 0, self.line


def read(source: Source, kind: str) -> Iterator[Read]:  # noqa: ARG001 - every kind is read by the same call
    """Yield one text a record, with the line where it begins; the one that a break cuts off is not judged."""
    record = _Record(source)
    try:
        while chunk := source.file.read(_CHUNK):
            *ended, rest = chunk.split(_RS)
            for part in ended:
                record.add(part)
                yield from record.end()
            record.add(rest)
    except BrokenError as error:
        yield from record.end(broken=True)
        yield Corrupt(source.shown, record.line, error.reason)
    else:
        yield from record.end()
