"""What Hypothesis draws of a contract: valid, varied, small when it fails, and at home among other strategies."""

from __future__ import annotations

import dataclasses
import json
import subprocess
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import Phase, find, given, settings
from hypothesis import strategies as st
from hypothesis.statistics import collector
from jsonschema import Draft202012Validator

import docpact
from docpact.errors import ContractError, MissingExtraError, UsageError
from docpact.finding import Layer, Severity
from docpact.rules import OF_FOLLOWING, RULES
from docpact.strategies import Payload, Story, faults, payloads, stories

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from hypothesis.strategies import SearchStrategy

    from docpact.finding import Finding
    from docpact.generate.fault import Fault

CONTRACT = docpact.load()
PROFILES = sorted(CONTRACT.profiles)
REFERENCE = Draft202012Validator(dict(CONTRACT.schema))

settled = settings(max_examples=100, derandomize=True, database=None, deadline=None)


def smallest(strategy: SearchStrategy[Any], condition: Callable[[Any], Any]) -> Any:
    return find(strategy, lambda value: bool(condition(value)), settings=settings(settled, max_examples=3000))


def reached(strategy: SearchStrategy[Any], condition: Callable[[Any], Any]) -> bool:
    unshrunk = settings(settled, max_examples=5000, phases=[Phase.generate])
    return bool(condition(find(strategy, lambda value: bool(condition(value)), settings=unshrunk)))


def with_schema(schema: Mapping[str, Any], folder: str = "", **more: Any) -> docpact.Contract:
    """A contract that says nothing beside its schema, as `derive` makes it of a new page."""
    bare: dict[str, Any] = {"roles": {}, "coherence": (), "lifecycle": None, "buttons": (), "folder": folder}
    return dataclasses.replace(CONTRACT, schema=schema, **{**bare, **more})


@pytest.mark.parametrize("profile", PROFILES)
def test_a_coherent_payload_has_no_finding_under_its_profile(profile: str) -> None:
    @settled
    @given(payloads(profile=profile))
    def hold(payload: dict[str, Any]) -> None:
        assert CONTRACT.validate(payload, profile=profile) == []
        json.dumps(payload, ensure_ascii=False, allow_nan=False).encode()

    hold()


@pytest.mark.parametrize("profile", PROFILES)
def test_whatever_is_allowed_has_no_documented_finding_under_its_profile(profile: str) -> None:
    @settled
    @given(payloads(profile=profile, coherent=False))
    def hold(payload: dict[str, Any]) -> None:
        assert CONTRACT.validate(payload, profile=profile, layers="documented") == []
        json.dumps(payload, ensure_ascii=False, allow_nan=False).encode()

    hold()


@settings(settled, max_examples=300)
@given(payloads(), payloads(coherent=False))
def test_jsonschema_takes_what_is_drawn_of_the_page(coherent: dict[str, Any], allowed: dict[str, Any]) -> None:
    REFERENCE.validate(coherent)
    REFERENCE.validate(allowed)


@settled
@given(payloads(status="FAILURE", action="BLEND"), payloads(status="FAILURE", action="BLEND", coherent=False))
def test_a_status_and_an_action_can_be_asked_for(coherent: dict[str, Any], allowed: dict[str, Any]) -> None:
    assert (coherent["status"], coherent["action"]) == ("FAILURE", "BLEND")
    assert (allowed["status"], allowed["action"]) == ("FAILURE", "BLEND")


def test_a_profile_has_its_own_statuses_in_both() -> None:
    for coherent in (True, False):
        drawn = payloads(profile="go-relay", status="MODAL", action="SHORTEN", coherent=coherent)
        assert reached(drawn, lambda p: p["status"] == "MODAL" and p["action"] == "SHORTEN")


@pytest.mark.parametrize(
    "what",
    [
        lambda p: set(p) - set(CONTRACT.schema["properties"]),
        lambda p: "id" not in p and "status" in p,
        lambda p: set(CONTRACT.schema["properties"]) <= set(p),
        lambda p: isinstance(p.get("submitTime"), float),
        lambda p: any(type(value) is int and value > 2**64 for value in p.values()),
        lambda p: p.get("startTime", 0) < 0,
        lambda p: p.get("prompt") == "",
        lambda p: not p.get("id", "1").isascii(),
        lambda p: len(p["buttons"]) > 9,
        lambda p: any(set(button) - {"customId", "emoji", "label", "type", "style"} for button in p["buttons"]),
        lambda p: p.get("progress") and p.get("status") == "NOT_START",
    ],
)
def test_what_the_page_allows_is_reached(what: Callable[[dict[str, Any]], Any]) -> None:
    assert reached(payloads(coherent=False), what)


