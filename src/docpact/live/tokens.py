"""Tokens that are not the right one, in the ways in which comparing goes wrong."""

from __future__ import annotations

import secrets
import string
from typing import NamedTuple

_CLASSES = (string.ascii_lowercase, string.ascii_uppercase, string.digits)
_MARK = "sk-"
# A shorter half could be drawn again by chance.
_LEAST_HALF = 6


class Wrong(NamedTuple):
    """What the header of a wrong token says, and how it is written for a shell, with a variable for the right one."""

    header: str
    shown: str


def wrong(token: str, name: str, scheme: str = "Bearer ") -> list[Wrong]:
    """List wrong tokens: of the same form, none, in another scheme, cut off, too long, in the other case.

    `name` is the variable, `scheme` what stands before a token; where that is nothing, no other scheme is tried.
    What follows a dash names a channel on some relays, which compare what stands before it: all of them differ there.
    """
    mark = _MARK if token.startswith(_MARK) else ""
    key = token.removeprefix(mark).partition("-")[0]
    size = len(mark + key)
    rest, half = token[size:], len(key) // 2
    found = [
        Wrong(f"{scheme}{_other(token)}", f"{scheme}of-the-same-form"),
        Wrong("", ""),
        Wrong(f"{scheme}{mark}{key}0{rest}", f"{scheme}${{{name}:0:{size}}}0${{{name}:{size}}}"),
    ]
    if scheme:
        found += [Wrong(scheme.strip(), scheme.strip()), Wrong(f"Basic {token}", f"Basic ${name}")]
    cuts = [cut for cut in dict.fromkeys((mark + key[:half], mark + key[:-1])) if cut not in (token, "", mark)]
    found += [Wrong(f"{scheme}{cut}", f"{scheme}${{{name}:0:{len(cut)}}}") for cut in cuts]
    if half >= _LEAST_HALF:
        # Who compares how a token begins, or ends, takes these for the right one.
        begun = f"{mark}{key[:half]}{_other(key[half:])}{rest}"
        ended = f"{mark}{_other(key[:half])}{key[half:]}{rest}"
        found += [
            Wrong(f"{scheme}{begun}", f"{scheme}${{{name}:0:{len(mark) + half}}}and-another-end"),
            Wrong(f"{scheme}{ended}", f"{scheme}another-beginning${{{name}:{len(mark) + half}}}"),
        ]
    cases = {"^^": token.upper(), ",,": token.lower()}
    return found + [Wrong(f"{scheme}{other}", f"{scheme}${{{name}{how}}}") for how, other in cases.items() if other != token]


def revealing(token: str) -> set[str]:
    """Return the token, and what of it stands in the wrong ones: whoever sees it knows half of the token, or all."""
    mark = _MARK if token.startswith(_MARK) else ""
    key = token.removeprefix(mark).partition("-")[0]
    half = len(key) // 2
    return {token, token[len(mark) :], mark + key[:half], key[half:], mark + key[:-1], token.upper(), token.lower()}


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
