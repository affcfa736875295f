"""Hooks: each step of a submitted task comes to its hook, in order, and to nowhere that it should not."""

from __future__ import annotations

import queue
import socket
from typing import TYPE_CHECKING, Any

import pytest
from served import Scripted, Server

from docpact.mock.hooks import Hooks, Notice

if TYPE_CHECKING:
    from collections.abc import Callable

    Serve = Callable[..., Server]


class Telling(Scripted):
    """A relay that has something to tell after each request."""

    def __init__(self, *notices: Notice) -> None:
        super().__init__()
        self.waiting = list(notices)

    def due(self) -> list[Notice]:
        told, self.waiting = self.waiting, []
        return told

    def wakes(self) -> float | None:
        return 0.0 if self.waiting else None


def post(server: Server) -> None:
    with server.wire() as wire:
        assert wire.get("/mj/submit/imagine", method="POST", body=b"{}").hear().status == 200


def lines() -> tuple[queue.Queue[str], Callable[[str], None]]:
    """Return where the lines of a log that are about hooks come, and the log."""
    told: queue.Queue[str] = queue.Queue()
    return told, lambda line: told.put(line) if " - hook " in line else None


def test_notices_of_a_task_come_one_after_the_other(serve: Serve) -> None:
    told, log = lines()
    received: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as receiver:
        url = f"http://user:pw@127.0.0.1:{receiver.getsockname()[1]}/hook?room=1"
        server = serve(Telling(*(Notice(url, b'{"step":%d}' % n, "1") for n in range(3))), hooks=Hooks.HERE, log=log)
        post(server)
        for _ in range(3):
            wire, _ = receiver.accept()
            with wire:
                received.append(wire.recv(65_536))
                for _ in range(20):
                    server.in_loop(lambda: None)
                receiver.settimeout(0)
                with pytest.raises(BlockingIOError):
                    receiver.accept()
                receiver.settimeout(10)
                assert told.empty(), "the next one waits until this one is taken"
                wire.sendall(b"HTTP/1.1 204 No Content\r\n\r\n")
            assert told.get(timeout=10).endswith(" 204")
    head, _, body = received[1].partition(b"\r\n\r\n")
    assert head.startswith(b"POST /hook?room=1 HTTP/1.1\r\nHost: 127.0.0.1:")
    assert b"\r\nContent-Type: application/json\r\nContent-Length: 10\r\n" in head
    assert body == b'{"step":1}'


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("http://192.0.2.1/hook", "not posted: it is not on this machine"),
        ("https://127.0.0.1/hook", "not posted: it is no http URL"),
        ("file:///etc/passwd", "not posted: it is no http URL"),
        ("http://127.0.0.1:99999/", "not posted: it is no http URL"),
        ("http://127.0.0.1/\r\nX: y", "not posted: it is no http URL"),
        ("no url", "not posted: it is no http URL"),
        ("http://[::1", "not posted: it is no http URL"),
    ],
)
def test_what_is_elsewhere_or_no_url_gets_nothing(serve: Serve, url: str, says: str) -> None:
    told, log = lines()
    server = serve(Telling(Notice(url, b"{}", "1")), hooks=Hooks.HERE, log=log)
    post(server)
    line = told.get(timeout=10)
    assert says in line
    assert "\n" not in line


@pytest.mark.parametrize(("answer", "says"), [(b"", "no HTTP"), (b"SSH-2.0\r\n", "no HTTP"), (b"x" * 200_000, "no HTTP")])
def test_a_receiver_that_is_none_is_told(serve: Serve, answer: bytes, says: str) -> None:
    told, log = lines()
    with socket.create_server(("127.0.0.1", 0)) as receiver:
        server = serve(Telling(Notice(f"http://127.0.0.1:{receiver.getsockname()[1]}/", b"{}", "1")), hooks=Hooks.HERE, log=log)
        post(server)
        wire, _ = receiver.accept()
        with wire:
            wire.recv(65_536)
            wire.sendall(answer)
            wire.shutdown(socket.SHUT_WR)
            assert says in told.get(timeout=10)


def test_nobody_there_is_told_and_the_next_one_is_tried(serve: Serve) -> None:
    told, log = lines()
    with socket.create_server(("127.0.0.1", 0)) as closed:
        url = f"http://127.0.0.1:{closed.getsockname()[1]}/"
    server = serve(Telling(Notice(url, b"{}", "1"), Notice(url, b"{}", "1")), hooks=Hooks.HERE, log=log)
    post(server)
    assert [" not taken: " in told.get(timeout=10) for _ in range(2)] == [True, True]


def test_without_hooks_nothing_is_posted(serve: Serve) -> None:
    relay: Any = Telling(Notice("http://127.0.0.1:1/", b"{}", "1"))
    post(serve(relay))
    assert relay.waiting
