"""Members into a draft: the request, the example and the words of the page around them, the same for every style of text."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from docpact.derive import request
from docpact.derive.claims import Draft, Entry, Example, Lines, Note, Operation, Parameter
from docpact.derive.example import find_example, scopes
from docpact.derive.text import sections
from docpact.derive.text.heads import read_members
from docpact.derive.text.indents import with_depths

if TYPE_CHECKING:
    from collections.abc import Sequence

    from docpact.derive.page import Page

_MOST_ENTRIES = 1500
_MOST_TOKENS = 2000
_PLACES = ("path", "query", "header", "cookie")
_TOKEN = re.compile(r"[A-Za-z][A-Za-z0-9_-]{1,63}")


def draft(page: Page, style: str, parts: sections.Parts, entries: Sequence[Entry], region: Lines) -> Draft:
    """Make the draft of an operation whose members are known; `region` has the first and last line where they stand."""
    requests = request.find_requests(page.lines)
    entries = with_depths(entries, page.raw)
    example, wrong = _example(page, parts, entries, region)
    notes = [note for note in (wrong, *_limits(entries)) if note is not None]
    if len(entries) > _MOST_ENTRIES:
        notes.append(Note("limit", f"only the first {_MOST_ENTRIES} of {len(entries)} members are read", region))
        entries = entries[:_MOST_ENTRIES]
    return Draft(
        style=style,
        language=_language(parts, entries),
        operation=_operation(page, parts, requests),
        entries=tuple(entries),
        paths=tuple(one.path for one in requests[1:]),
        example=example,
        tokens=_tokens(page, entries),
        notes=tuple(notes),
    )


_SCRIPTS = (("ja", re.compile("[\u3041-\u30fa]")), ("ko", re.compile("[\uac00-\ud7a3]")), ("ru", re.compile("[\u0400-\u04ff]")))
_CHINESE = re.compile("[\u4e00-\u9fff]")


def _language(parts: sections.Parts, entries: Sequence[Entry]) -> str:
    said = "\n".join((*parts.words, *(entry.description[:200] for entry in entries)))
    for language, letters in _SCRIPTS:
        if letters.search(said) is not None:
            return language
    return "zh" if parts.chinese * 2 > parts.labels or (not parts.labels and _CHINESE.search(said)) else "en"


def _example(page: Page, parts: sections.Parts, entries: Sequence[Entry], region: Lines) -> tuple[Example | None, Note | None]:
    """Find the example: after the members, or wherever the page has an object of half their names."""
    if not entries:
        return None, None
    answers = sections.of_kind(parts, "body", "example")
    after = [one for one in answers if one.end >= region[0] and (one.status or "2").startswith("2")]
    wrong: Note | None = None
    for one in [*after, *(one for one in parts.sections if one not in answers)]:
        example, said = find_example(page.lines, one.start, one.end)
        wrong = wrong or (said if one in after else None)
        if example is not None and (alike(example, entries) or (one in after and one.kind == "example")):
            return example, None
    return None, wrong


def alike(example: Example, entries: Sequence[Entry]) -> bool:
    """Tell whether an example shows what the entries list: half of its members are among them."""
    names = {entry.name for entry in entries if not entry.depth}
    top = scopes(example.value)
    members = top.get("") or top.get("/*")
    return members is not None and 2 * len(names & set(members.members)) >= len(members.members) > 0


def _operation(page: Page, parts: sections.Parts, requests: Sequence[request.Request]) -> Operation:
    first = requests[0] if requests else None
    auth, auth_line = request.find_auth(page.lines)
    title, title_line = request.title(page.lines, first.line if first else 1)
    parameters = tuple(
        _parameter(entry, one.kind)
        for one in sections.of_kind(parts, *_PLACES)
        for entry in read_members(page.lines, one.start, one.end)
    )
    header = next((one for one in parameters if one.place == "header" and _carries_secret(one.name)), None)
    if auth is None and header is not None:
        auth, auth_line = f"header:{header.name}", header.lines["member"][0]
    lines: dict[str, Lines] = {}
    for claim, line in (("method", first and first.line), ("path", first and first.line), ("auth", auth_line)):
        if line:
            lines[claim] = (line, line)
    if title_line:
        lines["title"] = (title_line, title_line)
    server = next((one.server for one in requests if one.server), None)
    return Operation(
        method=first.method if first else "", path=first.path if first else "", server=server, auth=auth, title=title,
        parameters=parameters, statuses=tuple(parts.statuses.items()),
        media_type=parts.media_type or "application/json", lines=lines,
    )  # fmt: skip


def _carries_secret(name: str) -> bool:
    return re.search(r"(?i)authorization|secret|api-?key|token", name) is not None


def _parameter(entry: Entry, place: str) -> Parameter:
    return Parameter(
        name=entry.name, place=place, claim=entry.claim, required=entry.required, description=entry.description,
        lines=entry.lines,
    )  # fmt: skip


def _limits(entries: Sequence[Entry]) -> list[Note]:
    return [
        Note(
            "note",
            f"{entry.name}: the page also says {limit!r}, which the schema does not carry",
            entry.lines["member"],
        )
        for entry in entries
        for limit in entry.limits
    ]


def _tokens(page: Page, entries: Sequence[Entry]) -> dict[str, int]:
    """Collect the words of the page outside its lists of values, where each stands alone."""
    listed = [entry.lines["enum"] for entry in entries if "enum" in entry.lines]
    taken = {line for first, last in listed for line in range(first, last + 1)}
    names = {entry.name for entry in entries}
    found: dict[str, int] = {}
    for number, line in enumerate(page.lines, start=1):
        if number in taken:
            continue
        for token in _TOKEN.findall(line[:5000]):
            if token not in names:
                found.setdefault(token, number)
        if len(found) > _MOST_TOKENS:
            break
    return found
