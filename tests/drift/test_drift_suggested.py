"""A profile that is proposed is one that docpact reads, and knows what was seen; nothing in a payload becomes part of it."""

from __future__ import annotations

import shutil
import tomllib
from pathlib import Path
from typing import Any

import pytest
from contracts_made import contract_of

from docpact.api import load
from docpact.drift import suggested as module
from docpact.drift.suggested import suggested
from docpact.generate.draws import Seeded
from docpact.generate.payloads import Sampler

CONTRACT = load()
ROOT = Path(__file__).parents[2]
FAMILIES = ("go-relay", "java-proxy", "csharp-proxy")


def proposed(payloads: list[Any], name: str = "acme", profile: str = "documented", *, stories: bool = False) -> str:
    drift = CONTRACT.drift(payloads, profile=profile, stories=stories)
    return "\n".join(suggested(drift, CONTRACT, name)) + "\n"


def extended(folder: Path, overlay: str) -> Any:
    """Load the contract with the overlay at its end, as a person would put it there."""
    shutil.copytree(ROOT / "contracts" / "task-fetch", folder / "contracts" / "task-fetch")
    shutil.copytree(ROOT / "schemas", folder / "schemas")
    said = folder / "contracts" / "task-fetch" / "contract.toml"
    said.write_text(said.read_text("utf-8") + overlay, "utf-8")
    return load(folder / "contracts" / "task-fetch")


def sent(profile: str) -> list[dict[str, Any]]:
    sampler = Sampler(CONTRACT, profile)
    draws = Seeded("drift")
    payloads = []
    for draws.nth in range(200):
        payloads.append(dict(sampler.payload(sampler.task(draws), *sampler.facts(draws))))
    return payloads


@pytest.mark.parametrize("profile", FAMILIES)
@pytest.mark.parametrize("under", ["documented", "go-relay"])
def test_what_is_proposed_of_a_family_is_read_and_accepts_that_family(tmp_path: Path, profile: str, under: str) -> None:
    payloads = sent(profile)
    contract = extended(tmp_path, proposed(payloads, profile=under))
    assert any(CONTRACT.validate(payload, layers="documented") for payload in payloads)
    assert [
        finding for payload in payloads for finding in contract.validate(payload, profile="acme", layers="documented")
    ] == []
    # And no more than was seen: the profile excuses nothing else.
    assert [f.rule for f in contract.validate({"buttons": 5}, profile="acme", layers="documented")] == ["documented-type"]
    assert contract.drift(payloads, profile="acme").departures == tuple(
        d for d in contract.drift(payloads).departures if d.rule == "undocumented-member"
    )


def test_values_that_try_to_leave_their_place_stay_in_it(tmp_path: Path) -> None:
    values = [
        '"]\n[profiles.evil]\nnulls = ["*"]',
        "\\",
        '"',
        "'''",
        "#",
        "a\u2028b",
        "\x1b[31m",
        "🔄",
        "\u202e",
        "\x00",
        "tab\t",
    ]
    payloads = [{"buttons": [], "status": value, f"/{value}": 1} for value in values]
    overlay = proposed(payloads, name='x"] \n[evil')
    parsed = tomllib.loads(overlay)
    [profile] = parsed["profiles"].values()
    assert list(parsed["profiles"]) == ['x"] \n[evil']
    assert set(profile["enums"]["/status"]) == set(values)
    assert all(line.isprintable() for line in overlay.splitlines())
    contract = extended(tmp_path, overlay)
    assert all(not contract.validate(payload, profile='x"] \n[evil', layers="documented") for payload in payloads)


def test_what_no_profile_can_say_is_a_comment() -> None:
    payloads = [
        {"buttons": 5, "submitTime": 1757419223, "status": "\ud800", "videoUrl": "v"},
        {"buttons": [], "status": 7},
        {"buttons": [], "status": "Bearer abcdef0123456789abcdef"},
        {"buttons": [], "status": "x" * 300},
    ]
    overlay = proposed(payloads)
    assert tomllib.loads(overlay)["profiles"]["acme"].keys() == {"summary", "reason", "fact"}
    notes = [line for line in overlay.splitlines() if line.startswith("#   ")]
    assert len(notes) == 7
    for said in (
        "/buttons is of type integer, and the page says array: 1 of 4",
        "/submitTime is in seconds and not in milliseconds: 1 of 1",
        "/videoUrl is not on the page (string 1): 1 of 4",
        '/status is "\\ud800", which no profile can name: 1 of 4',
        '/status is "[secret]", which no profile can name: 1 of 4',
    ):
        assert f"#   {said}" in notes
    assert "abcdef0123456789" not in overlay


def test_a_text_that_is_no_state_is_not_proposed_value_by_value(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_MOST_VALUES", 3)
    overlay = proposed([{"buttons": [], "action": f"free text {n}"} for n in range(4)])
    assert "enums" not in tomllib.loads(overlay)["profiles"]["acme"]
    assert "/action has 4 values that the page does not list: too many for a list" in overlay


def test_a_status_that_the_lifecycle_does_not_know_is_shown_with_what_stood_around_it() -> None:
    polls: list[Any] = [
        {"id": "1", "buttons": [], "status": status} for status in ("SUBMITTED", "PAUSED", "IN_PROGRESS", "PAUSED")
    ]
    overlay = proposed(polls, stories=True)
    assert "# Seen so often: 2; after IN_PROGRESS (1), SUBMITTED (1), and before IN_PROGRESS (1).\n" in overlay
    assert '# [[lifecycle.state]]\n# name = "PAUSED"\n' in overlay


def test_a_name_that_is_taken_is_told() -> None:
    assert "# The contract has a profile of this name" in proposed([{"buttons": []}], name="go-relay")
    assert "of this name" not in proposed([{"buttons": []}])


def test_nothing_seen_beside_the_page_is_an_empty_profile() -> None:
    assert tomllib.loads(proposed([{"buttons": []}]))["profiles"]["acme"].keys() == {"summary", "reason", "fact"}
    contract = contract_of({"type": "object", "properties": {"name": {"type": "string"}}})
    assert tomllib.loads("\n".join(suggested(contract.drift([{"name": 5}]), contract, "acme")))
