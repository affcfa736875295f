"""`docpact drift` and `docpact coverage`, as the tests run them."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, NamedTuple

from docpact.cli import main

if TYPE_CHECKING:
    from pathlib import Path


class Ran(NamedTuple):
    """The exit code of a run, and what it printed on standard output and on standard error."""

    code: int
    out: str
    err: str


def run(verb: str, *arguments: str | Path, stdin: bytes = b"") -> Ran:
    """Run a verb with these arguments."""
    out, err = io.StringIO(), io.StringIO()
    code = main([verb, *map(str, arguments)], io.BytesIO(stdin), out, err)
    return Ran(code, out.getvalue(), err.getvalue())
