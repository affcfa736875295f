"""Cassettes of 1, 100 and 10,000 polls, loaded and replayed: docpact's tape beside vcrpy's YAML and JSON, interleaved.

`python benchmarks/tapes.py [ROUNDS]` prints CPU seconds: to load; to find one answer; and for one GET through requests, which
is what users feel. Answers that are asked for are spread evenly over the cassette, since vcrpy looks through all before them.
In brackets: docpact's seconds as a multiple of the others'.
"""

from __future__ import annotations

import json
import sys
from statistics import median
from tempfile import TemporaryDirectory
from time import process_time
from typing import Any

import requests
from vcr import VCR
from vcr.request import Request

from docpact.cassettes.player import Recorder
from docpact.contract import load
from docpact.generate.draws import Seeded
from docpact.generate.payloads import Sampler

SIZES = (1, 100, 10_000)
ASKED = 20
KINDS: dict[str, tuple[Any, str]] = {"docpact": (Recorder, "json"), "vcrpy YAML": (VCR, "yaml"), "vcrpy JSON": (VCR, "json")}


def pairs(size: int) -> list[tuple[Request, dict[str, Any]]]:
    """Make so many polls, each of a task of its own."""
    sampler, draws = Sampler(load()), Seeded()
    made = []
    for draws.nth in range(size):
        body = json.dumps(sampler.payload(sampler.task(draws), *sampler.facts(draws)), ensure_ascii=False).encode()
        headers = {"Content-Type": ["application/json"], "Content-Length": [str(len(body))]}
        answer = {"status": {"code": 200, "message": "OK"}, "headers": headers, "body": {"string": body}}
        made.append((Request("GET", f"https://relay.example/mj/task/{draws.nth}/fetch", None, {"Accept": "*/*"}), answer))
    return made


def measured(kind: str, path: str, size: int) -> dict[str, float]:
    """Load a cassette, find answers in it, and ask for others through requests."""
    vcr, serializer = KINDS[kind]
    asked = sorted({number * size // ASKED for number in range(ASKED)})
    found = {}
    began = process_time()
    with vcr(serializer=serializer, record_mode="none").use_cassette(path) as cassette:
        found["load"] = process_time() - began
        began = process_time()
        for number in asked:
            cassette.play_response(Request("GET", f"https://relay.example/mj/task/{number}/fetch", None, {}))
        found["find one"] = (process_time() - began) / len(asked)
        cassette.rewind()
        with requests.Session() as session:
            began = process_time()
            for number in asked:
                session.get(f"https://relay.example/mj/task/{number}/fetch", timeout=5).raise_for_status()
            found["one GET"] = (process_time() - began) / len(asked)
    return found


def main() -> None:
    """Write the cassettes, measure each kind in turn, and print the medians beside docpact's."""
    rounds = int(sys.argv[1]) if sys.argv[1:] else 3
    with TemporaryDirectory() as folder:
        for size in SIZES:
            made = pairs(size)
            for kind, (vcr, serializer) in KINDS.items():
                with vcr(serializer=serializer).use_cassette(f"{folder}/{kind}{size}") as cassette:
                    for request, answer in made:
                        cassette.append(request, answer)
            runs = [{kind: measured(kind, f"{folder}/{kind}{size}", size) for kind in KINDS} for _ in range(rounds)]
            for what in ("load", "find one", "one GET"):
                costs = {kind: median(run[kind][what] for run in runs) for kind in KINDS}
                ratios = {kind: median(run["docpact"][what] / run[kind][what] for run in runs) for kind in KINDS}
                print(f"{size:>6} {what:8}", *(f"{kind} {costs[kind]:.6f} s ({ratios[kind]:.4f})" for kind in KINDS), sep="  ")


if __name__ == "__main__":
    main()
