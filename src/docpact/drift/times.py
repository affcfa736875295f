"""Times: in which unit a member tells them, by their magnitude, and which members tell times at all."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from docpact.pointers import members

if TYPE_CHECKING:
    from collections.abc import Mapping

    from docpact.contract import Contract

SECONDS, MILLISECONDS, MICROSECONDS, NANOSECONDS = "seconds", "milliseconds", "microseconds", "nanoseconds"
TEXT = "a text of date and time"
OTHER = "no time"
AS_TEXT = ", as a text"

# As seconds these are the years 1973 to 2286; of each other unit the same years, so that no number is in two of them.
_FROM, _TO = 10**8, 10**10
_MANY = ((MILLISECONDS, 10**3), (SECONDS, 1), (MICROSECONDS, 10**6), (NANOSECONDS, 10**9))
_UNITS = tuple((unit, _FROM * many, _TO * many) for unit, many in _MANY)
_NAME = re.compile(r"(?:[a-z0-9]T|_t|^[Tt])ime(?:stamp)?s?\Z|[Tt]imestamp\Z|[a-z0-9]At\Z|_at\Z|(?:[a-z0-9]D|_d|^[Dd])ate\Z")
_DIGITS = re.compile(r"-?[0-9]{1,25}(?:\.[0-9]{1,25})?", re.ASCII)
_DATE = re.compile(r"[0-9]{4}[-/][0-9]{1,2}[-/][0-9]{1,2}(?:[T ].{0,40})?", re.ASCII)
_LONGEST = 64


def unit_of(value: Any) -> str:
    """Return the unit in which a value tells a time; "" where it says that the time is not known (0, "", null)."""
    if isinstance(value, str):
        return _unit_of_text(value[:_LONGEST].strip())
    if isinstance(value, bool) or not isinstance(value, int | float) or not value:
        return ""
    for unit, least, most in _UNITS:
        if least <= value < most:
            return unit
    return OTHER


def _unit_of_text(text: str) -> str:
    if _DIGITS.fullmatch(text):
        unit = unit_of(float(text))
        return unit and f"{unit}{AS_TEXT}"
    return text and (TEXT if _DATE.fullmatch(text) else OTHER)


def times_of(contract: Contract, documented: Mapping[str, Mapping[str, Any]]) -> dict[str, str]:
    """Map each documented member that tells times to the unit that the contract gives, "" where it gives none.

    A member tells times where the contract says so, or where it is a number, or a text, with the name of a time. Its unit is
    that of the contract, or else that of the example of the page.
    """
    told = {at: unit_of(e.settings["minimum"]) for e in contract.coherence if e.rule == "time-unit" for at in e.members}
    found = {}
    for at, schema in documented.items():
        kinds = schema.get("type", ())
        of_kind = bool({"integer", "number", "string"}.intersection([kinds] if isinstance(kinds, str) else kinds))
        if at in told or (of_kind and "enum" not in schema and _NAME.search(at.rpartition("/")[2])):
            found[at] = told.get(at) or _exemplified(contract, at)
    return found


def _exemplified(contract: Contract, at: str) -> str:
    units = [unit_of(value) for _, value in members(contract.example, at)]
    return next((unit for unit in units if unit and unit != OTHER), "")
