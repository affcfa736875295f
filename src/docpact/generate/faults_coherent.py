"""Faults of the coherent layer: each check that a coherence entry can name, turned round.

A turn only proposes: what it changes is asked of the same checks, and is kept where it breaks its rule and no other.
"""

from __future__ import annotations

import re
from itertools import islice, pairwise
from typing import TYPE_CHECKING, Any

from docpact.generate.fault import Change, ends
from docpact.pointers import ABSENT, changed, is_set, member, members
from docpact.rules import RULES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from docpact.contract import Entry
    from docpact.generate.coherence import Coherence

    Turn = Callable[[Coherence, Entry, Any], Iterator[Change]]

_UUID = re.compile(r"[0-9A-Za-z-]{8,}")
_HEX = str.maketrans("0123456789abcdefABCDEF", "123456789abcdef0BCDEFA")
_SECOND = 1_000
_DIGITS = 13
# So many others are exchanged with one.
_NEAR = 2


def proposed(coherence: Coherence, entry: Entry, payload: Any) -> Iterator[Change]:
    """Yield changes of a payload, of which an entry speaks, that may break what the entry says."""
    turn = TURNS[entry.check]
    yield from turn(coherence, entry, payload)
    for pattern in entry.members:
        if "/*" in pattern:
            for only in _only(coherence, payload, pattern.split("/*")[0]):
                yield from (change._replace(how="the only one") for change in turn(coherence, entry, only))


def _only(coherence: Coherence, payload: Any, pointer: str) -> Iterator[Any]:
    """Yield the payload with one item in a list that has more, if there is one that may stand there alone."""
    items = member(payload, pointer)
    if isinstance(items, list) and len(items) > 1:
        alone = (changed(payload, pointer, [item]) for item in items)
        yield from islice((only for only in alone if not coherence.hits(only)), 1)


def _spots(entry: Entry, payload: Any) -> Iterator[tuple[str, Any]]:
    """Yield pointer and value of the members that an entry speaks of: of a list the first, the middle and the last."""
    for pattern in entry.members:
        found = list(members(payload, pattern))
        yield from (found[index] for index in ends(len(found)))


def _item(payload: Any, pointer: str, value: Any) -> Iterator[Any]:
    """Yield the payload with a value put into an item of a list, and then with one more item that has it."""
    yield changed(payload, pointer, value)
    above, _, rest = pointer.rpartition("/")
    items, _, index = above.rpartition("/")
    held = member(payload, items) if index.isdigit() else ABSENT
    if isinstance(held, list):
        more = changed(held[int(index)], f"/{rest}", value)
        at = int(index) + (int(index) == len(held) - 1)
        yield changed(payload, items, [*held[:at], more, *held[at:]])


def _set(coherence: Coherence, entry: Entry, payload: Any) -> Iterator[Change]:
    for other in entry.settings.get("instead", ()):
        if is_set(member(payload, other)):
            payload = changed(payload, other, ABSENT)
    absent = "absent" in entry.settings
    for pointer, value in _spots(entry, payload):
        yield Change(pointer, changed(payload, pointer, coherence.empty(pointer, value)), "empty")
        if coherence.profile.severity("documented-null", pointer, None) is None:
            yield Change(pointer, changed(payload, pointer, None), "null")
        if not absent and value is not ABSENT and pointer[1:] not in coherence.contract.schema.get("required", ()):
            yield Change(pointer, changed(payload, pointer, ABSENT), "left out")


def _unset(coherence: Coherence, entry: Entry, payload: Any) -> Iterator[Change]:
    for pointer, _ in _spots(entry, payload):
        for other in coherence.values(payload, pointer):
            if is_set(other):
                yield Change(pointer, changed(payload, pointer, other))


def _text(coherence: Coherence, entry: Entry, payload: Any) -> Iterator[Change]:
    """Put texts of another form: those of real servers first, then what stands there elsewhere, then the text cut up."""
    for pointer, value in _spots(entry, payload):
        if isinstance(value, str) or value is ABSENT:
            texts = [*RULES[entry.rule].wrong, *coherence.usual(pointer[1:]), *_mutants(value or "")]
            for text in texts:
                if isinstance(text, str) and text != value:
                    yield from (Change(pointer, better) for better in _item(payload, pointer, text))


def _mutants(text: Any) -> Iterator[str]:
    if not isinstance(text, str):
        return
    parts = text.split("::")
    for index, part in reversed(list(enumerate(parts))):
        if _UUID.fullmatch(part):
            yield "::".join([*parts[:index], "xxx", *parts[index + 1 :]])
            yield "::".join([*parts[:index], part.upper(), *parts[index + 1 :]])
        elif part.isdigit():
            yield "::".join([*parts[:index], "9", *parts[index + 1 :]])
    yield f"{text}::9"
    yield text[:-1]
    yield text.partition("://")[2]
    yield f"{text} {text}"


def _order(coherence: Coherence, entry: Entry, payload: Any) -> Iterator[Change]:  # noqa: ARG001 - one signature for all
    known = [(pointer, value) for pointer in entry.members if is_set(value := member(payload, pointer)) and type(value) is int]
    for (before, earlier), (after, later) in pairwise(known):
        yield Change(after, changed(payload, after, earlier - 1))
        yield Change(after, changed(changed(payload, before, later), after, earlier - 1), "exchanged")
        yield Change(before, changed(payload, before, later + 1))


