"""How `assert payload == contract` fails: with what was found in the payload, as the command line tells it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from docpact.api import Contract, Promise
from docpact.assertions import explained as told

if TYPE_CHECKING:
    from collections.abc import Iterator


def explained(left: object, right: object) -> list[str] | None:
    """Explain a comparison with a contract, also one inside of lists and objects; return None where there is none."""
    for promise, payload in ((right, left), (left, right)):
        known = promise.under() if isinstance(promise, Contract) else promise
        if isinstance(known, Promise) and not isinstance(payload, Contract | Promise):
            headline, _, *lines = told(known.contract, known.profile, [known.findings(payload)])
            return [headline, *lines]
    return next(filter(None, (explained(*pair) for pair in _inside(left, right) if pair[0] != pair[1])), None)


def _inside(left: object, right: object) -> Iterator[tuple[object, object]]:
    """Yield what stands in the same place of two lists, or of two objects."""
    if isinstance(left, list | tuple) and isinstance(right, list | tuple):
        yield from zip(left, right, strict=False)
    elif isinstance(left, dict) and isinstance(right, dict):
        yield from ((left[name], right[name]) for name in left.keys() & right.keys())
