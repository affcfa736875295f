"""A clock that a test turns, so that nobody waits."""

from __future__ import annotations

import asyncio
from math import isfinite

from docpact.errors import UsageError

# Where the times of generated tasks begin (2025-09-09): a run tells the same times as the next one.
_BEGINS = 1_757_419_200.0


class Clock:
    """The time of a relay, in seconds since 1970: it stands still until it is turned.

    It is called as `time.time` is; `sleep` and `sleep_async` take the place of those of a client, and return at once.
    """

    def __init__(self) -> None:
        self._now = _BEGINS
        self.slept = 0.0

    def __call__(self) -> float:
        """Return the time."""
        return self._now

    def forward(self, seconds: float) -> None:
        """Turn the clock forward; raises `UsageError` for a time that is negative, or none."""
        if not (isfinite(seconds) and seconds >= 0):
            raise UsageError(f"the clock cannot be turned forward by {seconds} seconds", hint="clock.forward(30)")
        self._now += seconds

    def sleep(self, seconds: float) -> None:
        """Turn the clock forward in the name of a client that waits; `slept` adds up for how long clients did."""
        self.forward(seconds)
        self.slept += seconds

    async def sleep_async(self, seconds: float) -> None:
        """Do the same in place of `asyncio.sleep`, and let others go on in between."""
        self.sleep(seconds)
        await asyncio.sleep(0)
