"""What was seen against what is documented: departures with their counts and places, and the facts beside them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

    from docpact.finding import Place


@dataclass(slots=True)
class Sighting:
    """How often something was seen, where first and where last, in the order of the captures."""

    count: int
    first: Place
    last: Place

    def again(self, place: Place) -> None:
        """Count it once more."""
        self.count += 1
        self.last = place


class Since(NamedTuple):
    """What a ledger knows of a departure: the names of the runs that saw it first and last, and how often all of them did."""

    first: str
    last: str
    times: int


class Departure(NamedTuple):
    """One way in which what was seen departs from what is documented, named by the rule that it breaks, and how often.

    `found` and `expected` are safe to show. It was seen so many `times`, `of` so many that could have been so: the objects that
    could hold a member, the values of a member, the steps away from a status. `types` counts what an undocumented member is.
    `excused_by` names the profiles that know it; `literal` is the text itself where a profile could name it, and else None.
    `since` is what the ledger knew before this run; None where there is no ledger, or where it is new.
    """

    rule: str
    pointer: str
    found: object
    expected: tuple[str, ...]
    times: int
    of: int
    first: Place
    last: Place
    types: Mapping[str, int] = {}
    excused_by: tuple[str, ...] = ()
    literal: str | None = None
    since: Since | None = None


class Beyond(NamedTuple):
    """What was too much to be remembered: values of a member, or undocumented names in an object, that were counted only."""

    pointer: str
    what: str
    remembered: int
    times: int


class MemberSeen(NamedTuple):
    """How a documented member was seen: in how many objects that could hold it, and as what.

    `values` counts the listed values, also those never seen; `types` the types without null.
    """

    pointer: str
    required: bool
    holders: int
    absent: int
    null: int
    empty: int
    types: Mapping[str, int]
    values: Mapping[str, int]

    @property
    def present(self) -> int:
        """How often it was there at all."""
        return self.null + sum(self.types.values())


class TimeSeen(NamedTuple):
    """The units in which a member tells times, by magnitude; `expected` is the documented one, or "" where nothing says."""

    pointer: str
    expected: str
    units: Mapping[str, Sighting]


class StepSeen(NamedTuple):
    """A step from one status to another that a story took; `says` is what the lifecycle says of it, or ""."""

    earlier: str
    later: str
    sighting: Sighting
    says: str = ""


class Drift(NamedTuple):
    """All that a run has seen: what departs from the page, what a profile knows of it, what was never seen, and the facts.

    `no_objects` are bodies of another type than the `documented` one. `stories` is None where polls were not told apart;
    `unseen_steps` are those of the lifecycle under the profile.
    """

    payloads: int
    departures: tuple[Departure, ...]
    excused: tuple[Departure, ...]
    members: tuple[MemberSeen, ...]
    times: tuple[TimeSeen, ...]
    statuses: Mapping[str, Sighting]
    beyond: tuple[Beyond, ...]
    error_bodies: Sighting | None = None
    errors: Mapping[str, int] = {}
    no_objects: Sighting | None = None
    documented: str = "object"
    stories: int | None = None
    steps: tuple[StepSeen, ...] = ()
    unseen_steps: tuple[tuple[str, str], ...] = ()

    @property
    def unseen_members(self) -> list[str]:
        """The documented members that no payload held."""
        return [member.pointer for member in self.members if not member.present]

    @property
    def unseen_values(self) -> list[tuple[str, str]]:
        """The listed values that no payload held, each with its member."""
        return [(member.pointer, value) for member in self.members for value, count in member.values.items() if not count]

    def best_profile(self) -> tuple[str, int, int] | None:
        """Name the profile that knows most departures, how many of how many; None where none knows half of them.

        Members that the page does not name are left aside: a profile has nothing to say of them.
        """
        counts: dict[str, int] = {}
        spoken = [departure for departure in self.departures if departure.rule != "undocumented-member"]
        for name in (name for departure in spoken for name in departure.excused_by):
            counts[name] = counts.get(name, 0) + 1
        if not counts:
            return None
        best = max(sorted(counts), key=lambda name: counts[name])
        return (best, counts[best], len(spoken)) if counts[best] * 2 >= len(spoken) else None
