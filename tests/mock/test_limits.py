"""How hard the mock makes it: by a clock that the test turns."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from served import JSON, Scripted, Server

from docpact.exchange import Answer
from docpact.mock.limits import Gate, Limits, gate

if TYPE_CHECKING:
    from collections.abc import Callable

GET = b"GET /task HTTP/1.1\r\nHost: a\r\n\r\n"


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


def statuses(gate: Gate, times: int) -> list[str | None]:
    """Ask so many times; return what each is told of when to come again, None where it is let in."""
    told = [gate.busy() for _ in range(times)]
    assert all(busy is None or busy.status == 429 for busy in told)
    return [None if busy is None else busy.header("retry-after") for busy in told]


def test_without_limits_there_is_no_gate(clock: Clock) -> None:
    assert gate(Limits(seed=7), clock) is None


@pytest.mark.parametrize("rate", [1.0, 3.0, 20.0])
def test_of_a_second_so_many_are_let_in_and_then_as_time_goes(clock: Clock, rate: float) -> None:
    gate = Gate(Limits(rate=rate), clock)
    assert statuses(gate, int(rate) + 2) == [None] * int(rate) + ["1", "1"]
    clock.now += 1 / rate
    assert statuses(gate, 2) == [None, "1"]
    clock.now += 3600
    assert statuses(gate, int(rate) + 1) == [None] * int(rate) + ["1"], "an hour of rest is worth a second"


def test_less_than_one_a_second_says_how_long_to_wait(clock: Clock) -> None:
    gate = Gate(Limits(rate=0.1), clock)
    assert statuses(gate, 2) == [None, "10"]
    clock.now += 4
    assert statuses(gate, 1) == ["6"]
    clock.now += 6
    assert statuses(gate, 1) == [None]


def test_who_comes_when_told_is_let_in(clock: Clock) -> None:
    gate = Gate(Limits(rate=7), clock)
    for _ in range(50):
        told = statuses(gate, 9)[-1]
        assert told is not None
        clock.now += int(told)
        assert statuses(gate, 1) == [None]


def test_jitter_is_of_the_seed(clock: Clock) -> None:
    first, same, other = (Gate(Limits(latency=0.2, jitter=0.1, seed=seed), clock) for seed in (1, 1, 2))
    waits = [first.wait() for _ in range(50)]
    assert waits == [same.wait() for _ in range(50)]
    assert waits != [other.wait() for _ in range(50)]
    assert 0.2 <= min(waits) < 0.22
    assert 0.28 < max(waits) <= 0.3


def test_more_than_so_many_at_once_wait_for_their_turn(clock: Clock) -> None:
    gate = Gate(Limits(latency=1, concurrency=2), clock)
    assert [gate.wait() for _ in range(5)] == [1, 1, 2, 2, 3]
    clock.now += 2.5
    assert [gate.wait() for _ in range(2)] == [1, 1.5]


def test_the_server_keeps_a_rate_and_leaves_its_control_alone(serve: Callable[..., Server], clock: Clock) -> None:
    relay = Scripted()
    server = serve(relay, limits=Limits(rate=2), clock=clock)
    with server.wire() as wire:
        heard = [wire.send(GET).hear() for _ in range(3)]
        assert [answer.status for answer in heard] == [200, 200, 429]
        assert heard[-1].headers["retry-after"] == "1"
        assert heard[-1].json["code"] == 30
        assert [wire.get("/_docpact/tasks").hear().status for _ in range(5)] == [200] * 5
        clock.now += 1
        assert wire.send(GET).hear().status == 200
    assert len(relay.asked) == 3


def test_slow_answers_of_one_connection_come_in_order_and_those_of_others_beside_them(
    serve: Callable[..., Server], monkeypatch: pytest.MonkeyPatch
) -> None:
    server = serve(Scripted({"/task": Answer(200, JSON, b"1")}), limits=Limits(latency=30))
    waits: list[tuple[float, Any]] = []
    monkeypatch.setattr(server.listener.loop, "call_later", Held(server, waits))
    with server.wire() as one, server.wire() as two:
        one.send(GET + b"GET /second HTTP/1.1\r\nHost: a\r\n\r\n")
        two.send(GET)
        server.until(lambda: len(waits) == 2)
        assert [round(seconds) for seconds, _ in waits] == [30, 30], "the second request of a connection waits behind its first"
        server.in_loop(waits[0][1])
        server.in_loop(waits[1][1])
        assert (one.hear().body, two.hear().body) == (b"1", b"1")
        server.until(lambda: len(waits) == 3)
        server.in_loop(waits[2][1])
        assert one.hear().json[1] == "/second"


class Held:
    """Stands for `call_later`: what is to be done later than in a second waits until the test does it."""

    def __init__(self, server: Server, waits: list[tuple[float, Any]]) -> None:
        self._later = server.listener.loop.call_later
        self._waits = waits

    def __call__(self, seconds: float, do: Any, *arguments: Any) -> Any:
        if seconds > 1:
            self._waits.append((seconds, lambda: do(*arguments)))
        return self._later(max(seconds, 3600) if seconds > 1 else seconds, do, *arguments)


def test_what_is_under_way_at_the_end_is_still_answered(serve: Callable[..., Server], monkeypatch: pytest.MonkeyPatch) -> None:
    server = serve(Scripted({"/task": Answer(200, JSON, b"1")}), limits=Limits(latency=30))
    waits: list[tuple[float, Any]] = []
    monkeypatch.setattr(server.listener.loop, "call_later", Held(server, waits))
    with server.wire() as wire, server.wire() as idle:
        wire.send(GET)
        server.until(lambda: len(waits) == 1)
        server.begin_to_stop()
        assert idle.rest() == b"", "who has asked nothing is let go at once"
        server.in_loop(waits[0][1])
        heard = wire.hear()
        assert (heard.status, heard.headers["connection"], heard.body, wire.rest()) == (200, "close", b"1", b"")
    server.join()


def test_what_takes_too_long_at_the_end_is_dropped(serve: Callable[..., Server]) -> None:
    server = serve(Scripted(), limits=Limits(latency=3000))
    with server.wire() as wire:
        wire.send(GET)
        server.until(lambda: any(getattr(guest, "_busy", None) for guest in server.listener.guests))
        server.stop(grace=0.01)
        assert wire.rest() == b""
