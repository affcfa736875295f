"""Coherence: whether a payload is of one piece, what usually stands in its members, and how it is moved to another state."""

from __future__ import annotations

from functools import cached_property
from itertools import product
from typing import TYPE_CHECKING, Any

from docpact.checks import Checks
from docpact.generate.draws import Seeded
from docpact.generate.payloads import Sampler
from docpact.pointers import ABSENT, changed, is_set, member

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from docpact.checks import Check, Hit
    from docpact.contract import Contract, Entry

# With these settings a check looks at other members than its own.
_READS_MORE = frozenset({"beside", "instead"})
# A payload is mended member by member; one that needs more than this is not worth it.
_MOST_MENDED = 20
_LATER = 30_000
# How far a task has come that is moved to a state in which it runs: the step of progress, from 0.
_MIDDLE = 3


class Coherence:
    """The coherence entries of a contract, asked of payloads as one profile sends them.

    A contract without entries, or with a payload that is no object, finds nothing.
    """

    def __init__(self, contract: Contract, profile: str = "documented") -> None:
        self.contract = contract
        self.sampler = Sampler(contract, profile)
        self.profile = self.sampler.profile
        self._checks = Checks(contract)
        self._moved: tuple[Any, dict[tuple[Any, ...], Any]] = (None, {})
        self._lists: dict[Check, str | None] = {}
        # Of each check: the list that it walked last, under which action, and what it found.
        self._walked: dict[Check, tuple[Any, Any, list[Hit]]] = {}

    def facts(self, payload: Any) -> dict[str, Any]:
        """Return what the members in a role say: status, action and progress, as far as the contract names them."""
        return self._checks.facts(payload)

    def hits(self, payload: Any) -> list[tuple[Entry, Hit]]:
        """Return everything that does not fit together in a payload, with the entry that says so."""
        if not isinstance(payload, dict):
            return []
        found: list[tuple[Entry, Hit]] = []
        facts = self.facts(payload)
        for entry, check in self._checks.speaking_of(facts):
            name = self._list_of(entry, check)
            found += [(entry, hit) for hit in (check(payload) if name is None else self._walk(name, check, payload, facts))]
        return found

    def _list_of(self, entry: Entry, check: Check) -> str | None:
        """Return the name of the list that is all that a check reads, or None where it reads other members."""
        if check not in self._lists:
            names = {pattern.split("/")[1] if "*" in pattern else "" for pattern in entry.members}
            alone = len(names) == 1 and not entry.settings.keys() & _READS_MORE
            self._lists[check] = (names.pop() or None) if alone else None
        return self._lists[check]

    def _walk(self, name: str, check: Check, payload: dict[str, Any], facts: Mapping[str, Any]) -> list[Hit]:
        """Let a check walk a list, once for all the payloads in a row that share it: most differ in another member."""
        walked, action = payload.get(name, ABSENT), facts.get("action")
        known = self._walked.get(check)
        if known is None or known[0] is not walked or known[1] != action:
            known = self._walked[check] = (walked, action, list(check(payload)))
        return known[2]

    def usual(self, name: str) -> list[Any]:
        """Return the values that usually stand in a member of the payload, over all states, each of them once."""
        return self._usual.get(name, [])

    def in_state(self, entry: Entry, payload: Any) -> Iterator[Any]:
        """Yield the payload as it is where the entry speaks of it, or else moved to states in which it does."""
        if entry.speaks_of(self.facts(payload)):
            yield payload
            return
        unless: Mapping[str, Any] = entry.settings.get("unless", {})
        ways = [self._ways(role, entry.when.get(role), unless.get(role, ()), payload) for role in self._checks.roles]
        told = set()
        for values in product(*ways):
            # One payload for each status is enough.
            if values[0] not in told:
                moved = self.moved(payload, dict(zip(self._checks.roles, values, strict=True)))
                if moved is not None and entry.speaks_of(self.facts(moved)):
                    told.add(values[0])
                    yield moved

    def states(self, payload: Any) -> Iterator[Any]:
        """Yield the payload moved to each status that the profile knows, as far as that can be done."""
        for status in self.sampler.statuses if "status" in self._checks.roles else ():
            moved = self.moved(payload, {"status": status})
            if moved is not None:
                yield moved

    def _ways(self, role: str, when: frozenset[str] | None, unless: Any, payload: Any) -> list[Any]:
        """List the values of a role for which an entry may speak: that of the payload first, then the usual ones."""
        current = member(payload, self._checks.roles[role])
        known = [current, *self.usual(self._checks.roles[role][1:])]
        if when is None and not unless:
            # The progress goes with the status: it is mended where it does not fit.
            return [ABSENT if role == "progress" else current]
        fitting = (value for value in known if isinstance(value, str) and value not in unless)
        return list(dict.fromkeys(value for value in fitting if when is None or value in when))

    def moved(self, payload: Any, facts: Mapping[str, Any]) -> Any | None:
        """Return the payload in another state, with the members mended that do not fit it; None where that cannot be done."""
        if self._moved[0] is not payload:
            self._moved = (payload, {})
        key, held = tuple(sorted((role, repr(value)) for role, value in facts.items())), self._moved[1]
        if key not in held:
            held[key] = self._moved_to(payload, facts)
        return held[key]

    def _moved_to(self, payload: Any, facts: Mapping[str, Any]) -> Any | None:
        for role, value in facts.items():
            if value is not ABSENT and role in self._checks.roles:
                payload = changed(payload, self._checks.roles[role], value)
        kept = {at for role, at in self._checks.roles.items() if role != "progress" or facts.get(role, ABSENT) is not ABSENT}
        return self._mended(payload, kept)

    def _mended(self, payload: Any, kept: set[str]) -> Any | None:
        hits = self.hits(payload)
        for _ in range(_MOST_MENDED):
            if not hits:
                return payload
            fewest = len(hits)
            for better, found in self._tries(payload, hits, kept):
                if len(found) < len(hits):
                    payload, hits = better, found
                    if not hits:
                        break
            if len(hits) == fewest:
                return None
        return None

    def _tries(self, payload: Any, hits: list[tuple[Entry, Hit]], kept: set[str]) -> Iterator[tuple[Any, list[Any]]]:
        names = dict.fromkeys(f"/{pointer.split('/')[1]}" for entry, hit in hits for pointer in (hit.pointer, *entry.members))
        for pointer in names:
            if pointer in kept:
                continue
            for value in self.values(payload, pointer):
                better = changed(payload, pointer, value)
                yield better, self.hits(better)

    def values(self, payload: Any, pointer: str) -> Iterator[Any]:
        """Yield what could stand in a member instead: what is usual in that state, nothing yet, and what is usual elsewhere.

        A time is never taken from another task: it is one that fits the other times.
        """
        value = member(payload, pointer)
        orders = [entry.members for entry in self.contract.coherence if entry.check == "order" and pointer in entry.members]
        if orders:
            yield self.empty(pointer, value)
            for order in orders:
                yield from self._times(payload, order, pointer)
            return
        yield from (other for other in self._in_its_state(payload, pointer[1:]) if other != value)
        yield self.empty(pointer, value)
        yield from (other for other in self.usual(pointer[1:]) if other != value)

    def _in_its_state(self, payload: Any, name: str) -> Iterator[Any]:
        facts = self.facts(payload)
        status, action = facts.get("status", ""), facts.get("action", "")
        if status in (self.sampler.statuses or [""]) and action in (self.sampler.actions or [""]):
            made = self.sampler.payload(self.sampler.task(Seeded("fault")), status, action, _MIDDLE)
            yield from [made[name]] if name in made else []

    def _times(self, payload: Any, order: tuple[str, ...], pointer: str) -> Iterator[int]:
        place = order.index(pointer)
        times = [(n, member(payload, other)) for n, other in enumerate(order) if other != pointer]
        known = [(n, time) for n, time in times if is_set(time) and type(time) is int]
        before, after = [time for n, time in known if n < place], [time for n, time in known if n > place]
        if before and after:
            yield (max(before) + min(after)) // 2
        elif known:
            yield max(before) + _LATER if before else min(after) - _LATER

    def empty(self, pointer: str, value: Any) -> Any:
        """Return what a member says as long as it says nothing: null where the family sends it, else "", 0, [] or {}."""
        empties: dict[type, Any] = {str: "", int: 0, float: 0, list: [], dict: {}}
        if value is None or value is ABSENT:
            kinds = {"string": "", "integer": 0, "number": 0, "array": [], "object": {}}
            declared = (self.contract.subschema(pointer) or {}).get("type")
            return kinds.get(declared) if isinstance(declared, str) else None
        return empties.get(type(value))

    @cached_property
    def _usual(self) -> dict[str, list[Any]]:
        found: dict[str, list[Any]] = {}
        actions, statuses = self.sampler.actions or [""], self.sampler.statuses or [""]
        for number, (action, status) in enumerate(product(actions, statuses)):
            task = self.sampler.task(Seeded("fault", number))
            for name, value in self.sampler.payload(task, status, action).items():
                known = found.setdefault(name, [])
                if value not in known:
                    known.append(value)
        return found
