"""The command line: `docpact VERB …`, one module a verb, one exit code a run."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, BinaryIO, TextIO

from docpact.errors import DocpactError, Exit
from docpact.redact import printable, without_secrets

if TYPE_CHECKING:
    from collections.abc import Sequence

VERBS = {
    "derive": "turn a documentation page into a contract",
    "validate": "judge captured payloads by a contract",
    "explain": "say what a rule or a member means, and which page lines say so",
}

_REPORT_TO = "https://github.com/docpact/docpact/issues"


@dataclass(frozen=True)
class Streams:
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
    streams = Streams(stdin or sys.stdin.buffer, stdout or sys.stdout, stderr or sys.stderr)
    arguments = list(sys.argv[1:] if argv is None else argv)
    try:
        return _run(arguments, streams)
    except DocpactError as error:
        streams.stderr.write(f"docpact: {printable(without_secrets(error.message))}\n")
        streams.stderr.write(f"hint: {printable(error.hint)}\n")
        return error.exit_code
    except KeyboardInterrupt:
        streams.stderr.write("docpact: interrupted\n")
        return Exit.INTERRUPTED
    except BrokenPipeError:
        # The reader of our output has gone (`docpact … | head`): nothing is wrong, and nothing more can be said.
        _discard(streams.stdout)
        return Exit.CONFORMS
    except Exception:  # noqa: BLE001 - our own bug, whatever it is: shown whole, with its own exit code
        import traceback

        traceback.print_exc(file=streams.stderr)
        streams.stderr.write(f"docpact: this is a bug of docpact; please report it with the lines above: {_REPORT_TO}\n")
        return Exit.INTERNAL


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
