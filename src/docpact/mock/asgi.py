"""The relay as an ASGI app: for tests in one process, and for any server that speaks ASGI."""

from __future__ import annotations

import asyncio
from time import time
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from docpact.exchange import Act, Answer, Request
from docpact.mock.encoding import CHUNKS, MOST_BODY
from docpact.mock.front import Front
from docpact.mock.guard import is_loopback

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping, MutableMapping, Sequence

    from docpact.mock.control import Core
    from docpact.mock.limits import Limits

    Message = MutableMapping[str, Any]
    Receive = Callable[[], Awaitable[Message]]
    Send = Callable[[Message], Awaitable[None]]

_BREAKS_OFF = {
    Act.RESET: "the mock resets the connection midway",
    Act.CLOSE: "the mock closes the connection midway",
    Act.HANG_UP: "the mock closes the connection without a byte",
    Act.GARBAGE: "the mock answers with what is no HTTP",
}
_MIDWAY = frozenset({Act.RESET, Act.CLOSE})
_TOO_LONG = Answer(413, (("Content-Type", "text/plain; charset=utf-8"),), b"docpact mock: the body is too long\n")


class App:
    """An ASGI app that answers as a relay does, within limits; `secrets` are shown nowhere; `clock` is in seconds since 1970.

    Where an answer is no HTTP, or breaks off, the app raises `ConnectionResetError`, since ASGI has no other word for it.
    """

    def __init__(
        self,
        relay: Core,
        *,
        limits: Limits | None = None,
        secrets: Sequence[str] = (),
        about: Mapping[str, str] | None = None,
        clock: Callable[[], float] = time,
    ) -> None:
        self._front = Front(relay, limits=limits, secrets=secrets, about=about, clock=clock)

    async def __call__(self, scope: MutableMapping[str, Any], receive: Receive, send: Send) -> None:
        """Serve one connection of an ASGI server: a request, or its lifespan; a WebSocket is refused."""
        if scope["type"] == "lifespan":
            await _live(receive, send)
        elif scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1000})
        else:
            await self._serve(scope, receive, send)

    async def _serve(self, scope: MutableMapping[str, Any], receive: Receive, send: Send) -> None:
        body = await _body(receive)
        if body is None:
            return
        headers = tuple((name.decode("latin-1"), value.decode("latin-1")) for name, value in scope["headers"])
        request = Request(scope["method"], _target(scope), headers, body)
        is_bare = request.method == "HEAD"
        if len(body) > MOST_BODY:
            await _send(send, _TOO_LONG, is_bare=is_bare)
            return
        answer = await self._answer(request, (scope.get("client") or ("127.0.0.1",))[0])
        if answer.act is None:
            await _send(send, answer, is_bare=is_bare)
        else:
            await _commit(answer.act, answer, receive, send)

    async def _answer(self, request: Request, peer: str) -> Answer:
        front = self._front
        control = front.control(request)
        if control is not None and is_loopback(peer):
            while not front.is_ready(request):  # noqa: ASYNC110 - each look does some of the work
                await asyncio.sleep(0)
            return control(request)
        answer = None
        if front.gate is not None:
            answer = front.gate.busy()
            if answer is None:
                await asyncio.sleep(front.gate.wait())
        answer = answer or front.relay.answer(request)
        front.traffic.note(front.clock(), peer, request, answer)
        return answer


async def _live(receive: Receive, send: Send) -> None:
    while True:
        said = (await receive())["type"]
        await send({"type": f"{said}.complete"})
        if said == "lifespan.shutdown":
            return


async def _body(receive: Receive) -> bytes | None:
    """Read the body, and no further than it is too long; None where the client has gone."""
    body = b""
    while len(body) <= MOST_BODY:
        message = await receive()
        if message["type"] == "http.disconnect":
            return None
        body += message.get("body", b"")
        if not message.get("more_body", False):
            break
    return body


def _target(scope: MutableMapping[str, Any]) -> str:
    """Return the target as it was sent, or, where the server does not tell, as it may have been sent."""
    raw = scope.get("raw_path") or quote(scope["path"], safe="/:@!$&'()*+,;=~").encode()
    query = scope.get("query_string", b"")
    return str((raw.partition(b"?")[0] + (b"?" + query if query else b"")).decode("latin-1"))


async def _begin(send: Send, answer: Answer, *, is_bare: bool = False) -> None:
    headers = [(name.lower().encode("latin-1"), value.encode("utf-8")) for name, value in answer.headers]
    named = {name for name, _ in headers}
    if not named & {b"content-length", b"transfer-encoding"} and (answer.body or answer.status not in {204, 304}):
        headers.append((b"content-length", str(len(answer.body)).encode()))
    await send({"type": "http.response.start", "status": answer.status, "headers": headers})
    if is_bare:
        await send({"type": "http.response.body", "body": b""})


async def _send(send: Send, answer: Answer, *, is_bare: bool) -> None:
    await _begin(send, answer, is_bare=is_bare)
    if is_bare:
        return
    body = answer.body
    if answer.header("transfer-encoding") is not None:
        size = len(body) // CHUNKS + 1
        while len(body) > size:
            await send({"type": "http.response.body", "body": body[:size], "more_body": True})
            body = body[size:]
    await send({"type": "http.response.body", "body": body})


async def _commit(act: Act, answer: Answer, receive: Receive, send: Send) -> None:
    if act is Act.SILENCE:
        while (await receive())["type"] != "http.disconnect":
            pass
        return
    if act is Act.DRIP:
        await _begin(send, answer)
        for n in range(len(answer.body)):
            await send({"type": "http.response.body", "body": answer.body[n : n + 1], "more_body": True})
            await asyncio.sleep(1)
        await send({"type": "http.response.body", "body": b""})
        return
    if act in _MIDWAY:
        await _begin(send, answer)
        await send({"type": "http.response.body", "body": answer.body[: len(answer.body) // 2], "more_body": True})
    if act is Act.GARBAGE:
        # A status that is none is the nearest that ASGI has; most servers refuse it.
        await send({"type": "http.response.start", "status": 0, "headers": []})
    raise ConnectionResetError(_BREAKS_OFF[act])
