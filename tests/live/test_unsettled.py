"""What a run cannot tell is not called conforming; and nothing else keeps it from telling what it can."""

from __future__ import annotations

import asyncio
import threading
from typing import TYPE_CHECKING, Any

import pytest
from doors import Answers
from leaping import run

from docpact import checking
from docpact.contract import load
from docpact.errors import Exit
from docpact.exchange import Answer, Lack
from docpact.live import beside, engine
from docpact.live.plan import Plan, Probe
from docpact.live.run import run as check
from docpact.mock import TOKEN, relay
from docpact.tally import Verdict as Outcome

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from docpact.exchange import Request
    from docpact.live.verdict import Verdict

CONTRACT = load()


def checked(answer: Callable[[Request], Answer | Lack], **plan: Any) -> tuple[Verdict, Answers]:
    door = Answers(answer)
    whole: dict[str, Any] = {"token": TOKEN, "probes": frozenset(), **plan}

    async def ask() -> Verdict:
        return await check(CONTRACT, Plan(**whole), door)

    return run(ask()), door


@pytest.mark.parametrize("limit", [{"max_requests": 5}, {"deadline": 0.6}, {"max_requests": 12}])
def test_a_followed_task_that_was_not_seen_to_its_end_is_not_established(limit: dict[str, Any]) -> None:
    made = relay(CONTRACT, pace=3600)
    task = made.tasks()[0].id
    verdict, _ = checked(made.answer, follows=(task,), **limit)
    assert (verdict.outcome, verdict.exit_code(), verdict.findings) == (Outcome.NOT_ESTABLISHED, Exit.NOT_ESTABLISHED, ())
    assert verdict.not_established is not None
    assert f"the task {task} did not come to its end in" in verdict.not_established.reason
    for option in ("--follow", "--max-requests", "--deadline"):
        assert option in verdict.not_established.hint
    # The same polls of a task that need not end say what they show.
    assert checked(made.answer, tasks=(task,), **limit)[0].outcome is Outcome.CONFORMS


def test_a_task_that_was_polled_long_enough_and_does_not_end_violates() -> None:
    made = relay(CONTRACT, pace=3600)
    verdict, _ = checked(made.answer, follows=(made.tasks()[0].id,))
    assert {finding.rule for finding in verdict.findings} == {"not-ended"}


def test_what_was_found_counts_more_than_what_could_not_be_told() -> None:
    made = relay(CONTRACT, pace=3600, faults=["documented-type"])
    verdict, _ = checked(made.answer, follows=(made.tasks()[0].id,), max_requests=5)
    assert verdict.outcome is Outcome.VIOLATES


def test_a_pause_that_is_asked_for_beyond_the_deadline_leaves_it_open() -> None:
    made = relay(CONTRACT)
    count = iter(range(99))
    busy = Answer(429, (("Retry-After", "3600"),))
    verdict, door = checked(lambda request: busy if next(count) >= 2 else made.answer(request), tasks=(made.tasks()[0].id,))
    assert (verdict.outcome, verdict.exit_code(), len(door.asked)) == (Outcome.NOT_ESTABLISHED, Exit.NOT_ESTABLISHED, 3)
    assert verdict.not_established is not None
    assert "come back after the deadline of 50 s" in verdict.not_established.reason
    assert not any("come back after" in note for note in verdict.notes)


@pytest.mark.parametrize("lack", [Lack.CUT, Lack.MALFORMED, Lack.LATE])
def test_where_no_answer_ever_begins_a_few_requests_are_enough(lack: Lack) -> None:
    verdict, door = checked(lambda _: lack, tasks=("1725017986212425",), follows=("1725017986212426",), probes=frozenset(Probe))
    assert verdict.outcome is Outcome.VIOLATES
    assert len(door.asked) <= 8
    assert any("no request was answered" in note for note in verdict.notes)


@pytest.fixture
def stuck(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """Let Schemathesis come to no end until the test has ended; list what became of it."""
    over, became = threading.Event(), list[str]()

    def propose(*_: Any, given_up: Callable[[], bool], **__: Any) -> list[Any]:
        over.wait(20)
        became.append("given up" if given_up() else "waited for")
        return []

    monkeypatch.setattr(engine, "propose", propose)
    yield became
    over.set()
    for thread in threading.enumerate():
        if thread.name == "docpact-beside":
            thread.join(20)
    assert became == ["given up"]


def test_nothing_waits_for_what_proposes_and_the_deadline_is_kept(stuck: list[str]) -> None:
    made = relay(CONTRACT)
    door = Answers(made.answer)
    plan = Plan(tasks=tuple(task.id for task in made.tasks()[:2]), token=TOKEN, probes=frozenset(Probe))

    async def ask() -> Verdict:
        return await checking.ask(CONTRACT, plan, door)

    verdict = run(ask())
    assert stuck == []
    assert (verdict.outcome, verdict.seconds <= plan.deadline) == (Outcome.CONFORMS, True)
    assert {request.method for request in door.asked} >= {"HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE"}
    assert any("59 polls were judged" in note for note in verdict.notes)
    assert any("Schemathesis was left out" in note and "--deadline" in note for note in verdict.notes)


def test_work_beside_a_run_hands_back_what_it_returns_or_raises() -> None:
    async def both() -> int:
        with pytest.raises(KeyError):
            await beside.within(60, lambda _: dict[str, int]()["absent"])
        return await beside.within(60, lambda _: 7)

    assert asyncio.run(both()) == 7