@pytest.mark.parametrize(
    "what",
    [
        lambda p: "\n" in p["prompt"],
        lambda p: p["prompt"] == "一只黑色的狗在飞" and p["properties"]["finalPrompt"] == "a black dog flying --v 6.1",
        lambda p: p["status"] == "FAILURE" and len(p["failReason"]) == 1,
        lambda p: p["finishTime"] and p["finishTime"] == p["submitTime"],
        lambda p: p["progress"] == "93%",
        lambda p: any("pan_left" in button["customId"] for button in p["buttons"]),
    ],
)
def test_what_servers_send_and_the_samples_lack_is_reached(what: Callable[[dict[str, Any]], Any]) -> None:
    assert reached(payloads(), what)


def test_a_failure_shrinks_to_one_that_can_be_read() -> None:
    found = smallest(payloads(), lambda p: p["status"] == "FAILURE")
    assert found["id"] == "1757419200000000"
    assert (found["action"], found["prompt"], found["buttons"]) == ("IMAGINE", "a black dog flying", [])
    assert (found["submitTime"], found["startTime"], found["finishTime"]) == (1757419200000,) * 3
    assert found["failReason"].startswith("[Banned prompt]")


def test_a_prompt_shrinks_to_what_makes_the_difference() -> None:
    assert smallest(payloads(), lambda p: "~" in p["prompt"])["prompt"] == "~"


def test_what_is_allowed_shrinks_to_the_members_that_matter() -> None:
    assert smallest(payloads(coherent=False), lambda _: True) == {"buttons": []}
    assert smallest(payloads(coherent=False), lambda p: p.get("finishTime", 0) > 5) == {"finishTime": 6, "buttons": []}
    both = smallest(payloads(coherent=False), lambda p: "id" in p and "failReason" in p and "customId" in p)
    assert both == {"id": "", "customId": "", "failReason": "", "buttons": []}
    button = {"customId": "", "emoji": "", "label": "", "type": 0, "style": 0}
    assert smallest(payloads(coherent=False), lambda p: len(p["buttons"]) > 1) == {"buttons": [button] * 2}


@pytest.mark.parametrize(
    "strategy",
    [payloads(), payloads(coherent=False), payloads(profile="csharp-proxy"), faults(), faults(rule="button-style")],
    ids=["coherent", "allowed", "family", "faults", "faults of a rule"],
)
def test_hardly_a_draw_is_rejected(strategy: SearchStrategy[Any]) -> None:
    @settings(settled, max_examples=300)
    @given(strategy)
    def draw(payload: dict[str, Any]) -> None:
        assert payload

    said: list[Any] = []
    with collector.with_value(said.append):  # type: ignore[arg-type] # declared by its first value, None
        draw()
    statuses = [case["status"] for case in said[0]["generate-phase"]["test-cases"]]
    assert len(statuses) >= 300
    assert statuses.count("valid") > 0.9 * len(statuses)


@dataclass
class Job:
    task: Payload
    tries: int


@settled
@given(...)
def test_an_annotation_is_enough(task: Payload, tasks: list[Payload], job: Job) -> None:
    for payload in (task, *tasks, job.task):
        assert CONTRACT.validate(payload) == []


def test_it_composes_with_other_strategies() -> None:
    tasks = st.lists(payloads(), min_size=2, max_size=4, unique_by=lambda p: p["id"])

    @settled
    @given(
        st.from_type(Payload), tasks, payloads().map(json.dumps), payloads().filter(lambda p: p["action"] != "BLEND"), st.data()
    )
    def hold(one: Any, several: Any, text: str, unblended: Any, data: st.DataObject) -> None:
        other = data.draw(payloads(status=one["status"]) | payloads(status="SUCCESS"))
        for payload in (one, *several, json.loads(text), unblended, other):
            assert CONTRACT.validate(payload) == []

    hold()


def test_a_payload_is_no_part_of_the_next_one() -> None:
    @settled
    @given(payloads(), payloads(coherent=False))
    def change(coherent: Any, allowed: Any) -> None:
        for payload in (coherent, allowed):
            for value in (payload, *payload.values()):
                assert value != ["changed"]
                if isinstance(value, list | dict):
                    value.clear()
            payload["buttons"] = ["changed"]

    change()


