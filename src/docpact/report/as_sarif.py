"""SARIF 2.1.0 (OASIS), for code scanning: the rules in the head, then one result a finding."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from docpact.report.notes import accepted
from docpact.report.showing import plain, uri

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from docpact.report import Run

_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_HOME = "https://github.com/docpact/docpact"


def render(run: Run, findings: Iterable[str]) -> Iterator[str]:
    """Yield the log piece by piece; the head needs the tally alone, so that results are never held."""
    head = {
        "tool": {"driver": _driver(run)},
        "columnKind": "unicodeCodePoints",
        "invocations": [_invocation(run)],
        "properties": {
            "verdict": str(run.tally.verdict(run.fail_on)),
            "contract": run.contract,
            "schema_sha256": run.schema_sha256,
            "profile": run.profile,
            "payloads": run.tally.payloads,
            "findings": run.tally.findings,
        },
    }
    yield f'{{"$schema": "{_SCHEMA}", "version": "2.1.0", "runs": [{json.dumps(head)[:-1]}, "results": ['
    comma = "\n"
    index = {rule: number for number, rule in enumerate(run.table)}
    for line in findings:
        yield comma + json.dumps(_result(json.loads(line), run.root, index))
        comma = ",\n"
    yield "\n]}]}\n"


def _driver(run: Run) -> dict[str, Any]:
    return {
        "name": "docpact",
        "version": run.version,
        "informationUri": _HOME,
        "rules": [
            {
                "id": rule.id,
                "shortDescription": {"text": rule.title},
                "fullDescription": {"text": rule.reason or rule.title},
                "help": {"text": f"{rule.hint}\n\nMore: docpact explain {rule.id}"},
                "defaultConfiguration": {"level": str(rule.severity)},
                "properties": {"tags": [str(rule.layer)]},
            }
            for rule in run.table.values()
        ],
    }


def _invocation(run: Run) -> dict[str, Any]:
    tally = run.tally
    told = [
        {
            "level": "error",
            "message": {"text": _message(f"could not be read: {source.reason}")},
            "locations": [{"physicalLocation": {"artifactLocation": {"uri": uri(source.source, run.root)}}}],
        }
        for source in tally.not_read
    ]
    told += [{"level": "note", "message": {"text": _message(note)}} for note in accepted(run)]
    whole = not run.interrupted and not tally.unreadable
    return {"executionSuccessful": whole, "toolExecutionNotifications": told}


def _result(finding: dict[str, Any], root: str, index: Mapping[str, int]) -> dict[str, Any]:
    at, clause = finding["place"], finding["clause"]
    result: dict[str, Any] = {
        "ruleId": finding["rule"],
        "level": finding["severity"],
        "message": {"text": _message(finding["message"])},
        "locations": [
            {
                "physicalLocation": {
                    "artifactLocation": {"uri": uri(at["source"], root)},
                    "region": _region(at.get("line"), at.get("column")),
                },
                "logicalLocations": [{"fullyQualifiedName": plain(at["pointer"]), "kind": "member"}],
            }
        ],
        "partialFingerprints": {"docpact/v1": finding["fingerprint"]},
        "properties": {"pointer": plain(at["pointer"]), "layer": finding["layer"], "hint": plain(finding["hint"])},
    }
    if finding["rule"] in index:
        result["ruleIndex"] = index[finding["rule"]]
    if "item" in at:
        result["properties"]["item"] = at["item"]
    if "traffic" in finding:
        result["properties"]["traffic"] = {
            key: plain(value) if isinstance(value, str) else value for key, value in finding["traffic"].items()
        }
    if "changed" in finding:
        result["properties"]["changed"] = finding["changed"]
    if clause is not None:
        result["relatedLocations"] = [_related(clause)]
    return result


def _related(clause: dict[str, Any]) -> dict[str, Any]:
    first, last = clause["lines"]
    said = "\n".join(plain(line) for line in clause["quote"].split("\n"))
    region = {"startLine": max(1, first), "endLine": max(1, first, last), "snippet": {"text": said}}
    page = {"artifactLocation": {"uri": uri(clause["page"], "")}, "region": region}
    return {"id": 1, "physicalLocation": page, "message": {"text": "what the page says"}}


def _region(line: int | None, column: int | None) -> dict[str, int]:
    region = {"startLine": max(1, line or 1)}
    if column is not None:
        region["startColumn"] = max(1, column)
    return region


def _message(text: str) -> str:
    """Write a message in which nothing is a link: SARIF reads `[text](target)` in plain text as one."""
    return plain(text).replace("](", "] (")
