"""Tokens that are not the right one, in the ways in which comparing goes wrong."""

from __future__ import annotations

import secrets
import string
from typing import NamedTuple

_CLASSES = (string.ascii_lowercase, string.ascii_uppercase, string.digits)
_MARK = "sk-"


class Wrong(NamedTuple):
    """An Authorization header with a wrong token, and how it is written for a shell, with a variable for the right one."""

    header: str
    shown: str


def wrong(token: str, name: str) -> list[Wrong]:
    """List wrong tokens: of the same form, none, in another scheme, cut off, too long, in the other case.

    What follows a dash names a channel on some relays, which compare what stands before it: all of them differ there.
    """
    mark = _MARK if token.startswith(_MARK) else ""
    key = token.removeprefix(mark).partition("-")[0]
    size = len(mark + key)
    half, less, swapped = mark + key[: len(key) // 2], mark + key[:-1], mark + key.swapcase()
    found = [
        Wrong(f"Bearer {_other(token)}", "Bearer of-the-same-form"),
        Wrong("Bearer", "Bearer"),
        Wrong(f"Basic {token}", f"Basic ${name}"),
        Wrong(f"Bearer {mark}{key}0{token[size:]}", f"Bearer ${{{name}:0:{size}}}0${{{name}:{size}}}"),
    ]
    cuts = [cut for cut in dict.fromkeys((half, less)) if cut not in (token, "", mark)]
    found += [Wrong(f"Bearer {cut}", f"Bearer ${{{name}:0:{len(cut)}}}") for cut in cuts]
    if swapped != mark + key:
        rest = token[size:]
        found.append(Wrong(f"Bearer {swapped}{rest}", f"Bearer ${{{name}~~}}"))
    return found


def _other(token: str) -> str:
    """Return another token of the same length and form, drawn anew each time, so that it says nothing of the right one."""
    mark = _MARK if token.startswith(_MARK) else ""
    rest = token[len(mark) :]
    while True:
        other = "".join(_drawn(char) for char in rest)
        if other != rest or not any(char in kind for char in rest for kind in _CLASSES):
            return mark + (other if other != rest else f"{rest}x")


def _drawn(char: str) -> str:
    return next((secrets.choice(kind) for kind in _CLASSES if char in kind), char)
