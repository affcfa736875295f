"""Saved pages as the well-known generators of documentation build them: each is read as its page says."""

from __future__ import annotations

import pytest

from docpact.derive.page import as_text
from docpact.derive.reading import read

# Written from what these generators make: the same operation in the elements of each.
PAGES = {
    "Redoc": """
<h2>Show one</h2><div><button><span class="http-verb get">get</span><span
 class="path">/jobs/{id}</span><svg></svg></button></div>
<div><h3>Responses</h3><div><button class="x"><svg></svg><strong>200 </strong><div
 class="m"><p>Fine</p></div></button>
<div><h5>Response Schema: <span>application/json</span></h5><table class="sc"><tbody>
<tr><td kind="field" title="id" class="sc-a"><span class="sc-b"></span><span class="property-name">id</span><div
 class="sc-c">required</div></td><td class="sc-d"><div><div><span class="sc-e"></span><span
 class="sc-f">string</span><span class="sc-g"> &lt;<!-- -->uuid<!-- -->&gt; </span></div> <div><div
 class="md"><p>The id of it</p></div></div></div></td></tr>
<tr><td kind="field" title="state"><span></span><span
 class="property-name">state</span></td><td><div><div><span></span><span>string</span></div> <div><span>Enum:</span
> <span>"OPEN"</span> <span>"DONE"</span> </div> <div><div><p>How far</p></div></div></div></td></tr>
<tr><td kind="field" title="parts"><span></span><button aria-label="expand parts"><span
 class="property-name">parts</span><svg></svg></button></td><td><div><div><span>Array of </span><span>objects</span
><span> (Part) </span></div></div></td></tr>
<tr><td colspan="2"><div><div>Array </div><div><table><tbody><tr><td kind="field"><span></span><span
 class="property-name">weight</span></td><td><div><div><span></span><span>integer</span></div></div></td></tr></tbody
></table></div></div></td></tr>
</tbody></table></div></div></div>
""",
    "Swagger UI": """
<div class="opblock"><div class="opblock-summary"><button><span class="opblock-summary-method">GET</span><span
 class="opblock-summary-path" data-path="/jobs/{id}"><a><span>/jobs<wbr>/{id}</span></a></span></button></div>
<table class="responses-table"><thead><tr><td>Code</td><td>Description</td></tr></thead><tbody><tr><td>200</td><td
><div class="response-col_description__inner"><div class="renderedMarkdown"><p>OK</p></div></div>
<section><div><ul class="tab" role="tablist"><li role="presentation"><button class="tablinks" role=tab
 aria-controls=p1 id=q1>Example Value</button></li><li><button role=tab id=q2
 aria-controls=p2>Schema</button></li></ul>
<div role=tabpanel id=p1 aria-labelledby=q1><div class="highlight-code"><pre class="example microlight"><code
 class="language-json"><span>{</span>
<span>  "id"</span><span>: </span><span>"string"</span>, "state": "OPEN", "parts": [{"weight": 0}]
}</code></pre></div></div>
<div role=tabpanel hidden id=p2 aria-labelledby=q2><div class="model-box"><span class="model"><button
 class="model-box-control"><span>Job</span></button><span class="brace-open object">{</span><span
 class="inner-object"><table class="model"><tbody>
<tr class="property-row required"><td>id<span class="star">*</span></td><td><span class="model"><span
 class="prop"><span class="prop-type">string</span><span class="prop-format">($uuid)</span><div
 class="renderedMarkdown"><p>The id of it</p></div></span></span></td></tr>
<tr class="property-row"><td>state</td><td><span class="model"><span class="prop"><span
 class="prop-type">string</span><span class="prop-enum">Enum:<br><span
 class="model-toggle">[ OPEN, DONE ]</span></span></span></span></td></tr>
<tr class="property-row"><td>parts</td><td><span class="model"><span>[<span class="model"><span
 class="brace-open">{</span><span class="inner-object"><table class="model"><tbody><tr
 class="property-row"><td>weight</td><td><span class="model"><span class="prop"><span
 class="prop-type">integer</span></span></span></td></tr></tbody></table></span><span
 class="brace-close">}</span></span>]</span></span></td></tr>
</tbody></table></span><span
 class="brace-close">}</span></span></div></div></div></section></td></tr></tbody></table></div>
""",
    "Docusaurus": """
<header><h1>Show one</h1></header><pre class="openapi__method-endpoint"><span
 class="badge">GET </span><h2>/jobs/{id}</h2></pre>
<div class="tabs"><ul role="tablist"><li role="tab"
 id="a">200</li></ul><div role="tabpanel"><div><p>Fine</p></div><ul role="tablist"><li role=tab>Schema</li
><li role=tab>Example</li></ul><div><div role=tabpanel><details open><summary><strong>Schema</strong></summary
><ul style="margin-left:1rem">
<li class="schemaItem"><div class="i"><span class="container"><strong class="prop">id</strong><span
 class="name"> string</span><span>&lt;uuid&gt;</span><span class="divider"></span><span
 class="required">required</span></span><p>The id of it</p></div></li>
<li class="schemaItem"><div class="i"><span class="container"><strong class="prop">state</strong><span
 class="name">string</span></span><div><p>How far</p></div><p><strong>Possible values:</strong> [<code>OPEN</code
>, <code>DONE</code>]</p></div></li>
<details class="d"><summary><span class="container"><strong class="prop">parts</strong><span
 class="name">object[]</span></span></summary><div style="margin-left:1rem"><li class="schemaItem"><div><span
 class="container"><strong class="prop">weight</strong><span
 class="name">integer</span></span></div></li></div></details>
</ul></details></div><div role=tabpanel hidden><pre><code
>{"id": "7", "state": "OPEN", "parts": [{"weight": 1}]}</code></pre></div></div></div></div>
""",
    "a table whose head is a table of its own": """
<div class="knife4j-api-title"><span>查看任务</span></div><div class="ant-row"><span class="method">GET</span><span
 class="knife4j-api-summary-path">/jobs/{id}</span></div>
<div class="api-title">响应参数</div><div class="ant-table"><div
 class="ant-table-header"><table><colgroup><col><col><col></colgroup><thead
 class="ant-table-thead"><tr><th><span
 class="ant-table-column-title">参数名称</span></th><th>参数说明</th><th>类型</th></tr></thead></table></div>
<div class="ant-table-body"><table><tbody class="ant-table-tbody"><tr
 class="ant-table-row ant-table-row-level-0"><td><span
 class="ant-table-row-expand-icon"></span>id</td><td>任务编号</td><td>string</td></tr>
<tr class="ant-table-row ant-table-row-level-0"><td>parts</td><td>部分</td><td>array</td></tr><tr
 class="ant-table-row ant-table-row-level-1"><td><span
 class="ant-table-row-indent indent-level-1" style="padding-left: 20px;"></span>weight</td><td>重量</td><td
>integer(int32)</td></tr></tbody></table></div></div>
""",
    "MkDocs Material": """
<main><article><h1 id="show">Show one<a
 class="headerlink" href="#show" title="Permanent link">&para;</a></h1><div
 class="highlight"><pre><span></span><code>GET /jobs/{id}
</code></pre></div><h2>Response</h2><table><thead><tr><th>Field</th><th>Type</th><th>Description</th></tr></thead
><tbody><tr><td><code>id</code></td><td>string</td><td>The id</td></tr><tr><td><code>state</code></td><td>string</td
><td>One of <code>OPEN</code>, <code>DONE</code></td></tr></tbody></table>
<div class="highlight"><table class="highlighttable"><tr><td class="linenos"><div class="linenodiv"><pre><span
 class="normal">1</span>
<span class="normal">2</span></pre></div></td><td class="code"><div><pre><span></span><code><span
 class="p">{</span><span class="nt">"id"</span><span class="p">:</span><span class="w"> </span><span
 class="s2">"7"</span><span class="p">,</span>
<span class="nt">"state"</span><span class="p">:</span><span class="s2">"OPEN"</span><span
 class="p">}</span></code></pre></div></td></tr></table></div></article></main>
""",
    "Scalar": """
<section><h3>Show one</h3><div class="endpoint"><div
 class="m">GET</div><div>/jobs<wbr>/{id}</div></div><div>Responses</div><ul><li><button><div>200</div><div>OK</div
></button><div><span>application/json</span></div>
<ul class="schema-properties"><li class="property"><div class="property-heading"><div
 class="property-name">id</div><div class="property-details"><span class="d"><span
 class="sr-only">Type: </span>string</span></div><div class="property-required">required</div></div><div
 class="property-description"><p>The id of it</p></div></li>
<li class="property"><div class="property-heading"><div class="property-name">state</div><span
 class="d">string</span><div class="property-enum">enum</div></div><div
 class="property-enum-values"><ul><li>OPEN</li><li>DONE</li></ul></div></li></ul></li></ul></section>
""",
}
# What each of them says of the four members: type, format, required, values.
PLAIN = {"/id": ("string", None, None, None), "/state": ("string", None, None, ("OPEN", "DONE"))}
PARTS = {"/parts": ("array", None, None, None), "/parts/*/weight": ("integer", None, None, None)}
SAID = {
    "Redoc": {**PLAIN, "/id": ("string", "uuid", True, None), **PARTS},
    "Swagger UI": {**PLAIN, "/id": ("string", "uuid", True, None), **PARTS},
    "Docusaurus": {**PLAIN, "/id": ("string", "uuid", True, None), **PARTS},
    "a table whose head is a table of its own": {
        "/id": ("string", None, None, None), "/parts": ("array", None, None, None),
        "/parts/*/weight": ("integer", "int32", None, None),
    },
    "MkDocs Material": PLAIN,
    "Scalar": {**PLAIN, "/id": ("string", None, True, None)},
}  # fmt: skip


