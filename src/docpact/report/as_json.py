"""The report for programs: one JSON object whose keys are never renamed."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from docpact.redact import without_secrets
from docpact.sampling import CONFIDENCE

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from docpact.finding import Changed, Finding
    from docpact.report import Checked, Run


def render(run: Run, findings: Iterable[str]) -> Iterator[str]:
    """Yield the report piece by piece; `findings` are the findings in their order, each as `line` writes it."""
    tally = run.tally
    head: dict[str, Any] = {
        "docpact": run.version,
        "verdict": str(tally.verdict(run.fail_on)),
        "contract": {"name": run.contract, "schema_sha256": run.schema_sha256, "profile": run.profile},
        "summary": {
            "payloads": tally.payloads,
            "conforming": tally.conforming,
            "violating": tally.violating,
            "unreadable": tally.unreadable,
            "findings": tally.findings,
            "errors": tally.errors,
            "warnings": tally.warnings,
            "skipped": tally.skipped,
            "waived": tally.waived,
            "interrupted": run.interrupted,
            "by_rule": dict(sorted(tally.by_rule.items())),
            "suggested_profile": _suggestion(run),
        },
        "unreadable": [{"source": s.source, "reason": s.reason, "hint": s.hint} for s in tally.not_read],
    }
    if tally.waivers is not None:
        head["waivers"] = {
            "expired": [w.rule for w in tally.waivers.expired],
            "unused": [w.rule for w in tally.waivers.unused],
        }
    if tally.baseline is not None:
        unmet = [] if run.interrupted or tally.sample is not None else tally.baseline.unmet
        head["baseline"] = {"known": tally.known, "unmet": [{"rule": k.rule, "pointer": k.pointer} for k in unmet]}
    if tally.sample is not None:
        sample = tally.sample
        head["sample"] = {
            "payloads": sample.taken,
            "of": sample.of,
            "seed": sample.seed,
            "confidence": CONFIDENCE,
            "at_most": sample.at_most(),
            "rules": {
                rule: {"payloads": broken, "at_most": sample.at_most(rule)} for rule, broken in sorted(sample.broken.items())
            },
        }
    if run.checked is not None:
        head["check"] = _checked(run.checked)
    if run.compared is not None:
        head["summary"]["notes"] = tally.notes
        head["diff"] = {**run.compared._asdict(), "notes": [_redacted(note) for note in run.compared.notes]}
    text = dumps(head)
    yield f'{text[:-1]}, "findings": ['
    comma = "\n"
    for finding in findings:
        yield f"{comma}{finding}"
        comma = ",\n"
    yield "\n]}\n" if comma != "\n" else "]}\n"


def _checked(checked: Checked) -> dict[str, Any]:
    missing = {"reason": _redacted(checked.reason), "hint": checked.hint} if checked.reason else None
    return {
        "base": checked.base,
        "requests": checked.requests,
        "seconds": round(checked.seconds, 3),
        "polls": checked.polls,
        "seen": {name: dict(told) if isinstance(told, Mapping) else list(told) for name, told in checked.seen.items()},
        "unseen": {name: list(told) for name, told in checked.unseen.items()},
        "notes": [_redacted(note) for note in checked.notes],
        "not_established": missing,
    }


def line(finding: Finding) -> str:
    """Write one finding as a line of JSON."""
    return dumps(as_dict(finding))


def as_dict(finding: Finding) -> dict[str, Any]:
    """Return the JSON shape of a finding; values that a place does not have are left out, but never the pointer."""
    place: dict[str, Any] = {"source": finding.place.source}
    if finding.place.line is not None:
        place["line"] = finding.place.line
    if finding.place.column is not None:
        place["column"] = finding.place.column
    if finding.place.item is not None:
        place["item"] = finding.place.item
    place["pointer"] = _redacted(finding.place.pointer)
    clause = finding.clause
    told: dict[str, Any] = {
        "rule": finding.rule,
        "layer": str(finding.layer),
        "severity": str(finding.severity),
        "place": place,
        "found": finding.found,
        "expected": finding.expected,
        "message": _redacted(finding.message),
        "hint": finding.hint,
        "clause": None if clause is None else {"page": clause.page, "lines": list(clause.lines), "quote": clause.quote},
        "fingerprint": finding.fingerprint,
    }
    if finding.traffic is not None:
        curl, poll, status, excerpt = finding.traffic
        told["traffic"] = {"curl": curl, "poll": poll, "status": status, "excerpt": _redacted(excerpt)}
    if finding.changed is not None:
        told["changed"] = _changed(finding.changed)
    return told


def _changed(changed: Changed) -> dict[str, Any]:
    told: dict[str, Any] = {"old": changed.old, "new": changed.new}
    for name, clause in (("old_clause", changed.old_clause), ("new_clause", changed.new_clause)):
        told[name] = None if clause is None else {"page": clause.page, "lines": list(clause.lines), "quote": clause.quote}
    told["witness"] = None if changed.witness is None else changed.witness._asdict()
    return told


@lru_cache(maxsize=4096)
def _redacted(text: str) -> str:
    """Take out what is shaped like a secret: a member may be named by one. The same few texts come again and again."""
    return without_secrets(text)


def _suggestion(run: Run) -> dict[str, Any] | None:
    best = run.tally.best_profile()
    return None if best is None else {"name": best[0], "explains": best[1]}


def dumps(value: Any) -> str:
    """Write a value as JSON that any encoding of UTF-8 can hold."""
    # A lone surrogate cannot be written as UTF-8; escapes keep the report a JSON text whatever a payload holds.
    text = json.dumps(value, ensure_ascii=False, allow_nan=False)
    return text if text.isprintable() else json.dumps(value, ensure_ascii=True, allow_nan=False)
