"""The example of a page: found among its lines, walked for where its members stand, and held against the claims."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NoReturn

from docpact.derive.claims import Example, Field, Json, Note

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

# `{id}` on a line of its own is a part of a path, `[ A, B ]` lists values.
_TEMPLATE = re.compile(r"\{\{?[\w.-]{1,80}\}?\}|\[\s*[A-Za-z_][\w ,-]{0,2000}\]")
_MOST_VALUES = 50_000
_MOST_NOTES = 50


@dataclass
class Scope:
    """What the example has at one place: in how many objects, and each member's count."""

    objects: int = 0
    members: dict[str, int] = field(default_factory=dict)


def find_example(lines: Sequence[str], start: int, end: int) -> tuple[Example | None, Note | None]:
    """Find the first JSON object or array in `lines[start:end]`; what looks like one and is not becomes a note."""
    wrong: Note | None = None
    at = start
    while at < end:
        if lines[at][:1] not in ("{", "[") or _TEMPLATE.fullmatch(lines[at]):
            at += 1
            continue
        text = "\n".join(lines[at:end])
        try:
            value, stop = json.JSONDecoder(parse_constant=_no_constant).raw_decode(text)
        except (ValueError, RecursionError) as error:
            said = error.msg if isinstance(error, json.JSONDecodeError) else type(error).__name__
            return None, wrong or Note("note", f"the example is not JSON that can be read ({said})", (at + 1, at + 1))
        return Example(value, (at + 1, at + 1 + text.count("\n", 0, stop))), None
    return None, wrong


def _no_constant(name: str) -> NoReturn:
    raise ValueError(name)


def scopes(value: Json) -> dict[str, Scope]:
    """Walk an example once: each object's place (`""`, `/buttons/*`) with the members seen there."""
    found: dict[str, Scope] = {}
    for path, one in walk(value):
        # An empty object inside may be one that the page has folded: it does not say what is not in it.
        if isinstance(one, dict) and (one or not path):
            scope = found.setdefault(path, Scope())
            scope.objects += 1
            for name in one:
                scope.members[name] = scope.members.get(name, 0) + 1
    return found


def walk(value: Json) -> Iterator[tuple[str, Json]]:
    """Yield each value of an example with its place, outermost first, up to 50,000 of them."""
    waiting: list[tuple[str, Json]] = [("", value)]
    for _ in range(_MOST_VALUES):
        if not waiting:
            return
        path, one = waiting.pop()
        yield path, one
        if isinstance(one, dict):
            waiting += [(f"{path}/{escape(name)}", inner) for name, inner in reversed(one.items())]
        elif isinstance(one, list):
            waiting += [(f"{path}/*", inner) for inner in reversed(one)]


def escape(name: str) -> str:
    """Write a member's name as one part of a pointer (RFC 6901)."""
    return name.replace("~", "~0").replace("/", "~1")


def contradictions(example: Example, fields: Sequence[Field]) -> list[Note]:
    """Hold the example against the claims: types, values, required members; one note for each place that disagrees."""
    claims = {one.path: one for one in fields}
    found: dict[str, Note] = {}
    for path, value in walk(example.value):
        said = _disagreement(value, claims[path]) if path in claims else None
        if said is not None:
            found.setdefault(path, _note(claims[path], example, said))
        if isinstance(value, dict) and (value or not path):
            for one in _absent(path, value, fields):
                found.setdefault(one.path, _note(one, example, "marked as required, and the example leaves it out"))
        if len(found) >= _MOST_NOTES:
            break
    return list(found.values())


def _note(one: Field, example: Example, said: str) -> Note:
    return Note("contradiction", f"{one.path}: {said} (example: line {example.lines[0]})", one.lines["member"], one.path)


def _absent(path: str, value: dict[str, Json], fields: Sequence[Field]) -> Iterator[Field]:
    for one in fields:
        parent, _, name = one.path.rpartition("/")
        if one.required and parent == path and name.replace("~1", "/").replace("~0", "~") not in value:
            yield one


def _disagreement(value: Json, claim: Field) -> str | None:
    found = json_type(value)
    said = claim.claim.type
    if value is None:
        allowed = said is None or claim.claim.nullable is True or said == "null"
        return None if allowed else f"the page says {said}, and the example has null"
    if said is not None:
        names = said.split(" | ")
        if found not in names and not (found == "integer" and "number" in names):
            return f"the page says {said}, and the example has {found}"
    if claim.enum is not None and not isinstance(value, dict | list) and str(value) not in claim.enum:
        return f"the example has {str(value)[:60]!r}, which is none of the documented values"
    return None


def json_type(value: Json) -> str:
    """Return the JSON type of a value; `2.0` is an integer, as in JSON Schema."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, int) or (isinstance(value, float) and value.is_integer()):
        return "integer"
    names: dict[type, str] = {float: "number", str: "string", list: "array", dict: "object"}
    return names[type(value)]
