"""The journal of a run: what was judged, line by line as it is handed on, so that a run that was cut off can go on."""

from __future__ import annotations

import json
import os
import sys
from collections import deque
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple, Self

from docpact.captures import Apart
from docpact.errors import UsageError
from docpact.redact import printable, safe_source
from docpact.scale import entries
from docpact.scale.pieces import Piece

if sys.platform != "win32":
    from fcntl import LOCK_EX, LOCK_NB, flock

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path
    from types import TracebackType
    from typing import BinaryIO

    from docpact.scale.batches import Part
    from docpact.scale.pieces import Outcome, Work

_FORM = 1
_HEAD = b'{"docpact-journal":'
_AGAIN = b'{"again":'
# Sources that are looked at ahead, where some were added, changed or taken away since.
_MOST_AHEAD = 1000


class _Stamp(NamedTuple):
    """What tells one state of a source from another one: its name, size, and when it was changed, in ns since 1970."""

    source: str
    size: int
    modified: int


class Journal:
    """A file of lines of JSON: what the run is about, and then what came of each piece, in the order of the input.

    `about` says what the verdicts depend on; raises `UsageError` where the file is of another run, is no journal, is written
    by somebody else just now, or cannot be written. `tell` is handed a sentence where a source has changed since.
    """

    def __init__(self, path: Path, about: Mapping[str, Any], tell: Callable[[str], None]) -> None:
        self._path = path
        self._tell = tell
        self._file = _opened(path)
        self._told = ""
        self._appends = False
        self._stamps: dict[str, _Stamp] = {}
        self._runs: list[_Run] = []
        try:
            _hold(self._file, path)
            self._begin(about)
        except BaseException:
            self._file.close()
            raise

    def __enter__(self) -> Self:
        """Return it."""
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """Close the file; it stays, and a further run gives its report at once."""
        self._file.close()

    def find(self, work: Work) -> Outcome | None:
        """Return what came of a piece, or of a batch of one source, where that is known and the source is as it was."""
        source = _source(work)
        stamp = _stamp(source)
        if stamp is None:
            return None
        for run in self._runs:
            entry = run.find(stamp, entries.span(work))
            if entry is not None:
                # Where somebody has written into it, it is judged again.
                with suppress(KeyError, TypeError, ValueError):
                    return entries.outcome_of(work, entry)
        self._stamps[source] = stamp
        if self._told != source and any(run.knows_other(stamp) for run in self._runs):
            self._told = source
            name = printable(safe_source(source))
            self._tell(f"{name} has changed since {printable(str(self._path))} was written: it is judged again")
        return None

    def note(self, work: Work, outcome: Outcome) -> None:
        """Write down what came of a piece or of a batch; what could not be judged is not written, and is tried again."""
        if isinstance(work, Piece):
            if outcome.lost is None:
                self._append(self._line(work.source, entries.of_piece(work, outcome)))
            return
        lines = []
        for part in outcome.parts:
            if entries.can_be_written(part):
                lines.append(self._line(part.thing.source, entries.of_part(part)))
            if part.ended and _is_last(part):
                self._stamps.pop(part.thing.source, None)
        self._append(b"".join(lines))

    def _line(self, source: str, entry: dict[str, Any]) -> bytes:
        stamp = self._stamps.get(source)
        return b"" if stamp is None else _json({"of": stamp, "name": safe_source(source), **entry})

    def _append(self, lines: bytes) -> None:
        if not lines or self._file.closed:
            return
        if self._runs and not self._appends:
            lines = _json({"again": len(self._runs)}) + lines
        self._appends = True
        end = self._file.seek(0, os.SEEK_END)
        try:
            left = memoryview(lines)
            while left:
                left = left[self._file.write(left) :]
        except OSError as error:
            self._file.truncate(end)
            self._file.close()
            self._runs.clear()
            self._tell(
                f"{printable(str(self._path))} cannot be written any more ({error.strerror}): the run goes on without it"
            )

    def _begin(self, about: Mapping[str, Any]) -> None:
        """Write what the run is about into a new journal, or hold it against what an old one says."""
        with open(self._path, "rb") as file:
            head = file.readline()
        if not head.endswith(b"\n") and _HEAD.startswith(head[: len(_HEAD)]):
            # New, or cut off within its first line.
            self._file.truncate(0)
            self._file.seek(0)
            try:
                self._file.write(_json({"docpact-journal": _FORM, **about}))
            except OSError as error:
                raise _cannot(self._path, error) from error
            return
        self._refuse_other(head, about)
        starts, end = [], 0
        with open(self._path, "rb") as file:
            for line in file:
                if not line.endswith(b"\n"):
                    break
                end += len(line)
                if line.startswith((_HEAD, _AGAIN)):
                    starts.append(end)
        self._file.truncate(end)
        self._runs = [_Run(self._path, *ends) for ends in zip(starts, [*starts[1:], end], strict=True)]

    def _refuse_other(self, head: bytes, about: Mapping[str, Any]) -> None:
        try:
            said = json.loads(head) if head.startswith(_HEAD) else None
        except ValueError:
            said = None
        if said is None:
            hint = "name a file that is not there yet: docpact makes it"
            raise UsageError(f"{self._path} is no journal of docpact", hint=hint)
        wanted = json.loads(_json({"docpact-journal": _FORM, **about}))
        other = [name for name in {**wanted, **said} if wanted.get(name) != said.get(name)]
        if other:
            names = " and ".join([", ".join(other[:-1]), other[-1]] if len(other) > 1 else other)
            raise UsageError(
                f"{self._path} is the journal of another run: {names} differ{'s' if len(other) == 1 else ''}",
                hint="run as it was run then, or name another file to begin anew",
            )


