"""Reports: the tally of a run and its findings, written out; nothing here judges."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from docpact.tally import Tally


@dataclass(frozen=True, slots=True)
class Run:
    """What a report says about a run beside its findings: contract, profile, and when a run fails."""

    version: str
    contract: str
    schema_sha256: str
    profile: str
    tally: Tally
    fail_on: str = "error"
    most: int | None = None
    interrupted: bool = False
