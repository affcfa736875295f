"""The request of a page of tables: its address, parameters and statuses."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from docpact.derive import labels, request
from docpact.derive.claims import Entry, Lines, Operation, Parameter, TypeClaim
from docpact.derive.tables import cells
from docpact.derive.tables.members import read_members
from docpact.derive.tables.purpose import find_headings, said_purpose

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from docpact.derive.page import Page
    from docpact.derive.tables.purpose import Placed

_PLACES = {
    "path": "path",
    "query": "query",
    "header": "header",
    "headers": "header",
    "cookie": "cookie",
    "url": "path",
    "param": "query",
    "params": "query",
}
_METHOD = re.compile(r"^(?:GET|POST|PUT|PATCH|DELETE|HEAD|OPTIONS)\s+")
_LABEL = re.compile(
    r"(?i)(?:简要|接口|请求|http)?\s?(?:描述|说明|url|uri|地址|方式|方法|信息|method|endpoint|path|request)s?|基本信息"
)
# Deeper are lines in bold, which are labels.
_LOWEST = 6
_SECRET = re.compile(r"(?i)authorization|secret|api-?key|token")


def operation(page: Page, tables: Sequence[Placed], requests: Sequence[request.Request]) -> Operation:
    """Return the operation of one page; method and path are empty where the page does not say."""
    first = requests[0] if requests else None
    auth, auth_line = request.find_auth(page.lines)
    title, title_line = _title(page.lines, first.line if first else 1)
    parameters = tuple(_parameters(tables))
    header = next((one for one in parameters if one.place == "header" and _SECRET.search(one.name)), None)
    if auth is None and header is not None:
        auth, auth_line = f"header:{header.name}", header.lines["member"][0]
    lines: dict[str, Lines] = {}
    for claim, line in (("method", first and first.line), ("path", first and first.line), ("auth", auth_line)):
        if line:
            lines[claim] = (line, line)
    if title_line:
        lines["title"] = (title_line, title_line)
    return Operation(
        method=first.method if first else "", path=first.path if first else "",
        server=next((one.server for one in requests if one.server), None), auth=auth, title=cells.clean(title).strip("# "),
        parameters=parameters, statuses=tuple(_statuses(page, tables)), lines=lines,
    )  # fmt: skip


def _title(lines: Sequence[str], line: int) -> tuple[str, int | None]:
    """Return the nearest heading above a request that is more than a label, or else the first words of the page."""
    for at, (level, heading) in sorted(find_headings(lines[:line]).items(), reverse=True):
        text = _METHOD.sub("", heading).strip()
        label = labels.section(text) is not None or said_purpose(text) or _LABEL.fullmatch(text)
        if level <= _LOWEST and text and not text.startswith(("/", "http")) and not label:
            return text, at + 1
    text, found = request.title(lines, line)
    return ("", None) if text.startswith("[") else (text, found)


def _parameters(tables: Sequence[Placed]) -> Iterator[Parameter]:
    """Yield the parameters of path, query, header and cookie; what a body holds is none of them."""
    seen: set[tuple[str, str]] = set()
    for one in tables:
        if one.purpose not in ("request", "parameters") or not one.lists_members:
            continue
        for node in read_members(one.table, one.kinds).nodes:
            entry = node.entry
            place = _PLACES.get(node.place.casefold()) or ("" if "place" in one.kinds.at else one.place)
            if place in ("path", "query", "header", "cookie") and (entry.name, place) not in seen:
                seen.add((entry.name, place))
                yield _parameter(entry, place)


def _parameter(entry: Entry, place: str) -> Parameter:
    claim = entry.claim if entry.claim.type else TypeClaim("string")
    return Parameter(entry.name, place, claim, entry.required, entry.description, None, entry.lines)


def _statuses(page: Page, tables: Sequence[Placed]) -> Iterator[tuple[str, str]]:
    found: dict[str, str] = {}
    for one in tables:
        if one.purpose != "status":
            continue
        for row in one.table.rows:
            code = cells.clean(one.kinds.cell(row, "status") or one.kinds.cell(row, "name")).strip("`* ")
            if re.fullmatch(r"[1-5]\d\d", code):
                words = cells.said(one.kinds.cell(row, "description"))
                found.setdefault(code, words.splitlines()[0][:120] if words else "")
    if not found:
        found = {
            said[0]: said[1] for line in page.lines if line and "|" not in line and (said := labels.status(line)) is not None
        }
    yield from found.items()
