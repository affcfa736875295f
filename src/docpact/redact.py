"""What must never be shown: secrets, and characters that a terminal or a page would obey."""

from __future__ import annotations

import re
from functools import cache, lru_cache
from math import isfinite

_WORD = r"[^\s\"'<>]+"
_QUERY = r"(?i)\?|%3f"
# A login may hold a slash, and then looks like a host with a port and a path: `host:8080/a@2x.png` is none.
_LOGIN = r"(:/{1,2}|(?<![\w/])//)[^\s/?#@\"'<>:]{0,200}(?::(?!\d{1,5}[/?#])[^\s\"'<>]{0,200}?)?@(?![^\s\"'<>/?#@]{0,200}@)"
_HOOK = r"(?i)(/api/(?:v\d{1,3}/)?webhooks/\d{1,25}/|hooks\.slack\.com/services/|/bot\d{5,20}:)[^\s\"'<>?]+"
# No boundary before a name: `client_secret` and `x-mj-api-secret` are names of secrets as well.
_NAME = (
    r"(?:api[-_]?key|access[-_]?key|private[-_]?key|secret|token|passw(?:or)?d|passphrase|pwd|(?<![a-z])pass(?==)"
    r"|signature|(?<![a-z])sig|credentials?|session[-_]?(?:id|key)|(?<![a-z])sid(?==)|bearer|密码|口令|密钥|令牌)(?:[-_](?:key|id))?"
)
# Quotes of a JSON text stand here as they are, or with backslashes where it is a text in another one.
_IS = r"\\*[\"']?\s{0,4}(?:[=:：]|%3[ad])\s{0,4}"
_QUOTED = r"\"(?:\\.|[^\"\\])+|'(?:\\.|[^'\\])+|\\+[\"'][^\"'\\]+"
# Each with words of which one must be there, since looking for a word takes no time, and looking for a pattern does.
_SECRETS = (
    (
        ("cookie",),
        rf"(?i)(?:set-)?cookie{_IS}(?:[\"\\']*)[^\s=;,\"']{{1,200}}=[^\r\n\"'\\]*",
    ),
    (
        ("authorization",),
        rf"(?i)authorization{_IS}(?:{_QUOTED}|[^\r\n\"'\\]+)",
    ),
    (
        ("bearer",),
        r"(?i)bearer\s{1,4}[A-Za-z0-9._~+/=-]{6,}",
    ),
    (
        # Prompts speak of a token of love and of basic shapes: what follows must look like no word.
        ("basic", "token"),
        r"\b(?i:basic|token)\s{1,4}(?=[A-Za-z0-9._~+/=-]*?(?:[0-9+/=_~]|[a-z][A-Z])|\S{16})[A-Za-z0-9._~+/=-]{6,}",
    ),
    (
        ("-secret", "_secret", "-key", "_key", "-token", "_token"),
        r"(?i)(?:api|client|access|auth)[-_](?:secret|key|token)\s{1,4}(?=[A-Za-z0-9._~+/=-]*?\d|\S{12})[A-Za-z0-9._~+/=-]{6,}",
    ),
    (
        (
            "key",
            "secret",
            "token",
            "pass",
            "pwd",
            "sig",
            "credential",
            "session",
            "sid",
            "bearer",
            "密码",
            "口令",
            "密钥",
            "令牌",
        ),
        rf"(?i){_NAME}{_IS}(?:{_QUOTED}|[^\s&,;\"'\\]+)",
    ),
    (
        (
            "sk-",
            "pk-",
            "rk-",
            "sk_",
            "pk_",
            "rk_",
            "ghp_",
            "gho_",
            "ghu_",
            "ghs_",
            "ghr_",
            "github_pat_",
            "glpat-",
            "xox",
            "akia",
            "asia",
            "aiza",
            "hf_",
            "eyj",
        ),
        (
            r"(?<![A-Za-z0-9])(?:(?:sk|pk|rk)[-_][A-Za-z0-9_-]{8,}|gh[pousr]_\w{10,}|github_pat_\w{10,}|glpat-[\w-]{10,}"
            r"|xox[a-z]-[\w-]{10,}|A[KS]IA[A-Z0-9]{12,}|AIza[\w-]{30,}|hf_[A-Za-z0-9]{16,}"
            r"|eyJ[A-Za-z0-9_-]{8,4000}+(?:\.[A-Za-z0-9_-]*){1,2})"
        ),
    ),
    (
        # A bot of Discord: its id in base64, a time, and the signature.
        (".",),
        r"(?<![\w-])[\w-]{23,28}\.[\w-]{6,7}\.[\w-]{27,}",
    ),
)
_BASE64 = r"[A-Za-z0-9+/_-]{120,}={0,2}"
_SECRET_NAME = rf"(?i){_NAME}\Z|cookie\Z|authorization\Z"
_LEAST_BASE64 = 120
_LONGEST = 80
_BITS = 128
_BMP = 0xFFFF
_MOST_PASSES = 4


