"""Whether a body holds a task object, be it a faulty one, wrapped into something, or cut off."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Any

from docpact.pointers import ABSENT, member
from docpact.validate.text import Reader

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from docpact.contract import Contract

# So many documented members are no accident; error objects have a description and properties too.
_ENOUGH = 3
_ENOUGH_IN_AN_ERROR = 4
# Lists and wrappers are looked into as far as this.
_MOST_PARTS = 50
_MOST_LEVELS = 3
_BLANK = b" \t\r\n"
_BOM = b"\xef\xbb\xbf"


def is_task(contract: Contract, body: bytes) -> bool:
    """Tell whether a body holds a task object: the body itself, one in a list, or one that is wrapped into another object."""
    value = Reader().read(body).value
    return _in_the_text(contract, body) if value is ABSENT else _is_in(contract, value, _MOST_LEVELS)


def _is_in(contract: Contract, value: Any, levels: int) -> bool:
    if isinstance(value, dict) and _is_one(contract, value):
        return True
    parts: Iterable[Any] = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return levels > 1 and any(
        _is_in(contract, part, levels - 1) for part in islice(parts, _MOST_PARTS) if isinstance(part, dict | list)
    )


def _is_one(contract: Contract, value: Mapping[str, Any]) -> bool:
    documented = contract.schema.get("properties", {})
    named = sum(name in value for name in documented)
    if contract.envelope - documented.keys() & value.keys():
        return named >= _ENOUGH_IN_AN_ERROR
    if named and named >= min(_ENOUGH, len(documented)):
        return True
    at = contract.roles
    # A problem of RFC 9457 has a status as well, which is a number.
    return "id" in at and "status" in at and all(isinstance(member(value, at[role]), str) for role in ("id", "status"))


def _in_the_text(contract: Contract, body: bytes) -> bool:
    """Tell a task in a text that cannot be read: cut off, with bytes that are no UTF-8, or with something behind it."""
    text = body.removeprefix(_BOM).lstrip(_BLANK)
    if text[:1] not in (b"{", b"["):
        # A page of HTML may hold JSON of its own.
        return False
    documented = contract.schema.get("properties", {})
    named = sum(f'"{name}"'.encode() in text for name in documented)
    return 0 < named >= min(_ENOUGH_IN_AN_ERROR, len(documented))
