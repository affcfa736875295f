"""`docpact derive` as a person types it."""

from __future__ import annotations

import io
import json
import shutil
from typing import TYPE_CHECKING

import pytest

from docpact.cli import main
from docpact.errors import Exit

if TYPE_CHECKING:
    from pathlib import Path

OPEN = "GET /job/{id}\nResponses\n🟢200OK\nBody\na\nobject\noptional\nb\nstring\noptional\n"


def derive(*arguments: object) -> tuple[int, str, str]:
    out, err = io.StringIO(), io.StringIO()
    code = main(["derive", *map(str, arguments)], io.BytesIO(), out, err)
    return code, out.getvalue(), err.getvalue()


@pytest.fixture
def contract(tmp_path: Path, root: Path) -> Path:
    directory = tmp_path / "contracts" / "task-fetch"
    directory.mkdir(parents=True)
    shutil.copy(root / "contracts" / "task-fetch" / "page.txt", directory)
    (tmp_path / "schemas").mkdir()
    return directory


@pytest.fixture
def page(tmp_path: Path) -> Path:
    path = tmp_path / "page.txt"
    path.write_text(OPEN, "utf-8")
    return path


def test_it_says_what_it_needs() -> None:
    code, _, err = derive()
    assert code == Exit.USAGE
    assert "docpact derive contracts/task-fetch" in err


def test_a_folder_is_derived_and_then_unchanged(contract: Path, tmp_path: Path) -> None:
    code, out, err = derive(contract)
    assert (code, err) == (Exit.CONFORMS, "")
    for said in (
        "18 at the top level",
        "NOT_START,SUBMITTED,IN_PROGRESS,FAILURE,SUCCESS",
        "/maskBase64#nesting",
        "lines 59-60",
    ):
        assert said in out
    schema = tmp_path / "schemas" / "task-fetch.schema.json"
    before = (schema.read_bytes(), (contract / "openapi.json").read_bytes())
    code, out, _ = derive(contract)
    assert out.count("unchanged") == 2
    assert (schema.read_bytes(), (contract / "openapi.json").read_bytes()) == before


def test_check_names_the_file_the_first_line_and_the_command(contract: Path, tmp_path: Path) -> None:
    assert derive(contract, "--check")[0] == Exit.VIOLATES
    derive(contract)
    assert derive(contract, "--check")[0] == Exit.CONFORMS
    schema = tmp_path / "schemas" / "task-fetch.schema.json"
    schema.write_bytes(schema.read_bytes().replace(b'"REROLL"', b'"REROLLS"'))
    tampered = schema.read_bytes()
    line = next(n for n, text in enumerate(tampered.decode().split("\n"), 1) if "REROLLS" in text)
    code, out, _ = derive(contract, "--check")
    assert code == Exit.VIOLATES
    assert f"task-fetch.schema.json:{line}" in out
    assert f"run: docpact derive {contract}" in out
    assert schema.read_bytes() == tampered


def test_a_changed_page_is_for_a_person_to_look_at(contract: Path) -> None:
    (contract / "contract.toml").write_text('[source]\npage = "page.txt"\nsha256 = "00"\n', "utf-8")
    code, _, err = derive(contract)
    assert code == Exit.CONFORMS
    assert "warning" in err
    code, out, _ = derive(contract, "--check")
    assert code == Exit.VIOLATES
    new = out.split('sha256 = "')[1].split('"')[0]
    (contract / "contract.toml").write_text(f'[source]\nsha256 = "{new}"\n', "utf-8")
    assert derive(contract, "--check")[0] == Exit.CONFORMS


def test_claims_are_json_even_where_something_is_open(contract: Path, page: Path) -> None:
    code, out, _ = derive(contract, "--claims")
    claims = json.loads(out)
    assert code == Exit.CONFORMS
    assert (claims["method"], claims["path"], len(claims["fields"])) == ("GET", "/mj/task/{id}/fetch", 25)
    assert claims["example"]["id"] == "1724963337114767"
    assert not (contract / "openapi.json").exists()
    code, out, _ = derive(page, "--claims")
    assert code == Exit.CONFORMS
    assert [one["settled"] for one in json.loads(out)["ambiguities"]] == [False]


