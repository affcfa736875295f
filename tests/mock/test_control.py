"""The control of the mock: what it says, what it switches, and who may ask it."""

from __future__ import annotations

import json
import re
import threading
from base64 import b64encode
from hashlib import sha256
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import pytest
from served import JSON, Scripted

from docpact import mock
from docpact.exchange import Act, Answer, Request
from docpact.finding import Layer, Severity
from docpact.mock.front import Front
from docpact.mock.page import guarded, page
from docpact.mock.traffic import Traffic

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from served import Server

HERE = ("Host", "127.0.0.1:8080")
SAYS_JSON = ("Content-Type", "application/json")


def ask(front: Front, method: str, target: str, *headers: tuple[str, str]) -> Any:
    handler = front.control(Request(method, target, headers or (HERE, SAYS_JSON)))
    assert handler is not None, "the relay would answer that"
    answer = handler(Request(method, target, headers or (HERE, SAYS_JSON)))
    return answer.status, json.loads(answer.body)


@pytest.fixture
def relay() -> mock.Relay:
    return mock.relay()


@pytest.fixture
def front(relay: mock.Relay) -> Front:
    return Front(relay, about={"profile": "documented"})


def test_faults_are_switched_with_their_conditions(front: Front, relay: mock.Relay) -> None:
    for fault in ("http-status/204", "http-server-error:every=2"):
        assert ask(front, "PUT", f"/_docpact/faults/{quote(fault, safe='')}")[0] == 200
    assert list(relay.faults) == ["http-status/204", "http-server-error:every=2"]
    assert ask(front, "DELETE", "/_docpact/faults/http-status/204") == (200, {"on": ["http-server-error:every=2"]})
    assert ask(front, "DELETE", "/_docpact/faults") == (200, {"on": []})
    assert list(relay.faults) == []


def test_a_fault_that_is_on_is_committed_and_counted(front: Front, relay: mock.Relay) -> None:
    ask(front, "PUT", "/_docpact/faults/http-status%2F204")
    asked = Request("GET", relay.tasks()[0].path, (HERE, ("Authorization", f"Bearer {mock.TOKEN}")))
    assert relay.answer(asked).status == 204
    _, state = ask(front, "GET", "/_docpact/state")
    assert (state["faults"], state["committed"]) == (["http-status/204"], {"http-status/204": 1})


def test_a_fault_that_there_is_not_is_told_with_what_is_near(front: Front) -> None:
    status, said = ask(front, "PUT", "/_docpact/faults/htp-status")
    assert status == 404
    assert "htp-status" in said["error"]
    assert "http-status" in said["hint"]
    assert ask(front, "DELETE", "/_docpact/faults/http-status")[0] == 404, "it is not on"


