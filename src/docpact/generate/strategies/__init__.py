"""Strategies: Hypothesis draws payloads, stories and faults of a contract, and shrinks them to what can be read."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Annotated, Any

from hypothesis import strategies as st

from docpact import contract as words
from docpact.errors import ContractError, UsageError
from docpact.generate.draws import Seeded
from docpact.generate.stories import Poll, story
from docpact.generate.strategies.anything import bodies
from docpact.generate.strategies.breaking import Breaking, drawn_faults
from docpact.generate.strategies.drawn import WIDER, Drawn, DrawnSampler

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from hypothesis.strategies import DrawFn, SearchStrategy

    from docpact.contract import Contract
    from docpact.generate.fault import Fault


def payloads(
    contract: str | Path | Contract = "task-fetch",
    *,
    profile: str = "documented",
    status: str | None = None,
    action: str | None = None,
    coherent: bool = True,
) -> SearchStrategy[dict[str, Any]]:
    """Return the strategy of the payloads that a server of a profile sends, in any state and of any action or in a given one.

    They keep the documented and the coherent layer under the profile, and shrink to the first status and action of the page and
    to samples that can be read. With `coherent=False`, all that the page allows is drawn, whether or not it makes sense: any
    text, any number, absent and further members. Where the page documents a list, each is a list. Raises `UsageError` for a
    status or an action that the profile does not know, `ContractError` for a contract or a profile that there is not, or that
    cannot be drawn.
    """
    sampler = _sampler(contract, profile)
    # Without a status and an action, this draws one, which costs nothing; with them, it refuses what is not known.
    sampler.facts(Seeded(), status, action)
    if coherent and sampler.samples.rows:
        return coherent_payloads(sampler, status, action)
    if coherent:
        _refuse_bare(sampler, "write a samples.toml beside its contract.toml, or ask for coherent=False")
    given = {"status": status, "action": action}
    pointers = {sampler.contract.roles[role]: value for role, value in given.items() if value is not None}
    return bodies(sampler.contract, sampler.profile, pointers)


@st.composite
def coherent_payloads(draw: DrawFn, sampler: DrawnSampler, status: str | None, action: str | None) -> dict[str, Any]:
    """Draw one payload of a state and an action, as far as they are given."""
    drawn = Drawn(draw, WIDER)
    return sampler.varied(drawn, *sampler.facts(drawn, status, action))


def stories(
    contract: str | Path | Contract = "task-fetch",
    *,
    profile: str = "documented",
    action: str | None = None,
    path: Sequence[str] | None = None,
) -> SearchStrategy[list[Poll]]:
    """Return the strategy of the polls of one task, from its submission to its end, each with its time in milliseconds.

    `path` lists the statuses that the task goes through. Raises `UsageError` for an action or a path that the profile does not
    know, and where the contract has no lifecycle; `ContractError` as `payloads` does.
    """
    sampler = _sampler(contract, profile)
    # Nothing of it is drawn: what cannot be told is refused here, and not by the first example.
    story(sampler, Seeded(), action, path)
    return drawn_stories(sampler, action, None if path is None else tuple(path))


@st.composite
def drawn_stories(draw: DrawFn, sampler: DrawnSampler, action: str | None, path: tuple[str, ...] | None) -> list[Poll]:
    """Draw the polls of one task."""
    return list(story(sampler, Drawn(draw), action, path))


def faults(
    contract: str | Path | Contract = "task-fetch", *, profile: str = "documented", rule: str | None = None
) -> SearchStrategy[Fault]:
    """Return the strategy of faults: a payload, or the polls of a task, in which one rule is broken and no other.

    The rule is given, or any that a payload or a story can break under the profile; a text, which breaks one of transport,
    is drawn where that rule is given. They shrink to the first rule, place and way, in a payload as `payloads` shrinks it.
    Raises `UsageError` for a rule that there is not, or that nothing breaks here; `ContractError` as `payloads` does.
    """
    breaking = _breaking(_sampler(contract, profile))
    rules = breaking.rules if rule is None else [breaking.checked(rule)]
    if not rules:
        raise UsageError(
            f"the contract {breaking.sampler.contract.name} says nothing that could be broken",
            hint="ask for another profile, or for a rule of the transport layer",
        )
    return drawn_faults(breaking, rules)


# What ships with docpact has one sampler for a profile, and so one of these.
@lru_cache(maxsize=32)
def _breaking(sampler: DrawnSampler) -> Breaking:
    _refuse_bare(sampler, "write a samples.toml beside its contract.toml")
    return Breaking(sampler)


def _refuse_bare(sampler: DrawnSampler, hint: str) -> None:
    if sampler.contract.coherence and not sampler.samples.rows:
        raise ContractError(
            f"the contract {sampler.contract.name} has coherence entries and no samples, so nothing coherent can be drawn",
            hint=hint,
        )


def _sampler(contract: str | Path | Contract, profile: str) -> DrawnSampler:
    if isinstance(contract, words.Contract):
        return DrawnSampler(contract, profile)
    # What ships with docpact stays as it is; a folder may be derived anew between two calls.
    return _shipped(contract, profile) if contract in words.names() else DrawnSampler(words.load(contract), profile)


@lru_cache(maxsize=32)
def _shipped(name: str, profile: str) -> DrawnSampler:
    return DrawnSampler(words.load(name), profile)


# Types that `st.from_type` and annotations resolve, since they carry their strategy with them: no registration, which would
# cost every `import hypothesis` of an environment some milliseconds.
Payload = Annotated[dict[str, Any], st.deferred(payloads)]
Story = Annotated[list[Poll], st.deferred(stories)]
