"""Where a task is fetched: the documented path, with an id in it; or the one address of an operation that takes none."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote

from docpact.addresses import operation
from docpact.errors import UsageError
from docpact.exchange import Request
from docpact.live.plan import Probe

if TYPE_CHECKING:
    from docpact.contract import Contract
    from docpact.live.plan import Plan

_SAFE = ("GET", "HEAD")
_JSON = (("content-type", "application/json"),)


class Targets:
    """The documented operation of a contract, as requests with `body`; `secured` tells whether it asks for a token."""

    def __init__(self, contract: Contract, body: bytes | None = None) -> None:
        self.method, self.path, self.secured = operation(contract.openapi) or ("GET", "/", False)
        self._before, brace, rest = self.path.partition("{")
        self._after = rest.partition("}")[2]
        self._body = body
        self.has_id = bool(brace)
        # Whatever is not safe (RFC 9110, 9.2.1) may make something that costs money: it is sent once.
        self.is_safe = self.method in _SAFE

    def task(self, task: str) -> Request:
        """Return the request for a task."""
        return self.raw(quote(task, safe=""))

    def raw(self, written: str) -> Request:
        """Return the request for an id as it is written in the path."""
        target = f"{self._before}{written}{self._after}" if self.has_id else self.path
        return Request(self.method, target, _JSON if self._body else (), self._body or b"")


def fitted(plan: Plan, contract: Contract) -> Plan:
    """Return a plan as the documented operation allows it: without ids where it takes none, sent once where it is not safe.

    Raises `UsageError` where no task is named for an operation that takes an id, or one is named for another, and where nobody
    said what to send by a method that may change something.
    """
    targets = Targets(contract)
    named = bool(plan.tasks or plan.follows)
    if targets.has_id and not named:
        raise UsageError("no task is named, so that nothing can be judged", hint="name one: --task ID, or --follow ID")
    if not targets.has_id:
        if plan.tasks != ("",) and named:
            said = f"the documented request, {targets.method} {targets.path}, takes no id"
            raise UsageError(said, hint="leave --task and --follow away")
        plan = plan._replace(tasks=("",), probes=plan.probes - {Probe.IDS})
    if targets.is_safe and plan.body is not None:
        raise UsageError(f"the documented request, {targets.method} {targets.path}, takes no body", hint="leave --body away")
    if targets.is_safe:
        return plan
    if plan.body is None:
        raise UsageError(
            f"the documented request, {targets.method} {targets.path}, may make something, and cost money",
            hint="--body FILE says what to send; it is sent once",
        )
    return plan._replace(probes=frozenset())