def test_every_fault_is_listed_at_once_or_bit_by_bit(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [
        mock.Row(f"http-status/{n}", "http-status", Layer.TRANSPORT, Severity.ERROR, f"is {n}", "notice") for n in range(300)
    ]
    found: list[int] = []

    class Slow(Scripted):
        def known_faults(self) -> Iterator[mock.Row | None]:
            for n, row in enumerate(rows):
                found.append(n)
                yield row
                yield None

    front = Front(Slow())
    monkeypatch.setattr("docpact.mock.control.monotonic", lambda: len(found) / 1000)
    bits: list[Any] = []
    for _ in range(300):
        status, state = ask(front, "GET", f"/_docpact/state?after=0&known={len(bits)}")
        assert status == 200
        assert len(state["known"]) <= 31, "the relay is kept from its work for 30 ms at most"
        bits += state["known"]
        if state["complete"]:
            break
    assert bits == [{"fault": row.fault, "does": row.does, "layer": "transport", "severity": "error"} for row in rows]
    assert ask(Front(Slow()), "GET", "/_docpact/faults") == (200, {"on": [], "known": bits})


def test_while_all_faults_are_looked_for_others_are_answered(serve: Callable[..., Server]) -> None:
    begun, answered = threading.Event(), threading.Event()
    row = mock.Row("http-status/204", "http-status", Layer.TRANSPORT, Severity.ERROR, "is 204", "notice")

    class Looking(Scripted):
        def known_faults(self) -> Iterator[mock.Row | None]:
            while not answered.is_set():
                begun.set()
                yield None
            yield row

    server = serve(Looking())
    with server.wire() as asks, server.wire() as other:
        asks.get("/_docpact/faults")
        assert begun.wait(10)
        assert other.get("/mj/task/1/fetch").hear().status == 200
        answered.set()
        assert [one["fault"] for one in asks.hear().json["known"]] == [row.fault]
        assert asks.get("/_docpact/tasks").hear().json == {"tasks": []}


def test_tasks_are_told_without_going_on(front: Front, relay: mock.Relay) -> None:
    before = [task._asdict() for task in relay.tasks()]
    for _ in range(3):
        assert ask(front, "GET", "/_docpact/tasks") == (200, {"tasks": before})
    assert ask(front, "GET", "/_docpact/state")[1]["tasks"] == before


@pytest.mark.parametrize(
    ("method", "target", "headers", "status"),
    [
        ("GET", "/_docpact/tasks", (("Host", "evil.example"),), 403),
        ("GET", "/_docpact/tasks", (("Host", "127.0.0.1.evil.example"),), 403),
        ("GET", "/_docpact/tasks", (), 403),
        ("GET", "/_docpact/tasks", (HERE, ("Origin", "http://evil.example")), 403),
        ("GET", "/_docpact/tasks", (HERE, ("Origin", "null")), 403),
        ("GET", "/_docpact/tasks", (HERE, ("Origin", "http://127.0.0.1:9999")), 403),
        ("GET", "/_docpact/tasks", (HERE, ("Sec-Fetch-Site", "cross-site")), 403),
        ("GET", "/_docpact/tasks", (HERE, ("Sec-Fetch-Site", "same-site")), 403),
        ("GET", "/_docpact/tasks", (HERE, ("Origin", "http://127.0.0.1:8080"), ("Sec-Fetch-Site", "same-origin")), 200),
        ("GET", "/_docpact/tasks", (("Host", "localhost"),), 200),
        ("GET", "/_docpact/tasks", (("Host", "[::1]:8080"),), 200),
        ("GET", "/_docpact/tasks", (("Host", "[::1]"),), 200),
        ("PUT", "/_docpact/faults/http-status", (HERE,), 415),
        ("PUT", "/_docpact/faults/http-status", (HERE, ("Content-Type", "text/plain")), 415),
        ("PUT", "/_docpact/faults/http-status", (HERE, ("Content-Type", "application/x-www-form-urlencoded")), 415),
        ("DELETE", "/_docpact/faults", (HERE, ("Origin", "http://evil.example"), SAYS_JSON), 403),
        ("POST", "/_docpact/faults/http-status", (HERE, SAYS_JSON), 405),
        ("PUT", "/_docpact/faults", (HERE, SAYS_JSON), 405),
        ("PUT", "/_docpact/tasks", (HERE, SAYS_JSON), 405),
        ("GET", "/_docpact/", (HERE,), 404),
        ("GET", "/_docpact/secrets", (HERE,), 404),
    ],
)  # fmt: skip
def test_no_page_of_another_site_can_ask_or_switch(
    front: Front, relay: mock.Relay, method: str, target: str, headers: tuple[tuple[str, str], ...], status: int
) -> None:
    handler = front.control(Request(method, target, headers))
    assert handler is not None
    answer = handler(Request(method, target, headers))
    assert answer.status == status
    assert answer.header("access-control-allow-origin") is None
    assert answer.header("cache-control") == "no-store"
    assert list(relay.faults) == []


@pytest.mark.parametrize("target", ["/mj/task/1/fetch", "/_docpactx", "//", "/index.html", "/mj/_docpact/faults"])
def test_what_is_for_the_relay_goes_to_the_relay(front: Front, target: str) -> None:
    assert front.control(Request("GET", target, (HERE,))) is None
    assert front.control(Request("POST", "/", (HERE,))) is None


def test_bytes_that_are_known_do_not_open_the_control_to_others(serve: Callable[..., Server]) -> None:
    """The same bytes, of this machine and then of another one: only the first reach the control."""
    server = serve(Scripted())
    with server.wire() as wire:
        for _ in range(3):
            assert wire.get("/_docpact/tasks").hear().json == {"tasks": []}
        (guest,) = server.listener.guests
        vars(guest)["_is_here"] = False
        assert wire.get("/_docpact/tasks").hear().json == ["GET", "/_docpact/tasks", 0]


def test_requests_are_told_once_each_without_secrets(front: Front) -> None:
    traffic = Traffic(["sk-TheToken123"])
    for n in range(250):
        traffic.note(1.5, "127.0.0.1", Request("GET", f"/{n}"), Answer(200))
    assert [one["target"] for one in traffic.after(248)] == ["/248", "/249"]
    assert [one["number"] for one in traffic.after(248)] == [249, 250]
    assert len(traffic.after(0)) == 200
    assert traffic.after(250) == []
    assert len(traffic.after(10**15)) == 0
    hostile = Request("GET", "/mj/sk-TheToken123/\x1b[2J\u202e?api_key=geheim&x=1")
    traffic.note(2, "", hostile, Answer(200, act=Act.RESET))
    (one,) = traffic.after(250)
    assert one["target"] == "/mj/[token]/\\u001b[2J\\u202e?…"
    assert (one["at"], one["act"]) == (2000, "reset")
    assert ask(front, "GET", "/_docpact/state?after=x&known=-1&after")[0] == 200


def test_a_line_of_the_log_is_one_line() -> None:
    lines: list[str] = []
    traffic = Traffic(["sk-TheToken123"], lines.append)
    traffic.note(
        1764000000.25, "127.0.0.1", Request("GET", "/a\nb\r\x1b[31m/sk-TheToken123?token=geheim"), Answer(200, JSON, b"123")
    )
    traffic.note(1764000001, "::1", Request("GET", "/x y" * 5000), Answer(502, act=Act.DRIP))
    assert lines[0] == "2025-11-24T16:00:00.250Z 127.0.0.1 GET /a\\nb\\r\\u001b[31m/[token]?… 200 3"
    assert lines[1].endswith("/x y… 502 drip 0")
    assert len(lines[1]) < 400


def test_the_page_obeys_no_script_and_no_style_but_its_own() -> None:
    answer = page()
    policy = answer.header("content-security-policy") or ""
    for name in ("script", "style"):
        (inside,) = re.findall(rb"<%b>(.*?)</%b>" % (name.encode(), name.encode()), answer.body, re.DOTALL)
        assert f"{name}-src 'sha256-{b64encode(sha256(inside).digest()).decode()}'" in policy
    for part in ("default-src 'none'", "connect-src 'self'", "base-uri 'none'", "form-action 'none'", "frame-ancestors 'none'"):
        assert part in policy
    assert "unsafe" not in policy
    assert not re.search(rb"innerHTML|insertAdjacentHTML|outerHTML|document\.write|eval\(|\son\w+=|\sstyle=|src=", answer.body)
    assert guarded(b"<script>other</script>").header("content-security-policy") != policy
