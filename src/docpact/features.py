"""Features: what payloads and stories can exercise of a contract, and what one payload does."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple

from docpact.finding import escape_token
from docpact.pointers import ABSENT

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from docpact.contract import Contract, Profile

# A text that no one-line field holds, and more items than a usual list has.
LONG = 1_000
MANY = 16
# What a feature is about: a listed value, a member that is there or not, a null, an extreme, a button, a step of the lifecycle.
VALUES, PRESENCE, NULLS, EXTREMES, BUTTONS, STEPS = "values", "presence", "nulls", "extremes", "buttons", "steps"
_GROUPS = {"present": PRESENCE, "absent": PRESENCE, "null": NULLS, "empty": EXTREMES, "long": EXTREMES, "many": EXTREMES}
# Checks that leave no choice of the text, so that a long one would be another thing.
_FORMED = frozenset({"form", "url", "base64", "grammar", "id-time", "one-of"})


class Member(NamedTuple):
    """One member that the page names, with `*` for an index: its schema, and whether a payload may lack it, or say null."""

    at: str
    schema: Mapping[str, Any]
    may_lack: bool
    may_be_null: bool
    is_free: bool

    @property
    def kind(self) -> str:
        """Return the type that the page gives, the first that is not null."""
        declared = self.schema.get("type", "string")
        return declared if isinstance(declared, str) else next((name for name in declared if name != "null"), "null")


class _Node(NamedTuple):
    """One member as payloads are walked: the features of its values and ways, its own members, and its items."""

    name: str
    values: dict[Any, str]
    ways: dict[str, str]
    kind: str
    names: list[_Node]
    items: _Node | None


class Features:
    """All features of a contract under a profile; each is a short text such as `/status=SUCCESS` or `/prompt long`."""

    def __init__(self, contract: Contract, profile: Profile) -> None:
        self._contract = contract
        self._profile = profile
        self._formed = {at for entry in contract.coherence if entry.check in _FORMED for at in entry.members}
        # Where the page documents a list, what can be exercised stands in its items.
        self.is_list = contract.schema.get("type") == "array"
        root, at = (contract.schema.get("items", {}), "/*") if self.is_list else (contract.schema, "")
        self.members = tuple(self._named(root, at))
        self._kinds = [(kind.name, kind.markers, re.compile(kind.form, re.ASCII)) for kind in contract.buttons]
        self.custom_ids = sorted({at for e in contract.coherence if e.check in {"grammar", "known-kind"} for at in e.members})
        self._values = {part.at: self._listed(part) for part in self.members}
        self._nodes = self._walked(root, at, {part.at: part for part in self.members})

    def all(self) -> Iterator[str]:
        """Yield every feature of payloads, in the order of the page."""
        yield from (feature for feature, group in self.grouped() if group != STEPS)

    def grouped(self) -> Iterator[tuple[str, str]]:
        """Yield every feature, of payloads in the order of the page and then of stories, each with what it is about."""
        for part in self.members:
            yield from ((f"{part.at}={_written(value)}", VALUES) for value in self._values[part.at])
            yield from ((f"{part.at} {how}", _GROUPS[how]) for how in self.ways(part))
        if self.custom_ids:
            yield from ((f"button:{name}", BUTTONS) for name, _, _ in self._kinds)
        yield from ((step(*one), STEPS) for one in self.steps())

    def ways(self, part: Member) -> Iterator[str]:
        """Yield what may be true of a member, apart from its listed values."""
        if part.may_lack:
            yield from ("present", "absent") if part.kind != "null" else ("absent",)
        if part.may_be_null:
            yield "null"
        if part.kind == "array":
            yield from ("empty", "many")
        if part.kind == "string" and not self._values[part.at]:
            yield "empty"
            if part.is_free:
                yield "long"

    def of(self, payload: Any) -> list[str]:
        """Return the features of a payload; one may come twice."""
        found: list[str] = []
        for body in payload if self.is_list and isinstance(payload, list) else [payload]:
            if isinstance(body, dict):
                _object(self._nodes, body, found)
        for pattern in self.custom_ids if self._kinds else ():
            for _, text in places(payload, pattern):
                kind = self._kind(text) if isinstance(text, str) else None
                if kind is not None:
                    found.append(f"button:{kind}")
        return found

    def steps(self) -> list[tuple[str, str]]:
        """List the steps from one status to another that tasks take by the lifecycle, and by the habits of the profile."""
        cycle = self._contract.lifecycle
        at = self._contract.roles.get("status", "")
        if cycle is None:
            return []
        listed = self._values.get(at) or list(cycle.states)
        known = sorted((s for s in listed if isinstance(s, str) and s in cycle.states), key=lambda s: cycle.states[s].order)
        onward = [(one, other) for one in known for other in known if one != other and not cycle.is_end(one)]
        backs = [(back.origin, back.target) for back in cycle.backs if self._profile.name in back.profiles]
        taken = [pair for pair in onward if not cycle.goes_back(*pair)] + [p for p in backs if set(p) <= set(known)]
        return list(dict.fromkeys(taken))

    def _kind(self, text: str) -> str | None:
        return next((name for name, starts, form in self._kinds if text.startswith(starts) and form.search(text)), None)

    def _named(self, schema: Mapping[str, Any], at: str) -> Iterator[Member]:
        required = set(schema.get("required", ()))
        for name, part in schema.get("properties", {}).items():
            pointer = f"{at}/{escape_token(name)}"
            lacks = name not in required or self._profile.severity("documented-required", pointer, None) is None
            null = self._profile.severity("documented-null", pointer, None) is None or "null" in part.get("type", ())
            yield Member(pointer, part, lacks, null, pointer not in self._formed)
            yield from self._named(part, pointer)
            items = part.get("items")
            if items is not None and "properties" not in items:
                yield Member(
                    f"{pointer}/*", items, may_lack=False, may_be_null=False, is_free=f"{pointer}/*" not in self._formed
                )
            elif items is not None:
                yield from self._named(items, f"{pointer}/*")

    def _walked(self, schema: Mapping[str, Any], at: str, members: Mapping[str, Member]) -> list[_Node]:
        nodes = []
        for name, part in schema.get("properties", {}).items():
            pointer = f"{at}/{escape_token(name)}"
            items = part.get("items")
            inside = None
            if items is not None and "properties" in items:
                inside = _Node("", {}, {}, "object", self._walked(items, f"{pointer}/*", members), None)
            elif items is not None:
                inside = self._node("", members[f"{pointer}/*"], [], None)
            nodes.append(self._node(name, members[pointer], self._walked(part, pointer, members), inside))
        return nodes

    def _node(self, name: str, part: Member, names: list[_Node], items: _Node | None) -> _Node:
        values = {key_of(value): f"{part.at}={_written(value)}" for value in self._values[part.at]}
        return _Node(name, values, {way: f"{part.at} {way}" for way in self.ways(part)}, part.kind, names, items)

    def _listed(self, part: Member) -> list[Any]:
        if part.kind == "boolean" and "enum" not in part.schema:
            return [False, True]
        listed = [value for value in part.schema.get("enum", ()) if value is not None]
        more = self._profile.enums.get(part.at, frozenset()) if listed else frozenset()
        return listed + sorted(more - set(listed))


def step(earlier: str, later: str) -> str:
    """Name the step from one status to another as a feature; an empty status is written as it stands in JSON."""
    return "edge:" + "→".join(state or '""' for state in (earlier, later))


def places(payload: Any, pattern: str) -> Iterator[tuple[str, Any]]:
    """Yield pointer and value of every member at a pattern such as `/buttons/*/style`; one that its object lacks is ABSENT."""
    found = [("", payload)]
    for part in pattern.split("/")[1:]:
        if part == "*":
            found = [(f"{at}/{n}", item) for at, value in found if isinstance(value, list) for n, item in enumerate(value)]
        else:
            name = part.replace("~1", "/").replace("~0", "~")
            found = [(f"{at}/{part}", value.get(name, ABSENT)) for at, value in found if isinstance(value, dict)]
    yield from found


def _object(nodes: list[_Node], payload: dict[str, Any], found: list[str]) -> None:
    for node in nodes:
        value = payload.get(node.name, ABSENT)
        if value is ABSENT:
            if "absent" in node.ways:
                found.append(node.ways["absent"])
        else:
            _value(node, value, found)


def _value(node: _Node, value: Any, found: list[str]) -> None:
    ways = node.ways
    if value is None:
        if "null" in ways:
            found.append(ways["null"])
        return
    if "present" in ways:
        found.append(ways["present"])
    if node.values and not isinstance(value, dict | list) and (feature := node.values.get(key_of(value))) is not None:
        found.append(feature)
    if isinstance(value, dict):
        _object(node.names, value, found)
    elif isinstance(value, list):
        _list(node, value, found)
    elif isinstance(value, str) and ways and node.kind == "string":
        way = "long" if len(value) >= LONG else "" if value else "empty"
        if way in ways:
            found.append(ways[way])


def _list(node: _Node, items: list[Any], found: list[str]) -> None:
    way = "many" if len(items) >= MANY else "" if items else "empty"
    if way in node.ways and node.kind == "array":
        found.append(node.ways[way])
    if node.items is not None:
        for item in items:
            _value(node.items, item, found)


def key_of(value: Any) -> Any:
    """Tell true from 1, which Python takes for equal; what no payload is compared with (a list) is its text."""
    if isinstance(value, bool | list | dict):
        return (type(value), str(value))
    return value


def _written(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
