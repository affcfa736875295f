"""What on a page speaks for a list being the members of an answer, and not of anything else that is listed somewhere."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from docpact.derive import labels, request

if TYPE_CHECKING:
    from collections.abc import Sequence

    from docpact.derive.page import Page
    from docpact.derive.text import sections

_MOST_TRIES = 16
_MOST_LINES = 3000
_LEAST = 2
# How many lines below a request a list may begin that no heading announces.
_NEAR = 200
_LEAST_UNNAMED = 3
_LOWER = re.compile(r"[a-z_$][\w$]*(?:(?:\.|\[\w*\]\.?)[\w$]+)*(?:\[\])?")
_FIELDS = re.compile(r"(?i)字段|参数|參數|属性|欄位|field|attribute|param|propert|member|フィールド|필드|campo|champ|поля")
_USUAL = {"id", "status", "state", "code", "task_id", "taskId", "progress", "imageUrl", "image_url"}
_ANSWER = re.compile(r"(?i)respon|返回|响应|應答|应答|出参|输出|レスポンス|応答|응답|respuesta|réponse|antwort|ответ|resposta")


@dataclass(frozen=True)
class Evidence:
    """What a page has besides its lists: a request, headings that speak of an answer, the names of its examples' members."""

    requested: int | None
    asked: tuple[int, ...]
    method: str
    answered: bool
    shown: frozenset[str]

    def speaks_of_answer(self, one: sections.Section, names: Sequence[str], at: int) -> bool:
        """Tell whether a list of these names, which begins at the index `at` of a section, is what the answer holds."""
        distinct = {re.split(r"[.\[]", name, maxsplit=1)[0] for name in names}
        if 2 * len(distinct & self.shown) >= len(distinct) >= _LEAST:
            return True
        if one.kind == "body":
            return self.answered or self.requested is not None
        # A list under no heading that is known: what a GET is asked with is short.
        after = any(0 <= at + 1 - line <= _NEAR for line in self.asked)
        return after and one.kind in ("head", "code") and self.method == "GET" and len(distinct) >= _LEAST_UNNAMED

    def names_members(self, one: sections.Section, heading: str, names: Sequence[str]) -> bool:
        """Tell whether names without types are members: several words in lower case, below a heading that speaks of them.

        Below one that only speaks of the answer, one of them must be a name that answers usually have.
        """
        if one.kind != "body" or self.requested is None or len(names) < _LEAST_UNNAMED:
            return False
        likely = _FIELDS.search(heading) is not None or not _USUAL.isdisjoint(names)
        return likely and all(_LOWER.fullmatch(name) and name.casefold() not in _NO_NAMES for name in names)

    def knows(self, name: str) -> bool:
        """Tell whether an example on the page has a member of this name."""
        return name in self.shown


def collect(page: Page, parts: sections.Parts) -> Evidence:
    """Collect the evidence of a page once, for all of its lists."""
    requests = request.find_requests(page.lines)
    answered = bool(parts.statuses) or any(_ANSWER.search(word) for word in parts.words)
    first = min((one.line for one in requests), default=None)
    return Evidence(
        first, tuple(one.line for one in requests), requests[0].method if requests else "", answered, _shown(page.lines)
    )


def _shown(lines: Sequence[str]) -> frozenset[str]:
    """Return the names of all members that the objects among the lines have."""
    names: set[str] = set()
    tries = 0
    at = 0
    decoder = json.JSONDecoder()
    while at < len(lines) and tries < _MOST_TRIES:
        if lines[at][:1] not in ("{", "["):
            at += 1
            continue
        tries += 1
        text = "\n".join(lines[at : at + _MOST_LINES])
        try:
            value, stop = decoder.raw_decode(text)
        except (ValueError, RecursionError):
            at += 1
            continue
        names |= _names(value)
        at += text.count("\n", 0, stop) + 1
    return frozenset(names)


def _names(value: object) -> set[str]:
    names: set[str] = set()
    waiting = [value]
    while waiting:
        one = waiting.pop()
        if isinstance(one, dict):
            names.update(str(name) for name in one)
            waiting.extend(one.values())
        elif isinstance(one, list):
            waiting.extend(one)
    return names


def is_label(name: str) -> bool:
    """Tell whether a word in the place of a name says something about a member instead: `Type`, `Note`, `类型`."""
    return name.strip("`*:： ").casefold() in _NO_NAMES or labels.mark(name) is not None


_NO_NAMES = {
    "note", "notes", "warning", "tip", "important", "default", "required", "optional", "example", "values", "returns",
    "response", "request", "parameters", "get", "post", "put", "delete", "patch", "http", "https", "curl", "method", "headers",
    "bearer", "accept", "content-type", "authorization", "license", "version", "author", "fixed", "added", "changed", "removed",
}  # fmt: skip
