"""The texts of an exchange without what must not be kept: addresses, forms, JSON, and plain text, each in its own way."""

from __future__ import annotations

import re
from base64 import b64decode, b64encode
from typing import TYPE_CHECKING
from urllib.parse import quote, unquote, unquote_plus

from docpact.cassettes.literals import Rewriting, Ways
from docpact.cassettes.shapes import MEMBER, PARAMETER, REDACTED, SHAPES, found_in, instead_of, is_secret_parameter
from docpact.cassettes.tokens import Tokens
from docpact.redact import names_a_secret

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

_ADDRESS = re.compile(r"[A-Za-z][A-Za-z0-9+.-]{1,20}://[^\s\"'<>\\]+")
_PARTS = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*:)?(//[^/?#]*)?([^?#]*)(\?[^#]*)?(#.*)?", re.DOTALL)
_UUID = r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"
# A file that Midjourney uploads bears the name of who asked, words of the prompt, and the job.
_FILE = re.compile(rf"(?!{REDACTED}_)[^/]+_({_UUID}[^/]*)")
_OF_A_USER = re.compile(rf"(?!{_UUID})(?!{REDACTED}[_.]|{REDACTED}\Z)[^/]*?(_{_UUID}[^/]*|\.\w{{1,5}})?")
_UPLOADED = re.compile(r"(/(?:ephemeral-)?attachments/)(?:\d+/\d+/)([^/]+)\Z")
_OF_EVENTS = re.compile(r"(?:(?:event|id|retry)?:[^\n]*\n)*data:")
_FORM = re.compile(r"[\w.%\[\]+-]{1,100}=[^\s&]*(?:&[\w.%\[\]+-]{1,100}=[^\s&]*)*")
_PART = re.compile(
    r"(?i)(\bname=\"?([^\"\r\n;]{1,100})\"?[^\r\n]*\r?\n(?:[^\r\n]+\r?\n){0,20}\r?\n)(.*?)(?=\r?\n--)", re.DOTALL
)
_TAG = re.compile(r"<([\w:.-]{1,60})(\s[^<>]{0,500})?>([^<>]+)(?=<)")
_FIELD = re.compile(r"(?i)<(?:input|meta|param)\s[^<>]{1,1000}>")
_NAMED = re.compile(r"(?i)\sname\s{0,4}=\s{0,4}[\"']?([^\s\"'<>]{1,100})")
_VALUED = re.compile(r"(?i)(\s(?:value|content)\s{0,4}=\s{0,4})(\"[^\"]*\"|'[^']*'|[^\s\"'<>]+)")
# How JSON begins in base64: {" and [{, with and without a blank between.
_PACKED = re.compile(r"(?:ey[IJA]|ew[o0]|W3[st]|WyJ|Ww[o0])[A-Za-z0-9+/_-]{8,}={0,2}")
_MOST_INSIDE = 4
_MOST_PASSES = 6
_TO_PLAIN, _TO_URLS = str.maketrans("-_", "+/"), str.maketrans("+/", "-_")
_LONGEST_KEPT, _MOST_KEPT = 400, 10_000
_WEBHOOK = next(shape for shape in SHAPES if shape.kind == "a webhook")
_NAMES_OF_TOKENS = frozenset(
    {"token", "tokens", "secret", "key", "apikey", "api_key", "api-key", "access_token", "auth", "sig"}
)
_NAMES = "a name of a user in an address"


def settled(rewrite: Callable[[str], str], text: str) -> str:
    """Rewrite a text until it stays as it is: what is taken out may bring together what it stood between."""
    for _ in range(_MOST_PASSES):
        before, text = text, rewrite(text)
        if text == before:
            break
    return text


class Wording:
    """Rewrite texts; `note` is told the kind of everything that is taken out, and where in a body it stood."""

    def __init__(self, secrets: Iterable[str], note: Callable[[str, str], None]) -> None:
        self._tokens = Tokens(secrets)
        self._tell = note
        self._inside: list[Rewriting] = []
        # Names and values come again and again.
        self._clean: set[str] = set()
        # Whether each character stands for a byte of a text that could not be decoded.
        self.undecoded = False

    def body(self, text: str, kind: str) -> str:
        """Return the text of a body: JSON, lines of it, events that hold some, a form in one or in several parts, or text."""
        begin = text.lstrip("\ufeff\x1e \t\r\n")
        if begin[:1] in ("{", "[", '"') or _OF_EVENTS.match(begin):
            return self.json(text)
        if "multipart/" in kind or (begin.startswith("--") and "name=" in begin):
            text = _PART.sub(lambda part: part.group(1) + self._field(part.group(3), part.group(2)), text)
        elif "form-urlencoded" in kind or _FORM.fullmatch(begin.rstrip()):
            return "&".join(map(self._parameter, text.split("&")))
        elif "<" in text:
            text = _FIELD.sub(self._input, _TAG.sub(self._element, text))
        return self.plain(text)

    def json(self, text: str) -> str:
        """Return a JSON text, which stays the text that it is but for what is taken out."""
        rewriting = Rewriting(Ways(self.member, self._number, self.plain, self.bears))
        self._inside.append(rewriting)
        try:
            return rewriting.of(text)
        finally:
            self._inside.pop()

    def member(self, value: str, name: str) -> str:
        """Return the text of a member: by its name, or by what it is."""
        return self._held(value, name, MEMBER)

    def _field(self, value: str, name: str) -> str:
        """Return the text of a parameter, or of a field of a form, as that of a member."""
        return self._held(value, name, PARAMETER)

    def _held(self, value: str, name: str, called: str) -> str:
        if not value:
            return value
        kind, instead = instead_of(name, value) if name else ("", "")
        if kind:
            # Bytes that are no UTF-8 are wrong, and stay wrong.
            instead += next((char for char in value if self.undecoded and not char.isascii()), "")
            if value != instead:
                self._note(called if kind == MEMBER else kind)
            return instead
        if value.lstrip()[:1] in ("{", "[") and '"' in value and len(self._inside) < _MOST_INSIDE:
            return self.json(value)
        return self._unpacked(value) or self.plain(value)

    def _unpacked(self, value: str) -> str:
        """Return JSON that stands in base64 without what must not be kept; nothing where there is no such thing in it."""
        if len(self._inside) >= _MOST_INSIDE or _PACKED.fullmatch(value) is None:
            return ""
        bare = value.rstrip("=")
        try:
            text = b64decode(bare.translate(_TO_PLAIN) + "=" * (-len(bare) % 4)).decode()
        except ValueError:
            return ""
        clean = self.json(text)
        if clean == text:
            return ""
        written = b64encode(clean.encode("utf-8", "surrogatepass")).decode()
        written = written.translate(_TO_URLS) if {"-", "_"} & set(value) else written
        return written if len(value) % 4 == 0 else written.rstrip("=")

    def bears(self, name: str) -> bool:
        """Tell whether all that stands in a member of this name is a secret."""
        return bool(name) and bool(instead_of(name, "")[0])

    def plain(self, text: str) -> str:
        """Return a text without what is shaped like a secret, its addresses each by itself."""
        if text in self._clean:
            return text
        clean = self._plain(text)
        if clean == text and len(text) <= _LONGEST_KEPT and len(self._clean) < _MOST_KEPT:
            self._clean.add(text)
        return clean

    def _plain(self, text: str) -> str:
        text = self._without_tokens(text)
        if "://" not in text:
            return self._shaped(text)
        pieces, at = [], 0
        for found in _ADDRESS.finditer(text):
            pieces += [self._shaped(text[at : found.start()]), self.address(found.group())]
            at = found.end()
        return "".join([*pieces, self._shaped(text[at:])])

    def binary(self, text: str) -> str:
        """Return what is no text at all, each byte a character, without the tokens that were used."""
        return self._without_tokens(text)

    def address(self, uri: str) -> str:
        """Return an address, absolute or not, without login, signatures, names and tokens; it stays the address that it is."""
        uri = self._without_tokens(uri)
        if _WEBHOOK.pattern.search(uri):
            self._note(_WEBHOOK.kind)
            return _WEBHOOK.instead
        parts = _PARTS.fullmatch(uri)
        if parts is None:
            return self._shaped(uri)
        scheme, host, path, query, fragment = (part or "" for part in parts.groups())
        if "@" in host:
            self._note("a login in an address")
            host = f"//{host.rpartition('@')[2]}"
        query = query and "?" + "&".join(map(self._parameter, query[1:].split("&")))
        fragment = fragment and "#" + "&".join(map(self._parameter, fragment[1:].split("&")))
        return scheme + host + self._path(path) + query + fragment

    def _path(self, path: str) -> str:
        named = _UPLOADED.sub(lambda found: f"{found.group(1)}0/0/{_without_name(found.group(2))}", path)
        folder, slash, last = named.rpartition("/")
        if _FILE.fullmatch(last):
            named = folder + slash + _FILE.sub(rf"{REDACTED}_\g<1>", last)
        if named != path:
            self._note(_NAMES)
        segments = named.split("/")
        for at, segment in enumerate(segments):
            if at and segment and segment != REDACTED and _is_name(segments[at - 1]):
                self._note("a token in the path of an address")
                segments[at] = REDACTED
            elif segment:
                segments[at] = ";".join(self._piece(piece) for piece in segment.split(";"))
        return "/".join(segments)

    def _piece(self, piece: str) -> str:
        """Return a part of a path; what looks like a parameter is one."""
        return self._parameter(piece) if "=" in piece else self._unquoted(piece, unquote, "")

    def _parameter(self, pair: str) -> str:
        name, mark, value = pair.partition("=")
        if not mark:
            return self._unquoted(pair, unquote_plus, "")
        plain = unquote_plus(name)
        if value and value != REDACTED and not instead_of(plain, "")[0] and is_secret_parameter(plain):
            self._note(PARAMETER)
            return f"{name}={REDACTED}"
        if value == REDACTED:
            return pair
        return f"{self._unquoted(name, unquote_plus, '')}={self._unquoted(value, unquote_plus, plain)}"

    def _unquoted(self, written: str, read: Callable[[str], str], name: str) -> str:
        meant = read(written)
        clean = self._field(meant, name)
        return written if clean == meant else quote(clean, safe="", errors="surrogatepass")

    def _number(self, written: str, name: str) -> str:
        if not names_a_secret(name) or written == "0":
            return written
        self._note(MEMBER)
        return "0"

    def _element(self, found: re.Match[str]) -> str:
        name, more, value = found.group(1), found.group(2) or "", found.group(3)
        return f"<{name}{more}>{self.member(value, name)}" if self.bears(name) else found.group()

    def _input(self, found: re.Match[str]) -> str:
        """Return a field of a page: one names it, and another attribute holds its value."""
        tag = found.group()
        named = _NAMED.search(tag)
        if named is None or not self.bears(named.group(1)):
            return tag

        def clean(held: re.Match[str]) -> str:
            quote = held.group(2)[0] if held.group(2)[0] in "\"'" else ""
            return f"{held.group(1)}{quote}{self._field(held.group(2).strip(quote or None), named.group(1))}{quote}"

        return _VALUED.sub(clean, tag)

    def _shaped(self, text: str) -> str:
        for shape in found_in(text):
            clean = shape.pattern.sub(shape.instead, text)
            if clean != text:
                self._note(shape.kind)
                text = clean
        return text

    def _without_tokens(self, text: str) -> str:
        clean = self._tokens.taken_from(text)
        if clean != text:
            self._note("the token that was used")
        return clean

    def _note(self, kind: str) -> None:
        self._tell(kind, self._inside[0].pointer() if self._inside else "")


def _without_name(file: str) -> str:
    found = _OF_A_USER.fullmatch(file)
    return file if found is None else f"{REDACTED}{found.group(1) or ''}"


def _is_name(segment: str) -> bool:
    """Tell whether a part of a path names the token that follows it."""
    return segment.lower() in _NAMES_OF_TOKENS
