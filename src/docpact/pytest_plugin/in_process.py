"""The relay as a transport of httpx: no socket and no waiting, and a client that meets what it would meet on a wire."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol
from urllib.parse import urlsplit

import httpx
import pytest

from docpact.exchange import Act, Request

if TYPE_CHECKING:
    from collections import deque
    from collections.abc import AsyncIterator, Iterator

    from docpact.exchange import Answer
    from docpact.pytest_plugin.turned import Clock

_BODILESS = frozenset({204, 304})
_HALF = frozenset({Act.RESET, Act.CLOSE})


class Answering(Protocol):
    """What the transport asks of a relay (see `docpact.pytest_plugin.relay.MockRelay`)."""

    clock: Clock
    asked: deque[Any]

    @property
    def url(self) -> str:
        """Where it is."""
        ...

    def answer(self, request: Request) -> Answer:
        """Answer a request."""
        ...


class Transport(httpx.BaseTransport, httpx.AsyncBaseTransport):
    """Hand the requests of any `httpx.Client` or `httpx.AsyncClient` to a relay; time that passes is told to its clock.

    A request for another host than that of the relay fails as one without a network does. A client that would wait, or ask, for
    ever fails its test.
    """

    def __init__(self, relay: Answering) -> None:
        self._relay, self._clock = relay, relay.clock

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Answer a request of a client."""
        request.read()
        return self._response(request)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Answer a request of an asynchronous client."""
        await request.aread()
        return self._response(request)

    def _response(self, request: httpx.Request) -> httpx.Response:
        host, ours = request.url.netloc.decode(), urlsplit(self._relay.url).netloc
        if host != ours:
            raise httpx.ConnectError(f"the relay of this test is {ours}, and {host} is not reached", request=request)
        times = len(self._relay.asked)
        if times == self._relay.asked.maxlen:
            pytest.fail(f"the relay was asked {times:,} times, and the client does not give up")
        headers = tuple((name.decode("latin-1"), value.decode("latin-1")) for name, value in request.headers.raw)
        asked = Request(request.method, request.url.raw_path.decode("latin-1"), headers, request.content)
        answer = self._relay.answer(asked)
        limit = request.extensions.get("timeout", {}).get("read")
        if answer.act is Act.SILENCE:
            raise _too_late(request, limit, self._clock)
        if answer.act is Act.HANG_UP:
            raise httpx.RemoteProtocolError("Server disconnected without sending a response.", request=request)
        if answer.act is Act.GARBAGE:
            raise httpx.RemoteProtocolError("illegal status line", request=request)
        named = {name.lower() for name, _ in answer.headers}
        said = [(name.encode(), value.encode("utf-8")) for name, value in answer.headers]
        if not named & {"content-length", "transfer-encoding"} and (answer.body or answer.status not in _BODILESS):
            said.append((b"Content-Length", str(len(answer.body)).encode()))
        return httpx.Response(answer.status, headers=said, stream=_Body(request, answer, limit, self._clock))


class _Body(httpx.SyncByteStream, httpx.AsyncByteStream):
    """The body of an answer as it comes, as far as it comes."""

    def __init__(self, request: httpx.Request, answer: Answer, limit: float | None, clock: Clock) -> None:
        self._request, self._answer, self._limit, self._clock = request, answer, limit, clock

    def __iter__(self) -> Iterator[bytes]:
        if self._request.method == "HEAD" or self._answer.status in _BODILESS:
            return
        body, act = self._answer.body, self._answer.act
        if act is Act.DRIP:
            yield from self._dripping()
        elif act in _HALF:
            yield body[: len(body) // 2]
            kind = httpx.ReadError if act is Act.RESET else httpx.RemoteProtocolError
            raise kind("the relay breaks its answer off", request=self._request)
        else:
            length = self._answer.header("content-length")
            wanted = int(length) if length is not None and length.isascii() and length.isdigit() else len(body)
            yield body[:wanted]
            if wanted > len(body):
                told = f"peer closed connection without sending complete message body ({len(body)} of {wanted} bytes)"
                raise httpx.RemoteProtocolError(told, request=self._request)

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for part in self:
            yield part

    def _dripping(self) -> Iterator[bytes]:
        body = self._answer.body
        for at in range(len(body)):
            yield body[at : at + 1]
            if self._limit is not None and self._limit < 1:
                raise _too_late(self._request, self._limit, self._clock)
            self._clock.forward(1)


def _too_late(request: httpx.Request, limit: float | None, clock: Clock) -> httpx.ReadTimeout:
    if limit is None:
        pytest.fail(
            f"the relay is silent, and the client would wait for ever: {request.method} {request.url.path} has no timeout"
        )
    clock.forward(limit)
    return httpx.ReadTimeout(f"nothing came for {limit:g} seconds", request=request)
