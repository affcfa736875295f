"""The HTML report as it is written: what it says, how it is built for those who do not see it, and how large it gets."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

VOID = {"meta", "br", "rect", "circle", "line", "path", "polyline"}


class Tree(HTMLParser):
    """The elements with what stands above each, and every text."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.elements: list[tuple[str, dict[str, str | None], tuple[str, ...]]] = []
        self.text = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs), tuple(self.open)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs), tuple(self.open)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag, f"</{tag}> closes another element"

    def handle_data(self, data: str) -> None:
        if "style" not in self.open:
            self.text += data

    def of(self, *tags: str) -> list[dict[str, str | None]]:
        return [attributes for tag, attributes, _ in self.elements if tag in tags]


@pytest.fixture
def page(report: Callable[..., str], root: Path) -> Tree:
    return Tree(report("html", root / "examples" / "captures", "none.json", "--stories"))


def test_it_tells_the_verdict_the_provenance_the_findings_and_the_page_lines(page: Tree) -> None:
    for said in (
        "violates", "13 of 19 payloads in ", "task-fetch", "schema SHA-256",
        "what the page says, and no more",
        "status is SUCCESS and action is IMAGINE, and imageUrl is empty", "51imageUrl52string53图片地址54可选",
        "clients show imageUrl as soon as status is SUCCESS", "docpact explain end-left", "finished-without-image.json:13:15",
        "--profile java-proxy", "none.json", "no such file or directory",
    ):  # fmt: skip
        assert said in page.text, said


def test_it_is_well_formed_and_every_element_is_closed(page: Tree) -> None:
    assert page.open == []
    names = [attributes["id"] for _, attributes, _ in page.elements if "id" in attributes]
    assert len(names) == len(set(names))
    pointed = {str(a["href"])[1:] for a in page.of("a")} | {
        str(a["aria-labelledby"]) for _, a, _ in page.elements if "aria-labelledby" in a
    }
    assert pointed <= set(names)


def test_every_picture_has_words_and_every_table_has_heads_and_a_caption(page: Tree) -> None:
    assert page.of("html") == [{"lang": "en"}]
    for picture in page.of("svg"):
        assert picture.get("aria-hidden") == "true" or (picture["role"] == "img" and picture["aria-label"])
    assert all(head.get("scope") in {"row", "col"} for head in page.of("th"))
    assert len(page.of("caption")) == len(page.of("table"))
    assert all(
        part.get("tabindex") == "0" and part.get("aria-labelledby") for part in page.of("div") if part.get("class") == "axis"
    )
    assert not [a for _, a, _ in page.elements if "tabindex" in a and a["tabindex"] != "0"]


def test_the_headings_go_down_one_step_at_a_time(page: Tree) -> None:
    levels = [int(tag[1]) for tag, _, _ in page.elements if re.fullmatch(r"h[1-6]", tag)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(later <= earlier + 1 for earlier, later in pairwise(levels))


def test_what_was_seen_is_counted(report: Callable[..., str], tmp_path: Path) -> None:
    lines = [
        {"buttons": [], "status": "SUCCESS"},
        {"buttons": None, "status": "DONE", "extra": 1},
        {"status": "SUCCESS", "id": ""},
    ]
    (tmp_path / "a.ndjson").write_text("\n".join(json.dumps(line) for line in lines), "utf-8")
    text = Tree(report("html", tmp_path)).text
    assert "In 3 payloads that could be parsed: 22 documented members of 25 never seen" in text
    assert "/buttons required1 empty, 1 null, 1 not there" in text
    assert "SUCCESS 2FAILURE" not in text
    assert "SUCCESS 2DONE 1, not on the page" in text
    assert "FAILURE never seen" in text
    assert "/extra1" in text.replace("\n", "")


def poll(example: dict[str, Any], name: str, status: str, at: int | None) -> str:
    payload = {**example, "id": name, "submitTime": int(name) // 1000, "prompt": name, "status": status, "progress": "100%"}
    return json.dumps(payload if at is None else {"at": at, "payload": payload})


def test_a_story_is_drawn_in_lanes_and_the_poll_that_broke_a_rule_is_marked(
    report: Callable[..., str], tmp_path: Path, example: dict[str, Any]
) -> None:
    states = ["SUBMITTED", "IN_PROGRESS", "SUCCESS", "IN_PROGRESS"]
    lines = [poll(example, "1724963337114767", status, 1724963338000 + 5000 * n) for n, status in enumerate(states)]
    # Before the end, nothing of what only an end has.
    early = {"finishTime": 0, "imageUrl": "", "buttons": [], "progress": "0%"}
    for n, line in enumerate(map(json.loads, lines[:2])):
        lines[n] = json.dumps({**line, "payload": {**line["payload"], **early}})
    lines += [poll(example, "1724963999114000", status, None) for status in ("SUCCESS", "SUCCESS")]
    (tmp_path / "a.ndjson").write_text("\n".join(lines), "utf-8")
    text = report("html", tmp_path, "--stories", "--layer", "lifecycle")
    tree = Tree(text)
    assert "Story 1724963337114767 ✕ 1 error, 0 warnings 4 polls" in " ".join(tree.text.split())
    assert "Story 1724963999114000 ✓ nothing found 2 polls" in " ".join(tree.text.split())
    assert "poll 4 breaks end-left" in tree.text
    assert text.index("1724963337114767") < text.index("1724963999114000")
    lanes = re.findall(r'<text x="4" y="(\d+)">(\w+)</text>', text)
    assert [name for _, name in lanes] == ["SUBMITTED", "IN_PROGRESS", "SUCCESS", "SUCCESS"]
    assert re.findall(r'text-anchor="middle">([^<]+)<', text) == ["0 s", "5 s", "10 s", "15 s", "1", "2"]
    assert text.count('<circle class="broke"') == 1
    assert "<title>poll 4: IN_PROGRESS, progress 100%; breaks end-left</title>" in text


def test_stories_are_drawn_only_when_they_are_judged(report: Callable[..., str], root: Path) -> None:
    assert 'id="stories"' not in report("html", root / "examples" / "captures")


def test_a_waived_finding_marks_no_poll(report: Callable[..., str], root: Path, tmp_path: Path) -> None:
    waivers = tmp_path / "w.toml"
    waivers.write_text('[[waiver]]\nrule = "end-left"\nowner = "us"\nreason = "known"\nexpires = 2099-12-31\n', "utf-8")
    path = root / "examples" / "captures" / "broken" / "polls-that-go-back.ndjson"
    assert "breaks end-left" in report("html", path, "--stories")
    assert "breaks end-left" not in report("html", path, "--stories", "--waivers", waivers)


def test_the_first_places_of_a_group_are_listed_and_the_others_counted(report: Callable[..., str], tmp_path: Path) -> None:
    (tmp_path / "a.ndjson").write_text('{"buttons": null}\n' * 50, "utf-8")
    text = Tree(report("html", tmp_path)).text
    assert [f"a.ndjson:{line}:" in text for line in (1, 20, 21, 50)] == [True, True, False, True]
    assert "and 30 more, the last at" in text


def test_places_stop_at_the_findings_that_were_asked_for(report: Callable[..., str], tmp_path: Path) -> None:
    (tmp_path / "a.ndjson").write_text('{"buttons": null}\n' * 50, "utf-8")
    text = Tree(report("html", tmp_path, "--max-findings", "3")).text
    assert "and 47 more, the last at" in text
