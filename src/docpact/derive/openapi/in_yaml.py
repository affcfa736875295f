"""YAML read with the line of every value: event by event, so that nothing is made into an object."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import yaml

from docpact.derive.openapi.tree import DEEPEST, MOST_NODES, BrokenDocumentError, Node, Parsed, TooLargeError, plain

if TYPE_CHECKING:
    from collections.abc import Sequence

_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_TEXT = "tag:yaml.org,2002:str"
# Aliases say again what stands in the text, but the whole may not grow beyond what a text of the page could hold.
_MOST_GROWN = 2_000_000


def parse(lines: Sequence[str], first: int) -> Parsed:
    """Read a YAML document; `first` is the number of its first line.

    A name that a table has twice keeps its first value. Raises `BrokenDocumentError` for what is no YAML, for an anchor
    that holds itself, and beyond 100 levels or 400,000 values.
    """
    return _Document("\n".join(lines), first).read()


class _Document:
    def __init__(self, text: str, first: int) -> None:
        self._first = first
        self._anchors: dict[str, tuple[Node, int]] = {}
        self._doubled: list[tuple[str, int]] = []
        self._count = 0
        try:
            self._loader = _LOADER(text.encode("utf-8", "replace"))
        except (yaml.YAMLError, ValueError) as error:
            raise BrokenDocumentError(f"the text is no YAML ({_said(error)})", first) from error

    def read(self) -> Parsed:
        event = self._next()
        while not isinstance(event, yaml.DocumentStartEvent | yaml.StreamEndEvent):
            event = self._next()
        if isinstance(event, yaml.StreamEndEvent):
            raise BrokenDocumentError("the text holds no YAML", self._first)
        root = self._node(self._next(), 0)[0]
        return Parsed(root, root.lines[1], tuple(self._doubled))

    def _next(self) -> Any:
        try:
            return self._loader.get_event()
        except (yaml.YAMLError, ValueError, RecursionError) as error:
            mark = getattr(error, "problem_mark", None)
            line = self._first + (mark.line if mark else 0)
            raise BrokenDocumentError(f"the text is no YAML ({_said(error)})", line) from error

    def _node(self, event: Any, depth: int) -> tuple[Node, int]:
        """Read the value that an event begins; return it with the number of values that it stands for."""
        line = self._line(event.start_mark)
        self._count += 1
        if depth > DEEPEST:
            raise TooLargeError(f"the YAML is nested deeper than {DEEPEST} levels", line)
        if self._count > MOST_NODES:
            raise TooLargeError(f"the YAML has more than {MOST_NODES:,} values", line)
        if isinstance(event, yaml.AliasEvent):
            if event.anchor not in self._anchors:
                raise BrokenDocumentError(f"the alias {str(event.anchor)[:60]!r} names nothing that ended before it", line)
            node, weight = self._anchors[event.anchor]
        else:
            node, weight = self._built(event, depth, line)
        if getattr(event, "anchor", None) and not isinstance(event, yaml.AliasEvent):
            self._anchors[event.anchor] = node, weight
        if weight > _MOST_GROWN:
            raise TooLargeError(f"the aliases of the YAML grow into more than {_MOST_GROWN:,} values", line)
        return node, weight

    def _built(self, event: Any, depth: int, line: int) -> tuple[Node, int]:
        if isinstance(event, yaml.ScalarEvent):
            quoted = bool(event.style) or event.tag == _TEXT
            value = event.value if quoted else plain(event.value)
            return Node("value", (line, self._last(event.end_mark, line)), value=value), 1
        weight = 1
        if isinstance(event, yaml.SequenceStartEvent):
            items = []
            while not isinstance(event := self._next(), yaml.SequenceEndEvent):
                node, grown = self._node(event, depth + 1)
                items.append(node)
                weight += grown
            return Node("list", (line, items[-1].lines[1] if items else line), items=tuple(items)), weight
        members: dict[str, Node] = {}
        keys: dict[str, int] = {}
        while not isinstance(event := self._next(), yaml.MappingEndEvent):
            key_line = self._line(event.start_mark)
            name = self._name(event, depth)
            node, grown = self._node(self._next(), depth + 1)
            weight += grown
            if name in members and name != "<<":
                self._doubled.append((name, key_line))
            for one, inner in node.members.items() if name == "<<" else ((name, node),):
                members.setdefault(one, inner)
                keys.setdefault(one, node.keys.get(one, key_line) if name == "<<" else key_line)
        last = max((one.lines[1] for one in members.values() if one.lines[1] >= line), default=line)
        return Node("table", (line, last), members=members, keys=keys), weight

    def _name(self, event: Any, depth: int) -> str:
        if isinstance(event, yaml.ScalarEvent):
            return str(event.value)
        self._node(event, depth + 1)
        return "(a key that is no text)"

    def _line(self, mark: Any) -> int:
        return self._first + int(mark.line)

    def _last(self, mark: Any, line: int) -> int:
        """Return the last line of a scalar: a block ends where the next thing begins, at the start of a line."""
        return max(line, self._line(mark) - (1 if mark.column == 0 and mark.line else 0))


def _said(error: Exception) -> str:
    return str(getattr(error, "problem", None) or error).split("\n")[0][:120]
