"""`docpact diff` as it is run: what it says, in every format, with which exit code; and the matrix."""

from __future__ import annotations

import copy
import io
import json
import os
import re
import shlex
import threading
import tomllib
from dataclasses import replace
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest

import docpact
from docpact.cli import main
from docpact.compare.table import KINDS, TABLE
from docpact.finding import Severity
from docpact.pointers import ABSENT

ROOT = Path(__file__).parents[2]
MAY, JUNE = (str(ROOT / "examples" / "diff" / f"{month}.schema.json") for month in ("may", "june"))
CORPUS = ROOT.parent / "shared" / "corpus" / "pages"


def run(*arguments: str | Path, code: int) -> str:
    out, err = io.StringIO(), io.StringIO()
    got = main(["diff", *map(str, arguments)], io.BytesIO(), out, err)
    assert got == code, f"{got}, not {code}:\n{err.getvalue()}{out.getvalue()}"
    return out.getvalue() + err.getvalue()


def written(folder: Path, name: str, document: Any) -> Path:
    path = folder / name
    path.write_text(json.dumps(document), "utf-8")
    return path


def asked(**changes: Any) -> dict[str, Any]:
    """An OpenAPI document of one operation, with parts of it replaced."""
    schema = {"type": "object", "properties": {"state": {"type": "string", "enum": ["NEW", "OLD"]}}}
    operation = {
        "parameters": [{"name": "id", "in": "path", "required": True, "schema": {"type": "string"}}],
        "responses": {"200": {"description": "ok", "content": {"application/json": {"schema": schema}}}},
        "security": [{"bearer": []}],
        **changes,
    }
    schemes = {"bearer": {"type": "http", "scheme": "bearer"}}
    return {"openapi": "3.1.0", "paths": {"/job/{id}": {"get": operation}}, "components": {"securitySchemes": schemes}}


def told(old: Any, new: Any) -> list[tuple[str, str]]:
    return [(change.kind, change.pointer) for change in docpact.diff(old, new).changes]


def test_the_same_twice_has_not_changed() -> None:
    assert "conforms  nothing changed from task-fetch (old) to task-fetch (new); version: none\n" in run(
        "task-fetch", "task-fetch", code=0
    )


def test_a_change_that_breaks_clients_is_told_with_who_breaks_and_a_payload() -> None:
    text = run(MAY, JUNE, code=1)
    assert "error response-value-added  status may be 'CANCELLED' now\n" in text
    assert f'case  {JUNE} allows, {MAY} refuses: {{"id": "", "status": "CANCELLED"}}\n' in text
    assert "why   a switch over the listed values falls through" in text
    assert "violates  2 breaking changes of 5 from" in text
    assert "version: major" in text


def test_backwards_the_same_changes_break_nobody_but_what_they_take_away() -> None:
    report = json.loads(run(JUNE, MAY, "--format", "json", code=1))
    errors = [f["rule"] for f in report["findings"] if f["severity"] == "error"]
    assert errors == ["response-member-removed", "response-null-allowed"]


@pytest.mark.parametrize(("fail_on", "code"), [("breaking", 0), ("warning", 1), ("any", 1), ("never", 0)])
def test_fail_on_says_which_changes_fail(fail_on: str, code: int, tmp_path: Path) -> None:
    old = written(tmp_path, "old.json", {"type": "object", "properties": {"s": {"enum": ["A", "B"]}}})
    new = written(tmp_path, "new.json", {"type": "object", "properties": {"s": {"enum": ["A"]}}})
    assert "warning response-value-removed" in run(old, new, "--fail-on", fail_on, code=code)
    newer = written(tmp_path, "newer.json", {"type": "object", "properties": {"s": {"enum": ["A"]}, "t": {"type": "string"}}})
    run(new, newer, "--fail-on", fail_on, code=1 if fail_on == "any" else 0)


