"""A captured text as strict JSON: what is wrong with the text itself is found before anything is read in it."""

from __future__ import annotations

import json
import re
from itertools import islice
from typing import TYPE_CHECKING, Any, NamedTuple

from docpact.pointers import ABSENT
from docpact.redact import shown_text
from docpact.validate.positions import duplicates, line_and_column, locate, surrogates

if TYPE_CHECKING:
    from collections.abc import Callable

MOST_DEPTH = 200

_BOM = b"\xef\xbb\xbf"
_BLANK = b" \t\r\n"
# The closing quote is optional, so that a string that never ends is met once, and not again at each quote in it.
_BRACKETS = re.compile(r'"(?:[^"\\]|\\.)*+"?|[\[{]|[\]}]', re.DOTALL)
# Longer integers are refused by Python itself (4,300 digits), since reading them takes quadratic time.
_MOST_DIGITS = 4000
_LONG = 40
# A body made to have a million duplicate members is told of by its first ones.
_MOST_TOLD = 100
_MANY: int = 10**_MOST_DIGITS


class Flaw(NamedTuple):
    """One thing wrong with a text: the rule, where in the text (a character offset), the pointer, and the sentence."""

    rule: str
    offset: int
    pointer: str
    found: Any
    message: str


class Parsed(NamedTuple):
    """What a text holds: its characters, its value (ABSENT where it cannot be read), and its flaws."""

    characters: str
    value: Any
    flaws: list[Flaw]


