"""The tally of a run: how many payloads, how many findings of which rule, and equal findings as one group."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from docpact.errors import Exit
from docpact.finding import Layer, Severity, without_indices
from docpact.redact import safe_message, safe_source

if TYPE_CHECKING:
    from collections.abc import Sequence

    from docpact.baseline import Baseline, Record
    from docpact.captures import Skipped, Unreadable
    from docpact.finding import Finding, Place
    from docpact.sampling import Sample
    from docpact.waivers import Waivers

_MOST_GROUPS = 10_000
_MOST_NAMED = 100


def alike(rule: str, layer: str, pointer: str, found: object, message: str) -> str:
    """Say what findings of one fingerprint have in common when they are told as one."""
    if layer == Layer.COMPATIBILITY:
        # Two values that a list has gained are two changes.
        return message
    return str(found) if rule == "documented-enum" else without_indices(pointer)


def fails(severity: Severity, fail_on: str) -> bool:
    """Tell whether a finding of this severity violates; `never` is about the exit code alone."""
    return severity is Severity.ERROR or fail_on == "any" or (severity is Severity.WARNING and fail_on == "warning")


class Verdict(StrEnum):
    """What a run says in the end."""

    CONFORMS = "conforms"
    VIOLATES = "violates"
    NOT_ESTABLISHED = "not-established"


@dataclass(eq=False, repr=False)
class Group:
    """Equal findings over many payloads: the first of them, how many there are, and where the last one was made."""

    first: Finding
    count: int
    last: Place


@dataclass(eq=False, repr=False)
class Tally:
    """Everything that a report says of a whole run; its size does not grow with the number of payloads.

    `not_established` is set where a live endpoint answered, and no answer could be judged as what the contract is about.
    """

    payloads: int = 0
    violating: int = 0
    unreadable: int = 0
    not_established: bool = False
    findings: int = 0
    errors: int = 0
    warnings: int = 0
    notes: int = 0
    by_rule: dict[str, int] = field(default_factory=dict)
    groups: dict[tuple[str, str], Group] = field(default_factory=dict)
    excused: dict[tuple[str, ...], int] = field(default_factory=dict)
    seen: dict[str, None] = field(default_factory=dict)
    sources: int = 0
    stories: int = 0
    not_read: list[Unreadable] = field(default_factory=list)
    skipped: int = 0
    skips: list[Skipped] = field(default_factory=list)
    ungrouped: int = 0
    waived: int = 0
    waivers: Waivers | None = None
    known: int = 0
    baseline: Baseline | None = None
    record: Record | None = None
    sample: Sample | None = None

    @property
    def conforming(self) -> int:
        """The payloads without an error; a warning leaves a payload conforming."""
        return self.payloads - self.violating

    def judged(self, findings: Sequence[Finding]) -> Sequence[Finding]:
        """Count one payload and what was found in it; return the findings that are neither waived nor known."""
        self.payloads += 1
        if findings:
            findings = self.told(findings)
            if any(f.severity is Severity.ERROR for f in findings):
                self.violating += 1
        return findings

    def told(self, findings: Sequence[Finding]) -> Sequence[Finding]:
        """Count what was found in no payload, but beside them; return the findings that are neither waived nor known."""
        if findings and self.waivers is not None:
            kept = [finding for finding in findings if not self.waivers.accepts(finding)]
            self.waived += len(findings) - len(kept)
            findings = kept
        if findings and (self.record is not None or self.baseline is not None):
            findings = self._new(findings)
        if findings:
            self.found(findings)
            if self.sample is not None:
                self.sample.judged(findings)
        return findings

    def _new(self, findings: Sequence[Finding]) -> Sequence[Finding]:
        """Return the findings that the baseline does not know; all of them go into the record."""
        if self.record is not None:
            for finding in findings:
                self.record.take(finding)
        if self.baseline is None:
            return findings
        kept = [finding for finding in findings if not self.baseline.knows(finding)]
        self.known += len(findings) - len(kept)
        return kept

    def accepted(self, payloads: int) -> None:
        """Count payloads in which nothing was found."""
        self.payloads += payloads

    def found(self, findings: Sequence[Finding]) -> None:
        """Count findings, equal ones (rule, clause, pointer without indices, listed value) as one group."""
        for finding in findings:
            self.findings += 1
            self.by_rule[finding.rule] = self.by_rule.get(finding.rule, 0) + 1
            if finding.severity is Severity.ERROR:
                self.errors += 1
            elif finding.severity is Severity.WARNING:
                self.warnings += 1
            else:
                self.notes += 1
            self.excused[finding.excused_by] = self.excused.get(finding.excused_by, 0) + 1
            listed = alike(finding.rule, finding.layer, finding.place.pointer, finding.found, finding.message)
            key = (finding.fingerprint, listed)
            group = self.groups.get(key)
            if group is not None:
                group.count += 1
                group.last = finding.place
            elif len(self.groups) < _MOST_GROUPS:
                self.groups[key] = Group(finding, 1, finding.place)
            else:
                self.ungrouped += 1

    def could_not_read(self, source: Unreadable) -> None:
        """Count a source that could not be read; the first hundred are named."""
        self.unreadable += 1
        if len(self.not_read) < _MOST_NAMED:
            told = (safe_source(source.source), safe_message(source.reason), safe_message(source.hint))
            self.not_read.append(type(source)(*told))

    def passed_over(self, thing: Skipped) -> None:
        """Count a thing in a folder that is no capture; the first hundred are named."""
        self.skipped += 1
        if len(self.skips) < _MOST_NAMED:
            self.skips.append(type(thing)(safe_source(thing.source), thing.reason))

    def verdict(self, fail_on: str = "error") -> Verdict:
        """Say what the run shows; with `fail_on` warning, a warning violates too, with any a note; always an expired waiver."""
        if self.waivers is not None and self.waivers.expired:
            return Verdict.VIOLATES
        counts = {Severity.ERROR: self.errors, Severity.WARNING: self.warnings, Severity.NOTE: self.notes}
        if any(number and fails(severity, fail_on) for severity, number in counts.items()):
            return Verdict.VIOLATES
        if self.unreadable or self.not_established or not self.payloads:
            return Verdict.NOT_ESTABLISHED
        return Verdict.CONFORMS

    def exit_code(self, fail_on: str = "error") -> Exit:
        """Turn the verdict into the exit code: unreadable is 3, nothing to judge 4; never fails on findings with `never`."""
        verdict = self.verdict(fail_on)
        if verdict is Verdict.NOT_ESTABLISHED:
            return Exit.UNREADABLE if self.unreadable else Exit.NOT_ESTABLISHED
        return Exit.VIOLATES if verdict is Verdict.VIOLATES and fail_on != "never" else Exit.CONFORMS

    def best_profile(self) -> tuple[str, int] | None:
        """Name the profile that explains most findings, with their number, or None where none explains half of them."""
        counts: dict[str, int] = {}
        for profiles, count in self.excused.items():
            for profile in profiles:
                counts[profile] = counts.get(profile, 0) + count
        if not counts:
            return None
        best = max(sorted(counts), key=lambda name: counts[name])
        return (best, counts[best]) if counts[best] * 2 >= self.findings else None
