"""docpact in Python: load a contract, and judge payloads and stories by it."""

from __future__ import annotations

from dataclasses import fields
from functools import cached_property
from math import isfinite
from typing import TYPE_CHECKING, Any

from docpact import contract as words
from docpact.finding import Finding, Layer, Place

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from docpact.validate.payload import Judge


class Contract(words.Contract):
    """A contract that judges: what was promised, and whether a payload, or a story, keeps it."""

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
        layers: str | Iterable[str] = ("documented", "coherent"),
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
        found = self.validate(payload, profile=profile, layers=("documented",))
        return not any(finding.severity == "error" for finding in found)

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


def load(name: str | Path = "task-fetch") -> Contract:
    """Load a contract by the name under which docpact ships it, or by the folder that `docpact derive` has made.

    Raises `ContractError` where there is none, or where its `contract.toml` says something that docpact does not know.
    """
    loaded = words.load(name)
    return Contract(**{part.name: getattr(loaded, part.name) for part in fields(loaded)})
