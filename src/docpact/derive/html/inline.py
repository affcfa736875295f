"""Words of an HTML page within a line: white space, code, what stands in fields, and rows of chips that must stay apart."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from docpact.derive.html.hidden import is_hidden
from docpact.derive.html.markup import Element
from docpact.derive.typeline import read_type

if TYPE_CHECKING:
    from collections.abc import Sequence

_SPACE = re.compile(r"[^\S\n]+")
_ANY_SPACE = re.compile(r"\s+")
_AROUND_BREAK = re.compile(r" ?\n ?")
_CODE = {"code", "samp", "kbd", "tt"}
_JOINED_AFTER = re.compile(r"[/{(<\[.=?&_]$")
_BETWEEN = re.compile(r"[-–—·|•]")
_JOINED_BEFORE = re.compile(r"^(?:[/})>\],.;?&_:=，。；：、）]|<[^<>]*>|\[[^\[\]]*\]|\{\d+\})")
_METHOD = re.compile(r"(?i)get|post|put|patch|delete|head|options|del")
_ADDRESS = re.compile(r"`?(?:https?://|[/{])")
_REQUEST = re.compile(r"(?i)(?P<method>GET|POST|PUT|PATCH|DELETE|HEAD|OPTIONS) `?(?P<address>(?:https?://|[/{])[^`\s]*)`?")
_STATUS = re.compile(r"[1-5]\d\d")
_NAME = re.compile(r"[^\s:：,，;；。、(){}\[\]\"'`<>|=]{1,80}")
_ANCHORS = {"#", "¶", "§", "🔗", "↵", "\uf0c1", "", "permalink", "link"}
_FIELDS = {"text", "url", "number", "search", "email", "tel", "date", "datetime-local", ""}


def text(nodes: Sequence[Element | str], *, heading: bool = False) -> str:
    """Return words as one text, with the line ends that the page demands (`<br>`)."""
    made = _text(nodes, heading=heading)
    return _AROUND_BREAK.sub("\n", _SPACE.sub(" ", made)).strip()


def _text(nodes: Sequence[Element | str], *, heading: bool) -> str:
    parts: list[str] = []
    chip = False
    for node in nodes:
        if isinstance(node, str):
            parts.append(_ANY_SPACE.sub(" ", node))
            chip = False
            continue
        said = _one(node, heading=heading)
        if not said:
            continue
        last = parts[-1][-1:] if parts else ""
        if chip and _wordy(last) and _wordy(said[0]) and node.tag != "font":
            parts.append(" ")
        parts.append(said)
        chip = True
    return "".join(parts)


def _one(node: Element, *, heading: bool) -> str:
    if node.tag == "br":
        return " " if heading else "\n"
    if is_hidden(node):
        return ""
    if node.tag == "input":
        return node.get("value") if node.get("type") in _FIELDS else ""
    if node.tag in _CODE:
        said = _ANY_SPACE.sub(" ", node.words()).strip()
        return f"`{said}`" if said and "`" not in said and not heading else said
    said = _text(node.children, heading=heading)
    if heading and node.tag == "a" and said.strip().casefold() in _ANCHORS:
        return ""
    return said


def _wordy(char: str) -> bool:
    return char.isalnum() or char in "`*_"


def lines(run: Sequence[Element | str], *, prose: bool) -> list[str]:
    """Return the lines of a run of words: one line, unless the page breaks it or it is a row of chips."""
    row = _row(run)
    apart = row is not None and (not prose or _names_a_type(row))
    made = _broken(row) if row is not None and apart else [line.strip() for line in text(run).split("\n")]
    made = [f"{match['method'].upper()} {match['address']}" if (match := _REQUEST.fullmatch(line)) else line for line in made]
    # A line that is nothing but code needs no mark that it is.
    return [line[1:-1] if line.count("`") == 2 and line[0] == line[-1] == "`" else line for line in made if line]  # noqa: PLR2004


def _row(run: Sequence[Element | str]) -> list[Element | str] | None:
    """Return the chips of a row: elements side by side with no words between them, or a name with a type behind it."""
    shown = [one for one in run if (one.strip() if isinstance(one, str) else one.tag != "br" and not is_hidden(one))]
    if len(shown) == 1 and isinstance(shown[0], Element) and shown[0].tag not in (*_CODE, "input"):
        return _row(shown[0].children)
    if len(shown) < 2 or any(isinstance(one, Element) and one.tag == "br" for one in run):  # noqa: PLR2004 - a row
        return None
    if _plain(shown[0]).endswith((":", "：")):
        return None
    if all(isinstance(one, Element) for one in shown):
        return list(run)
    if all(_NAME.fullmatch(one.strip()) for one in shown if isinstance(one, str)) and _names_a_type(shown):
        return list(run)
    return None


def _names_a_type(row: Sequence[Element | str]) -> bool:
    """Tell whether a row begins with a name and a type."""
    said = [line for line in (_plain(one) for one in row) if line][:2]
    return len(said) == 2 and _NAME.fullmatch(said[0]) is not None and read_type(said[1]) is not None  # noqa: PLR2004


def _plain(one: Element | str) -> str:
    return " ".join((one if isinstance(one, str) else text([one])).replace("`", "").split())


def _broken(row: Sequence[Element | str]) -> list[str]:
    """Break a row into its chips; a path, a status with its reason and what hangs on a bracket stay in one line."""
    made: list[str] = []
    apart = True
    for one in row:
        said = _chips(one)
        if not said:
            apart = apart or (isinstance(one, str) and bool(one))
            continue
        if made and (joint := _joint(made[-1], said[0], apart=apart)) is not None:
            made[-1] += joint + said[0]
            said = said[1:]
        made += said
        apart = False
    return made


def _chips(one: Element | str) -> list[str]:
    if isinstance(one, str):
        said = " ".join(one.split())
        return [said] if said else []
    inner = _row(one.children) if one.tag not in _CODE and not is_hidden(one) else None
    if inner is not None:
        return _broken(inner)
    return [line for line in text([one]).split("\n") if line]


def _joint(before: str, after: str, *, apart: bool) -> str | None:
    """Return what joins two chips in one line, or None where each has its own."""
    if _METHOD.fullmatch(before) and _ADDRESS.match(after):
        return " "
    if _STATUS.fullmatch(before) or before.endswith((":", "：", " -", " –", " —", " ·")) or _BETWEEN.fullmatch(after):
        return " "
    if after[0] in "(（" and not _STATUS.search(after):
        return " "
    if _JOINED_BEFORE.match(after) or _JOINED_AFTER.search(before):
        return " " if apart and after[0] not in ",.;:，。；：、)]}" else ""
    return None


def is_member(one: Element) -> bool:
    """Tell whether what an element holds is a row that names a member with its type."""
    row = _row(one.children)
    return row is not None and _names_a_type([chip for each in row for chip in _chips(each)])


def chosen(select: Element) -> list[str]:
    """Return what is chosen in a list to choose from: the option that is marked, or the first."""
    options = [one for one in select.walk() if one.tag == "option"]
    marked = next((one for one in options if "selected" in one.attributes), options[0] if options else None)
    said = text(marked.children) if marked is not None else ""
    return [said] if said else []


def tabs_of(page: Element) -> dict[int, str]:
    """Return the name of the tab that opens each panel, by the panel's identity; and of each row of tabs that is named so, "".

    A tab and its panel refer to each other, or stand in the same order: panels below the row of their tabs, or beside it.
    """
    every = [one for one in page.walk() if one.get("role")]
    tabs = [one for one in every if one.get("role") == "tab"]
    by_id = {one.get("id"): one for one in tabs if one.get("id")}
    opens = {one.get("aria-controls"): one for one in tabs if one.get("aria-controls")}
    found: dict[int, str] = {}
    for one in every:
        if one.get("role") == "tabpanel":
            tab = by_id.get(one.get("aria-labelledby")) or opens.get(one.get("id"))
            found |= {id(one): _tab(tab)} if tab is not None and _tab(tab) else {}
    for parent in page.walk():
        rows = [(at, one) for at, one in enumerate(parent.elements) if one.get("role") == "tablist"]
        for at, row in rows[:1]:
            names = [_tab(one) for one in row.walk() if one.get("role") == "tab"]
            beside = _panels(parent) or next((held for one in parent.elements[at + 1 :] if (held := _panels(one))), [])
            if beside and len(beside) == len(names):
                found |= {id(panel): name for panel, name in zip(beside, names, strict=True) if name and id(panel) not in found}
            if beside and all(id(panel) in found for panel in beside):
                found[id(row)] = ""
    return found


def _tab(tab: Element) -> str:
    return " ".join(text(tab.children).split())


def _panels(one: Element) -> list[Element]:
    return [child for child in one.elements if child.get("role") == "tabpanel"]
