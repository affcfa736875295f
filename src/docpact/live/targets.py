"""Where a task is fetched: the documented path, with an id in it."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote

from docpact.exchange import Request

if TYPE_CHECKING:
    from docpact.contract import Contract


class Targets:
    """The documented operation of a contract, as requests; `secured` tells whether it asks for a token."""

    def __init__(self, contract: Contract) -> None:
        self.method, self._before, self._after, self.secured = _operation(contract)

    def task(self, task: str) -> Request:
        """Return the request for a task."""
        return self.raw(quote(task, safe=""))

    def raw(self, written: str) -> Request:
        """Return the request for an id as it is written in the path."""
        return Request(self.method, f"{self._before}{written}{self._after}")


def _operation(contract: Contract) -> tuple[str, str, str, bool]:
    for path, operations in contract.openapi.get("paths", {}).items():
        for method, operation in operations.items():
            if isinstance(operation, dict) and "responses" in operation:
                before, _, rest = path.partition("{")
                secured = bool(operation.get("security", contract.openapi.get("security")))
                return method.upper(), before, rest.partition("}")[2], secured
    return "GET", "/", "", False
