"""A contract of any operation works at once: an answer without states or ids, and one that is a list."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings

from docpact import check, load, mock
from docpact.addresses import operation
from docpact.cli import main
from docpact.derive import emit
from docpact.derive.decisions import Decisions
from docpact.derive.page import read_page
from docpact.derive.reading import read
from docpact.derive.settle import settle
from docpact.derive.text import apifox
from docpact.errors import UsageError
from docpact.exchange import Request
from docpact.strategies import payloads

if TYPE_CHECKING:
    from docpact import Contract

MADE = """\
POST
/orders
Responses
200OK
Body
code
integer
required
note
string
optional
more
object
optional
waiting
integer
optional
Example
{"code":1,"note":"in the queue","more":{"waiting":3}}
"""
LISTED = """\
GET
/orders
Responses
200OK
Body
id
string
required
state
enum<string>
optional
Allowed values:
OPEN
CLOSED
lines
array[object]
optional
sku
string
required
Example
[{"id":"a1","state":"OPEN","lines":[{"sku":"x"}]}]
"""


@pytest.fixture
def made(tmp_path: Path) -> Contract:
    page = tmp_path / "page.txt"
    page.write_text(MADE)
    assert main(["derive", str(page), "--out", str(tmp_path / "contracts" / "orders")]) == 0
    return load(tmp_path / "contracts" / "orders")


@pytest.fixture
def listed(tmp_path: Path) -> Contract:
    draft = replace(apifox.drafts(read_page(LISTED.encode()))[0], listing=True)
    reading = settle(draft, Decisions(()))
    folder = tmp_path / "contracts" / "listed"
    folder.mkdir(parents=True)
    for name, said in (("listed.schema.json", emit.schema), ("openapi.json", emit.openapi)):
        (folder / name).write_bytes(emit.canonical(said(reading, "listed")))
    (folder / "page.txt").write_text(LISTED)
    (folder / "contract.toml").write_text("")
    return load(folder)


def rules(contract: Contract, payload: Any) -> list[tuple[str, str]]:
    return [(one.rule, one.place.pointer) for one in contract.validate(payload)]


def test_the_members_of_a_list_stand_below_its_items(listed: Contract) -> None:
    assert listed.schema["type"] == "array"
    assert list(listed.schema["items"]["properties"]) == ["id", "state", "lines"]
    assert listed.schema["items"]["properties"]["lines"]["items"]["required"] == ["sku"]


def test_a_list_is_judged_item_by_item(listed: Contract) -> None:
    assert rules(listed, [{"id": "a"}, {"id": "b", "lines": [{"sku": "s"}]}]) == []
    assert rules(listed, []) == []
    found = rules(listed, [{"id": "a", "state": "LOST"}, {"id": 4, "lines": [{}]}, 7])
    assert found == [
        ("documented-enum", "/0/state"),
        ("documented-type", "/1/id"),
        ("documented-required", "/1/lines/0/sku"),
        ("documented-type", "/2"),
    ]
    assert [one.message for one in listed.validate({"id": "a"})] == [
        "the body is an object instead of an array; the page documents a list of objects"
    ]


@pytest.mark.parametrize("name", ["made", "listed"])
def test_what_is_drawn_and_generated_conforms(name: str, request: pytest.FixtureRequest, tmp_path: Path) -> None:
    contract: Contract = request.getfixturevalue(name)

    @settings(max_examples=30, database=None, deadline=None)
    @given(payloads(contract, coherent=False))
    def conforms(payload: Any) -> None:
        assert isinstance(payload, list if name == "listed" else dict)
        assert not rules(contract, payload)

    conforms()
    out = tmp_path / "made.ndjson"
    assert main(["generate", "valid", "-n", "20", "--contract", str(contract.folder), "--out", str(out)]) == 0
    assert main(["validate", str(out), "--contract", str(contract.folder)]) == 0


@pytest.mark.parametrize(("name", "method"), [("made", "POST"), ("listed", "GET")])
def test_the_mock_answers_the_documented_operation(name: str, method: str, request: pytest.FixtureRequest) -> None:
    contract: Contract = request.getfixturevalue(name)
    relay = mock.relay(contract)
    answer = relay.answer(Request(method, "/orders"))
    assert answer.status == 200
    assert rules(contract, json.loads(answer.body)) == []
    assert relay.answer(Request("PUT", "/orders")).status == 405
    assert relay.answer(Request(method, "/elsewhere")).status == 404


def test_an_operation_that_may_make_something_is_sent_once_and_only_with_a_body(made: Contract, tmp_path: Path) -> None:
    relay = mock.relay(made)
    with pytest.raises(UsageError, match="POST /orders, may make something"):
        check(relay, contract=made)
    with pytest.raises(UsageError, match="POST /orders, takes no id"):
        check(relay, ["1"], contract=made, body=b"{}")
    verdict = check(relay, contract=made, body=b'{"article":7}', thorough=True)
    sent = [(one.request.method, one.request.target, one.request.body) for one in verdict.exchanges]
    assert (verdict.outcome, sent) == ("conforms", [("POST", "/orders", b'{"article":7}')])
    relay.switch("documented-type", on=True)
    assert {one.rule for one in check(relay, contract=made, body=b"{}").findings} == {"documented-type"}
    assert main(["check", "http://127.0.0.1:9", "--contract", str(made.folder), "--body", str(tmp_path / "none.json")]) == 2


def test_an_operation_without_an_id_is_asked_several_times_and_judged(listed: Contract) -> None:
    relay = mock.relay(listed)
    with pytest.raises(UsageError, match="GET /orders, takes no body"):
        check(relay, contract=listed, body=b"{}")
    verdict = check(relay, contract=listed)
    assert (verdict.outcome, {one.request.target for one in verdict.exchanges}) == ("conforms", {"/orders"})
    assert verdict.saw.polls == verdict.requests > 1
    relay.switch("documented-enum", on=True)
    assert {one.rule for one in check(relay, contract=listed).findings} == {"documented-enum"}


PAGES = Path(__file__).parent / "pages"


@pytest.mark.parametrize(
    "page",
    [
        "tables/relay-zh.md",
        "tables/list-at-root.md",
        "tables/widdershins4.md",
        "text/apifox-wrapped.txt",
        "text/bullets-bold-zh.txt",
    ],
)
def test_a_page_of_any_style_gives_a_contract_by_which_all_works_at_once(page: str, tmp_path: Path) -> None:
    folder = tmp_path / "contracts" / "acme"
    said = ["--operation", "GET /things/{id}"] if read((PAGES / page).read_bytes()).operation.method == "" else []
    assert main(["derive", str(PAGES / page), "--out", str(folder), *said]) == 0
    assert main(["derive", str(folder), "--check"]) == 0
    made = str(tmp_path / "made.ndjson")
    assert main(["generate", "valid", "-n", "10", "--contract", str(folder), "--out", made]) == 0
    assert main(["validate", made, "--contract", str(folder)]) == 0
    contract = load(folder)
    relay = mock.relay(contract)
    target = operation(contract.openapi)
    assert target is not None
    tasks = [relay.tasks()[0].id] if "{" in target.path else []
    body = None if target.method == "GET" else b"{}"
    assert check(relay, tasks, contract=contract, token=mock.TOKEN, body=body).outcome == "conforms"
    relay.switch("documented-type", on=True)
    found = check(relay, tasks, contract=contract, token=mock.TOKEN, body=body).findings
    assert {one.rule for one in found} == {"documented-type"}
