"""One parsed payload, or one story, judged layer by layer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from docpact.errors import UsageError
from docpact.finding import Layer, Severity
from docpact.pointers import touches
from docpact.validate.coherent import Coherent
from docpact.validate.documented import Documented
from docpact.validate.engine import Engine
from docpact.validate.polls import Polls, Story

if TYPE_CHECKING:
    from collections.abc import Collection

    from docpact.contract import Contract
    from docpact.validate.breach import Breach

DEFAULT_LAYERS = frozenset({Layer.DOCUMENTED, Layer.COHERENT})


_OF_THE_VALUE = frozenset({"documented-type", "documented-null"})


class Judge:
    """Judge parsed payloads by a contract, under a profile, in the layers asked for.

    Raises `ContractError` for a profile that there is not, and `UsageError` where stories are asked of a contract
    without a lifecycle.
    """

    def __init__(self, contract: Contract, profile: str = "documented", layers: Collection[Layer] = DEFAULT_LAYERS) -> None:
        self.contract = contract
        self.profile = contract.profile(profile)
        self.layers = frozenset(layers)
        self.engine = Engine(contract.schema)
        self._documented = Documented(contract, self.profile, self.engine)
        self._coherent = Coherent(contract)
        self._polls: Polls | None = None
        if Layer.LIFECYCLE in self.layers:
            if contract.lifecycle is None:
                raise UsageError(
                    f"the contract {contract.name} declares no lifecycle, so its stories cannot be judged",
                    hint="add [lifecycle] to its contract.toml, or leave the lifecycle layer out",
                )
            self._polls = Polls(contract, self.profile.name)

    def payload(self, value: Any, asked: str | None = None) -> list[Breach]:
        """Return every breach of one payload in the documented and coherent layers, as far as they were asked for."""
        breaches: list[Breach] = []
        if Layer.DOCUMENTED in self.layers:
            breaches.extend(self._documented.breaches(value))
        if Layer.COHERENT in self.layers:
            told = [b.pointer for b in breaches if b.rule in _OF_THE_VALUE and b.severity is Severity.ERROR]
            found = self._coherent.breaches(value, asked)
            # What the page refuses is told once: a number that is a text is in no order either.
            breaches.extend(breach for breach in found if not any(touches(breach.pointer, at) for at in told))
        return breaches

    def poll(self, story: Story, value: Any, at: float | None = None, asked: str | None = None) -> list[Breach]:
        """Return every breach of one more poll of a story, in all layers that were asked for; `at` in milliseconds."""
        breaches = self.payload(value, asked)
        if self._polls is not None and self.contract.lifecycle is not None:
            coherent = breaches if Layer.COHERENT in self.layers else self._coherent.breaches(value)
            instants = frozenset(b.rule for b in coherent) & self.contract.lifecycle.instant_rules
            breaches.extend(self._polls.breaches(story, value, instants, at))
        return breaches
