"""The server of the mock: requests parsed by httptools, answers written as bytes, so that a fault can break any of them."""

from __future__ import annotations

import asyncio
from collections import deque
from typing import TYPE_CHECKING

import httptools

from docpact.exchange import Answer, Request
from docpact.mock import acts
from docpact.mock.encoding import MOST_BODY, encoded
from docpact.mock.guard import is_loopback
from docpact.mock.hub import Asked

if TYPE_CHECKING:
    from docpact.mock.hub import Hub

_MOST_TARGET, _MOST_HEAD, _MOST_HEADERS = 16 * 1024, 64 * 1024, 100
# A client may send so many requests before it gets an answer; then it has to wait.
_MOST_AHEAD = 64
# Seconds: from the first byte of a request to its last, between two requests, for a client to take what was sent to it, and for
# it to stop sending after it was refused.
_SLOW, _IDLE, _STUCK, _LINGER = 20, 75, 60, 2
# And between two pieces of work for an answer that takes many.
_PAUSE = 0.01

_SAYS = {
    400: "this is no HTTP/1.1 request",
    408: "the request took too long",
    413: f"a body may be {MOST_BODY} bytes long",
    414: f"a target may be {_MOST_TARGET} bytes long",
    417: "the only expectation known is 100-continue",
    431: f"a request may have {_MOST_HEADERS} headers, of {_MOST_HEAD} bytes in all",
}


