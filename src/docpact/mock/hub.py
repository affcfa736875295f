"""What all connections of a server share: the front, the bytes that are known, and the list of them all."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, NamedTuple, Protocol

from docpact.mock.encoding import Encoder

if TYPE_CHECKING:
    from collections.abc import Callable

    from docpact.exchange import Request
    from docpact.mock.front import Front, Handler

# So many requests are known by their bytes, each no longer than this.
_MOST_KNOWN, _LONGEST_KNOWN = 1024, 2048


class Asked(NamedTuple):
    """A request that was read, who answers it (None: the relay), and whether the connection stays open after it.

    `old`: it is of HTTP/1.0. `plain`: nothing in the bytes of its answer depends on the request.
    """

    request: Request
    handler: Handler | None
    keep: bool
    old: bool
    plain: bool


class Guest(Protocol):
    """A connection, as the hub knows it."""

    def tick(self) -> None:
        """Count a second."""
        ...

    def wind_up(self) -> None:
        """End when what was asked is answered."""
        ...

    def abort(self) -> None:
        """End at once."""
        ...


class Hub:
    """Shared by the connections of one server."""

    def __init__(self, front: Front, loop: asyncio.AbstractEventLoop) -> None:
        self.front = front
        self.loop = loop
        self.encoder = Encoder()
        self.requests: dict[bytes, Asked] = {}
        self.guests: set[Guest] = set()
        self.empty = asyncio.Event()
        # To be called when a task may have been submitted, whose steps are to be told to somebody.
        self.submitted: Callable[[], None] | None = None

    def lost(self, guest: Guest) -> None:
        """Forget a connection that has ended."""
        self.guests.discard(guest)
        if not self.guests:
            self.empty.set()

    def remember(self, data: bytes, asked: Asked | int) -> None:
        """Keep what bytes were as a request, so that the same bytes need not be taken apart again."""
        if isinstance(asked, int) or not asked.plain or len(data) > _LONGEST_KNOWN:
            return
        if len(self.requests) >= _MOST_KNOWN:
            self.requests.clear()
        self.requests[data] = asked