@dataclass(slots=True)
class _Met:
    """A source as a run met it, and where the entries of its parts stand."""

    stamp: _Stamp
    parts: dict[str, int] = field(default_factory=dict)


class _Run:
    """What one run wrote into the journal, read once from its beginning, a little ahead where the sources have changed."""

    def __init__(self, path: Path, start: int, end: int) -> None:
        self._path = path
        self._at = start
        self._end = end
        self._ahead: deque[_Met] = deque()
        self._by_stamp: dict[_Stamp, deque[_Met]] = {}
        self._last: tuple[int, Mapping[str, Any], int] = (-1, {}, 0)
        self._states: dict[str, _Stamp] = {}

    def find(self, stamp: _Stamp, span: str) -> Mapping[str, Any] | None:
        """Return the entry of a part of a source; those before it have had their turn."""
        while (met := self._met(stamp, span)) is None:
            if len(self._ahead) > _MOST_AHEAD or not self._scan():
                return None
        while self._ahead[0] is not met:
            self._pass()
        return self._entry(met.parts.pop(span))[0]

    def _met(self, stamp: _Stamp, span: str) -> _Met | None:
        return next((met for met in self._by_stamp.get(stamp, ()) if span in met.parts), None)

    def _pass(self) -> None:
        stamp = self._ahead.popleft().stamp
        others = self._by_stamp[stamp]
        others.popleft()
        if not others:
            del self._by_stamp[stamp]
            self._states.pop(stamp.source, None)

    def knows_other(self, stamp: _Stamp) -> bool:
        """Tell whether this run met the source in another state."""
        return self._states.get(stamp.source, stamp) != stamp

    def _scan(self) -> bool:
        if self._at >= self._end:
            return False
        offset = self._at
        entry, self._at = self._entry(offset)
        try:
            stamp, span = _Stamp(*entry["of"]), entries.span_of(entry)
        except (KeyError, TypeError):
            # A mark between two runs, or what somebody has written into it.
            return True
        if not self._ahead or self._ahead[-1].stamp != stamp or span in self._ahead[-1].parts:
            # A source that was named twice is met twice.
            self._ahead.append(_Met(stamp))
            self._by_stamp.setdefault(stamp, deque()).append(self._ahead[-1])
            self._states[stamp.source] = stamp
        self._ahead[-1].parts[span] = offset
        return True

    def _entry(self, offset: int) -> tuple[Mapping[str, Any], int]:
        """Return the entry that begins at an offset, empty where it is none, and where the next one begins."""
        if self._last[0] != offset:
            with open(self._path, "rb") as file:
                file.seek(offset)
                line = file.readline()
            try:
                entry = json.loads(line)
            except ValueError:
                entry = None
            self._last = (offset, entry if isinstance(entry, dict) else {}, offset + len(line))
        return self._last[1:]


def _is_last(part: Part) -> bool:
    share = part.thing.share if isinstance(part.thing, Apart) else None
    return share is None or share.nth + 1 == share.of


def _source(work: Work) -> str:
    return work.source if isinstance(work, Piece) else work.things[0].source


def _stamp(source: str) -> _Stamp | None:
    """Return the state of a source, or None where it has none that could be compared later."""
    try:
        state = os.stat(source)
    except (OSError, ValueError):
        return None
    return _Stamp(entries.digest(source)[:16], state.st_size, state.st_mtime_ns)


def _json(value: object) -> bytes:
    return json.dumps(value, separators=(",", ":"), default=dict).encode() + b"\n"


def _opened(path: Path) -> BinaryIO:
    try:
        if path.exists() and not path.is_file():
            raise UsageError(f"{path} is no file that a journal can be written to", hint="name a file for the journal")
        path.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        os.chmod(path, 0o600)
    except OSError as error:
        raise _cannot(path, error) from error
    return open(handle, "r+b", buffering=0)


def _hold(file: BinaryIO, path: Path) -> None:
    """Keep other runs from writing into the same journal, where the system can do that."""
    if sys.platform == "win32":
        return
    try:
        flock(file, LOCK_EX | LOCK_NB)
    except BlockingIOError as error:
        hint = "wait for it, or name another file"
        raise UsageError(f"{path} is being written by another run", hint=hint) from error
    except OSError:
        # Not every file system knows locks.
        return


def _cannot(path: Path, error: OSError) -> UsageError:
    return UsageError(f"cannot write {path}: {error.strerror or error}", hint="name a file in a folder that can be written")
