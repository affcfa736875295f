"""What must never be shown: secrets, and characters that a terminal or a page would obey."""

from __future__ import annotations

import re
from math import isfinite

# With or without a scheme before it: a query may carry a signature, a token or a user.
_URL_QUERY = re.compile(r"\?[^\s\"'<>=?]{1,100}=[^\s\"'<>]*")
_URL_LOGIN = re.compile(r"(?i)\b(https?://)[^\s/@\"'<>]+@")
_SECRETS = (
    re.compile(r"(?i)\b(bearer|basic|token)\s+[A-Za-z0-9._~+/=-]{6,}"),
    re.compile(r"\b(sk|pk|rk)-[A-Za-z0-9_-]{8,}"),
    re.compile(r"\beyJ[A-Za-z0-9_-]{8,}(\.[A-Za-z0-9_-]*){1,2}"),
    re.compile(
        r"(?i)\b(api[-_]?key|(?:mj-)?api[-_]?secret|(?:access|auth)[-_]?token|token|password|secret|signature|authorization)"
        r"([\"']?\s*[=:]\s*[\"']?)[^\s&,;\"']+"
    ),
)
_BASE64 = re.compile(r"[A-Za-z0-9+/_-]{120,}={0,2}")
_LONGEST = 80
_BITS = 128
_BMP = 0xFFFF


def without_secrets(text: str) -> str:
    """Replace whatever is shaped like a secret in `text`: URL queries and logins, tokens, long base64 runs."""
    text = _URL_QUERY.sub("?…", text)
    text = _URL_LOGIN.sub(r"\1…@", text)
    for pattern in _SECRETS:
        text = pattern.sub("[secret]", text)
    return _BASE64.sub("[base64]", text)


def printable(text: str) -> str:
    r"""Write every character that is not plainly visible as an escape, so that no text can steer a terminal.

    Control characters, line ends, direction marks, lone surrogates and unassigned code points become `\uXXXX`.
    """
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else _escape(c) for c in text)


def _escape(char: str) -> str:
    code = ord(char)
    named = {9: "\\t", 10: "\\n", 13: "\\r"}.get(code)
    if named is not None:
        return named
    return f"\\u{code:04x}" if code <= _BMP else f"\\U{code:08x}"


def shown(value: object) -> object:
    """Return `value` as a finding may carry it: short, without secrets, containers as a count of what they hold."""
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int):
        return value if value.bit_length() <= _BITS else f"an integer of {value.bit_length()} bits"
    if isinstance(value, float):
        return value if isfinite(value) else str(value)
    if isinstance(value, dict):
        return f"{{object with {len(value)} member{'' if len(value) == 1 else 's'}}}"
    if isinstance(value, list | tuple):
        return f"[array of {len(value)}]"
    return shown_text(str(value))


def shown_text(text: str) -> str:
    """Shorten a string to what a line of a report can hold, after the secrets in it are gone."""
    # A secret that the cut would split must be whole when it is looked for, so the window is wider than what is shown.
    text = without_secrets(text[: _LONGEST * 20])
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"
