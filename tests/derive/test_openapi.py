"""OpenAPI 3.0 and 3.1 and Swagger 2, as files and inside pages, in the dialects of those who write them."""

from __future__ import annotations

import json
import sys
from typing import Any

import pytest

from docpact.derive import emit, openapi
from docpact.derive.decisions import Decisions
from docpact.derive.openapi import documents
from docpact.derive.page import read_page
from docpact.derive.reading import read
from docpact.derive.settle import settle
from docpact.errors import MissingExtraError, PageError

Fields = dict[str, dict[str, Any]]


def drafts(text: str) -> list[Any]:
    return openapi.drafts(read_page(text.encode()))


def claims(text: str, at: int = 0) -> dict[str, Any]:
    made: dict[str, Any] = emit.claims(settle(drafts(text)[at], Decisions(())), "page")
    return made


def fields(text: str, at: int = 0) -> Fields:
    return {one["path"]: one for one in claims(text, at)["fields"]}


def notes(text: str, at: int = 0) -> str:
    return "\n".join(one["message"] for one in claims(text, at)["notes"])


def answer(schema: str, version: str = "openapi: 3.0.3", rest: str = "") -> str:
    """Return a document whose one answer has a schema, given as YAML on one line."""
    return (
        f"{version}\npaths:\n  /boats/{{id}}:\n    get:\n      responses:\n        '200':\n          description: OK\n"
        f"          content:\n            application/json:\n              schema: {schema}\n{rest}"
    )


BOAT = "{type: object, required: [name], properties: {name: {type: string}, mast: {type: integer, nullable: true}}}"

SWAGGER = """{
  "swagger": "2.0",
  "info": {"title": "Harbour", "version": "1"},
  "host": "harbour.example:8080",
  "basePath": "/v1/",
  "schemes": ["http"],
  "paths": {
    "/berth/{id}": {
      "get": {
        "summary": "泊位查询",
        "produces": ["*/*"],
        "parameters": [
          {"name": "id", "in": "path", "required": true, "type": "string", "description": "编号"},
          {"name": "deep", "in": "query", "required": false, "type": "boolean", "default": false}
        ],
        "responses": {
          "200": {
            "description": "成功",
            "schema": {"$ref": "#/definitions/Result%C2%ABBerth%C2%BB"},
            "examples": {"application/json": {"code": 200, "data": {"kind": "QUAY"}}}
          },
          "404": {"description": "没有"}
        },
        "security": [{"key": ["global"]}]
      }
    }
  },
  "securityDefinitions": {"key": {"type": "apiKey", "name": "harbour-secret", "in": "header"}},
  "definitions": {
    "Result«Berth»": {
      "type": "object",
      "properties": {"code": {"type": "integer", "format": "int32"}, "data": {"$ref": "#/definitions/Berth"}},
      "title": "Result«Berth»"
    },
    "Berth": {
      "type": "object",
      "properties": {
        "kind": {"type": "string", "description": "种类", "enum": ["QUAY", "BUOY"]},
        "state": {"type": "string", "description": "状态,可用值:FREE,TAKEN", "x-nullable": true}
      }
    }
  }
}
"""


def test_swagger_2_in_json_with_the_line_of_every_claim() -> None:
    got = fields(SWAGGER)
    assert list(got) == ["/code", "/data", "/data/kind", "/data/state"]
    assert (got["/code"]["type"], got["/code"]["format"], got["/code"]["required"]) == ("integer", "int32", False)
    assert got["/data"]["description"] == ""
    assert got["/data/kind"]["enum"] == ["QUAY", "BUOY"]
    assert (got["/data/state"]["enum"], got["/data/state"]["description"]) == (["FREE", "TAKEN"], "状态")
    assert (got["/data/state"]["nullable"], got["/data/kind"]["nullable"]) == (True, False)
    state = next(at for at, line in enumerate(SWAGGER.split("\n"), start=1) if '"state"' in line)
    assert got["/data/state"]["lines"] == {key: [state, state] for key in ("member", "type", "description", "enum")}
    operation = drafts(SWAGGER)[0].operation
    assert (operation.method, operation.path, operation.server) == ("GET", "/v1/berth/{id}", "http://harbour.example:8080")
    assert (operation.auth, operation.title) == ("header:harbour-secret", "泊位查询")
    assert operation.statuses == (("200", "成功"), ("404", "没有"))
    assert [(one.name, one.place, one.claim.type) for one in operation.parameters] == [
        ("id", "path", "string"), ("deep", "query", "boolean"),
    ]  # fmt: skip
    assert claims(SWAGGER)["example"] == {"code": 200, "data": {"kind": "QUAY"}}


