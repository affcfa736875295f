"""Listening: the socket of the mock, all of its connections, and its end."""

from __future__ import annotations

import asyncio
import errno
import socket
from typing import TYPE_CHECKING

from docpact.errors import UsageError
from docpact.mock.guard import is_loopback
from docpact.mock.hooks import Hooks, Poster
from docpact.mock.hub import Hub
from docpact.mock.server import Connection

if TYPE_CHECKING:
    from collections.abc import Sized

    from docpact.mock.front import Front
    from docpact.mock.hub import Guest

# As many connections may wait to be taken.
_BACKLOG = 1024
# So many seconds an answer may still take when the end has come.
GRACE = 5.0


def bound(host: str, port: int, *, exposed: bool = False) -> socket.socket:
    """Return a socket that is bound to an address, and does not listen yet; port 0: one that is free.

    Raises `UsageError` where that cannot be, and for an address that others can reach, unless that is wanted (`exposed`).
    """
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    except (OSError, UnicodeError) as error:
        raise UsageError(f"there is no address {host!r} to listen at", hint="--host 127.0.0.1 is this machine") from error
    family, kind, protocol, _, address = found[0]
    if not exposed and not is_loopback(str(address[0])):
        hint = "other machines could reach it; if that is meant, add --expose"
        raise UsageError(f"{host} is not an address of this machine alone", hint=hint)
    made = socket.socket(family, kind, protocol)
    try:
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        made.bind(address)
    except OSError as error:
        made.close()
        raise UsageError(f"cannot listen at {host}, port {port}: {_reason(error)}", hint=_hint(error)) from error
    return made


def url_of(bound_to: socket.socket) -> str:
    """Return the URL under which this machine reaches a bound socket."""
    host, port = bound_to.getsockname()[:2]
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 - what is bound to all is reached by one
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def _reason(error: OSError) -> str:
    return "the port is in use" if error.errno == errno.EADDRINUSE else (error.strerror or str(error)).lower()


def _hint(error: OSError) -> str:
    if error.errno == errno.EADDRINUSE:
        return "--port 0 takes one that is free"
    return "--port 0 takes one that may be taken" if error.errno == errno.EACCES else "--host 127.0.0.1 is this machine"


class Listener:
    """Takes connections for a relay until it is stopped."""

    def __init__(self, front: Front, hooks: Hooks = Hooks.OFF) -> None:
        self._loop = asyncio.get_running_loop()
        self._hub = Hub(front, self._loop)
        self._poster: Poster | None = None
        if hooks is not Hooks.OFF:
            self._poster = Poster(front.relay, front.clock, front.traffic.tell, anywhere=hooks is Hooks.ANYWHERE)
            self._hub.submitted = self._poster.plan
        self._server: asyncio.Server | None = None
        self._tick: asyncio.TimerHandle | None = None

    @property
    def loop(self) -> asyncio.AbstractEventLoop:
        """The loop that it runs in."""
        return self._loop

    @property
    def guests(self) -> set[Guest]:
        """The connections that there are."""
        return self._hub.guests

    @property
    def requests(self) -> Sized:
        """The requests that are known by their bytes."""
        return self._hub.requests

    async def start(self, bound_to: socket.socket) -> None:
        """Listen at a bound socket."""
        self._server = await self._loop.create_server(lambda: Connection(self._hub), sock=bound_to, backlog=_BACKLOG)
        self._tick = self._loop.call_later(1, self._ticked)

    async def stop(self, grace: float = GRACE) -> None:
        """Take no more, let the answers that are under way end, for `grace` seconds at most, and end."""
        if self._server is not None:
            self._server.close()
        if self._tick is not None:
            self._tick.cancel()
        if self._poster is not None:
            self._poster.stop()
        for guest in list(self._hub.guests):
            guest.wind_up()
        if self._hub.guests:
            self._hub.empty.clear()
            try:
                await asyncio.wait_for(self._hub.empty.wait(), grace)
            except TimeoutError:
                for guest in list(self._hub.guests):
                    guest.abort()
                await asyncio.sleep(0)

    def _ticked(self) -> None:
        for guest in list(self._hub.guests):
            guest.tick()
        self._tick = self._loop.call_later(1, self._ticked)
