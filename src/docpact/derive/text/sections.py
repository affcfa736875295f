"""The parts of a flattened page: which lines speak of the request, and which of the body of which answer."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from docpact.derive import labels
from docpact.derive.typeline import read_type

if TYPE_CHECKING:
    from collections.abc import Sequence

REQUEST = {"path", "query", "header", "cookie", "request-body"}
_STATUS = 3
# The head of the table of answers.
_ROW = r"(?i)(?:status )?code\s+(?:description|meaning)(?:\s+\w+)?"
# A status in the words of any language, `404 Introuvable`: what no member's description is likely to begin with.
_WORDED = re.compile(r"(?P<code>[1-5]\d\d)\s+(?P<label>[^\W\d_a-z][^.。:：,，|\t{}()]{0,40})")
_LIGHT = re.compile(r"[\U0001f534\U0001f7e0-\U0001f7e3⚪⚫]")
_LANGUAGES = {"shell", "curl", "javascript", "java", "python", "php", "go", "http", "json", "c", "c#", "ruby", "swift"}


@dataclass
class Section:
    """A run of lines under one heading: `kind` (`path`, `body`, `example`, `code`, …), indices from 0, end excluded."""

    kind: str
    start: int
    end: int
    status: str | None = None


@dataclass
class Parts:
    """The sections of a page, its statuses with their labels, the media type, and what was recognised, by line."""

    sections: list[Section] = field(default_factory=list)
    statuses: dict[str, str] = field(default_factory=dict)
    media_type: str | None = None
    labels: int = 0
    chinese: int = 0
    words: list[str] = field(default_factory=list)


def divide(lines: Sequence[str]) -> Parts:
    """Divide a page at its headings and status lines; what precedes the first heading is of kind `head`."""
    parts = Parts([Section("head", 0, len(lines))])
    status: str | None = None
    answering = False
    adjacent = False
    for at, line in enumerate(lines):
        if not line:
            continue
        kind = _heading(lines, at)
        said = labels.status(line) or _bare_status(lines, at, below=adjacent)
        said = said or (_worded_status(lines, at) if answering else None)
        if said is not None:
            # Tabs of statuses that stand in a row come before the one body that is shown, which is the first one's.
            status = status if adjacent and status and status.startswith("2") else said[0]
            parts.statuses.setdefault(said[0], "" if labels.media_type(said[1]) else said[1])
            answering, kind = True, "answer"
        adjacent = said is not None
        if kind is None:
            media = labels.media_type(line)
            if media is None:
                continue
            parts.media_type = media if answering and parts.media_type is None else parts.media_type
            kind = "body" if answering else None
        if kind is not None:
            if kind == "object" and not answering and parts.sections[-1].kind in ("request", "request-body"):
                kind = "request-body"
            answering = _answers(kind, now=answering)
            _open(parts, _placed(kind, answering=answering), at + 1, status)
            parts.labels += 1
            parts.words.append(line[:100])
            parts.chinese += any("\u4e00" <= char <= "\u9fff" for char in line)
    return parts


def _heading(lines: Sequence[str], at: int) -> str | None:
    kind = labels.section(lines[at])
    if kind is None:
        return None
    following = next((line for line in lines[at + 1 : at + 4] if line), "")
    before = next((line for line in reversed(lines[max(at - 3, 0) : at]) if line), "")
    if kind in REQUEST:
        return kind
    # With a colon, `Example:` opens the sample value of one member, unless a body follows.
    if kind == "example" and lines[at].endswith((":", "：")) and following[:1] not in ("{", "[", "`"):
        return None
    # `返回结果` between a type and a mark is what a member means, not a heading.
    if labels.mark(following) is not None or (read_type(before) is not None and not _opens(following)):
        return None
    # A heading of one word above a type is a member of that name.
    return None if kind in ("auth", "request", "object") and read_type(following) is not None else kind


def _bare_status(lines: Sequence[str], at: int, *, below: bool) -> tuple[str, str] | None:
    """Read a status that stands alone on its line, where its neighbours show that it is one."""
    line = lines[at]
    if not _code(line):
        return None
    following = next((other for other in lines[at + 1 : at + 4] if other), "")
    before = next((other for other in reversed(lines[max(at - 3, 0) : at]) if other), "")
    if labels.media_type(following) is not None or labels.status(f"{line} {following}") is not None:
        return line, "" if labels.media_type(following) else following[:60]
    return (line, "") if below or labels.section(before) == "response" or re.fullmatch(_ROW, before[:80]) else None


def _worded_status(lines: Sequence[str], at: int) -> tuple[str, str] | None:
    """Read a status of an answer in words that are not the usual ones, or one whose light stands on the line above it.

    A failure that stands alone is one where no type follows, and no value or label stands above.
    """
    line = lines[at]
    following = next((other for other in lines[at + 1 : at + 4] if other), "")
    if _LIGHT.fullmatch(line) and _code(following):
        return following, ""
    if read_type(following) is not None:
        return None
    if (match := _WORDED.fullmatch(line[:60])) is not None and read_type(match["label"]) is None:
        return match["code"], match["label"].strip()
    before = next((other for other in reversed(lines[max(at - 3, 0) : at]) if other), "")
    alone = _code(line) and line[0] in "45" and not _code(following) and not before[:3].isdigit()
    return (line, following[:60]) if alone and following[:1].isalpha() and before[-1:] not in (":", "：", "") else None


def _code(line: str) -> bool:
    return len(line) == _STATUS and line.isdigit() and "1" <= line[0] <= "5"


def _opens(line: str) -> bool:
    return (
        line[:1] in ("", "{", "[", "`")
        or _code(line)
        or labels.status(line) is not None
        or labels.section(line) is not None
        or labels.media_type(line) is not None
        or line.casefold() in _LANGUAGES
    )


def _answers(kind: str, *, now: bool) -> bool:
    if kind in ("response", "answer"):
        return True
    return now and kind not in REQUEST and kind not in ("request", "code", "auth", "footer")


def _placed(kind: str, *, answering: bool) -> str:
    if kind in ("answer", "response", "object"):
        return "body"
    if kind == "body" and not answering:
        return "request-body"
    return kind if kind != "example" or answering else "code"


def _open(parts: Parts, kind: str, at: int, status: str | None) -> None:
    last = parts.sections[-1]
    parts.sections.append(Section(kind, at, last.end, status))
    last.end = at - 1


def of_kind(parts: Parts, *kinds: str) -> list[Section]:
    """Return the sections of the kinds named, in the page's order."""
    return [one for one in parts.sections if one.kind in kinds]