@pytest.mark.parametrize("generator", PAGES)
def test_a_page_of_a_generator_says_in_html_what_it_says_to_a_reader(generator: str) -> None:
    content = f"<!doctype html><html><head><title>Docs</title></head><body>{PAGES[generator]}</body></html>".encode()
    reading = read(content)
    assert (reading.operation.method, reading.operation.path) == ("GET", "/jobs/{id}"), as_text(content).decode()
    said = {one.path: (one.claim.type, one.claim.format, one.required, one.enum) for one in reading.fields}
    assert said == SAID[generator], as_text(content).decode()
    assert not reading.undecided
    # Every claim has its line in the text that was made of the page.
    lines = as_text(content).decode().split("\n")
    assert all(one.path.rpartition("/")[2] in lines[one.lines["member"][0] - 1] for one in reading.fields)


@pytest.mark.parametrize("generator", ["Swagger UI", "Docusaurus", "MkDocs Material"])
def test_the_example_of_such_a_page_is_found(generator: str) -> None:
    reading = read(f"<!doctype html><body>{PAGES[generator]}".encode())
    assert reading.example is not None
    assert isinstance(reading.example.value, dict)
    assert reading.example.value["state"] == "OPEN"


def test_the_text_of_a_page_is_the_same_every_time_and_is_its_own_text() -> None:
    for page in PAGES.values():
        content = f"<!doctype html><body>{page}".encode()
        made = as_text(content)
        assert as_text(content) == made
        assert as_text(made) == made
