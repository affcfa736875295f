"""Make the plan by which `quick.py` accepts payloads: the part of a contract that can be judged without patterns.

A plan is made ahead of time, by `docpact derive`, and written beside the contract. It accepts less than the contract does, and
never more: a property test holds the two together.
"""

from __future__ import annotations

import re
from itertools import product
from typing import TYPE_CHECKING, Any

from docpact.checks import sayings
from docpact.validate import quick

if TYPE_CHECKING:
    from collections.abc import Mapping

    from docpact.contract import ButtonKind, Contract, Entry

_PERCENTS = ["", *(f"{n}%" for n in range(101))]
_DIGITS = re.compile(r"\^\[0-9\]\{(\d+),(\d+)\}\\Z")
_PLAIN = {"set", "unset", "one-of", "order", "range", "url", "base64", "id-time"}
# What `quick` makes sure of for every button, whatever the state and the action.
_OF_BUTTONS = {"grammar", "known-kind", "unique", "same", "any-set", "range", "fits", "complete", "form", "agree"}


_JOB = "00000000-0000-4000-8000-000000000000"


class _Unplannable(Exception):  # noqa: N818 - not an error: the contract is judged by the thorough path alone
    """The contract has something that cannot be judged without patterns."""


def make(contract: Contract, stamps: Mapping[str, int]) -> dict[str, Any] | None:
    """Return the plan of a contract, or None where it has something that `quick` cannot make sure of.

    `stamps` are the checksums (CRC-32) of the files that the contract was loaded from.
    """
    if not {"status", "action"} <= contract.roles.keys():
        return None
    try:
        of_buttons = [e for e in contract.coherence if any("*" in m for m in e.members)]
        return {
            "version": quick.VERSION,
            "stamps": dict(stamps),
            "schema": of_schema(contract.schema),
            "roles": {role: _member(contract.roles[role]) for role in ("status", "action")},
            "coherence": [_entry(e, contract) for e in contract.coherence if e not in of_buttons],
            "buttons": _buttons(contract, of_buttons),
        }
    except _Unplannable:
        return None


def of_schema(schema: Mapping[str, Any]) -> list[Any]:
    """Return the plan of a schema, for `quick.schema_of`."""
    declared = schema.get("type")
    if declared is None:
        return ["none"] if {"enum", "properties", "required", "items"} & schema.keys() else ["any"]
    types = [declared] if isinstance(declared, str) else list(declared)
    plans = [_typed(name, schema) for name in types]
    return plans[0] if len(plans) == 1 else ["or", plans]


def _typed(name: str, schema: Mapping[str, Any]) -> list[Any]:
    if "enum" in schema:
        return ["one-of", [v for v in schema["enum"] if isinstance(v, str)]] if name == "string" else ["none"]
    if name == "object":
        parts = {key: of_schema(part) for key, part in schema.get("properties", {}).items()}
        return ["object", parts, list(schema.get("required", ()))]
    if name == "array":
        return ["array", of_schema(schema["items"]) if "items" in schema else ["any"]]
    return [name] if name in {"string", "integer", "number", "boolean", "null"} else ["none"]


def _member(pointer: str) -> str:
    name = pointer[1:]
    if "/" in name or "~" in name or not name:
        raise _Unplannable
    return name


def _entry(entry: Entry, contract: Contract) -> dict[str, Any]:
    names = [_member(pointer) for pointer in entry.members]
    for name in names:
        # Only a member of one type is compared without asking what it is.
        if contract.schema.get("properties", {}).get(name, {}).get("type") not in {"string", "integer", "array"}:
            raise _Unplannable
    plan = {"check": entry.check, "members": names, "when": {role: sorted(v) for role, v in entry.when.items()}}
    if entry.check in _PLAIN:
        wanted = ("values", "absent", "blank", "minimum", "maximum", "tolerance_ms")
        return plan | {key: entry.settings[key] for key in wanted if key in entry.settings}
    if entry.check != "form":
        raise _Unplannable
    allow = entry.settings.get("allow", ())
    digits = _DIGITS.fullmatch(allow[0]) if len(allow) == 1 and "deny" not in entry.settings else None
    if digits:
        return plan | {"check": "digits", "digits": [int(digits[1]), int(digits[2])]}
    return plan | {"check": "one-of", "values": [value for value in _PERCENTS if _passes(entry, value)]}


