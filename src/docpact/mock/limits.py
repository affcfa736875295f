"""How hard the mock makes it: how long an answer takes, how many requests a second it takes, and how many at once."""

from __future__ import annotations

import json
from heapq import heapreplace
from math import ceil
from typing import TYPE_CHECKING, NamedTuple

from docpact.exchange import Answer
from docpact.generate.draws import Seeded

if TYPE_CHECKING:
    from collections.abc import Callable

_MICRO = 1_000_000


class Limits(NamedTuple):
    """`latency` and `jitter` in seconds, `rate` in requests a second, `concurrency` in requests at once; None: as many as come.

    An answer takes `latency`, and up to `jitter` more, as the seed will have it.
    """

    latency: float = 0.0
    jitter: float = 0.0
    rate: float | None = None
    concurrency: int | None = None
    seed: int | str = 0


class Gate:
    """Lets requests through as the limits say: each waits for its time, or is told to come again later."""

    def __init__(self, limits: Limits, clock: Callable[[], float]) -> None:
        self._limits = limits
        self._clock = clock
        self._draws = Seeded(limits.seed)
        # Since when the bucket of allowed requests has been filling: it holds those of one second, and one at least.
        self._since = clock() - max(1.0, 1 / (limits.rate or 1))
        self._free = [0.0] * (limits.concurrency or 0)

    def busy(self) -> Answer | None:
        """Count a request; return the answer that says when to come again, where there were too many."""
        rate = self._limits.rate
        if rate is None:
            return None
        now = self._clock()
        self._since = max(self._since, now - max(1.0, 1 / rate))
        # A hair is forgiven: times are sums of fractions.
        lacking = self._since + 1 / rate - now
        if lacking > 1e-9:  # noqa: PLR2004 - a hair
            return _come_again(ceil(lacking), rate)
        self._since += 1 / rate
        return None

    def wait(self) -> float:
        """Return after how many seconds the answer to a request that comes now is to be sent."""
        limits = self._limits
        self._draws.nth += 1
        takes = limits.latency + self._draws.integer("jitter", 0, _MICRO) / _MICRO * limits.jitter
        if not self._free:
            return takes
        now = self._clock()
        begins = max(now, self._free[0])
        heapreplace(self._free, begins + takes)
        return begins + takes - now


def gate(limits: Limits, clock: Callable[[], float]) -> Gate | None:
    """Return the gate that the limits ask for, or None where they ask for none."""
    return Gate(limits, clock) if any(limits[:4]) else None


def _come_again(seconds: int, rate: float) -> Answer:
    said = {"code": 30, "description": f"more than {rate:g} requests a second", "type": "upstream_error"}
    headers = (("Content-Type", "application/json"), ("Retry-After", str(seconds)))
    return Answer(429, headers, json.dumps(said).encode())
