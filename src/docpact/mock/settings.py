"""Settings: what a relay is made with."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable


class Settings(NamedTuple):
    """What a relay is made with: the token ("": none is asked for), seconds a step (None: a step a poll), and where it is."""

    profile: str
    token: str
    seed: int | str
    pace: float | None
    clock: Callable[[], float]
    base: str
