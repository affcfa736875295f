"""What may stand in a `contract.toml` and its kind: an unknown key, a missing one or a wrong type is an error that says so."""

from __future__ import annotations

import re
from difflib import get_close_matches
from math import isfinite
from typing import TYPE_CHECKING, Any, NamedTuple

from docpact.errors import ContractError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


class Kind(NamedTuple):
    """What a value must be: in words, and how that is told."""

    words: str
    holds: Callable[[Any], bool]


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and isfinite(value)


def _is_pointer(value: object) -> bool:
    return isinstance(value, str) and value.startswith("/")


def _are(value: object, holds: Callable[[object], bool]) -> bool:
    return isinstance(value, list) and all(map(holds, value))


def _is_text(value: object) -> bool:
    return isinstance(value, str)


def _are_texts(value: object) -> bool:
    return _are(value, _is_text)


def _is_table(value: object) -> bool:
    return isinstance(value, dict)


def one_of(*words: str) -> Kind:
    """Make the kind of a value that is one of these words."""
    return Kind(f"one of {', '.join(words)}", lambda value: value in words if isinstance(value, str) else False)


ANY = Kind("a value", lambda _: True)
TEXT = Kind("a text", _is_text)
TEXTS = Kind("a list of texts", _are_texts)
TRUTH = Kind("true or false", lambda value: isinstance(value, bool))
WHOLE = Kind("a whole number", lambda value: isinstance(value, int) and not isinstance(value, bool))
NUMBER = Kind("a number", _is_number)
TABLE = Kind("a table", _is_table)
TABLES_LIST = Kind("a list of tables, written with [[ ]]", lambda value: _are(value, _is_table))
POINTER = Kind("a pointer, which begins with /", _is_pointer)
POINTERS = Kind("a list of pointers, which begin with /", lambda value: _are(value, _is_pointer))
TEXTS_BY_TEXT = Kind("a table of texts", lambda value: isinstance(value, dict) and _are_texts(list(value.values())))
MEMBERS = Kind(f"{POINTERS.words}, and not empty", lambda value: _are(value, _is_pointer) and bool(value))
ALL_OR_POINTERS = Kind('"*", or pointers, in a list', lambda value: _are(value, lambda part: part == "*" or _is_pointer(part)))
LISTS = Kind(
    "a table of lists of texts", lambda value: isinstance(value, dict) and all(_are_texts(part) for part in value.values())
)
BAD = one_of("error", "warning", "ignore")

TABLES = {
    "source": TABLE,
    "decision": TABLES_LIST,
    "roles": TABLE,
    "envelope": TABLE,
    "lifecycle": TABLE,
    "coherence": TABLES_LIST,
    "buttons": TABLE,
    "profiles": TABLE,
}
SOURCE = {"title": TEXT, "page": TEXT, "sha256": TEXT, "version": TEXT, "operation": TEXT, "note": TEXT}
ROLES = dict.fromkeys(("id", "action", "status", "progress"), POINTER)
_WHY = {"reason": TEXT, "fact": TEXT}
ENVELOPE = {"members": TEXTS, **_WHY}

LIFECYCLE = {
    "state": TABLES_LIST, "back": TABLES_LIST, "fixed": TABLES_LIST, "settled": TABLES_LIST,
    "progress": TABLE, "stuck": TABLE, "instant": TABLE, **_WHY,
}  # fmt: skip
STATE = {"name": TEXT, "order": WHOLE, "end": TRUTH, **_WHY}
BACK = {"from": TEXT, "to": TEXT, "profiles": TEXTS, "actions": TEXTS, **_WHY}
FIXED = {"member": POINTER, "open_states": TEXTS, "open_values": TEXTS, "reopens": TRUTH, **_WHY}
SETTLED = {"member": POINTER, "compare": one_of("value", "url", "custom-ids"), **_WHY}
PROGRESS = {"restart": TEXT, "ends": TEXTS, **_WHY}
STUCK = {"seconds": WHOLE, "states": TEXTS, **_WHY}
INSTANT = {"rules": TEXTS, "seconds": WHOLE, **_WHY}

ENTRY = {
    "rule": TEXT, "check": TEXT, "members": MEMBERS, "when": LISTS, "unless": LISTS, **_WHY,
    "absent": one_of("allowed"), "blank": one_of("empty"), "mixed": one_of("error"),
    "allow": TEXTS, "beside": POINTERS, "deny": TEXTS, "group": TEXT, "instead": POINTERS,
    "maximum": NUMBER, "minimum": NUMBER, "needs": TEXTS, "of": WHOLE, "only": TEXT, "tolerance_ms": NUMBER,
    "says": TEXTS_BY_TEXT, "values": TEXTS, "zero_is_set": TRUTH,
}  # fmt: skip
# What a check cannot do without.
NEEDED_BY = {
    "one-of": ("values",),
    "range": ("minimum", "maximum"),
    "same": ("group",),
    "agree": ("only", "says"),
    "id-time": ("tolerance_ms",),
    "complete": ("needs", "of"),
}
BUTTONS = {"uuid": TEXT, "kind": TABLES_LIST}
BUTTON = {"name": TEXT, "marker": TEXT, "form": TEXT, "fits": TEXTS}
PROFILE = {
    "summary": TEXT, **_WHY, "nulls": ALL_OR_POINTERS, "missing": ALL_OR_POINTERS, "enums": LISTS, "suggested": TRUTH,
    "excuses": TEXTS, "null_elsewhere": BAD, "missing_elsewhere": BAD, "unknown_enum": BAD, "undocumented": BAD,
}  # fmt: skip


def checked(found: object, known: Mapping[str, Kind], where: str, needed: tuple[str, ...] = ()) -> dict[str, Any]:
    """Return a table that has the needed keys, no unknown one, and values of the right kind; else raise `ContractError`."""
    if not isinstance(found, dict):
        raise ContractError(f"{where} is no table", hint=f"it has: {', '.join(sorted(known))}")
    for key, value in found.items():
        if key not in known:
            near = get_close_matches(key, known, n=1)
            raise ContractError(
                f"unknown key {key!r} in {where}",
                hint=f"did you mean {near[0]!r}?" if near else f"known here: {', '.join(sorted(known))}",
            )
        if not known[key].holds(value):
            raise ContractError(f"{key} in {where} is not {known[key].words}", hint=f"write {known[key].words}")
    for key in needed:
        if key not in found:
            raise ContractError(f"{where} has no {key}", hint=f"it needs {', '.join(needed)}")
    return found


def sayings(table: Mapping[str, str], where: str) -> None:
    """Raise `ContractError` where a table is not one of patterns, and of texts that name their groups by number."""
    for form, said in table.items():
        pattern(form, f"says of {where}", groups=max(map(int, re.findall(r"\\(\d)", said)), default=0))


def pattern(text: str, where: str, groups: int = 0) -> None:
    """Raise `ContractError` where a text is no regular expression, or one with fewer groups than are asked for."""
    try:
        compiled = re.compile(text, re.ASCII)
    except (re.error, OverflowError, RecursionError, ValueError) as error:
        raise ContractError(
            f"{text!r} in {where} is no regular expression: {error}", hint="it is one as Python's `re` reads it"
        ) from error
    if compiled.groups < groups:
        raise ContractError(f"{text!r} in {where} has no group", hint="put what is compared into ( )")
