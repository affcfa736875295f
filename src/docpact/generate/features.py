"""Features: what a set of payloads can exercise of a contract, and what one payload does."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple

from docpact.finding import escape_token
from docpact.pointers import ABSENT

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from docpact.contract import Contract, Profile

# A text that no one-line field holds, and more items than a usual list has.
LONG = 1_000
MANY = 16
# Checks that leave no choice of the text, so that a long one would be another thing.
_FORMED = frozenset({"form", "url", "base64", "grammar", "id-time", "one-of"})


class Member(NamedTuple):
    """One member that the page names, with `*` for an index: its schema, and whether a payload may lack it, or say null."""

    at: str
    schema: Mapping[str, Any]
    may_lack: bool
    may_be_null: bool
    is_free: bool

    @property
    def kind(self) -> str:
        """Return the type that the page gives, the first that is not null."""
        declared = self.schema.get("type", "string")
        return declared if isinstance(declared, str) else next((name for name in declared if name != "null"), "null")


class Features:
    """All features of a contract under a profile; each is a short text such as `/status=SUCCESS` or `/prompt long`."""

    def __init__(self, contract: Contract, profile: Profile) -> None:
        self._profile = profile
        self._formed = {at for entry in contract.coherence if entry.check in _FORMED for at in entry.members}
        self.members = tuple(self._named(contract.schema, ""))
        self._kinds = [(kind.name, re.compile(kind.form, re.ASCII)) for kind in contract.buttons]
        self.custom_ids = sorted({at for e in contract.coherence if e.check in {"grammar", "known-kind"} for at in e.members})
        self._values = {part.at: self._listed(part) for part in self.members}

    def all(self) -> Iterator[str]:
        """Yield every feature of payloads, in the order of the page."""
        for part in self.members:
            yield from (f"{part.at}={_written(value)}" for value in self._values[part.at])
            yield from (f"{part.at} {how}" for how in self.ways(part))
        if self.custom_ids:
            yield from (f"button:{name}" for name, _ in self._kinds)

    def ways(self, part: Member) -> Iterator[str]:
        """Yield what may be true of a member, apart from its listed values."""
        if part.may_lack:
            yield from ("present", "absent") if part.kind != "null" else ("absent",)
        if part.may_be_null:
            yield "null"
        if part.kind == "array":
            yield from ("empty", "many")
        if part.kind == "string" and not self._values[part.at]:
            yield "empty"
            if part.is_free:
                yield "long"

    def of(self, payload: Any) -> Iterator[str]:
        """Yield the features of a payload; one may come twice."""
        for part in self.members:
            known = set(self.ways(part))
            for _, value in places(payload, part.at):
                if value in self._values[part.at]:
                    yield f"{part.at}={_written(value)}"
                yield from (f"{part.at} {how}" for how in _ways_of(value) if how in known)
        for pattern in self.custom_ids:
            texts = [value for _, value in places(payload, pattern) if isinstance(value, str)]
            kinds = [next((name for name, form in self._kinds if form.search(text)), None) for text in texts]
            yield from (f"button:{name}" for name in kinds if name)

    def _named(self, schema: Mapping[str, Any], at: str) -> Iterator[Member]:
        required = set(schema.get("required", ()))
        for name, part in schema.get("properties", {}).items():
            pointer = f"{at}/{escape_token(name)}"
            lacks = name not in required or self._profile.severity("documented-required", pointer, None) is None
            null = self._profile.severity("documented-null", pointer, None) is None or "null" in part.get("type", ())
            yield Member(pointer, part, lacks, null, pointer not in self._formed)
            yield from self._named(part, pointer)
            items = part.get("items")
            if items is not None and "properties" not in items:
                yield Member(
                    f"{pointer}/*", items, may_lack=False, may_be_null=False, is_free=f"{pointer}/*" not in self._formed
                )
            elif items is not None:
                yield from self._named(items, f"{pointer}/*")

    def _listed(self, part: Member) -> list[Any]:
        if part.kind == "boolean" and "enum" not in part.schema:
            return [False, True]
        listed = [value for value in part.schema.get("enum", ()) if value is not None]
        more = self._profile.enums.get(part.at, frozenset()) if listed else frozenset()
        return listed + sorted(more - set(listed))


def places(payload: Any, pattern: str) -> Iterator[tuple[str, Any]]:
    """Yield pointer and value of every member at a pattern such as `/buttons/*/style`; one that its object lacks is ABSENT."""
    found = [("", payload)]
    for part in pattern.split("/")[1:]:
        if part == "*":
            found = [(f"{at}/{n}", item) for at, value in found if isinstance(value, list) for n, item in enumerate(value)]
        else:
            name = part.replace("~1", "/").replace("~0", "~")
            found = [(f"{at}/{part}", value.get(name, ABSENT)) for at, value in found if isinstance(value, dict)]
    yield from found


def _ways_of(value: Any) -> Iterator[str]:
    yield "absent" if value is ABSENT else "null" if value is None else "present"
    if value in ("", []):
        yield "empty"
    if isinstance(value, str) and len(value) >= LONG:
        yield "long"
    if isinstance(value, list) and len(value) >= MANY:
        yield "many"


def _written(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
