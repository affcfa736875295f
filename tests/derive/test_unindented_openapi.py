"""OpenAPI that lost its indentation: rebuilt as it was, or said to be open, and never something else in silence."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from docpact.derive import openapi
from docpact.derive.decisions import Decisions, from_arguments
from docpact.derive.page import read_page
from docpact.derive.settle import settle

if TYPE_CHECKING:
    from collections.abc import Callable

    from docpact.derive.claims import Draft

# Names that are words of the schema too, and plain ones.
NAMES = ("id", "state", "type", "properties", "description", "title", "items", "required", "example", "enum", "format", "note")
SCALARS = ("string", "integer", "number", "boolean")
TASK = ("id", "state", "type", "properties", "description", "buttons", "label", "note")
Schema = dict[str, Any]


def leaf(draw: st.DrawFn) -> Schema:
    made: Schema = {"type": draw(st.sampled_from(SCALARS))}
    if draw(st.booleans()):
        made["description"] = draw(st.sampled_from(("a kite", "what it is", "ends: never", "类型")))
    if draw(st.integers(0, 4)) == 0:
        made["nullable"] = True
    if made["type"] == "string" and draw(st.integers(0, 4)) == 0:
        made["enum"] = ["UP", "DOWN"]
    return made


@st.composite
def schemas(draw: st.DrawFn, depth: int = 0, *, lists: bool, words: tuple[str, ...] = NAMES) -> Schema:
    """Draw a schema of an object, in an order of words as a generator would have it."""
    names = draw(st.lists(st.sampled_from(words), min_size=1, max_size=5, unique=True))
    members: Schema = {}
    for name in names:
        kind = draw(st.sampled_from(("leaf", "leaf", "leaf", "object", "array", "texts"))) if depth < 2 else "leaf"
        if kind == "leaf":
            members[name] = leaf(draw)
        elif kind == "object":
            members[name] = draw(schemas(depth + 1, lists=lists, words=words))
        elif kind == "array":
            members[name] = {"type": "array", "items": draw(schemas(depth + 1, lists=lists, words=words))}
        else:
            members[name] = {"type": "array", "items": {"type": "string"}}
        if kind in ("array", "texts") and draw(st.booleans()):
            members[name]["description"] = "several"
    made: Schema = {"type": "object", "properties": members}
    chosen = draw(st.lists(st.sampled_from(names), min_size=1, unique=True))
    if lists or draw(st.booleans()):
        made["required"] = chosen
    if lists:
        made["x-apifox-orders"] = names
    if draw(st.integers(0, 3)) == 0:
        made["description"] = "an object"
    return made


def shown(draw: st.DrawFn, schema: Schema) -> Any:
    """Draw a value that the schema describes; a member that it does not require may be absent."""
    if schema["type"] == "array":
        return [shown(draw, schema["items"]) for _ in range(draw(st.integers(0, 2)))]
    if schema["type"] != "object":
        return {"string": "UP", "integer": 3, "number": 0.5, "boolean": True}[schema["type"]]
    kept = [name for name in schema["properties"] if name in schema.get("required", ()) or draw(st.booleans())]
    return {name: shown(draw, schema["properties"][name]) for name in kept}


def document(schema: Schema, example: Any = None) -> Schema:
    body = {"schema": schema} if example is None else {"schema": schema, "example": example}
    answer = {"description": "", "content": {"application/json": body}, "headers": {}}
    operation = {"summary": "a kite", "parameters": [], "responses": {"200": answer}, "security": []}
    return {"openapi": "3.0.1", "info": {"title": "", "version": "1"}, "paths": {"/kites/{id}": {"get": operation}}}


def members(draft: Draft) -> dict[str, tuple[Any, ...]]:
    reading = settle(draft, Decisions(()))
    return {one.path: (one.claim.type, one.required, one.claim.nullable, one.enum, one.description) for one in reading.fields}


def read(text: str) -> Draft:
    (draft,) = openapi.drafts(read_page(text.encode()))
    return draft


def flat(text: str) -> str:
    return "\n".join(line.strip() for line in text.split("\n"))


@settings(max_examples=60, deadline=None)
@given(schemas(lists=False), st.booleans())
def test_the_same_members_without_indentation_or_it_says_that_it_is_open(schema: Schema, sort: bool) -> None:  # noqa: FBT001
    text = yaml.safe_dump(document(schema), sort_keys=sort, allow_unicode=True)
    whole, rebuilt = read(text), read(flat(text))
    if all(entry.depth is not None for entry in rebuilt.entries):
        assert [(one.name, one.depth) for one in rebuilt.entries] == [(one.name, one.depth) for one in whole.entries]
        assert rebuilt.notes or members(rebuilt) == members(whole)


@settings(max_examples=60, deadline=None)
@given(schemas(lists=True, words=TASK))
def test_lists_of_names_settle_where_every_member_stands(schema: Schema) -> None:
    text = yaml.safe_dump(document(schema), sort_keys=False, allow_unicode=True)
    whole, rebuilt = read(text), read(flat(text))
    if not any("more ways than were looked at" in note.message for note in rebuilt.notes):
        assert [(one.name, one.depth) for one in rebuilt.entries] == [(one.name, one.depth) for one in whole.entries]


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_an_example_is_rebuilt_as_it_was_or_left_out(data: st.DataObject) -> None:
    schema = data.draw(schemas(lists=True, words=TASK))
    example = data.draw(st.composite(shown)(schema))
    text = yaml.safe_dump(document(schema, example), sort_keys=False, allow_unicode=True)
    whole, rebuilt = read(text), read(flat(text))
    if rebuilt.example is not None:
        assert whole.example is not None
        assert rebuilt.example.value == whole.example.value
    if not rebuilt.notes and all(entry.depth is not None for entry in rebuilt.entries):
        assert members(rebuilt) == members(whole)


KITE = """openapi: 3.0.1
info:
  title: ''
  version: 1.0.0
