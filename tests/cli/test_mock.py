"""`docpact mock`: what it says, how it is asked, and how it ends."""

from __future__ import annotations

import io
import json
import os
import shlex
import signal
import socket
import subprocess
import sys
from typing import TYPE_CHECKING, Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest

from docpact.cli import main

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    Start = Callable[..., "Mock"]


class Mock:
    """A `docpact mock` of its own process."""

    def __init__(self, *arguments: str, **environment: str) -> None:
        command = [sys.executable, "-m", "docpact", "mock", *arguments]
        self.process = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env={**os.environ, **environment}
        )
        assert self.process.stdout is not None
        self.out = self.process.stdout

    def told(self) -> Any:
        """Return what `--list` told."""
        return json.loads(self.out.readline())

    def block(self) -> list[str]:
        """Return the lines that it prints when it listens."""
        lines = [self.out.readline().rstrip("\n")]
        while not lines[-1].startswith("curl "):
            lines.append(self.out.readline().rstrip("\n"))
        return lines

    def end(self, number: signal.Signals = signal.SIGTERM) -> tuple[int, str, str]:
        """End it; return its exit code, and what it still said."""
        self.process.send_signal(number)
        out, err = self.process.communicate(timeout=20)
        return self.process.returncode, out, err


@pytest.fixture
def start() -> Iterator[Start]:
    mocks: list[Mock] = []

    def started(*arguments: str, **environment: str) -> Mock:
        mocks.append(Mock(*arguments, **environment))
        return mocks[-1]

    yield started
    for mock in mocks:
        if mock.process.poll() is None:
            mock.process.kill()
        mock.process.communicate(timeout=20)


def fetch(url: str, token: str | None, method: str = "GET") -> tuple[int, bytes]:
    headers = {"Content-Type": "application/json"} | ({} if token is None else {"Authorization": f"Bearer {token}"})
    try:
        with urlopen(Request(url, headers=headers, method=method), timeout=10) as answer:  # noqa: S310 - of this machine
            return answer.status, answer.read()
    except HTTPError as error:
        with error:
            return error.code, error.read()


def run(*arguments: str) -> tuple[int, str, str]:
    out, err = io.StringIO(), io.StringIO()
    code = main(["mock", *arguments], io.BytesIO(), out, err)
    return code, out.getvalue(), err.getvalue()


def test_it_says_where_it_is_and_the_line_to_paste_works(start: Start) -> None:
    block = start("--profile", "go-relay", "--seed", "seven").block()
    facts = {line.split()[0]: line.split(maxsplit=1)[1] for line in block[:6]}
    assert facts["relay"].startswith("http://127.0.0.1:")
    assert (facts["page"], facts["profile"], facts["seed"]) == (facts["relay"] + "/", "go-relay", "seven")
    curl, _, header, url = shlex.split(block[-1])
    status, body = fetch(url, header.removeprefix("Authorization: Bearer "))
    assert (curl, status) == ("curl", 200)
    ident, action, _ = block[8].split()
    assert (json.loads(body)["id"], json.loads(body)["action"]) == (ident, action)
    assert not any("\x1b" in line for line in block), "what is no terminal gets plain text"


def test_scripts_get_one_line_of_json_and_every_task_lives_to_its_end(start: Start) -> None:
    told = start("--list").told()
    assert len(told["tasks"]) > 3
    for task in told["tasks"]:
        polls = [json.loads(fetch(told["url"] + task["path"], told["token"])[1]) for _ in range(12)]
        assert {poll["id"] for poll in polls} == {task["id"]}
        assert (polls[0]["action"], polls[-1]["status"]) == (task["action"], task["end"])
    assert fetch(told["url"] + task["path"], "another")[0] == 401


def test_the_same_seed_gives_the_same_tasks_and_token(start: Start) -> None:
    first, same, other = (start("--list", "--seed", seed).told() for seed in ("a", "a", "b"))
    assert (first["token"], first["tasks"]) == (same["token"], same["tasks"])
    assert first["token"] != other["token"]
    assert first["tasks"] != other["tasks"]


def test_a_token_of_the_environment_is_asked_for_and_shown_nowhere(start: Start, tmp_path: Path) -> None:
    log = tmp_path / "log"
    mock = start("--token-env", "RELAY_TOKEN", "--log", str(log), RELAY_TOKEN="sk-OfTheEnvironment")  # noqa: S106 - of a test
    block = mock.block()
    assert block[1].split() == ["token", "$RELAY_TOKEN"]
    assert '"Authorization: Bearer $RELAY_TOKEN"' in block[-1]
    url = shlex.split(block[-1])[-1]
    assert (fetch(url, "sk-OfTheEnvironment")[0], fetch(url, "sk-Another")[0]) == (200, 401)
    fetch(f"{url}/sk-OfTheEnvironment?key=sk-OfTheEnvironment", None)
    code, out, err = mock.end()
    assert code == 0
    lines = log.read_text("utf-8").splitlines()
    assert len(lines) == 3
    assert [line.split()[-2] for line in lines[:2]] == ["200", "401"]
    assert "OfTheEnvironment" not in "".join((*block, *lines, out, err))


