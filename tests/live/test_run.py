"""A run over the core of the mock, in a loop whose time leaps: what is found, what is sent, and what is said."""

from __future__ import annotations

import asyncio
import base64
import json
from typing import TYPE_CHECKING, Any

import pytest
from doors import Answers
from leaping import run

from docpact.contract import load
from docpact.errors import Exit, UsageError
from docpact.exchange import Answer, Lack, Request
from docpact.live.plan import Plan, Probe
from docpact.live.run import run as check
from docpact.mock import TOKEN, relay
from docpact.tally import Verdict as Outcome

if TYPE_CHECKING:
    from collections.abc import Callable

    from docpact.live.verdict import Verdict

CONTRACT = load()


def checked(answer: Callable[[Request], Answer | Lack], *, slow: float = 0.0, **plan: Any) -> tuple[Verdict, Answers]:
    """Run a plan against a function that answers."""
    door = Answers(answer, slow=slow)

    async def whole() -> Verdict:
        return await check(CONTRACT, Plan(**{"token": TOKEN, **plan}), door)

    return run(whole()), door


def ids(**mocked: Any) -> tuple[Callable[[Request], Answer], list[str]]:
    made = relay(CONTRACT, **mocked)
    return made.answer, [task.id for task in made.tasks()]


def rules(verdict: Verdict) -> set[str]:
    return {finding.rule for finding in verdict.findings}


def test_a_healthy_relay_conforms_and_what_was_not_seen_is_said() -> None:
    answer, tasks = ids()
    verdict, door = checked(answer, tasks=(tasks[0],), follows=(tasks[2],))
    assert (verdict.outcome, verdict.exit_code(), verdict.findings) == (Outcome.CONFORMS, Exit.CONFORMS, ())
    assert verdict.requests == len(door.asked) == len(verdict.exchanges)
    assert "IN_PROGRESS → SUCCESS" in verdict.saw.transitions
    assert "FAILURE was never seen: give it a task that ended so (--task ID)" in verdict.saw.notes


@pytest.mark.parametrize(("profile", "spared"), [("java-proxy", {"/buttons", "/buttons/*/customId"}), ("go-relay", set[str]())])
def test_what_a_family_does_without_is_told_apart_from_what_lacks(profile: str, spared: set[str]) -> None:
    answer, tasks = ids(profile=profile)
    verdict, _ = checked(answer, follows=(tasks[0],), profile=profile)
    lacking, *others = [note for note in verdict.saw.notes if "never had a value" in note]
    assert "/maskBase64" in lacking
    assert not any(pointer in lacking for pointer in spared)
    assert all(pointer in others[0] for pointer in spared)
    assert spared <= set(verdict.saw.unseen_members)


def test_a_finding_carries_the_request_as_a_line_for_a_shell_the_poll_and_the_body() -> None:
    answer, tasks = ids()

    def without_id(request: Request) -> Answer:
        whole = answer(request)
        body = {**json.loads(whole.body), "id": 7} if whole.status == 200 else {}
        return whole._replace(body=json.dumps(body).encode())

    verdict, _ = checked(without_id, tasks=(tasks[0],), probes=frozenset())
    finding = next(f for f in verdict.findings if f.rule == "documented-type")
    assert finding.place.source == f"GET /mj/task/{tasks[0]}/fetch"
    assert (finding.place.pointer, finding.place.line) == ("/id", 1)
    assert finding.traffic is not None
    line = f'curl -sS -i -H "Authorization: Bearer $DOCPACT_TOKEN" http://127.0.0.1:8080/mj/task/{tasks[0]}/fetch'
    assert (finding.traffic.curl, finding.traffic.poll, finding.traffic.status) == (line, 1, 200)
    assert '"id": 7' in finding.traffic.excerpt
    assert verdict.exit_code() == Exit.VIOLATES


def refusing(status: int, headers: tuple[tuple[str, str], ...] = (), body: bytes = b"") -> Callable[[Request], Answer]:
    return lambda _: Answer(status, headers, body)


