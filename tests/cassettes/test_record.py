"""`docpact cassette record`: what a relay answers is saved judged, without secrets, whole or not at all."""

from __future__ import annotations

import io
import json
from typing import TYPE_CHECKING

import pytest

from docpact.cassettes.tape import Tape
from docpact.cli import main
from docpact.contract import load
from docpact.pytest_plugin.relay import MockRelay

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

CONTRACT = load()
VARIABLE = "DOCPACT_TEST_TOKEN"


@pytest.fixture
def relay(monkeypatch: pytest.MonkeyPatch) -> Iterator[MockRelay]:
    made = MockRelay(CONTRACT, profile="go-relay", seed=1)
    made.listen()
    monkeypatch.setenv(VARIABLE, made.token)
    yield made
    made.close()


def ran(*arguments: str) -> tuple[int, str, str]:
    out, err = io.StringIO(), io.StringIO()
    code = main(["cassette", *arguments], stdout=out, stderr=err)
    return code, out.getvalue(), err.getvalue()


def record(relay: MockRelay, path: Path, *more: str) -> tuple[int, str, str]:
    return ran("record", relay.url, "--token-env", VARIABLE, "--profile", "go-relay", "--out", str(path), *more)


def held(path: Path) -> list[tuple[str, dict[str, object]]]:
    tape = Tape(path.read_bytes())
    return [(one.uri, json.loads(one.response["body"])) for one in map(tape.interaction, range(len(tape)))]


def test_a_followed_task_is_recorded_to_its_first_end_without_the_token(relay: MockRelay, tmp_path: Path) -> None:
    task, path = relay.tasks()[0], tmp_path / "new" / "tape.json"
    code, out, err = record(relay, path, "--task", task.id, "--follow")
    assert (code, out.split()[0]) == (0, "conforms"), err
    statuses = [payload["status"] for _, payload in held(path)]
    assert statuses[-1] == task.end
    assert task.end not in statuses[:-1]
    assert {uri for uri, _ in held(path)} == {f"{relay.url}/mj/task/{task.id}/fetch"}
    assert relay.token.encode() not in path.read_bytes()
    assert f"docpact: wrote {path}: {len(statuses)} answers of 1 task\n" in err
    assert "header authorization" in err
    metadata = Tape(path.read_bytes()).metadata
    assert (metadata["profile"], metadata["verdict"]) == ("go-relay", "conforms")
    assert metadata["contract_sha256"] == CONTRACT.schema_sha256
    assert all(Tape(path.read_bytes()).interaction(n).at for n in range(len(statuses)))
    assert {asked.request.method for asked in relay.asked} == {"GET"}
    assert ran("lint", "--stories", "--profile", "go-relay", str(path))[0] == 0


def test_a_task_as_it_stands_is_one_answer_and_the_same_bytes_at_the_same_time(relay: MockRelay, tmp_path: Path) -> None:
    tasks = [part for task in relay.tasks()[:2] for part in ("--task", task.id)]
    made = []
    for name in ("a.json", "b.json"):
        relay.reset()
        at = ("--at", "2026-01-01T00:00:00Z", "--as", "https://relay.example")
        assert record(relay, tmp_path / name, *tasks, *at)[0] == 0
        made.append((tmp_path / name).read_bytes())
    assert made[0] == made[1]
    assert [uri for uri, _ in held(tmp_path / "a.json")] == [
        f"https://relay.example/mj/task/{id_}/fetch" for id_ in tasks[1::2]
    ]


def test_what_breaks_the_contract_is_not_saved_unless_it_is_kept_with_a_mark(relay: MockRelay, tmp_path: Path) -> None:
    path, task = tmp_path / "tape.json", relay.tasks()[0].id
    path.write_bytes(b"")
    relay.switch("documented-enum")
    code, out, err = record(relay, path, "--task", task)
    assert (code, path.read_bytes()) == (1, b"")
    assert "violates" in out
    assert "breaks the contract (documented-enum), and is not saved" in err
    code, _, err = record(relay, path, "--task", task, "--keep-violations")
    assert (code, Tape(path.read_bytes()).metadata["verdict"]) == (1, "violates")
    assert Tape(path.read_bytes()).metadata["violations"] == {"documented-enum": 1}
    assert "marked as a recording that violates" in err


