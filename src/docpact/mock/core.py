"""The relay itself: a request in, an answer out; no socket, no clock but the one that it is given."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from docpact.errors import UsageError
from docpact.exchange import Answer
from docpact.mock import family, paths
from docpact.mock.image import IMAGE
from docpact.mock.lives import Lives
from docpact.mock.tasks import Tasks

if TYPE_CHECKING:
    from collections.abc import Callable

    from docpact.contract import Contract
    from docpact.exchange import Headers, Request
    from docpact.mock.tasks import Known, Live

# Targets that are known without being taken apart: no more than this many are remembered.
_MOST_TARGETS = 4096
# What a relay in between writes as its own name, so that the other header is looked at.
_NO_NAME = "midjourney-proxy"
_PREFLIGHT: Headers = (
    ("allow", "GET, HEAD, OPTIONS"),
    ("access-control-allow-methods", "GET, HEAD, POST, OPTIONS"),
    ("access-control-allow-headers", "authorization, content-type, mj-api-secret"),
    ("access-control-max-age", "600"),
    family.OPEN,
)


class Settings(NamedTuple):
    """What a relay is made with: the token ("": none is asked for), seconds a step (None: a step a poll), and where it is."""

    profile: str
    token: str
    seed: int | str
    pace: float | None
    clock: Callable[[], float]
    base: str


class Relay:
    """A relay as one family runs it, whose tasks live by the contract; the same seed gives the same ids, lives and bytes."""

    def __init__(self, contract: Contract, settings: Settings) -> None:
        self.contract = contract
        self.settings = settings
        self.family = family.load(contract, settings.profile)
        self.route = paths.route(contract)
        self._asks = self.route.secured and bool(settings.token)
        self._token = self.family.compared(settings.token)
        self.reset()

    @property
    def faults(self) -> tuple[str, ...]:
        """The faults that are on."""
        return ()

    def switch(self, fault: str, on: bool = True) -> None:  # noqa: FBT001, FBT002 - on and off are what a switch is about
        """Switch a fault on or off; raises `UsageError` for one that there is not."""
        raise UsageError(f"there is no fault {fault!r}", hint=f"{'on' if on else 'off'}: docpact mock --list-faults lists them")

    def move(self, base: str) -> None:
        """Stand at another base URL from now on: images are there, and all begins anew."""
        self.settings = self.settings._replace(base=base)
        self.reset()

    def reset(self) -> None:
        """Begin anew: all tasks are at their beginning again, and those that were submitted are gone."""
        settings = self.settings
        self._lives = Lives(self.contract, settings.profile, settings.seed, settings.base.rstrip("/"))
        self._tasks = Tasks(self.family, settings.pace, settings.base.rstrip("/"))
        for made in self._lives.known():
            self._tasks.add(made)
        self._hot: dict[str, Live] = {}

    def answer(self, request: Request) -> Answer:
        """Answer a request; it never raises for what a request holds."""
        task = self._hot.get(request.target)
        if task is not None and request.method == self.route.method and self._lets_in(request.headers) is None:
            return task.look(self.settings.clock)
        return self._other(request)

    def tasks(self) -> list[Known]:
        """List the tasks: id, action, status now, how they end, where they are fetched, and their place in their life."""
        return [self._tasks.known(task, self.route, self.contract, self.settings.clock) for task in self._tasks.all()]

    def _other(self, request: Request) -> Answer:
        path = paths.path_of(request.target)
        answer = self._at(request, path)
        if request.method != "HEAD":
            return answer
        length = answer.header("content-length") or str(len(answer.body))
        return answer._replace(headers=(*answer.headers, ("content-length", length)), body=b"")

    def _at(self, request: Request, path: str) -> Answer:
        asked = self.route.asked(path, self.family.modes)
        if asked is None:
            return IMAGE if self._tasks.is_image(path) else self.family.answers["elsewhere"]
        return self._fetched(request, asked)

    def _fetched(self, request: Request, asked: str) -> Answer:
        if request.method == "OPTIONS":
            return Answer(204, _PREFLIGHT)
        looks = request.method == self.route.method
        if not looks and not (request.method == "HEAD" and self.family.head):
            return self.family.answers["method"]
        refused = self._lets_in(request.headers)
        if refused is not None:
            return self.family.answers[refused]
        task = self._tasks.get(asked)
        if task is None:
            return self.family.answers["unknown"]
        if not looks:
            return task.now(self.settings.clock)
        if "?" not in request.target:
            self._remember(request.target, task)
        return task.look(self.settings.clock)

    def _remember(self, target: str, task: Live) -> None:
        if len(self._hot) >= _MOST_TARGETS:
            self._hot.clear()
        self._hot[target] = task

    def _lets_in(self, headers: Headers) -> str | None:
        """Tell why a request is refused (no-token, wrong-token), or None where its token is the right one."""
        if not self._asks:
            return None
        said = secret = ""
        for name, value in headers:
            size = len(name)
            if size == len("authorization") and name.lower() == "authorization":
                said = value.strip()
            elif size == len("mj-api-secret") and name.lower() == "mj-api-secret":
                secret = value.strip()
        if not said or said == _NO_NAME:
            said = secret
        if said[:7].lower() == "bearer ":
            said = said[7:].strip()
        if not said or said.lower() == "bearer":
            return "no-token"
        return None if self.family.compared(said) == self._token else "wrong-token"
