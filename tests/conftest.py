"""What every test may ask for."""

from __future__ import annotations

import json
import socket
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[1]

pytest_plugins = ["pytester"]


@pytest.fixture(scope="session")
def root() -> Path:
    """The checkout."""
    return ROOT


@pytest.fixture
def example() -> dict[str, Any]:
    """The payload that the documented page gives as its example: a fresh copy, to be changed at will."""
    page = (ROOT / "contracts" / "task-fetch" / "page.txt").read_text("utf-8")
    payload: dict[str, Any] = json.loads(page.splitlines()[-1])
    return payload


@pytest.fixture(autouse=True)
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let no test reach beyond this machine: nothing of docpact may, unless it is asked to."""
    connect = socket.socket.connect

    def connect_here(self: socket.socket, address: Any, /) -> None:
        beyond = self.family != socket.AF_UNIX and address[0] not in {"127.0.0.1", "::1", "localhost"}
        assert not beyond, f"a test tried to reach {address!r}"
        connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", connect_here)
