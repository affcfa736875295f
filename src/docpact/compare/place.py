"""One place in two schemas: what each says there, and the page lines that say it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from docpact.compare.change import Fact, Path, named
from docpact.finding import Clause

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from docpact.compare.node import Node

# A clause of more lines than this is quoted by its first and last line.
_MOST_QUOTED = 10


class Body(NamedTuple):
    """A schema to compare: the schema itself, the document that its references point into, and its page.

    `page` are the lines of the documentation, `label` what findings call it; both are empty where there is none.
    """

    schema: Any
    document: Mapping[str, Any]
    page: Sequence[str] = ()
    label: str = ""

    def clause(self, lines: Any) -> Clause | None:
        """Return some page lines as they are quoted, None where they are none, or where the page is not at hand."""
        if not self.page or not (isinstance(lines, list | tuple) and len(lines) == len(("first", "last"))):
            return None
        first, last = lines
        if not (isinstance(first, int) and isinstance(last, int) and 0 < first <= last):
            return None
        said = list(self.page[first - 1 : last])
        return Clause(self.label, (first, last), "\n".join(said if len(said) <= _MOST_QUOTED else [said[0], "…", said[-1]]))


class Pair(NamedTuple):
    """One place in both schemas, and the way there; in which direction its values go; what its pointers begin with."""

    path: Path
    old: Node
    new: Node
    direction: str
    within: str
    bodies: tuple[Body, Body]

    def fact(  # noqa: PLR0913 - as many as a fact has
        self, kind: str, old: Any, new: Any, message: str, *, about: str = "", path: Path | None = None,
        said: str = "type", nodes: tuple[Node | None, Node | None] | None = None,
    ) -> Fact:  # fmt: skip
        """Make a fact of this place, or of another `path`; `said` is what the quoted page lines speak of."""
        sides = (self.old, self.new) if nodes is None else nodes
        pairs = zip(self.bodies, sides, strict=True)
        clauses = [None if node is None else body.clause(_lines(node, said)) for body, node in pairs]
        way = self.path if path is None else path
        return Fact(f"{self.direction}-{kind}", way, old, new, message, about, self.within, *clauses)

    @property
    def name(self) -> str:
        """What a sentence calls the place."""
        return named(self.path)


def _lines(node: Node, said: str) -> Any:
    member, lines = node.lines.get("member"), node.lines.get(said)
    if lines is None or said not in ("type", "required"):
        return lines or member
    # A line that says "string" or "required" says nothing without the name above it.
    return [member[0], lines[1]] if member and isinstance(lines, list) else lines
