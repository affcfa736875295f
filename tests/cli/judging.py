"""`docpact validate` in the documented layer, as the tests of its options run it."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from docpact.cli import main

if TYPE_CHECKING:
    from pathlib import Path


def validate(*arguments: str | Path) -> tuple[int, str, str]:
    """Return the exit code, and what was printed on standard output and on standard error."""
    out, err = io.StringIO(), io.StringIO()
    code = main(["validate", *map(str, arguments), "--layer", "documented"], io.BytesIO(), out, err)
    return code, out.getvalue(), err.getvalue()
