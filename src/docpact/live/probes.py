"""What is tried besides polling as a client does: tokens, ids, methods, and many polls."""

from __future__ import annotations

import asyncio
import math
from itertools import cycle
from typing import TYPE_CHECKING
from urllib.parse import quote, unquote

from docpact.exchange import Purpose, Request
from docpact.live.plan import Probe
from docpact.live.sender import Try
from docpact.live.tokens import wrong

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from docpact.live.session import Session

# A fault on one of so many answers is met with this probability, or a higher one.
_ONE_OF = 20
_CERTAIN = 0.95
ENOUGH = math.ceil(math.log(1 - _CERTAIN) / math.log(1 - 1 / _ONE_OF))
# How many tasks are asked for without a token.
_MOST_BARE = 3
_AT_A_TIME = 3
# A shorter id might be one of a series, whose turned one exists.
_LEAST_ID = 12
_MOST_BLANK = 4
_TURNED = str.maketrans("0123456789abcdefABCDEF", "9876543210fedcbaFEDCBA")
_METHODS = ("HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE")
_ODD = (
    "", ".", "..", "%2e%2e", "..%2F..%2F..%2Fetc%2Fpasswd", "-1", "null", "%00", "%ff", "%zz", "*", "%25",
    quote("任务🎨"), "'", quote("1' OR '1'='1"), quote('"'), quote("1; DROP TABLE task"),
    quote("{{1337*7331}}"), quote("${1337*7331}"), quote("<script>alert(1)</script>", safe=""),
    quote('"><img src=x onerror=alert(1)>', safe=""), "%0d%0aX-Docpact:%201", "7" * 4096,
)  # fmt: skip


def planned(session: Session) -> list[Try]:
    """List what will be tried while tasks are polled, so that requests can be set aside for it."""
    chosen = session.plan.probes
    known = _known(session)
    tries: list[Try] = []
    if Probe.AUTH in chosen:
        tries += _tokens(session, known)
    if Probe.IDS in chosen:
        tries += _ids(session, known[0])
    return tries


def _known(session: Session) -> list[str]:
    """List the tasks that were seen, those first that each show another status, and of these the ends."""
    seen = [told for told in session.told.values() if told.status is not None]
    first: dict[str | None, str] = {}
    for told in sorted(seen, key=lambda told: not told.ended):
        first.setdefault(told.status, told.task)
    return list(dict.fromkeys((*first.values(), *(told.task for told in seen)))) or list(session.told)


def _tokens(session: Session, known: list[str]) -> Iterator[Try]:
    """Yield requests with no token, and with wrong ones; without a right one there is nothing to tell them from."""
    token = session.plan.token
    if not session.targets.secured:
        return
    if not token:
        session.notes.append("no token was given: whether the endpoint asks for one was not tried")
        return
    picked = known[:_MOST_BARE]
    for task in picked:
        yield Try(session.targets.task(task), Purpose.NO_TOKEN, task)
    first, *others = wrong(token, session.plan.token_name, session.plan.scheme)
    for one, task in [*((first, task) for task in picked), *zip(others, cycle(picked), strict=False)]:
        yield Try(session.targets.task(task), Purpose.WRONG_TOKEN, task, one.header, one.shown)


def _ids(session: Session, known: str) -> Iterator[Try]:
    """Yield requests for ids that no task has: of the usual form, and odd ones."""
    for task in dict.fromkeys((unlike(session.told), known[:-3] if len(known) > _LEAST_ID else "")):
        if task and task not in session.told:
            yield Try(session.targets.task(task), Purpose.UNKNOWN_ID, task)
    beside = known[:-1] + ("0" if known[-1:] != "0" else "1")
    if len(known) > _LEAST_ID and beside not in session.told:
        yield Try(session.targets.task(beside), Purpose.UNKNOWN_ID, beside, may_be=True)
    for written in (*_ODD, f"{quote(known, safe='')}%00"):
        yield Try(session.targets.raw(written), Purpose.ODD_ID, unquote(written))


def unlike(tasks: Collection[str]) -> str:
    """Return an id of the form of the first that no task has: digits turned into others; a short one is made long."""
    first = next(iter(tasks))
    turned = first.translate(_TURNED)
    while turned in tasks or turned == first or len(turned) < _LEAST_ID:
        turned += "7"
    return turned


async def tried(session: Session, tries: list[Try]) -> None:
    """Try one after the other, a few at a time; what comes without a token says what wrong tokens mean, and so comes first."""
    bare = [one for one in tries if one.purpose is Purpose.NO_TOKEN]
    for some in (bare, [one for one in tries if one.purpose is not Purpose.NO_TOKEN]):
        waiting = iter(some)
        async with asyncio.TaskGroup() as group:
            for _ in range(min(_AT_A_TIME, len(some))):
                group.create_task(_one_by_one(session, waiting))


async def _one_by_one(session: Session, tries: Iterator[Try]) -> None:
    for one in tries:
        if await session.ask(one) is None:
            return


def methods(session: Session) -> list[Try]:
    """List the methods that the page does not document; they may change a task, and so come last.

    DELETE is sent to an id that no task has: what it takes away does not come back. A relay that looks the id up first says of
    any method that there is no such task, so that the others go to a task that exists.
    """
    plan = session.plan
    if Probe.METHODS not in plan.probes:
        return []
    task = next(iter(session.told))
    head = session.targets.task(task)._replace(method="HEAD")
    found: list[Try] = []
    if plan.token and session.targets.secured:
        other = wrong(plan.token, plan.token_name, plan.scheme)[0]
        found = [
            Try(head, Purpose.NO_TOKEN, task),
            Try(head, Purpose.WRONG_TOKEN, task, other.header, other.shown),
        ]
    for method in _METHODS:
        asked = unlike(session.told) if method == "DELETE" else task
        request = session.targets.task(asked)
        if method != request.method:
            has_body = method in ("POST", "PUT", "PATCH")
            body, headers = (b"{}", (("Content-Type", "application/json"),)) if has_body else (b"", ())
            found.append(Try(Request(method, request.target, headers, body), Purpose.METHOD, asked))
    return found


async def repeated(session: Session, reserve: int) -> None:
    """Poll until a fault on one of twenty answers would have been met, with a probability of 95 %."""
    missing = ENOUGH - session.judging.polls
    many = max(min(missing, session.sender.left - reserve), 0)
    # What has brought no task for so long brings none now either.
    tasks = [told.task for told in session.told.values() if told.blank < _MOST_BLANK]
    per_task = [many // len(tasks) + (nth < many % len(tasks)) for nth in range(len(tasks))]

    async def again(task: str, times: int) -> None:
        for _ in range(times):
            if not await session.again(task, session.least_gap):
                return

    async with asyncio.TaskGroup() as group:
        for task, times in zip(tasks, per_task, strict=True):
            group.create_task(again(task, times))


def met(polls: int) -> str:
    """Say how surely a fault on one of twenty answers would have been met in so many polls."""
    met_with = 1 - (1 - 1 / _ONE_OF) ** polls
    return f"{polls} polls were judged: a fault on 1 of {_ONE_OF} answers would have shown with a probability of {met_with:.0%}"
