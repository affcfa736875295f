"""Faults of the documented layer: the page's own clauses, turned round one by one."""

from __future__ import annotations

from math import floor
from typing import TYPE_CHECKING, Any

from docpact.finding import escape_token, without_indices
from docpact.generate.fault import Change, ends
from docpact.pointers import ABSENT, changed
from docpact.rules import RULES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from docpact.contract import Contract

    Schema = Mapping[str, Any]
    Turn = Callable[[Contract, Any], Iterator[Change]]

_WHOLE = 2**50


def places(schema: Schema, value: Any, pointer: str = "") -> Iterator[tuple[str, Schema, Any]]:
    """Yield pointer, schema and value of everything in a payload that the page names; of a list its first, middle and last."""
    yield pointer, schema, value
    if isinstance(value, dict):
        for name, part in schema.get("properties", {}).items():
            if name in value:
                yield from places(part, value[name], f"{pointer}/{escape_token(name)}")
    elif isinstance(value, list) and "items" in schema:
        for index in ends(len(value)):
            yield from places(schema["items"], value[index], f"{pointer}/{index}")


def _body(contract: Contract, payload: Any) -> Iterator[Change]:
    declared = contract.schema.get("type")
    if declared == "object":
        yield Change("", [payload], "a list")
        yield Change("", "SUCCESS", "a text")
        yield Change("", 0, "a number")
        yield Change("", "null", "a text that says null")


def _error_body(contract: Contract, payload: Any) -> Iterator[Change]:  # noqa: ARG001 - one signature for all
    # An error is told from a task by what it lacks: where the page requires nothing, nothing is lacking.
    known = contract.schema.get("properties", {})
    if not contract.schema.get("required"):
        return
    for name in sorted(contract.envelope - known.keys()):
        said = {"message": "task not found", "type": "upstream_error"} if name == "error" else 4
        description = {} if name == "error" or "description" in contract.schema.get("required", ()) else {
            "description": "task_no_found",
        }  # fmt: skip
        yield Change("", {name: said, **description}, f"with {name}")


def _required(contract: Contract, payload: Any) -> Iterator[Change]:
    for pointer, schema, value in places(contract.schema, payload):
        if isinstance(value, dict):
            for name in schema.get("required", ()):
                if name in value:
                    at = f"{pointer}/{escape_token(name)}"
                    yield Change(at, changed(payload, at, ABSENT))


def _kinds(schema: Schema) -> list[str]:
    declared = schema.get("type", ())
    kinds = [declared] if isinstance(declared, str) else list(declared)
    return [*kinds, "integer"] if "number" in kinds else kinds


def _type(contract: Contract, payload: Any) -> Iterator[Change]:
    for pointer, schema, value in places(contract.schema, payload):
        kinds = _kinds(schema)
        if not pointer or not kinds or value is None:
            continue
        for kind, wrong in _mistyped(value):
            if kind not in kinds:
                yield Change(pointer, changed(payload, pointer, wrong), f"as {kind}")


def _mistyped(value: Any) -> Iterator[tuple[str, Any]]:
    """Yield the value as other types: first as a sloppy server would write it."""
    if isinstance(value, str):
        digits = value.removesuffix("%")
        yield "integer", int(digits) if digits.isascii() and digits.isdigit() and len(digits) < 20 else 0  # noqa: PLR2004 - 64 bits
        yield "array", [value]
        yield "boolean", bool(value)
    elif isinstance(value, bool):
        yield "string", str(value).lower()
        yield "integer", int(value)
    elif isinstance(value, int | float):
        yield "string", str(value)
        # A large float is whole again.
        yield "number", floor(value) + 0.5 if abs(value) < _WHOLE else 0.5
        yield "boolean", bool(value)
    elif isinstance(value, list):
        yield "object", {str(index): item for index, item in enumerate(value)}
        yield "string", ""
    else:
        yield "array", [value]
        yield "string", "{}"


def _null(contract: Contract, payload: Any) -> Iterator[Change]:
    for pointer, schema, value in places(contract.schema, payload):
        if pointer and value is not None and _kinds(schema) and "null" not in _kinds(schema):
            yield Change(pointer, changed(payload, pointer, None))


def _enum(contract: Contract, payload: Any) -> Iterator[Change]:
    for pointer, schema, value in places(contract.schema, payload):
        listed = schema.get("enum")
        if not listed or value not in listed:
            continue
        families = (family.enums.get(without_indices(pointer), ()) for family in contract.profiles.values())
        others = dict.fromkeys(known for family in families for known in sorted(family))
        for wrong, how in _unlisted(value, list(others)):
            if wrong not in listed:
                yield Change(pointer, changed(payload, pointer, wrong), how)


def _unlisted(value: Any, others: list[str]) -> Iterator[tuple[Any, str]]:
    if isinstance(value, str):
        yield value.swapcase(), "in the other case"
        yield from ((word, "another word") for word in RULES["documented-enum"].wrong)
        yield f"{value} ", "with a blank"
        yield from ((word, f"as {word or 'empty'}") for word in others)
    elif isinstance(value, int | float) and not isinstance(value, bool):
        yield value + 1_000_000, "another number"


def _constraint(contract: Contract, payload: Any) -> Iterator[Change]:
    for pointer, schema, value in places(contract.schema, payload):
        for keyword, turn in _LIMITS.items():
            if keyword in schema:
                wrong = turn(value, schema[keyword])
                if wrong is not ABSENT:
                    yield Change(pointer, changed(payload, pointer, wrong), keyword)


def _of_text(turn: Callable[[str, Any], Any]) -> Callable[[Any, Any], Any]:
    return lambda value, limit: turn(value, limit) if isinstance(value, str) else ABSENT


def _of_number(turn: Callable[[Any], Any]) -> Callable[[Any, Any], Any]:
    return lambda value, limit: turn(limit) if isinstance(value, int | float) and not isinstance(value, bool) else ABSENT


def _of_list(turn: Callable[[list[Any], Any], Any]) -> Callable[[Any, Any], Any]:
    return lambda value, limit: turn(value, limit) if isinstance(value, list) and value else ABSENT


# The limits that an OpenAPI document may set beside types and values. No page that is read today sets one.
_LIMITS: dict[str, Callable[[Any, Any], Any]] = {
    "maxLength": _of_text(lambda value, limit: (value or "x").ljust(limit + 1, (value or "x")[-1])),
    "minLength": _of_text(lambda value, limit: value[: limit - 1] if limit else ABSENT),
    "maximum": _of_number(lambda limit: limit + 1),
    "minimum": _of_number(lambda limit: limit - 1),
    "exclusiveMaximum": _of_number(lambda limit: limit),
    "exclusiveMinimum": _of_number(lambda limit: limit),
    "maxItems": _of_list(lambda value, limit: (value * (limit + 1))[: limit + 1]),
    "minItems": _of_list(lambda value, limit: value[: limit - 1] if limit else ABSENT),
}


def _undocumented(contract: Contract, payload: Any) -> Iterator[Change]:
    for pointer, schema, value in places(contract.schema, payload):
        if isinstance(value, dict) and schema.get("properties"):
            name = next(name for name in ("surprise", "anotherSurprise") if name not in schema["properties"])
            yield Change(f"{pointer}/{name}", changed(payload, f"{pointer}/{name}", 1))


TURNS: Mapping[str, Turn] = {
    "documented-body": _body,
    "documented-error-body": _error_body,
    "documented-required": _required,
    "documented-type": _type,
    "documented-null": _null,
    "documented-enum": _enum,
    "documented-constraint": _constraint,
    "undocumented-member": _undocumented,
}