def test_json_needs_no_yaml(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "docpact.derive.openapi.in_yaml", raising=False)
    monkeypatch.setitem(sys.modules, "yaml", None)
    assert len(fields(SWAGGER)) == 4
    assert drafts("# A page\n\nabout boats\n") == []
    assert fields("\n".join(line.strip() for line in answer("").split("\n")) + "type: object\nproperties:\na:\ntype: string\n")
    with pytest.raises(MissingExtraError) as caught:
        drafts(answer(BOAT))
    assert "docpact[pages]" in caught.value.hint


def test_what_3_0_says_of_null_and_of_required() -> None:
    got = fields(answer(BOAT))
    assert {path: (one["required"], one["nullable"]) for path, one in got.items()} == {
        "/name": (True, False), "/mast": (False, True),
    }  # fmt: skip


@pytest.mark.parametrize(
    ("schema", "kind", "nullable", "values"),
    [
        ("{type: [string, 'null']}", "string", True, None),
        ("{type: [string, integer]}", "string | integer", False, None),
        ("{type: 'null'}", "null", True, None),
        ("{anyOf: [{type: string}, {type: 'null'}]}", "string", True, None),
        ("{oneOf: [{type: string}, {type: integer}]}", "string | integer", False, None),
        ("{oneOf: [{const: A}, {const: B}]}", "string", False, ["A", "B"]),
        ("{type: string, enum: [A, B, null]}", "string", True, ["A", "B"]),
        ("{enum: [1, 2]}", "integer", False, ["1", "2"]),
        ("{type: boolean, enum: [true]}", "boolean", False, ["true"]),
        ("{const: boat}", "string", False, ["boat"]),
        ("{allOf: [{$ref: '#/components/schemas/Kind'}], nullable: true}", "string", True, ["SAIL", "ROW"]),
        ("{$ref: '#/components/schemas/Kind', description: of boat}", "string", False, ["SAIL", "ROW"]),
        ("{}", None, None, None),
        ("true", None, None, None),
        ("{type: string, enum: [yes, no, on]}", "string", False, ["yes", "no", "on"]),
        ("{type: string, x-apifox-enum: [{value: A, name: a, description: b}, {value: B}]}", "string", False, ["A", "B"]),
    ],
)
def test_types_nulls_and_values(schema: str, kind: str | None, nullable: bool | None, values: list[str] | None) -> None:  # noqa: FBT001
    rest = "components:\n  schemas:\n    Kind: {type: string, enum: [SAIL, ROW]}\n"
    one = fields(answer(f"{{type: object, properties: {{a: {schema}}}}}", "openapi: 3.1.0", rest))["/a"]
    assert (one["type"], one["nullable"], one.get("enum")) == (kind, nullable, values)


def test_allof_is_merged_with_what_it_requires() -> None:
    rest = (
        "components:\n  schemas:\n"
        "    Hull: {type: object, required: [id], properties: {id: {type: integer, format: int64}, note: {type: string}}}\n"
        "    Ship:\n      allOf:\n      - $ref: '#/components/schemas/Hull'\n"
        "      - type: object\n        required: [crew]\n"
        "        properties: {crew: {type: integer}, id: {description: number of the hull}}\n"
    )
    got = fields(answer("{$ref: '#/components/schemas/Ship'}", rest=rest))
    assert list(got) == ["/id", "/note", "/crew"]
    assert (got["/id"]["type"], got["/id"]["format"], got["/id"]["description"]) == ("integer", "int64", "number of the hull")
    assert [got[path]["required"] for path in got] == [True, False, True]


