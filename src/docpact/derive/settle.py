"""A draft into a reading: where each member stands, what its values are, which part of the path is a parameter."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, TypeVar

from docpact.derive import request
from docpact.derive.claims import Ambiguity, Draft, Entry, Field, Json, Note, Operation, Parameter, Reading, TypeClaim
from docpact.derive.enums import split
from docpact.derive.example import contradictions, escape, scopes, walk
from docpact.derive.placing import place
from docpact.errors import ContractError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from docpact.derive.decisions import Decisions

PATH = "operation#path"
ITEMS = "/*"
_NUMBER = re.compile(r"(?<![\w.])\d{1,9}(?![\w.%])")
_Placed = TypeVar("_Placed")


def settle(draft: Draft, decisions: Decisions) -> Reading:
    """Settle what a draft leaves open by evidence and decisions; what neither settles stays marked as open.

    Raises `ContractError` for a decision that does not fit, or that nothing asks for.
    """
    operation, ambiguities = _operation(draft, decisions)
    # Where the answer is a list, all is told of one of its items until the end.
    root = ITEMS if draft.listing else ""
    decisions.root = root
    shown = _below(root, scopes(draft.example.value)) if draft.example else {}
    placed = place(draft.entries, shown, decisions)
    notes = [*draft.notes, *placed.notes]
    samples = _below(root, _samples(draft.example.value)) if draft.example else {}
    fields: list[Field] = []
    for entry, path in zip(draft.entries, placed.paths, strict=True):
        if path is None:
            continue
        values, question = _values(entry, path, samples, draft.tokens, decisions)
        ambiguities += [question] if question else []
        fields += _fields(entry, path, values, holds=any(other and other.startswith(f"{path}/") for other in placed.paths))
        if entry.claim.enum and not values:
            notes.append(Note("note", f"{path}: said to be an enum, and no values are listed", entry.lines["member"], path))
    fields = [replace(one, path=f"{root}{one.path}") for one in fields]
    ambiguities += placed.ambiguities
    ambiguities = [replace(one, about=f"{root}{one.about}") if one.about[:1] == "/" else one for one in ambiguities]
    if draft.example is not None:
        notes += contradictions(draft.example, fields)
    decisions.refuse_stale(ambiguities)
    return Reading(
        draft.style, draft.language, operation, tuple(fields), draft.example,
        tuple(sorted(ambiguities, key=lambda one: one.lines)), tuple(notes), draft.listing,
    )  # fmt: skip


def _below(root: str, found: Mapping[str, _Placed]) -> dict[str, _Placed]:
    """Return what was found at and below `root`, by the path from there."""
    return {path[len(root) :]: value for path, value in found.items() if f"{path}/".startswith(f"{root}/")}


def _fields(entry: Entry, path: str, values: tuple[str, ...] | None, *, holds: bool) -> list[Field]:
    claim = entry.claim
    of_items = claim.type == "array" and claim.items is not None and claim.items.type not in ("object", None)
    whole = Field(path, claim, entry.lines, entry.required, entry.title, entry.text, None if of_items else values)
    if not of_items or holds:
        return [whole]
    fields = [whole]
    inner: TypeClaim | None = claim.items
    while inner is not None:
        path = f"{path}/*"
        innermost = inner.type != "array" or inner.items is None
        lines = {key: entry.lines[key] for key in ("member", "type", *(["enum"] if values and innermost else []))}
        fields.append(Field(path, inner, lines, enum=values if innermost else None))
        inner = inner.items if inner.type == "array" else None
    return fields


def _samples(example: Json) -> dict[str, str]:
    """Return the first text that the example has at each place, where it is not empty."""
    found: dict[str, str] = {}
    for path, value in walk(example):
        if isinstance(value, str | int) and not isinstance(value, bool) and value != "":
            found.setdefault(path, str(value))
    return found


def _values(
    entry: Entry, path: str, samples: Mapping[str, str], tokens: Mapping[str, int], decisions: Decisions
) -> tuple[tuple[str, ...] | None, Ambiguity | None]:
    if not entry.values:
        return None, None
    if entry.listed:
        return entry.values, None
    text = entry.values[0]
    starred = samples.get(f"{path}/*") if entry.claim.type == "array" else samples.get(path)
    words = {**tokens, **({entry.default.strip("\"'"): entry.lines["member"][0]} if entry.default else {})}
    if text.isdigit() and "description" in entry.lines:
        words |= dict.fromkeys(_NUMBER.findall(entry.description), entry.lines["description"][0])
    read = split(text, starred, words)
    if not read.ambiguous:
        return tuple(dict.fromkeys(read.values)), None
    about = f"{path}#enum"
    decided = decisions.take(about)
    values, by, evidence = tuple(dict.fromkeys(read.values)), "evidence" if read.settled else "nobody", read.evidence
    if decided is not None:
        values = tuple(value for value in re.split(r"\s*,\s*", decided.value) if value)
        if "".join(values) != text:
            raise ContractError(
                f"{decided.origin} decides {about} = {decided.value}, which does not spell the text of line"
                f" {entry.lines['enum'][1]}: {text}",
                hint=f"separate that text by commas, for instance: {','.join(read.values)}",
            )
        by, evidence = "person", (f"decided in {decided.origin}" + (f": {decided.reason}" if decided.reason else ""),)
    others = [",".join(one) for one in (read.values, *read.alternatives) if one != values]
    return values, Ambiguity(
        about, f"the values of {path} run together", (",".join(values), *others), evidence, ",".join(values),
        settled=by != "nobody", by=by, lines=entry.lines["enum"],
    )  # fmt: skip


def _operation(draft: Draft, decisions: Decisions) -> tuple[Operation, list[Ambiguity]]:
    """Put a template in the place of the written path; a literal id in it is a question, with its evidence."""
    operation = draft.operation
    documented = [one for one in operation.parameters if one.place == "path"]
    path, segments = request.template(operation.path, [one.name for one in documented])
    literals = {one.name: one.literal for one in segments if one.literal is not None}
    ambiguities = []
    if literals and operation.path:
        decided = decisions.take(PATH)
        templated, path = path, decided.value if decided else path
        if decided and not _same_shape(path, operation.path):
            raise ContractError(
                f"{decided.origin} decides {PATH} = {path}, which is no template of {operation.path}",
                hint=f"write the path with {{name}} where a value stands, for instance {templated}",
            )
        segments = segments if decided is None else _decided_segments(path, operation.path)
        ambiguities.append(_path_question(draft, path, segments, decided.origin if decided else ""))
    examples = {one.name: one.literal for one in segments if one.literal} or _elsewhere(path, draft.paths)
    known = {one.name for one in documented}
    line = operation.lines.get("path", (1, 1))
    added = [
        Parameter(one.name, "path", TypeClaim("string"), required=True, lines={"member": line})
        for one in segments
        if one.name not in known
    ]
    parameters = [
        replace(one, example=examples.get(one.name) or one.example) if one.place == "path" else one
        for one in (*added, *operation.parameters)
    ]
    kept = [one for one in parameters if one.place != "path" or f"{{{one.name}}}" in path]
    return replace(operation, path=path, parameters=tuple(kept)), ambiguities


def _same_shape(path: str, written: str) -> bool:
    pairs = list(zip(path.split("/"), written.split("/"), strict=False))
    return path.count("/") == written.count("/") and all(a == b or a.startswith("{") for a, b in pairs)


def _decided_segments(path: str, written: str) -> tuple[request.Segment, ...]:
    pairs = zip(path.split("/"), written.split("/"), strict=True)
    return tuple(request.Segment(a[1:-1], b, "decided") for a, b in pairs if a != b)


def _elsewhere(path: str, others: Sequence[str]) -> dict[str, str | None]:
    """Find what stands for each parameter where the page writes the same path with a value, as in its code sample."""
    parts = path.split("/")
    for other in others:
        values = other.split("/")
        if len(values) == len(parts) and all(a == b or a.startswith("{") for a, b in zip(parts, values, strict=True)):
            return {a[1:-1]: b for a, b in zip(parts, values, strict=True) if a.startswith("{") and b and b[0] not in "{:<$"}
    return {}


def _path_question(draft: Draft, path: str, segments: Sequence[request.Segment], origin: str) -> Ambiguity:
    written = draft.operation.path
    evidence = [f"{one.literal or 'an empty segment'}: {one.why}" for one in segments]
    same = draft.example and _samples(draft.example.value).get(f"/{escape(segments[0].name)}") if segments else None
    if same and segments[0].literal and len(same) == len(segments[0].literal) and same != segments[0].literal:
        evidence.append(f"the example's {segments[0].name} {same} has the same shape and another value")
    if origin:
        evidence = [f"decided in {origin}"]
    return Ambiguity(
        PATH, "a literal value stands in the path", tuple(dict.fromkeys((path, written))), tuple(evidence), path,
        settled=True, by="person" if origin else "evidence", lines=draft.operation.lines.get("path", (1, 1)),
    )  # fmt: skip
