"""One run while it goes on: who asks, who judges, and what is known of each task."""

from __future__ import annotations

from typing import TYPE_CHECKING

from docpact.exchange import Purpose
from docpact.live.judging import Judging, Told
from docpact.live.saw import Watch
from docpact.live.sender import Sender, Try
from docpact.live.targets import Targets
from docpact.pointers import changed, member
from docpact.tally import Tally
from docpact.validate.text import Reader

if TYPE_CHECKING:
    from docpact.contract import Contract
    from docpact.exchange import Exchange
    from docpact.live.door import Door
    from docpact.live.plan import Plan

# Seconds between two polls of a task, at least: on this machine, and elsewhere.
_LEAST_GAP = 0.25
_LEAST_GAP_ELSEWHERE = 1.0


class Session:
    """What the parts of a run share; `ask` is how anything is asked and judged at once."""

    def __init__(self, contract: Contract, plan: Plan, door: Door, tally: Tally | None = None) -> None:
        self.contract = contract
        self.plan = plan
        self.door = door
        self.tally = Tally(sources=1) if tally is None else tally
        self.watch = Watch(contract, contract.profile(plan.profile))
        self.sender = Sender(door, plan)
        self.judging = Judging(contract, plan, door, self.tally, self.watch)
        self.targets = Targets(contract, plan.body)
        self.told = {task: Told(task) for task in (*plan.tasks, *plan.follows)}
        self.notes: list[str] = []
        # Followed tasks of which can be said neither that they end, nor that they do not.
        self.unsettled: list[Told] = []

    def __repr__(self) -> str:
        """Say no token."""
        return "Session(…)"

    @property
    def least_gap(self) -> float:
        """Seconds between two polls of a task, at least."""
        return _LEAST_GAP if self.door.local else _LEAST_GAP_ELSEWHERE

    async def ask(self, one: Try) -> Exchange | None:
        """Send one request within the limits, and judge what comes; None where a limit is reached.

        Where a task with the id may be, an answer that holds this very task is not judged.
        """
        exchange = await self.sender.send(one)
        if exchange is not None and not (one.may_be and self._is(exchange)):
            given = one.authorization
            presented = given.partition(" ")[2] if given is not None and self.plan.scheme else given
            self.judging.take(exchange, presented=presented)
        return exchange

    def _is(self, exchange: Exchange) -> bool:
        """Tell whether an answer holds the task that was asked for, and not one that we know under another id."""
        answer, pointer = exchange.answer, self.contract.roles.get("id", "/id")
        payload = Reader().read(answer.body).value if answer is not None else None
        if member(payload, pointer) != exchange.asked:
            return False
        known = (told.shown for told in self.told.values() if isinstance(told.shown, dict))
        return all(changed(shown, pointer, exchange.asked) != payload for shown in known)

    async def again(self, task: str, gap: float) -> bool:
        """Poll a task after a gap, the first time at once; tell whether no limit was reached."""
        if self.told[task].polls and not await self.sender.sleep(gap):
            return False
        return await self.poll(task) is not None

    async def poll(self, task: str) -> Exchange | None:
        """Poll a task once, and judge the answer as the next of its story; None where a limit is reached."""
        exchange = await self.sender.send(Try(self.targets.task(task), Purpose.TASK, task))
        if exchange is not None:
            self.judging.take(exchange, self.told[task])
        return exchange