def test_alternatives_list_the_members_of_all_and_say_so() -> None:
    schema = (
        "{oneOf: [{type: object, title: Sail, required: [kind, area],"
        " properties: {kind: {type: string, enum: [sail]}, area: {type: number}}},"
        " {type: object, title: Oar, required: [kind], properties: {kind: {type: string, enum: [oar]}}}]}"
    )
    got = fields(answer(schema))
    assert {path: one["required"] for path, one in got.items()} == {"/kind": True, "/area": False}
    assert got["/kind"]["enum"] == ["sail", "oar"]
    assert "one of 2: Sail or Oar; the members of all are listed" in notes(answer(schema))


def test_references_that_lead_nowhere_or_back_are_noted_and_never_fetched() -> None:
    rest = (
        "components:\n  schemas:\n"
        "    Crew: {type: object, properties: {name: {type: string}, boss: {$ref: '#/components/schemas/Crew'}}}\n"
        "    Round: {$ref: '#/components/schemas/Round'}\n"
        "    a/b: {type: object, properties: {x: {type: string}}}\n"
    )
    schema = (
        "{type: object, properties: {crew: {type: array, items: {$ref: '#/components/schemas/Crew'}},"
        " far: {$ref: 'https://elsewhere.example/x.yaml#/A'}, lost: {$ref: '#/components/schemas/Lost'},"
        " round: {$ref: '#/components/schemas/Round'}, odd: {$ref: '#/components/schemas/a~1b'}}}"
    )
    got = fields(answer(schema, rest=rest))
    assert list(got) == ["/crew", "/crew/*/name", "/crew/*/boss", "/far", "/lost", "/round", "/odd", "/odd/x"]
    assert [got[path]["type"] for path in ("/far", "/lost", "/round")] == [None, None, None]
    said = notes(answer(schema, rest=rest))
    assert "Crew holds itself" in said
    assert "'https://elsewhere.example/x.yaml#/A' is outside the page, and is not fetched" in said
    assert "'#/components/schemas/Lost' names nothing on the page" in said


def test_what_a_schema_says_besides_is_noted() -> None:
    schema = (
        "{type: object, required: [a, ghost],"
        " properties: {a: {type: string, minLength: 1, pattern: '^x'}, b: {type: string, deprecated: true},"
        " c: {type: string, writeOnly: true}, d: {type: object, additionalProperties: {type: integer}}}}"
    )
    said = notes(answer(schema))
    assert "a: the page also says 'pattern: ^x; minLength: 1'" in said
    assert "b is deprecated" in said
    assert "c is only written" in said
    assert "members of any other name are integer" in said
    assert "described nowhere: ghost" in said
    assert list(fields(answer(schema))) == ["/a", "/b", "/d"]


def test_lists_in_lists_and_values_of_items() -> None:
    schema = (
        "{type: array, items: {type: object, properties: {grid: {type: array, items: {type: array, items: {type: object,"
        " properties: {x: {type: integer}}}}}, marks: {type: array, items: {type: string, enum: [A, B]}}}}}"
    )
    got = fields(answer(schema))
    assert list(got) == ["/*/grid", "/*/grid/*/*/x", "/*/marks", "/*/marks/*"]
    assert (got["/*/marks/*"]["enum"], got["/*/marks/*"]["nullable"]) == (["A", "B"], None)