def test_no_token_is_asked_for_where_there_is_none(start: Start) -> None:
    told = start("--list", "--token", "").told()
    assert told["token"] == ""
    assert fetch(told["url"] + told["tasks"][0]["path"], None)[0] == 200


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 0)])
def test_a_signal_ends_it_after_what_is_under_way(start: Start, number: signal.Signals, code: int) -> None:
    mock = start("--latency", "400", "--log", "-")
    url = shlex.split(mock.block()[-1])[-1]
    host, _, path = url.removeprefix("http://").partition("/")
    with socket.create_connection(("127.0.0.1", int(host.partition(":")[2])), timeout=10) as wire:
        wire.sendall(f"GET /{path} HTTP/1.1\r\nHost: a\r\n\r\nGET /{path} HTTP/1.1\r\nHost: a\r\n\r\n".encode())
        # The page is answered at once: by then the first request is under way.
        assert fetch(f"http://{host}/", None)[0] == 200
        ended, out, err = mock.end(number)
        told = wire.makefile("rb").read()
    assert (ended, err) == (code, "")
    assert told.startswith(b"HTTP/1.1 401 ")
    assert "stopped  1 request was answered" in out or "stopped  2 requests were answered" in out
    assert "Traceback" not in err


def test_a_port_that_is_in_use_is_told() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        code, _, err = run("--port", str(taken.getsockname()[1]))
    assert code == 2
    assert "the port is in use" in err
    assert "hint: --port 0 takes one that is free" in err


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--host", "0.0.0.0"], "is not an address of this machine alone"),  # noqa: S104 - it is refused
        (["--host", "no such host"], "there is no address"),
        (["--port", "70000"], "whole number from 0 to 65535"),
        (["--port", "-1"], "--port"),
        (["--latency", "nan"], "number above 0"),
        (["--rate", "0"], "number above 0"),
        (["--concurrency", "0"], "whole number from 1"),
        (["--token", "a", "--token-env", "HOME"], "do not go together"),
        (["--token-env", "NO_SUCH_VARIABLE"], "the environment has no NO_SUCH_VARIABLE"),
        (["--token", "a\r\nX: b"], "holds what no header can hold"),
        (["--token", "ü"], "holds what no header can hold"),
        (["--fault", "http-statsu"], "http-statsu"),
        (["--fault", "http-status:evry=2"], "is no condition"),
        (["--profile", "go-realy"], "no profile"),
        (["--log", "/no/such/folder/log"], "cannot write the log"),
    ],
)
def test_what_cannot_be_served_is_told_and_no_more(arguments: list[str], says: str) -> None:
    code, out, err = run(*arguments)
    assert (code, out) == (2, "")
    assert says in err
    assert "hint: " in err
    assert "Traceback" not in err


def test_without_its_package_it_says_what_to_install() -> None:
    program = "import sys; sys.modules['httptools'] = None; from docpact.cli import main; sys.exit(main(['mock']))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=30, check=False)
    assert done.returncode == 2
    assert "httptools is not installed" in done.stderr
    assert "docpact[mock]" in done.stderr


def test_others_reach_it_only_when_that_is_meant_and_with_a_warning(start: Start) -> None:
    mock = start("--host", "0.0.0.0", "--expose", "--list")  # noqa: S104 - for a moment, and it is asked on 127.0.0.1
    told = mock.told()
    assert told["url"].startswith("http://127.0.0.1:")
    assert fetch(told["url"] + told["tasks"][0]["path"], told["token"])[0] == 200
    assert "every machine that reaches this address can use this relay" in mock.end()[2]


def test_a_fault_is_committed_and_can_be_switched_off(start: Start) -> None:
    told = start("--list", "--fault", "http-server-error:every=2").told()
    assert told["faults"] == ["http-server-error:every=2"]
    url = told["url"] + told["tasks"][0]["path"]
    assert [fetch(url, told["token"])[0] for _ in range(4)] == [200, 500, 200, 500]
    status, body = fetch(f"{told['url']}/_docpact/faults", None, "DELETE")
    assert (status, json.loads(body)) == (200, {"on": []})
    assert [fetch(url, told["token"])[0] for _ in range(4)] == [200] * 4


def test_a_log_that_cannot_be_written_ends_no_relay(start: Start) -> None:
    if not os.path.exists("/dev/full"):
        pytest.skip("there is no /dev/full")
    mock = start("--list", "--log", "/dev/full")
    told = mock.told()
    assert [fetch(told["url"] + told["tasks"][0]["path"], told["token"])[0] for _ in range(3)] == [200] * 3
    code, _, err = mock.end()
    assert (code, err.count("the log cannot be written any more")) == (0, 1)


def test_every_fault_is_listed_with_its_layer_and_what_it_does() -> None:
    code, out, _ = run("--list-faults")
    rows = [line.split(maxsplit=3) for line in out.splitlines()]
    assert code == 0
    assert len(rows) > 200
    assert {row[1] for row in rows} == {"documented", "coherent", "lifecycle", "transport"}
    assert {row[2] for row in rows} <= {"error", "warning"}
