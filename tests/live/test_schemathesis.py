"""Schemathesis as it is used here: it proposes, and sends nothing; its complaints are ours, or nothing."""

from __future__ import annotations

import json
import os
import re
import socket
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from doors import Answers
from leaping import run

from docpact.contract import load
from docpact.exchange import Answer, Request
from docpact.live import engine
from docpact.live.plan import Plan
from docpact.live.run import Extra
from docpact.live.run import run as check
from docpact.mock import TOKEN, relay

if TYPE_CHECKING:
    from docpact.live.session import Session
    from docpact.live.verdict import Verdict

CONTRACT = load()
JSON = (("Content-Type", "application/json"),)
TASKS = ("1724963337114767", "1724963337114768")


@pytest.fixture(scope="module")
def proposals() -> list[engine.Proposal]:
    return engine.propose(CONTRACT, TASKS, most=12)


def test_the_given_tasks_come_first_and_then_ids_of_all_kinds_each_once(proposals: list[engine.Proposal]) -> None:
    assert tuple(proposal.asked for proposal in proposals[:2]) == TASKS
    others = [proposal.asked for proposal in proposals[2:]]
    assert len(set(others)) == len(others) >= 3
    assert any(not asked.isascii() for asked in others)
    assert all(proposal.path.isascii() and proposal.path.startswith("/mj/task/") for proposal in proposals)


def test_there_are_at_most_as_many_as_there_is_room_for(proposals: list[engine.Proposal]) -> None:
    assert len(proposals) <= 12
    assert [proposal.asked for proposal in engine.propose(CONTRACT, TASKS, most=1)] == [TASKS[0]]
    assert engine.propose(CONTRACT, TASKS, most=0) == []


def test_the_same_contract_tasks_and_seed_propose_the_same(proposals: list[engine.Proposal]) -> None:
    again = engine.propose(CONTRACT, TASKS, most=12)
    assert [proposal.path for proposal in again] == [proposal.path for proposal in proposals]


def test_an_id_with_odd_characters_is_asked_for_as_it_is() -> None:
    odd = engine.propose(CONTRACT, ["a/b c"], most=1)
    assert [(proposal.asked, proposal.path) for proposal in odd] == [("a/b c", "/mj/task/a%2Fb%20c/fetch")]


def test_nothing_is_sent_while_it_proposes(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: Any) -> None:
        raise AssertionError("a connection was tried")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    assert engine.propose(CONTRACT, TASKS, most=3)


def test_no_setting_of_the_folder_is_read_and_nothing_is_left_in_it(tmp_path: Path) -> None:
    """A folder may hold settings of Schemathesis for another API, with hooks that run code."""
    (tmp_path / "schemathesis.toml").write_text('hooks = "owned"\nbase-url = "http://owned.invalid"\n', "utf-8")
    (tmp_path / "owned.py").write_text("open('owned', 'w').close()\n", "utf-8")
    code = (
        "from docpact.contract import load; from docpact.live import engine; "
        f"print(len(engine.propose(load(), {TASKS!r}, most=4)))"
    )
    (tmp_path / "temporary").mkdir()
    environment = {**os.environ, "SCHEMATHESIS_HOOKS": "owned", "TMPDIR": str(tmp_path / "temporary")}
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code], cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
    )
    assert (done.stdout, done.stderr) == ("4\n", "")
    assert sorted(os.listdir(tmp_path)) == ["owned.py", "schemathesis.toml", "temporary"]
    assert os.listdir(tmp_path / "temporary") == []


@pytest.mark.parametrize(
    ("status", "headers", "body", "rules"),
    [
        (200, JSON, b"{}", []),
        (200, (("content-type", "application/json; charset=utf-8"),), b"{}", []),
        (200, (("CONTENT-TYPE", "application/json"),), b"", []),
        (200, (), b"{}", ["http-content-type"]),
        (200, (("Content-Type", "text/html"),), b"<p>", ["http-content-type"]),
        (404, JSON, b"{}", ["http-status"]),
        (500, JSON, b"{}", ["http-server-error"]),
    ],
)
def test_what_schemathesis_says_of_an_answer_has_a_rule_of_ours(
    proposals: list[engine.Proposal], status: int, headers: tuple[tuple[str, str], ...], body: bytes, rules: list[str]
) -> None:
    said = engine.complaints(proposals[0], status, headers, body, task=True)
    assert [complaint.rule for complaint in said] == rules
    assert all(complaint.message.startswith("Schemathesis: ") for complaint in said)


def test_of_an_id_that_no_task_has_only_a_failing_server_is_complained_of(proposals: list[engine.Proposal]) -> None:
    assert engine.complaints(proposals[-1], 404, (), b"", task=False) == []
    assert [said.rule for said in engine.complaints(proposals[-1], 502, (), b"", task=False)] == ["http-server-error"]


