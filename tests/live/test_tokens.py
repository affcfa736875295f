"""Tokens in the header that a server knows: the right one by it, the wrong ones too, and none of them in what is shown."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from doors import Answers
from leaping import run

from docpact.contract import load
from docpact.live.plan import Plan, Probe
from docpact.live.recorded import har
from docpact.live.run import run as check
from docpact.live.tokens import wrong
from docpact.mock import TOKEN, relay
from docpact.tally import Verdict as Outcome

if TYPE_CHECKING:
    from docpact.exchange import Answer, Request
    from docpact.live.verdict import Verdict

CONTRACT = load()
SECRET = "mj-api-secret"  # noqa: S105 - the name of a header


class JavaProxy:
    """The relay of the mock as the Java program is: it looks at no other header than its own."""

    def __init__(self, *faults: str, token: str = TOKEN) -> None:
        self._relay = relay(CONTRACT, profile="java-proxy", token=token, faults=faults)
        self.tasks = tuple(task.id for task in self._relay.tasks())[:3]

    def __call__(self, request: Request) -> Answer:
        kept = tuple(pair for pair in request.headers if pair[0].lower() != "authorization")
        return self._relay.answer(request._replace(headers=kept))


def checked(answer: JavaProxy, **plan: Any) -> tuple[Verdict, Answers]:
    door = Answers(answer)
    whole = {"tasks": answer.tasks, "token": TOKEN, "profile": "java-proxy", "probes": {Probe.AUTH}, **plan}

    async def ask() -> Verdict:
        return await check(CONTRACT, Plan(**whole), door)

    return run(ask()), door


def rules(verdict: Verdict) -> set[str]:
    return {finding.rule for finding in verdict.findings}


def test_a_server_with_a_header_of_its_own_is_judged_when_the_token_goes_by_it() -> None:
    verdict, door = checked(JavaProxy(), token_header=SECRET, probes=frozenset(Probe))
    assert (verdict.outcome, verdict.findings) == (Outcome.CONFORMS, ())
    assert {request.header(SECRET) for request in door.asked} >= {TOKEN, None}
    assert {request.header("authorization") for request in door.asked} == {None}


def test_where_the_bearer_token_is_refused_the_other_header_is_named() -> None:
    verdict, door = checked(JavaProxy())
    assert verdict.not_established is not None
    assert f"--token-header {SECRET}" in verdict.not_established.hint
    assert len(door.asked) == 3
    refused, _ = checked(JavaProxy(token=f"{TOKEN}9"), token_header=SECRET)
    assert refused.not_established is not None
    assert "--token-header" not in refused.not_established.hint


@pytest.mark.parametrize("fault", ["auth-wrong-accepted", "auth-echo"])
def test_wrong_tokens_go_by_the_same_header_and_none_is_shown(fault: str) -> None:
    verdict, door = checked(JavaProxy(fault), token_header=SECRET)
    assert rules(verdict) == {fault}
    given = {request.header(SECRET) for request in door.asked}
    assert {TOKEN, TOKEN[:-1], TOKEN.upper(), "", None} < given
    assert not any(" " in one for one in given if one)
    lines = [finding.traffic.curl for finding in verdict.findings if finding.traffic is not None]
    assert all(f'-H "{SECRET}' in line for line in lines)
    kept = b"".join(har(verdict.exchanges, "http://127.0.0.1:8080", [TOKEN], "0", 1 << 20)).decode()
    for one in (TOKEN, TOKEN[:-1], TOKEN.upper(), TOKEN.lower()):
        assert one not in kept + repr(verdict) + repr(lines)


def test_a_header_without_a_value_is_written_so_that_curl_sends_it() -> None:
    verdict, _ = checked(JavaProxy("auth-wrong-accepted/empty"), token_header=SECRET)
    lines = {finding.traffic.curl for finding in verdict.findings if finding.traffic is not None}
    assert [line for line in lines if f'-H "{SECRET};"' in line]


def test_where_nothing_stands_before_a_token_no_other_scheme_is_tried() -> None:
    bare = wrong(TOKEN, "TOKEN", "")
    assert [one.header for one in bare if " " in one.header] == []
    assert [one.shown for one in bare if " " in one.shown or "earer" in one.shown] == []
    assert {one.header for one in wrong(TOKEN, "TOKEN")} > {"Bearer", "", f"Basic {TOKEN}"}


def test_who_asks_for_no_token_is_not_told_that_wrong_ones_are_taken_too() -> None:
    asks_for_none = JavaProxy(token="")
    verdict, door = checked(asks_for_none, token_header=SECRET)
    assert (verdict.outcome, verdict.findings) == (Outcome.CONFORMS, ())
    assert {TOKEN[:-1], None} < {request.header(SECRET) for request in door.asked}
    strict, _ = checked(asks_for_none, token_header=SECRET, profile="csharp-proxy")
    assert {rule for rule in rules(strict) if rule.startswith("auth")} == {"auth-not-asked"}


def test_wrong_tokens_are_told_where_none_at_all_is_refused() -> None:
    verdict, _ = checked(JavaProxy("auth-wrong-accepted"), token_header=SECRET)
    assert rules(verdict) == {"auth-wrong-accepted"}
