"""What a run has seen is counted rightly, and never grows without end."""

from __future__ import annotations

import json
from typing import Any

import pytest

from docpact.contract import load
from docpact.finding import Finding, Layer, Place, Severity
from docpact.seen import Member, Seen

BAD = Finding("end-left", Layer.LIFECYCLE, Severity.ERROR, Place(), "", "")


def taken(*payloads: Any, stories: bool = False) -> Seen:
    seen = Seen(load(), stories=stories)
    for payload in payloads:
        seen.take(payload, None, ("a.json", 1), [])
    return seen


def member(seen: Seen, pointer: str) -> Member:
    return next(found for found in seen.members if found.pointer == pointer)


def test_a_member_is_filled_empty_null_or_not_there() -> None:
    seen = taken({"buttons": [{"type": 2}, {"type": None}]}, {"buttons": []}, {"buttons": None}, {}, [], "x", None)
    buttons = member(seen, "/buttons")
    assert (buttons.holders, buttons.filled, buttons.empty, buttons.null, buttons.required) == (4, 1, 1, 1, True)
    kind = member(seen, "/buttons/*/type")
    assert (kind.holders, kind.filled, kind.null) == (2, 1, 1)
    assert seen.payloads == 7


def test_zero_and_false_are_values() -> None:
    times = member(taken({"submitTime": 0}, {"submitTime": False}), "/submitTime")
    assert (times.filled, times.empty) == (2, 0)


def test_listed_values_are_counted_and_others_too() -> None:
    status = member(taken({"status": "SUCCESS"}, {"status": "DONE"}, {"status": 7}, {"status": ""}), "/status")
    assert status.values["SUCCESS"] == 1
    assert status.others == {"DONE": 1, "7": 1}


def test_names_and_values_without_end_are_bounded() -> None:
    seen = taken(*({"status": f"S{n}", f"x{n}/~": 1} for n in range(1000)))
    assert len(seen.unnamed) == 200
    assert "/x0~1~0" in seen.unnamed
    assert seen.unnamed_more == 800
    assert (len(member(seen, "/status").others), member(seen, "/status").more) == (50, 950)


def test_a_secret_as_value_or_name_is_not_kept() -> None:
    token = "sk-abcdefghijklmnop1234"  # noqa: S105 - it must not come out
    seen = taken({"status": token, token: 1, "id": token}, stories=True)
    assert token not in repr((seen.unnamed, seen.members, seen.stories))


def test_stories_are_bounded_and_those_with_findings_stay() -> None:
    seen = Seen(load(), stories=True)
    seen.take({"id": "bad", "status": "SUCCESS"}, None, ("a", 1), [BAD])
    for number in range(3000):
        seen.take({"id": f"t{number}"}, None, ("a", number), [])
    assert len(seen.stories) == 501
    assert (seen.stories[0].name, seen.stories[0].errors) == ("bad", 1)


def test_the_polls_of_a_story_are_bounded_and_those_that_broke_a_rule_are_kept_longer() -> None:
    seen = Seen(load(), stories=True)
    for number in range(1000):
        seen.take({"id": "a", "status": "SUCCESS"}, None, ("a", number), [BAD] if number == 900 else [])
    (told,) = seen.stories
    assert (told.count, len(told.polls), told.polls[-1].number) == (1000, 61, 901)


def test_a_poll_without_id_continues_the_story_of_its_source() -> None:
    seen = Seen(load(), stories=True)
    for payload in ({"id": "a"}, {"status": ""}, {"id": "b"}):
        seen.take(payload, None, ("x", None), [])
    assert {told.name: told.count for told in seen.stories} == {"a": 2, "b": 1}


@pytest.mark.parametrize("content", [b"", b"{", b"\xff\xfe", b"[" * 100_000, b"1" * 10_000, None])
def test_a_text_that_is_no_json_holds_no_payload(content: bytes | None) -> None:
    assert Seen(load()).text(content) == []


@pytest.mark.parametrize(("at", "time"), [(5, 5.0), (None, None), ("2025-01-31T12:00:00Z", 1738324800000.0)])
def test_a_poll_is_taken_out_of_its_wrapper_with_its_time(at: object, time: float | None) -> None:
    text = json.dumps({"at": at, "payload": {"id": "a"}}).encode()
    assert Seen(load()).text(text) == [({"id": "a"}, time)]


def test_a_list_is_read_item_by_item_only_when_it_is_judged_so() -> None:
    assert Seen(load()).text(b"[1, 2]", each=True) == [(1, None), (2, None)]
    assert Seen(load()).text(b"\xef\xbb\xbf[1, 2]") == [([1, 2], None)]
