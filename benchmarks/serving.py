"""The figure of serving: mocks side by side under the load of wrk, each started anew in each round."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple
from urllib.error import URLError
from urllib.request import Request, urlopen

from figures import Claim, Figure
from measure import DOCPACT, OUT, PLAIN, ROOT, WITHOUT, Cost, peers, tell, versions
from npm import installed, node, node_version

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

MOCK, PRISM, WIREMOCK = "docpact mock", "Prism", "WireMock"
UVICORN, UVLOOP = "Starlette on uvicorn", "Starlette on uvicorn with uvloop"
CONNECTIONS = (1, 16, 64)
MOST = CONNECTIONS[-1]
SECONDS = 5
TOKEN, TASK = "sk-bench-0123456789", "1757419391567232"
# Each is warm, its memory grown and its code compiled, before anything is measured.
WARM = 2
TICK = os.sysconf("SC_CLK_TCK")

APP = """
import json
from starlette.applications import Starlette
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
body = json.load(open("example.json"))
async def fetch(request):
    if request.headers.get("authorization") != "Bearer {token}":
        return Response(status_code=401)
    return JSONResponse({{**body, "id": request.path_params["id"]}})
app = Starlette(routes=[Route("/mj/task/{{id}}/fetch", fetch)])
"""


class Server(NamedTuple):
    """One mock: its command line for a port."""

    name: str
    command: Callable[[int], Sequence[str]]


class Served(NamedTuple):
    """What wrk counted: requests a second, and how long the slowest of a hundred requests took."""

    rate: float
    p99: float


def serving(scale: int, *, alone: bool) -> Figure:
    """Serve one answer again and again: what a request costs, how long it takes, and what a server needs."""
    seconds = max(1, SECONDS // scale)
    wrk = shutil.which("wrk") or sys.exit(f"bench: wrk is needed to put load on servers: install it\n{WITHOUT}")
    servers = [Server(MOCK, mock)]
    found: dict[str, str] = {}
    if not alone:
        more, found = others_than_ours()
        servers += more
    served = f"a request served, {MOST} connections"
    return Figure(
        programs={},
        claims=[
            Claim(served, at(MOCK, MOST), at(PRISM, MOST), "cpu", 0.083),
            Claim(served, at(MOCK, MOST), at(UVICORN, MOST), "cpu", 0.455),
            Claim(served, at(MOCK, MOST), at(UVLOOP, MOST), "cpu", aside=True),
            Claim(served, at(MOCK, MOST), at(WIREMOCK, MOST), "cpu"),
            Claim(f"requests a second, {MOST} connections", at(MOCK, MOST), at(PRISM, MOST), "wall", 0.125),
            Claim(f"the slowest of 100 requests, {MOST} connections", slow(MOCK), slow(PRISM), "wall", 0.2),
            Claim("from the start until it answers", start(MOCK), start(PRISM), "wall"),
            Claim("memory of the server", at(MOCK, MOST), None, "memory", 30),
        ],
        about={"payloads": 1, "versions": found},
        rounds=3,
        measured=lambda rounds: measured(servers, rounds, wrk, seconds),
    )


def at(name: str, connections: int) -> str:
    """Name a server under a load."""
    return f"{name}, {connections} connection{'s' * (connections > 1)}"


def slow(name: str) -> str:
    """Name what the slowest of a hundred requests takes."""
    return f"{name}, slowest of 100 at {MOST} connections"


def start(name: str) -> str:
    """Name the time until a server answers."""
    return f"{name}, until it answers"


def mock(port: int) -> Sequence[str]:
    """Return the command line of ours: a task that has ended, so that its answer stays the same."""
    return [DOCPACT, "mock", "--port", str(port), "--token", TOKEN, "--log", "off", "--pace", "0.001"]


def others_than_ours() -> tuple[list[Server], dict[str, str]]:
    """Return the other servers, installed if they are not there, with their versions."""
    javascript, java = node(), shutil.which("java")
    prism, found = installed("@stoplight/prism-cli", "5.14.2")
    python = peers("peers-servers.txt", "servers")
    prism_main, document = str(prism / "dist" / "index.js"), prism_document()
    folder = OUT / "serving"
    (folder / "example.json").write_text(json.dumps(example()), "utf-8")
    (folder / "app.py").write_text(APP.format(token=TOKEN), "utf-8")

    def uvicorn(loop: str) -> Callable[[int], Sequence[str]]:
        words = [str(python), "-m", "uvicorn", "app:app", "--app-dir", str(folder), "--no-access-log", "--log-level", "error"]
        return lambda port: [*words, "--loop", loop, "--http", "httptools", "--port", str(port)]

    servers = [
        Server(PRISM, lambda port: [javascript, prism_main, "mock", "-p", str(port), "-v", "silent", document]),
        Server(UVICORN, uvicorn("asyncio")),
        Server(UVLOOP, uvicorn("uvloop")),
    ]
    found |= versions(python, "uvicorn", "starlette", "uvloop", "httptools") | {"Node.js": node_version(javascript)}
    if java:
        package, more = installed("wiremock", "3.13.2")
        jar = str(next((package / "build").glob("*.jar")))
        stubs = wiremock_stubs()
        words = [java, "-jar", jar, "--root-dir", stubs, "--no-request-journal", "--disable-banner"]
        servers.append(Server(WIREMOCK, lambda port: [*words, "--port", str(port)]))
        found |= more
    return servers, found


def example() -> dict[str, object]:
    """Return the example of the page."""
    folder = OUT / "serving"
    folder.mkdir(parents=True, exist_ok=True)
    page = (ROOT / "contracts" / "task-fetch" / "page.txt").read_text("utf-8")
    found: dict[str, object] = json.loads(page.splitlines()[-1])
    return found


def prism_document() -> str:
    """Write the derived OpenAPI document for Prism."""
    example()
    path = OUT / "serving" / "openapi.json"
    shutil.copyfile(ROOT / "contracts" / "task-fetch" / "openapi.json", path)
    return str(path)


def wiremock_stubs() -> str:
    """Write the one answer for WireMock."""
    folder = OUT / "serving" / "wiremock"
    (folder / "mappings").mkdir(parents=True, exist_ok=True)
    stub = {
        "request": {
            "method": "GET",
            "urlPathPattern": "/mj/task/[^/]+/fetch",
            "headers": {"Authorization": {"equalTo": f"Bearer {TOKEN}"}},
        },
        "response": {"status": 200, "jsonBody": example(), "headers": {"Content-Type": "application/json"}},
    }
    (folder / "mappings" / "fetch.json").write_text(json.dumps(stub), "utf-8")
    return str(folder)


def measured(servers: Sequence[Server], rounds: int, wrk: str, seconds: int) -> dict[str, list[Cost]]:
    """Put each server under each load, round by round, one server at a time; each round begins with another one."""
    costs: dict[str, list[Cost]] = {}
    for number in range(rounds):
        turn = number % len(servers)
        for server in [*servers[turn:], *servers[:turn]]:
            tell(f"round {number + 1} of {rounds}: {server.name}")
            for name, cost in one(server, wrk, seconds):
                costs.setdefault(name, []).append(cost)
    tell("")
    return costs


def one(server: Server, wrk: str, seconds: int) -> Iterator[tuple[str, Cost]]:
    """Yield the costs of one server: until it answers, a request under each load, and the slowest of a hundred."""
    port = free_port()
    began = time.perf_counter()
    with subprocess.Popen(
        server.command(port), env=PLAIN, cwd=OUT / "serving" if (OUT / "serving").exists() else OUT,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True,
    ) as process:  # fmt: skip
        try:
            await_answer(server, port, process)
            yield start(server.name), Cost(time.perf_counter() - began, cpu(process.pid), memory(process.pid))
            load(wrk, port, MOST, WARM)
            for connections in CONNECTIONS:
                before = cpu(process.pid)
                served = load(wrk, port, connections, seconds)
                each = (cpu(process.pid) - before) / max(1.0, served.rate * seconds)
                yield at(server.name, connections), Cost(1 / served.rate, each, memory(process.pid))
            yield slow(server.name), Cost(served.p99, 0, 0)
        finally:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)


def await_answer(server: Server, port: int, process: subprocess.Popen[bytes]) -> None:
    """Wait until a server answers as it should; stop everything if it does not."""
    request = Request(f"http://127.0.0.1:{port}/mj/task/{TASK}/fetch", headers={"Authorization": f"Bearer {TOKEN}"})
    for _ in range(6000):
        if process.poll() is not None:
            break
        try:
            with urlopen(request, timeout=10) as answer:  # noqa: S310 - the address is ours
                if "status" in json.load(answer):
                    return
        except (URLError, ConnectionError):
            time.sleep(0.005)
    sys.exit(f"bench: {server.name} does not answer: {' '.join(server.command(port))}")


def load(wrk: str, port: int, connections: int, seconds: int) -> Served:
    """Put a load on a server; stop everything if an answer is not what it should be."""
    url = f"http://127.0.0.1:{port}/mj/task/{TASK}/fetch"
    words = [wrk, "-t1", f"-c{connections}", f"-d{seconds}s", "--latency", "-H", f"Authorization: Bearer {TOKEN}", url]
    said = subprocess.run(words, capture_output=True, text=True, check=True, env=PLAIN).stdout
    if "Non-2xx" in said or "Socket errors" in said:
        sys.exit(f"bench: {' '.join(words)}\n{said}")
    rate = re.search(r"Requests/sec:\s+([\d.]+)", said)
    p99 = re.search(r"99%\s+([\d.]+)(us|ms|s)\b", said)
    if rate is None or p99 is None:
        sys.exit(f"bench: wrk said something else than it used to\n{said}")
    return Served(float(rate[1]), float(p99[1]) * {"us": 1e-6, "ms": 1e-3, "s": 1.0}[p99[2]])


def free_port() -> int:
    """Return a port that nobody listens at."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port: int = taken.getsockname()[1]
        return port


def tree(pid: int) -> Iterator[int]:
    """Yield a process and those that it started."""
    yield pid
    for child in Path(f"/proc/{pid}/task/{pid}/children").read_text("utf-8").split():
        yield from tree(int(child))


def cpu(pid: int) -> float:
    """Return the seconds of CPU that a server has had so far."""
    fields = (Path(f"/proc/{one}/stat").read_text("utf-8").rpartition(")")[2].split() for one in tree(pid))
    return sum(int(part[11]) + int(part[12]) for part in fields) / TICK


def memory(pid: int) -> float:
    """Return the bytes that a server held at the most."""
    found = (re.search(r"VmHWM:\s+(\d+) kB", Path(f"/proc/{one}/status").read_text("utf-8")) for one in tree(pid))
    return sum(int(match[1]) * 1024 for match in found if match)


FIGURES = {"serving": serving}
