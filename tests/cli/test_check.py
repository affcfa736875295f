"""`docpact check`: what it says of a mock that is healthy, faulty, or not there, and what it never says."""

from __future__ import annotations

import asyncio
import io
import json
import os
import signal
import subprocess
import sys
from contextlib import contextmanager
from queue import Queue
from threading import Thread
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest

import docpact
from docpact.cli import main
from docpact.mock import relay
from docpact.mock.front import Front
from docpact.mock.listening import Listener, bound
from docpact.tally import Verdict as Outcome

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

TOKEN = "sk-7c1f0e9d8b7a6c5d4e3f2a1b0c9d8e7f"  # noqa: S105 - of the mock alone


class Served(NamedTuple):
    """A mock that listens: its address, the ids of its tasks, and a line for each request that came."""

    url: str
    tasks: list[str]
    asked: Queue[str]


class Done(NamedTuple):
    """What a run of the command has left."""

    code: int
    out: str
    err: str

    @property
    def report(self) -> Any:
        return json.loads(self.out)


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("RELAY_TOKEN", TOKEN)
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def check(environment: None) -> Callable[..., Done]:
    del environment

    def run(*arguments: str, token: bool = True, stdin: bytes = b"") -> Done:
        out, err = io.StringIO(), io.StringIO()
        given = ("--token-env", "RELAY_TOKEN") if token else ()
        code = main(["check", *arguments, *given], io.BytesIO(stdin), out, err)
        assert TOKEN not in out.getvalue() + err.getvalue()
        return Done(code, out.getvalue(), err.getvalue())

    return run


@contextmanager
def serving(**mocked: Any) -> Iterator[Served]:
    """Serve a mock on a port of this machine, in a thread of its own."""
    made = relay(token=TOKEN, **mocked)
    asked: Queue[str] = Queue()
    up: Queue[tuple[int, asyncio.AbstractEventLoop, asyncio.Event]] = Queue()

    async def serve() -> None:
        end, taken = asyncio.Event(), bound("127.0.0.1", 0)
        listener = Listener(Front(made, log=asked.put))
        await listener.start(taken)
        up.put((taken.getsockname()[1], asyncio.get_running_loop(), end))
        await end.wait()
        await listener.stop(0)

    thread = Thread(target=lambda: asyncio.run(serve()))
    thread.start()
    port, loop, end = up.get(timeout=10)
    try:
        yield Served(f"http://127.0.0.1:{port}", [task.id for task in made.tasks()], asked)
    finally:
        loop.call_soon_threadsafe(end.set)
        thread.join(10)


@pytest.fixture(scope="module")
def healthy() -> Iterator[Served]:
    with serving() as served:
        yield served


def test_a_healthy_relay_conforms_and_the_report_says_what_was_seen_and_what_was_not(
    check: Callable[..., Done], healthy: Served
) -> None:
    done = check(healthy.url, "--task", healthy.tasks[0], "--follow", healthy.tasks[1])
    assert (done.code, done.err) == (0, "")
    assert done.out.startswith("conforms  ")
    assert f"asked {healthy.url}: " in done.out
    assert "SUBMITTED → IN_PROGRESS" in done.out
    assert "never seen: give it a task of each action (--task ID)" in done.out


def test_a_fault_is_found_by_its_rule_and_shown_with_the_request_and_the_body(check: Callable[..., Done]) -> None:
    with serving(faults=["success-without-image"]) as faulty:
        done = check(faulty.url, "--follow", faulty.tasks[0], "--probe", "none", "--format", "json")
    assert (done.code, done.report["verdict"]) == (1, "violates")
    assert set(done.report["summary"]["by_rule"]) == {"success-without-image"}
    traffic = done.report["findings"][0]["traffic"]
    path = f"{faulty.url}/mj/task/{faulty.tasks[0]}/fetch"
    assert traffic["curl"] == f'curl -sS -i -H "Authorization: Bearer $RELAY_TOKEN" {path}'
    assert (traffic["status"], traffic["poll"] > 1) == (200, True)
    assert '"status":"SUCCESS"' in traffic["excerpt"]


def test_the_same_finding_over_many_polls_is_one_entry(check: Callable[..., Done]) -> None:
    with serving(faults=["documented-enum"]) as faulty:
        done = check(faulty.url, "--task", faulty.tasks[0], "--probe", "none")
    assert done.code == 1
    assert done.out.count("documented-enum  action") <= 2
    assert " times, first GET /mj/task/" in done.out


@pytest.mark.parametrize("form", ["json", "ndjson", "junit", "sarif", "github", "gitlab", "markdown", "html"])
def test_every_format_is_written_and_holds_no_token(check: Callable[..., Done], form: str, tmp_path: Path) -> None:
    with serving(faults=["auth-echo", "success-without-image"]) as faulty:
        done = check(faulty.url, "--task", faulty.tasks[0], "--format", form, "--output", "report", "--probe", "none")
    assert (done.code, done.out, done.err) == (1, "", "")
    written = (tmp_path / "report").read_text("utf-8")
    assert "auth-echo" in written
    assert TOKEN not in written
    assert TOKEN[3:] not in written


