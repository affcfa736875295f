"""The figure of finding: one fault at a time in `docpact mock`, and what judges of endpoints find, with how many requests."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from statistics import median
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.request import urlopen

from figures import Claim, Figure
from measure import DOCPACT, HERE, OUT, PLAIN, ROOT, Cost, peers, tell, versions

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path

CHECK, USUAL, STRONG = "docpact check --thorough", "Schemathesis, defaults", "Schemathesis, all that helps"
TOKEN = "sk-bench-0123456789"  # noqa: S105 - the token of a relay that holds nothing
HEALTHY = ""
AT_MOST = 60
# Judges wait for answers, and for the next poll, for most of their time.
AT_ONCE = 4 * (os.cpu_count() or 1)
# No judge gets further than the relay: nobody listens there.
NOWHERE = "http://127.0.0.1:9"
PLACE = "/mj/task/{id}/fetch"


class Fault(NamedTuple):
    """A fault of the mock, with its conditions, and the layer of its rule."""

    layer: str
    name: str

    @property
    def rule(self) -> str:
        """The rule that it breaks."""
        return re.split("[/:]", self.name, maxsplit=1)[0]


class Served(NamedTuple):
    """A relay that is up: its address, and the ids of its tasks, the first for each end apart."""

    url: str
    ends: Sequence[str]
    others: Sequence[str]


class Judge(NamedTuple):
    """Something that judges an endpoint: its command line, made in a folder of its own, and the kinds of what it told there."""

    name: str
    command: Callable[[Served, Path], Sequence[str]]
    told: Callable[[Path], set[str]]
    by_name: bool = False

    def finds(self, rule: str, told: set[str], healthy: set[str]) -> bool:
        """Tell whether a fault was found: its rule named, or else anything told that is not told of a healthy relay too."""
        return rule in told if self.by_name else bool(told - healthy)


class Run(NamedTuple):
    """One judge before one relay: what it told, how many requests the relay counted, and what it cost."""

    told: set[str]
    requests: int
    cost: Cost


def finding(scale: int, *, alone: bool) -> Figure:
    """Put one fault after the other before each judge: those of `faults.txt`."""
    judges = [Judge(CHECK, checking, told_by_docpact, by_name=True)]
    found: dict[str, str] = {}
    if not alone:
        python = peers("peers-makers.txt", "makers")
        program = str(python.parent / "st")
        judges += [
            Judge(USUAL, lambda served, folder: usual(program, served, folder), told_by_schemathesis),
            Judge(STRONG, lambda served, folder: strong(program, served, folder), told_by_schemathesis),
        ]
        found = versions(python, "schemathesis")
    rows = faults()[::scale]
    counted: dict[str, object] = {}
    return Figure(
        programs={},
        claims=[
            Claim("a healthy relay, checked thoroughly", CHECK, USUAL, "wall"),
            Claim("a healthy relay, checked thoroughly", CHECK, STRONG, "wall"),
        ],
        about={"payloads": 1, "versions": found},
        rounds=3,
        after=lambda: {"found": counted},
        measured=lambda rounds: measured(judges, rows, rounds, counted),
    )


def faults() -> list[Fault]:
    """Read the faults that are put into relays."""
    lines = (line.split() for line in (HERE / "faults.txt").read_text("utf-8").splitlines() if not line.startswith("#"))
    return [Fault(layer, fault) for layer, fault in lines]


def measured(judges: Sequence[Judge], rows: Sequence[Fault], rounds: int, counted: dict[str, object]) -> dict[str, list[Cost]]:
    """Let each judge before a healthy relay, one at a time; then before each fault, several at once, and count."""
    healthy: dict[str, list[Run]] = {judge.name: [] for judge in judges}
    for number in range(rounds):
        turn = number % len(judges)
        for judge in [*judges[turn:], *judges[:turn]]:
            tell(f"round {number + 1} of {rounds}: {judge.name}, a healthy relay")
            healthy[judge.name].append(before(judge, HEALTHY))
    tasks = [(judge, row) for row in rows for judge in judges]
    faulty: dict[str, dict[str, Run]] = {judge.name: {} for judge in judges}
    with ThreadPoolExecutor(AT_ONCE) as pool:
        runs = pool.map(lambda task: before(task[0], task[1].name), tasks)
        for number, ((judge, row), run) in enumerate(zip(tasks, runs, strict=True), 1):
            tell(f"{number} of {len(tasks)}: {judge.name}, {row.name}")
            faulty[judge.name][row.name] = run
    tell("")
    counted |= {judge.name: count(judge, rows, healthy[judge.name], faulty[judge.name]) for judge in judges}
    return {name: [run.cost for run in runs] for name, runs in healthy.items()}


def count(judge: Judge, rows: Sequence[Fault], healthy: Sequence[Run], faulty: Mapping[str, Run]) -> dict[str, object]:
    """Count what a judge found, layer by layer, and what it told of a healthy relay."""
    alarms = set().union(*(run.told for run in healthy))
    found = {row.name for row in rows if judge.finds(row.rule, faulty[row.name].told, alarms)}
    layers = {
        layer: [sum(row.layer == layer for row in rows if row.name in found), sum(row.layer == layer for row in rows)]
        for layer in dict.fromkeys(row.layer for row in rows)
    }
    return {
        "faults": len(rows),
        "found": len(found),
        "layers": layers,
        "false": len(alarms),
        "alarms": sorted(alarms),
        "requests": median(run.requests for run in faulty.values()),
        "most": max(run.requests for run in faulty.values()),
        "seconds": round(median(run.cost.wall for run in healthy), 2),
        "missed": [row.name for row in rows if row.name not in found],
    }


def before(judge: Judge, fault: str) -> Run:
    """Put a judge before a fresh relay with one fault, or none, and ask the relay what it was asked."""
    place = OUT / "finding" / f"{judge.name} {fault or 'healthy'}".translate(str.maketrans(" /:=,", "-----"))
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir(parents=True)
    with relay_with(fault, place) as served:
        cost = run(judge.command(served, place), place)
        with urlopen(f"{served.url}/_docpact/state?after=1000000000", timeout=30) as answer:  # noqa: S310 - the address is ours
            requests: int = json.load(answer)["requests"]["total"]
    try:
        return Run(judge.told(place), requests, cost)
    except (OSError, ValueError, KeyError) as error:
        sys.exit(f"bench: {judge.name} told nothing of {fault or 'a healthy relay'} that can be read: {error!r}; see {place}")


@contextmanager
def relay_with(fault: str, place: Path) -> Iterator[Served]:
    """Start a mock, and end it; what it says to its user stands in that folder."""
    words = [DOCPACT, "mock", "--list", "--port", "0", "--token", TOKEN, "--log", "off", *(["--fault", fault] * bool(fault))]
    log = place / "relay.txt"
    with (
        log.open("wb") as errors,
        subprocess.Popen(words, env=PLAIN, stdout=subprocess.PIPE, stderr=errors, text=True) as process,
    ):
        try:
            said = process.stdout.readline() if process.stdout else ""
            if not said:
                sys.exit(f"bench: {' '.join(words)} does not start:\n{log.read_text('utf-8')}")
            known = json.loads(said)
            ends = {task["end"]: task["id"] for task in reversed(known["tasks"])}
            others = [task["id"] for task in known["tasks"] if task["id"] not in ends.values()]
            yield Served(known["url"], list(ends.values()), others)
        finally:
            process.kill()


def run(command: Sequence[str], folder: Path) -> Cost:
    """Run a judge in its folder; one that takes longer than a minute is interrupted, and what it told until then counts."""
    proxies = {"HTTP_PROXY": NOWHERE, "HTTPS_PROXY": NOWHERE, "http_proxy": NOWHERE, "https_proxy": NOWHERE}
    own = {"HOME": str(folder), "BENCH_TOKEN": TOKEN, "NO_PROXY": "127.0.0.1", "no_proxy": "127.0.0.1"}
    began = time.perf_counter()
    with (folder / "said.txt").open("wb") as said:
        process = subprocess.Popen(command, cwd=folder, env={**PLAIN, **proxies, **own}, stdout=said, stderr=said)
        late = [threading.Timer(AT_MOST, stop, (process.pid, signal.SIGINT))]
        late.append(threading.Timer(AT_MOST + 5, stop, (process.pid, signal.SIGKILL)))
        for timer in late:
            timer.start()
        # Not process.wait(): what it cost is known to wait4 alone.
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        for timer in late:
            timer.cancel()
    bytes_each = 1 if sys.platform == "darwin" else 1024
    return Cost(time.perf_counter() - began, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * bytes_each)


def stop(pid: int, number: int) -> None:
    """Send a signal to a process that may have ended."""
    with suppress(ProcessLookupError):
        os.kill(pid, number)


def checking(served: Served, folder: Path) -> Sequence[str]:
    """Return our command line: two tasks are followed, one to each end, and the others are judged as they stand."""
    tasks = [word for task in served.others for word in ("--task", task)]
    follows = [word for task in served.ends for word in ("--follow", task)]
    report = ["--isolated", "--format", "json", "--output", str(folder / "report.json")]
    return [DOCPACT, "check", served.url, *tasks, *follows, "--token-env", "BENCH_TOKEN", "--thorough", *report]


def told_by_docpact(folder: Path) -> set[str]:
    """Return the rules of the findings."""
    return {finding["rule"] for finding in json.loads((folder / "report.json").read_text("utf-8"))["findings"]}


def usual(program: str, served: Served, folder: Path) -> Sequence[str]:
    """Return a plain `st run` over our document, in which every example of an id is one that the relay knows."""
    (folder / "openapi.json").write_text(json.dumps(document(served)), "utf-8")
    return schemathesis(program, served)


def strong(program: str, served: Served, folder: Path) -> Sequence[str]:
    """Return an `st run` with all that helps: every check, all known ids most of the time, refusals written down."""
    with_refusals = document(served)
    refused = {"description": "refused", "content": {"application/json": {"schema": {"type": "object"}}}}
    with_refusals["paths"][PLACE]["get"]["responses"] |= {"401": refused, "404": refused}
    (folder / "openapi.json").write_text(json.dumps(with_refusals), "utf-8")
    ids = json.dumps([*served.ends, *served.others])
    (folder / "schemathesis.toml").write_text(
        f"continue-on-failure = true\nrequest-timeout = 10\n[dictionaries]\nids = {{ values = {ids} }}\n"
        '[parameters]\n"path.id" = { dictionary = "ids", probability = 0.8 }\n[checks]\nenabled = true\n',
        "utf-8",
    )
    return [*schemathesis(program, served), "--checks", "all"]


def document(served: Served) -> dict[str, Any]:
    """Return the derived document with the relay as its server, and the ids of its tasks as examples."""
    made: dict[str, Any] = json.loads((ROOT / "contracts" / "task-fetch" / "openapi.json").read_text("utf-8"))
    made["servers"] = [{"url": served.url}]
    operation = made["paths"][PLACE]["get"]
    (parameter,) = operation["parameters"]
    del parameter["example"]
    parameter["examples"] = {f"task-{task}": {"value": task} for task in (*served.ends, *served.others)}
    operation["responses"]["200"]["content"]["application/json"]["example"]["id"] = served.ends[0]
    return made


def schemathesis(program: str, served: Served) -> list[str]:
    """Return the part of the command line that says where the relay is, and the form of the report."""
    report = ["--report", "ndjson", "--report-ndjson-path", "report.ndjson", "--no-color", "--seed", "1"]
    asked = ["--url", served.url, "--header", f"Authorization: Bearer {TOKEN}", "--generation-database", "none"]
    return [program, "run", "openapi.json", *asked, *report]


def told_by_schemathesis(folder: Path) -> set[str]:
    """Return the kinds of failures, with what was expected, and of errors of the network."""
    told = set()
    # Who was killed may have left half a line.
    for line in (folder / "report.ndjson").read_text("utf-8").split("\n")[:-1]:
        ((event, about),) = json.loads(line).items()
        if event in {"NonFatalError", "FatalError"}:
            told.add(str(about.get("value", about.get("exception", {})).get("type", event)))
        if event == "ScenarioFinished":
            checks = (check for case in about["recorder"].get("checks", {}).values() for check in case)
            failures = (check["failure_info"]["failure"] for check in checks if check["status"] == "failure")
            told |= {f"{failure['type']}: {failure['message']}" for failure in failures}
    return told


FIGURES = {"finding": finding}
