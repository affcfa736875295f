"""Cassettes and vcrpy: what is read for it as it is asked for, and what it records, written whole or not at all."""

from __future__ import annotations

import collections
from pathlib import Path
from typing import TYPE_CHECKING, Any

from vcr.persisters.filesystem import CassetteNotFoundError, FilesystemPersister
from vcr.request import Request

from docpact.cassettes.tape import Interaction, Tape, written
from docpact.errors import CaptureError
from docpact.files import write_whole

if TYPE_CHECKING:
    import os
    from collections.abc import Callable, Iterable, Mapping

    # What makes the text of a cassette of its interactions and its metadata; it may refuse to.
    Write = Callable[[list[Interaction], Mapping[str, Any]], Iterable[bytes]]

_LARGEST = 1 << 30
# Where an answer carries the time of its recording through vcrpy, which knows nothing of times.
_AT = "recorded_at"


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
        return pair(self._tape.interaction(at))


def pair(one: Interaction) -> tuple[Request, dict[str, Any]]:
    """Return an interaction as vcrpy holds it."""
    response = {**one.response, "body": {"string": one.response["body"] or b""}, **({_AT: one.at} if one.at else {})}
    return Request(one.method, one.uri, one.request["body"], one.request["headers"]), response


def tape_at(path: str | os.PathLike[str]) -> Tape | None:
    """Read the tape at a path; None where there is none, or another tool's.

    Raises `CaptureError` for a damaged one.
    """
    file = Path(path)
    if not file.is_file():
        return None
    if file.stat().st_size > _LARGEST:
        raise CaptureError(f"{file} is larger than {_LARGEST:,} bytes", hint="record its tasks into several cassettes")
    try:
        tape = Tape(file.read_bytes())
    except CaptureError as error:
        raise CaptureError(f"{file}: {error.message}", hint=error.hint) from error
    return tape if tape.is_tape else None


class Persister:
    """Write a cassette whole or not at all; where it was is the old one, until the new one takes its place.

    `write` makes its text, and may refuse to.
    """

    def __init__(self, write: Write = written) -> None:
        self._write = write

    def load_cassette(self, path: str, serializer: Any) -> Any:
        """Load a cassette for vcrpy, ours or another tool's; raises `CaptureError` for what is none.

        What vcrpy cannot read it takes for an empty cassette, and writes over it.
        """
        tape = tape_at(path)
        if tape is not None:
            pairs = list(Interactions(tape))
            return [request for request, _ in pairs], [response for _, response in pairs], tape.metadata
        try:
            return FilesystemPersister.load_cassette(path, serializer)
        except CassetteNotFoundError:
            raise
        except Exception as error:  # whatever it is: the file is there, and cannot be read
            what = (str(error).strip() or type(error).__name__).splitlines()[0]
            raise CaptureError(
                f"{path} is no cassette: {what}", hint="take it from the repository again, or delete it"
            ) from error

    def save_cassette(self, path: str, held: dict[str, Any], serializer: Any) -> None:
        """Save a cassette as a tape; raises `UsageError` where it cannot be written, and as `write` does."""
        del serializer
        pairs = zip(held["requests"], held["responses"], strict=True)
        write_whole(Path(path), self._write([_interaction(*pair) for pair in pairs], held.get("metadata", {})))


def _interaction(request: Request, response: dict[str, Any]) -> Interaction:
    kept = {key: value for key, value in response.items() if key != _AT}
    return Interaction(
        request.method,
        request.uri,
        {"headers": _listed(request.headers), "body": request.body_bytes},
        {**kept, "headers": _listed(response.get("headers") or {}), "body": _body(response)},
        str(response.get(_AT) or ""),
    )


def _body(response: dict[str, Any]) -> bytes | None:
    body = (response.get("body") or {}).get("string")
    return body.encode() if isinstance(body, str) else body


def _listed(headers: Mapping[str, Any]) -> dict[str, list[str]]:
    """Return headers as text, each with a list of values."""
    listed = {name: value if isinstance(value, list | tuple) else [value] for name, value in headers.items()}
    return {
        name: [one.decode("latin-1") if isinstance(one, bytes) else str(one) for one in held] for name, held in listed.items()
    }
