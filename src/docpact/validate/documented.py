"""The documented layer: what the page says of one payload, no more, seen through a profile."""

from __future__ import annotations

from difflib import get_close_matches
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from docpact.finding import escape_token, without_indices
from docpact.pointers import ABSENT, name_of
from docpact.redact import shown
from docpact.validate.breach import Breach

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from docpact.contract import Contract, Profile
    from docpact.finding import Clause
    from docpact.validate.engine import Engine, SchemaError

_TYPE_NAMES = {dict: "object", list: "array", str: "string", bool: "boolean", int: "integer", float: "number"}


class Documented:
    """Judge payloads by the page; a value that a family of servers is known to send is excused by its profile."""

    def __init__(self, contract: Contract, profile: Profile, engine: Engine) -> None:
        self._contract = contract
        self._profile = profile
        self._engine = engine
        self._body = list if contract.schema.get("type") == "array" else dict
        self._families = tuple(p for p in contract.profiles.values() if p.suggested and p.name != profile.name)
        self._clauses: dict[tuple[str, str], Clause | None] = {}

    def breaches(self, payload: Any) -> Iterator[Breach]:
        """Yield every breach of the page in one parsed body."""
        if not self._engine.accepts(payload):
            yield from self._schema_breaches(payload)
        if self._profile.undocumented is not None and isinstance(payload, self._body):
            yield from self._undocumented(payload, self._contract.schema, "")

    def _schema_breaches(self, payload: Any) -> Iterator[Breach]:
        if not isinstance(payload, self._body):
            yield self._other_body(payload)
            return
        errors = list(self._engine.errors(payload))
        if not errors:
            return
        if isinstance(payload, dict) and self._contract.is_error_body(payload):
            yield self._envelope(payload)
            return
        # A value of the wrong type is in no list of values either: that is one breach, not two.
        mistyped = {error.path for error in errors if error.keyword == "type"}
        for error in errors:
            if error.keyword == "enum" and error.path in mistyped:
                continue
            breach = self._excused(self._breach(error))
            if breach is not None:
                yield breach

    def _other_body(self, payload: Any) -> Breach:
        expected, documented = ("array", "a list of objects") if self._body is list else ("object", "one task object")
        found = f"{_article(_type_name(payload))} instead of {_article(expected)}"
        what = f"a list of {len(payload)}" if isinstance(payload, list) else found
        return Breach(
            "documented-body", "", payload, expected, f"the body is {what}; the page documents {documented}",
            self._clause("", "type"),
        )  # fmt: skip

    def _envelope(self, payload: Mapping[str, Any]) -> Breach:
        parts = (f"{name} {shown(payload[name])!r}" for name in ("code", "description", "message") if name in payload)
        said = ", ".join(parts) or f"members {', '.join(sorted(payload)[:5])}"
        return Breach(
            "documented-error-body", "", payload, "a task object", f"the body is an error object, not a task: {said}",
            self._clause("", "type"),
        )  # fmt: skip

    def _breach(self, error: SchemaError) -> Breach:
        pointer = "".join(f"/{escape_token(str(part))}" for part in error.path)
        name = name_of(pointer)
        if error.keyword == "required":
            at = f"{pointer}/{escape_token(error.value)}"
            message = f"{name_of(at)} is missing, and the page marks it as required"
            return Breach("documented-required", at, ABSENT, None, message, self._clause(at, "required"))
        if error.keyword == "enum":
            return self._unlisted(pointer, name, error)
        if error.keyword != "type":
            expected = f"{error.keyword}: {shown(error.value)}"
            message = f"{name} is {shown(error.instance)!r}, which breaks {expected}"
            return Breach("documented-constraint", pointer, error.instance, expected, message, self._clause(pointer, "type"))
        expected = error.value if isinstance(error.value, str) else " or ".join(error.value)
        if error.instance is None:
            message = f"{name} is null, and the page promises {_article(expected)}"
            return Breach("documented-null", pointer, None, expected, message, self._clause(pointer, "type"))
        message = f"{name} is {_article(_type_name(error.instance))}, and the page says {expected}"
        return Breach("documented-type", pointer, error.instance, expected, message, self._clause(pointer, "type"))

    def _unlisted(self, pointer: str, name: str, error: SchemaError) -> Breach:
        found, listed = error.instance, [str(value) for value in error.value]
        near = _nearest(str(found).upper()[:100], tuple(listed))
        nearest = f"; the nearest is {near}" if near else ""
        message = f"{name} is {shown(found)!r}, which the page does not list{nearest}"
        return Breach("documented-enum", pointer, found, listed, message, self._clause(pointer, "enum"))

    def _undocumented(self, value: Any, schema: Mapping[str, Any], pointer: str) -> Iterator[Breach]:
        if isinstance(value, list) and "items" in schema:
            for index, item in enumerate(value):
                yield from self._undocumented(item, schema["items"], f"{pointer}/{index}")
        # An object whose members the page does not name at all is free.
        elif isinstance(value, dict) and schema.get("properties"):
            for name, part in value.items():
                at = f"{pointer}/{escape_token(name)}"
                if name in schema["properties"]:
                    yield from self._undocumented(part, schema["properties"][name], at)
                else:
                    near = _nearest(name[:100], tuple(schema["properties"]))
                    message = f"{name_of(at)} is not on the page" + (f"; did the server mean {near}?" if near else "")
                    yield Breach("undocumented-member", at, part, None, message, severity=self._profile.undocumented)

    def _excused(self, breach: Breach) -> Breach | None:
        at = without_indices(breach.pointer)
        severity = self._profile.severity(breach.rule, at, breach.found)
        if severity is None:
            return None
        families = tuple(f.name for f in self._families if f.severity(breach.rule, at, breach.found) is None)
        return breach._replace(severity=severity, excused_by=families)

    def _clause(self, pointer: str, keyword: str) -> Clause | None:
        key = (without_indices(pointer), keyword)
        if key not in self._clauses:
            self._clauses[key] = self._contract.clause(*key)
        return self._clauses[key]


@lru_cache(maxsize=1024)
def _nearest(word: str, known: tuple[str, ...]) -> str | None:
    """Return the known word that is meant, if one is near; the same word comes again and again in a long capture."""
    near = get_close_matches(word, known, n=1)
    return near[0] if near else None


def _type_name(value: Any) -> str:
    return "null" if value is None else _TYPE_NAMES.get(type(value), type(value).__name__)


def _article(noun: str) -> str:
    return noun if noun == "null" else f"{'an' if noun[:1] in 'aeiou' else 'a'} {noun}"
