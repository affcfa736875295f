"""Cassettes of other tools, and ours: vcrpy and pytest-recording (YAML, JSON) and tapes, read without trust.

What is read are tables, lists, texts and bytes; nothing is made into an object, and no length, alias or tag is trusted. A file
is written again in the format that it has.
"""

from __future__ import annotations

import json
import re
from base64 import b64decode, b64encode
from typing import TYPE_CHECKING, Any

from docpact.cassettes import in_yaml
from docpact.cassettes.tape import Interaction, Tape, body_of
from docpact.cassettes.tape import written as as_tape
from docpact.errors import CaptureError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

# What a file may have, in bytes: ten thousand polls in YAML are some 30 MB.
LIMIT = 256 * 1024 * 1024
_LISTS = ("interactions", "http_interactions")
_JSON = re.compile(rb"\s*[\[{]")
_INDENTED = re.compile(rb"\s*\{\r?\n( +)")
_HINT = "docpact cassette reads what vcrpy, pytest-recording and docpact record, in YAML or JSON"


class Recording:
    """A cassette that was read: its interactions, in their order, and what else stands in the file.

    `kind` is "yaml", "json" or "tape"; `metadata` is what is known of all of it; `entries` are the interactions as they stand
    in the file, and empty for a tape, whose interactions are read when they are asked for.
    """

    def __init__(self, kind: str, content: bytes, document: Any, tape: Tape | None = None) -> None:
        self.kind = kind
        self._content = content
        self._document = document
        self._tape = tape
        self._name = next((name for name in _LISTS if isinstance(document, dict) and name in document), "")
        self.entries: list[Any] = document[self._name] if self._name else []
        self.metadata: Mapping[str, Any] = _metadata(document) if tape is None else tape.metadata

    def __len__(self) -> int:
        """Return how many interactions there are."""
        return len(self.entries) if self._tape is None else len(self._tape)

    def interactions(self) -> Iterator[Interaction]:
        """Yield the interactions; raises `CaptureError` for one that cannot be read."""
        for number in range(len(self)):
            yield self._tape.interaction(number) if self._tape is not None else _interaction(self.entries[number], number)

    def shown(self, source: str, number: int) -> str:
        """Name an interaction of a file as `docpact validate` names it."""
        return f"{source}!/{self._name or _LISTS[0]}/{number}"

    def beside(self, number: int) -> Mapping[str, Any]:
        """Return what an interaction holds beside request and response."""
        held = {} if self._tape is not None else self.entries[number]
        return {name: one for name, one in held.items() if name not in ("request", "response")}

    def around(self) -> Mapping[str, Any]:
        """Return what the file holds beside the interactions."""
        if self._tape is not None:
            return self._tape.metadata
        return {name: one for name, one in self._document.items() if name != self._name}

    def written(
        self, interactions: list[Interaction], besides: Sequence[Mapping[str, Any]], around: Mapping[str, Any]
    ) -> bytes:
        """Write the file again with other interactions, in the format that it has."""
        if self._tape is not None:
            return b"".join(as_tape(interactions, around))
        in_json = self.kind == "json"
        entries = [_entry(*three, text=in_json) for three in zip(self.entries, interactions, besides, strict=True)]
        document = {name: entries if name == self._name else around[name] for name in self._document}
        if self.kind == "yaml":
            return in_yaml.written(document, ascii_only=self._content.isascii())
        indent = _INDENTED.match(self._content)
        text = json.dumps(document, indent=len(indent.group(1)) if indent else None, ensure_ascii=self._content.isascii())
        return text.encode("utf-8", "surrogatepass") + (b"\n" if self._content.endswith(b"\n") else b"")


def read(content: bytes, limit: int = LIMIT) -> Recording:
    """Read a cassette; raises `CaptureError` where it is none, is damaged, or is made to hurt whoever reads it."""
    if len(content) > limit:
        raise CaptureError(f"it is larger than {limit:,} bytes", hint="cut it into several cassettes")
    tape = Tape(content)
    if tape.is_tape:
        return Recording("tape", content, None, tape)
    kind = "json" if _JSON.match(content) else "yaml"
    document: Any = _from_json(content) if kind == "json" else in_yaml.read(content)
    listed = document.get(next((name for name in _LISTS if name in document), "")) if isinstance(document, dict) else None
    if not isinstance(listed, list):
        raise CaptureError("it is no cassette: it has no list of interactions", hint=_HINT)
    for number, entry in enumerate(listed):
        if not (isinstance(entry, dict) and isinstance(entry.get("request"), dict) and isinstance(entry.get("response"), dict)):
            raise CaptureError(f"interaction {number} has no request, or no response", hint=_HINT)
    return Recording(kind, content, document)


