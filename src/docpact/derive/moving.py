"""A draft of a piece of a page, moved to where the piece stands in the page."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from docpact.derive.claims import Draft, Lines


def moved(draft: Draft, by: int) -> Draft:
    """Return a draft with the number of every line raised by as many as stand above the piece."""
    operation = draft.operation
    parameters = tuple(replace(one, lines=_all(one.lines, by)) for one in operation.parameters)
    example = draft.example
    return replace(
        draft,
        operation=replace(operation, lines=_all(operation.lines, by), parameters=parameters),
        entries=tuple(replace(one, lines=_all(one.lines, by)) for one in draft.entries),
        example=None if example is None else replace(example, lines=_one(example.lines, by)),
        tokens={word: line + by for word, line in draft.tokens.items()},
        notes=tuple(replace(note, lines=_one(note.lines, by)) for note in draft.notes),
    )


def _all(lines: Mapping[str, Lines], by: int) -> dict[str, Lines]:
    return {kind: _one(one, by) for kind, one in lines.items()}


def _one(lines: Lines, by: int) -> Lines:
    return lines[0] + by, lines[1] + by
