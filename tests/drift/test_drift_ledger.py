"""A ledger grows from run to run, can be read in a diff, and knows captures that it has seen."""

from __future__ import annotations

import json
from typing import Any

import pytest

from docpact.api import load
from docpact.drift import ledger as ledgers
from docpact.drift.ledger import Ledger, Ran, read
from docpact.errors import UsageError

CONTRACT = load()
FIRST: list[dict[str, Any]] = [{"buttons": [], "status": "MODAL", "videoUrl": None}]
SECOND = [{"buttons": None, "status": "MODAL", "videoUrl": "v"}, {"buttons": None, "status": "\u202eGONE"}]


def ran(name: str, captures: str, label: str = "acme", sources: tuple[str, ...] = ()) -> Ran:
    return Ran(name, label, 1, captures, sources)


def grown() -> Ledger:
    ledger = Ledger("task-fetch")
    ledger.take(ran("monday", "aa", sources=("a1",)), CONTRACT.drift(FIRST).departures)
    ledger.take(ran("tuesday", "bb", sources=("b1",)), CONTRACT.drift(SECOND).departures)
    return ledger


def entries(ledger: Ledger) -> list[dict[str, Any]]:
    listed: list[dict[str, Any]] = json.loads(ledger.content())["departures"]
    return listed


def test_counts_add_up_and_places_name_their_runs() -> None:
    held = {(entry["rule"], entry["pointer"], entry.get("found")): entry for entry in entries(grown())}
    modal = held["documented-enum", "/status", "MODAL"]
    assert (modal["times"], modal["first"], modal["last"]) == (
        2,
        {"run": 1, "source": "", "item": 0},
        {"run": 2, "source": "", "item": 0},
    )
    assert held["documented-null", "/buttons", None]["times"] == 2
    # What an undocumented member held says nothing of which member it is.
    video = held["undocumented-member", "/videoUrl", None]
    assert (video["times"], video["types"]) == (2, {"null": 1, "string": 1})


def test_what_is_known_is_told_with_the_runs_that_saw_it() -> None:
    ledger = grown()
    departures = {(d.rule, d.found): d for d in CONTRACT.drift(SECOND).departures}
    since = ledger.since("acme", departures["documented-enum", "MODAL"])
    assert since == ("run 1, monday", "run 2, tuesday", 2)
    assert ledger.since("other", departures["documented-enum", "MODAL"]) is None
    assert ledger.gone("acme", CONTRACT.drift(SECOND).departures) == ()
    assert ledger.gone("acme", CONTRACT.drift(FIRST).departures) == ('/status "\u202eGONE"', "/buttons (documented-null)")


def test_a_run_that_does_not_tell_stories_misses_no_step() -> None:
    polls: list[Any] = [{"id": "1", "buttons": [], "status": status} for status in ("SUCCESS", "IN_PROGRESS")]
    ledger = Ledger("task-fetch")
    ledger.take(ran("monday", "aa"), CONTRACT.drift(polls, stories=True).departures)
    assert ledger.gone("acme", ()) == ('/status "SUCCESS → IN_PROGRESS"',)
    assert ledger.gone("acme", (), stories=False) == ()


def test_the_same_captures_add_nothing_and_a_source_that_comes_again_is_counted() -> None:
    ledger = grown()
    before = ledger.content()
    again = ran("wednesday", "aa")
    assert ledger.same(again) == "run 1, monday"
    ledger.take(again, CONTRACT.drift(FIRST).departures)
    assert ledger.content() == before
    # Captures of somebody else are others, whatever they hold.
    assert ledger.same(ran("wednesday", "aa", label="other")) is None
    assert ledger.again(ran("wednesday", "cc", sources=("a1", "c1"))) == 1


def test_it_is_read_as_it_was_written() -> None:
    content = grown().content()
    ledger = read(content, "drift.json", "task-fetch")
    assert ledger.content() == content
    ledger.take(ran("wednesday", "cc"), CONTRACT.drift(FIRST).departures)
    other = grown()
    other.take(ran("wednesday", "cc"), CONTRACT.drift(FIRST).departures)
    assert ledger.content() == other.content()


def test_a_line_is_a_run_or_a_departure_and_a_run_changes_few_lines() -> None:
    ledger = Ledger("task-fetch")
    ledger.take(ran("monday", "aa"), CONTRACT.drift(FIRST).departures)
    before = ledger.content().decode().splitlines()
    ledger.take(ran("tuesday", "bb"), CONTRACT.drift([{**FIRST[0], "status": "PAUSED"}]).departures)
    after = ledger.content().decode().splitlines()
    changed = {line.rstrip(",") for line in after} - {line.rstrip(",") for line in before}
    # The run, the value that is new, and the member that was seen again.
    assert len(changed) == 3
    listed = [line for line in after if '"rule"' in line]
    assert listed == sorted(listed)
    assert "\u202e" not in grown().content().decode()


def test_the_order_of_runs_of_two_providers_does_not_mix_them() -> None:
    ledger = Ledger("task-fetch")
    ledger.take(ran("monday", "aa"), CONTRACT.drift(FIRST).departures)
    ledger.take(ran("monday", "bb", label="beta"), CONTRACT.drift(FIRST).departures)
    assert {entry["label"]: entry["times"] for entry in entries(ledger) if entry["rule"] == "documented-enum"} == {
        "acme": 1,
        "beta": 1,
    }


def test_it_has_an_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ledgers, "MOST", 2)
    ledger = Ledger("task-fetch")
    departures = CONTRACT.drift([{f"name{n}": n, "buttons": []} for n in range(5)]).departures
    assert ledger.no_room("acme", departures) == 3
    ledger.take(ran("monday", "aa"), departures)
    assert len(entries(ledger)) == 2


GOOD: dict[str, Any] = json.loads(grown().content())


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "cannot be read"),
        (b"[" * 100_000, "cannot be read"),
        (b"[]", "no ledger of version 1"),
        (b'{"baseline": 1}', "no ledger of version 1"),
        (json.dumps({**GOOD, "ledger": 2}).encode(), "no ledger of version 1"),
        (json.dumps({**GOOD, "contract": "other"}).encode(), "the ledger of the contract other, and not of task-fetch"),
        (json.dumps({**GOOD, "runs": None}).encode(), "drift.json, runs are missing"),
        (json.dumps({**GOOD, "runs": [{}]}).encode(), "run 1 has no run"),
        (json.dumps({**GOOD, "runs": [GOOD["runs"][1]]}).encode(), "run 1 has the number 2"),
        (json.dumps({**GOOD, "runs": [{**GOOD["runs"][0], "payloads": True}]}).encode(), "run 1 has no payloads"),
        (json.dumps({**GOOD, "departures": [5]}).encode(), "departure 1 has no label"),
        (json.dumps({**GOOD, "runs": []}).encode(), "names a run that it does not have: 1"),
    ],
)
def test_what_is_no_ledger_is_refused_with_a_hint(content: bytes, said: str) -> None:
    with pytest.raises(UsageError, match=said) as caught:
        read(content, "drift.json", "task-fetch")
    assert caught.value.hint
