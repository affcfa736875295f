"""Hooks: what a relay has to tell of its tasks is posted where that was asked for, on this machine unless others are meant."""

from __future__ import annotations

import asyncio
from enum import StrEnum
from heapq import heappop, heappush
from typing import TYPE_CHECKING, NamedTuple, Protocol
from urllib.parse import urlsplit

from docpact.mock.guard import is_loopback
from docpact.redact import printable, without_secrets

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from docpact.mock.tasks import Live

# Seconds that a receiver may take; how many are told at once; and how long the line may be that it answers with.
_PATIENCE, _AT_ONCE, _LONGEST_LINE = 10, 32, 1024
_PORT = 80
_FORBIDDEN = frozenset("\r\n \t\x00")


class Notice(NamedTuple):
    """A task object that is to be posted to a URL, as application/json."""

    url: str
    body: bytes
    task: str


class Notices:
    """The notices that are still to come, in the order of their times."""

    def __init__(self) -> None:
        self._waiting: list[tuple[float, int, int, str, Live]] = []

    def follow(self, task: Live, url: str, pace: float) -> None:
        """Tell of each step of a task, from the first one on, which is shown at once."""
        heappush(self._waiting, ((task.born or 0) + pace, task.number, 1, url, task))
        task.pace = pace

    def due(self, now: float) -> list[Notice]:
        """Return what is to be posted by now; each notice is returned once."""
        told = []
        while self._waiting and self._waiting[0][0] <= now:
            at, number, step, url, task = heappop(self._waiting)
            if step <= task.last:
                told.append(Notice(url, task.answers[step].body, task.id))
                heappush(self._waiting, (at + (task.pace or 0), number, step + 1, url, task))
        return told

    def wakes(self) -> float | None:
        """Return when the next notice is due, or None where there is none."""
        return self._waiting[0][0] if self._waiting else None


class Hooks(StrEnum):
    """Where notices are posted to."""

    OFF = "off"
    HERE = "here"
    ANYWHERE = "anywhere"


class Telling(Protocol):
    """A relay with something to tell."""

    def due(self) -> Sequence[Notice]:
        """Return what is to be posted by now, each once."""
        ...

    def wakes(self) -> float | None:
        """Return when the next is due, by the clock of the relay, or None."""
        ...


class Poster:
    """Posts what is due, the notices of one task one after the other; a receiver that does not take one gets no other try."""

    def __init__(
        self, relay: Telling, clock: Callable[[], float], log: Callable[[float, str], None], *, anywhere: bool = False
    ) -> None:
        self._relay = relay
        self._clock = clock
        self._log = log
        self._anywhere = anywhere
        self._loop = asyncio.get_running_loop()
        self._timer: asyncio.TimerHandle | None = None
        self._last: dict[str, asyncio.Task[None]] = {}
        self._free = asyncio.Semaphore(_AT_ONCE)

    def plan(self) -> None:
        """Look when the next notice is due, and wake then."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        wakes = self._relay.wakes()
        if wakes is not None:
            self._timer = self._loop.call_later(max(0.0, wakes - self._clock()), self._post_due)

    def stop(self) -> None:
        """Post no more."""
        if self._timer is not None:
            self._timer.cancel()
        for task in self._last.values():
            task.cancel()

    def _post_due(self) -> None:
        for notice in self._relay.due():
            task = self._loop.create_task(self._tell(notice, self._last.get(notice.task)))
            self._last[notice.task] = task
            task.add_done_callback(lambda done, key=notice.task: self._forget(key, done))  # type: ignore[misc] # key is bound
        self.plan()

    def _forget(self, key: str, done: asyncio.Task[None]) -> None:
        if self._last.get(key) is done:
            del self._last[key]

    async def _tell(self, notice: Notice, before: asyncio.Task[None] | None) -> None:
        if before is not None:
            await asyncio.wait((before,))
        async with self._free:
            try:
                async with asyncio.timeout(_PATIENCE):
                    outcome = await self._post(notice)
            except (OSError, TimeoutError, UnicodeError) as error:
                outcome = f"not taken: {printable(str(error)) or 'it took too long'}"
        self._log(self._clock(), f"hook {printable(without_secrets(notice.url))[:300]} {outcome}")

    async def _post(self, notice: Notice) -> str:
        """Post a notice; return the status, or why there is none."""
        try:
            url = urlsplit(notice.url)
            host, port = url.hostname, url.port or _PORT
        except ValueError:
            host = None
        if host is None or url.scheme != "http" or _FORBIDDEN & set(notice.url) or not notice.url.isascii():
            return "not posted: it is no http URL"
        found = await self._loop.getaddrinfo(host, port, type=1)
        address = found[0][4][0]
        if not self._anywhere and not is_loopback(str(address)):
            return "not posted: it is not on this machine (--hooks anywhere lets it be)"
        reader, writer = await asyncio.open_connection(str(address), port)
        try:
            target = (url.path or "/") + (f"?{url.query}" if url.query else "")
            place = url.netloc.rpartition("@")[2]
            head = f"POST {target} HTTP/1.1\r\nHost: {place}\r\nContent-Type: application/json\r\n"
            writer.write(f"{head}Content-Length: {len(notice.body)}\r\nConnection: close\r\n\r\n".encode() + notice.body)
            await writer.drain()
            line = (await reader.readuntil(b"\n"))[:_LONGEST_LINE].split()
            return printable(line[1].decode("latin-1")) if len(line) > 1 else "what came back is no HTTP"
        except (asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            return "what came back is no HTTP"
        finally:
            writer.close()
