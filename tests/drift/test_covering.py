"""Coverage counts the features that a cover is chosen by, once each, and says what was not exercised."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any

import pytest
from contracts_made import contract_of, odd_payload, odd_schema

from docpact.api import load
from docpact.contract import Profile
from docpact.covered import share
from docpact.features import Features
from docpact.generate.cover import cover
from docpact.generate.payloads import Sampler

if TYPE_CHECKING:
    from docpact.covered import Coverage

CONTRACT = load()


def exercised(coverage: Coverage) -> dict[str, int]:
    groups = (*coverage.groups, *coverage.beside)
    return {f: sighting.count for group in groups for f, sighting in group.features.items() if sighting is not None}


@pytest.mark.parametrize("profile", ["documented", "go-relay"])
def test_a_generated_cover_exercises_all_that_it_says(profile: str) -> None:
    made = cover(Sampler(CONTRACT, profile))
    polls = [poll.payload for told in made.stories for poll in told.polls]
    coverage = CONTRACT.coverage([one.payload for one in made.payloads], profile=profile, extremes=True)
    # What a cover leaves out, it names; a coverage finds the same missing.
    assert {feature for group in coverage.groups for feature in group.missing} == set(made.uncovered)
    excepted = [feature.replace("[", "[[]") for feature in made.uncovered]
    whole = CONTRACT.coverage(
        [*(one.payload for one in made.payloads), *polls], profile=profile, stories=True, extremes=True, excepted=excepted
    )
    assert (whole.percent, whole.stories) == (100, len({payload["id"] for payload in polls} | whole_ids(made.payloads)))
    assert whole.unused == ()


def whole_ids(payloads: Any) -> set[str]:
    # Payloads without an id are polls of the task that was polled last.
    return {one.payload["id"] for one in payloads if one.payload.get("id")}


def test_a_feature_is_counted_once_a_payload() -> None:
    payload = {"buttons": [{"style": 2, "customId": "MJ::JOB::upsample::1::x"}] * 5, "status": "SUCCESS"}
    coverage = CONTRACT.coverage([payload, payload, {"buttons": []}])
    assert coverage.payloads == 3
    assert exercised(coverage)["button:upsample"] == 2
    assert exercised(coverage)["/status=SUCCESS"] == 2
    assert exercised(coverage)["/status absent"] == 1


def test_the_features_are_those_of_the_payloads_one_by_one() -> None:
    payloads = [one.payload for one in cover(Sampler(CONTRACT, "csharp-proxy")).payloads]
    features = Features(CONTRACT, CONTRACT.profile("csharp-proxy"))
    plain: dict[str, int] = {}
    for payload in payloads:
        for feature in set(features.of(payload)):
            plain[feature] = plain.get(feature, 0) + 1
    assert exercised(CONTRACT.coverage(payloads, profile="csharp-proxy")) == plain


def test_steps_are_counted_where_payloads_are_polls() -> None:
    polls: list[Any] = [
        {"id": "1", "buttons": [], "status": s} for s in ("NOT_START", "SUBMITTED", "SUBMITTED", "SUCCESS", "SUBMITTED")
    ]
    coverage = CONTRACT.coverage(polls, stories=True)
    steps = next(group for group in coverage.groups if group.name == "steps")
    # A step that the lifecycle does not have is no feature of it.
    taken = {f"edge:{earlier}→{later}" for earlier, later in pairwise(("NOT_START", "SUBMITTED", "SUCCESS"))}
    assert {feature for feature, sighting in steps.features.items() if sighting} == taken
    without = CONTRACT.coverage(polls)
    assert "steps" not in {group.name for group in without.groups}
    assert any("polls" in said for said in without.lacking)


def test_null_policies_are_those_of_the_profile() -> None:
    payloads: list[Any] = [{"buttons": None, "properties": {}}]
    [nulls] = [group for group in CONTRACT.coverage(payloads, profile="go-relay").groups if group.name == "nulls"]
    assert nulls.features["/buttons null"] is not None
    assert "/properties null" in nulls.missing
    assert "no member may be null" in CONTRACT.coverage(payloads).lacking


def test_extremes_are_beside_unless_they_are_asked_for() -> None:
    plain, asked = CONTRACT.coverage([{"buttons": []}]), CONTRACT.coverage([{"buttons": []}], extremes=True)
    assert [group.name for group in plain.beside] == ["extremes"]
    assert asked.beside == ()
    assert asked.features == plain.features + len(plain.beside[0].features)


def test_exceptions_leave_the_count_and_one_that_names_nothing_is_told() -> None:
    payloads = [{"buttons": [], "status": "SUCCESS"}]
    plain = CONTRACT.coverage(payloads)
    fewer = CONTRACT.coverage(payloads, excepted=["button:*", "/status=SUCCESS", "/nothing *"])
    assert plain.features - fewer.features == len(CONTRACT.buttons) + 1
    assert fewer.exercised == plain.exercised - 1
    assert fewer.unused == ("/nothing *",)
    assert CONTRACT.coverage(payloads, excepted="button:*").features == plain.features - len(CONTRACT.buttons)


def test_what_is_no_task_exercises_nothing() -> None:
    coverage = CONTRACT.coverage([[], 5, {"code": 4, "description": "x"}, None])
    assert (coverage.payloads, coverage.passed_over, coverage.exercised) == (4, 4, 0)


def test_true_is_not_one_and_one_is_one_point_zero() -> None:
    contract = contract_of(
        {
            "type": "object",
            "properties": {"a": {"type": "integer", "enum": [1]}, "b": {"type": "boolean"}},
            "required": ["a", "b"],
        }
    )
    assert exercised(contract.coverage([{"a": True, "b": 1}])) == {}
    assert exercised(contract.coverage([{"a": 1.0, "b": True}])) == {"/a=1": 1, "/b=true": 1}


def test_an_odd_contract_is_covered_too() -> None:
    contract = contract_of(odd_schema(), profiles={"documented": Profile("documented", "", nulls=frozenset({"*"}))})
    coverage = contract.coverage([odd_payload(), {}], extremes=True)
    assert {"/mixed=1", "/perhaps null", "/odd present", "/odd absent", "/level=2"} <= exercised(coverage).keys()
    assert all(len(set(group.features)) == len(group.features) for group in coverage.groups)


def test_only_all_of_it_is_a_hundred() -> None:
    assert share(1999, 2000) == 99.9
    assert share(2000, 2000) == 100
    assert share(0, 0) == 100
    assert share(1, 3) == 33.3
