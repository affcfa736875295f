"""What of an HTML page is not its content: menus, buttons that copy, numbers of lines, what a browser does not show."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from docpact.derive.html.markup import Element

_TAGS = {
    "area", "audio", "base", "canvas", "embed", "footer", "frame", "frameset", "head", "iframe", "img", "link", "map", "math",
    "meta", "nav", "noembed", "noframes", "noscript", "object", "param", "picture", "script", "source", "style", "svg",
    "template", "title", "track", "video",
}  # fmt: skip
_ROLES = {"navigation", "search", "contentinfo", "tooltip", "menu", "menubar", "dialog", "alertdialog"}
_CLASSES = {
    "sr-only", "visually-hidden", "screen-reader-text", "headerlink", "hash-link", "header-anchor", "anchorjs-link", "copy",
    "copy-button", "copy-btn", "copybtn", "btn-copy", "line-numbers-wrapper", "line-numbers-rows", "linenodiv", "sidebar",
    "VPSidebar", "VPNav", "VPLocalNav", "VPDocAside", "VPFooter", "VPDocFooter", "theme-doc-sidebar-container",
    "table-of-contents", "toc", "md-sidebar", "md-header", "md-footer", "md-source-file", "breadcrumbs", "breadcrumb",
    "pagination-nav", "edit-this-page", "wy-nav-side", "wy-nav-top", "wy-breadcrumbs", "book-summary", "tocify-wrapper",
    "toc-wrapper", "lang-selector", "menu-content", "navbar",
}  # fmt: skip
_IDS = {"sidebar", "navbar", "table-of-contents", "toc", "nav-menu"}
_GUTTER = {
    "lineno", "linenos", "line-number", "line-numbers", "linenumber", "linenumbers", "gutter", "hljs-ln-numbers", "hljs-ln-n",
    "CodeMirror-linenumber", "CodeMirror-gutter-wrapper", "CodeMirror-gutters", "cm-gutters", "ace_gutter", "rouge-gutter",
    "blob-num", "react-syntax-highlighter-line-number", "margin", "line-no", "code-line-number",
}  # fmt: skip
_NOT_SHOWN = re.compile(r"(?i)(?:^|;)\s*(?:display\s*:\s*none|visibility\s*:\s*hidden)")
_NOT_SELECTED = re.compile(r"(?i)user-select\s*:\s*none")
_FOLDED = re.compile(r"(?i)\btab-?(?:pane|panel)|collaps|accordion|expand|fold|detail")
_COPY = re.compile(
    r"(?i)(?:copy(?: (?:code|link|page|as markdown|to clipboard))?|copied!?|复制(?:代码|成功|链接)?|已复制|拷贝|コピー|복사"
    r"|copier|copiar|kopieren|копировать|try it(?: out)?!?|发送|send|调试|在线调试|run in apifox"
    r"|(?:show|hide|expand|collapse)(?: all| child| nested)?(?: attributes| properties| parameters| fields| items)?"
    r"|(?:展开|收起|折叠|显示|隐藏)(?:全部|更多|子?(?:属性|字段|参数))?)"
)
_TOGGLE = re.compile(
    r"(?i)(?:show|hide|expand|collapse)(?: child| nested)?(?: attributes| properties| parameters| fields)"
    r"|(?:展开|收起|显示|隐藏)子?(?:属性|字段|参数)"
)
_NUMBERS = re.compile(r"[\d\s]+")


def is_toggle(one: Element) -> bool:
    """Tell whether an element is what is clicked to see the members of a member."""
    clicked = one.tag in ("button", "summary") or one.get("role") == "button"
    return clicked and _TOGGLE.fullmatch(" ".join(one.words().split())) is not None


def is_hidden(one: Element) -> bool:
    """Tell whether an element is none of the page's content."""
    if one.tag in _TAGS or (one.tag == "aside" and not one.get("class").startswith("starlight")):
        return True
    if one.get("role") in _ROLES or one.get("id") in _IDS or not _CLASSES.isdisjoint(one.get("class").split()):
        return True
    if one.tag in ("button", "summary") or one.get("role") == "button":
        return len(one.children) == 0 or _COPY.fullmatch(" ".join(one.words().split())) is not None
    if one.get("aria-hidden") == "true" and not one.broken:
        return True
    if is_gutter(one) and _NUMBERS.fullmatch(one.words()):
        return True
    # What a click opens is content: the page says it, although not all of it at once.
    folded = one.get("role") == "tabpanel" or (one.broken and _FOLDED.search(one.get("class")) is not None)
    return not folded and ("hidden" in one.attributes or _NOT_SHOWN.search(one.get("style")) is not None)


def is_gutter(one: Element) -> bool:
    """Tell whether an element within code holds numbers of lines, or what is not to be copied."""
    return (
        one.tag in ("button", "svg", "style", "script", "template")
        or not _GUTTER.isdisjoint(one.get("class").split())
        or _NOT_SELECTED.search(one.get("style")) is not None
        or ("data-line-number" in one.attributes and not one.words().strip().strip("0123456789"))
    )
