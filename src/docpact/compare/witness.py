"""Witnesses: for a change of a schema a payload that one side allows and the other refuses, proposed here, judged elsewhere."""

from __future__ import annotations

import json
from dataclasses import replace
from itertools import islice
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

from docpact.compare.change import Each
from docpact.compare.node import LIMITS, key_of, size_of, type_of
from docpact.compare.reader import Reader
from docpact.compare.smallest import NoneSuchError, Smallest, TooLargeError, fits, inner, scalars, schemas_of
from docpact.compare.table import RESPONSE
from docpact.finding import Witness
from docpact.pointers import ABSENT
from docpact.redact import without_secrets

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from docpact.compare.change import Fact, Path
    from docpact.compare.endpoints import Bodies
    from docpact.compare.node import Node

# What a judge of one schema says of a payload: the way to each breach; none where the payload is allowed.
Judge: TypeAlias = "Callable[[Any], Sequence[tuple[str | int, ...]]]"

_MOST_TRIED = 12
_LONGEST = 2000
_FURTHER = "further"

_WIDER = frozenset((
    "type-widened", "null-allowed", "value-added", "enum-dropped", "member-optional", "object-opened", "limit-loosened",
    "member-removed", "required-member-removed", "member-added-to-closed",
))  # fmt: skip
_NARROWER = frozenset((
    "type-narrowed", "null-refused", "value-removed", "enum-stated", "member-required", "object-closed", "limit-tightened",
    "member-added", "required-member-added", "member-removed-from-closed",
))  # fmt: skip
_EITHER = frozenset(("type-changed", "limit-changed"))
_OF_MEMBERS = frozenset(name for name in _WIDER | _NARROWER if "member-" in name)
_UNTOLD = {
    "format": "the judge takes a format for a remark, so that no payload shows it",
    "not-compared": "what was not compared has no witness",
}


class Found(NamedTuple):
    """A witness: the payload (ABSENT where there is none), and what is said of it."""

    payload: Any
    witness: Witness | None


class Witnesses:
    """Find witnesses for the facts of two bodies; `judges` and `names` are those of the old and of the new one."""

    def __init__(self, bodies: Bodies, judges: tuple[Judge, Judge], names: tuple[str, str]) -> None:
        self._judges, self._names = judges, names
        self._roots = bodies.old.schema, bodies.new.schema
        self._readers = Reader(bodies.old.document), Reader(bodies.new.document)
        self._examples = bodies.examples
        self._too_large = False
        self._judged = 0
        self._size = size_of(self._roots[0]) + size_of(self._roots[1])

    @property
    def work(self) -> int:
        """How much has been done: it grows with what was read and with what was judged."""
        return self._judged * self._size + sum(reader.work for reader in self._readers)

    def of(self, fact: Fact) -> Found:
        """Return the witness of a fact; nothing at all for words, which allow and refuse no payload."""
        direction, _, kind = fact.kind.partition("-")
        if kind == "words-changed":
            return Found(ABSENT, None)
        for prefix, lack in _UNTOLD.items():
            if kind.startswith(prefix):
                return Found(ABSENT, Witness(lack=lack))
        ways: tuple[int, ...] = (1,) if kind in _WIDER else (0,)
        if kind in _EITHER:
            # What breaks somebody first: for a reader what NEW allows, for a sender what OLD allowed.
            ways = (1, 0) if direction == RESPONSE else (0, 1)
        for wide in () if self._too_large else ways:
            try:
                payload = self._search(fact, kind, wide)
            except ValueError as error:
                return Found(ABSENT, Witness(lack=f"the judge cannot judge by one of the schemas: {error}"))
            if payload is not ABSENT:
                return Found(payload, self._told(payload, wide))
        if self._too_large:
            return Found(ABSENT, Witness(lack="the smallest payload of these schemas is too large to be one"))
        return Found(ABSENT, Witness(lack=_lack(kind, self._names[ways[0]], self._names[1 - ways[0]])))

    def _told(self, payload: Any, wide: int) -> Witness:
        text = without_secrets(json.dumps(payload, ensure_ascii=False, allow_nan=False))
        text = text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"
        return Witness(text, allowed_by=self._names[wide], refused_by=self._names[1 - wide])

    def _search(self, fact: Fact, kind: str, wide: int) -> Any:
        """Return the first proposal that one side allows, and the other refuses at this place; ABSENT where none is."""
        try:
            for payload in islice(self._proposals(fact, kind, wide), _MOST_TRIED):
                place = _place(fact.path)
                self._judged += 1
                if not self._judges[wide](payload) and any(_is_there(at, place) for at in self._judges[1 - wide](payload)):
                    return payload
        except TooLargeError:
            self._too_large = True
        except NoneSuchError:
            return ABSENT
        return ABSENT

    def _proposals(self, fact: Fact, kind: str, wide: int) -> Iterator[Any]:
        make = Smallest(self._readers[wide], self._readers[1 - wide])
        roots = self._roots[wide], self._roots[1 - wide]
        path, name = (fact.path[:-1], fact.path[-1]) if kind in _OF_MEMBERS else (fact.path, None)
        schemas, example = _down(make, roots, path, self._examples[wide])
        nodes = make.nodes(*schemas)
        of_member = kind in _OF_MEMBERS
        values = _of_member(make, nodes, str(name), example) if of_member else _values(make, kind, fact, nodes, example)
        for value in values:
            yield _embedded(make, roots, path, value, self._examples[wide])


