"""A contract as a programmer's types: its objects, each with a name, seen through a profile; whatever the language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

from docpact.errors import ContractError
from docpact.finding import Severity, escape_token, without_indices
from docpact.generate.models.naming import TAKEN, Names, class_name, singular, snake
from docpact.generate.models.texts import lines_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from docpact.contract import Contract, Profile

Scalar: TypeAlias = "str | int | float | bool"

_IS: dict[str, Callable[[object], bool]] = {
    "string": lambda value: isinstance(value, str),
    "boolean": lambda value: isinstance(value, bool),
    "integer": lambda value: isinstance(value, int) and not isinstance(value, bool),
    "number": lambda value: isinstance(value, int | float) and not isinstance(value, bool),
}
_ALL = (*_IS, "array", "object", "null")


@dataclass(frozen=True, slots=True)
class Known:
    """The values that are known of a member, which may have others of `types`: the name of its type, and of the constant."""

    name: str
    constant: str
    types: tuple[str, ...]
    values: tuple[Scalar, ...]


@dataclass(frozen=True, slots=True)
class Value:
    """What a value may be: `types` are JSON's; none of them means any value.

    `items` says what an array holds, `shape` is the name of what an object is: None where the page leaves it open.
    """

    types: tuple[str, ...] = ()
    nullable: bool = True
    known: Known | None = None
    items: Value | None = None
    shape: str | None = None

    @property
    def plain(self) -> tuple[str, ...]:
        """The types apart from null, and from those of the values that are known."""
        covered = self.known.types if self.known else ()
        return tuple(kind for kind in self.types if kind != "null" and kind not in covered)


@dataclass(frozen=True, slots=True)
class Member:
    """One member of an object: `name` as in the payload, `about` what the page says of it, in lines."""

    name: str
    value: Value
    optional: bool
    about: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Shape:
    """One object of a contract, as a type with a name."""

    name: str
    members: tuple[Member, ...]
    about: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Shapes:
    """All objects of a contract, the inner ones before those that hold them, and the lists of values that are known."""

    root: str
    shapes: tuple[Shape, ...]
    known: tuple[Known, ...]
    about: tuple[str, ...]


def shapes_of(contract: Contract, profile: Profile) -> Shapes:
    """Return the types of a contract: what the profile excuses may be null, or absent, and what it adds is known.

    Raises `ContractError` where the body of the contract is no object.
    """
    if contract.schema.get("type") != "object":
        raise ContractError(
            f"the body of the contract {contract.name} is no object", hint="types are written for contracts whose body is one"
        )
    reader = _Reader(profile)
    root = reader.shape(contract.schema, "", class_name(contract.name))
    about = (
        f"Types of the contract {' '.join(lines_of(contract.name))}, profile {' '.join(lines_of(profile.name))}.",
        "",
        "Made by docpact: change the contract, and not this file. Its schema has the SHA-256",
        f"{contract.schema_sha256}.",
    )
    return Shapes(root, tuple(reader.shapes), tuple(reader.known), about)


class _Reader:
    """Walks a schema once, and keeps the names that it gives."""

    def __init__(self, profile: Profile) -> None:
        self.shapes: list[Shape] = []
        self.known: list[Known] = []
        self._profile = profile
        self._names = Names(TAKEN)

    def shape(self, schema: Mapping[str, Any], pointer: str, wanted: str) -> str:
        """Keep the object at `pointer`, with all that it holds, and return its name."""
        name = self._names.give(wanted)
        required = schema.get("required", ())
        members = []
        for member, clause in schema.get("properties", {}).items():
            at = f"{pointer}/{escape_token(member)}"
            optional = member not in required or self._excuses("documented-required", at)
            value = self.value(clause, at, (name, member))
            members.append(Member(member, value, optional, _about(clause, at)))
        self.shapes.append(Shape(name, tuple(members), _about(schema, pointer)))
        return name

    def value(self, schema: Any, pointer: str, names: tuple[str, ...]) -> Value:
        """Return what may stand at `pointer`; `names` are what a type of it is called after."""
        said = schema if isinstance(schema, Mapping) else {}
        listed = said.get("enum")
        types = _types(said, listed)
        nullable = not types or "null" in types or self._excuses("documented-null", pointer)
        items = shape = None
        if "array" in types and "items" in said:
            items = self.value(said["items"], f"{pointer}/*", (*names[:-1], singular(names[-1])))
        if "object" in types and said.get("properties"):
            shape = self.shape(said, pointer, class_name(*names))
        known = self._listed(listed, types, pointer, names) if isinstance(listed, list) else None
        return Value(types, nullable, known, items, shape)

    def _listed(self, listed: list[Any], types: tuple[str, ...], pointer: str, names: tuple[str, ...]) -> Known | None:
        more = sorted(self._profile.enums.get(without_indices(pointer), ()))
        scalars = [kind for kind in types if kind in _IS]
        fitting = [one for one in (*listed, *more) if any(_IS[kind](one) for kind in scalars)]
        # By type too: 1 and true are one key of a dict.
        values = tuple({(type(one), one): one for one in fitting}.values())
        if not values:
            return None
        name, open_to = self._names.give(class_name(*names)), tuple(k for k in scalars if any(map(_IS[k], values)))
        known = Known(name, self._names.give(f"KNOWN_{snake(name).upper()}"), open_to, values)
        self.known.append(known)
        return known

    def _excuses(self, rule: str, pointer: str) -> bool:
        return self._profile.severity(rule, without_indices(pointer), None) is not Severity.ERROR


def _types(schema: Mapping[str, Any], listed: Any) -> tuple[str, ...]:
    """Return the types that a schema allows, in its order; where it has a list of values alone, theirs."""
    said = schema.get("type")
    if said is None and isinstance(listed, list) and listed:
        found = [next((kind for kind, holds in _IS.items() if holds(value)), "null") for value in listed]
        return tuple(dict.fromkeys(found)) if all(_is_scalar(value) for value in listed) else ()
    types = [said] if isinstance(said, str) else said if isinstance(said, list) else []
    wide = [one for one in dict.fromkeys(types) if not (one == "integer" and "number" in types)]
    return tuple(wide) if all(one in _ALL for one in wide) else ()


def _is_scalar(value: object) -> bool:
    return value is None or isinstance(value, str | int | float)


def _about(schema: Any, pointer: str) -> tuple[str, ...]:
    """Return what the page says of something, in lines: its title and description, and where they stand."""
    said = schema if isinstance(schema, Mapping) else {}
    text = tuple(dict.fromkeys((*lines_of(said.get("title")), *lines_of(said.get("description")))))
    lines = said.get("x-page-lines", {})
    first, last = lines.get("member") or lines.get("type") or (0, 0)
    where = f"page line {first}" if first == last else f"page lines {first}-{last}"
    if not first:
        return text or (" ".join(lines_of(pointer)) or "The body.",)
    return (*text[:-1], f"{text[-1]} ({where})") if text else (where.capitalize(),)
