"""Bodies of recordings unpacked, so that what is in them can be seen, and their text with the codec that it is written in."""

from __future__ import annotations

import gzip
from typing import NamedTuple

from docpact.captures import DEFAULT_LIMIT
from docpact.errors import CaptureError
from docpact.validate import packed

try:
    import brotli
except ModuleNotFoundError:
    brotli = None

_GZIP = b"\x1f\x8b\x08"
_BOMS = ((b"\xff\xfe\0\0", "utf-32-le"), (b"\0\0\xfe\xff", "utf-32-be"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))
_HEAD = 64


class Written(NamedTuple):
    """The text of a body and the codec that it is written in; `is_text` is False for what is no text at all."""

    text: str
    codec: str
    is_text: bool = True


def unpacked(body: bytes, encodings: str, limit: int = DEFAULT_LIMIT) -> bytes | None:
    """Return a body without its content encodings, or None where it was recorded without them already.

    Raises `CaptureError` where it cannot be unpacked, and so not be searched.
    """
    for coding in reversed([name for part in encodings.split(",") if (name := part.strip().lower()) not in ("", "identity")]):
        if coding == "br":
            found, wrong = _brotli(body, limit)
        else:
            known = packed.unpacked(body, coding, limit)
            wrong = known.wrong or (f"it is packed as {known.unread[:20]!r}" if known.unread else "")
            wrong = wrong or ("it is too large" if known.large else "")
            found = known.body
        if wrong and is_text(body):
            return None
        if wrong:
            hint = "record it with Accept-Encoding: identity, or gzip"
            raise CaptureError(f"a body cannot be searched for secrets: {wrong}", hint=hint)
        body = found
    return body


def opened(body: bytes, limit: int = DEFAULT_LIMIT) -> bytes | None:
    """Return what a gzip file holds that no header speaks of, or None for anything else."""
    known = packed.unpacked(body, "gzip", limit) if body.startswith(_GZIP) else None
    return known.body if known is not None and not (known.wrong or known.large) else None


def packed_again(body: bytes) -> bytes:
    """Pack a body with gzip, the same bytes every time."""
    return gzip.compress(body, mtime=0)


def is_text(body: bytes) -> bool:
    """Tell whether a body is text in UTF-8."""
    try:
        body.decode()
    except UnicodeDecodeError:
        return False
    return b"\0" not in body


def text_of(body: bytes, charset: str) -> Written:
    """Read the text of a body; whatever it is, the same codec writes it again byte by byte."""
    for bom, codec in _BOMS:
        if body.startswith(bom) and (text := _read(body, codec)) is not None:
            return Written(text, codec)
    if b"\0" in body[:_HEAD]:
        # JSON begins with two characters of ASCII, so that the zeros tell how wide they are.
        zeros = tuple(index for index in range(4) if body[index : index + 1] == b"\0")
        codec = {(1, 2, 3): "utf-32-le", (0, 1, 2): "utf-32-be", (1, 3): "utf-16-le", (0, 2): "utf-16-be"}.get(zeros, "")
        if codec and (text := _read(body, codec)) is not None:
            return Written(text, codec)
    if is_text(body):
        return Written(body.decode(), "utf-8")
    text = _read(body, charset) if charset else None
    if text is not None:
        return Written(text, charset)
    return Written(body.decode("latin-1"), "latin-1", is_text=b"\0" not in body)


def _read(body: bytes, codec: str) -> str | None:
    try:
        text = body.decode(codec)
        return text if text.encode(codec) == body else None
    except (LookupError, ValueError):
        return None


def _brotli(body: bytes, limit: int) -> tuple[bytes, str]:
    if brotli is None:
        return b"", "it is packed with brotli, which is not installed (pip install 'docpact[captures]')"
    inner, pieces, size, data = brotli.Decompressor(), list[bytes](), 0, body
    try:
        while not inner.is_finished() and size <= limit:
            piece = inner.process(data, output_buffer_limit=64 * 1024)
            if not piece and inner.can_accept_more_data():
                return b"", "it is cut off"
            data = b""
            pieces.append(piece)
            size += len(piece)
    except brotli.error:
        return b"", "it is packed with brotli, and damaged"
    return b"".join(pieces), "" if size <= limit else "it is too large"