def checked(answer: Any, tasks: tuple[str, ...], room: int = 8, **plan: Any) -> tuple[Verdict, Answers]:
    """Run a plan in which only Schemathesis asks beside the polls, at once and in this thread."""
    door = Answers(answer)

    async def ask(session: Session, most: int) -> None:
        await engine.asked(session, engine.propose(CONTRACT, tasks, most=most))

    async def whole() -> Verdict:
        settings: dict[str, Any] = {"token": TOKEN, "tasks": tasks, "probes": frozenset(), **plan}
        return await check(CONTRACT, Plan(**settings), door, [Extra(room, ask)])

    return run(whole()), door


def test_a_healthy_relay_hears_no_complaint() -> None:
    made = relay(CONTRACT)
    verdict, door = checked(made.answer, (made.tasks()[0].id,))
    assert verdict.findings == ()
    assert len({request.target for request in door.asked}) > 3


def test_its_requests_count_and_the_ceiling_holds_for_them() -> None:
    made = relay(CONTRACT)
    task = made.tasks()[0].id
    for most in (5, 30):
        verdict, door = checked(made.answer, (task,), max_requests=most)
        assert verdict.requests == len(door.asked) <= most
        others = [request for request in door.asked if task not in request.target]
        # Polls come first: where there is no room beside them, fewer requests are proposed, and it is said how many.
        assert (len(others) < 4) is (most == 5)
        assert others
        assert any("requests of others" in note for note in verdict.notes) is (most == 5)


def test_the_token_goes_with_them_and_schemathesis_is_not_told_of_it() -> None:
    made = relay(CONTRACT)
    proposals = engine.propose(CONTRACT, [made.tasks()[0].id], most=4)
    assert "authorization" not in json.dumps([dict(proposal.request.headers) for proposal in proposals]).lower()
    _, door = checked(made.answer, (made.tasks()[0].id,))
    assert all(request.header("authorization") == f"Bearer {TOKEN}" for request in door.asked)


def test_a_server_that_fails_on_an_odd_id_is_found_once_by_one_rule() -> None:
    made = relay(CONTRACT)

    def fails(request: Request) -> Answer:
        return Answer(500, JSON, b'{"error":"odd"}') if "%" in request.target else made.answer(request)

    verdict, door = checked(fails, (made.tasks()[0].id,))
    odd = sum("%" in request.target for request in door.asked)
    assert {finding.rule for finding in verdict.findings} == {"http-server-error"}
    assert len(verdict.findings) == odd > 0


def test_what_our_rules_found_is_not_said_again_in_other_words() -> None:
    made = relay(CONTRACT)

    def wrong_type(request: Request) -> Answer:
        answer = made.answer(request)
        return answer._replace(headers=(("Content-Type", "text/html"),)) if answer.status == 200 else answer

    verdict, _ = checked(wrong_type, (made.tasks()[0].id,))
    assert {finding.rule for finding in verdict.findings} == {"http-content-type"}
    assert not any("Schemathesis" in finding.message for finding in verdict.findings)


USED = re.findall(r"```py\n(.*?)```", (Path(__file__).parents[2] / "docs" / "check.md").read_text("utf-8"), re.DOTALL)[0]
APP = """
import docpact.mock
schema.config.update(headers={{"Authorization": "Bearer {token}"}})
schema.config.checks.update(included_check_names=["docpact_conformance", "not_a_server_error"])
schema.app = docpact.mock.relay(token="{token}", profile="go-relay", faults={faults})

@schema"""


@pytest.mark.parametrize(
    ("faults", "rule"), [([], ""), (["documented-enum"], "documented-enum"), (["id-mismatch"], "id-mismatch")]
)
def test_a_test_of_schemathesis_judges_by_our_rules(tmp_path: Path, faults: list[str], rule: str) -> None:
    task = relay(CONTRACT, profile="go-relay").tasks()[0].id
    code = USED.replace("1725017986212425", task).replace("\n@schema", APP.format(token=TOKEN, faults=faults))
    assert code.count("@schema") == code.count(task) == 1
    (tmp_path / "test_relay.py").write_text(code, "utf-8")
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(tmp_path)]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == (1 if rule else 0), done.stdout
    assert f"docpact {rule}" in done.stdout if rule else "1 passed" in done.stdout


def test_making_a_check_registers_nothing() -> None:
    from schemathesis.checks import CHECKS

    before = CHECKS.get_all_names()
    assert engine.conformance(CONTRACT, "documented").__name__ == "docpact_conformance"
    assert CHECKS.get_all_names() == before
