"""The tape: how a cassette lies in a file, one readable JSON text whose interactions are found without reading them.

An interaction begins at the beginning of a line with its method and address; nothing else in the text can look so, since JSON
has no line ends inside a string. A body of JSON stands there as JSON, line by line, so that a change of one member is one line
of a diff; `form` says how its bytes were written. The rest is as vcrpy and cassetter lay it out, so that `docpact validate`,
and whoever reads such cassettes, can read these.
"""

from __future__ import annotations

import json
import re
from base64 import b64decode, b64encode
from typing import TYPE_CHECKING, Any, NamedTuple

from docpact.errors import CaptureError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

VERSION = 1

_BEGIN = b'\n{"request": {"method": '
_NAMED = re.compile(rb'("[^"\\]*"), "uri": ("(?:[^"\\]|\\.)*"),')
_HEAD = re.compile(rb'\{"version": 1,\n"docpact": (\{.*\}),\n"interactions": \[\n?')
_READ = json.JSONDecoder(strict=False)
# How servers write JSON: the first form whose bytes are those of the body.
FORMS: Mapping[str, Mapping[str, Any]] = {
    "compact": {"ensure_ascii": False, "separators": (",", ":")},
    "spaced": {"ensure_ascii": False},
    "compact-ascii": {"separators": (",", ":")},
    "spaced-ascii": {},
    "indented": {"ensure_ascii": False, "indent": 2},
}


class Interaction(NamedTuple):
    """One recorded exchange: method and address, and request and response as vcrpy holds them, bodies as bytes.

    `request` has `headers` (each a list of values) and `body`; `response` has `status` (`code`, `message`) besides.
    """

    method: str
    uri: str
    request: Mapping[str, Any]
    response: Mapping[str, Any]


def written(interactions: Iterable[Interaction], metadata: Mapping[str, Any]) -> Iterator[bytes]:
    """Yield the text of a cassette piece by piece; `metadata` says whose contract it keeps, and when it was recorded."""
    listed = [_text(one) for one in interactions]
    head = json.dumps({**metadata, "count": len(listed)}, ensure_ascii=False)
    yield f'{{"version": {VERSION},\n"docpact": {head},\n"interactions": [\n'.encode()
    for number, text in enumerate(listed):
        yield text.encode("utf-8", "surrogatepass") + (b",\n" if number + 1 < len(listed) else b"\n")
    yield b"]}\n"


def _text(one: Interaction) -> str:
    request = {"headers": one.request.get("headers", {}), "body": _kept(one.request.get("body"))}
    response = {**one.response, "body": _kept(one.response.get("body"))}
    begin = f'{{"request": {{"method": {name(one.method, one.uri).decode()}\n'
    rest = json.dumps(request, ensure_ascii=False, indent=1)[2:]
    return f'{begin}{rest},\n "response": {json.dumps(response, ensure_ascii=False, indent=1)}}}'


def _kept(body: bytes | None) -> dict[str, Any] | None:
    """Keep a body as JSON where its bytes can be made again of it, as text where it is text, or else in base64."""
    if body is None:
        return None
    try:
        text = body.decode()
    except UnicodeDecodeError:
        return {"base64_string": b64encode(body).decode()}
    if text[:1] in ("{", "["):
        try:
            content = json.loads(text)
            form = form_of(text, content)
        except (ValueError, RecursionError):
            form = None
        if form is not None:
            return {"type": "json", "form": form, "content": content}
    return {"string": text}


def form_of(text: str, content: Any) -> str | None:
    """Name the form in which a JSON text was written, or None where it is none of those that are known."""
    return next((form for form, how in FORMS.items() if json.dumps(content, **how) == text), None)


def body_of(kept: Mapping[str, Any] | None) -> bytes | None:
    """Make the bytes of a body of what is kept of it; raises `CaptureError` for what was not written so."""
    if kept is None:
        return None
    try:
        if kept.get("type") == "json":
            return json.dumps(kept["content"], **FORMS[kept.get("form", "compact")]).encode("utf-8", "surrogatepass")
        if "base64_string" in kept:
            return b64decode(kept["base64_string"], validate=True)
        return str(kept["string"]).encode("utf-8", "surrogatepass")
    except (KeyError, ValueError, TypeError, AttributeError) as error:
        raise CaptureError(
            f"a recorded body is neither JSON, text nor base64 ({error!r})", hint="record the cassette again"
        ) from error


def name(method: str, uri: str) -> bytes:
    """Write method and address as they stand in the text of a cassette."""
    return f'{json.dumps(method)}, "uri": {json.dumps(uri)},'.encode()


def named(text: bytes) -> tuple[str, str]:
    """Read the method and the address of an interaction; raises `ValueError` where there are none."""
    found = _NAMED.fullmatch(text)
    if found is None:
        raise ValueError(f"{text[:80]!r} is no method and address")
    method, uri = (json.loads(part) for part in found.groups())
    return method, uri


class Tape:
    """A cassette whose interactions are known by method and address, and read when they are asked for.

    `names` are the method and address of each, as they stand in the text: `named` reads them.
    """

    def __init__(self, content: bytes) -> None:
        self._content = content
        head = _HEAD.match(content)
        self.metadata: dict[str, Any] = json.loads(head.group(1)) if head else {}
        self._begins: list[int] = []
        self.names: list[bytes] = []
        at = content.find(_BEGIN, head.end() - 1) if head else -1
        while at >= 0:
            named = at + len(_BEGIN)
            end = content.find(b"\n", named)
            self._begins.append(at + 1)
            self.names.append(content[named:end])
            at = content.find(_BEGIN, end)
        self.is_tape = head is not None and self.metadata.get("count") == len(self.names)

    def __len__(self) -> int:
        return len(self._begins)

    def interaction(self, number: int) -> Interaction:
        """Read one interaction; raises `CaptureError` where the text is damaged there."""
        begin = self._begins[number]
        end = self._begins[number + 1] if number + 1 < len(self._begins) else len(self._content)
        try:
            held, _ = _READ.raw_decode(self._content[begin:end].decode("utf-8", "surrogatepass"))
            request, response = held["request"], held["response"]
            return Interaction(
                *named(self.names[number]),
                {"headers": request.get("headers") or {}, "body": body_of(request.get("body"))},
                {**response, "body": body_of(response.get("body"))},
            )
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
            line = self._content.count(b"\n", 0, begin) + 1
            raise CaptureError(
                f"interaction {number} of the cassette, from line {line} on, cannot be read: {error}",
                hint="take the cassette from the repository again, or record it again",
            ) from error
