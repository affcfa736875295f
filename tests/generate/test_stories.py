"""Stories: every legal path of every family, at the pace of clients, without a finding in any layer."""

from __future__ import annotations

import json
from dataclasses import replace
from itertools import groupby, pairwise
from typing import TYPE_CHECKING, Any

import pytest

from docpact.api import load
from docpact.errors import ContractError, UsageError
from docpact.generate.draws import Seeded
from docpact.generate.lives import Life
from docpact.generate.payloads import Sampler
from docpact.generate.stories import line, paths, story
from docpact.polled import unwrapped

if TYPE_CHECKING:
    from pathlib import Path

CONTRACT = load()
PACES = {"go-relay": 15_000}
TIMES = ("submitTime", "startTime", "finishTime")


@pytest.mark.parametrize("profile", CONTRACT.profiles)
def test_every_path_of_every_action_is_told_without_a_finding(profile: str) -> None:
    sampler = Sampler(CONTRACT, profile)
    for action in sampler.actions:
        for nth, path in enumerate(paths(sampler, action)):
            polls = list(story(sampler, Seeded(profile, nth), action, path))
            assert tuple(status for status, _ in groupby(poll.payload["status"] for poll in polls)) == path
            times = [poll.at for poll in polls]
            assert times == sorted(set(times))
            found = CONTRACT.validate_story([poll.payload for poll in polls], profile=profile, times=times)
            assert not found, (action, path, found[0].message)
            # Nothing is shown before it happened.
            assert all((poll.payload.get(name) or 0) <= poll.at for poll in polls for name in TIMES)


def test_the_documented_life_goes_forward_and_may_skip() -> None:
    found = paths(Sampler(CONTRACT), "IMAGINE")
    ends = ("SUCCESS", "FAILURE")
    middles = (("SUBMITTED", "IN_PROGRESS"), ("SUBMITTED",), ("IN_PROGRESS",), ())
    assert set(found) == {("NOT_START", *middle, end) for middle in middles for end in ends}
    assert len(found) == len(set(found))


def test_families_begin_turn_and_pause_as_the_samples_and_the_lifecycle_say() -> None:
    relay, proxy = Sampler(CONTRACT, "go-relay"), Sampler(CONTRACT, "csharp-proxy")
    assert {path[0] for path in paths(relay, "IMAGINE")} == {""}
    assert paths(relay, "UPLOAD") == [("SUCCESS",)]
    assert not any("MODAL" in path for path in paths(proxy, "IMAGINE"))
    assert {path[0] for path in paths(proxy, "INPAINT")} == {"MODAL"}
    turns = [path for path in paths(proxy, "VIDEO") if ("IN_PROGRESS", "SUBMITTED") in pairwise(path)]
    assert ("NOT_START", "SUBMITTED", "IN_PROGRESS", "SUBMITTED", "IN_PROGRESS", "SUCCESS") in turns
    for sampler, action in ((proxy, "IMAGINE"), (relay, "VIDEO")):
        assert ("IN_PROGRESS", "SUBMITTED") not in Life(sampler, action).edges()


def told(profile: str, action: str, path: tuple[str, ...], seed: int = 0) -> list[tuple[int, dict[str, Any]]]:
    return [tuple(poll) for poll in story(Sampler(CONTRACT, profile), Seeded(seed), action, path)]  # type: ignore[misc]


def test_progress_moves_in_the_steps_that_are_seen_in_traffic() -> None:
    path = ("NOT_START", "SUBMITTED", "IN_PROGRESS", "SUCCESS")
    seen = {poll["progress"] for seed in range(30) for _, poll in told("documented", "IMAGINE", path, seed)}
    assert seen == {"", "0%", "15%", "31%", "46%", "62%", "78%", "93%", "100%"}


def test_a_client_asks_every_few_seconds_and_a_go_relay_moves_every_fifteen() -> None:
    path = ("", "SUBMITTED", "IN_PROGRESS", "SUCCESS")
    for seed in range(20):
        polls = told("go-relay", "IMAGINE", path, seed)
        running = [at for at, poll in polls if poll["status"] != "SUCCESS"]
        assert all(3_000 <= later - at <= 5_000 for at, later in pairwise(running))
        moved = [at for (_, one), (at, other) in pairwise(polls) if one["progress"] != other["progress"]]
        # A change is seen at the first poll after the relay has looked, so up to one wait later.
        assert all((later - at + 5_000) % PACES["go-relay"] <= 10_000 for at, later in pairwise(moved))


