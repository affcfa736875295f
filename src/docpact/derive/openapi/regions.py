"""Where OpenAPI documents stand on a page: the whole of it, in fences, among its lines, or on one line."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from docpact.derive.page import Page

_FENCE = re.compile(r"\s*(?:>\s?)*(?P<ticks>`{3,}|~{3,})\s*(?P<lang>[\w+.-]*)")
_HEAD = re.compile(
    r"""["']?(?:openapi|swagger)["']?\s*:\s*["']?\d[\w.-]*["']?\s*,?\s*(?:\#.*)?|\{.*["'](?:openapi|swagger)["']\s*:.*"""
)
COLLAPSED = re.compile(r"""(?:openapi|swagger):\s+["']?\d[\w.-]*["']?\s+[a-z]\w*:\s.*""")
_PART = re.compile(r"""["']?(?:paths|components|definitions)["']?\s*:\s*\{?|["']?/[^\s"':]*["']?\s*:\s*\{?""")
_TOP = re.compile(r"(?:---|\.\.\.|#.*|-\s.*|-|[\w.$-]+\s*:(?:\s.*)?|[\"'][^\"']{1,200}[\"']\s*:(?:\s.*)?|/\S*:)")
_TOP_KEYS = re.compile(
    r"(?:info|host|basePath|schemes|consumes|produces|tags|servers|externalDocs|jsonSchemaDialect|security|x-[\w-]+)\s*:.*"
)
_INDENT = re.compile(r"[ \t\xa0\u3000\u2003\u2002]*")

_MOST_DOCUMENTS = 200
_LEAST_DEPTHS = 4


def even(raw: Sequence[str]) -> list[str]:
    """Return the lines with blanks for whatever else they are indented with: a tab for two, since YAML takes none."""
    lines = []
    for line in raw:
        match = _INDENT.match(line)
        indent = match[0] if match else ""
        clean = "".join("  " if char in "\t\u3000" else " " for char in indent) + line[len(indent) :]
        lines.append(clean.replace("\u200b", "").replace("\ufeff", "").replace("\xa0", " "))
    return lines


def regions(page: Page, lines: Sequence[str]) -> tuple[list[tuple[int, int]], list[tuple[int, int]]]:
    """Return where the documents of a page stand, and where parts of one may: [start, end) from 0."""
    found = fences(lines)
    whole: list[tuple[int, int]] = []
    after = 0
    for at, line in enumerate(page.lines):
        if at < after or not line or not (_HEAD.fullmatch(line) or COLLAPSED.fullmatch(line)):
            continue
        fence = next((one for one in found if one[0] <= at < one[1]), None)
        start = first_of(lines, *fence) if fence else _top(lines, at)
        region = start, fence[1] if fence else _bottom(lines, start, at, found)
        whole.append(region)
        after = region[1]
        if len(whole) >= _MOST_DOCUMENTS:
            break
    parts = []
    for start, end in found:
        begins = first_of(lines, start, end)
        known = any(a <= begins < b for a, b in whole)
        if begins < end and not known and _PART.fullmatch(lines[begins].strip()):
            parts.append((begins, end))
    return whole, parts[:_MOST_DOCUMENTS]


def fences(lines: Sequence[str]) -> list[tuple[int, int]]:
    """Return the insides of the fences of a page; one that is not closed goes to the end."""
    found = []
    opened: tuple[int, str] | None = None
    for at, line in enumerate(lines):
        match = _FENCE.match(line)
        if match is None:
            continue
        if opened is None:
            opened = at + 1, match["ticks"]
        elif match["ticks"].startswith(opened[1]) and not match["lang"]:
            found.append((opened[0], at))
            opened = None
    return [*found, (opened[0], len(lines))] if opened else found


def first_of(lines: Sequence[str], start: int, end: int) -> int:
    """Return the first line of some that is not blank; their end where all are."""
    return next((at for at in range(start, end) if lines[at].strip()), end)


def _top(lines: Sequence[str], head: int) -> int:
    """Return where a document without a fence begins: some set other members before its version."""
    at = head
    while at > 0 and (before := lines[at - 1].strip()):
        if before == "{":
            return at - 1
        indented = depth_of(lines[at - 1]) > depth_of(lines[head])
        if not indented and not _TOP_KEYS.fullmatch(before) and before != "---":
            break
        at -= 1
    # Only whole members: a line that hangs on nothing belongs to what stands above.
    while at < head and depth_of(lines[at]) > depth_of(lines[head]):
        at += 1
    return at


def _bottom(lines: Sequence[str], start: int, head: int, fences: Sequence[tuple[int, int]]) -> int:
    """Return where a document without a fence ends: at a line that cannot be one of it, at a fence, at the next one."""
    if lines[start].lstrip()[:1] == "{":
        # JSON says itself where it ends.
        return len(lines)
    depth = depth_of(lines[head])
    flat = is_flat(lines, head, len(lines))
    stops = [start - 1 for start, _ in fences if start - 1 > head]
    last = min(stops, default=len(lines))
    for at in range(head + 1, last):
        line = lines[at].strip()
        if line and _HEAD.fullmatch(line):
            return at
        if line and not flat and depth_of(lines[at]) <= depth and not _TOP.fullmatch(line):
            return at
    return last


def depth_of(line: str) -> int:
    """Return how many blanks a line begins with."""
    return len(line) - len(line.lstrip())


def is_flat(lines: Sequence[str], start: int, end: int) -> bool:
    """Tell whether the lines have lost their indentation: what stands below `paths` is not set in, or all of it alike."""
    depths: set[int] = set()
    below_paths = False
    for at in range(start, end):
        line = lines[at].strip()
        if line:
            depths.add(depth_of(lines[at]))
        if line in ("paths:", "components:", "definitions:", "info:"):
            below = next((line for line in lines[at + 1 : end] if line.strip()), "")
            if depth_of(below) <= depth_of(lines[at]):
                return True
        below_paths = below_paths or line == "paths:"
        if line == "responses:":
            # Above it stand a method, a path and the word for paths, each set in less.
            return below_paths and len(depths) < _LEAST_DEPTHS
    return False
