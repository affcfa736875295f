"""How the elements of an HTML page are laid out: what is an item of a list, what is too much for a cell."""

from __future__ import annotations

from typing import TYPE_CHECKING

from docpact.derive.html.hidden import is_hidden
from docpact.derive.html.markup import BLOCK

if TYPE_CHECKING:
    from docpact.derive.html.markup import Element

HEADINGS = {"h1": 1, "h2": 2, "h3": 3, "h4": 4, "h5": 5, "h6": 6}


def is_heavy(cell: Element) -> bool:
    """Tell whether a cell holds a page of its own: listings, or panels of tabs."""
    return cell.broken and any(
        one.get("role") == "tabpanel" or (one.tag == "pre" and "\n" in one.words()) for one in cell.walk()
    )


def is_laid_out(one: Element) -> bool:
    """Tell whether an element holds what has an indentation of its own, or none."""
    return any(each.tag in ("pre", "table", *HEADINGS) for each in one.walk())


def is_item(one: Element) -> bool:
    """Tell whether an item of a list is one for a reader, and not the frame of a block."""
    first = next((child for child in one.children if not isinstance(child, str) or child.strip()), None)
    return isinstance(first, str) or (first is not None and (first.tag == "p" or (first.tag not in BLOCK and not first.broken)))


def term_parts(one: Element) -> list[Element]:
    """Return the terms of a list of terms, each followed by what explains it."""
    parts: list[Element] = []
    for child in (each for each in one.elements if not is_hidden(each)):
        # A term and what it is may stand in a `div` together.
        parts += [part for part in child.elements if part.tag in ("dt", "dd")] if child.tag == "div" else [child]
    return parts
