"""The command line: `docpact VERB …`, one module a verb, one exit code a run."""

from __future__ import annotations

import errno
import io
import sys
from contextlib import suppress
from importlib import import_module
from typing import TYPE_CHECKING, BinaryIO, NamedTuple, TextIO

from docpact.errors import DocpactError, Exit
from docpact.redact import printable, without_secrets

if TYPE_CHECKING:
    from collections.abc import Sequence

VERBS = {
    "derive": "turn a documentation page into a contract",
    "validate": "judge captured payloads by a contract",
    "generate": "make payloads, stories, covers and faults for tests",
    "mock": "serve a relay on this machine, healthy or faulty as you like",
    "check": "hold a live endpoint to a contract, and say what was seen",
    "cassette": "keep recorded exchanges that can be trusted: free of secrets, and true to a contract",
    "diff": "say what changed between two contracts, whom it breaks, and show it with a payload",
    "drift": "say what captures hold that the page does not say, and what they never hold",
    "coverage": "say how much of what a contract names captures, cassettes or fixtures exercise",
    "explain": "say what a rule or a member means, and which page lines say so",
}

_REPORT_TO = "https://github.com/docpact/docpact/issues"


class Streams(NamedTuple):
    """Where a command reads and writes; a test hands in its own."""

    stdin: BinaryIO
    stdout: TextIO
    stderr: TextIO


def main(
    argv: Sequence[str] | None = None,
    stdin: BinaryIO | None = None,
    stdout: TextIO | None = None,
    stderr: TextIO | None = None,
) -> int:
    """Run one command and return its exit code (see `errors.Exit`)."""
    for stream in (sys.stdout, sys.stderr):
        # A terminal that cannot show Chinese shows escapes instead of a traceback.
        if stdout is None and hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    streams = Streams(
        stdin or (io.BufferedReader(_Closed("input")) if sys.stdin is None else sys.stdin.buffer),
        stdout or sys.stdout or io.TextIOWrapper(_Closed("output"), encoding="utf-8", write_through=True),
        # Without a place to complain to, complaints are lost; the exit code still tells.
        stderr or sys.stderr or io.StringIO(),
    )
    arguments = list(sys.argv[1:] if argv is None else argv)
    try:
        return _run(arguments, streams)
    except DocpactError as error:
        _complain(streams, printable(without_secrets(error.message)), printable(without_secrets(error.hint)))
        return error.exit_code
    except KeyboardInterrupt:
        _complain(streams, "interrupted")
        return Exit.INTERRUPTED
    except BrokenPipeError:
        # The reader of our output has gone (`docpact … | head`): nothing is wrong, and nothing more can be said.
        _discard(streams.stdout)
        return Exit.CONFORMS
    except OSError as error:
        # A file that is read has been told of by now: this is the place that we write to, or standard input.
        _discard(streams.stdout)
        where = f"{printable(str(error.filename))}: " if error.filename else ""
        _complain(streams, f"cannot go on: {where}{error.strerror or error}", "look at where it comes from and goes to")
        return Exit.USAGE
    except Exception:  # noqa: BLE001 - our own bug, whatever it is: shown whole, with its own exit code
        import traceback

        with suppress(OSError):
            traceback.print_exc(file=streams.stderr)
        _complain(streams, f"this is a bug of docpact; please report it with the lines above: {_REPORT_TO}")
        return Exit.INTERNAL


class _Closed(io.RawIOBase):
    """What stands for a standard stream that the caller has closed: to use it is an error, to leave it alone is none."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self._error = OSError(errno.EBADF, f"standard {name} is closed")

    def readable(self) -> bool:
        return True

    def writable(self) -> bool:
        return True

    def readinto(self, _: object, /) -> int:
        raise self._error

    def write(self, _: object, /) -> int:
        raise self._error


def _complain(streams: Streams, message: str, hint: str = "") -> None:
    """Say what is wrong, as far as there is anybody to say it to."""
    try:
        streams.stderr.write(f"docpact: {message}\n" + (f"hint: {hint}\n" if hint else ""))
        streams.stderr.flush()
    except OSError:
        # Python would try once more at its end, and end with an exit code of its own.
        _discard(streams.stderr)


def _run(arguments: list[str], streams: Streams) -> int:
    from docpact.cli.options import parse

    options = parse(arguments, streams)
    if isinstance(options, int):
        return options
    verb = import_module(f"docpact.cli.{options.verb}")
    code: int = verb.run(options, streams)
    streams.stdout.flush()
    return code


def _discard(stream: TextIO) -> None:
    import os

    try:
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
    except (OSError, ValueError):
        return
