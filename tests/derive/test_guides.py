"""Pages that show an answer and list nothing: the examples chosen, what their comments say, and what several have in common."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from docpact.derive.examples import guides
from docpact.derive.examples.commented import NotJsonError, read
from docpact.derive.page import read_page
from docpact.derive.reading import read as read_all

if TYPE_CHECKING:
    from docpact.derive.claims import Draft

GUIDE = """\
# Follow a parcel

Ask until it is there:

```bash
curl -X GET https://post.example/v1/parcel/12345678/where \\
  -H 'Authorization: Bearer KEY'
```

The answer:

```json
{"id": "12345678", "state": "MOVING", "grams": 250, "eta": null, "stops": [{"town": "Bergen", "hour": 7}]}
```

When it is there:

```json
{"id": "12345678", "state": "THERE", "grams": 250.5, "eta": "07:00", "stops": [], "signed": true}
```

If there is none, an error:

```json
{"code": 4, "id": "", "state": "no such parcel"}
```
"""


def one(text: str) -> Draft:
    (draft,) = guides.drafts(read_page(text.encode()))
    return draft


def types(draft: Draft) -> dict[str, str | None]:
    return {"  " * (entry.depth or 0) + entry.name: entry.claim.type for entry in draft.entries}


def test_a_guide_gives_the_members_of_its_answers_and_nothing_that_it_does_not_say() -> None:
    draft = one(GUIDE)
    assert draft.inferred
    assert (draft.operation.method, draft.operation.path) == ("GET", "/v1/parcel/12345678/where")
    assert types(draft) == {
        "id": "string", "state": "string", "grams": "number", "eta": "string", "stops": "array", "  town": "string",
        "  hour": "integer", "signed": "boolean",
    }  # fmt: skip
    assert all((entry.required, entry.values) == (None, ()) for entry in draft.entries)
    assert [entry.name for entry in draft.entries if entry.claim.nullable] == ["eta"]
    assert draft.example is not None
    assert (draft.example.value["grams"], draft.example.lines) == (250, (13, 13))  # type: ignore[call-overload, index]
    assert any("signed" in note.message for note in draft.notes)
    assert draft.entries[3].lines["member"] == (13, 13)


def test_what_the_page_shows_is_allowed_by_what_is_made_of_it() -> None:
    text = '{"a": [1, null, 2.5], "b": [{"c": 1}, {"c": "x"}, {"c": null}], "d": null, "e": [], "f": {}, "g": [[{"h": 1}]]}'
    reading = read_all(text.encode())
    assert [note.message for note in reading.notes if note.kind == "contradiction"] == []
    assert {one.path: (one.claim.type, one.claim.nullable) for one in reading.fields} == {
        "/a": ("array", None), "/a/*": ("number", True), "/b": ("array", None), "/b/*/c": ("integer | string", True),
        "/d": (None, None), "/e": ("array", None), "/f": ("object", None), "/g": ("array", None), "/g/*/*/h": ("integer", None),
    }  # fmt: skip
    assert not reading.undecided


COMMENTED = """\
查询订单
GET /order/{id}
返回示例：
{
  "code": 1, // 状态码，必填
  "data": { // 订单
    "id": "7", # 订单编号
    /* 订单状态: PACKED(已打包), SENT(已寄出), THERE(已送达) */
    "state": "SENT",
    "kind": "A", // 类型，可用值：A,B,C
    "weight": 3, // number, optional, grams
    "lines": [ // 明细
      { "sku": "x" } // 每一行
      ...
    ],
    "extra": {}, // 可选，扩展
    'note': null, // 备注
  }
}
"""


def test_comments_say_what_members_mean() -> None:
    draft = one(COMMENTED)
    said = {entry.name: entry for entry in draft.entries}
    assert types(draft) == {
        "code": "integer", "data": "object", "  id": "string", "  state": "string", "  kind": "string", "  weight": "number",
        "  lines": "array", "    sku": "string", "  extra": "object", "  note": None,
    }  # fmt: skip
    assert {name: entry.description for name, entry in said.items()} == {
        "code": "状态码", "data": "订单", "id": "订单编号", "state": "订单状态", "kind": "类型", "weight": "grams",
        "lines": "明细",
        "sku": "", "extra": "扩展", "note": "备注",
    }  # fmt: skip
    assert {name: entry.values for name, entry in said.items() if entry.values} == {
        "state": ("PACKED", "SENT", "THERE"),
        "kind": ("A", "B", "C"),
    }
    assert {name: entry.required for name, entry in said.items() if entry.required is not None} == {
        "code": True, "weight": False, "extra": False,
    }  # fmt: skip
    assert (said["state"].lines["member"], said["state"].lines["enum"]) == ((9, 9), (8, 8))
    assert draft.language == "zh"
    assert draft.example is not None
    assert draft.example.value == {
        "code": 1,
        "data": {
            "id": "7", "state": "SENT", "kind": "A", "weight": 3, "lines": [{"sku": "x"}], "extra": {}, "note": None,
        },
    }  # fmt: skip


@pytest.mark.parametrize(
    ("page", "members"),
    [
        ('{"a": 1}', {"a"}),
        ('\n[{"a": 1}, {"a": 1, "b": 2}]\n', {"a", "b"}),
        ('{"a": 1}\n{"a": 2, "b": 3}\n', {"a", "b"}),
        ('Request body:\n{"ask": 1}\nResponse:\n{"got": 1}\n', {"got"}),
        ('POST /a\n请求示例\n{"ask": 1}\n返回示例\n{"got": 1}\n', {"got"}),
        ('POST /a\n```json\n{"ask": 1}\n```\n```json\n{"got": 1}\n```\n', {"got"}),
        ('curl -X POST https://x.example/a -d \'\n{"ask": 1}\'\n\n200 OK\n\n{"got": 1}', {"got"}),
        ('## Response\n\n### 404\n\n```\n{"code": 1, "why": "x"}\n```\n\n### 200\n\n```\n{"got": 1}\n```\n', {"got"}),
        ('Respuesta:\n{"got": 1}\nSolicitud:\n{"ask": 1, "more": 2}\n', {"got"}),
        ('It returns: {"got": 1}\n', {"got"}),
        ('```python\nresult = {"a": 1}\n{"b": 2}\n```\nReturns\n\n```\n{"got": 1}\n```\n', {"got"}),
        ("{\n  id: string, // its number\n  size: integer | null\n}", {"id", "size"}),
        ('成功响应\n```json5\n{\n  "got": 1,\n  ...\n}\n```', {"got"}),
    ],
)
def test_the_answer_is_chosen_among_what_a_page_shows(page: str, members: set[str]) -> None:
    assert {entry.name for entry in one(page).entries} == members


@pytest.mark.parametrize(
    "page",
    [
        "no example\n",
        'Request:\n{"ask": 1}\n',
        "```python\n{'a': 1}\n```\n",
        "{{base_url}}/a\n",
        "[x] done\n[link](#a)\n",
        "{}\n",
        "[]\n",
        "[1, 2]\n",
        '{"a": \n',
    ],
)
def test_where_no_answer_is_shown_none_is_made_up(page: str) -> None:
    assert guides.drafts(read_page(page.encode())) == []


def test_a_list_is_the_members_of_its_items() -> None:
    draft = one('GET /orders\nResponse\n[\n  {"id": "1"},\n  {"id": "2", "paid": true}\n]\n')
    assert draft.listing
    assert types(draft) == {"id": "string", "paid": "boolean"}


def test_of_a_list_without_end_the_first_items_are_read() -> None:
    draft = one("[" + ",\n".join(f'{{"id": "{number}", "n": {number}}}' for number in range(30_000)) + "]")
    assert draft.listing
    assert types(draft) == {"id": "string", "n": "integer"}
    assert any(note.kind == "limit" and "19,9" in note.message for note in draft.notes)


def test_a_generated_skeleton_is_told_as_one() -> None:
    draft = one(json.dumps({"id": "string", "size": 0, "open": True, "lines": [{"sku": "string"}]}))
    assert any("skeleton" in note.message for note in draft.notes)
    assert not any("skeleton" in note.message for note in one(GUIDE).notes)


def test_names_that_are_ids_are_no_members() -> None:
    assert types(one('{"jobs": {"171200000001": {"a": 1}, "171200000002": {"a": 2}}}')) == {"jobs": "object"}


@pytest.mark.parametrize(
    "text",
    [
        "{" * 100_000, "[" * 100_000, '{"a":' * 100_000, "{" + "/*" * 100_000, '{"a' * 100_000, "{" + '"' * 100_000,
        "[" + "/*,\n" * 20_000, "{'a': " + "x " * 100_000, '{"a":1 "b":2}', '{"a" 1}', "{1}", "", "x", '{"a": }', "[1 2]",
    ],
)  # fmt: skip
def test_what_is_not_json_says_so_in_time(text: str) -> None:
    with pytest.raises(NotJsonError):
        read(text, 0, 1)


@pytest.mark.parametrize("line", ["{", "[", '{"a":', "[1,", '{"a": [', "{ // x", "x: {", '{"a": 1,'])
def test_a_page_of_what_only_begins_ends_in_time(line: str) -> None:
    assert guides.drafts(read_page((f"{line}\n" * 15_000).encode())) == []


def test_a_comment_without_end_and_a_number_without_end_are_survived() -> None:
    assert types(one('{"a": ' + "1" * 6000 + ', "b": 007, "c": 1e999}')) == {"a": "string", "b": "string", "c": "number"}


SEVERAL = """\
# Parcels

