"""Reports of drift: what departs from the page, what was never seen, and the facts beside it, written out."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, NamedTuple, Protocol, cast

from docpact.report.showing import count

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from docpact.drifted import Departure, Drift, Sighting
    from docpact.tally import Tally

FORMATS = {
    "text": "for a person",
    "json": "one JSON object",
    "markdown": "tables, for a comment or a summary",
}
# What each rule means where it is not broken, but departed from.
TITLES = {
    "documented-enum": "values that the page does not list",
    "documented-type": "types that the page does not give",
    "documented-null": "nulls that the page does not allow",
    "documented-required": "members that the page requires, and that were absent",
    "time-unit": "times in another unit",
    "end-left": "statuses that followed an end",
    "status-back": "statuses that went back",
    "status-back-known": "statuses that went back, as a known family of servers has it",
    "undocumented-member": "members that the page does not name",
}


class Ledgered(NamedTuple):
    """What a report says of the ledger: its file, this run, the run with the same captures, and what was not seen again.

    `again` counts sources that an earlier run had read; `left_out` departures for which the file has no room.
    """

    name: str
    run: str
    same: str | None
    new: int
    known: int
    again: int
    gone: tuple[str, ...]
    left_out: int = 0


class Told(NamedTuple):
    """What a report says of a run: the contract, the profile, what was seen, and what could not be read.

    `problems` are texts that hold no payload, by what is wrong with them; `colour` and `width` are those of the terminal.
    """

    version: str
    contract: str
    schema_sha256: str
    profile: str
    drift: Drift
    tally: Tally
    problems: Mapping[str, Sighting]
    interrupted: bool = False
    label: str = ""
    ledger: Ledgered | None = None
    whole: bool = False
    colour: bool = False
    width: int | None = None

    @property
    def verdict(self) -> str:
        """Say in a word what the run shows: `drifted`, `as-documented`, or `not-established`."""
        if self.drift.departures:
            return "drifted"
        seen = self.drift.payloads - _times(self.drift.error_bodies) - _times(self.drift.no_objects)
        return "as-documented" if seen and not self.tally.unreadable else "not-established"

    @property
    def groups(self) -> dict[str, list[Departure]]:
        """The departures by their rule, in the order in which they are told."""
        found: dict[str, list[Departure]] = {}
        for departure in self.drift.departures:
            found.setdefault(departure.rule, []).append(departure)
        return found


class Writer(Protocol):
    """What a module of this package offers."""

    def render(self, told: Told) -> Iterator[str]:
        """Yield the report piece by piece."""
        ...


def render(form: str, told: Told) -> Iterator[str]:
    """Yield the report of a run in one of `FORMATS`."""
    writer = cast("Writer", import_module(f"docpact.report.of_drift.as_{form}"))
    return writer.render(told)


def outcome(told: Told) -> str:
    """Say in one sentence how many departures there are, in how many payloads."""
    drift = told.drift
    if not drift.payloads:
        return "no payload was read"
    stories = "" if drift.stories is None else f" in {count(drift.stories, 'story', 'stories')}"
    where = f"{count(drift.payloads, 'payload')}{stories}"
    if told.verdict == "not-established":
        return f"nothing was seen of what the page documents, in {where}"
    if not drift.departures:
        return f"nothing but what the page says in {where}"
    return f"{count(len(drift.departures), 'departure')} from the page in {where}"


def notes(told: Told) -> Iterator[str]:
    """Yield what limits the outcome, or goes beyond it, each as a sentence."""
    drift = told.drift
    if drift.excused:
        yield f"the profile {told.profile} knows {count(len(drift.excused), 'further departure')}"
    if drift.error_bodies is not None:
        kinds = ", ".join(f"{name}: {number:,}" for name, number in drift.errors.items())
        yield f"{count(drift.error_bodies.count, 'error body', 'error bodies')} instead of a task ({kinds})"
    if drift.no_objects is not None:
        each = "; --each takes a list item by item" if drift.documented == "object" else ""
        yield f"{count(drift.no_objects.count, 'body is', 'bodies are')} no {drift.documented}, as the page documents it{each}"
    for beyond in drift.beyond:
        what = f"{beyond.what} of {beyond.pointer or 'the body'}"
        yield f"more {what} than the first {beyond.remembered:,}: seen {beyond.times:,} times, and counted only"
    best = drift.best_profile()
    if best is not None:
        name, known, whole = best
        but = ", members that the page does not name aside," if whole < len(drift.departures) else ""
        them = f"{known:,} of {count(whole, 'departure')}"
        yield f"{them}{but} are how a `{name}` behaves: `--profile {name}` leaves them out"
    if told.ledger is not None:
        yield from _of_ledger(told.ledger)
    if told.interrupted:
        yield "interrupted: this is what was seen until then"


def unseen(drift: Drift) -> list[str]:
    """List the documented members that were never seen; what stands in one of them goes without saying."""
    never = set(drift.unseen_members)
    return [pointer for pointer in drift.unseen_members if pointer.rpartition("/")[0] not in never]


def _of_ledger(ledger: Ledgered) -> Iterator[str]:
    if ledger.same is not None:
        yield f"{ledger.same} has read the same captures: the ledger {ledger.name} stays as it is"
    else:
        yield f"ledger {ledger.name}, {ledger.run}: {ledger.new:,} new, {ledger.known:,} known"
    if ledger.again:
        yield f"{count(ledger.again, 'source was', 'sources were')} read by an earlier run too: counted again in the ledger"
    if ledger.gone:
        some = ", ".join(ledger.gone[:5])
        more = f" and {len(ledger.gone) - 5:,} more" if len(ledger.gone) > 5 else ""  # noqa: PLR2004 - as many as a line holds
        yield f"in the ledger, and not seen this time: {some}{more}"
    if ledger.left_out:
        yield f"{count(ledger.left_out, 'departure')} found no room in the ledger"


def _times(sighting: Sighting | None) -> int:
    return 0 if sighting is None else sighting.count
