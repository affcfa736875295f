"""Pages as a browser saves them: the text that is made of them, and what is read in it."""

from __future__ import annotations

import base64
import io
import json
import plistlib
from typing import TYPE_CHECKING

import pytest

from docpact.cli import main
from docpact.derive.html import listings, markup, saved
from docpact.derive.page import as_text, read_page
from docpact.derive.reading import read
from docpact.errors import PageError

if TYPE_CHECKING:
    from pathlib import Path

PAGES = "tests/derive/pages"


def text(body: str) -> list[str]:
    made = as_text(f"<!doctype html><html><body>{body}</body></html>".encode()).decode()
    return [line for line in made.split("\n") if line]


def test_chips_in_a_row_are_lines_of_their_own_and_a_path_in_pieces_is_one(root: Path) -> None:
    content = (root / PAGES / "chips.html").read_bytes()
    made = as_text(content).decode()
    for said in (
        "# Look at an order\n",
        "\nGET\n/order/{id}/look\n",
        "\nid\nstring\nrequired\n",
        "\nstage\nenum<string>\nrequired\n",
        "\nAvailable options: `PACKED`, `SENT`, `THERE`\n",
        "\n200 - application/json\n",
        "\nobject[]\n",
        "\n  weight\n  integer\n\n  in grams & rounded\n",
        '\n```json\n{\n  "id": "A-1",\n  "stage": "SENT", "boxes": [{"weight": 300}]\n}\n```\n',
    ):
        assert said in made, made
    for gone in ("window", "All orders", "Copy", "©", "base64", "\u200b", "Try it", "Show", "1\n2"):
        assert gone not in made
    assert read_page(content).lines[2] == "# Look at an order"


def test_what_a_saved_page_says_is_read_with_the_lines_of_its_text(root: Path) -> None:
    content = (root / PAGES / "chips.html").read_bytes()
    reading = read(content)
    assert (reading.operation.method, reading.operation.path) == ("GET", "/order/{id}/look")
    said = {one.path: (one.claim.type, one.required, one.enum) for one in reading.fields}
    assert said == {
        "/id": ("string", True, None),
        "/stage": ("string", True, ("PACKED", "SENT", "THERE")),
        "/boxes": ("array", None, None),
        "/boxes/*/weight": ("integer", None, None),
    }
    assert reading.example is not None
    assert reading.example.value == {"id": "A-1", "stage": "SENT", "boxes": [{"weight": 300}]}
    lines = as_text(content).decode().split("\n")
    for one in reading.fields:
        assert lines[one.lines["member"][0] - 1].strip() == one.path.rpartition("/")[2]


@pytest.mark.parametrize(
    ("body", "lines"),
    [
        ("<p>one <b>two</b>\n three</p>four", ["one two three", "four"]),
        ("<div>a<br>b</div>", ["a", "b"]),
        ("<h3>Members <a class=headerlink href=#m>¶</a></h3>", ["### Members"]),
        ("<span class=name>id</span><span class=type>string</span>", ["id", "string"]),
        ("<div><span>array</span><span>[object]</span> <em>optional</em></div>", ["array[object]", "optional"]),
        ("<p><code>id</code> <span>string</span></p>", ["id", "string"]),
        ("<p>An <code>id</code> is <i>new</i></p>", ["An `id` is new"]),
        ("<div>GET<wbr> <code>/a/b</code></div>", ["GET /a/b"]),
        ("<div><b>POST</b><code>/a/b</code></div>", ["POST /a/b"]),
        ("<div><b>200</b><i>OK</i></div>", ["200 OK"]),
        ("<ul><li>one<ul><li>two</ul><li><code>x</code> (string): y</ul>", ["- one", "  - two", "- `x` (string): y"]),
        ("<ol><li>one<li>two</ol>", ["1. one", "2. two"]),
        ("<ul><li><div>id</div><div>string</div></ul>", ["  id", "  string"]),
        ("<dl><dt><code>id</code> <i>string</i><dd>which</dl>", ["- `id` string: which"]),
        ("<details><summary>More</summary><p>all</details>", ["More", "all"]),
        ("<input value=7> <input type=hidden value=8><input type=password value=9>" + "x" * 1600, ["7 " + "x" * 1600]),
        ("<select><option>A<option selected>B</select>", ["B"]),
        ("<div style='display: none'>a</div><div hidden>b</div><template>c</template><p aria-hidden=true>d</p>e", ["e"]),
        ("<p>3 &lt; 4 &amp;&amp; 5 &#62; 4 &nbsp; &copy;&#x1F600;</p>", ["3 < 4 && 5 > 4 ©😀"]),
        ("<p>a\u200bb\u00ad\ufeffc</p>", ["abc"]),
        ("<p>2 < 3 and a<3</p>", ["2 < 3 and a<3"]),
        ("<!-- <p>no</p> --><p>yes<!-- no --></p><![CDATA[ no ]]>", ["yes"]),
        ('<textarea>{\n "a": 1\n}</textarea>', ["```", "{", ' "a": 1', "}", "```"]),
        ("<p title='a > b'>x</p>", ["x"]),
        ("<P CLASS=X>x</P><BR/><Div>y</dIV>", ["x", "y"]),
    ],
)  # fmt: skip
def test_each_element_becomes_the_lines_that_readers_know(body: str, lines: list[str]) -> None:
    assert text(body) == lines


