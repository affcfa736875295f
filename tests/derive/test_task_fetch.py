"""The page of the task-fetch contract: what it says, and no more."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from jsonschema import Draft202012Validator

from docpact.derive import emit, folder
from docpact.derive.reading import read

if TYPE_CHECKING:
    from pathlib import Path

    from docpact.derive.claims import Reading

TOP = [
    "id",
    "action",
    "customId",
    "botType",
    "prompt",
    "promptEn",
    "description",
    "state",
    "submitTime",
    "startTime",
    "finishTime",
    "imageUrl",
    "status",
    "progress",
    "failReason",
    "buttons",
    "maskBase64",
    "properties",
]
ACTIONS = ["IMAGINE", "UPSCALE", "VARIATION", "REROLL", "DESCRIBE", "BLEND"]
STATUSES = ["NOT_START", "SUBMITTED", "IN_PROGRESS", "FAILURE", "SUCCESS"]


@pytest.fixture(scope="module")
def page(root: Path) -> bytes:
    return (root / "contracts" / "task-fetch" / "page.txt").read_bytes()


@pytest.fixture(scope="module")
def reading(page: bytes) -> Reading:
    return read(page)


@pytest.fixture(scope="module")
def schema(reading: Reading) -> dict[str, Any]:
    made: dict[str, Any] = emit.schema(reading, "task-fetch")
    return made


def test_it_has_eighteen_members_in_the_order_of_the_page(schema: dict[str, Any]) -> None:
    assert list(schema["properties"]) == TOP
    assert len(TOP) == 18


def test_only_buttons_is_required_and_so_are_its_five_members(schema: dict[str, Any]) -> None:
    assert schema["required"] == ["buttons"]
    items = schema["properties"]["buttons"]["items"]
    assert items["required"] == list(items["properties"]) == ["customId", "emoji", "label", "type", "style"]


def test_properties_is_optional_and_its_two_members_are_required_inside(schema: dict[str, Any]) -> None:
    inside = schema["properties"]["properties"]
    assert inside["required"] == list(inside["properties"]) == ["finalPrompt", "finalZhPrompt"]


def test_the_two_enums_are_told_apart(schema: dict[str, Any]) -> None:
    assert schema["properties"]["action"]["enum"] == ACTIONS
    assert schema["properties"]["status"]["enum"] == STATUSES
    assert [name for name, one in schema["properties"].items() if "enum" in one] == ["action", "status"]


def test_types_are_the_documented_ones(schema: dict[str, Any]) -> None:
    types = {name: one["type"] for name, one in schema["properties"].items()}
    integers = {"submitTime", "startTime", "finishTime"}
    assert {name for name, one in types.items() if one == "integer"} == integers
    assert types["buttons"] == "array"
    assert types["properties"] == "object"
    assert {one for name, one in types.items() if name not in integers | {"buttons", "properties"}} == {"string"}
    button = schema["properties"]["buttons"]["items"]["properties"]
    assert {name: one["type"] for name, one in button.items()} == {
        "customId": "string", "emoji": "string", "label": "string", "type": "integer", "style": "integer",
    }  # fmt: skip


def test_nothing_forbids_undocumented_members(schema: dict[str, Any]) -> None:
    assert "additionalProperties" not in json.dumps(schema)


def test_every_clause_names_the_lines_that_say_it(schema: dict[str, Any], page: bytes) -> None:
    lines = page.decode().split("\n")
    status = schema["properties"]["status"]
    assert status["x-page-lines"] == {
        "member": [55, 60], "type": [56, 56], "description": [57, 57], "required": [58, 58], "enum": [59, 60],
    }  # fmt: skip
    for name, one in schema["properties"].items():
        where = one["x-page-lines"]
        assert lines[where["member"][0] - 1] == name
        assert lines[where["required"][0] - 1] in ("可选", "必需")
        assert "title" not in one or lines[where["description"][0] - 1] == one["title"]


def test_the_example_conforms_and_a_wrong_one_does_not(schema: dict[str, Any], example: dict[str, Any]) -> None:
    Draft202012Validator.check_schema(schema)
    validator = Draft202012Validator(schema)
    assert validator.is_valid(example)
    changes: list[dict[str, Any]] = [
        {"status": "DONE"},
        {"submitTime": "1"},
        {"buttons": None},
        {"properties": {}},
        {"buttons": [{}]},
    ]
    for wrong in changes:
        assert not validator.is_valid(example | wrong)
    del example["buttons"]
    assert not validator.is_valid(example)
    assert validator.is_valid({"buttons": [], "undocumented": 1})


def test_every_question_is_settled_by_evidence_and_reported(reading: Reading) -> None:
    assert {one.about: one.decision for one in reading.ambiguities} == {
        "operation#path": "/mj/task/{id}/fetch",
        "/action#enum": ",".join(ACTIONS),
        "/status#enum": ",".join(STATUSES),
        **{f"/buttons/*/{name}#nesting": "/buttons/*" for name in ("customId", "emoji", "label", "type", "style")},
        "/maskBase64#nesting": "/",
        **{f"/properties/{name}#nesting": "/properties" for name in ("finalPrompt", "finalZhPrompt")},
    }
    assert {one.by for one in reading.ambiguities} == {"evidence"}
    assert all(len(one.alternatives) > 1 and one.evidence for one in reading.ambiguities)
    mask = next(one for one in reading.ambiguities if one.about == "/maskBase64#nesting")
    assert "the example has no maskBase64 in /buttons/*" in mask.evidence
    assert not [note for note in reading.notes if note.kind == "contradiction"]


def test_the_operation_is_the_curl_line_with_a_parameter_for_the_literal_id(reading: Reading) -> None:
    document: Any = emit.openapi(reading, "task-fetch")
    assert document["servers"] == [{"url": "https://api.pawmaas.com"}]
    get = document["paths"]["/mj/task/{id}/fetch"]["get"]
    (parameter,) = get["parameters"]
    assert (parameter["name"], parameter["in"], parameter["required"]) == ("id", "path", True)
    assert parameter["example"] == "1725017986212425"
    assert document["components"]["securitySchemes"] == {"bearer": {"type": "http", "scheme": "bearer"}}
    assert get["security"] == [{"bearer": []}]
    body = get["responses"]["200"]["content"]["application/json"]
    assert Draft202012Validator(body["schema"]).is_valid(body["example"])
    assert get["responses"]["200"]["description"] == "成功"


def test_the_committed_files_are_what_the_page_says(root: Path, page: bytes) -> None:
    directory = root / "contracts" / "task-fetch"
    contract = directory / "contract.toml"
    one = folder.Folder("task-fetch", page, contract.read_bytes() if contract.exists() else None)
    files = folder.files(one, *folder.read_folder(one))
    assert files["openapi.json"] == (directory / "openapi.json").read_bytes()
    assert files["task-fetch.schema.json"] == (root / "schemas" / "task-fetch.schema.json").read_bytes()


def test_without_its_example_the_page_leaves_the_nesting_to_a_person(page: bytes) -> None:
    bare = page[: page.index("示例".encode())]
    reading = read(bare)
    assert "/maskBase64#nesting" in {one.about.replace("/buttons/*", "") for one in reading.undecided}
    assert {one.about for one in reading.ambiguities if one.settled} >= {"/action#enum", "/status#enum"}
