"""Random schemas, and random changes of them of which it is known what they are."""

from __future__ import annotations

import copy
from typing import Any, NamedTuple

from hypothesis import strategies as st

NAMES = ("id", "status", "progress", "buttons", "style", "note", "a/b", "m~n", "")
WORDS = ("WAITING", "RUNNING", "DONE", "FAILED", "LOST")
LIMITS = {"string": ("minLength", "maxLength"), "integer": ("minimum", "maximum"), "array": ("minItems", "maxItems")}


class Mutant(NamedTuple):
    """A schema, the same with some changes, and each of these: its kind without direction, and its pointer."""

    old: dict[str, Any]
    new: dict[str, Any]
    made: list[tuple[str, str]]


@st.composite
def schemas(draw: st.DrawFn, depth: int = 0) -> dict[str, Any]:
    """A schema as `derive` writes them, with a few keywords more."""
    kinds = ["string", "integer", "boolean", "listed", "number"] + (["object", "array"] if depth < 3 else [])
    kind = draw(st.sampled_from(kinds)) if depth else "object"
    if kind == "object":
        names = draw(st.lists(st.sampled_from(NAMES), min_size=1, max_size=4, unique=True))
        schema: dict[str, Any] = {"type": "object", "properties": {name: draw(schemas(depth + 1)) for name in names}}
        required = [name for name in names if draw(st.booleans())]
        schema |= {"required": required} if required else {}
        schema |= {"additionalProperties": False} if draw(st.integers(0, 5)) == 0 else {}
    elif kind == "array":
        schema = {"type": "array", "items": draw(schemas(depth + 1))}
    elif kind == "listed":
        schema = {"type": "string", "enum": draw(st.lists(st.sampled_from(WORDS), min_size=1, max_size=4, unique=True))}
    else:
        schema = {"type": kind}
    if schema["type"] in LIMITS and "enum" not in schema and draw(st.booleans()):
        low, high = LIMITS[schema["type"]]
        schema |= {low: 2} if draw(st.booleans()) else {high: 6}
    if depth and draw(st.integers(0, 3)) == 0:
        schema["type"] = [schema["type"], "null"]
        if "enum" in schema:
            schema["enum"] = [*schema["enum"], None]
    return schema


def places(schema: dict[str, Any], pointer: str = "") -> list[tuple[str, dict[str, Any], bool]]:
    """Every place of a schema, with its pointer, and whether it is a member of an object."""
    found = [(pointer, schema, not pointer.endswith("/*") and bool(pointer))]
    for name, part in schema.get("properties", {}).items():
        found += places(part, f"{pointer}/{name.replace('~', '~0').replace('/', '~1')}")
    if "items" in schema:
        found += places(schema["items"], f"{pointer}/*")
    return found


def types_of(schema: dict[str, Any]) -> list[str]:
    return [schema["type"]] if isinstance(schema["type"], str) else list(schema["type"])


@st.composite
def mutants(draw: st.DrawFn) -> Mutant:
    """A schema with one to three changes at places that are apart."""
    old = draw(schemas())
    new = copy.deepcopy(old)
    made: list[tuple[str, str]] = []
    used: list[str] = []
    for _ in range(draw(st.integers(1, 3))):
        free = [place for place in places(new) if not any(_meet(place[0], other) for other in used)]
        if not free:
            break
        pointer, part, _member = draw(st.sampled_from(free))
        change = draw(st.sampled_from(_changes(part)))
        kind, at = change(draw, part, pointer)
        made.append((kind, at))
        used += [pointer, at]
    return Mutant(old, new, made)


def _meet(one: str, other: str) -> bool:
    return one == other or one.startswith(f"{other}/") or other.startswith(f"{one}/")


def _changes(part: dict[str, Any]) -> list[Any]:
    """The changes that can be made of one place."""
    types = types_of(part)
    found: list[Any] = [_null, _type]
    if "enum" in part:
        found += [_gain, _drop]
        found += [_lose] if len([value for value in part["enum"] if value is not None]) > 1 else []
    elif "string" in types and not set(part) & {"minLength", "maxLength"}:
        found += [_state]
    if set(part) & {name for pair in LIMITS.values() for name in pair}:
        found += [_limit]
    if "object" in types:
        found += [_add, _remove, _require, _open]
    return found


