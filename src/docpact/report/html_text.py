"""Text in the HTML report: whatever a payload holds is escaped, short, and keeps its direction to itself."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from docpact.report.showing import plain

if TYPE_CHECKING:
    from docpact.finding import Severity

_LONGEST = 400


def esc(text: str, longest: int = _LONGEST) -> str:
    """Escape a text for HTML, in an element or in a quoted attribute; control characters become visible escapes."""
    return escape(plain(text if len(text) <= longest else f"{text[:longest]}…"), quote=True)


def code(text: str, longest: int = _LONGEST) -> str:
    """Write a value, a name or a path, apart from the direction of the text around it."""
    return f"<code><bdi>{esc(text, longest)}</bdi></code>"


def cell(text: str, longest: int = _LONGEST) -> str:
    """Write a value for a cell of a table, so that a spreadsheet into which it is copied takes it for no formula."""
    return code(f"'{text}" if text.startswith(("=", "+", "-", "@")) else text, longest)


def badge(severity: Severity) -> str:
    """Write a severity as a word with a sign, so that its colour is not all that tells it."""
    sign = {"error": "✕", "warning": "!"}.get(severity, "i")
    return f'<span class="badge {severity}"><span aria-hidden="true">{sign} </span>{severity}</span>'
