"""The coherent layer: what follows across the members of one payload, by the entries of the contract."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from docpact.checks import ROLES, Checks
from docpact.pointers import member, name_of
from docpact.redact import shown
from docpact.validate.breach import Breach

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from docpact.checks import Hit
    from docpact.contract import Contract, Entry
    from docpact.finding import Clause


class Coherent:
    """Judge payloads by the coherence entries of a contract; a contract without entries finds nothing."""

    def __init__(self, contract: Contract) -> None:
        self._contract = contract
        self._checks = Checks(contract)
        self._clauses: dict[str, Clause | None] = {}

    def breaches(self, payload: Any, asked: str | None = None) -> Iterator[Breach]:
        """Yield every breach in one task object; `asked` is the id that the client asked for, where it is known."""
        if not isinstance(payload, dict) or self._is_envelope(payload):
            return
        facts = self._checks.facts(payload)
        for entry, check in self._checks.speaking_of(facts):
            for hit in check(payload):
                yield self._breach(entry, hit, facts)
        if asked is not None:
            yield from self._mismatch(payload, asked)

    def _is_envelope(self, payload: Mapping[str, Any]) -> bool:
        return "status" not in payload and "id" not in payload and bool(self._contract.envelope & payload.keys())

    def _breach(self, entry: Entry, hit: Hit, facts: Mapping[str, Any]) -> Breach:
        context = " and ".join(f"{role} is {facts[role]}" for role in ROLES[:2] if role in entry.when)
        sentence = f"{name_of(hit.pointer)} {hit.says}"
        message = f"{context}, and {sentence}" if context else sentence
        return Breach(entry.rule, hit.pointer, hit.found, hit.expected, message, self._clause(hit.pointer), hit.severity)

    def _mismatch(self, payload: Mapping[str, Any], asked: str) -> Iterator[Breach]:
        pointer = self._contract.roles.get("id", "")
        found = member(payload, pointer) if pointer else None
        if isinstance(found, str) and found != asked:
            message = f"asked for task {shown(asked)}, and the body is task {shown(found)}"
            yield Breach("id-mismatch", pointer, found, asked, message, self._clause(pointer))

    def _clause(self, pointer: str) -> Clause | None:
        pattern = "/".join("*" if part.isdigit() else part for part in pointer.split("/"))
        if pattern not in self._clauses:
            self._clauses[pattern] = self._contract.clause(pattern, "member")
        return self._clauses[pattern]
