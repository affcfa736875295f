"""What both doors of the mock share: who answers a request, and what is noted of it."""

from __future__ import annotations

from time import time
from typing import TYPE_CHECKING

from docpact.mock.control import Control, is_control
from docpact.mock.limits import Limits, gate
from docpact.mock.traffic import Traffic

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from docpact.exchange import Answer, Request
    from docpact.mock.control import Core

    Handler = Callable[[Request], Answer]


class Front:
    """A relay with its limits, its control, and what it was asked."""

    def __init__(
        self,
        relay: Core,
        *,
        limits: Limits | None = None,
        secrets: Sequence[str] = (),
        log: Callable[[str], None] | None = None,
        about: Mapping[str, str] | None = None,
        clock: Callable[[], float] = time,
    ) -> None:
        self.relay = relay
        self.clock = clock
        self.traffic = Traffic(secrets, log)
        self.gate = gate(limits or Limits(), clock)
        self._control = Control(relay, self.traffic, about or {})

    def control(self, request: Request) -> Handler | None:
        """Return who answers a request that is for the control of the mock, and not for the relay; None for any other one.

        Only this machine may reach it: from elsewhere there is a relay, and nothing else.
        """
        return self._control.answer if is_control(request) else None

    def is_ready(self, request: Request) -> bool:
        """Tell whether a request for the control can be answered at once; if not, something was done for it: ask again soon."""
        return self._control.is_ready(request)
