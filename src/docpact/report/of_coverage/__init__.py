"""Reports of coverage: which features of a contract were exercised, and which were not, written out."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, NamedTuple, Protocol, cast

from docpact.report.showing import count

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from docpact.covered import Coverage
    from docpact.drifted import Sighting
    from docpact.tally import Tally

FORMATS = {
    "text": "for a person",
    "json": "one JSON object",
    "markdown": "a table, for a comment or a summary",
    "html": "one page without scripts or network",
}
TITLES = {
    "values": "listed values",
    "presence": "optional members, there and not there",
    "nulls": "nulls that are allowed",
    "buttons": "kinds of buttons",
    "steps": "steps of the lifecycle",
    "extremes": "empty, long and many",
}


class Told(NamedTuple):
    """What a report says of a run: the contract, the profile, what was exercised, and the least that there must be.

    `fail_under` is a share in percent, or None. `problems` are texts that hold no payload, by what is wrong with them; `whole`:
    every feature is listed in the text; `colour` and `width` are those of the terminal.
    """

    version: str
    contract: str
    schema_sha256: str
    profile: str
    coverage: Coverage
    tally: Tally
    problems: Mapping[str, Sighting]
    fail_under: float | None = None
    interrupted: bool = False
    whole: bool = False
    colour: bool = False
    width: int | None = None

    @property
    def verdict(self) -> str:
        """Say in a word what the run shows: `covered`, `under`, or `not-established`."""
        coverage = self.coverage
        if self.tally.unreadable or coverage.payloads == coverage.passed_over or not coverage.features:
            return "not-established"
        return "under" if self.fail_under is not None and coverage.percent < self.fail_under else "covered"


class Writer(Protocol):
    """What a module of this package offers."""

    def render(self, told: Told) -> Iterator[str]:
        """Yield the report piece by piece."""
        ...


def render(form: str, told: Told) -> Iterator[str]:
    """Yield the report of a run in one of `FORMATS`."""
    writer = cast("Writer", import_module(f"docpact.report.of_coverage.as_{form}"))
    return writer.render(told)


def outcome(told: Told) -> str:
    """Say in one sentence how much was exercised, by how many payloads."""
    coverage = told.coverage
    if not coverage.features:
        return f"nothing is there to be exercised by {count(coverage.payloads, 'payload')}"
    stories = "" if coverage.stories is None else f" in {count(coverage.stories, 'story', 'stories')}"
    least = "" if told.fail_under is None else f", and at least {told.fail_under:g}% are asked for"
    what = f"{coverage.exercised:,} of {count(coverage.features, 'feature')} exercised"
    return f"{coverage.percent:.1f}%{least}: {what} by {count(coverage.payloads, 'payload')}{stories}"


def notes(told: Told) -> Iterator[str]:
    """Yield what limits the outcome, each as a sentence."""
    coverage = told.coverage
    if coverage.passed_over:
        yield f"{count(coverage.passed_over, 'body', 'bodies')} of another kind than the page documents exercised nothing"
    if coverage.lacking:
        yield "; ".join(coverage.lacking)
    excepted = sum(len(group.excepted) for group in coverage.groups)
    if excepted:
        yield f"{count(excepted, 'feature')} excepted"
    if coverage.unused:
        yield f"excepted, and there is no such feature: {', '.join(coverage.unused)}"
    if told.interrupted:
        yield "interrupted: this is what was exercised until then"


def in_short(group: str, features: list[str]) -> dict[str, list[str]]:
    """Sort features of one kind so that they take few lines.

    Values by their member (`/status`: SUCCESS, FAILURE), steps by the status before them, what else may be true of members by
    what it is (`absent`: /id, /action); buttons have no heading.
    """
    found: dict[str, list[str]] = {}
    for feature in features:
        member, what = parted(feature)
        if group == "steps":
            earlier, _, later = what.partition("→")
            found.setdefault(f"{earlier} →", []).append(later)
        elif member and group != "values":
            found.setdefault(what, []).append(member)
        else:
            found.setdefault(member, []).append(what)
    return found


def parted(feature: str) -> tuple[str, str]:
    """Part a feature into its member and what is true of it; a button or a step has no member."""
    if not feature.startswith("/"):
        return "", feature.partition(":")[2]
    at, equals, value = feature.partition("=")
    if equals:
        return at, value or '""'
    member, _, way = feature.rpartition(" ")
    return member, way