@pytest.mark.parametrize(
    ("body", "lines"),
    [
        ("<tr><th>Name<th>Type<tr><td>id<td>string", ["| Name | Type |", "|---|---|", "| id | string |"]),
        ("<tr><td>Name<td>Type<tr><td>id<td>string", ["| Name | Type |", "|---|---|", "| id | string |"]),
        ("<tr><th>N<th>T<tr><td>a|b<td><p>x</p><p>y</p>", ["| N | T |", "|---|---|", "| a\\|b | x<br>y |"]),
        ("<tr><th>N<th>T<tr><td rowspan=2>a<td>1<tr><td>2", ["| N | T |", "|---|---|", "| a | 1 |", "| a | 2 |"]),
        ("<tr><th>N<th>T<th>U<tr><td colspan=2>a<td>1", ["| N | T | U |", "|---|---|---|", "| a |  | 1 |"]),
        ("<tr><td>alone</td></tr>", ["alone"]),
        ("<tr><td class=gutter><pre>1\n2</pre></td><td><pre>a\nb</pre></td></tr>", ["```", "a", "b", "```"]),
        (
            "<tr><th>N<th>T<tr><td>box<td>object<table><tr><th>N<th>T<tr><td>x<td>integer</table><tr><td>y<td>string",
            ["| N | T |", "|---|---|", "| box | object |", "| » x | integer |", "| y | string |"],
        ),
    ],
)
def test_tables_become_rows_with_what_spans_and_nests(body: str, lines: list[str]) -> None:
    assert text(f"<table>{body}</table>") == lines


def test_a_table_of_other_elements_is_one_by_its_roles() -> None:
    head = "<div role=row><div role=columnheader>Name</div><div role=columnheader>Type</div></div>"
    row = "<div role=row aria-level={}><div><div role=cell><p>{}</p></div></div><div role=cell>{}</div></div>"
    body = row.format(1, "box", "object") + row.format(2, "lid", "string")
    made = text(f"<div role=treegrid><div role=rowgroup>{head}</div><div role=rowgroup>{body}</div></div>")
    assert made == ["| Name | Type |", "|---|---|", "| box | object |", "| » lid | string |"]


