"""Each fault of an exchange breaks its rule alone, and a healthy relay breaks none, whatever the family."""

from __future__ import annotations

from functools import cache

import pytest
from exchanges import CONTRACT, rules, scenes, told, wired

from docpact.exchange import Purpose
from docpact.generate.draws import Seeded
from docpact.generate.faults_http import VARIANTS, Scene, kind_of_token
from docpact.generate.payloads import Sampler
from docpact.rules import OF_EXCHANGES, RULES

PROFILES = tuple(CONTRACT.profiles)
EACH = [(rule, variant) for rule, variants in VARIANTS.items() for variant in variants]
# It adds a member to a task, which this profile calls a breach of its own.
ADDS_A_MEMBER = {("auth-echo", "task")}


@cache
def scenes_of(profile: str) -> tuple[Scene, ...]:
    """A relay of one family, with tasks in each state."""
    sampler, draws = Sampler(CONTRACT, profile), Seeded(5)
    made: list[Scene] = []
    for draws.nth, status in enumerate(sampler.statuses):
        task, other = sampler.task(draws), sampler.task(Seeded(6))
        made += scenes(sampler.payload(task, *sampler.facts(draws, status)), sampler.payload(other, *sampler.facts(draws)))
    return tuple(made)


@pytest.mark.parametrize("profile", PROFILES)
def test_a_healthy_relay_breaks_no_rule(profile: str) -> None:
    assert {scene.purpose for scene in scenes_of(profile)} == set(Purpose)
    for scene in scenes_of(profile):
        assert rules(told(wired(scene, scene.answer), profile)) == [], scene


@pytest.mark.parametrize("profile", PROFILES)
@pytest.mark.parametrize(("rule", "variant"), EACH, ids=map("/".join, EACH))
def test_each_fault_breaks_its_rule_alone(rule: str, variant: str, profile: str) -> None:
    if (rule, variant) in ADDS_A_MEMBER and profile == "strict":
        return
    contract = CONTRACT.profile(profile)
    tried = 0
    for scene in scenes_of(profile):
        answer = VARIANTS[rule][variant](scene)
        if answer is not None:
            tried += 1
            found = told(wired(scene, answer), profile)
            # A family that asks for no token answers as if there were one; a refusal with the task in it is no habit.
            is_habit = rule in contract.excuses and answer.status == 200
            assert rules(found) == ([] if is_habit else [rule]), (scene.purpose, [one.message for one in found])
    assert tried


def test_every_rule_that_only_an_exchange_can_break_has_a_fault() -> None:
    assert OF_EXCHANGES <= VARIANTS.keys() <= RULES.keys()
    assert all(VARIANTS.values())
    assert all(name == name.lower() and name.replace("-", "").isalnum() for _, name in EACH)


def test_faults_of_tokens_tell_the_ways_in_which_a_token_is_wrong() -> None:
    kinds = [kind_of_token(scene) for scene in scenes_of("documented") if scene.purpose is Purpose.WRONG_TOKEN]
    assert kinds[:5] == ["wrong", "empty", "other-scheme", "cut-off", "other-case"]


def test_a_fault_leaves_what_it_was_made_of() -> None:
    for scene in scenes_of("documented"):
        before = repr(scene)
        for rule, variant in EACH:
            VARIANTS[rule][variant](scene)
        assert repr(scene) == before
