"""Redaction: what is taken out of an exchange before it is written down, both ways and at every depth.

Everything is denied that is not known to be harmless: headers by a list of those that stay, and in addresses, forms and JSON
what has the name, or the shape, of a secret. What takes its place keeps the form (an address stays one, a mask stays base64),
so that the recording still matches its requests, and is judged as before. What is clean already is not changed again.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, unquote, urlsplit, urlunsplit

from docpact.captures import DEFAULT_LIMIT
from docpact.cassettes.tape import FORMS, Interaction, form_of
from docpact.errors import CaptureError
from docpact.redact import names_a_secret, without_secrets
from docpact.validate import packed

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

REDACTED = "redacted"
# What says how to read a message, and nothing of who sent it; a header that is not here is left out.
_HEADERS = frozenset({
    "accept", "content-type", "content-length", "content-encoding", "transfer-encoding", "retry-after", "location", "allow",
    "vary", "cache-control", "connection",
})  # fmt: skip
# Members that hold somebody's address, a picture, or what only the server needs.
_HOOKS = frozenset({"notifyhook", "notify_hook", "webhook", "callback", "callbackurl", "callback_url"})
_MASKS = frozenset({"maskbase64", "mask_base64", "base64", "base64array"})
_HOOK, _MASK = "https://redacted.example/hook", "cmVkYWN0ZWQ="
_EMAIL = re.compile(r"[\w.+-]{1,64}@(?!redacted\.example)[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}")
_ADDRESS = re.compile(r"https?://[^\s\"'<>]+")
# What a CDN signs with, and what servers hand a token by.
_SIGNED = frozenset({"ex", "is", "hm", "token", "signature", "sig", "expires", "policy", "key", "auth", "credential"})
# Discord's file names begin with the name of whoever asked for the picture; ids of channel and message lead to them.
_ATTACHMENT = re.compile(r"(/attachments/)\d+/\d+/(?!redacted[_.])[^/_]+(?:_[^/_]+)*?(_[^/]*)?$")


class Redaction:
    """Take out of exchanges what must not be written down; `removed` counts what was, by kind and never by value.

    `secrets` are values that may stand nowhere, such as the token that was used.
    """

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        self.removed: Counter[str] = Counter()
        forms = {form for one in secrets if one for form in (one, quote(one, safe=""))}
        self._secrets = tuple(sorted(forms, key=len, reverse=True))

    def interaction(self, one: Interaction) -> Interaction:
        """Return an exchange without what must not be written down, its answer unpacked; raises `CaptureError` as that does."""
        one = unpacked(one)
        request = {**one.request, "headers": self._headers(one.request.get("headers") or {})}
        request["body"] = self.body(one.request.get("body"), _type(one.request))
        response = {**one.response, "headers": self._headers(one.response.get("headers") or {})}
        response["body"] = self.body(one.response.get("body"), _type(one.response))
        _counted(response)
        return Interaction(one.method, self.address(one.uri), request, response)

    def address(self, uri: str) -> str:
        """Return an address without logins, signatures and tokens, in its query and in its path."""
        try:
            parts = urlsplit(uri)
            host = parts.netloc.rpartition("@")[2]
        except ValueError:
            return self._text(uri)
        if host != parts.netloc:
            self.removed["login in an address"] += 1
        query = "&".join(self._parameter(pair) for pair in parts.query.split("&")) if parts.query else ""
        path = "/".join(self._segment(segment) for segment in parts.path.split("/"))
        named = _ATTACHMENT.sub(rf"\g<1>0/0/{REDACTED}\g<2>", path)
        if named != path:
            self.removed["name of a user in an address"] += 1
        return urlunsplit((parts.scheme, host, named, query, ""))

    def body(self, body: bytes | None, kind: str = "") -> bytes | None:
        """Return a body without what must not be written down: JSON, a form, or text; what is no text at all stays."""
        if not body:
            return body
        try:
            text = body.decode()
        except UnicodeDecodeError:
            return self._bytes(body)
        if text.lstrip()[:1] in ("{", "["):
            try:
                value = json.loads(text)
            except (ValueError, RecursionError):
                return self._text(text).encode()
            clean = self.value(value)
            # A body in which there was nothing stays as it was, byte by byte: it may be wrong in a way that is the point.
            return body if clean == value else json.dumps(clean, **FORMS[form_of(text, value) or "compact"]).encode()
        if "form-urlencoded" in kind:
            return "&".join(self._parameter(pair) for pair in text.split("&")).encode()
        return self._text(text).encode()

    def value(self, value: Any, name: str = "") -> Any:
        """Return a JSON value without what must not be written down; `name` is the member that it stands in."""
        if isinstance(value, dict):
            return {key: self.value(held, key) for key, held in value.items()}
        if isinstance(value, list):
            return [self.value(held, name) for held in value]
        if not isinstance(value, str) or not value:
            return self._number(value, name)
        kind, instead = _instead(name)
        return self._put(kind, value, instead) if kind else self._text(value)

    def _number(self, value: Any, name: str) -> Any:
        if type(value) in (int, float) and names_a_secret(name):
            return self._put("member with the name of a secret", value, 0)
        return value

    def _headers(self, headers: Mapping[str, Any]) -> dict[str, list[str]]:
        kept: dict[str, list[str]] = {}
        for name, held in headers.items():
            values = _values({name: held}, name.lower())
            if name.lower() not in _HEADERS:
                self.removed[f"header {name.lower()}"] += 1
            elif name.lower() == "location":
                kept[name] = [self.address(one) for one in values]
            else:
                kept[name] = [self._text(one) for one in values]
        return kept

    def _parameter(self, pair: str) -> str:
        name, mark, value = pair.partition("=")
        lower = unquote(name).lower()
        if mark and value and (lower in _SIGNED or lower.startswith(("x-amz-", "x-goog-")) or names_a_secret(lower)):
            return f"{name}={self._put('parameter of an address or form', value, REDACTED)}"
        plain = unquote(value.replace("+", " "))
        clean = self._text(plain)
        return pair if clean == plain else f"{name}={quote(clean)}"

    def _segment(self, segment: str) -> str:
        plain = unquote(segment)
        clean = self._text(plain)
        return segment if clean == plain else quote(clean, safe="")

    def _text(self, text: str) -> str:
        for secret in self._secrets:
            if secret in text:
                self.removed["the token that was used"] += text.count(secret)
                text = text.replace(secret, REDACTED)
        if "://" in text:
            text = _ADDRESS.sub(lambda found: self.address(found.group()), text)
        if "@" in text:
            text, mails = _EMAIL.subn("user@redacted.example", text)
            self._count("e-mail address", mails)
        return self._shaped(text)

    def _shaped(self, text: str) -> str:
        """Take out what is shaped like a secret; addresses, which are clean by now, stay as they are."""
        pieces, at = [], 0
        for found in _ADDRESS.finditer(text):
            pieces += [without_secrets(text[at : found.start()]), found.group()]
            at = found.end()
        clean = "".join([*pieces, without_secrets(text[at:])])
        if clean != text:
            self.removed["what is shaped like a secret"] += 1
        return clean

    def _bytes(self, body: bytes) -> bytes:
        for secret in self._secrets:
            if secret.encode() in body:
                self.removed["the token that was used"] += 1
                body = body.replace(secret.encode(), REDACTED.encode())
        return body

    def _put(self, kind: str, value: Any, instead: Any) -> Any:
        if value != instead:
            self.removed[kind] += 1
        return instead

    def _count(self, kind: str, number: int) -> None:
        if number:
            self.removed[kind] += number


def _instead(name: str) -> tuple[str, str]:
    """Say what kind of secret stands in a member of this name, and what takes its place; nothing where it holds none."""
    if name.lower() in _HOOKS:
        return "webhook", _HOOK
    if name.lower() in _MASKS:
        return "mask or picture", _MASK
    return ("member with the name of a secret", REDACTED) if names_a_secret(name) else ("", "")


def unpacked(one: Interaction) -> Interaction:
    """Return an exchange with the body of its answer as it reads, and without the header that says how it was packed.

    Raises `CaptureError` where the body cannot be unpacked: what cannot be read cannot be searched for secrets.
    """
    headers = {name: held for name, held in one.response.get("headers", {}).items() if name.lower() != "content-encoding"}
    packing = ", ".join(_values(one.response.get("headers", {}), "content-encoding"))
    if not packing or not one.response.get("body"):
        return one
    known = packed.unpacked(one.response["body"], packing, DEFAULT_LIMIT)
    if known.wrong or known.unread or known.large:
        why = known.wrong or (f"it is packed as {known.unread!r}" if known.unread else "it is too large")
        message = f"the answer to {one.method} {without_secrets(one.uri)} cannot be searched for secrets: {why}"
        raise CaptureError(message, hint="ask for it unpacked: Accept-Encoding: identity, or gzip")
    return one._replace(response={**one.response, "headers": headers, "body": known.body})


def _counted(response: dict[str, Any]) -> None:
    """Let the length that a header tells be that of the body as it is now."""
    for name in response["headers"]:
        if name.lower() == "content-length":
            response["headers"][name] = [str(len(response.get("body") or b""))]


def _type(message: Mapping[str, Any]) -> str:
    return ", ".join(_values(message.get("headers") or {}, "content-type")).lower()


def _values(headers: Mapping[str, Any], wanted: str) -> list[str]:
    found = [held for name, held in headers.items() if name.lower() == wanted]
    values = [one for held in found for one in (held if isinstance(held, list) else [held])]
    return [one.decode("latin-1") if isinstance(one, bytes) else str(one) for one in values]