@cache
def _pattern(text: str) -> re.Pattern[str]:
    """Return one of the patterns above, compiled when a text is met that needs it: that takes longer than most runs look."""
    return re.compile(text)


def without_secrets(text: str) -> str:
    """Replace whatever is shaped like a secret in `text`: URL queries and logins, tokens, cookies, long base64 runs."""
    if text.isalpha() and len(text) < _LEAST_BASE64:
        return text
    # What is taken out may bring together what it stood between; a second look at a text that has changed is rare.
    for _ in range(_MOST_PASSES):
        before, text = text, _pass(text, queries=True)
        if text == before:
            break
        text = _without_base64(text)
    return _without_base64(text)


def _without_base64(text: str) -> str:
    return _pattern(_BASE64).sub("[base64]", text) if len(text) >= _LEAST_BASE64 else text


@lru_cache(maxsize=4096)
def safe_source(source: str) -> str:
    """Hide what is shaped like a secret in the name of a source; a local path stays one that can be opened."""
    # The `?` of a pattern for files is no query.
    return _pass(source, queries=":/" in source or "=" in source)


@lru_cache(maxsize=4096)
def safe_pointer(pointer: str) -> str:
    """Hide what is shaped like a secret in a JSON pointer: a member may be named by one."""
    if pointer.replace("/", "").isalnum():
        return pointer
    parts = (part.replace("~1", "/").replace("~0", "~") for part in pointer.split("/"))
    return "/".join(without_secrets(part).replace("~", "~0").replace("/", "~1") for part in parts)


@lru_cache(maxsize=4096)
def safe_message(message: str) -> str:
    """Hide what is shaped like a secret in a sentence; the same few sentences come again and again."""
    return without_secrets(message)


@lru_cache(maxsize=4096)
def names_a_secret(name: str) -> bool:
    """Tell whether a member of this name holds a secret, whatever the secret looks like."""
    return _pattern(_SECRET_NAME).search(name) is not None


def _pass(text: str, *, queries: bool) -> str:
    if queries and ("?" in text or "%3" in text):
        text = _pattern(_WORD).sub(_without_query, text)
    if "@" in text:
        text = _pattern(_LOGIN).sub(r"\1…@", text)
    if "/" in text:
        text = _pattern(_HOOK).sub(r"\1…", text)
    lowered = text.lower()
    for words, pattern in _SECRETS:
        for word in words:
            if word in lowered:
                text = _pattern(pattern).sub("[secret]", text)
                break
    return text


def _without_query(word: re.Match[str]) -> str:
    """Take the query out of a word that is an address: it has a path before the `?`, or a value after it."""
    text = word.group()
    mark = _pattern(_QUERY).search(text)
    if mark is None:
        return text
    head, tail = text[: mark.start()].lower(), text[mark.end() :].lower()
    is_query = bool(tail) and ("/" in head or "%2f" in head or "=" in tail[1:] or "%3d" in tail[1:])
    return f"{text[: mark.end()]}…" if is_query else text


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
