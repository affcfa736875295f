"""Entries: what was judged as lines of JSON, and back; they hold what a report holds, and no payload."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import fields, is_dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from docpact.captures import Apart, Corrupt, Judged, Skipped
from docpact.finding import Clause, Finding, Layer, Place, Severity
from docpact.redact import safe_message, safe_source
from docpact.scale.batches import Batch, Part
from docpact.scale.pieces import Outcome, Piece

if TYPE_CHECKING:
    from docpact.captures import Read
    from docpact.scale.pieces import Work


def digest(value: object) -> str:
    """Hash whatever a contract or settings are made of; the same in every process."""
    return hashlib.sha256(json.dumps(value, default=_plain, sort_keys=True).encode()).hexdigest()


def _plain(value: object) -> object:
    if is_dataclass(value):
        return {field.name: getattr(value, field.name) for field in fields(value)}
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, AbstractSet):
        return sorted(map(str, value))
    if isinstance(value, re.Pattern):
        return value.pattern
    raise TypeError(f"{type(value).__name__} cannot be hashed")


def of_piece(piece: Piece, outcome: Outcome) -> dict[str, Any]:
    """Write what came of a byte range."""
    rest = outcome.rest.start if isinstance(outcome.rest, Piece) else None
    return {
        "from": piece.start,
        "to": piece.end,
        "rest": rest,
        "lines": outcome.lines,
        "size": outcome.size,
        "accepted": outcome.accepted,
        "found": _written(outcome.judged),
    }


def of_part(part: Part) -> dict[str, Any]:
    """Write what came of a source that is not cut, or of a share of it, or of as much as was judged at a time."""
    share = {"share": part.thing.share} if isinstance(part.thing, Apart) and part.thing.share else {}
    return {**share, "skip": part.skip, "texts": part.texts, "ended": part.ended, "read": list(map(_thing, part.read))}


def outcome_of(work: Work, entry: Mapping[str, Any]) -> Outcome:
    """Read what came of a piece, or of a batch of one source; raises `ValueError`, `KeyError` or `TypeError` on nonsense."""
    if isinstance(work, Piece):
        rest = None if entry["rest"] is None else Piece(work.source, entry["rest"], work.end)
        return Outcome(entry["lines"], entry["accepted"], _read(entry["found"]), rest, size=entry["size"])
    thing = work.things[0]
    part = Part(thing, entry["skip"], entry["texts"], [_thing_of(read) for read in entry["read"]], entry["ended"])
    return Outcome(parts=[part], rest=None if part.ended else Batch((thing,), part.skip + part.texts))


def span(work: Work) -> str:
    """Name which part of its source is to be judged."""
    if isinstance(work, Piece):
        return f"{work.start}-{work.end}"
    thing = work.things[0]
    return f"{_share(thing.share) if isinstance(thing, Apart) else ''}+{work.skip}"


def span_of(entry: Mapping[str, Any]) -> str:
    """Name which part of its source an entry speaks of, as `span` does."""
    return f"{entry['from']}-{entry['to']}" if "from" in entry else f"{_share(entry.get('share'))}+{entry['skip']}"


def _share(share: Sequence[int] | None) -> str:
    return f"{share[0]}/{share[1]}" if share else ""


def _thing(thing: Read) -> dict[str, Any]:
    if isinstance(thing, Judged):
        return {"accepted": thing.accepted, "found": _written(thing.found), "size": thing.size}
    if isinstance(thing, Skipped):
        return {"skipped": safe_source(thing.source), "reason": thing.reason}
    if isinstance(thing, Corrupt):
        return {"corrupt": safe_source(thing.source), "line": thing.line, "reason": safe_message(thing.reason)}
    raise TypeError(f"{type(thing).__name__} is nothing that was judged")


def _thing_of(entry: Mapping[str, Any]) -> Read:
    if "skipped" in entry:
        return Skipped(entry["skipped"], entry["reason"])
    if "corrupt" in entry:
        return Corrupt(entry["corrupt"], entry["line"], entry["reason"])
    return Judged(entry["accepted"], _read(entry["found"]), entry["size"])


def can_be_written(part: Part) -> bool:
    """Tell whether a part was judged: what could not be read today may be read tomorrow."""
    return isinstance(part.thing, Apart) and all(isinstance(thing, Judged | Skipped | Corrupt) for thing in part.read)


def _written(found: list[list[Finding]]) -> list[list[list[Any]]]:
    # A capture has no traffic, and compares no contracts: the last two members.
    return [[list(finding[:-2]) for finding in findings] for findings in found]


def _read(found: list[list[list[Any]]]) -> list[list[Finding]]:
    return [[_finding(*members) for members in findings] for findings in found]


def _finding(  # noqa: PLR0913, PLR0917 - as many as a finding has
    rule: str,
    layer: str,
    severity: str,
    place: list[Any],
    message: str,
    hint: str,
    found: object,
    expected: object,
    clause: list[Any] | None,
    excused_by: list[str],
) -> Finding:
    lines = None if clause is None else _clause(clause[0], *clause[1], clause[2])
    here = Place(*place)
    return Finding(rule, Layer(layer), Severity(severity), here, message, hint, found, expected, lines, tuple(excused_by))


@lru_cache(maxsize=1024)
def _clause(page: str, first: int, last: int, quote: str) -> Clause:
    return Clause(page, (first, last), quote)
