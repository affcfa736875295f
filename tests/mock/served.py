"""A relay behind the server of the mock, on a port of this machine, and a client that says what it likes."""

from __future__ import annotations

import asyncio
import json
import socket
import threading
from typing import TYPE_CHECKING, Any, NamedTuple, Self

from docpact.errors import UsageError
from docpact.exchange import Answer, Request
from docpact.mock.front import Front
from docpact.mock.hooks import Hooks
from docpact.mock.listening import Listener, bound

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from types import TracebackType

    from docpact.mock import Known, Notice, Row

JSON = (("Content-Type", "application/json"),)


class Scripted:
    """A relay that answers by its script: a target to its answer; anything else with what was asked, as JSON."""

    def __init__(self, script: Mapping[str, Answer] | None = None) -> None:
        self.script = dict(script or {})
        self.asked: list[Request] = []
        self.on: dict[str, int] = {}

    def answer(self, request: Request) -> Answer:
        self.asked.append(request)
        known = self.script.get(request.target)
        if known is not None:
            return known
        return Answer(200, JSON, json.dumps([request.method, request.target, len(request.body)]).encode())

    def tasks(self) -> list[Known]:
        return []

    @property
    def faults(self) -> list[str]:
        return list(self.on)

    def committed(self) -> dict[str, int]:
        return self.on

    def known_faults(self) -> Iterator[Row | None]:
        return iter(())

    def due(self) -> list[Notice]:
        return []

    def wakes(self) -> float | None:
        return None

    def switch(self, fault: str, *, on: bool) -> None:
        if not fault.startswith("http-"):
            raise UsageError(f"there is no fault {fault!r}", hint="did you mean http-status?")
        if on:
            self.on[fault] = 0
        else:
            self.on.pop(fault)


class Heard(NamedTuple):
    """An answer as a client reads it: the head's first line, its headers by their lower-case names, and the body."""

    first: str
    headers: dict[str, str]
    body: bytes

    @property
    def status(self) -> int:
        return int(self.first.split()[1])

    @property
    def json(self) -> Any:
        return json.loads(self.body)


class Wire:
    """A connection to a server: bytes go out as they are given, and answers are read one by one."""

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=10)
        self._file = self.socket.makefile("rb")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        self._file.close()
        self.socket.close()

    def send(self, data: bytes) -> Self:
        self.socket.sendall(data)
        return self

    def get(self, target: str, *headers: str, method: str = "GET", body: bytes = b"", version: str = "1.1") -> Self:
        lines = [
            f"{method} {target} HTTP/{version}",
            *(headers if any(map(_is_host, headers)) else ("Host: 127.0.0.1", *headers)),
        ]
        lines += [f"Content-Length: {len(body)}"] if body else []
        return self.send("\r\n".join((*lines, "", "")).encode() + body)

    def hear(self, *, bare: bool = False) -> Heard:
        first, headers = self._file.readline().decode().rstrip("\r\n"), {}
        while line := self._file.readline().decode().rstrip("\r\n"):
            name, _, value = line.partition(": ")
            headers[name.lower()] = value
        if headers.get("transfer-encoding") == "chunked":
            return Heard(first, headers, b"".join(self._chunks()))
        return Heard(first, headers, b"" if bare else self._file.read(int(headers.get("content-length", 0))))

    def _chunks(self) -> Iterator[bytes]:
        while size := int(self._file.readline(), 16):
            yield self._file.read(size)
            self._file.readline()
        self._file.readline()

    def rest(self) -> bytes:
        """Return what comes until the connection ends; raises `ConnectionResetError` where it is reset."""
        return self._file.read()


def _is_host(line: str) -> bool:
    return line.lower().startswith("host:")


class Server:
    """A server in a thread of its own, until it is stopped."""

    def __init__(self, relay: Any, *, hooks: Hooks = Hooks.OFF, **settings: Any) -> None:
        self._hooks = hooks
        self.front = Front(relay, **settings)
        self._socket = bound("127.0.0.1", 0)
        self.port = int(self._socket.getsockname()[1])
        self._is_up = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._run()))
        self._thread.start()
        assert self._is_up.wait(10)

    async def _run(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._end = asyncio.Event()
        self.listener = Listener(self.front, self._hooks)
        await self.listener.start(self._socket)
        self._is_up.set()
        await self._end.wait()
        await self.listener.stop(self._grace)

    def begin_to_stop(self, grace: float = 5.0) -> None:
        self._grace = grace
        self._loop.call_soon_threadsafe(self._end.set)

    def join(self) -> None:
        self._thread.join(20)
        assert not self._thread.is_alive(), "the server does not end"

    def stop(self, grace: float = 5.0) -> None:
        if self._thread.is_alive():
            self.begin_to_stop(grace)
        self.join()

    def in_loop(self, do: Any) -> Any:
        """Do something in the loop of the server, and return what comes of it."""

        async def done() -> Any:
            return do()

        return asyncio.run_coroutine_threadsafe(done(), self._loop).result(10)

    def until(self, is_so: Any) -> None:
        """Wait until something is so, which the loop of the server looks after each of its turns."""

        async def waited() -> None:
            while not is_so():  # noqa: ASYNC110 - what is waited for sets no event
                await asyncio.sleep(0)

        asyncio.run_coroutine_threadsafe(waited(), self._loop).result(10)

    def pass_time(self, seconds: int) -> None:
        """Let every connection count so many seconds at once."""

        def count() -> None:
            for _ in range(seconds):
                for guest in list(self.listener.guests):
                    guest.tick()

        self.in_loop(count)

    def wire(self) -> Wire:
        return Wire(self.port)
