"""Cassettes of some polls, written, loaded and replayed in a process of their own: docpact's tape, vcrpy's YAML and JSON.

`tapes.py write KIND PATH SIZE` writes one. `tapes.py play KIND PATH SIZE` loads it and asks for answers of it through requests,
and prints, as JSON, what each of both cost: seconds of wall clock and of CPU, and the bytes that the process held at the most.
Answers that are asked for are spread evenly over the cassette, since vcrpy looks through all before them.
"""

from __future__ import annotations

import json
import resource
import sys
from time import perf_counter, process_time
from typing import TYPE_CHECKING, Any

import requests
from vcr import VCR
from vcr.request import Request

from docpact.cassettes.player import Recorder
from docpact.contract import load
from docpact.generate.draws import Seeded
from docpact.generate.payloads import Sampler

if TYPE_CHECKING:
    from collections.abc import Callable

DOCPACT, YAML, JSON = "docpact", "vcrpy, YAML", "vcrpy, JSON"
KINDS: dict[str, tuple[Any, str]] = {DOCPACT: (Recorder, "json"), YAML: (VCR, "yaml"), JSON: (VCR, "json")}
# So many answers are asked for of a cassette, and a short one is opened so often that a clock can see it.
ASKED, OPENED = 40, 400


def address(number: int) -> str:
    """Return the address of a poll."""
    return f"https://relay.example/mj/task/{number}/fetch"


def pairs(size: int) -> list[tuple[Request, dict[str, Any]]]:
    """Make so many polls, each of a task of its own."""
    sampler, draws = Sampler(load()), Seeded()
    made = []
    for draws.nth in range(size):
        body = json.dumps(sampler.payload(sampler.task(draws), *sampler.facts(draws)), ensure_ascii=False).encode()
        headers = {"Content-Type": ["application/json"], "Content-Length": [str(len(body))]}
        answer = {"status": {"code": 200, "message": "OK"}, "headers": headers, "body": {"string": body}}
        made.append((Request("GET", address(draws.nth), None, {"Accept": "*/*"}), answer))
    return made


def write(kind: str, path: str, size: int) -> None:
    """Write a cassette as its tool does."""
    vcr, serializer = KINDS[kind]
    with vcr(serializer=serializer).use_cassette(path) as cassette:
        for request, answer in pairs(size):
            cassette.append(request, answer)


def play(kind: str, path: str, size: int) -> dict[str, list[float]]:
    """Open a cassette as often as is worth measuring, and get answers of it; return what each opening and each GET cost."""
    vcr, serializer = KINDS[kind]
    recorder = vcr(serializer=serializer, record_mode="none")
    asked = sorted({number * size // ASKED for number in range(ASKED)})
    times = max(1, OPENED // size)
    opening, getting = [0.0, 0.0], [0.0, 0.0]
    with requests.Session() as session:

        def get() -> None:
            for number in asked:
                session.get(address(number), timeout=5).raise_for_status()

        # What is imported, and made once, when the first answer is played.
        warm(kind, f"{path}.warm", session)
        for _ in range(times):
            cassette = recorder.use_cassette(path)
            spend(opening, cassette.__enter__)
            spend(getting, get)
            cassette.__exit__(None, None, None)
    held = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)
    gets = times * len(asked)
    return {"load": [*(spent / times for spent in opening), held], "get": [*(spent / gets for spent in getting), held]}


def warm(kind: str, path: str, session: requests.Session) -> None:
    """Play a cassette of one poll."""
    vcr, serializer = KINDS[kind]
    write(kind, path, 1)
    with vcr(serializer=serializer, record_mode="none").use_cassette(path):
        session.get(address(0), timeout=5).raise_for_status()


def spend(spent: list[float], work: Callable[[], object]) -> None:
    """Do some work, and add what it took: seconds of wall clock, and of CPU."""
    wall, cpu = perf_counter(), process_time()
    work()
    spent[0] += perf_counter() - wall
    spent[1] += process_time() - cpu


def main(doing: str, kind: str, path: str, size: str) -> None:
    """Write or play."""
    if doing == "write":
        write(kind, path, int(size))
    else:
        print(json.dumps(play(kind, path, int(size))))


if __name__ == "__main__":
    main(*sys.argv[1:])
