"""A page as a browser saves it: its bytes into text, an HTML page into the lines that readers of text understand."""

from __future__ import annotations

import codecs
import re
from typing import TYPE_CHECKING

from docpact.derive.html import archived, embedded, markup, rendered
from docpact.errors import PageError

if TYPE_CHECKING:
    from docpact.derive.html.markup import Element

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF32_LE, "utf-32-le"), (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"),
)  # fmt: skip
_CHARSET = re.compile(rb"(?i)<meta[^<>]{0,300}?charset\s*=\s*[\"']?\s*(?P<name>[\w.:-]{2,30})")
_ENCODINGS = {
    "utf-8", "utf8", "gbk", "gb2312", "gb18030", "gb_2312-80", "x-gbk", "big5", "shift_jis", "shift-jis", "euc-jp", "euc-kr",
    "ks_c_5601-1987", "iso-8859-1", "latin1", "iso-8859-15", "windows-1251", "windows-1252", "koi8-r", "us-ascii",
}  # fmt: skip
_WIDER = {"gbk": "gb18030", "gb2312": "gb18030", "gb_2312-80": "gb18030", "x-gbk": "gb18030", "iso-8859-1": "windows-1252",
          "latin1": "windows-1252", "us-ascii": "windows-1252", "ks_c_5601-1987": "cp949", "euc-kr": "cp949"}  # fmt: skip
_BEGINS = re.compile(
    r"(?is)\s*(?:<\?xml[^<>]*>\s*)?(?:<!--.{0,2000}?-->\s*){0,5}(?:<!doctype\s+html|<html[\s>]|<head[\s>]|<body[\s>])"
)
_FRAGMENT = re.compile(r"(?i)\s*<(?:div|table|section|article|main|ul|dl|h[1-6]|p|pre|span|header|form)[\s>]")
_ANY_TAG = re.compile(r"</?[a-zA-Z][a-zA-Z0-9-]{0,20}(?:\s[^<>]{0,2000})?/?>")
_MARKDOWN = re.compile(r"(?m)^(?:#{1,6} \S|```|\|?\s*:?-{3,}:?\s*\|)")
_FRAGMENT_SHARE = 0.25
_LOOKED_AT = 200_000
_SHELL = 200
_SHORT = 1500
_LOGIN = re.compile(
    r"(?i)\b(?:log ?in|sign ?in|password)\b|登录|登陆|密码|ログイン|로그인|iniciar sesión|anmelden|se connecter|войти"
)
_ABSENT = re.compile(
    r"(?i)\b404\b|not found|页面不存在|找不到|页面走丢|未找到|見つかりません|찾을 수 없|no encontrada|introuvable|не найдена"
)
_BARRED = re.compile(
    r"(?i)just a moment|checking your browser|access denied|\b403\b|forbidden|captcha|verify you are human|安全验证|人机验证"
)
# Words that a page has which documents something, and which no other encoding has by chance.
_CHINESE = re.compile("任务|参数|返回|请求|接口|类型|必填|说明|示例|描述|状态|字段|响应")
_HEADING = re.compile(r"#{1,6} \S")
_SAVE = "open the page in a browser, wait until it shows the documentation, and save it again, or copy its text into a file"


def decoded(content: bytes) -> str | None:
    """Return the text of bytes by their mark or as UTF-8, for a page of HTML by what it says; None where that fails."""
    for mark, encoding in _BOMS:
        if content.startswith(mark):
            return _decode(content[len(mark) :], encoding)
    text = _decode(content, "utf-8")
    if text is not None:
        return text
    said = _CHARSET.search(content, 0, 4096)
    name = said["name"].decode("ascii").lower() if said else ""
    if name in _ENCODINGS or (not name and b"<html" in content[:2048].lower()):
        # A saved page with a few broken bytes is still a page.
        return content.decode(_WIDER.get(name, name) or "utf-8", "replace")
    chinese = _decode(content, "gb18030")
    return chinese if chinese is not None and b"\0" not in content and _CHINESE.search(chinese) else None


