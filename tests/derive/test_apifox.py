"""Flattened text in its variants: labels of two languages, marks, types, values, sections."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from docpact.derive import emit
from docpact.derive.reading import read
from docpact.derive.typeline import read_type
from docpact.errors import PageError

CORPUS = Path(__file__).parents[2].parent / "shared" / "corpus" / "pages"
ZH = "取任务\nGET\nhttps://x.example/task/{id}\n返回响应\n🟢200成功\napplication/json\nBody\n"


def fields(text: str) -> dict[str, dict[str, Any]]:
    made: Any = emit.claims(read(text.encode()), "page")
    return {one.pop("path"): {key: value for key, value in one.items() if key != "lines"} for one in made["fields"]}


@pytest.mark.parametrize(
    ("line", "kind", "form", "nullable"),
    [
        ("string", "string", None, None),
        ("integer <int64>", "integer", "int64", None),
        ("integer<int32>", "integer", "int32", None),
        ("string | null", "string", None, True),
        ("enum<string>", "string", None, None),
        ("enum<string> | null", "string", None, True),
        ("array [object]", "array", None, None),
        ("array[object (可执行按钮) {5}]", "array", None, None),
        ("array[object (X) {5}] | null", "array", None, True),
        ("object (Y) {12}", "object", None, None),
        ("object {5}", "object", None, None),
        ("string[]", "array", None, None),
        ("any", None, None, None),
        ("string <date-time>", "string", "date-time", None),
    ],
)
def test_a_type_line_is_read(line: str, kind: str | None, form: str | None, nullable: bool | None) -> None:  # noqa: FBT001
    claim = read_type(line)
    assert claim is not None
    assert (claim.type, claim.format, claim.nullable) == (kind, form, nullable)


@pytest.mark.parametrize("line", ["", "the string", "必需", "strings attached", "array of", "object of desire", "示例"])
def test_other_lines_are_no_types(line: str) -> None:
    assert read_type(line) is None


def test_the_count_and_the_name_of_a_component_are_kept() -> None:
    claim = read_type("array[object (Button) {5}] | null")
    assert claim is not None
    assert claim.items is not None
    assert (claim.items.component, claim.items.count) == ("Button", 5)


@pytest.mark.parametrize(
    ("lines", "values"),
    [
        ("enum<string>\n可选\n枚举值:\nQUEUEDDONE", ["QUEUED", "DONE"]),
        ("enum<string>\n可选\n枚举值：QUEUEDDONE", ["QUEUED", "DONE"]),
        ("enum<string>\n可选\n枚举值:\nWOBBLE\nDONE", ["WOBBLE", "DONE"]),
        ("enum<string>\n可选\n枚举值:\nWOBBLE\n等待\nDONE\n完成", ["WOBBLE", "DONE"]),
        ("enum<string>\noptional\nAllowed values:\nWOBBLE, DONE", ["WOBBLE", "DONE"]),
        ("enum<string>\nOptional\nEnum Values:\nWOBBLE\nDONE", ["WOBBLE", "DONE"]),
        ("enum<string>\n状态\n可选\nQUEUEDDONE", ["QUEUED", "DONE"]),
        ("string\n可选\nWOBBLE\n,DONE\n,X", ["WOBBLE", "DONE", "X"]),
        ("string\n任务状态,可用值:WOBBLE,DONE\n可选", ["WOBBLE", "DONE"]),
        ("string\nrequired\nOne of: WOBBLE, DONE.", ["WOBBLE", "DONE"]),
        ("enum<string>\n可选\n枚举值:\nQUEUEDDONE\n默认值:\nQUEUED\n示例值:\nDONE", ["QUEUED", "DONE"]),
    ],
)
def test_values_are_found_however_they_are_written(lines: str, values: list[str]) -> None:
    found = fields(f"{ZH}status\n{lines}\nnote\nstring\n可选\n")
    assert found["/status"]["enum"] == values
    assert found["/note"] == {"type": "string", "required": False, "nullable": None, "description": ""}


@pytest.mark.parametrize(
    ("mark", "required"),
    [("可选", False), ("必需", True), ("必填", True), ("optional", False), ("Optional", False), ("Required", True)],
)
def test_marks(mark: str, required: bool) -> None:  # noqa: FBT001
    assert fields(f"{ZH}a\nstring\n说明\n{mark}\n")["/a"]["required"] is required


def test_a_missing_mark_is_not_said() -> None:
    assert fields(f"{ZH}a\nstring\n编号\nb\nstring\n")["/a"] == {
        "type": "string", "required": None, "nullable": None, "description": "编号",
    }  # fmt: skip


def test_members_named_like_labels_are_members() -> None:
    found = fields(f"{ZH}type\nstring\n可选\nexample\nstring\n可选\nrequest\nobject\n返回结果\n可选\n")
    assert list(found) == ["/type", "/example", "/request"]
    assert found["/request"]["description"] == "返回结果"


def test_parameters_of_the_request_and_other_answers_are_not_members() -> None:
    text = (
        "Fetch\nPOST\n/v1/task/{id}\nRequest\nPath Params\nid\nstring\nrequired\nQuery Params\nstring\noptional\n"
        "Header Params\nX-Trace\nstring\noptional\nDefault:\n1\n"
        "Body Params\napplication/json\nprompt\nstring\nrequired\nResponses\n🟢200OK\n"
        "application/json\nBody\nid\nstring\nrequired\n🟠401Unauthorized\napplication/json\nBody\ncode\ninteger\nrequired\n"
    )
    reading = read(text.encode())
    assert [one.path for one in reading.fields] == ["/id"]
    assert [(one.name, one.place) for one in reading.operation.parameters] == [("id", "path"), ("X-Trace", "header")]
    assert dict(reading.operation.statuses) == {"200": "OK", "401": "Unauthorized"}


def test_tabs_of_statuses_before_the_one_body() -> None:
    text = "GET /a\n返回响应\n成功(200)\n请求有误(400)\n"
    text += "HTTP 状态码: 200\n内容格式: JSONapplication/json\n数据结构\nid\nstring\n必需\n"
    assert list(fields(text)) == ["/id"]


@pytest.mark.parametrize("label", ["示例\n", "Example\n", ""])
def test_the_example_is_found_with_and_without_its_label(label: str) -> None:
    reading = read(f'{ZH}a\nstring\n可选\n{label}{{"a":\n"1"}}\n🟠401Unauthorized\n'.encode())
    assert reading.example is not None
    assert reading.example.value == {"a": "1"}


def test_a_sample_value_of_a_member_is_not_the_example() -> None:
    assert list(fields(f"{ZH}a\ninteger\noptional\nExample:\n5\nb\nstring\noptional\n")) == ["/a", "/b"]


def test_items_of_a_list_of_texts() -> None:
    found = fields(f"{ZH}urls\narray[string] | null\n可选\n")
    assert found["/urls"]["nullable"] is True
    assert found["/urls/*"]["type"] == "string"


def test_what_the_example_has_against_the_table_is_a_contradiction() -> None:
    reading = read(f'{ZH}a\ninteger\n必需\nb\nstring\n必需\n示例\n{{"a":"x"}}\n'.encode())
    assert [(note.kind, note.about, note.lines[0]) for note in reading.notes] == [
        ("contradiction", "/b", 11), ("contradiction", "/a", 8),
    ]  # fmt: skip


def test_a_value_of_the_example_that_is_not_listed_is_a_contradiction() -> None:
    reading = read(f'{ZH}a\nenum<string>\n可选\n枚举值:\nQUEUEDDONE\n示例\n{{"a":"LOST"}}\n'.encode())
    assert [(note.kind, note.about) for note in reading.notes] == [("contradiction", "/a")]
    assert "LOST" in reading.notes[0].message


def test_line_ends_of_windows_and_a_byte_order_mark_change_nothing() -> None:
    text = f"{ZH}a\nstring\n可选\n"
    plain, other = read(text.encode()), read(("\ufeff" + text.replace("\n", "\r\n")).encode())
    assert plain == other


@pytest.mark.parametrize(
    ("written", "path"),
    [
        ("/task/1725017986212425/fetch", "/task/{id}/fetch"),
        ("/task//fetch", "/task/{id}/fetch"),
        ("/task/8f14e45f-ceea-467f-a0e6-1c1d6f0b4f3a", "/task/{id}"),
        ("/tasks/1234567/steps/7654321", "/tasks/{taskId}/steps/{stepId}"),
        ("/task/:key/fetch", "/task/{key}/fetch"),
        ("/v1/task/12/fetch", "/v1/task/12/fetch"),
    ],
)
def test_what_stands_for_a_value_in_a_path(written: str, path: str) -> None:
    for curl in ("curl--location--request GET 'https://x.example", "curl -X GET 'https://x.example"):
        text = f"{curl}{written}' \\\n--header'Authorization: Bearer <token>'\n返回响应\n🟢200成功\nBody\na\nstring\n可选\n"
        operation = read(text.encode()).operation
        assert (operation.path, operation.server, operation.auth) == (path, "https://x.example", "bearer")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "empty"),
        (b" \n\t\n", "empty"),
        (b"\x00\x01\x02PNG", "binary"),
        (b"\xff\xfe\x00", "not UTF-8"),
        (b"x" * (9 * 2**20), "larger than 8 MiB"),
        (b"line\n" * 100_000, "lines"),
        (b"A recipe for bread: flour, water, salt. " * 1000, "recognised: nothing"),
        (b"GET /a\nResponses\n200OK\nnothing here\n", "recognised: a request"),
    ],
)
def test_a_page_that_is_none_is_refused_with_what_was_recognised(content: bytes, said: str) -> None:
    with pytest.raises(PageError, match=said):
        read(content)


@pytest.mark.parametrize("claim", ["object", "array[object]", "object {9}", "string"])
def test_thousands_of_members_end_in_time_and_say_what_was_not_done(claim: str) -> None:
    text = "GET /a\nResponses\n200OK\nBody\n" + "".join(f"m{n}\n{claim}\noptional\n" for n in range(3000))
    reading = read(text.encode())
    assert any(note.kind == "limit" for note in reading.notes)
    assert bool(reading.undecided) is (claim != "string")


@pytest.mark.parametrize("name", ["r01-deepwl-apifox-zh", "r03-apiai-apifox-en", "r08-ec36-apifox-mjbutton-comma-enum"])
def test_pages_of_other_providers_are_read_as_a_careful_person_reads_them(name: str) -> None:
    page, truth = CORPUS / f"{name}.txt", CORPUS / f"{name}.truth.json"
    if not page.exists():
        pytest.skip("the corpus is not beside this checkout")
    expected = json.loads(truth.read_text("utf-8"))
    reading = read(page.read_bytes())
    assert (reading.operation.method, reading.operation.path) == (expected["method"], expected["path"])
    assert fields(page.read_text("utf-8")) == {one.pop("path"): one for one in expected["fields"]}
    assert not reading.undecided