def test_an_open_question_writes_nothing_and_says_what_to_paste(page: Path, tmp_path: Path) -> None:
    code, out, err = derive(page, "--out", tmp_path / "mine")
    assert (code, out) == (Exit.NOT_ESTABLISHED, "")
    assert not (tmp_path / "mine").exists()
    assert 'about = "/a/b#nesting"' in err
    argument = err.split("--decide '")[1].split("'")[0]
    code, out, _ = derive(page, "--out", tmp_path / "mine", "--decide", argument)
    assert code == Exit.CONFORMS
    made = {path.name for path in (tmp_path / "mine").iterdir()}
    assert made == {"page.txt", "contract.toml", "openapi.json", "mine.schema.json"}
    # The decision is kept in the contract that was made, so that the folder derives by itself.
    assert derive(tmp_path / "mine", "--check")[0] == Exit.CONFORMS


def test_what_it_says_to_paste_into_the_contract_settles_it(tmp_path: Path) -> None:
    directory = tmp_path / "mine"
    directory.mkdir()
    (directory / "page.txt").write_text(OPEN, "utf-8")
    code, _, err = derive(directory)
    assert code == Exit.NOT_ESTABLISHED
    pasted = err[err.index("[[decision]]") : err.index("docpact: ")]
    (directory / "contract.toml").write_text(pasted, "utf-8")
    assert derive(directory)[0] == Exit.CONFORMS
    assert derive(directory, "--decide", "/b#nesting=/")[0] == Exit.CONFORMS
    assert "properties" not in json.loads((directory / "mine.schema.json").read_text("utf-8"))["properties"]["a"]


@pytest.mark.parametrize(
    ("argument", "code", "said"),
    [
        ("/prompt#enum=A,B", Exit.USAGE, "not ambiguous"),
        ("/action#enum=IMAGINE,UPSCALE", Exit.USAGE, "does not spell"),
        ("operation#path=/elsewhere", Exit.USAGE, "no template"),
        ("nonsense", Exit.USAGE, "POINTER=VALUE"),
        ("/maskBase64#nesting=/nowhere", Exit.USAGE, "no reading of the page agrees"),
    ],
)
def test_a_decision_that_does_not_fit_is_refused(contract: Path, argument: str, code: int, said: str) -> None:
    found, _, err = derive(contract, "--decide", argument)
    assert (found, said in err) == (code, True), err


def test_a_decision_that_fits_is_taken(contract: Path) -> None:
    code, out, _ = derive(contract, "--decide", "/action=IMAGINE,UPSCALE,VARIATION,REROLL,DESCRIBEBLEND")
    assert code == Exit.CONFORMS
    assert "DESCRIBEBLEND  (a person's)" in out
    assert "[[decision]]" in out


@pytest.mark.parametrize("content", ["[source]\ntitle = 1\n", "[[decision]]\nabout = 'x'\n", "=", "[source]\npage = '../x'\n"])
def test_a_contract_that_is_wrong_is_refused(contract: Path, content: str) -> None:
    (contract / "contract.toml").write_text(content, "utf-8")
    assert derive(contract)[0] == Exit.USAGE


def test_a_page_that_is_not_there_or_is_none(tmp_path: Path) -> None:
    assert derive(tmp_path / "nothing.txt", "--claims")[0] == Exit.UNREADABLE
    assert derive(tmp_path)[0] == Exit.UNREADABLE
    (tmp_path / "page.txt").write_bytes(b"\x00")
    assert derive(tmp_path)[0] == Exit.UNREADABLE


def test_a_page_needs_a_place_to_go(page: Path) -> None:
    assert derive(page)[0] == Exit.USAGE
    assert derive(page.parent, "--out", "x")[0] == Exit.USAGE


def test_no_text_of_a_page_steers_a_terminal(tmp_path: Path) -> None:
    path = tmp_path / "page.txt"
    path.write_text(OPEN.replace("b\nstring", "b\x1b[31m\nstring") + "\u202eevil\n", "utf-8")
    for arguments in ((path, "--out", tmp_path / "x"), (path, "--claims")):
        _, out, err = derive(*arguments)
        assert "\x1b" not in out + err
        assert "\u202e" not in out + err


def test_a_page_that_is_not_there_is_told_as_that(tmp_path: Path) -> None:
    out, err = io.StringIO(), io.StringIO()
    code = main(["derive", str(tmp_path / "nope")], io.BytesIO(), out, err)
    assert (code, "there is no " in err.getvalue(), "is a page" in err.getvalue()) == (3, True, False)
