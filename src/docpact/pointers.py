"""The members of a payload by their pointers: read, and written without touching the payload that was given."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from docpact.finding import escape_token

if TYPE_CHECKING:
    from collections.abc import Iterator


class _Absent:
    def __repr__(self) -> str:
        return "absent"


ABSENT: Any = _Absent()


def is_set(value: Any) -> bool:
    """Tell whether a member says something: absent, null, "", 0, [] and {} all mean that it has not happened yet."""
    return value is not ABSENT and value is not None and value not in ("", 0, [], {})


def name_of(pointer: str) -> str:
    """Name a member in a sentence: `/buttons/3/style` is `buttons[3].style`."""
    parts = [part.replace("~1", "/").replace("~0", "~") for part in pointer.split("/")[1:]]
    words = "".join(f"[{part}]" if part.isdigit() else f".{part}" for part in parts)
    return words.removeprefix(".") or "the body"


def members(payload: Any, pattern: str) -> Iterator[tuple[str, Any]]:
    """Yield pointer and value of every member that fits a pattern such as `/buttons/*/style`; a lone one may be ABSENT."""
    if "*" not in pattern and pattern.count("/") == 1:
        # Most patterns name one member of the payload itself.
        if isinstance(payload, dict):
            yield pattern, payload.get(pattern[1:], ABSENT)
        return
    found = [("", payload)]
    for part in pattern.split("/")[1:]:
        if part == "*":
            found = [(f"{at}/{i}", item) for at, value in found if isinstance(value, list) for i, item in enumerate(value)]
        else:
            found = [(f"{at}/{part}", value.get(part, ABSENT)) for at, value in found if isinstance(value, dict)]
    yield from found


def member(payload: Any, pointer: str) -> Any:
    """Return the value at a pointer without `*`, or ABSENT."""
    for part in pointer.split("/")[1:]:
        if not isinstance(payload, dict) or part not in payload:
            return ABSENT
        payload = payload[part]
    return payload


def changed(payload: Any, pointer: str, value: Any) -> Any:
    """Return a payload with another value at a pointer (ABSENT: without it), sharing all that stays as it was.

    The index one past the end of a list appends. Raises `KeyError` or `IndexError` where the way there leads nowhere.
    """
    if not pointer:
        return value
    head, _, tail = pointer[1:].partition("/")
    rest = f"/{tail}" if "/" in pointer[1:] else ""
    if isinstance(payload, list):
        index = int(head)
        if index > len(payload):
            raise IndexError(pointer)
        inner = [] if value is ABSENT and not rest else [changed(payload[index] if rest else None, rest, value)]
        return [*payload[:index], *inner, *payload[index + 1 :]]
    name = head.replace("~1", "/").replace("~0", "~")
    if value is ABSENT and not rest:
        return {key: part for key, part in payload.items() if key != name}
    return {**payload, name: changed(payload[name] if rest else None, rest, value)}


def differences(before: Any, after: Any, pointer: str = "") -> Iterator[tuple[str, Any]]:
    """Yield where two payloads differ, and what stands there in the second one (ABSENT: nothing)."""
    if isinstance(before, dict) and isinstance(after, dict):
        for name in dict.fromkeys((*before, *after)):
            at = f"{pointer}/{escape_token(name)}"
            yield from differences(before.get(name, ABSENT), after.get(name, ABSENT), at)
    elif isinstance(before, list) and isinstance(after, list) and len(before) == len(after):
        for index, (one, other) in enumerate(zip(before, after, strict=True)):
            yield from differences(one, other, f"{pointer}/{index}")
    elif type(before) is not type(after) or before != after:
        yield pointer, after


def touches(pointer: str, other: str) -> bool:
    """Tell whether one pointer is the other, or leads into it."""
    return pointer == other or pointer.startswith(f"{other}/") or other.startswith(f"{pointer}/")