EXPORT = """# 查询船只

## OpenAPI Specification

1. 导出：

   ```yaml
   openapi: 3.0.1
   info:
     title: ''
     version: 1.0.0
   paths:
     /boat/{id}/fetch:
       get:
         summary: 查询船只
         parameters:
           - name: Authorization
             in: header
             required: true
             example: Bearer sk-x
             schema: {type: string}
         responses:
           '200':
             description: ''
             content:
               application/json:
                 schema:
                   type: object
                   x-apifox-refs:
                     01HABCDEFGHJKMNPQRSTVWXYZ0:
                       $ref: '#/components/schemas/Base'
                       x-apifox-overrides:
                         note: null
                         code:
                           type: integer
                           description: 返回码
                       required:
                         - code
                   x-apifox-orders:
                     - 01HABCDEFGHJKMNPQRSTVWXYZ0
                     - state
                   properties:
                     state:
                       type: string
                       enum:
                         - OPEN
                         - SHUT
                       title: 状态
                       description: |-
                         当前状态
                         第二行
                   required:
                     - state
                 examples:
                   '1':
                     summary: 成功
                     value: "{\\"state\\": \\"OPEN\\", \\"code\\": 1}"
             headers: {}
             x-apifox-name: 成功
   components:
     schemas:
       Base:
         type: object
         properties:
           code: {type: string}
           note: {type: string}
   ```
"""


def test_an_export_of_apifox_with_models_set_in_and_overridden() -> None:
    got = fields(EXPORT)
    assert {path: (one["type"], one["required"]) for path, one in got.items()} == {
        "/state": ("string", True), "/code": ("integer", True),
    }  # fmt: skip
    assert got["/state"]["description"] == "状态\n当前状态\n第二行"
    assert got["/code"]["description"] == "返回码"
    assert claims(EXPORT)["example"] == {"state": "OPEN", "code": 1}
    operation = drafts(EXPORT)[0].operation
    assert (operation.auth, operation.statuses) == ("bearer", (("200", "成功"),))


def test_a_security_scheme_that_there_is_not() -> None:
    rest = "security:\n- mine: []\ncomponents:\n  securitySchemes:\n    mine: {type: bearer, scheme: bearer}\n"
    assert drafts(answer(BOAT, rest=rest))[0].operation.auth == "bearer"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("", ""),
        ("Boats\n\nAll about them.\n\n", "\n\nCopyright of nobody, 2020.\nSee also: nothing\n"),
        ("OpenAPI Specification\nyaml\n", ""),
        ("~~~yaml\n", "~~~\n"),
        ("```\n", "```\nand words\n"),
        ("\ufeff---\n", ""),
    ],
)
def test_a_document_is_found_wherever_it_stands(before: str, after: str) -> None:
    assert list(fields(before + answer(BOAT) + after)) == ["/name", "/mast"]


def test_blanks_of_other_kinds_are_indentation() -> None:
    for blank in ("\t", "\u00a0\u00a0", "\u3000"):
        assert list(fields(answer(BOAT).replace("  ", blank))) == ["/name", "/mast"]


def test_several_fences_are_one_document_where_one_refers_to_another() -> None:
    page = (
        "```yaml\n/boxes/{id}:\n  get:\n    responses:\n      '200':\n        description: ok\n        content:\n"
        "          application/json:\n            schema: {$ref: '#/components/schemas/Box'}\n```\n\n## Schemas\n\n"
        "```yaml\ncomponents:\n  schemas:\n    Box: {type: object, properties: {size: {type: integer}}}\n```\n"
    )
    assert list(fields(page)) == ["/size"]
    assert drafts(page)[0].operation.path == "/boxes/{id}"


def test_each_operation_with_an_answer_in_json_is_a_draft() -> None:
    made = json.loads(SWAGGER)
    made["paths"]["/berths"] = {
        "get": {"responses": {"200": {"schema": {"type": "array", "items": {"$ref": "#/definitions/Berth"}}}}},
        "post": {"responses": {"201": {"description": "made", "schema": {"$ref": "#/definitions/Berth"}}}},
        "delete": {"responses": {"204": {"description": "gone"}}},
        "put": {"responses": {"default": {"description": "any", "schema": {"$ref": "#/definitions/Berth"}}}},
        "head": {"responses": {"404": {"description": "no", "schema": {"$ref": "#/definitions/Berth"}}}},
    }
    text = json.dumps(made, ensure_ascii=False)
    found = [(one.operation.method, one.operation.path, one.listing) for one in drafts(text)]
    assert found == [
        ("GET", "/v1/berth/{id}", False),
        ("GET", "/v1/berths", True),
        ("POST", "/v1/berths", False),
        ("PUT", "/v1/berths", False),
    ]
    assert list(fields(text, 1)) == ["/*/kind", "/*/state"]


