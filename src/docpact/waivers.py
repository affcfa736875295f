"""Waivers: findings that somebody accepts, with a reason, for a time."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field
from datetime import date
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

from docpact.errors import UsageError
from docpact.finding import Layer, escape_token, without_indices
from docpact.rules import RULES
from docpact.terms import ANY, TABLES_LIST, TEXT, Kind, checked

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from docpact.contract import Contract
    from docpact.finding import Finding
    from docpact.rules import Rule

_POINTER = Kind('a pointer, which begins with /, or "" for the body', lambda p: isinstance(p, str) and p[:1] in ("", "/"))
_KEYS = {"rule": TEXT, "pointer": _POINTER, "owner": TEXT, "reason": TEXT, "expires": ANY}
_NEEDED = ("rule", "owner", "reason", "expires")


@dataclass(slots=True)
class Waiver:
    """One accepted finding: its rule, the member (None: any), who accepts it, why, and until when (that day included)."""

    rule: str
    pointer: str | None
    owner: str
    reason: str
    expires: date
    used: int = 0


@dataclass(slots=True)
class Waivers:
    """All waivers of a run; those that have expired accept nothing any more."""

    valid: list[Waiver] = field(default_factory=list)
    expired: list[Waiver] = field(default_factory=list)

    @property
    def unused(self) -> list[Waiver]:
        """The waivers that no finding needed."""
        return [waiver for waiver in self.valid if not waiver.used]

    def accepts(self, finding: Finding) -> bool:
        """Tell whether a waiver accepts this finding, and count its use."""
        for waiver in self.valid:
            if waiver.rule == finding.rule and waiver.pointer in (None, without_indices(finding.place.pointer)):
                waiver.used += 1
                return True
        return False


def load(path: Path, today: date, contract: Contract | None = None, rules: Mapping[str, Rule] = RULES) -> Waivers:
    """Read a file of `[[waiver]]` tables; raises `UsageError` where one lacks something, or names what there is not.

    That is a rule that is not among `rules`, or, with a contract, a member of which it does not speak.
    """
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise UsageError(
            f"the waivers in {path} cannot be read: {error}", hint="docpact explain RULE shows a waiver"
        ) from error
    checked(document, {"waiver": TABLES_LIST}, str(path))
    waivers = Waivers()
    for number, table in enumerate(document.get("waiver", ()), 1):
        where = f"{path}, waiver {number}"
        waiver = _waiver(table, where, rules)
        if contract is not None:
            _refuse_unknown(waiver, contract, where)
        (waivers.valid if waiver.expires >= today else waivers.expired).append(waiver)
    return waivers


def _refuse_unknown(waiver: Waiver, contract: Contract, where: str) -> None:
    """Raise `UsageError` where no finding can ever be at the pointer: it would be thought to be accepted, and is not."""
    rule, pointer = RULES[waiver.rule], waiver.pointer
    # What is wrong with a text, or is not on the page, may be at any member.
    anywhere = rule.layer is Layer.TRANSPORT or rule.id in ("undocumented-member", "documented-body", "documented-constraint")
    if pointer is None or anywhere or contract.subschema(pointer) is not None:
        return
    near = get_close_matches(pointer, list(_pointers(contract.schema, "")), n=1, cutoff=0.5)
    raise UsageError(
        f"{where}: the contract {contract.name} has no member {pointer}",
        hint=f"did you mean {near[0]}?" if near else "docpact explain /POINTER says what the page says of a member",
    )


def _pointers(schema: Mapping[str, Any], pointer: str) -> Iterator[str]:
    for name, part in schema.get("properties", {}).items():
        at = f"{pointer}/{escape_token(name)}"
        yield at
        yield from _pointers(part, at)
    if isinstance(schema.get("items"), dict):
        yield from _pointers(schema["items"], f"{pointer}/*")


def _waiver(table: dict[str, object], where: str, rules: Mapping[str, Rule]) -> Waiver:
    checked(table, _KEYS, where)
    for key in _NEEDED:
        if not table.get(key):
            raise UsageError(f"{where} has no {key}", hint=f"a waiver needs {', '.join(_NEEDED)}")
    if table["rule"] not in rules:
        listed = "docpact explain lists the rules" if rules is RULES else "docpact diff --list-changes lists them"
        raise UsageError(f"{where}: there is no rule {table['rule']!r}", hint=listed)
    expires = table["expires"]
    if type(expires) is not date:
        raise UsageError(f"{where}: expires is no date", hint="write it without quotes: expires = 2027-12-31")
    pointer = table.get("pointer")
    return Waiver(
        rule=str(table["rule"]),
        pointer=None if pointer is None else without_indices(str(pointer)),
        owner=str(table["owner"]),
        reason=str(table["reason"]),
        expires=expires,
    )
