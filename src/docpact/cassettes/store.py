"""The one door to vcrpy: cassettes that are searched by an index, read as they are played, and written whole or not at all."""

from __future__ import annotations

import collections
from pathlib import Path
from typing import TYPE_CHECKING, Any

from vcr import matchers
from vcr.cassette import Cassette
from vcr.errors import UnhandledHTTPRequestError
from vcr.matchers import requests_match
from vcr.persisters.filesystem import FilesystemPersister
from vcr.record_mode import RecordMode
from vcr.request import Request

from docpact.cassettes.tape import Interaction, Tape, name, named, written
from docpact.files import write_whole

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

# What a matcher compares, as far as an index can: everything else is asked of the few that the index finds.
_KEYS: dict[Any, Callable[[Request], Any]] = {
    matchers.method: lambda request: request.method,
    matchers.uri: lambda request: request.uri,
    matchers.scheme: lambda request: request.scheme,
    matchers.host: lambda request: request.host,
    matchers.port: lambda request: request.port,
    matchers.path: lambda request: request.path or "/",
    matchers.query: lambda request: tuple(request.query),
}
# What together is all of an address.
_WHOLE = {matchers.method, matchers.scheme, matchers.host, matchers.port, matchers.path, matchers.query}
_NONE: list[int] = []


class Interactions(collections.abc.MutableSequence[tuple[Request, dict[str, Any]]]):
    """The interactions of a cassette as vcrpy wants them, each made when it is asked for."""

    def __init__(self, tape: Tape | None = None) -> None:
        self._tape = tape
        self._held: list[Any] = [None] * (len(tape) if tape else 0)

    def __len__(self) -> int:
        return len(self._held)

    def __getitem__(self, at: Any) -> Any:
        if isinstance(at, slice):
            return [self[number] for number in range(*at.indices(len(self)))]
        held = self._held[at]
        return self._made(at % len(self._held)) if held is None and self._tape is not None else held

    def __setitem__(self, at: Any, value: Any) -> None:
        self._held[at] = value

    def __delitem__(self, at: Any) -> None:
        raise TypeError("an interaction is not taken out of a cassette")

    def insert(self, index: int, value: Any) -> None:
        """Add an interaction at the end."""
        if index < len(self._held):
            raise TypeError("an interaction is added at the end of a cassette")
        self._held.append(value)

    def _made(self, at: int) -> tuple[Request, dict[str, Any]]:
        if self._tape is None:
            raise IndexError(at)
        one = self._tape.interaction(at)
        response = {**one.response, "body": {"string": one.response["body"] or b""}}
        return Request(one.method, one.uri, one.request["body"], one.request["headers"]), response


