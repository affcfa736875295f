"""`docpact derive --check` of a page that was saved anew: what the provider changed, in words and as findings."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest

from docpact.cli import main

PAGE = (Path(__file__).parents[2] / "contracts" / "task-fetch" / "page.txt").read_text("utf-8")
NEWER = PAGE.replace("FAILURESUCCESS", "FAILURESUCCESSCANCEL").replace("customId\nstring\n可选", "customId\ninteger\n可选", 1)


def run(*arguments: str | Path, code: int) -> str:
    out, err = io.StringIO(), io.StringIO()
    got = main(["derive", *map(str, arguments)], io.BytesIO(), out, err)
    assert got == code, f"{got}, not {code}:\n{err.getvalue()}{out.getvalue()}"
    return out.getvalue() + err.getvalue()


@pytest.fixture
def acme(tmp_path: Path, root: Path) -> Path:
    """A contract folder whose page has been read, and agrees with what was derived of it."""
    folder = tmp_path / "acme"
    folder.mkdir()
    for name in ("page.txt", "contract.toml"):
        (folder / name).write_bytes((root / "contracts" / "task-fetch" / name).read_bytes())
    run(folder, code=0)
    return folder


def test_what_has_not_changed_is_not_told(acme: Path) -> None:
    text = run(acme, "--check", code=0)
    assert "version:" not in text
    report = json.loads(run(acme, "--check", "--format", "json", code=0))
    assert (report["verdict"], report["findings"]) == ("conforms", [])


def test_a_page_that_was_replaced_is_told_by_what_it_promises_now(acme: Path) -> None:
    (acme / "page.txt").write_text(NEWER, "utf-8")
    text = run(acme, "--check", code=1)
    assert "error response-value-added  status may be 'CANCEL' now\n" in text
    assert f"  at    {acme.as_posix()}/page.txt:59 /status\n" in text
    assert "error response-type-changed  the type of customId is integer, and was string\n" in text
    assert 'case  the page as it is now allows, what is committed refuses: {"buttons": [], "customId": 0}\n' in text
    assert "2 breaking changes of 2 from what is committed to the page as it is now; version: major" in text
    report = json.loads(run(acme, "--check", "--format", "json", code=1))
    assert sorted(finding["rule"] for finding in report["findings"]) == ["response-type-changed", "response-value-added"]
    # Of the page that was there before nothing is left that could be quoted.
    assert {finding["changed"]["old_clause"] for finding in report["findings"]} == {None}


def test_a_page_that_was_saved_beside_is_told_with_the_lines_of_both(acme: Path, tmp_path: Path) -> None:
    saved = tmp_path / "saved.txt"
    saved.write_text(NEWER, "utf-8")
    before = {path: path.read_bytes() for path in acme.iterdir()}
    text = run(saved, "--out", acme, "--check", code=1)
    assert f"  old   {acme.as_posix()}/page.txt:59-60: " in text
    assert f"  new   {saved.as_posix()}:59-60: " in text
    assert {path: path.read_bytes() for path in acme.iterdir()} == before
    output = tmp_path / "changes.xml"
    assert run(saved, "--out", acme, "--check", "--format", "junit", "--output", output, code=1) == ""
    assert 'failures="2"' in output.read_text("utf-8")


def test_lines_that_moved_are_no_change_of_what_is_promised(acme: Path) -> None:
    head, _, rest = PAGE.partition("\n")
    (acme / "page.txt").write_text(f"{head}\n\n{rest}", "utf-8")
    text = run(acme, "--check", code=1)
    assert "differs    " in text
    assert "what the page promises has not changed" in text


def test_a_report_is_that_of_a_check(acme: Path) -> None:
    assert "--format and --output are for the report of --check" in run(acme, "--format", "json", code=2)


def test_a_committed_file_that_is_no_json_is_said(acme: Path) -> None:
    (acme / "openapi.json").write_text("{", "utf-8")
    assert "the committed openapi.json is no JSON" in run(acme, "--check", code=2)