paths:
  /kite/{id}/fetch:
    get:
      summary: 查询风筝
      description: |-
        Asks for a kite.
        Note: it may be gone.
        - first
        type of wind: any
      tags:
        - kites
      parameters:
        - name: id
          in: path
          required: true
          example: ''
          schema:
            type: string
      responses:
        '200':
          description: ''
          content:
            application/json:
              schema:
                type: object
                properties:
                  id:
                    type: string
                    description: number
                  type:
                    type: string
                    description: 'what: it is'
                    enum:
                      - DELTA
                      - BOX
                  description:
                    type: string
                    description: >-
                      what it says,可用值:`UP`,`DOWN`
                  items:
                    type: array
                    items:
                      $ref: '#/components/schemas/Tail'
                    description: the tails
                    nullable: true
                  properties:
                    type: object
                    properties:
                      required:
                        type: boolean
                    required:
                      - required
                    x-apifox-orders:
                      - required
                required:
                  - id
                  - type
                  - properties
                x-apifox-orders:
                  - id
                  - type
                  - description
                  - items
                  - properties
                x-apifox-ignore-properties: []
              example:
                id: '7'
                type: BOX
                description: UP
                items:
                  - length: 2
                    knots:
                      - 1
                      - 2
                  - length: 3
                    knots: []
                properties:
                  required: true
          headers: {}
          x-apifox-name: 成功
      security: []
      x-apifox-folder: kites
components:
  schemas:
    Tail:
      type: object
      properties:
        length:
          type: integer
        knots:
          type: array
          items:
            type: integer
      required:
        - length
        - knots
      x-apifox-orders:
        - length
        - knots
  securitySchemes:
    bearer:
      type: bearer
      scheme: bearer
servers: []
security: []
"""

OLD = """swagger: '2.0'
info:
  title: x
  version: '1'
host: kites.example
basePath: /api
paths:
  /kites:
    get:
      produces:
        - application/json
      parameters:
        - name: page
          in: query
          type: integer
      responses:
        '200':
          description: OK
          schema:
            type: array
            items:
              $ref: '#/definitions/Kite'
        '401':
          description: no
definitions:
  Kite:
    type: object
    required:
      - name
    properties:
      name:
        type: string
      tail:
        type: object
        properties:
          length:
            type: integer
        required:
          - length
      wind:
        type: string
    x-apifox-orders:
      - name
      - tail
      - wind
"""

MODELS = """openapi: 3.0.1
info:
  title: ''
  version: 1.0.0
paths:
  /tides/{port}:
    post:
      summary: tides
      description: |-
        | now | before |
        | --- | --- |
        | v1 | - |

        ### **about**
        all of it
      parameters: []
      requestBody:
        content:
          application/json:
            schema:
              type: object
              properties:
                day:
                  type: string
                  enum:
                    - MON
                    - TUE
                  x-apifox-enum:
                    - value: MON
                      name: Monday
                      description: ''
                    - value: TUE
                      name: Tuesday
                      description: ''
                  title: the day
              required:
                - day
              x-apifox-orders:
                - day
            example:
              day: MON
      responses:
        '200':
          x-apifox-name: fine
          description: all of them
          content:
            application/json:
              schema:
                type: object
                x-apifox-refs:
                  01KFAGV8BC55SVC4GZ1MX2XW5P: &ref_2
                    $ref: '#/components/schemas/Reply'
                    x-apifox-overrides:
                      data:
                        description: >-
                          what it is about, or nothing where
                          there is nothing
                        anyOf:
                          - &ref_0
                            description: the tides
                            $ref: '#/components/schemas/Tides'
                          - &ref_1
                            type: 'null'
                      gone: null
                x-apifox-orders:
                  - 01KFAGV8BC55SVC4GZ1MX2XW5P
                properties:
                  data:
                    description: what it is about
                    anyOf:
                      - *ref_0
                      - *ref_1
                  code:
                    type: integer
                    default: 0
                    examples:
                      - 0
                    minimum: 0
                required:
                  - code
                x-apifox-ignore-properties:
                  - data
                  - code
              example:
                code: 0
                data:
                  high:
                    - at: 3
                  low: null
          headers: {}
      security: []
      x-run-in-apifox: https://tides.example/run
