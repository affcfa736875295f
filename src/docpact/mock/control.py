"""The control of the mock, at paths that no relay has: its page, its tasks, what it was asked, and its faults, to be switched.

Only this machine reaches it (the doors see to that), and no page of another site: the host must be a name of this machine, the
origin must be that host, and what changes anything must say that it is JSON, which a browser does not let another site say.
"""

from __future__ import annotations

import json
from time import monotonic
from typing import TYPE_CHECKING, Any, Protocol
from urllib.parse import unquote

from docpact.errors import UsageError
from docpact.exchange import Answer
from docpact.mock.hooks import Telling
from docpact.mock.page import page

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

    from docpact.exchange import Request
    from docpact.mock.options import Row
    from docpact.mock.tasks import Known
    from docpact.mock.traffic import Traffic

ROOT = "/_docpact"
_FAULTS = f"{ROOT}/faults"
_READS = frozenset({"GET", "HEAD"})
# Seconds of one request that go into finding faults; and the digits of a number that is asked for.
_AT_ONCE, _DIGITS = 0.03, 15
_HOSTS = frozenset({"localhost", "127.0.0.1", "[::1]"})
_NOT_KEPT = (("Cache-Control", "no-store"), ("X-Content-Type-Options", "nosniff"), ("Referrer-Policy", "no-referrer"))


def is_control(request: Request) -> bool:
    """Tell whether a request is for the control, and not for the relay."""
    path = request.target.partition("?")[0]
    return path == ROOT or path.startswith(f"{ROOT}/") or (path == "/" and request.method in _READS)


class Core(Telling, Protocol):
    """What a door asks of a relay (see `docpact.mock.core.Relay`)."""

    def answer(self, request: Request) -> Answer:
        """Answer a request, whatever it is."""
        ...

    def tasks(self) -> Sequence[Known]:
        """List the tasks."""
        ...

    def switch(self, fault: str, *, on: bool) -> None:
        """Switch a fault on or off; raises `UsageError` for one that there is not."""
        ...

    @property
    def faults(self) -> Sequence[str]:
        """The faults that are on, as they were asked for."""
        ...

    def committed(self) -> Mapping[str, int]:
        """Return how often each fault that is on was committed."""
        ...

    def known_faults(self) -> Iterable[Row | None]:
        """Yield every fault that this relay can commit; None where there is more to be done before the next one is known."""
        ...


class Control:
    """Answers the requests that `is_control` picks out; `about` is what the page says of the relay."""

    def __init__(self, relay: Core, traffic: Traffic, about: Mapping[str, str]) -> None:
        self._relay = relay
        self._traffic = traffic
        self._about = dict(about)
        self._known: list[dict[str, str]] = []
        self._more: Iterator[Row | None] | None = None
        self._complete = False

    def answer(self, request: Request) -> Answer:
        """Answer a request of this machine."""
        wrong = _foreign(request)
        if wrong:
            return _problem(403, f"refused: {wrong}", "use the address that docpact mock printed, on this machine")
        path, _, query = request.target.partition("?")
        if path == _FAULTS or path.startswith(f"{_FAULTS}/"):
            return self._faults(request, unquote(path[len(_FAULTS) + 1 :]))
        if request.method not in _READS:
            return _not_allowed(_READS)
        return self._read(path, query)

    def _read(self, path: str, query: str) -> Answer:
        if path == "/":
            shown = page()
            return shown._replace(headers=(*shown.headers, *_NOT_KEPT))
        if path == f"{ROOT}/state":
            return _json(self._state(query))
        if path == f"{ROOT}/tasks":
            return _json({"tasks": self._tasks()})
        return _problem(404, "the control has no such path", f"there are {ROOT}/state, {ROOT}/tasks and {_FAULTS}")

    def _state(self, query: str) -> dict[str, Any]:
        said = dict(part.partition("=")[::2] for part in query.split("&"))
        state: dict[str, Any] = {
            "about": self._about,
            "tasks": self._tasks(),
            "faults": list(self._relay.faults),
            "committed": dict(self._relay.committed()),
            "requests": {"total": self._traffic.total, "recent": self._traffic.after(_number(said.get("after")))},
        }
        if "known" in said:
            self._find()
            state |= {"known": self._known[_number(said["known"]) :], "complete": self._complete}
        return state

    def _tasks(self) -> list[dict[str, Any]]:
        return [task._asdict() for task in self._relay.tasks()]

    def is_ready(self, request: Request) -> bool:
        """Tell whether a request can be answered at once; find more of the faults where all of them are asked for.

        Whoever asks lets other requests be answered, and asks again.
        """
        asks = request.method in _READS and request.target.partition("?")[0].rstrip("/") == _FAULTS
        if not asks or self._complete or _foreign(request):
            return True
        self._find()
        return self._complete

    def _find(self) -> None:
        """Find more of the faults, for a moment, since the relay answers nobody meanwhile."""
        if self._more is None:
            self._more = iter(self._relay.known_faults())
        ends = monotonic() + _AT_ONCE
        for row in self._more if not self._complete else ():
            if row is not None:
                self._known.append({"fault": row.fault, "does": row.does, "layer": row.layer, "severity": row.severity})
            if monotonic() >= ends:
                return
        self._complete = True

    def _faults(self, request: Request, fault: str) -> Answer:
        if request.method in _READS and not fault:
            while not self._complete:
                self._find()
            return _json({"on": list(self._relay.faults), "known": self._known})
        allowed = {"PUT", "DELETE"} if fault else {"DELETE", *_READS}
        if request.method not in allowed:
            return _not_allowed(allowed)
        if (request.header("content-type") or "").partition(";")[0].strip().lower() != "application/json":
            return _problem(415, "what changes something must say that it is JSON", "add -H 'Content-Type: application/json'")
        try:
            for name in [fault] if fault else list(self._relay.faults):
                self._relay.switch(name, on=request.method == "PUT")
        except UsageError as error:
            return _problem(404, error.message, error.hint)
        return _json({"on": list(self._relay.faults)})


def _number(text: str | None) -> int:
    return int(text) if text is not None and text.isascii() and text.isdigit() and len(text) <= _DIGITS else 0


def _foreign(request: Request) -> str:
    """Tell what shows that a request was made by a page of another site, or by a name that leads here; "" for nothing."""
    host = (request.header("host") or "").lower()
    name = host if host.endswith("]") else host.rpartition(":")[0] or host
    if name not in _HOSTS:
        return "its Host is no name of this machine"
    origin = request.header("origin")
    if origin is not None and origin.lower() != f"http://{host}":
        return "its Origin is another site"
    if (request.header("sec-fetch-site") or "none").lower() not in {"none", "same-origin"}:
        return "it comes from another site"
    return ""


def _json(said: dict[str, Any], status: int = 200, *headers: tuple[str, str]) -> Answer:
    body = json.dumps(said, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "backslashreplace")
    return Answer(status, (("Content-Type", "application/json"), *_NOT_KEPT, *headers), body + b"\n")


def _problem(status: int, error: str, hint: str) -> Answer:
    return _json({"error": error, "hint": hint}, status)


def _not_allowed(allowed: Collection[str]) -> Answer:
    listed = ", ".join(sorted(allowed))
    return _json({"error": "not with this method", "hint": f"there is {listed}"}, 405, ("Allow", listed))
