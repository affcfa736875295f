"""What was exercised of what a contract names: each feature with the payloads that have it, by what it is about."""

from __future__ import annotations

from math import floor
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

    from docpact.drifted import Sighting


class Group(NamedTuple):
    """The features of one kind, in the order of the page, each with the payloads that have it (None: no payload).

    `excepted` are those that were taken out of the count.
    """

    name: str
    features: Mapping[str, Sighting | None]
    excepted: Mapping[str, Sighting | None] = {}

    @property
    def exercised(self) -> int:
        """How many of them a payload has."""
        return sum(sighting is not None for sighting in self.features.values())

    @property
    def missing(self) -> list[str]:
        """Those that no payload has."""
        return [feature for feature, sighting in self.features.items() if sighting is None]


class Coverage(NamedTuple):
    """How much of what a contract names was exercised, under a profile; `members` are those of the page, in its order.

    `groups` are counted, `beside` is not: the extremes, unless they were asked for. `stories` is None where polls were not told
    apart. `lacking` says which groups there are none of, and why, in sentences; `unused` are exceptions that took nothing out.
    """

    payloads: int
    groups: tuple[Group, ...]
    members: tuple[str, ...] = ()
    beside: tuple[Group, ...] = ()
    stories: int | None = None
    passed_over: int = 0
    lacking: tuple[str, ...] = ()
    unused: tuple[str, ...] = ()

    @property
    def features(self) -> int:
        """How many features are counted."""
        return sum(len(group.features) for group in self.groups)

    @property
    def exercised(self) -> int:
        """How many of them a payload has."""
        return sum(group.exercised for group in self.groups)

    @property
    def percent(self) -> float:
        """The share of the features that were exercised, from 0 to 100; 100 where there are none."""
        return share(self.exercised, self.features)


def share(part: int, whole: int) -> float:
    """Return a share in percent; rounded down to a tenth, so that only all of it is 100."""
    return floor(1000 * part / whole) / 10 if whole else 100.0
