"""Each fault of the mock shows on some task, and breaks its rule: found by the judge of bodies, of polls and of answers."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import pytest
from test_lives import CONTRACT, WITH_TOKEN, ask

from docpact import mock
from docpact.errors import UsageError
from docpact.exchange import Act, Answer, Exchange, Lack, Purpose, Request
from docpact.finding import Layer, Severity
from docpact.rules import OF_RECORDINGS, RULES
from docpact.validate.answers import judge
from docpact.validate.payload import Judge
from docpact.validate.polls import Story
from docpact.validate.text import Reader

if TYPE_CHECKING:
    from collections.abc import Iterator

    from docpact.exchange import Headers
    from docpact.mock import Known, Relay

FAULTS = mock.list_faults(CONTRACT)
LACKS = {
    Act.RESET: Lack.CUT, Act.CLOSE: Lack.CUT, Act.HANG_UP: Lack.CUT, Act.SILENCE: Lack.LATE, Act.DRIP: Lack.LATE,
    Act.GARBAGE: Lack.MALFORMED,
}  # fmt: skip
JUDGE = Judge(CONTRACT, "documented", [Layer.DOCUMENTED, Layer.COHERENT, Layer.LIFECYCLE])
READER = Reader()
APART = 20_000


def exchange(request: Request, purpose: Purpose, answer: Answer, asked: str, at: float = 0) -> Exchange:
    lack = LACKS.get(answer.act) if answer.act else None
    said = answer.header("content-length")
    if said is not None and request.method != "HEAD" and int(said) > len(answer.body):
        lack = Lack.CUT
    extra = 0 if said is None else max(len(answer.body) - int(said), 0)
    body = answer.body[: int(said)] if said is not None and request.method != "HEAD" else answer.body
    heard = None if answer.act in (Act.HANG_UP, Act.SILENCE, Act.GARBAGE) else answer._replace(body=body)
    return Exchange(request, purpose, heard, lack, at=at, asked=asked, extra=extra)


def judged(told: Exchange, story: Story | None = None) -> Iterator[tuple[str, Severity]]:
    """Yield what is wrong with one exchange, and with its body as one more poll of a story."""
    said = (told.request.header("authorization") or "").partition(" ")[2]
    secrets = (mock.TOKEN, *([said] if said else []))
    answered = judge(told, CONTRACT, CONTRACT.profile("documented"), secrets)
    for breach in answered.breaches:
        yield breach.rule, breach.severity or RULES[breach.rule].severity
    if answered.body is None:
        return
    parsed = READER.read(answered.body)
    for flaw in parsed.flaws:
        yield flaw.rule, RULES[flaw.rule].severity
    if not isinstance(parsed.value, dict | list | str | int | float | bool | None):
        return
    for breach in JUDGE.poll(story or Story(), parsed.value, told.at, told.asked):
        yield breach.rule, breach.severity or RULES[breach.rule].severity


def followed(relay: Relay, task: Known, *, late: bool = False) -> Iterator[tuple[str, Severity]]:
    """Yield what is wrong with the polls of a task, to its end and three beyond it; `late`: and one an hour later."""
    story, request, ended = Story(), Request("GET", task.path, WITH_TOKEN), False
    for number in range(task.steps + 3 + late):
        answer = relay.answer(request)
        at = number * APART + (4_000_000 if number == task.steps + 3 else 0)
        yield from judged(exchange(request, Purpose.TASK, answer, task.id, at), story)
        ended = ended or (CONTRACT.lifecycle is not None and CONTRACT.lifecycle.is_end(story.status))
    if not ended:
        yield "not-ended", Severity.ERROR


def probed(relay: Relay, task: Known) -> Iterator[tuple[str, Severity]]:
    """Yield what is wrong with the answers to requests that should be refused."""
    other = mock.TOKEN[:-3] + "xyz"
    values = (f"Bearer {other}", "Bearer", f"Basic {mock.TOKEN}", f"Bearer {mock.TOKEN[:9]}", f"Bearer {mock.TOKEN.upper()}")
    probes: list[tuple[str, str, Purpose, str, Headers]] = [
        ("GET", task.path, Purpose.NO_TOKEN, task.id, WITH_TOKEN[:1]),
        *(("GET", task.path, Purpose.WRONG_TOKEN, task.id, (*WITH_TOKEN[:1], ("Authorization", value))) for value in values),
    ]
    unknown = task.id[:-4] + "0000"
    probes.append(("GET", f"/mj/task/{unknown}/fetch", Purpose.UNKNOWN_ID, unknown, WITH_TOKEN))
    for odd, plain in (
        ("%3Cimg%20src%3Dx%3E", "<img src=x>"),
        ("%7B%7B123*457%7D%7D", "{{123*457}}"),
        ("a%2Fb", "a/b"),
        ("x%0d%0aX-Injected:%20yes", "x\r\nX-Injected: yes"),
        ("a/b", "a/b"),
    ):
        probes.append(("GET", f"/mj/task/{odd}/fetch", Purpose.ODD_ID, plain, WITH_TOKEN))
    probes += [
        (m, task.path, Purpose.METHOD, task.id, WITH_TOKEN) for m in ("HEAD", "OPTIONS", "POST", "PUT", "DELETE", "PATCH")
    ]
    for method, path, purpose, asked, headers in probes:
        request = Request(method, path, headers)
        yield from judged(exchange(request, purpose, relay.answer(request), asked))


def everything(relay: Relay, rule: str = "") -> list[tuple[str, Severity]]:
    """Follow the tasks, up to the first one on which a rule is broken, and send all probes."""
    found: list[tuple[str, Severity]] = []
    for task in relay.tasks():
        found += followed(relay, task, late=rule == "stuck")
        if rule in {name for name, _ in found}:
            return found
    return found + list(probed(relay, relay.tasks()[0]))


def beside(row: mock.Row) -> set[str]:
    """Return the errors that cannot be kept away: another id or time, a mixture that stays, an end not seen."""
    if row.layer is Layer.TRANSPORT:
        return {"not-ended"}
    return {
        "not-ended",
        "instant-stays",
        *(["id-mismatch"] if "id" in row.fault else []),
        "fixed-changed",
        *(["progress-fell"] if "progress" in row.rule else []),
    }


@pytest.mark.parametrize("row", FAULTS, ids=[row.fault for row in FAULTS])
def test_each_fault_breaks_its_rule_and_no_other(row: mock.Row) -> None:
    if row.fault == "json-size/last":
        pytest.skip("a body of so many megabytes is made and read for 30 s; the others of the rule are tried")
    relay = mock.relay(CONTRACT, faults=[row.fault])
    found = everything(relay, row.rule)
    assert row.rule in {rule for rule, _ in found}
    assert {rule for rule, severity in found if severity is Severity.ERROR} <= {row.rule, *beside(row)}
    assert relay.committed()[row.fault] > 0


def test_every_rule_that_a_relay_can_break_is_a_fault() -> None:
    listed = {row.rule for profile in ("documented", "strict", "go-relay") for row in mock.list_faults(CONTRACT, profile)}
    # A file that breaks off, and a limit that this contract does not set.
    assert set(RULES) - listed == {"capture-corrupt", "documented-constraint"} | OF_RECORDINGS
    assert len({row.fault for row in FAULTS}) == len(FAULTS)
    assert all(row.does and row.notice and row.severity is RULES[row.rule].severity for row in FAULTS)


def bodies(relay: Relay, count: int, task: int = 0) -> list[int]:
    """Poll a task, and tell of each answer its status."""
    path = relay.tasks()[task].path
    return [ask(relay, path).status for _ in range(count)]


@pytest.mark.parametrize(
    ("condition", "statuses"),
    [
        ("", [500] * 8),
        (":every=3", [200, 200, 500, 200, 200, 500, 200, 200]),
        (":after=5", [200, 200, 200, 200, 200, 500, 500, 500]),
        (":after=2:every=2", [200, 200, 200, 500, 200, 500, 200, 500]),
        (":poll=2", [200, 500, 200, 200, 200, 200, 200, 200]),
        (":status=SUCCESS", [200, 200, 200, 200, 200, 500, 500, 500]),
        (":status=SUCCESS:poll=7", [200, 200, 200, 200, 200, 200, 500, 200]),
    ],
)
def test_conditions_say_when_a_fault_is_committed(condition: str, statuses: list[int]) -> None:
    assert bodies(mock.relay(CONTRACT, faults=[f"http-server-error{condition}"]), 8) == statuses


@pytest.mark.parametrize("rule", ["documented-type", "documented-enum", "documented-null", "documented-required"])
def test_what_is_broken_in_some_polls_does_not_break_what_the_others_tell(rule: str) -> None:
    relay = mock.relay(CONTRACT, faults=[f"{rule}:every=2"])
    found = [one for task in relay.tasks()[:2] for one in followed(relay, task)]
    assert {name for name, _ in found} - {"not-ended"} == {rule}


def test_a_fault_that_a_poll_cannot_show_waits_for_one_that_can() -> None:
    relay = mock.relay(CONTRACT, faults=["success-without-image"])
    task = relay.tasks()[0]
    healthy = [ask(mock.relay(CONTRACT), task.path).body]
    shown = [ask(relay, task.path).body for _ in range(task.steps)]
    assert shown[0] == healthy[0]
    assert json.loads(shown[-1])["status"] == "SUCCESS"
    assert not json.loads(shown[-1]).get("imageUrl")
    assert relay.committed() == {"success-without-image": 1}


def test_several_faults_take_turns_and_are_switched_while_the_relay_runs() -> None:
    relay = mock.relay(CONTRACT, faults=["http-status/404", "http-server-error", "documented-null/id"])
    assert sorted(bodies(relay, 6)) == [404, 404, 404, 500, 500, 500]
    relay.switch("http-status/404", on=False)
    relay.switch("http-server-error", on=False)
    assert list(relay.faults) == ["documented-null/id"]
    assert json.loads(ask(relay, relay.tasks()[1].path).body)["id"] is None
    relay.switch("documented-null/id", on=False)
    assert not list(relay.faults)
    task = relay.tasks()[1]
    assert json.loads(ask(relay, task.path).body)["id"] == task.id


def test_a_life_that_was_altered_is_itself_again_when_the_fault_is_off() -> None:
    healthy = mock.relay(CONTRACT)
    path, steps = healthy.tasks()[0].path, healthy.tasks()[0].steps
    whole = [ask(healthy, path).body for _ in range(steps)]
    relay = mock.relay(CONTRACT, faults=["not-ended"])
    assert ask(relay, path).body == whole[0]
    assert relay.tasks()[0].end == "IN_PROGRESS"
    relay.switch("not-ended", on=False)
    assert [ask(relay, path).body for _ in range(steps - 1)] == whole[1:]


def test_across_polls_every_other_task_is_told_so() -> None:
    relay = mock.relay(CONTRACT, faults=["not-ended:every=2"])
    bodies(relay, 1, 0), bodies(relay, 1, 1), bodies(relay, 1, 2), bodies(relay, 1, 3)
    assert [task.end for task in relay.tasks()][:4] == ["SUCCESS", "IN_PROGRESS", "SUCCESS", "IN_PROGRESS"]


def test_a_known_step_back_is_taken_by_a_family_that_does_not() -> None:
    relay = mock.relay(CONTRACT, profile="go-relay", faults=["status-back-known"])
    task = next(task for task in relay.tasks() if task.action == "VIDEO")
    shown = [json.loads(ask(relay, task.path).body)["status"] for _ in range(task.steps + 2)]
    assert shown[-1] == "SUCCESS"
    assert shown.index("IN_PROGRESS") < len(shown) - 1 - shown[::-1].index("SUBMITTED")


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        ("http-statsu", "did you mean http-status"),
        ("http-status/40", "404"),
        ("documented-null/button", "did you mean buttons"),
        ("http-status:evry=2", "did you mean every"),
        ("http-status:every=0", "no whole number from 1 on"),
        ("http-status:every=2:every=3", "says every twice"),
        ("http-status:poll", "no condition"),
        ("http-status:status=DONE", "no task is ever in the status 'DONE'"),
        ("http-status:status=succes", "did you mean SUCCESS"),
        ("capture-corrupt", "there is no fault"),
        ("status-back-known", "no task of this relay can break status-back-known"),
        ("", "there is no fault"),
    ],
)
def test_a_fault_that_there_is_not_is_refused_with_what_was_meant(fault: str, said: str) -> None:
    with pytest.raises(UsageError, match=re.escape(said)):
        mock.relay(CONTRACT, faults=[fault])


def test_a_fault_that_is_not_on_cannot_be_switched_off() -> None:
    relay = mock.relay(CONTRACT, faults=["http-status"])
    with pytest.raises(UsageError, match="is not on"):
        relay.switch("http-status:every=2", on=False)


def test_a_relay_without_faults_breaks_nothing() -> None:
    assert everything(mock.relay(CONTRACT)) == []
