"""A relay on a free port of this machine, served by a thread of its own until the test is over."""

from __future__ import annotations

import asyncio
import threading
from typing import TYPE_CHECKING

from docpact.mock.front import Front
from docpact.mock.listening import Listener, bound, url_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from docpact.mock.control import Core

# Whoever is not up, or down, in so many seconds never will be.
_PATIENCE = 20


class Served:
    """A server that listens as soon as it is made, for this machine alone."""

    def __init__(self, relay: Core, clock: Callable[[], float]) -> None:
        self._relay, self._clock = relay, clock
        self._socket = bound("127.0.0.1", 0)
        self.url = url_of(self._socket)
        self._is_up = threading.Event()
        self._failed: BaseException | None = None
        self._thread = threading.Thread(target=self._run, name="docpact-relay", daemon=True)

    def start(self) -> None:
        """Take connections from now on; raises what kept it from that."""
        self._thread.start()
        if not self._is_up.wait(_PATIENCE) or self._failed is not None:
            raise RuntimeError("the relay does not listen") from self._failed

    def stop(self) -> None:
        """Close the port and all connections, and end the thread."""
        if self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._end.set)
            self._thread.join(_PATIENCE)
        self._socket.close()

    def _run(self) -> None:
        try:
            asyncio.run(self._serve())
        except BaseException as error:  # noqa: BLE001 - told to whoever has started the thread
            self._failed = error
            self._is_up.set()

    async def _serve(self) -> None:
        self._loop, self._end = asyncio.get_running_loop(), asyncio.Event()
        listener = Listener(Front(self._relay, clock=self._clock))
        await listener.start(self._socket)
        self._is_up.set()
        await self._end.wait()
        await listener.stop(0)
