"""What is counted is what is there, in whatever order it comes, and as much as can be remembered."""

from __future__ import annotations

from collections import Counter, OrderedDict, UserList
from decimal import Decimal
from enum import StrEnum
from typing import TYPE_CHECKING, Any

import pytest
from contracts_made import ODD_NAMES, contract_of, odd_payload, odd_schema
from hypothesis import given, settings
from hypothesis import strategies as st
from naively import NAMES, counts, documented, features, fits, steps, values

from docpact.api import load
from docpact.drift import observed, stories
from docpact.features import LONG, MANY, Features
from docpact.finding import Place
from docpact.pointers import ABSENT

if TYPE_CHECKING:
    import random

    from docpact.drifted import Drift

CONTRACT = load()


class State(StrEnum):
    """A status as a program may hold it."""

    SUCCESS = "SUCCESS"


_LEAVES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-5, 5),
    st.sampled_from([1.0, 1.5, 1757419223881]),
    st.sampled_from(["", "SUCCESS", "A", "x"]),
)
_BUTTON = st.fixed_dictionaries({}, optional={"customId": _LEAVES, "style": _LEAVES, "emoji": _LEAVES, "more": _LEAVES})
_PAYLOADS = st.lists(
    st.fixed_dictionaries(
        {"id": st.sampled_from(["1", "2"])},
        optional={
            "status": _LEAVES,
            "action": _LEAVES,
            "submitTime": _LEAVES,
            "prompt": _LEAVES,
            "buttons": st.one_of(_LEAVES, st.lists(_BUTTON | _LEAVES, max_size=3), _BUTTON),
            "properties": st.one_of(_LEAVES, st.fixed_dictionaries({}, optional={"finalPrompt": _LEAVES, "nonce": _LEAVES})),
            "undocumented": st.one_of(_LEAVES, st.lists(_LEAVES, max_size=2)),
        },
    ),
    max_size=8,
)


def told(drift: Drift) -> dict[tuple[str, str, str], int]:
    """The departures as the plain count names them; units of times are told apart."""
    found = {}
    for departure in drift.departures:
        what = repr(departure.found) if departure.rule == "documented-enum" else ""
        what = str(departure.found) if departure.rule == "documented-type" else what
        found[departure.rule, departure.pointer, what] = departure.times
    return {key: times for key, times in found.items() if key[0] != "time-unit"}


@settings(deadline=None)
@given(_PAYLOADS)
def test_the_counts_are_those_of_a_plain_count(payloads: list[Any]) -> None:
    drift = CONTRACT.drift(payloads)
    assert told(drift) == counts(CONTRACT.schema, payloads)
    seen = {member.pointer: member for member in drift.members}
    assert seen.keys() == {at for at, _, _ in documented(CONTRACT.schema)}
    for at, part, required in documented(CONTRACT.schema):
        found = values(payloads, at)
        there = [value for value in found if value is not ABSENT]
        member = seen[at]
        assert (member.required, member.holders, member.present) == (required, len(found), len(there))
        assert member.absent == len(found) - len(there)
        assert member.null == sum(value is None for value in there)
        assert sum(member.types.values()) == len(there) - member.null
        kinds = [part["type"]] if isinstance(part.get("type"), str) else list(part.get("type", ()))
        assert member.empty == sum(value in ("", [], {}) and fits(value, kinds) for value in there)
        if "enum" in part:
            assert member.values == {value: there.count(value) for value in part["enum"]}


_POLLS = st.lists(
    st.fixed_dictionaries(
        {"id": st.sampled_from(["a", "b", "c"])},
        optional={"status": st.sampled_from(["SUBMITTED", "SUCCESS", "PAUSED", "", None])},
    )
)


@settings(deadline=None)
@given(_POLLS)
def test_the_steps_are_those_of_each_task_however_their_polls_are_mixed(polls: list[Any]) -> None:
    drift = CONTRACT.drift(polls, stories=True)
    assert {(step.earlier, step.later): step.sighting.count for step in drift.steps} == steps(polls)
    assert drift.stories == len({poll["id"] for poll in polls})


@settings(deadline=None)
@given(_PAYLOADS, st.sampled_from(sorted(CONTRACT.profiles)))
def test_the_features_of_a_payload_are_those_of_its_members_one_by_one(payloads: list[Any], profile: str) -> None:
    known = Features(CONTRACT, CONTRACT.profile(profile))
    listed = {at: [v for v in part.get("enum", ()) if v is not None] for at, part, _ in documented(CONTRACT.schema)}
    for at, more in CONTRACT.profile(profile).enums.items():
        listed[at] = [*listed[at], *sorted(more - set(listed[at]))]
    long = {"buttons": [{"label": "x" * LONG}] * MANY, "prompt": "x" * LONG, "status": "SUCCESS"}
    for payload in (*payloads, long):
        found = Counter(feature for feature in known.of(payload) if not feature.startswith("button:"))
        assert found == features(known, listed, payload)


