"""Cassettes in YAML, as vcrpy, pytest-recording, Schemathesis and cassetter write them, read interaction by interaction.

Nothing of a cassette is made into an object: the parser's events are read as text, lists and tables, and no tag but that
of plain and of binary text is followed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import yaml

from docpact.captures import Corrupt, Unreadable
from docpact.inputs.answers import cassette_exchange, recorded
from docpact.inputs.bodies import Bare, in_base64
from docpact.inputs.source import INSIDE
from docpact.lines import BrokenError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from docpact.captures import Read
    from docpact.inputs.source import Source
    from docpact.lines import Readable

_LISTS = ("interactions", "http_interactions")
_TEXTS = ("tag:yaml.org,2002:str", "tag:yaml.org,2002:python/str", "tag:yaml.org,2002:python/unicode")
_PLAIN = (None, "!", *_TEXTS, *(f"tag:yaml.org,2002:{kind}" for kind in ("map", "seq", "int", "float", "bool", "null")))
_BINARY = ("tag:yaml.org,2002:binary", "tag:yaml.org,2002:python/bytes")
_NOTHING = ("", "~", "null", "Null", "NULL")
_MOST_NODES = 100_000
_MOST_DEPTH = 100
# A body may double in size when it is written as a YAML string, and again in base64.
_ESCAPED = 4


class _Metered:
    """A stream that no single interaction may read more of than a limit."""

    def __init__(self, file: Readable, limit: int) -> None:
        self._file = file
        self._limit = limit
        self.read_so_far = 0

    def read(self, size: int = 65536, /) -> bytes:
        """Return the next piece; raises `BrokenError` above the limit."""
        piece = self._file.read(size) or b""
        self.read_so_far += len(piece)
        if self.read_so_far > self._limit:
            raise BrokenError(f"an interaction is larger than {self._limit:,} bytes")
        return piece


class _Tape:
    """The events of a YAML text, built into text, lists and tables one value at a time."""

    def __init__(self, source: Source) -> None:
        self._metered = _Metered(source.file, source.settings.limit * _ESCAPED)
        loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
        self._loader = loader(self._metered)
        self._anchors: dict[str, tuple[Any, int]] = {}
        self._most_kept = source.settings.limit
        self._kept = 0
        self._end = 0
        self._weight = 0

    def next(self) -> Any:
        """Take the next event."""
        try:
            event = self._loader.get_event()
        except (yaml.YAMLError, ValueError, RecursionError) as error:
            mark = getattr(error, "problem_mark", None)
            raise BrokenError(f"the text is no YAML ({_said(error)})", mark.line + 1 if mark else None) from error
        self._end = event.end_mark.index
        return event

    def begin(self) -> None:
        """Begin a new value: what was read before counts no more."""
        self._metered.read_so_far = 0

    def value(self, event: Any, depth: int = 0) -> Any:
        """Build the value that begins with an event; raises `BrokenError` for tags and for aliases that grow too large."""
        before, self._weight = self._weight, 1
        line = event.start_mark.line + 1
        if depth > _MOST_DEPTH:
            raise BrokenError(f"the YAML text is nested deeper than {_MOST_DEPTH} levels", line)
        found = self._built(event, depth, line)
        if self._weight > _MOST_NODES:
            raise BrokenError(f"the aliases of the YAML text grow into more than {_MOST_NODES:,} values", line)
        if getattr(event, "anchor", None) and not isinstance(event, yaml.AliasEvent):
            self._anchors[event.anchor] = found, self._weight
            self._kept += self._end - event.start_mark.index
            if self._kept > self._most_kept:
                raise BrokenError(f"the anchors of the YAML text hold more than {self._most_kept:,} characters", line)
        self._weight += before
        return found

    def _built(self, event: Any, depth: int, line: int) -> Any:
        if isinstance(event, yaml.AliasEvent):
            if event.anchor not in self._anchors:
                raise BrokenError(f"the alias {event.anchor!r} names nothing that came before it", line)
            found, self._weight = self._anchors[event.anchor]
            return found
        if isinstance(event, yaml.ScalarEvent):
            return self._scalar(event, line)
        if event.tag not in _PLAIN:
            raise BrokenError(f"the tag {event.tag!r} asks for an object, and is not followed", line)
        if isinstance(event, yaml.SequenceStartEvent):
            items = []
            while not isinstance(event := self.next(), yaml.SequenceEndEvent):
                items.append(self.value(event, depth + 1))
            return items
        table = {}
        while not isinstance(event := self.next(), yaml.MappingEndEvent):
            key = self.value(event, depth + 1)
            table[key if isinstance(key, str) else repr(type(key))] = self.value(self.next(), depth + 1)
        return table

    def _scalar(self, event: Any, line: int) -> Any:
        if event.tag in _BINARY:
            return in_base64(event.value.encode("ascii", "replace"))
        if event.tag not in _PLAIN:
            raise BrokenError(f"the tag {event.tag!r} asks for an object, and is not followed", line)
        # The C parser says "" for a plain style, and the other one says None.
        if event.style or event.tag in _TEXTS:
            return event.value
        return None if event.value in _NOTHING else Bare(event.value)

    def pass_over(self, event: Any) -> None:
        """Take a value without keeping it."""
        depth = 0
        while True:
            depth += isinstance(event, yaml.SequenceStartEvent | yaml.MappingStartEvent)
            depth -= isinstance(event, yaml.SequenceEndEvent | yaml.MappingEndEvent)
            if depth <= 0:
                return
            event = self.next()


def read(source: Source, kind: str) -> Iterator[Read]:  # noqa: ARG001 - every kind is read by the same call
    """Yield the text of each recorded answer; the others are passed over with a word."""
    found = False
    try:
        tape = _Tape(source)
        while not isinstance(event := tape.next(), yaml.StreamEndEvent):
            if isinstance(event, yaml.MappingStartEvent):
                for thing in _outermost(tape, source):
                    found = True
                    yield thing
            elif isinstance(event, yaml.SequenceStartEvent):
                tape.pass_over(event)
    except BrokenError as error:
        yield Corrupt(source.shown, error.line, error.reason)
    except yaml.YAMLError as error:
        yield Corrupt(source.shown, 1, f"the text is no YAML ({_said(error)})")
    else:
        if not found:
            yield Unreadable(source.shown, "no cassette: it has no interactions", "record one, or leave it out")


def _outermost(tape: _Tape, source: Source) -> Iterator[Read]:
    while not isinstance(event := tape.next(), yaml.MappingEndEvent):
        name, event = tape.value(event), tape.next()
        if name not in _LISTS or not isinstance(event, yaml.SequenceStartEvent):
            tape.begin()
            tape.pass_over(event)
            continue
        number = 0
        while not isinstance(event := tape.next(), yaml.SequenceEndEvent):
            tape.begin()
            yield recorded(cassette_exchange, tape.value(event), f"{source.shown}{INSIDE}{name}/{number}", source.settings)
            number += 1


def _said(error: Exception) -> str:
    return str(getattr(error, "problem", None) or getattr(error, "reason", None) or type(error).__name__)
