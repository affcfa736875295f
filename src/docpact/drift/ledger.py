"""Ledger: what departed from the page, run after run, by whose captures they were; a file of which a diff can be read."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

from docpact.drifted import Since
from docpact.errors import UsageError
from docpact.redact import safe_source

if TYPE_CHECKING:
    from collections.abc import Iterable

    from docpact.drifted import Departure
    from docpact.finding import Place

VERSION = 1
# Departures in one file: more are of no use to anybody, and come from captures made to have them.
MOST = 20_000
# Sources of a run whose fingerprints are kept, so that one that comes again is told.
MOST_SOURCES = 100

_OF_STEPS = {"end-left", "status-back", "status-back-known"}
_HINT = "docpact drift … --ledger FILE makes one"
_RUN: dict[str, type] = {"run": int, "name": str, "label": str, "payloads": int, "captures": str, "sources": list}
_ENTRY: dict[str, type] = {"label": str, "rule": str, "pointer": str, "times": int, "first": dict, "last": dict}


class Ran(NamedTuple):
    """One run: its name, whose captures it read, how many payloads, and the fingerprints of all of it and of each source."""

    name: str
    label: str
    payloads: int
    captures: str
    sources: tuple[str, ...] = ()


@dataclass(slots=True)
class _Entry:
    label: str
    rule: str
    pointer: str
    found: object
    times: int
    types: dict[str, int]
    first: dict[str, Any]
    last: dict[str, Any]


@dataclass(slots=True)
class Ledger:
    """The runs in their order, and each departure with how often it was seen, and where first and last."""

    contract: str
    runs: list[Ran] = field(default_factory=list)
    _entries: dict[tuple[str, str, str, str], _Entry] = field(default_factory=dict)

    def since(self, label: str, departure: Departure) -> Since | None:
        """Return what was known of a departure before, or None where it is new."""
        entry = self._entries.get(_key(label, departure))
        return None if entry is None else Since(self._name(entry.first), self._name(entry.last), entry.times)

    def same(self, ran: Ran) -> str | None:
        """Name the run that has read the same captures, if one has."""
        known = ((n, run) for n, run in enumerate(self.runs, 1) if (run.label, run.captures) == (ran.label, ran.captures))
        return next((f"run {n}, {run.name}" for n, run in known), None)

    def again(self, ran: Ran) -> int:
        """Count the sources of a run that an earlier run has read as well."""
        known = {source for run in self.runs if run.label == ran.label for source in run.sources}
        return sum(source in known for source in ran.sources)

    def gone(self, label: str, departures: Iterable[Departure], *, stories: bool = True) -> tuple[str, ...]:
        """Name what the ledger has of these captures, and a run did not see; without `stories` it could see no step."""
        seen = {_key(label, departure) for departure in departures}
        entries = [entry for key, entry in sorted(self._entries.items()) if key[0] == label and key not in seen]
        return tuple(_named(entry) for entry in entries if stories or entry.rule not in _OF_STEPS)

    def no_room(self, label: str, departures: Iterable[Departure]) -> int:
        """Count the departures that `take` would leave out."""
        new = sum(_key(label, departure) not in self._entries for departure in departures)
        return max(0, len(self._entries) + new - MOST)

    def take(self, ran: Ran, departures: Iterable[Departure]) -> None:
        """Add one run and what departed in it; one that has read the captures of an earlier run adds nothing."""
        if self.same(ran) is not None:
            return
        self.runs.append(ran)
        number = len(self.runs)
        for departure in departures:
            key = _key(ran.label, departure)
            entry = self._entries.get(key)
            if entry is not None:
                entry.times += departure.times
                entry.last = _place(number, departure.last)
                for name, count in departure.types.items():
                    entry.types[name] = entry.types.get(name, 0) + count
            elif len(self._entries) < MOST:
                self._entries[key] = _entry(ran.label, number, departure)

    def content(self) -> bytes:
        """Return the file: a run or a departure a line, departures sorted; the same bytes for the same ledger."""
        runs = [
            {"run": n, "name": r.name, "label": r.label, "payloads": r.payloads, "captures": r.captures, "sources": r.sources}
            for n, r in enumerate(self.runs, 1)
        ]
        departures = [_line(entry) for _, entry in sorted(self._entries.items())]
        head = f'{{\n  "ledger": {VERSION},\n  "contract": {json.dumps(self.contract)},\n  "runs": '
        return f'{head}{_listed(runs)},\n  "departures": {_listed(departures)}\n}}\n'.encode()

    def _name(self, at: dict[str, Any]) -> str:
        number: int = at["run"]
        return f"run {number}, {self.runs[number - 1].name}"


def read(content: bytes, name: str, contract: str) -> Ledger:
    """Read the ledger of a contract; raises `UsageError` where it is none, or one of another contract."""
    try:
        document = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise UsageError(f"the ledger {name} cannot be read: {error}", hint=_HINT) from error
    if not isinstance(document, dict) or document.get("ledger") != VERSION:
        raise UsageError(f"{name} is no ledger of version {VERSION}", hint=_HINT)
    if document.get("contract") != contract:
        hint = "name the contract that it was made for, or another file"
        raise UsageError(f"{name} is the ledger of the contract {document.get('contract')}, and not of {contract}", hint=hint)
    ledger = Ledger(contract)
    for n, run in enumerate(_checked(document.get("runs"), _RUN, f"{name}, run"), 1):
        if run["run"] != n:
            raise UsageError(f"{name}: run {n} has the number {run['run']}", hint="a merge has mixed two: keep one")
        ledger.runs.append(Ran(run["name"], run["label"], run["payloads"], run["captures"], tuple(map(str, run["sources"]))))
    for entry in _checked(document.get("departures"), _ENTRY, f"{name}, departure"):
        for place in (entry["first"], entry["last"]):
            if not isinstance(place.get("run"), int) or not 0 < place["run"] <= len(ledger.runs):
                raise UsageError(f"{name} names a run that it does not have: {place.get('run')}", hint=_HINT)
        types = entry.get("types", {}) if isinstance(entry.get("types", {}), dict) else {}
        one = _Entry(**{key: entry[key] for key in _ENTRY}, found=entry.get("found"), types=types)
        ledger._entries[one.label, one.rule, one.pointer, _found(one.found)] = one  # noqa: SLF001 - its own maker
    return ledger


def _checked(rows: Any, known: dict[str, type], where: str) -> list[dict[str, Any]]:
    if not isinstance(rows, list):
        raise UsageError(f"{where}s are missing", hint=_HINT)
    for number, row in enumerate(rows, 1):
        for key, kind in known.items():
            value = row.get(key) if isinstance(row, dict) else None
            if not isinstance(value, kind) or isinstance(value, bool):
                raise UsageError(f"{where} {number} has no {key} as a ledger writes it", hint=_HINT)
    return rows


def _entry(label: str, run: int, departure: Departure) -> _Entry:
    return _Entry(
        label=label,
        rule=departure.rule,
        pointer=departure.pointer,
        found=_identity(departure),
        times=departure.times,
        types=dict(departure.types),
        first=_place(run, departure.first),
        last=_place(run, departure.last),
    )


def _named(entry: _Entry) -> str:
    what = f"({entry.rule})" if entry.found is None else json.dumps(entry.found, ensure_ascii=False)
    return f"{entry.pointer} {what}"


def _identity(departure: Departure) -> object:
    """Return what else tells a departure apart: of a member that the page does not name, its name says all."""
    return None if departure.rule == "undocumented-member" else departure.found


def _key(label: str, departure: Departure) -> tuple[str, str, str, str]:
    return label, departure.rule, departure.pointer, _found(_identity(departure))


def _found(found: object) -> str:
    return json.dumps(found)


def _place(run: int, place: Place) -> dict[str, Any]:
    at = {"line": place.line, "item": place.item}
    return {"run": run, "source": safe_source(place.source), **{name: value for name, value in at.items() if value is not None}}


def _line(entry: _Entry) -> dict[str, Any]:
    row: dict[str, Any] = {"label": entry.label, "rule": entry.rule, "pointer": entry.pointer}
    if entry.found is not None:
        row["found"] = entry.found
    row["times"] = entry.times
    if entry.types:
        row["types"] = dict(sorted(entry.types.items()))
    return {**row, "first": entry.first, "last": entry.last}


def _listed(rows: list[dict[str, Any]]) -> str:
    return "[\n" + ",\n".join(f"    {_dumps(row)}" for row in rows) + "\n  ]" if rows else "[]"


def _dumps(row: dict[str, Any]) -> str:
    # Plain where it can be read, escaped where it would steer an editor.
    text = json.dumps(row, ensure_ascii=False)
    return text if text.isprintable() else json.dumps(row)
