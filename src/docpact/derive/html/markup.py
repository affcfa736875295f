"""The elements of an HTML page: a tree of bounded size and depth, made in one pass over the text.

The parser of the standard library reads broken markup differently from one patch release to the next, and some take time that
grows with the square of the text. A page must read the same on every machine; what is needed of HTML fits here.
"""

from __future__ import annotations

import html
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from docpact.errors import PageError

if TYPE_CHECKING:
    from collections.abc import Iterator

_MOST_ELEMENTS = 400_000
_MOST_ATTRIBUTES = 200
_DEEPEST = 150
_TAG = re.compile(r"<(?P<end>/?)(?P<name>[a-zA-Z][^\s/>]{0,60})")
_ATTRIBUTE = re.compile(r"[\s/]*(?P<name>[^\s/>=\"'][^\s/>=]*)(?:\s*=\s*(?P<value>\"[^\"]*\"|'[^']*'|[^\s>]*))?")
_LONG_NUMBER = re.compile(r"&#(?:\d{8,}|[xX][0-9a-fA-F]{8,});?")
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u2060-\u2064\u202a-\u202e\ufeff\ufffe]")
_RAW = {"script", "style", "textarea", "title", "xmp", "iframe", "noembed", "noframes", "template", "svg", "math", "noscript"}
_OF_INTEREST = {
    "aria-controls", "aria-hidden", "aria-labelledby", "aria-level", "aria-selected", "charset", "checked", "class", "colspan",
    "content", "data-lang", "data-language", "data-line-number", "hidden", "id", "lang", "role", "rowspan", "selected", "style",
    "type", "value",
}  # fmt: skip
VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track", "wbr"}
BLOCK = {
    "address", "article", "aside", "blockquote", "body", "button", "caption", "center", "dd", "details", "dialog", "dir", "div",
    "dl", "dt", "fieldset", "figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "head", "header",
    "hgroup", "hr", "html", "legend", "li", "main", "menu", "nav", "ol", "optgroup", "option", "p", "pre", "search", "section",
    "select", "summary", "table", "tbody", "td", "textarea", "tfoot", "th", "thead", "title", "tr", "ul",
}  # fmt: skip
# What an element ends when it starts, up to the nearest of those that hold it.
_ENDS: dict[str, tuple[set[str], set[str]]] = {
    "li": ({"li"}, {"ul", "ol", "menu", "dir"}),
    "dt": ({"dt", "dd"}, {"dl"}),
    "dd": ({"dt", "dd"}, {"dl"}),
    "tr": ({"tr", "td", "th"}, {"table"}),
    "td": ({"td", "th"}, {"tr", "table"}),
    "th": ({"td", "th"}, {"tr", "table"}),
    "tbody": ({"thead", "tbody", "tfoot", "tr", "td", "th"}, {"table"}),
    "tfoot": ({"thead", "tbody", "tr", "td", "th"}, {"table"}),
    "option": ({"option"}, {"select"}),
}
_CLOSE_P = BLOCK - {"body", "button", "head", "html", "option", "optgroup", "select", "td", "textarea", "th", "title", "tr"}
_P_WITHIN = {"button", "td", "th", "table", "caption", "li", "dd", "dt", "div", "section", "article", "blockquote"}


@dataclass(eq=False)
class Element:
    """One element: its `tag`, the attributes of interest, and what it holds; `broken` where a block stands in it."""

    tag: str
    attributes: dict[str, str] = field(default_factory=dict)
    children: list[Element | str] = field(default_factory=list)
    broken: bool = False

    def get(self, name: str) -> str:
        """Return an attribute, or the empty text."""
        return self.attributes.get(name, "")

    @property
    def elements(self) -> list[Element]:
        """Return the elements among the children."""
        return [child for child in self.children if isinstance(child, Element)]

    def walk(self) -> Iterator[Element]:
        """Yield this element and all in it, in the order of the page."""
        waiting = [self]
        while waiting:
            one = waiting.pop()
            yield one
            waiting += reversed(one.elements)

    def words(self) -> str:
        """Return the text of this element and of all in it, as it stands; scripts and drawings in it are none."""
        parts: list[str] = []
        waiting: list[Element | str] = [*reversed(self.children)]
        while waiting:
            one = waiting.pop()
            if isinstance(one, str):
                parts.append(one)
            elif one.tag not in _RAW or one.tag in ("textarea", "title"):
                waiting += reversed(one.children)
        return "".join(parts)


def parse(text: str, name: str) -> Element:
    """Read HTML into a tree below one element `#page`; raise `PageError` beyond 400,000 elements."""
    return _Parser(text, name).parse()


