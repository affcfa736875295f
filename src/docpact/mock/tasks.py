"""The tasks of a relay: what it is made with, where each task is in its life, and the answers that show it, made once."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Any, NamedTuple

from docpact.exchange import Answer
from docpact.mock.family import OPEN
from docpact.mock.paths import path_of
from docpact.pointers import member

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from docpact.contract import Contract
    from docpact.exchange import Purpose, Request
    from docpact.mock.family import Family
    from docpact.mock.lives import Made
    from docpact.mock.paths import Route

    Clock = Callable[[], float]

# Tasks that were submitted: the oldest is forgotten when there are more.
_MOST_TASKS = 10_000


class Settings(NamedTuple):
    """What a relay is made with: the token ("": none is asked for), seconds a step (None: a step a poll), and where it is."""

    profile: str
    token: str
    seed: int | str
    pace: float | None
    clock: Callable[[], float]
    base: str


class Known(NamedTuple):
    """A task as it is told of: `status` is what the next poll shows, `end` how it ends, `step` of `steps` where it is."""

    id: str
    action: str
    status: str
    end: str
    path: str
    step: int
    steps: int
    polls: int


class Live:
    """A task, and where it is: a step further at each poll, or every `pace` seconds from when it is first asked for.

    `made` is its life as it should be, and `lived` as it is; `number` counts the tasks of a relay.
    """

    __slots__ = ("answers", "born", "id", "last", "lived", "made", "number", "pace", "polls")

    def __init__(self, made: Made, answers: tuple[Answer, ...], number: int, pace: float | None, born: float | None) -> None:
        self.id = made.id
        self.made = made
        self.number = number
        self.pace = pace
        self.born = born
        self.polls = 0
        self.live(made, answers)

    def live(self, made: Made, answers: tuple[Answer, ...]) -> None:
        """Take another life; how far the task has come stays as it is."""
        self.lived = made
        self.answers = answers
        self.last = len(answers) - 1

    def look(self, clock: Clock) -> Answer:
        """Return the answer to a poll, and go on."""
        step = self.step(clock, is_poll=True)
        self.polls += 1
        return self.answers[step]

    def now(self, clock: Clock) -> Answer:
        """Return what the next poll would see, and stay."""
        return self.answers[self.step(clock)]

    def step(self, clock: Clock, *, is_poll: bool = False) -> int:
        """Return the step of its life that a poll sees now; a poll is what a known task begins with."""
        pace = self.pace
        if pace is None:
            return min(self.polls, self.last)
        if self.born is None:
            if is_poll:
                self.born = clock()
            return 0
        return min(max(int((clock() - self.born) / pace), 0), self.last)


class Served(NamedTuple):
    """What a healthy relay answers to a request, and what is to be known of it to break that.

    `purpose` is None where the request is for no task at all; `step` is where the life of the task is, and `poll` the number of
    this poll of it, from 1 (0: it is none). `presented` is the token, None without one.
    """

    request: Request
    answer: Answer
    purpose: Purpose | None = None
    asked: str = ""
    task: Live | None = None
    step: int = 0
    poll: int = 0
    presented: str | None = None


class Tasks:
    """The tasks that a relay has, by their ids; those from the start stay, those that were submitted may be forgotten."""

    def __init__(self, family: Family, pace: float | None, base: str) -> None:
        self._family = family
        self._pace = pace
        self._base = base
        self._tasks: dict[str, Live] = {}
        self._images: dict[str, str] = {}
        self._submitted: dict[str, list[str]] = {}
        self._count = 0
        self._headers = (("content-type", family.type), OPEN)

    def get(self, task: str) -> Live | None:
        """Return the task of an id, or None."""
        return self._tasks.get(task)

    def all(self) -> Iterator[Live]:
        """Yield the tasks, the known ones first, then those that were submitted, in their order."""
        yield from self._tasks.values()

    def first(self, count: int) -> list[Live]:
        """Return the first tasks, at the most so many."""
        return list(islice(self._tasks.values(), count))

    def is_image(self, path: str) -> bool:
        """Tell whether the image of a task stands at a path."""
        return path in self._images

    def add(self, made: Made) -> Live:
        """Take in a task that is known from the start."""
        live = Live(made, self.answers(made), self._count, self._pace, None)
        self._count += 1
        for image in self._pictures(made):
            self._images[image] = made.id
        self._tasks[made.id] = live
        return live

    def submit(self, made: Made, now: float) -> Live:
        """Take in a task that was submitted now; the oldest of very many such tasks is forgotten."""
        live = self.add(made)
        live.born = now
        self._submitted[made.id] = self._pictures(made)
        if len(self._submitted) > _MOST_TASKS:
            oldest = next(iter(self._submitted))
            for image in self._submitted.pop(oldest):
                self._images.pop(image, None)
            self._tasks.pop(oldest, None)
        return live

    def answers(self, made: Made) -> tuple[Answer, ...]:
        """Return the answers that show each step of a life."""
        return tuple(self.answer(step.payload) for step in made.steps)

    def answer(self, payload: object) -> Answer:
        """Return the answer that shows a payload."""
        return Answer(200, self._headers, self._family.task(payload))

    def _pictures(self, made: Made) -> list[str]:
        here = f"{self._base}/"
        found = (value for step in made.steps for value in _members(step.payload) if isinstance(value, str))
        return list(dict.fromkeys(path_of(value) for value in found if value.startswith(here)))

    def known(self, task: Live, route: Route, contract: Contract, clock: Clock) -> Known:
        """Tell of a task."""
        step, steps = task.step(clock), task.lived.steps
        status, end = (_status(contract, payload) for payload in (steps[step].payload, steps[-1].payload))
        return Known(task.id, task.made.action, status, end, route.path(task.id), step, len(steps), task.polls)


def _status(contract: Contract, payload: object) -> str:
    said = member(payload, contract.roles["status"]) if "status" in contract.roles else ""
    return said if isinstance(said, str) else ""


def _members(payload: Any) -> list[Any]:
    """Return what stands in a payload, or in the objects of one that is a list."""
    objects = payload if isinstance(payload, list) else [payload]
    return [value for one in objects if isinstance(one, dict) for value in one.values()]
