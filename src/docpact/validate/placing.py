"""Where the findings of one text stand: lines and columns, for those who judge captures and answers alike."""

from __future__ import annotations

from typing import TYPE_CHECKING

from docpact.finding import Place
from docpact.validate.breach import Breach
from docpact.validate.positions import line_and_column, locate

if TYPE_CHECKING:
    from collections.abc import Sequence

    from docpact.finding import Finding
    from docpact.validate.text import Parsed


def flaws_of(parsed: Parsed, source: str, line: int | None = None) -> list[Finding]:
    """Return what is wrong with a text itself, each at its place; `line` is where the text begins in its source."""
    where = line_and_column(parsed.characters, {flaw.offset for flaw in parsed.flaws})
    found = []
    for flaw in parsed.flaws:
        row, column = where[flaw.offset]
        breach = Breach(flaw.rule, flaw.pointer, flaw.found, None, flaw.message)
        found.append(breach.finding(Place(source, (line or 1) + row - 1, column=column)))
    return found


def places_of(parsed: Parsed, pointers: Sequence[str], source: str, line: int | None = None) -> dict[str, Place]:
    """Return the place of each pointer in a text that was read; `line` is where the text begins in its source."""
    if not pointers:
        return {}
    offsets = locate(parsed.characters, list(pointers), once=not parsed.flaws, value=parsed.value)
    where = line_and_column(parsed.characters, set(offsets.values()))
    return {
        pointer: Place(source, (line or 1) + where[offset][0] - 1, pointer, where[offset][1])
        for pointer, offset in offsets.items()
    }