def test_an_answer_with_an_example_and_no_schema_keeps_it() -> None:
    text = answer("{}").replace("schema: {}", "example: {id: '1', state: UP}")
    (draft,) = drafts(text)
    assert (draft.entries, draft.example.value) == ((), {"id": "1", "state": "UP"})


def test_the_example_that_shows_most_members_is_taken_and_the_others_are_told() -> None:
    rest = (
        "              examples:\n                a: {value: {}}\n                b: {value: {name: x}}\n"
        "                c: {value: {name: y, mast: 2}}\n                d: {externalValue: 'https://x.example'}\n"
    )
    text = answer(BOAT, rest=rest)
    assert claims(text)["example"] == {"name": "y", "mast": 2}
    assert "there are 2 examples" in notes(text)


def test_a_value_without_the_quotes_that_it_needs_is_a_text() -> None:
    text = answer(BOAT).replace("description: OK", "description: Note: it floats")
    assert list(fields(text)) == ["/name", "/mast"]
    assert "is read as a text" in notes(text)


def test_a_name_that_stands_twice_is_told() -> None:
    text = answer("{type: object, properties: {a: {type: string}, a: {type: integer}}}")
    assert fields(text)["/a"]["type"] == "string"
    assert "a stands twice in one table; the first is taken" in notes(text)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('{"openapi": "3.0.0", "paths": ' + '{"a":' * 50_000, "nested deeper than 100 levels"),
        ('{"openapi": "3.0.0", "paths": {,}}', "no JSON"),
        ("openapi: 3.0.0\npaths:\n  /x: " + "[" * 50_000, "nested deeper than 100 levels"),
        ("openapi: 3.0.0\npaths:\n  /x: 'open", "no YAML"),
    ],
)
def test_what_cannot_be_read_is_told_with_its_line(text: str, said: str) -> None:
    page = read_page(text.encode())
    assert openapi.drafts(page) == []
    assert said in " ".join(openapi.seen(page))
    with pytest.raises(PageError, match="OpenAPI document"):
        read(text.encode())


def test_a_document_without_an_answer_in_json_is_told() -> None:
    with pytest.raises(PageError, match=r"an OpenAPI document in YAML \(line 2\), no answer of 2xx in JSON in its 1 paths"):
        read(b"\nopenapi: 3.0.0\npaths:\n  /x:\n    get: {responses: {'204': {description: gone}}}\n")


def test_a_bomb_of_aliases_and_one_of_references_end_soon() -> None:
    names = [chr(97 + at) for at in range(20)]
    bomb = "openapi: 3.0.0\n" + "".join(
        f"x-{one}: &{one} [{', '.join([f'*{before}'] * 10)}]\n"
        for before, one in zip(["", *names], names, strict=False)
        if before
    )
    assert drafts(bomb.replace("openapi: 3.0.0\n", "openapi: 3.0.0\nx-a: &a [1]\n")) == []
    rest = "components:\n  schemas:\n    S0: {type: string}\n" + "".join(
        f"    S{at}: {{type: object, properties: {{"
        + ", ".join(f"p{one}: {{$ref: '#/components/schemas/S{at - 1}'}}" for one in range(10))
        + "}}\n"
        for at in range(1, 12)
    )
    (draft,) = drafts(answer("{$ref: '#/components/schemas/S11'}", rest=rest))
    assert len(draft.entries) == 1500
    assert any("only the first 1,500 members" in note.message for note in draft.notes)


def test_nothing_of_a_page_is_constructed() -> None:
    assert drafts("openapi: 3.0.0\npaths: !!python/object/apply:os.system ['false']\n") == []


def test_a_page_with_many_fences_and_heads_is_read_within_bounds() -> None:
    page = read_page(("```\nopenapi: 3.0.0\n```\n" * 5000).encode())
    assert len(documents.find(page)) <= 400


