"""Polls: what was asked of a live relay, and what came, as the interactions of a cassette."""

from __future__ import annotations

import json
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from docpact.cassettes.recording import content, instant
from docpact.cassettes.tape import Interaction
from docpact.exchange import Purpose
from docpact.pointers import member

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from docpact.contract import Contract
    from docpact.exchange import Exchange, Headers

_PHRASES = {status.value: status.phrase for status in HTTPStatus}
# What says how an answer travelled, and is not true of its body any longer.
_OF_THE_WAY = frozenset({"transfer-encoding", "connection", "keep-alive"})


def polls(
    exchanges: Iterable[Exchange], contract: Contract, base: str, tasks: Sequence[str], *, to_the_end: bool, timed: bool = True
) -> Iterator[Interaction]:
    """Yield what `tasks` answered, one task after the other, each poll in its order.

    A task is kept until it first shows its end, which is as far as clients poll; or, unless `to_the_end`, its first poll.
    `base` is the address that was asked; `timed` tells whether the time stands beside each.
    """
    sent: dict[str, list[Exchange]] = {task: [] for task in tasks}
    for exchange in exchanges:
        if exchange.purpose is Purpose.TASK and exchange.answer is not None and exchange.lack is None:
            sent.setdefault(exchange.asked or "", []).append(exchange)
    for each in sent.values():
        for exchange in each:
            one = _interaction(exchange, base, timed=timed)
            yield one
            if not to_the_end or ends(one, contract):
                break


def elsewhere(one: Interaction, base: str, shown: str) -> Interaction:
    """Return an exchange as if it had been with a relay at another address, which its answer may name too."""
    body = content(one).replace(base.encode(), shown.encode())
    dropped = {"content-encoding", "content-length"}
    headers = {name: held for name, held in one.response["headers"].items() if name.lower() not in dropped}
    headers["Content-Length"] = [str(len(body))]
    return one._replace(uri=one.uri.replace(base, shown, 1), response={**one.response, "headers": headers, "body": body})


def ends(one: Interaction, contract: Contract) -> bool:
    """Tell whether an answer shows the end of its task."""
    if contract.lifecycle is None or "status" not in contract.roles:
        return False
    return contract.lifecycle.is_end(member(payload(one), contract.roles["status"]))


def payload(one: Interaction) -> Any:
    """Return what an answer holds, or None where that is no JSON."""
    try:
        return json.loads(content(one))
    except (ValueError, RecursionError):
        return None


def _interaction(exchange: Exchange, base: str, *, timed: bool) -> Interaction:
    request, answer = exchange.request, exchange.answer
    assert answer is not None  # noqa: S101 - whoever calls has looked
    status = {"code": answer.status, "message": _PHRASES.get(answer.status, "")}
    left_out = _OF_THE_WAY if timed else _OF_THE_WAY | {"date"}
    headers = {name: held for name, held in _listed(answer.headers).items() if name.lower() not in left_out}
    return Interaction(
        request.method,
        base + request.target,
        {"headers": _listed(request.headers), "body": request.body or None},
        {"status": status, "headers": headers, "body": answer.body},
        instant(exchange.at) if timed else "",
    )


def _listed(headers: Headers) -> dict[str, list[str]]:
    listed: dict[str, list[str]] = {}
    for name, value in headers:
        listed.setdefault(name, []).append(value)
    return listed