## Send

```bash
curl https://post.example/parcels -d '{"to": "Oslo"}'
```

**Response:**

```json
{"code": 1, "result": "7"}
```

## Look

```bash
curl https://post.example/parcels/{id}
```

**Response:**

```json
{"id": "7", "state": "MOVING", "grams": 20}
```

## All requests

- `POST /parcels`
- `GET /parcels/{id}`

## 📥 Response fields

#### `id`
- Type: string
- Description: which one

#### `state`
- Type: string
- Description: where it is

#### `grams`
- Type: number
- Description: how heavy
"""


def test_each_request_has_the_answer_that_follows_it() -> None:
    made = {(one.operation.method, one.operation.path): types(one) for one in guides.drafts(read_page(SEVERAL.encode()))}
    assert made["POST", "/parcels"] == {"code": "integer", "result": "string"}
    assert made["GET", "/parcels/{id}"] == {"id": "string", "state": "string", "grams": "integer"}


def test_members_that_are_listed_at_the_end_are_those_of_the_answer_that_has_them() -> None:
    reading = read_all(SEVERAL.encode())
    assert (reading.operation.method, reading.operation.path) == ("GET", "/parcels/{id}")
    assert [(one.path, one.claim.type, one.description) for one in reading.fields] == [
        ("/id", "string", "which one"), ("/state", "string", "where it is"), ("/grams", "number", "how heavy"),
    ]  # fmt: skip
    assert reading.example is not None
    assert reading.example.value == {"id": "7", "state": "MOVING", "grams": 20}


def test_a_list_of_parameters_is_not_taken_for_the_answer_that_is_shown() -> None:
    page = """\
GET /parcels

Response:

{"ok": true, "parcels": [{"id": "7"}], "more": false}

| Name | Type | Description |
|---|---|---|
| town | string | where to look |
| page | integer | how far to skip |
"""
    reading = read_all(page.encode())
    assert [one.path for one in reading.fields] == ["/ok", "/parcels", "/parcels/*/id", "/more"]
    assert any("town, page" in note.message for note in reading.notes)