@settings(deadline=None)
@given(_PAYLOADS, st.randoms(use_true_random=False))
def test_another_order_changes_places_and_nothing_else(payloads: list[Any], chance: random.Random) -> None:
    again = chance.sample(payloads, len(payloads))
    one, other = CONTRACT.drift(payloads), CONTRACT.drift(again)
    assert told(one) == told(other)
    assert [d[:6] for d in one.departures if d.rule != "undocumented-member"] == [
        d[:6] for d in other.departures if d.rule != "undocumented-member"
    ]
    assert one.members == other.members
    assert {time.pointer: {unit: s.count for unit, s in time.units.items()} for time in one.times} == {
        time.pointer: {unit: s.count for unit, s in time.units.items()} for time in other.times
    }


@settings(deadline=None)
@given(_PAYLOADS)
def test_a_payload_without_departures_is_one_that_the_page_allows(payloads: list[Any]) -> None:
    rules = {"documented-enum", "documented-type", "documented-null", "documented-required"}
    for payload in payloads:
        departed = {departure.rule for departure in CONTRACT.drift([payload]).departures} & rules
        judged = {finding.rule for finding in CONTRACT.validate(payload, layers="documented")} & rules
        assert departed == judged


def test_first_and_last_are_the_first_and_the_last() -> None:
    payloads: list[Any] = [
        {"id": "1", "buttons": [], "status": status} for status in ("DONE", "SUCCESS", "DONE", "GONE", "DONE")
    ]
    departure = next(d for d in CONTRACT.drift(payloads).departures if d.found == "DONE")
    assert (departure.times, departure.of, departure.first.item, departure.last.item) == (3, 5, 0, 4)
    assert departure.expected[-1] == "SUCCESS"


def test_an_undocumented_member_is_told_with_its_types_and_what_it_was_when_it_was_something() -> None:
    payloads = [{"buttons": [], "videoUrl": None}, {"buttons": [], "videoUrl": "v"}, {"buttons": [], "videoUrl": [1]}]
    [departure] = CONTRACT.drift(payloads).departures
    assert (departure.pointer, departure.found, departure.times, departure.of) == ("/videoUrl", "v", 3, 3)
    assert departure.types == {"array": 1, "null": 1, "string": 1}


def test_a_profile_knows_some_of_it_and_the_rest_is_left() -> None:
    payloads = [{"status": "", "buttons": None}, {"status": "DONE", "buttons": []}]
    drift = CONTRACT.drift(payloads, profile="go-relay")
    assert [(d.rule, d.found) for d in drift.departures] == [("documented-enum", "DONE")]
    assert {(d.rule, d.found) for d in drift.excused} == {("documented-enum", ""), ("documented-null", None)}
    plain = CONTRACT.drift(payloads)
    assert plain.best_profile() == ("go-relay", 2, 3)


def test_error_bodies_and_lists_are_no_tasks() -> None:
    drift = CONTRACT.drift([{"code": 4, "description": "task_no_found"}, [], {"error": {"code": "x"}}, {"buttons": []}])
    assert drift.departures == ()
    assert drift.error_bodies is not None
    assert (drift.error_bodies.count, dict(drift.errors)) == (2, {"4": 1, "x": 1})
    assert drift.no_objects is not None
    assert drift.no_objects.first.item == 1
    assert {member.holders for member in drift.members if member.pointer.count("/") == 1} == {1}


def test_units_of_times_are_told_by_their_magnitude() -> None:
    payloads = [
        {"buttons": [], "submitTime": 1757419223881, "startTime": 1757419223, "finishTime": 0},
        {"buttons": [], "submitTime": 1757419223881000, "startTime": 7, "finishTime": "1757419223"},
    ]
    drift = CONTRACT.drift(payloads)
    units = {time.pointer: {unit: sighting.count for unit, sighting in time.units.items()} for time in drift.times}
    assert units["/submitTime"] == {"microseconds": 1, "milliseconds": 1}
    assert units["/startTime"] == {"no time": 1, "seconds": 1}
    # That it is a text is another departure; 0 says that it has not happened yet.
    assert units["/finishTime"] == {"seconds": 1}
    assert {(d.pointer, d.found, d.expected) for d in drift.departures if d.rule == "time-unit"} == {
        ("/submitTime", "microseconds", ("milliseconds",)),
        ("/startTime", "seconds", ("milliseconds",)),
        ("/startTime", "no time", ("milliseconds",)),
        ("/finishTime", "seconds", ("milliseconds",)),
    }


