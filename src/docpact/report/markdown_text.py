"""Text in Markdown: whatever a payload holds is shown, and means nothing."""

from __future__ import annotations

import re

from docpact.report.showing import plain

_WIDEST = 300
# Every character that Markdown, HTML, mathematics or a mention may begin with; an entity is never one of them.
_SPECIAL = re.compile(r"[&<>|`*_\[\]\\~#@:!{}=$\"]|(?<=[Ww]{3})\.|^[-+]|(?<=\s)[-+](?=\s)")


def code(text: str) -> str:
    """Write a value, a name or a path: in <code> no mention notifies anybody, no issue is linked, and no entity means more."""
    return f"<code>{safe(text)}</code>"


def safe(text: str) -> str:
    """Write a text so that none of its characters begins anything."""
    text = plain(text)
    text = text if len(text) <= _WIDEST else f"{text[: _WIDEST - 1]}…"
    return _SPECIAL.sub(lambda found: f"&#{ord(found.group())};", text)
