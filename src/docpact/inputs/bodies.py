"""Bodies of recorded answers: out of base64 and of their content encodings, or written again; never far above the limit."""

from __future__ import annotations

import base64
import binascii
import codecs
import json
import re
from io import BytesIO
from typing import TYPE_CHECKING

from docpact.errors import DocpactError
from docpact.inputs.readers import unpacked
from docpact.inputs.source import Head
from docpact.lines import BrokenError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from docpact.lines import Readable

_CHUNK = 128 * 1024
_KINDS = {"gzip": "gzip", "x-gzip": "gzip", "deflate": "zlib", "br": "brotli", "zstd": "zstd"}
_BEGINS = {"gzip": b"\x1f\x8b", "zstd": b"\x28\xb5\x2f\xfd"}
_TEXT = re.compile(rb'\s*[\[{"][^\x00-\x08\x0b\x0c\x0e-\x1f]*')
_NUMBER = re.compile(r"-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?", re.ASCII)
_BOOLEANS = {"true": "true", "True": "true", "TRUE": "true", "false": "false", "False": "false", "FALSE": "false"}


class Bare(str):
    """A value as it was written without quotes: a number, true, false, or a word."""

    __slots__ = ()


def decoded(body: bytes, encodings: str, limit: int) -> bytes:
    """Undo the encodings of a body, last one first; a body that was recorded decoded is left as it is.

    What is larger than the limit is not read to its end. Raises `BrokenError` where the body is damaged, and `DocpactError`
    for an encoding that is not read.
    """
    file: Readable = BytesIO(body)
    for encoding in reversed([name.strip().lower() for name in encodings.split(",") if name.strip()]):
        head = Head(file)
        kind = _KINDS.get(encoding)
        file = head
        if encoding == "identity" or not head.peeked or (kind is None and _is_text(head.peeked)):
            continue
        if kind is None:
            raise DocpactError(f"the body is encoded as {encoding!r}", hint="record it decoded, or with gzip")
        if _is_packed(head.peeked, kind):
            file = unpacked(head, _deflated(head.peeked) if kind == "zlib" else kind)
    pieces, size = [], 0
    while size <= limit and (piece := file.read(_CHUNK)):
        pieces.append(piece)
        size += len(piece)
    return b"".join(pieces)


def _is_packed(head: bytes, kind: str) -> bool:
    return head.startswith(_BEGINS[kind]) if kind in _BEGINS else not _is_text(head)


def _is_text(head: bytes) -> bool:
    """Tell JSON from an encoding without a mark of its own, which may begin with any byte, a bracket among them."""
    if not _TEXT.fullmatch(head):
        return False
    try:
        codecs.getincrementaldecoder("utf-8")().decode(head)
    except UnicodeDecodeError:
        return False
    return True


def _deflated(head: bytes) -> str:
    """Tell zlib, as RFC 9110 wants `deflate` to be, from the bare stream that some servers send."""
    return "zlib" if head[0] & 0x0F == 8 and int.from_bytes(head[:2]) % 31 == 0 else "deflate"  # noqa: PLR2004 - RFC 1950


def in_base64(text: str | bytes) -> bytes:
    """Decode a body that was recorded as base64; raises `BrokenError` where it is none."""
    try:
        return base64.b64decode("".join(text.split()) if isinstance(text, str) else b"".join(text.split()), validate=True)
    except (binascii.Error, ValueError) as error:
        raise BrokenError(f"the body is said to be base64, and is not ({error})") from error


def in_hex(text: str) -> bytes:
    """Decode a body that was recorded as hexadecimal digits; raises `BrokenError` where it is none."""
    try:
        return bytes.fromhex(text)
    except ValueError as error:
        raise BrokenError("the body is said to be in hexadecimal digits, and is not") from error


def as_json(value: object, limit: int) -> bytes:
    """Write a body that was recorded as a structure; no number is changed, and no more is written than the limit judges."""
    pieces, size = [], 0
    try:
        for piece in _written(value):
            pieces.append(piece)
            size += len(piece)
            if size > limit:
                break
    except RecursionError as error:
        raise BrokenError("the body is nested too deep") from error
    return "".join(pieces).encode("utf-8", "surrogatepass")


def _written(value: object) -> Iterator[str]:
    if isinstance(value, dict):
        for at, (name, one) in enumerate(value.items()):
            yield f"{', ' if at else '{'}{json.dumps(str(name), ensure_ascii=False)}: "
            yield from _written(one)
        yield "}" if value else "{}"
    elif isinstance(value, list):
        for at, one in enumerate(value):
            yield ", " if at else "["
            yield from _written(one)
        yield "]" if value else "[]"
    elif isinstance(value, Bare) and (value in _BOOLEANS or _NUMBER.fullmatch(value)):
        yield _BOOLEANS.get(value, value)
    else:
        yield json.dumps(value, ensure_ascii=False, default=str)
