"""The drafts of a page into those of one operation: that which a person names, or the one that says most."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, TypeAlias

from docpact.derive.claims import Draft, Note
from docpact.derive.request import template
from docpact.errors import PageError, UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

Group: TypeAlias = "list[Draft]"
_OPERATION = re.compile(r"(?i)(?P<method>GET|POST|PUT|PATCH|DELETE)\s+(?P<path>/\S*)")
_PARAMETER = re.compile(r"\{[^{}]*\}")
_MOST_NAMED = 12


def choose(drafts: Sequence[Draft], wanted: str = "") -> Group:
    """Return the drafts of one operation, the one that lists most members first.

    `wanted` is what a person says, `GET /task/{id}`: it chooses among several operations, and names that of a page that
    does not say. Raises `UsageError` for a text of another form, `PageError` where the page documents other operations.
    """
    groups = _grouped(drafts)
    if wanted:
        return _main_first(_named(groups, wanted))
    chosen = max(groups, key=lambda group: _size(_main_first(group)[0]))
    first, *others = _main_first(chosen)
    if len(groups) > 1:
        said = ", ".join(_name(group[0]) for group in groups[:_MOST_NAMED])
        message = f"the page documents {len(groups)} operations ({said}), and this one lists most members; --operation chooses"
        line = first.operation.lines.get("path") or (1, 1)
        first = replace(first, notes=(*first.notes, Note("note", message, line)))
    return [first, *others]


def _grouped(drafts: Sequence[Draft]) -> list[Group]:
    """Put the drafts of each operation together; what names no operation belongs to the only one that is named."""
    groups: dict[tuple[str, str], Group] = {}
    for one in drafts:
        groups.setdefault(_key(one), []).append(one)
    nameless = groups.pop(("", ""), [])
    if nameless and len(groups) == 1:
        only = next(iter(groups.values()))
        said = only[0].operation
        only += [replace(one, operation=replace(one.operation, method=said.method, path=said.path)) for one in nameless]
    elif nameless:
        groups[("", "")] = nameless
    return list(groups.values())


def _key(one: Draft) -> tuple[str, str]:
    path = one.operation.path
    return (one.operation.method, _shape(template(path)[0])) if one.operation.method and path else ("", "")


def _shape(path: str) -> str:
    return _PARAMETER.sub("{}", path)


def _size(one: Draft) -> tuple[bool, int, bool]:
    """Weigh what a page lists above what its example only shows, and one thing above a list of as many members."""
    return not one.inferred, len(one.entries), not one.listing


def _main_first(group: Group) -> Group:
    main = max(group, key=_size)
    return [main, *(one for one in group if one is not main)]


def _name(one: Draft) -> str:
    return f"{one.operation.method} {one.operation.path}".strip() or "one without a request"


def _named(groups: Sequence[Group], wanted: str) -> Group:
    match = _OPERATION.fullmatch(wanted.strip())
    if match is None:
        raise UsageError(f"--operation {wanted!r} is no METHOD /path", hint="for instance: --operation 'GET /task/{id}/fetch'")
    method, path = match["method"].upper(), match["path"]
    for group in groups:
        if _key(group[0]) == (method, _shape(template(path)[0])):
            return group
    nameless = [group for group in groups if _key(group[0]) == ("", "")]
    if not nameless:
        there = ", ".join(_name(group[0]) for group in groups[:_MOST_NAMED])
        raise PageError(
            f"the page does not document {method} {path}: it has {there}",
            hint="name one of these with --operation",
        )
    return [replace(one, operation=replace(one.operation, method=method, path=path)) for one in nameless[0]]
