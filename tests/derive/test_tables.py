"""Tables in the dialects of generators and of people: rows, columns, nesting, types, values, which one is the answer's."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from docpact.derive import emit, tables
from docpact.derive.page import read_page
from docpact.derive.reading import read
from docpact.derive.tables.cells import name, yes
from docpact.derive.tables.types import read_cell
from docpact.derive.tables.values import in_words

PAGES = Path(__file__).with_name("pages") / "tables"
CORPUS = Path(__file__).parents[2].parent / "shared" / "corpus" / "pages"
OF_TABLES = ("a01-novicezk-api-md", "a05-nekoedu-knife4j", "a09-key4u-fetch-widdershins")
HEAD = "GET /job/{id}\n\n## Response\n\n| Field | Type | Required | Description |\n|---|---|---|---|\n"


def said(text: str) -> dict[str, Any]:
    return emit.claims(read(text.encode()), "page")


def fields(text: str) -> dict[str, dict[str, Any]]:
    return {one["path"]: one for one in said(text)["fields"]}


def plain(one: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in one.items() if key != "lines"}


@pytest.mark.parametrize("page", sorted(path for path in PAGES.iterdir() if path.suffix != ".json"), ids=lambda path: path.stem)
def test_a_page_says_what_a_person_reads_on_it(page: Path) -> None:
    truth = json.loads(page.with_name(f"{page.stem}.truth.json").read_text())
    reading = read(page.read_bytes(), (), page.name)
    claims: Any = emit.claims(reading, page.name)
    assert reading.style == tables.STYLE
    assert (claims["method"] or None, claims["path"] or None) == (truth["method"], truth["path"])
    assert [plain(one) for one in claims["fields"]] == truth["fields"]
    assert claims["example"] == truth.get("example")


@pytest.mark.parametrize("stem", OF_TABLES)
def test_the_pages_of_the_corpus_are_read_as_a_person_reads_them(stem: str) -> None:
    if not CORPUS.is_dir():
        pytest.skip("the corpus is not beside this checkout")
    truth = json.loads((CORPUS / f"{stem}.truth.json").read_text())
    claims: Any = emit.claims(read((CORPUS / f"{stem}.txt").read_bytes()), stem)
    assert {one["path"]: plain(one) for one in claims["fields"]} == {one["path"]: one for one in truth["fields"]}
    assert claims["example"] == truth["example"]


@pytest.mark.parametrize(
    ("cell", "kind", "form", "nullable"),
    [
        ("integer(int64)", "integer", "int64", None),
        ("Long", "integer", "int64", None),
        ("varchar(64)", "string", None, None),
        ("string¦null", "string", None, True),
        ("number/null", "number", None, True),
        ("int64?", "integer", "int64", True),
        ("Optional[str]", "string", None, True),
        ("string or integer", "string | integer", None, None),
        ("datetime", "string", "date-time", None),
        ("List<String>", "array", None, None),
        ("[object]", "array", None, None),
        ("object[]", "array", None, None),
        ("array of objects", "array", None, None),
        ("< Button > array", "array", None, None),
        ("对象数组", "array", None, None),
        ("Map<String, Object>", "object", None, None),
        ("dict(str, str)", "object", None, None),
        ("布尔型", "boolean", None, None),
        ("任务", "object", None, None),
        ("TaskStatus", None, None, None),
        ("whatever this is", None, None, None),
    ],
)
def test_a_cell_of_types_is_read(cell: str, kind: str | None, form: str | None, nullable: bool | None) -> None:  # noqa: FBT001
    claim = read_cell(cell).claim
    assert (claim.type, claim.format, claim.nullable) == (kind, form, nullable)


@pytest.mark.parametrize(
    ("cell", "values"),
    [("enum (UP, DOWN)", ("UP", "DOWN")), ('"up" | "down"', ("up", "down")), ("enum<string>", ()), ("string", ())],
)
def test_values_in_a_cell_of_types(cell: str, values: tuple[str, ...]) -> None:
    assert read_cell(cell).values == values


@pytest.mark.parametrize(
    ("text", "values", "words"),
    [
        ("任务类型: DRAW（画）、GROW（放大）", ["DRAW", "GROW"], "任务类型"),
        ("状态,可用值:WAITING,DONE", ["WAITING", "DONE"], "状态"),
        ("`up`:往上; `down`:往下", ["up", "down"], ""),
        ("Where it goes. One of: `up`, `down`.", ["up", "down"], "Where it goes."),
        ("可选值：2（蓝）、3（绿）", ["2", "3"], ""),
        ("枚举：0-none 1-ok", ["0", "1"], ""),
        ("State (WAITING / RUNNING / DONE)", ["WAITING", "RUNNING", "DONE"], "State"),
        ("状态\n- WAITING: 等待\n- DONE: 完成", ["WAITING", "DONE"], "状态"),
        ("状態。`UP`、`DOWN` のいずれか", ["UP", "DOWN"], "状態。"),
        ("Where it stands. Values: UP, DOWN. Ask until DOWN.", ["UP", "DOWN"], "Where it stands. Ask until DOWN."),
        ("状态 LEFT:往左;DOWN:往下", ["LEFT", "DOWN"], "状态"),
        ("Kind — `text` or `image`", ["text", "image"], "Kind"),
        ("One of UP, LEFT or DOWN", ["UP", "LEFT", "DOWN"], ""),
        ("方向（可选值：UP/DOWN），默认UP", ["UP", "DOWN"], "方向"),
        ("样式：2（蓝）、3（绿）", [], "样式：2（蓝）、3（绿）"),
        ("状态码: 1(提交成功), 21(已存在), other(错误)", [], "状态码: 1(提交成功), 21(已存在), other(错误)"),
        ("格式，例如：PNG、JPG", [], "格式，例如：PNG、JPG"),
        ("语言：ZH、EN 等", [], "语言：ZH、EN 等"),
        ("图片的url, 成功时有值，可能为png或webp", [], "图片的url, 成功时有值，可能为png或webp"),
        ("Progress, e.g. `50%`", [], "Progress, e.g. 50%"),
        ("The id, which is a long number", [], "The id, which is a long number"),
    ],
)
def test_values_are_taken_from_words_and_numbers_only_where_they_are_announced(
    text: str, values: list[str], words: str
) -> None:
    found = in_words(text)
    assert (list(found.values), found.words) == (values, words)


@pytest.mark.parametrize(
    "cell", ["是", "必填", "Y", "yes", "true", "√", "✓", "✅", "1", "○", "필수", "Sí", "да", "Ja", "oui", "M", "**required**"]
)
def test_yes(cell: str) -> None:
    assert yes(cell) is True


@pytest.mark.parametrize(
    "cell", ["否", "可选", "N", "no", "false", "✗", "❌", "0", "任意", "선택", "нет", "nein", "non", "Optional", "not required"]
)
def test_no(cell: str) -> None:
    assert yes(cell) is False


@pytest.mark.parametrize("cell", ["", "-", "maybe so", "C", "see below", "8"])
def test_what_says_neither_is_no_mark(cell: str) -> None:
    assert yes(cell) in (None, *([False] if cell == "-" else []))


@pytest.mark.parametrize(
    ("cell", "parts"),
    [
        (" `id` ", ("id",)),
        ("**id**", ("id",)),
        ("&emsp;&emsp;customId", ("customId",)),
        ("» customId", ("customId",)),
        ("└─ customId", ("customId",)),
        ("│   ├── emoji", ("emoji",)),
        ("+ + label", ("label",)),
        ("buttons[].customId", ("buttons[]", "customId")),
        ("buttons[0].label", ("buttons[]", "label")),
        ("buttons > label", ("buttons", "label")),
        ("data>>list>>id", ("data", "list", "id")),
        ("$.owner.name", ("owner", "name")),
        ("fail_reason", ("fail_reason",)),
        ("fail\\_reason", ("fail_reason",)),
        ("id *", ("id",)),
    ],
)
def test_the_name_of_a_row_and_its_path(cell: str, parts: tuple[str, ...]) -> None:
    found = name(cell)
    assert found is not None
    assert found.parts == parts


@pytest.mark.parametrize("cell", ["", "任务编号", "200", "---", "12 items"])
def test_other_cells_name_no_member(cell: str) -> None:
    assert name(cell) is None


def test_the_kinds_of_a_picture_are_no_values_of_its_address() -> None:
    found = fields(
        f"{HEAD}| imageUrl | string | yes | Picture (PNG, WEBP) |\n| imageType | string | yes | Kind (PNG, WEBP) |\n"
    )
    assert [one.get("enum") for one in found.values()] == [None, ["PNG", "WEBP"]]


def test_a_blank_mark_says_nothing_and_o_beside_m_is_optional() -> None:
    found = fields(f"{HEAD}| id | string | M | a |\n| b | string | O | b |\n| c | string | | c |\n")
    assert [found[path]["required"] for path in ("/id", "/b", "/c")] == [True, False, None]


def test_circles_and_crosses_are_yes_and_no() -> None:
    found = fields(f"{HEAD}| id | string | O | a |\n| b | string | X | b |\n")
    assert [found[path]["required"] for path in ("/id", "/b")] == [True, False]


def test_pipes_that_are_no_borders() -> None:
    found = fields(f"{HEAD}| a | string \\| null | no | x |\n| b | `int|string` | no | y |\n| c | string|null | no | z |\n")
    assert [(one["type"], one["nullable"], one["description"]) for one in found.values()] == [
        ("string", True, "x"), ("integer | string", None, "y"), ("string", True, "z"),
    ]  # fmt: skip


def test_rows_without_outer_pipes_and_columns_in_any_order() -> None:
    text = "GET /job/{id}\n## 返回\n说明 | 字段 | 类型\n--- | --- | ---\n编号 | id | string\n大小 | size | int\n"
    assert [(path, one["type"], one["description"]) for path, one in fields(text).items()] == [
        ("/id", "string", "编号"), ("/size", "integer", "大小"),
    ]  # fmt: skip


def test_the_table_of_the_request_is_not_the_answer() -> None:
    text = "POST /job\n### Parameters\n| Name | Type | Description |\n|---|---|---|\n| prompt | string | words |\n"
    assert tables.drafts(read_page(text.encode())) == []
    text += '\n### Example\n```json\n{"id": "1"}\n```\n'
    assert tables.drafts(read_page(text.encode())) == []


@pytest.mark.parametrize(
    "table",
    [
        "| Status code | Meaning |\n|---|---|\n| 401 | no token |",
        "| Endpoint | Method | Description |\n|---|---|---|\n| /job | GET | fetch |",
        "| Name | Price | Description |\n|---|---|---|\n| basic | 5 | few |",
        "| 变量名 | 类型 | 默认值 | 描述 |\n|---|---|---|---|\n| relay.port | int | 80 | 端口 |",
    ],
)
def test_tables_about_something_else_are_no_answer(table: str) -> None:
    assert tables.drafts(read_page(f"# Configuration\n\n{table}\n".encode())) == []


@pytest.mark.parametrize(
    ("title", "parameters", "answer"),
    [
        ("Get Result", "Parameters", "Fields"),
        ("查询任务返回结果", "参数", "返回"),
        ("Return a book", "Query Parameters", "Response"),
        ("获取请求状态", "请求参数", "返回参数"),
        ("Query task errors", "Parameters", "Success 200"),
    ],
)
def test_the_title_of_an_operation_is_no_label_of_its_tables(title: str, parameters: str, answer: str) -> None:
    head = "| Name | Type | Description |\n|---|---|---|\n"
    rows = "| id | string | a |\n| lang | string | b |\n| who | string | c |\n"
    text = f"## {title}\n\nGET /job/{{id}}\n\n### {parameters}\n\n{head}{rows}\n"
    assert list(fields(f"{text}### {answer}\n\n{head}| code | integer | d |\n")) == ["/code"]


def test_the_heading_of_an_operation_is_its_title() -> None:
    assert read((PAGES / "apifox-export.md").read_bytes()).operation.title == "指定ID获取作业"
    assert read((PAGES / "widdershins4.md").read_bytes()).operation.title == "fetchTask"


def test_parameters_of_every_place_and_the_statuses() -> None:
    text = (
        "GET /job/{id}\n### 请求参数\n| 参数名称 | 参数说明 | 请求类型 | 是否必须 | 数据类型 |\n|---|---|---|---|---|\n"
        "| id | 编号 | path | true | string |\n| lang | 语言 | query | false | string |\n"
        "| X-Trace | | header | false | string |\n\n"
        "### 响应状态\n| 状态码 | 说明 | schema |\n|---|---|---|\n| 200 | OK | 作业 |\n| 404 | Not Found | |\n\n"
        "### 响应参数\n| 参数名称 | 参数说明 | 类型 | schema |\n|---|---|---|---|\n| id | 编号 | string | |\n"
    )
    operation = read(text.encode()).operation
    assert [(one.name, one.place, one.required) for one in operation.parameters] == [
        ("id", "path", True), ("lang", "query", False), ("X-Trace", "header", False),
    ]  # fmt: skip
    assert dict(operation.statuses) == {"200": "OK", "404": "Not Found"}


def test_the_answer_of_each_operation_of_a_page() -> None:
    text = (PAGES / "readme.md").read_bytes()
    chosen = read(text, operation="POST /mj/submit/imagine")
    assert [one.path for one in chosen.fields] == ["/code", "/description", "/result", "/properties"]
    assert chosen.example is not None


def test_an_answer_that_failed_is_not_the_answer() -> None:
    text = (
        "GET /job/{id}\n### Response 400\n| Name | Type |\n|---|---|\n| error | string |\n| why | string |\n| hint | string |\n"
    )
    text += "### Response 200\n| Name | Type |\n|---|---|\n| id | string |\n"
    assert list(fields(text)) == ["/id"]


def test_a_component_that_holds_itself_ends() -> None:
    text = f"{HEAD}| id | string | yes | x |\n| child | Node | no | y |\n\n"
    text += "### Node\n| Field | Type |\n|---|---|\n| next | Node |\n"
    assert list(fields(text)) == ["/id", "/child", "/child/next"]


@pytest.mark.parametrize(
    "row",
    [
        "| id | string | yes | " + "x" * 2**20 + " |",
        "| id | string | yes | " + "[" * 2**18 + " |",
        "| id | string | yes | " + "A, " * 2**18 + " |",
        "| id | string | yes | " + "可用值:" * 2**17 + " |",
        "| id | " + "List<" * 2**18 + " | yes | x |",
        "| id | string | yes | x |\n| " + "a." * 2**18 + " | string | yes | x |",
        "| id | string | yes | x |\n" + "|" + "x|" * 10_000,
        "\n".join(f"| {'»' * n} m{n} | object | no | x |" for n in range(2000)),
        "\n".join(f"| m{n} | object | no | x |" for n in range(50_000)),
    ],
    ids=["long", "brackets", "list", "labels", "types", "dots", "columns", "deep", "rows"],
)
def test_tables_that_are_made_to_hurt_end_in_time(row: str) -> None:
    drafts = tables.drafts(read_page(f"{HEAD}{row}\n".encode()))
    assert 0 < len(drafts[0].entries) <= 1500


def test_a_table_of_ten_thousand_columns_is_none() -> None:
    assert (
        tables.drafts(read_page(("GET /a\n|" + "Name|" * 10_000 + "\n|" + "---|" * 10_000 + "\n|" + "id|" * 10_000).encode()))
        == []
    )


@pytest.mark.parametrize(
    "inner",
    ["<td>&emsp;&emsp;label</td>", '<td><span style="padding-left: 20px">label</span></td>', "<td>&nbsp;&nbsp;└ label</td>"],
)
def test_the_rows_of_a_saved_page_keep_how_far_they_are_set_in(inner: str) -> None:
    rows = "<tr><td>id</td><td>string</td></tr><tr><td>buttons</td><td>array</td></tr>"
    page = (
        "<!DOCTYPE html><html><body><main><h1>Fetch a job</h1><p><code>GET /job/{id}</code></p><h2>Response</h2><table><thead>"
        f"<tr><th>Field</th><th>Type</th></tr></thead><tbody>{rows}<tr>{inner}<td>string</td></tr></tbody></table></main></body>"
    )
    assert list(fields(page)) == ["/id", "/buttons", "/buttons/*/label"]


def test_each_operation_of_an_export_has_its_own_answer_of_the_components_at_its_end() -> None:
    page = (PAGES / "apifox-export.md").read_bytes()
    listed = read(page, operation="POST /job/task/list-by-condition")
    assert listed.listing
    assert [one.path for one in listed.fields] == [
        "/*/action", "/*/buttons", "/*/buttons/*/customId", "/*/buttons/*/emoji", "/*/id",
    ]  # fmt: skip
    submitted = read(page, operation="POST /job/submit/draw")
    assert [(one.path, one.required) for one in submitted.fields] == [
        ("/code", True), ("/description", True), ("/properties", False), ("/result", False),
    ]  # fmt: skip
    assert submitted.fields[0].enum is None
