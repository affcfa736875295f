"""YAML that lost its indentation."""

from __future__ import annotations

from typing import TYPE_CHECKING

from docpact.derive.tree import Node

if TYPE_CHECKING:
    from collections.abc import Sequence

    from docpact.derive.claims import Note


def parse(lines: Sequence[str], first: int) -> tuple[Node, tuple[Note, ...], frozenset[int]]:
    """Return nothing yet."""
    return Node("table", (first, first + len(lines))), (), frozenset()
