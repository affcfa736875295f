"""What is tried besides polling as a client does: tokens, ids, methods, and many polls."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from docpact.exchange import Purpose, Request
    from docpact.live.session import Session


class Try(NamedTuple):
    """One request that a client would not send; `authorization` is the header as it is sent, None for what the purpose says."""

    request: Request
    purpose: Purpose
    asked: str | None = None
    authorization: str | None = None


def planned(session: Session) -> list[Try]:  # noqa: ARG001
    """List what will be tried, so that requests can be set aside for it."""
    return []


async def tried(session: Session, tries: list[Try]) -> None:
    """Try one after the other."""
    for one in tries:
        if await session.ask(*one) is None:
            return


async def repeated(session: Session) -> None:
    """Poll until a fault on one of twenty answers would have been met, with a probability of 95 %."""
