"""The fixtures `docpact_relay` and `docpact_broken_relay`: a relay for a test, in its process or at a port."""

from __future__ import annotations

import asyncio
import threading
from collections import deque
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from plugged import ran

import docpact
from docpact.errors import UsageError
from docpact.generate.faults_http import VARIANTS
from docpact.mock import list_faults
from docpact.pytest_plugin.relay import MockRelay

if TYPE_CHECKING:
    from collections.abc import Iterator

# What a client of a task meets: the rest is about other requests than those for a task with its token.
OF_TASKS = [
    f"{rule}/{variant}"
    for rule, variants in VARIANTS.items()
    for variant in variants
    if rule.startswith(("http-", "auth-refused", "auth-echo")) and rule != "json-size"
]


def client(relay: MockRelay, **settings: Any) -> httpx.Client:
    return httpx.Client(transport=relay.transport, base_url=relay.url, headers=relay.headers, **settings)


# --- In this process ---------------------------------------------------------------------------------------------------


def test_a_task_is_polled_to_its_end_and_its_image_is_there(docpact_relay: MockRelay) -> None:
    task = docpact_relay.task("SUCCESS", "IMAGINE")
    with client(docpact_relay) as http:
        polls = [http.get(task.path).raise_for_status().json() for _ in range(task.steps)]
        assert http.get(polls[-1]["imageUrl"]).headers["content-type"].startswith("image/")
    docpact.assert_story(polls)
    assert (polls[0]["status"], polls[-1]["status"]) == ("NOT_START", "SUCCESS")
    assert [asked.status for asked in docpact_relay.asked] == [200] * (task.steps + 1)
    assert docpact_relay.asked[0].request.header("authorization") == f"Bearer {docpact_relay.token}"


def test_an_asynchronous_client_gets_the_same(docpact_relay: MockRelay) -> None:
    task = docpact_relay.task("FAILURE")

    async def polls() -> list[Any]:
        transport = docpact_relay.transport
        async with httpx.AsyncClient(transport=transport, base_url=docpact_relay.url, headers=docpact_relay.headers) as http:
            return [(await http.get(task.path)).json() for _ in range(task.steps)]

    told = asyncio.run(polls())
    docpact_relay.reset()
    with client(docpact_relay) as http:
        assert [http.get(task.path).json() for _ in range(task.steps)] == told
    assert told[-1]["failReason"]


def test_the_relay_is_an_asgi_app(docpact_relay: MockRelay) -> None:
    async def get() -> httpx.Response:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app=docpact_relay), base_url=docpact_relay.url) as http:
            return await http.get(docpact_relay.task().path)

    assert asyncio.run(get()).status_code == 401
    assert len(docpact_relay.asked) == 1


def test_another_host_is_not_reached(docpact_relay: MockRelay) -> None:
    with (
        client(docpact_relay) as http,
        pytest.raises(httpx.ConnectError, match=r"relay\.test, and relay\.example is not reached"),
    ):
        http.get("http://relay.example/")


# --- The clock ---------------------------------------------------------------------------------------------------------


@pytest.mark.docpact(pace=10)
def test_a_task_goes_on_when_the_clock_is_turned(docpact_relay: MockRelay) -> None:
    task = docpact_relay.task("SUCCESS")
    with client(docpact_relay) as http:
        first = http.get(task.path).json()
        docpact_relay.clock.forward(9.9)
        assert http.get(task.path).json() == first
        docpact_relay.clock.forward(0.1)
        assert http.get(task.path).json() != first
        docpact_relay.clock.forward(10 * task.steps)
        assert http.get(task.path).json()["status"] == "SUCCESS"


def test_a_client_that_sleeps_turns_the_clock(docpact_relay: MockRelay) -> None:
    clock = docpact_relay.clock
    before = clock()
    clock.sleep(3)
    asyncio.run(clock.sleep_async(2))
    clock.forward(1)
    assert (clock() - before, clock.slept) == (6, 5)


@pytest.mark.parametrize("seconds", [-1, float("nan"), float("inf")])
def test_the_clock_does_not_go_back(docpact_relay: MockRelay, seconds: float) -> None:
    with pytest.raises(UsageError, match="cannot be turned forward"):
        docpact_relay.clock.forward(seconds)


