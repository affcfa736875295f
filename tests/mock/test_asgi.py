"""The relay as an ASGI app: what httpx and any server of such apps get from it."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from served import JSON, Scripted

from docpact import mock
from docpact.exchange import Act, Answer
from docpact.mock.asgi import App
from docpact.mock.limits import Limits

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

BODY = b'{"id":"1","status":"SUCCESS"}'
TASK = Answer(200, JSON, BODY)
TOKEN = {"Authorization": f"Bearer {mock.TOKEN}"}


def with_client(app: Any, do: Callable[[httpx.AsyncClient], Awaitable[Any]], peer: tuple[str, int] = ("127.0.0.1", 1)) -> Any:
    async def done() -> Any:
        transport = httpx.ASGITransport(app=app, client=peer)
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8080") as client:
            return await do(client)

    return asyncio.run(done())


def get(app: Any, target: str, **settings: Any) -> httpx.Response:
    answer: httpx.Response = with_client(app, lambda client: client.get(target, **settings))
    return answer


def test_httpx_polls_a_task_to_its_end() -> None:
    relay = mock.relay(seed=7)
    task = relay.tasks()[0]

    async def polls(client: httpx.AsyncClient) -> list[str]:
        return [(await client.get(task.path, headers=TOKEN)).json()["status"] for _ in range(task.steps)]

    seen = with_client(relay, polls)
    assert (seen[0], seen[-1]) == ("NOT_START", task.end)
    assert get(relay, task.path).status_code == 401


def test_the_relay_gets_the_request_as_it_was_sent() -> None:
    relay = Scripted()

    async def post(client: httpx.AsyncClient) -> None:
        await client.post("/mj/a%20b%2Fc/é?x=%20&y", content=b"abc", headers=[(b"X-One", "ü".encode("latin-1"))])

    with_client(App(relay), post)
    asked = relay.asked[0]
    assert (asked.method, asked.target, asked.body) == ("POST", "/mj/a%20b%2Fc/%C3%A9?x=%20&y", b"abc")
    assert asked.header("x-one") == "ü"


def test_a_server_that_does_not_tell_the_raw_path_is_understood() -> None:
    relay = Scripted()
    sent: list[Any] = []

    async def receive() -> Any:
        return {"type": "http.request"}

    async def send(message: Any) -> None:
        sent.append(message)

    scope = {"type": "http", "method": "GET", "path": "/a b/?/ü", "query_string": b"q=1", "headers": []}
    asyncio.run(App(relay)(scope, receive, send))
    assert relay.asked[0].target == "/a%20b/%3F/%C3%BC?q=1"
    assert sent[0]["status"] == 200


def test_head_has_no_body() -> None:
    async def head(client: httpx.AsyncClient) -> httpx.Response:
        return await client.head("/task")

    answer = with_client(App(Scripted({"/task": TASK})), head)
    assert (answer.headers["content-length"], answer.content) == (str(len(BODY)), b"")


def test_a_length_that_is_not_true_and_a_body_in_chunks_are_sent() -> None:
    wrong = TASK._replace(headers=(("Content-Length", "3"),))
    chunked = TASK._replace(headers=(("Transfer-Encoding", "chunked"),))
    app = App(Scripted({"/wrong": wrong, "/chunked": chunked, "/none": Answer(204)}))
    assert get(app, "/wrong").headers["content-length"] == "3"
    assert (get(app, "/chunked").content, "content-length" in get(app, "/chunked").headers) == (BODY, False)
    assert "content-length" not in get(app, "/none").headers


def test_a_body_that_is_too_long_never_reaches_the_relay() -> None:
    relay = Scripted()

    async def post(client: httpx.AsyncClient) -> httpx.Response:
        async def parts() -> Any:
            for _ in range(9):
                yield bytes(200_000)

        return await client.post("/mj/submit/blend", content=parts())

    assert with_client(App(relay), post).status_code == 413
    assert relay.asked == []


@pytest.mark.parametrize("act", [Act.RESET, Act.CLOSE, Act.HANG_UP, Act.GARBAGE])
def test_what_breaks_off_is_raised(act: Act) -> None:
    app = App(Scripted({"/task": TASK._replace(act=act)}))
    sent: list[Any] = []

    async def receive() -> Any:
        return {"type": "http.request"}

    async def send(message: Any) -> None:
        sent.append(message)

    scope = {"type": "http", "method": "GET", "path": "/task", "query_string": b"", "headers": []}
    with pytest.raises(ConnectionResetError, match="the mock"):
        asyncio.run(app(scope, receive, send))
    midway = [(200, None), (None, BODY[:14])]
    told = [(message.get("status"), message.get("body")) for message in sent]
    assert told == {Act.HANG_UP: [], Act.GARBAGE: [(0, None)]}.get(act, midway)
    assert all(message.get("more_body", True) for message in sent)


def test_silence_ends_when_the_client_goes() -> None:
    app = App(Scripted({"/task": TASK._replace(act=Act.SILENCE)}))

    async def ask(client: httpx.AsyncClient) -> None:
        async with asyncio.timeout(0.05):
            await client.get("/task")

    with pytest.raises(TimeoutError):
        with_client(app, ask)

    async def gone() -> list[Any]:
        sent: list[Any] = []
        comes = iter([{"type": "http.request"}, {"type": "http.disconnect"}])

        async def receive() -> Any:
            return next(comes)

        async def send(message: Any) -> None:
            sent.append(message)

        await app({"type": "http", "method": "GET", "path": "/task", "query_string": b"", "headers": []}, receive, send)
        return sent

    assert asyncio.run(gone()) == []


def test_a_drip_and_a_latency_take_their_time(monkeypatch: pytest.MonkeyPatch) -> None:
    slept: list[float] = []
    sleep = asyncio.sleep

    async def at_once(seconds: float) -> None:
        slept.append(seconds)
        await sleep(0)

    monkeypatch.setattr(asyncio, "sleep", at_once)
    app = App(Scripted({"/task": TASK._replace(act=Act.DRIP)}), limits=Limits(latency=0.25))
    assert get(app, "/task").content == BODY
    assert slept == [0.25, *[1] * len(BODY)]


def test_a_rate_is_kept() -> None:
    app = App(Scripted({"/task": TASK}), limits=Limits(rate=2), clock=lambda: 100.0)

    async def ask(client: httpx.AsyncClient) -> list[Any]:
        return [await client.get("/task") for _ in range(3)]

    answers = with_client(app, ask)
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert answers[-1].headers["retry-after"] == "1"


def test_lifespan_is_answered_and_a_websocket_is_refused() -> None:
    async def run() -> list[str]:
        told: list[str] = []
        comes = iter(["lifespan.startup", "lifespan.shutdown"])

        async def receive() -> Any:
            return {"type": next(comes)}

        async def send(message: Any) -> None:
            told.append(message["type"])

        await App(Scripted())({"type": "lifespan"}, receive, send)
        await App(Scripted())({"type": "websocket"}, receive, send)
        return told

    assert asyncio.run(run()) == ["lifespan.startup.complete", "lifespan.shutdown.complete", "websocket.close"]


def test_the_control_is_there_for_this_machine_alone() -> None:
    relay = Scripted()
    here = get(App(relay), "/_docpact/tasks")
    assert here.json() == {"tasks": []}
    assert relay.asked == []
    there: Any = with_client(App(relay), lambda client: client.get("/_docpact/tasks"), ("192.0.2.7", 5))
    assert there.json() == ["GET", "/_docpact/tasks", 0], "from elsewhere there is a relay, and nothing else"