def _range(coherence: Coherence, entry: Entry, payload: Any) -> Iterator[Change]:  # noqa: ARG001 - one signature for all
    low, high = entry.settings["minimum"], entry.settings["maximum"]
    spots = [(pointer, value) for pointer, value in _spots(entry, payload) if type(value) is int and value]
    for pointer, value in spots:
        near = (0, low - 1, high + 1) if entry.settings.get("zero_is_set") else ()
        for wrong in (*near, value // _SECOND, value * _SECOND, -value, high + 1):
            yield Change(pointer, changed(payload, pointer, wrong))
    for how, scale in (("all in seconds", 1 / _SECOND), ("all in microseconds", _SECOND)) if low > _SECOND else ():
        scaled = payload
        for pointer, value in spots:
            scaled = changed(scaled, pointer, int(value * scale))
        yield from (Change(pointer, scaled, how) for pointer, _ in spots[:1])


def _unique(coherence: Coherence, entry: Entry, payload: Any) -> Iterator[Change]:  # noqa: ARG001 - one signature for all
    for pattern in entry.members:
        found = [(at, value) for at, value in members(payload, pattern) if isinstance(value, str) and value]
        for index in ends(len(found)):
            pointer, value = found[index]
            for _, other in (*found[:index], *found[index + 1 :]):
                yield Change(pointer, changed(payload, pointer, other))
            yield from (Change(pointer, more) for more in _item(payload, pointer, value))


def _same(coherence: Coherence, entry: Entry, payload: Any) -> Iterator[Change]:  # noqa: ARG001 - one signature for all
    group = re.compile(entry.settings["group"])
    for pointer, value in _spots(entry, payload):
        match = group.search(value) if isinstance(value, str) else None
        if match and match[1]:
            other = f"{value[: match.start(1)]}{match[1].translate(_HEX)}{value[match.end(1) :]}"
            yield from (Change(pointer, better) for better in _item(payload, pointer, other))


def _any_set(coherence: Coherence, entry: Entry, payload: Any) -> Iterator[Change]:  # noqa: ARG001 - one signature for all
    rows = list(zip(*(list(members(payload, pattern)) for pattern in entry.members), strict=True))
    for index in ends(len(rows)):
        blank = payload
        for pointer, _ in rows[index]:
            blank = changed(blank, pointer, "")
        yield Change(rows[index][0][0].rpartition("/")[0], blank)
        yield Change(rows[index][0][0].rpartition("/")[0], changed(blank, rows[index][-1][0], " "), "blanks")


def _agree(coherence: Coherence, entry: Entry, payload: Any) -> Iterator[Change]:  # noqa: ARG001 - one signature for all
    """Exchange what two objects of a list say, and give one of them what another says."""
    found = [(at, value) for at, value in members(payload, entry.members[1]) if isinstance(value, str) and value]
    for index in ends(len(found)):
        pointer, value = found[index]
        for at, other in (*found[index + 1 :], *found[:index])[:_NEAR]:
            yield Change(pointer, changed(changed(payload, pointer, other), at, value), "exchanged")
            yield Change(pointer, changed(payload, pointer, other))


def _id_time(coherence: Coherence, entry: Entry, payload: Any) -> Iterator[Change]:  # noqa: ARG001 - one signature for all
    id_pointer, time_pointer = entry.members
    submitted, tolerance = member(payload, time_pointer), int(entry.settings["tolerance_ms"])
    if type(submitted) is int and is_set(submitted):
        last = str(member(payload, id_pointer))[_DIGITS:][:3].rjust(3, "0")
        for how, distance in (("earlier", -tolerance - _SECOND), ("later", tolerance + _SECOND)):
            yield Change(id_pointer, changed(payload, id_pointer, f"{submitted + distance}{last}"), how)


def _fits(coherence: Coherence, entry: Entry, payload: Any) -> Iterator[Change]:
    for pattern in entry.members:
        at, _, leaf = pattern.partition("/*")
        held = member(payload, at)
        usual = [items for items in coherence.usual(at[1:]) if isinstance(items, list) and items and items != held]
        strays = {member(item, leaf): item for items in usual for item in items}
        for index in ends(len(held)) if isinstance(held, list) else ():
            for stray in strays.values():
                yield Change(f"{at}/{index}{leaf}", changed(payload, f"{at}/{index}", stray))
                yield Change(f"{at}/{index}{leaf}", changed(payload, at, [*held[:index], stray, *held[index:]]))
        yield from (Change(at, changed(payload, at, items), "those of another action") for items in usual)


def _complete(coherence: Coherence, entry: Entry, payload: Any) -> Iterator[Change]:  # noqa: ARG001 - one signature for all
    for pattern in entry.members:
        at = pattern.split("/*")[0]
        held = member(payload, at)
        for index in ends(len(held)) if isinstance(held, list) else ():
            for near in dict.fromkeys((index, index - 1, index + 1)):
                if 0 <= near < len(held):
                    yield Change(f"{at}/{index}", changed(payload, f"{at}/{near}", ABSENT))


TURNS: Mapping[str, Turn] = {
    "set": _set,
    "unset": _unset,
    "one-of": _text,
    "form": _text,
    "order": _order,
    "range": _range,
    "unique": _unique,
    "same": _same,
    "any-set": _any_set,
    "agree": _agree,
    "url": _text,
    "base64": _text,
    "id-time": _id_time,
    "grammar": _text,
    "known-kind": _text,
    "fits": _fits,
    "complete": _complete,
}
