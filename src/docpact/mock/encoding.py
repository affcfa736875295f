"""What an answer is as bytes: built once for an answer that is given again and again, since a request costs little else."""

from __future__ import annotations

from http import HTTPStatus
from time import gmtime, strftime
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

    from docpact.exchange import Answer

# So many answers are kept as bytes, and none that is longer.
_KEPT, _LONGEST = 512, 64 * 1024
# A body that is sent in chunks is sent in so many; and so long may the body of a request be.
CHUNKS = 3
MOST_BODY = 1024 * 1024
_BODILESS = 200
_WITHOUT_BODY = frozenset({204, 304})
_REASONS = {status.value: status.phrase for status in HTTPStatus}


class Encoded(NamedTuple):
    """An answer as bytes: head and body, and whether the connection must end after it.

    It must where the head is wrong about the length of the body: nobody could tell where the next answer begins.
    """

    head: bytes
    body: bytes
    ends: bool


class Encoder:
    """Turns answers into bytes, with the date of the moment."""

    __slots__ = ("_date", "_known", "_second")

    def __init__(self) -> None:
        # The answer itself is kept, so that no other one can come to have its identity.
        self._known: dict[int, tuple[Answer, bytes, bytes]] = {}
        self._second = -1
        self._date = b""

    def usual(self, answer: Answer, now: float) -> bytes | None:
        """Return the bytes of an answer that needs no care, where the connection stays open; None for another one."""
        known = self._known.get(id(answer))
        if known is None:
            known = self._keep(answer)
            if known is None:
                return None
        if now - self._second >= 1 or now < self._second:
            self._tick(now)
        return known[1] + self._date + known[2]

    def _keep(self, answer: Answer) -> tuple[Answer, bytes, bytes] | None:
        if answer.act is not None or len(answer.body) > _LONGEST or answer.header("date") is not None:
            return None
        head, body, ends = encoded(answer, b"")
        if ends:
            return None
        if len(self._known) >= _KEPT:
            self._known.clear()
        first, _, rest = head.partition(b"\r\n")
        known = self._known[id(answer)] = (answer, first + b"\r\n", rest + body)
        return known

    def date(self, now: float) -> bytes:
        """Return the line of the head that says when it was sent."""
        if now - self._second >= 1 or now < self._second:
            self._tick(now)
        return self._date

    def _tick(self, now: float) -> None:
        self._second = int(now)
        self._date = strftime("Date: %a, %d %b %Y %H:%M:%S GMT\r\n", gmtime(self._second)).encode()


def encoded(answer: Answer, date: bytes, *, connection: str | None = None, bare: bool = False) -> Encoded:
    """Return the bytes of an answer; `bare`: to HEAD, without its body; `connection` is what the head says of it."""
    names = [name.lower() for name, _ in answer.headers]
    lines = [f"{name}: {value}\r\n" for name, value in answer.headers]
    body, ends = answer.body, False
    if "transfer-encoding" in names:
        body = b"".join(_chunks(body))
    elif "content-length" in names:
        lengths = {value for name, value in answer.headers if name.lower() == "content-length"}
        ends = lengths != {str(len(body))}
    elif answer.status >= _BODILESS and (body or answer.status not in _WITHOUT_BODY):
        lines.append(f"Content-Length: {len(body)}\r\n")
    if connection is not None and "connection" not in names:
        lines.append(f"Connection: {connection}\r\n")
    first = f"HTTP/1.1 {answer.status} {_REASONS.get(answer.status, 'Unknown')}\r\n".encode()
    head = b"".join((first, b"" if "date" in names else date, _plain("".join(lines)), b"\r\n"))
    return Encoded(head, b"" if bare else body, ends and not bare)


def _chunks(body: bytes) -> Iterator[bytes]:
    size = len(body) // CHUNKS + 1
    for start in range(0, len(body), size):
        part = body[start : start + size]
        yield b"%x\r\n%b\r\n" % (len(part), part)
    yield b"0\r\n\r\n"


def _plain(text: str) -> bytes:
    """Encode the lines of a head: as Latin-1, as HTTP has it, and what that lacks as UTF-8, as servers send it."""
    try:
        return text.encode("latin-1")
    except UnicodeEncodeError:
        return text.encode("utf-8", "surrogateescape")