class Connection(asyncio.Protocol):
    """One connection: its requests are answered one after the other, in their order."""

    def __init__(self, hub: Hub) -> None:
        self._hub = hub
        self._front = hub.front
        self._encoder = hub.encoder
        self._known = hub.requests
        self._parser = httptools.HttpRequestParser(self)
        self._queue: deque[Asked | int] = deque()
        self._quiet = True  # between two requests, with nothing to do: what comes now is the beginning of a request
        self._begun = self._in_head = False
        self._busy: asyncio.TimerHandle | acts.Held | None = None
        self._stuck = self._paused = self._ended = self._last = False
        self._ticks = self._left = 0

    # What asyncio tells.

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin."""
        assert isinstance(transport, asyncio.Transport)  # noqa: S101 - the listener makes no other one
        self._transport = transport
        peer = transport.get_extra_info("peername")
        self._peer = peer[0] if peer else ""
        self._is_here = is_loopback(self._peer)
        self._hub.guests.add(self)

    def connection_lost(self, _: Exception | None) -> None:
        """End: nothing that was to come is sent any more."""
        self._stop()
        self._quiet, self._ended = False, True
        self._queue.clear()
        # Each holds the other one: neither would go until Python looks for rings.
        del self._parser
        self._hub.lost(self)

    def pause_writing(self) -> None:
        """Wait: the client does not take what was sent."""
        self._stuck, self._quiet, self._ticks = True, False, 0

    def resume_writing(self) -> None:
        """Go on."""
        self._stuck = False
        self._proceed()

    def eof_received(self) -> bool:
        """Answer what was asked, to a client that asks no more and still listens."""
        self._ended, self._quiet = True, False
        if self._queue or isinstance(self._busy, asyncio.TimerHandle):
            self._last = True
            return True
        return False

    def data_received(self, data: bytes) -> None:
        """Read requests. Bytes that were a whole request before, on any connection, are not taken apart again."""
        if self._quiet:
            asked = self._known.get(data)
            if asked is not None:
                self._ticks = 0
                if self._front.gate is None:
                    self._answer(asked)
                else:
                    self._queue.append(asked)
                    self._proceed()
                return
        elif self._ended:
            return
        self._read(data)

    def tick(self) -> None:
        """Count a second, and end a connection that takes too long."""
        self._ticks += 1
        if self._busy is not None:
            return
        left = self._transport.get_write_buffer_size()
        if left != self._left:
            self._left, self._ticks = left, 0
        if self._ticks <= (_STUCK if left else _LINGER if self._ended else _SLOW if self._begun else _IDLE):
            return
        if self._begun and not (self._ended or self._stuck or self._queue):
            self._refuse(408)
            self._proceed()
        elif left:
            self._transport.abort()
        else:
            self._transport.close()

    def wind_up(self) -> None:
        """End as soon as what was asked is answered; what is held back for ever is dropped."""
        self._last = True
        if isinstance(self._busy, acts.Held):
            self._transport.abort()
        elif self._busy is None and not self._queue:
            self._transport.close()

    def abort(self) -> None:
        """End at once."""
        self._transport.abort()

    # What httptools tells.

    def on_message_begin(self) -> None:
        """Begin a request."""
        self._begun = self._in_head = True
        self._ticks = 0
        self._target = b""
        self._headers: list[tuple[str, str]] = []
        self._body = bytearray()
        self._size = 0

    def on_url(self, url: bytes) -> None:
        """Take the target, or a part of it."""
        self._target += url
        if len(self._target) > _MOST_TARGET:
            self._refuse(414)

    def on_header(self, name: bytes, value: bytes) -> None:
        """Take a header; those that come after a body are left alone."""
        if self._in_head:
            self._headers.append((name.decode("latin-1"), value.decode("latin-1").strip(" \t")))
            self._size += len(name) + len(value)
            if len(self._headers) > _MOST_HEADERS or self._size > _MOST_HEAD:
                self._refuse(431)

    def on_headers_complete(self) -> None:
        """Look at the head before any of the body comes."""
        self._in_head = False
        version = self._parser.get_http_version()
        old = version == "1.0"
        names = [name.lower() for name, _ in self._headers]
        if version not in {"1.0", "1.1"} or names.count("host") > 1 or ("host" not in names and not old):
            self._refuse(400)
        said = next((value for name, value in self._headers if name.lower() == "content-length"), "0")
        if int(said) > MOST_BODY:
            self._refuse(413)
        if "expect" in names and not old and not self._ended:
            self._expected(next(value for name, value in self._headers if name.lower() == "expect"))

    def on_body(self, body: bytes) -> None:
        """Take a part of the body."""
        if self._ended:
            return
        self._body += body
        if len(self._body) > MOST_BODY:
            self._refuse(413)

    def on_message_complete(self) -> None:
        """Put the request into the queue."""
        self._begun = False
        if self._ended:
            return
        method = self._parser.get_method().decode("latin-1")
        request = Request(method, self._target.decode("latin-1"), tuple(self._headers), bytes(self._body))
        keep = self._parser.should_keep_alive()
        old = self._parser.get_http_version() == "1.0"
        control = self._front.control(request)
        plain = keep and not old and control is None and method != "HEAD"
        self._queue.append(Asked(request, control if self._is_here else None, keep, old, plain))
        self._ended = not keep

    # What is done.

    def _read(self, data: bytes) -> None:
        was_quiet, was_in_head = self._quiet, self._in_head
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserUpgrade:
            # Nobody here speaks anything else: the request is answered as it stands.
            self._ended = True
        except httptools.HttpParserCallbackError:
            raise
        except httptools.HttpParserError:
            self._refuse(400)
        if self._in_head and was_in_head:
            self._size += len(data)
            if self._size > _MOST_HEAD:
                self._refuse(431)
        if was_quiet and len(self._queue) == 1 and not (self._begun or self._ended):
            self._hub.remember(data, self._queue[0])
        self._proceed()

    def _expected(self, what: str) -> None:
        if what.lower() != "100-continue":
            self._refuse(417)
        elif not self._queue and self._busy is None and not self._stuck:
            self._transport.write(b"HTTP/1.1 100 Continue\r\n\r\n")

    def _refuse(self, status: int) -> None:
        """Answer that this is not taken, in its turn, and read no further."""
        if not self._ended:
            self._ended = True
            self._queue.append(status)

    def _proceed(self) -> None:
        while self._queue and self._busy is None and not self._stuck:
            asked = self._queue.popleft()
            if isinstance(asked, int):
                self._send_refusal(asked)
            elif asked.handler is not None and not self._front.is_ready(asked.request):
                # Others are answered meanwhile.
                self._queue.appendleft(asked)
                self._busy = self._hub.loop.call_later(_PAUSE, self._go_on)
            elif self._front.gate is None or asked.handler is not None:
                self._answer(asked)
            else:
                self._let_in(asked, self._front.gate.busy())
        ahead = len(self._queue) > _MOST_AHEAD or self._stuck
        if ahead != self._paused and not self._transport.is_closing():
            self._paused = ahead
            (self._transport.pause_reading if ahead else self._transport.resume_reading)()
        self._quiet = not (self._begun or self._ended or self._queue or self._stuck) and self._busy is None

    def _go_on(self) -> None:
        self._busy = None
        self._proceed()

    def _let_in(self, asked: Asked, busy: Answer | None) -> None:
        assert self._front.gate is not None  # noqa: S101 - the caller has looked
        if busy is not None:
            self._answer(asked._replace(handler=lambda _: busy, plain=False))
            return
        wait = self._front.gate.wait()
        if wait:
            self._busy = self._hub.loop.call_later(wait, self._late, asked)
        else:
            self._answer(asked)

    def _late(self, asked: Asked) -> None:
        self._busy = None
        self._answer(asked)
        self._proceed()

    def _answer(self, asked: Asked) -> None:
        front = self._front
        now = front.clock()
        if asked.handler is None:
            answer = front.relay.answer(asked.request)
            front.traffic.note(now, self._peer, asked.request, answer)
            if self._hub.submitted is not None and asked.request.method == "POST":
                self._hub.submitted()
        else:
            answer = asked.handler(asked.request)
        if asked.plain and not self._last:
            usual = self._encoder.usual(answer, now)
            if usual is not None:
                self._transport.write(usual)
                return
        self._send(asked, answer, now)

    def _send(self, asked: Asked, answer: Answer, now: float) -> None:
        is_last = self._last or not asked.keep
        said = "close" if is_last else "keep-alive" if asked.old else None
        parts = encoded(answer, self._encoder.date(now), connection=said, bare=asked.request.method == "HEAD")
        if answer.act is not None:
            self._quiet = False
            self._busy = acts.commit(answer.act, self._transport, parts, self._hub.loop)
            return
        self._transport.write(parts.head + parts.body)
        if parts.ends or is_last:
            self._queue.clear()
            self._ended, self._quiet = True, False
            self._transport.close()

    def _send_refusal(self, status: int) -> None:
        """Say why, and wait a moment for the client to hear it: a connection that is closed while data comes in is reset."""
        answer = Answer(status, (("Content-Type", "text/plain; charset=utf-8"),), f"docpact mock: {_SAYS[status]}\n".encode())
        self._front.traffic.note(self._front.clock(), self._peer, Request("-", "-"), answer)
        parts = encoded(answer, self._encoder.date(self._front.clock()), connection="close")
        self._transport.write(parts.head + parts.body)
        self._ticks = 0
        if self._last or not self._transport.can_write_eof():
            self._transport.close()
        else:
            self._transport.write_eof()

    def _stop(self) -> None:
        if self._busy is not None:
            self._busy.cancel()
            self._busy = None
