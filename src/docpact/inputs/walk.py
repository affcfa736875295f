"""A JSON text read value by value in flat memory, whatever its size."""

from __future__ import annotations

import codecs
import json
import re
from typing import TYPE_CHECKING, Any

from docpact.inputs.bodies import Bare
from docpact.lines import BrokenError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from docpact.lines import Readable

_CHUNK = 256 * 1024
_BLANK = re.compile(r"[ \t\r\n]*")
_INSIDE = re.compile(r'(?:[^"\\]|\\.)*+', re.DOTALL)
_OUTSIDE = re.compile(r'[^\[\]{}"]*+')
# Python refuses integers of thousands of digits, and these are not counted with.
_DECODER = json.JSONDecoder(strict=False, parse_int=lambda digits: int(digits) if len(digits) < 20 else Bare(digits))  # noqa: PLR2004
_EXPONENT = len("e+")
# A body may double in size when it is written as a JSON string.
_ESCAPED = 2


class LargeError(Exception):
    """A value is larger than the limit: it is still to be taken, by passing over it."""


class Walk:
    """A JSON text read value by value; raises `BrokenError` where it is no JSON, or one value is above the limit."""

    def __init__(self, file: Readable, limit: int) -> None:
        self._file = file
        self._limit = limit
        self._decode = codecs.getincrementaldecoder("utf-8-sig")("replace").decode
        self._text = ""
        self._at = 0
        self._ended = False
        self._break: BrokenError | None = None
        self._line = 1

    def _more(self) -> bool:
        """Read on, as much again as is held, so that a long value is not begun too often."""
        if self._ended:
            return False
        self._line += self._text.count("\n", 0, self._at)
        self._text, self._at = self._text[self._at :], 0
        wanted = max(_CHUNK, len(self._text))
        pieces: list[str] = []
        # A piece may end inside a character, and then gives none.
        while (wanted > 0 or not any(pieces)) and not self._ended:
            try:
                chunk = self._file.read(_CHUNK) or b""
            except BrokenError as error:
                self._break, chunk = error, b""
            self._ended = not chunk
            pieces.append(self._decode(chunk, not chunk))
            wanted -= len(chunk)
        self._text += "".join(pieces)
        return any(pieces)

    def broken(self, what: str, at: int | None = None) -> BrokenError:
        """Say what is wrong here, or at a place in what is held, unless the source itself breaks off here."""
        line = self._line + self._text.count("\n", 0, self._at if at is None else at)
        return BrokenError(self._break.reason if self._break else what, line)

    def next(self) -> str:
        """Return the next character that is not blank, without taking it; nothing at the end."""
        while True:
            match = _BLANK.match(self._text, self._at)
            self._at = match.end() if match else self._at
            if self._at < len(self._text):
                return self._text[self._at]
            if not self._more():
                return ""

    def take(self, wanted: str) -> bool:
        """Take the next character if it is the wanted one."""
        found = self.next() == wanted
        self._at += found
        return found

    def must(self, wanted: str) -> None:
        """Take the next character, which can only be this one."""
        if not self.take(wanted):
            raise self.broken(f"the JSON text is cut off, or {wanted!r} is missing")

    def value(self) -> Any:
        """Take one whole value."""
        self.next()
        while True:
            try:
                value, end = _DECODER.raw_decode(self._text, self._at)
            except RecursionError as error:
                raise self.broken("the JSON text is nested too deep") from error
            except json.JSONDecodeError as error:
                if len(self._text) - self._at > self._limit * _ESCAPED:
                    raise LargeError from error
                if not self._more():
                    raise self.broken(f"the text is no JSON, or is cut off ({error.msg})", error.pos) from error
                continue
            # A number may go on in what is still to be read: of `1.5e3` the held `1.` or `1.5e` reads as less.
            cut = end == len(self._text) or (len(self._text) - end <= _EXPONENT and self._text[end] in ".eE")
            if not cut or not self._more():
                self._at = end
                return value

    def pass_over(self) -> int:
        """Take a value without holding it, and return how large it was."""
        size, depth, inside = 0, 0, False
        while True:
            match = (_INSIDE if inside else _OUTSIDE).match(self._text, self._at)
            end = match.end() if match else self._at
            size += end - self._at
            self._at = end
            if end >= len(self._text) or self._text[end] == "\\":
                if not self._more():
                    raise self.broken("the JSON text is cut off")
                continue
            self._at += 1
            size += 1
            inside ^= self._text[end] == '"'
            depth += {"[": 1, "{": 1, "]": -1, "}": -1}.get(self._text[end], 0)
            if depth <= 0 and not inside:
                return size

    def names(self) -> Iterator[str]:
        """Take an object, yielding each name; the caller takes the value."""
        self.must("{")
        if self.take("}"):
            return
        while True:
            yield str(self.value())
            if self.take("}"):
                return
            self.must(",")
