"""The tape: how a cassette lies in a file, one readable JSON text whose interactions are found without reading them.

An interaction begins at the beginning of a line with its method and address; nothing else in the text can look so, since JSON
has no line ends inside a string. A body of JSON stands there as JSON, line by line, so that a change of one member is one line
of a diff; `form` says how its bytes were written. The rest is as vcrpy and cassetter lay it out, so that `docpact validate`,
and whoever reads such cassettes, can read these. A tape that an editor or a formatter laid out anew is read as the JSON that
it still is: it takes longer, and plays the same.
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
# What has been laid out anew, or cut off, is still known for ours by its second member.
_OURS = re.compile(rb'(?:\xef\xbb\xbf)?\s*\{\s*"version"\s*:\s*1\s*,\s*"docpact"\s*:')
_READ = json.JSONDecoder()
_AGAIN = "take the cassette from the repository again, or record it again"
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

    `request` has `headers` (each a list of values) and `body`; `response` has `status` (`code`, `message`) besides. `at` is
    when it was recorded, as ISO 8601 writes it, and "" where nobody knows.
    """

    method: str
    uri: str
    request: Mapping[str, Any]
    response: Mapping[str, Any]
    at: str = ""


def written(interactions: Iterable[Interaction], metadata: Mapping[str, Any]) -> Iterator[bytes]:
    """Yield the text of a cassette piece by piece; `metadata` says whose contract it keeps, and when it was recorded."""
    listed = [_text(one) for one in interactions]
    head = json.dumps({**metadata, "count": len(listed)})
    yield f'{{"version": {VERSION},\n"docpact": {head},\n"interactions": [\n'.encode()
    for number, text in enumerate(listed):
        yield text + (b",\n" if number + 1 < len(listed) else b"\n")
    yield b"]}\n"


def _text(one: Interaction) -> bytes:
    request = {"headers": one.request.get("headers", {}), "body": _kept(one.request.get("body"))}
    response = {**one.response, "body": _kept(one.response.get("body"))}
    begin = b'{"request": {"method": ' + name(one.method, one.uri) + b"\n"
    at = f' "recorded_at": {json.dumps(one.at)},\n'.encode() if one.at else b""
    return b"".join((begin, _indented(request)[2:], b",\n", at, b' "response": ', _indented(response), b"}"))


def _indented(value: Any) -> bytes:
    try:
        return json.dumps(value, ensure_ascii=False, indent=1).encode()
    except UnicodeEncodeError:
        # Half of a surrogate pair is no UTF-8, and can be written in escapes alone.
        return json.dumps(value, indent=1).encode()


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
            content = json.loads(text, parse_constant=_refused)
            # Half of a surrogate pair in escapes would have to be written as bytes that no reader takes.
            json.dumps(content, ensure_ascii=False).encode()
            form = form_of(text, content)
        except (ValueError, RecursionError):
            form = None
        if form is not None:
            return {"type": "json", "form": form, "content": content}
    return {"string": text}


def _refused(constant: str) -> float:
    raise ValueError(f"{constant} is no JSON")


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

    `names` are the method and address of each, as they stand in the text: `named` reads them. `is_tape` is False for what
    docpact has not written. Raises `CaptureError` for what it has written, and is damaged now.
    """

    def __init__(self, content: bytes) -> None:
        self._content = content
        self._begins: list[int] = []
        self._read: list[Any] | None = None
        self.metadata: dict[str, Any] = {}
        self.names: list[bytes] = []
        self.is_tape = self._find() or self._read_whole()
        self.metadata.pop("count", None)

    def __len__(self) -> int:
        return len(self.names)

    def _find(self) -> bool:
        """Find the interactions without reading them; tell whether the text is laid out as it was written."""
        head = _HEAD.match(self._content)
        if head is None:
            return False
        try:
            self.metadata = json.loads(head.group(1))
        except (ValueError, RecursionError):
            return False
        at = self._content.find(_BEGIN, head.end() - 1)
        while at >= 0:
            named = at + len(_BEGIN)
            end = self._content.find(b"\n", named)
            end = len(self._content) if end < 0 else end
            if not _NAMED.fullmatch(self._content, named, end):
                return False
            self._begins.append(at + 1)
            self.names.append(self._content[named:end])
            at = self._content.find(_BEGIN, end)
        whole = self._content.endswith(b"}\n]}\n") or (not self.names and self._content.endswith(b"[\n]}\n"))
        return whole and self.metadata.get("count") == len(self.names)

    def _read_whole(self) -> bool:
        """Read the text as JSON, whoever laid it out; tell whether it is a cassette of ours."""
        if not _OURS.match(self._content):
            return False
        try:
            held = json.loads(self._content.decode("utf-8-sig"))
            entries, metadata = held["interactions"], held["docpact"]
            names = [name(entry["request"]["method"], entry["request"]["uri"]) for entry in entries]
            self._read, self.names, self.metadata = list(entries), names, dict(metadata)
        except (ValueError, KeyError, TypeError, RecursionError) as error:
            raise CaptureError(f"the cassette is damaged: {_said(error)}", hint=_AGAIN) from error
        return True

    def interaction(self, number: int) -> Interaction:
        """Read one interaction; raises `CaptureError` where the text is damaged there."""
        try:
            held = self._held(number)
            request, response = held["request"], held["response"]
            return Interaction(
                *named(self.names[number]),
                {"headers": request.get("headers") or {}, "body": body_of(request.get("body"))},
                {**response, "status": _status(response), "body": body_of(response.get("body"))},
                str(held.get("recorded_at") or ""),
            )
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
            where = f", from line {self._line(number)} on," if self._begins else ""
            raise CaptureError(
                f"interaction {number} of the cassette{where} cannot be read: {_said(error)}", hint=_AGAIN
            ) from error

    def _held(self, number: int) -> Any:
        if self._read is not None:
            return self._read[number]
        begin = self._begins[number]
        end = self._begins[number + 1] if number + 1 < len(self._begins) else len(self._content)
        held, _ = _READ.raw_decode(self._content[begin:end].decode())
        return held

    def _line(self, number: int) -> int:
        return self._content.count(b"\n", 0, self._begins[number]) + 1 if number < len(self._begins) else 0


def _status(response: Mapping[str, Any]) -> dict[str, Any]:
    """Return the status of an answer; raises `KeyError` or `TypeError` where there is none."""
    status = response["status"]
    return {**status, "code": int(status["code"])}


def _said(error: Exception) -> str:
    return f"{error.args[0]!r} is missing" if isinstance(error, KeyError) else str(error)
