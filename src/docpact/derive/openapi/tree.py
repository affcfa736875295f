"""A document of JSON or YAML as its readers see it: tables, lists and values, each with the lines where it stands."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from docpact.derive.claims import Json, Lines

DEEPEST = 100
MOST_NODES = 400_000
# What is made into a value is an example or a default, and no longer than a page.
_MOST_VALUES = 50_000
_INTEGER = re.compile(r"[-+]?(?:0|[1-9]\d{0,400})")
_NUMBER = re.compile(r"[-+]?(?:\d{1,400}\.\d{0,400}|\.\d{1,400}|\d{1,400}(?=[eE]))(?:[eE][-+]?\d{1,3})?")
_WORDS: dict[str, bool | None] = {"": None, "~": None, "null": None, "true": True, "false": False}
_HOLDS_NOTHING: Mapping[str, Node] = {}


class BrokenDocumentError(Exception):
    """A text is no JSON, no YAML, or beyond the bounds: `message` says what, `line` (from 1) where."""

    def __init__(self, message: str, line: int) -> None:
        super().__init__(message, line)
        self.message = message
        self.line = line


class TooLargeError(BrokenDocumentError):
    """A text is beyond the bounds on depth and size, whatever it says."""


@dataclass(frozen=True)
class Parsed:
    """A document that was read: its root, the line it ends on, and the names that a table has twice, with their lines."""

    root: Node
    last: int
    doubled: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True)
class Node:
    """One value of a document with its first and last line.

    A table has `members` and the line of each key, a list `items`, anything else a `value`. `kind` is `table`, `list` or
    `value`.
    """

    kind: str
    lines: Lines
    members: Mapping[str, Node] = field(default_factory=dict)
    keys: Mapping[str, int] = field(default_factory=dict)
    items: tuple[Node, ...] = ()
    value: str | float | bool | None = None

    def get(self, name: str) -> Node | None:
        """Return a member of a table; None where there is none, or no table."""
        return self.members.get(name)

    def table(self, name: str) -> Mapping[str, Node]:
        """Return the members of a member that is a table, none where it is not there, or is something else."""
        found = self.members.get(name)
        return found.members if found is not None else _HOLDS_NOTHING

    def list(self, name: str) -> tuple[Node, ...]:
        """Return the items of a member that is a list."""
        found = self.members.get(name)
        return found.items if found is not None else ()

    def text(self, name: str) -> str:
        """Return a member that is a text or a number, as text; "" where it is not there, or holds others."""
        found = self.members.get(name)
        return as_text(found.value) if found is not None and found.kind == "value" and found.value is not None else ""

    def truth(self, name: str) -> bool | None:
        """Return a member that is true or false; None where it is neither."""
        found = self.members.get(name)
        value = found.value if found is not None else None
        if isinstance(value, str) and value.casefold() in ("true", "false"):
            return value.casefold() == "true"
        return value if isinstance(value, bool) else None

    def line(self, name: str) -> Lines:
        """Return the lines of a member, from its key on; those of the whole where it is not there."""
        found = self.members.get(name)
        if found is None:
            return self.lines
        return self.keys.get(name, found.lines[0]), max(found.lines[1], self.keys.get(name, found.lines[0]))


def as_text(value: str | float | bool | None) -> str:  # noqa: FBT001 - any scalar of a document
    """Write a value as JSON would, a text without its quotes."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    return value if isinstance(value, str) else repr(value)


def plain(text: str) -> str | float | bool | None:
    """Return what an unquoted scalar means (the core schema of YAML 1.2: `yes` and `on` are words)."""
    if text in _WORDS or (text.casefold() in _WORDS and (text.istitle() or text.isupper())):
        return _WORDS[text.casefold()]
    if _INTEGER.fullmatch(text):
        return int(text)
    return float(text) if _NUMBER.fullmatch(text) else text


def as_json(node: Node) -> Json:
    """Make a value of a node, an anchor's as often as it is named; raise `TooLargeError` beyond 50,000 values."""
    left = [_MOST_VALUES]

    def made(one: Node) -> Json:
        left[0] -= 1
        if left[0] < 0:
            raise TooLargeError(f"a value holds more than {_MOST_VALUES:,} others", node.lines[0])
        if one.kind == "table":
            return {name: made(inner) for name, inner in one.members.items()}
        return [made(inner) for inner in one.items] if one.kind == "list" else one.value

    return made(node)


def moved(node: Node, lines: Lines) -> Node:
    """Return a node as if it stood on other lines."""
    return replace(node, lines=lines)


def walk(node: Node) -> Iterator[Node]:
    """Yield a node and all below it, up to a bound."""
    waiting, left = [node], MOST_NODES
    while waiting and left:
        left -= 1
        one = waiting.pop()
        yield one
        waiting += [*one.items, *one.members.values()]