class Player(Cassette):  # type: ignore[misc] # vcrpy has no types
    """A cassette of vcrpy that finds an interaction by an index, whatever its length."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._keyed = tuple(_KEYS[how] for how in self._match_on if how in _KEYS)
        self._asked = tuple(how for how in self._match_on if how not in _KEYS)
        self._names: dict[bytes, list[int]] = {}
        self._index: dict[tuple[Any, ...], list[int]] | None = {}
        self._tape_names: list[bytes] = []
        # Where in a list of the index the first one stands that was not played.
        self._next: dict[int, int] = {}

    def append(self, request: Request, response: dict[str, Any]) -> None:
        """Add an interaction, as vcrpy does, and to the index."""
        before = len(self.data)
        super().append(request, response)
        if len(self.data) > before:
            self._by_key().setdefault(self._key(self.data[before][0]), []).append(before)
            self._names = {}

    def rewind(self) -> None:
        """Play from the beginning again."""
        super().rewind()
        self._next.clear()

    def can_play_response_for(self, request: Request) -> bool:
        """Tell whether an answer to a request is there that was not played."""
        if self.record_mode == RecordMode.ALL or not (self.rewound or self.allow_playback_repeats):
            return False
        asked = self._before_record_request(request)
        return bool(asked) and self._found(asked) is not None

    def play_response(self, request: Request) -> dict[str, Any]:
        """Return the next answer to a request; raises as vcrpy does where there is none."""
        asked = self._before_record_request(request)
        at = self._found(asked)
        if at is None:
            raise UnhandledHTTPRequestError(f"The cassette ({self._path!r}) holds no further answer to {request!r}")
        stored, response = self.data[at]
        if self.play_counts[at] == 0 and at < self._loaded_count:
            self._played_interactions.append((stored, response))
        self.play_counts[at] += 1
        return self._before_record_response(response)  # type: ignore[no-any-return] # a response of vcrpy is a dict

    def __contains__(self, request: Request) -> bool:
        return self._found(self._before_record_request(request)) is not None

    def _responses(self, request: Request) -> Iterator[tuple[int, dict[str, Any]]]:
        asked = self._before_record_request(request)
        for at in self._fitting(asked):
            stored, response = self.data[at]
            if requests_match(asked, stored, self._asked):
                yield at, response

    def _found(self, asked: Request) -> int | None:
        """Find the first interaction that was not played and fits; what was played is not looked at again."""
        numbers = self._fitting(asked)
        first = 0 if self.allow_playback_repeats else self._next.get(id(numbers), 0)
        while first < len(numbers) and self.play_counts[numbers[first]] and not self.allow_playback_repeats:
            first += 1
        self._next[id(numbers)] = first
        for at in numbers[first:] if self._asked else numbers[first : first + 1]:
            if (self.allow_playback_repeats or not self.play_counts[at]) and (
                not self._asked or requests_match(asked, self.data[at][0], self._asked)
            ):
                return at
        return None

    def _fitting(self, asked: Request) -> list[int]:
        """Return the interactions whose method and address fit, in their order."""
        # The same text is the same address; that others are too, which differ in a port or in the order of a query, is looked
        # up in the index, which takes as long to build as a cassette to read.
        exact = self._names.get(name(asked.method, asked.uri))
        return exact if exact is not None else self._by_key().get(self._key(asked), _NONE)

    def _by_key(self) -> dict[tuple[Any, ...], list[int]]:
        if self._index is None:
            self._index = {}
            keys: dict[bytes, tuple[Any, ...]] = {}
            for number, text in enumerate(self._tape_names):
                if text not in keys:
                    keys[text] = self._key(Request(*named(text), None, {}))
                self._index.setdefault(keys[text], []).append(number)
        return self._index

    def _key(self, request: Request) -> tuple[Any, ...]:
        return tuple(key(request) for key in self._keyed)

    def _load(self) -> None:
        path = Path(self._path)
        tape = Tape(path.read_bytes()) if path.is_file() else None
        if tape is None or not tape.is_tape:
            # Another tool's cassette, or none: vcrpy reads it in its way.
            super()._load()
            return
        self.data = Interactions(tape)
        self._index, self._tape_names = None, tape.names
        # Where addresses have queries, or not all of them is compared, different texts may be the same address.
        if set(self._match_on) >= _WHOLE and not any(b"?" in text for text in tape.names):
            for number, text in enumerate(tape.names):
                self._names.setdefault(text, []).append(number)
        self._metadata = tape.metadata
        self._old_interactions = self.data
        self._loaded_count = len(self.data)
        self.rewound = True


class Persister:
    """Write a cassette whole or not at all; where it was is the old one, until the new one takes its place."""

    @staticmethod
    def load_cassette(path: str, serializer: Any) -> Any:
        """Load another tool's cassette, as vcrpy does."""
        return FilesystemPersister.load_cassette(path, serializer)

    @staticmethod
    def save_cassette(path: str, held: dict[str, Any], serializer: Any) -> None:
        """Save a cassette as a tape."""
        del serializer
        pairs = zip(held["requests"], held["responses"], strict=True)
        write_whole(Path(path), written((_interaction(*pair) for pair in pairs), held.get("metadata", {})))


def _interaction(request: Request, response: dict[str, Any]) -> Interaction:
    headers = {name: value if isinstance(value, list) else [value] for name, value in request.headers.items()}
    body = request.body_bytes
    return Interaction(
        request.method,
        request.uri,
        {"headers": headers, "body": body},
        {**response, "body": (response.get("body") or {}).get("string")},
    )