def is_cassette(head: bytes) -> bool:
    """Tell by its first bytes whether a file may be a cassette, where nobody said so."""
    return re.search(rb'(?m)^\s*(?:\{\s*)?"?(?:http_)?interactions"?\s*:|"interactions"\s*:\s*\[', head) is not None


def _from_json(content: bytes) -> Any:
    try:
        return json.loads(content.decode("utf-8", "surrogatepass"), object_pairs_hook=_table)
    except (ValueError, RecursionError) as error:
        # What Python says of a number of many digits speaks of Python.
        said = str(error)[:120] if "digits" not in str(error) else "a number has too many digits"
        said = "nested too deep" if isinstance(error, RecursionError) else said
        raise CaptureError(f"the text is no JSON ({said})", hint=_HINT) from error


def _table(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    table = dict(pairs)
    if len(table) < len(pairs):
        raise ValueError("a member stands there twice")
    return table


def _metadata(document: Any) -> Mapping[str, Any]:
    found = [document[name] for name in ("metadata", "docpact") if isinstance(document.get(name), dict)]
    return found[0] if found else {}


def _interaction(entry: Mapping[str, Any], number: int) -> Interaction:
    request, response = entry["request"], entry["response"]
    try:
        return Interaction(
            str(request.get("method") or ""),
            str(request.get("uri") or request.get("url") or ""),
            {**request, "headers": _headers(request.get("headers")), "body": _bytes(request.get("body"))},
            {**response, "headers": _headers(response.get("headers")), "body": _bytes(response.get("body"))},
        )
    except (ValueError, TypeError, AttributeError, RecursionError) as error:
        raise CaptureError(f"interaction {number} cannot be read ({error})", hint=_HINT) from error


def _headers(held: Any) -> dict[str, list[Any]]:
    if held is None:
        return {}
    if not isinstance(held, dict):
        raise TypeError("its headers are no table")
    return {name: value if isinstance(value, list) else [value] for name, value in held.items()}


def _bytes(held: Any) -> bytes | None:
    """Return the bytes of a body, in whatever way it is kept."""
    if held is None or isinstance(held, bytes):
        return held
    if isinstance(held, str):
        return held.encode("utf-8", "surrogatepass")
    if not isinstance(held, dict):
        raise TypeError("a body is neither a text nor a table")
    if held.get("type") == "json":
        return body_of(held)
    if held.get("type") == "binary":
        return bytes.fromhex(held["content"])
    if isinstance(held.get("base64_string"), str):
        return b64decode(held["base64_string"], validate=True)
    kept = held.get("string") if "string" in held else held.get("content")
    return _bytes(kept) if not isinstance(kept, dict) else None


def _entry(entry: Mapping[str, Any], one: Interaction, beside: Mapping[str, Any], *, text: bool) -> dict[str, Any]:
    """Put an interaction in the place of another one, kept in the same way."""
    request, response = dict(entry["request"]), dict(entry["response"])
    address = "uri" if "uri" in request or "url" not in request else "url"
    request = {**request, **one.request, address: one.uri if one.uri != request.get(address) else request[address]}
    response |= one.response
    for old, new in ((entry["request"], request), (entry["response"], response)):
        new["body"] = _kept(old.get("body"), new["body"], text=text)
        new["headers"] = _as_held(old.get("headers"), new["headers"])
        for name in ("body", "headers"):
            if name not in old:
                del new[name]
    return {name: {"request": request, "response": response}.get(name, beside.get(name)) for name in entry}


def _as_held(old: Any, new: Mapping[str, list[Any]]) -> Any:
    if not isinstance(old, dict):
        return old
    return {name: values if isinstance(old.get(name), list) else values[0] for name, values in new.items()}


def _kept(old: Any, body: bytes | None, *, text: bool) -> Any:
    """Keep a body as the one was kept in whose place it stands; one that did not change stays itself."""
    if body is None or body == _bytes(old):
        return old
    if not isinstance(old, dict):
        return _readable(body, text=text)
    if old.get("type") == "json":
        return {**old, "content": json.loads(body)}
    if old.get("type") == "binary":
        return {**old, "content": body.hex()}
    name = next((name for name in ("base64_string", "string", "content") if name in old), "string")
    put: Callable[[bytes], Any] = (lambda found: b64encode(found).decode()) if name == "base64_string" else _plain(text=text)
    return {**old, name: put(body)}


def _plain(*, text: bool) -> Callable[[bytes], Any]:
    return lambda body: _readable(body, text=text)


def _readable(body: bytes, *, text: bool) -> str | bytes:
    try:
        return body.decode()
    except UnicodeDecodeError:
        return body.decode("utf-8", "surrogateescape") if text else body
