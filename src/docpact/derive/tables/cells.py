"""One cell of a table: its words without markup, the name of a member with its nesting, yes and no in many languages."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass
from functools import lru_cache

from docpact.derive import labels
from docpact.derive.tables.words import NO, YES

_LONGEST = 4000
_PAIR = 2
_BREAK = re.compile(r"(?i)<\s*/?\s*(?:br|p|li|div)(?:\s[^<>]{0,200})?/?\s*>")
_TAG = re.compile(r"</?[A-Za-z][^<>]{0,300}>|<!--[^<>]{0,300}-->")
_GENERIC = re.compile(
    r"(?i)</?(?:a|b|i|em|strong|code|span|small|sup|sub|font|mark|u|s|del|kbd|tt|ul|ol|pre|td|th|tr|img|label|badge)\b"
)
_IMAGE = re.compile(r"!\[[^\[\]]{0,300}\]\([^()\s]{0,500}\)")
_LINK = re.compile(r"\[((?:[^\[\]]|\[[^\[\]]{0,100}\]){0,300})\]\([^()]{0,500}\)")
_ANCHOR = re.compile(r"\]\(#([^()\s]{1,200})\)")
_ESCAPED = re.compile(r"\\([\\`*_{}\[\]()#+.!|<>~$&-])")
_STRONG = re.compile(r"\*\*|~~")
_EMPHASIS = re.compile(r"(?<![\w_])_([^_\n]{1,80})_(?![\w_])")
# One space is as good as many, and patterns may try each of many.
_RUN = re.compile(r"[^\S\n]{2,}")
_INDENT = re.compile(r"(?:[\s\xa0\u2000-\u200b\u3000»›>+·•.…*#↳→⇒∟╰⎿–—-]|&gt;|[├└│┗┣|┝╎┊┆─━┄])*")
_TREE = re.compile(r"[├└┗┣╰∟↳⎿╎|]")
_NAME = re.compile(r"[A-Za-z_$@][\w$@:-]{0,79}(?<![:-])")
_PATH_CUT = re.compile(r"\s*(?:->|=>|>{1,2}|›|»|/|→|\.)\s*")
_SEVERAL = re.compile(r"\s*(?:[,，、;；\n]|\s/\s|`\s+(?=`))\s*")
_HOLLOW = re.compile(
    r"\*?(?:anonymous|allOf|oneOf|anyOf|xor|and|or|not|items?|root|array items?|\[(?:items?|\d*|\*|object)\]|\(root\)|body)\*?",
    re.IGNORECASE,
)
_MARKED = re.compile(
    r"(?i)(?P<name>[^\s(（\[【<]{1,200})\s*[(（\[【<*]*\s*(?P<mark>required|optional|mandatory|必填|必选|必须|必需|可选"
    r"|选填|非必填|nullable|必須|任意|필수|선택"
    r"|obligatorio|opcional|pflicht|обязательный|deprecated|read-only|readonly)\s*[)）\]】>*]*"
)
_TITLED = re.compile(r"(?P<name>[^\s(（【]{1,200})\s*[(（【](?P<title>[^()（）【】]{1,200})[)）】]")
_TYPED = re.compile(r"(?P<name>[^\s(（]{1,200}?)[:：]?\s+[*_(（<\[]*(?P<rest>[^\s*].{0,100}?)[*_)）>]*")
_LINES = re.compile(r"\n\s*")

_NOTHING = {
    "",
    "-",
    "--",
    "—",
    "–",
    "none",
    "n/a",
    "na",
    "无",
    "null",
    "/",
    "－",
    "なし",
    "없음",
    "ninguno",
    "ninguna",
    "nenhum",
    "keine",
    "kein",
    "aucun",
    "нет",
    "无限制",
    "无描述",
}


@dataclass(frozen=True)
class Name:
    """The name cell of a row: the parts of a dotted path, each with `[]` where it is a list; how deep its marks set it.

    `depth` grows with the indentation, its unit differs from table to table; 0 is none. `hollow` is a row that names nothing
    (`*anonymous*`, `[]`). `typed` is what else the cell says, a type and marks. `spaced` is true where the
    indentation is plain white space.
    """

    parts: tuple[str, ...]
    depth: int
    hollow: bool = False
    required: bool | None = None
    title: str = ""
    typed: str = ""
    spaced: bool = False


def clean(cell: str) -> str:
    """Return the words of a cell: no tags, links, bold or code marks; `<br>` is a line end."""
    return _RUN.sub(" ", _words(cell)).strip()


def _words(cell: str, *, ticks: bool = False) -> str:
    text = cell[:_LONGEST]
    if "<" in text:
        text = _BREAK.sub("\n", text)
        text = _TAG.sub(lambda tag: "" if _GENERIC.match(tag[0]) or tag[0][:2] in ("</", "<!") else tag[0], text)
    if "](" in text:
        text = _LINK.sub(r"\1", _LINK.sub(r"\1", _IMAGE.sub("", text)))
    if "&" in text:
        text = html.unescape(text)
    text = _EMPHASIS.sub(r"\1", _STRONG.sub("", text))
    if "`" in text and not ticks:
        text = text.replace("`", "")
    if "\\" in text:
        text = _ESCAPED.sub(r"\1", text)
    return text.replace("\u200b", "")


def said(cell: str) -> str:
    """Return what a cell says in words; the empty text for a cell that says `none` or has a dash."""
    text = clean(cell)
    return "" if text.casefold().strip(" .。*()（）[]") in _NOTHING else text


def code(cell: str) -> str:
    """Return the words of a cell in which code keeps its marks: `A` stays apart from A."""
    return _RUN.sub(" ", _words(cell, ticks=True)).strip()


def anchor(cell: str) -> str:
    """Return what a link in a cell leads to on the same page (`schematask`), or the empty text."""
    match = _ANCHOR.search(cell[:_LONGEST])
    return match[1] if match else ""


def yes(cell: str) -> bool | None:
    """Read a cell of yes and no, in many languages and signs; None for any other."""
    text = clean(cell).casefold().strip(" *`.。!！?？()（）[]")
    if not text:
        return None
    for one in (text, text.split()[0], re.split(r"[,，;；(（:：/\s]", text)[0]):
        if one in YES or one in labels.REQUIRED:
            return True
        if one in NO or one in labels.OPTIONAL:
            return False
    return False if text.startswith(("not ", "非", "不", "не ", "no ")) else None


@lru_cache(maxsize=4096)
def name(cell: str) -> Name | None:
    """Read the name cell of a row; None where it holds no name of a member."""
    text = _words(cell[:1000].removeprefix(" ")).rstrip()
    indent = _INDENT.match(text)
    marks = indent[0] if indent is not None else ""
    bare = text[len(marks) :].strip()
    star = "*" in marks.strip() or (bare.endswith(("*", "＊")) and bare.count("*") < _PAIR)
    if _HOLLOW.fullmatch(text.strip(" »>+\xa0\u2003")) and not re.fullmatch(
        r"(?i)items?|root|body|and|or|not", text.strip(" »>+\xa0\u2003")
    ):
        return Name((), _depth(marks.replace("*", "")), hollow=True)
    bare, required, title = _marked(bare.strip("*＊ \"'“”"))
    if star and required is None and "*" not in marks.strip(" *"):
        required = True
    bare = bare.strip("\"'“”: ：")
    if bare.endswith("?") and required is None:
        bare, required = bare[:-1], False
    parts = path(bare)
    typed = ""
    if not parts and (split := _TYPED.fullmatch(bare)) is not None:
        parts, typed = path(split["name"].strip("*:：")), split["rest"].strip("*_ ")
    spaced = bool(marks) and not marks.strip(" \t")
    if not parts:
        return None
    return Name(parts, _depth(marks.replace("*", "")), required=required, title=title, typed=typed, spaced=spaced)


def names(cell: str) -> list[str]:
    """Return the names where a cell holds several (`width, height`); one, or none, is no several."""
    found = [one.strip("`") for one in _SEVERAL.split(code(cell[:1000])) if one.strip("`")]
    return found if len(found) > 1 and all(_NAME.fullmatch(one) for one in found) else []


def path(text: str) -> tuple[str, ...]:
    """Cut a dotted name into its parts: `$.buttons[0].label` is `buttons[]`, `label`; nothing for what is no name."""
    if _NAME.fullmatch(text):
        return (text,)
    found: list[str] = []
    text = re.sub(r"\[\s*(?:\d{0,6}|\*|i|n|index|item|items|x|\.\.\.|…)\s*\]|\.\*(?=\.|$)|\{\}", "[]", text.strip())
    for part in _PATH_CUT.split(text[:400]):
        bare = (
            part.replace("[]", "").strip("$ ") if part.strip("$") == "" or part[:1] == "$" else part.replace("[]", "").strip()
        )
        if not bare:
            if found and "[]" in part and not found[-1].endswith("[]"):
                found[-1] += "[]"
            continue
        if not _NAME.fullmatch(bare):
            return ()
        found.append(bare + ("[]" if "[]" in part else ""))
    return tuple(found)


def _marked(text: str) -> tuple[str, bool | None, str]:
    """Take the mark or the title off a name: `id (required)`, `id（任务编号）`."""
    text = _LINES.sub(" ", text)
    match = _MARKED.fullmatch(text)
    if match is not None:
        return match["name"].strip("*"), yes(match["mark"]), ""
    match = _TITLED.fullmatch(text)
    if match is not None and not _NAME.fullmatch(match["title"]):
        return match["name"].strip("*"), None, match["title"].strip()
    return text, None, ""


def _depth(marks: str) -> int:
    """Measure an indentation: where its branch begins (`└─`), or how many signs it has."""
    branch = _TREE.search(marks.rstrip())
    if branch is not None:
        last = max(marks.rfind(sign) for sign in "├└┗┣╰∟↳⎿")
        return 1 + (last if last >= 0 else branch.start())
    signs = marks.replace(" ", "") if marks.strip(" \t\xa0\u2002\u2003\u3000") else marks
    return len(signs.expandtabs(4))
