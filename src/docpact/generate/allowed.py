"""Allowed: whether a payload that was changed still keeps what the contract says of one payload, under a profile."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from docpact.checks import Checks
from docpact.finding import escape_token

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from docpact.contract import Contract, Profile

_TYPES: dict[str, type | tuple[type, ...]] = {
    "string": str, "integer": int, "number": (int, float), "boolean": bool, "array": list, "object": dict, "null": type(None),
}  # fmt: skip


class Allowed:
    """Tell which rule a payload breaks; a warning counts too, since what is made shall be beyond doubt."""

    def __init__(self, contract: Contract, profile: Profile) -> None:
        self._contract = contract
        self._profile = profile
        self._checks = Checks(contract)

    def broken(self, payload: Mapping[str, Any]) -> Iterator[str]:
        """Yield the ids of the rules that a payload breaks in the documented and the coherent layer; one may come twice."""
        yield from self._documented(payload, self._contract.schema, "")
        yield from self._coherent(payload)

    def _documented(self, value: Any, schema: Mapping[str, Any], at: str) -> Iterator[str]:
        """Yield the rules of the page that a value breaks, by the keywords that `docpact derive` writes."""
        declared = schema.get("type", ())
        kinds = [declared] if isinstance(declared, str) else list(declared)
        if value is None and kinds and "null" not in kinds:
            yield from self._told("documented-null", at, value)
            return
        if kinds and not any(_is_of(value, kind) for kind in kinds):
            yield from self._told("documented-type", at, value)
        if "enum" in schema and value not in schema["enum"]:
            yield from self._told("documented-enum", at, value)
        if isinstance(value, dict):
            yield from self._members(value, schema, at)
        if isinstance(value, list) and "items" in schema:
            for item in value:
                yield from self._documented(item, schema["items"], f"{at}/*")

    def _members(self, value: Mapping[str, Any], schema: Mapping[str, Any], at: str) -> Iterator[str]:
        known: Mapping[str, Any] = schema.get("properties", {})
        for name in schema.get("required", ()):
            if name not in value:
                yield from self._told("documented-required", f"{at}/{escape_token(name)}", None)
        for name, part in value.items():
            pointer = f"{at}/{escape_token(name)}"
            if name in known:
                yield from self._documented(part, known[name], pointer)
            elif known:
                yield from self._told("undocumented-member", pointer, part)

    def _told(self, rule: str, at: str, found: Any) -> Iterator[str]:
        if self._profile.severity(rule, at, found) is not None:
            yield rule

    def _coherent(self, payload: Mapping[str, Any]) -> Iterator[str]:
        speaking = self._checks.speaking_of(self._checks.facts(payload))
        return (entry.rule for entry, check in speaking for _ in check(payload))


def _is_of(value: Any, kind: str) -> bool:
    if isinstance(value, bool):
        return kind == "boolean"
    if kind == "integer" and isinstance(value, float):
        return value.is_integer()
    return isinstance(value, _TYPES.get(kind, object))
