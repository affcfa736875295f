"""A page as its readers see it: numbered lines of text, within limits."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, replace

from docpact.errors import PageError

LARGEST = 8 * 2**20
_MOST_LINES = 60_000
_LINE_END = re.compile(r"\r\n|\n|\r")
_BINARY = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f]")
_AS_TEXT = "copy the documentation page as text (UTF-8), from its request to the end of its example"


@dataclass(frozen=True)
class Page:
    """A page: its `lines`, trimmed (line 1 is `lines[0]`), as `raw` with their indentation, and the sha256 of its bytes."""

    lines: tuple[str, ...]
    raw: tuple[str, ...]
    sha256: str

    def only(self, *parts: tuple[int, int]) -> Page:
        """Return a page of the same numbering that has these lines alone: indices from 0, each end excluded."""
        kept = {at for start, end in parts for at in range(start, end)}
        lines, raw = (tuple(line if at in kept else "" for at, line in enumerate(those)) for those in (self.lines, self.raw))
        return replace(self, lines=lines, raw=raw)


def read_page(content: bytes, name: str = "the page") -> Page:
    """Turn the bytes of a page into lines; raise `PageError` for what is no text, empty, or beyond 8 MiB."""
    if len(content) > LARGEST:
        raise PageError(
            f"{name} has {len(content):,} bytes, and a page of documentation is read up to {LARGEST:,}",
            hint="cut the page down to the one operation that you need",
        )
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise PageError(f"{name} is not UTF-8 text (byte {error.start})", hint=_AS_TEXT) from error
    if not text.strip():
        raise PageError(f"{name} is empty", hint=_AS_TEXT)
    binary = _BINARY.search(text)
    if binary:
        line = len(_LINE_END.findall(text, 0, binary.start())) + 1
        raise PageError(f"{name} is binary: line {line} has the byte {ord(binary[0]):#04x}", hint=_AS_TEXT)
    lines = _LINE_END.split(text)
    if len(lines) > _MOST_LINES:
        raise PageError(
            f"{name} has {len(lines):,} lines, and a page of documentation is read up to {_MOST_LINES:,}",
            hint="cut the page down to the one operation that you need",
        )
    trimmed = tuple(line.strip().strip("\u200b\ufeff") for line in lines)
    return Page(trimmed, tuple(line.rstrip() for line in lines), digest(content))


def digest(content: bytes) -> str:
    """Return the sha256 of a page's bytes, in hexadecimal."""
    return hashlib.sha256(content).hexdigest()