def test_a_recording_has_every_exchange_no_token_and_is_judged_by_validate(
    check: Callable[..., Done], healthy: Served, tmp_path: Path
) -> None:
    done = check(healthy.url, "--follow", healthy.tasks[2], "--record", "traffic.har", "--format", "json")
    har = (tmp_path / "traffic.har").read_text("utf-8")
    assert TOKEN not in har
    assert len(json.loads(har)["log"]["entries"]) == done.report["check"]["requests"]
    out = io.StringIO()
    assert main(["validate", "traffic.har", "--stories"], io.BytesIO(), out, io.StringIO()) == 0
    assert out.getvalue().startswith("conforms  ")


def test_nobody_at_the_port_is_neither_green_nor_red(check: Callable[..., Done]) -> None:
    done = check("http://127.0.0.1:9", "--task", "1")
    assert done.code == 4
    assert done.out.startswith("not-established  no answer was judged")
    assert "not established: nobody listens at 127.0.0.1:9" in done.out
    assert "what to do: start the endpoint" in done.out
    assert "1 request in" in done.out


def test_a_token_goes_by_the_header_that_a_server_knows(check: Callable[..., Done], tmp_path: Path) -> None:
    with serving(profile="java-proxy") as served:
        options = (served.url, "--task", served.tasks[0], "--profile", "java-proxy", "--token-header", "mj-api-secret")
        done = check(*options, "--record", "traffic.har")
    assert (done.code, done.out.splitlines()[0].split()[0]) == (0, "conforms")
    kept = tmp_path.joinpath("traffic.har").read_text("utf-8")
    assert '"mj-api-secret", "value": "[secret]"' in kept
    assert TOKEN not in kept


@pytest.mark.parametrize(
    ("task", "given", "words"),
    [
        ("0000000000000000", "with a token", "the endpoint knows no task with the id 0000000000000000"),
        (None, "", "a token is asked for (status 401), and none was given"),
    ],
)
def test_what_cannot_be_established_takes_three_requests_and_says_what_to_do(
    check: Callable[..., Done], healthy: Served, task: str | None, given: str, words: str
) -> None:
    done = check(healthy.url, "--task", task or healthy.tasks[0], "--format", "json", token=bool(given))
    assert (done.code, done.report["verdict"]) == (4, "not-established")
    assert words in done.report["check"]["not_established"]["reason"]
    assert done.report["check"]["not_established"]["hint"]
    assert done.report["check"]["requests"] <= 3


def test_the_ceiling_on_requests_is_never_passed(check: Callable[..., Done], healthy: Served) -> None:
    done = check(
        healthy.url, "--task", healthy.tasks[0], "--thorough", "--max-requests", "7", "--deadline", "300", "--format", "json"
    )
    assert done.report["check"]["requests"] == 7
    assert any("--max-requests" in note for note in done.report["check"]["notes"])


@pytest.mark.parametrize(
    ("arguments", "words", "hint"),
    [
        ((), "check needs the address of an endpoint, and the id of a task", "docpact check http://127.0.0.1:8080 --task 17"),
        (("--task", "1"), "check needs the address of an endpoint", "docpact check http"),
        (("http://127.0.0.1:9",), "check needs the id of a task", "--follow polls one to its end"),
        (("127.0.0.1:9", "--task", "1"), "has no scheme", "did you mean: http://127.0.0.1:9"),
        (("relay.example/v1", "--task", "1"), "has no scheme", "did you mean: https://relay.example/v1"),
        (
            ("http://127.0.0.1:9/v1/mj/task/17%2025/fetch",),
            "holds the path of a task",
            "docpact check http://127.0.0.1:9/v1 --task '17 25'",
        ),
        (("http://127.0.0.1:9?key=1", "--task", "1"), "holds a query", "--token-env"),
        (("http://u:p@127.0.0.1:9", "--task", "1"), "holds a login", "--token-env"),
        (("ftp://127.0.0.1:9", "--task", "1"), "does not begin with http:// or https://", "https://api.example.com"),
        (("http://127.0.0.1:9", "--task", "1", "--follow", "1"), "named by --task and by --follow", "leave --task away"),
        (("http://127.0.0.1:9", "--task", " "), "is no id of a task", "give the id"),
        (("http://127.0.0.1:9", "--task", "http://127.0.0.1:9"), "is an address, not an id", "give the address first"),
        (("http://127.0.0.1:9", "--task", "1", "--probe", "all"), "there is no probe 'all'", "auth, ids, methods, repeat"),
        (("http://127.0.0.1:9", "--task", "1", "--layer", "http"), "there is no layer 'http'", "documented, coherent"),
        (
            ("http://127.0.0.1:9", "--task", "1", "--max-requests", "0"),
            "--max-requests 0 is no whole number",
            "--max-requests 30",
        ),
        (("http://127.0.0.1:9", "--task", "1", "--deadline", "nan"), "--deadline nan is no number", "--deadline 30"),
        (("http://127.0.0.1:9", "--task", "1", "--token-env", "NOT_THERE"), "no variable NOT_THERE", "export NOT_THERE"),
        (("http://127.0.0.1:9", "--task", "1", "--token-header", "Host"), "takes the name of a header", "mj-api-secret"),
        (("http://127.0.0.1:9", "--task", "1", "--token-header", "a: b"), "takes the name of a header", "mj-api-secret"),
        (("http://127.0.0.1:9", "--task", "1", "--record", "."), "it is a folder", "name a place"),
    ],
)
def test_a_wrong_call_is_told_with_what_was_probably_meant(
    check: Callable[..., Done], arguments: tuple[str, ...], words: str, hint: str
) -> None:
    done = check(*arguments, token=False)
    assert (done.code, done.out) == (2, "")
    said, _, what = done.err.partition("\nhint: ")
    assert words in said
    assert hint in what