def _null(_: st.DrawFn, part: dict[str, Any], pointer: str) -> tuple[str, str]:
    types = types_of(part)
    if "null" in types:
        part["type"] = [name for name in types if name != "null"]
        if "enum" in part:
            part["enum"] = [value for value in part["enum"] if value is not None]
        return "null-refused", pointer
    part["type"] = [*types, "null"]
    if "enum" in part:
        part["enum"] = [None, *part["enum"]]
    return "null-allowed", pointer


def _type(draw: st.DrawFn, part: dict[str, Any], pointer: str) -> tuple[str, str]:
    types = types_of(part)
    if "number" in types and draw(st.booleans()):
        part["type"] = ["integer" if name == "number" else name for name in types]
        return "type-narrowed", pointer
    if "integer" in types and draw(st.booleans()):
        part["type"] = ["number" if name == "integer" else name for name in types]
        return "type-widened", pointer
    if "boolean" in types:
        part["type"] = ["string" if name == "boolean" else name for name in types]
        return "type-changed", pointer
    part["type"] = ["boolean", *types]
    part["enum"] = [*part["enum"], True] if "enum" in part else None
    if part["enum"] is None:
        del part["enum"]
    return "type-widened", pointer


def _gain(_: st.DrawFn, part: dict[str, Any], pointer: str) -> tuple[str, str]:
    part["enum"] = ["BRAND_NEW", *reversed(part["enum"])]
    return "value-added", pointer


def _lose(draw: st.DrawFn, part: dict[str, Any], pointer: str) -> tuple[str, str]:
    lost = draw(st.sampled_from([value for value in part["enum"] if value is not None]))
    part["enum"] = [value for value in reversed(part["enum"]) if value != lost]
    return "value-removed", pointer


def _drop(_: st.DrawFn, part: dict[str, Any], pointer: str) -> tuple[str, str]:
    del part["enum"]
    return "enum-dropped", pointer


def _state(_: st.DrawFn, part: dict[str, Any], pointer: str) -> tuple[str, str]:
    part["enum"] = [*WORDS, *([None] if "null" in types_of(part) else [])]
    part["type"] = [name for name in types_of(part) if name in ("string", "null")]
    return "enum-stated", pointer


def _limit(draw: st.DrawFn, part: dict[str, Any], pointer: str) -> tuple[str, str]:
    keyword = next(name for name in part if name[:3] in ("min", "max"))
    more = draw(st.sampled_from((-1, 1)))
    part[keyword] += more
    return ("limit-loosened" if (keyword.startswith("max")) == (more > 0) else "limit-tightened"), pointer


def _add(draw: st.DrawFn, part: dict[str, Any], pointer: str) -> tuple[str, str]:
    part["properties"]["fresh"] = {"type": "integer"}
    required = draw(st.booleans())
    if required:
        part["required"] = [*part.get("required", ()), "fresh"]
    closed = part.get("additionalProperties") is False
    return "member-added-to-closed" if closed else f"{'required-' if required else ''}member-added", f"{pointer}/fresh"


def _remove(draw: st.DrawFn, part: dict[str, Any], pointer: str) -> tuple[str, str]:
    name = draw(st.sampled_from(sorted(part["properties"])))
    del part["properties"][name]
    required = name in part.get("required", ())
    if required:
        part["required"] = [other for other in part["required"] if other != name]
    closed = part.get("additionalProperties") is False
    kind = "member-removed-from-closed" if closed else f"{'required-' if required else ''}member-removed"
    return kind, f"{pointer}/{name.replace('~', '~0').replace('/', '~1')}"


def _require(draw: st.DrawFn, part: dict[str, Any], pointer: str) -> tuple[str, str]:
    name = draw(st.sampled_from(sorted(part["properties"])))
    required = list(part.get("required", ()))
    gone = name in required
    part["required"] = [other for other in required if other != name] if gone else [name, *required]
    return "member-optional" if gone else "member-required", f"{pointer}/{name.replace('~', '~0').replace('/', '~1')}"


def _open(_: st.DrawFn, part: dict[str, Any], pointer: str) -> tuple[str, str]:
    if part.get("additionalProperties") is False:
        del part["additionalProperties"]
        return "object-opened", pointer
    part["additionalProperties"] = False
    return "object-closed", pointer
