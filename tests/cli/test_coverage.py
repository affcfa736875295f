"""`docpact coverage`: what it prints, when it fails, and a page that nothing of a payload can become part of."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from counting import run

from docpact import captures

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[2]
POLLS: list[dict[str, Any]] = [
    {"id": "1", "buttons": [], "status": status} for status in ("SUBMITTED", "IN_PROGRESS", "SUCCESS")
]


@pytest.fixture
def polls(tmp_path: Path) -> Path:
    path = tmp_path / "polls.ndjson"
    path.write_text("".join(f"{json.dumps(poll)}\n" for poll in POLLS), "utf-8")
    return path


def report(*arguments: str | Path) -> dict[str, Any]:
    told: dict[str, Any] = json.loads(run("coverage", *arguments, "--format", "json").out)
    return told


def test_what_was_exercised_is_told_by_kind_and_what_was_not_by_member(polls: Path) -> None:
    ran = run("coverage", polls, "--stories")
    assert (ran.code, ran.err) == (0, "")
    assert "steps of the lifecycle: not exercised\n  NOT_START →  SUBMITTED, IN_PROGRESS, FAILURE, SUCCESS\n" in ran.out
    assert "  /status  NOT_START, FAILURE\n" in ran.out
    assert re.search(r"^listed values +\[#{5}\.{15}\] +27\.2%  3 of 11$", ran.out, re.MULTILINE)
    assert re.search(r"^empty, long and many .* not counted: --extremes counts them$", ran.out, re.MULTILINE)
    assert re.search(
        r"^covered  [\d.]+%: \d+ of \d+ features exercised by 3 payloads in 1 story; contract task-fetch", ran.out, re.MULTILINE
    )
    assert "  no member may be null\n" in ran.out


def test_every_feature_is_listed_where_that_is_asked_for(polls: Path) -> None:
    out = run("coverage", polls, "--stories", "--features").out
    assert re.search(r"^  /status=SUBMITTED +1 payload, first .*polls\.ndjson:1$", out, re.MULTILINE)
    assert re.search(r"^  /status=FAILURE +–$", out, re.MULTILINE)


def test_the_json_report_has_keys_that_stay(polls: Path) -> None:
    told = report(polls, "--stories", "--except", "button:*", "--except", "nothing")
    assert list(told) == [
        "docpact", "verdict", "contract", "summary", "lacking", "unused_exceptions", "problems", "unreadable", "groups",
    ]  # fmt: skip
    assert {"payloads": 3, "stories": 1, "fail_under": None, "interrupted": False}.items() <= told["summary"].items()
    groups = {group["name"]: group for group in told["groups"]}
    assert list(groups) == ["values", "presence", "buttons", "steps", "extremes"]
    assert groups["steps"]["seen"]["edge:SUBMITTED→IN_PROGRESS"] == {"payloads": 1, "first": {"source": str(polls), "line": 2}}
    assert (groups["buttons"]["features"], len(groups["buttons"]["excepted"])) == (0, 16)
    assert told["unused_exceptions"] == ["nothing"]
    assert [group["counted"] for group in told["groups"]] == [True] * 4 + [False]
    counted = [group for group in told["groups"] if group["counted"]]
    assert told["summary"]["exercised"] == sum(len(group["seen"]) for group in counted)
    assert told["summary"]["features"] == sum(len(group["seen"]) + len(group["missing"]) for group in counted)


def test_it_fails_under_what_is_asked_for_and_at_it_does_not(polls: Path) -> None:
    percent = report(polls)["summary"]["percent"]
    assert run("coverage", polls, "--fail-under", str(percent)).code == 0
    under = run("coverage", polls, "--fail-under", str(percent + 0.1))
    assert under.code == 1
    assert f"\nunder  {percent:.1f}%, and at least {percent + 0.1:g}% are asked for: " in under.out
    assert run("coverage", polls, "--fail-under", "0").code == 0


def test_the_sample_set_of_docpact_exercises_all_that_can_be() -> None:
    ran = run("coverage", ROOT / "fixtures" / "documented", "--stories", "--except", "button:*", "--fail-under", "100")
    assert ran.code == 0, ran.out


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((), "name the captures to read"),
        (("x.json", "--fail-under", "101"), "--fail-under 101 is no share in percent"),
        (("x.json", "--fail-under", "-1"), "--fail-under -1 is no share in percent"),
        (("x.json", "--fail-under", "nan"), "--fail-under nan is no share in percent"),
        (("x.json", "--fail-under", "most"), "invalid float value"),
        (("x.json", "--output", ""), "--output is empty"),
        (("x.json", "--output", "/dev/null/x"), "cannot write"),
        (("x.json", "--profile", "nobody"), "has no profile 'nobody'"),
    ],
)
def test_wrong_usage_is_2_and_says_what_to_do(arguments: tuple[str, ...], said: str) -> None:
    ran = run("coverage", *arguments)
    assert (ran.code, ran.out) == (2, "")
    assert said in ran.err
    assert "hint: " in ran.err


@pytest.mark.parametrize("content", [b"", b"[]", b'{"code": 4, "description": "busy"}', b"nonsense"])
def test_nothing_to_look_at_is_4(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "a.json").write_bytes(content)
    ran = run("coverage", tmp_path / "a.json", "--fail-under", "10")
    assert ran.code == 4
    assert "not-established" in ran.out


def test_what_cannot_be_read_is_3(polls: Path) -> None:
    ran = run("coverage", polls, polls.parent / "gone.json")
    assert ran.code == 3
    assert "unreadable" in ran.out


def test_ctrl_c_tells_what_was_exercised(polls: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    read = captures.read

    def interrupted(*arguments: Any) -> Iterator[Any]:
        yield from read(*arguments)
        raise KeyboardInterrupt

    monkeypatch.setattr(captures, "read", interrupted)
    ran = run("coverage", polls)
    assert ran.code == 130
    assert "interrupted: this is what was exercised until then\n" in ran.out


class Elements(HTMLParser):
    """The elements of a page, each closed by its own end."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: set[str] = set()
        self.attributes: list[tuple[str, str | None]] = []
        self.text = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes += attrs
        if tag != "meta":
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes += attrs

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data