@pytest.mark.parametrize(
    ("profile", "reason", "least", "most"),
    [("java-proxy", "任务超时", 300_000, 330_000), ("go-relay", "上游任务超时（超过1小时）", 3_600_000, 3_700_000)],
)
def test_a_timeout_takes_its_time(profile: str, reason: str, least: int, most: int) -> None:
    begins = {"java-proxy": "NOT_START", "go-relay": ""}
    path = (begins[profile], "SUBMITTED", "FAILURE")
    stories = [told(profile, "IMAGINE", path, seed) for seed in range(60)]
    timeouts = [polls for polls in stories if polls[-1][1]["failReason"] == reason]
    assert timeouts
    for polls in timeouts:
        first = next(at for at, poll in polls if poll["status"] == "FAILURE")
        end = polls[-1][1]
        if profile == "java-proxy":
            assert least <= end["finishTime"] - end["startTime"] <= most
        else:
            assert end["finishTime"] == 0
            assert least <= first - end["submitTime"] <= most
        assert len(polls) < 150


def test_what_was_not_seen_to_start_is_not_given_up_for_running_too_long() -> None:
    reasons = {told("java-proxy", "IMAGINE", ("NOT_START", "FAILURE"), seed)[-1][1]["failReason"] for seed in range(60)}
    assert len(reasons) > 3
    assert "任务超时" not in reasons


def test_hours_later_only_the_signature_of_a_link_is_another() -> None:
    path = ("NOT_START", "SUBMITTED", "IN_PROGRESS", "SUCCESS")
    links = [[p["imageUrl"] for _, p in told("java-proxy", "IMAGINE", path, s) if p["status"] == "SUCCESS"] for s in range(20)]
    assert any(len(set(seen)) > 1 for seen in links)
    assert all(len({link.partition("?")[0] for link in seen}) == 1 for seen in links)


def test_the_same_seed_tells_the_same_story_and_no_story_depends_on_those_before_it() -> None:
    sampler = Sampler(CONTRACT, "csharp-proxy")
    draws = Seeded(5)
    run = []
    for draws.nth in range(6):
        run.append(list(story(sampler, draws)))
    assert run[4] == list(story(Sampler(CONTRACT, "csharp-proxy"), Seeded(5, 4)))
    assert len({polls[0].payload["id"] for polls in run}) == 6


def test_a_line_is_what_validate_reads() -> None:
    sampler = Sampler(CONTRACT)
    poll = next(story(sampler, Seeded()))
    said = unwrapped(json.loads(json.dumps(line(sampler, poll))))
    assert said == (poll.payload, float(poll.at), poll.payload["id"], True, "")


@pytest.mark.parametrize(
    ("action", "path", "says", "hint"),
    [
        ("IMAGINE", ("SUBMITTED", "SUCCESS"), "does not begin with 'SUBMITTED'", "NOT_START"),
        ("IMAGINE", (), "does not begin with nothing", "NOT_START"),
        ("IMAGINE", ("NOT_START", "SUCCESS", "FAILURE"), "'FAILURE' does not follow 'SUCCESS'", "SUCCESS is an end"),
        ("IMAGINE", ("NOT_START", "SUCESS"), "'SUCESS' does not follow", "did you mean SUCCESS?"),
        ("IMAGINE", ("NOT_START", "SUBMITTED"), "does not end with 'SUBMITTED'", "IN_PROGRESS"),
        ("IMAGIN", None, "no action 'IMAGIN'", "did you mean IMAGINE?"),
    ],
)
def test_what_cannot_be_is_refused_at_once(action: str, path: tuple[str, ...] | None, says: str, hint: str) -> None:
    with pytest.raises(UsageError, match=says) as caught:
        story(Sampler(CONTRACT), Seeded(), action, path)
    assert hint in caught.value.hint


def test_without_a_lifecycle_there_is_no_story() -> None:
    with pytest.raises(UsageError, match="has no lifecycle"):
        story(Sampler(replace(CONTRACT, lifecycle=None)), Seeded())


def test_without_samples_a_story_follows_the_lifecycle_alone(tmp_path: Path) -> None:
    sampler = Sampler(replace(CONTRACT, folder=str(tmp_path)))
    for path in paths(sampler, "IMAGINE"):
        statuses = [poll.payload["status"] for poll in story(sampler, Seeded(), "IMAGINE", path)]
        assert tuple(status for status, _ in groupby(statuses)) == path


@pytest.mark.parametrize(
    "said",
    ['[[begin]]\nstate = ["x"]', '[[timeout]]\nat = "/a"', '[[detour]]\nstate = 1\nreason = "x"', "[families.x]\nmoves = true"],
)
def test_habits_that_are_not_understood_are_refused(said: str, tmp_path: Path) -> None:
    (tmp_path / "samples.toml").write_text(said, "utf-8")
    with pytest.raises(ContractError, match=r"samples\.toml"):
        Sampler(replace(CONTRACT, folder=str(tmp_path)))
