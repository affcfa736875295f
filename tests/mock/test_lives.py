"""What a healthy relay serves: every body of every task keeps every rule of its profile, and tasks live as they should."""

from __future__ import annotations

import json
from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import pytest

from docpact import api, mock
from docpact.exchange import Answer, Request
from docpact.finding import Layer

if TYPE_CHECKING:
    from docpact.mock import Known, Relay

CONTRACT = api.load()
PROFILES = sorted(CONTRACT.profiles)
WITH_TOKEN = (("Host", "127.0.0.1"), ("Authorization", f"Bearer {mock.TOKEN}"))


def ask(relay: Relay, path: str, method: str = "GET", headers: Any = WITH_TOKEN) -> Answer:
    return relay.answer(Request(method, path, headers))


def life(relay: Relay, task: Known) -> list[Any]:
    return [json.loads(ask(relay, task.path).body) for _ in range(task.steps)]


@pytest.mark.parametrize("profile", PROFILES)
def test_each_body_of_each_task_keeps_every_rule_of_its_profile(profile: str) -> None:
    relay = mock.relay(CONTRACT, profile=profile)
    for task in relay.tasks():
        bodies = life(relay, task)
        layers = [Layer.DOCUMENTED, Layer.COHERENT, Layer.LIFECYCLE]
        assert CONTRACT.validate_story(bodies, profile=profile, layers=layers) == [], task
        assert all(body["id"] == task.id for body in bodies)
        assert (bodies[0]["status"], bodies[-1]["status"]) == (task.status, task.end)


@pytest.mark.parametrize("profile", PROFILES)
def test_the_tasks_show_each_action_and_each_status(profile: str) -> None:
    relay = mock.relay(CONTRACT, profile=profile)
    bodies = [body for task in relay.tasks() for body in life(relay, task)]
    sampler = relay._lives.sampler
    assert {body["action"] for body in bodies} == set(sampler.actions)
    assert {body["status"] for body in bodies} == set(sampler.statuses)
    assert max(task.steps for task in relay.tasks()) <= 10


def test_the_same_seed_gives_the_same_bytes_and_another_one_others() -> None:
    first, again, other = (
        [ask(relay, task.path).body for task in relay.tasks() for _ in range(task.steps)]
        for relay in (mock.relay(CONTRACT, seed=7), mock.relay(CONTRACT, seed=7), mock.relay(CONTRACT, seed=8))
    )
    assert first == again
    assert not set(first) & set(other)


def test_a_task_moves_on_by_a_step_a_poll_and_stays_at_its_end() -> None:
    relay = mock.relay(CONTRACT)
    task = relay.tasks()[0]
    shown = [ask(relay, task.path) for _ in range(task.steps + 3)]
    assert all(first != then for first, then in pairwise(shown[: task.steps]))
    assert len({answer.body for answer in shown[task.steps - 1 :]}) == 1
    now = relay.tasks()[0]
    assert (now.status, now.step, now.polls) == ("SUCCESS", task.steps - 1, task.steps + 3)
    relay.reset()
    assert relay.tasks()[0] == task


def test_with_a_pace_a_task_lives_by_the_clock_from_its_first_poll_on() -> None:
    now = [1000.0]
    relay = mock.relay(CONTRACT, pace=2, clock=lambda: now[0])
    task = relay.tasks()[0]
    now[0] += 500
    first = ask(relay, task.path)
    assert ask(relay, task.path) is first
    now[0] += 1.9
    assert ask(relay, task.path) is first
    now[0] += 0.2
    assert ask(relay, task.path) is not first
    now[0] += 3600
    assert json.loads(ask(relay, task.path).body)["status"] == task.end
    now[0] -= 7200
    assert ask(relay, task.path) is first, "a clock that is set back breaks nothing"


def test_an_image_is_where_a_task_says() -> None:
    for profile in PROFILES:
        relay = mock.relay(CONTRACT, profile=profile, base="http://127.0.0.1:9999/")
        urls = {body["imageUrl"] for task in relay.tasks() for body in life(relay, task) if body["imageUrl"]}
        assert urls
        for url in urls:
            assert url.startswith("http://127.0.0.1:9999/")
            answer = ask(relay, url.removeprefix("http://127.0.0.1:9999"), headers=())
            assert answer.header("content-type") == "image/png"
            assert answer.body.startswith(b"\x89PNG\r\n")


def test_a_contract_without_lifecycle_or_samples_is_served_too(tmp_path: Any) -> None:
    bare = replace(CONTRACT, lifecycle=None, coherence=(), roles={}, folder=str(tmp_path))
    openapi = {"paths": {"/v2/{project}/jobs/{job}": CONTRACT.openapi["paths"]["/mj/task/{id}/fetch"]}}
    relay = mock.relay(replace(bare, openapi=openapi))
    task = relay.tasks()[0]
    parts = task.path.split("/")
    assert parts == ["", "v2", "{project}", "jobs", task.id]
    answer = ask(relay, f"/v2/anything/jobs/{task.id}")
    assert answer.status == 200
    assert bare.validate(json.loads(answer.body)) == []
    assert ask(relay, "/v2/anything/jobs/none").status == 404
    assert ask(relay, f"/v2/anything/jobs/{task.id}", headers=()).status == 401
