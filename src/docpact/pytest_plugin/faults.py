"""Faults as parameters of a test, which asks of each whether a client survives it."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

from docpact.contract import load
from docpact.errors import UsageError
from docpact.generate import broken
from docpact.generate.faults import Faults
from docpact.generate.kinds import Asked
from docpact.generate.payloads import Sampler
from docpact.rules import RULES

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pytest

    from docpact.generate.fault import Fault


def parametrize(metafunc: pytest.Metafunc, asked: dict[str, Any]) -> None:
    """Give a test one fault after the other; a case is named after the rule, and numbered where there are several of it."""
    made = list(_made(asked))
    names: list[str] = []
    for fault in made:
        same = sum(fault.rule == other.rule for other in made[: len(names)])
        names.append(f"{fault.rule}-{same + 1}" if same else fault.rule)
    metafunc.parametrize("docpact_faults", made, ids=names)


def _made(asked: dict[str, Any]) -> Iterator[Fault]:
    """Yield the faults that a test asked for: one of each rule, unless it wants each place."""
    contract = load(asked["contract"])
    sampler = Sampler(contract, asked["profile"])
    faults = Faults(contract, sampler.profile.name)
    rules = asked.get("rules")
    for rule in rules or ():
        if rule not in RULES:
            near = get_close_matches(rule, RULES, n=1)
            raise UsageError(
                f"there is no rule {rule!r}", hint=f"did you mean {near[0]}?" if near else "docpact explain lists them"
            )
    told = set[str]()
    wanted = Asked(seed=asked["seed"], status=asked.get("status"), action=asked.get("action"))
    for rule in rules or (None,):
        for _, fault in broken.each(sampler, faults, wanted, rule):
            if asked.get("each") or fault.rule not in told:
                told.add(fault.rule)
                yield fault
