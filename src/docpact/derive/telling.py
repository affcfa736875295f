"""A reading in words: what was read, what was ambiguous and how it was decided, what still must be."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from docpact.derive.decisions import from_arguments
from docpact.derive.folder import decision_lines
from docpact.derive.reading import wanted_decisions

if TYPE_CHECKING:
    from collections.abc import Sequence

    from docpact.derive.claims import Ambiguity, Reading
    from docpact.derive.folder import Difference

_LONGEST = 400
_MOST_EVIDENCE = 4
_LANGUAGES = {"zh": "Chinese", "ja": "Japanese", "ko": "Korean", "ru": "Russian"}
_LANGUAGES = {"zh": "Chinese", "en": "English", "ja": "Japanese", "ko": "Korean", "ru": "Russian"}
_BY = {"person": "a person's", "evidence": "by evidence", "nobody": "OPEN, best guess"}


def summary(reading: Reading, where: str) -> list[str]:
    """Tell what was read from the page at `where`: operation, members, every ambiguity, every contradiction."""
    operation, fields = reading.operation, reading.fields
    top = sum(one.path.count("/") == 1 for one in fields)
    required = sum(one.required is True for one in fields)
    enums = sum(one.enum is not None for one in fields)
    lines = [
        f"read       {where}: {reading.style}, {_LANGUAGES.get(reading.language, 'English')}",
        f"operation  {operation.method} {operation.path}" + (f", {operation.auth}" if operation.auth else ""),
        f"members    {top} at the top level, {len(fields)} in all; {required} required, {enums} with listed values",
        "",
    ]
    if reading.ambiguities:
        lines += ["ambiguities, each with its decision, the evidence, and the readings refused:", ""]
        for one in _grouped(reading.ambiguities):
            lines += [*_told(one), ""]
    lines += [f"{note.kind}: {note.message} (line {note.lines[0]})" for note in reading.notes]
    return [*lines, ""] if reading.notes else lines


def what_is_open(reading: Reading) -> list[str]:
    """Tell what a person must decide, with what to paste on the command line or into `contract.toml`."""
    wanted = wanted_decisions(reading)
    lines = ["undecided: a person must say how to read these lines; nothing was written", ""]
    for one in wanted:
        lines += [*_told(one), f"    decide      --decide '{one.about}={one.decision}'", ""]
    lines += ["or, to keep it, in contract.toml (this is the best guess at each; put the right one):", ""]
    for one in wanted:
        lines += [*decision_lines(one.about, one.decision, "say why"), ""]
    return lines


def to_keep(arguments: Sequence[str]) -> list[str]:
    """Tell how decisions of the command line are kept in `contract.toml`."""
    lines = ["", "keep these decisions in contract.toml:", ""]
    for one in from_arguments(arguments):
        lines += [*decision_lines(one.about, one.value, "say why"), ""]
    return lines


def difference(name: str, found: Difference) -> list[str]:
    """Tell the first line where the file `name` is not what the page says."""
    return [
        f"differs    {name}:{found.line}",
        f"           committed: {_line(found.committed)}",
        f"           derived:   {_line(found.derived)}",
    ]


def _line(line: str | None) -> str:
    return "(the file has ended)" if line is None else line.strip()[:_LONGEST]


def _grouped(ambiguities: Sequence[Ambiguity]) -> list[Ambiguity]:
    """Join neighbours that stand in one place for like reasons: five members of a button are one item."""
    grouped: list[Ambiguity] = []
    for one in ambiguities:
        last = grouped[-1] if grouped else None
        if last is not None and _joins(last, one):
            grouped[-1] = replace(
                last,
                about=f"{last.about.removesuffix('#nesting')}, {one.about}",
                lines=(last.lines[0], one.lines[1]),
                evidence=tuple(dict.fromkeys((*last.evidence, *one.evidence))),
            )
        else:
            grouped.append(one)
    return grouped


def _joins(last: Ambiguity, one: Ambiguity) -> bool:
    both = last.about.endswith("#nesting") and one.about.endswith("#nesting")
    return both and (last.by, last.decision, last.alternatives) == (one.by, one.decision, one.alternatives)


def _told(one: Ambiguity) -> list[str]:
    first, last = one.lines
    refused = [other for other in one.alternatives if other != one.decision][:4]
    return [
        f"  {one.about}  ({f'line {first}' if first == last else f'lines {first}-{last}'})",
        f"    decision    {one.decision[:_LONGEST]}  ({_BY[one.by]})",
        *(f"    evidence    {said[:_LONGEST]}" for said in one.evidence[:_MOST_EVIDENCE]),
        *(f"    {'or' if one.by == 'nobody' else 'refused':11} {other[:_LONGEST]}" for other in refused),
    ]
