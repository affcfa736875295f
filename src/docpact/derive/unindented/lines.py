"""The lines of YAML that lost its indentation, each by itself: a key with or without a value, an item, words."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, NamedTuple

from docpact.derive.openapi.tree import Node, plain

if TYPE_CHECKING:
    from collections.abc import Sequence

_BLOCK = re.compile(r"[|>][+-]?\d?[+-]?(?:\s+#.*)?")
_KEY_START = re.compile(r"[^\s#\-\[\]{},&*!|>%@`?'\":]|-(?=\S)")
_ANCHOR = re.compile(r"&(?P<name>[\w-]{1,80})(?:\s+(?P<value>.*))?")
ALIAS = re.compile(r"\*(?P<name>[\w-]{1,80})")
_LONGEST_KEY = 200
_MOST_JOINED = 400
_CLOSING = {"[": "]", "{": "}"}


class Token(NamedTuple):
    """One line: `form` is `bare` (a key alone), `pair`, `item`, `dash` or `text`; `item` tells whether a dash leads it.

    `value` is what stands behind the colon or the dash, with the further lines of a text that goes on; `last` is its last
    line.
    """

    line: int
    form: str
    item: bool
    key: str
    value: str
    text: str
    last: int
    block: bool = False
    anchor: str = ""


def tokens(lines: Sequence[str], first: int) -> list[Token]:
    """Cut the lines into tokens; blank lines and comments are none."""
    found: list[Token] = []
    at = 0
    while at < len(lines):
        text = lines[at]
        here = at
        at += 1
        if not text or text[0] == "#" or text in ("---", "..."):
            continue
        token = _token(text, first + here)
        joined = _open_end(token.value)
        if joined:
            end = _closed_at(lines, at, token.value, joined)
            if end is not None:
                more = lines[at:end]
                value = "\n".join([token.value, *more]) if joined in _CLOSING else _folded(token.value, more)
                text = value if token.form == "text" else token.text
                token = token._replace(value=value, text=text, last=first + end - 1)
                at = end
        found.append(token)
        if token.block:
            # A block has one line at least, whatever that looks like.
            while at < len(lines) and not lines[at]:
                at += 1
            if at < len(lines):
                opens = lines[at][:1] in _CLOSING and not _balanced(lines[at])
                end = _closed_at(lines, at + 1, lines[at], lines[at][:1]) if opens else None
                text = "\n".join(lines[at : end or at + 1])
                line, at = first + at, end or at + 1
                found.append(Token(line, "text", item=False, key="", value="", text=text, last=first + at - 1))
    return found


def _token(text: str, line: int) -> Token:
    item = text == "-" or text.startswith("- ")
    anchor, rest = _anchored(text[1:].strip()) if item else ("", text)
    key, value = _split(rest)
    if key is None:
        form = ("item" if rest else "dash") if item else "text"
        return Token(line, form, item, "", rest, text, line, anchor=anchor)
    anchor, value = (anchor, value) if anchor else _anchored(value)
    block = _BLOCK.fullmatch(value) is not None
    bare = not value or value[0] == "#"
    return Token(line, "bare" if bare else "pair", item, key, "" if bare else value, text, line, block, anchor)


def _anchored(value: str) -> tuple[str, str]:
    """Cut off the name that YAML gives a value to name it again (`&name`)."""
    match = _ANCHOR.fullmatch(value)
    return (match["name"], match["value"] or "") if match is not None else ("", value)


def _split(text: str) -> tuple[str | None, str]:
    """Cut a line at the colon behind its key; the key is None where it has none."""
    if text[:1] in ("'", '"'):
        end = text.find(text[0], 1)
        if 0 < end <= _LONGEST_KEY and text[end + 1 :].lstrip()[:1] == ":":
            after = text[end + 1 :].lstrip()[1:]
            return (text[1:end], after.strip()) if not after or after[0] in " \t" else (None, text)
        return None, text
    if not _KEY_START.match(text):
        return None, text
    at = text.find(": ", 0, _LONGEST_KEY)
    if at < 0:
        at = len(text) - 1 if text.endswith(":") and len(text) <= _LONGEST_KEY else -1
    return (text[:at].rstrip(), text[at + 1 :].strip()) if at > 0 else (None, text)


def _open_end(value: str) -> str:
    """Return the sign that a value opens and does not close on its line, or nothing."""
    first = value[:1]
    if first in ("'", '"'):
        return "" if _closes(value, first) else first
    return first if first in _CLOSING and not _balanced(value) else ""


def _closes(value: str, quote: str) -> bool:
    if len(value) < 2:  # noqa: PLR2004 - a quote alone
        return False
    inner = value[1:].rstrip()
    if quote == "'":
        return inner.replace("''", "").endswith("'")
    return inner.endswith('"') and (len(inner) - len(inner[:-1].rstrip("\\")) - 1) % 2 == 0


def _balanced(value: str) -> bool:
    return value.count("[") <= value.count("]") and value.count("{") <= value.count("}")


def _closed_at(lines: Sequence[str], at: int, value: str, opened: str) -> int | None:
    """Return the line behind the one that closes a value; None where none does soon."""
    left = value.count("[") + value.count("{") - value.count("]") - value.count("}")
    for end in range(at, min(at + _MOST_JOINED, len(lines))):
        line = lines[end]
        left += line.count("[") + line.count("{") - line.count("]") - line.count("}")
        if left <= 0 if opened in _CLOSING else _closes(f"{opened}{line}", opened):
            return end + 1
    return None


def _folded(value: str, lines: Sequence[str]) -> str:
    parts = [value]
    for line in lines:
        parts.append("\n" if not line else line if parts[-1].endswith("\n") else f" {line}")
    return "".join(parts)


def scalar(token: Token) -> Node:
    """Make a value of what a token holds: quoted, plain, or a list or table on its line."""
    return value(token.value, (token.line, token.last))


def value(text: str, lines: tuple[int, int]) -> Node:
    """Make a value of text as YAML has it on one line."""
    if text[:1] == "'":
        return Node("value", lines, value=text[1:].rstrip().removesuffix("'").replace("''", "'"))
    if text[:1] == '"':
        try:
            return Node("value", lines, value=str(json.loads(text, strict=False)))
        except ValueError:
            return Node("value", lines, value=text.strip('"'))
    if text[:1] in _CLOSING:
        return _flow(text, lines)
    return Node("value", lines, value=plain(text.partition(" #")[0].rstrip()))


def _flow(text: str, lines: tuple[int, int]) -> Node:
    inside = text.strip()[1:-1].strip()
    if text[0] == "[" and "[" not in inside and "{" not in inside:
        parts = [part.strip() for part in inside.split(",")] if inside else []
        return Node("list", lines, items=tuple(value(part, lines) for part in parts if part))
    if not inside:
        return Node("table", lines)
    try:
        return _made(json.loads(text, strict=False), lines)
    except (ValueError, RecursionError):
        return Node("value", lines, value=text)


def _made(found: object, lines: tuple[int, int]) -> Node:
    if isinstance(found, dict):
        members = {str(name): _made(inner, lines) for name, inner in found.items()}
        return Node("table", lines, members=members, keys=dict.fromkeys(members, lines[0]))
    if isinstance(found, list):
        return Node("list", lines, items=tuple(_made(inner, lines) for inner in found))
    return Node("value", lines, value=found if isinstance(found, str | int | float | bool) else None)
