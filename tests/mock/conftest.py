"""Servers of the mock, which end with the test."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from served import Server

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


@pytest.fixture
def serve() -> Iterator[Callable[..., Server]]:
    """Serve a relay, with settings of `Front`."""
    servers: list[Server] = []

    def served(relay: Any, **settings: Any) -> Server:
        servers.append(Server(relay, **settings))
        return servers[-1]

    yield served
    for server in servers:
        server.stop(grace=0)
