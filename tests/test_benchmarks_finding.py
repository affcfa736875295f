"""The figure of finding: what counts as found, what a relay counts, and what each judge is given. No peer is installed."""

from __future__ import annotations

import json
import socket
import sys
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from pathlib import Path
    from types import ModuleType

    from finding import Served

PYTHON = sys.executable
pytestmark = pytest.mark.usefixtures("bench")


def test_every_fault_of_the_list_is_one_of_the_mock_and_each_layer_has_some() -> None:
    from finding import faults

    from docpact.contract import load
    from docpact.mock import list_faults, relay

    layers = {row.rule: str(row.layer) for row in list_faults(load())}
    assert {fault.rule: fault.layer for fault in faults()}.items() <= layers.items()
    assert {fault.layer for fault in faults()} == set(layers.values())
    assert len({fault.rule for fault in faults()}) == len(faults())
    relay(faults=[fault.name for fault in faults()])


def test_what_judges_of_endpoints_told_is_read_from_their_reports(tmp_path: Path) -> None:
    from finding import told_by_docpact, told_by_schemathesis

    (tmp_path / "report.json").write_text('{"findings": [{"rule": "http-cut"}, {"rule": "http-cut"}, {"rule": "stuck"}]}')
    assert told_by_docpact(tmp_path) == {"http-cut", "stuck"}
    failure = {"type": "UndefinedStatusCode", "message": "Received: 404"}
    checks = [{"status": "success"}, {"status": "failure", "failure_info": {"failure": failure}}]
    lines: list[dict[str, Any]] = [
        {"EngineStarted": {"id": "1"}},
        {"NonFatalError": {"value": {"type": "ReadTimeout"}}},
        {"ScenarioFinished": {"recorder": {"cases": {}}}},
        {"ScenarioFinished": {"recorder": {"checks": {"first": checks, "second": checks}}}},
    ]
    (tmp_path / "report.ndjson").write_text("".join(json.dumps(line) + "\n" for line in lines) + '{"Scen')
    assert told_by_schemathesis(tmp_path) == {"ReadTimeout", "UndefinedStatusCode: Received: 404"}


def test_what_is_told_of_a_healthy_relay_too_finds_no_fault_and_ours_must_name_the_rule() -> None:
    from finding import Fault, Judge, Run, count
    from measure import Cost
    from tables import found_table

    def run(*told: str, requests: int = 10) -> Run:
        return Run(set(told), requests, Cost(2, 1, 1))

    rows = [Fault("coherent", "time-order/start-time"), Fault("transport", "http-busy/429:every=3")]
    named = Judge("named", lambda *_: [], lambda _: set(), by_name=True)
    faulty = {rows[0].name: run("time-order", "id-time", requests=30), rows[1].name: run("http-cut")}
    ours = count(named, rows, [run()], faulty)
    peers = count(named._replace(by_name=False), rows, [run("404"), run("401")], {**faulty, rows[0].name: run("401", "404")})
    assert (ours["found"], ours["missed"], ours["false"]) == (1, ["http-busy/429:every=3"], 0)
    assert (peers["found"], peers["missed"], peers["alarms"]) == (1, ["time-order/start-time"], ["401", "404"])
    results = {"finding": {"found": {"named": ours}}}
    assert found_table(results)[-1] == "| named | 1 of 2 | 0 | 20 | 2.0 |"
    assert found_table(results, layers=True)[-1] == "| named | 1 of 2 | 1 of 1 | 0 of 1 | 0 | 20 | 2.0 |"
    assert found_table({"bulk": {}}) == []


@pytest.mark.parametrize(("fault", "answers"), [("", "200 404"), ("http-server-error/500", "500 404")])
def test_the_relay_counts_the_requests_of_a_judge_and_is_gone_after_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, fault: str, answers: str
) -> None:
    import finding

    monkeypatch.setattr(finding, "OUT", tmp_path)
    asking = """
import os, sys
from urllib.error import HTTPError
from urllib.request import Request, urlopen
for id in sys.argv[2:]:
    headers = {"Authorization": "Bearer " + os.environ["BENCH_TOKEN"]}
    try:
        code = urlopen(Request(f"{sys.argv[1]}/mj/task/{id}/fetch", headers=headers)).status
    except HTTPError as error:
        code = error.code
    print(code)
"""
    relays = []

    def command(served: Served, _: Path) -> list[str]:
        relays.append(served.url)
        return [PYTHON, "-c", asking, served.url, served.ends[0], "1"]

    judge = finding.Judge("judge", command, lambda folder: {" ".join((folder / "said.txt").read_text().split())})
    ran = finding.before(judge, fault)
    assert (ran.told, ran.requests) == ({answers}, 2)
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", int(relays[0].rpartition(":")[2])), timeout=10)


def test_a_judge_that_does_not_end_is_interrupted(bench: ModuleType, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    import finding

    monkeypatch.setattr(finding, "AT_MOST", 0)
    waiting = "import signal, sys; sys.stdin.close(); signal.pause()"
    assert isinstance(finding.run([PYTHON, "-c", waiting], tmp_path), bench.Cost)


def test_schemathesis_gets_the_same_ids_as_we_do(tmp_path: Path) -> None:
    from finding import Served, checking, strong, usual

    served = Served("http://127.0.0.1:1", ["1", "2"], ["3"])
    assert {"1", "2", "3"} <= {*checking(served, tmp_path)}
    for command in (usual, strong):
        words = command("st", served, tmp_path)
        assert "http://127.0.0.1:1" in words
        (operation,) = (path["get"] for path in json.loads((tmp_path / "openapi.json").read_text())["paths"].values())
        assert [example["value"] for example in operation["parameters"][0]["examples"].values()] == ["1", "2", "3"]
        assert set(operation["responses"]) == ({"200"} if command is usual else {"200", "401", "404"})
    assert 'values = ["1", "2", "3"]' in (tmp_path / "schemathesis.toml").read_text()
