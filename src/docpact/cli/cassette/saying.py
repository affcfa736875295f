"""What is said when a cassette was written: how much it holds, and what was taken out of it, by kind and never by value."""

from __future__ import annotations

from typing import TYPE_CHECKING

from docpact.redact import printable, safe_source
from docpact.report.showing import count

if TYPE_CHECKING:
    from docpact.cassettes.recording import Seal
    from docpact.cli import Streams


def saved(name: str, seal: Seal, streams: Streams) -> None:
    """Say, on standard error, what was written."""
    held = f"{count(seal.judged.payloads, 'answer')} of {count(seal.judged.tasks, 'task')}"
    marked = ", marked as a recording that violates" if seal.judged.verdict == "violates" else ""
    streams.stderr.write(f"docpact: wrote {printable(safe_source(name))}: {held}{marked}\n")
    if seal.removed:
        kinds = ", ".join(f"{kind} ({number})" for kind, number in sorted(seal.removed.items()))
        streams.stderr.write(f"docpact: taken out: {printable(kinds)}\n")
