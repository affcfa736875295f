"""The contract of a test, which holds payloads to the profile that the test, or the run, is about."""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING, Any

from docpact.api import PAYLOAD_LAYERS, Contract, load

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from docpact.api import Promise
    from docpact.finding import Finding


class Held(Contract):
    """A contract under a profile: each of its methods takes that one where none is given."""

    held_to = "documented"

    def under(self, profile: str | None = None, layers: Iterable[str] = PAYLOAD_LAYERS) -> Promise:
        """Return what is equal to each payload that keeps the contract; see `Contract.under`."""
        return super().under(profile or self.held_to, layers)

    def validate(self, payload: Any, *, profile: str | None = None, **more: Any) -> list[Finding]:
        """Return every finding in one parsed payload; see `Contract.validate`."""
        return super().validate(payload, profile=profile or self.held_to, **more)

    def is_valid(self, payload: Any, *, profile: str | None = None) -> bool:
        """Tell whether a payload keeps what the page says; see `Contract.is_valid`."""
        return super().is_valid(payload, profile=profile or self.held_to)

    def validate_story(self, payloads: Iterable[Any], *, profile: str | None = None, **more: Any) -> list[Finding]:
        """Return every finding in the polls of one task; see `Contract.validate_story`."""
        return super().validate_story(payloads, profile=profile or self.held_to, **more)


def held(name: str | Path, profile: str) -> Held:
    """Load a contract and hold it to a profile; raises `ContractError` where there is no such one."""
    loaded = load(name)
    made = Held(**{part.name: getattr(loaded, part.name) for part in fields(loaded)})
    # A contract is frozen, for those who share it; this one is nobody's yet.
    object.__setattr__(made, "held_to", made.profile(profile).name)
    return made
