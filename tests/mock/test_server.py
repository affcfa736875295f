"""The server of the mock: HTTP/1.1 as clients speak it, and as they should not."""

from __future__ import annotations

import json
import re
import socket
import struct
from typing import TYPE_CHECKING, Any

import pytest
from served import JSON, Scripted, Server

from docpact.exchange import Act, Answer

if TYPE_CHECKING:
    from collections.abc import Callable

    Serve = Callable[..., Server]

BODY = b'{"id":"1757419223881804","status":"SUCCESS"}'
TASK = Answer(200, JSON, BODY)
GET = b"GET /task HTTP/1.1\r\nHost: a\r\n\r\n"


@pytest.fixture
def relay() -> Scripted:
    return Scripted({"/task": TASK})


@pytest.fixture
def server(serve: Serve, relay: Scripted) -> Server:
    return serve(relay)


def test_an_answer_has_its_headers_its_length_and_the_date(server: Server) -> None:
    with server.wire() as wire:
        heard = wire.get("/task").hear()
    assert heard.first == "HTTP/1.1 200 OK"
    assert heard.headers.pop("date").endswith(" GMT")
    assert heard.headers == {"content-type": "application/json", "content-length": str(len(BODY))}
    assert heard.body == BODY


def test_the_relay_gets_method_target_headers_and_body_as_they_were_sent(server: Server, relay: Scripted) -> None:
    with server.wire() as wire:
        wire.get("/a%20b/..//c?x=1&y=%00", "X-One: 1", "x-One:  2 ", method="POST", body=b"{}").hear()
    asked = relay.asked[0]
    assert (asked.method, asked.target, asked.body) == ("POST", "/a%20b/..//c?x=1&y=%00", b"{}")
    assert asked.headers == (("Host", "127.0.0.1"), ("X-One", "1"), ("x-One", "2"), ("Content-Length", "2"))


def test_a_connection_is_kept_and_each_request_is_asked_anew(server: Server, relay: Scripted) -> None:
    with server.wire() as wire:
        for n in range(5):
            relay.script["/task"] = Answer(200, JSON, str(n).encode())
            assert wire.send(GET).hear().body == str(n).encode()
        assert len(relay.asked) == 5


def test_requests_that_are_sent_ahead_are_answered_in_their_order(server: Server) -> None:
    with server.wire() as wire:
        wire.send(b"".join(b"GET /%d HTTP/1.1\r\nHost: a\r\n\r\n" % n for n in range(500)))
        assert [wire.hear().json[1] for _ in range(500)] == [f"/{n}" for n in range(500)]


@pytest.mark.parametrize("step", [1, 2, 7, 40])
def test_requests_may_come_in_pieces(server: Server, relay: Scripted, step: int) -> None:
    whole = GET + b"POST /made HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nabcde" + GET
    with server.wire() as wire:
        wire.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for start in range(0, len(whole), step):
            wire.send(whole[start : start + step])
        assert [wire.hear().body for _ in range(3)] == [BODY, b'["POST", "/made", 5]', BODY]
    assert [asked.body for asked in relay.asked] == [b"", b"abcde", b""]


def test_a_body_may_come_in_chunks(server: Server, relay: Scripted) -> None:
    head = b"POST /made HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
    with server.wire() as wire:
        wire.send(head + b"3\r\nabc\r\n2;why=not\r\nde\r\n0\r\nX-Late: yes\r\n\r\n" + GET)
        assert [wire.hear().status, wire.hear().status] == [200, 200]
    assert relay.asked[0].body == b"abcde"
    assert relay.asked[0].header("x-late") is None, "a trailer is no header"


def test_http_1_0_is_closed_unless_it_asks_not_to_be(server: Server) -> None:
    with server.wire() as wire:
        kept = wire.get("/task", "Connection: keep-alive", version="1.0").hear()
        assert kept.headers["connection"] == "keep-alive"
        last = wire.send(b"GET /task HTTP/1.0\r\n\r\n").hear()
        assert (last.headers["connection"], last.body, wire.rest()) == ("close", BODY, b"")