@pytest.mark.parametrize(
    "body",
    [
        '<pre>{\n  "a": 1\n}</pre>',
        '<pre><code><span class=line>{</span>\n<span class=line>  "a": 1</span>\n<span class=line>}</span></code></pre>',
        '<pre><div>{</div><div>&nbsp; "a": <i>1</i></div><div>}</div></pre>',
        '<pre><ol class=linenums><li>{<li>  "a": 1<li>}</ol></pre>',
        '<pre><table><tr><td class=lineno>1<td>{<tr><td class=linenos>2<td>  "a": 1<tr><td>}</table></pre>',
        '<code>{<br>&nbsp; "a": 1<br>}</code>',
        '<code><b class=token-line>{<br></b><b class=token-line>  "a": 1<br></b><b class=token-line>}<br></b></code>',
        (
            '<div class=CodeMirror-code><div><p class=CodeMirror-gutter-wrapper>1</p><pre class=CodeMirror-line>{</pre></div>'
            '<pre class=CodeMirror-line>  <i>"a"</i>: <i>1</i></pre><pre class=CodeMirror-line>}</pre></div>'
        ),
        (
            "<div class=ace_editor><div class=ace_gutter><b>1</b><b>2</b></div><div class='ace_layer ace_text-layer'><p>{</p>"
            '<p>  <i>"a"</i><i>:</i> <i>1</i></p><p>}</p></div></div>'
        ),
        '<pre class=view-lines><p style="top:36px">}</p><p style="top:0px">{</p><p style="top:18px">  "a": 1</p></pre>',
    ],
)  # fmt: skip
def test_code_keeps_its_lines_whatever_a_highlighter_has_put_around_them(body: str) -> None:
    made = text(body)
    assert made[0] == made[-1] == "```"
    assert made[1:-1] == ["{", '  "a": 1', "}"]


def test_a_tree_of_json_to_fold_is_json() -> None:
    body = (
        '<div><code><button class="collapser"></button><b>{</b><ul><li><div><b>"a"</b>: <b>1</b>,</div></li>'
        '<li><div>"b": [<ul><li>true</li></ul>]</div></li></ul>}</code></div>'
    )
    made = text(body)
    assert json.loads("\n".join(made[1:-1])) == {"a": 1, "b": [True]}


def test_panels_stand_below_the_name_of_their_tab_and_hidden_ones_are_read() -> None:
    body = (
        "<div><ul role=tablist><li role=tab>200</li><li role=tab>404</li></ul>"
        "<div><div role=tabpanel>yes</div><div role=tabpanel hidden>no</div></div></div>"
    )
    by_name = "<button role=tab id=t1>200</button><button role=tab id=t2>404</button>"
    named = "<div role=tabpanel aria-labelledby=t1>yes</div><div role=tabpanel hidden aria-labelledby=t2>no</div>"
    assert text(f"<div><div role=tablist>{by_name}</div>{named}</div>") == ["###### 200", "yes", "###### 404", "no"]
    assert text(body)[-3:] != ["no"]


@pytest.mark.parametrize(
    ("encoding", "head"),
    [
        ("utf-8", ""),
        ("utf-8-sig", ""),
        ("gb18030", '<meta charset="gb18030">'),
        ("gbk", '<meta http-equiv="Content-Type" content="text/html; charset=gb2312">'),
        ("utf-16", ""),
        ("shift_jis", "<meta charset=Shift_JIS>"),
    ],
)
def test_a_page_is_read_in_the_encoding_that_it_names(encoding: str, head: str) -> None:
    page = f"<html><head>{head}<title>注文</title></head><body><p>状態</p></body></html>"
    assert as_text(page.encode(encoding)).decode() == "# 注文\n\n状態\n"


def test_a_text_of_two_bytes_a_character_is_read_and_its_bytes_are_kept_otherwise() -> None:
    assert as_text("任务\r\nb".encode("utf-16")) == "任务\r\nb".encode()
    for kept in (b"a\r\nb", b"\xef\xbb\xbfa\n"):
        assert as_text(kept) == kept


