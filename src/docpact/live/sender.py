"""The only way out: what is sent is counted, slowed down, stopped in time, and kept without the token."""

from __future__ import annotations

import asyncio
import time
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import TYPE_CHECKING, NamedTuple

from docpact.exchange import Exchange, Lack, Purpose, Request
from docpact.live.secret import HIDDEN, Mask

if TYPE_CHECKING:
    from docpact.exchange import Answer
    from docpact.live.door import Door, Fetched
    from docpact.live.plan import Plan

# Requests a second beyond this machine, where the user says nothing else.
_ELSEWHERE = 4.0
# After so many requests in a row that brought no byte of an answer, and none that did, nobody answers.
_DEAF = 5
_FIRST_PAUSE = 1.0
_LONGEST_PAUSE = 8.0
_USUAL = (("Accept", "application/json"), ("Accept-Encoding", "gzip"), ("User-Agent", "docpact"))


class Try(NamedTuple):
    """One request, what it is sent for, and the id that it asks for.

    `authorization` is the header of the token as it is sent, None for what the purpose says; `shown` is what stands for it
    wherever the request is shown. `may_be`: there may be a task with this id after all, which then says so.
    """

    request: Request
    purpose: Purpose
    asked: str | None = None
    authorization: str | None = None
    shown: str | None = None
    may_be: bool = False


class Sender:
    """Send requests through one door, within the limits of a plan; times are those of the running loop, in seconds.

    `requests` counts what was sent; `stopped` says why no more is sent, once that is so; `exchanges` are kept without tokens.
    """

    def __init__(self, door: Door, plan: Plan) -> None:
        self._door = door
        self._plan = plan
        self._loop = asyncio.get_running_loop()
        self._began = self._loop.time()
        self._began_at = time.time() * 1000
        self._slots = asyncio.Semaphore(plan.in_flight)
        self._hold_until = self._began
        self._next = self._began
        self._pause = _FIRST_PAUSE
        self._deaf = 0
        self.mask = Mask([plan.token])
        self.ends = self._began + plan.deadline
        self.requests = 0
        self.stopped = ""
        self.exchanges: list[Exchange] = []

    def __repr__(self) -> str:
        """Say how much was sent, and no token."""
        return f"Sender(requests={self.requests})"

    @property
    def left(self) -> int:
        """How many requests may still be sent."""
        return max(self._plan.max_requests - self.requests, 0)

    @property
    def seconds_left(self) -> float:
        """How many seconds are left until the deadline."""
        return max(self.ends - self._loop.time(), 0.0)

    @property
    def hold(self) -> float:
        """How many seconds the server asks to wait."""
        return max(self._hold_until - self._loop.time(), 0.0)

    @property
    def seconds(self) -> float:
        """How many seconds the run has taken."""
        return self._loop.time() - self._began

    async def sleep(self, seconds: float) -> bool:
        """Wait, but not beyond the deadline; tell whether there is time left."""
        await asyncio.sleep(max(0.0, min(seconds, self.seconds_left)))
        return self.seconds_left > 0 and not self.stopped

    async def send(self, one: Try) -> Exchange | None:
        """Send one request; None where a limit is reached.

        What is returned has the answer as it came, and the request without the token.
        """
        async with self._slots:
            if not await self._my_turn():
                return None
            self.requests += 1
            at, sent = self._at(), self._loop.time()
            seconds = min(self._plan.timeout, self.seconds_left)
            given = self._authorization(one)
            bare = one.request._replace(headers=(*_USUAL, *self._plan.headers.items(), *one.request.headers))
            name = self._plan.token_header
            whole = bare._replace(headers=(*bare.headers, *(() if given is None else ((name, given),))))
            fetched = await self._door.fetch(whole, timeout=seconds, limit=self._plan.limit)
        took = self._loop.time() - sent
        if fetched.lack in (Lack.LATE, Lack.UNREACHABLE) and seconds < self._plan.timeout:
            self.stopped = self.stopped or "deadline"
            return None
        self._heed(fetched)
        if given is not None:
            bare = bare._replace(headers=(*bare.headers, (name, one.shown or (given and self._plan.scheme + HIDDEN))))
        exchange = Exchange(bare, one.purpose, *fetched[:3], at, took, fetched.extra, one.asked)
        self.exchanges.append(self.mask.exchange(exchange))
        return exchange

    def _authorization(self, one: Try) -> str | None:
        if one.authorization is None and one.purpose not in (Purpose.NO_TOKEN, Purpose.WRONG_TOKEN) and self._plan.token:
            return f"{self._plan.scheme}{self._plan.token}"
        return one.authorization

    def _at(self) -> float:
        return self._began_at + (self._loop.time() - self._began) * 1000

    async def _my_turn(self) -> bool:
        """Wait as long as the rate and the server ask for; tell whether a request may be sent then."""
        while not self._over():
            now = self._loop.time()
            wait = max(self._next, self._hold_until) - now
            if wait <= 0:
                self._next = now + self._gap()
                return True
            await asyncio.sleep(min(wait, self.seconds_left))
        return False

    def _over(self) -> bool:
        if not self.stopped:
            if self.requests >= self._plan.max_requests:
                self.stopped = "ceiling"
            elif self.seconds_left <= 0:
                self.stopped = "deadline"
            elif self._hold_until >= self.ends:
                self.stopped = "wait"
        return bool(self.stopped)

    def _gap(self) -> float:
        rate = self._plan.rate if self._plan.rate is not None else (None if self._door.local else _ELSEWHERE)
        return 0.0 if not rate else 1 / rate

    def _heed(self, fetched: Fetched) -> None:
        """Do as the answer asks: come later, or, where nobody answers, not at all."""
        answer = fetched.answer
        if answer is None:
            # What has answered once goes on being asked: that it does not now is what there is to find out.
            self._deaf += self._deaf >= 0
            if self._deaf >= _DEAF:
                self.stopped = self.stopped or "deaf"
            return
        self._deaf = -1
        if answer.status in (HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE):
            self._wait_for(answer)

    def _wait_for(self, answer: Answer) -> None:
        seconds = retry_after(answer.header("retry-after"), self._at())
        if seconds is None and answer.status == HTTPStatus.TOO_MANY_REQUESTS:
            seconds, self._pause = self._pause, min(self._pause * 2, _LONGEST_PAUSE)
        if seconds is not None:
            self._hold_until = max(self._hold_until, self._loop.time() + seconds)


def retry_after(said: str | None, at: float) -> float | None:
    """Read Retry-After as seconds to wait from `at` (milliseconds since 1970); None where it says neither."""
    text = (said or "").strip()
    if text.isascii() and text.isdigit():
        return float(text[:9])
    try:
        date = parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError):
        return None
    if date.tzinfo is None:
        date = date.replace(tzinfo=UTC)
    return max(0.0, (date - datetime.fromtimestamp(at / 1000, UTC)).total_seconds())
