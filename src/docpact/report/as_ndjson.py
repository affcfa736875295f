"""The findings alone, one a line as JSON: for `jq`, for a data frame, for a pipe."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from docpact.report import Run


def render(run: Run, findings: Iterable[str]) -> Iterator[str]:
    """Yield each finding as a line, with the keys of the JSON report; the verdict is the exit code."""
    del run
    for finding in findings:
        yield f"{finding}\n"