def test_an_archive_of_a_page_is_opened() -> None:
    page = "<!doctype html><html><body><h1>Größe</h1></body></html>".encode()
    parts = (
        'From: <Saved>\r\nMIME-Version: 1.0\r\nContent-Type: multipart/related; type="text/html"; boundary="--x"\r\n\r\n'
        "----x\r\nContent-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n"
        f"{base64.b64encode(page).decode()}\r\n----x\r\nContent-Type: image/png\r\n\r\nabc\r\n----x--\r\n"
    )  # fmt: skip
    assert as_text(parts.encode()).decode() == "# Größe\n"
    quoted = (
        "MIME-Version: 1.0\nContent-Type: multipart/related;\n\tboundary=x\n\n--x\nContent-Type: text/html; charset=gb2312\n"
        'Content-Transfer-Encoding: quoted-printable\n\n<html><body><h1 class=3D"a">=B6=A9=B5=A5</h1>=\n</body></html>\n--x--\n'
    )
    assert as_text(quoted.encode()).decode() == "# 订单\n"
    archive = plistlib.dumps({"WebMainResource": {"WebResourceData": page}}, fmt=plistlib.FMT_BINARY)
    assert as_text(archive).decode() == "# Größe\n"


@pytest.mark.parametrize(
    ("content", "is_html"),
    [
        ("<!DOCTYPE html><p>x", True),
        ("<?xml version='1.0'?>\n<!-- saved -->\n<html lang=en>", True),
        ("<div class='a'><span>id</span><span>string</span></div>", True),
        ("# Title\n\n<div>x</div>\n", False),
        ("<h1 id='a'>Title</h1>\n\n## GET /a\n\n|a|b|\n|---|---|\n|x|y|\n", False),
        ("enum<string>\nid\n", False),
        ("<details>\n\n## More\n</details>", False),
        ('{"a": "<html>"}', False),
        ("", False),
    ],
)
def test_html_is_told_from_text_with_tags_in_it(content: str, is_html: bool) -> None:  # noqa: FBT001 - a row of the table
    assert saved.is_html(content) is is_html


DOCUMENT = {
    "openapi": "3.0.1",
    "info": {"title": "Orders", "version": "1"},
    "paths": {
        "/order/{id}": {"get": {"responses": {"200": {"description": "one"}}}},
        "/order": {"get": {"responses": {"200": {"description": "all"}}}, "post": {"responses": {}}},
    },
}


@pytest.mark.parametrize(
    "script",
    [
        f'<script id="__NEXT_DATA__" type="application/json">{json.dumps({"props": {"spec": DOCUMENT}})}</script>',
        f'<script type="application/json">{json.dumps({"props": {"spec": json.dumps(DOCUMENT)}})}</script>',
        f"<script>const __redoc_state = {json.dumps({'spec': {'data': DOCUMENT}})};\nRedoc.hydrate(__redoc_state);</script>",
        f"<script type='application/json' id=api>{json.dumps(DOCUMENT)}</script>",
    ],
)
def test_an_openapi_document_that_a_page_carries_is_the_page(script: str) -> None:
    page = f"<!doctype html><html><body><div id=root></div>{script}</body></html>"
    assert json.loads(as_text(page.encode())) == DOCUMENT
    shown = page.replace("<div id=root>", "<div id=root><b>POST</b> <code>https://x.example/v1/order</code>")
    assert json.loads(as_text(shown.encode()))["paths"] == {"/order": {"post": {"responses": {}}}}