def test_the_page_is_one_file_that_obeys_no_script_and_loads_nothing(polls: Path) -> None:
    page = polls.parent / "coverage.html"
    ran = run("coverage", polls, "--stories", "--format", "html", "--output", page)
    assert (ran.code, ran.out) == (0, "")
    text = page.read_text("utf-8")
    elements = Elements(text)
    assert elements.open == []
    assert not elements.tags & {"script", "img", "link", "iframe", "form", "object"}
    assert not [name for name, value in elements.attributes if name.startswith("on") or (value or "").startswith("http")]
    assert "default-src &#x27;none&#x27;; style-src &#x27;sha256-" in text or "default-src 'none'; style-src 'sha256-" in text
    for said in ("Listed", "Kinds of buttons", "Steps of the lifecycle", "/maskBase64", "never", "not counted"):
        assert said in elements.text or said.lower() in elements.text


def test_nothing_of_a_contract_or_a_name_becomes_part_of_the_page(tmp_path: Path) -> None:
    folder = tmp_path / "odd"
    folder.mkdir()
    evil = '"><script>alert(1)</script>'
    schema = {"type": "object", "properties": {evil: {"type": "string", "enum": ["</td>", "=1+1", "\u202e"]}}}
    (folder / "odd.schema.json").write_text(json.dumps(schema), "utf-8")
    (folder / "page.txt").write_text("x\n", "utf-8")
    (folder / "contract.toml").write_text("", "utf-8")
    (folder / "openapi.json").write_text("{}", "utf-8")
    (tmp_path / "<img src=x>.json").write_text(json.dumps({evil: "</td>"}), "utf-8")
    for form in ("html", "markdown", "text"):
        out = run("coverage", tmp_path / "<img src=x>.json", "--contract", folder, "--format", form, "--features").out
        assert "\u202e" not in out
        if form == "html":
            elements = Elements(out)
            assert elements.open == []
            assert not elements.tags & {"script", "img"}
            assert "'=1+1" in elements.text
        if form == "markdown":
            assert "<script" not in out


def test_a_contract_that_names_nothing_to_be_exercised_establishes_nothing(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text('{"buttons": []}', "utf-8")
    ran = run("coverage", tmp_path / "a.json", "--except", "*", "--fail-under", "100")
    assert ran.code == 4
    assert "not-established  nothing is there to be exercised by 1 payload; " in ran.out
