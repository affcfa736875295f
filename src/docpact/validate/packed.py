"""Content encodings undone (gzip, deflate), up to a limit: what comes from a server may be a bomb, cut off, or none at all."""

from __future__ import annotations

import zlib
from typing import NamedTuple

_GZIP = ("gzip", "x-gzip")
_KNOWN = (*_GZIP, "deflate")
_MOST_CODINGS = 4
_MARK = b"\x1f\x8b\x08"
_ZLIB = 8
_BEGINS = 4


class Unpacked(NamedTuple):
    """What a body holds, as far as it could be unpacked.

    `wrong` says what is wrong with the packing; `unread` names an encoding that is not known here; `large`: the body is larger
    than the limit, and was not unpacked further.
    """

    body: bytes
    wrong: str = ""
    unread: str = ""
    large: bool = False


def unpacked(body: bytes, encodings: str, limit: int) -> Unpacked:
    """Undo the encodings of a body as its header lists them, the last one first; nothing is unpacked beyond the limit."""
    codings = [name.strip().lower() for name in encodings.split(",")]
    codings = [name for name in codings if name and name != "identity"]
    if not body:
        return Unpacked(b"")
    if not codings and body.startswith(_MARK):
        return Unpacked(b"", wrong="the body is packed with gzip, and no Content-Encoding says so")
    if len(codings) > _MOST_CODINGS:
        return Unpacked(b"", wrong=f"Content-Encoding names {len(codings)} encodings, one over the other")
    for coding in reversed(codings):
        if coding not in _KNOWN:
            return Unpacked(b"", unread=coding)
        undone = _inflated(body, coding, limit)
        if undone.wrong or undone.large:
            return undone
        body = undone.body
    return Unpacked(body, large=len(body) > limit)


def _inflated(body: bytes, coding: str, limit: int) -> Unpacked:
    """Unpack all members of a gzip body, or the one stream of a deflated one."""
    pieces, size, rest = list[bytes](), 0, body
    while rest:
        member = zlib.decompressobj(_window(coding, rest))
        try:
            piece = member.decompress(rest, limit + 1 - size)
        except zlib.error:
            return Unpacked(b"".join(pieces), wrong=_no_such_thing(coding, body, size))
        pieces.append(piece)
        size += len(piece)
        if size > limit:
            return Unpacked(b"".join(pieces), large=True)
        if not member.eof:
            wrong = f"Content-Encoding is {coding}, and the packed body is cut off after {len(body):,} bytes"
            return Unpacked(b"".join(pieces), wrong=wrong)
        # Zeros behind the last member are padding.
        rest = member.unused_data.lstrip(b"\0") if coding in _GZIP else b""
    return Unpacked(b"".join(pieces))


def _window(coding: str, body: bytes) -> int:
    """Return what zlib should expect: gzip, zlib as RFC 9110 wants `deflate` to be, or the bare stream of some servers."""
    if coding in _GZIP:
        return zlib.MAX_WBITS + 16
    is_zlib = body[0] & 0x0F == _ZLIB and int.from_bytes(body[:2]) % 31 == 0
    return zlib.MAX_WBITS if is_zlib else -zlib.MAX_WBITS


def _no_such_thing(coding: str, body: bytes, size: int) -> str:
    if size or (coding in _GZIP and body.startswith(_MARK)):
        return f"Content-Encoding is {coding}, and the packed body is damaged"
    return f"Content-Encoding is {coding}, and the body is not: it begins with {body[:_BEGINS].hex(' ')}"