def test_what_is_posted_to_a_hook_is_due_when_the_clock_says_so(docpact_relay: MockRelay) -> None:
    with client(docpact_relay) as http:
        order = {"prompt": "a lighthouse", "notifyHook": "http://127.0.0.1:9/hook"}
        task = http.post("/mj/submit/imagine", json=order).raise_for_status().json()["result"]
    assert docpact_relay.due() == []
    docpact_relay.clock.forward(3600)
    notices = docpact_relay.due()
    assert {notice.url for notice in notices} == {order["notifyHook"]}
    assert {notice.task for notice in notices} == {task}
    assert docpact_relay.due() == []


# --- Faults ------------------------------------------------------------------------------------------------------------


@pytest.mark.docpact(faults=["http-server-error/503:poll=2", "success-without-image"], profile="go-relay", seed="7")
def test_faults_of_the_marker_are_on(docpact_relay: MockRelay) -> None:
    task = docpact_relay.task("SUCCESS", "IMAGINE")
    with client(docpact_relay) as http:
        answers = [http.get(task.path) for _ in range(task.steps + 1)]
    assert [answer.status_code for answer in answers[:3]] == [200, 503, 200]
    assert not answers[-1].json().get("imageUrl")
    assert docpact_relay.committed() == {"http-server-error/503:poll=2": 1, "success-without-image": 2}
    docpact_relay.switch("success-without-image", on=False)
    with client(docpact_relay) as http:
        assert http.get(task.path).json()["imageUrl"]


def test_a_silent_relay_takes_the_time_of_its_clock(docpact_relay: MockRelay) -> None:
    docpact_relay.switch("http-late/silence")
    before = docpact_relay.clock()
    with client(docpact_relay, timeout=7) as http, pytest.raises(httpx.ReadTimeout):
        http.get(docpact_relay.task().path)
    assert docpact_relay.clock() - before == 7
    assert docpact_relay.clock.slept == 0


def test_a_body_that_drips_takes_a_second_a_byte(docpact_relay: MockRelay) -> None:
    docpact_relay.switch("http-late/drip")
    before = docpact_relay.clock()
    with client(docpact_relay, timeout=5) as http:
        answer = http.get(docpact_relay.task().path)
    assert docpact_relay.clock() - before == len(answer.content)


def test_a_client_without_a_timeout_fails_at_a_silent_relay(docpact_relay: MockRelay) -> None:
    docpact_relay.switch("http-late/silence")
    with client(docpact_relay, timeout=None) as http, pytest.raises(pytest.fail.Exception, match="would wait for ever"):
        http.get(docpact_relay.task().path)


def test_a_client_that_never_gives_up_fails(docpact_relay: MockRelay) -> None:
    docpact_relay.asked = deque(maxlen=50)

    def ask(http: httpx.Client) -> None:
        while True:
            http.get("/")

    with client(docpact_relay) as http, pytest.raises(pytest.fail.Exception, match="asked 50 times"):
        ask(http)
    assert len(docpact_relay.asked) == 50


@pytest.fixture(scope="module")
def at_a_port() -> Iterator[MockRelay]:
    relay = MockRelay(docpact.load())
    relay.listen()
    yield relay
    relay.close()


@pytest.mark.parametrize("fault", OF_TASKS)
def test_a_client_meets_in_this_process_what_it_meets_at_a_port(
    fault: str, docpact_relay: MockRelay, at_a_port: MockRelay
) -> None:
    def met(relay: MockRelay, http: httpx.Client) -> object:
        relay.switch(fault)
        try:
            answer = http.get(relay.task("SUCCESS").path)
        except httpx.HTTPError as error:
            return type(error)
        finally:
            relay.switch(fault, on=False)
            relay.reset()
        told = {name: value for name, value in answer.headers.items() if name not in {"date", "connection"}}
        return answer.status_code, told, len(answer.content)

    timeout = httpx.Timeout(5, read=0.3)
    here, there = client(docpact_relay, timeout=timeout), httpx.Client(base_url=at_a_port.url, headers=at_a_port.headers)
    there.timeout = timeout
    with here, there:
        assert met(docpact_relay, here) == met(at_a_port, there)


def test_a_test_is_run_once_for_each_rule_that_a_relay_can_break(project: pytest.Pytester) -> None:
    project.makepyfile("def test_client(docpact_broken_relay):\n    assert docpact_broken_relay.fault.notice\n")
    named = [line.partition("[")[2].rstrip("]") for line in ran(project, "--collect-only", "-q").outlines if "[" in line]
    assert named == list(dict.fromkeys(row.rule for row in list_faults(docpact.load())))


