"""The path from one file to a clean verdict says what the thorough path says, or nothing."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from mutations import mutated

from docpact import __main__ as command
from docpact.cli import main
from docpact.contract import load
from docpact.validate import plan, quick
from docpact.validate.payload import Judge

ROOT = Path(__file__).parents[2]
CONTRACT = load()
JUDGE = Judge(CONTRACT)
PLAN = json.loads((ROOT / "contracts/task-fetch/accept.json").read_bytes())
ACCEPTS = quick.build(PLAN)
CASES = sorted((ROOT / "tests/cases").glob("*/*.json")) + sorted((ROOT / "examples").rglob("*.json"))
CORPUS = ROOT.parent / "shared" / "corpus" / "payloads"

VALUES: list[Any] = [
    None, True, False, 0, 1, -1, 2, 3, 2.0, 2.5, 1724963337, 1724963337114, 1724963338763, 1724963365565,
    1.7249633371e12, 10**30,
    float("inf"), "", "0%", "31%", "100%", "101%", "x", "relaxed", "SUCCESS", "FAILURE", "IN_PROGRESS", "NOT_START",
    "SUBMITTED",
    "MODAL", "IMAGINE", "UPSCALE", "DESCRIBE", "SHORTEN", "1724963337114767", "1624963337114767", "0741798445574458",
    "１２３４５６７８９０",
    "http://a.example/1.png", "https://a b", "https:///x", "http://é.example", "HTTPS://A.EXAMPLE/", "/x",
    "iVBORw0KGgo=", [], {},
    "MJ::JOB::upsample::1::e1a4d7e8-8292-412c-aab0-fce932e90479", "MJ::JOB::upsample::1::E1A4D7E8-8292-412c-aab0-fce932e90479",
    "MJ::JOB::upsample::2::00000000-0000-4000-8000-000000000001", "MJ::Job::PicReader::1", "MJ::BOOKMARK::xxx", "MJ::New::1",
    "MJ::JOB::reroll::0::e1a4d7e8-8292-412c-aab0-fce932e90479::SOLO", "MJ::CustomZoom::1::e1a4d7e8-8292-412c-aab0-fce932e90479",
]  # fmt: skip


spoken_of = mutated(st.sampled_from(VALUES), most=4)


@settings(max_examples=4000, deadline=None)
@given(spoken_of)
def test_what_is_accepted_has_no_finding(payload: Any) -> None:
    if ACCEPTS(payload):
        assert JUDGE.payload(payload) == []


@settings(max_examples=1000, deadline=None)
@given(
    spoken_of,
    st.sampled_from(["NOT_START", "SUBMITTED", "IN_PROGRESS", "SUCCESS", "FAILURE"]),
    st.sampled_from([None, "UPSCALE", "DESCRIBE"]),
)
def test_what_is_accepted_has_no_finding_in_any_state(payload: Any, status: str, action: str | None) -> None:
    if isinstance(payload, dict):
        payload |= {"status": status} | ({"action": action} if action else {})
    if ACCEPTS(payload):
        assert JUDGE.payload(payload) == []


def thorough(path: Path) -> tuple[int, str]:
    out = io.StringIO()
    return main(["validate", str(path)], io.BytesIO(), out, io.StringIO()), out.getvalue()


@pytest.mark.parametrize("path", CASES + sorted(CORPUS.glob("*.json")), ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_the_command_says_the_same_in_a_hurry_or_not_at_all(path: Path) -> None:
    hurried = command._accepted(["validate", str(path)])
    if hurried is not None:
        assert thorough(path) == (0, hurried)


def test_most_payloads_that_are_right_are_accepted_at_once() -> None:
    bodies = [
        json.loads(p.read_bytes())
        for p in CASES
        if p.name.startswith("pass_") and p.parent.name[:4] not in {"json", "stuc", "id-m"}
    ]
    right = [body for body in bodies if isinstance(body, dict) and not JUDGE.payload(body)]
    assert len(right) > 40
    assert sum(map(ACCEPTS, right)) / len(right) > 0.9


@pytest.mark.parametrize(
    "text",
    [
        "", " ", "[", '{"a": 1, "a": 1}', '{"a": NaN}', '{"a": -Infinity}', '{"a": 1e400}',
        '{"a": ' + "9" * 5000 + "}", '{"a": "\\ud83d"}',
        '{"\\ude00": 1}', "{} {}", "{}x", '\ufeff{"buttons": []}', "[" * 300 + "]" * 300, '{"at": 1, "payload": {}}',
        '{"a": "\x01"}',
        "{'a': 1}", "nul", "{}\n{}",
    ],
)  # fmt: skip
def test_a_text_that_could_be_spoken_of_is_not_plain(text: str) -> None:
    with pytest.raises(quick.NotPlain):
        quick.parse(text)


@pytest.mark.parametrize(
    "text", ["{}", " \r\n\t{}\n", '{"a": [1, 2.5, -3e2, true, null, "猫\\u0041\\ud83d\\ude00"]}', "1", '"x"']
)
def test_a_plain_text_is_read_as_json_reads_it(text: str) -> None:
    assert quick.parse(text) == json.loads(text)


def test_a_plan_of_another_version_is_not_used() -> None:
    with pytest.raises(quick.NotPlain):
        quick.build({**PLAN, "version": 0})


def test_a_contract_that_was_changed_after_its_plan_is_judged_by_the_thorough_path(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import shutil

    from docpact import data

    for name in ("contracts", "schemas"):
        shutil.copytree(ROOT / name, tmp_path / name)
    capture = tmp_path / "a.json"
    capture.write_text(json.dumps(CONTRACT.example))
    monkeypatch.setattr(data, "root", lambda: str(tmp_path))
    assert command._accepted(["validate", str(capture)]) is not None
    with (tmp_path / "contracts/task-fetch/contract.toml").open("a") as file:
        file.write("\n")
    assert command._accepted(["validate", str(capture)]) is None


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["validate"],
        ["validate", "--help"],
        ["explain", "x"],
        ["validate", "a", "b"],
        ["validate", "-"],
        ["validate", "/nowhere"],
        ["validate", "."],
    ],
)
def test_anything_else_is_for_the_command_line_proper(arguments: list[str]) -> None:
    assert command._accepted(arguments) is None


def test_nothing_is_loaded_on_the_way_to_a_clean_verdict(tmp_path: Path, example: dict[str, Any]) -> None:
    path = tmp_path / "a.json"
    path.write_text(json.dumps(example))
    code = (
        "import sys; before = set(sys.modules); from docpact.__main__ import main\n"
        f"sys.argv = ['docpact', 'validate', {str(path)!r}]; assert main() == 0\n"
        "print(sorted(set(sys.modules) - before))"
    )
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-c", f"sys_path = {sys.path!r}; import sys; sys.path = sys_path; {code}"],
        capture_output=True,
        text=True,
        check=True,
    )
    verdict, loaded = done.stdout.splitlines()
    assert verdict == "conforms  1 payload without errors; contract task-fetch, profile documented"
    for heavy in ("re", "json", "enum", "typing", "dataclasses", "argparse", "jsonschema", "tomllib", "pathlib"):
        assert f"'{heavy}'" not in loaded


def test_a_contract_with_something_new_in_it_has_no_plan() -> None:
    from dataclasses import replace

    entry = CONTRACT.coherence[0]._replace(check="surprise")
    assert plan.make(replace(CONTRACT, coherence=(entry,)), {}) is None
    assert plan.make(replace(CONTRACT, roles={}), {}) is None
    assert plan.make(CONTRACT, PLAN["stamps"]) == PLAN
