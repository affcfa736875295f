"""Where a task is fetched: the documented path, with an id in it."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote

from docpact.addresses import operation
from docpact.exchange import Request

if TYPE_CHECKING:
    from docpact.contract import Contract


class Targets:
    """The documented operation of a contract, as requests; `secured` tells whether it asks for a token."""

    def __init__(self, contract: Contract) -> None:
        self.method, path, self.secured = operation(contract.openapi) or ("GET", "/", False)
        self._before, _, rest = path.partition("{")
        self._after = rest.partition("}")[2]

    def task(self, task: str) -> Request:
        """Return the request for a task."""
        return self.raw(quote(task, safe=""))

    def raw(self, written: str) -> Request:
        """Return the request for an id as it is written in the path."""
        return Request(self.method, f"{self._before}{written}{self._after}")
