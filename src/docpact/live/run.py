"""One run: establish, poll, probe, and say what was found."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, NamedTuple

from docpact.live import follow, probes
from docpact.live.establish import Establishing
from docpact.live.fitting import fitting, left_out
from docpact.live.plan import Probe
from docpact.live.session import Session
from docpact.live.targets import fitted
from docpact.live.verdict import NotEstablished, Verdict

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from docpact.contract import Contract
    from docpact.live.door import Door
    from docpact.live.plan import Plan
    from docpact.tally import Tally

# A task that is judged as it stands is polled so many times.
_POLLS = 4
_LEAST_POLLS = 2
_MANY = 4
_STOPPED = {
    "ceiling": "the run stopped at its {most} requests: what was left was not tried (--max-requests)",
    "deadline": "the run stopped at its deadline of {deadline:g} s: what was left was not tried (--deadline)",
    "wait": "the endpoint asked to come back after the deadline of {deadline:g} s: what was left was not tried (--deadline)",
    "deaf": "the run stopped because no request was answered",
}


class Extra(NamedTuple):
    """Something else that asks within a run: how many requests it wants, what asks, and what its requests are called.

    What asks is handed how many requests there is room for.
    """

    requests: int
    ask: Callable[[Session, int], Awaitable[None]]
    what: str = "requests of others"


async def run(contract: Contract, plan: Plan, door: Door, more: Sequence[Extra] = (), tally: Tally | None = None) -> Verdict:
    """Ask an endpoint through a door, within the limits of a plan, and judge it by a contract.

    `tally` knows what is waived, or known already. A run that is cancelled returns what was found so far. Raises `UsageError`
    where no task is named, or where a user must agree to the address first.
    """
    session = Session(contract, fitted(plan, contract), door, tally)
    missing: NotEstablished | None = None
    interrupted = False
    try:
        missing = await Establishing(session).run()
        if missing is None:
            async with asyncio.TaskGroup() as group:
                for extra in more:
                    if not extra.requests:
                        group.create_task(_asked(extra, session, 0))
                await _looked(session)
                if session.targets.is_safe:
                    await _tried(session, [extra for extra in more if extra.requests])
            missing = _unsettled(session)
    except asyncio.CancelledError:
        interrupted = True
        current = asyncio.current_task()
        if current is not None:
            current.uncancel()
    finally:
        await door.close()
    return _verdict(session, missing, interrupted=interrupted)


async def _tried(session: Session, more: Sequence[Extra]) -> None:
    plan = session.plan
    tries, last = probes.planned(session), probes.methods(session)
    wanted = len(tries) + len(last) + sum(extra.requests for extra in more)
    polls, purse, kept = _shares(session, wanted)
    # What is tried takes a moment, and polls take a while: it may not take what they need.
    room = max(session.sender.left - kept, 0)
    fits = fitting([*tries, *last], room)
    spared = [one for one, fit in zip([*tries, *last], fits, strict=True) if not fit]
    tries, last = [one for one in tries if one not in spared], [one for one in last if one not in spared]
    room -= sum(fits)
    # Whoever proposes requests proposes fewer, where there is no room for all.
    shares: list[int] = []
    for extra in more:
        shares.append(min(extra.requests, room - sum(shares)))
    note = left_out(spared, {extra.what: extra.requests - share for extra, share in zip(more, shares, strict=True)})
    session.notes += [note] if note else []
    async with asyncio.TaskGroup() as beside:
        # Nothing waits for what asks beside the polls, but for methods: they may change a task.
        asking = [
            (share, beside.create_task(_asked(extra, session, share)))
            for extra, share in zip(more, shares, strict=True)
            if share
        ]
        async with asyncio.TaskGroup() as group:
            for task in plan.follows:
                group.create_task(follow.follow(session, task, purse))
            for task in plan.tasks:
                group.create_task(follow.stand(session, task, polls))
            group.create_task(probes.tried(session, tries))
        if Probe.REPEAT in plan.probes:
            kept = sum(share for share, work in asking if not work.done())
            await probes.repeated(session, len(last) + kept)
    await probes.tried(session, last)


async def _looked(session: Session) -> None:
    """Poll each task once before anything else: what they show says which of them are tried with other tokens."""
    async with asyncio.TaskGroup() as group:
        for told in session.told.values():
            if not told.polls:
                group.create_task(session.poll(told.task))


async def _asked(extra: Extra, session: Session, room: int) -> None:
    await extra.ask(session, room)


def _shares(session: Session, reserve: int) -> tuple[int, follow.Purse, int]:
    """Say how many polls each task gets that is judged as it stands, and those that are followed together; and all of them."""
    plan = session.plan
    tasks, follows = len(plan.tasks), len(plan.follows)
    # Who names many tasks wants them followed more than anything else.
    many = follows > _MANY
    left = max(session.sender.left - reserve, session.sender.left * 4 // 5 if many else session.sender.left // 2)
    beyond = 2 if many else len(follow.BEYOND) + 1
    # What is followed comes first: seen too seldom it says nothing, and what stands has been seen once already.
    polls = max(min(_POLLS - 1, (left - (follow.ENOUGH + beyond) * follows) // max(tasks, 1)), 0)
    purse = follow.Purse(max(left - polls * tasks - beyond * follows, _LEAST_POLLS * follows), follows)
    return polls, purse, polls * tasks + purse.polls + beyond * follows


def _unsettled(session: Session) -> NotEstablished | None:
    """Say why nothing can be said of an endpoint in which nothing wrong was seen: the run saw too little of it."""
    if session.sender.stopped == "wait":
        return NotEstablished(_stopped(session), "come back later, or give it longer; --rate asks less often")
    if not session.unsettled:
        return None
    told = min(session.unsettled, key=lambda told: told.polls)
    others = f", nor did {len(session.unsettled) - 1} others" if len(session.unsettled) > 1 else ""
    times = f"{told.polls} poll{'' if told.polls == 1 else 's'} in {session.sender.seconds:,.0f} s"
    return NotEstablished(
        f"the task {told.task} did not come to its end in {times}{others}: too few to say that it never does",
        "follow fewer tasks (--follow), send more (--max-requests), or give it longer (--deadline)",
    )


def _stopped(session: Session) -> str:
    sender, plan = session.sender, session.plan
    return _STOPPED[sender.stopped].format(most=plan.max_requests, deadline=plan.deadline)


def _verdict(session: Session, missing: NotEstablished | None, *, interrupted: bool) -> Verdict:
    sender = session.sender
    notes = list(session.notes)
    if session.judging.polls:
        notes.append(probes.met(session.judging.polls))
    if sender.stopped and (missing is None or (session.judging.polls and sender.stopped != "wait")):
        notes.append(_stopped(session))
    return Verdict(
        session.tally, tuple(session.judging.findings), missing, session.watch.sights(),
        sender.requests, sender.seconds, tuple(sender.exchanges), tuple(notes), interrupted,
    )  # fmt: skip
