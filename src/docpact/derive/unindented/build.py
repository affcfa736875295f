"""A flattened document made into a tree, by the steps that were found for its lines."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from docpact.derive.openapi.tree import Node, plain
from docpact.derive.unindented.lines import ALIAS, scalar, value

if TYPE_CHECKING:
    from collections.abc import Sequence

    from docpact.derive.unindented.lines import Token
    from docpact.derive.unindented.search import Step


@dataclass
class _Open:
    """A table, a list or a free value while it is built."""

    at: int
    kind: str
    line: int
    members: dict[str, Node | _Open] = field(default_factory=dict)
    keys: dict[str, int] = field(default_factory=dict)
    items: list[Node | _Open] = field(default_factory=list)
    tokens: list[int] = field(default_factory=list)
    last: int = 0


class Builder:
    """The steps of a reading, made into a tree."""

    def __init__(self, read: Sequence[Token]) -> None:
        self._read = read
        self._root = _Open(-1, "document", read[0].line if read else 1)
        self._stack = [self._root]
        self._free: dict[int, list[int]] = {}
        self._anchors: dict[str, Node | _Open] = {}
        self._nodes: dict[int, Node] = {}
        self._text: tuple[_Open, Token, list[str]] | None = None

    def build(self, steps: Sequence[Step]) -> tuple[Node, dict[int, list[int]]]:
        """Return the tree, and the tokens of each free value, by the `id` of the node that stands for it."""
        for step in steps:
            if step.mode == "text":
                self._more(step.token)
            else:
                self._put(step)
        return self._made(self._root), self._free

    def _put(self, step: Step) -> None:
        token, mode = self._read[step.token], step.mode
        self._back_to(step)
        target = self._stack[-1]
        self._text = None
        if mode == "free":
            target.tokens.append(step.token)
        elif mode == "item":
            target.items.append(self._named(token, value(token.value, (token.line, token.last))))
        elif mode == "item-free":
            self._open(step.opened[0], token, target).tokens.append(step.token)
        elif mode.startswith("item"):
            self._enter(self._open(step.opened[0], token, target), token, mode, step.opened[1:])
        elif mode == "skip":
            if step.opened:
                self._stack.append(_Open(step.opened[0][1], step.opened[0][0], token.line))
        else:
            self._enter(target, token, mode, step.opened)

    def _back_to(self, step: Step) -> None:
        """Close what a line leaves; what is passed over leaves nothing but what was passed over before."""
        if step.mode != "skip":
            while len(self._stack) > 1 and self._stack[-1].at != step.target:
                self._stack.pop()
        elif len(self._stack) > 1 and self._stack[-1].kind == "free" and self._stack[-1].at != step.target:
            self._stack.pop()

    def _open(self, opened: tuple[str, int], token: Token, holder: _Open) -> _Open:
        inner = _Open(opened[1], opened[0], token.line)
        holder.items.append(inner)
        self._stack.append(inner)
        self._anchor(token, inner)
        return inner

    def _enter(self, table: _Open, token: Token, mode: str, opened: Sequence[tuple[str, int]]) -> None:
        """Put the key of a line into a table, with its value or with what it opens."""
        if opened:
            child = _Open(opened[0][1], opened[0][0], token.line)
            table.members[token.key], table.keys[token.key] = child, token.line
            self._stack.append(child)
            if not token.item:
                self._anchor(token, child)
        elif token.key and mode.endswith("pair"):
            table.members[token.key], table.keys[token.key] = self._named(token, scalar(token)), token.line
            self._text = (table, token, [] if token.block else [token.value])

    def _anchor(self, token: Token, value: Node | _Open) -> None:
        if token.anchor:
            self._anchors[token.anchor] = value

    def _named(self, token: Token, value: Node) -> Node | _Open:
        """Return what a value names, where it is but a name; remember a value that is given one."""
        match = ALIAS.fullmatch(token.value)
        self._anchor(token, value)
        return self._anchors.get(match["name"], value) if match is not None else value

    def _more(self, at: int) -> None:
        """Add a line to the text that goes on, or to the free value that is open."""
        top = self._stack[-1]
        if top.kind == "free":
            top.tokens.append(at)
        elif self._text is not None and not _is_whole(self._text[1]):
            holder, token, words = self._text
            words.append(self._read[at].text)
            joined = ("\n" if token.value[:1] == "|" and token.block else " ").join(words).strip()
            lines = token.line, self._read[at].last
            whole = joined[:1] in ("'", '"') or (joined[:1] in ("[", "{") and not token.block)
            holder.members[token.key] = value(joined, lines) if whole else Node("value", lines, value=joined)

    def _made(self, one: _Open | Node) -> Node:
        """Make a node of what was built, once; what holds itself by its name is left empty there."""
        if isinstance(one, Node):
            return one
        if id(one) not in self._nodes:
            self._nodes[id(one)] = Node("value", (one.line, one.line))
            self._nodes[id(one)] = self._built(one)
        return self._nodes[id(one)]

    def _built(self, one: _Open) -> Node:
        if one.kind == "free":
            last = self._read[one.tokens[-1]].last if one.tokens else one.line
            node = Node("value", (one.line, last))
            self._free[id(node)] = one.tokens
            return node
        if one.items:
            items = tuple(self._made(inner) for inner in one.items)
            return Node("list", (one.line, items[-1].lines[1]), items=items)
        members = {name: self._made(inner) for name, inner in one.members.items()}
        last = max([one.line, *(inner.lines[1] for inner in members.values()), *one.keys.values()])
        return Node("table", (one.line, last), members=members, keys=one.keys)


def _is_whole(token: Token) -> bool:
    """Tell whether a value is complete on its line, so that no words can follow: quoted, in brackets, a number."""
    text = token.value
    if token.block or not text or text[0] not in "'\"[{0123456789-+":
        return text in ("true", "false", "null") and not token.block
    return text[0] in "[{" or (len(text) > 1 and text[-1] == text[0]) or not isinstance(plain(text), str)
