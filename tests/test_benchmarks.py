"""What the benchmarks say of docpact is what they measured. Nothing here looks at a clock, and no peer is installed."""

from __future__ import annotations

import hashlib
import json
import os
import sys
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from pathlib import Path
    from types import ModuleType

PYTHON = sys.executable


@pytest.fixture
def results(root: Path) -> dict[str, Any]:
    kept: dict[str, Any] = json.loads((root / "benchmarks" / "results.json").read_bytes())
    return kept


@pytest.mark.usefixtures("bench")
def test_the_tables_are_what_results_json_gives(root: Path, results: dict[str, Any]) -> None:
    from tables import filled, long_table, short_table

    for path, table in (("README.md", short_table(results)), ("benchmarks/README.md", long_table(results))):
        text = (root / path).read_text("utf-8")
        assert filled(text, table) == text, f"{path}: make bench ARGS=draw"


def test_the_plot_was_drawn_of_results_json_and_the_readme_shows_it(root: Path) -> None:
    drawn_of = hashlib.sha256((root / "benchmarks" / "results.json").read_bytes()).hexdigest()
    for ending in ("svg", "png"):
        name = f"docs/figures/benchmarks.{ending}"
        assert drawn_of.encode() in (root / name).read_bytes(), f"{name}: make bench ARGS=draw"
        assert f"({name})" in (root / "README.md").read_text("utf-8")


@pytest.mark.usefixtures("bench")
def test_every_figure_is_kept_with_what_it_was_measured_on(results: dict[str, Any]) -> None:
    from bench import FIGURES
    from tables import ORDER

    assert set(ORDER) == set(FIGURES)
    assert list(results) == [name for name in ORDER if name in results]
    assert {"bulk", "files", "one", "memory", "fixtures", "strategies", "length"} <= results.keys()
    for name, entry in results.items():
        assert {"date", "rounds", "docpact", "python", "system", "cpus", "versions"} <= entry.keys(), name
        for claim in entry["claims"]:
            known = entry["costs"].keys() | entry.get("each", {}).keys()
            assert {claim["program"], claim["beside"] or claim["program"]} <= known
            assert claim["least"] <= claim["value"] <= claim["most"]


def test_a_claim_is_read_round_by_round_and_left_out_without_its_peer(bench: ModuleType) -> None:
    from figures import Claim
    from tables import evaluated, goal, takes

    cost = bench.Cost
    costs = {
        "docpact": [cost(1, 2, 30e6), cost(2, 4, 31e6), cost(9, 9, 32e6)],
        "peer": [cost(4, 4, 29e6), cost(4, 4, 29e6), cost(4, 4, 29e6)],
    }
    claims = [
        Claim("time", "docpact", "peer", "wall", 0.4),
        Claim("memory", "docpact", None, "memory", 32),
        Claim("growth", "docpact", "peer", "memory"),
        Claim("time", "docpact", "nowhere", "wall"),
    ]
    time, memory, growth = evaluated(claims, costs)
    assert (time["value"], time["least"], time["most"]) == (0.5, 0.25, 2.25)
    assert [takes(claim) for claim in (time, memory, growth)] == ["0.50 times as long", "31.0 MB", "2.0 MB more"]
    assert [goal(claim) for claim in (time, memory, growth)] == ["0.4, missed", "32", ""]


def test_a_program_is_measured_alone_and_not_with_what_feeds_it(bench: ModuleType, tmp_path: Path) -> None:
    held = "held = bytearray(150_000_000); held[::4096] = b'1' * len(held[::4096])"
    read = f"import sys; assert len(sys.stdin.read()) == 5; open({str(tmp_path / 'read')!r}, 'w')"
    feeder = [PYTHON, "-c", f"{held}; print('fed!')"]
    fed = bench.once(bench.Program([PYTHON, "-c", read], feeder=feeder))
    assert (tmp_path / "read").exists()
    assert fed.memory < 100e6
    assert bench.once(bench.Program([PYTHON, "-c", held])).memory > 150e6


