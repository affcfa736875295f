"""What only the time of a poll can show: a task that tells of what is still to come."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from docpact.pointers import member, name_of
from docpact.validate.breach import Breach

if TYPE_CHECKING:
    from collections.abc import Iterator

    from docpact.contract import Contract

# The clock of a server, or ours, may be wrong by hours, and by no more than a time zone.
_MOST_AHEAD = 86_400_000.0
# Later than this is no time in milliseconds, which another rule tells.
_LATEST = 1e14
_DAY = 86_400_000.0


def ahead(contract: Contract, payload: Any, at: float) -> Iterator[Breach]:
    """Yield the times of a payload that are more than a day after its poll; `at` is in milliseconds since 1970."""
    times = {pointer: entry for entry in contract.coherence if entry.check == "order" for pointer in entry.members}
    for pointer, entry in times.items():
        value = member(payload, pointer)
        if isinstance(value, int | float) and not isinstance(value, bool) and at + _MOST_AHEAD < value < _LATEST:
            days = (value - at) / _DAY
            message = f"{name_of(pointer)} is {days:,.0f} days after the poll that shows it"
            yield Breach(entry.rule, pointer, value, "no later than now", message, contract.clause(pointer, "member"))
