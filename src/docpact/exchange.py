"""An exchange: one request, and its answer as it stood on the wire, or what is missing of it."""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple

Headers = tuple[tuple[str, str], ...]


class Request(NamedTuple):
    """One request: method, target (path and query as they are sent), headers in their order, and body."""

    method: str
    target: str
    headers: Headers = ()
    body: bytes = b""

    def header(self, name: str) -> str | None:
        """Return the first header of this name, in any case of letters, or None."""
        return header(self.headers, name)


class Act(StrEnum):
    """How a server breaks HTTP itself, where the bytes of an answer cannot say it."""

    RESET = "reset"
    """Head and half of the body are sent, then the connection is reset."""
    CLOSE = "close"
    """Head and half of the body are sent, then the connection is closed."""
    HANG_UP = "hang-up"
    """The connection is closed without a byte."""
    SILENCE = "silence"
    """Nothing is sent, and the connection stays open."""
    DRIP = "drip"
    """The body comes a byte a second."""
    GARBAGE = "garbage"
    """What is sent is no HTTP."""


class Answer(NamedTuple):
    """One answer: status, headers in their order, the body as it was sent (packed, where its headers say so).

    An answer without `content-length` is sent with the right one; one that has it is sent as it is. `act` breaks it further.
    """

    status: int
    headers: Headers = ()
    body: bytes = b""
    act: Act | None = None

    def header(self, name: str) -> str | None:
        """Return the first header of this name, in any case of letters, or None."""
        return header(self.headers, name)


class Lack(StrEnum):
    """Why an answer is not there, or not whole."""

    REFUSED = "refused"
    """Nobody listens at the port."""
    UNKNOWN_HOST = "unknown-host"
    """The name of the host stands for no address."""
    UNREACHABLE = "unreachable"
    """No connection in time, or no way to the host."""
    TLS = "tls"
    """The connection is not secure: certificate, name or protocol."""
    CUT = "cut"
    """The connection ended before the answer did."""
    LATE = "late"
    """The answer did not come, or end, in time."""
    MALFORMED = "malformed"
    """What came is no HTTP."""
    LARGE = "large"
    """The body is larger than the limit; it was not read further."""


NO_CONNECTION = frozenset({Lack.REFUSED, Lack.UNKNOWN_HOST, Lack.UNREACHABLE, Lack.TLS})


class Purpose(StrEnum):
    """What a request was sent for, which says what its answer may be."""

    TASK = "task"
    """A task that exists, asked for with the right token."""
    NO_TOKEN = "no-token"  # noqa: S105 - no secret, but the lack of one
    """A task that exists, asked for without a token."""
    WRONG_TOKEN = "wrong-token"  # noqa: S105 - the name of a purpose
    """A task that exists, asked for with a token that is not the right one."""
    UNKNOWN_ID = "unknown-id"
    """An id of the usual form that no task has."""
    ODD_ID = "odd-id"
    """An id that no relay would give."""
    METHOD = "method"
    """A method that is not the documented one."""


class Exchange(NamedTuple):
    """A request, the answer as far as it came, and what lacks.

    `at` is when the request was sent, in milliseconds since 1970; `seconds` until the end. `extra` counts bytes that came after
    the end of the answer. `note` says in words what happened to the connection. `asked` is the id that was asked for.
    """

    request: Request
    purpose: Purpose
    answer: Answer | None = None
    lack: Lack | None = None
    note: str = ""
    at: float = 0
    seconds: float = 0
    extra: int = 0
    asked: str | None = None


def header(headers: Headers, name: str) -> str | None:
    """Return the first header of a name, in any case of letters, or None."""
    lower = name.lower()
    return next((value for key, value in headers if key.lower() == lower), None)
