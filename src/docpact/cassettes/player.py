"""Playing and recording: vcrpy, with cassettes that are searched by an index and read as they are played."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from vcr import VCR, matchers
from vcr.cassette import Cassette, CassetteContextDecorator
from vcr.errors import UnhandledHTTPRequestError
from vcr.matchers import requests_match
from vcr.record_mode import RecordMode
from vcr.request import Request

from docpact.cassettes.store import Interactions, Persister, pair, tape_at
from docpact.cassettes.tape import name, named

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

    from docpact.cassettes.store import Write
    from docpact.cassettes.tape import Interaction

# What a matcher compares, as far as an index can: everything else is asked of the few that the index finds.
_KEYS: dict[Any, Callable[[Request], Any]] = {
    matchers.method: lambda request: request.method,
    matchers.uri: lambda request: request.uri.replace("/", ""),
    matchers.scheme: lambda request: request.scheme,
    matchers.host: lambda request: request.host,
    matchers.port: lambda request: request.port,
    matchers.path: lambda request: request.path or "/",
    matchers.query: lambda request: tuple(request.query),
}
# An address with and without a slash after its host is one: what the index finds is compared once more.
_ROUGH = frozenset({matchers.uri})
# What together is all of an address.
_WHOLE = frozenset(_KEYS) - _ROUGH
# Addresses of which different texts are different addresses: a host in small letters, no port that goes without saying, a path,
# and neither query nor what else is read in it.
_PLAIN = re.compile(rb'"[^"\\]*", "uri": "https?://[a-z0-9.-]+(?::(?!0|80/|443/)\d+)?/[^"\\?#;]*",')
_HOOKS = ("before_record_request", "before_record_response", "after_load_interaction", "filter_sensitive_data")


class _Row:
    """The interactions that an index finds by one key, in their order, and how many of the first are known to be played."""

    __slots__ = ("numbers", "played")

    def __init__(self) -> None:
        self.numbers: list[int] = []
        self.played = 0


_NONE = _Row()


class Player(Cassette):  # type: ignore[misc] # vcrpy has no types
    """A cassette of vcrpy that finds an interaction by an index, whatever its length."""

    def __init__(self, path: str, **options: Any) -> None:
        # A hook has to see each interaction when it is loaded, so that none is left for later.
        self._is_hooked = any(options.get(hook) for hook in _HOOKS)
        super().__init__(path, **{**options, "persister": options.get("persister") or Persister()})
        self._keyed = tuple(_KEYS[how] for how in self._match_on if how in _KEYS)
        self._asked = tuple(how for how in self._match_on if how not in _KEYS or how in _ROUGH)
        self._names: dict[bytes, _Row] | None = None
        self._tape_names: list[bytes] = []
        self._index: dict[tuple[Any, ...], _Row] | None = {}

    def append(self, request: Request, response: dict[str, Any]) -> None:
        """Add an interaction, as vcrpy does, and to the index."""
        before = len(self.data)
        super().append(request, response)
        if len(self.data) > before:
            self._by_key().setdefault(self._key(self.data[before][0]), _Row()).numbers.append(before)
            self._names = None

    def rewind(self) -> None:
        """Play from the beginning again."""
        super().rewind()
        for row in [*(self._names or {}).values(), *(self._index or {}).values()]:
            row.played = 0

    def can_play_response_for(self, request: Request) -> bool:
        """Tell whether an answer to a request is there that was not played."""
        if self.record_mode == RecordMode.ALL or not (self.rewound or self.allow_playback_repeats):
            return False
        asked = self._before_record_request(request)
        return bool(asked) and self._found(asked) is not None

    def play_response(self, request: Request) -> dict[str, Any]:
        """Return the next answer to a request; raises as vcrpy does where there is none."""
        at = self._found(self._before_record_request(request))
        if at is None:
            raise UnhandledHTTPRequestError(f"The cassette ({self._path!r}) holds no further answer to {request!r}")
        stored, response = self.data[at]
        if self.play_counts[at] == 0 and at < self._loaded_count:
            self._played_interactions.append((stored, response))
        self.play_counts[at] += 1
        return response  # type: ignore[no-any-return] # a response of vcrpy is a dict

    def __contains__(self, request: Request) -> bool:
        return self._found(self._before_record_request(request)) is not None

    def _responses(self, request: Request) -> Iterator[tuple[int, dict[str, Any]]]:
        asked = self._before_record_request(request)
        for at in self._fitting(asked).numbers:
            stored, response = self.data[at]
            if requests_match(asked, stored, self._asked):
                yield at, response

    def _new_interactions(self) -> list[tuple[Request, dict[str, Any]]]:
        """Return what was recorded now, and answers no request that the file has an answer to."""
        if self._is_hooked:
            # Hooks have changed what was loaded, and vcrpy compares with what stands in the file.
            return super()._new_interactions()  # type: ignore[no-any-return] # vcrpy has no types
        return [
            (request, response)
            for request, response in self.data[self._loaded_count :]
            if not any(at < self._loaded_count and self._fits(request, at) for at in self._fitting(request).numbers)
        ]

    def _found(self, asked: Request) -> int | None:
        """Find the first interaction that was not played and fits; what was played is not looked at again."""
        row = self._fitting(asked)
        if self.allow_playback_repeats:
            return next((at for at in row.numbers if self._fits(asked, at)), None)
        while row.played < len(row.numbers) and self.play_counts[row.numbers[row.played]]:
            row.played += 1
        for position in range(row.played, len(row.numbers)):
            at = row.numbers[position]
            if not self.play_counts[at] and self._fits(asked, at):
                return at
        return None

    def _fits(self, asked: Request, at: int) -> bool:
        return not self._asked or requests_match(asked, self.data[at][0], self._asked)

    def _fitting(self, asked: Request) -> _Row:
        """Return the interactions whose method and address fit, in their order."""
        if self._names is not None:
            text = name(asked.method, asked.uri)
            if _PLAIN.fullmatch(text):
                return self._names.get(text, _NONE)
        return self._by_key().get(self._key(asked), _NONE)

    def _by_key(self) -> dict[tuple[Any, ...], _Row]:
        if self._index is None:
            self._index = {}
            keys: dict[bytes, tuple[Any, ...]] = {}
            for number, text in enumerate(self._tape_names):
                if text not in keys:
                    keys[text] = self._key(Request(*named(text), None, {}))
                self._index.setdefault(keys[text], _Row()).numbers.append(number)
        return self._index

    def _key(self, request: Request) -> tuple[Any, ...]:
        return tuple(key(request) for key in self._keyed)

    def _load(self) -> None:
        tape = tape_at(self._path) if isinstance(self._persister, Persister) and not self._is_hooked else None
        if tape is None:
            # Another tool's cassette, or none, or one that hooks have to see: vcrpy reads it in its way.
            super()._load()
            return
        self.data, self._old_interactions = Interactions(tape), Interactions(tape)
        self._index, self._tape_names = None, tape.names
        if set(self._match_on) >= _WHOLE and all(map(_PLAIN.fullmatch, tape.names)):
            # The same text is the same address, and another one is another: the index, which takes as long to build as such a
            # cassette to load, need not be there.
            self._names = {}
            for number, text in enumerate(tape.names):
                self._names.setdefault(text, _Row()).numbers.append(number)
        self._metadata = tape.metadata
        self._loaded_count = len(self.data)
        self.rewound = True


def record(path: Path, interactions: Iterable[Interaction], write: Write) -> None:
    """Record exchanges into the cassette at a path: they take the place of those with the same method and address.

    Raises as `write` does, which makes the text, and `UsageError` where it cannot be written.
    """
    how = [*_WHOLE]
    cassette = Player.load(path=str(path), record_mode=RecordMode.ALL, match_on=how, persister=Persister(write))
    for one in interactions:
        cassette.append(*pair(one))
    cassette._save()  # noqa: SLF001 - what vcrpy calls when a cassette is closed


class Recorder(VCR):  # type: ignore[misc] # vcrpy has no types
    """The `VCR` of vcrpy, whose cassettes are tapes; takes what that takes, and is used as that is."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.persister = Persister()

    def get_merged_config(self, **options: Any) -> dict[str, Any]:
        """Return the options of one cassette; a hook that does nothing is left out, so that nothing is read for it."""
        merged: dict[str, Any] = super().get_merged_config(**options)

        def given(*names: str) -> bool:
            return any(options.get(name, getattr(self, name, None)) for name in names)

        if not given(*_OF_REQUESTS):
            merged["before_record_request"] = None
        if not given("before_record_response", "decode_compressed_response"):
            merged["before_record_response"] = None
        return merged

    def _use_cassette(self, with_current_defaults: bool = False, **options: Any) -> CassetteContextDecorator:  # noqa: FBT001, FBT002 - as vcrpy calls it
        if with_current_defaults:
            return Player.use(**self.get_merged_config(**options))
        return Player.use_arg_getter(lambda: self.get_merged_config(**options))


_OF_REQUESTS = (
    "before_record", "before_record_request", "filter_headers", "filter_query_parameters", "filter_post_data_parameters",
    "ignore_hosts", "ignore_localhost",
)  # fmt: skip
