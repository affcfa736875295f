"""The line that a terminal shows while an endpoint is asked: how many requests, how long, what was found; nothing elsewhere."""

from __future__ import annotations

import asyncio
import os
from contextlib import suppress
from typing import TYPE_CHECKING

from docpact.report.showing import count

if TYPE_CHECKING:
    from collections.abc import Coroutine

    from docpact.cli import Streams
    from docpact.live.plan import Plan
    from docpact.live.session import Session
    from docpact.live.verdict import Verdict

_EVERY = 0.2
_CLEAR = "\r\x1b[K"
_COLUMNS = 80


class Line:
    """One line on standard error, drawn again and again, and gone at the end."""

    def __init__(self, plan: Plan, streams: Streams) -> None:
        self._plan = plan
        self._screen = streams.stderr
        self._on = streams.stderr.isatty() and os.environ.get("TERM") != "dumb"
        self._session: Session | None = None

    def follow(self, session: Session) -> None:
        """Look at this run from now on."""
        self._session = session

    async def watched(self, run: Coroutine[None, None, Verdict]) -> Verdict:
        """Return what a run returns, and draw meanwhile."""
        drawing = asyncio.ensure_future(self._draw()) if self._on else None
        try:
            return await run
        finally:
            if drawing is not None:
                drawing.cancel()
                with suppress(asyncio.CancelledError):
                    await drawing
                self._write(_CLEAR)

    async def _draw(self) -> None:
        while True:
            await asyncio.sleep(_EVERY)
            self._write(_CLEAR + self._words()[: self._columns() - 1])

    def _words(self) -> str:
        if self._session is None:
            return "asking whether the endpoint is there …"
        sender, found = self._session.sender, self._session.tally.findings
        asked = f"{sender.requests} of at most {self._plan.max_requests} requests"
        time = f"{sender.seconds:.0f} of at most {self._plan.deadline:g} s"
        return f"{asked}, {time}, {count(found, 'finding')}"

    def _columns(self) -> int:
        try:
            return os.get_terminal_size(self._screen.fileno()).columns or _COLUMNS
        except (OSError, ValueError):
            return _COLUMNS

    def _write(self, text: str) -> None:
        with suppress(OSError, ValueError):
            self._screen.write(text)
            self._screen.flush()