def _lack(kind: str, wide: str, narrow: str) -> str:
    if kind in ("member-removed-from-closed", "member-added-to-closed"):
        return f"what {wide} allows, {narrow} allows too: the member was optional, and has only gone"
    return f"none was found: of what was tried, nothing is allowed by {wide} and refused by {narrow} at this place"


def _place(path: Path) -> tuple[str | int, ...]:
    """Return the way to the place in a payload that was made for it."""
    return tuple(0 if step is Each.ITEM else _FURTHER if isinstance(step, Each) else step for step in path)


def _is_there(at: tuple[str | int, ...], place: tuple[str | int, ...]) -> bool:
    """Tell whether a breach is at a place, inside it, or of the value that holds it."""
    return at[: len(place)] == place or at == place[: max(0, len(place) - 1)]


def _down(make: Smallest, schemas: tuple[Any, Any], path: Path, example: Any) -> tuple[tuple[Any, Any], Any]:
    """Go down both schemas, and the example."""
    example = ABSENT if example is None else example
    for step in path:
        wide, narrow = make.nodes(*schemas)
        if step is Each.ITEM:
            schemas, example = (wide.items, narrow.items), inner(example, 0)
        else:
            name = _FURTHER if isinstance(step, Each) else step
            schemas, example = schemas_of(wide, narrow, name), inner(example, name)
    return schemas, example


def _embedded(make: Smallest, schemas: tuple[Any, Any], path: Path, value: Any, example: Any, depth: int = 0) -> Any:
    """Return the smallest payload that has a value at the end of a way."""
    if not path:
        return value
    example = ABSENT if example is None else example
    wide, narrow = make.nodes(*schemas)
    step, rest = path[0], path[1:]
    if step is Each.ITEM:
        items = make.array(wide, narrow, example, depth)
        return [_embedded(make, (wide.items, narrow.items), rest, value, inner(example, 0), depth + 1), *items[1:]]
    name = _FURTHER if isinstance(step, Each) else step
    held = make.object(_without(wide, name), _without(narrow, name), example, depth)
    return {**held, name: _embedded(make, schemas_of(wide, narrow, name), rest, value, inner(example, name), depth + 1)}


def _without(node: Node, name: str) -> Node:
    return replace(node, required=node.required - {name})


def _of_member(make: Smallest, nodes: tuple[Node, Node], name: str, example: Any) -> Iterator[dict[str, Any]]:
    """Yield objects in which a member is not there, or is what only one side takes."""
    wide, narrow = nodes
    held = make.object(_without(wide, name), _without(narrow, name), example, 0)
    yield held
    mine, other = make.nodes(*schemas_of(wide, narrow, name))
    for kind in ("integer", "string", "boolean", "null", "array", "object"):
        if kind in mine.types and kind not in other.types:
            yield {**held, name: make.of_type(kind, mine, mine, depth=1)}
    for value in _strangers(mine, other):
        yield {**held, name: value}
    yield {**held, name: make.value(*schemas_of(wide, narrow, name), inner(example, name), 1)}


