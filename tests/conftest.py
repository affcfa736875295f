"""What every test may ask for."""

from __future__ import annotations

import json
import signal
import socket
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from plugged import alone

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import ModuleType

ROOT = Path(__file__).parents[1]

pytest_plugins = ["pytester"]


def pytest_configure() -> None:
    """Let Ctrl-C reach what the tests start; a shell that runs them in the background has them ignore it, and pass that on."""
    signal.signal(signal.SIGINT, signal.default_int_handler)


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


@pytest.fixture
def project(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> pytest.Pytester:
    """Give a project of somebody else, whose pytest loads the plugin of docpact alone."""
    return alone(pytester, monkeypatch)


@pytest.fixture
def bench(root: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[ModuleType]:
    """Give the module that starts and measures programs, with a folder of its own to write to."""
    monkeypatch.syspath_prepend(str(root / "benchmarks"))
    before = set(sys.modules)
    import measure

    monkeypatch.setattr(measure, "OUT", tmp_path)
    yield measure
    for name in set(sys.modules) - before:
        if str(root / "benchmarks") in (getattr(sys.modules[name], "__file__", None) or ""):
            del sys.modules[name]
