"""`docpact cassette verify`: a relay is held to a recording by contract and story."""

from __future__ import annotations

import io
import json
from typing import TYPE_CHECKING, Any

import pytest

from docpact.cassettes.comparing import differences
from docpact.cassettes.tape import Interaction, Tape, written
from docpact.cli import main
from docpact.contract import load
from docpact.exchange import Request
from docpact.pytest_plugin.relay import MockRelay

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

CONTRACT = load()


@pytest.fixture
def relay() -> Iterator[MockRelay]:
    made = MockRelay(CONTRACT, profile="go-relay", seed=1, token="")
    made.listen()
    yield made
    made.close()


def verify(relay: MockRelay, *more: str) -> tuple[int, str]:
    out = io.StringIO()
    return main(["cassette", "verify", relay.url, *more], stdout=out, stderr=out), out.getvalue()


@pytest.fixture
def recorded(relay: MockRelay, tmp_path: Path) -> Path:
    path = tmp_path / "tape.json"
    more = ("--task", relay.tasks()[3].id, "--profile", "go-relay", "--out", str(path))
    assert main(["cassette", "record", relay.url, "--as", "https://relay.example", *more], stdout=io.StringIO()) == 0
    return path


def changed(path: Path, **members: Any) -> None:
    """Record something else, as it were."""
    tape = Tape(path.read_bytes())
    one = tape.interaction(0)
    body = json.dumps({**json.loads(one.response["body"]), **members}).encode()
    path.write_bytes(b"".join(written([one._replace(response={**one.response, "body": body})], tape.metadata)))


def test_a_task_that_went_on_is_as_it_was_recorded(relay: MockRelay, recorded: Path) -> None:
    for _ in range(3):
        relay.answer(Request("GET", relay.tasks()[3].path))
    code, out = verify(relay, str(recorded))
    assert code == 0, out
    assert "1 of 1 tasks are as they were recorded" in out
    assert "profile go-relay" in out


def test_another_prompt_is_told_with_both(relay: MockRelay, recorded: Path) -> None:
    changed(recorded, prompt="a cat")
    for _ in range(8):
        relay.answer(Request("GET", relay.tasks()[3].path))
    code, out = verify(relay, str(recorded))
    assert code == 1
    assert f"task {relay.tasks()[3].id}, /prompt: a cat was recorded, and " in out


def test_what_breaks_the_contract_now_is_told_as_check_tells_it(relay: MockRelay, recorded: Path) -> None:
    relay.switch("documented-enum")
    code, out = verify(relay, str(recorded))
    assert code == 1
    assert "documented-enum" in out


@pytest.mark.parametrize(
    ("text", "code", "said"), [("{", 3, "tape.json"), ("interactions: []\n", 2, "hold no answer of a task")]
)
def test_what_is_no_recording_of_a_task_is_said(relay: MockRelay, tmp_path: Path, text: str, code: int, said: str) -> None:
    (tmp_path / "tape.json").write_text(text, "utf-8")
    got, out = verify(relay, str(tmp_path / "tape.json"))
    assert (got, said in out) == (code, True), out


def polls(*payloads: dict[str, Any]) -> list[Interaction]:
    status = {"code": 200, "message": "OK"}
    request: dict[str, Any] = {"headers": {}, "body": None}
    return [
        Interaction("GET", "https://relay.example/mj/task/1/fetch", request, {"status": status, "headers": {}, "body": body})
        for body in (json.dumps(payload).encode() for payload in payloads)
    ]


DONE = {"id": "1", "action": "IMAGINE", "status": "SUCCESS", "progress": "100%", "prompt": "mail me: somebody@example.org"}


@pytest.mark.parametrize(
    ("now", "differs"),
    [
        ({}, []),
        ({"status": "IN_PROGRESS", "progress": "5%"}, []),
        ({"status": "FAILURE"}, [("/status", "SUCCESS", "FAILURE")]),
        ({"action": "BLEND"}, [("/action", "IMAGINE", "BLEND")]),
        ({"prompt": "mail me: user@redacted.example"}, []),
        ({"prompt": None}, []),
    ],
)
def test_what_does_not_change_in_a_life_is_compared_without_secrets(
    now: dict[str, Any], differs: list[tuple[str, str, str]]
) -> None:
    found = differences({"1": polls({**DONE, "status": "NOT_START"}, DONE)}, {"1": polls({**DONE, **now})}, CONTRACT)
    assert [one[1:] for one in found] == differs