def test_a_client_that_asks_for_the_end_gets_it(server: Server) -> None:
    with server.wire() as wire:
        heard = wire.get("/task", "Connection: close").hear()
        assert (heard.headers["connection"], wire.rest()) == ("close", b"")


def test_a_client_that_sends_no_more_still_gets_its_answers(server: Server) -> None:
    with server.wire() as wire:
        wire.send(GET + GET)
        wire.socket.shutdown(socket.SHUT_WR)
        assert wire.rest().count(BODY) == 2


def test_head_has_the_length_and_no_body(server: Server) -> None:
    with server.wire() as wire:
        heard = wire.get("/task", method="HEAD").hear(bare=True)
        assert heard.headers["content-length"] == str(len(BODY))
        assert wire.send(GET).hear().body == BODY, "the next answer begins where the head ended"


def test_a_client_that_expects_a_word_before_it_sends_its_body_gets_it(server: Server, relay: Scripted) -> None:
    with server.wire() as wire:
        wire.send(b"POST /made HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\n")
        assert wire.hear().first == "HTTP/1.1 100 Continue"
        assert wire.send(b"abc").hear().status == 200
        wire.send(b"POST /made HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nExpect: a-wonder\r\n\r\n")
        assert wire.hear().status == 417
    assert [asked.body for asked in relay.asked] == [b"abc"]


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 400),
        (b"hello\r\n\r\n", 400),
        (b"GET /task\r\n\r\n", 400),
        (b"GET /task HTTP/1.1\r\n\r\n", 400),
        (b"GET /task HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", 400),
        (b"GET /task HTTP/1.1\r\nHost : a\r\n\r\n", 400),
        (b"GET /a\x00b HTTP/1.1\r\nHost: a\r\n\r\n", 400),
        (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 400),
        (b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab", 400),
        (b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n", 400),
        (b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400),
        (b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nnone\r\n", 400),
        (b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1048577\r\n\r\n", 413),
        (b"POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 99999999999\r\n\r\n", 413),
        (b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n" + (b"40000\r\n%b\r\n" % bytes(0x40000)) * 5, 413),
        (b"GET /" + b"a" * 20_000 + b" HTTP/1.1\r\nHost: a\r\n\r\n", 414),
        (b"GET / HTTP/1.1\r\nHost: a\r\nX: " + b"a" * 70_000 + b"\r\n\r\n", 431),
        (b"GET / HTTP/1.1\r\nHost: a\r\n" + b"X: 1\r\n" * 200 + b"\r\n", 431),
        (b"FETCH / HTTP/1.1\r\nHost: a\r\n\r\n", 400),
    ],
)  # fmt: skip
def test_what_is_no_request_is_refused_and_the_connection_ends(
    server: Server, relay: Scripted, sent: bytes, status: int
) -> None:
    with server.wire() as wire:
        heard = wire.send(sent).hear()
        assert (heard.status, heard.headers["connection"]) == (status, "close")
        assert heard.body.startswith(b"docpact mock: ")
        wire.socket.shutdown(socket.SHUT_WR)
        assert wire.rest() == b""
    assert relay.asked == []
    with server.wire() as wire:
        assert wire.send(GET).hear().body == BODY, "the server goes on"


def test_a_head_without_end_is_refused(server: Server) -> None:
    with server.wire() as wire:
        wire.send(b"GET / HTTP/1.1\r\nHost: a\r\nX: ")
        for _ in range(10):
            wire.send(b"a" * 65_536)
        assert wire.hear().status == 431
        server.pass_time(3)
        assert server.in_loop(lambda: not server.listener.guests), "who goes on is not listened to for long"


def test_what_comes_before_a_mistake_is_answered_first(server: Server) -> None:
    with server.wire() as wire:
        wire.send(GET + b"nonsense\r\n\r\n" + GET)
        assert [wire.hear().status, wire.hear().status] == [200, 400]
        wire.socket.shutdown(socket.SHUT_WR)
        assert wire.rest() == b""


def test_a_request_for_another_protocol_is_answered_as_it_stands(server: Server) -> None:
    with server.wire() as wire:
        assert wire.get("/task", "Connection: Upgrade", "Upgrade: websocket").hear().body == BODY
        wire.socket.shutdown(socket.SHUT_WR)
        assert wire.rest() == b""


def test_a_request_that_takes_too_long_is_told_and_ended(server: Server) -> None:
    with server.wire() as wire:
        wire.send(GET + GET[:-2])
        assert wire.hear().status == 200
        for _ in range(5):
            server.pass_time(4)
            wire.send(b"a")
        server.pass_time(4)
        assert wire.hear().status == 408
        assert wire.rest() == b""


def test_a_connection_that_nobody_uses_ends(server: Server) -> None:
    with server.wire() as used, server.wire() as idle:
        idle.send(GET).hear()
        server.pass_time(60)
        used.send(GET).hear()
        server.pass_time(20)
        assert idle.rest() == b""
        assert used.send(GET).hear().body == BODY


def test_a_client_that_takes_nothing_is_left_waiting_and_then_dropped(serve: Serve) -> None:
    relay = Scripted({"/task": Answer(200, (), b"x" * 1_000_000)})
    server = serve(relay)
    with server.wire() as wire, server.wire() as another:
        wire.send(GET * 1000)
        another.get("/").hear()
        asked = len(relay.asked)
        assert asked < 50, "no more is answered than is taken"
        wire.socket.settimeout(1)
        with pytest.raises(TimeoutError):
            wire.send(GET * 2_000_000)
        server.pass_time(70)
        assert server.in_loop(lambda: len(server.listener.guests)) == 1


def test_a_client_that_takes_it_late_gets_all(serve: Serve) -> None:
    server = serve(Scripted({"/task": Answer(200, (), b"x" * 1_000_000)}))
    with server.wire() as wire:
        wire.send(GET * 30)
        assert all(len(wire.hear().body) == 1_000_000 for _ in range(30))


# What a fault does to an answer.


@pytest.mark.parametrize("length", ["5", "100000", "abc", "-1"])
def test_a_length_that_is_not_true_is_sent_as_it_is_and_the_connection_ends(serve: Serve, length: str) -> None:
    server = serve(Scripted({"/task": TASK._replace(headers=(*JSON, ("Content-Length", length)))}))
    with server.wire() as wire:
        told = wire.send(GET).rest()
    assert f"Content-Length: {length}\r\n".encode() in told
    assert told.endswith(b"\r\n\r\n" + BODY)


def test_headers_come_in_their_order_and_as_often_as_they_are_there(serve: Serve) -> None:
    headers = (("x-b", "1"), ("X-A", "é"), ("x-b", "2"), ("Date", "never"), ("X-Wide", "图"))
    server = serve(Scripted({"/task": TASK._replace(headers=headers)}))
    with server.wire() as wire:
        told = wire.get("/task", "Connection: close").rest()
    lines = told.partition(b"\r\n\r\n")[0].split(b"\r\n")[1:]
    assert lines == [b"x-b: 1", "X-A: é".encode(), b"x-b: 2", b"Date: never", "X-Wide: 图".encode(), b"Content-Length: 44",
                     b"Connection: close"]  # fmt: skip


def test_a_body_in_chunks_is_sent_so(serve: Serve) -> None:
    server = serve(Scripted({"/task": TASK._replace(headers=(("Transfer-Encoding", "chunked"),))}))
    with server.wire() as wire:
        heard = wire.send(GET).hear()
        assert (heard.body, "content-length" in heard.headers) == (BODY, False)
        assert wire.send(GET).hear().body == BODY


@pytest.mark.parametrize("status", [204, 304])
def test_an_answer_that_may_have_no_body_says_no_length(serve: Serve, status: int) -> None:
    server = serve(Scripted({"/task": Answer(status), "/next": TASK}))
    with server.wire() as wire:
        heard = wire.send(GET).hear()
        assert (heard.status, "content-length" in heard.headers) == (status, False)
        assert wire.get("/next").hear().body == BODY


@pytest.mark.parametrize("act", [Act.RESET, Act.CLOSE])
def test_an_answer_breaks_off_midway(serve: Serve, act: Act) -> None:
    server = serve(Scripted({"/task": TASK._replace(act=act)}))
    with server.wire() as wire:
        wire.send(GET)
        told = b""
        try:
            while part := wire.socket.recv(65_536):
                told += part
            ended = Act.CLOSE
        except ConnectionResetError:
            ended = Act.RESET
    assert ended is act
    assert b"Content-Length: 44\r\n" in told
    assert told.endswith(b"\r\n\r\n" + BODY[:22])


def test_a_connection_is_closed_without_a_byte(serve: Serve) -> None:
    server = serve(Scripted({"/task": TASK._replace(act=Act.HANG_UP)}))
    with server.wire() as wire:
        assert wire.send(GET).rest() == b""


def test_what_is_no_http_is_said(serve: Serve) -> None:
    server = serve(Scripted({"/task": TASK._replace(act=Act.GARBAGE)}))
    with server.wire() as wire:
        told = wire.send(GET).rest()
    assert told
    assert not re.match(rb"HTTP/", told)


def test_silence_lasts_until_the_server_ends(serve: Serve, relay: Scripted) -> None:
    relay.script["/silent"] = TASK._replace(act=Act.SILENCE)
    server = serve(relay)
    with server.wire() as silent, server.wire() as another:
        silent.get("/silent").send(GET)
        assert another.send(GET).hear().body == BODY, "nobody else waits"
        server.pass_time(500)
        silent.socket.settimeout(0.05)
        with pytest.raises(TimeoutError):
            silent.socket.recv(1)
        silent.socket.settimeout(10)
        server.stop()
        assert silent.socket.recv(1) == b""
    assert [asked.target for asked in relay.asked] == ["/silent", "/task"]


def test_a_drip_is_a_byte_a_second(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    waits: list[float] = []
    server = serve(Scripted({"/task": TASK._replace(act=Act.DRIP)}))
    later = server.in_loop(lambda: server.listener.loop.call_later)

    def at_once(seconds: float, *what: Any) -> Any:
        waits.append(seconds)
        return later(0, *what)

    monkeypatch.setattr(server.listener.loop, "call_later", at_once)
    with server.wire() as wire:
        assert wire.send(GET).hear().body == BODY
        assert wire.rest() == b""
    assert waits.count(1.0) >= len(BODY)


def test_a_client_that_goes_in_the_middle_of_anything_leaves_nothing_behind(serve: Serve, relay: Scripted) -> None:
    relay.script |= {f"/{act}": TASK._replace(act=act) for act in Act}
    server = serve(relay)
    for target in relay.script:
        for sent in (b"GET ", b"", f"GET {target} HTTP/1.1\r\nHost: a\r\n\r\n".encode()):
            wire = server.wire().send(sent)
            wire.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            wire.close()
    with server.wire() as wire:
        assert wire.send(GET).hear().body == BODY
    server.stop()
    assert server.listener.guests == set()


def test_bytes_that_are_known_are_not_mixed_up(server: Server, relay: Scripted) -> None:
    """What is remembered of one connection says nothing of what another one is in the middle of."""
    with server.wire() as first, server.wire() as second:
        first.send(GET).hear()
        second.send(b"POST /made HTTP/1.1\r\nHost: a\r\nContent-Length: %d\r\n\r\n" % len(GET))
        server.in_loop(lambda: None)
        second.send(GET)
        assert second.hear().json == ["POST", "/made", len(GET)]
        assert second.send(GET).hear().body == BODY
    assert [asked.target for asked in relay.asked] == ["/task", "/made", "/task"]


def test_what_is_remembered_is_bounded(server: Server) -> None:
    with server.wire() as wire:
        for n in range(3000):
            assert json.loads(wire.get(f"/{n}").hear().body)[1] == f"/{n}"
    assert len(server.listener.requests) <= 1024
