"""Doors for tests: the core of the mock, or any function that answers, without a network."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from docpact.exchange import Act, Answer, Lack, Request
from docpact.live.door import Fetched

if TYPE_CHECKING:
    from collections.abc import Callable

_DONE = {
    Act.RESET: Lack.CUT,
    Act.CLOSE: Lack.CUT,
    Act.HANG_UP: Lack.CUT,
    Act.SILENCE: Lack.LATE,
    Act.DRIP: Lack.LATE,
    Act.GARBAGE: Lack.MALFORMED,
}


class Answers:
    """A door to a function; what it does to the connection comes out as a client would see it."""

    def __init__(self, answer: Callable[[Request], Answer | Lack], *, slow: float = 0.0) -> None:
        self._answer = answer
        self._slow = slow
        self.base = "http://127.0.0.1:8080"
        self.local = True
        self.asked: list[Request] = []
        self.under_way = 0
        self.most_under_way = 0

    async def fetch(self, request: Request, *, timeout: float, limit: int) -> Fetched:  # noqa: ASYNC109
        self.asked.append(request)
        self.under_way += 1
        self.most_under_way = max(self.most_under_way, self.under_way)
        try:
            await asyncio.sleep(min(self._slow, timeout))
            if self._slow > timeout:
                return Fetched(None, Lack.LATE, "not whole")
            return await self._fetched(self._answer(request), request, timeout, limit)
        finally:
            self.under_way -= 1

    async def _fetched(self, answer: Answer | Lack, request: Request, timeout: float, limit: int) -> Fetched:  # noqa: ASYNC109
        if isinstance(answer, Lack):
            if answer is Lack.LATE:
                await asyncio.sleep(timeout)
            return Fetched(None, answer, f"it is {answer}")
        if answer.act is not None:
            return await self._broken(answer, timeout)
        if len(answer.body) > limit:
            return Fetched(answer._replace(body=answer.body[:limit]), Lack.LARGE, "large")
        return _measured(answer, request)

    async def _broken(self, answer: Answer, timeout: float) -> Fetched:  # noqa: ASYNC109
        assert answer.act is not None
        lack = _DONE[answer.act]
        if lack is Lack.LATE:
            await asyncio.sleep(timeout)
        if answer.act in (Act.HANG_UP, Act.SILENCE, Act.GARBAGE):
            return Fetched(None, lack, f"it was {answer.act}")
        return Fetched(answer._replace(act=None, body=answer.body[: len(answer.body) // 2]), lack, f"it was {answer.act}")

    async def close(self) -> None:
        pass


def _measured(answer: Answer, request: Request) -> Fetched:
    said = answer.header("content-length")
    if said is None and request.method != "HEAD":
        return Fetched(answer)
    length = 0 if request.method == "HEAD" else int(said or 0)
    if length > len(answer.body):
        return Fetched(answer, Lack.CUT, "the connection was closed before the answer ended")
    return Fetched(answer._replace(body=answer.body[:length]), extra=len(answer.body) - length)
