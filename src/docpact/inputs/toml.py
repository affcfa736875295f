"""Cassettes in TOML, as cassetter writes them: held whole, since nothing reads TOML piece by piece."""

from __future__ import annotations

import re
import tomllib
from typing import TYPE_CHECKING, Any

from docpact.captures import Unreadable
from docpact.inputs.answers import cassette_exchange, recorded
from docpact.inputs.source import INSIDE
from docpact.lines import BOM, BrokenError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from docpact.captures import Read
    from docpact.inputs.answers import Exchange
    from docpact.inputs.source import Source

# A hostile table takes eighty times its text, and a key of very many parts the square of its length.
_MOST = 2 * 1024 * 1024
_MANY_PARTS = re.compile(r"""(?m)^[\s\[]*(?:(?:[\w-]+|"[^"\n]*"|'[^'\n]*')\s*\.\s*){20}""")


def read(source: Source, kind: str) -> Iterator[Read]:  # noqa: ARG001 - every kind is read by the same call
    """Yield the text of each recorded answer; the others are passed over with a word."""
    most = min(_MOST, source.settings.limit)
    held = source._replace(whole=None, settings=source.settings._replace(limit=most)).seekable()
    if held is None:
        reason = f"a TOML cassette of more than {most:,} bytes, which cannot be read piece by piece"
        yield Unreadable(source.shown, reason, "make YAML of it: cassetter convert")
        return
    try:
        text = held.read().removeprefix(BOM).decode()
        if _MANY_PARTS.search(text):
            raise BrokenError("the TOML text has a key of twenty parts, which no recorder writes")
        found = tomllib.loads(text)
    except UnicodeDecodeError as error:
        raise BrokenError("the text is no TOML (it is no UTF-8)") from error
    except (RecursionError, ValueError) as error:
        raise BrokenError(f"the text is no TOML, or is cut off ({error})") from error
    entries = found.get("interactions")
    for number, entry in enumerate(entries if isinstance(entries, list) else []):
        yield recorded(_exchange, entry, f"{source.shown}{INSIDE}interactions/{number}", source.settings)


def _exchange(entry: Any, limit: int) -> Exchange:
    """Read an interaction, whose body of JSON is here the text of it."""
    response = entry.get("response") if isinstance(entry, dict) else None
    if isinstance(response, dict) and "body_type" in response:
        kind = "text" if response["body_type"] == "json" else response["body_type"]
        entry = {**entry, "response": {**response, "body": {"type": kind, "content": response.get("body_content")}}}
    return cassette_exchange(entry, limit)
