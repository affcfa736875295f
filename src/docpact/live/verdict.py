"""What a run says in the end: a value, without a token in it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from docpact.errors import Exit
from docpact.tally import Verdict as Outcome

if TYPE_CHECKING:
    from docpact.exchange import Exchange
    from docpact.finding import Finding
    from docpact.live.saw import Sights
    from docpact.tally import Tally


class NotEstablished(NamedTuple):
    """Why nothing can be said of an endpoint, and what to do."""

    reason: str
    hint: str


class Verdict(NamedTuple):
    """The verdict on an endpoint.

    `tally` and `findings` are what reports are made of; `not_established` is there where nothing could be judged; `saw` is
    what was seen and what was not. `requests` and `seconds` are what it took; `exchanges` is all that was sent and came,
    without tokens. `notes` say what limits the verdict; `interrupted` tells that the run was stopped before its end.
    """

    tally: Tally
    findings: tuple[Finding, ...]
    not_established: NotEstablished | None
    saw: Sights
    requests: int
    seconds: float
    exchanges: tuple[Exchange, ...] = ()
    notes: tuple[str, ...] = ()
    interrupted: bool = False

    @property
    def outcome(self) -> Outcome:
        """Say conforms, violates or not established."""
        return self.outcome_for("error")

    def outcome_for(self, fail_on: str) -> Outcome:
        """Say conforms, violates or not established; with `fail_on` warning, a warning violates too."""
        found = self.tally.verdict(fail_on)
        if found is Outcome.VIOLATES:
            return found
        return Outcome.NOT_ESTABLISHED if self.not_established is not None or not self.saw.polls else found

    def exit_code(self, fail_on: str = "error") -> Exit:
        """Return 0 for conforms, 1 for violates, 4 for not established, 130 for a run that was interrupted."""
        if self.interrupted:
            return Exit.INTERRUPTED
        outcome = self.outcome_for(fail_on)
        if outcome is Outcome.VIOLATES:
            return Exit.CONFORMS if fail_on == "never" else Exit.VIOLATES
        return Exit.NOT_ESTABLISHED if outcome is Outcome.NOT_ESTABLISHED else Exit.CONFORMS