# --- Stories ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("profile", PROFILES)
def test_a_story_has_no_finding_under_its_profile(profile: str) -> None:
    @settings(settled, max_examples=30)
    @given(stories(profile=profile))
    def hold(story: Story) -> None:
        bodies, times = [poll.payload for poll in story], [poll.at for poll in story]
        assert CONTRACT.validate_story(bodies, profile=profile, times=times) == []

    hold()


def test_a_story_takes_the_path_that_is_asked_for_and_keeps_its_prompt() -> None:
    path = ("NOT_START", "SUBMITTED", "IN_PROGRESS", "FAILURE")

    @settings(settled, max_examples=30)
    @given(stories(action="IMAGINE", path=path))
    def hold(story: Story) -> None:
        assert list(dict.fromkeys(poll.payload["status"] for poll in story)) == list(path)
        assert len({poll.payload["prompt"] for poll in story}) == 1

    hold()


def test_a_story_shrinks_and_resolves_from_its_type() -> None:
    found = smallest(st.from_type(Story), lambda story: story[-1].payload["status"] == "SUCCESS")
    assert found[-1].payload["prompt"] == "a black dog flying"
    assert found[-1].payload["action"] == "IMAGINE"


def test_a_story_that_cannot_be_told_is_refused_at_once() -> None:
    with pytest.raises(UsageError):
        stories(path=("SUCCESS", "NOT_START"))
    with pytest.raises(UsageError):
        stories(action="FLY")
    with pytest.raises(UsageError, match="no lifecycle"):
        stories(with_schema(CONTRACT.schema))


# --- Faults -----------------------------------------------------------------------------------------------------------


def breaches(fault: Fault, contract: docpact.Contract = CONTRACT) -> list[Finding]:
    """Judge a fault as those who draw it would."""
    if fault.polls is None:
        return contract.validate(fault.payload, profile=fault.profile)
    payloads, times = [poll.payload for poll in fault.polls], [poll.at or 0 for poll in fault.polls]
    if len(fault.polls) == 1:
        return contract.validate(payloads[0], profile=fault.profile, asked=fault.polls[0].asked)
    return contract.validate_story(payloads, profile=fault.profile, times=times)


def breaks_its_rule_alone(fault: Fault, contract: docpact.Contract = CONTRACT) -> None:
    found = {(finding.rule, finding.severity) for finding in breaches(fault, contract)}
    assert (fault.rule, fault.severity) in found
    others = {(rule, severity) for rule, severity in found if rule != fault.rule}
    assert all(severity is not Severity.ERROR and rule in fault.beside for rule, severity in others), (fault, others)


@pytest.mark.parametrize("profile", PROFILES)
def test_a_fault_breaks_its_rule_and_no_other(profile: str) -> None:
    @settings(settled, max_examples=60)
    @given(faults(profile=profile))
    def hold(fault: Fault) -> None:
        breaks_its_rule_alone(fault)

    hold()


NOT_HERE = {"documented-constraint", "undocumented-member", "status-back-known"} | OF_FOLLOWING
BREAKABLE = [rule.id for rule in RULES.values() if rule.layer is not Layer.TRANSPORT and rule.id not in NOT_HERE]


@pytest.mark.parametrize("rule", BREAKABLE)
def test_the_fault_of_a_rule_that_is_asked_for_breaks_that_rule(rule: str) -> None:
    @settings(settled, max_examples=8)
    @given(faults(rule=rule))
    def hold(fault: Fault) -> None:
        assert fault.rule == rule
        breaks_its_rule_alone(fault)

    hold()


def test_every_rule_is_drawn_that_the_profile_can_break() -> None:
    seen: set[str] = set()

    @settings(settled, max_examples=500, phases=[Phase.generate])
    @given(faults())
    def see(fault: Fault) -> None:
        seen.add(fault.rule)

    see()
    assert seen <= set(BREAKABLE)
    assert len(seen) > 0.7 * len(BREAKABLE)
    assert reached(faults(profile="strict", rule="undocumented-member"), lambda f: f.place)


@pytest.mark.parametrize(
    "what", [lambda f: f.place == "/buttons/0/style", lambda f: f.place == "/buttons/4/style", lambda f: "only" in f.how]
)
def test_faults_stand_at_several_places(what: Callable[[Fault], bool]) -> None:
    assert reached(faults(rule="button-style"), what)


