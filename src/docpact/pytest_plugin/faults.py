"""Faults as parameters of a test, which asks of each whether a client survives it."""

from __future__ import annotations

from difflib import get_close_matches
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from docpact.contract import load
from docpact.errors import UsageError
from docpact.generate import broken
from docpact.generate.faults import Faults
from docpact.generate.faults_http import VARIANTS
from docpact.generate.kinds import Asked
from docpact.generate.payloads import Sampler
from docpact.mock import Row, list_faults
from docpact.mock.catalogue import catalogue
from docpact.mock.lives import Lives
from docpact.mock.options import FaultOption
from docpact.pytest_plugin.relay import NOWHERE
from docpact.rules import RULES

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import pytest

    from docpact.generate.fault import Fault
    from docpact.mock.catalogue import Catalogue


def parametrize(metafunc: pytest.Metafunc, asked: dict[str, Any]) -> None:
    """Give a test one fault after the other; a case is named after the rule, and numbered where there are several of it."""
    made = list(_made(asked))
    names: list[str] = []
    for fault in made:
        same = sum(fault.rule == other.rule for other in made[: len(names)])
        names.append(f"{fault.rule}-{same + 1}" if same else fault.rule)
    metafunc.parametrize("docpact_faults", made, ids=names, indirect=True)


def parametrize_relay(metafunc: pytest.Metafunc, asked: dict[str, Any]) -> None:
    """Give a test one broken relay after the other; a case is named after the fault."""
    rules = _known(asked)
    known = _rows(asked["contract"], asked["profile"], each=bool(asked.get("each")))
    rows = [row for row in known if not rules or row.rule in rules]
    if not rows:
        raise UsageError(
            f"no relay of this profile can break {', '.join(rules)}", hint="docpact mock --list-faults lists what can be"
        )
    metafunc.parametrize("docpact_broken_relay", rows, ids=[row.fault for row in rows], indirect=True)


def _made(asked: dict[str, Any]) -> Iterator[Fault]:
    """Yield the faults that a test asked for: one of each rule, unless it wants each place."""
    contract = load(asked["contract"])
    sampler = Sampler(contract, asked["profile"])
    faults = Faults(contract, sampler.profile.name)
    told = set[str]()
    wanted = Asked(seed=asked["seed"], status=asked.get("status"), action=asked.get("action"))
    for rule in _known(asked) or (None,):
        for _, fault in broken.each(sampler, faults, wanted, rule):
            if asked.get("each") or fault.rule not in told:
                told.add(fault.rule)
                yield fault


def _known(asked: dict[str, Any]) -> tuple[str, ...]:
    """Return the rules that a test asked for; raises `UsageError` for one that there is not."""
    rules = asked.get("rules") or ()
    rules = (rules,) if isinstance(rules, str) else tuple(rules)
    for rule in rules:
        if rule not in RULES:
            near = get_close_matches(rule, RULES, n=1)
            raise UsageError(
                f"there is no rule {rule!r}", hint=f"did you mean {near[0]}?" if near else "docpact explain lists them"
            )
    return rules


@lru_cache(maxsize=16)
def _rows(name: str | Path, profile: str, *, each: bool) -> list[Row]:
    """List what a relay of a profile can commit: in each way, or each rule in the way that comes first."""
    contract = load(name)
    if each:
        return list_faults(contract, profile)
    known = catalogue(contract, profile, list(Lives(contract, profile, 0, NOWHERE).known()))
    return [
        Row(rule.id, rule.id, rule.layer, rule.severity, f"not so: {rule.title}", rule.notice)
        for rule in RULES.values()
        if rule.id in VARIANTS or _can(known, rule.id)
    ]


def _can(known: Catalogue, rule: str) -> bool:
    try:
        known.checked(FaultOption(rule))
    except UsageError:
        return False
    return True
