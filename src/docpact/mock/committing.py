"""Committing: the faults that are on, and which of them an answer commits, by turns where several could."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from docpact.exchange import Answer, Purpose
from docpact.generate import faults_text
from docpact.generate.faults_http import VARIANTS, Scene
from docpact.mock.breaking import is_of_lives
from docpact.pointers import changed, member

if TYPE_CHECKING:
    from collections.abc import Callable

    from docpact.mock.breaking import Breaker, Broken
    from docpact.mock.options import FaultOption
    from docpact.mock.tasks import Live, Served, Settings, Tasks

T = TypeVar("T")

# Plans are made once for a task, and for no more tasks than this.
_MOST_PLANS = 2_000
# More tasks than a relay remembers.
_MOST_TOLD = 20_000


class On:
    """A fault that is on: how often it could have been committed, and how often it was; `is_body`: it breaks a body."""

    def __init__(self, text: str, option: FaultOption, *, is_body: bool) -> None:
        self.text = text
        self.option = option
        self.is_body = is_body
        self.is_of_lives = is_of_lives(option.rule)
        self.turns = [turn for name, turn in VARIANTS.get(option.rule, {}).items() if not is_body and option.is_of(name)]
        self.chances = 0
        self.committed = 0

    def is_due(self, served: Served, status: str) -> bool:
        """Tell whether the fault is committed this time, where it could be; each such time counts."""
        option = self.option
        if option.status is not None and (served.task is None or status != option.status):
            return False
        self.chances += 1
        if option.poll is not None and (served.poll or self.chances) != option.poll:
            return False
        return _takes(option, self.chances)


def _takes(option: FaultOption, nth: int) -> bool:
    return nth > option.after and (nth - option.after) % option.every == 0


class Committing:
    """The faults that are on, in the answers of a relay and in the lives of its tasks; without any, all stays as it is."""

    def __init__(self, breaker: Breaker, tasks: Tasks, settings: Settings) -> None:
        self.on: dict[str, On] = {}
        self._breaker = breaker
        self._tasks = tasks
        self._settings = settings
        self._plans: dict[tuple[str, str, str], list[Broken | None]] = {}
        self._told: dict[str, int] = {}
        self._status = breaker.contract.roles.get("status", "")

    def add(self, text: str, option: FaultOption, *, is_body: bool) -> None:
        """Switch a fault on."""
        self.on[text] = On(text, option, is_body=is_body)
        self._begin()

    def remove(self, text: str) -> bool:
        """Switch a fault off; tells whether it was on."""
        found = self.on.pop(text, None)
        self._begin()
        return found is not None

    def _begin(self) -> None:
        self._plans.clear()
        self._told.clear()
        for task in self._tasks.all():
            if task.lived is not task.made:
                task.live(task.made, self._tasks.answers(task.made))

    def retell(self, task: Live) -> None:
        """Give a task the life that a fault across polls asks for; such faults take turns from task to task."""
        if task.id in self._told:
            return
        if len(self._told) >= _MOST_TOLD:
            self._told.clear()
        self._told[task.id] = task.number
        ways = [
            (on, life)
            for on in self.on.values()
            if on.is_of_lives and _takes(on.option, task.number + 1)
            if (life := self._life(on.option, task)) is not None
        ]
        if ways:
            on, life = ways[task.number % len(ways)]
            on.committed += 1
            task.live(life, self._tasks.answers(life))

    def _life(self, option: FaultOption, task: Live) -> Any:
        for life in self._breaker.lives(task.made, option.rule):
            shown = life.made.steps[min(life.step, len(life.made.steps) - 1)].payload
            here = option.status is None or member(shown, self._status) == option.status
            if option.is_of(life.variant) and here and option.poll in (None, life.step + 1):
                return life.made
        return None

    def answer(self, served: Served) -> Answer:
        """Return the answer with what is due in it: one fault of what the body says, and one of what is around it."""
        if served.purpose is None:
            return served.answer
        status = member(served.task.lived.steps[served.step].payload, self._status) if served.task and self._status else ""
        served = served._replace(answer=self._with_body(served, status))
        turns = [(on, turn) for on in self.on.values() for turn in on.turns]
        if not turns:
            return served.answer
        stage = self._scene(served)
        ways: dict[str, tuple[On, Answer]] = {}
        for on, turn in turns:
            turned = turn(stage) if on.text not in ways else None
            if turned is not None:
                ways[on.text] = (on, turned)
        return _chosen(list(ways.values()), served, status) or served.answer

    def _scene(self, served: Served) -> Scene:
        """Tell what the relay could have answered to a request, for the faults of what is around a body."""
        clock = self._settings.clock
        known = [task for task in self._tasks.first(3) if task is not served.task]
        task = served.task or self._tasks.get(served.asked)
        another = known[0].now(clock) if known else served.answer
        if task is not None:
            granted = served.answer if served.purpose is Purpose.TASK else task.now(clock)
        else:
            granted = self._tasks.answer(self._named(known[-1], served.asked)) if known else served.answer
        return Scene(
            served.request, served.purpose or Purpose.TASK, served.answer, granted, another,
            served.asked, self._settings.token, served.presented,
        )  # fmt: skip

    def _named(self, task: Live, asked: str) -> object:
        payload, pointer = task.lived.steps[task.step(self._settings.clock)].payload, self._breaker.contract.roles.get("id")
        return changed(payload, pointer, asked) if pointer else payload

    def _with_body(self, served: Served, status: str) -> Answer:
        task = served.task
        if served.purpose is not Purpose.TASK or task is None:
            return served.answer
        able = [(on, make) for on in self.on.values() if on.is_body and (make := self._way(on.option, task, served.step))]
        make = _chosen(able, served, status)
        broken = make() if make is not None else None
        if broken is None:
            return served.answer
        return self._tasks.answer(broken.payload) if broken.text is None else served.answer._replace(body=broken.text)

    def _way(self, option: FaultOption, task: Live, step: int) -> Callable[[], Broken | None] | None:
        """Return what makes the body that breaks a rule at a step, or None where none can; a large one is made when due."""
        if option.rule in faults_text.LARGE:
            if not self._breaker.large(option.rule):
                return None
            payload = task.lived.steps[step].payload
            return lambda: next(self._breaker.bodies(option.rule, payload, option.is_of), None)
        broken = self._plan(option, task)[step]
        return None if broken is None else lambda: broken

    def _plan(self, option: FaultOption, task: Live) -> list[Broken | None]:
        key = option.rule, option.variant, task.id
        plan = self._plans.get(key)
        if plan is None:
            plan = self._breaker.plan(task.lived, option.rule, option.is_of)
            if len(self._plans) >= _MOST_PLANS:
                self._plans.clear()
            self._plans[key] = plan
        return plan


def _chosen(ways: list[tuple[On, T]], served: Served, status: str) -> T | None:
    """Choose among the faults that are due the one that was committed least often, and count it."""
    due = [(on, way) for on, way in ways if on.is_due(served, status)]
    if not due:
        return None
    on, way = min(due, key=lambda one: one[0].committed)
    on.committed += 1
    return way
