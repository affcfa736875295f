"""A run over the core of the mock, in a loop whose time leaps: what is found, what is sent, and what is said."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from doors import Answers
from leaping import run

from docpact.contract import load
from docpact.errors import Exit
from docpact.live.plan import Plan
from docpact.live.run import run as check
from docpact.mock import TOKEN, relay
from docpact.tally import Verdict as Outcome

if TYPE_CHECKING:
    from collections.abc import Callable

    from docpact.exchange import Answer, Lack, Request
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