def test_a_fault_is_drawn_in_what_varies() -> None:
    assert reached(faults(rule="button-style"), lambda f: f.payload["action"] == "DESCRIBE")
    assert reached(faults(rule="id-empty"), lambda f: "\n" in f.payload["prompt"])


def test_a_fault_shrinks_to_the_first_rule_the_first_place_and_the_plainest_payload() -> None:
    assert smallest(faults(), lambda f: f.rule != "documented-body").rule == "documented-error-body"
    found = smallest(faults(), lambda f: f.rule == "button-style")
    assert (found.place, found.how, found.payload["id"]) == ("/buttons/0/style", "", "1757419200000000")
    # A DESCRIBE has fewer buttons to choose from: where the search comes upon one, it is the smaller payload.
    assert "a black dog flying" in found.payload["prompt"]
    assert len(smallest(faults(), lambda f: f.rule == "status-back").polls) <= 5


def test_a_text_is_drawn_where_its_rule_is_asked_for() -> None:
    assert reached(
        faults(rule="json-bom"),
        lambda f: json.loads(f.text.decode("utf-8-sig"))["prompt"] and f.text.startswith(b"\xef\xbb\xbf"),
    )


def test_a_fault_is_no_part_of_the_next_one() -> None:
    @settings(settled, max_examples=30)
    @given(faults(rule="instant-stays"), faults(rule="button-style"))
    def change(story: Fault, one: Fault) -> None:
        breaks_its_rule_alone(story)
        breaks_its_rule_alone(one)
        for payload in (one.payload, *(poll.payload for poll in story.polls or ())):
            for button in payload["buttons"] or ():
                button.clear()
            payload.clear()

    change()


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"rule": "button-stile"}, r"no rule 'button-stile'(.|\n)*did you mean button-style"),
        ({"rule": "undocumented-member"}, "nothing breaks undocumented-member alone here"),
        ({"rule": "capture-corrupt"}, "nothing breaks capture-corrupt alone here"),
        (
            {"rule": "http-status"},
            r"nothing breaks http-status alone here(.|\n)*but an exchange: docpact mock --fault http-status",
        ),
    ],
)
def test_a_rule_that_nothing_breaks_is_refused_at_once(asked: dict[str, str], said: str) -> None:
    with pytest.raises(UsageError, match=said):
        faults(**asked)


def test_a_contract_of_a_page_alone_has_faults_of_its_schema(tmp_path: Path) -> None:
    size = {"type": "integer"}
    contract = with_schema({"type": "object", "properties": {"size": size}, "required": ["size"]}, str(tmp_path))

    @settings(settled, max_examples=30)
    @given(faults(contract))
    def hold(fault: Fault) -> None:
        breaks_its_rule_alone(fault, contract)

    hold()
    with pytest.raises(UsageError, match="nothing breaks status-back"):
        faults(contract, rule="status-back")
    with pytest.raises(ContractError, match="has coherence entries and no samples"):
        faults(with_schema(CONTRACT.schema, str(tmp_path), coherence=CONTRACT.coherence))


# --- Other contracts -------------------------------------------------------------------------------------------------

NAMES = st.sampled_from(["a", "b", "c~/d", "", "名"])


def nullable(schema: dict[str, Any]) -> dict[str, Any]:
    values = {"enum": [*schema["enum"], None]} if "enum" in schema else {}
    return {**schema, "type": [schema["type"], "null"], **values} if isinstance(schema.get("type"), str) else schema


def an_object(parts: SearchStrategy[dict[str, Any]]) -> SearchStrategy[dict[str, Any]]:
    return st.builds(
        lambda properties, required: {
            "type": "object",
            **({"properties": properties} if properties else {}),
            **({"required": [name for name in properties if name in required]} if required & properties.keys() else {}),
        },
        st.dictionaries(NAMES, parts, max_size=4),
        st.frozensets(NAMES),
    )


simplest: list[dict[str, Any]] = [{}, {"type": "object"}, {"type": "array"}, {"type": ["string", "integer"]}]
simplest += [{"enum": ["x", 1]}, {"type": "string", "enum": ["x", "y"], "format": "uri"}, {"type": "integer", "enum": [1, "2"]}]
simplest += [{"type": kind} for kind in ("string", "integer", "number", "boolean")]
parts: SearchStrategy[dict[str, Any]] = st.recursive(
    st.sampled_from(simplest),
    lambda inner: (
        st.builds(lambda items: {"type": "array", "items": items}, inner) | an_object(inner) | st.builds(nullable, inner)
    ),
    max_leaves=6,
)


