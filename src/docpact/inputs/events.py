"""The events that Schemathesis reports (`--report ndjson`): the answers recorded in them, line by line."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING

from docpact.captures import Corrupt, Text
from docpact.inputs.answers import event_exchange, recorded
from docpact.inputs.source import INSIDE
from docpact.inputs.walk import Walk
from docpact.lines import BLANK, BOM, BrokenError, Lines

if TYPE_CHECKING:
    from collections.abc import Iterator

    from docpact.captures import Read
    from docpact.inputs.source import Source


def read(source: Source, kind: str) -> Iterator[Read]:  # noqa: ARG001 - every kind is read by the same call
    """Yield the text of each recorded answer, under the name of its test case; other requests are passed over with a word."""
    lines = Lines(source.file, source.settings.limit)
    while (line := lines.next_filled()) is not None:
        number, content, size = line
        if content is None:
            yield Text(source.shown, number, None, size)
            continue
        if not content.removeprefix(BOM).lstrip(BLANK).startswith(b"{"):
            yield Corrupt(source.shown, number, "this line holds no event")
            continue
        try:
            for name, entry in _interactions(Walk(BytesIO(content), source.settings.limit)):
                yield recorded(event_exchange, entry, f"{source.shown}{INSIDE}interactions/{name}", source.settings)
        except BrokenError as error:
            yield Corrupt(source.shown, number, f"in this event, {error.reason}")
    if lines.broken is not None:
        yield Corrupt(source.shown, lines.number + 1, lines.broken.reason)


def _interactions(walk: Walk) -> Iterator[tuple[str, object]]:
    """Find the interactions of a scenario that ended, whatever phase it belongs to, one after the other."""
    for _ in _members(walk):
        for name in _members(walk):
            for part in _members(walk) if name == "recorder" else _nothing(walk):
                for case in _members(walk) if part == "interactions" else _nothing(walk):
                    yield case, walk.value()


def _members(walk: Walk) -> Iterator[str]:
    """Take an object, yielding each name; the caller takes the value. What is no object is passed over."""
    if walk.next() != "{":
        yield from _nothing(walk)
        return
    for name in walk.names():
        walk.must(":")
        yield name


def _nothing(walk: Walk) -> Iterator[str]:
    if walk.next() in ("{", "["):
        walk.pass_over()
    else:
        walk.value()
    yield from ()