class _Parser:
    """One pass over the text of a page."""

    def __init__(self, text: str, name: str) -> None:
        self.text = text
        self.name = name
        self.page = Element("#page")
        self.open = [self.page]
        # Of elements beyond the depth that is kept, only how many are open: what they hold goes to the deepest one kept.
        self.deeper = 0
        self.count = 0
        self.missing: set[str] = set()

    def parse(self) -> Element:
        text, at = self.text, 0
        while at < len(text):
            start = text.find("<", at)
            if start < 0:
                self._words(text[at:])
                break
            match = _TAG.match(text, start)
            if match is None and not text.startswith(("<!", "<?", "</"), start):
                self._words(text[at : start + 1])
                at = start + 1
                continue
            if start > at:
                self._words(text[at:start])
            at = self._tag(match) if match is not None else self._declaration(start)
        return self.page

    def _words(self, text: str) -> None:
        cleaned = _INVISIBLE.sub("", html.unescape(_LONG_NUMBER.sub("", text)) if "&" in text else text)
        if cleaned:
            self.open[-1].children.append(cleaned)

    def _declaration(self, start: int) -> int:
        mark = "-->" if self.text.startswith("<!--", start) else "]]>" if self.text.startswith("<![CDATA[", start) else ">"
        return self._after(mark, start + (4 if mark == "-->" else 2))

    def _after(self, mark: str, start: int) -> int:
        """Return where the text goes on after the next `mark`; a mark that is not there is looked for only once."""
        end = -1 if mark in self.missing else self.text.find(mark, start)
        if end < 0:
            self.missing.add(mark)
            return start
        return end + len(mark)

    def _tag(self, match: re.Match[str]) -> int:
        name, at = match["name"].lower(), match.end()
        attributes, at = self._attributes(at)
        if match["end"]:
            self._close(name)
            return at
        self.count += 1
        if self.count > _MOST_ELEMENTS:
            raise PageError(
                f"{self.name} is an HTML page of more than {_MOST_ELEMENTS:,} elements",
                hint="save the page of the one operation that you need",
            )
        if name in _RAW:
            return self._raw(name, attributes, at)
        self._start(Element(name, attributes))
        return at

    def _attributes(self, at: int) -> tuple[dict[str, str], int]:
        found: dict[str, str] = {}
        text = self.text
        while at < len(text):
            if text[at] == ">":
                return found, at + 1
            match = _ATTRIBUTE.match(text, at)
            if match is None:
                at += 1
                continue
            name = match["name"].lower()
            if name in _OF_INTEREST and len(found) < _MOST_ATTRIBUTES:
                value = (match["value"] or "").strip("\"'")[:2000]
                found.setdefault(name, html.unescape(_LONG_NUMBER.sub("", value)))
            at = match.end()
        return found, at

    def _raw(self, name: str, attributes: dict[str, str], at: int) -> int:
        """Take what an element holds that is no markup, up to its end tag."""
        mark = f"</{name}"
        end = -1
        if mark not in self.missing:
            match = re.compile(rf"(?i)</{name}(?=[\s/>])").search(self.text, at)
            end = match.start() if match else -1
        if end < 0:
            self.missing.add(mark)
            return at
        element = Element(name, attributes)
        held = self.text[at:end]
        if name in ("textarea", "title"):
            held = html.unescape(_LONG_NUMBER.sub("", held))
        element.children.append(held)
        self._mark(name)
        self.open[-1].children.append(element)
        return self._after(">", end)

    def _start(self, element: Element) -> None:
        name = element.tag
        if self.deeper:
            self.deeper += name not in VOID
            self.open[-1].children.append(" ")
            return
        if name in _CLOSE_P:
            self._end({"p"}, _P_WITHIN)
        if name in _ENDS:
            self._end(*_ENDS[name])
        self._mark(name)
        self.open[-1].children.append(element)
        if name in VOID:
            return
        if len(self.open) >= _DEEPEST:
            self.deeper = 1
        else:
            self.open.append(element)

    def _mark(self, name: str) -> None:
        """Note in the elements that are open that a block stands in them."""
        if name in BLOCK:
            for one in reversed(self.open):
                if one.broken:
                    break
                one.broken = True

    def _end(self, names: set[str], within: set[str]) -> None:
        """Close the outermost open element of `names` that stands within the nearest one of `within`."""
        found = None
        for at in range(len(self.open) - 1, 0, -1):
            if self.open[at].tag in names:
                found = at
            elif self.open[at].tag in within:
                break
        if found is not None:
            del self.open[found:]

    def _close(self, name: str) -> None:
        if name == "br":
            self._start(Element("br"))
        elif self.deeper:
            self.deeper -= name not in VOID
        else:
            for at in range(len(self.open) - 1, 0, -1):
                if self.open[at].tag == name:
                    del self.open[at:]
                    break
                # An end tag too many inside a cell does not end the table.
                if self.open[at].tag in ("td", "th") and name not in ("tr", "table", "tbody", "thead", "tfoot", "body", "html"):
                    break
