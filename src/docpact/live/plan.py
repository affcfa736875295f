"""The plan of a run: what is asked, how often, for how long, and what a user agreed to."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

from docpact.finding import Layer

if TYPE_CHECKING:
    from collections.abc import Mapping


# The header that the page names; what a token goes by alone has another name.
AUTHORIZATION = "Authorization"


class Probe(StrEnum):
    """What is tried besides polling tasks as a client does."""

    AUTH = "auth"
    IDS = "ids"
    METHODS = "methods"
    REPEAT = "repeat"


DEFAULT_PROBES = frozenset({Probe.AUTH, Probe.IDS})
ALL_LAYERS = frozenset({Layer.DOCUMENTED, Layer.COHERENT, Layer.LIFECYCLE})


class Plan(NamedTuple):
    """What is asked for in a run, and its limits.

    `tasks` are judged as they stand, `follows` polled to their end. `deadline` and `timeout` are seconds, of the whole run and
    of one answer; `rate` is requests a second, None for as many as answers allow on this machine, and four a second elsewhere.
    `limit` is the largest body of an answer in bytes, `body` what is sent where the documented method takes
    one. `token_name` is the shell variable that stands for the token where requests are shown;
    `token_header` is the header that it goes by: after `Bearer` in Authorization, and alone in any other.
    """

    tasks: tuple[str, ...] = ()
    follows: tuple[str, ...] = ()
    token: str | None = None
    token_name: str = "DOCPACT_TOKEN"  # noqa: S105 - the name of a variable
    token_header: str = AUTHORIZATION
    profile: str = "documented"
    layers: frozenset[Layer] = ALL_LAYERS
    probes: frozenset[Probe] = DEFAULT_PROBES
    max_requests: int = 120
    deadline: float = 50
    timeout: float = 10
    rate: float | None = None
    limit: int = 4 << 20
    in_flight: int = 4
    headers: Mapping[str, str] = {}
    body: bytes | None = None

    @property
    def scheme(self) -> str:
        """What stands before the token in its header."""
        return "Bearer " if self.token_header.lower() == AUTHORIZATION.lower() else ""

    def __repr__(self) -> str:
        """Say what the plan is of, without the token."""
        return f"Plan(tasks={self.tasks!r}, follows={self.follows!r}, token={'…' if self.token else None})"
