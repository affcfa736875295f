"""Texts in source code: what a page or a payload says can break out of no string and no comment, and misleads no reader."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from docpact.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable

# What a reader of source does not see, or not where it stands: control characters, marks of direction, line separators, half
# pairs, tags. A list of our own, since the tables of Python differ between its versions. Joiners are not in it, since
# emoji and several scripts are written with them.
_UNSEEN = re.compile(
    "[\x00-\x1f\x7f-\x9f\u00ad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ud800-\udfff\ufeff\ufff0-\ufffb\ufffe\uffff"
    "\U000e0000-\U000e0fff]"
)
_LINES = re.compile("[\n\r\x0b\x0c\x1c-\x1e\x85\u2028\u2029]+")
_SHORT = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}

# `int` refuses to write more digits than this, unless it is told otherwise; hexadecimal digits have no limit.
_DIGITS_IN_BITS = 13000


def lines_of(text: object) -> tuple[str, ...]:
    """Return what a page says as lines that are fit to be seen: one space between words, what is unseen as its escape."""
    if not isinstance(text, str):
        return ()
    lines = (" ".join(line.split()) for line in _LINES.split(text))
    return tuple(_UNSEEN.sub(_python_escape, line) for line in lines if line)


def docstring(lines: tuple[str, ...], indent: str = "") -> str:
    """Write lines as a docstring of Python, without the line end."""
    quoted = [_in_docstring(line.replace("\\", "\\\\")) for line in lines]
    if len(quoted) == 1:
        return f'{indent}"""{quoted[0]}"""'
    return "\n".join([f'{indent}"""{quoted[0]}', *(f"{indent}{line}" if line else "" for line in quoted[1:]), f'{indent}"""'])


def _in_docstring(line: str) -> str:
    ends = '"""' in line or line.startswith('"') or line.endswith('"')
    return line.replace('"', '\\"') if ends else line


def doc_comment(lines: tuple[str, ...], indent: str = "") -> str:
    """Write lines as a documentation comment of TypeScript, without the line end."""
    # A tool takes a comment that begins with @ts-ignore or @deprecated, or holds {@link}, as meant for it.
    quoted = [line.replace("*/", "*\\/").replace("@", "\\@") for line in lines]
    if len(quoted) == 1:
        return f"{indent}/** {quoted[0]} */"
    return "\n".join([f"{indent}/**", *(f"{indent} * {line}".rstrip() for line in quoted), f"{indent} */"])


def python_text(text: str) -> str:
    """Write a text as a literal of Python, in the quotes that need fewer escapes, as formatters do."""
    quote = "'" if text.count('"') > text.count("'") else '"'
    body = text.replace("\\", "\\\\").replace(quote, f"\\{quote}")
    return f"{quote}{_UNSEEN.sub(_python_escape, body)}{quote}"


def typescript_text(text: str) -> str:
    """Write a text as a literal of TypeScript."""
    return _UNSEEN.sub(_typescript_escape, json.dumps(text, ensure_ascii=False))


def python_scalar(value: object) -> str:
    """Write a text, a number, a truth value or null as a literal of Python."""
    if isinstance(value, float) and (value != value or value in {float("inf"), float("-inf")}):  # noqa: PLR0124 - NaN
        return f'float("{value}")'
    return _scalar(value, {None: "None", True: "True", False: "False"}, python_text)


def typescript_scalar(value: object) -> str:
    """Write a text, a number, a truth value or null as a literal of TypeScript."""
    if isinstance(value, float) and (value != value or value in {float("inf"), float("-inf")}):  # noqa: PLR0124 - NaN
        return {"inf": "Infinity", "-inf": "-Infinity"}.get(str(value), "NaN")
    return _scalar(value, {None: "null", True: "true", False: "false"}, typescript_text)


def _scalar(value: object, words: dict[bool | None, str], text: Callable[[str], str]) -> str:
    if value is None or isinstance(value, bool):
        return words[value]
    if isinstance(value, str):
        return text(value)
    if isinstance(value, int):
        return str(value) if value.bit_length() < _DIGITS_IN_BITS else f"{value:#X}".replace("X", "x", 1)
    if isinstance(value, float):
        return repr(value).replace("e+", "e")
    raise UsageError(
        f"a payload holds a {type(value).__name__}", hint="payloads are made of what JSON has, as json.loads gives it"
    )


def _python_escape(match: re.Match[str]) -> str:
    char = match[0]
    code = ord(char)
    return _SHORT.get(char) or (f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}")  # noqa: PLR2004


def _typescript_escape(match: re.Match[str]) -> str:
    return _SHORT.get(match[0]) or f"\\u{{{ord(match[0]):x}}}"