components:
  schemas:
    Reply:
      type: object
      properties:
        code:
          type: integer
        data:
          type: string
        gone:
          type: object
          properties: {}
          x-apifox-orders:
            - 01JSRF01R97ZK0FE2NPYS810YS
          additionalProperties: *ref_2
          required:
            - 01JSRF01R97ZK0FE2NPYS810YS
          x-apifox-ignore-properties: []
          nullable: true
      x-apifox-orders:
        - code
        - data
        - gone
      required:
        - code
      x-apifox-folder: ''
    Tides:
      type: object
      properties:
        high:
          type: array
          items:
            type: object
            properties:
              at:
                type: integer
                title: the hour
                description: of the day
            required:
              - at
            x-apifox-orders:
              - at
            x--orders:
              - at
            x--ignore-properties: []
        low:
          type: 'null'
          title: none
      required:
        - high
        - low
      x-apifox-orders:
        - high
        - low
      x-apifox-ignore-properties: []
servers:
  - url: https://tides.example
    description: one
security: []
"""


def on_one_line(text: str) -> str:
    return " ".join(line.strip() for line in text.split("\n") if line.strip())


FORMS: dict[str, Callable[[str], str]] = {
    "trimmed": flat,
    "one blank each": lambda text: "\n".join(f" {line.strip()}" if line[:1] == " " else line for line in text.split("\n")),
    "after words": lambda text: f"Kites\nOpenAPI Specification\nyaml\n{flat(text)}\n1\n2\n3\n4\n5\n6\n7\n8\n",
    "in a fence": lambda text: f"# Kites\n\n```yaml\n{flat(text)}\n```\n\nMore: of it\n",
    "blank lines between": lambda text: flat(text).replace("\n", "\n\n"),
    "ends of Windows": lambda text: flat(text).replace("\n", "\r\n"),
    "dashes alone": lambda text: flat(text).replace("\n- name: id\n", "\n-\nname: id\n"),
}


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("text", [KITE, OLD, MODELS], ids=["3.0", "2.0", "models"])
def test_a_document_whose_lists_settle_it_is_rebuilt_whole(text: str, form: str) -> None:
    whole, rebuilt = read(text), read(FORMS[form](text))
    assert "without its indentation" in rebuilt.style
    assert "fit nowhere" not in str(rebuilt.notes)
    assert members(rebuilt) == members(whole)
    assert all(entry.depth is not None for entry in rebuilt.entries)
    assert (rebuilt.example and rebuilt.example.value) == (whole.example and whole.example.value)
    assert rebuilt.operation.path == whole.operation.path
    assert [one.name for one in rebuilt.operation.parameters] == [one.name for one in whole.operation.parameters]


@pytest.mark.parametrize("text", [KITE, OLD, MODELS], ids=["3.0", "2.0", "models"])
def test_a_document_on_one_line_is_rebuilt(text: str) -> None:
    whole, rebuilt = read(text), read(on_one_line(text))
    assert "on one line" in rebuilt.style
    assert members(rebuilt) == members(whole)


def test_members_after_an_object_without_lists_are_asked_about() -> None:
    text = flat(KITE).replace("- required\n", "").replace("required:\nx-apifox-orders:\n", "")
    head = text[: text.index("schema:\ntype: object")]
    open_page = head + (
        "schema:\ntype: object\nproperties:\nbuttons:\ntype: object\nproperties:\nlabel:\ntype: string\nstate:\ntype: string\n"
        "inner:\ntype: object\nproperties:\nx:\ntype: string\nrequired:\n- x\n"
        "example:\nbuttons:\nlabel: a\nstate: b\ninner:\nx: c\n"
    )
    reading = settle(read(open_page), Decisions(()))
    asked = {one.about: set(one.alternatives) for one in reading.undecided}
    assert {"/buttons/state#nesting", "/buttons/inner#nesting"} == set(asked)
    assert asked["/buttons/state#nesting"] == {"/buttons", "/"}
    assert reading.example is None


def test_words_of_the_page_behind_the_document_are_no_part_of_it() -> None:
    schema = {"type": "object", "properties": {"a": {"type": "string"}}, "required": ["a"]}
    text = flat(document_text(schema)).split("headers: {}")[0]
    for end in ("example:\na: 'x'\n", "example:\na: x\n", "example:\na: 3\n"):
        whole = read(text + end)
        assert whole.example is not None
        assert read(text + end + "Previous\nNext page\nmade by nobody\n").example == whole.example
    long = text.replace("description: ''", "description: a text\nthat goes on\n'and on'")
    assert members(read(long)) == members(read(text))
    assert read(long).operation.statuses == (("200", "a text that goes on 'and on'"),)


def wide(depth: int) -> Schema:
    held: Schema = {f"m{at}": {"type": "string", "description": f"what {at} is"} for at in range(20)}
    if depth:
        held["inner"] = {"type": "array", "items": wide(depth - 1), "description": "inner ones"}
    return {"type": "object", "properties": held, "required": list(held)}


def test_many_members_of_the_same_names_are_settled_by_the_lists_of_their_objects() -> None:
    groups = {f"group{at}": wide(1) for at in range(4)}
    text = document_text({"type": "object", "properties": groups, "required": list(groups)})
    whole, rebuilt = read(text), read(flat(text))
    assert "more ways than were looked at" in rebuilt.notes[0].message
    assert [(one.name, one.depth) for one in rebuilt.entries] == [(one.name, one.depth) for one in whole.entries]


def test_what_a_person_decides_may_be_named_by_where_it_then_stands() -> None:
    label = {"type": "object", "properties": {"label": {"type": "string"}, "style": {"type": "integer"}}}
    inner = {"type": "object", "properties": {"x": {"type": "string"}, "y": {"type": "string"}}}
    schema = {"type": "object", "properties": {"buttons": {"type": "array", "items": label}, "inner": inner}}
    text = document_text(schema)
    given = ("/buttons/*/style#nesting=/buttons/*", "/inner#nesting=/", "/inner/y#nesting=/inner")
    reading = settle(read(flat(text)), Decisions(from_arguments(given)))
    assert not reading.undecided
    assert [one.path for one in reading.fields] == list(members(read(text)))


def test_an_example_with_two_items_settles_what_the_items_hold() -> None:
    items = {"type": "object", "properties": {"label": {"type": "string"}, "type": {"type": "integer"}}}
    members_of = {"buttons": {"type": "array", "items": items}, "state": {"type": "string"}, "note": {"type": "string"}}
    schema = {"type": "object", "properties": members_of}
    example = {"buttons": [{"label": "a", "type": 1}, {"label": "b", "type": 2}], "state": "x"}
    whole = read(yaml.safe_dump(document(schema, example), sort_keys=False))
    rebuilt = read(flat(yaml.safe_dump(document(schema, example), sort_keys=False)))
    assert members(rebuilt) == members(whole)
    assert rebuilt.example == whole.example
    assert "told by examples with several items" in rebuilt.notes[0].message


def test_words_that_may_be_of_two_places_are_told_with_their_lines() -> None:
    text = flat(document_text({"type": "object", "properties": {"a": {"type": "string", "description": "whose"}}}))
    (note,) = read(text).notes
    line = next(at for at, one in enumerate(text.split("\n"), start=1) if "whose" in one)
    assert f"{line} (description)" in note.message


def test_words_behind_the_items_of_a_list_are_about_the_list() -> None:
    words = {"type": "array", "items": {"type": "string"}, "description": "several"}
    draft = read(
        flat(document_text({"type": "object", "properties": {"a": words, "b": {"type": "string"}}, "required": ["b"]}))
    )
    assert members(draft)["/a"][4] == "several"
    assert "(description)" in draft.notes[0].message


def document_text(schema: Schema) -> str:
    return yaml.safe_dump(document(schema), sort_keys=False, allow_unicode=True)


@pytest.mark.parametrize("example", ['{\n"id": "1",\n"description": "x"\n}', '[{"id": "1",\n"description": "x"}]'])
def test_an_example_in_json_among_the_lines_is_read(example: str) -> None:
    schema = {"type": "object", "properties": {"id": {"type": "string"}}, "required": ["id"]}
    text = flat(document_text(schema))
    for lead in ("example: |-", "example:"):
        page = text.replace("headers: {}", f"{lead}\n{example}\nheaders: {{}}")
        found = read(page).example
        assert found is not None
        assert found.value in ({"id": "1", "description": "x"}, [{"id": "1", "description": "x"}])
