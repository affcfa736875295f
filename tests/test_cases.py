"""Every rule has cases that keep it and cases that break it: `tests/cases/RULE/pass_*.json`, `fail_*.json`.

A case is a payload, or the polls of a task. For a rule that only an exchange can break it is one, as `exchanges.py` reads it,
and for one that only a recording can break a cassette.
"""

from __future__ import annotations

import json
from base64 import b64decode
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import exchanges
import pytest

from docpact import inputs
from docpact.captures import Corrupt, Text
from docpact.cassettes import audit, reading
from docpact.contract import load
from docpact.finding import Finding, Layer, Severity
from docpact.pointers import ABSENT
from docpact.rules import OF_EXCHANGES, OF_FOLLOWING, OF_RECORDINGS, RULES
from docpact.validate.ended import not_ended
from docpact.validate.stream import Settings, Stream, broken_off

CASES = Path(__file__).parent / "cases"
CONTRACT = load()

# Rules that speak only under a profile, under which their cases are judged.
PROFILES = {"undocumented-member": "strict", "status-back-known": "go-relay"}
# The cases of the size limit are judged with this limit instead of the 64 MiB of real life.
SMALL = 4096
# Their cases are judged by a contract that limits the length of a prompt; the page limits nothing but types and values.
LIMITED = replace(CONTRACT, schema={**CONTRACT.schema, "properties": {"prompt": {"type": "string", "maxLength": 60}}})


def files(kind: str) -> list[Path]:
    return sorted(CASES.glob(f"*/{kind}_*.json"))


def judge(rule: str, body: bytes, *, story: bool) -> list[Finding]:
    if rule == "capture-corrupt":
        return judge_capture(b64decode(json.loads(body)))
    if rule in OF_RECORDINGS:
        recording = reading.read(body)
        return [*audit.leaks(recording, body, "case"), *audit.marks(recording, "case", CONTRACT)]
    if rule in OF_EXCHANGES:
        return [breach.finding() for breach in exchanges.told(exchanges.in_case(json.loads(body)))]
    if rule in OF_FOLLOWING:
        followed = json.loads(body)
        breach = not_ended(CONTRACT, followed.get("payload", ABSENT), followed["polls"], followed["seconds"])
        return [] if breach is None else [breach.finding()]
    contract = LIMITED if rule == "documented-constraint" else CONTRACT
    stream = Stream(contract, Settings(profile=PROFILES.get(rule, "documented"), stories=story, each=story))
    content = None if rule == "json-size" and len(body) > SMALL else body
    return [finding for findings in stream.judge(Text("case", None, content, len(body))) for finding in findings]


def judge_capture(capture: bytes) -> list[Finding]:
    """Judge a packed capture, whose cases are its bytes in base64: a case is JSON, and a break can only be in a packing."""
    stream, found = Stream(CONTRACT, Settings()), list[Finding]()
    for thing in inputs.read(["-"], BytesIO(capture), inputs.Settings(limit=SMALL)):
        assert isinstance(thing, Text | Corrupt)
        found += [broken_off(thing)] if isinstance(thing, Corrupt) else [one for all_ in stream.judge(thing) for one in all_]
    return found


def is_story(path: Path) -> bool:
    return RULES[path.parent.name].layer is Layer.LIFECYCLE


def identity(path: Path) -> str:
    return f"{path.parent.name}/{path.stem}"


@pytest.mark.parametrize("rule", RULES)
def test_every_rule_has_a_case_that_keeps_it_and_one_that_breaks_it(rule: str) -> None:
    assert list((CASES / rule).glob("pass_*.json")), f"tests/cases/{rule} has no pass_*.json"
    assert list((CASES / rule).glob("fail_*.json")), f"tests/cases/{rule} has no fail_*.json"


def test_every_folder_of_cases_belongs_to_a_rule_and_holds_only_cases() -> None:
    assert {folder.name for folder in CASES.iterdir()} == set(RULES)
    strays = [p for p in CASES.glob("*/*") if not p.name.startswith(("pass_", "fail_")) or p.suffix != ".json"]
    assert not strays


@pytest.mark.parametrize("path", files("pass"), ids=identity)
def test_a_payload_that_keeps_the_rule_is_not_found(path: Path) -> None:
    found = judge(path.parent.name, path.read_bytes(), story=is_story(path))
    assert path.parent.name not in [finding.rule for finding in found]


@pytest.mark.parametrize("path", [p for p in files("pass") if p.parent.name in OF_EXCHANGES], ids=identity)
def test_an_exchange_that_keeps_the_rule_breaks_no_other(path: Path) -> None:
    found = judge(path.parent.name, path.read_bytes(), story=False)
    assert [finding.rule for finding in found if finding.severity is Severity.ERROR] == []


@pytest.mark.parametrize("path", files("fail"), ids=identity)
def test_a_payload_that_breaks_the_rule_breaks_that_rule_alone(path: Path) -> None:
    rule = RULES[path.parent.name]
    found = judge(rule.id, path.read_bytes(), story=is_story(path))
    assert rule.id in {finding.rule for finding in found}
    # A warning may stand beside it: a status that goes back may well show something for an instant.
    assert {f.rule for f in found if f.severity is Severity.ERROR} <= {rule.id}