def test_a_test_is_run_once_for_each_way_to_break_some_rules(project: pytest.Pytester) -> None:
    project.makepyfile("""
        import httpx, pytest

        @pytest.mark.docpact(rules=["http-status", "json-empty"], each=True, profile="java-proxy")
        def test_client(docpact_broken_relay, request):
            relay = docpact_broken_relay
            assert relay.faults == (request.node.callspec.id,) == (relay.fault.fault,)
            with httpx.Client(transport=relay.transport, base_url=relay.url, headers=relay.headers) as http:
                answer = http.get(relay.task().path)
            assert answer.status_code != 200 or not answer.content.strip()
        """)
    result = ran(project, "-v")
    result.stdout.fnmatch_lines(
        ["*[[]json-empty/nothing] PASSED*", "*[[]http-status/404] PASSED*", "*[[]http-status/410] PASSED*"]
    )
    result.assert_outcomes(passed=9)


# --- At a port ---------------------------------------------------------------------------------------------------------


def test_a_relay_listens_at_a_port_until_its_test_is_over(project: pytest.Pytester) -> None:
    project.makepyfile("""
        import socket, threading, urllib.request, json

        urls = []

        def test_port(docpact_relay):
            url = docpact_relay.listen()
            assert url == docpact_relay.url == docpact_relay.listen()
            urls.append(url)
            task = docpact_relay.task("SUCCESS")
            asked = urllib.request.Request(url + task.path, headers=docpact_relay.headers)
            polls = []
            for _ in range(task.steps):
                with urllib.request.urlopen(asked, timeout=10) as answer:
                    polls.append(json.load(answer))
            assert polls[-1]["imageUrl"].startswith(url)

        def test_nothing_is_left():
            assert [one.name for one in threading.enumerate()] == ["MainThread"]
            port = int(urls[0].rpartition(":")[2])
            with socket.socket() as other:
                assert other.connect_ex(("127.0.0.1", port)) != 0
        """)
    ran(project, "-p", "no:randomly").assert_outcomes(passed=2)


def test_a_relay_at_a_port_is_asked_and_switched_from_several_threads(docpact_relay: MockRelay) -> None:
    url = docpact_relay.listen()
    task, seen = docpact_relay.task("SUCCESS"), list[int]()

    def ask() -> None:
        with httpx.Client(base_url=url, headers=docpact_relay.headers, timeout=20) as http:
            seen.extend(http.get(task.path).status_code for _ in range(25))

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for _ in range(20):
        docpact_relay.switch("http-status/404")
        assert len(docpact_relay.tasks()) > 1
        docpact_relay.switch("http-status/404", on=False)
    for thread in threads:
        thread.join(60)
    assert len(seen) == len(docpact_relay.asked) == 100
    assert set(seen) <= {200, 404}


# --- Wrong calls -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("marker", "said"),
    [
        ("faults=['http-statsu']", "*there is no fault 'http-statsu'*"),
        ("profile='java-prox'", "*java-prox*"),
        ("profil='java-proxy'", "*the marker docpact does not take profil; it takes action, cassette, contract, each,*"),
        ("'java-proxy'", "*the marker docpact does not take 'java-proxy'*"),
    ],
)
def test_a_marker_that_says_something_wrong_is_told_without_a_traceback(
    project: pytest.Pytester, marker: str, said: str
) -> None:
    project.makepyfile(f"import pytest\n\n@pytest.mark.docpact({marker})\ndef test_relay(docpact_relay):\n    pass\n")
    result = ran(project)
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines([said])
    result.stdout.no_fnmatch_line("*docpact/pytest_plugin*")


def test_a_task_that_a_fault_keeps_from_its_end_is_still_found(docpact_relay: MockRelay) -> None:
    docpact_relay.switch("not-ended")
    task = docpact_relay.task("SUCCESS", "IMAGINE")
    with client(docpact_relay) as http:
        http.get(task.path)
    assert docpact_relay.task("SUCCESS", "IMAGINE").id == task.id
    assert docpact_relay.task("SUCCESS", "IMAGINE").end != "SUCCESS"


def test_a_task_that_there_is_not_is_told_with_those_that_there_are(docpact_relay: MockRelay) -> None:
    with pytest.raises(UsageError, match=r"no task UPSCALE that ends as MODAL[\s\S]*IMAGINE that ends as SUCCESS"):
        docpact_relay.task("MODAL", "UPSCALE")
