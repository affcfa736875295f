"""The events that Schemathesis reports (`--report ndjson`): the answers recorded in them, line by line."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from docpact.captures import Corrupt, Text
from docpact.inputs.answers import event_exchange, recorded
from docpact.inputs.source import INSIDE
from docpact.inputs.walk import DECODER
from docpact.lines import BLANK, BOM, Lines

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
        try:
            event = DECODER.decode(content.removeprefix(BOM).strip(BLANK).decode("utf-8", "replace"))
        except json.JSONDecodeError as error:
            yield Corrupt(source.shown, number, f"this event is no JSON, or is cut off ({error.msg})")
        except RecursionError:
            yield Corrupt(source.shown, number, "this event is nested too deep")
        else:
            for name, entry in _interactions(event):
                shown = f"{source.shown}{INSIDE}interactions/{name}"
                yield recorded(event_exchange, entry, shown, source.settings)
    if lines.broken is not None:
        yield Corrupt(source.shown, lines.number + 1, lines.broken.reason)


def _interactions(event: Any) -> Iterator[tuple[str, object]]:
    """Find the interactions of a scenario that ended, whatever phase it belongs to."""
    for said in event.values() if isinstance(event, dict) else ():
        recorder = said.get("recorder") if isinstance(said, dict) else None
        found = recorder.get("interactions") if isinstance(recorder, dict) else None
        yield from found.items() if isinstance(found, dict) else ()
