"""An ASGI app as a door: no port, no socket, the same answers."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote_to_bytes

from docpact.exchange import Answer, Lack
from docpact.live.door import Fetched

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, MutableMapping

    from docpact.exchange import Request

    Message = MutableMapping[str, Any]
    App = Callable[[Message, Callable[[], Awaitable[Message]], Callable[[Message], Awaitable[None]]], Awaitable[None]]

_HOST = "app.test"
_BODILESS = frozenset({204, 304})


class InProcess:
    """An app in this process, asked as a server would ask it."""

    def __init__(self, app: App) -> None:
        self._app = app
        self.base = f"http://{_HOST}"
        self.local = True

    async def fetch(self, request: Request, *, timeout: float, limit: int) -> Fetched:  # noqa: ASYNC109 - of the whole answer
        """Call the app with one request; an app that ends, or fails, before its answer does is a connection that was cut."""
        call = _Call(request, limit)
        try:
            async with asyncio.timeout(timeout):
                await self._app(call.scope, call.receive, call.send)
        except TimeoutError:
            return call.broken(Lack.LATE, f"not whole after {timeout:g} s")
        except _EnoughError:
            return call.broken(Lack.LARGE, f"the body is larger than {limit:,} bytes")
        except _NoMessageError as error:
            return call.broken(Lack.MALFORMED, str(error))
        except Exception as error:  # noqa: BLE001 - whatever an app raises cuts its answer off, and is no fault of ours
            if not call.ended:
                return call.broken(Lack.CUT, f"the app failed with {type(error).__name__}")
        if not call.ended:
            return call.broken(Lack.CUT, "the app ended before its answer did")
        return call.whole()

    async def close(self) -> None:
        """Let go of whatever the door holds: nothing."""


class _EnoughError(Exception):
    """The body is larger than the limit."""


class _NoMessageError(Exception):
    """The app sent what cannot be written as HTTP."""


class _Call:
    """One request to an app, and its answer while it comes in."""

    def __init__(self, request: Request, limit: int) -> None:
        self._limit = limit
        self._method = request.method
        self._body = request.body
        self._asked = False
        self._head: tuple[int, tuple[tuple[str, str], ...]] | None = None
        self._came = bytearray()
        self.ended = False
        path, _, query = request.target.partition("?")
        headers = [("host", _HOST), *((name.lower(), value) for name, value in request.headers)]
        if request.body:
            headers.append(("content-length", str(len(request.body))))
        self.scope: Message = {
            "type": "http",
            "asgi": {"version": "3.0", "spec_version": "2.3"},
            "http_version": "1.1",
            "method": request.method,
            "scheme": "http",
            "path": unquote_to_bytes(path).decode("utf-8", "replace"),
            "raw_path": path.encode("latin-1"),
            "query_string": query.encode("latin-1"),
            "root_path": "",
            "headers": [(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers],
            "client": ("127.0.0.1", 1),
            "server": (_HOST, 80),
        }

    async def receive(self) -> Message:
        """Hand the body over, once; a client that has sent it waits, and does not go."""
        if self._asked:
            await asyncio.get_running_loop().create_future()
        self._asked = True
        return {"type": "http.request", "body": self._body, "more_body": False}

    async def send(self, message: Message) -> None:
        """Take a part of the answer."""
        kind = message.get("type")
        if kind == "http.response.start" and self._head is None:
            self._head = (_status(message.get("status")), tuple(map(_header, message.get("headers", ()))))
        elif kind == "http.response.body" and self._head is not None:
            if self.ended:
                raise _NoMessageError("the app sent more after the end of its answer")
            self._came += message.get("body", b"")
            if len(self._came) > self._limit:
                raise _EnoughError
            self.ended = not message.get("more_body", False)
        else:
            raise _NoMessageError(f"the app sent {kind!r} out of turn")

    def whole(self) -> Fetched:
        """Return the answer as a client on a wire would see it: by its content-length, where it says one."""
        answer = self._answer()
        said = answer.header("content-length") if answer is not None else None
        bodiless = answer is not None and (self._method == "HEAD" or answer.status in _BODILESS)
        if answer is None or not (bodiless or (said is not None and said.isascii() and said.isdigit())):
            return Fetched(answer)
        length = 0 if bodiless else int(said or 0)
        if len(answer.body) < length:
            note = f"the connection was closed before the answer ended; {len(answer.body):,} bytes of the body had come"
            return Fetched(answer, Lack.CUT, note)
        return Fetched(answer._replace(body=answer.body[:length]), extra=len(answer.body) - length)

    def broken(self, lack: Lack, note: str) -> Fetched:
        """Return the answer as far as it came, and what lacks."""
        return Fetched(self._answer(), lack, note)

    def _answer(self) -> Answer | None:
        return None if self._head is None else Answer(*self._head, bytes(self._came[: self._limit]))


def _status(status: object) -> int:
    if isinstance(status, int) and 100 <= status <= 999:  # noqa: PLR2004 - three digits, as HTTP has them
        return int(status)
    raise _NoMessageError(f"the app sent no status: {status!r}")


def _header(pair: tuple[bytes, bytes]) -> tuple[str, str]:
    name, value = pair
    return bytes(name).decode("latin-1"), bytes(value).decode("latin-1")
