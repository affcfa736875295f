"""What a server does to a connection instead of answering: for real, on the socket."""

from __future__ import annotations

import socket
import struct
from typing import TYPE_CHECKING

from docpact.exchange import Act

if TYPE_CHECKING:
    import asyncio

    from docpact.mock.encoding import Encoded

# What is no HTTP, in no version of it.
GARBAGE = b"\x15\x03\x01\x00\x02\x02\x50 \x00\xff\xfe docpact: this is no HTTP\n"
_AT_ONCE_AND_HARD = struct.pack("ii", 1, 0)
# Seconds until a reset, so that the client has met what was sent before; and between the bytes of a drip.
_BEFORE_RESET, _DRIP = 0.05, 1.0


class Held:
    """A connection that is held: in silence, or until what is to come has come."""

    def __init__(self) -> None:
        self._timer: asyncio.TimerHandle | None = None

    def later(self, loop: asyncio.AbstractEventLoop, seconds: float, do: object, *arguments: object) -> None:
        """Do something later, unless the connection is gone by then."""
        self._timer = loop.call_later(seconds, do, *arguments)  # type: ignore[arg-type] # as call_later has it

    def cancel(self) -> None:
        """Do it no more."""
        if self._timer is not None:
            self._timer.cancel()


def commit(act: Act, transport: asyncio.Transport, parts: Encoded, loop: asyncio.AbstractEventLoop) -> Held:
    """Commit an act on a connection; nothing else is to be sent on it."""
    held = Held()
    half = parts.head + parts.body[: len(parts.body) // 2]
    if act is Act.RESET:
        transport.write(half)
        held.later(loop, _BEFORE_RESET, _reset, transport)
    elif act is Act.CLOSE:
        transport.write(half)
        transport.close()
    elif act is Act.HANG_UP:
        transport.close()
    elif act is Act.GARBAGE:
        transport.write(GARBAGE)
        transport.close()
    elif act is Act.DRIP:
        transport.write(parts.head)
        _drip(held, transport, parts.body, loop)
    return held


def _reset(transport: asyncio.Transport) -> None:
    wire = transport.get_extra_info("socket")
    if wire is not None:
        wire.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _AT_ONCE_AND_HARD)
    transport.abort()


def _drip(held: Held, transport: asyncio.Transport, rest: bytes, loop: asyncio.AbstractEventLoop) -> None:
    if transport.is_closing():
        return
    if not rest:
        transport.close()
        return
    transport.write(rest[:1])
    held.later(loop, _DRIP, _drip, held, transport, rest[1:], loop)
