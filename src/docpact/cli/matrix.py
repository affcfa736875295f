"""`docpact diff --matrix`: which of several contracts can stand in for which, as a table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from docpact import __version__
from docpact.cli import reports
from docpact.errors import Exit, UsageError
from docpact.report import matrix as report

if TYPE_CHECKING:
    import argparse

    from docpact.cli import Streams
    from docpact.compare.matrix import Matrix


def run(options: argparse.Namespace, streams: Streams) -> int:
    """Compare each contract with each, and write the table."""
    if options.format not in report.FORMATS:
        raise UsageError(
            f"a matrix is not written as {options.format}",
            hint=f"--format {' | '.join(report.FORMATS)}; or compare two contracts",
        )
    from docpact import diffing

    found = diffing.matrix(options.contracts)
    reports.write_text("".join(report.render(options.format, _table(found))), options, streams)
    breaks = any(cell.breaking for cell in found.cells.values())
    counts = {"breaking": breaks, "warning": breaks, "any": breaks or any(cell.others for cell in found.cells.values())}
    return Exit.VIOLATES if counts.get(options.fail_on or "never") else Exit.CONFORMS


def _table(found: Matrix) -> report.Table:
    cells = tuple(
        tuple(cell and report.Cell(cell.breaking, cell.others, cell.kinds, cell.first) for cell in found.row(client))
        for client in found.names
    )
    return report.Table(__version__, found.names, cells, found.notes)
