"""The page of the mock, in one file that loads nothing: its tasks, what it was asked, and its faults, to be switched."""

from __future__ import annotations

import os
import re
from base64 import b64encode
from functools import cache

from docpact.exchange import Answer
from docpact.finding import digits_of

_FILE = os.path.join(os.path.dirname(__file__), "page.html")
_PARTS = re.compile(rb"<(style|script)>(.*?)</\1>", re.DOTALL)


@cache
def page() -> Answer:
    """Return the page, with a policy that lets this very style sheet and script work, and requests to the mock alone."""
    with open(_FILE, "rb") as file:
        return guarded(file.read())


def guarded(html: bytes) -> Answer:
    """Return a page that obeys no script and no style sheet but its own, and cannot stand in the frame of another one."""
    digests = {name.decode(): b64encode(bytes.fromhex(digits_of(text))).decode() for name, text in _PARTS.findall(html)}
    policy = "; ".join(
        (
            "default-src 'none'",
            *(f"{name}-src 'sha256-{digest}'" for name, digest in digests.items()),
            "connect-src 'self'",
            "img-src data:",
            "base-uri 'none'",
            "form-action 'none'",
            "frame-ancestors 'none'",
        )
    )
    return Answer(200, (("Content-Type", "text/html; charset=utf-8"), ("Content-Security-Policy", policy)), html)
