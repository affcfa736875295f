"""Code quality as GitLab takes it: one JSON list, one issue a finding."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any

from docpact.report.showing import path, plain

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from docpact.report import Run

_SEVERITIES = {"error": "major", "warning": "minor", "note": "info"}


def render(run: Run, findings: Iterable[str]) -> Iterator[str]:
    """Yield the list piece by piece; a source that could not be read is a blocker."""
    comma = "[\n"
    for source in run.tally.not_read:
        told = f"could not be read: {plain(source.reason)}"
        yield comma + _issue(told, "unreadable", ("unreadable", source.source), "blocker", (path(source.source, run.root), 1))
        comma = ",\n"
    for line in findings:
        finding = json.loads(line)
        at = finding["place"]
        # GitLab keeps one issue of each fingerprint: ours names the breach, so the place is hashed with it.
        parts = (finding["fingerprint"], at["source"], at.get("line"), at.get("column"), at.get("item"), at["pointer"])
        where = (path(at["source"], run.root), max(1, at.get("line") or 1))
        yield comma + _issue(
            _told(finding), finding["rule"], (*parts, finding["message"]), _SEVERITIES[finding["severity"]], where
        )
        comma = ",\n"
    yield "[]\n" if comma == "[\n" else "\n]\n"


def _told(finding: dict[str, Any]) -> str:
    clause = finding["clause"]
    page = f" (page, line {clause['lines'][0]})" if clause else ""
    return f"{plain(finding['message'])}{page}"


def _issue(told: str, rule: str, parts: tuple[object, ...], severity: str, where: tuple[str, int]) -> str:
    identity = "\x1f".join(str(part) for part in parts).encode("utf-8", "surrogatepass")
    return json.dumps({
        "description": told,
        "check_name": rule,
        "fingerprint": hashlib.sha256(identity).hexdigest()[:32],
        "severity": severity,
        "location": {"path": plain(where[0]), "lines": {"begin": where[1]}},
    })  # fmt: skip
