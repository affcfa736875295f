"""Departed: what was counted, held against the page and seen through a profile."""

from __future__ import annotations

from typing import TYPE_CHECKING

from docpact.drift.observed import name_of_type, pointer_of
from docpact.drift.times import OTHER
from docpact.drifted import Beyond, Departure, Drift, MemberSeen, Sighting, StepSeen, TimeSeen
from docpact.features import Features
from docpact.redact import safe_pointer, shown_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from docpact.contract import Contract, Profile
    from docpact.drift.observed import Node, Observed

# The order in which they are told: what breaks most clients comes first.
RULES = (
    "documented-enum", "documented-type", "documented-null", "documented-required", "time-unit", "end-left", "status-back",
    "status-back-known", "undocumented-member",
)  # fmt: skip


class Departed:
    """Tell what was observed; everything that names a value or a member is safe to show."""

    def __init__(self, observed: Observed, contract: Contract, profile: Profile) -> None:
        self._observed = observed
        self._contract = contract
        self._profile = profile
        self._families = [p for p in contract.profiles.values() if p.suggested and p.name != profile.name]

    def told(self) -> Drift:
        """Return all of it, the same for the same payloads in whatever order, but for places."""
        observed = self._observed
        found = sorted(self._departures(), key=_order)
        excused = [self._is_excused(departure) for departure in found]
        seen = {pair for pair in observed.steps if observed.tells_stories}
        unseen = [pair for pair in Features(self._contract, self._profile).steps() if pair not in seen]
        return Drift(
            payloads=observed.payloads,
            departures=tuple(d for d, known in zip(found, excused, strict=True) if not known),
            excused=tuple(d for d, known in zip(found, excused, strict=True) if known),
            members=tuple(self._member(holder, node) for holder, node in observed.root.below()),
            times=tuple(self._times()),
            statuses=self._statuses(),
            beyond=tuple(self._beyond()),
            error_bodies=observed.error_bodies,
            errors=dict(sorted(observed.errors.items(), key=lambda pair: (-pair[1], pair[0]))),
            no_objects=observed.no_objects,
            documented=" or ".join(dict.fromkeys(map(name_of_type, observed.root.types))),
            stories=observed.stories.told if observed.tells_stories else None,
            steps=tuple(self._steps()),
            unseen_steps=tuple(unseen) if observed.tells_stories else (),
        )

    def _is_excused(self, departure: Departure) -> bool:
        if departure.rule == "undocumented-member":
            # A profile that does not report such members is no profile that knows them.
            return False
        return self._profile.name in departure.excused_by or self._excuses(self._profile, departure)

    def _excuses(self, profile: Profile, departure: Departure) -> bool:
        if departure.rule not in {"documented-enum", "documented-null", "documented-required"}:
            return False
        return profile.severity(departure.rule, departure.pointer, departure.literal) is None

    def _departures(self) -> Iterator[Departure]:
        told: dict[tuple[str, str, str], Departure] = {}
        for departure in self._all():
            families = tuple(p.name for p in self._families if self._excuses(p, departure)) or departure.excused_by
            at = safe_pointer(departure.pointer)
            named = "" if departure.rule == "undocumented-member" else repr(departure.found)
            one = departure._replace(excused_by=families, pointer=at)
            key = (departure.rule, at, named)
            # Names and values that are secrets are shown alike, and told as one.
            told[key] = one if key not in told else _both(told[key], one)
        yield from told.values()

    def _all(self) -> Iterator[Departure]:
        nodes = list(self._observed.root.below())
        for holder, node in nodes:
            yield from self._of_value(node)
            yield from self._of_member(holder, node)
        for node in (self._observed.root, *(node for _, node in nodes)):
            for name, member in node.unnamed.items():
                one = _departure("undocumented-member", pointer_of(node, name), member.example, member.sighting, node.objects)
                yield one._replace(types=dict(sorted(member.types.items())))
        yield from self._turns()

    def _of_value(self, node: Node) -> Iterator[Departure]:
        if node.values is not None and node.unlisted is not None:
            listed = tuple(_text(value) for value in node.values)
            for value in node.unlisted.values():
                one = _departure("documented-enum", node.pointer, value.shown, value.sighting, node.present)
                yield one._replace(expected=listed, literal=value.literal)
        expected = tuple(dict.fromkeys(map(name_of_type, node.types)))
        for name, sighting in node.odd.items():
            yield _departure("documented-type", node.pointer, name, sighting, node.present)._replace(expected=expected)
        if node.nulls is not None and not node.nullable:
            yield _departure("documented-null", node.pointer, None, node.nulls, node.present)._replace(expected=expected)
        if node.units:
            yield from self._of_times(node, node.units)

    def _of_times(self, node: Node, units: dict[str, Sighting]) -> Iterator[Departure]:
        expected = self._observed.times[node.pointer]
        whole = sum(sighting.count for sighting in units.values())
        # Where nothing says which unit is meant, the one that is usual is: others beside it are worth a look.
        usual = expected or max(units, key=lambda unit: (units[unit].count, unit))
        for unit, sighting in units.items():
            if unit != usual and (expected or unit != OTHER):
                yield _departure("time-unit", node.pointer, unit, sighting, whole)._replace(expected=(usual,))

    def _of_member(self, holder: Node, node: Node) -> Iterator[Departure]:
        if node.lacking is not None:
            yield _departure("documented-required", node.pointer, None, node.lacking, holder.objects)

    def _turns(self) -> Iterator[Departure]:
        at = self._contract.roles.get("status", "")
        for (earlier, later), sighting in self._observed.steps.items():
            rule, families = self._turn(earlier, later)
            if rule:
                whole = sum(s.count for (first, _), s in self._observed.steps.items() if first == earlier)
                found = f"{_status(earlier)} → {_status(later)}"
                yield _departure(rule, at, found, sighting, whole)._replace(excused_by=families)

    def _turn(self, earlier: str, later: str) -> tuple[str, tuple[str, ...]]:
        cycle = self._contract.lifecycle
        if cycle is None:
            return "", ()
        if cycle.is_end(earlier):
            return "end-left", ()
        if not cycle.goes_back(earlier, later):
            return "", ()
        families = [name for b in cycle.backs if (b.origin, b.target) == (earlier, later) for name in b.profiles]
        return ("status-back-known", tuple(dict.fromkeys(families))) if families else ("status-back", ())

    def _steps(self) -> Iterator[StepSeen]:
        for (earlier, later), sighting in sorted(self._observed.steps.items(), key=lambda pair: (-pair[1].count, pair[0])):
            yield StepSeen(shown_text(earlier), shown_text(later), sighting, self._says(earlier, later))

    def _says(self, earlier: str, later: str) -> str:
        cycle = self._contract.lifecycle
        if cycle is None:
            return ""
        unknown = [state for state in (earlier, later) if state not in cycle.states]
        if unknown:
            return f"the lifecycle does not know {_status(unknown[0])}"
        rule, families = self._turn(earlier, later)
        said = {"end-left": "it leaves an end", "status-back": "it goes back"}
        return said.get(rule, f"it goes back, as a {families[0]} does" if families else "")

    def _statuses(self) -> dict[str, Sighting]:
        found: dict[str, Sighting] = {}
        for status, sighting in sorted(self._observed.statuses.items(), key=lambda pair: (-pair[1].count, pair[0])):
            found.setdefault(shown_text(status), sighting)
        return found

    def _member(self, holder: Node, node: Node) -> MemberSeen:
        types: dict[str, int] = {}
        for kind, number in node.types.items():
            types[name_of_type(kind)] = number
        types |= {name: types.get(name, 0) + sighting.count for name, sighting in node.odd.items()}
        is_item = holder.items is node
        return MemberSeen(
            pointer=safe_pointer(node.pointer),
            required=node.required,
            holders=node.present if is_item else holder.objects,
            absent=0 if is_item else holder.objects - node.present,
            null=node.nulls.count if node.nulls is not None else 0,
            empty=node.empty,
            types={name: number for name, number in types.items() if number},
            values={_text(value): number for value, number in (node.values or {}).items()},
        )

    def _times(self) -> Iterator[TimeSeen]:
        for _, node in self._observed.root.below():
            if node.units:
                units = sorted(node.units.items(), key=lambda pair: (-pair[1].count, pair[0]))
                yield TimeSeen(safe_pointer(node.pointer), self._observed.times[node.pointer], dict(units))

    def _beyond(self) -> Iterator[Beyond]:
        nodes = [self._observed.root, *(node for _, node in self._observed.root.below())]
        for node in nodes:
            if node.unnamed_more:
                yield Beyond(safe_pointer(node.pointer), "undocumented members", len(node.unnamed), node.unnamed_more)
            if node.unlisted_more and node.values is not None and node.unlisted is not None:
                yield Beyond(safe_pointer(node.pointer), "unlisted values", len(node.unlisted), node.unlisted_more)
        if self._observed.steps_more:
            yield Beyond(self._contract.roles.get("status", ""), "steps", len(self._observed.steps), self._observed.steps_more)


def _order(departure: Departure) -> tuple[int, str, int, str, str]:
    # The values of one member stand together, everything else by how often it was seen.
    together = departure.pointer if departure.rule == "documented-enum" else ""
    return RULES.index(departure.rule), together, -departure.times, departure.pointer, str(departure.found)


def _departure(rule: str, pointer: str, found: object, sighting: Sighting, of: int) -> Departure:
    return Departure(rule, pointer, found, (), sighting.count, of, sighting.first, sighting.last)


def _both(one: Departure, other: Departure) -> Departure:
    types = {name: one.types.get(name, 0) + other.types.get(name, 0) for name in sorted({*one.types, *other.types})}
    return one._replace(times=one.times + other.times, last=other.last, types=types, literal=None)


def _text(value: object) -> str:
    return value if isinstance(value, str) else str(value[1]).lower() if isinstance(value, tuple) else str(value)


def _status(status: str) -> str:
    return shown_text(status) or '""'
