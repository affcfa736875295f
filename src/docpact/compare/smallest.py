"""The smallest sensible payload of a schema that another schema takes as well, wherever there is one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from docpact.compare.node import key_of, type_of
from docpact.pointers import ABSENT

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from docpact.compare.node import Node
    from docpact.compare.reader import Reader

_DEEPEST = 30
_MOST_ITEMS = 64
# As many values as are made for all proposals of one witness.
_MOST_MADE = 2_000
_MOST_LETTERS = 4096
_ORDER = ("string", "integer", "boolean", "fraction", "array", "object", "null")


class NoneSuchError(Exception):
    """There is no such payload, or none that is small: a schema asks for itself inside itself, or for a million items."""


class TooLargeError(NoneSuchError):
    """Even the smallest payload has more members than a person would look at."""


class Smallest:
    """Make payloads that `wide` allows and, as far as that can be, `narrow` too; `example` is a payload of the page."""

    def __init__(self, wide: Reader, narrow: Reader) -> None:
        self._wide, self._narrow = wide, narrow
        self._made = 0

    def nodes(self, wide: Any, narrow: Any) -> tuple[Node, Node]:
        """Put together what both schemas allow at their tops."""
        return self._wide.node(wide), self._narrow.node(narrow)

    def value(self, wide: Any, narrow: Any, example: Any = ABSENT, depth: int = 0) -> Any:
        """Return a payload; raises `NoneSuchError` where there is none."""
        return self.of_nodes(*self.nodes(wide, narrow), example, depth)

    def of_nodes(self, wide: Node, narrow: Node, example: Any = ABSENT, depth: int = 0) -> Any:
        """Return a payload of what stands at one place."""
        self._made += 1
        if self._made > _MOST_MADE:
            raise TooLargeError
        if depth > _DEEPEST or not wide.types:
            raise NoneSuchError
        types = wide.types & narrow.types or wide.types
        if wide.values is not None or narrow.values is not None:
            return _listed(wide, narrow, example)
        for kind in _ORDER:
            if kind in types:
                return self.of_type(kind, wide, narrow, example, depth)
        raise NoneSuchError

    def of_type(self, kind: str, wide: Node, narrow: Node, example: Any = ABSENT, depth: int = 0) -> Any:
        """Return a payload of one type."""
        if kind == "object":
            return self.object(wide, narrow, example, depth)
        if kind == "array":
            return self.array(wide, narrow, example, depth)
        for value in scalars(kind, wide, narrow, example):
            if fits(value, wide) and fits(value, narrow):
                return value
        for value in scalars(kind, wide, narrow, example):
            if fits(value, wide):
                return value
        raise NoneSuchError

    def object(self, wide: Node, narrow: Node, example: Any, depth: int) -> dict[str, Any]:
        """Return an object with the members that one of the two wants."""
        also = narrow.required if wide.further is not False else narrow.required & wide.properties.keys()
        return {name: self.member(wide, narrow, name, example, depth) for name in sorted(wide.required | also)}

    def member(self, wide: Node, narrow: Node, name: str, example: Any, depth: int) -> Any:
        """Return a value for a member."""
        return self.value(*schemas_of(wide, narrow, name), inner(example, name), depth + 1)

    def array(self, wide: Node, narrow: Node, example: Any, depth: int) -> list[Any]:
        """Return an array with as few items as may be."""
        least = max((node.limits.get("minItems", 0) for node in (wide, narrow)), default=0)
        if not isinstance(least, int) or least > _MOST_ITEMS:
            raise NoneSuchError
        items = [self.value(wide.items, narrow.items, inner(example, index), depth + 1) for index in range(min(least, 1))]
        return items * least


def schemas_of(wide: Node, narrow: Node, name: str) -> tuple[Any, Any]:
    """Return the schemas of a member on both sides: what is not named is a further member."""
    return wide.properties.get(name, wide.further), narrow.properties.get(name, narrow.further)


def inner(example: Any, step: str | int) -> Any:
    """Return what stands at one step into an example, ABSENT where it has no such place."""
    if isinstance(example, dict) and isinstance(step, str):
        return example.get(step, ABSENT)
    if isinstance(example, list) and isinstance(step, int) and example:
        return example[min(step, len(example) - 1)]
    return ABSENT


def _listed(wide: Node, narrow: Node, example: Any) -> Any:
    """Return a listed value: that of the example, the first that both list, or one that the other allows."""
    values = wide.values if wide.values is not None else narrow.values or ()
    mine = sorted((value for value in values if type_of(value) in wide.types), key=lambda value: value is None)
    both = [value for value in mine if fits(value, wide) and fits(value, narrow)]
    same = [value for value in both if example is not ABSENT and key_of(value) == key_of(example)]
    chosen = same or both or [value for value in mine if fits(value, wide)]
    if chosen:
        return chosen[0]
    if "null" in wide.types:
        return None
    raise NoneSuchError


def scalars(kind: str, wide: Node, narrow: Node, example: Any = ABSENT) -> Iterator[Any]:
    """Yield values of a type, the most sensible ones first: examples, then those at the borders of the limits."""
    if kind == "null":
        yield None
        return
    said = [example, *(word for node in (wide, narrow) for word in _examples(node))]
    yield from (value for value in said if value is not ABSENT and type_of(value) == kind)
    if kind == "boolean":
        yield from (False, True)
    elif kind == "string":
        yield from _texts({**narrow.limits, **wide.limits}, [one.limits for one in (wide, narrow)])
    else:
        for value in _numbers([one.limits for one in (wide, narrow)]):
            yield int(value) if kind == "integer" else value + 0.5


def _examples(node: Node) -> Iterator[Any]:
    listed = node.words.get("examples")
    yield from (node.words[word] for word in ("example", "default") if word in node.words)
    yield from listed if isinstance(listed, list) else ()


def _texts(limits: Mapping[str, Any], sides: list[Mapping[str, Any]]) -> Iterator[str]:
    lengths = [side[keyword] for side in sides for keyword in ("minLength", "maxLength") if isinstance(side.get(keyword), int)]
    if not limits.get("pattern"):
        yield ""
    yield "text"
    yield from ("x" * length for length in sorted(lengths) if 0 <= length <= _MOST_LETTERS)
    yield from ("", "0", "1", "2026-01-01", "a", "A", "https://relay.example/1")


def _numbers(sides: list[Mapping[str, Any]]) -> Iterator[float]:
    yield from (0, 1)
    steps = [side["multipleOf"] for side in sides if _is_number(side.get("multipleOf"))]
    for keyword in ("minimum", "exclusiveMinimum", "maximum", "exclusiveMaximum"):
        for side in sides:
            limit: Any = side.get(keyword)
            if _is_number(limit) and abs(limit) < 2**63:
                yield from (limit, limit + 1, limit - 1)
                yield from ((limit // step + more) * step for step in steps if step > 0 for more in (0, 1))
    yield from steps


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def fits(value: Any, node: Node) -> bool:
    """Tell whether a node takes a value, as far as can be told without the judge: not by patterns, nor by what is inside."""
    kind = type_of(value)
    if kind not in node.types:
        return False
    if node.values is not None:
        return key_of(value) in map(key_of, node.values)
    limits = node.limits
    if kind == "string":
        return _between(len(value), limits.get("minLength"), limits.get("maxLength"))
    if kind in ("integer", "fraction"):
        if not _between(value, limits.get("minimum"), limits.get("maximum")):
            return False
        low, high, step = (limits.get(key) for key in ("exclusiveMinimum", "exclusiveMaximum", "multipleOf"))
        inside = not (_is_number(low) and value <= low) and not (_is_number(high) and value >= high)
        return inside and not (isinstance(step, int) and step > 0 and value % step)
    return True


def _between(value: float, low: Any, high: Any) -> bool:
    return not (_is_number(low) and value < low) and not (_is_number(high) and value > high)
