"""A host on the network as a door: HTTP/1.1, each request on a connection of its own, the bytes as they come."""

from __future__ import annotations

import asyncio
import socket
import ssl
from typing import TYPE_CHECKING

import h11

from docpact.exchange import Answer, Lack
from docpact.live.address import Consent, address_of, admit, is_loopback
from docpact.live.door import Fetched

if TYPE_CHECKING:
    from docpact.exchange import Request

_CHUNK = 1 << 16
_MOST_HEAD = 1 << 16
# How long is waited, after the end of an answer, for bytes that should not come, where the server does not close.
_GRACE = 0.05
_MOST_EXTRA = 1 << 20


class _NoConnectionError(Exception):
    """There is no connection, and why."""

    def __init__(self, lack: Lack, note: str) -> None:
        super().__init__(note)
        self.lack = lack
        self.note = note


class Host:
    """One host: looked up once, asked over connections that serve one request each.

    Raises `UsageError` where the address is none, and, at the first request, where a user must agree to it first.
    """

    def __init__(self, base: str, consent: Consent = Consent(), context: ssl.SSLContext | None = None) -> None:  # noqa: B008 - a value
        self._address = address_of(base)
        self._consent = consent
        self._context = context
        self._found: list[str] = []
        self._looking = asyncio.Lock()
        self.base = self._address.base
        self.local = False

    async def fetch(self, request: Request, *, timeout: float, limit: int) -> Fetched:  # noqa: ASYNC109 - of the whole answer, and kept apart from that of the connection
        """Send one request; wait `timeout` seconds for the end of the answer, and read `limit` bytes of its body at most."""
        reading = _Reading(request, self._address.prefix, self._address.authority, limit)
        transport: asyncio.WriteTransport | None = None
        connected = False
        try:
            async with asyncio.timeout(timeout):
                reader, writer = await self._connect()
                transport, connected = writer.transport, True
                writer.write(reading.sent)
                return await reading.read(reader)
        except TimeoutError:
            if not connected:
                return Fetched(None, Lack.UNREACHABLE, f"no connection to {self._address.authority} in {timeout:g} s")
            return reading.broken(Lack.LATE, f"not whole after {timeout:g} s")
        except _NoConnectionError as error:
            return Fetched(None, error.lack, error.note)
        except OSError as error:
            return reading.broken(Lack.CUT, f"the connection broke: {_said(error)}")
        finally:
            if transport is not None:
                transport.abort()

    async def close(self) -> None:
        """Let go of whatever the door holds: there is nothing, since each request has a connection of its own."""

    async def _connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        secure = self._secure() if self._address.scheme == "https" else None
        failed = _NoConnectionError(Lack.UNREACHABLE, f"{self._address.host} has no address")
        for ip in await self._addresses():
            try:
                return await asyncio.open_connection(
                    ip, self._address.port, ssl=secure, server_hostname=self._address.host if secure else None
                )
            except ConnectionRefusedError:
                failed = _NoConnectionError(Lack.REFUSED, f"nobody listens at {self._address.authority}")
            except ssl.SSLError as error:
                failed = _NoConnectionError(Lack.TLS, f"no secure connection to {self._address.authority}: {_said(error)}")
            except OSError as error:
                lack = Lack.TLS if secure and isinstance(error, ConnectionError) else Lack.UNREACHABLE
                failed = _NoConnectionError(lack, f"no connection to {self._address.authority}: {_said(error)}")
        raise failed

    async def _addresses(self) -> list[str]:
        async with self._looking:
            if not self._found:
                loop = asyncio.get_running_loop()
                try:
                    infos = await loop.getaddrinfo(self._address.host, self._address.port, type=socket.SOCK_STREAM)
                except (socket.gaierror, UnicodeError) as error:
                    note = f"no address is known for {self._address.host}: {_said(error)}"
                    raise _NoConnectionError(Lack.UNKNOWN_HOST, note) from None
                found = list(dict.fromkeys(str(info[4][0]) for info in infos))
                admit(self._address, found, self._consent)
                self.local = is_loopback(found)
                self._found = found
        return self._found

    def _secure(self) -> ssl.SSLContext:
        if self._context is None:
            self._context = ssl.create_default_context()
        return self._context


class _Reading:
    """One answer while it comes in."""

    def __init__(self, request: Request, prefix: str, authority: str, limit: int) -> None:
        self._limit = limit
        self._conn = h11.Connection(h11.CLIENT, max_incomplete_event_size=_MOST_HEAD)
        self._head: h11.Response | None = None
        self._body = bytearray()
        self._any = False
        self._ended = False
        headers = [("Host", authority), *request.headers, ("Connection", "close")]
        if request.body:
            headers.append(("Content-Length", str(len(request.body))))
        asked = h11.Request(method=request.method, target=prefix + request.target, headers=headers)
        sent = self._conn.send(asked) or b""
        if request.body:
            sent += self._conn.send(h11.Data(data=request.body)) or b""
        self.sent = sent + (self._conn.send(h11.EndOfMessage()) or b"")

    async def read(self, reader: asyncio.StreamReader) -> Fetched:
        """Read until the answer ends, or breaks off."""
        while True:
            try:
                event = self._conn.next_event()
            except h11.RemoteProtocolError as error:
                if not self._ended:
                    return self.broken(Lack.MALFORMED, f"no HTTP: {error}")
                how = "before the answer ended" if self._any else "without an answer"
                return self.broken(Lack.CUT, f"the connection was closed {how}")
            if event is h11.NEED_DATA:
                data = await reader.read(_CHUNK)
                self._any = self._any or bool(data)
                self._ended = not data
                self._conn.receive_data(data)
            elif isinstance(event, h11.Response):
                self._head = event
            elif isinstance(event, h11.Data):
                self._body += event.data
                if len(self._body) > self._limit:
                    return self.broken(Lack.LARGE, f"the body is larger than {self._limit:,} bytes")
            elif isinstance(event, h11.EndOfMessage):
                return Fetched(self._answer(), None, "", await self._extra(reader))
            elif isinstance(event, h11.ConnectionClosed):
                return self.broken(Lack.CUT, "the connection was closed without an answer")

    async def _extra(self, reader: asyncio.StreamReader) -> int:
        """Count what comes after the end, until the server closes, or has nothing more to say for a moment."""
        count = len(self._conn.trailing_data[0])
        try:
            while not self._ended and count < _MOST_EXTRA:
                async with asyncio.timeout(_GRACE):
                    more = await reader.read(_CHUNK)
                self._ended = not more
                count += len(more)
        except (TimeoutError, OSError):
            pass
        return count

    def broken(self, lack: Lack, note: str) -> Fetched:
        """Return the answer as far as it came, and what lacks."""
        if self._head is None:
            return Fetched(None, lack, note if not self._any else f"{note}; what came is no whole head")
        return Fetched(self._answer(), lack, f"{note}; {len(self._body):,} bytes of the body had come")

    def _answer(self) -> Answer | None:
        if self._head is None:
            return None
        headers = tuple((name.decode("latin-1"), value.decode("latin-1")) for name, value in self._head.headers.raw_items())
        return Answer(self._head.status_code, headers, bytes(self._body[: self._limit]))


def _said(error: OSError | UnicodeError) -> str:
    """Say in words what the system says of an error."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return error.verify_message
    text = getattr(error, "strerror", None) or getattr(error, "reason", None) or str(error)
    return str(text) or type(error).__name__
