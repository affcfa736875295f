"""Nodes put together: what two of them allow both, and what one of two allows."""

from __future__ import annotations

from dataclasses import replace
from math import gcd
from typing import TYPE_CHECKING, Any

from docpact.compare.node import LIMITS, SCALARS, Node, key_of, speaks, type_of

if TYPE_CHECKING:
    from collections.abc import Mapping


def settled(node: Node) -> Node:
    """Bring types and values into agreement: a listed value of another type never comes."""
    if node.values is None:
        return node
    values = tuple(value for value in node.values if type_of(value) in node.types)
    return replace(node, types=frozenset(map(type_of, values)), values=values)


def both(one: Node, other: Node) -> Node:
    """Return what both nodes allow."""
    if one.values is None or other.values is None:
        values = other.values if one.values is None else one.values
    else:
        known = set(map(key_of, other.values))
        values = tuple(value for value in one.values if key_of(value) in known)
    properties = dict(one.properties)
    for name, schema in other.properties.items():
        properties[name] = {"allOf": [properties[name], schema]} if name in properties else schema
    opaque = {**one.opaque, **other.opaque}
    # Which members are further ones depends on each part alone, once one of them allows no others.
    if other.further is not True and one.further is not True and key_of(one.further) != key_of(other.further):
        opaque["additionalProperties"] = [one.further, other.further]
    elif other.further is not True and one.properties.keys() - other.properties.keys():
        opaque["additionalProperties"] = other.further
    elif one.further is not True and other.properties.keys() - one.properties.keys():
        opaque["additionalProperties"] = one.further
    return Node(
        types=one.types & other.types,
        values=values,
        format=one.format or other.format,
        limits=_tighter(one.limits, other.limits),
        properties=properties,
        required=one.required | other.required,
        further=other.further if one.further is True else one.further,
        items=_joined(one.items, other.items),
        words={**other.words, **one.words},
        opaque=opaque,
        lines={**other.lines, **one.lines},
        refs=one.refs | other.refs,
    )


def _joined(one: Any, other: Any) -> Any:
    if one is True or other is True:
        return other if one is True else one
    return {"allOf": [one, other]}


def _tighter(one: Mapping[str, Any], other: Mapping[str, Any]) -> dict[str, Any]:
    limits = {**one, **other}
    for keyword in one.keys() & other.keys():
        way = LIMITS[keyword][1]
        pair = one[keyword], other[keyword]
        if way and all(isinstance(value, int | float) for value in pair):
            limits[keyword] = max(pair) if way < 0 else min(pair)
        elif keyword == "multipleOf" and all(isinstance(value, int) and value > 0 for value in pair):
            limits[keyword] = pair[0] * pair[1] // gcd(*pair)
        elif pair[0] != pair[1]:
            # Two patterns hold together: that is no pattern, and is told as it is.
            limits[keyword] = [*pair]
    return limits


def either(one: Node, other: Node) -> Node | None:
    """Return what one of two nodes allows, where that is a node: they share no type, or list all of their values."""
    one, other = settled(one), settled(other)
    if one.opaque or other.opaque or not one.types or not other.types:
        return None
    if one.types & other.types:
        finite = all(node.values is not None and node.types <= SCALARS for node in (one, other))
        values = (*(one.values or ()), *(other.values or ()))
        if not finite or len(set(map(key_of, values))) < len(values) or "null" in one.types & other.types:
            return None
        return replace(one, types=one.types | other.types, values=_with_null(values, one.types | other.types))
    listed = [node for node in (one, other) if node.values is not None]
    # A list of values is a list of all of them: what is beside it must be null alone.
    if listed and len(listed) == 1 and (other if listed[0] is one else one).types != {"null"}:
        return None
    values = tuple(value for node in listed for value in node.values or ())
    types = one.types | other.types
    arrays, objects = (one if kind in one.types else other for kind in ("array", "object"))
    limits = {k: v for node in (one, other) for k, v in node.limits.items() if speaks(k, node)}
    return Node(
        types=types,
        values=_with_null(values, types) if listed else None,
        format=one.format or other.format,
        limits=limits,
        properties=objects.properties,
        required=objects.required,
        further=objects.further,
        items=arrays.items,
        words={**other.words, **one.words},
        lines={**other.lines, **one.lines},
        refs=one.refs | other.refs,
    )


def _with_null(values: tuple[Any, ...], types: frozenset[str]) -> tuple[Any, ...]:
    return (*values, None) if "null" in types and None not in values else values
