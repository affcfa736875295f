"""What a report says of a finding of a live endpoint: which answer it was, the request as a shell line, the body."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET
from html import unescape
from typing import TYPE_CHECKING

import pytest

from docpact.finding import Finding, Layer, Place, Severity, Traffic
from docpact.report import FORMATS, Run, as_json, render
from docpact.tally import Tally

if TYPE_CHECKING:
    from collections.abc import Callable

CURL = "curl -sS -H \"Authorization: Bearer $DOCPACT_TOKEN\" 'http://127.0.0.1:8000/mj/task/1/fetch'"
BODY = '{"code":4,"description":"task_no_found "}'


@pytest.fixture
def report() -> Callable[..., str]:
    """Render the same finding, met so many times, in one format."""

    def rendered(form: str, traffic: Traffic | None = Traffic(CURL, 3, 400, BODY), times: int = 1) -> str:  # noqa: B008 - a value
        place = Place("http://127.0.0.1:8000/mj/task/1/fetch")
        finding = Finding(
            "http-status",
            Layer.TRANSPORT,
            Severity.ERROR,
            place,
            "the answer has status 400",
            "send 200",
            400,
            200,
            traffic=traffic,
        )
        tally = Tally()
        for _ in range(times):
            tally.judged([finding])
        run = Run("0", "task-fetch", "0" * 64, "documented", tally)
        return "".join(render(form, run, [as_json.line(finding)] * times if FORMATS[form].single else ()))

    return rendered


def test_a_person_reads_the_answer_the_request_and_the_body_below_the_message(report: Callable[..., str]) -> None:
    lines = report("text").splitlines()
    assert lines[1] == "  at    http://127.0.0.1:8000/mj/task/1/fetch (poll 3, status 400)"
    assert lines[2] == f"  curl  {CURL}"
    assert lines[3] == f"  body  {BODY}"


def test_an_answer_that_never_came_is_said_to_be_none(report: Callable[..., str]) -> None:
    text = report("text", Traffic(CURL))
    assert "/fetch (no answer)\n" in text
    assert "  body" not in text


def test_a_finding_over_many_polls_shows_the_first_request_once(report: Callable[..., str]) -> None:
    text = report("text", times=20)
    assert text.count(CURL) == 1
    assert "20 times" in text


def test_json_has_the_traffic_beside_the_keys_that_were_there(report: Callable[..., str]) -> None:
    finding = json.loads(report("json"))["findings"][0]
    assert finding["traffic"] == {"curl": CURL, "poll": 3, "status": 400, "excerpt": BODY}
    without = json.loads(report("json", None))["findings"][0]
    assert {key: value for key, value in finding.items() if key != "traffic"} == without


@pytest.mark.parametrize("form", ["junit", "sarif", "github", "markdown", "html", "ndjson"])
def test_every_format_shows_how_to_ask_again(report: Callable[..., str], form: str) -> None:
    assert "DOCPACT_TOKEN" in unescape(report(form))
    assert "task_no_found" in unescape(report(form))
    assert "DOCPACT_TOKEN" not in unescape(report(form, None))


@pytest.mark.parametrize("form", FORMATS)
def test_a_body_cannot_break_out_of_a_report(report: Callable[..., str], form: str) -> None:
    hostile = "\x1b[31m</dd></dl><script>owned()</script>\n::error::owned ##[error]owned `|<b>"
    text = report(form, Traffic(CURL, 1, 200, hostile))
    assert "\x1b" not in text
    assert "<script>" not in text or form in {"text", "json", "ndjson", "github", "sarif"}
    assert "\n::error::owned" not in text
    assert "##[error]" not in text or form in {"json", "ndjson"}
    if form == "junit":
        ET.fromstring(text)  # noqa: S314 - our own report
