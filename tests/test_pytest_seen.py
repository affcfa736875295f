"""`--docpact-seen`: what tests were given becomes lines that `docpact coverage` counts."""

from __future__ import annotations

import io
import json
from typing import TYPE_CHECKING, Any

import pytest
from plugged import alone, ran

from docpact.api import load
from docpact.cli import main
from docpact.exchange import Act, Answer, Request
from docpact.pytest_plugin.seen_by import SeenBy

if TYPE_CHECKING:
    from pathlib import Path

PROJECT = """
import httpx

def test_payloads(docpact_payloads):
    assert docpact_payloads(status="FAILURE")["status"] == "FAILURE"
    assert docpact_payloads.story("IMAGINE", ["NOT_START", "SUBMITTED", "SUCCESS"])

def test_relay(docpact_relay):
    task = docpact_relay.task("SUCCESS", "UPSCALE")
    with httpx.Client(transport=docpact_relay.transport, base_url=docpact_relay.url, headers=docpact_relay.headers) as client:
        while client.get(task.path).json()["status"] != "SUCCESS":
            docpact_relay.clock.sleep(5)
        assert client.get("/mj/task/1/fetch").status_code
        assert client.get(task.path, headers={"Authorization": "Bearer wrong"}).status_code == 401
"""


@pytest.fixture
def project(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> pytest.Pytester:
    made = alone(pytester, monkeypatch)
    made.makepyfile(PROJECT)
    return made


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def test_what_fixtures_and_the_relay_gave_is_counted(project: pytest.Pytester) -> None:
    seen = project.path / "out" / "seen.ndjson"
    ran(project, "--docpact-seen", "out/seen.ndjson").assert_outcomes(passed=2)
    told = lines(seen)
    statuses = [line["payload"].get("status") for line in told]
    assert statuses[0] == "FAILURE"
    assert statuses[-1] == "SUCCESS"
    # Each poll of the relay has its time and id; an id that no task has, and a wrong token, bring no task.
    polled = [line for line in told if line["asked"] is not None]
    assert {line["asked"] for line in polled} == {polled[0]["payload"]["id"]}
    assert sorted(line["at"] for line in polled) == [line["at"] for line in polled]

    out = io.StringIO()
    code = main(["coverage", str(seen), "--stories", "--format", "json", "--isolated"], io.BytesIO(), out, io.StringIO())
    exercised = {group["name"]: group["seen"].keys() for group in json.loads(out.getvalue())["groups"]}
    assert code == 0
    assert {"/status=FAILURE", "/action=UPSCALE"} <= exercised["values"]
    assert "edge:SUBMITTED→SUCCESS" in exercised["steps"]


def test_a_run_begins_the_file_anew_and_without_the_option_nothing_is_written(project: pytest.Pytester) -> None:
    seen = project.path / "seen.ndjson"
    ran(project, "--docpact-seen", "seen.ndjson")
    first = seen.read_bytes()
    ran(project, "--docpact-seen", "seen.ndjson")
    assert seen.read_bytes() == first
    seen.unlink()
    ran(project).assert_outcomes(passed=2)
    assert not seen.exists()


def test_what_did_not_arrive_whole_was_not_seen(tmp_path: Path) -> None:
    path = tmp_path / "seen.ndjson"
    seen_by = SeenBy(path, load())
    poll = Request("GET", "/mj/task/7/fetch?x=1")
    body = b'{"buttons": []}'
    for request, answer in (
        (poll, Answer(200, body=body[:5])),
        (poll, Answer(200, body=b"[]")),
        (poll, Answer(500, body=body)),
        (poll, Answer(200, body=body, act=Act.RESET)),
        (poll._replace(method="POST"), Answer(200, body=body)),
        (poll._replace(target="/mj/submit/imagine"), Answer(200, body=body)),
    ):
        seen_by.answer(request, answer, 1.0)
    assert not path.exists()
    seen_by.answer(poll, Answer(200, body=body), 1.5)
    assert lines(path) == [{"at": 1500.0, "asked": "7", "payload": {"buttons": []}}]


def test_a_file_that_cannot_be_written_is_wrong_usage(project: pytest.Pytester) -> None:
    (project.path / "file").write_text("", "utf-8")
    result = ran(project, "--docpact-seen", "file/seen.ndjson")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines("*--docpact-seen file/seen.ndjson: it cannot be written: *")
