"""Covers: all that can be exercised is, nothing in it can be spared, all of it is valid, and what is left has a reason."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest
from odd_contracts import contract_of, odd_schema

from docpact.api import load
from docpact.features import LONG, MANY, Features
from docpact.generate.cover import cover, smallest
from docpact.generate.lives import lives_of
from docpact.generate.payloads import Sampler

if TYPE_CHECKING:
    from pathlib import Path

    from docpact.generate.cover import Cover

CONTRACT = load()
COVERS = {profile: cover(Sampler(CONTRACT, profile)) for profile in CONTRACT.profiles}
BY_PROFILE = pytest.mark.parametrize(("profile", "made"), COVERS.items())


def wanted(profile: str) -> set[str]:
    return set(Features(CONTRACT, CONTRACT.profile(profile)).all())


@BY_PROFILE
def test_every_payload_and_every_story_is_valid_under_its_profile(profile: str, made: Cover) -> None:
    for one in made.payloads:
        assert not CONTRACT.validate(one.payload, profile=profile), one.adds
    for told in made.stories:
        times = [poll.at for poll in told.polls]
        assert not CONTRACT.validate_story([poll.payload for poll in told.polls], profile=profile, times=times), told.path


@BY_PROFILE
def test_what_is_covered_and_what_is_not_is_all_there_is(profile: str, made: Cover) -> None:
    covered = {feature for one in made.payloads for feature in one.features}
    assert covered | set(made.uncovered) == wanted(profile)
    assert not covered & set(made.uncovered)
    assert all(made.uncovered.values())
    steps = {edge for life in lives_of(Sampler(CONTRACT, profile)).values() for edge in life.edges()}
    assert {edge for told in made.stories for edge in pairwise(told.path)} == steps
    assert len({feature for told in made.stories for feature in told.features}) == len(steps)
    # What `docpact coverage` asks for is what a cover has: the samples add lives, and no steps of their own.
    assert steps == set(Features(CONTRACT, CONTRACT.profile(profile)).steps())


@BY_PROFILE
def test_without_any_one_of_them_a_feature_is_lost(profile: str, made: Cover) -> None:
    features = Features(CONTRACT, CONTRACT.profile(profile))
    # Told anew from the payloads, and not as the cover says it.
    found = [set(features.of(one.payload)) for one in made.payloads]
    for each in (found, [set(told.features) for told in made.stories]):
        for n, lost in enumerate(each):
            assert lost - set().union(*each[:n], *each[n + 1 :])


@BY_PROFILE
def test_the_report_says_what_each_payload_exercises_and_adds(profile: str, made: Cover) -> None:
    features = Features(CONTRACT, CONTRACT.profile(profile))
    seen: set[str] = set()
    for one in made.payloads:
        assert set(one.features) == set(features.of(one.payload))
        assert set(one.adds) == set(one.features) - seen
        assert one.adds
        seen |= set(one.features)


def test_the_documented_cover_is_small_and_holds_what_clients_stumble_over() -> None:
    made = COVERS["documented"]
    assert len(made.payloads) <= 9
    assert len(made.stories) <= 7
    payloads = [one.payload for one in made.payloads]
    assert {payload.get("status") for payload in payloads} >= {"NOT_START", "SUBMITTED", "IN_PROGRESS", "FAILURE", "SUCCESS"}
    for name in ("prompt", "failReason"):
        assert any(len(payload.get(name, "")) >= LONG for payload in payloads)
    assert any(len(payload["buttons"]) >= MANY for payload in payloads)
    # All that the page requires, and nothing else.
    assert any(payload.keys() == {"buttons"} for payload in payloads)
    assert len({payload["id"] for payload in payloads if "id" in payload}) == sum("id" in payload for payload in payloads)


def test_what_cannot_be_covered_says_why() -> None:
    documented, java = COVERS["documented"].uncovered, COVERS["java-proxy"].uncovered
    assert documented == {
        "/id empty": "it breaks id-empty",
        "/buttons/*/customId empty": "it breaks button-custom-id",
        "button:video": "no action that the profile documented knows offers such a button",
        "button:prompt-analyzer": "no action that the profile documented knows offers such a button",
    }
    assert java["button:upsample"] == java["/buttons many"] == "the profile java-proxy does not send it"
    assert all(feature.startswith(("/id ", "/buttons/*/customId")) for feature in COVERS["go-relay"].uncovered)


def test_the_features_of_the_brief_are_asked_for() -> None:
    asked = wanted("go-relay")
    assert asked >= {
        "/status=", "/action=UPLOAD", "/customId absent", "/customId present", "/prompt long", "/failReason long",
        "/prompt empty",
        "/buttons many", "/buttons empty", "/buttons null", "button:upsample", "/buttons/*/emoji empty",
    }  # fmt: skip
    # What the page requires is never absent, and what must have a form is never another text that is long.
    assert not asked & {"/buttons absent", "/buttons/*/type absent", "/imageUrl long", "/id long", "/buttons/*/customId long"}


def test_no_payload_is_in_a_state_that_its_action_never_comes_into() -> None:
    for one in COVERS["csharp-proxy"].payloads:
        assert (one.payload.get("status"), one.payload.get("action")) not in {("MODAL", "IMAGINE"), ("MODAL", "EDIT")}


def test_a_seed_gives_the_same_cover_and_another_one_other_ids() -> None:
    first, again, other = (cover(Sampler(CONTRACT), seed) for seed in ("a", "a", "b"))
    assert first == again
    assert first.payloads[0].payload["id"] != other.payloads[0].payload["id"]


def test_a_contract_without_samples_and_lifecycle_is_covered_too(tmp_path: Path) -> None:
    contract = replace(contract_of(odd_schema()), folder=str(tmp_path))
    for profile in contract.profiles:
        made = cover(Sampler(contract, profile))
        assert not made.stories
        # Values that a profile knows beside those of the page are in no sample.
        assert set(made.uncovered) == {f"/maybe={value}" for value in sorted(contract.profile(profile).enums.get("/maybe", ()))}
        broken = {finding.rule for one in made.payloads for finding in contract.validate(one.payload, profile=profile)}
        # It asks for an integer that is a text, which nothing is.
        assert broken <= {"documented-type"}


def test_what_greedy_choice_has_made_needless_is_left_out() -> None:
    made = [("wide", frozenset("abcd")), ("left", frozenset("abe")), ("right", frozenset("cdf")), ("again", frozenset("abe"))]
    assert [name for name, _ in smallest("abcdef", made)] == ["left", "right"]
