"""Observed: payloads counted member by member, in one walk, with no more remembered than a report can show."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from docpact.drift.stories import Stories
from docpact.drift.times import AS_TEXT, times_of, unit_of
from docpact.drifted import Sighting
from docpact.features import key_of
from docpact.finding import escape_token
from docpact.redact import shown, shown_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from docpact.contract import Contract
    from docpact.finding import Place

# Names that no page names in one object, values that it does not list of one member, and pairs of statuses.
MOST = 200
# A longer name or value is remembered as a report shows it: two hundred of a megabyte are too much.
_LONGEST = 200
_MOST_ERRORS = 20

_NAMES: dict[type, str] = {
    str: "string", int: "integer", float: "number", bool: "boolean", dict: "object", list: "array", type(None): "null",
}  # fmt: skip
_TYPES: dict[str, tuple[type, ...]] = {
    "string": (str,), "integer": (int,), "number": (float, int), "boolean": (bool,), "object": (dict,), "array": (list,),
}  # fmt: skip


@dataclass(slots=True, eq=False)
class Unlisted:
    """A value that the page does not list, and where it was seen; `literal` is None where it is too long to be kept."""

    shown: object
    literal: str | None
    sighting: Sighting


@dataclass(slots=True, eq=False)
class Unnamed:
    """A member that the page does not name: where it was seen, of which types, and what it was when it first was something."""

    sighting: Sighting
    example: object
    types: dict[str, int] = field(default_factory=dict)


@dataclass(slots=True, eq=False)
class Node:
    """One documented member, `*` for an index: what it should be, and all that is counted of it.

    `objects` is how often it was an object, and so could hold its own members; `types` counts what the page allows it to be,
    and `odd` what it does not. `unlisted` is None where nothing is listed and nobody asks for its values.
    """

    pointer: str
    required: bool
    types: dict[type, int]
    nullable: bool
    values: dict[Any, int] | None
    names: dict[str, Node]
    needed: frozenset[str]
    items: Node | None = None
    objects: int = 0
    empty: int = 0
    nulls: Sighting | None = None
    lacking: Sighting | None = None
    odd: dict[str, Sighting] = field(default_factory=dict)
    unlisted: dict[Any, Unlisted] | None = None
    unlisted_more: int = 0
    unnamed: dict[str, Unnamed] = field(default_factory=dict)
    unnamed_more: int = 0
    units: dict[str, Sighting] | None = None

    @property
    def present(self) -> int:
        """How often it was there."""
        return sum(self.types.values()) + sum(s.count for s in self.odd.values()) + (self.nulls.count if self.nulls else 0)

    def below(self) -> Iterator[tuple[Node, Node]]:
        """Yield every node below this one with the one that holds it, in the order of the page."""
        for node in self.names.values():
            yield self, node
            yield from node.below()
        if self.items is not None:
            yield self, self.items
            yield from self.items.below()


class Observed:
    """Count what payloads hold, named by the page or not; with `stories`, the steps between the statuses of tasks too."""

    def __init__(self, contract: Contract, *, stories: bool = False) -> None:
        self._contract = contract
        self.root = _node(contract.schema, "", required=True)
        told = {contract.roles.get(role, "") for role in ("status", "action")}
        for _, node in self.root.below():
            if node.pointer in told and node.unlisted is None:
                node.unlisted = {}
        documented = {node.pointer: contract.subschema(node.pointer) or {} for _, node in self.root.below()}
        self.times = times_of(contract, documented)
        for _, node in self.root.below():
            if node.pointer in self.times:
                node.units = {}
        self.payloads = 0
        self.error_bodies: Sighting | None = None
        self.errors: dict[str, int] = {}
        self.no_objects: Sighting | None = None
        self.stories = Stories(contract.roles)
        self.tells_stories = stories
        self.statuses: dict[str, Sighting] = {}
        self.steps: dict[tuple[str, str], Sighting] = {}
        self.steps_more = 0

    def take(self, payload: Any, place: Place, asked: str | None = None, scope: str = "") -> None:
        """Count one payload, seen at a place; for stories, with the id that was asked for and the scope of its polls."""
        self.payloads += 1
        if self._contract.envelope and isinstance(payload, dict) and self._contract.is_error_body(payload):
            self._error(payload, place)
        elif _base(type(payload)) not in self.root.types:
            self.no_objects = _again(self.no_objects, place)
        else:
            self._inside(self.root, payload, place)
            if isinstance(payload, dict):
                self._story(payload, place, asked, scope)

    def _object(self, node: Node, value: dict[str, Any], place: Place) -> None:
        node.objects += 1
        names = node.names
        for name, part in value.items():
            child = names.get(name)
            if child is None:
                self._unnamed(node, name, part, place)
            else:
                self._value(child, part, place)
        if not node.needed <= value.keys():
            for name in node.needed - value.keys():
                names[name].lacking = _again(names[name].lacking, place)

    def _value(self, node: Node, value: Any, place: Place) -> None:
        kind = type(value)
        if kind not in _NAMES:
            kind = _base(kind)
        if kind in node.types:
            node.types[kind] += 1
        elif not self._is_whole(node, value, place):
            return
        if kind is dict or kind is list:
            self._inside(node, value, place)
            return
        if value == "":
            node.empty += 1
        if node.unlisted is not None:
            self._listed(node, node.unlisted, value, place)
        if node.units is not None:
            self._time(node.units, unit_of(value), place)

    def _is_whole(self, node: Node, value: Any, place: Place) -> bool:
        """Count a value that is of no documented type; or tell that it is one all the same: 1.0 is an integer."""
        if value is None:
            node.nulls = _again(node.nulls, place)
            return False
        if isinstance(value, float) and value.is_integer() and int in node.types:
            node.types[int] += 1
            return True
        name = name_of_type(_base(type(value)))
        node.odd[name] = _again(node.odd.get(name), place)
        if node.units is not None and isinstance(value, str) and (unit := unit_of(value)).endswith(AS_TEXT):
            # That it is a text is told; what its digits count is another matter.
            self._time(node.units, unit.removesuffix(AS_TEXT), place)
        return False

    def _inside(self, node: Node, value: Any, place: Place) -> None:
        if not value:
            node.empty += 1
        if isinstance(value, dict):
            # An object whose members the page does not name at all is free.
            if node.names:
                self._object(node, value, place)
        elif node.items is not None and isinstance(value, list):
            for item in value:
                self._value(node.items, item, place)

    def _listed(self, node: Node, unlisted: dict[Any, Unlisted], value: Any, place: Place) -> None:
        key = value if isinstance(value, str) else key_of(value)
        if node.values is not None and key in node.values:
            node.values[key] += 1
            return
        if isinstance(value, str) and len(value) > _LONGEST:
            key = shown_text(value)
        known = unlisted.get(key)
        if known is not None:
            known.sighting.again(place)
        elif len(unlisted) < MOST:
            literal = value if isinstance(value, str) and shown(value) == value else None
            unlisted[key] = Unlisted(shown(value), literal, Sighting(1, place, place))
        else:
            node.unlisted_more += 1

    def _unnamed(self, node: Node, name: str, value: Any, place: Place) -> None:
        if len(name) > _LONGEST:
            name = shown_text(name)
        known = node.unnamed.get(name)
        if known is not None:
            known.sighting.again(place)
        elif len(node.unnamed) < MOST:
            known = node.unnamed[name] = Unnamed(Sighting(1, place, place), _example(value))
        else:
            node.unnamed_more += 1
            return
        if known.example is None and value is not None:
            # What it is when it is something says more.
            known.example = _example(value)
        kind = name_of_type(_base(type(value)))
        known.types[kind] = known.types.get(kind, 0) + 1

    def _time(self, units: dict[str, Sighting], unit: str, place: Place) -> None:
        if unit:
            units[unit] = _again(units.get(unit), place)

    def _error(self, payload: Mapping[str, Any], place: Place) -> None:
        self.error_bodies = _again(self.error_bodies, place)
        said = next((payload[name] for name in sorted(self._contract.envelope) if name in payload), None)
        inner = said.get("code", said.get("type")) if isinstance(said, dict) else said
        name = str(shown(inner))
        if name in self.errors or len(self.errors) < _MOST_ERRORS:
            self.errors[name] = self.errors.get(name, 0) + 1

    def _story(self, payload: dict[str, Any], place: Place, asked: str | None, scope: str) -> None:
        status = self.stories.status(payload)
        if status is not None and (status in self.statuses or len(self.statuses) < MOST):
            self.statuses[status] = _again(self.statuses.get(status), place)
        if not self.tells_stories:
            return
        step = self.stories.take(payload, scope, asked)
        if step is None:
            return
        if step in self.steps or len(self.steps) < MOST:
            self.steps[step] = _again(self.steps.get(step), place)
        else:
            self.steps_more += 1


def pointer_of(node: Node, name: str) -> str:
    """Return where a member that the page does not name stands, safe to show."""
    return f"{node.pointer}/{escape_token(shown_text(name))}"


def name_of_type(kind: type) -> str:
    """Return what JSON calls a type of Python; what JSON does not know has the name that Python gives it."""
    return _NAMES.get(kind, kind.__name__)


def _base(kind: type) -> type:
    """Return the type that a value is of: an OrderedDict is a dict, and an IntEnum an int."""
    return kind if kind in _NAMES else next((base for base in _NAMES if issubclass(kind, base)), kind)


def _example(value: Any) -> object:
    return None if isinstance(value, dict | list) else shown(value)


def _again(sighting: Sighting | None, place: Place) -> Sighting:
    if sighting is None:
        return Sighting(1, place, place)
    sighting.count += 1
    sighting.last = place
    return sighting


def _node(schema: Mapping[str, Any], pointer: str, *, required: bool) -> Node:
    declared = schema.get("type")
    kinds = tuple(_TYPES) if declared is None else (declared,) if isinstance(declared, str) else tuple(declared)
    needed = schema.get("required", ())
    documented = schema.get("properties", {})
    listed = [value for value in schema["enum"] if value is not None] if "enum" in schema else None
    items = schema.get("items")
    return Node(
        pointer,
        required,
        types={kind: 0 for name in kinds if name in _TYPES for kind in _TYPES[name]},
        nullable=(declared is None or "null" in kinds) and ("enum" not in schema or None in schema["enum"]),
        values=None if listed is None else {key_of(value): 0 for value in listed},
        unlisted=None if listed is None else {},
        names={
            name: _node(part, f"{pointer}/{escape_token(name)}", required=name in needed) for name, part in documented.items()
        },
        needed=frozenset(needed).intersection(documented),
        items=_node(items, f"{pointer}/*", required=False) if isinstance(items, dict) else None,
    )