class Reader:
    """Read texts as strict JSON; one reader serves one thread."""

    def __init__(self) -> None:
        # A quicker way to the value of a text in which nothing is wrong, or ABSENT: for long runs, which load it.
        self.again: Callable[[bytes], Any] | None = None
        self._noted: list[tuple[str, str]] = []
        self._decode = self._decoder(None)
        self._decode_long: Callable[[str], Any] | None = None

    def _decoder(self, parse_int: Callable[[str], int] | None) -> Callable[[str], Any]:
        return json.JSONDecoder(
            object_pairs_hook=self._object, parse_constant=self._constant, parse_float=self._float, parse_int=parse_int
        ).decode

    def _object(self, pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        members = dict(pairs)
        if len(members) != len(pairs):
            self._noted.append(("duplicate", ""))
        return members

    def _constant(self, name: str) -> float:
        self._noted.append(("constant", name))
        return float(name)

    def _float(self, digits: str) -> float:
        number = float(digits)
        if number - number != 0:
            self._noted.append(("range", digits))
        return number

    def _int(self, digits: str) -> int:
        if len(digits) <= _MOST_DIGITS:
            return int(digits)
        self._noted.append(("range", digits))
        return _MANY if digits[0] != "-" else -_MANY

    def read(self, text: bytes) -> Parsed:
        """Read one body; a flaw that leaves nothing to read gives the value ABSENT."""
        if not text.strip(_BLANK):
            return Parsed("", ABSENT, [Flaw("json-empty", 0, "", ABSENT, _emptiness(text))])
        flaws: list[Flaw] = []
        if text.startswith(_BOM):
            flaws.append(Flaw("json-bom", 0, "", ABSENT, "the text begins with a byte order mark (EF BB BF)"))
            text = text[3:]
        try:
            _refuse_wide(text)
            characters = text.decode("utf-8")
        except UnicodeDecodeError as error:
            return Parsed("", ABSENT, [*flaws, _not_utf8(text, error)])
        if text.count(b"[") + text.count(b"{") > MOST_DEPTH:
            deep = _too_deep(characters)
            if deep is not None:
                return Parsed(characters, ABSENT, [*flaws, deep])
        if self.again is not None and (value := self.again(text)) is not ABSENT:
            return Parsed(characters, value, flaws)
        return self._parse(characters, flaws)

    def _parse(self, characters: str, flaws: list[Flaw]) -> Parsed:
        self._noted.clear()
        try:
            value = self._decode(characters)
        except json.JSONDecodeError as error:
            return Parsed(characters, ABSENT, [*flaws, _syntax(error, characters)])
        except ValueError:
            # Only an integer of more digits than Python converts gets here.
            self._noted.clear()
            self._decode_long = self._decode_long or self._decoder(self._int)
            try:
                value = self._decode_long(characters)
            except json.JSONDecodeError as error:
                return Parsed(characters, ABSENT, [*flaws, _syntax(error, characters)])
        if self._noted:
            flaws.extend(self._told(characters))
        if "\\ud" in characters or "\\uD" in characters:
            halves = list(islice(surrogates(value), _MOST_TOLD))
            offsets = locate(characters, [pointer for pointer, _ in halves]) if halves else {}
            flaws.extend(
                Flaw("json-surrogate", offsets[pointer], pointer, ABSENT, f"half of a surrogate pair, {half}, stands alone")
                for pointer, half in halves
            )
        return Parsed(characters, value, flaws)

    def _told(self, characters: str) -> list[Flaw]:
        flaws: list[Flaw] = []
        noted = dict.fromkeys(self._noted)
        if ("duplicate", "") in noted:
            flaws.extend(
                Flaw("json-duplicate-member", offset, pointer, ABSENT,
                     f"the member {shown_text(name)!r} stands twice in one object, "
                     f"with {'equal' if equal else 'different'} values")
                for pointer, name, offset, equal in islice(duplicates(characters), _MOST_TOLD)
            )  # fmt: skip
        for kind, digits in noted:
            if kind == "constant":
                offset = _find_bare(characters, digits)
                flaws.append(Flaw("json-number", offset, "", digits, f"{digits} is no JSON number"))
            elif kind == "range":
                what = f"a number of {len(digits)} digits" if len(digits) > _LONG else digits
                message = f"{what} is beyond what a double or a 64-bit integer can hold"
                flaws.append(Flaw("json-number-range", max(characters.find(digits), 0), "", what, message))
        return flaws


def _emptiness(text: bytes) -> str:
    return "the body is empty" if not text else f"the body holds nothing but blanks ({len(text)} bytes)"


def _refuse_wide(text: bytes) -> None:
    head = text[:4]
    if head[:2] in (b"\xff\xfe", b"\xfe\xff") or b"\x00" in head:
        raise UnicodeDecodeError("utf-8", text[:4], 0, 1, "UTF-16 or UTF-32")


def _not_utf8(text: bytes, error: UnicodeDecodeError) -> Flaw:
    if error.reason.startswith("UTF-16"):
        return Flaw("json-encoding", 0, "", ABSENT, "the text is UTF-16 or UTF-32, not UTF-8")
    before = text[: error.start]
    line, column = before.count(b"\n") + 1, error.start - before.rfind(b"\n")
    byte = text[error.start]
    at = f"byte {error.start + 1}" if line == 1 else f"line {line}, byte {column}"
    return Flaw("json-encoding", 0, "", ABSENT, f"the text is not UTF-8: byte {byte:#04x} at {at} ({error.reason})")


def _too_deep(characters: str) -> Flaw | None:
    depth = 0
    for match in _BRACKETS.finditer(characters):
        char = characters[match.start()]
        if char in "[{":
            depth += 1
            if depth > MOST_DEPTH:
                message = f"the text is nested deeper than {MOST_DEPTH} levels"
                return Flaw("json-depth", match.start(), "", ABSENT, message)
        elif char in "]}":
            depth -= 1
    return None


def _syntax(error: json.JSONDecodeError, characters: str) -> Flaw:
    if error.msg == "Extra data":
        rest = characters[error.pos : error.pos + 200]
        return Flaw("json-trailing", error.pos, "", rest, f"after the JSON text stands {shown_text(rest)!r}")
    if error.pos >= len(characters.rstrip()) or error.msg.startswith("Unterminated string"):
        return Flaw("json-syntax", error.pos, "", ABSENT, f"the JSON text is cut off ({error.msg})")
    near = characters[error.pos : error.pos + 40]
    return Flaw("json-syntax", error.pos, "", near, f"the text is no JSON: {error.msg}, found {shown_text(near)!r}")


def _find_bare(characters: str, word: str) -> int:
    """Find a word outside of strings."""
    for match in re.finditer(rf'"(?:[^"\\]|\\.)*+"?|{re.escape(word)}', characters, re.DOTALL):
        if characters[match.start()] != '"':
            return match.start()
    return 0


__all__ = ["MOST_DEPTH", "Flaw", "Parsed", "Reader", "line_and_column"]
