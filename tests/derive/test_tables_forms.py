"""One table in every form, and under heads in every language: it says the same."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from docpact.derive import emit
from docpact.derive.reading import read

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

HEAD = ("Field", "Type", "Required", "Description")
ROWS = (
    ("id", "string", "yes", "Number of the job"),
    ("state", "string", "yes", "Where it stands"),
    ("links", "array[object]", "no", "What was made"),
    ("links[].url", "string", "yes", "Where it is"),
    ("links[].width", "integer", "no", "Width in pixels"),
    ("size", "integer(int64)", "no", "Bytes"),
)
SAID = {
    "/id": ("string", None, True, "Number of the job"),
    "/state": ("string", None, True, "Where it stands"),
    "/links": ("array", None, False, "What was made"),
    "/links/*/url": ("string", None, True, "Where it is"),
    "/links/*/width": ("integer", None, False, "Width in pixels"),
    "/size": ("integer", "int64", False, "Bytes"),
}


def fields(text: str) -> dict[str, Any]:
    claims: Any = emit.claims(read(text.encode()), "page")
    return {one["path"]: (one["type"], one.get("format"), one["required"], one["description"]) for one in claims["fields"]}


def pipes(rows: Sequence[Sequence[str]]) -> str:
    head, *rest = (f"| {' | '.join(row)} |" for row in rows)
    return "\n".join([head, f"|{'---|' * len(rows[0])}", *rest])


def bare_pipes(rows: Sequence[Sequence[str]]) -> str:
    head, *rest = (" | ".join(row) for row in rows)
    return "\n".join([head, " | ".join([":-"] * len(rows[0])), *rest])


def aligned(rows: Sequence[Sequence[str]]) -> str:
    widths = [max(len(row[at]) for row in rows) for at in range(len(rows[0]))]
    head, *rest = ("| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) + " |" for row in rows)
    return "\n".join([head, "|" + "|".join("-" * (width + 2) for width in widths) + "|", *rest])


def grid(rows: Sequence[Sequence[str]]) -> str:
    widths = [max(len(row[at]) for row in rows) for at in range(len(rows[0]))]
    border = "+" + "+".join("-" * (width + 2) for width in widths) + "+"
    lines = [border]
    for number, row in enumerate(rows):
        lines.append("| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) + " |")
        lines.append(border.replace("-", "=") if number == 0 else border)
    return "\n".join(lines)


def drawn(rows: Sequence[Sequence[str]]) -> str:
    widths = [max(len(row[at]) for row in rows) for at in range(len(rows[0]))]
    lines = ["│ " + " │ ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) + " │" for row in rows]
    rule = "├" + "┼".join("─" * (width + 2) for width in widths) + "┤"
    top, bottom = (rule.replace("├", a).replace("┼", b).replace("┤", c) for a, b, c in (("┌", "┬", "┐"), ("└", "┴", "┘")))
    return "\n".join([top, lines[0], rule, *lines[1:], bottom])


def simple(rows: Sequence[Sequence[str]]) -> str:
    widths = [max(len(row[at]) for row in rows) for at in range(len(rows[0]))]
    border = "  ".join("=" * width for width in widths)
    head, *rest = ("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) for row in rows)
    return "\n".join([border, head, border, *rest, border])


def tabs(rows: Sequence[Sequence[str]]) -> str:
    return "\n".join("\t".join(row) for row in rows)


def commas(rows: Sequence[Sequence[str]]) -> str:
    return "\n".join(",".join(f'"{cell}"' for cell in row) for row in rows)


def gaps(rows: Sequence[Sequence[str]]) -> str:
    return "\n".join("   ".join(row) for row in rows)


def one_a_line(rows: Sequence[Sequence[str]]) -> str:
    return "\n".join("\n".join(row) for row in rows)


def html(rows: Sequence[Sequence[str]]) -> str:
    made = ["".join(f"<{'td' if number else 'th'}>{cell}</td>" for cell in row) for number, row in enumerate(rows)]
    return "<table>\n" + "\n".join(f"<tr>{row}</tr>" for row in made) + "\n</table>"


FORMS = (pipes, bare_pipes, aligned, grid, drawn, simple, tabs, commas, gaps, one_a_line, html)


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.__name__)
def test_a_table_says_the_same_in_every_form(form: Callable[[Sequence[Sequence[str]]], str]) -> None:
    assert fields(f"GET /job/{{id}}\n\n## Response\n\n{form([HEAD, *ROWS])}\n\n## Errors\n\nNone.\n") == SAID


@pytest.mark.parametrize("form", FORMS[:6], ids=lambda form: form.__name__)
def test_columns_may_stand_in_any_order(form: Callable[[Sequence[Sequence[str]]], str]) -> None:
    turned = [tuple(reversed(row)) for row in (HEAD, *ROWS)]
    assert fields(f"GET /job/{{id}}\n\n## Response\n\n{form(turned)}\n") == SAID


@pytest.mark.parametrize(
    ("heading", "head", "yes", "no"),
    [
        ("返回参数", ("参数名", "类型", "是否必返", "说明"), "是", "否"),
        ("响应字段", ("字段名称", "数据类型", "必填", "含义"), "Y", "N"),
        ("回應欄位", ("欄位名稱", "資料型別", "必填", "描述"), "是", "否"),
        ("レスポンス", ("項目名", "型", "必須", "説明"), "○", "-"),
        ("응답 필드", ("필드명", "타입", "필수 여부", "설명"), "예", "아니오"),
        ("Respuesta", ("Campo", "Tipo", "Obligatorio", "Descripción"), "Sí", "No"),
        ("Resposta", ("Campo", "Tipo", "Obrigatório", "Descrição"), "Sim", "Não"),
        ("Réponse", ("Champ", "Type", "Requis", "Description"), "oui", "non"),
        ("Antwort", ("Feld", "Typ", "Pflicht", "Beschreibung"), "ja", "nein"),
        ("Ответ", ("Поле", "Тип", "Обязательное", "Описание"), "да", "нет"),
        ("Response fields", ("Property", "Data Type", "Mandatory", "Meaning"), "true", "false"),
        ("Returns", ("Key", "Value type", "Required?", "Notes"), "✓", "✗"),
    ],
)
@pytest.mark.parametrize("form", [pipes, tabs, one_a_line], ids=lambda form: form.__name__)
def test_heads_and_marks_in_every_language(
    form: Callable[[Sequence[Sequence[str]]], str], heading: str, head: tuple[str, ...], yes: str, no: str
) -> None:
    rows = [(name, kind, yes if mark == "yes" else no, words) for name, kind, mark, words in ROWS]
    assert fields(f"GET /job/{{id}}\n\n## {heading}\n\n{form([head, *rows])}\n") == SAID


@pytest.mark.parametrize(
    "mark",
    [
        "» ",
        "&emsp;&emsp;",
        "&nbsp;&nbsp;&nbsp;&nbsp;",
        "└─",
        "└ ",
        "├── ",
        "- ",
        "-- ",
        "+ ",
        "> ",
        "--&gt; ",
        "\u3000",
        "\u2003",
        "·",
        "∟ ",
        "↳ ",
        "..",
        "    ",
    ],
)
def test_nesting_by_every_mark(mark: str) -> None:
    rows = [
        (f"{mark}{name.partition('.')[2]}" if "." in name else name, kind, required, words)
        for name, kind, required, words in ROWS
    ]
    assert fields(f"GET /job/{{id}}\n\n## Response\n\n{pipes([HEAD, *rows])}\n") == SAID


@pytest.mark.parametrize(
    "path",
    ["links.url", "links[].url", "links[0].url", "links.*.url", "links > url", "links/url", "links->url", "$.links[*].url"],
)
def test_nesting_by_every_kind_of_path(path: str) -> None:
    rows = [(path.replace("url", name.partition(".")[2]) if "." in name else name, *rest) for name, *rest in ROWS]
    assert fields(f"GET /job/{{id}}\n\n## Response\n\n{pipes([HEAD, *rows])}\n") == SAID


@pytest.mark.parametrize(
    "heading",
    ["links", "`links` object", "Link", "links 字段说明", "links[] item", "**links 对象**", "data.links", "链接（links）"],
)
def test_nesting_by_a_table_of_its_own(heading: str) -> None:
    inner = [(name.partition(".")[2], *rest) for name, *rest in ROWS if "." in name]
    outer = [row for row in ROWS if "." not in row[0]]
    title = heading if heading.startswith("**") else f"### {heading}"
    text = f"GET /job/{{id}}\n\n## Response\n\n{pipes([HEAD, *outer])}\n\n{title}\n\n{pipes([HEAD, *inner])}\n"
    found = fields(text)
    assert {path: found.get(path) for path in SAID} == SAID
    assert len(found) == len(SAID)


@pytest.mark.parametrize(
    "kind",
    [
        "Link[]",
        "List<Link>",
        "Array<Link>",
        "[Link]",
        "array[Link]",
        "array of Link",
        "[[Link](#schemalink)]",
        "< [Link](#link) > array",
    ],
)
def test_nesting_by_the_component_that_a_type_names(kind: str) -> None:
    inner = [(name.partition(".")[2], *rest) for name, *rest in ROWS if "." in name]
    outer = [(name, kind if name == "links" else said, *rest) for name, said, *rest in ROWS if "." not in name]
    text = f"GET /job/{{id}}\n\n## Response\n\n{pipes([HEAD, *outer])}\n\n## Schemas\n\n### Link\n\n{pipes([HEAD, *inner])}\n"
    assert fields(text) == SAID
