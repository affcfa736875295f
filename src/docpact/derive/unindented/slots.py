"""How a table or a list takes a line: as a key with a value, as a key that opens something, as an item."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from docpact.derive.openapi.tree import as_text
from docpact.derive.unindented.frames import LISTS, Frame, entered
from docpact.derive.unindented.grammar import fits
from docpact.derive.unindented.lines import ALIAS, scalar

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from docpact.derive.unindented.grammar import Kind
    from docpact.derive.unindented.lines import Token

_DEEPEST = 48
_LOOK_AHEAD = 4
_FREE = "free"
_LIKE_A_SCHEMA = 5
_ODD_DEFAULT = 3
_REFERRED, _CAPITAL, _WORD = 8, 4, 12
# Words about a value: behind the items of an array they are rather about the array.
_ABOUT = {"description", "title", "nullable", "default", "example", "deprecated", "readOnly"}


class Taken(NamedTuple):
    """One way in which a line is taken: what it opens, what speaks against it, how unusual it is."""

    at: int
    mode: str
    opened: tuple[Frame, ...]
    hard: int
    soft: float


class Slots:
    """The lines of a document, and what its grammar lets them be."""

    def __init__(self, tokens: Sequence[Token], grammar: Mapping[str, Kind]) -> None:
        self._tokens, self._grammar = tokens, grammar
        self._lists: dict[int, tuple[str, ...]] = {}

    def taken(self, frames: tuple[Frame, ...], at: int, popped: int, inner: Frame | None) -> Iterator[Taken]:
        """Yield the ways in which the innermost of some tables and lists takes a line, when `inner` is closed for it."""
        frame, token = frames[-1], self._tokens[at]
        kind = self._grammar.get(frame.kind)
        if kind is None or len(frames) > _DEEPEST:
            return
        soft = float(popped)
        if token.item:
            if kind.items:
                yield from self._item(kind.items, at, soft)
            return
        if kind.items or token.key in frame.keys:
            return
        if token.key in _ABOUT and token.form == "pair" and frame.role == "items":
            soft += 1.5
        if token.key == "example" and token.form == "bare" and frame.kind == "schema" and frame.role == "schema":
            # The example of an answer stands beside its schema rather than in it.
            soft += 2
        if frame.kind == "properties":
            soft += self._unlike_a_member(frames, token)
        if inner is not None and inner.kind == "properties" and inner.role == "properties":
            frame = frame._replace(members=inner.keys)
        for mode, opened, hard in self._slot(kind, frame, at, 2 * at + 1):
            yield Taken(at, mode, opened, hard, soft)

    def _item(self, items: str, at: int, soft: float) -> Iterator[Taken]:
        token = self._tokens[at]
        if items == "scalar" or (token.form == "item" and _whole(token.value)):
            if token.form == "item" or not token.key:
                yield Taken(at, "item", (), 0, soft)
            return
        if items == _FREE:
            yield Taken(at, "item-free", (Frame(_FREE, 2 * at, filled=True),), 0, soft)
            return
        kind = self._grammar[items]
        if token.form == "dash":
            yield Taken(at, "item-open", (Frame(items, 2 * at),), 0, soft)
        elif token.key:
            fresh = Frame(items, 2 * at)
            for mode, opened, hard in self._slot(kind, fresh, at, 2 * at + 1):
                yield Taken(at, f"item-{mode}", (entered(fresh, token), *opened), hard, soft)

    def _slot(self, kind: Kind, frame: Frame, at: int, opens_at: int) -> Iterator[tuple[str, tuple[Frame, ...], int]]:
        """Yield how a table takes a key: (mode, what it opens, what speaks against it)."""
        token = self._tokens[at]
        slot = kind.slots.get(token.key)
        if slot is None:
            # What a generator adds is no member that holds nothing.
            word = token.key in self._grammar["schema"].slots and token.value[:1] != "{" if "schema" in self._grammar else False
            added = token.form == "pair" and (token.key.startswith("x-") or word)
            slot = kind.inner if kind.names is not None and not added and kind.names.fullmatch(token.key) else None
        if slot is None:
            return
        if token.form == "pair":
            if fits(slot.scalar, token.value):
                yield "pair", (), 0
            return
        opened = False
        for child in slot.children:
            if self._opens(child, at + 1, _LOOK_AHEAD) and self._may_show(frame, child, at + 1):
                opened = True
                role = token.key if frame.kind == "schema" or child in ("list", "schema") else ""
                listed = self._listed(at + 1) if child == "list" and role in LISTS else ()
                # A table that is a default is as rare as the answer `default` is common.
                odd = _ODD_DEFAULT if (child, token.key) == (_FREE, "default") and not self._tokens[at + 1].item else 0
                yield "open", (Frame(child, opens_at, role=role, listed=listed),), odd
        if not opened and slot.scalar == "any":
            # A key with nothing behind it: null, which few write so.
            yield "pair", (), 2

    def _unlike_a_member(self, frames: tuple[Frame, ...], token: Token) -> float:
        """Tell how unlike a member a name is that may be a component, or a word of what stands around: `headers: {}`."""
        name = token.key
        if token.form == "pair" and any(self._misses(one, name) for one in frames):
            return _WORD
        components = next((one for one in frames if one.kind == "schemas-by-name"), None)
        if components is None or name in components.keys:
            return 0
        return _REFERRED if name in self._grammar["schemas-by-name"].required else _CAPITAL * name[:1].isupper()

    def _misses(self, frame: Frame, word: str) -> bool:
        kind = self._grammar.get(frame.kind)
        return kind is not None and frame.kind != "schema" and word in kind.slots and word not in frame.keys

    def _listed(self, at: int) -> tuple[str, ...]:
        """Return the names of the list that begins at a place."""
        if at not in self._lists:
            end = at
            while end < len(self._tokens) and self._tokens[end].form == "item":
                end += 1
            self._lists[at] = tuple(as_text(scalar(one).value) for one in self._tokens[at:end])
        return self._lists[at]

    def like_a_schema(self, at: int) -> int:
        """Count what speaks against a line in an example: it reads as a schema does."""
        token = self._tokens[at]
        follows = at + 1 < len(self._tokens) and self._tokens[at + 1].item
        typed = token.form == "pair" and token.key == "type" and fits("type", token.value)
        listed = token.form == "bare" and token.key == "required" and follows
        return _LIKE_A_SCHEMA if typed or listed or token.key.startswith("x-apifox-") else 0

    def _may_show(self, frame: Frame, child: str, at: int) -> bool:
        """Tell whether a free value may be one of the schema: an array begins with a dash, an object with a member."""
        if frame.kind != "schema" or child != _FREE or at >= len(self._tokens):
            return True
        token = self._tokens[at]
        if "$ref" in frame.keys:
            return False
        if frame.members and not token.item and token.key not in frame.members:
            return False
        return not frame.type or frame.type == ("array" if token.item else "object")

    def _opens(self, child: str, at: int, ahead: int) -> bool:
        """Tell whether the line at a place may be the first one of a kind."""
        if at >= len(self._tokens) or not ahead:
            return at < len(self._tokens)
        token, kind = self._tokens[at], self._grammar.get(child)
        if child == _FREE or kind is None:
            return token.form != "text"
        if kind.items or token.item or not token.key:
            return bool(kind.items) and token.item
        slot = kind.slots.get(token.key)
        if slot is None and kind.names is not None and kind.names.fullmatch(token.key):
            slot = kind.inner
        if slot is None:
            return kind.extensions and token.key.startswith("x-")
        below = any(self._opens(one, at + 1, ahead - 1) for one in slot.children)
        # JSON may stand on the lines below a key, and is no line of YAML.
        after = self._tokens[at + 1].form if at + 1 < len(self._tokens) else ""
        return fits(slot.scalar, token.value) if token.form == "pair" else below or (slot.scalar == "any" and after == "text")


def _whole(value: str) -> bool:
    """Tell whether an item is a table, a list, nothing, or a value that was named before, on its line."""
    return value[:1] in ("{", "[") or value in ("null", "~") or ALIAS.fullmatch(value) is not None
