"""Several readings of one operation into one: what the main one leaves open is taken from the others, claim by claim."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from docpact.derive.claims import Field, Note, Operation, Reading

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence


def merge(main: Reading, others: Sequence[Reading]) -> Reading:
    """Fill what `main` does not say from the other readings of the page; where two disagree, that is a note.

    A member that only another reading has is not added: what the page lists in one place is the whole list.
    """
    notes = list(main.notes)
    for other in others:
        known = {one.path: one for one in other.fields}
        notes += [note for one in main.fields if one.path in known for note in _disagreements(one, known[one.path])]
        main = replace(
            main,
            operation=_operation(main.operation, other.operation),
            fields=tuple(_filled(one, known) for one in main.fields),
        )
    return replace(main, notes=tuple(dict.fromkeys(notes)))


def _filled(one: Field, known: Mapping[str, Field]) -> Field:
    other = known.get(one.path)
    if other is None:
        return one
    lines = dict(one.lines)
    claim = one.claim
    if claim.type is None and not claim.enum and other.claim.type is not None:
        claim = other.claim
        lines["type"] = other.lines.get("type", other.lines["member"])
    elif claim.type == other.claim.type:
        claim = replace(
            claim,
            format=claim.format or other.claim.format,
            nullable=other.claim.nullable if claim.nullable is None else claim.nullable,
            items=claim.items or other.claim.items,
        )
    for kind, missing in (("required", one.required is None), ("enum", one.enum is None), ("description", not one.description)):
        if missing and kind in other.lines:
            lines[kind] = other.lines[kind]
    words = one if one.description else other
    return replace(
        one, claim=claim, lines=lines, title=words.title, text=words.text,
        required=other.required if one.required is None else one.required,
        enum=other.enum if one.enum is None else one.enum,
    )  # fmt: skip


def _operation(one: Operation, other: Operation) -> Operation:
    lines = {**other.lines, **one.lines}
    return replace(
        one,
        server=one.server or other.server, auth=one.auth or other.auth, title=one.title or other.title,
        parameters=one.parameters or other.parameters, statuses=one.statuses or other.statuses, lines=lines,
    )  # fmt: skip


def _disagreements(one: Field, other: Field) -> Iterator[Note]:
    pairs = (
        ("type", one.claim.type, other.claim.type),
        ("required", one.required, other.required),
        ("enum", one.enum and frozenset(one.enum), other.enum and frozenset(other.enum)),
    )
    for kind, said, also in pairs:
        if said is not None and also is not None and said != also:
            at, there = (claims.lines.get(kind, claims.lines["member"]) for claims in (one, other))
            words = f"{one.path}: {_worded(kind, one)} in line {at[0]}, {_worded(kind, other)} in line {there[0]}"
            yield Note("contradiction", f"{words}; the first is taken", at, one.path)


def _worded(kind: str, one: Field) -> str:
    if kind == "type":
        return str(one.claim.type)
    if kind == "required":
        return "required" if one.required else "optional"
    return f"the values {', '.join(one.enum or ())}"
