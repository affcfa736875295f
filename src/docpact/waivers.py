"""Waivers: findings that somebody accepts, with a reason, for a time."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING

from docpact.errors import UsageError
from docpact.finding import without_indices
from docpact.rules import RULES
from docpact.terms import ANY, TABLES_LIST, TEXT, Kind, checked

if TYPE_CHECKING:
    from pathlib import Path

    from docpact.finding import Finding

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


def load(path: Path, today: date) -> Waivers:
    """Read a file of `[[waiver]]` tables; raises `UsageError` where one lacks something or names no known rule."""
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise UsageError(
            f"the waivers in {path} cannot be read: {error}", hint="docpact explain RULE shows a waiver"
        ) from error
    checked(document, {"waiver": TABLES_LIST}, str(path))
    waivers = Waivers()
    for number, table in enumerate(document.get("waiver", ()), 1):
        waiver = _waiver(table, f"{path}, waiver {number}")
        (waivers.valid if waiver.expires >= today else waivers.expired).append(waiver)
    return waivers


def _waiver(table: dict[str, object], where: str) -> Waiver:
    checked(table, _KEYS, where)
    for key in _NEEDED:
        if not table.get(key):
            raise UsageError(f"{where} has no {key}", hint=f"a waiver needs {', '.join(_NEEDED)}")
    if table["rule"] not in RULES:
        raise UsageError(f"{where}: there is no rule {table['rule']!r}", hint="docpact explain lists the rules")
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
