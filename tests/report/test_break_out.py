"""Nothing that a payload, a member name, an id or a file name holds can break out of any format."""

from __future__ import annotations

import csv
import io
import json
import re
from html.parser import HTMLParser
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import pytest
from test_formats import COMMAND, GITLAB, JUNIT, SARIF

from docpact.cli import main
from docpact.report import FORMATS
from docpact.report.as_html import POLICY
from docpact.report.markdown_text import safe
from docpact.report.showing import path, plain, uri

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

# The characters of a text that a terminal, a log or a page would obey, and no report may hold; JSON writes them as escapes.
UNSEEN = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]")
STRICT = ("--profile", "strict", "--stories")


@pytest.mark.parametrize("form", FORMATS)
def test_no_report_holds_a_character_that_is_obeyed(report: Callable[..., str], hostile: Path, form: str) -> None:
    text = report(form, hostile, *STRICT)
    assert "owned" in text, "the orders are told, as text"
    assert UNSEEN.findall(text) == []
    text.encode("utf-8")


@pytest.mark.parametrize("form", ["text", "github", "junit", "markdown", "html"])
def test_no_line_of_a_log_is_an_order_to_a_build_service(report: Callable[..., str], hostile: Path, form: str) -> None:
    lines = report(form, hostile, *STRICT).splitlines()
    assert [line for line in lines if re.search(r"##\w*\[", line)] == []
    assert [line for line in lines if line.lstrip().startswith("::") and not COMMAND.fullmatch(line)] == []
    if form != "github":
        assert [line for line in lines if line.lstrip().startswith("::")] == []


def test_an_annotation_is_one_command_whose_keys_are_ours(report: Callable[..., str], hostile: Path) -> None:
    commands = [line for line in report("github", hostile, *STRICT).splitlines() if line.startswith("::")]
    assert commands
    for command in commands:
        # As the runner reads it: the name up to a space, the keys up to the next `::`, then the message.
        name, _, rest = command[2:].partition(" ")
        keys, separator, _ = rest.partition("::")
        assert name in {"error", "warning"}
        assert separator
        assert {key.partition("=")[0] for key in keys.split(",")} <= {"file", "line", "col", "title"}


@pytest.mark.parametrize("form", ["json", "sarif", "gitlab"])
def test_reports_in_json_parse_and_keep_their_schema(report: Callable[..., str], hostile: Path, form: str) -> None:
    parsed = json.loads(report(form, hostile, *STRICT))
    if form == "sarif":
        SARIF.validate(parsed)
        texts = [result["message"]["text"] for result in parsed["runs"][0]["results"]]
        assert any("owned] (javascript" in text for text in texts)
        assert not any("](" in text for text in texts), "a viewer would make it a link"
        for result in parsed["runs"][0]["results"]:
            where = result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
            assert re.fullmatch(r"file://[A-Za-z0-9/._~%-]*", where), where
    if form == "gitlab":
        GITLAB.validate(parsed)
        assert len({issue["fingerprint"] for issue in parsed}) == len(parsed)


def test_each_line_of_ndjson_parses(report: Callable[..., str], hostile: Path) -> None:
    lines = report("ndjson", hostile, *STRICT).split("\n")
    assert lines.pop() == ""
    assert all("rule" in json.loads(line) for line in lines)
    assert lines == [line for line in "\n".join(lines).splitlines()]  # noqa: C416 - no other line end is in there


def test_junit_parses_keeps_its_schema_and_has_only_our_elements(report: Callable[..., str], hostile: Path) -> None:
    text = report("junit", hostile, *STRICT)
    JUNIT.validate(text)
    root = ET.fromstring(text)  # noqa: S314 - our own report
    assert "owned" not in {element.tag for element in root.iter()}
    again = ET.fromstring(ET.tostring(root))  # noqa: S314 - our own report
    assert ["".join(case.itertext()) for case in again.iter("testcase")] == [
        "".join(case.itertext()) for case in root.iter("testcase")
    ]
    assert "]]&gt;&lt;owned/&gt;" in text


# The elements and attributes that the page is made of.
ELEMENTS = {
    "html", "head", "meta", "title", "style", "body", "a", "header", "h1", "div", "strong", "span", "p", "code", "bdi", "nav",
    "ul", "li", "main", "section", "h2", "dl", "dt", "dd", "table", "caption", "thead", "tbody", "tr", "th", "td", "details",
    "summary", "b", "h4", "ol", "figure", "figcaption", "pre", "svg", "defs", "pattern", "line", "circle", "rect", "path",
    "polyline", "text", "g", "h3", "footer", "br",
}  # fmt: skip


