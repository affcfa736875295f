"""HAR files and cassettes in JSON: the entries of one long list, read one by one in flat memory."""

from __future__ import annotations

from typing import TYPE_CHECKING

from docpact.captures import Corrupt, Text
from docpact.inputs.answers import cassette_exchange, har_exchange, recorded
from docpact.inputs.source import INSIDE
from docpact.inputs.walk import LargeError, Walk
from docpact.lines import BrokenError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from docpact.captures import Read
    from docpact.inputs.source import Source

_LISTS = {"entries": har_exchange, "interactions": cassette_exchange}


def read(source: Source, kind: str) -> Iterator[Read]:  # noqa: ARG001 - every kind is read by the same call
    """Yield the text of each recorded answer; the others are passed over with a word."""
    walk = Walk(source.file, source.settings.limit)
    try:
        yield from _object(walk, source, outermost=True)
    except BrokenError as error:
        yield Corrupt(source.shown, error.line, error.reason)


def _object(walk: Walk, source: Source, *, outermost: bool) -> Iterator[Read]:
    for name in walk.names():
        walk.must(":")
        if name == "log" and outermost and walk.next() == "{":
            yield from _object(walk, source, outermost=False)
        elif name in _LISTS and walk.next() == "[":
            yield from _entries(walk, source, name)
        else:
            try:
                walk.value()
            except LargeError:
                walk.pass_over()


def _entries(walk: Walk, source: Source, name: str) -> Iterator[Read]:
    walk.must("[")
    if walk.take("]"):
        return
    number = 0
    while True:
        shown = f"{source.shown}{INSIDE}{name}/{number}"
        try:
            entry = walk.value()
        except LargeError:
            yield Text(shown, None, None, walk.pass_over())
        else:
            yield recorded(_LISTS[name], entry, shown, source.settings)
        number += 1
        if walk.take("]"):
            return
        walk.must(",")
