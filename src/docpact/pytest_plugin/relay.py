"""A mock relay for one test: in this process or on a free port, with a clock that the test turns, and faults by their names."""

from __future__ import annotations

from collections import deque
from threading import RLock
from typing import TYPE_CHECKING, Any, NamedTuple

from docpact.contract import load
from docpact.errors import MissingExtraError, UsageError
from docpact.generate.faults_text import LARGE
from docpact.mock import TOKEN, relay
from docpact.mock.asgi import App
from docpact.pytest_plugin.turned import Clock

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from docpact.contract import Contract
    from docpact.exchange import Answer, Request
    from docpact.mock import Known, Notice, Row
    from docpact.mock.asgi import Message, Receive, Send
    from docpact.pytest_plugin.in_process import Transport
    from docpact.pytest_plugin.seen_by import SeenBy
    from docpact.pytest_plugin.thread import Served

# Where it is as long as it listens at no port: a name that nobody has (RFC 2606).
NOWHERE = "http://relay.test"
_MOST_ASKED = 10_000


class Asked(NamedTuple):
    """What the relay was asked, when (seconds since 1970, by its clock), and with which status it answered."""

    at: float
    request: Request
    status: int


class MockRelay:
    """A relay whose tasks live as the contract says; `switch` breaks any rule, `clock` is turned by the test.

    `transport` is for httpx, the relay itself is an ASGI app, `listen()` opens a port for any client. It may be asked from
    several threads. `asked` holds what it was asked, `fault` is what a relay that runs a test once for each fault breaks.
    """

    def __init__(
        self, contract: Contract, *, profile: str = "documented", seed: int | str = 0, pace: float | None = None,
        token: str = TOKEN, faults: Sequence[str] = (),
    ) -> None:  # fmt: skip
        self.clock = Clock()
        self.token = token
        self.fault: Row | None = None
        self.seen_by: SeenBy | None = None
        self.asked: deque[Asked] = deque(maxlen=_MOST_ASKED)
        self._lock = RLock()
        self._relay = relay(
            contract, profile=profile, token=token, seed=seed, pace=pace, faults=faults, clock=self.clock, base=NOWHERE
        )
        self._app = App(self, secrets=[token], clock=self.clock)
        self._served: Served | None = None
        # As long as nobody has asked, no fault has touched them.
        self._ends = {task.id: task.end for task in self._relay.tasks()}

    @property
    def url(self) -> str:
        """Where the relay is: a name that the transport alone knows, or the port at which it listens."""
        return self._relay.settings.base

    @property
    def headers(self) -> dict[str, str]:
        """The header that carries the token, as the page documents it."""
        return {"Authorization": f"Bearer {self.token}"} if self.token else {}

    @property
    def transport(self) -> Transport:
        """A transport of this relay for `httpx.Client` and `httpx.AsyncClient`; raises `UsageError` where there is no httpx."""
        try:
            from docpact.pytest_plugin.in_process import Transport
        except ModuleNotFoundError as error:
            if error.name != "httpx":
                raise
            hint = "pip install httpx, or ask docpact_relay.listen() with any other client"
            raise UsageError("the transport of docpact_relay is one of httpx, which is not installed", hint=hint) from None
        return Transport(self)

    def listen(self) -> str:
        """Listen at a free port of this machine until the test is over, and return the URL; all tasks begin anew there.

        Raises `MissingExtraError` without `docpact[mock]`.
        """
        if self._served is None:
            try:
                from docpact.pytest_plugin.thread import Served
            except ModuleNotFoundError as error:
                if error.name != "httptools":
                    raise
                raise MissingExtraError("mock", "httptools") from None
            self._served = Served(self, self.clock)
            with self._lock:
                self._relay.move(self._served.url)
            self._served.start()
        return self.url

    def close(self) -> None:
        """Stop listening."""
        if self._served is not None:
            self._served.stop()

    def task(self, end: str | None = None, action: str | None = None) -> Known:
        """Return the first task that ends in a status, of an action; raises `UsageError` where there is none.

        A task that a fault keeps from its end is still the one that should have come to it.
        """
        known = self.tasks()
        for task in known:
            if end in {None, self._ends.get(task.id, task.end)} and action in {None, task.action}:
                return task
        there = ", ".join(f"{task.action} that ends as {task.end}" for task in known)
        raise UsageError(f"the relay has no task {action or ''} that ends as {end}", hint=f"there are: {there}")

    def tasks(self) -> list[Known]:
        """List the tasks: id, action, status now, how they end, their path, and where they are in their life."""
        with self._lock:
            return self._relay.tasks()

    @property
    def faults(self) -> Sequence[str]:
        """The faults that are on, as they were asked for."""
        with self._lock:
            return self._relay.faults

    def switch(self, fault: str, *, on: bool = True) -> None:
        """Switch a fault on or off, by the text that `docpact mock --fault` takes; raises `UsageError` where there is none."""
        with self._lock:
            self._relay.switch(fault, on=on)

    def committed(self) -> dict[str, int]:
        """Return how often each fault that is on was committed; one across polls counts the tasks whose life it is."""
        with self._lock:
            return self._relay.committed()

    def known_faults(self) -> Iterator[Row | None]:
        """Yield every fault that this relay can commit, as it is found; None where there is more to be done before the next."""
        return self._relay.known_faults()

    def reset(self) -> None:
        """Begin anew: tasks are at their beginning, those that were submitted are gone; faults stay on, the clock stays."""
        with self._lock:
            self._relay.reset()
            self.asked.clear()

    def answer(self, request: Request) -> Answer:
        """Answer a request, and note it."""
        with self._lock:
            answer = self._relay.answer(request)
            self.asked.append(Asked(self.clock(), request, answer.status))
            if self.seen_by is not None:
                self.seen_by.answer(request, answer, self.clock())
            return answer

    def due(self) -> list[Notice]:
        """Return what a relay would have posted to the hooks of submitted tasks by now; each notice is returned once."""
        with self._lock:
            return self._relay.due()

    def wakes(self) -> float | None:
        """Return when, by its clock, the next notice is due, or None."""
        with self._lock:
            return self._relay.wakes()

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Serve as an ASGI app."""
        await self._app(scope, receive, send)


def made(asked: dict[str, Any], fault: Row | None = None) -> MockRelay:
    """Make the relay that a test asked for, with a fault that is on."""
    given = {name: asked[name] for name in ("profile", "seed", "pace", "token") if name in asked}
    wanted = asked.get("faults", ())
    relay = MockRelay(load(asked["contract"]), **given, faults=[wanted] if isinstance(wanted, str) else wanted)
    if fault is not None:
        # A body of many megabytes: at each poll it would show nothing that it does not at the first.
        relay.switch(f"{fault.rule}/large:poll=1" if fault.fault in LARGE else fault.fault)
        relay.fault = fault
    return relay