def test_words_are_counted_and_listed_when_asked() -> None:
    assert "response-words-changed" not in run(MAY, JUNE, code=1)
    assert "and 1 change of titles" in run(MAY, JUNE, code=1)
    assert "the title of the body is 'A task, as its page says in June'" in run(MAY, JUNE, "--words", code=1)


def test_every_format_tells_every_change() -> None:
    report = json.loads(run(MAY, JUNE, "--format", "json", code=1))
    rules = [finding["rule"] for finding in report["findings"]]
    assert report["diff"]["advice"] == "major"
    assert [report["diff"][key] for key in ("breaking", "doubtful", "compatible", "words")] == [2, 0, 2, 1]
    assert json.loads(report["findings"][0]["changed"]["witness"]["text"]) == {"id": "", "status": "CANCELLED"}
    assert [json.loads(line)["rule"] for line in run(MAY, JUNE, "--format", "ndjson", code=1).splitlines()] == rules
    (log,) = json.loads(run(MAY, JUNE, "--format", "sarif", code=1))["runs"]
    assert [result["ruleId"] for result in log["results"]] == rules
    assert {result["level"] for result in log["results"]} == {"error", "note"}
    assert [log["tool"]["driver"]["rules"][result["ruleIndex"]]["id"] for result in log["results"]] == rules
    suite = ET.fromstring(run(MAY, JUNE, "--format", "junit", code=1))  # noqa: S314 - our own report
    assert suite.get("failures") == "2"
    assert {case.get("name") for case in suite.iter("testcase")} == set(TABLE)
    assert run(MAY, JUNE, "--format", "github", code=1).count("::error ") == 2
    assert run(MAY, JUNE, "--format", "github", code=1).count("::notice ") == 2
    assert len(json.loads(run(MAY, JUNE, "--format", "gitlab", code=1))) == len(rules)
    for form in ("markdown", "html"):
        text = run(MAY, JUNE, "--format", form, code=1)
        assert all(rule in text for rule in rules)
        assert "CANCELLED" in text


def test_a_waiver_accepts_a_change_for_a_time(tmp_path: Path) -> None:
    waivers = tmp_path / "waivers.toml"
    one = '[[waiver]]\nrule = "{}"\nowner = "me"\nreason = "clients are ready"\nexpires = 2999-12-31\n'
    waivers.write_text(one.format("response-value-added") + one.format("response-null-allowed"), "utf-8")
    text = run(MAY, JUNE, "--waivers", waivers, code=0)
    assert "2 findings waived" in text
    waivers.write_text(one.format("response-values-added"), "utf-8")
    assert "docpact diff --list-changes lists them" in run(MAY, JUNE, "--waivers", waivers, code=2)


def test_a_page_is_compared_with_page_lines_on_both_sides(tmp_path: Path) -> None:
    page = (ROOT / "contracts" / "task-fetch" / "page.txt").read_text("utf-8")
    new = tmp_path / "new.txt"
    new.write_text(page.replace("FAILURESUCCESS", "FAILURESUCCESSCANCEL"), "utf-8")
    text = run("task-fetch", new, code=1)
    assert f"  at    {new.as_posix()}:59 /status\n" in text
    assert "  old   contracts/task-fetch/page.txt:59-60: " in text
    assert "lifecycle, coherence and profiles were not compared" in text


def test_a_contract_that_was_just_derived_is_silent_beside_its_page(tmp_path: Path) -> None:
    acme = tmp_path / "acme"
    page = ROOT / "contracts" / "task-fetch" / "page.txt"
    decided = [part for one in load_decisions() for part in ("--decide", one)]
    assert main(["derive", str(page), "--out", str(acme), *decided], io.BytesIO(), io.StringIO(), io.StringIO()) == 0
    report = json.loads(run("task-fetch", acme, "--format", "json", code=0))
    assert [finding["rule"] for finding in report["findings"]] == ["lifecycle-dropped", "promises-dropped", "profiles-dropped"]
    (acme / "page.txt").write_text(page.read_text("utf-8").replace("botType\n", "botKind\n", 1), "utf-8")
    assert main(["derive", str(acme), *decided], io.BytesIO(), io.StringIO(), io.StringIO()) == 0
    report = json.loads(run("task-fetch", acme, "--format", "json", code=1))
    added = next(finding for finding in report["findings"] if finding["rule"] == "response-member-added")
    assert added["place"] == {"source": (acme / "page.txt").as_posix(), "line": 20, "pointer": "/botKind"}