def test_every_program_is_run_once_a_round_and_starts_some_round(bench: ModuleType, tmp_path: Path) -> None:
    log = tmp_path / "log"

    def writing(letter: str) -> list[str]:
        return [PYTHON, "-c", f"open({str(log)!r}, 'a').write({letter!r})"]

    costs = bench.side_by_side({letter: bench.Program(writing(letter)) for letter in "abc"}, rounds=2)
    assert log.read_text() == "abc" + "abc" + "bca"
    assert {name: len(runs) for name, runs in costs.items()} == {"a": 2, "b": 2, "c": 2}


@pytest.mark.parametrize(
    ("prints", "code", "why"),
    [
        ("print(7)", 0, "told 7 invalid payloads, and there are 8"),
        ("print(8); raise SystemExit(3)", 0, "gave the exit code 3, not 0"),
        ("print(8)", 1, "gave the exit code 0, not 1"),
    ],
)
def test_a_program_that_finds_something_else_stops_the_benchmark(bench: ModuleType, prints: str, code: int, why: str) -> None:
    program = bench.Program([PYTHON, "-c", prints], code, invalid=8, told=int)
    with pytest.raises(SystemExit, match=why):
        bench.side_by_side({"program": program}, rounds=1)


@pytest.mark.usefixtures("bench")
def test_the_invalid_payloads_are_read_from_what_each_program_prints() -> None:
    from figures import told_by_check, told_by_docpact, told_by_sourcemeta

    text = "\nviolates  1,000 of 100,000 payloads with errors; contract task-fetch, profile documented\n"
    assert told_by_docpact(text) == 1000
    assert told_by_sourcemeta('fail: a.jsonl (entry #1)\n\n{\n  "failReason": ""\nfail: a.jsonl (entry #2)\n') == 2
    assert (
        told_by_check("Schema validation errors were encountered.\n  d/1.json::$.a: x\n  d/1.json::$: y\n  d/2.json::$.a: x\n")
        == 2
    )


def test_without_a_package_index_it_says_what_still_runs(
    bench: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bench, "HERE", tmp_path)
    monkeypatch.setattr(bench, "PYTHON", "/bin/false" if os.path.exists("/bin/false") else "/usr/bin/false")
    (tmp_path / "peers.txt").write_text("orjson==3.13.0\n")
    with pytest.raises(SystemExit, match="--without-peers"):
        bench.peers()
    assert not (tmp_path / "venv" / ".stamp").exists()


def test_what_docpact_makes_is_all_valid_and_coherent(results: dict[str, Any]) -> None:
    made = {name: made for entry in results.values() for name, made in entry.get("made", {}).items()}
    assert made
    for name, counts in made.items():
        assert counts["coherent"] <= counts["valid"] <= counts["payloads"], name
        if name.startswith("docpact"):
            assert counts["valid"] == counts["payloads"], name
        if name in {"docpact generate valid", "docpact.strategies.payloads()"}:
            assert counts["coherent"] == counts["payloads"]


def test_what_one_more_costs_is_the_difference_of_two_runs_round_by_round(bench: ModuleType) -> None:
    from figures import Claim, Span
    from tables import each, evaluated, takes

    cost = bench.Cost
    costs = {
        "few": [cost(1.0, 0.5, 1e6), cost(2.0, 0.6, 1e6)],
        "many": [cost(3.0, 1.5, 2e6), cost(3.0, 2.6, 2e6)],
        "peer": [cost(0.0, 1.0, 1e6), cost(0.0, 1.0, 1e6)],
        "peer, long": [cost(9.0, 2001.0, 1e6), cost(9.0, 2001.0, 1e6)],
    }
    alone = each({"maker": Span("many", "few", 100), "slow": Span("peer, long", "peer", 1000)}, costs)
    assert [(run.wall, run.cpu, run.memory) for run in alone["maker"]] == [(0.02, 0.01, 2e6), (0.01, 0.02, 2e6)]
    (claim,) = evaluated([Claim("a payload made", "maker", "slow", "cpu")], {**costs, **alone})
    assert (claim["least"], claim["value"], claim["most"]) == (0.005, 0.0075, 0.01)
    assert takes(claim) == "0.0075 times the CPU time"


