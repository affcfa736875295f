"""`--resume`: what was judged is kept in a journal, so that a run that was cut off goes on where it was."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from docpact import __version__
from docpact.errors import UsageError
from docpact.redact import safe_source

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable
    from pathlib import Path

    from docpact.contract import Contract
    from docpact.inputs import Settings as Wanted
    from docpact.scale.journal import Journal
    from docpact.validate.stream import Settings

_MOST_NAMED = 20


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the argument."""
    told = "keep in FILE what was judged, and go on from there when the same command is run again"
    parser.add_argument("--resume", metavar="FILE", help=told)


def journal(
    options: argparse.Namespace, contract: Contract, settings: Settings, wanted: Wanted, tell: Callable[[str], None]
) -> Journal:
    """Open the journal that was asked for; raises `UsageError` where this run can have none, or not this one."""
    if not wanted.blocks or settings.stories or "lifecycle" in settings.layers:
        raise UsageError(
            "--resume needs payloads that are judged apart from each other, and something that was asked for does not judge so",
            hint="leave --resume out, or else --stories, --layer lifecycle, --sample and --format html",
        )
    if "-" in options.inputs:
        raise UsageError("--resume does not go with standard input, which cannot be read again", hint="name files instead")
    from pathlib import Path

    from docpact.scale.entries import digest
    from docpact.scale.journal import Journal

    path = Path(options.resume)
    _refuse_among(path, options.inputs)
    about = {
        "docpact": __version__,
        "contract": [contract.name, digest(contract)],
        "--profile": settings.profile,
        "--layer": sorted(settings.layers),
        "--each": settings.each,
        "--task": settings.asked and digest(settings.asked)[:16],
        "--max-bytes": wanted.limit,
        "--url-pattern": [url.pattern for url in wanted.urls],
        "--column": wanted.column,
        "inputs": [*map(safe_source, options.inputs[:_MOST_NAMED]), digest(options.inputs)[:16]],
    }
    return Journal(path, about, tell)


def _refuse_among(path: Path, inputs: list[str]) -> None:
    """Refuse a journal that would be judged itself."""
    real = os.path.realpath(path)
    for name in inputs:
        above = os.path.realpath(name)
        below = os.path.isdir(name) and real.startswith(os.path.join(above, "")) and not _is_hidden(real[len(above) :])
        if real == above or below:
            raise UsageError(f"--resume {path} stands among what is judged ({name})", hint="name a file outside of it")


def _is_hidden(path: str) -> bool:
    return any(part.startswith(".") for part in path.split(os.sep))
