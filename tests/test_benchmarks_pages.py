"""What the score of pages counts as right, on little pages of our own; and the figures on the corpus, where it is at hand."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.usefixtures("bench")

PAGE = """\
Get job
GET /job/{id}/show
Responses
🟢200OK
application/json
Body
id
string
required
job number
state
enum<string>
required
Allowed values:
OPEN
DONE
size
integer
optional
Example
{"id": "7", "state": "OPEN", "size": 3}
"""
TRUTH: dict[str, Any] = {
    "method": "GET",
    "path": "/job/4411223344/show",
    "fields": [
        {"path": "/id", "type": "string", "required": True, "nullable": None, "description": "job  number"},
        {"path": "/state", "type": "string", "required": True, "nullable": None, "enum": ["DONE", "OPEN"], "description": ""},
        {"path": "/size", "type": "integer", "required": False, "nullable": None, "description": ""},
    ],
    "example": {"size": 3, "id": "7", "state": "OPEN"},
}


def _write(folder: Path, name: str, truth: dict[str, Any], page: str = PAGE) -> None:
    (folder / f"{name}.txt").write_text(page, "utf-8")
    (folder / f"{name}.truth.json").write_text(json.dumps(truth), "utf-8")


def test_a_page_read_right_has_every_claim_and_one_that_is_wrong_is_told_claim_by_claim(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    import pages

    other = json.loads(json.dumps(TRUTH))
    other["fields"][0] |= {"type": "integer", "description": "number of the job", "nullable": False}
    other["fields"][2] |= {"path": "/length"}
    other["fields"][1]["enum"].append("LOST")
    other["path"] = "/job/{jobId}/show"
    _write(tmp_path, "right", TRUTH)
    _write(tmp_path, "wrong", other)
    assert pages.main([str(tmp_path), "--misses", "--fail-under", "0.7"]) == 0
    told = capsys.readouterr().out.splitlines()
    rows = {line.split()[0]: line.split()[1] for line in told[1:4]}
    # Three claims about the page and seven about each member; the member invented is three more: it, its type and its mark.
    assert rows == {"right": "1.000", "wrong": f"{12 / 27:.3f}", "overall": f"{(24 + 12) / (24 + 27):.3f}"}
    assert "invented  wrong /size" in told
    assert {tuple(line.split()[1:4]) for line in told if line.startswith("differs")} == {
        ("wrong", "-", "path:"), ("wrong", "/id", "type:"), ("wrong", "/id", "nullable:"), ("wrong", "/id", "description:"),
        ("wrong", "/state", "enum:"), ("wrong", "/length", "member:"), ("wrong", "/length", "type:"),
        ("wrong", "/length", "required:"), ("wrong", "/size", "member:"), ("wrong", "/size", "type:"),
        ("wrong", "/size", "required:"),
    }  # fmt: skip
    assert pages.main([str(tmp_path), "--fail-under", "0.99"]) == 1


def test_the_figures_as_json_are_those_of_the_table(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    import pages

    _write(tmp_path, "right", TRUTH)
    _write(tmp_path, "lost", TRUTH, "nothing that is a page\n")
    assert pages.main([str(tmp_path), "--format", "json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["pages"]["right"]["right"] == 1
    assert told["pages"]["right"]["kinds"]["type"] == {"precision": 1, "recall": 1, "right": 3, "claims": 3}
    # A page that cannot be read gets no point, not even for what it does not say.
    assert told["pages"]["lost"]["right"] == 0
    assert told["pages"]["lost"]["refused"].startswith("PageError: lost.txt")
    assert told["overall"]["right"] == 0.5
    assert told["overall"]["invented"] == []


@pytest.mark.parametrize(
    ("kind", "truth", "ours", "same"),
    [
        ("type", "integer", "number", False),
        ("type", "string | integer", "integer | string", True),
        ("type", None, "string", False),
        ("type", None, None, True),
        ("enum", ["A", "B"], ["B", "A"], True),
        ("enum", [1, 2], ["1", "2"], True),
        ("enum", ["A", "B"], ["A"], False),
        ("description", "two\n words", "two words", True),
        ("required", False, None, False),
        ("nullable", True, 1, False),
        ("example", {"a": 1, "b": [1.5]}, {"b": [1.5], "a": 1}, True),
        ("example", {"a": 1}, {"a": True}, False),
        ("example", {"a": 1}, {"a": 1.0}, False),
        ("path", "/job/123456/show", "/job/{id}/show", True),
        ("path", "/job//show", "/job/{id}/show", True),
        ("path", "/job/:id/show", "/job/{id}/show", True),
        ("path", "/job/{id}/show", "/job/123456/show", False),
        ("path", "/job/new/show", "/job/{id}/show", False),
        ("path", "/job/{id}/show", "/job/{jobId}/show", False),
        ("path", "/job/{id}/show", "/job/{id}", False),
    ],
)
def test_what_is_equal(kind: str, truth: Any, ours: Any, same: bool) -> None:  # noqa: FBT001 - a row of the table
    import pages

    assert pages.equal(kind, truth, ours) is same


def test_a_folder_without_truth_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    import pages

    assert pages.main([str(tmp_path)]) == 2
    assert "no page with a NAME.truth.json" in capsys.readouterr().err


def test_the_pages_of_the_corpus_are_read_as_a_careful_person_reads_them(root: Path) -> None:
    import pages

    folder = root / ".." / "shared" / "corpus" / "pages"
    scores = pages.score_folder(folder)
    if not scores:
        pytest.skip("the corpus is not at hand")
    total = pages.overall(scores)
    assert total.share() >= 0.97, pages.as_text(scores, misses=True)
    assert total.invented == []
    assert not [name for name, one in scores.items() if one.refused]
