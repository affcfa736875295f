"""An ASGI app as a door: its answers are those that a client on a wire would see."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest

from docpact.exchange import Lack, Request
from docpact.live.inprocess import InProcess

if TYPE_CHECKING:
    from docpact.live.door import Fetched

START = {"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"application/json")]}
BODY = {"type": "http.response.body", "body": b"{}"}


def asked(app: Any, request: Request = Request("GET", "/a%2Fb?x=1"), timeout: float = 5, limit: int = 99) -> Fetched:  # noqa: B008
    return asyncio.run(InProcess(app).fetch(request, timeout=timeout, limit=limit))


def sends(*messages: dict[str, Any], then: Exception | None = None) -> Any:
    async def app(_scope: Any, receive: Any, send: Any) -> None:
        await receive()
        for message in messages:
            await send(message)
        if then is not None:
            raise then

    return app


def long(said: bytes) -> dict[str, Any]:
    return {**START, "headers": [(b"content-length", said)]}


def test_an_app_sees_the_request_as_a_server_hands_it_on() -> None:
    seen: list[Any] = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        seen.extend((scope["method"], scope["path"], scope["raw_path"], scope["query_string"], await receive()))
        await send(START)
        await send(BODY)

    fetched = asked(app, Request("POST", "/a%2Fb?x=1", (), b"{}"))
    assert seen == ["POST", "/a/b", b"/a%2Fb", b"x=1", {"type": "http.request", "body": b"{}", "more_body": False}]
    assert fetched.answer is not None
    assert (fetched.answer.status, fetched.answer.body, fetched.lack) == (200, b"{}", None)


@pytest.mark.parametrize(
    ("app", "lack"),
    [
        (sends(then=ValueError()), Lack.CUT),
        (sends(), Lack.CUT),
        (sends(START, {**BODY, "more_body": True}, then=ValueError()), Lack.CUT),
        (sends(START, {**BODY, "more_body": True}), Lack.CUT),
        (sends(long(b"9"), BODY), Lack.CUT),
        (sends(BODY), Lack.MALFORMED),
        (sends({**START, "status": "200"}), Lack.MALFORMED),
        (sends(START, BODY, BODY), Lack.MALFORMED),
        (sends(START, {**BODY, "body": b"x" * 100}), Lack.LARGE),
        (sends(START, BODY, then=ValueError()), None),
        (sends(long(b"2"), BODY), None),
    ],
)
def test_an_answer_that_is_not_whole_is_told_apart(app: Any, lack: Lack | None) -> None:
    assert asked(app).lack is lack


def test_what_is_longer_than_it_says_is_too_much_and_so_is_the_body_of_a_head() -> None:
    fetched = asked(sends(long(b"1"), BODY))
    assert fetched.answer is not None
    assert (fetched.answer.body, fetched.extra) == (b"{", 1)
    assert asked(sends(START, BODY), Request("HEAD", "/")).extra == 2


def test_an_app_that_never_answers_is_late() -> None:
    async def silent(_scope: Any, receive: Any, _send: Any) -> None:
        await receive()
        await receive()

    assert asked(silent, timeout=0.05).lack is Lack.LATE
