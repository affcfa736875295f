"""Anything: all that a page allows, drawn from the schema alone.

A draw takes Hypothesis longer than all that is made of it, so that draws are saved where shrinking does not suffer: one
strategy walks through the whole body, instead of one that is built of others.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, NamedTuple

from hypothesis import strategies as st

from docpact.errors import ContractError
from docpact.finding import escape_token

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from hypothesis.strategies import DrawFn, SearchStrategy

    from docpact.contract import Contract, Profile

# What `derive` writes, beside what only comments on a member (as `format` does in this version of JSON Schema).
_KEYWORDS = frozenset({"type", "enum", "properties", "required", "items"})
_COMMENTS = frozenset({"$schema", "$id", "$comment", "title", "description", "format", "default", "examples", "deprecated"})

# No half of a surrogate pair: Python can hold one, and a text in UTF-8 cannot.
_STRINGS = st.text()
_INTEGERS = st.integers()
_FLOATS = st.floats(allow_nan=False, allow_infinity=False)
_BOOLEANS = st.booleans()
_SIMPLE: SearchStrategy[Any] = st.none() | _BOOLEANS | _INTEGERS | _FLOATS | _STRINGS
_ANY: SearchStrategy[Any] = st.recursive(
    _SIMPLE, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_STRINGS, inner, max_size=3), max_leaves=8
)
_ANYTHING = st.dictionaries(_STRINGS, _ANY)
# Each item of a list is some draws, so that most lists are short; the page sets no bound, and this does.
_LENGTHS = st.sampled_from((*[0, 1, 2] * 11, 3, 3, 4, 4, 5, 8, 16))
_FURTHER = st.sampled_from((0, 0, 1, 2))
# One choice for a whole body: see `_Walk`. Most bodies are plain.
_WAYS = ((False, False), (False, False), (True, False), (False, True), (True, True))
_SWITCHES = st.sampled_from(_WAYS)
# Which of three members are there: a bit each. Hypothesis makes any three of them as few as can be; of four, not always. From
# 7 on it is all three, so that bodies with all members are drawn, too.
_WHICH, _THREE, _ALL = st.integers(0, 11), 3, 7

_TYPES: Mapping[str, tuple[type, ...]] = {
    "string": (str,), "integer": (int,), "number": (int, float), "boolean": (bool,), "null": (type(None),),
    "array": (list,), "object": (dict,),
}  # fmt: skip


class _Walk(NamedTuple):
    """One example: what draws; whether whole numbers may have a point (1.0), and whether members stand that no page names."""

    draw: DrawFn
    points: bool
    further: bool


if TYPE_CHECKING:
    Maker = Callable[[_Walk], Any]
    Member = tuple[str, Maker]


def bodies(contract: Contract, profile: Profile, given: Mapping[str, str]) -> SearchStrategy[Any]:
    """Return the strategy of all bodies in which a profile finds nothing in the documented layer.

    `given` maps a pointer to the value that must stand there. Raises `ContractError` for a schema with keywords that `derive`
    does not write, or with a required member that can have no value.
    """
    kind = "array" if contract.schema.get("type") == "array" else "object"
    return allowed_payloads(_Schema(profile, given).typed(kind, contract.schema, ""))


@st.composite
def allowed_payloads(draw: DrawFn, make: Maker) -> Any:
    """Draw one body, by what its schema was turned into."""
    return make(_Walk(draw, *draw(_SWITCHES)))


class _Schema:
    """Turn the parts of a schema into what makes a value for each; None where no value can be."""

    def __init__(self, profile: Profile, given: Mapping[str, str]) -> None:
        self._profile = profile
        self._given = given

    def value(self, schema: Mapping[str, Any], at: str) -> Maker | None:
        if at in self._given:
            given = self._given[at]
            return lambda _: given
        _refuse_unknown(schema, at)
        if _KEYWORDS.isdisjoint(schema):
            return lambda walk: walk.draw(_ANY)
        types = _types(schema)
        makers: list[Maker]
        if "enum" in schema:
            listed = [value for value in schema["enum"] if _is_of(value, types)]
            listed += sorted(value for value in self._profile.enums.get(at, ()) if value not in listed)
            makers = [_listed(listed)] if listed else []
        else:
            makers = [self.typed(name, schema, at) for name in types]
        if "null" not in types and self._profile.severity("documented-null", at, None) is None:
            makers.append(lambda _: None)
        return _one_of(makers)

    def object(self, schema: Mapping[str, Any], at: str) -> Maker:
        properties: Mapping[str, Any] = schema.get("properties", {})
        required = schema.get("required", ())
        if not properties and not required:
            return lambda walk: walk.draw(_ANYTHING)
        musts: list[Member] = []
        others: list[Member] = []
        for name in dict.fromkeys((*properties, *required)):
            pointer = f"{at}/{escape_token(name)}"
            value = self.value(properties.get(name, {}), pointer)
            must = self._must(pointer) if name in required else self._is_given(pointer)
            if value is not None:
                (musts if must else others).append((name, value))
            elif must:
                raise ContractError(
                    f"the schema wants {pointer}, and allows it no value: its list has none that is of its type",
                    hint="look at the member on the page, and derive the contract anew",
                )
        is_closed = self._profile.undocumented is not None and bool(properties)
        return _object(musts, others, None if is_closed else frozenset({*properties, *required}))

    def typed(self, name: str, schema: Mapping[str, Any], at: str) -> Maker:
        if name == "object":
            return self.object(schema, at)
        if name == "array":
            item = self.value(schema.get("items", {}), f"{at}/*")
            return _array(item) if item is not None else lambda _: []
        return _SCALARS[name]

    def _must(self, pointer: str) -> bool:
        return self._is_given(pointer) or self._profile.severity("documented-required", pointer, None) is not None

    def _is_given(self, pointer: str) -> bool:
        return any(at == pointer or at.startswith(f"{pointer}/") for at in self._given)


def _object(musts: Sequence[Member], others: Sequence[Member], named: frozenset[str] | None) -> Maker:
    """Make objects with all of some members and any of others, and with further ones unless `named` is None."""

    def make(walk: _Walk) -> dict[str, Any]:
        made = {name: value(walk) for name, value in musts}
        which = 0
        for number, (name, value) in enumerate(others):
            which = which >> 1 if number % _THREE else min(walk.draw(_WHICH), _ALL)
            if which & 1:
                made[name] = value(walk)
        if walk.further and named is not None:
            for _ in range(walk.draw(_FURTHER)):
                made[_unlike(walk.draw(_STRINGS), named)] = walk.draw(_ANY)
        return made

    return make


def _unlike(name: str, named: frozenset[str]) -> str:
    while name in named:
        name += "_"
    return name


def _array(item: Maker) -> Maker:
    # An item is a strategy of its own: Hypothesis takes out whole ones when it shrinks.
    items = {way: _item(item, way) for way in _WAYS}

    def make(walk: _Walk) -> list[Any]:
        strategy = items[walk[1:]]
        return [walk.draw(strategy) for _ in range(walk.draw(_LENGTHS))]

    return make


@st.composite
def _item(draw: DrawFn, make: Maker, way: tuple[bool, bool]) -> Any:
    return make(_Walk(draw, *way))


def _listed(values: Sequence[Any]) -> Maker:
    strategy = st.sampled_from(values)
    return lambda walk: walk.draw(strategy)


def _one_of(makers: Sequence[Maker]) -> Maker | None:
    if len(makers) <= 1:
        return makers[0] if makers else None
    which = st.integers(0, len(makers) - 1)
    return lambda walk: makers[walk.draw(which)](walk)


def _integer(walk: _Walk) -> int | float:
    # JSON Schema counts 1.0 as an integer, and JSON sets no bound.
    if walk.points and walk.draw(_BOOLEANS):
        return math.modf(walk.draw(_FLOATS))[1]
    return walk.draw(_INTEGERS)


def _number(walk: _Walk) -> int | float:
    return walk.draw(_FLOATS) if walk.draw(_BOOLEANS) else walk.draw(_INTEGERS)


_SCALARS: Mapping[str, Maker] = {
    "string": lambda walk: walk.draw(_STRINGS),
    "integer": _integer,
    "number": _number,
    "boolean": lambda walk: walk.draw(_BOOLEANS),
    "null": lambda _: None,
}


def _refuse_unknown(schema: Mapping[str, Any], at: str) -> None:
    unknown = [key for key in schema if key not in _KEYWORDS and key not in _COMMENTS and not key.startswith("x-")]
    if unknown:
        raise ContractError(
            f"the schema says {unknown[0]} at {at}, and what it allows there cannot be drawn",
            hint=f"docpact derive writes {', '.join(sorted(_KEYWORDS))}; the contract can be drawn without the rest",
        )


def _types(schema: Mapping[str, Any]) -> list[str]:
    declared = schema.get("type")
    return list(_TYPES) if declared is None else [declared] if isinstance(declared, str) else list(declared)


def _is_of(value: Any, types: Sequence[str]) -> bool:
    if isinstance(value, bool):
        return "boolean" in types
    whole = isinstance(value, float) and value.is_integer() and "integer" in types
    return whole or any(isinstance(value, _TYPES[name]) for name in types)
