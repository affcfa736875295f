"""Mock: a relay on this machine, whose tasks live as the contract says, and which breaks any rule that it is asked to break."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from docpact.contract import load
from docpact.mock.core import Relay
from docpact.mock.hooks import Notice
from docpact.mock.options import Row
from docpact.mock.tasks import Known, Settings

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from docpact.contract import Contract

__all__ = ["Known", "Notice", "Relay", "Row", "list_faults", "relay"]

TOKEN = "sk-mockRelayToken0123456789"  # noqa: S105 - the token of a relay that holds nothing
BASE = "http://127.0.0.1:8080"


def relay(  # noqa: PLR0913 - each has a name, and a value that serves
    contract: Contract | None = None, *, profile: str = "documented", token: str = TOKEN, seed: int | str = 0,
    pace: float | None = None, faults: Sequence[str] = (), clock: Callable[[], float] = time.time, base: str = BASE,
) -> Relay:  # fmt: skip
    """Make a relay of a profile; without a contract, of the one that docpact ships.

    `token` is what it asks for ("": nothing); a task moves on by a step at each poll, or every `pace` seconds of `clock`.
    `faults` are rules to be broken, `RULE[/VARIANT][:every=N|:after=N|:status=S|:poll=N]`; `base` is where its images are.
    Raises `ContractError` for an unknown profile, `UsageError` for a fault that there is not.
    """
    made = Relay(load() if contract is None else contract, Settings(profile, token, seed, pace, clock, base))
    for fault in faults:
        made.switch(fault, on=True)
    return made


def list_faults(contract: Contract, profile: str = "documented") -> list[Row]:
    """List every fault that a relay of a profile can commit; raises `ContractError` for an unknown profile."""
    from docpact.mock import catalogue

    return catalogue.list_faults(contract, profile)
