"""A page that documents several requests, cut into the part of each; what they share stays in every part."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING

from docpact.derive import labels, request

if TYPE_CHECKING:
    from collections.abc import Sequence

    from docpact.derive.page import Page

_MOST = 200
_HEADING = re.compile(r"(?P<marks>#{1,6})\s+(?P<text>\S.*)")
_LABEL = re.compile(r"(?i)(?:请求|接口|简要|http)?\s*(?:url|uri|地址|方式|方法|描述|method|endpoint|path)s?")
_SHARED = {
    "schemas", "schema", "models", "model", "components", "definitions", "data models", "data structures",
    "数据模型", "数据结构", "模型", "数据结构定义", "实体",
}  # fmt: skip


def parts(page: Page) -> list[Page]:
    """Cut a page at the headings of its requests; a page with one request, or none, is one part.

    The numbers of the lines stay as they are. What stands before the first request, and definitions after the last, are in
    every part.
    """
    starts = _starts(page.lines)
    if len(starts) <= 1:
        return [page]
    end = _shared(page.lines, starts[-1])
    bounds = [*starts, end]
    common = ((0, starts[0]), (end, len(page.lines)))
    return [page.only(*common, (start, stop)) for start, stop in pairwise(bounds)]


def _starts(lines: Sequence[str]) -> list[int]:
    """Find where each operation begins: at its title, if there is one above its request."""
    found: list[int] = []
    last: tuple[str, str] | None = None
    floor = 0
    requests = sorted(request.find_requests(lines, _MOST), key=lambda one: one.line)
    # A sample of code shows the request of its heading; a guide may have samples alone.
    samples = all(one.source == "curl" for one in requests)
    for one in requests:
        key = (one.method, request.template(one.path)[0])
        if (samples or one.source != "curl") and key != last:
            found.append(_title(lines, floor, one.line - 1))
            last = key
        floor = one.line
    return found


def _title(lines: Sequence[str], floor: int, at: int) -> int:
    """Go up from a request to the heading of its operation: the nearest one that is more than a label."""
    headed: int | None = None
    for above in range(at, floor - 1, -1):
        heading = _HEADING.fullmatch(lines[above])
        if heading is not None:
            headed = above
            if labels.section(heading["text"]) is None and not _is_label(heading["text"]):
                return above
    if headed is not None:
        return headed
    return next((above for above in range(at - 1, floor - 1, -1) if lines[above]), at)


def _is_label(text: str) -> bool:
    return _LABEL.fullmatch(text) is not None


def _shared(lines: Sequence[str], last: int) -> int:
    """Find the definitions that follow the operations: under a heading such as `Schemas`, on no lower level than theirs."""
    own = _HEADING.fullmatch(lines[last])
    level = len(own["marks"]) if own else 6
    for at in range(last + 1, len(lines)):
        heading = _HEADING.fullmatch(lines[at])
        if heading is not None and len(heading["marks"]) <= level and labels.plain(heading["text"]) in _SHARED:
            return at
    return len(lines)
