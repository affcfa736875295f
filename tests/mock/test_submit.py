"""Submissions: a task comes of each, which lives as any other one; what is wrong is refused in the form of the family."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from test_lives import CONTRACT, PROFILES, WITH_TOKEN, ask, life

from docpact import mock
from docpact.exchange import Request
from docpact.finding import Layer

if TYPE_CHECKING:
    from docpact.mock import Relay

PICTURE = "data:image/png;base64,iVBORw0KGgo="


def submit(relay: Relay, kind: str, body: Any, prefix: str = "") -> tuple[int, Any]:
    text = body if isinstance(body, bytes) else json.dumps(body).encode()
    answer = relay.answer(Request("POST", f"{prefix}/mj/submit/{kind}", WITH_TOKEN, text))
    return answer.status, json.loads(answer.body)


@pytest.mark.parametrize("profile", PROFILES)
def test_what_is_submitted_lives_as_any_task_of_its_profile(profile: str) -> None:
    relay = mock.relay(CONTRACT, profile=profile)
    known = relay.tasks()[0].id
    asked: list[tuple[str, dict[str, Any], str]] = [
        ("imagine", {"prompt": "a red kite over the sea"}, "IMAGINE"),
        ("imagine", {"prompt": "一只黑狗在飞 --ar 3:2", "base64Array": [PICTURE]}, "IMAGINE"),
        ("describe", {"base64": PICTURE}, "DESCRIBE"),
        ("blend", {"base64Array": [PICTURE, PICTURE]}, "BLEND"),
        ("change", {"taskId": known, "action": "UPSCALE", "index": 2}, "UPSCALE"),
        ("change", {"taskId": known, "action": "REROLL"}, "REROLL"),
        ("simple-change", {"content": f"{known} V3"}, "VARIATION"),
        ("action", {"taskId": known, "customId": "MJ::JOB::upsample::1::6dc7beb8-8310-4fd4-b46c-716b422ddffc"}, "UPSCALE"),
    ]
    if profile in {"go-relay", "csharp-proxy"}:
        asked.append(("shorten", {"prompt": "a very long prompt"}, "SHORTEN"))
    for kind, body, action in asked:
        status, said = submit(relay, kind, body)
        assert (status, said["code"]) == (200, 1)
        assert said.keys() == {"code", "description", "result", "properties"}
        task = next(task for task in relay.tasks() if task.id == said["result"])
        assert task.action == action
        bodies = life(relay, task)
        layers = [Layer.DOCUMENTED, Layer.COHERENT, Layer.LIFECYCLE]
        assert CONTRACT.validate_story(bodies, profile=profile, layers=layers) == []
        assert bodies[-1]["status"] == "SUCCESS"
        if action == "IMAGINE":
            assert {one["prompt"] for one in bodies} == {body["prompt"]}
        if bodies[-1]["imageUrl"]:
            assert ask(relay, bodies[-1]["imageUrl"].removeprefix(mock.BASE), headers=()).status == 200


def test_what_is_wrong_is_refused_in_the_form_of_the_family() -> None:
    for profile, statuses in (("java-proxy", (200, 200)), ("go-relay", (400, 400)), ("documented", (400, 400))):
        relay = mock.relay(CONTRACT, profile=profile)
        before = len(relay.tasks())
        wrongs: list[Any] = [{}, {"prompt": " "}, {"prompt": 7}, [], b"no json", b"[" * 100_000]
        for body in wrongs:
            status, said = submit(relay, "imagine", body)
            assert (status, said["code"], said["result"]) == (statuses[0], 4, None)
        status, said = submit(relay, "change", {"taskId": "1", "action": "UPSCALE", "index": 1})
        assert (status, said["code"] in {3, 4}) == (statuses[1], True)
        for wrong in ({"action": "UPSCALE", "index": 5}, {"action": "FLY", "index": 1}):
            assert submit(relay, "change", {"taskId": relay.tasks()[0].id, **wrong})[1]["code"] == 4
        _, said = submit(relay, "imagine", {"prompt": "Nude, in oil"})
        assert (said["code"], said["properties"]["bannedWord"]) == (24, "nude")
        assert len(relay.tasks()) == before


def test_an_action_that_the_profile_does_not_know_is_told_as_that() -> None:
    for profile, status, said in (
        ("documented", 400, "SHORTEN is no action of this relay"),
        ("java-proxy", 200, "SHORTEN is no action of this relay"),
    ):
        relay = mock.relay(CONTRACT, profile=profile)
        before = relay.tasks()
        answered, body = submit(relay, "shorten", {"prompt": "a very long prompt"})
        assert (answered, body["code"], body["description"], body["result"]) == (status, 4, said, None)
        pressed = {"taskId": before[0].id, "customId": "MJ::Unheard::" + "x" * 1000}
        assert submit(relay, "action", pressed)[1]["description"].startswith("MJ::Unheard::xxx")
        assert len(submit(relay, "action", pressed)[1]["description"]) < 200
        assert relay.tasks() == before
    go = mock.relay(CONTRACT, profile="go-relay")
    body = submit(go, "change", {"taskId": go.tasks()[0].id, "action": "FLY", "index": 1})[1]
    assert body["description"] == "unknown_action:FLY "


UPSCALES = {
    "a kite": "upsample_v6r1_2x_subtle",
    "a kite --v 6.1": "upsample_v6r1_2x_subtle",
    "a kite --v 7 --ar 3:2": "upsample_v7_2x_subtle",
    "a kite --v 5.1": "upsample_v5_2x",
    "a kite --v 8": "low_variation",
}


def pressed(relay: Relay, task: str, button: dict[str, Any]) -> dict[str, Any]:
    """Press a button, and return the task that comes of it, at its end."""
    said = submit(relay, "action", {"taskId": task, "customId": button["customId"]})[1]
    done: dict[str, Any] = life(relay, next(task for task in relay.tasks() if task.id == said["result"]))[-1]
    return done


@pytest.mark.parametrize("profile", sorted(set(PROFILES) - {"java-proxy"}))
@pytest.mark.parametrize("prompt", UPSCALES)
def test_an_image_of_a_grid_has_the_prompt_and_the_buttons_of_the_model_of_the_grid(profile: str, prompt: str) -> None:
    for seed in range(4):
        relay = mock.relay(CONTRACT, profile=profile, seed=seed)
        grid = submit(relay, "imagine", {"prompt": prompt})[1]["result"]
        buttons = life(relay, next(task for task in relay.tasks() if task.id == grid))[-1]["buttons"]
        single = pressed(relay, grid, buttons[1])
        assert (single["action"], single["prompt"]) == ("UPSCALE", prompt)
        assert single["buttons"][0]["customId"].split("::")[2] == UPSCALES[prompt]
        assert single["properties"]["finalPrompt"] == (prompt if "--v " in prompt else f"{prompt} --v 6.1")


def test_only_what_is_taken_out_of_a_video_can_be_extended() -> None:
    for seed in range(4):
        relay = mock.relay(CONTRACT, profile="csharp-proxy", seed=seed)
        grid = submit(relay, "imagine", {"prompt": "a kite"})[1]["result"]
        single = pressed(relay, grid, {"customId": "MJ::JOB::upsample::1::6dc7beb8-8310-4fd4-b46c-716b422ddffc"})
        animate = next(one for one in single["buttons"] if "animate_high" in one["customId"])
        video = pressed(relay, single["id"], animate)
        assert video["action"] == "VIDEO"
        taken = pressed(relay, video["id"], video["buttons"][0])
        assert [one["label"] for one in taken["buttons"]] == ["Extend (High motion)", "Extend (Low motion)"]


def test_a_submission_needs_the_token_and_the_method() -> None:
    relay = mock.relay(CONTRACT)
    request = Request("POST", "/mj/submit/imagine", (), b'{"prompt":"a kite"}')
    assert relay.answer(request).status == 401
    assert relay.answer(request._replace(headers=WITH_TOKEN, method="GET")).status == 405
    assert relay.answer(request._replace(method="OPTIONS")).header("allow") == "POST, OPTIONS"
    assert submit(relay, "imagine", {"prompt": "a kite"}, "/mj-fast")[1]["code"] == 1


def test_a_prompt_that_midjourney_refuses_ends_in_failure() -> None:
    relay = mock.relay(CONTRACT)
    task = submit(relay, "imagine", {"prompt": "a kite --z 9"})[1]["result"]
    assert next(one.end for one in relay.tasks() if one.id == task) == "FAILURE"


def test_a_submitted_task_lives_by_the_clock_from_then_on_and_its_hook_is_told_of_each_step() -> None:
    now = [50.0]
    relay = mock.relay(CONTRACT, profile="java-proxy", clock=lambda: now[0], pace=2)
    said = submit(relay, "imagine", {"prompt": "a kite", "notifyHook": "http://127.0.0.1:1/hook", "state": "room:me"})[1]
    task = next(one for one in relay.tasks() if one.id == said["result"])
    assert relay.due() == []
    assert relay.wakes() == 52
    told = []
    for _ in range(task.steps * 2 + 3):
        now[0] += 1
        told += relay.due()
    assert relay.wakes() is None
    assert [one.url for one in told] == ["http://127.0.0.1:1/hook"] * (task.steps - 1)
    bodies = [json.loads(one.body) for one in told]
    assert bodies[-1] == json.loads(ask(relay, task.path).body)
    assert bodies[-1]["status"] == "SUCCESS"
    assert {one["properties"]["notifyHook"] for one in bodies} == {"http://127.0.0.1:1/hook"}
    assert {one["state"] for one in bodies} == {"room:me"}


def test_tasks_are_listed_as_a_relay_in_between_asks_for_them() -> None:
    relay = mock.relay(CONTRACT)
    tasks = relay.tasks()
    body = json.dumps({"ids": [tasks[0].id, tasks[2].id, "0", 7]}).encode()
    request = Request("POST", "/mj/task/list-by-condition", WITH_TOKEN, body)
    shown = [json.loads(relay.answer(request).body) for _ in range(2)]
    assert [one["id"] for one in shown[0]] == [tasks[0].id, tasks[2].id]
    assert shown[0] != shown[1], "being listed is being polled"
    everything = json.loads(ask(relay, "/mj/task/list").body)
    assert [one["id"] for one in everything] == [task.id for task in tasks]


def test_the_queue_holds_the_tasks_that_have_not_come_to_their_end() -> None:
    relay = mock.relay(CONTRACT, profile="java-proxy")

    def queued() -> set[str]:
        return {task["id"] for task in json.loads(ask(relay, "/mj/task/queue").body)}

    first = relay.tasks()[0]
    assert queued() == {task.id for task in relay.tasks()}
    for _ in range(first.steps - 1):
        ask(relay, first.path)
    assert queued() == {task.id for task in relay.tasks()} - {first.id}
    assert ask(relay, "/mj/task/queue", "POST").header("allow") == "GET"
    assert ask(relay, "/mj/task/queue", headers=()).status == 401


def test_very_many_submissions_do_not_fill_the_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("docpact.mock.tasks._MOST_TASKS", 3)
    relay = mock.relay(CONTRACT)
    known = len(relay.tasks())
    ids = [submit(relay, "imagine", {"prompt": "a kite"})[1]["result"] for _ in range(5)]
    assert len(set(ids)) == 5
    assert len(relay.tasks()) == known + 3
    statuses = [ask(relay, f"/mj/task/{task}/fetch").status for task in ids]
    assert statuses == [404, 404, 200, 200, 200]
    assert len(relay._tasks._images) <= known + 3
