"""Code in an HTML page: the lines of a listing, whatever a highlighter has put around its words."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from docpact.derive.html.hidden import is_gutter
from docpact.derive.html.markup import BLOCK

if TYPE_CHECKING:
    from docpact.derive.html.markup import Element

_LINE = {
    "line",
    "code-line",
    "token-line",
    "cl",
    "view-line",
    "ace_line",
    "cm-line",
    "CodeMirror-line",
    "highlight-line",
    "row",
}
_EDITORS = {"CodeMirror-code", "ace_text-layer", "view-lines", "cm-content", "vjs-tree", "react-json-view", "json-viewer"}
_LANGUAGE = re.compile(r"(?i)(?:^|\s)(?:lang(?:uage)?|highlight-source|brush:?)[-\s:]\s*(?P<name>[a-z][\w+#-]{0,20})")
_CODE = {"code", "samp", "kbd", "tt"}
_BREAKS = BLOCK - {"button", "html", "body", "head"}
_TOP = re.compile(r"(?:^|;)\s*top\s*:\s*(?P<top>\d{1,7})(?:\.\d+)?px")


def is_listing(one: Element) -> bool:
    """Tell whether an element is a listing: preformatted, an editor, or code with blocks in it or of several lines."""
    if one.tag == "pre" or not _EDITORS.isdisjoint(one.get("class").split()):
        return True
    if one.tag not in _CODE:
        return False
    return one.broken or any(inner.tag == "br" for inner in one.walk()) or "\n" in one.words().strip()


def listing(one: Element) -> list[str]:
    """Return the lines of a listing with their indentation."""
    parts: list[str] = []
    _collect(one, parts)
    text = "".join(parts).replace("\r\n", "\n").replace("\r", "\n").replace("\xa0", " ")
    lines = [line.rstrip() for line in text.split("\n")]
    while lines and not lines[0]:
        del lines[0]
    while lines and not lines[-1]:
        del lines[-1]
    return lines


def _collect(one: Element, parts: list[str]) -> None:
    for child in _in_order(one):
        if isinstance(child, str):
            parts.append(child)
        elif child.tag == "br":
            parts.append("\n")
        elif not is_gutter(child):
            whole = child.tag in _BREAKS - {"td", "th", "tbody"} or not _LINE.isdisjoint(child.get("class").split())
            if whole:
                _end_line(parts)
            _collect(child, parts)
            if whole and child.tag != "span":
                _end_line(parts)


def _in_order(one: Element) -> list[Element | str]:
    """Return the children as they are shown: an editor places its lines by their distance from the top."""
    if "view-lines" not in one.get("class").split():
        return one.children
    lines: list[Element | str] = [*sorted(one.elements, key=_top)]
    return lines


def _top(one: Element) -> int:
    match = _TOP.search(one.get("style"))
    return int(match["top"]) if match else 0


def _end_line(parts: list[str]) -> None:
    last = next((part for part in reversed(parts) if part), "\n")
    if not last.endswith("\n"):
        parts.append("\n")


def language(one: Element) -> str:
    """Return the language that a listing says it is in, or the empty text."""
    for each in (one, *one.elements[:1]):
        said = each.get("data-lang") or each.get("data-language")
        match = _LANGUAGE.search(each.get("class"))
        if said or match:
            return (said or (match["name"] if match else "")).lower()
    return ""