def test_another_recording_replaces_its_task_and_keeps_the_others(relay: MockRelay, tmp_path: Path) -> None:
    path, (one, other) = tmp_path / "tape.json", relay.tasks()[:2]
    said = [record(relay, path, "--task", task.id) for task in (one, other, one)]
    assert [code for code, _, _ in said] == [0, 0, 0]
    assert ["1 answer of 1 task" in said[0][2], "2 answers of 2 tasks" in said[1][2]] == [True, True]
    assert sorted(str(payload["id"]) for _, payload in held(path)) == sorted([one.id, other.id])


def test_a_cassette_of_another_profile_is_left_alone_and_nothing_is_asked(relay: MockRelay, tmp_path: Path) -> None:
    path, task = tmp_path / "tape.json", relay.tasks()[0]
    assert record(relay, path, "--task", task.id)[0] == 0
    before, asked = path.read_bytes(), len(relay.asked)
    code, _, err = record(relay, path, "--task", task.id, "--profile", "java-proxy")
    assert (code, path.read_bytes(), len(relay.asked)) == (2, before, asked)
    assert "holds a recording of the profile 'go-relay', and this would be one of 'java-proxy'" in err


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("--task", "1", "--out", "x.json"), 4, "no answer was judged"),
        (("--out", "x.json"), 2, "name the task to record"),
        (("--task", "1"), 2, "name the cassette to write"),
        (("--task", "1", "--out", "x.json", "--at", "noon"), 2, "--at noon is no time"),
        (("--task", "1", "--out", "x.json", "--token", "sk-secret-of-mine"), 2, "a token on the command line is shown"),
        (("--task", "1", "--out", "foreign.yaml"), 2, "is no cassette of docpact"),
        (("--task", "1", "--out", "x.json", "--as", "relay"), 2, "does not begin with http"),
    ],
)
def test_what_records_nothing_writes_nothing(
    relay: MockRelay, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...], code: int, said: str
) -> None:  # fmt: skip
    monkeypatch.chdir(tmp_path)
    (tmp_path / "foreign.yaml").write_text("interactions: []\nversion: 1\n", "utf-8")
    got, out, err = ran("record", relay.url, "--token-env", VARIABLE, *arguments)
    assert (got, said in out + err) == (code, True), out + err
    assert "sk-secret" not in out + err
    assert [path.name for path in tmp_path.iterdir()] == ["foreign.yaml"]
    assert (tmp_path / "foreign.yaml").read_text("utf-8") == "interactions: []\nversion: 1\n"


def test_a_token_is_not_sent_in_the_clear_beyond_this_machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, "sk-abcdefgh")
    code, _, err = ran(
        "record", "http://192.0.2.1", "--task", "1", "--allow-private", "--token-env", VARIABLE, "--out", str(tmp_path / "x")
    )
    assert code == 2
    assert "--allow-http" in err


def test_a_task_that_was_polled_too_seldom_to_end_is_not_saved_as_followed(relay: MockRelay, tmp_path: Path) -> None:
    path = tmp_path / "tape.json"
    code, out, err = record(relay, path, "--task", relay.tasks()[0].id, "--follow", "--max-requests", "3", "--deadline", "2")
    assert (code, path.exists()) == (4, False)
    assert "did not come to its end" in out
    assert f"{path} was not written" in err


def test_a_story_without_its_end_is_not_saved_though_nothing_is_wrong_with_it(
    relay: MockRelay, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # As with a state that only this relay knows, which a profile may allow, and of which nobody knows whether it is an end.
    monkeypatch.setattr("docpact.cassettes.polls.ends", lambda *_: False)
    path = tmp_path / "tape.json"
    code, _, err = record(relay, path, "--task", relay.tasks()[3].id, "--follow")
    assert (code, path.exists()) == (1, False)
    assert "1 of 1 tasks did not come to their end, and nothing is saved" in err
