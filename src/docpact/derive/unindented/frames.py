"""What is open while a flattened document is read, and what speaks against a schema when it is closed."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from docpact.derive.openapi.tree import as_text
from docpact.derive.unindented.lines import scalar

if TYPE_CHECKING:
    from collections.abc import Mapping

    from docpact.derive.unindented.grammar import Kind
    from docpact.derive.unindented.lines import Token

LISTS = ("required", "x-apifox-orders")
_SCALARS = ("string", "integer", "number", "boolean")
_ELSEWHERE = {"$ref", "allOf", "oneOf", "anyOf", "x-apifox-refs"}
_OF_SCALARS = {"format", "enum", "x-apifox-enum"}
_MODEL = re.compile(r"[0-9A-HJKMNP-TV-Z]{26}")
MISSING, _WRONG, _ODD = 10, 20, 5


class Frame(NamedTuple):
    """One table or list that is still open: its kind, what opened it, its keys, and what a schema says of itself.

    `listed` are the items of a list of names; `role` is the key that the list, or the schema, stands behind.
    """

    kind: str
    at: int
    keys: frozenset[str] = frozenset()
    role: str = ""
    filled: bool = False
    type: str = ""
    members: frozenset[str] = frozenset()
    required: tuple[str, ...] = ()
    orders: tuple[str, ...] | None = None
    listed: tuple[str, ...] = ()


def entered(frame: Frame, token: Token) -> Frame:
    """Return a table that has one key more."""
    now = frame._replace(keys=frame.keys | {token.key}, filled=True)
    if frame.kind != "schema" or token.form != "pair":
        return now
    if token.key == "type":
        return now._replace(type=token.value.strip("'\""))
    if token.key in LISTS and token.value[:1] == "[":
        names = tuple(as_text(one.value) for one in scalar(token).items)
        return now._replace(required=names) if token.key == "required" else now._replace(orders=names)
    return now


def close(frames: tuple[Frame, ...], grammar: Mapping[str, Kind]) -> tuple[tuple[Frame, ...], int]:
    """Close the innermost frame: what is left open, with what the frame says to its holder; what speaks against it."""
    frame, rest = frames[-1], frames[:-1]
    holder = rest[-1] if rest else None
    cost = 0 if frame.filled or frame.kind == "free" else _WRONG
    if holder is not None and holder.kind == "schema":
        if frame.kind == "properties" and frame.role == "properties":
            rest = (*rest[:-1], holder._replace(members=frame.keys))
        elif frame.role == "required" and frame.kind == "list":
            rest = (*rest[:-1], holder._replace(required=frame.listed))
        elif frame.role == "x-apifox-orders":
            rest = (*rest[:-1], holder._replace(orders=frame.listed))
    if frame.kind == "schema":
        cost += _against(frame)
        if frame.role == "items" and holder is not None and holder.role in grammar["schema"].shown:
            # What an item has must be there; what comes behind several items that have it not, stands outside.
            shown = grammar["schema"].shown[holder.role]
            cost += MISSING * (len(shown.inside - frame.members) + len(shown.behind & frame.members))
    elif frame.kind in ("parameter", "header"):
        # A parameter has one of them.
        cost += MISSING * ({"schema", "content"} <= frame.keys)
    elif frame.kind in grammar:
        missing = len(grammar[frame.kind].required - frame.keys) * ("$ref" not in frame.keys)
        # What a document refers to must be there.
        cost += missing * (MISSING if frame.kind == "schemas-by-name" else 1)
    return rest, cost


def foreseen(frames: tuple[Frame, ...]) -> int:
    """Count what already speaks against the schemas that are open, whatever follows."""
    cost = 0
    for frame, inner in zip(frames, (*frames[1:], None), strict=True):
        if frame.kind != "schema":
            continue
        now = frame
        if inner is not None and inner.kind == "properties" and inner.role == "properties":
            now = now._replace(members=inner.keys)
        if inner is not None and inner.role == "required" and inner.kind == "list":
            now = now._replace(required=inner.listed)
        if inner is not None and inner.role == "x-apifox-orders":
            now = now._replace(orders=inner.listed)
        if now.type in _SCALARS or now.type == "array":
            cost += _WRONG * bool(now.members or now.required or (inner is not None and inner.role == "properties"))
        if now.type and now.type != "array":
            cost += _WRONG * ("items" in now.keys)
        if now.type in ("object", "array"):
            cost += _ODD * bool(now.keys & _OF_SCALARS)
        if "properties" in now.keys and inner is not None and inner.role in LISTS and not now.keys & _ELSEWHERE:
            named = {name for name in (*now.required, *(now.orders or ())) if not _MODEL.fullmatch(name)}
            cost += MISSING * len(named - now.members)
    return cost


def _against(schema: Frame) -> int:
    """Count what speaks against a schema: names that it requires or orders and has not, words that its type does not have."""
    elsewhere = bool(schema.keys & _ELSEWHERE)
    cost = 0
    if not elsewhere:
        cost += MISSING * len({name for name in schema.required if not _MODEL.fullmatch(name)} - schema.members)
        if schema.orders is not None:
            ordered = {name for name in schema.orders if not _MODEL.fullmatch(name)}
            cost += MISSING * len(ordered ^ schema.members)
    # Apifox explains values that are listed too.
    cost += 2 * ("x-apifox-enum" in schema.keys and "enum" not in schema.keys)
    holds = bool(schema.members or schema.required)
    if schema.type in _SCALARS:
        cost += _WRONG * (holds + ("items" in schema.keys) + ("additionalProperties" in schema.keys))
    elif schema.type == "array":
        cost += _WRONG * holds + _ODD * ("items" not in schema.keys) + _ODD * bool(schema.keys & _OF_SCALARS)
    elif schema.type == "object":
        cost += _WRONG * ("items" in schema.keys) + _ODD * bool(schema.keys & _OF_SCALARS)
    if "$ref" in schema.keys and schema.role == "items":
        # Nothing may stand beside a reference; generators set words beside that of a member, and not of items.
        cost += len(schema.keys) - 1
    if not schema.type and not elsewhere and not schema.keys & {"type", "enum", "const"}:
        cost += 2 if "items" in schema.keys else not schema.members
    return cost
