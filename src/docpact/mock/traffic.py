"""What the mock was asked and what it answered: the last requests for the page, and lines for the access log."""

from __future__ import annotations

from collections import deque
from time import gmtime, strftime
from typing import TYPE_CHECKING, Any

from docpact.redact import printable, without_secrets

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from docpact.exchange import Answer, Request

# The page shows so many requests.
_REMEMBERED = 200
_LONGEST = 300
_LEAST_SECRET = 4


class Traffic:
    """Counts requests, remembers the last ones, and writes a line of each where there is a log."""

    def __init__(self, secrets: Sequence[str] = (), log: Callable[[str], None] | None = None) -> None:
        self.total = 0
        self.log = log
        self._secrets = tuple(secret for secret in secrets if len(secret) >= _LEAST_SECRET)
        self._recent: deque[tuple[float, Request, Answer]] = deque(maxlen=_REMEMBERED)

    def note(self, at: float, peer: str, request: Request, answer: Answer) -> None:
        """Note one answer to a peer, at a time in seconds since 1970."""
        self.total += 1
        self._recent.append((at, request, answer))
        if self.log is not None:
            self.log(self._line(at, peer, request, answer))

    def tell(self, at: float, what: str) -> None:
        """Write a line of something that was no request."""
        if self.log is not None:
            self.log(f"{_when(at)} - {what}")

    def after(self, number: int) -> list[dict[str, Any]]:
        """Return the requests that came after the one of this number, as far as they are remembered, the oldest first."""
        first = self.total - len(self._recent)
        news = list(self._recent)[max(0, number - first) :]
        return [
            {
                "number": self.total - len(news) + nth,
                "at": round(at * 1000),
                "method": printable(request.method),
                "target": self._safe(request.target),
                "status": answer.status,
                "act": answer.act,
            }
            for nth, (at, request, answer) in enumerate(news, 1)
        ]

    def _line(self, at: float, peer: str, request: Request, answer: Answer) -> str:
        act = f" {answer.act}" if answer.act is not None else ""
        asked = f"{printable(request.method)} {self._safe(request.target)}"
        return f"{_when(at)} {peer or '-'} {asked} {answer.status}{act} {len(answer.body)}"

    def _safe(self, target: str) -> str:
        """Return a target as it may be shown: no token, no query, no character that a terminal would obey, and short."""
        for secret in self._secrets:
            target = target.replace(secret, "[token]")
        text = printable(without_secrets(target[: _LONGEST * 10]))
        return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"


def _when(at: float) -> str:
    return f"{strftime('%Y-%m-%dT%H:%M:%S', gmtime(at))}.{int(at * 1000) % 1000:03}Z"
