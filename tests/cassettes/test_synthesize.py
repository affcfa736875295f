"""`docpact cassette synthesize`, and the seal that every recording passes."""

from __future__ import annotations

import io
import json
from typing import TYPE_CHECKING

import pytest

from docpact.cassettes.recording import RefusedError, Seal, judged
from docpact.cassettes.tape import Interaction, Tape
from docpact.cli import main
from docpact.contract import load

if TYPE_CHECKING:
    from pathlib import Path

CONTRACT = load()
PROFILES = [*CONTRACT.profiles]


def ran(*arguments: str) -> tuple[int, str, str]:
    out, err = io.StringIO(), io.StringIO()
    code = main(["cassette", *arguments], stdout=out, stderr=err)
    return code, out.getvalue(), err.getvalue()


@pytest.mark.parametrize("profile", PROFILES)
def test_a_made_cassette_conforms_and_holds_no_secret(tmp_path: Path, profile: str) -> None:
    path = str(tmp_path / "made.json")
    assert ran("synthesize", "--profile", profile, "-n", "5", "--out", path)[0] == 0
    code, out, _ = ran("lint", "--stories", "--profile", profile, path)
    assert (code, out.split()[0]) == (0, "conforms")
    metadata = Tape((tmp_path / "made.json").read_bytes()).metadata
    assert metadata["contract_sha256"] == CONTRACT.schema_sha256
    assert (metadata["verdict"], metadata["profile"], metadata["synthesized"]) == (
        "conforms",
        profile,
        {"count": 5, "seed": "0"},
    )


def test_the_same_seed_makes_the_same_bytes_and_another_one_others(tmp_path: Path) -> None:
    made = []
    for name, seed in (("a", "1"), ("b", "1"), ("c", "2")):
        assert (
            ran("synthesize", "--seed", seed, "--action", "IMAGINE", "--status", "FAILURE", "--out", str(tmp_path / name))[0]
            == 0
        )
        made.append((tmp_path / name).read_bytes())
    assert made[0] == made[1] != made[2]


def test_the_tasks_are_those_that_were_asked_for_at_the_address_that_was(tmp_path: Path) -> None:
    path = tmp_path / "made.json"
    ran("synthesize", "--status", "FAILURE", "--action", "BLEND", "--base", "http://127.0.0.1:1/mj-fast/", "--out", str(path))
    tape = Tape(path.read_bytes())
    listed = [tape.interaction(number) for number in range(len(tape))]
    payloads = [json.loads(one.response["body"]) for one in listed]
    assert {one.uri for one in listed} == {f"http://127.0.0.1:1/mj-fast/mj/task/{payloads[0]['id']}/fetch"}
    assert {payload["action"] for payload in payloads} == {"BLEND"}
    assert payloads[-1]["status"] == "FAILURE"
    assert [one.at for one in listed] == sorted(one.at for one in listed)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((), "name the cassette to write"),
        (("--out", "x", "-n", "0"), "-n 0 is below 1"),
        (("--out", "x", "--status", "DONE"), "DONE"),
    ],
)
def test_what_makes_no_cassette_is_said(arguments: tuple[str, ...], said: str) -> None:
    code, _, err = ran("synthesize", *arguments)
    assert code == 2
    assert said in err
    assert "hint: " in err


def poll(body: bytes, uri: str = "https://relay.example/mj/task/1/fetch", code: int = 200) -> Interaction:
    response = {"status": {"code": code, "message": ""}, "headers": {"content-type": ["application/json"]}, "body": body}
    return Interaction("GET", uri, {"headers": {}, "body": None}, response)


def example(**members: object) -> bytes:
    return json.dumps({**CONTRACT.example, "id": "1", **members}).encode()


def test_a_broken_recording_is_refused_with_the_rule_that_it_breaks() -> None:
    with pytest.raises(RefusedError, match="documented-enum") as caught:
        Seal(CONTRACT, "1")([poll(example(status="DONE"))])
    assert "--keep-violations" in caught.value.hint


def test_a_story_is_judged_and_not_only_its_payloads() -> None:
    polls = [
        poll(example()),
        poll(example(status="IN_PROGRESS", progress="5%", finishTime=0, imageUrl="", buttons=[], failReason="")),
    ]
    assert judged(polls[:1], CONTRACT).verdict == "conforms"
    assert "end-left" in {found.rule for found in judged(polls, CONTRACT).findings}


def test_a_broken_recording_that_is_kept_is_marked_until_a_better_one_comes() -> None:
    seal = Seal(CONTRACT, "1", keep=True, at="2026-01-01T00:00:00Z")
    kept = Tape(b"".join(seal([poll(example(status="DONE"))])))
    assert (kept.metadata["verdict"], kept.metadata["violations"]["documented-enum"]) == ("violates", 1)
    better = Tape(b"".join(seal([poll(example())], kept.metadata)))
    assert better.metadata["verdict"] == "conforms"
    assert "violations" not in better.metadata


def test_what_is_no_answer_of_a_task_is_kept_and_not_judged() -> None:
    others = [
        poll(b"{}", "https://relay.example/mj/submit/imagine"),
        poll(b"<html>", code=502),
        poll(b"")._replace(method="POST"),
    ]
    seal = Seal(CONTRACT, "1")
    assert len(Tape(b"".join(seal(others)))) == 3
    assert (seal.judged.payloads, seal.judged.verdict) == (0, "not-established")


def test_the_token_that_was_used_is_nowhere_and_what_redaction_misses_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    planted = "sk-0123456789abcdefghij"
    text = b"".join(Seal(CONTRACT, "1", secrets=[planted])([poll(example(prompt=f"a dog {planted}"))]))
    assert planted.encode() not in text
    monkeypatch.setattr("docpact.cassettes.recording.Redaction.interaction", lambda _, one: one)
    with pytest.raises(RefusedError, match="looks like a secret") as caught:
        Seal(CONTRACT, "1", secrets=[planted])([poll(example(prompt=f"a dog {planted}"))])
    assert planted not in str(caught.value)
