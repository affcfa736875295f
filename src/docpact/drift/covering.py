"""Covering: which features of a contract the payloads and stories of a run exercise."""

from __future__ import annotations

from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any

from docpact.covered import Coverage, Group
from docpact.drift.stories import Stories
from docpact.drifted import Sighting
from docpact.features import BUTTONS, EXTREMES, NULLS, PRESENCE, STEPS, VALUES, Features, step

if TYPE_CHECKING:
    from collections.abc import Sequence

    from docpact.contract import Contract, Profile
    from docpact.finding import Place

_GROUPS = (VALUES, PRESENCE, NULLS, BUTTONS, STEPS, EXTREMES)
_LACKING = {
    VALUES: "the page lists no values of any member",
    PRESENCE: "no member is optional",
    NULLS: "no member may be null",
    BUTTONS: "the contract names no kinds of buttons",
    STEPS: "the contract has no lifecycle, and so no steps",
    EXTREMES: "no member can be empty, long or many",
}
_UNTOLD = "steps of the lifecycle are counted where payloads are taken as polls"


class Covering:
    """Count the features of payloads; with `stories`, the steps of tasks too.

    `excepted` are features, or patterns of them (`*` is anything), that are taken out of the count.
    """

    def __init__(
        self,
        contract: Contract,
        profile: Profile,
        *,
        stories: bool = False,
        extremes: bool = False,
        excepted: Sequence[str] = (),
    ) -> None:
        self._contract = contract
        self._features = Features(contract, profile)
        self._grouped = dict(self._features.grouped())
        self._of = self._features.of
        self._stories = Stories(contract.roles) if stories else None
        self._extremes = extremes
        self._excepted = excepted
        self._seen: dict[str, Sighting] = {}
        self._payloads = 0
        self._passed_over = 0

    def take(self, payload: Any, place: Place, asked: str | None = None, scope: str = "") -> None:
        """Count one payload; what is not what the page documents exercises nothing, and is passed over."""
        self._payloads += 1
        if not self._is_documented(payload):
            self._passed_over += 1
            return
        seen = self._seen
        found = set(self._of(payload))
        if self._stories is not None and isinstance(payload, dict):
            pair = self._stories.take(payload, scope, asked)
            if pair is not None and (one := step(*pair)) in self._grouped:
                found.add(one)
        for feature in found:
            known = seen.get(feature)
            if known is None:
                seen[feature] = Sighting(1, place, place)
            else:
                known.count += 1
                known.last = place

    def _is_documented(self, payload: Any) -> bool:
        if self._features.is_list:
            return isinstance(payload, list)
        return isinstance(payload, dict) and not self._contract.is_error_body(payload)

    def told(self) -> Coverage:
        """Return what was exercised, and what was not."""
        used: set[str] = set()
        groups, lacking = [], []
        for name in _GROUPS:
            group = self._group(name, used)
            if name == STEPS and self._stories is None:
                lacking += [_LACKING[name] if self._contract.lifecycle is None else _UNTOLD]
            elif group.features or group.excepted:
                groups.append(group)
            else:
                lacking.append(_LACKING[name])
        counted = [group for group in groups if group.name != EXTREMES or self._extremes]
        return Coverage(
            payloads=self._payloads,
            groups=tuple(counted),
            members=tuple(dict.fromkeys(part.at for part in self._features.members)),
            beside=tuple(group for group in groups if group not in counted),
            stories=None if self._stories is None else self._stories.told,
            passed_over=self._passed_over,
            lacking=tuple(lacking),
            unused=tuple(pattern for pattern in self._excepted if pattern not in used),
        )

    def _group(self, name: str, used: set[str]) -> Group:
        features: dict[str, Sighting | None] = {}
        excepted: dict[str, Sighting | None] = {}
        for feature, of in self._grouped.items():
            if of != name:
                continue
            patterns = [pattern for pattern in self._excepted if feature == pattern or fnmatchcase(feature, pattern)]
            used.update(patterns)
            (excepted if patterns else features)[feature] = self._seen.get(feature)
        return Group(name, features, excepted)
