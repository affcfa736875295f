"""Baseline: the breaches that are known already, so that only new ones count; told apart by their fingerprint."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from docpact.errors import UsageError
from docpact.finding import without_indices
from docpact.redact import without_secrets

if TYPE_CHECKING:
    from pathlib import Path

    from docpact.finding import Finding

VERSION = 1
# Every member's name may make a kind of its own; a baseline of more kinds than this would be of no use to anybody.
MOST = 100_000

_HINT = "docpact validate … --write-baseline FILE makes one"
_TYPES = {"fingerprint": str, "rule": str, "pointer": str, "count": int}


@dataclass(slots=True)
class Known:
    """One kind of breach: its rule, its pointer with `*` for each index, and how many findings there were of it."""

    rule: str
    pointer: str
    count: int


@dataclass(slots=True)
class Baseline:
    """What is known, by fingerprint, and which of it was met in this run."""

    known: dict[str, Known] = field(default_factory=dict)
    met: set[str] = field(default_factory=set)

    def knows(self, finding: Finding) -> bool:
        """Tell whether a breach is known, and remember that it was met."""
        fingerprint = finding.fingerprint
        if fingerprint not in self.known:
            return False
        self.met.add(fingerprint)
        return True

    @property
    def unmet(self) -> list[Known]:
        """The kinds of breach that are in the file, and were not met any more."""
        return [known for fingerprint, known in self.known.items() if fingerprint not in self.met]


@dataclass(slots=True)
class Record:
    """What a new baseline will hold: each kind of breach that was found, known or new, and not waived."""

    kinds: dict[str, Known] = field(default_factory=dict)

    def take(self, finding: Finding) -> None:
        """Count one finding; raises `UsageError` above `MOST` kinds."""
        fingerprint = finding.fingerprint
        known = self.kinds.get(fingerprint)
        if known is not None:
            known.count += 1
        elif len(self.kinds) < MOST:
            pointer = without_secrets(without_indices(finding.place.pointer))
            self.kinds[fingerprint] = Known(finding.rule, pointer, 1)
        else:
            raise UsageError(
                f"there are more than {MOST:,} kinds of finding, too many for a baseline",
                hint="look at the report first: a profile, another contract or --layer may say what you mean",
            )

    def content(self) -> bytes:
        """Return the file: one kind a line, sorted by rule and pointer, the same bytes for the same findings."""
        rows = sorted((known.rule, known.pointer, fingerprint, known.count) for fingerprint, known in self.kinds.items())
        lines = [
            json.dumps({"fingerprint": fingerprint, "rule": rule, "pointer": pointer, "count": count})
            for rule, pointer, fingerprint, count in rows
        ]
        held = "[\n" + ",\n".join(f"    {line}" for line in lines) + "\n  ]" if lines else "[]"
        return f'{{\n  "baseline": {VERSION},\n  "findings": {held}\n}}\n'.encode()


def load(path: Path) -> Baseline:
    """Read a baseline; raises `UsageError` where it cannot be read, or is none."""
    try:
        document = json.loads(path.read_bytes())
    except (OSError, ValueError, RecursionError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise UsageError(f"the baseline {path} cannot be read: {reason}", hint=_HINT) from error
    findings = document.get("findings") if isinstance(document, dict) else None
    if not isinstance(document, dict) or document.get("baseline") != VERSION or not isinstance(findings, list):
        raise UsageError(f"{path} is no baseline of version {VERSION}", hint=_HINT)
    baseline = Baseline()
    for number, entry in enumerate(findings, 1):
        known = _known(entry, f"{path}, finding {number}")
        # What a merge has left twice is one kind.
        before = baseline.known.setdefault(entry["fingerprint"], known)
        before.count += known.count if before is not known else 0
    return baseline


def _known(entry: Any, where: str) -> Known:
    for key, kind in _TYPES.items():
        value = entry.get(key) if isinstance(entry, dict) else None
        if not isinstance(value, kind) or isinstance(value, bool):
            raise UsageError(f"{where} has no {key} that is {'a text' if kind is str else 'a number'}", hint=_HINT)
    return Known(entry["rule"], entry["pointer"], entry["count"])
