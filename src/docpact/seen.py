"""What a run has seen of what the page names: how often each member and each listed value, and how its stories went.

It is counted only for a report that draws it, and its size does not grow with the number of payloads.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

from docpact.finding import Severity, escape_token
from docpact.polled import unwrapped
from docpact.redact import safe_source, shown, shown_text

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from docpact.contract import Contract
    from docpact.finding import Finding

_MOST_NAMES = 200
_MOST_VALUES = 50
_MOST_STORIES = 500
_MOST_POLLS = 60
_MOST_RULES = 4
_BOM = b"\xef\xbb\xbf"


@dataclass(slots=True)
class Member:
    """How often a documented member was there, null, empty or filled, of how many objects that could hold it.

    `values` counts the values that the page lists, `others` the first fifty that it does not, `more` further ones.
    """

    pointer: str
    required: bool
    holders: int = 0
    null: int = 0
    empty: int = 0
    filled: int = 0
    values: dict[str, int] = field(default_factory=dict)
    others: dict[str, int] = field(default_factory=dict)
    more: int = 0

    @property
    def present(self) -> int:
        """How often the member was there at all."""
        return self.null + self.empty + self.filled

    def take(self, value: object) -> None:
        """Count one value of the member."""
        if value is None:
            self.null += 1
            return
        if value in ("", [], {}):
            self.empty += 1
            return
        self.filled += 1
        if not self.values:
            return
        if isinstance(value, str) and value in self.values:
            self.values[value] += 1
            return
        name = str(shown(value))
        if name in self.others or len(self.others) < _MOST_VALUES:
            self.others[name] = self.others.get(name, 0) + 1
        else:
            self.more += 1


class Poll(NamedTuple):
    """One poll of a story: its number from 1, when it was made (milliseconds, or None), what it said, which rules it broke."""

    number: int
    at: float | None
    status: str
    progress: str
    source: str
    line: int | None
    rules: tuple[str, ...] = ()
    error: bool = False


@dataclass(slots=True)
class Told:
    """One story as far as it is drawn: its first sixty polls, and those that broke a rule up to twice as many.

    A poll with another id is another story here; that it may be the same task with a changed id is for the judge to say.
    """

    name: str
    polls: list[Poll] = field(default_factory=list)
    count: int = 0
    errors: int = 0
    warnings: int = 0


class _Node(NamedTuple):
    member: Member
    names: dict[str, _Node]
    items: _Node | None


class Seen:
    """Count what payloads hold of what the contract names; with `stories`, remember the polls of five hundred tasks."""

    def __init__(self, contract: Contract, *, stories: bool = False) -> None:
        self._roles = contract.roles
        self._root = _node(contract.schema, "", required=True)
        self.members: list[Member] = list(_members(self._root))
        self.unnamed: dict[str, int] = {}
        self.unnamed_more = 0
        self.payloads = 0
        self.draws_stories = stories
        self._whole: dict[str, Told] = {}
        self._broken: dict[str, Told] = {}
        self._last: tuple[str, str] = ("", "")

    @property
    def stories(self) -> list[Told]:
        """The stories that are remembered: those with errors first, then those with warnings, in the order they began."""
        broken = sorted(self._broken.values(), key=lambda told: not told.errors)
        return [*broken, *self._whole.values()]

    def text(self, content: bytes | None, *, each: bool = False) -> list[tuple[Any, float | None]]:
        """Read the payloads of a captured text, with the time of each poll; a text that is no JSON holds none."""
        if content is None:
            return []
        try:
            value = json.loads(content.removeprefix(_BOM))
        except (ValueError, RecursionError):
            return []
        polls = map(unwrapped, value if each and isinstance(value, list) else [value])
        return [(polled.payload, polled.at) for polled in polls]

    def take(self, payload: object, at: float | None, where: tuple[str, int | None], findings: Sequence[Finding]) -> None:
        """Count one payload, read from source and line `where`, and what was found in it."""
        self.payloads += 1
        self._value(self._root, payload)
        if self.draws_stories and isinstance(payload, dict):
            self._poll(payload, at, where, findings)

    def _value(self, node: _Node, value: object) -> None:
        if isinstance(value, dict):
            for name, child in node.names.items():
                child.member.holders += 1
                if name in value:
                    child.member.take(value[name])
                    self._value(child, value[name])
            if node.names:
                self._unnamed(node, value)
        elif isinstance(value, list) and node.items is not None:
            for item in value:
                self._value(node.items, item)

    def _unnamed(self, node: _Node, value: dict[str, Any]) -> None:
        for name in value.keys() - node.names.keys():
            pointer = f"{node.member.pointer}/{escape_token(shown_text(name))}"
            if pointer in self.unnamed or len(self.unnamed) < _MOST_NAMES:
                self.unnamed[pointer] = self.unnamed.get(pointer, 0) + 1
            else:
                self.unnamed_more += 1

    def _poll(
        self, payload: dict[str, Any], at: float | None, where: tuple[str, int | None], findings: Sequence[Finding]
    ) -> None:
        told = self._told(_at(payload, self._roles.get("id", "")), where[0])
        told.count += 1
        errors = sum(finding.severity is Severity.ERROR for finding in findings)
        told.errors += errors
        told.warnings += len(findings) - errors
        if len(told.polls) < (2 * _MOST_POLLS if findings else _MOST_POLLS):
            status, progress = (_at(payload, self._roles.get(role, "")) for role in ("status", "progress"))
            rules = tuple(dict.fromkeys(finding.rule for finding in findings))[:_MOST_RULES]
            said = (_said(status), _said(progress))
            told.polls.append(Poll(told.count, at, *said, safe_source(where[0]), where[1], rules, error=errors > 0))
        if findings and told.name in self._whole and self._whole[told.name] is told:
            del self._whole[told.name]
            if len(self._broken) < _MOST_STORIES:
                self._broken[told.name] = told

    def _told(self, found: object, source: str) -> Told:
        name = shown_text(found) if isinstance(found, str) and found else ""
        if not name:
            # A poll without id continues the story that was polled last in the same source, as the judge has it.
            name = self._last[1] if self._last[0] == source else shown_text(source)
        self._last = (source, name)
        told = self._broken.get(name) or self._whole.get(name)
        if told is None:
            told = self._whole[name] = Told(name)
            if len(self._whole) > _MOST_STORIES:
                del self._whole[next(iter(self._whole))]
        return told


def _at(payload: object, pointer: str) -> object:
    for part in pointer.split("/")[1:]:
        payload = payload.get(part.replace("~1", "/").replace("~0", "~")) if isinstance(payload, dict) else None
    return payload if pointer else None


def _said(value: object) -> str:
    return "–" if value is None else str(shown(value))


def _node(schema: Mapping[str, Any], pointer: str, *, required: bool) -> _Node:
    member = Member(pointer, required, values={value: 0 for value in schema.get("enum", ()) if isinstance(value, str)})
    needed = schema.get("required", ())
    names = {
        name: _node(part, f"{pointer}/{escape_token(name)}", required=name in needed)
        for name, part in schema.get("properties", {}).items()
    }
    items = schema.get("items")
    return _Node(member, names, _node(items, f"{pointer}/*", required=False) if isinstance(items, dict) else None)


def _members(node: _Node) -> list[Member]:
    found = [child for part in node.names.values() for child in (part.member, *_members(part))]
    return found + (_members(node.items) if node.items is not None else [])
