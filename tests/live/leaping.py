"""A loop whose time leaps to the next thing that is due, instead of waiting for it."""

from __future__ import annotations

import asyncio
import selectors
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import Coroutine

T = TypeVar("T")


class _Leaps(selectors.DefaultSelector):
    """A selector that moves the clock where it would wait; what is ready at once is told as it is."""

    def __init__(self) -> None:
        super().__init__()
        self.now = 0.0

    def select(self, timeout: float | None = None) -> Any:
        ready = super().select(0)
        if ready or timeout is None:
            return ready or super().select(timeout)
        self.now += max(timeout, 0.0)
        return ready


class Loop(asyncio.SelectorEventLoop):
    """A loop that never waits for time: an hour takes as long as what is done in it."""

    def __init__(self) -> None:
        self._leaps = _Leaps()
        super().__init__(self._leaps)

    def time(self) -> float:
        return self._leaps.now


def run(work: Coroutine[Any, Any, T]) -> T:
    """Run until the end, in a loop that leaps."""
    with asyncio.Runner(loop_factory=Loop) as runner:
        return runner.run(work)