def load_decisions() -> list[str]:
    """What a person decided about the page, as the command line takes it."""
    said = tomllib.loads((ROOT / "contracts" / "task-fetch" / "contract.toml").read_text("utf-8"))
    return [f"{one['about']}={one['value']}" for one in said.get("decision", ())]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no pipes with a name here")
def test_what_another_program_writes_is_compared(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    writer = threading.Thread(target=pipe.write_bytes, args=(Path(MAY).read_bytes(),))
    writer.start()
    assert "nothing changed" in run(pipe, MAY, code=0)
    writer.join()


def test_operations_are_compared() -> None:
    old = asked()
    new = asked(
        parameters=[
            {"name": "task", "in": "path", "required": True, "schema": {"type": "string"}},
            {"name": "lang", "in": "query", "required": True, "schema": {"type": "string", "enum": ["en"]}},
        ],
        security=[],
    )
    new["paths"] = {"/v2/job/{task}": new["paths"]["/job/{id}"]}
    assert told(old, new) == [
        ("operation-path-changed", "/path"),
        ("request-required-parameter-added", "/parameters/query/lang"),
        ("operation-auth-dropped", "/auth"),
    ]
    renamed = json.loads(json.dumps(old).replace("{id}", "{task}").replace('"id"', '"task"'))
    assert told(old, renamed) == [("operation-parameter-renamed", "/path")]


def test_a_page_that_does_not_speak_of_a_token_does_not_say_that_there_is_none() -> None:
    contract = docpact.load("task-fetch")
    silent = json.loads(json.dumps(dict(contract.openapi)))
    for operation in silent["paths"]["/mj/task/{id}/fetch"].values():
        del operation["security"]
    page = replace(contract, openapi=silent)
    assert told(page, contract) == [("operation-auth-told", "/auth")]
    assert told(contract, page) == [("operation-auth-untold", "/auth")]
    # An OpenAPI document without security says that none is needed.
    assert told(asked(security=[]), asked()) == [("operation-auth-stated", "/auth")]
    assert told(asked(security=[{}, {"bearer": []}]), asked()) == [("operation-auth-stated", "/auth")]


def test_a_parameter_goes_the_other_way() -> None:
    query = {"name": "lang", "in": "query", "schema": {"type": "string", "enum": ["en", "zh"]}}
    fewer = {**query, "schema": {"type": "string", "enum": ["en"]}}
    (change,) = docpact.diff(asked(parameters=[query]), asked(parameters=[fewer])).changes
    assert (change.kind, change.pointer, change.severity) == (
        "request-value-removed", "/parameters/query/lang", Severity.ERROR,
    )  # fmt: skip
    assert change.payload == "zh"
    assert change.witness is not None
    assert (change.witness.allowed_by, change.witness.refused_by) == ("the old schema", "the new schema")
    assert docpact.diff(asked(parameters=[fewer]), asked(parameters=[query])).compatible


def test_answers_are_compared_status_by_status() -> None:
    old, new = asked(), asked()
    answers = new["paths"]["/job/{id}"]["get"]["responses"]
    answers["202"] = answers.pop("200")
    answers["429"] = {"description": "busy"}
    assert told(old, new) == [
        ("operation-success-removed", "/responses/200"),
        ("operation-success-added", "/responses/202"),
        ("operation-status-added", "/responses/429"),
    ]


def test_older_spellings_of_openapi_are_the_same_contract() -> None:
    schema = {"$ref": "#/definitions/Job"}
    said = {"type": "object", "properties": {"state": {"type": "string", "enum": ["OLD", "NEW"]}}}
    parameters = [
        {"name": "id", "in": "path", "required": True, "type": "string"},
        {"name": "Authorization", "in": "header", "type": "string"},
    ]
    swagger = {
        "swagger": "2.0", "produces": ["application/json"], "definitions": {"Job": said},
        "securityDefinitions": {"key": {"type": "apiKey", "in": "header", "name": "Authorization"}}, "security": [{"key": []}],
        "paths": {
            "/job/{id}": {"get": {"parameters": parameters, "responses": {"200": {"description": "ok", "schema": schema}}}}
        },
    }  # fmt: skip
    assert told(asked(), swagger) == []


def test_of_many_operations_the_same_one_is_compared_or_the_one_that_is_asked_for(tmp_path: Path) -> None:
    many = asked()
    many["paths"]["/job"] = {"post": {"responses": {"201": {"description": "made"}}}}
    found = docpact.diff(asked(), many)
    assert found.changes == ()
    assert found.notes == ("of 2 operations of the new schema, GET /job/{id} was compared",)
    both = copy.deepcopy(many)
    del both["paths"]["/job"]["post"]
    both["paths"]["/other"] = {"get": {"responses": {"200": {"description": "ok"}}}}
    assert [kind for kind, _ in told(many, both)] == ["operation-removed", "operation-added"]
    one, other = written(tmp_path, "one.json", many), written(tmp_path, "other.json", both)
    assert "nothing changed" in run(one, other, "--operation", "GET /job/{id}", code=0)
    assert "documents no operation 'POST /job'" in run(one, other, "--operation", "POST /job", code=2)


@pytest.mark.parametrize(
    ("content", "code", "said"),
    [
        (b"", 3, "is empty"),
        (b"\x89PNG\r\n\x1a\n\0\0", 3, ""),
        (b"{}}", 3, "is not JSON"),
        (b'{"id": "1", "status": "DONE"}', 2, "neither a JSON Schema nor an OpenAPI document"),
        (b"[1, 2]", 2, "neither a JSON Schema nor an OpenAPI document"),
        (b'{"openapi": "3.1.0", "paths": {}}', 2, "without an operation"),
        (b'{"enum": [NaN]}', 3, "NaN is no JSON"),
        (b'{"items":' * 300 + b"{}" + b"}" * 300, 2, "nested deeper than 200 levels"),
        (b'{"items":' * 60000 + b"{}" + b"}" * 60000, 2, "nested"),
        (b"a story about a cat\nthat sat on a mat\n", 3, "not documentation that can be read"),
    ],
)
def test_what_cannot_be_compared_is_an_error_that_says_what_it_is(content: bytes, code: int, said: str, tmp_path: Path) -> None:
    path = tmp_path / "given.json"
    path.write_bytes(content)
    text = run(path, "task-fetch", code=code)
    assert text.startswith("docpact: ")
    assert "\nhint: " in text
    assert said in text


def test_it_is_said_what_is_lacking() -> None:
    assert "diff compares two contracts, and was given 1" in run("task-fetch", code=2)
    assert "there is no 'contracts/none' to compare" in run("task-fetch", "contracts/none", code=2)
    assert "a matrix is not written as sarif" in run("--matrix", MAY, JUNE, "--format", "sarif", code=2)
    assert "2 to 40 contracts" in run("--matrix", MAY, code=2)


@pytest.mark.parametrize("old", [{}, {"type": "string"}])
def test_what_is_not_understood_is_said(old: dict[str, Any]) -> None:
    new = {"oneOf": [{"type": "object", "properties": {"a": {}}}, {"type": "object", "required": ["b"]}]}
    found = docpact.diff(old, new)
    assert [change.kind for change in found.changes] == ["response-not-compared"]
    assert found.notes == ("1 place was not compared: the part of the version is the least that it can be",)


def test_references_in_rings_and_references_to_references_come_to_an_end() -> None:
    ring = {"$defs": {"N": {"type": "object", "properties": {"v": {"type": "string"}, "next": {"$ref": "#/$defs/N"}}}}}
    other = json.loads(json.dumps(ring).replace('"string"', '["string", "null"]'))
    assert told({**ring, "$ref": "#/$defs/N"}, {**other, "$ref": "#/$defs/N"}) == [("response-null-allowed", "/v")]
    many = {f"A{n}": {"allOf": [{"$ref": f"#/$defs/A{n + 1}"}] * 2} for n in range(60)} | {"A60": {"type": "string"}}
    more = {**many, "A60": {"type": "integer"}}
    assert told({"$defs": many, "$ref": "#/$defs/A0"}, {"$defs": more, "$ref": "#/$defs/A0"}) == [("response-not-compared", "")]
    assert told({"$defs": many, "$ref": "#/$defs/A0"}, {"$defs": dict(many), "$ref": "#/$defs/A0"}) == []
    assert told({"$ref": "#"}, {"$ref": "#"}) == []


def test_a_schema_that_points_outside_is_compared_where_it_does_not() -> None:
    old = {"type": "object", "properties": {"a": {"$ref": "https://relay.example/a.json"}, "b": {"type": "string"}}}
    new = {"type": "object", "properties": {"a": {"$ref": "https://relay.example/a.json"}, "b": {"type": "integer"}}}
    (change,) = docpact.diff(old, new).changes
    assert (change.kind, change.pointer) == ("response-type-changed", "/b")
    assert change.witness is not None
    assert "points outside of itself" in change.witness.lack


def test_a_witness_is_only_what_the_judge_allows_and_refuses() -> None:
    old = {"type": "object", "properties": {"share": {"type": "integer"}}}
    hard: dict[str, Any] = {"type": "string", "pattern": "^[0-9]+ of [0-9]+$"}
    new = {"type": "object", "properties": {"share": hard}}
    (change,) = docpact.diff(old, new).changes
    assert change.kind == "response-type-changed"
    # No text that is tried has the form that NEW wants: what OLD allows, and NEW does not, shows it as well.
    assert change.payload == {"share": 0}
    assert change.witness is not None
    assert change.witness.allowed_by == "the old schema"
    hard["example"] = "3 of 4"
    change = docpact.diff(old, new).changes[0]
    assert change.payload == {"share": "3 of 4"}
    unmet: dict[str, Any] = {
        "type": "object",
        "properties": {"share": {**hard, "example": "none", "minLength": 40}},
        "required": ["share"],
    }
    closed = {**unmet, "properties": {**unmet["properties"], "more": {"type": ["string", "null"]}}}
    narrower = {**unmet, "properties": {**unmet["properties"], "more": {"type": "string"}}}
    (change,) = docpact.diff(narrower, closed).changes
    assert change.kind == "response-null-allowed"
    assert change.payload is ABSENT
    assert change.witness is not None
    assert change.witness.lack.startswith("none was found: of what was tried")


def test_a_witness_keeps_what_else_is_promised_so_that_it_shows_one_change() -> None:
    old = {"type": "object", "properties": {"a": {"enum": ["A"]}, "b": {"type": "string"}}, "required": ["a"]}
    new = {"type": "object", "properties": {"a": {"enum": ["Z", "A"]}, "b": {"type": ["string", "null"]}}}
    payloads = {change.kind: change.payload for change in docpact.diff(old, new).changes}
    assert payloads == {
        "response-member-optional": {},
        "response-value-added": {"a": "Z"},
        "response-null-allowed": {"a": "A", "b": None},
    }


def test_of_very_many_changes_some_have_a_witness_and_all_are_told() -> None:
    old, new = (
        {"type": "object", "properties": {f"m{n}": {"type": kind} for n in range(700)}} for kind in ("string", "integer")
    )
    found = docpact.diff(old, new)
    made = [change for change in found.changes if change.payload is not ABSENT]
    assert len(found.changes) == 700
    assert 5 <= len(made) <= 500
    assert found.notes == (f"{700 - len(made)} changes have no witness: there are more than witnesses are made for",)
    many = docpact.diff({"enum": ["a"]}, {"enum": [f"v{n}" for n in range(6000)]})
    assert many.changes[-1].message == "there are more than 5,000 differences: the rest is not told"


def test_nothing_of_a_schema_breaks_out_of_a_report_or_shows_a_secret(tmp_path: Path) -> None:
    order, secret = "\x1b]0;owned\x07</script>::error::", "sk-live-abcdefghijklmnopqrstuvwxyz"
    old = written(tmp_path, "old.json", {"type": "object", "properties": {order: {"enum": ["A"]}}})
    new = written(tmp_path, "new.json", {"type": "object", "properties": {order: {"enum": ["A", order, secret]}}})
    for form in ("text", "json", "junit", "sarif", "github", "gitlab", "markdown", "html"):
        text = run(old, new, "--format", form, code=1)
        assert "\x1b" not in text
        assert secret not in text
        assert "<script" not in text
        assert not re.search(r"^::error::", text, re.MULTILINE)


def test_a_matrix_says_who_can_stand_in_for_whom(tmp_path: Path) -> None:
    wide = written(tmp_path, "wide.json", {"type": "object", "properties": {"s": {"type": ["string", "null"]}}})
    narrow = written(tmp_path, "narrow.json", {"type": "object", "properties": {"s": {"type": "string"}}})
    text = run("--matrix", wide, narrow, code=0)
    assert re.search(r"wide\.json +· +ok\n", text)
    assert re.search(r"narrow\.json +1 +·\n", text)
    assert f"clients of {narrow.name} can use no other one of these\n" in text
    run("--matrix", wide, narrow, "--fail-on", "breaking", code=1)
    cells = json.loads(run("--matrix", wide, narrow, "--format", "json", code=0))["matrix"]
    assert [(cell["verdict"], cell["kinds"]) for cell in cells] == [("fits", {}), ("breaks", {"response-null-allowed": 1})]
    assert "✅ ok" in run("--matrix", wide, narrow, "--format", "markdown", code=0)
    assert "✕ 1 change" in run("--matrix", wide, narrow, "--format", "html", code=0)


@pytest.mark.skipif(not CORPUS.is_dir(), reason="the pages are kept beside the checkout")
def test_each_page_of_the_corpus_can_be_held_against_the_contract() -> None:
    pages = sorted(CORPUS.glob("*.txt"))
    found = docpact.diff("task-fetch", next(page for page in pages if page.name.startswith("r03")))
    gained = {change.new for change in found.changes if change.kind == "response-value-added" and change.pointer == "/status"}
    assert gained == {"MODAL", "CANCEL"}
    text = run("--matrix", "task-fetch", *pages, code=0)
    assert len(re.findall(r"^ ?\d+  \S", text, re.MULTILINE)) == len(pages) + 1


def test_every_kind_of_change_is_listed_with_its_reason() -> None:
    text = run("--list-changes", code=0)
    assert len(text.splitlines()) == len(KINDS)
    assert "error    major  response-value-added " in text


@pytest.mark.parametrize(
    "block",
    re.findall(r"```console\n(.*?)```", (ROOT / "docs" / "diff.md").read_text("utf-8"), re.DOTALL),
    ids=lambda b: b[:60],
)
def test_a_command_of_its_page_prints_what_the_page_shows(block: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    command, _, shown = block.partition("\n")
    out = io.StringIO()
    main(shlex.split(command)[2:], io.BytesIO(), out, io.StringIO())
    assert out.getvalue() == shown
