"""Cassettes in YAML: read event by event, so that nothing is made into an object, and written again scalar by scalar."""

from __future__ import annotations

from base64 import b64decode, b64encode
from typing import Any

import yaml

from docpact.errors import CaptureError

_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_DUMPER: Any = getattr(yaml, "CSafeDumper", yaml.SafeDumper)
_SCHEMA = "tag:yaml.org,2002:"
_TEXT, _NULL = f"{_SCHEMA}str", f"{_SCHEMA}null"
# What vcrpy wrote under Python 2 is text too.
_TEXTS = (_TEXT, f"{_SCHEMA}python/str", f"{_SCHEMA}python/unicode")
_BINARY = (f"{_SCHEMA}binary", f"{_SCHEMA}python/bytes")
_PLAIN = (None, "!", *_TEXTS, *(f"{_SCHEMA}{kind}" for kind in ("map", "seq", "int", "float", "bool", "null", "timestamp")))
_MOST_DEPTH = 100
# Aliases may say again what stands in the text, but not make a hundred times as much of it.
_MOST_GROWTH, _SMALL = 20, 100_000
_LINE = 64


class Scalar(str):
    """A text of a YAML file as it stands there: its tag, and how it is quoted."""

    __slots__ = ("style", "tag")
    tag: str
    style: str | None


class _Dumper(_DUMPER):  # type: ignore[misc] # which of two classes it is, is known when it runs
    """Writes as vcrpy does, and each scalar as it stood."""


def _scalar(dumper: Any, text: Scalar) -> Any:
    return dumper.represent_scalar(text.tag, str(text), style=text.style)


_Dumper.add_representer(Scalar, _scalar)
_Dumper.add_representer(bytes, lambda dumper, data: dumper.represent_scalar(_BINARY[0], b64encode(data).decode(), style="|"))


def read(content: bytes) -> Any:
    """Read one YAML document into tables, lists, texts, bytes and None.

    Raises `CaptureError` for what is no YAML, for tags that ask for objects, and for what is nested too deep or grows large.
    """
    return _Composer(content).document()


def written(document: Any, *, ascii_only: bool) -> bytes:
    """Write a document as vcrpy does."""
    text: str = yaml.dump(document, Dumper=_Dumper, sort_keys=False, allow_unicode=not ascii_only)
    return text.encode("utf-8", "surrogatepass")


class _Composer:
    """The events of a YAML text, built into values."""

    def __init__(self, content: bytes) -> None:
        self._anchors: dict[str, tuple[Any, int]] = {}
        self._resolve: Any = yaml.SafeLoader("").resolve
        self._read = self._held = 0
        try:
            self._loader = _LOADER(content)
        except (yaml.YAMLError, ValueError) as error:
            raise _no_yaml(error) from error

    def document(self) -> Any:
        """Read the one document that there may be."""
        event = self._next()
        while not isinstance(event, yaml.DocumentStartEvent | yaml.StreamEndEvent):
            event = self._next()
        if isinstance(event, yaml.StreamEndEvent):
            return None
        found, _ = self._value(self._next(), 0)
        self._next()
        if not isinstance(self._next(), yaml.StreamEndEvent):
            raise _wrong("the file holds a second YAML document", None)
        return found

    def _next(self) -> Any:
        try:
            event = self._loader.get_event()
        except (yaml.YAMLError, ValueError, RecursionError) as error:
            raise _no_yaml(error) from error
        self._read += 1
        return event

    def _value(self, event: Any, depth: int) -> tuple[Any, int]:
        """Build the value that begins with an event, and say how large it is with all that its aliases say again."""
        line = event.start_mark.line + 1
        if depth > _MOST_DEPTH:
            raise _wrong(f"the YAML text is nested deeper than {_MOST_DEPTH} levels", line)
        if isinstance(event, yaml.AliasEvent):
            if event.anchor not in self._anchors:
                raise _wrong(f"the alias {str(event.anchor)[:40]!r} names nothing that came before it", line)
            found, weight = self._anchors[event.anchor]
        else:
            found, weight = self._built(event, depth, line)
            if event.anchor:
                self._anchors[event.anchor] = found, weight
        if weight > _MOST_GROWTH * self._read + _SMALL + _MOST_GROWTH * self._held // _LINE:
            raise _wrong("the aliases of the YAML text make too much of it", line)
        return found, weight

    def _built(self, event: Any, depth: int, line: int) -> tuple[Any, int]:
        if isinstance(event, yaml.ScalarEvent):
            self._held += len(event.value)
            return self._scalar(event, line), 1 + len(event.value) // _LINE
        if event.tag not in _PLAIN:
            raise _wrong(f"the tag {event.tag[:80]!r} asks for an object, and is not followed", line)
        weight = 1
        if isinstance(event, yaml.SequenceStartEvent):
            items = []
            while not isinstance(event := self._next(), yaml.SequenceEndEvent):
                item, more = self._value(event, depth + 1)
                items.append(item)
                weight += more
            return items, weight
        table: dict[str, Any] = {}
        while not isinstance(event := self._next(), yaml.MappingEndEvent):
            name = self._scalar(event, line) if isinstance(event, yaml.ScalarEvent) else None
            if not isinstance(name, str) or name in table:
                where = event.start_mark.line + 1
                raise _wrong("a name in a table of the YAML text is no text, or comes twice", where)
            table[name], more = self._value(self._next(), depth + 1)
            weight += more + 1
        return table, weight

    def _scalar(self, event: Any, line: int) -> Any:
        if event.tag in _BINARY:
            try:
                return b64decode("".join(event.value.split()), validate=True)
            except ValueError as error:
                raise _wrong("what is said to be binary is no base64", line) from error
        if event.tag not in _PLAIN:
            raise _wrong(f"the tag {event.tag[:80]!r} asks for an object, and is not followed", line)
        implicit = event.tag is None or event.tag == "!"
        tag = self._resolve(yaml.ScalarNode, event.value, event.implicit) if implicit else event.tag
        if tag == _NULL:
            return None
        text = Scalar(event.value)
        text.tag, text.style = _TEXT if tag in _TEXTS else tag, event.style or None
        return text


def _wrong(what: str, line: int | None) -> CaptureError:
    where = "" if line is None else f", line {line}"
    return CaptureError(f"{what}{where}", hint="take the cassette from the repository again, or record it again")


def _no_yaml(error: Exception) -> CaptureError:
    mark = getattr(error, "problem_mark", None)
    said = getattr(error, "problem", None) or getattr(error, "reason", None) or type(error).__name__
    return _wrong(f"the text is no YAML ({said})", None if mark is None else mark.line + 1)