def _passes(entry: Entry, value: str) -> bool:
    settings = entry.settings
    if not re.search(settings.get("only", "."), value):
        return True
    if "deny" in settings:
        return not any(re.search(p, value, re.ASCII) for p in settings["deny"])
    return any(re.search(p, value, re.ASCII) for p in settings.get("allow", ()))


def _buttons(contract: Contract, entries: list[Entry]) -> dict[str, Any] | None:
    if not entries:
        return None
    holders = {pattern.split("/*/")[0] for entry in entries for pattern in entry.members}
    if len(holders) != 1 or any(entry.check not in _OF_BUTTONS for entry in entries):
        raise _Unplannable
    whole = next((e for e in entries if e.check == "complete"), None)
    known = {form: kind.name for kind in contract.buttons for form in _forms(kind)}
    actions = {action for kind in contract.buttons for action in kind.fits}
    return {
        "member": _member(holders.pop()),
        "known": known,
        "faces": _faces(known, entries),
        "fits": {action: sorted(k.name for k in contract.buttons if action in k.fits) for action in sorted(actions)},
        "style": _limits(entries, "style"),
        "type": _limits(entries, "type")[0],
        "whole": {
            "kinds": list(whole.settings["needs"]) if whole else [],
            "of": whole.settings["of"] if whole else 0,
            "actions": sorted(whole.when.get("action", ())) if whole else [],
        },
    }


def _faces(known: Mapping[str, str], entries: list[Entry]) -> dict[str, list[Any]]:
    """Say what a member has, beside "", where a customId has a form, and what it has for no other; the rest is for `checks`."""
    found: dict[str, list[Any]] = {}
    for entry in entries:
        if entry.check == "agree":
            says = sayings(entry)
            what, texts = found.setdefault(entry.members[1].rpartition("/")[2], [{}, []])
            texts += _expand(entry.settings["only"].removeprefix("^").removesuffix(r"\Z"))
            for form in known:
                said = says(form.replace("*", _JOB))
                if said is not None and what.setdefault(form, said) != said:
                    raise _Unplannable
    return found


def _limits(entries: list[Entry], name: str) -> list[int]:
    for entry in entries:
        if entry.check == "range" and entry.members[0].endswith(f"/{name}"):
            return [entry.settings["minimum"], entry.settings["maximum"]]
    raise _Unplannable


def _forms(kind: ButtonKind) -> list[str]:
    """Write out every customId of a kind, with `*` for the job; the forms are small, and each is tried on the pattern."""
    real = re.compile(kind.form, re.ASCII)
    found = _expand(kind.template.removeprefix("^").removesuffix(r"\Z").replace("UUID", "\0"))
    return [form.replace("\0", "*") for form in found if real.search(form.replace("\0", _JOB))]


def _expand(pattern: str) -> list[str]:
    r"""Expand groups, choices, one-character classes and `?`; what has a number (`\d+`) is left to the thorough path."""
    parts: list[list[str]] = []
    at = 0
    while at < len(pattern):
        if pattern[at] == "(":
            end = _closing(pattern, at)
            choices = [form for choice in _choices(pattern[at + 1 : end]) for form in _expand(choice)]
            at = end + 1
        elif pattern[at] == "[":
            end = pattern.index("]", at)
            low, high = pattern[at + 1], pattern[end - 1]
            choices, at = [chr(code) for code in range(ord(low), ord(high) + 1)], end + 1
        elif pattern.startswith(r"\d+", at):
            choices, at = [], at + 3
        elif pattern[at] == "\\":
            choices, at = [pattern[at + 1]], at + 2
        else:
            choices, at = [pattern[at]], at + 1
        if at < len(pattern) and pattern[at] == "?":
            choices, at = ["", *choices], at + 1
        parts.append(choices)
    return ["".join(form) for form in product(*parts)]


def _closing(pattern: str, start: int) -> int:
    depth = 0
    for at in range(start, len(pattern)):
        depth += {"(": 1, ")": -1}.get(pattern[at], 0)
        if depth == 0:
            return at
    raise _Unplannable


def _choices(pattern: str) -> list[str]:
    choices, depth = [""], 0
    for char in pattern:
        depth += {"(": 1, ")": -1}.get(char, 0)
        if char == "|" and depth == 0:
            choices.append("")
        else:
            choices[-1] += char
    return choices
