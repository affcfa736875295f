"""Pages of text in the dialects of generators and of people: flattened, one heading a member, lists; and other texts."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from docpact.derive import emit, listed, typewords
from docpact.derive.page import read_page
from docpact.derive.reading import read
from docpact.derive.text import apifox, bullets, declared, headings, qualifiers
from docpact.derive.text.depths import by_indent, steps

PAGES = Path(__file__).with_name("pages")
CORPUS = Path(__file__).parents[2].parent / "shared" / "corpus" / "pages"
READERS = (apifox, headings, bullets, declared)


def said(text: str) -> dict[str, Any]:
    return dict(emit.claims(read(text.encode()), "page"))


def fields(text: str) -> dict[str, Any]:
    return {one.pop("path"): {key: value for key, value in one.items() if key != "lines"} for one in said(text)["fields"]}


@pytest.mark.parametrize("page", sorted((PAGES / "text").glob("*.txt")), ids=lambda path: path.stem)
def test_a_page_says_what_a_person_reads_on_it(page: Path) -> None:
    truth = json.loads(page.with_name(f"{page.stem}.truth.json").read_text("utf-8"))
    reading = read(page.read_bytes(), (), page.name)
    claims: Any = emit.claims(reading, page.name)
    assert reading.style == truth["style"]
    assert (claims["method"] or None, claims["path"] or None) == (truth["method"], truth["path"])
    assert [{key: value for key, value in one.items() if key != "lines"} for one in claims["fields"]] == truth["fields"]
    assert claims["example"] == truth.get("example")


@pytest.mark.parametrize("page", sorted((PAGES / "ordinary").glob("*.txt")), ids=lambda path: path.stem)
def test_a_text_about_something_else_has_no_members(page: Path) -> None:
    text = read_page(page.read_bytes())
    assert [reader.STYLE for reader in READERS if reader.drafts(text)] == []


def test_every_claim_of_a_list_has_its_line() -> None:
    lines = "- `id` (string, required): the number\n- `state` (string): how it is\n  - `ON`: runs\n  - `OFF`: rests\n"
    first, second = said(f"GET /a\n## Response\n{lines}")["fields"]
    assert first["lines"] == {"member": [3, 3], "required": [3, 3], "description": [3, 3], "type": [3, 3]}
    assert second["enum"] == ["ON", "OFF"]
    assert (second["lines"]["member"], second["lines"]["enum"]) == ([4, 6], [5, 6])


def test_the_mintlify_page_of_the_corpus_is_read_as_a_person_reads_it() -> None:
    page = CORPUS / "r15-comet-mintlify-en.txt"
    if not page.exists():
        pytest.skip("the corpus is not beside this checkout")
    truth = json.loads(page.with_name("r15-comet-mintlify-en.truth.json").read_text("utf-8"))
    claims = said(page.read_text("utf-8"))
    assert (claims["method"], claims["path"], claims["example"]) == (truth["method"], truth["path"], truth["example"])
    assert fields(page.read_text("utf-8")) == {one.pop("path"): one for one in truth["fields"]}
    assert not [one for one in claims["ambiguities"] if not one["settled"]]


def test_folded_members_that_the_page_lists_all_the_same_are_placed_by_its_example() -> None:
    head = "GET /a\nResponse\n200 - application/json\nid\nstring\nparts\nobject[]\nShow child attributes\n"
    shown = 'Example\n{"id": "1", "parts": [{"name": "a"}], "size": 1}\n'
    assert list(fields(f"{head}name\nstring\nsize\ninteger\n{shown}")) == ["/id", "/parts", "/parts/*/name", "/size"]
    assert list(fields(f"{head}size\ninteger\n{shown}")) == ["/id", "/parts", "/size"]


@pytest.mark.parametrize(
    ("text", "claims", "words"),
    [
        (" (string, required): the id", ("string", True, None), "the id"),
        (" string required the id", ("string", True, None), "the id"),
        ("stringrequired", ("string", True, None), ""),
        (" – the id (string, optional)", ("string", False, None), "the id"),
        ("：任务编号，必填。", (None, True, None), "任务编号"),
        (": *string*, required. The id", ("string", True, None), "The id"),
        (": number of tasks", (None, None, None), "number of tasks"),
        (" (string | null) x", ("string", None, True), "x"),
        (" (integer, default: 0, >= 0)", ("integer", None, None), ""),
        (" `cadena` · obligatorio", ("string", True, None), ""),
        (" 字符串 必填 编号", ("string", True, None), "编号"),
        ("（整型，可选）：数量", ("integer", False, None), "数量"),
        (": any error that occurred", (None, None, None), "any error that occurred"),
    ],
)
def test_what_follows_a_name(text: str, claims: tuple[str | None, bool | None, bool | None], words: str) -> None:
    found = qualifiers.read(text)
    assert (found.typed.type, found.required, found.typed.nullable, found.words) == (*claims, words)


@pytest.mark.parametrize(
    ("text", "kind", "items", "nullable"),
    [
        ("list of strings", "array", "string", None),
        ("Array of objects (Part)", "array", "object", None),
        ("Part[]", "array", "object", None),
        ("[]string", "array", "string", None),
        ("List<Integer>", "array", "integer", None),
        ("tableau d'objets", "array", "object", None),
        ("对象数组", "array", "object", None),
        ("Optional[str]", "string", None, True),
        ("string or null", "string", None, True),
        ("integer?", "integer", None, True),
        ("Part · object[]", "array", "object", None),
        ("map[string]any", "object", None, None),
        ("строка", "string", None, None),
        ("真偽値", "boolean", None, None),
    ],
)
def test_types_as_people_write_them(text: str, kind: str, items: str | None, nullable: bool | None) -> None:  # noqa: FBT001
    claim = typewords.read(text)
    assert claim is not None
    assert (claim.type, claim.items and claim.items.type, claim.nullable) == (kind, items, nullable)


@pytest.mark.parametrize("text", ["", "the string", "strings attached", "a list", "required", "Part", "object of desire"])
def test_words_that_say_no_type(text: str) -> None:
    assert typewords.read(text) is None


@pytest.mark.parametrize(
    ("line", "values", "words"),
    [
        ("种类（DRAW、GROW、BLEND）", ("DRAW", "GROW", "BLEND"), ["种类"]),
        ("状态: WAITING（等待）、DONE（完成）", ("WAITING", "DONE"), ["状态"]),
        ("状态，WAITING 等待、DONE 完成", ("WAITING", "DONE"), ["状态"]),
        ("图片，URL 地址", (), ["图片，URL 地址"]),
        ("How it is. One of: WAITING, DONE.", ("WAITING", "DONE"), ["How it is."]),
        ("one of `WAITING`, `RUNNING` or `DONE`", ("WAITING", "RUNNING", "DONE"), []),
        ("Possible values include WAITING, RUNNING, and DONE.", ("WAITING", "RUNNING", "DONE"), []),
        ("取值为 WAITING 或 DONE", ("WAITING", "DONE"), []),
        ("Uno de los siguientes: WAITING, DONE", ("WAITING", "DONE"), []),
        ("次のいずれか：WAITING、DONE。", ("WAITING", "DONE"), []),
        ("WAITING | DONE", ("WAITING", "DONE"), []),
        ("State, for example: WAITING, DONE", (), ["State, for example: WAITING, DONE"]),
        ("种类（如：DRAW、GROW）", (), ["种类（如：DRAW、GROW）"]),
        ("种类：DRAW、GROW等", (), ["种类：DRAW、GROW等"]),
        ("The address (URL)", (), ["The address (URL)"]),
        ("Uses GET, POST", (), ["Uses GET, POST"]),
    ],
)
def test_values_in_a_sentence_and_what_is_none(line: str, values: tuple[str, ...], words: list[str]) -> None:
    found = listed.find([(1, line)], [], [], enum=False)
    assert (found.values, [text for _, text in found.before]) == (values, words)


def test_a_member_may_be_called_like_a_type() -> None:
    found = fields("GET /a\nResponse\nid\nstring\n编号\ntext\nstring\nrequired\nobject\nstring\nrequired\n")
    assert [(path, one["type"], one["description"]) for path, one in found.items()] == [
        ("/id", "string", "编号"), ("/text", "string", ""), ("/object", "string", ""),
    ]  # fmt: skip


def test_cells_of_yes_and_no_below_the_head_of_their_column() -> None:
    page = read_page("GET /a\n返回参数\n名称\n类型\n必填\nid\nstring\n是\n编号\nnote\nstring\n否\n备注\n".encode())
    (found,) = apifox.drafts(page)
    assert [(one.name, one.required, one.description) for one in found.entries] == [
        ("id", True, "编号"),
        ("note", False, "备注"),
    ]


def test_a_declaration_that_refers_to_itself_ends() -> None:
    code = "interface JobResponse {\n  id: string;\n  parent?: JobResponse;\n  parts: Part[];\n}\n"
    code += "interface Part {\n  job: JobResponse;\n}\n"
    assert list(fields(f"GET /a\n## Response\n```ts\n{code}```\n")) == ["/id", "/parent", "/parts", "/parts/*/job"]


def test_dots_and_indentation_show_how_deep_a_member_stands() -> None:
    assert steps("parts[].names[0].text") == [("parts", True), ("names", True), ("text", False)]
    assert steps("data.id") == [("data", False), ("id", False)]
    assert by_indent([0, 2, 2, 6, 4, 0]) == [0, 1, 1, 2, 2, 0]


@pytest.mark.parametrize(
    "lines",
    [
        "".join(f"- m{n} (string): x\n" for n in range(3000)),
        "".join(f"- m{n} (object): x\n{'  ' * (n % 60)}" for n in range(3000)),
        "".join(f"### m{n}\nType: string\n" for n in range(3000)),
        "".join(f"m{n} object {{\n" for n in range(3000)),
        "".join(f"{'a.' * 20}m{n}\nstring\n" for n in range(3000)),
    ],
)
def test_thousands_of_members_are_read_up_to_a_limit_that_is_told(lines: str) -> None:
    page = read_page(f"GET /a\n## Response\n{lines}".encode())
    found = [draft for reader in READERS for draft in reader.drafts(page)]
    assert found
    assert {len(draft.entries) for draft in found} == {1500}
    assert {note.kind for draft in found for note in draft.notes} == {"limit"}


@pytest.mark.parametrize(
    "line",
    ["- `a` " + "(" * 300_000, "- a: " + "string, " * 40_000, "*" * 300_000, "a" + " " * 300_000 + "b", "Type: " * 50_000],
    ids=["brackets", "types", "stars", "blanks", "labels"],
)
def test_a_line_without_end_says_nothing(line: str) -> None:
    page = read_page(f"GET /a\n## Response\n{line}\n".encode())
    assert [draft for reader in READERS for draft in reader.drafts(page)] == []
