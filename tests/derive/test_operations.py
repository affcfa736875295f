"""A page that documents several operations, or does not say which one it documents."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from docpact.cli import main
from docpact.derive.decisions import Source
from docpact.derive.folder import Folder, files
from docpact.derive.reading import read
from docpact.errors import PageError, UsageError

if TYPE_CHECKING:
    from pathlib import Path

TWO = """\
Orders
Bearer token in Authorization: Bearer <token>
# Make an order
POST
/orders
Responses
200OK
Body
code
integer
required
# One order
GET
/orders/{id}
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
"""
NAMELESS = "Responses\n200OK\nBody\nid\nstring\nrequired\nstate\nstring\noptional\n"


def test_the_operation_that_lists_most_members_is_taken_and_the_others_are_named() -> None:
    reading = read(TWO.encode())
    assert (reading.operation.method, reading.operation.path) == ("GET", "/orders/{id}")
    assert [one.path for one in reading.fields] == ["/id", "/state"]
    assert [note.message for note in reading.notes] == [
        "the page documents 2 operations (POST /orders, GET /orders/{id}), and this one lists most members; --operation chooses"
    ]
    assert reading.fields[0].lines["member"] == (18, 20), "the lines are those of the whole page"
    assert reading.operation.auth == "bearer", "what stands above the first request is said of both"


def test_a_person_chooses_by_method_and_path_whatever_the_parameter_is_called() -> None:
    assert [one.path for one in read(TWO.encode(), operation="post /orders").fields] == ["/code"]
    assert read(TWO.encode(), operation="GET /orders/{order}").operation.path == "/orders/{id}"


def test_an_operation_that_is_not_there_is_told_with_those_that_are() -> None:
    with pytest.raises(PageError, match=r"does not document GET /users: it has POST /orders, GET /orders/\{id\}"):
        read(TWO.encode(), operation="GET /users")
    with pytest.raises(UsageError, match="is no METHOD /path"):
        read(TWO.encode(), operation="orders")


def test_a_page_that_does_not_say_its_request_is_read_and_makes_no_contract_until_a_person_says_it(tmp_path: Path) -> None:
    reading = read(NAMELESS.encode())
    assert (reading.operation.method, reading.operation.path) == ("", "")
    with pytest.raises(PageError, match="lists the 2 members of an answer, and does not say what the request is"):
        files(Folder("orders", NAMELESS.encode()), reading, Source())
    page = tmp_path / "page.txt"
    page.write_text(NAMELESS)
    out = tmp_path / "contracts" / "orders"
    assert main(["derive", str(page), "--out", str(out)]) == 3
    assert not out.exists()
    assert main(["derive", str(page), "--out", str(out), "--operation", "GET /orders/{id}"]) == 0
    assert list(json.loads((out / "openapi.json").read_text())["paths"]) == ["/orders/{id}"]
    assert main(["derive", str(out), "--check"]) == 0, "contract.toml remembers what was said"


def test_one_request_that_is_written_twice_is_one_operation() -> None:
    page = TWO[TWO.index("# One") :] + "curl -X POST 'https://x.example/orders'\nGET /orders/{id}\n"
    assert not read(page.encode()).notes


def test_a_guide_with_samples_alone_is_cut_at_them() -> None:
    guide = (
        "# Guide\n## Make\ncurl -X POST https://x.example/orders -d '{\"article\": 7}'\n"
        "## Look\ncurl https://x.example/orders/1720000000\nResponses\n200OK\nBody\nid\nstring\nrequired\n"
    )
    operation = read(guide.encode()).operation
    assert (operation.method, operation.path, operation.server) == ("GET", "/orders/{id}", "https://x.example")
