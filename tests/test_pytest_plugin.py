"""The pytest plugin, used as a project uses it: in runs of pytest of their own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest
from plugged import PLUGIN, ran

import docpact
from docpact.rules import RULES

if TYPE_CHECKING:
    from pathlib import Path


# --- What a comparison says --------------------------------------------------------------------------------------------


def test_a_payload_is_equal_to_the_contract_that_it_keeps(example: dict[str, Any]) -> None:
    contract = docpact.load()
    assert example == contract
    assert contract == example
    assert {**example, "status": "DONE"} != contract
    assert [example, {"task": example}] == [contract, {"task": contract.under()}]


def test_a_warning_leaves_a_payload_equal(example: dict[str, Any]) -> None:
    strange = {**example, "buttons": example["buttons"][:1]}
    contract = docpact.load()
    assert {finding.severity for finding in contract.validate(strange)} == {"warning"}
    assert strange == contract


def test_a_profile_says_what_else_is_equal(example: dict[str, Any]) -> None:
    contract = docpact.load()
    silent = {
        **example,
        "status": "NOT_START",
        "progress": "",
        "imageUrl": "",
        "buttons": None,
        "startTime": 0,
        "finishTime": 0,
    }
    assert silent != contract
    assert silent == contract.under("go-relay")


def test_two_loads_of_a_contract_are_the_same_contract() -> None:
    one, other = docpact.load(), docpact.load()
    assert one == other
    assert len({one, other}) == 1
    assert one.under() != other.under()


@pytest.mark.parametrize("stranger", [None, 1, "text", [], {}, object()])
def test_what_is_no_payload_is_not_equal(stranger: object) -> None:
    assert (stranger == docpact.load()) is False


def test_a_comparison_that_fails_says_what_the_command_line_says(project: pytest.Pytester) -> None:
    project.makepyfile("""
        def test_status(docpact_payloads, docpact_contract):
            payload = docpact_payloads(status="SUCCESS", action="IMAGINE")
            payload["status"] = "DONE"
            assert payload == docpact_contract
        """)
    result = ran(project)
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(
        [
            "E * the payload does not keep the contract task-fetch under the profile documented: documented-enum",
            "E * error documented-enum  status is 'DONE', which the page does not list",
            "E *   at    <payload> /status",
            "E *   page  59-60: *",
            "E *   hint  *",
        ]
    )


def test_a_comparison_inside_a_list_is_explained_too(project: pytest.Pytester) -> None:
    project.makepyfile("""
        def test_status(docpact_payloads, docpact_contract):
            good, bad = docpact_payloads(status="SUCCESS"), docpact_payloads(status="SUCCESS")
            bad["buttons"] = None
            assert {"tasks": [good, bad]} == {"tasks": [docpact_contract] * 2}
        """)
    result = ran(project)
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["E * error documented-null  buttons is null, and the page promises an array"])


def test_comparisons_of_others_are_left_alone(project: pytest.Pytester) -> None:
    project.makepyfile("def test_plain():\n    assert {'a': 1} == {'a': 2}\n")
    result = ran(project)
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["E * Differing items:"])


# --- Assertions --------------------------------------------------------------------------------------------------------


def test_assert_conforms_tells_all_that_is_wrong(example: dict[str, Any]) -> None:
    docpact.assert_conforms(example)
    with pytest.raises(AssertionError, match=r"(?s)documented-enum, documented-null.*status is 'DONE'.*buttons is null"):
        docpact.assert_conforms({**example, "status": "DONE", "buttons": None})


def test_assert_conforms_compares_the_id_that_was_asked_for(example: dict[str, Any]) -> None:
    docpact.assert_conforms(example, asked=example["id"])
    with pytest.raises(AssertionError, match="id-mismatch"):
        docpact.assert_conforms(example, asked="1725017986212426")


def test_assert_story_tells_the_poll(example: dict[str, Any]) -> None:
    docpact.assert_story([example, example])
    with pytest.raises(AssertionError, match=r"(?s)the story does not keep .*settled-changed.*item 1 /imageUrl"):
        docpact.assert_story([example, {**example, "imageUrl": "https://cdn.example/other.png"}])


# --- Fixtures ----------------------------------------------------------------------------------------------------------


def test_payloads_are_the_same_in_each_run_and_differ_from_call_to_call(project: pytest.Pytester) -> None:
    project.makepyfile("""
        import json, pathlib

        def test_draw(docpact_payloads):
            drawn = [docpact_payloads(), docpact_payloads(action="UPSCALE"), *docpact_payloads.story(action="BLEND")]
            pathlib.Path("drawn.json").write_text(json.dumps(drawn))
            assert drawn[0] != drawn[1]
        """)
    texts = []
    for options in ((), (), ("--docpact-seed", "1")):
        ran(project, *options).assert_outcomes(passed=1)
        texts.append((project.path / "drawn.json").read_text())
    assert texts[0] == texts[1] != texts[2]
    drawn = json.loads(texts[0])
    assert drawn[1]["action"] == "UPSCALE"
    docpact.assert_story(drawn[2:])


def test_the_settings_file_the_command_line_and_the_marker_choose_the_profile(project: pytest.Pytester) -> None:
    project.makeini("[pytest]\ndocpact_profile = go-relay\n")
    project.makepyfile("""
        import pytest

        def test_settings(docpact_payloads, request):
            names = {name for _ in range(20) for name in docpact_payloads()}
            assert ("buttons" in names) == (request.config.getoption("docpact_profile") != "java-proxy")

        @pytest.mark.docpact(profile="java-proxy")
        def test_marker(docpact_payloads):
            assert all("buttons" not in docpact_payloads() for _ in range(20))
        """)
    ran(project).assert_outcomes(passed=2)
    ran(project, "--docpact-profile", "java-proxy").assert_outcomes(passed=2)


def test_the_contract_of_a_test_is_held_to_its_profile(project: pytest.Pytester) -> None:
    project.makepyfile("""
        import docpact, pytest

        @pytest.mark.docpact(profile="java-proxy")
        def test_marker(docpact_payloads, docpact_contract):
            payload = docpact_payloads(status="SUCCESS")
            assert payload == docpact_contract
            assert docpact_contract.is_valid(payload) and not docpact_contract.validate(payload)
            assert docpact_contract == docpact.load() and docpact.load() == docpact_contract
            assert payload != docpact.load() and payload != docpact_contract.under("documented")

        @pytest.mark.docpact(profile="java-proxy")
        def test_story(docpact_payloads, docpact_contract):
            assert not docpact_contract.validate_story(docpact_payloads.story(action="IMAGINE"))

        @pytest.mark.docpact(profile="java-proxy")
        def test_explained(docpact_payloads, docpact_contract):
            assert docpact_payloads() | {"status": "DONE"} == docpact_contract
        """)
    result = ran(project)
    result.assert_outcomes(passed=2, failed=1)
    result.stdout.fnmatch_lines(["E * does not keep the contract task-fetch under the profile java-proxy: documented-enum"])


def test_faults_run_a_test_once_for_each_rule(project: pytest.Pytester) -> None:
    project.makepyfile("""
        def test_client(docpact_faults, docpact_contract):
            fault = docpact_faults
            if fault.payload is not None and fault.severity == "error":
                assert fault.rule in [found.rule for found in docpact_contract.validate(fault.payload)]
        """)
    result = ran(project, "--collect-only", "-q")
    named = {line.partition("[")[2].rstrip("]") for line in result.outlines if "[" in line}
    assert named <= set(RULES)
    assert {"documented-null", "success-without-image", "status-back", "json-syntax"} <= named
    outcomes = ran(project).parseoutcomes()
    assert outcomes == {"passed": len(named)}


def test_faults_of_some_rules_at_each_place(project: pytest.Pytester) -> None:
    project.makepyfile("""
        import pytest

        @pytest.mark.docpact(rules=["documented-null"], each=True)
        def test_client(docpact_faults):
            assert docpact_faults.rule == "documented-null"
        """)
    result = ran(project, "-v")
    result.stdout.fnmatch_lines(["*test_client[[]documented-null] PASSED*", "*test_client[[]documented-null-2] PASSED*"])


def test_a_rule_that_there_is_not_is_named_with_the_nearest(project: pytest.Pytester) -> None:
    project.makepyfile("""
        import pytest

        @pytest.mark.docpact(rules=["documented-nul"])
        def test_client(docpact_faults):
            pass
        """)
    result = ran(project)
    result.stdout.fnmatch_lines(["*there is no rule 'documented-nul'*", "*did you mean documented-null?*"])


# --- Captures ----------------------------------------------------------------------------------------------------------


def test_captures_are_test_items(project: pytest.Pytester, example: dict[str, Any]) -> None:
    folder = project.mkdir("captures")
    (folder / "good.json").write_text(json.dumps(example))
    (folder / "bad.ndjson").write_text(f"{json.dumps(example)}\n{json.dumps({**example, 'status': 'DONE'})}\n")
    (folder / "readme.txt").write_text("no capture")
    result = ran(project, "--docpact-captures", "captures", "--junit-xml", "junit.xml")
    result.assert_outcomes(passed=1, failed=1)
    result.stdout.fnmatch_lines(
        [
            "error documented-enum  status is 'DONE', which the page does not list",
            "  at    captures/bad.ndjson:2:* /status",
        ]
    )
    result.stdout.no_fnmatch_line("*Traceback*")
    report = (project.path / "junit.xml").read_text()
    assert report.count("<testcase") == 2
    assert 'name="docpact_payloads" value="2"' in report


def test_captures_are_judged_as_polls_where_that_is_asked_for(project: pytest.Pytester, example: dict[str, Any]) -> None:
    folder = project.mkdir("captures")
    moved = {**example, "imageUrl": "https://cdn.example/other.png"}
    (folder / "polls.ndjson").write_text(f"{json.dumps(example)}\n{json.dumps(moved)}\n")
    ran(project, "--docpact-captures", "captures").assert_outcomes(passed=1)
    result = ran(project, "--docpact-captures", "captures", "--docpact-stories")
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["error settled-changed *", "  at    captures/polls.ndjson:2:* /imageUrl"])


def test_captures_that_are_not_there_are_a_wrong_call(project: pytest.Pytester) -> None:
    result = ran(project, "--docpact-captures", "nowhere")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["*--docpact-captures *nowhere: there is no such file or folder*"])


def test_an_empty_capture_fails(project: pytest.Pytester) -> None:
    (project.mkdir("captures") / "nothing.ndjson").write_text("")
    ran(project, "--docpact-captures", "captures").assert_outcomes(failed=1)


# --- Manners -----------------------------------------------------------------------------------------------------------


def test_an_unused_plugin_imports_nothing_more(tmp_path: Path) -> None:
    (tmp_path / "test_plain.py").write_text(
        "import sys\ndef test_plain():\n"
        "    loaded = sorted(name for name in sys.modules if name.split('.')[0] in "
        "{'docpact', 'hypothesis', 'schemathesis', 'vcr', 'jsonschema', 'msgspec'})\n"
        "    assert loaded == ['docpact', 'docpact.pytest_plugin']\n"
    )
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *PLUGIN, str(tmp_path)]
    env = {**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    done = subprocess.run(command, cwd=tmp_path, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