APART = """# Get a buoy

> Where it is

## OpenAPI

````yaml buoys.json get /buoys/{id}
paths:
  path: /buoys/{id}
  method: get
  servers:
    - url: https://buoys.example/v1
      description: all
  request:
    security:
      - title: apiKey
        parameters:
          query: {}
          header:
            Authorization:
              type: http
              scheme: bearer
          cookie: {}
    parameters:
      path:
        id:
          schema:
            - type: string
              required: true
              description: which one
      query: {}
      header: {}
      cookie: {}
    body: {}
  response:
    '200':
      application/json:
        schemaArray:
          - type: object
            properties:
              id:
                allOf:
                  - type: string
                    description: its name
              lamps:
                allOf:
                  - type: array
                    items:
                      $ref: '#/components/schemas/Lamp'
                    nullable: true
            requiredProperties:
              - id
            refIdentifier: '#/components/schemas/Buoy'
        examples:
          example:
            value:
              id: <string>
              lamps: []
        description: one buoy
    '404':
      application/json:
        schemaArray: []
        description: none
  deprecated: false
  type: path
components:
  schemas:
    Lamp:
      type: object
      properties:
        color:
          type: string
          enum: [RED, GREEN]

````
"""


def test_an_operation_that_mintlify_took_apart() -> None:
    got = fields(APART)
    assert {path: (one["type"], one["required"], one["nullable"]) for path, one in got.items()} == {
        "/id": ("string", True, False),
        "/lamps": ("array", False, True),
        "/lamps/*/color": ("string", False, False),
    }
    assert (got["/id"]["description"], got["/lamps/*/color"]["enum"]) == ("its name", ["RED", "GREEN"])
    operation = drafts(APART)[0].operation
    assert (operation.method, operation.path, operation.server) == ("GET", "/buoys/{id}", "https://buoys.example/v1")
    assert (operation.auth, operation.statuses) == ("bearer", (("200", "one buoy"), ("404", "none")))
    assert [(one.name, one.place, one.required, one.description) for one in operation.parameters] == [
        ("id", "path", True, "which one")
    ]
    assert claims(APART)["example"] is None
    assert claims(APART.replace("<string>", "north"))["example"] == {"id": "north", "lamps": []}


SCHEMA = """{
  "$schema": "http://json-schema.org/draft-07/schema#",
  "type": "object",
  "required": ["id"],
  "properties": {
    "id": {"type": "string", "description": "编号"},
    "properties": {"type": ["object", "null"], "properties": {"wind": {"type": "integer", "enum": [1, 2]}}}
  }
}"""


@pytest.mark.parametrize(
    "page",
    [
        SCHEMA,
        f"# A kite\n\n`GET /kites/{{id}}`\n\n## Response\n\n```json\n{SCHEMA}\n```\n",
        (
            "# A kite\n\nGET /kites/{id}\n\nBody:\n\n```yaml\ntype: object\nproperties:\n  day: {type: string}\n```\n\n"
            "Responses\n\n```yaml\nKite:\n  type: object\n  required: [id]\n  properties:\n"
            "    id: {type: string, description: 编号}\n"
            "    properties: {type: object, nullable: true, properties: {wind: {type: integer, enum: [1, 2]}}}\n```\n"
        ),
    ],
)
def test_a_schema_without_a_document_around_it(page: str) -> None:
    got = fields(page)
    assert {path: (one["type"], one["required"], one["nullable"]) for path, one in got.items()} == {
        "/id": ("string", True, False),
        "/properties": ("object", False, True),
        "/properties/wind": ("integer", False, False),
    }
    (draft,) = drafts(page)
    assert (draft.operation.method, draft.operation.path) == (("GET", "/kites/{id}") if "GET" in page else ("", ""))


def test_an_example_with_a_member_called_properties_is_no_schema() -> None:
    assert drafts('```json\n{"type": "object", "id": 1, "properties": {"wind": "x", "more": {"a": 1}}}\n```\n') == []
    assert drafts("Words\n\n```yaml\nproperties:\n  wind: 3\n```\n") == []
