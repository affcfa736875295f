"""Redaction: what is taken out of an exchange before it is written down, both ways and at every depth.

Everything is denied that is not known to be harmless: headers by a list of those that stay, and in addresses, forms, JSON and
text what has the name, or the shape, of a secret. What takes its place keeps the form (an address stays one, a mask stays
base64), so that the recording still matches its requests, and is judged as before. What is clean already is not changed again.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING, Any, NamedTuple

from docpact.cassettes import packing
from docpact.cassettes.shapes import MEMBER
from docpact.cassettes.wording import Wording, settled

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from docpact.cassettes.tape import Interaction

# What says how to read a message, and nothing of who sent it; a header that is not here is left out.
_HEADERS = frozenset({
    "accept", "content-type", "content-length", "content-encoding", "transfer-encoding", "retry-after", "location", "allow",
    "vary", "cache-control", "connection", "date",
})  # fmt: skip
HEADER = "a header "
_NAMED = re.compile(r"[A-Za-z][A-Za-z-]{0,38}")
_CHARSET = re.compile(r"(?i)charset\s*=\s*[\"']?([\w.:-]{1,40})")


class Removal(NamedTuple):
    """Something that was taken out: of what kind, and where in the exchange, as a pointer; never what it was."""

    kind: str
    place: str


class Redaction:
    """Take out of exchanges what must not be written down; `removed` counts what was, by kind and never by value.

    `secrets` are values that may stand nowhere, such as the token that was used, in whatever case or coding. `removals` are
    what was taken out of the last exchange. Raises `UsageError` for a secret that cannot be told from what takes its place.
    """

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        self.removed: Counter[str] = Counter()
        self.removals: list[Removal] = []
        self._at = ""
        self._wording = Wording(secrets, self._note)

    def interaction(self, one: Interaction) -> Interaction:
        """Return an exchange without what must not be written down, its answer unpacked; raises `CaptureError` as that does."""
        self.removals = []
        request = self.message(one.request, "/request", {"method", "uri", "url"})
        response = self.message(one.response, "/response", set())
        self._at = "/request/uri"
        method, uri = settled(self._wording.plain, one.method), self.address(one.uri)
        return one._replace(method=method, uri=uri, request=request, response=response)

    def beside(self, held: Mapping[str, Any]) -> dict[str, Any]:
        """Return what stands beside request and response without what must not be kept."""
        self._at = "/beside"
        return {name: self.value(one, name) for name, one in held.items()}

    def message(self, held: Mapping[str, Any], at: str, known: set[str]) -> dict[str, Any]:
        """Return a request or a response (`headers`, `body` as bytes, and whatever else) without what must not be kept."""
        headers, body = held.get("headers") or {}, held.get("body")
        encodings, kind = ", ".join(_values(headers, "content-encoding")), ", ".join(_values(headers, "content-type"))
        self._at = f"{at}/body"
        opened = packing.unpacked(body, encodings) if body and encodings else None
        clean = self.body(body if opened is None else opened, kind)
        kept = self._headers(headers, at, without="content-encoding" if opened is not None else "")
        if clean != body:
            kept = {name: [str(len(clean or b""))] if name.lower() == "content-length" else one for name, one in kept.items()}
        self._at = at
        others = {name: one for name, one in held.items() if name not in ("headers", "body")}
        rest = {name: one if name in known else self.value(one, name) for name, one in others.items()}
        return {**rest, "headers": kept, "body": clean}

    def address(self, uri: str) -> str:
        """Return an address without logins, signatures, names and tokens, in its query and in its path."""
        return settled(self._wording.address, uri)

    def body(self, body: bytes | None, kind: str = "") -> bytes | None:
        """Return a body without what must not be written down, by its content type or what it looks like."""
        if not body:
            return body
        inner = packing.opened(body)
        if inner is not None:
            clean = self.body(inner, kind)
            return body if clean == inner else packing.packed_again(clean or b"")
        charset = _CHARSET.search(kind)
        written = packing.text_of(body, charset.group(1) if charset else "")
        text = written.text
        self._wording.undecoded = written.codec == "latin-1"
        text = (
            settled(lambda text: self._wording.body(text, kind.lower()), text)
            if written.is_text
            else self._wording.binary(text)
        )
        self._wording.undecoded = False
        return body if text == written.text else text.encode(written.codec)

    def value(self, value: Any, name: str = "") -> Any:
        """Return tables, lists and texts without what must not be written down; `name` is the member that they stand in."""
        if isinstance(value, dict):
            bears = self._wording.bears(name)
            return {
                settled(self._wording.plain, str(key)): self.value(held, name if bears else str(key))
                for key, held in value.items()
            }
        if isinstance(value, list):
            return [self.value(held, name) for held in value]
        if isinstance(value, bytes):
            return self.body(value)
        if isinstance(value, str):
            clean = settled(lambda text: self._wording.member(text, name), value)
            return value if clean == value else clean
        if type(value) in (int, float) and value and self._wording.bears(name):
            self._note(MEMBER)
            return 0
        return value

    def _headers(self, headers: Mapping[str, Any], at: str, without: str) -> dict[str, list[str]]:
        kept: dict[str, list[str]] = {}
        for name, held in headers.items():
            lower, values = str(name).lower(), _values({name: held}, str(name).lower())
            if lower == without:
                continue
            self._at = f"{at}/headers/{lower}" if _NAMED.fullmatch(lower) else f"{at}/headers"
            if lower not in _HEADERS:
                self._note(f"{HEADER}{lower}" if _NAMED.fullmatch(lower) else f"{HEADER}of an odd name")
            elif lower == "location":
                kept[name] = [self.address(one) for one in values]
            else:
                kept[name] = [settled(self._wording.plain, one) for one in values]
        return kept

    def _note(self, kind: str, inside: str = "") -> None:
        self.removed[kind] += 1
        self.removals.append(Removal(kind, self._at + inside))


def _values(headers: Mapping[str, Any], wanted: str) -> list[str]:
    found = [held for name, held in headers.items() if str(name).lower() == wanted]
    values = [one for held in found for one in (held if isinstance(held, list) else [held])]
    return [one.decode("latin-1") if isinstance(one, bytes) else str(one) for one in values]
