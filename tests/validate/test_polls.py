"""What follows across the polls of a task, where one file of cases is not enough to say it."""

from __future__ import annotations

from typing import Any

import pytest

import docpact

CONTRACT = docpact.load()
BUSY = {"code": 30, "description": "busy", "type": "upstream_error"}


@pytest.fixture
def running(example: dict[str, Any]) -> dict[str, Any]:
    return {**example, "status": "IN_PROGRESS", "progress": "46%", "finishTime": 0, "buttons": [], "imageUrl": ""}


def told(polls: list[Any], profile: str = "documented", times: list[float] | None = None) -> list[tuple[str, str, int | None]]:
    found = CONTRACT.validate_story(polls, profile=profile, layers=["lifecycle"], times=times)
    return [(finding.rule, finding.severity.value, finding.place.item) for finding in found]


@pytest.mark.parametrize("between", [BUSY, {"progress": "50%"}, {"status": "WEIRD", "progress": "50%"}, [], None, {}])
def test_a_poll_that_says_nothing_of_the_status_is_forgotten(running: dict[str, Any], between: Any) -> None:
    submitted = {**running, "status": "SUBMITTED", "progress": "0%"}
    assert told([running, between, submitted])[-1] == ("status-back", "error", 2)


@pytest.mark.parametrize("status", [["SUCCESS"], {"is": "SUCCESS"}, 7, None])
def test_a_status_of_another_type_is_no_state(running: dict[str, Any], status: Any) -> None:
    odd = {**running, "status": status}
    assert told([odd, odd, running], times=[0, 10_000_000, 20_000_000]) == []


def test_an_end_is_left_also_after_an_error_body(example: dict[str, Any], running: dict[str, Any]) -> None:
    assert told([example, BUSY, running]) == [("end-left", "error", 2)]


@pytest.mark.parametrize("profile", ["documented", "go-relay", "java-proxy", "csharp-proxy"])
def test_what_a_relay_copied_at_a_bad_instant_is_no_error_for_as_long_as_it_keeps_the_copy(
    example: dict[str, Any], profile: str
) -> None:
    torn = {**example, "progress": "93%"}
    polls = [torn, torn, torn, torn, example]
    assert told(polls, profile, [0, 5000, 10000, 15000, 20000]) == []
    assert told(polls, profile) == [("instant-stays", "warning", 1)]
    assert told([torn] * 3, profile, [0, 20000, 40000]) == [("instant-stays", "error", 2)]


@pytest.mark.parametrize(
    ("profile", "expected"), [("csharp-proxy", []), ("go-relay", [("status-back-known", "warning", 1)] * 2)]
)
def test_a_video_whose_second_step_was_not_polled_begins_again(
    running: dict[str, Any], profile: str, expected: list[tuple[str, str, int]]
) -> None:
    first = {**running, "action": "VIDEO", "progress": "93%"}
    second = {**first, "progress": "31%", "startTime": first["startTime"] + 45_000}
    assert told([first, second], profile) == expected


@pytest.mark.parametrize("member", ["id", "action", "prompt", "submitTime", "startTime", "finishTime", "imageUrl", "buttons"])
def test_a_member_that_is_left_out_later_is_worth_a_look(example: dict[str, Any], member: str) -> None:
    without = {name: value for name, value in example.items() if name != member}
    found = told([example, without, without])
    assert [severity for _, severity, _ in found] == ["warning"] * len(found)
    assert {rule for rule, _, _ in found} <= {"fixed-changed", "settled-changed"}
    assert found[0][2] == 1


def test_one_fault_of_a_value_is_told_once(example: dict[str, Any]) -> None:
    example["buttons"][0]["customId"] = None
    assert [f.rule for f in CONTRACT.validate(example)] == ["documented-null"]
    example["buttons"][0]["customId"] = example["buttons"][1]["customId"].replace("::2::", "::1::")
    example["startTime"] = 1.5
    assert [f.rule for f in CONTRACT.validate(example)] == ["documented-type"]
    example["startTime"] = None
    assert [f.rule for f in CONTRACT.validate(example)] == ["documented-null"]
    assert [f.rule for f in CONTRACT.validate(example, profile="java-proxy")] == ["time-missing"]
