"""`docpact cassette scrub`: take secrets out of cassettes that lie in files, and out of nothing else."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from docpact.captures import Skipped, Unreadable
from docpact.cli.cassette import files
from docpact.errors import CaptureError, Exit, UsageError
from docpact.redact import printable, safe_source

if TYPE_CHECKING:
    import argparse

    from docpact.cassettes.cleaning import Cleaned
    from docpact.cli import Streams

_EXAMPLES = """examples:
  docpact cassette scrub tests/cassettes/
  docpact cassette scrub tests/cassettes/ --check
  docpact cassette scrub poll.yaml --token-env RELAY_TOKEN

Files are changed in place, each whole or not at all, and stay in their format. What was taken out is listed by kind and number,
and never shown. Exit codes: 0 clean now (with --check: clean already), 1 something is left (with --check: to be scrubbed),
2 wrong usage, 3 unreadable."""

_MOST_LEFT = 5


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    add = parser.add_argument
    parser.epilog = _EXAMPLES
    add("inputs", nargs="*", metavar="FILE|DIR|GLOB", help="cassettes of vcrpy, pytest-recording or docpact, in YAML or JSON")
    add("--check", action="store_true", help="change nothing, and say what would be taken out")
    add(
        "--token-env",
        action="append",
        default=[],
        metavar="VAR",
        help="a variable of the environment with a token that was used",
    )


def run(options: argparse.Namespace, streams: Streams) -> int:
    """Clean the cassettes that were named, one after the other, and say what was taken out of each."""
    from docpact.cassettes.cleaning import cleaned

    secrets = [_token(name) for name in options.token_env]
    code, seen = Exit.CONFORMS, 0
    for thing in files.found(options.inputs):
        if isinstance(thing, Skipped):
            continue
        seen += 1
        unreadable = thing if isinstance(thing, Unreadable) else None
        if isinstance(thing, files.Found):
            try:
                found = cleaned(thing.recording, thing.content, secrets)
            except CaptureError as error:
                unreadable = Unreadable(thing.name, error.message, error.hint)
            else:
                code = max(code, _told(thing, found, streams, check=options.check))
        if unreadable is not None:
            code = Exit.UNREADABLE
            files.told(unreadable, streams)
    if not seen:
        raise CaptureError("there is no cassette here", hint="name a file, or a folder that holds some")
    return code


def _told(thing: files.Found, found: Cleaned, streams: Streams, *, check: bool) -> Exit:
    """Write a cassette that was cleaned, unless something is left in it, and say what was done."""
    shown = _shown(thing.name)
    if found.left:
        told = "; ".join(f"{one.kind} (line {one.line})" for one in found.left[:_MOST_LEFT])
        streams.stdout.write(f"{shown}: not changed, since this would be left in it: {printable(told)}\n")
        return Exit.VIOLATES
    if found.content is None:
        streams.stdout.write(f"{shown}: clean\n")
        return Exit.CONFORMS
    kinds = ", ".join(f"{kind} {number}" for kind, number in found.removed.items())
    streams.stdout.write(f"{shown}: {'to be taken' if check else 'taken'} out: {printable(kinds)}\n")
    if check:
        return Exit.VIOLATES
    from docpact.files import write_whole

    write_whole(Path(thing.name), found.content)
    return Exit.CONFORMS


def _token(name: str) -> str:
    token = os.environ.get(name, "")
    if not token:
        raise UsageError(
            f"the environment has no {name}, or it is empty", hint="export the variable, or leave --token-env away"
        )
    return token


def _shown(name: str) -> str:
    return printable(safe_source(name))
