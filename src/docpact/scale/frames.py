"""Frames: words that one process of ours says to another one over a pipe, each with its length before it."""

from __future__ import annotations

import pickle
import struct
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from io import FileIO
    from typing import IO

_LENGTH = struct.Struct("!Q")


def say(pipe: IO[bytes] | FileIO, word: object) -> None:
    """Write one word; raises `OSError` where nobody listens any more."""
    body = pickle.dumps(word, pickle.HIGHEST_PROTOCOL)
    left = memoryview(_LENGTH.pack(len(body)) + body)
    while left:
        left = left[pipe.write(left) :]


def hear(pipe: IO[bytes] | FileIO) -> Any:
    """Wait for one word; raises `EOFError` where the other end has gone."""
    (length,) = _LENGTH.unpack(_exactly(pipe, _LENGTH.size))
    return pickle.loads(_exactly(pipe, length))  # noqa: S301 - both ends of the pipe are processes that docpact has started


def _exactly(pipe: IO[bytes] | FileIO, size: int) -> bytearray:
    held = bytearray()
    while len(held) < size:
        chunk = pipe.read(size - len(held))
        if not chunk:
            raise EOFError
        held += chunk
    return held
