"""What the tests of inputs share: a way to read, and the shapes in which captures come."""

from __future__ import annotations

import io
import json
from typing import TYPE_CHECKING, Any

import pytest

from docpact import inputs
from docpact.captures import Corrupt, Read, Skipped, Text, Unreadable
from docpact.contract import load

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

LIMIT = 100_000
URLS = inputs.operations(load().openapi)

Told = tuple[str, int | None, Any]


@pytest.fixture
def read() -> Callable[..., list[Read]]:
    """Read inputs, small enough to be listed."""

    def reading(*names: str | Path, stdin: bytes = b"", limit: int = LIMIT, **settings: Any) -> list[Read]:
        wanted = inputs.Settings(limit, **{"urls": URLS, **settings})
        return list(inputs.read([str(name) for name in names], io.BytesIO(stdin), wanted))

    return reading


@pytest.fixture
def told(read: Callable[..., list[Read]], tmp_path: Path) -> Callable[..., list[Told]]:
    """Read a body, or files in a folder, and say of each thing: what it is, its line, and its content or the reason."""

    def telling(*names: str | Path, **more: Any) -> list[Told]:
        return [_said(thing) for thing in read(*(names or [tmp_path]), **more)]

    return telling


def _said(thing: Read) -> Told:
    if isinstance(thing, Text):
        return "text", thing.line, thing.content
    if isinstance(thing, Corrupt):
        return "corrupt", thing.line, thing.reason
    assert isinstance(thing, Skipped | Unreadable)
    return type(thing).__name__.lower(), None, thing.reason


@pytest.fixture
def line(example: dict[str, Any]) -> bytes:
    """One payload on one line, without the line end."""
    return json.dumps(example).encode()