JSON = (("Content-Type", "application/json"),)
ERROR = b'{"code": 4, "description": "task not found"}'


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        (lambda _: Lack.REFUSED, "refused"),
        (lambda _: Lack.UNKNOWN_HOST, "unknown-host"),
        (lambda _: Lack.TLS, "tls"),
        (refusing(401), "the token is refused"),
        (refusing(403, JSON, b"{}"), "the token is refused"),
        (refusing(429, (("Retry-After", "1"),)), "429"),
        (refusing(429, (("Retry-After", "9999"),)), "9,999 s"),
        (refusing(404, JSON, ERROR), "knows no task"),
        (refusing(400, JSON, ERROR), "knows no task"),
        (refusing(200, JSON, ERROR), "knows no task"),
    ],
)
@pytest.mark.parametrize("tasks", [("1725017986212425",), ("1725017986212425", "1725017986212426", "1725017986212427")])
def test_what_cannot_be_established_is_neither_green_nor_red_with_three_requests(
    answer: Callable[[Request], Answer | Lack], says: str, tasks: tuple[str, ...]
) -> None:
    verdict, door = checked(answer, tasks=tasks)
    assert verdict.not_established is not None
    assert says in verdict.not_established.reason
    assert verdict.not_established.hint
    assert (verdict.outcome, verdict.exit_code(), verdict.findings) == (Outcome.NOT_ESTABLISHED, Exit.NOT_ESTABLISHED, ())
    assert len(door.asked) <= 3


@pytest.mark.parametrize("status", [200, 204])
def test_nothing_for_an_unknown_id_is_not_established_where_a_token_is_asked_for(status: int) -> None:
    def empty(request: Request) -> Answer:
        return Answer(status if request.header("Authorization") else 401)

    verdict, door = checked(empty, tasks=("1725017986212425",))
    assert (verdict.outcome, len(door.asked)) == (Outcome.NOT_ESTABLISHED, 3)
    # What is answered so to everybody is no sign of an unknown id.
    assert checked(lambda _: Answer(status), tasks=("1725017986212425",))[0].outcome is Outcome.VIOLATES


@pytest.mark.parametrize(
    ("answer", "rule"),
    [
        (lambda _: Lack.LATE, "http-late"),
        (lambda _: Lack.CUT, "http-cut"),
        (lambda _: Lack.MALFORMED, "http-malformed"),
        (refusing(500), "http-server-error"),
        (refusing(302, (("Location", "/login"),)), "http-redirect"),
        (refusing(200, JSON, b"null"), "documented-body"),
    ],
)
def test_a_relay_that_fails_violates_and_is_not_asked_for_ever(answer: Callable[[Request], Answer | Lack], rule: str) -> None:
    verdict, _ = checked(answer, tasks=("1725017986212425",), follows=("1725017986212426",))
    assert rule in rules(verdict)
    assert verdict.outcome is Outcome.VIOLATES
    assert verdict.seconds <= 50


@pytest.mark.parametrize("most", [1, 2, 3, 7, 40])
def test_the_ceiling_on_requests_is_never_passed(most: int) -> None:
    answer, tasks = ids()
    verdict, door = checked(answer, follows=tuple(tasks), max_requests=most, probes=frozenset(Probe), slow=0.3)
    assert len(door.asked) == verdict.requests <= most
    assert door.most_under_way <= 4


def test_slow_answers_do_not_make_a_run_late() -> None:
    answer, tasks = ids()
    verdict, _ = checked(answer, follows=tuple(tasks[:4]), slow=1.5)
    assert verdict.outcome is Outcome.CONFORMS
    assert verdict.seconds <= 50


def test_a_task_that_does_not_end_in_time_is_a_finding_where_it_is_followed_and_none_where_it_stands() -> None:
    answer, tasks = ids()
    first = answer(Request("GET", f"/mj/task/{tasks[0]}/fetch", (("Authorization", f"Bearer {TOKEN}"),)))

    def stays(request: Request) -> Answer:
        return first if request.header("Authorization") == f"Bearer {TOKEN}" else Answer(401)

    followed, _ = checked(stays, follows=(tasks[0],), probes=frozenset())
    assert rules(followed) == {"not-ended"}
    assert 45 <= followed.seconds <= 50
    stands, _ = checked(stays, tasks=(tasks[0],), probes=frozenset())
    assert (stands.outcome, stands.findings) == (Outcome.CONFORMS, ())


