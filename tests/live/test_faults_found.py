"""Every fault that the mock can commit is found by its rule, and nothing is found in a healthy relay of any family."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest
from doors import Answers
from leaping import run

from docpact import mock
from docpact.contract import load
from docpact.finding import Severity
from docpact.live.plan import Plan, Probe
from docpact.live.run import run as check
from docpact.tally import Verdict as Outcome

if TYPE_CHECKING:
    from docpact.live.verdict import Verdict

CONTRACT = load()
ROWS = mock.list_faults(CONTRACT)
# An endpoint that refuses each poll is not established; one that refuses some is found out.
_NOW_AND_THEN = {"http-busy": ":every=3", "http-retry-after": ":every=3", "auth-refused": ":every=3"}
# What is wrong with the id is wrong with it as an answer to who asked for it too; what stays is no instant any more.
_ALONG = {"not-ended", "fixed-changed", "id-mismatch", "progress-fell", "instant-stays"}
_NOW = 1_800_000_000.0


def checked(faults: list[str], profile: str = "documented", pace: float | None = None, **plan: Any) -> Verdict:
    """Check a relay with some faults thoroughly; two of its tasks are followed, one to each end, and the others stand."""

    async def whole() -> Verdict:
        time = asyncio.get_running_loop().time
        relay = mock.relay(CONTRACT, faults=faults, profile=profile, pace=pace, clock=lambda: _NOW + time())
        ends = {task.end: task.id for task in reversed(relay.tasks())}
        tasks = tuple(task.id for task in relay.tasks() if task.id not in ends.values())
        whole = {"tasks": tasks, "follows": tuple(ends.values()), "token": mock.TOKEN, "profile": profile, **plan}
        return await check(CONTRACT, Plan(probes=frozenset(Probe), **whole), Answers(relay.answer))

    return run(whole())


@pytest.mark.parametrize("profile", sorted(CONTRACT.profiles))
@pytest.mark.parametrize("pace", [None, 1.5])
def test_a_healthy_relay_of_a_family_conforms(profile: str, pace: float | None) -> None:
    verdict = checked([], profile, pace)
    assert verdict.findings == ()
    assert verdict.outcome is Outcome.CONFORMS
    assert verdict.requests <= 120
    assert verdict.seconds <= 50


@pytest.mark.parametrize("row", ROWS, ids=[row.fault for row in ROWS])
def test_each_fault_of_the_mock_is_found_by_its_rule(row: mock.Row) -> None:
    # A task is stuck after an hour; and a body of many megabytes need not be made a hundred times.
    plan: dict[str, Any] = {"deadline": 4000} if row.rule == "stuck" else {}
    if row.rule == "json-size":
        plan = {"max_requests": 1}
    verdict = checked([row.fault + _NOW_AND_THEN.get(row.rule, "")], **plan)
    found = {finding.rule for finding in verdict.findings}
    assert row.rule in found
    errors = {finding.rule for finding in verdict.findings if finding.severity is Severity.ERROR}
    assert errors <= {row.rule} | _ALONG
    assert verdict.requests <= 120
