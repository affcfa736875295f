"""Whether anything can be said of an endpoint: found out with three requests."""

from __future__ import annotations

import json
from http import HTTPStatus
from typing import TYPE_CHECKING, NamedTuple

from docpact.exchange import NO_CONNECTION, Exchange, Lack, Purpose
from docpact.live.probes import unlike
from docpact.live.sender import Try
from docpact.live.verdict import NotEstablished
from docpact.validate import answers

if TYPE_CHECKING:
    from docpact.live.session import Session

_REFUSED = frozenset({HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN})
_UNKNOWN = frozenset({HTTPStatus.BAD_REQUEST, HTTPStatus.NOT_FOUND, HTTPStatus.GONE})
_NOTHING = frozenset({HTTPStatus.OK, HTTPStatus.NO_CONTENT})
_MOST = 3
# A server that asks for a longer pause is not waited for before anything is known of it.
_LONGEST_WAIT = 10.0

_HINTS = {
    Lack.REFUSED: "start the endpoint, or look whether host and port are right",
    Lack.UNKNOWN_HOST: "look whether the name is spelled right, and whether this machine can look names up",
    Lack.UNREACHABLE: "look whether the host is up, and whether a firewall or a proxy stands between",
    Lack.TLS: "look at the certificate (its names, its date, who signed it), and whether the port speaks TLS at all",
}


class Asked(NamedTuple):
    """An exchange that was sent before it was known whether anything can be judged: as a poll of a task, or as what else."""

    exchange: Exchange
    task: str | None


class Establishing:
    """Ask until it is known whether there is something to judge; what was sent is judged only then."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._tasks = list(session.told)
        self._sent: list[Asked] = []
        self._most = _MOST if session.targets.is_safe else 1

    async def run(self) -> NotEstablished | None:
        """Return why nothing can be said, or None; then what was asked so far is judged already."""
        missing = await self._first()
        if missing is None:
            for exchange, task in self._sent:
                self._session.judging.take(exchange, self._session.told[task] if task is not None else None)
        return missing

    async def _first(self) -> NotEstablished | None:
        first = await self._poll(0)
        if first is None:
            return NotEstablished("the deadline came before the first answer", "give it longer (--deadline)")
        if first.lack in NO_CONNECTION:
            return NotEstablished(first.note, _HINTS[Lack(first.lack)])
        if _is_refusal(self._session, first):
            return await self._refused()
        if first.answer is not None and first.answer.status == HTTPStatus.TOO_MANY_REQUESTS:
            return await self._busy()
        if self._session.targets.has_id and _says_unknown(self._session, first):
            return await self._unknown(first)
        return None

    async def _poll(self, nth: int) -> Exchange | None:
        task = self._tasks[nth % len(self._tasks)]
        exchange = await self._session.sender.send(Try(self._session.targets.task(task), Purpose.TASK, task))
        if exchange is not None:
            self._sent.append(Asked(exchange, task))
        return exchange

    async def _refused(self) -> NotEstablished | None:
        """Find out whether the right token is refused by chance, for one task, or always."""
        for nth in range(1, self._most):
            exchange = await self._poll(nth)
            if exchange is None or not _is_refusal(self._session, exchange):
                return None
        answer = self._sent[-1].exchange.answer
        status = answer.status if answer is not None else "nothing"
        if not self._session.plan.token:
            return NotEstablished(f"a token is asked for (status {status}), and none was given", "hand one on: --token-env VAR")
        hint = "look whether it is the right one, for this endpoint, without a newline at its end, and not expired"
        if self._session.plan.scheme:
            hint += "; some servers know no bearer token (--token-header mj-api-secret)"
        return NotEstablished(f"the token is refused with status {status}, {self._most} times of {self._most}", hint)

    async def _busy(self) -> NotEstablished | None:
        """Find out whether the endpoint is asked too often for now, or always."""
        hint = "come back later, or ask for a higher limit; --rate asks less often"
        for nth in range(1, self._most):
            if self._session.sender.hold > min(_LONGEST_WAIT, self._session.sender.seconds_left):
                seconds = f"{self._session.sender.hold:,.0f} s"
                return NotEstablished(f"the endpoint answers 429, and asks to come back in {seconds}", hint)
            exchange = await self._poll(nth)
            if exchange is None or exchange.answer is None or exchange.answer.status != HTTPStatus.TOO_MANY_REQUESTS:
                return None
        return NotEstablished(f"the endpoint answers 429, {self._most} times of {self._most}", hint)

    async def _unknown(self, first: Exchange) -> NotEstablished | None:
        """Find out whether a task that seems not to be there is answered as an unknown id is."""
        unknown = await self._ask(Purpose.UNKNOWN_ID, unlike(self._tasks))
        if unknown is None or not _same(first, unknown):
            return None
        answer = first.answer
        if answer is not None and answer.status in _NOTHING and not answer.body.strip():
            bare = await self._ask(Purpose.NO_TOKEN, self._tasks[0])
            if bare is not None and not _is_refusal(self._session, bare):
                return None
        if len(self._tasks) > 1:
            other = await self._poll(1)
            if other is None or not _says_unknown(self._session, other):
                return None
        status = answer.status if answer is not None else "nothing"
        many = "these ids" if len(self._tasks) > 1 else f"the id {self._tasks[0]}"
        return NotEstablished(
            f"the endpoint knows no task with {many}: it answers as it does for an id that cannot exist (status {status})",
            "give it ids of tasks that it has made, and look whether the address is complete; tasks may have expired",
        )

    async def _ask(self, purpose: Purpose, task: str) -> Exchange | None:
        exchange = await self._session.sender.send(Try(self._session.targets.task(task), purpose, task))
        if exchange is not None:
            self._sent.append(Asked(exchange, None))
        return exchange


def _is_refusal(session: Session, exchange: Exchange) -> bool:
    answer = exchange.answer
    return answer is not None and answer.status in _REFUSED and not answers.is_task(session.contract, answer.body)


def _says_unknown(session: Session, exchange: Exchange) -> bool:
    """Tell an answer that may mean that there is no such task, in the way of any family."""
    answer = exchange.answer
    if answer is None or exchange.lack is not None or answers.is_task(session.contract, answer.body):
        return False
    if answer.status in _UNKNOWN:
        return True
    if answer.status not in _NOTHING:
        return False
    if not answer.body.strip():
        return True
    try:
        value = json.loads(answer.body)
    except (ValueError, RecursionError):
        return False
    return isinstance(value, dict) and bool(session.contract.envelope & value.keys())


def _same(one: Exchange, other: Exchange) -> bool:
    """Tell whether two answers say the same, but for the ids that they were asked for."""
    if one.answer is None or other.answer is None or one.answer.status != other.answer.status:
        return False
    return _words(one.answer.body, one.asked) == _words(other.answer.body, other.asked)


def _words(body: bytes, asked: str | None) -> bytes:
    """Leave out what differs from request to request: the id, numbers of requests, times."""
    return body.replace((asked or "").encode() or b"\0", b"").translate(None, b"0123456789abcdef")