def test_what_a_task_shows_after_its_end_is_looked_at() -> None:
    answer, tasks = ids(faults=["end-left"])
    assert "end-left" in rules(checked(answer, follows=tuple(tasks[:3]), probes=frozenset())[0])


@pytest.mark.parametrize(("said", "waits"), [("3", 3.0), ("Thu, 01 Jan 1970 00:00:07 GMT", 0.0), (None, 1.0)])
def test_retry_after_is_obeyed(said: str | None, waits: float) -> None:
    answer, tasks = ids()
    times: list[float] = []

    def busy_once(request: Request) -> Answer:
        times.append(asyncio.get_running_loop().time())
        return Answer(429, () if said is None else (("Retry-After", said),)) if len(times) == 2 else answer(request)

    checked(busy_once, tasks=(tasks[0],), probes=frozenset())
    assert times[2] - times[1] >= max(waits, 0.25)


def test_a_pause_beyond_the_deadline_ends_the_run_and_is_said() -> None:
    answer, tasks = ids()
    count = iter(range(99))

    def busy_later(request: Request) -> Answer:
        return Answer(429, (("Retry-After", "3600"),)) if next(count) >= 3 else answer(request)

    verdict, door = checked(busy_later, follows=(tasks[0],), probes=frozenset())
    assert (len(door.asked), verdict.seconds < 2) == (4, True)
    assert verdict.not_established is not None
    assert "come back after the deadline" in verdict.not_established.reason


def test_what_was_found_so_far_is_returned_when_a_run_is_cancelled() -> None:
    answer, tasks = ids(faults=["documented-type"])

    async def whole() -> Verdict:
        work = asyncio.create_task(check(CONTRACT, Plan(follows=tuple(tasks), token=TOKEN), Answers(answer, slow=0.4)))
        await asyncio.sleep(2)
        work.cancel()
        return await work

    verdict = run(whole())
    assert verdict.interrupted
    assert (verdict.exit_code(), rules(verdict) >= {"documented-type"}) == (Exit.INTERRUPTED, True)
    assert verdict.seconds < 3


def test_no_task_is_an_error_of_the_caller() -> None:
    with pytest.raises(UsageError, match="no task is named"):
        checked(refusing(200))


@pytest.mark.parametrize("fault", ["auth-echo", "auth-wrong-accepted", "auth-not-asked", "id-reflected"])
def test_no_token_is_in_what_is_returned(fault: str) -> None:
    answer, tasks = ids(faults=[fault])

    def echoes(request: Request) -> Answer:
        whole = answer(request)
        given = request.header("Authorization") or ""
        return whole._replace(
            headers=(*whole.headers, ("X-Given", given), ("X-Packed", base64.b64encode(given.encode()).decode()))
        )

    verdict, door = checked(echoes, tasks=tuple(tasks[:2]), probes=frozenset(Probe))
    sent = {header.partition(" ")[2] for request in door.asked if (header := request.header("Authorization"))}
    said = repr(verdict) + repr([group.first for group in verdict.tally.groups.values()])
    assert {"auth-echo"} <= rules(verdict)
    assert TOKEN in sent
    for secret in (
        TOKEN,
        TOKEN.upper(),
        TOKEN.lower(),
        TOKEN[:-1],
        base64.b64encode(f"Bearer {TOKEN}".encode()).decode()[12:40],
    ):
        assert secret not in said


def test_redirects_are_not_followed() -> None:
    answer, tasks = ids()

    def away(request: Request) -> Answer:
        return (
            Answer(302, (("Location", "http://elsewhere.test/login"),))
            if request.target.endswith("/fetch")
            else answer(request)
        )

    verdict, door = checked(away, tasks=(tasks[0],), probes=frozenset())
    assert "http-redirect" in rules(verdict)
    assert {request.target for request in door.asked} == {f"/mj/task/{tasks[0]}/fetch"}


def test_a_thorough_run_polls_as_often_as_it_says() -> None:
    answer, tasks = ids()
    verdict, _ = checked(answer, tasks=tuple(tasks), probes=frozenset(Probe))
    assert verdict.saw.polls == 59
    assert any("59 polls were judged" in note and "95%" in note for note in verdict.notes)
    assert verdict.requests <= 120