@pytest.mark.usefixtures("bench")
def test_shares_are_told_as_counts() -> None:
    from tables import made_table, share

    assert [share(2000, 2000), share(0, 2000), share(1, 2000)] == ["all 2,000", "none of 2,000", "1 of 2,000 (0.1%)"]
    made = {"payloads": 200, "bytes": 1000, "valid": 200, "coherent": 50}
    entry = {"each": {"maker": {"cpu": 0.0012}}, "made": {"maker": made}}
    assert made_table({"fixtures": entry})[-1] == "| maker | 1,200 µs | 5 | all 200 | 50 of 200 (25.0%) |"
    assert made_table({"bulk": {}}) == []


@pytest.mark.usefixtures("bench")
def test_valid_and_coherent_payloads_are_counted_apart_and_a_missing_one_stops_the_benchmark(
    root: Path, tmp_path: Path
) -> None:
    from making import Maker, judged, made_by

    example = json.loads((root / "contracts" / "task-fetch" / "page.txt").read_text("utf-8").splitlines()[-1])
    undocumented = {name: value for name, value in example.items() if name != "buttons"}
    incoherent = {**example, "finishTime": example["submitTime"] - 1}
    (tmp_path / "made").mkdir()
    maker = Maker("a maker", lambda count, path: [str(count), path], 4)
    payloads = [example, undocumented, incoherent, incoherent]
    made_by(maker).write_text("".join(json.dumps(payload) + "\n" for payload in payloads), "utf-8")
    assert judged([maker])["a maker"].items() >= {"payloads": 4, "valid": 3, "coherent": 1}.items()
    with pytest.raises(SystemExit, match="a maker wrote 4 payloads, not 5"):
        judged([maker._replace(asked=5)])


@pytest.mark.parametrize("name", ["fixtures", "strategies"])
def test_every_maker_is_there_and_every_claim_names_one(
    bench: ModuleType, root: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    import drawers
    import makers
    import making

    monkeypatch.setattr(making, "peers", lambda *_: PYTHON)
    monkeypatch.setattr(making, "versions", lambda _, *packages: dict.fromkeys(packages, "1"))
    for name_of in ("node", "faker", "node_version"):
        monkeypatch.setattr(making, name_of, lambda *_: "node")
    known = {"makers.py": makers.MAKERS.keys(), "drawers.py": drawers.DRAWERS.keys(), "makers.mjs": {"some", "all"}}
    figure = making.FIGURES[name](10, alone=False)
    for program in figure.programs.values():
        scripts = [str(word) for word in program.command if str(word).startswith(str(root / "benchmarks"))]
        if scripts:
            script = os.path.basename(scripts[0])
            assert known[script] & {*program.command}
        else:
            assert program.command[:3] == [bench.DOCPACT, "generate", "valid"]
    assert {claim.program for claim in figure.claims} | {claim.beside for claim in figure.claims} == figure.spans.keys()


def test_without_npm_or_its_registry_it_says_what_still_runs(
    bench: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    import npm

    there = tmp_path / "bin"
    there.mkdir()

    def program(name: str, text: str) -> None:
        (there / name).write_text(f"#!/bin/sh\n{text}\n", "utf-8")
        (there / name).chmod(0o755)

    monkeypatch.setenv("PATH", str(there))
    monkeypatch.setitem(bench.PLAIN, "PATH", str(there))
    with pytest.raises(SystemExit, match=r"(?s)no Node\.js on PATH.*--without-peers"):
        npm.node()
    program("node", "echo v16.20.0")
    with pytest.raises(SystemExit, match=r"(?s)no npm on PATH.*--without-peers"):
        npm.node()
    program("npm", "echo no such registry >&2; exit 1")
    with pytest.raises(SystemExit, match=r"needs Node\.js 18 or newer, and .* is 16\.20\.0"):
        npm.node()
    with pytest.raises(SystemExit, match=r"(?s)no registry of npm can be reached.*--without-peers"):
        npm.faker()
    assert "no such registry" in capfd.readouterr().err
    assert not (tmp_path / "node" / ".stamp").exists()