@pytest.mark.parametrize("option", [["--token", TOKEN], [f"--token={TOKEN}"], ["--api-key", TOKEN], ["--token-env", TOKEN]])
def test_a_token_on_the_command_line_is_refused_and_not_said_again(check: Callable[..., Done], option: list[str]) -> None:
    done = check("http://127.0.0.1:9", "--task", "1", *option, token=False)
    assert (done.code, done.out) == (2, "")
    assert "--token-env" in done.err
    assert TOKEN not in done.err


@pytest.mark.parametrize("line", [TOKEN, f"{TOKEN}\n", f"Bearer {TOKEN}\r\nmore"])
def test_a_token_is_read_from_the_first_line_of_standard_input(check: Callable[..., Done], healthy: Served, line: str) -> None:
    done = check(healthy.url, "--task", healthy.tasks[0], "--token-stdin", "--probe", "none", token=False, stdin=line.encode())
    assert done.code == 0


def test_a_token_that_no_header_can_carry_is_refused_and_not_shown(check: Callable[..., Done]) -> None:
    done = check("http://127.0.0.1:9", "--task", "1", "--token-stdin", token=False, stdin="geheim-wört\n".encode())
    assert done.code == 2
    assert "geheim" not in done.err


def test_waivers_and_a_baseline_are_as_in_validate(check: Callable[..., Done], tmp_path: Path) -> None:
    with serving(faults=["success-without-image"]) as faulty:
        arguments = (faulty.url, "--follow", faulty.tasks[0], "--probe", "none")
        assert check(*arguments, "--write-baseline", "known.json").code == 1
        assert check(*arguments, "--baseline", "known.json").code == 0
        waiver = '[[waiver]]\nrule = "success-without-image"\nreason = "known"\nowner = "me"\nexpires = 2999-01-01\n'
        (tmp_path / "waivers.toml").write_text(waiver, "utf-8")
        assert check(*arguments, "--waivers", "waivers.toml").code == 0
        (tmp_path / "docpact.toml").write_text('waivers = "waivers.toml"\nmax-bytes = "1M"\n', "utf-8")
        assert check(*arguments).code == 0


def test_ctrl_c_prints_what_was_found_so_far(healthy: Served, tmp_path: Path) -> None:
    while not healthy.asked.empty():
        healthy.asked.get()
    command = [sys.executable, "-m", "docpact", "check", healthy.url, "--task", healthy.tasks[0], "--rate", "2"]
    process = subprocess.Popen(
        [*command, "--token-env", "RELAY_TOKEN"],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=tmp_path, env={**os.environ, "RELAY_TOKEN": TOKEN},
    )  # fmt: skip
    for _ in range(2):
        healthy.asked.get(timeout=30)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=30)
    assert (process.returncode, err) == (130, "")
    assert "interrupted: this is what was found until then" in out


def test_nothing_is_left_in_the_folder(check: Callable[..., Done], healthy: Served, tmp_path: Path) -> None:
    assert check(healthy.url, "--task", healthy.tasks[0]).code == 0
    assert os.listdir(tmp_path) == []


def test_python_has_the_same_verdict_over_a_port_an_app_and_inside_a_loop(healthy: Served) -> None:
    task = healthy.tasks[3]
    over_port = docpact.check(healthy.url, task, token=TOKEN, probes=())
    assert over_port.outcome is Outcome.CONFORMS

    async def inside() -> Any:
        return docpact.check(relay(token=TOKEN), follow=task, token=TOKEN, probes=())

    in_process = asyncio.run(inside())
    assert (in_process.outcome, in_process.findings) == (Outcome.CONFORMS, ())
    faulty = docpact.check(relay(token=TOKEN, faults=["success-without-image"]), follow=[task], token=TOKEN, probes="ids")
    assert {finding.rule for finding in faulty.findings} <= {"success-without-image"}
    assert TOKEN not in repr(faulty)
