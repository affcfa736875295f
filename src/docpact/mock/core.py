"""The relay itself: a request in, an answer out; no socket, no clock but the one that it is given."""

from __future__ import annotations

from typing import TYPE_CHECKING

from docpact.errors import UsageError
from docpact.exchange import Answer, Purpose
from docpact.mock import asgi, family, paths
from docpact.mock.desk import PREFLIGHT, Desk
from docpact.mock.guard import Guard
from docpact.mock.lives import Lives
from docpact.mock.options import near, parse
from docpact.mock.submit import Submissions
from docpact.mock.tasks import Served, Tasks

if TYPE_CHECKING:
    from collections.abc import Iterator

    from docpact.contract import Contract
    from docpact.exchange import Request
    from docpact.mock.catalogue import Catalogue
    from docpact.mock.committing import Committing
    from docpact.mock.hooks import Notice
    from docpact.mock.options import Row
    from docpact.mock.tasks import Known, Live, Settings

# Targets that are known without being taken apart: no more than this many are remembered.
_MOST_TARGETS = 4096
_LONGEST_ID = 64


class Relay:
    """A relay as one family runs it, whose tasks live by the contract; the same seed gives the same ids, lives and bytes."""

    def __init__(self, contract: Contract, settings: Settings) -> None:
        self.contract = contract
        self.settings = settings
        self.family = family.load(contract, settings.profile)
        self.route = paths.route(contract)
        self._guard = Guard(self.family, settings.token, secured=self.route.secured)
        self._catalogue: Catalogue | None = None
        self._committing: Committing | None = None
        about = {"profile": settings.profile, "seed": str(settings.seed)}
        self._app = asgi.App(self, secrets=[settings.token], about=about, clock=settings.clock)
        self.reset()

    async def __call__(self, scope: asgi.Message, receive: asgi.Receive, send: asgi.Send) -> None:
        """Serve as an ASGI app."""
        await self._app(scope, receive, send)

    @property
    def faults(self) -> tuple[str, ...]:
        """The faults that are on, as they were asked for."""
        return tuple(self._committing.on) if self._committing else ()

    def committed(self) -> dict[str, int]:
        """Return how often each fault that is on was committed; one across polls counts the tasks whose life it is."""
        return {text: on.committed for text, on in self._committing.on.items()} if self._committing else {}

    def known_faults(self) -> Iterator[Row | None]:
        """Yield every fault that this relay can commit, as it is found; None where there is more to be done before the next."""
        return self._faults().rows()

    def switch(self, fault: str, *, on: bool) -> None:
        """Switch a fault on or off; raises `UsageError` for one that there is not, or that this relay cannot commit."""
        if not on:
            if self._committing is None or not self._committing.remove(fault):
                raise UsageError(f"the fault {fault!r} is not on", hint=near(fault, self.faults, "no fault is on"))
            if not self._committing.on:
                self._committing = None
            return
        from docpact.mock.committing import Committing

        option = parse(fault, self._lives.sampler.statuses)
        catalogue = self._faults()
        catalogue.checked(option)
        self._committing = self._committing or Committing(catalogue.breaker, self._tasks, self.settings)
        self._committing.add(fault, option, is_body=catalogue.is_body(option))

    def _faults(self) -> Catalogue:
        if self._catalogue is None:
            from docpact.mock.catalogue import catalogue

            self._catalogue = catalogue(self.contract, self.settings.profile, [task.made for task in self._tasks.all()])
        return self._catalogue

    def move(self, base: str) -> None:
        """Stand at another base URL from now on: images are there, and all begins anew."""
        self.settings = self.settings._replace(base=base)
        self.reset()

    def reset(self) -> None:
        """Begin anew: all tasks are at their beginning again, and those that were submitted are gone; faults stay on."""
        settings, faults = self.settings, self.faults
        base = settings.base.rstrip("/")
        self._lives = Lives(self.contract, settings.profile, settings.seed, base)
        self._tasks = Tasks(self.family, settings.pace, base)
        for made in self._lives.known():
            self._tasks.add(made)
        self._hot: dict[str, Live] = {}
        submissions = Submissions(self.contract, settings.profile, self._lives.sampler.actions)
        self._desk = Desk(self.family, submissions, self._guard, settings)
        self._committing = self._catalogue = None
        for fault in faults:
            self.switch(fault, on=True)

    def answer(self, request: Request) -> Answer:
        """Answer a request; it never raises for what a request holds."""
        if self._committing is not None:
            return self._committing.answer(self._serve(request))
        task = self._hot.get(request.target)
        if task is not None and request.method == self.route.method and self._guard.lets_in(request.headers):
            return task.look(self.settings.clock)
        return self._serve(request).answer

    def tasks(self) -> list[Known]:
        """List the tasks: id, action, status now, how they end, where they are fetched, and their place in their life."""
        return [self._tasks.known(task, self.route, self.contract, self.settings.clock) for task in self._tasks.all()]

    def due(self, now: float | None = None) -> list[Notice]:
        """Return what is to be posted by now to the hooks of submitted tasks; each notice is returned once."""
        return self._desk.notices.due(self.settings.clock() if now is None else now)

    def wakes(self) -> float | None:
        """Return when (by the clock of the relay) the next notice is due, or None."""
        return self._desk.notices.wakes()

    def _serve(self, request: Request) -> Served:
        served = self._served(request, paths.path_of(request.target))
        if request.method != "HEAD":
            return served
        answer = served.answer
        length = answer.header("content-length") or str(len(answer.body))
        return served._replace(answer=answer._replace(headers=(*answer.headers, ("content-length", length)), body=b""))

    def _served(self, request: Request, path: str) -> Served:
        asked = self.route.asked(path, self.family.modes)
        if asked is not None:
            return self._fetched(request, asked)
        if self._tasks.is_image(path):
            return Served(request, family.IMAGE)
        written = self._desk.answer(request, path, self._lives, self._tasks)
        if written is not None:
            return Served(request, written)
        # An id with a slash in it, or none at all, leads to no route.
        purpose = Purpose.ODD_ID if self.route.leads_to(path) else None
        odd = path.removeprefix(self.route.before)
        return Served(request, self.family.answers["elsewhere"], purpose, odd, presented=self._guard.presented(request.headers))

    def _fetched(self, request: Request, asked: str) -> Served:
        answers, presented = self.family.answers, self._guard.presented(request.headers)
        served = Served(request, answers["unknown"], Purpose.METHOD, asked, presented=presented)
        looks = request.method == self.route.method
        if request.method == "OPTIONS":
            return served._replace(answer=Answer(204, (("allow", "GET, HEAD, OPTIONS"), *PREFLIGHT)))
        if not looks and not (request.method == "HEAD" and self.family.head):
            return served._replace(answer=answers["method"])
        if not self._guard.lets_in(request.headers):
            purpose = Purpose.METHOD if not looks else Purpose.NO_TOKEN if presented is None else Purpose.WRONG_TOKEN
            return served._replace(answer=answers["wrong-token" if presented else "no-token"], purpose=purpose)
        # Where the documented path has no parameter, there is one answer to it, whoever asks.
        task = next(iter(self._tasks.all()), None) if self.route.spot is None else self._tasks.get(asked)
        if task is None:
            unknown = Purpose.UNKNOWN_ID if _is_usual(asked) else Purpose.ODD_ID
            return served._replace(purpose=unknown if looks else Purpose.METHOD)
        if not looks:
            return served._replace(answer=task.now(self.settings.clock))
        if self._committing is not None:
            self._committing.retell(task)
        elif "?" not in request.target:
            self._remember(request.target, task)
        step = task.step(self.settings.clock, is_poll=True)
        task.polls += 1
        return served._replace(answer=task.answers[step], purpose=Purpose.TASK, task=task, step=step, poll=task.polls)

    def _remember(self, target: str, task: Live) -> None:
        if len(self._hot) >= _MOST_TARGETS:
            self._hot.clear()
        self._hot[target] = task


def _is_usual(asked: str) -> bool:
    """Tell whether an id looks like one that a relay gives: letters and digits, and no more of them than usual."""
    return asked.isascii() and asked.replace("-", "").replace("_", "").isalnum() and len(asked) <= _LONGEST_ID
