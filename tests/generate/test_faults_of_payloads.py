"""The law of faults: a valid payload, or story, and a rule give what breaks that rule and no other."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from odd_contracts import contract_of, odd_payload, odd_schema

from docpact import api
from docpact.captures import Text
from docpact.errors import UsageError
from docpact.finding import Finding, Layer, Severity, without_indices
from docpact.generate.draws import Seeded
from docpact.generate.faults import Faults, faults, story_faults
from docpact.generate.payloads import Sampler
from docpact.generate.stories import line, story
from docpact.polled import Polled, unwrapped
from docpact.rules import OF_EXCHANGES, OF_FOLLOWING, OF_RECORDINGS, RULES
from docpact.validate.stream import Settings, Stream

if TYPE_CHECKING:
    from docpact.generate.fault import Fault

ROOT = Path(__file__).parents[2]
CONTRACT = api.load()
LIMITED = replace(
    CONTRACT, coherence=(),
    schema={"type": "object", "properties": {
        "prompt": {"type": "string", "maxLength": 60, "minLength": 1}, "size": {"type": "number", "minimum": 1, "maximum": 9},
        "parts": {"type": "array", "items": {"type": "string"}, "minItems": 1, "maxItems": 3},
    }},
)  # fmt: skip
LIMITED_PAYLOAD = {"prompt": "a white cat", "size": 2.5, "parts": ["a", "b"]}
# A contract as `docpact derive` makes it of a page alone.
PLAIN = replace(CONTRACT, coherence=(), lifecycle=None, roles={}, buttons=(), envelope=frozenset())
PROFILES = tuple(CONTRACT.profiles)

# What no body and no story breaks: the capture around it, its size, which is tried once for itself, and what only an exchange
# breaks (test_faults_http.py), or a task that is followed.
NOT_IN_A_BODY = {"capture-corrupt", "json-size", "documented-constraint"} | OF_EXCHANGES | OF_FOLLOWING | OF_RECORDINGS
# What only one profile calls a breach.
ONLY_UNDER = {"undocumented-member": "strict", "status-back-known": "go-relay"}


def errors_in(found: list[Finding]) -> set[str]:
    return {finding.rule for finding in found if finding.severity is Severity.ERROR}


def findings(fault: Fault, contract: api.Contract = CONTRACT) -> list[Finding]:
    """Judge a fault as a user would: a text as a capture, polls as a story with its times, and a payload for itself."""
    if fault.text is not None:
        stream = Stream(contract, Settings(profile=fault.profile))
        return [one for found in stream.judge(Text("fault", None, fault.text, len(fault.text))) for one in found]
    if fault.polls is None:
        return contract.validate(fault.payload, profile=fault.profile)
    bodies, times = [poll.payload for poll in fault.polls], [poll.at or 0 for poll in fault.polls]
    asked = [one for poll in fault.polls for one in contract.validate(poll.payload, profile=fault.profile, asked=poll.asked)]
    # A story in Python knows no ids that were asked for: what they add is judged poll by poll.
    mismatches = [one for one in asked if one.rule == "id-mismatch"]
    layers = [Layer.DOCUMENTED, Layer.COHERENT, *([Layer.LIFECYCLE] if contract.lifecycle is not None else [])]
    return [*contract.validate_story(bodies, profile=fault.profile, layers=layers, times=times), *mismatches]


def holds(fault: Fault, contract: api.Contract = CONTRACT, known: frozenset[str] = frozenset()) -> bool:
    """Tell whether a fault breaks its rule alone: no other error, and no warning but those it names, or those there before."""
    found = findings(fault, contract)
    here = {finding.rule for finding in found if finding.severity is fault.severity}
    errors = errors_in(found)
    warnings = {finding.rule for finding in found} - errors
    alone = errors == ({fault.rule} if fault.severity is Severity.ERROR else set())
    return fault.rule in here and alone and warnings <= {*fault.beside, fault.rule, *known}


def broken_laws(made: Any, contract: api.Contract = CONTRACT, known: frozenset[str] = frozenset()) -> list[Any]:
    return [
        (fault, [(one.rule, one.place.pointer, one.place.item) for one in findings(fault, contract)])
        for fault in made if not holds(fault, contract, known)
    ]  # fmt: skip


def bodies() -> list[tuple[str, Any, str]]:
    """Collect the valid payloads of the repository: name, payload, and a profile under which it is valid."""
    paths = sorted((*ROOT.glob("tests/cases/*/pass_*.json"), *ROOT.glob("examples/captures/*-*/*.json")))
    named = [(f"{path.parent.name}/{path.stem}", json.loads(path.read_bytes())) for path in paths]
    found = [("example", CONTRACT.example, "documented")]
    for name, value in named:
        held = [poll.get("payload", poll) for poll in (value if isinstance(value, list) else [value])
                if isinstance(poll, dict)]  # fmt: skip
        for number, body in enumerate(held):
            profile = next((p for p in PROFILES if not errors_in(CONTRACT.validate(body, profile=p))), None)
            if profile is not None and "id" in body:
                found.append((f"{name}#{number}", body, profile))
    unique = {json.dumps(body, sort_keys=True): (name, body, profile) for name, body, profile in reversed(found)}
    return list(unique.values())[::-1]


BODIES = bodies()
BY_PROFILE = {profile: Faults(CONTRACT, profile) for profile in PROFILES}


@pytest.mark.parametrize(("name", "body", "profile"), BODIES, ids=[name for name, _, _ in BODIES])
def test_each_fault_of_a_valid_payload_breaks_its_rule_alone(name: str, body: Any, profile: str) -> None:  # noqa: ARG001 - the id
    known = frozenset(finding.rule for finding in CONTRACT.validate(body, profile=profile))
    before = json.dumps(body)
    assert broken_laws(BY_PROFILE[profile].of(body), known=known) == []
    assert json.dumps(body) == before, "the payload that was given has been changed"


@pytest.mark.parametrize("profile", PROFILES)
def test_each_fault_of_each_state_of_a_profile_breaks_its_rule_alone(profile: str) -> None:
    sampler, made = Sampler(CONTRACT, profile), BY_PROFILE[profile]
    # The documented states and actions, and of the others each once.
    actions = sampler.actions[:6]
    states = [(status, action) for status in sampler.statuses for action in actions[:: 1 if status == "SUCCESS" else 3]]
    states += [("SUCCESS", action) for action in sampler.actions[6::3]]
    for number, (status, action) in enumerate(states):
        body = sampler.payload(sampler.task(Seeded("test", number)), status, action)
        known = frozenset(finding.rule for finding in CONTRACT.validate(body, profile=profile))
        assert broken_laws((fault for fault in made.of(body) if fault.text is None), known=known) == [], (status, action)


def stories() -> list[tuple[str, list[Polled], str]]:
    paths = sorted((*ROOT.glob("tests/cases/*/pass_*.json"), *ROOT.glob("examples/captures/*-*/*.ndjson")))
    found = [("example", [Polled(CONTRACT.example)], "documented")]
    for path in paths:
        text = path.read_text("utf-8")
        value = [json.loads(line) for line in text.splitlines()] if path.suffix == ".ndjson" else json.loads(text)
        if isinstance(value, list) and len(value) > 1 and all(isinstance(poll, dict) for poll in value):
            polls = [unwrapped(poll) for poll in value]
            times = [poll.at for poll in polls if poll.at is not None]
            known = times if len(times) == len(polls) else None
            profile = next((p for p in PROFILES if not CONTRACT.validate_story(
                [poll.payload for poll in polls], profile=p, times=known)), None)  # fmt: skip
            if profile is not None and all("id" in poll.payload for poll in polls):
                found.append((f"{path.parent.name}/{path.stem}", polls, profile))
    return found


STORIES = stories()


@pytest.mark.parametrize(("name", "polls", "profile"), STORIES, ids=[name for name, _, _ in STORIES])
def test_each_fault_of_a_valid_story_breaks_its_rule_alone(name: str, polls: list[Polled], profile: str) -> None:  # noqa: ARG001 - the id
    made = list(BY_PROFILE[profile].of_story(polls))
    assert broken_laws(made) == []
    if profile == "documented":
        rules = {fault.rule for fault in made}
        lifecycle = {rule.id for rule in RULES.values() if rule.layer is Layer.LIFECYCLE} - ONLY_UNDER.keys() - OF_FOLLOWING
        assert not lifecycle - rules


@pytest.mark.parametrize("rule", [rule for rule in RULES if rule not in NOT_IN_A_BODY])
def test_every_rule_has_a_fault_of_the_example(rule: str) -> None:
    profile = ONLY_UNDER.get(rule, "documented")
    made = [
        *faults(CONTRACT, CONTRACT.example, rule, profile),
        *story_faults(CONTRACT, [Polled(CONTRACT.example)], rule, profile),
    ]
    assert made
    assert {fault.rule for fault in made} == {rule}
    assert all(fault.notice == RULES[rule].notice != "" for fault in made)
    assert broken_laws(made) == []


def test_what_is_not_of_a_body_has_no_fault_but_the_size_that_is_asked_for() -> None:
    assert not [fault for fault in faults(CONTRACT, CONTRACT.example) if fault.rule in NOT_IN_A_BODY]
    [large] = faults(CONTRACT, {"buttons": []}, "json-size")
    assert large.text is not None
    assert len(large.text) > 64 * 1024 * 1024


def test_limits_of_another_schema_are_broken_one_by_one() -> None:
    made = list(faults(LIMITED, LIMITED_PAYLOAD, "documented-constraint"))
    assert [(fault.place, fault.how) for fault in made] == [
        ("/prompt", "maxLength"), ("/prompt", "minLength"), ("/size", "maximum"), ("/size", "minimum"),
        ("/parts", "maxItems"), ("/parts", "minItems"),
    ]  # fmt: skip
    assert broken_laws(made, LIMITED) == []


def test_a_contract_of_a_page_alone_has_the_faults_of_its_schema_and_of_the_text() -> None:
    made = list(faults(PLAIN, CONTRACT.example))
    assert {RULES[fault.rule].layer for fault in made} == {Layer.DOCUMENTED, Layer.TRANSPORT}
    assert broken_laws(made, PLAIN) == []
    told = list(story_faults(PLAIN, [Polled(CONTRACT.example)]))
    assert {fault.rule for fault in told} == {rule for rule in RULES if rule in {fault.rule for fault in made}
                                              and RULES[rule].layer is Layer.DOCUMENTED}  # fmt: skip


@pytest.mark.parametrize("profile", ["documented", "loose"])
def test_odd_names_words_and_types_are_broken_alone_as_well(profile: str) -> None:
    odd = contract_of(odd_schema())
    made = list(faults(odd, odd_payload(), None, profile))
    assert {"documented-type", "documented-null", "documented-required", "documented-enum"} < {fault.rule for fault in made}
    assert broken_laws(made, odd, frozenset({"json-surrogate"})) == []


@pytest.mark.parametrize("profile", PROFILES)
def test_each_fault_of_a_story_that_is_generated_breaks_its_rule_alone(profile: str) -> None:
    sampler = Sampler(CONTRACT, profile)
    for number in range(2):
        polls = [unwrapped(line(sampler, poll)) for poll in story(sampler, Seeded("story", number))]
        assert broken_laws(BY_PROFILE[profile].of_story(polls)) == []


def test_faults_are_made_at_the_first_the_middle_the_last_and_the_only_button() -> None:
    made = [(fault.place, fault.how) for fault in faults(CONTRACT, CONTRACT.example, "button-style")]
    assert set(made) == {
        ("/buttons/0/style", ""), ("/buttons/4/style", ""), ("/buttons/8/style", ""), ("/buttons/0/style", "the only one"),
    }  # fmt: skip


@pytest.mark.parametrize(
    ("rule", "keyword"), [("documented-required", "required"), ("documented-enum", "enum"), ("documented-type", "type")]
)
def test_every_clause_of_the_page_is_broken_somewhere(rule: str, keyword: str) -> None:
    expected = {pointer for pointer in pointers(CONTRACT.schema, keyword, "") if pointer}
    assert {without_indices(fault.place) for fault in faults(CONTRACT, CONTRACT.example, rule)} == expected


def pointers(schema: Any, keyword: str, at: str) -> list[str]:
    here = [f"{at}/{name}" for name in schema.get("required", ())] if keyword == "required" else [at] * (keyword in schema)
    for name, part in schema.get("properties", {}).items():
        here += pointers(part, keyword, f"{at}/{name}")
    return here + (pointers(schema["items"], keyword, f"{at}/*") if "items" in schema else [])


def test_a_warning_is_broken_beside_another_one_only_where_it_cannot_be_alone() -> None:
    made = list(faults(CONTRACT, CONTRACT.example))
    assert {fault.rule for fault in made if fault.beside} <= {"documented-required"}
    assert all(fault.beside == ("grid-incomplete",) for fault in made if fault.beside)


def test_the_same_payload_gives_the_same_faults_in_the_order_of_the_rules() -> None:
    made = list(faults(CONTRACT, CONTRACT.example))
    assert made == list(faults(CONTRACT, json.loads(json.dumps(CONTRACT.example))))
    order = list(RULES)
    assert [fault.rule for fault in made] == sorted((fault.rule for fault in made), key=order.index)


def test_faults_are_made_one_by_one_as_they_are_asked_for() -> None:
    broken_later = {**CONTRACT.example, "buttons": CONTRACT.example["buttons"] * 200}
    assert next(faults(CONTRACT, broken_later, "documented-body")).rule == "documented-body"


def test_a_rule_that_there_is_not_is_told_as_that() -> None:
    with pytest.raises(UsageError, match="there is no rule 'button-stile'"):
        list(faults(CONTRACT, CONTRACT.example, "button-stile"))
