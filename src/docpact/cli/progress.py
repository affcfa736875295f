"""Progress: a bar on the terminal while a long run goes on, gone when it ends; nothing at all anywhere else."""

from __future__ import annotations

import os
from time import monotonic
from typing import TYPE_CHECKING, TextIO

from docpact.captures import Judged
from docpact.inputs import is_capture
from docpact.report.columns import cut
from docpact.report.showing import count, place, told

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from typing import BinaryIO

    from docpact.captures import Read
    from docpact.cli import Streams
    from docpact.lines import Readable
    from docpact.tally import Tally

# Seconds until the bar appears, and between two drawings.
_AFTER = 1.0
_EVERY = 0.1
# Entries of folders that are looked at to know how much there is to read.
_MOST_ENTRIES = 20_000
# A smaller file is not looked into to know whether it is a capture.
_LARGE = 1 << 18
_WIDEST = 30
_LEAST = 8
_COLUMNS = 80
_CLEAR = "\r\x1b[K"
_UP = "\x1b[A\r\x1b[K"


class Bar:
    """The bar of one run on a terminal: how far it is, how fast, how long it takes, and the first thing that was found."""

    def __init__(self, inputs: Iterable[str], tally: Tally, streams: Streams) -> None:
        self._inputs = tuple(inputs)
        self._tally = tally
        self._stdin = streams.stdin
        self._screen = streams.stderr
        typed = "-" in self._inputs and streams.stdin.isatty()
        self._on = streams.stderr.isatty() and os.environ.get("TERM") != "dumb" and not typed
        self._begun = monotonic()
        self._due = self._begun + _AFTER
        self._total: int | None = None
        self._counted = False
        self._file: Readable | None = None
        self._size = 0
        self._before = 0
        self._judged = 0
        self._most = 0
        self._lines = 0

    @property
    def opened(self) -> Callable[[Readable], None] | None:
        """What is to be called with each file that is opened, or None where nobody looks."""
        return self._opened if self._on else None

    def watch(self, texts: Iterator[Read]) -> Iterator[Read]:
        """Return the texts, and draw between them where somebody looks."""
        return self._watched(texts) if self._on else texts

    def erase(self) -> None:
        """Leave the terminal as it was."""
        if self._lines:
            self._write(_CLEAR + _UP * (self._lines - 1))
            self._lines = 0
        self._on = False

    def _watched(self, texts: Iterator[Read]) -> Iterator[Read]:
        for thing in texts:
            if isinstance(thing, Judged):
                self._judged += thing.size
            yield thing
            if self._on and monotonic() >= self._due:
                self._draw()
                self._due = monotonic() + _EVERY

    def _opened(self, file: Readable) -> None:
        self._before += self._size
        self._file, self._size = file, _size_of(file)

    def _draw(self) -> None:
        if not self._counted:
            self._total, self._counted = _total(self._inputs, self._stdin), True
        try:
            columns = os.get_terminal_size(self._screen.fileno()).columns or _COLUMNS
        except (OSError, ValueError):
            columns = _COLUMNS
        # A terminal that is written to its last column may go on to the next line.
        room = columns - 1
        drawn = _CLEAR
        first = next(iter(self._tally.groups.values()), None)
        if first is not None and self._lines < 2:  # noqa: PLR2004 - the line of the first finding, and the bar
            found = first.first
            line = f"first  {found.severity} {found.rule}  {place(found.place)}  {told(found.message)}"
            drawn += f"{self._fitted(line, room)}\n"
        self._lines = 1 if first is None else 2
        self._write(drawn + self._line(monotonic() - self._begun, room))

    def _fitted(self, text: str, room: int) -> str:
        if (self._screen.encoding or "").lower().replace("-", "") == "utf8":
            return cut(text, room)
        return text.encode("ascii", "backslashreplace").decode()[:room]

    def _line(self, seconds: float, room: int) -> str:
        payloads = self._tally.payloads
        speed = f"{count(payloads, 'payload')}, {payloads / seconds if seconds else 0:,.0f}/s"
        done = self._done()
        if not done or not self._total:
            return _first_that_fits((f"{speed}  {_clock(seconds)}", speed, f"{payloads:,}"), room)
        share = min(done / self._total, 1.0)
        left = f"{_clock(seconds / share - seconds)} left"
        size = f"{_bytes(done)} of {_bytes(self._total)}"
        percent = f"{share:4.0%}"
        parts = (f"{percent}  {size}  {speed}  {left}", f"{percent}  {speed}  {left}", f"{percent}  {left}", percent)
        text = _first_that_fits(parts, room)
        wide = min(_WIDEST, room - len(text) - 4)
        if wide < _LEAST:
            return text
        full = int(wide * share)
        return f"[{'#' * full}{'.' * (wide - full)}]  {text}"

    def _done(self) -> int:
        """Return how many bytes were read here, and elsewhere by whoever says so; 0 where that is not known.

        It is never less than before, since an archive is read from its end.
        """
        try:
            at = self._file.tell() if self._file is not None else 0  # type: ignore[attr-defined] # what cannot tell raises
        except ValueError:
            # It is closed: it was read.
            at = self._size
        except (AttributeError, OSError):
            at = 0
        self._most = max(self._most, self._before + at + self._judged)
        return self._most

    def _write(self, text: str) -> None:
        try:
            self._screen.write(text)
            self._screen.flush()
        except (OSError, ValueError):
            # The terminal is gone; the run is not.
            self._on = False


def _first_that_fits(texts: tuple[str, ...], room: int) -> str:
    return next((text for text in texts if len(text) <= room), "")


def _clock(seconds: float) -> str:
    minutes, rest = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def _bytes(number: float) -> str:
    for unit in ("B", "KB", "MB", "GB"):
        if number < 1000:  # noqa: PLR2004 - of the next unit it is one
            return f"{number:.0f} B" if unit == "B" else f"{number:.1f} {unit}"
        number /= 1000
    return f"{number:,.1f} TB"


def _size_of(file: Readable | BinaryIO | TextIO) -> int:
    try:
        return os.fstat(file.fileno()).st_size  # type: ignore[union-attr] # what is no file of the system raises
    except (AttributeError, OSError, ValueError):
        return 0


def _total(inputs: tuple[str, ...], stdin: BinaryIO) -> int | None:
    """Return the bytes that are to be read, or None where they are not known or would take long to count."""
    sizes = [(_size_of(stdin) or None) if name == "-" else _size_at(name) for name in inputs]
    known = [size for size in sizes if size is not None]
    return sum(known) if len(known) == len(sizes) else None


def _size_at(name: str) -> int | None:
    try:
        if not os.path.isdir(name):
            return os.path.getsize(name) if os.path.isfile(name) else None
        total = entries = 0
        for folder, below, files in os.walk(name, followlinks=True):
            below[:] = [entry for entry in below if not entry.startswith(".")]
            entries += len(below) + len(files)
            if entries > _MOST_ENTRIES:
                return None
            paths = (os.path.join(folder, file) for file in files if not file.startswith("."))
            total += sum(size for path in paths if (size := os.path.getsize(path)) < _LARGE or is_capture(path))
    except OSError:
        return None
    return total
