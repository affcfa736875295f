"""What tests were given: the payloads of a run as lines of polls, for `docpact coverage`."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Any

import pytest

from docpact.addresses import operations

if TYPE_CHECKING:
    import re
    from collections.abc import Sequence
    from pathlib import Path

    from docpact.contract import Contract
    from docpact.exchange import Answer, Request

_OK = range(200, 300)


def begin(config: pytest.Config, name: str) -> Path:
    """Return the file to which the payloads of a run are added; the run itself, and no worker of it, begins it anew."""
    path = config.invocation_params.dir / name
    if not hasattr(config, "workerinput"):
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(b"")
        except OSError as error:
            raise pytest.UsageError(f"--docpact-seen {name}: it cannot be written: {error.strerror or error}") from error
    return path


class SeenBy:
    """Add what a test is given to the file of a run, a whole line at a time: several processes add to it."""

    def __init__(self, path: Path, contract: Contract) -> None:
        self._path = path
        self._patterns: Sequence[re.Pattern[str]] = operations(contract.openapi)

    def payload(self, payload: Any, at: float | None = None, asked: str | None = None) -> None:
        """Add a payload, with the time of the poll in milliseconds and the id that was asked for, where they are known."""
        line = json.dumps({"at": at, "asked": asked, "payload": payload}).encode() + b"\n"
        handle = os.open(self._path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o666)
        try:
            os.write(handle, line)
        finally:
            os.close(handle)

    def answer(self, request: Request, answer: Answer, at: float) -> None:
        """Add the body of a whole answer to a poll, where it is a JSON object; `at` is in seconds since 1970."""
        path = request.target.partition("?")[0]
        found = next((match for pattern in self._patterns if (match := pattern.fullmatch(path))), None)
        if request.method != "GET" or answer.status not in _OK or answer.act is not None or found is None:
            return
        try:
            payload = json.loads(answer.body)
        except (ValueError, RecursionError):
            return
        if isinstance(payload, dict):
            self.payload(payload, at * 1000, next(iter(found.groupdict().values()), None))
