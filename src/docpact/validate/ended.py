"""Whether a task that was followed has come to its end."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from docpact.pointers import ABSENT, member
from docpact.redact import shown
from docpact.validate.breach import Breach

if TYPE_CHECKING:
    from docpact.contract import Contract


def not_ended(contract: Contract, payload: Any, polls: int, seconds: float) -> Breach | None:
    """Return the breach of a followed task that is not at its end in its last poll; None where it is, or has no lifecycle.

    `payload` is the last poll that could be read, ABSENT where none could; `seconds` is how long the task was followed.
    """
    cycle, pointer = contract.lifecycle, contract.roles.get("status", "")
    if cycle is None or not pointer:
        return None
    status = ABSENT if payload is ABSENT else member(payload, pointer)
    if cycle.is_end(status):
        return None
    ends = [state.name for state in cycle.states.values() if state.end]
    stands = "no status was seen" if status is ABSENT else f"{pointer[1:]} is {shown(status)!r}"
    times = f"{polls} poll{'' if polls == 1 else 's'} in {seconds:,.0f} s"
    message = f"{stands} after {times}; a task that is followed comes to {' or '.join(ends)}"
    return Breach("not-ended", pointer, status, ends, message, contract.clause(pointer, "enum"))