@settings(settled, max_examples=300)
@given(an_object(parts), st.data(), st.booleans())
def test_any_schema_that_derive_writes_can_be_drawn(schema: dict[str, Any], data: st.DataObject, coherent: bool) -> None:  # noqa: FBT001 - drawn
    Draft202012Validator(schema).validate(data.draw(payloads(with_schema(schema), coherent=coherent)))


def test_a_contract_that_was_derived_from_a_page_is_drawn(tmp_path: Path) -> None:
    from docpact.cli import main

    page = "GET /job/{id}\nResponses\n🟢200OK\nBody\nstate\nenum<string>\nrequired\nOPEN\nDONE\nsize\ninteger\noptional\n"
    (tmp_path / "page.txt").write_text(page, "utf-8")
    assert main(["derive", str(tmp_path / "page.txt"), "--out", str(tmp_path / "job")]) == 0
    contract = docpact.load(tmp_path / "job")

    @settled
    @given(payloads(tmp_path / "job"))
    def hold(payload: dict[str, Any]) -> None:
        assert contract.validate(payload) == []
        assert isinstance(payload["state"], str)

    hold()
    assert smallest(payloads(str(tmp_path / "job")), lambda p: "size" in p)["size"] == 0


def test_a_value_asked_for_inside_an_object_stands_there() -> None:
    inner = {"type": "object", "properties": {"status": {"type": "string", "enum": ["A", "B"]}, "size": {"type": "integer"}}}
    contract = with_schema({"type": "object", "properties": {"data": inner}}, roles={"status": "/data/status"})

    @settled
    @given(payloads(contract, status="B"))
    def hold(payload: dict[str, Any]) -> None:
        assert payload["data"]["status"] == "B"

    hold()


# --- What is refused -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"status": "SUCESS"}, "did you mean SUCCESS"),
        ({"action": "FLY"}, "knows no action 'FLY'"),
        ({"status": "MODAL"}, "the profile documented knows no status 'MODAL'"),
    ],
)
@pytest.mark.parametrize("coherent", [True, False])
def test_what_the_profile_does_not_know_is_refused_at_once(asked: dict[str, str], said: str, *, coherent: bool) -> None:
    with pytest.raises(UsageError, match=said):
        payloads(**asked, coherent=coherent)


def test_a_contract_or_a_profile_that_is_not_there_is_refused() -> None:
    with pytest.raises(ContractError, match="no contract 'task-fetsh'"):
        payloads("task-fetsh")
    with pytest.raises(ContractError, match="no profile 'go'"):
        payloads(profile="go")


def test_what_cannot_be_drawn_is_told_with_its_place() -> None:
    with pytest.raises(ContractError, match="the schema says pattern at /a, and"):
        payloads(with_schema({"type": "object", "properties": {"a": {"type": "string", "pattern": "^x"}}}))
    with pytest.raises(ContractError, match="wants /a, and allows it no value"):
        payloads(with_schema({"properties": {"a": {"type": "integer", "enum": ["x"]}}, "required": ["a"]}))


def test_coherence_without_samples_is_told_with_what_to_do(tmp_path: Path) -> None:
    bare = with_schema(CONTRACT.schema, str(tmp_path), coherence=CONTRACT.coherence)
    with pytest.raises(ContractError, match=r"has coherence entries and no samples(.|\n)*ask for coherent=False"):
        payloads(bare)
    assert reached(payloads(bare, coherent=False), lambda p: not p["buttons"])


def test_without_hypothesis_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    import docpact.strategies as face

    for name in [name for name in sys.modules if name.startswith("docpact.generate.strategies")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.delattr("docpact.generate.strategies")
    monkeypatch.setitem(sys.modules, "hypothesis", None)
    monkeypatch.delitem(face.__dict__, "payloads", raising=False)
    with pytest.raises(MissingExtraError, match=r"pip install 'docpact\[generate\]'"):
        _ = face.payloads


def test_hypothesis_is_imported_by_those_who_draw_alone() -> None:
    lines = (
        "import sys, docpact",
        "strategies = docpact.strategies",
        "assert 'hypothesis' not in sys.modules",
        "strategies.payloads()",
        "assert 'hypothesis' in sys.modules",
    )
    subprocess.run([sys.executable, "-c", "\n".join(lines)], check=True)
