"""Each format says what was found, in the form that its readers take: held to their own schemas."""

from __future__ import annotations

import html
import io
import json
import re
import subprocess
import sys
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET

import pytest
import xmlschema
from jsonschema import Draft4Validator, Draft202012Validator

from docpact.cli import main
from docpact.report import FORMATS
from docpact.rules import RULES

if TYPE_CHECKING:
    from collections.abc import Callable

SCHEMAS = Path(__file__).parent / "schemas"
SARIF = Draft4Validator(json.loads((SCHEMAS / "sarif-2.1.0-rtm.5.json").read_text("utf-8")))
GITLAB = Draft202012Validator(json.loads((SCHEMAS / "gitlab-code-quality.schema.json").read_text("utf-8")))
JUNIT = xmlschema.XMLSchema(str(SCHEMAS / "junit-10.xsd"), allow="local")


@pytest.fixture
def captures(root: Path) -> Path:
    return root / "examples" / "captures"


@pytest.fixture
def found(report: Callable[..., str], captures: Path) -> list[dict[str, Any]]:
    findings: list[dict[str, Any]] = json.loads(report("json", captures, "--stories"))["findings"]
    return findings


def test_ndjson_is_the_findings_of_the_json_report(
    report: Callable[..., str], captures: Path, found: list[dict[str, Any]]
) -> None:
    assert [json.loads(line) for line in report("ndjson", captures, "--stories").splitlines()] == found


