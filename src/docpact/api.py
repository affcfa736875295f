"""docpact in Python: load a contract, and judge payloads and stories by it."""

from __future__ import annotations

from dataclasses import dataclass, fields
from functools import cached_property
from math import isfinite
from typing import TYPE_CHECKING, Any

from docpact import contract as words
from docpact.finding import Finding, Layer, Place, Severity

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from docpact.covered import Coverage
    from docpact.drifted import Drift
    from docpact.validate.payload import Judge


PAYLOAD_LAYERS = ("documented", "coherent")


class Contract(words.Contract):
    """A contract that judges: what was promised, and whether a payload, or a story, keeps it.

    A payload that breaks no rule of severity error is equal to it, so that a test can say `assert payload == contract`.
    """

    def __eq__(self, other: object) -> bool:
        """Tell whether a payload keeps the contract; or whether another contract promises the same."""
        if isinstance(other, words.Contract):
            # A dataclass compares itself with its own class alone, and these may be of several.
            return all(getattr(self, part.name) == getattr(other, part.name) for part in fields(words.Contract))
        return bool(self.under() == other)

    def __hash__(self) -> int:
        return hash((self.name, self.schema_sha256))

    def __repr__(self) -> str:
        return f"<contract {self.name}>"

    def under(self, profile: str = "documented", layers: Iterable[str] = PAYLOAD_LAYERS) -> Promise:
        """Return what is equal to each payload that keeps the contract under a profile, in some layers.

        Raises `ContractError` for a profile that the contract does not have.
        """
        return Promise(self, self.profile(profile).name, tuple(layers))

    @cached_property
    def _judges(self) -> dict[tuple[str, frozenset[Layer]], Judge]:
        return {}

    def _judge(self, profile: str, layers: str | Iterable[str]) -> Judge:
        from docpact.validate.payload import Judge

        # A text is iterable as well, letter by letter, which nobody means.
        key = (profile, frozenset(Layer(layer) for layer in ([layers] if isinstance(layers, str) else layers)))
        if Layer.TRANSPORT in key[1]:
            raise ValueError("the transport layer is about texts, and a payload is parsed: use `docpact validate`")
        if key not in self._judges:
            self._judges[key] = Judge(self, profile, key[1])
        return self._judges[key]

    def validate(
        self,
        payload: Any,
        *,
        profile: str = "documented",
        layers: str | Iterable[str] = PAYLOAD_LAYERS,
        asked: str | None = None,
    ) -> list[Finding]:
        """Return every finding in one parsed payload; the list is empty where there is none.

        `payload` is what `json.loads` gives. `asked` is the id that the client asked for, where it is known. Raises
        `ContractError` for a profile that the contract does not have, `ValueError` for a layer that there is not, or in
        which one payload cannot be judged.
        """
        judge = self._judge(profile, layers)
        if Layer.LIFECYCLE in judge.layers:
            raise ValueError("the lifecycle layer is about the polls of a task: use validate_story")
        return [breach.finding() for breach in judge.payload(payload, asked)]

    def is_valid(self, payload: Any, *, profile: str = "documented") -> bool:
        """Tell whether a payload keeps what the page says: no error in the documented layer."""
        return bool(self.under(profile, ("documented",)) == payload)

    def validate_story(
        self,
        payloads: Iterable[Any],
        *,
        profile: str = "documented",
        layers: str | Iterable[str] = ("documented", "coherent", "lifecycle"),
        times: Iterable[float] | None = None,
    ) -> list[Finding]:
        """Return every finding in the polls of one task, in the order of the polls; `place.item` is the poll, from 0.

        `times` gives the time of each poll in milliseconds; without it no poll is found stuck. Raises `ValueError`
        where there are fewer times than payloads, or one that is not finite.
        """
        from docpact.validate.polls import Story

        judge, story = self._judge(profile, layers), Story()
        found: list[Finding] = []
        given = None if times is None else list(times)
        for index, payload in enumerate(payloads):
            if given is not None and index >= len(given):
                raise ValueError(f"poll {index} has no time: {len(given)} times were given")
            if given is not None and not isfinite(given[index]):
                raise ValueError(f"poll {index} has no time: {given[index]} is none")
            breaches = judge.poll(story, payload, None if given is None else given[index])
            found.extend(breach.finding(Place(item=index)) for breach in breaches)
        return found

    def drift(self, payloads: Iterable[Any], *, profile: str = "documented", stories: bool = False) -> Drift:
        """Return what parsed payloads hold beside the page, and what of the page they never hold.

        A place has the `item`, from 0. With `stories` the payloads of one id are its polls, in their order. Raises
        `ContractError` for a profile that the contract does not have.
        """
        from docpact.drift.departed import Departed
        from docpact.drift.observed import Observed

        known, observed = self.profile(profile), Observed(self, stories=stories)
        for index, payload in enumerate(payloads):
            observed.take(payload, Place(item=index))
        return Departed(observed, self, known).told()

    def coverage(
        self,
        payloads: Iterable[Any],
        *,
        profile: str = "documented",
        stories: bool = False,
        extremes: bool = False,
        excepted: Iterable[str] = (),
    ) -> Coverage:
        """Return how much of what the contract names parsed payloads exercise; `percent` is from 0 to 100.

        With `stories` the steps of the lifecycle are counted, with `extremes` empty and long texts and lists; `excepted` are
        features that are not, or patterns of them. Raises `ContractError` for a profile that the contract does not have.
        """
        from docpact.drift.covering import Covering

        known = self.profile(profile)
        # A text is iterable as well, letter by letter, which nobody means.
        patterns = (excepted,) if isinstance(excepted, str) else tuple(excepted)
        covering = Covering(self, known, stories=stories, extremes=extremes, excepted=patterns)
        for index, payload in enumerate(payloads):
            covering.take(payload, Place(item=index))
        return covering.told()


@dataclass(frozen=True, eq=False)
class Promise:
    """A contract under a profile, in some layers: equal to each payload that breaks no rule of severity error in them.

    Made by `Contract.under`; it may stand wherever a test compares, inside lists and dictionaries too.
    """

    contract: Contract
    profile: str
    layers: tuple[str, ...]

    def findings(self, payload: Any) -> list[Finding]:
        """Return every finding in a payload."""
        return self.contract.validate(payload, profile=self.profile, layers=self.layers)

    def __eq__(self, other: object) -> bool:
        """Tell whether a payload keeps what was promised."""
        if isinstance(other, Promise):
            return self is other
        return not any(found.severity is Severity.ERROR for found in self.findings(other))

    __hash__ = object.__hash__

    def __repr__(self) -> str:
        return f"<contract {self.contract.name} under the profile {self.profile}>"


def load(name: str | Path = "task-fetch") -> Contract:
    """Load a contract by the name under which docpact ships it, or by the folder that `docpact derive` has made.

    Raises `ContractError` where there is none, or where its `contract.toml` says something that docpact does not know.
    """
    loaded = words.load(name)
    return Contract(**{part.name: getattr(loaded, part.name) for part in fields(loaded)})
