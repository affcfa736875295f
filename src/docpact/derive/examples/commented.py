"""JSON as pages write it: with comments, commas too many, `...` for what is left out, bare names, types in place of values."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from docpact.derive.claims import Json

Numbered: TypeAlias = "tuple[int, str]"
_DEEPEST = 60
_MOST_NODES = 60_000
_TOKEN = re.compile(
    r"""(?P<space>[\s\u200b\ufeff]+)
    |(?P<comment>//[^\n]*|\#(?=[\s\u2e80-\uffff])[^\n]*|--(?=\s)[^\n]*)
    |(?P<mark>[{}\[\]:,：，;])
    |(?P<string>"(?:[^"\\\n]|\\[^\n])*"|'(?:[^'\\\n]|\\[^\n])*'|“[^“”\n]*”)
    |(?P<dots>\.{2,}|…+|\.\.\.)
    |(?P<number>-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?(?![\w.]))
    |(?P<word>[^\s{}\[\]:,"'“”#/：，;]+(?:/(?!/|\*)[^\s{}\[\]:,"'#/]+)*)
    |(?P<other>.)""",
    re.VERBOSE,
)
_WORDS: dict[str, Json] = {
    "true": True, "false": False, "null": None, "True": True, "False": False, "None": None, "undefined": None,
}  # fmt: skip
_CONTROL = re.compile(r"[\x00-\x1f]")
_FULL_WIDTH = {"：": ":", "，": ",", ";": ","}


@dataclass
class Node:
    """A value: `value` (its members and items not in it), where it stands, what comments say, and what is in it.

    `kind` is `object`, `array`, `value`, or `word` for a bare word that is no JSON, such as the name of a type.
    """

    kind: str
    first: int
    last: int
    value: Json = None
    members: list[Member] = field(default_factory=list)
    items: list[Node] = field(default_factory=list)
    # What a comment behind the opening bracket says is about whatever holds this value.
    opening: list[Numbered] = field(default_factory=list)

    def plain(self) -> Json:
        """Return the value as JSON; a bare word is the text of it."""
        if self.kind == "object":
            return {one.name: one.node.plain() for one in self.members}
        if self.kind == "array":
            return [one.plain() for one in self.items]
        return self.value


@dataclass
class Member:
    """A member of an object: its name, its value, the line of its name, and the comments about it."""

    name: str
    node: Node
    line: int
    comments: list[Numbered]


class NotJsonError(ValueError):
    """A text is not JSON, not even as pages write it; `at` is where, in characters from its start."""

    def __init__(self, message: str, at: int) -> None:
        super().__init__(message)
        self.at = at


class _TooMuchError(NotJsonError):
    """A text has more values than are read."""


@dataclass(frozen=True)
class Document:
    """A text of JSON read: its `root`, the character after its end, and whether it is strict JSON.

    `cut`: it is a list of more values than are read, and has the first ones.
    """

    root: Node
    end: int
    strict: bool
    cut: bool = False


def read(text: str, at: int, line: int) -> Document:
    """Read the object or array that begins at `text[at]`, in the line of that number; raise `NotJsonError`."""
    return _Reader(text, at, line).document()


class _Reader:
    """One token ahead in a text."""

    def __init__(self, text: str, at: int, line: int) -> None:
        self.text, self.at, self.line = text, at, line
        self.strict = True
        self.cut = False
        self.nodes = 0
        self.kind = self.said = ""
        self.start = at
        # The line on which the token before this one ended.
        self.before = line
        self.comments: list[Numbered] = []
        self._next()

    def document(self) -> Document:
        if self.said not in ("{", "["):
            raise NotJsonError("no object or array", self.start)
        root = self._value(0, last=True)
        return Document(root, self.start, self.strict, self.cut)

    def _next(self) -> None:
        """Go to the next token; comments on the way are kept."""
        self.before = self.line
        while True:
            while self.text.startswith(("/*", "<!--"), self.at):
                self._block_comment()
            match = _TOKEN.match(self.text, self.at)
            if match is None:
                self.kind = self.said = ""
                self.start = len(self.text)
                return
            kind, said = match.lastgroup or "", match[0]
            self.start, self.at = self.at, match.end()
            if kind == "comment":
                self.strict = False
                self.comments += [(self.line, text)] if (text := said.lstrip("/#-").strip()) else []
            elif kind != "space":
                self.kind, self.said = kind, _FULL_WIDTH.get(said, said) if kind == "mark" else said
                self.strict = self.strict and self.said == said and kind in ("mark", "string", "number", "word")
                return
            self.line += said.count("\n")

    def _block_comment(self) -> None:
        opened, closed = ("/*", "*/") if self.text.startswith("/*", self.at) else ("<!--", "-->")
        end = self.text.find(closed, self.at + len(opened))
        if end < 0:
            raise NotJsonError("a comment without an end", self.at)
        body = self.text[self.at + len(opened) : end]
        words = [one for line in body.split("\n") if (one := line.strip().lstrip("*").strip())]
        self.comments += [(self.line, "\n".join(words))] if words else []
        self.strict = False
        self.line += body.count("\n")
        self.at = end + len(closed)

    def _take(self, line: int | None = None) -> list[Numbered]:
        """Take the comments so far, or those of one line."""
        taken = [one for one in self.comments if line is None or one[0] == line]
        self.comments = [one for one in self.comments if one[0] != line] if line is not None else []
        return taken

    def _fail(self, message: str) -> NotJsonError:
        return NotJsonError(f"{message} in line {self.line}", self.start)

    def _value(self, depth: int, *, last: bool = False) -> Node:
        self.nodes += 1
        if self.nodes > _MOST_NODES:
            raise _TooMuchError(f"more than {_MOST_NODES:,} values", self.start)
        if depth > _DEEPEST:
            raise self._fail("too deep")
        if self.said == "{":
            return self._object(depth, last=last)
        if self.said == "[":
            return self._array(depth, last=last)
        return self._scalar()

    def _scalar(self) -> Node:
        first = self.line
        if self.kind == "string":
            node = Node("value", first, first, self._string())
        elif self.kind == "number":
            node = Node("value", first, first, self._number())
        elif self.kind == "word" and self.said in _WORDS:
            self.strict = self.strict and self.said in ("true", "false", "null")
            node = Node("value", first, first, _WORDS[self.said])
        elif self.kind in ("word", "other", "dots"):
            return self._words()
        else:
            raise self._fail(f"{self.said[:20] or 'the end'} where a value should be")
        self._next()
        return node

    def _words(self) -> Node:
        """Read bare words up to the end of the value: `string`, `1 | 2`, `<task id>`."""
        first, parts = self.line, [self.said]
        self.strict = False
        self._next()
        while self.kind in ("word", "other", "string", "number") and self.line == first and len(parts) < 20:  # noqa: PLR2004
            parts.append(self.said)
            self._next()
        if self.said == "[" and self.line == first:
            # `string[]`
            self._next()
            if self.said != "]":
                raise self._fail("a bracket after a word")
            parts[-1] += "[]"
            self._next()
        return Node("word", first, first, " ".join(parts))

    def _string(self) -> str:
        said = self.said
        if said[0] == '"':
            try:
                return str(json.loads(said))
            except ValueError:
                self.strict = False
                return _CONTROL.sub(" ", said[1:-1])
        self.strict = False
        return said[1:-1].replace("\\'", "'")

    def _number(self) -> Json:
        try:
            value: Json = json.loads(self.said)
        except ValueError:
            # A leading zero: the digits are a name, not a number.
            self.strict = False
            return self.said
        return value

    def _object(self, depth: int, *, last: bool) -> Node:
        node = Node("object", self.line, self.line)
        opened = self.line
        self._next()
        node.opening = self._take(opened)
        while self.said != "}":
            if self.kind == "dots" or self.said == ",":
                self.strict = False
                self._take(self.line)
                self._next()
                continue
            node.members.append(self._member(depth))
        self._close(node, last=last)
        return node

    def _member(self, depth: int) -> Member:
        comments, line = self._take(), self.line
        if self.kind == "string":
            name = self._string()
        elif self.kind in ("word", "number"):
            self.strict = False
            name = self.said.rstrip("?")
        else:
            raise self._fail(f"{self.said[:20] or 'the end'} where a name should be")
        self._next()
        if self.kind == "other" and self.said == "?":
            self._next()
        if self.said != ":":
            raise self._fail("no colon after a name")
        self._next()
        value = self._value(depth + 1)
        comments += value.opening
        ended = self.before
        comments += self._take(ended)
        if self.said == ",":
            self._next()
            comments += self._take(ended)
            self.strict = self.strict and self.said != "}"
        elif self.said != "}":
            # A comma that is missing at the end of a line is no riddle.
            if self.line == ended:
                raise self._fail("no comma after a member")
            self.strict = False
        return Member(name, value, line, comments)

    def _array(self, depth: int, *, last: bool) -> Node:
        node = Node("array", self.line, self.line)
        opened = self.line
        self._next()
        node.opening = self._take(opened)
        while self.said != "]":
            if self.kind == "dots" or self.said == ",":
                self.strict = False
                self._next()
                continue
            try:
                item = self._value(depth + 1)
            except _TooMuchError:
                if not (last and node.items):
                    raise
                self.cut, node.last = True, self.line
                return node
            # What is said of the first item, at its bracket or above it, is about the items; it is not about the list.
            node.items.append(item)
            self._take()
            if self.said == ",":
                self._next()
                self._take(item.last)
                self.strict = self.strict and self.said != "]"
            elif self.said != "]":
                if self.line == self.before:
                    raise self._fail("no comma after an item")
                self.strict = False
        self._take()
        self._close(node, last=last)
        return node

    def _close(self, node: Node, *, last: bool) -> None:
        node.last = self.line
        if last:
            self.start += 1
            return
        self._next()