def is_utf8(content: bytes) -> bool:
    """Tell whether bytes are UTF-8, and not text of two bytes a character."""
    return not content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) and _decode(content, "utf-8") is not None


def _decode(content: bytes, encoding: str) -> str | None:
    try:
        return content.decode(encoding)
    except UnicodeDecodeError:
        return None


def is_html(text: str) -> bool:
    """Tell whether text is an HTML page, or a part of one; Markdown with tags in it is neither."""
    if _BEGINS.match(text):
        return True
    head = text[:_LOOKED_AT]
    if not _FRAGMENT.match(head) or _MARKDOWN.search(head):
        return False
    return sum(len(match[0]) for match in _ANY_TAG.finditer(head)) >= _FRAGMENT_SHARE * len(head)


def text_of(source: str, name: str) -> str:
    """Return an HTML page as text; an OpenAPI document that it carries is that text.

    Raises `PageError` for a page that shows nothing without its scripts, asks for a password, or says that it is not there.
    """
    page = markup.parse(source, name)
    lines = rendered.render(_content(page))
    title = " ".join(next((one.words() for one in page.walk() if one.tag == "title"), "").split())
    document = embedded.document(page, lines)
    if document is not None:
        return document
    _refuse_empty(page, lines, title, name)
    if title and not any(_HEADING.match(line) for line in lines):
        lines = [f"# {title}", "", *lines]
    return "\n".join(lines).strip("\n") + "\n"


def _content(page: Element) -> Element:
    """Return the part of a page that is its content: `main` where nothing that looks like documentation stands beside it."""
    for tag, role in (("main", "main"), ("article", "article")):
        found = [one for one in page.walk() if one.tag == tag or one.get("role") == role]
        if len(found) == 1 and _listings(found[0]) == _listings(page):
            return found[0]
    return page


def _listings(one: Element) -> int:
    return sum(each.tag in ("pre", "table") for each in one.walk())


def _refuse_empty(page: Element, lines: list[str], title: str, name: str) -> None:
    words = sum(len(line) for line in lines)
    said = f"its title is {title[:80]!r}" if title else "it has no title"
    if words > _SHORT or any(one.tag in ("pre", "table") for one in page.walk()):
        return
    heading = next((line for line in lines if line.startswith("# ")), "")
    head = f"{title} {heading}" if title or heading else " ".join(lines if len(lines) == 1 else [])
    if any(one.tag == "input" and one.get("type") == "password" for one in page.walk()):
        raise PageError(
            f"{name} is a page to log in: it asks for a password, and documents nothing ({said})",
            hint="log in with a browser, open the documentation there, and save that page",
        )
    for pattern, what in (
        (_ABSENT, "says that what was asked for is not there"),
        (_BARRED, "refuses to show itself to a program"),
    ):
        if pattern.search(head):
            raise PageError(f"{name} is an HTML page that {what}: {head.strip()[:120]!r}", hint=_SAVE)
    scripted = any(one.tag == "script" for one in page.walk())
    if not words or (scripted and words < _SHELL):
        rest = ", the rest is left to its scripts" if scripted else ""
        raise PageError(
            f"{name} is an HTML page without content: {words:,} characters of text{rest} ({said})",
            hint=_SAVE,
        )
    if _LOGIN.search(title):
        raise PageError(f"{name} is a page to log in ({said})", hint="log in with a browser, and save the documentation")


def unpacked(content: bytes) -> bytes | None:
    """Return the HTML inside a page that a browser has saved as one archive, in UTF-8; None for anything else."""
    found = archived.page_in(content)
    if found is None:
        return None
    body, charset = found
    text = _decode(body, "utf-8")
    if text is None and charset.lower() in _ENCODINGS:
        text = body.decode(_WIDER.get(charset.lower(), charset), "replace")
    return body if text is None else text.encode("utf-8", "replace")
