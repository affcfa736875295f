"""Write the coherence entries of one state as one expression over a decoded payload, and compile it.

A payload of a known shape in a known state needs no question which entries speak: the expression holds what is left, and costs
a tenth of the checks that it stands for. It accepts what the entries accept, or less.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from docpact.validate.quick import is_of_its_time

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

# Plainer than what the thorough path takes as a URL.
_URL = re.compile(r"https?://[0-9A-Za-z][!#-&(-;=?-\[\]-~]*", re.ASCII)


class Unwritable(Exception):  # noqa: N818 - not an error: such payloads are judged thoroughly
    """An entry cannot be written as an expression for this shape."""


def compiled(
    entries: Sequence[Mapping[str, Any]], state: tuple[Any, ...], attributes: Mapping[str, str], apart: Sequence[str]
) -> Callable[[Any], Any]:
    """Return the function that accepts a decoded payload in a state: true where no entry finds anything.

    `state` is status and action; `attributes` maps members to the attributes of the payload; `apart` are those attributes that
    are judged in another way. Raises `Unwritable` where an entry needs a member that the shape does not have.
    """
    names: dict[str, Any] = {"_url": _url, "_id_time": is_of_its_time}
    terms: list[str] = []
    for entry in entries:
        speaks = zip(("status", "action"), state, strict=True)
        if all(role not in entry["when"] or value in entry["when"][role] for role, value in speaks):
            found = _WRITERS[entry["check"]](entry, attributes, names)
            terms.extend(term for term in found if not any(f"t.{name}" in term.split() for name in apart))
    # Every name in the expression is ours: attributes are f0, f1, …, numbers are numbers, and values are passed by name.
    source = f"lambda t: {' and '.join(terms) or 'True'}"
    made: Callable[[Any], Any] = eval(source, names)  # noqa: S307 - see above
    return made


def _here(entry: Mapping[str, Any], attributes: Mapping[str, str]) -> list[str]:
    return [f"t.{attributes[name]}" for name in entry["members"] if name in attributes]


def _set(entry: Mapping[str, Any], attributes: Mapping[str, str], names: dict[str, Any]) -> list[str]:  # noqa: ARG001 - one signature
    if entry.get("absent") != "allowed" and any(name not in attributes for name in entry["members"]):
        raise Unwritable
    return _here(entry, attributes)


def _unset(entry: Mapping[str, Any], attributes: Mapping[str, str], names: dict[str, Any]) -> list[str]:  # noqa: ARG001 - one signature
    return [f"not {here}" for here in _here(entry, attributes)]


def _one_of(entry: Mapping[str, Any], attributes: Mapping[str, str], names: dict[str, Any]) -> list[str]:
    name = f"_v{len(names)}"
    names[name] = frozenset(entry["values"])
    return [f"({here} is None or {here} in {name})" for here in _here(entry, attributes)]


def _digits(entry: Mapping[str, Any], attributes: Mapping[str, str], names: dict[str, Any]) -> list[str]:  # noqa: ARG001 - one signature
    low, high = (int(limit) for limit in entry["digits"])
    return [
        f"(not {here} or ({low} <= len({here}) <= {high} and {here}.isascii() and {here}.isdigit()))"
        for here in _here(entry, attributes)
    ]


def _order(entry: Mapping[str, Any], attributes: Mapping[str, str], names: dict[str, Any]) -> list[str]:  # noqa: ARG001 - one signature
    here = _here(entry, attributes)
    pairs = [(a, b) for n, a in enumerate(here) for b in here[n + 1 :]]
    return [f"(not {a} or not {b} or {a} <= {b})" for a, b in pairs]


def _range(entry: Mapping[str, Any], attributes: Mapping[str, str], names: dict[str, Any]) -> list[str]:  # noqa: ARG001 - one signature
    low, high = int(entry["minimum"]), int(entry["maximum"])
    return [f"(not {here} or {low} <= {here} <= {high})" for here in _here(entry, attributes)]


def _url_of(entry: Mapping[str, Any], attributes: Mapping[str, str], names: dict[str, Any]) -> list[str]:  # noqa: ARG001 - one signature
    return [f"(not {here} or _url({here}))" for here in _here(entry, attributes)]


def _id_time_of(entry: Mapping[str, Any], attributes: Mapping[str, str], names: dict[str, Any]) -> list[str]:  # noqa: ARG001 - one signature
    here = _here(entry, attributes)
    return [f"_id_time({here[0]}, {here[1]}, {int(entry['tolerance_ms'])})"] if len(here) == len(entry["members"]) else []


_WRITERS: dict[str, Callable[[Mapping[str, Any], Mapping[str, str], dict[str, Any]], list[str]]] = {
    "set": _set, "unset": _unset, "one-of": _one_of, "digits": _digits, "order": _order, "range": _range,
    "url": _url_of, "base64": _unset, "id-time": _id_time_of,
}  # fmt: skip


def _url(value: str) -> bool:
    return _URL.fullmatch(value) is not None
