"""How a rule is broken, in words: the example of the page with a fault in it, as `docpact explain` shows it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from docpact.generate.faults import Faults
from docpact.pointers import ABSENT, differences
from docpact.polled import Polled
from docpact.redact import printable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from docpact.contract import Contract
    from docpact.generate.fault import Fault
    from docpact.rules import Rule

_WIDE = 100


def broken(contract: Contract, rule: Rule) -> Fault | None:
    """Find a fault of the example for a rule, under the first profile that has one; a body too large to read is none."""
    if contract.example is None or rule.id == "json-size":
        return None
    for profile in contract.profiles:
        faults = Faults(contract, profile)
        for made in (faults.of(contract.example, rule.id), faults.of_story([Polled(contract.example)], rule.id)):
            fault = min(made, key=lambda fault: len(fault.beside), default=None)
            if fault is not None:
                return fault
    return None


def told(contract: Contract, fault: Fault) -> Iterator[str]:
    """Yield the lines that say what was changed: in the example of the page, in its polls, or as a text."""
    if fault.text is not None:
        body = fault.text if len(fault.text) < _WIDE else fault.text[:60] + b" ... " + fault.text[-20:]
        yield f"break  the body {printable(body.decode('utf-8', 'backslashreplace'))}{f' ({fault.how})' if fault.how else ''}"
    elif fault.polls is not None:
        yield "break  the example of the page, polled with"
        for number, poll in enumerate(fault.polls, 1):
            yield f"         poll {number}{_when(fault.polls, number)}: {_edits(contract, poll.payload)}{_asked(poll)}"
    else:
        yield f"break  the example of the page with {_edits(contract, fault.payload)}"
    if fault.profile != "documented":
        yield f"       under the profile {fault.profile}"
    if fault.beside:
        yield f"       beside {', '.join(fault.beside)}"


def _when(polls: tuple[Polled, ...], number: int) -> str:
    first, now = polls[0].at, polls[number - 1].at
    return f", {(now - first) / 1000:,.0f} s later" if number > 1 and first is not None and now is not None else ""


def _asked(poll: Polled) -> str:
    return f", when {poll.asked} was asked for" if poll.asked else ""


def _edits(contract: Contract, payload: Any) -> str:
    changes = (
        f"{at or 'the whole body'} {'removed' if value is ABSENT else f'= {_short(value)}'}"
        for at, value in differences(contract.example, payload)
    )
    return printable(", ".join(changes)) or "nothing changed"


def _short(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= _WIDE else f"{text[: _WIDE - 20]} ... {text[-15:]}"