class Page(HTMLParser):
    """Everything that an HTML parser finds in the report."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.cells: list[str] = []
        self.first = False
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        self.first = self.first or tag in {"td", "th", "dd"}

    def handle_data(self, data: str) -> None:
        if self.first:
            self.cells.append(data)
        self.first = False


def test_html_holds_no_element_attribute_or_address_that_is_not_ours(report: Callable[..., str], hostile: Path) -> None:
    page = Page(report("html", hostile, *STRICT))
    assert {tag for tag, _ in page.elements} <= ELEMENTS
    for tag, attributes in page.elements:
        assert not [name for name in attributes if name.startswith("on") or name in {"style", "src", "srcset", "action"}]
        assert all((value or "").startswith("#") for name, value in attributes.items() if name in {"href", "xlink:href"}), tag
    assert POLICY.startswith("default-src 'none'; style-src 'sha256-")
    assert [a["content"] for t, a in page.elements if t == "meta" and a.get("http-equiv")] == [POLICY]


def test_no_cell_that_is_copied_into_a_spreadsheet_is_a_formula(report: Callable[..., str], hostile: Path) -> None:
    page = Page(report("html", hostile, *STRICT))
    formulas = [text for text in page.cells if text.lstrip().startswith(("=", "+", "@")) or re.match(r"\s*-\S", text)]
    assert formulas == []
    assert any(text.startswith("'=cmd") for text in page.cells)
    markdown = report("markdown", hostile, *STRICT)
    cells = [cell.strip() for row in csv.reader(io.StringIO(markdown), delimiter="|") for cell in row]
    assert [cell for cell in cells if cell.startswith(("=", "+", "@"))] == []


def test_a_markdown_table_keeps_its_columns_and_holds_no_markup_of_a_payload(report: Callable[..., str], hostile: Path) -> None:
    text = report("markdown", hostile, *STRICT)
    rows = [line for line in text.splitlines() if line.startswith(("| ❌", "| ⚠️"))]
    assert rows
    assert {row.count("|") for row in rows} == {7}
    assert set(re.findall(r"<[^>]*>", text)) == {"<code>", "</code>"}
    for row in rows:
        said = re.sub(r"<code>(.*?)</code>", lambda found: re.sub(r"&#\d+;", "", found.group(1)), row)
        assert not re.search(r"[`*_\[\]\\~#@:!{}$<>]", re.sub(r"&#\d+;", "", said)), row


@pytest.mark.parametrize("text", ["https://x.example", "www.x.example", "@someone", "#1", "- x", "a | b", "<b>", "`x`", "$x$"])
def test_nothing_in_markdown_is_a_link_a_mention_or_markup(text: str) -> None:
    assert not re.search(r"[|<>`$@]|://|www\.|#\d+(?!\d*;)|^-", safe(text))


def test_a_wrapped_line_on_a_terminal_never_begins_an_order() -> None:
    from docpact.report.columns import wrap

    for columns in range(24, 90):
        for text in (f"{'x' * 30} ::error::owned", f"{'长' * 20}::error file=x::{'y' * 40}", ":: :: :: ::" * 9):
            lines = list(wrap("  hint  ", text, columns))
            assert not [line for line in lines[1:] if line.lstrip().startswith("::")], (columns, lines)


@pytest.mark.parametrize(
    ("source", "written"),
    [
        ("./a b/ü#?.json", "a%20b/%C3%BC%23%3F.json"),
        ("x:y.json", "x%3Ay.json"),
        ("/repo/in/a.json", "in/a.json"),
        ("/elsewhere/a.json", "file:///elsewhere/a.json"),
        ("s3://bucket/a b.json", "s3://bucket/a%20b.json"),
        ("javascript:owned()", "javascript%3Aowned%28%29"),
        ("\udcff.json", "%FF.json"),
        ("\ud83d.json", "%ED%A0%BD.json"),
        ("<stdin>", "%3Cstdin%3E"),
    ],
)
def test_a_source_is_written_as_a_uri(source: str, written: str) -> None:
    assert uri(source, "/repo") == written


def test_a_path_is_told_from_the_root() -> None:
    assert path("/repo/a.json", "/repo") == path("././/a.json", "/repo") == "a.json"
    assert path("/repository/a.json", "/repo") == "/repository/a.json"


def test_plain_text_is_bounded_and_gives_no_orders() -> None:
    assert len(plain("x" * 10**6)) < 2100
    assert plain("##[error]x ##vso[task] ## heading") == "#\\u0023[error]x #\\u0023vso[task] ## heading"


@pytest.mark.parametrize("form", FORMATS)
def test_a_secret_reaches_no_report(
    report: Callable[..., str], form: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = "sk-abcdefghijklmnop1234"  # noqa: S105 - it must not come out
    body = {
        "buttons": [],
        "status": f"Bearer {token}",
        "imageUrl": f"/a.png?token={token}",
        "action": token,
        token: 1,
        "id": token,
    }
    (tmp_path / "a.json").write_text(json.dumps(body), "utf-8")
    monkeypatch.chdir(tmp_path)
    assert token not in report(form, "a.json", "--stories")
    assert token not in report(form, "a.json", "--profile", "strict", "--stories")


class Foreign(io.StringIO):
    """Standard output where the locale is not UTF-8."""

    encoding = "ascii"


@pytest.mark.parametrize("form", ["html", "junit"])
def test_where_standard_output_is_not_utf_8_markup_is_ascii_with_references(form: str, root: Path) -> None:
    out = Foreign()
    main(["validate", str(root / "examples" / "captures"), "--format", form], io.BytesIO(), out, io.StringIO())
    assert out.getvalue().isascii()
    assert "&#22270;&#29255;" in out.getvalue()


@pytest.mark.parametrize("form", FORMATS)
def test_a_secret_in_a_name_or_in_an_address_reaches_no_report(
    report: Callable[..., str], form: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    secret = "hunter2hunter2"  # noqa: S105 - it must not come out
    monkeypatch.chdir(tmp_path)
    error = {"error": "x", f"token={secret}": 1}
    (tmp_path / f"fetch?token={secret}.json").write_text(json.dumps(error), "utf-8")
    body = {"buttons": [], f"token={secret}": 1, "id": secret, "apiKey": secret, f"https://u:{secret}@h/": 1}
    (tmp_path / "b.json").write_text(json.dumps({**body, "id": 1}), "utf-8")
    sources = (f"https://u:{secret}@127.0.0.1:9/x?token={secret}", f"https://127.0.0.1:9/x?{secret}", f"none?key={secret}")
    for profile in ("documented", "strict"):
        assert secret not in report(form, str(tmp_path), *sources, "--profile", profile, "--stories")
