"""A door: how a request gets to an endpoint, and what comes back, whole or not."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, Protocol

if TYPE_CHECKING:
    from docpact.exchange import Answer, Lack, Request


class Fetched(NamedTuple):
    """What came back: the answer as far as it came, what lacks, in words what happened, and how many bytes were too many."""

    answer: Answer | None = None
    lack: Lack | None = None
    note: str = ""
    extra: int = 0


class Door(Protocol):
    """Whoever brings requests to an endpoint, one at a time or several at once.

    `base` is the address that targets are relative to, as it is shown; `local` tells whether nothing leaves this machine, and
    is known once something was fetched.
    """

    base: str
    local: bool

    async def fetch(self, request: Request, *, timeout: float, limit: int) -> Fetched:  # noqa: ASYNC109 - of the whole answer
        """Send one request; wait `timeout` seconds for the end of the answer, and read `limit` bytes of its body at most."""
        ...

    async def close(self) -> None:
        """Let go of whatever the door holds."""
        ...
