"""Two schemas, place by place: the facts of what differs, without judging them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

from docpact.compare.change import Each, Fact, Path, listed, named
from docpact.compare.limits import limits
from docpact.compare.node import ALL, WORDS, Node, key_of, parts_of, type_name, type_of
from docpact.compare.place import Body, Pair
from docpact.compare.reader import Reader
from docpact.compare.table import RESPONSE
from docpact.pointers import ABSENT
from docpact.redact import shown

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

# What each side refers to on the way to a place.
_Refs: TypeAlias = tuple[frozenset[str], frozenset[str]]

# As many places as are compared: references to references can stand for any number of them.
MOST_PLACES = 50_000
_MOST_FACTS = 5_000
_MOST_DEEP = 100


class Bodies:
    """Compare two schemas; `direction` is `response` or `request`."""

    def __init__(self, old: Body, new: Body, direction: str = RESPONSE, within: str = "") -> None:
        self._bodies = old, new
        self._readers = Reader(old.document), Reader(new.document)
        self._direction, self._within = direction, within
        self._left = MOST_PLACES

    def facts(self) -> Iterator[Fact]:
        """Yield what differs, from the top down."""
        for number, fact in enumerate(self._at((), self._bodies[0].schema, self._bodies[1].schema, ())):
            if number == _MOST_FACTS:
                kind, words = (
                    f"{self._direction}-not-compared",
                    f"there are more than {_MOST_FACTS:,} differences: the rest is not told",
                )
                yield Fact(kind, (), ABSENT, ABSENT, words, "differences", self._within)
                return
            yield fact

    def nodes(self, schemas: tuple[Any, Any]) -> tuple[Node, Node]:
        """Put together what both schemas allow at their tops."""
        return self._readers[0].node(schemas[0]), self._readers[1].node(schemas[1])

    def _at(self, path: Path, old: Any, new: Any, rings: tuple[_Refs, ...]) -> Iterator[Fact]:
        if _same_text(old, new):
            return
        pair = Pair(path, *self.nodes((old, new)), self._direction, self._within, self._bodies)
        self._left -= 1
        if self._left < 0 or len(path) > _MOST_DEEP:
            if self._left == -1 or self._left >= 0:
                words = f"{pair.name} and what follows were not compared: too many places"
                yield pair.fact("not-compared", ABSENT, ABSENT, words)
                self._left = min(self._left, -1)
            return
        refs = pair.old.refs, pair.new.refs
        if any(refs) and refs in rings:
            # The two go round together: what is further in has been compared on the way here.
            return
        yield from facts_of(pair)
        yield from self._inside(pair, (*rings, refs) if any(refs) else rings)

    def _inside(self, pair: Pair, rings: tuple[_Refs, ...]) -> Iterator[Fact]:
        old, new = pair.old, pair.new
        if any(node.unknown or _says_nothing(node) for node in (old, new)):
            return
        if "object" in old.types & new.types:
            yield from _members(pair, self.nodes)
            for name in (name for name in old.properties if name in new.properties):
                yield from self._at((*pair.path, name), old.properties[name], new.properties[name], rings)
            if isinstance(old.further, dict) and isinstance(new.further, dict):
                yield from self._at((*pair.path, Each.FURTHER), old.further, new.further, rings)
        if "array" in old.types & new.types:
            yield from self._at((*pair.path, Each.ITEM), old.items, new.items, rings)


def _same_text(old: Any, new: Any) -> bool:
    """Tell whether two schemas are the same, word by word, and refer to nothing that may differ."""
    # Equal in Python are 1 and true as well.
    return bool(old == new) and key_of(old) == key_of(new) and next(references(old), None) is None


def _says_nothing(node: Node) -> bool:
    """Tell whether any value may stand there, so that nothing inside is promised."""
    promised = node.properties or node.required or node.limits or node.opaque or node.further is not True
    return node.types == ALL and node.values is None and not promised and node.items is True


def facts_of(pair: Pair) -> Iterator[Fact]:
    """Yield what differs at one place itself."""
    if not (pair.old.unknown or pair.new.unknown):
        yield from _of_types(pair)
        yield from _of_values(pair)
        yield from limits(pair)
        yield from _of_formats(pair)
    yield from _of_words(pair)
    yield from _of_the_rest(pair)


def _of_types(pair: Pair) -> Iterator[Fact]:
    old, new = pair.old, pair.new
    # Where one side says nothing at all, null is part of that, and no fact of its own.
    whole = old.anything or new.anything
    was, now = (old.types, new.types) if whole else (old.some, new.some)
    gained, lost = now - was, was - now
    before, after = type_name(old.types), type_name(new.types)
    if gained or lost:
        # null alone, or nothing, against a type: only null is told, or the type as changed.
        way = "type-changed" if gained and lost else "type-widened" if gained else "type-narrowed"
        yield pair.fact(way, before, after, f"the type of {pair.name} is {after}, and was {before}")
    if not whole and ("null" in old.types) != ("null" in new.types):
        allowed = "null" in new.types
        words = f"{pair.name} may {'be null now' if allowed else 'no longer be null'}"
        yield pair.fact("null-allowed" if allowed else "null-refused", before, after, words)


def _of_values(pair: Pair) -> Iterator[Fact]:
    old, new = pair.old, pair.new
    if not old.some & new.some:
        return
    if old.values is None or new.values is None:
        if (old.values is None) == (new.values is None):
            return
        values = [shown(value) for value in (old.values or new.values or ()) if value is not None]
        names = listed(list(map(str, values)))
        if new.values is None:
            yield pair.fact("enum-dropped", values, ABSENT, f"{pair.name} no longer has listed values ({names})", said="enum")
        else:
            yield pair.fact("enum-stated", ABSENT, values, f"{pair.name} is one of listed values now ({names})", said="enum")
        return
    shared = old.some & new.some
    was, now = ({key_of(value): value for value in node.values or () if value is not None} for node in (old, new))
    for key, value in now.items():
        if key not in was and type_of(value) in shared:
            words = f"{pair.name} may be {shown(value)!r} now"
            yield pair.fact("value-added", ABSENT, shown(value), words, about=key, said="enum")
    for key, value in was.items():
        if key not in now and type_of(value) in shared:
            words = f"{pair.name} is no longer {shown(value)!r}"
            yield pair.fact("value-removed", shown(value), ABSENT, words, about=key, said="enum")


def _of_formats(pair: Pair) -> Iterator[Fact]:
    old, new = pair.old.format, pair.new.format
    if old == new or not pair.old.some & pair.new.some:
        return
    kind = "format-stated" if old is None else "format-dropped" if new is None else "format-changed"
    words = f"the format of {pair.name} is {shown(new) or 'not said'}, and was {shown(old) or 'not said'}"
    yield pair.fact(kind, old or ABSENT, new or ABSENT, words)


def _of_words(pair: Pair) -> Iterator[Fact]:
    for word in WORDS:
        old, new = pair.old.words.get(word, ABSENT), pair.new.words.get(word, ABSENT)
        if old is new or (old is not ABSENT and new is not ABSENT and key_of(old) == key_of(new)):
            continue
        said = [("nothing" if value is ABSENT else repr(shown(value))) for value in (old, new)]
        words = f"the {word} of {pair.name} is {said[1]}, and was {said[0]}"
        yield pair.fact("words-changed", _shown(old), _shown(new), words, about=word, said="description")


def _shown(value: Any) -> Any:
    return value if value is ABSENT else shown(value)


def _of_the_rest(pair: Pair) -> Iterator[Fact]:
    for keyword in sorted(pair.old.opaque.keys() | pair.new.opaque.keys()):
        old, new = pair.old.opaque.get(keyword, ABSENT), pair.new.opaque.get(keyword, ABSENT)
        if old is not ABSENT and new is not ABSENT and _same(pair, old, new):
            continue
        words = f"{keyword} of {pair.name} differs, and was not compared"
        yield pair.fact("not-compared", _shown(old), _shown(new), words, about=keyword)


def _same(pair: Pair, old: Any, new: Any) -> bool:
    """Tell whether two parts that are not understood are equal, with all that they refer to."""
    todo, seen = [(old, new)], set()
    while todo:
        one, other = todo.pop()
        if one is ABSENT or other is ABSENT:
            # It points nowhere, or outside, on both sides.
            if one is not other:
                return False
            continue
        texts = key_of(one), key_of(other)
        if texts[0] != texts[1]:
            return False
        for target in references(one):
            if target not in seen:
                seen.add(target)
                one, other = (Reader(body.document).target(target) for body in pair.bodies)
                todo.append((one, other))
    return True


def references(part: Any) -> Iterator[str]:
    """Yield what a schema refers to."""
    for one in parts_of(part):
        if isinstance(one.get("$ref"), str):
            yield one["$ref"]


def _members(pair: Pair, nodes: Callable[[tuple[Any, Any]], tuple[Node, Node]]) -> Iterator[Fact]:
    """Yield what differs in which members an object has, and must have."""
    old, new = pair.old, pair.new
    was, now = old.properties.keys() | old.required, new.properties.keys() | new.required
    for name in dict.fromkeys((*old.properties, *new.properties, *sorted(old.required | new.required))):
        if name in was and name in now and (name in old.required) == (name in new.required):
            continue
        path = (*pair.path, name)
        sides = nodes((old.properties.get(name, True), new.properties.get(name, True)))
        both = (sides[0] if name in was else None, sides[1] if name in now else None)
        if name in was and name in now:
            kind = "member-required" if name in new.required else "member-optional"
            words = f"{named(path)} is {'always there now' if name in new.required else 'no longer always there'}"
            yield pair.fact(kind, name in old.required, name in new.required, words, path=path, said="required", nodes=both)
        elif name in now:
            yield _appeared(pair, path, name, both, sides[1])
        else:
            yield _vanished(pair, path, name, both, sides[0])
    yield from _openness(pair)


def _appeared(pair: Pair, path: Path, name: str, both: tuple[Node | None, Node | None], node: Node) -> Fact:
    required = name in pair.new.required
    closed = pair.old.further is False and not (required and pair.direction != RESPONSE)
    kind = "member-added-to-closed" if closed else "required-member-added" if required else "member-added"
    words = f"{named(path)} is new: {type_name(node.types)}{'' if required else ', optional'}"
    return pair.fact(kind, ABSENT, _described(node, required=required), words, path=path, said="member", nodes=both)


def _vanished(pair: Pair, path: Path, name: str, both: tuple[Node | None, Node | None], node: Node) -> Fact:
    required = name in pair.old.required
    closed = pair.new.further is False and not (required and pair.direction != RESPONSE)
    kind = "member-removed-from-closed" if closed else "required-member-removed" if required else "member-removed"
    words = f"{named(path)} is gone; it was {type_name(node.types)}, {'always there' if required else 'optional'}"
    return pair.fact(kind, _described(node, required=required), ABSENT, words, path=path, said="member", nodes=both)


def _described(node: Node, *, required: bool) -> str:
    return f"{type_name(node.types)}, {'required' if required else 'optional'}"


def _openness(pair: Pair) -> Iterator[Fact]:
    old, new = pair.old.further, pair.new.further
    if key_of(old) == key_of(new) or (isinstance(old, dict) and isinstance(new, dict)):
        return
    loosened = old is False or new is True
    kind = "object-opened" if loosened else "object-closed"
    words = f"{pair.name} may have {'further members now' if loosened else 'fewer further members, or none'}"
    yield pair.fact(kind, _shown(old), _shown(new), words)
