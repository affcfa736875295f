"""What drift must count, counted in the plainest way: one question at a time, over all payloads."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from docpact.features import LONG, MANY, places
from docpact.pointers import ABSENT

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from docpact.features import Features

NAMES = {str: "string", int: "integer", float: "number", bool: "boolean", dict: "object", list: "array", type(None): "null"}


def documented(schema: Mapping[str, Any], at: str = "") -> Iterator[tuple[str, Mapping[str, Any], bool]]:
    """Yield pointer, schema and required mark of each documented member and item."""
    for name, part in schema.get("properties", {}).items():
        yield f"{at}/{name}", part, name in schema.get("required", ())
        yield from documented(part, f"{at}/{name}")
    if "items" in schema:
        yield f"{at}/*", schema["items"], False
        yield from documented(schema["items"], f"{at}/*")


def values(payloads: Sequence[Any], at: str) -> list[Any]:
    """List what stands at a member in all payloads, ABSENT where its object lacks it."""
    return [value for payload in payloads for _, value in places(payload, at)]


def fits(value: Any, kinds: Sequence[str]) -> bool:
    """Tell whether a value is of one of these types of JSON Schema."""
    if not kinds:
        return True
    whole = isinstance(value, float) and value.is_integer()
    name = NAMES[type(value)]
    return name in kinds or (name == "integer" and "number" in kinds) or (whole and "integer" in kinds)


def steps(polls: Sequence[Mapping[str, Any]]) -> Counter[tuple[str, str]]:
    """Count the steps between the statuses of each task, task by task."""
    found: Counter[tuple[str, str]] = Counter()
    for task in {poll["id"] for poll in polls}:
        told = [poll["status"] for poll in polls if poll["id"] == task and isinstance(poll.get("status"), str)]
        found.update((earlier, later) for earlier, later in pairwise(told) if earlier != later)
    return found


def ways(value: Any, kind: str) -> Iterator[str]:
    """Yield what may be said of a value of a member of a kind, apart from its listed values."""
    yield "absent" if value is ABSENT else "null" if value is None else "present"
    if (kind, value) in [("string", ""), ("array", [])]:
        yield "empty"
    if kind == "string" and isinstance(value, str) and len(value) >= LONG:
        yield "long"
    if kind == "array" and isinstance(value, list) and len(value) >= MANY:
        yield "many"


def features(known: Features, listed: Mapping[str, Sequence[Any]], payload: Any) -> Counter[str]:
    """Count the features of a payload member by member, apart from buttons; `listed` are the values of each member."""
    found: Counter[str] = Counter()
    for part in known.members:
        for value in values([payload], part.at):
            found.update(f"{part.at}={one}" for one in listed.get(part.at, ()) if type(one) is type(value) and one == value)
            found.update(f"{part.at} {way}" for way in ways(value, part.kind) if way in known.ways(part))
    return found


def departure(value: Any, part: Mapping[str, Any], *, required: bool) -> tuple[str, str] | None:
    """Tell how one value of a member departs from its schema."""
    kinds = [part["type"]] if isinstance(part.get("type"), str) else list(part.get("type", ()))
    if value is ABSENT:
        return ("documented-required", "") if required else None
    if value is None:
        return ("documented-null", "") if kinds and "null" not in kinds else None
    if not fits(value, kinds):
        return "documented-type", NAMES[type(value)]
    return ("documented-enum", repr(value)) if "enum" in part and value not in part["enum"] else None


def counts(schema: Mapping[str, Any], payloads: Sequence[Any]) -> dict[tuple[str, str, str], int]:
    """Count what departs from a schema: rule, pointer and what was found, and how often."""
    found: Counter[tuple[str, str, str]] = Counter()
    for at, part, required in documented(schema):
        departures = (departure(value, part, required=required) for value in values(payloads, at))
        found.update((rule, at, what) for rule, what in filter(None, departures))
    for at, part in [("", schema), *((at, part) for at, part, _ in documented(schema) if "properties" in part)]:
        objects = [value for value in values(payloads, at) if isinstance(value, dict)]
        names = [name for value in objects for name in value if name not in part["properties"]]
        found.update(("undocumented-member", f"{at}/{name}", "") for name in names)
    return dict(found)