def _values(make: Smallest, kind: str, fact: Fact, nodes: tuple[Node, Node], example: Any) -> Iterator[Any]:
    """Yield values for the place of a fact that the wide side takes and the narrow one should not."""
    wide, narrow = nodes
    if kind.startswith("type-"):
        for name in ("integer", "string", "boolean", "fraction", "array", "object", "null"):
            if name in wide.types - narrow.types:
                yield from _of_type(make, name, nodes, example)
    elif kind.startswith("null-"):
        yield None
    elif kind.startswith("value-"):
        yield json.loads(fact.about)
    elif kind.startswith("enum-"):
        yield from _strangers(wide, narrow)
    elif kind.startswith("limit-"):
        yield from _beyond(make, fact.about, nodes, example)
    elif kind.startswith("object-"):
        yield from _open(make, nodes, example)


def _open(make: Smallest, nodes: tuple[Node, Node], example: Any) -> Iterator[Any]:
    """Yield objects with a member that only one side lets in."""
    wide, narrow = nodes
    held = make.object(wide, narrow, example, 0)
    yield {**held, _FURTHER: make.value(wide.further or {}, {}, depth=1)}
    if isinstance(narrow.further, dict):
        further = make.nodes(wide.further, narrow.further)
        for name in sorted(further[0].types - further[1].types):
            yield {**held, _FURTHER: make.of_type(name, *further, depth=1)}


def _of_type(make: Smallest, kind: str, nodes: tuple[Node, Node], example: Any) -> Iterator[Any]:
    if nodes[0].values is not None:
        yield from (value for value in nodes[0].values if type_of(value) == kind)
        if kind == "null":
            yield None
        return
    # Of this type the other side takes nothing, so that only the first one is asked what it should look like.
    if kind not in ("array", "object"):
        yield from (value for value in scalars(kind, nodes[0], nodes[0], example) if fits(value, nodes[0]))
        return
    try:
        yield make.of_type(kind, nodes[0], nodes[0], example)
    except NoneSuchError:
        return


def _strangers(wide: Node, narrow: Node) -> Iterator[Any]:
    """Yield values that one side allows, and the other does not list."""
    known = set(map(key_of, narrow.values or ()))
    words = ("SOMETHING_ELSE", "OTHER", "something else", "", 0, 1, -1, 999, 0.5, False, True)
    for value in (*(wide.values or ()), *_examples(wide), *words):
        if (
            value is not None
            and key_of(value) not in known
            and fits(value, wide)
            and not (narrow.values is None and fits(value, narrow))
        ):
            yield value


def _examples(node: Node) -> Iterator[Any]:
    yield from (value for kind in ("string", "integer") if kind in node.types for value in islice(scalars(kind, node, node), 3))


def _beyond(make: Smallest, keyword: str, nodes: tuple[Node, Node], example: Any) -> Iterator[Any]:
    """Yield values that a limit of the narrow side stops."""
    wide, narrow = nodes
    limit, kind = narrow.limits.get(keyword), LIMITS[keyword][0]
    number = limit if isinstance(limit, int | float) and not isinstance(limit, bool) else None
    if kind == "string":
        if number is not None and number <= _LONGEST:
            yield "x" * max(0, int(number) + LIMITS[keyword][1])
        yield from scalars("string", wide, narrow, example)
    elif kind == "number":
        if number is not None:
            more = LIMITS[keyword][1] or 1
            for value in (number + more, number, number - more, number + more / 2):
                whole = isinstance(value, int) or float(value).is_integer()
                if ("integer" if whole else "fraction") in wide.types:
                    yield int(value) if whole else value
        for name in ("integer", "fraction"):
            yield from scalars(name, wide, wide, example) if name in wide.types else ()
    elif kind == "array":
        item = make.value(wide.items, narrow.items, inner(example, 0), 1)
        yield from ([item] * count for count in _counts(keyword, number))
    else:
        held = make.object(wide, narrow, example, 0)
        named = [name for name in wide.properties if name not in held]
        yield held
        for count in _counts(keyword, number):
            extra = (*named, *(f"{_FURTHER}{n}" for n in range(count)))[: max(0, count - len(held))]
            yield {**held, **{name: make.member(wide, narrow, name, example, 1) for name in extra}}


def _counts(keyword: str, number: float | None) -> Iterator[int]:
    if keyword == "uniqueItems":
        yield 2
    elif number is not None and 0 <= number <= _LONGEST:
        yield max(0, int(number) + LIMITS[keyword][1])