def test_sarif_keeps_its_schema_and_holds_every_finding(
    report: Callable[..., str], captures: Path, found: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(captures.parent)
    log = json.loads(report("sarif", captures, "none.json", "--stories"))
    SARIF.validate(log)
    (run,) = log["runs"]
    rules = run["tool"]["driver"]["rules"]
    assert [rule["id"] for rule in rules] == list(RULES)
    for result, finding in zip(run["results"], found, strict=True):
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"] == finding["rule"]
        assert result["level"] == finding["severity"]
        assert result["partialFingerprints"] == {"docpact/v1": finding["fingerprint"]}
        (location,) = result["locations"]
        uri = location["physicalLocation"]["artifactLocation"]["uri"]
        assert uri.startswith("captures/"), "a path below the current folder is told from there"
        region = location["physicalLocation"]["region"]
        assert (region["startLine"], region["startColumn"]) == (finding["place"]["line"], finding["place"]["column"])
        if finding["clause"]:
            (page,) = result["relatedLocations"]
            assert page["physicalLocation"]["region"]["startLine"] == finding["clause"]["lines"][0]
    (told,) = run["invocations"][0]["toolExecutionNotifications"]
    assert told["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "none.json"
    assert run["invocations"][0]["executionSuccessful"] is False


def test_junit_keeps_its_schema_and_has_a_case_for_each_rule_in_force(
    report: Callable[..., str], captures: Path, found: list[dict[str, Any]]
) -> None:
    text = report("junit", captures, "none.json", "--stories")
    JUNIT.validate(text)
    (suite,) = ET.fromstring(text)  # noqa: S314 - our own report
    cases = {case.get("name"): case for case in suite.iter("testcase")}
    failed = {name for name, case in cases.items() if case.find("failure") is not None}
    assert failed == {finding["rule"] for finding in found if finding["severity"] == "error"}
    assert {"json-empty", "end-left", "success-without-image"} <= cases.keys()
    assert "undocumented-member" not in cases, "the profile does not judge it"
    errors = [case.get("name") for case in suite.iter("testcase") if case.find("error") is not None]
    assert errors == ["none.json"]
    counts = {key: int(suite.get(key, "")) for key in ("tests", "failures", "errors")}
    assert counts == {"tests": len(cases), "failures": len(failed), "errors": 1}


def test_a_warning_fails_a_junit_case_only_when_it_fails_the_run(report: Callable[..., str], captures: Path) -> None:
    for fail_on, fails in (("error", False), ("warning", True)):
        suite = ET.fromstring(report("junit", captures, "--fail-on", fail_on))  # noqa: S314 - our own report
        case = suite.find(".//testcase[@name='progress-words']")
        assert case is not None
        assert (case.find("failure") is not None) is fails
        assert ("Waiting to start" in "".join(case.itertext())) is True


def test_junit_has_a_case_for_a_rule_that_is_not_judged_only_when_it_is_asked_for(
    report: Callable[..., str], captures: Path
) -> None:
    assert 'name="end-left"' not in report("junit", captures)
    assert 'name="end-left"' in report("junit", captures, "--stories")
    assert 'name="success-without-image"' not in report("junit", captures, "--layer", "documented")
    assert 'name="undocumented-member"' in report("junit", captures, "--profile", "strict")


def test_gitlab_keeps_its_schema_and_no_two_issues_are_one(
    report: Callable[..., str], captures: Path, found: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(captures.parent)
    issues = json.loads(report("gitlab", "./captures", "none.json", "--stories"))
    GITLAB.validate(issues)
    assert len(issues) == len(found) + 1
    assert len({issue["fingerprint"] for issue in issues}) == len(issues)
    assert {issue["severity"] for issue in issues} == {"blocker", "major", "minor"}
    assert all(issue["location"]["path"].startswith(("captures/", "none.json")) for issue in issues)


def test_the_schemas_refuse_what_is_wrong() -> None:
    assert not SARIF.is_valid({"version": "2.1.0", "runs": [{"tool": {"driver": {}}}]})
    assert not GITLAB.is_valid([{"description": "x"}])
    assert not JUNIT.is_valid("<testsuites><testcase/></testsuites>")


COMMAND = re.compile(r"::(error|warning) (?:file|title)=[^:]*::\S.*")


def test_github_gets_one_annotation_a_group_then_the_verdict(report: Callable[..., str], captures: Path) -> None:
    *commands, verdict = report("github", captures, "--stories").splitlines()
    assert all(COMMAND.fullmatch(command) for command in commands), commands
    assert verdict.startswith("violates: 13 of 19 payloads in ")
    assert "title=success-without-image::status is SUCCESS and action is IMAGINE, and imageUrl is empty%0A" in "".join(commands)


def test_github_shows_at_most_fifty_annotations_and_counts_the_rest(report: Callable[..., str], tmp_path: Path) -> None:
    lines = [json.dumps({"buttons": [], "status": f"S{number}"}) for number in range(120)]
    (tmp_path / "a.ndjson").write_text("\n".join(lines), "utf-8")
    printed = report("github", tmp_path, "--layer", "documented").splitlines()
    assert sum(line.startswith("::") for line in printed) == 50
    assert printed[-2] == "and 70 more findings that no annotation shows"


def test_the_step_summary_is_appended_where_github_names_a_file(
    report: Callable[..., str], captures: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    summary = tmp_path / "summary.md"
    summary.write_text("before\n", "utf-8")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(summary))
    report("github", captures)
    assert summary.read_text("utf-8") == "before\n" + report("markdown", captures)
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(tmp_path / "none" / "x"))
    err = io.StringIO()
    assert main(["validate", str(captures), "--format", "github"], io.BytesIO(), io.StringIO(), err) == 1
    assert "step summary cannot be written" in err.getvalue()


def test_markdown_has_the_verdict_and_a_table_with_a_row_for_each_group(report: Callable[..., str], captures: Path) -> None:
    text = report("markdown", captures)
    assert text.startswith("### docpact: ❌ violates\n")
    rows = [line for line in text.splitlines() if line.startswith(("| ❌", "| ⚠️"))]
    assert all(len(re.findall(r"(?<!\\)\|", row)) == 7 for row in rows)
    assert any("<code>success-without-image</code>" in row for row in rows)


@pytest.mark.parametrize("form", [form for form in FORMATS if form not in {"text", "github"}])
def test_nothing_found_is_told_too(report: Callable[..., str], form: str, tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text('{"buttons": []}', "utf-8")
    text = report(form, tmp_path)
    if form in {"json", "sarif", "gitlab"}:
        json.loads(text)
    assert text == "" if form == "ndjson" else text.endswith("\n")


@pytest.mark.parametrize("form", FORMATS)
def test_a_report_in_any_format_goes_to_a_file_whole(
    report: Callable[..., str], captures: Path, form: str, tmp_path: Path
) -> None:
    target = tmp_path / "report"
    assert report(form, captures, "--output", target) == ""
    assert target.read_text("utf-8") == report(form, captures)
    assert [path.name for path in tmp_path.iterdir()] == ["report"]


def test_help_lists_the_formats() -> None:
    out = io.StringIO()
    assert main(["validate", "--help"], io.BytesIO(), out, io.StringIO()) == 0
    told = " ".join(out.getvalue().split())
    assert all(f"{name}, {form.summary}" in told for name, form in FORMATS.items())


def test_the_readme_names_every_format(root: Path) -> None:
    readme = (root / "README.md").read_text("utf-8")
    rows = re.findall(r"^\| (`.*?`) \|", readme.partition("## Reports")[2].partition("\n## ")[0], re.MULTILINE)
    assert {name.strip("`") for row in rows for name in row.split(", ")} - {"--format"} == set(FORMATS)


# The peak of this process alone: getrusage would count what the process that started it held.
PEAK = "next(int(line.split()[1]) for line in open('/proc/self/status') if line.startswith('VmHWM'))"


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="reads the peak from /proc")
@pytest.mark.parametrize("form", [name for name, form in FORMATS.items() if form.single or name == "junit"])
def test_the_memory_of_a_report_does_not_grow_with_its_findings(form: str, tmp_path: Path, example: dict[str, Any]) -> None:
    line = json.dumps({**example, "status": "DONE", "action": 1, "prompt": None}).encode() + b"\n"
    peaks = []
    for count in (1_000, 6_000):
        path = tmp_path / f"{count}.ndjson"
        path.write_bytes(line * count)
        code = (
            "import sys\nfrom docpact.cli import main\n"
            # In one process: others need memory for what they are, and not for what is found.
            f"main(['validate', {str(path)!r}, '--jobs', '1', '--format', {form!r}, '--output', {str(tmp_path / 'r')!r}])\n"
            f"print({PEAK})"
        )
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, timeout=120, check=True)
        peaks.append(int(done.stdout))
    assert peaks[1] - peaks[0] < 4_000


@pytest.mark.parametrize("form", FORMATS)
def test_every_format_has_a_module_that_writes_it(form: str) -> None:
    module = import_module(f"docpact.report.{FORMATS[form].module}")
    assert callable(module.render)


@pytest.mark.parametrize("form", ["text", "markdown", "html", "junit", "sarif"])
def test_what_is_known_and_what_a_sample_says_stands_in_every_report(
    report: Callable[..., str], captures: Path, form: str, tmp_path: Path
) -> None:
    known = tmp_path / "known.json"
    report("text", captures, "--write-baseline", str(known))
    told = html.unescape(report(form, captures, "--baseline", str(known)))
    assert "known (baseline)" in told
    sampled = html.unescape(report(form, captures, "--sample", "1"))
    assert re.search(r"sample: 1 of \d+ payloads, seed 0; of all, at most [\d,.]+ in 10,000 break", sampled)
    assert "known (baseline)" not in sampled
