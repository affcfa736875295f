"""A page as its readers see it: numbered lines of text, within limits."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, replace

from docpact.derive.html import saved
from docpact.errors import PageError

LARGEST = 8 * 2**20
_MOST_LINES = 60_000
_LINE_END = re.compile(r"\r\n|\n|\r")
_BINARY = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f]")
_AS_TEXT = "copy the documentation page as text (UTF-8), from its request to the end of its example"
_KINDS = (
    (b"%PDF", "a PDF document"), (b"{\\rtf", "a document in RTF"), (b"PK\x03\x04", "a zip archive or a document"),
    (b"\x89PNG", "an image (PNG)"), (b"\xff\xd8\xff", "an image (JPEG)"), (b"GIF8", "an image (GIF)"),
    (b"RIFF", "an image or a sound"),
    (b"\x1f\x8b", "compressed (gzip)"), (b"BZh", "compressed (bzip2)"), (b"\xfd7zXZ", "compressed (xz)"),
    (b"\x28\xb5\x2f\xfd", "compressed (zstd)"), (b"7z\xbc\xaf", "a 7-zip archive"), (b"Rar!", "a RAR archive"),
    (b"\x7fELF", "a program"), (b"MZ", "a program"), (b"SQLite format 3", "a database"), (b"bplist00", "a property list"),
    (b"\xd0\xcf\x11\xe0", "an office document"),
)  # fmt: skip
_IN_TEXT = {"a PDF document", "a document in RTF"}


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


def as_text(content: bytes, name: str = "the page") -> bytes:
    """Return the bytes of a page as those of a page of text: an HTML page, or one in another encoding, becomes UTF-8 text.

    Raises `PageError` for what is no text, empty, beyond 8 MiB, or an HTML page that shows no documentation.
    """
    if len(content) <= LARGEST:
        content = saved.unpacked(content) or content
    _refuse_binary(content, name)
    if len(content) > LARGEST:
        raise PageError(
            f"{name} is larger than {LARGEST >> 20} MiB, and a page of documentation is read up to that size",
            hint="cut the page down to the one operation that you need",
        )
    text = saved.decoded(content)
    if text is None:
        at = _first_wrong(content)
        raise PageError(f"{name} is not UTF-8 text (byte {at}: {content[at]:#04x})", hint=_AS_TEXT)
    if saved.is_html(text):
        return saved.text_of(text, name).encode("utf-8", "replace")
    return content if content.startswith(b"\xef\xbb\xbf") or saved.is_utf8(content) else text.encode("utf-8", "replace")


def _refuse_binary(content: bytes, name: str) -> None:
    known = next((what for mark, what in _KINDS if content.startswith(mark)), None)
    # Text may begin with the same letters, and has no zero bytes then.
    if known is not None and (known in _IN_TEXT or b"\0" in content or not saved.is_utf8(content)):
        raise PageError(f"{name} is {known}, and no page of text", hint=_AS_TEXT)


def _first_wrong(content: bytes) -> int:
    try:
        content.decode("utf-8")
    except UnicodeDecodeError as error:
        return error.start
    return 0


def read_page(content: bytes, name: str = "the page") -> Page:
    """Turn the bytes of a page into lines; raise `PageError` for what is no text, empty, or beyond 8 MiB.

    The lines of an HTML page are those of `as_text`.
    """
    content = as_text(content, name)
    text = content.decode("utf-8-sig")
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