HOSTILE = {
    "deep": "<div>" * 25_000 + "x",
    "deep spans": "<span>" * 25_000 + "x",
    "deep lists": "<ul><li>" * 12_500 + "x",
    "deep tables": "<table><tr><td>" * 7_500 + "x",
    "unclosed": "<p><b><li><td>" * 5_000,
    "wrongly closed": "</div></p></td></x>" * 12_500,
    "attributes": "<p " + "a=b " * 75_000 + ">x</p>",
    "classes": "<p class='" + "x " * 75_000 + "'>x</p>",
    "half tags": "<" * 75_000 + "x",
    "half ends": "</" * 75_000 + "x",
    "half comments": "<!--" * 50_000,
    "half declarations": "<!" * 50_000,
    "half cdata": "<![CDATA[" * 25_000,
    "half scripts": "<script>" * 25_000,
    "half quotes": "<a b=\"'" * 25_000,
    "equals": "<a " + "=" * 75_000,
    "entities": "&#" + "9" * 75_000 + "; " + "&amp" * 25_000 + "&" * 25_000 + "&#xfffffffffffffffff;",
    "wide": "<table><tr>" + "<td colspan=1000000 rowspan=1000000>x" * 5_000 + "</table>",
    "deep data": "<table><tr><th>N<th>T<tr><td>a<td>b" * 2_500,
    "deep mixture": "<table><tr><th>N<th>T<tr><td>a<td>x<table><tr><td>y" * 2_500,
    "deep listings": "<table><tr><th>N<th>T<tr><td>a<td><pre>1\n2</pre>" * 2_500,
    "deep definitions": "<table><tr><td>a<td>string" * 2_500,
    "many tables": "<table><tr><td>a<td>string<tr><td>b<td>object<table><tr><td>c<td>integer</table></table>" * 1_250,
    "toggles": "<div><pre>x</pre>" + "<button>Show attributes</button><p>x</p>" * 5_000 + "</div>",
    "folds": "<details><summary><b>a</b><i>string</i></summary>" * 2_500,
    "tabs": "<div>" + "<p role=tabpanel aria-labelledby=a>x</p><b role=tab>y</b>" * 2_500 + "</div>",
    "chips": "<div>" + "<b>a</b><i>string</i>" * 12_500 + "</div>",
    "nested chips": "<div>" + "<b><i>a</i>" * 12_500 + "</div>",
    "code": "<code>" * 12_500 + "x\ny",
    "pre": "<pre>" * 12_500 + "x\ny",
    "links": "<h1>" + "<a>#</a>" * 12_500,
    "title": "<title>" + "x" * 250_000,
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_a_hostile_page_ends_in_text_or_in_an_error(kind: str) -> None:
    try:
        made = as_text(f"<!doctype html><body>{HOSTILE[kind]}".encode())
    except PageError:
        return
    assert len(made) < 8 * 2**20
    made.decode()


@pytest.mark.parametrize(
    "rest",
    [
        b'boundary="x"\n\n' + b"--x\nContent-Type: text/plain\n\ny\n" * 100_000,
        b'boundary="x"\n\n' + b'--x\nContent-Type: multipart/related; boundary="x"\n\n' * 50_000,
        b'a="b"; ' * 200_000,
        b"boundary=" + b"y" * 200_000,
        b'boundary="x"\n\n--x\nContent-Type: text/html\nContent-Transfer-Encoding: base64\n\n=',
    ],
)
def test_an_archive_of_nothing_ends_in_text_or_in_an_error(rest: bytes) -> None:
    try:
        as_text(b"MIME-Version: 1.0\nContent-Type: multipart/related; " + rest)
    except PageError:
        return


def test_a_page_of_too_many_elements_is_refused() -> None:
    with pytest.raises(PageError, match="more than 400,000 elements"):
        as_text(b"<html>" + b"<b>" * 400_001)


def test_the_language_of_a_listing_is_kept() -> None:
    for said in ("<code class='hljs language-json5'>", "<code data-lang=json5>", "<code class='lang-json5'>"):
        page = markup.parse(f"<pre>{said}x</code></pre>", "x")
        assert listings.language(page.elements[0]) == "json5"


def test_a_saved_page_becomes_a_contract_with_its_text_in_it(root: Path, tmp_path: Path) -> None:
    out, err = io.StringIO(), io.StringIO()
    folder = tmp_path / "order"
    assert main(["derive", str(root / PAGES / "chips.html"), "--out", str(folder)], io.BytesIO(), out, err) == 0
    assert f"those of {folder / 'page.txt'}" in out.getvalue()
    assert (folder / "page.txt").read_bytes() == as_text((root / PAGES / "chips.html").read_bytes())
    assert main(["derive", str(folder), "--check"], io.BytesIO(), out, err) == 0
    schema = json.loads((folder / "order.schema.json").read_bytes())
    line = schema["properties"]["stage"]["x-page-lines"]["enum"][0]
    assert (folder / "page.txt").read_text("utf-8").split("\n")[line - 1] == "Available options: `PACKED`, `SENT`, `THERE`"