@pytest.mark.parametrize(
    ("name", "kind", "is_time"),
    [
        ("created_at", "integer", True),
        ("createdAt", "number", True),
        ("timestamp", "integer", True),
        ("endTime", "string", True),
        ("finish_time", "integer", True),
        ("date", "string", True),
        ("useTimes", "integer", True),
        ("update", "integer", False),
        ("format", "string", False),
        ("sometimes", "integer", False),
        ("endTime", "boolean", False),
    ],
)
def test_members_that_tell_times_are_known_by_their_names(name: str, kind: str, is_time: bool) -> None:  # noqa: FBT001 - a case
    contract = contract_of({"type": "object", "properties": {name: {"type": kind}}})
    drift = contract.drift([{name: 1757419223881}, {name: "2025-01-31T12:00:00Z"}])
    assert bool(drift.times) == is_time


def test_without_a_documented_unit_the_usual_one_is_meant() -> None:
    contract = contract_of({"type": "object", "properties": {"createdAt": {"type": "integer"}}})
    payloads = [{"createdAt": 1757419223881}] * 3 + [{"createdAt": 1757419223}, {"createdAt": 5}]
    [departure] = contract.drift(payloads).departures
    assert (departure.found, departure.expected, departure.times, departure.of) == ("seconds", ("milliseconds",), 1, 5)


def test_stories_tell_which_status_followed_which() -> None:
    polls = [
        {"id": "a", "status": "SUBMITTED", "buttons": []},
        {"id": "b", "status": "SUCCESS", "buttons": []},
        {"id": "a", "status": "PAUSED", "buttons": []},
        {"id": "a", "status": "PAUSED", "buttons": []},
        {"code": 4, "description": "busy"},
        {"id": "a", "buttons": []},
        {"id": "a", "status": "IN_PROGRESS", "buttons": []},
        {"id": "b", "status": "IN_PROGRESS", "buttons": []},
        {"id": "a", "status": "SUBMITTED", "buttons": []},
    ]
    drift = CONTRACT.drift(polls, stories=True)
    assert drift.stories == 2
    assert {(s.earlier, s.later): s.says for s in drift.steps} == {
        ("SUBMITTED", "PAUSED"): "the lifecycle does not know PAUSED",
        ("PAUSED", "IN_PROGRESS"): "the lifecycle does not know PAUSED",
        ("SUCCESS", "IN_PROGRESS"): "it leaves an end",
        ("IN_PROGRESS", "SUBMITTED"): "it goes back, as a csharp-proxy does",
    }
    rules = {d.rule: (d.found, d.excused_by) for d in drift.departures if d.pointer == "/status"}
    assert rules["end-left"] == ("SUCCESS → IN_PROGRESS", ())
    assert rules["status-back-known"] == ("IN_PROGRESS → SUBMITTED", ("csharp-proxy",))
    assert ("NOT_START", "SUBMITTED") in drift.unseen_steps
    assert ("IN_PROGRESS", "SUCCESS") in drift.unseen_steps
    assert drift.statuses["PAUSED"].count == 2
    csharp = CONTRACT.drift(polls, stories=True, profile="csharp-proxy")
    assert "status-back-known" in {d.rule for d in csharp.excused}
    assert CONTRACT.drift(polls).steps == ()


def test_more_than_can_be_remembered_is_counted_and_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(observed, "MOST", 10)
    payloads = [{"buttons": [], f"name{n}": 1, "status": f"VALUE{n}"} for n in range(50)]
    drift = CONTRACT.drift(payloads)
    assert sum(d.rule == "undocumented-member" for d in drift.departures) == 10
    assert {(b.pointer, b.what, b.remembered, b.times) for b in drift.beyond} == {
        ("", "undocumented members", 10, 40),
        ("/status", "unlisted values", 10, 40),
    }
    [status] = [member for member in drift.members if member.pointer == "/status"]
    assert status.types == {"string": 50}


def test_stories_are_forgotten_when_there_are_too_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stories, "MOST", 3)
    polls = [{"id": str(n), "status": "SUBMITTED", "buttons": []} for n in range(10)]
    ends = [{"id": str(n), "status": "SUCCESS", "buttons": []} for n in (9, 8, 7, 0)]
    drift = CONTRACT.drift([*polls, *ends], stories=True)
    # The last three are known at least; the first one of ten is forgotten, and begins anew.
    assert [(s.earlier, s.later, s.sighting.count) for s in drift.steps] == [("SUBMITTED", "SUCCESS", 3)]
    assert drift.stories == 11


