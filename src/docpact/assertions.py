"""What a test asserts of payloads: that they keep a contract; what fails says what the command line would say."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

from docpact.api import PAYLOAD_LAYERS, Contract, load
from docpact.finding import Severity

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from docpact.finding import Finding

STORY_LAYERS = ("documented", "coherent", "lifecycle")


def assert_conforms(
    payload: Any,
    contract: Contract | str | Path = "task-fetch",
    *,
    profile: str = "documented",
    layers: Iterable[str] = PAYLOAD_LAYERS,
    asked: str | None = None,
) -> None:
    """Assert that a payload breaks no rule of severity error; raises `AssertionError` with all findings.

    `payload` is what `json.loads` gives, `asked` the id that was asked for, where it is known.
    """
    __tracebackhide__ = True
    known = _loaded(contract)
    found = known.validate(payload, profile=profile, layers=layers, asked=asked)
    if _errors(found):
        raise AssertionError("\n".join(explained(known, profile, [found])))


def assert_story(
    payloads: Iterable[Any],
    contract: Contract | str | Path = "task-fetch",
    *,
    profile: str = "documented",
    layers: Iterable[str] = STORY_LAYERS,
    times: Iterable[float] | None = None,
) -> None:
    """Assert that the polls of one task, in their order, break no rule of severity error.

    `times` gives the time of each poll in milliseconds. Raises `AssertionError` with all findings.
    """
    __tracebackhide__ = True
    known, polls = _loaded(contract), list(payloads)
    found = known.validate_story(polls, profile=profile, layers=layers, times=times)
    if _errors(found):
        by_poll = [[one for one in found if one.place.item == index] for index in range(len(polls))]
        raise AssertionError("\n".join(explained(known, profile, by_poll, "the story")))


def explained(contract: Contract, profile: str, found: Sequence[Sequence[Finding]], what: str = "the payload") -> list[str]:
    """Tell what was found in some payloads as the command line tells it, line by line, with a headline."""
    from docpact import __version__
    from docpact.report import Run, render
    from docpact.tally import Tally

    tally = Tally()
    for one in found:
        tally.judged(one)
    run = Run(__version__, contract.name, contract.schema_sha256, profile, tally)
    text = "".join(render("text", run)).rstrip("\n").split("\n")
    rules = ", ".join(dict.fromkeys(one.rule for one in _errors([one for some in found for one in some])))
    return [f"{what} does not keep the contract {contract.name} under the profile {profile}: {rules}", "", *text]


def _errors(found: Iterable[Finding]) -> list[Finding]:
    return [one for one in found if one.severity is Severity.ERROR]


@lru_cache(maxsize=16)
def _named(name: str | Path) -> Contract:
    return load(name)


def _loaded(contract: Contract | str | Path) -> Contract:
    return contract if isinstance(contract, Contract) else _named(contract)
