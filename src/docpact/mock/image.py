"""An image: the placeholder that stands wherever a task says that its image is."""

from __future__ import annotations

import struct
import zlib

from docpact.exchange import Answer
from docpact.mock.family import OPEN

_SIDE, _FIELD = 64, 8


def _chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def _png() -> bytes:
    """Draw a chequered square of 64 by 64 pixels, two bits of colour; stored, so that no version of zlib changes a byte."""
    rows = b"".join(b"\0" + (b"\xff\x00" if y // _FIELD % 2 else b"\x00\xff") * (_SIDE // 16) for y in range(_SIDE))
    stored = b"\x78\x01\x01" + struct.pack("<HH", len(rows), len(rows) ^ 0xFFFF) + rows + struct.pack(">I", zlib.adler32(rows))
    head = struct.pack(">IIBBBBB", _SIDE, _SIDE, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", head) + _chunk(b"IDAT", stored) + _chunk(b"IEND", b"")


PICTURE = _png()
IMAGE = Answer(200, (("content-type", "image/png"), ("cache-control", "public, max-age=3600"), OPEN), PICTURE)