def test_secrets_in_names_and_values_are_not_told() -> None:
    hidden = "sk-abcdefghijklmnopqrstuvwxyz0123"
    payloads = [{"buttons": [], hidden: 1, "status": hidden, "more": f"Bearer {hidden}", f"{hidden}2": 2}] * 2
    drift = CONTRACT.drift(payloads, stories=True)
    assert hidden not in repr(drift)
    [member] = [d for d in drift.departures if d.pointer == "/[secret]"]
    # Two names that are hidden alike are told as one.
    assert (member.times, member.types) == (4, {"integer": 4})


def test_an_odd_contract_is_counted_too() -> None:
    contract = contract_of(odd_schema())
    assert contract.drift([odd_payload()] * 2).departures == ()
    broken = odd_payload()
    broken["odd"] = dict.fromkeys(ODD_NAMES[1:], 5)
    broken["boxes"] = [{}]
    broken["flag"] = False
    broken["level"] = True
    broken["mixed"] = "1"
    departed = {(d.rule, d.pointer, d.found) for d in contract.drift([broken]).departures}
    assert {("documented-enum", "/flag", False), ("documented-enum", "/mixed", "1")} <= departed
    assert {("documented-type", "/level", "boolean"), ("documented-required", "/boxes/*/a", None)} <= departed
    assert ("documented-required", "/odd/", None) in departed
    assert sum(rule == "documented-type" and at.startswith("/odd/") for rule, at, _ in departed) == len(ODD_NAMES) - 1
    judged = {finding.rule for finding in contract.validate(broken, layers="documented")}
    assert {rule for rule, _, _ in departed} == judged


def test_where_the_page_documents_a_list_its_items_are_counted() -> None:
    item = {"type": "object", "properties": {"kind": {"type": "string", "enum": ["a", "b"]}, "n": {"type": "integer"}}}
    contract = contract_of({"type": "array", "items": {**item, "required": ["kind"]}})
    drift = contract.drift([[{"kind": "a"}, {"kind": "c", "n": 1.5}], [], [{}, 5], {"kind": "a"}])
    assert [(d.rule, d.pointer, d.found, d.times, d.of) for d in drift.departures] == [
        ("documented-enum", "/*/kind", "c", 1, 2),
        ("documented-type", "/*", "integer", 1, 4),
        ("documented-type", "/*/n", "number", 1, 1),
        ("documented-required", "/*/kind", None, 1, 3),
    ]
    assert (drift.documented, drift.no_objects and drift.no_objects.first.item) == ("array", 3)
    coverage = contract.coverage([[{"kind": "a"}, {"kind": "b", "n": 1}], [{"kind": "b"}], {}])
    seen = {feature: s.count for group in coverage.groups for feature, s in group.features.items() if s is not None}
    assert seen == {"/*/kind=a": 1, "/*/kind=b": 2, "/*/n present": 1, "/*/n absent": 2}
    assert (coverage.percent, coverage.passed_over) == (100, 1)


def test_a_contract_without_enums_lifecycle_and_roles_is_counted_too() -> None:
    contract = contract_of({"type": "object", "properties": {"name": {"type": "string"}}, "required": ["name"]})
    drift = contract.drift([{"name": 1}, {}, {"name": "x", "more": True}])
    assert [(d.rule, d.times, d.of) for d in drift.departures] == [
        ("documented-type", 1, 2),
        ("documented-required", 1, 3),
        ("undocumented-member", 1, 3),
    ]
    assert (drift.steps, drift.unseen_steps, dict(drift.statuses)) == ((), (), {})


def test_what_python_makes_of_json_by_other_names_is_counted_as_json() -> None:
    payload = OrderedDict(buttons=UserList(), status=State.SUCCESS, action=("a",), submitTime=Decimal(1), more=OrderedDict())
    drift = CONTRACT.drift([payload])
    assert {(d.rule, d.pointer, d.found, tuple(d.types)) for d in drift.departures} == {
        ("documented-type", "/buttons", "UserList", ()),
        ("documented-type", "/action", "tuple", ()),
        ("documented-type", "/submitTime", "Decimal", ()),
        ("undocumented-member", "/more", None, ("object",)),
    }
    assert "/status=SUCCESS" in CONTRACT.coverage([payload]).groups[0].features


def test_the_names_of_types_are_those_of_json() -> None:
    assert set(NAMES.values()) == {observed.name_of_type(kind) for kind in NAMES}


def test_what_is_remembered_is_short_however_long_it_was() -> None:
    long = "x" * 100_000
    seen = observed.Observed(CONTRACT, stories=True)
    for status in (long, long + "y"):
        seen.take({"id": "1", "buttons": [], "status": status, long: long, "error": {"code": long}}, Place())
        seen.take({"error": {"code": long}}, Place())
    held = [*seen.root.unnamed, *seen.statuses, *seen.errors, *(name for pair in seen.steps for name in pair)]
    held += [str(key) for key in seen.root.names["status"].unlisted or ()]
    assert held
    assert max(map(len, held)) <= 200
