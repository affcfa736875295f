"""What is tried beside polling: which tasks other tokens are tried with, and what methods are sent to."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from doors import Answers
from leaping import run

from docpact.contract import load
from docpact.exchange import Answer, Lack, Request
from docpact.finding import Severity
from docpact.live.plan import Plan, Probe
from docpact.live.run import run as check
from docpact.mock import TOKEN, relay
from docpact.tally import Verdict as Outcome

if TYPE_CHECKING:
    from collections.abc import Callable

    from docpact.live.verdict import Verdict

CONTRACT = load()
JSON = (("Content-Type", "application/json"),)
RIGHT = f"Bearer {TOKEN}"
REFUSED = Answer(401, JSON, b'{"error": {"message": "no token"}}')
MADE = relay(CONTRACT, pace=3600)


def checked(answer: Callable[[Request], Answer], *tasks: str, **plan: Any) -> tuple[Verdict, Answers]:
    door = Answers(answer)
    whole: dict[str, Any] = {"token": TOKEN, "tasks": tasks, **plan}

    async def ask() -> Verdict:
        return await check(CONTRACT, Plan(**whole), door)

    return run(ask()), door


def rules(verdict: Verdict) -> set[str]:
    return {finding.rule for finding in verdict.findings}


class Ended:
    """A relay whose tasks are at their ends; `served` tells what comes where a token is not the right one."""

    def __init__(self, served: Callable[[Request, Answer], Answer]) -> None:
        now = [1_800_000_000.0]
        self._relay = relay(CONTRACT, pace=1, clock=lambda: now[0])
        self._served = served
        self.tasks = [task.id for task in self._relay.tasks()]
        for task in self.tasks:
            # The life of a task begins with its first poll.
            self._relay.answer(right(task))
        now[0] += 3600

    def __call__(self, request: Request) -> Answer:
        granted = self._relay.answer(request._replace(headers=(("Authorization", RIGHT),)))
        if request.header("Authorization") == RIGHT:
            return granted
        return self._served(request, granted)


def failed_only(_: Request, granted: Answer) -> Answer:
    return granted if b'"FAILURE"' in granted.body else REFUSED


def test_a_task_of_each_end_is_asked_for_without_a_token_and_with_a_wrong_one() -> None:
    ended = Ended(failed_only)
    succeeded = next(task for task in ended.tasks if b'"SUCCESS"' in ended(right(task)).body)
    failed = next(task for task in ended.tasks if b'"FAILURE"' in ended(right(task)).body)
    others = [task for task in ended.tasks if task not in (succeeded, failed)]
    verdict, _ = checked(ended, succeeded, *others[:1], failed, probes={Probe.AUTH})
    assert rules(verdict) == {"auth-not-asked"}
    closed = Ended(lambda request, granted: failed_only(request, granted) if request.header("Authorization") else REFUSED)
    assert rules(checked(closed, succeeded, failed, probes={Probe.AUTH})[0]) == {"auth-wrong-accepted"}
    refusing = Ended(lambda _request, _granted: REFUSED)
    verdict, door = checked(refusing, succeeded, failed, probes={Probe.AUTH})
    assert verdict.outcome is Outcome.CONFORMS
    for task in (succeeded, failed):
        given = {request.header("Authorization") for request in door.asked if task in request.target}
        assert {RIGHT, None} < given
        assert len(given) > 4


def right(task: str) -> Request:
    return Request("GET", f"/mj/task/{task}/fetch", (("Authorization", RIGHT),))


@pytest.mark.parametrize(
    "body", [b'{"error": {"message": "no"}}', b"", b"null", b"<html>log in</html>"], ids=["error", "nothing", "null", "page"]
)
@pytest.mark.parametrize("rule", ["auth-not-asked", "auth-wrong-accepted"])
def test_a_refusal_with_a_status_of_success_is_none(body: bytes, rule: str) -> None:
    said, bare = Answer(200, JSON, body), rule == "auth-not-asked"
    ended = Ended(lambda request, _: said if (request.header("Authorization") is None) is bare else REFUSED)
    verdict, _ = checked(ended, ended.tasks[0], probes={Probe.AUTH})
    assert rules(verdict) == {rule}


def test_head_is_tried_with_a_wrong_token_too() -> None:
    def served(request: Request, granted: Answer) -> Answer:
        if request.method == "HEAD" and request.header("Authorization"):
            return granted._replace(body=b"")
        return REFUSED._replace(body=b"") if request.method == "HEAD" else REFUSED

    ended = Ended(served)
    verdict, _ = checked(ended, ended.tasks[0], probes=frozenset(Probe))
    assert rules(verdict) == {"auth-wrong-accepted"}


@pytest.mark.parametrize(
    ("said", "found"),
    [
        (Answer(200, (("Content-Type", "text/html"),), b"<html>no such page</html>"), {"id-unknown-served"}),
        (Answer(200, JSON, b"{}"), {"id-unknown-served"}),
        (Answer(302, (("Location", f"/mj/task/{MADE.tasks()[0].id}/fetch"),)), {"id-unknown-served"}),
        (Answer(302, (("Location", "/login"),)), {"http-redirect"}),
        (Answer(200, JSON, b"null"), set()),
        (Answer(200, (), b""), set()),
        (Answer(204), set()),
        (Answer(200, JSON, b'{"code": 4, "description": "Task not found."}'), set()),
        (Answer(404, (("Content-Type", "text/html"),), b"<html>no such page</html>"), set()),
    ],
)
def test_an_unknown_id_is_told_to_be_unknown_in_the_way_of_some_family(said: Answer, found: set[str]) -> None:
    tasks = {task.id for task in MADE.tasks()}

    def answer(request: Request) -> Answer:
        asked = request.target.removeprefix("/mj/task/").partition("/")[0]
        usual = asked.isdigit() and len(asked) < 30 and asked not in tasks
        return said if usual and request.header("Authorization") == RIGHT else MADE.answer(request)

    verdict, _ = checked(answer, MADE.tasks()[0].id, probes={Probe.IDS})
    assert rules(verdict) == found


def test_nothing_that_exists_is_asked_to_be_deleted() -> None:
    verdict, door = checked(MADE.answer, MADE.tasks()[0].id, probes=frozenset(Probe))
    assert verdict.outcome is Outcome.CONFORMS
    sent = {method: [request for request in door.asked if request.method == method] for method in ("POST", "PUT", "DELETE")}
    assert all(len(requests) == 1 for requests in sent.values())
    assert all(MADE.tasks()[0].id in sent[method][0].target for method in ("POST", "PUT"))
    assert not any(task.id in sent["DELETE"][0].target for task in MADE.tasks())


def tasks_of(bodies: dict[str, Any]) -> Callable[[Request], Answer]:
    def answer(request: Request) -> Answer:
        if request.header("Authorization") != RIGHT:
            return REFUSED
        asked = request.target.split("/")[-2]
        found = bodies.get(asked)
        return Answer(404, JSON, b'{"code": 4}') if found is None else Answer(200, JSON, json.dumps(found).encode())

    return answer


def test_an_id_beside_a_known_one_may_be_that_of_another_task_and_not_of_the_same_one() -> None:
    known: dict[str, Any] = dict(CONTRACT.example)
    beside = known["id"][:-1] + "0"
    other = known | {"id": beside, "prompt": "a task of its own", "submitTime": known["submitTime"] - 1}
    verdict, door = checked(tasks_of({known["id"]: known, beside: other}), known["id"], probes={Probe.IDS})
    assert any(f"/{beside}/" in request.target for request in door.asked)
    assert rules(verdict) == set()
    again = tasks_of({known["id"]: known, beside: known | {"id": beside}})
    assert rules(checked(again, known["id"], probes={Probe.IDS})[0]) == {"id-unknown-served"}


@pytest.mark.parametrize(("local", "severity"), [(True, Severity.ERROR), (False, Severity.WARNING)])
def test_an_odd_request_that_is_dropped_is_an_error_where_nothing_stands_in_front(local: bool, severity: Severity) -> None:  # noqa: FBT001 - a parameter of a test
    healthy = tasks_of({CONTRACT.example["id"]: CONTRACT.example})

    def answer(dropped: Callable[[Request], bool]) -> Verdict:
        door = Answers(lambda request: Lack.CUT if dropped(request) else healthy(request))
        door.local = local
        plan = Plan(tasks=(CONTRACT.example["id"],), token=TOKEN, probes=frozenset({Probe.IDS}), rate=100)

        async def ask() -> Verdict:
            return await check(CONTRACT, plan, door)

        return run(ask())

    found = answer(lambda request: "etc%2Fpasswd" in request.target).findings
    assert {(finding.rule, finding.severity) for finding in found} == {("http-cut", severity)}
    # A long line is more than some servers take.
    found = answer(lambda request: len(request.target) > 2000).findings
    assert {(finding.rule, finding.severity) for finding in found} == {("http-cut", Severity.WARNING)}
