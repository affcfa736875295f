"""The door to a host, over real sockets on this machine: what servers do to a connection, and what is made of it."""

from __future__ import annotations

import asyncio
import socket
import struct
from typing import TYPE_CHECKING

import pytest

from docpact.errors import UsageError
from docpact.exchange import Lack, Request
from docpact.live import address
from docpact.live.address import Consent, address_of, admit
from docpact.live.wire import Host

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from docpact.live.door import Fetched

    Serving = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
SHORTLY = 0.15


def served(serve: Serving, request: Request = Request("GET", "/x"), timeout: float = 5, limit: int = 1 << 20) -> Fetched:  # noqa: B008
    """Serve one connection by hand, and fetch from it."""

    async def whole() -> Fetched:
        async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            try:
                await reader.readuntil(b"\r\n\r\n")
                await serve(reader, writer)
            except (ConnectionError, asyncio.IncompleteReadError):
                pass
            finally:
                writer.close()

        server = await asyncio.start_server(handle, "127.0.0.1", 0)
        async with server:
            port = server.sockets[0].getsockname()[1]
            return await Host(f"http://127.0.0.1:{port}").fetch(request, timeout=timeout, limit=limit)

    return asyncio.run(whole())


def sends(data: bytes) -> Serving:
    async def serve(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(data)
        await writer.drain()

    return serve


def test_an_answer_comes_as_it_is_sent_with_the_names_of_its_headers_as_they_are_written() -> None:
    fetched = served(sends(HEAD + b"X-Odd-Case: \xe4\r\nContent-Length: 2\r\n\r\n{}"))
    assert fetched.answer is not None
    assert (fetched.lack, fetched.extra, fetched.answer.status, fetched.answer.body) == (None, 0, 200, b"{}")
    assert ("X-Odd-Case", "\xe4") in fetched.answer.headers


@pytest.mark.parametrize(
    "data",
    [
        HEAD + b"Transfer-Encoding: chunked\r\n\r\n1\r\n{\r\n1\r\n}\r\n0\r\n\r\n",
        HEAD + b"\r\n{}",
        b"HTTP/1.0 200 OK\r\n\r\n{}",
        b"HTTP/1.1 103 Early Hints\r\nLink: <x>\r\n\r\n" + HEAD + b"Content-Length: 2\r\n\r\n{}",
    ],
    ids=["chunked", "until-close", "http-1.0", "after-hints"],
)
def test_a_body_is_whole_however_its_end_is_told(data: bytes) -> None:
    fetched = served(sends(data))
    assert fetched.answer is not None
    assert (fetched.answer.body, fetched.lack, fetched.extra) == (b"{}", None, 0)


def test_a_packed_body_is_left_packed() -> None:
    fetched = served(sends(HEAD + b"Content-Encoding: gzip\r\nContent-Length: 3\r\n\r\n\x1f\x8b\x08"))
    assert fetched.answer is not None
    assert fetched.answer.body == b"\x1f\x8b\x08"


@pytest.mark.parametrize(
    ("data", "lack", "body"),
    [
        (HEAD + b"Content-Length: 9\r\n\r\n{}", Lack.CUT, b"{}"),
        (HEAD + b"Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n", Lack.CUT, b"{}"),
        (HEAD + b"Transfer-Encoding: chunked\r\n\r\n9\r\n{}", Lack.CUT, b"{}"),
        (b"", Lack.CUT, None),
        (b"HTTP/1.1 200", Lack.CUT, None),
        (b"\x00\x01 SSH-2.0\r\n\r\n", Lack.MALFORMED, None),
        (b"HTTP/1.1 200 OK\r\nno header\r\n\r\n", Lack.MALFORMED, None),
        (HEAD + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n{}", Lack.MALFORMED, b""),
        (HEAD + b"Content-Length: 9\r\nContent-Length: 2\r\n\r\n{}", Lack.MALFORMED, None),
    ],
    ids=["short", "chunked-cut", "chunk-cut", "nothing", "half-a-head", "no-http", "bad-header", "bad-chunk", "two-lengths"],
)
def test_what_is_not_whole_is_told_apart(data: bytes, lack: Lack, body: bytes | None) -> None:
    fetched = served(sends(data))
    assert fetched.lack is lack
    assert fetched.note
    assert (None if fetched.answer is None else fetched.answer.body) == body


def test_bytes_after_the_end_are_counted_at_once_or_a_moment_later() -> None:
    assert served(sends(HEAD + b"Content-Length: 2\r\n\r\n{}{}more")).extra == 6

    async def later(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(HEAD + b"Content-Length: 2\r\n\r\n{}")
        await writer.drain()
        await asyncio.sleep(0.01)
        writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
        await writer.drain()

    assert served(later).extra == 19


def test_a_server_that_keeps_the_connection_open_does_not_hold_the_answer_up() -> None:
    async def stays(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(HEAD + b"Content-Length: 2\r\n\r\n{}")
        await writer.drain()
        await reader.read()

    fetched = served(stays)
    assert (fetched.lack, fetched.extra) == (None, 0)


def test_a_reset_midway_is_an_answer_that_was_cut() -> None:
    async def resets(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(HEAD + b"Content-Length: 9\r\n\r\n{}")
        await writer.drain()
        await asyncio.sleep(0.02)
        sock = writer.get_extra_info("socket")
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        writer.transport.abort()

    fetched = served(resets)
    assert fetched.lack is Lack.CUT
    assert fetched.answer is not None
    assert fetched.answer.body == b"{}"


def test_no_answer_is_late_and_so_is_one_that_drips() -> None:
    async def silent(reader: asyncio.StreamReader, _: asyncio.StreamWriter) -> None:
        await reader.read()

    async def drips(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(HEAD + b"Content-Length: 900\r\n\r\n")
        for _tick in range(900):
            writer.write(b".")
            await writer.drain()
            await asyncio.sleep(0.01)

    fetched = served(silent, timeout=SHORTLY)
    assert (fetched.lack, fetched.answer) == (Lack.LATE, None)
    fetched = served(drips, timeout=SHORTLY)
    assert fetched.lack is Lack.LATE
    assert fetched.answer is not None
    assert fetched.answer.body.startswith(b".")


def test_a_body_beyond_the_limit_is_not_read_further() -> None:
    async def endless(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(HEAD + b"\r\n")
        while not writer.is_closing():
            writer.write(b"x" * 4096)
            await writer.drain()

    fetched = served(endless, limit=10_000)
    assert fetched.lack is Lack.LARGE
    assert fetched.answer is not None
    assert len(fetched.answer.body) == 10_000


def test_a_head_has_no_body_and_what_comes_is_too_much() -> None:
    data = HEAD + b"Content-Length: 2\r\n\r\n"
    assert served(sends(data), Request("HEAD", "/x")).lack is None
    assert served(sends(data + b"{}"), Request("HEAD", "/x")).extra == 2


def test_a_request_is_sent_with_its_headers_and_its_body_and_asks_to_close() -> None:
    seen = []

    async def echoes(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        seen.append(await reader.readexactly(2))
        writer.write(b"HTTP/1.1 204 No Content\r\n\r\n")
        await writer.drain()

    request = Request("POST", "/mj/x?a=1", (("Authorization", "Bearer x"),), b"{}")
    assert served(echoes, request).lack is None
    assert seen == [b"{}"]


def fetched_from(base: str, consent: Consent = Consent()) -> Fetched:  # noqa: B008 - a value
    async def whole() -> Fetched:
        return await Host(base, consent).fetch(Request("GET", "/"), timeout=5, limit=99)

    return asyncio.run(whole())


def test_a_port_where_nobody_listens_is_refused() -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        fetched = fetched_from(f"http://127.0.0.1:{closed.getsockname()[1]}")
    assert fetched.lack is Lack.REFUSED
    assert "nobody listens" in fetched.note


def test_a_name_that_stands_for_nothing_is_told_apart() -> None:
    assert fetched_from("http://no-such-host.invalid").lack is Lack.UNKNOWN_HOST


def test_a_port_that_does_not_speak_tls_is_told_apart() -> None:
    async def whole() -> Fetched:
        async def plain(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await reader.read(64)
            writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
            writer.close()

        server = await asyncio.start_server(plain, "127.0.0.1", 0)
        async with server:
            port = server.sockets[0].getsockname()[1]
            return await Host(f"https://127.0.0.1:{port}").fetch(Request("GET", "/"), timeout=5, limit=99)

    assert asyncio.run(whole()).lack is Lack.TLS


@pytest.mark.parametrize(
    ("base", "says"),
    [
        ("ftp://h/", "http://"),
        ("example.com", "http://"),
        ("http://", "http://"),
        ("http://u:p@h/", "login"),
        ("http://h/?key=s", "query"),
        ("http://h:99999/", "cannot be read"),
        ("http://h/a b", "character"),
    ],
)
def test_an_address_that_is_none_is_refused_and_not_repeated(base: str, says: str) -> None:
    with pytest.raises(UsageError, match=says) as caught:
        address_of(base)
    assert "key=s" not in str(caught.value)
    assert "u:p" not in str(caught.value)


def test_an_address_keeps_its_prefix_and_leaves_its_usual_port_out() -> None:
    assert address_of("https://h:443/mj-fast/").base == "https://h/mj-fast"
    assert address_of("http://[::1]:80").authority == "[::1]"
    assert address_of("http://bücher.example").host == "xn--bcher-kva.example"


TOKEN = Consent(token=True)


@pytest.mark.parametrize(
    ("base", "ip", "consent", "refused"),
    [
        ("http://h", "127.0.0.1", TOKEN, None),
        ("http://h", "::1", TOKEN, None),
        ("https://h", "10.0.0.1", TOKEN, "no public address"),
        ("https://h", "169.254.169.254", TOKEN, "no public address"),
        ("https://h", "::ffff:192.168.1.1", TOKEN, "no public address"),
        ("https://h", "10.0.0.1", TOKEN._replace(private=True), None),
        ("http://h", "10.0.0.1", TOKEN._replace(private=True), "unencrypted"),
        ("http://h", "1.1.1.1", TOKEN, "unencrypted"),
        ("http://h", "1.1.1.1", Consent(), None),
        ("http://h", "1.1.1.1", TOKEN._replace(http=True), None),
        ("https://h", "1.1.1.1", TOKEN, None),
    ],
)
def test_what_needs_the_consent_of_a_user(base: str, ip: str, consent: Consent, refused: str | None) -> None:
    if refused is None:
        admit(address_of(base), [ip], consent)
        return
    with pytest.raises(UsageError, match=refused):
        admit(address_of(base), [ip], consent)


def test_nothing_is_sent_where_consent_lacks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(address, "is_loopback", lambda _: False)
    sent: list[bytes] = []

    async def whole() -> None:
        async def notes(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            sent.append(await reader.read(64))
            writer.close()

        server = await asyncio.start_server(notes, "127.0.0.1", 0)
        async with server:
            port = server.sockets[0].getsockname()[1]
            await Host(f"http://127.0.0.1:{port}", TOKEN).fetch(Request("GET", "/"), timeout=1, limit=9)

    with pytest.raises(UsageError, match="no public address"):
        asyncio.run(whole())
    assert sent == []
