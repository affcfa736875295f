"""Texts that are written again as they stand: the quick way to a value in which nothing is wrong."""

from __future__ import annotations

from typing import Any

import msgspec

from docpact.pointers import ABSENT

_decode = msgspec.json.Decoder().decode
_encode = msgspec.json.Encoder().encode


def written_again(text: bytes) -> Any:
    """Return the value of a text that msgspec reads, and writes again byte by byte; ABSENT for any other.

    Of a member that stands twice one would be lost, and half of a surrogate pair, NaN, or a number that is no double would be
    written in another way: such a text is none of these.
    """
    try:
        value = _decode(text)
        return value if _encode(value) == text else ABSENT
    except (msgspec.MsgspecError, ValueError, RecursionError):
        return ABSENT
