"""Kinds: what can be made of a contract as files: payloads that break no rule, stories, and a cover."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from docpact.errors import UsageError
from docpact.generate.cover import cover
from docpact.generate.draws import Seeded, pick
from docpact.generate.made import Made, Polls, named
from docpact.generate.stories import line, paths, story
from docpact.pointers import member

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from docpact.generate.payloads import Sampler

_LEAST_DIGITS = 4


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked for: how many, of which seed, and, where it matters, in which status and of which action."""

    count: int = 1
    seed: int | str = "0"
    status: str | None = None
    action: str | None = None

    @property
    def digits(self) -> int:
        """How many digits the numbers of the files have."""
        return max(_LEAST_DIGITS, len(str(self.count)))


def valid(sampler: Sampler, asked: Asked) -> Iterator[Made]:
    """Make payloads that break no rule; raises `UsageError` for a status or an action that the profile does not know."""
    draws = Seeded(asked.seed)
    # Asked for at once, and not when the first one is taken.
    sampler.facts(draws, asked.status, asked.action)
    return _valid(sampler, draws, asked)


def _valid(sampler: Sampler, draws: Seeded, asked: Asked) -> Iterator[Made]:
    known: dict[tuple[str, str], tuple[str, Mapping[str, Any]]] = {}
    digits = asked.digits
    for draws.nth in range(asked.count):
        pair = sampler.facts(draws, asked.status, asked.action)
        if pair not in known:
            known[pair] = named(pair[1], pair[0]), {"kind": "valid", "status": pair[0], "action": pair[1]}
        name, facts = known[pair]
        yield Made(f"{draws.nth + 1:0{digits}}-{name}", facts, sampler.payload(sampler.task(draws), *pair))


def stories(sampler: Sampler, asked: Asked) -> Iterator[Made]:
    """Make the polls of tasks; a status is the one that they end in.

    Raises `UsageError` where the contract has no lifecycle, for what the profile does not know, and where no task of the
    action ends so.
    """
    sampler.facts(Seeded(), asked.status, asked.action)
    actions = sampler.actions or [""] if asked.action is None else [asked.action]
    ways = {action: found for action in actions if (found := _ways(sampler, action, asked.status))}
    if not ways:
        raise UsageError(
            f"no story{f' of {asked.action}' if asked.action else ''} ends in {asked.status} under {sampler.profile.name}",
            hint=f"stories end in {' or '.join(_ends(sampler, actions))}",
        )
    return _stories(sampler, asked, ways)


def _stories(sampler: Sampler, asked: Asked, ways: Mapping[str, list[tuple[str, ...]]]) -> Iterator[Made]:
    draws = Seeded(asked.seed)
    for draws.nth in range(asked.count):
        action = pick(draws, "facts/action", list(ways))
        # Where nobody asks for an end, the usual paths are the usual ones.
        path = pick(draws, "story/path", ways[action]) if asked.status is not None else None
        polls = list(story(sampler, draws, action, path))
        seen = list(dict.fromkeys(member(poll.payload, sampler.contract.roles["status"]) for poll in polls))
        facts = {"kind": "story", "status": seen[-1], "action": action, "seen": seen, "polls": len(polls)}
        name = f"story-{draws.nth + 1:0{asked.digits}}-{named(action, seen[-1])}"
        yield Made(name, facts, Polls(line(sampler, poll) for poll in polls))


def _ends(sampler: Sampler, actions: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(path[-1] for action in actions for path in paths(sampler, action)))


def _ways(sampler: Sampler, action: str, end: str | None) -> list[tuple[str, ...]]:
    return [path for path in paths(sampler, action) if end is None or path[-1] == end]


def covered(sampler: Sampler, asked: Asked) -> tuple[list[Made], dict[str, Any]]:
    """Make the payloads and stories of a cover; the second part says what nothing covers, and why."""
    whole = cover(sampler, asked.seed)
    made = []
    status, action = (sampler.contract.roles.get(role, "") for role in ("status", "action"))
    for number, one in enumerate(whole.payloads, 1):
        told = [value for value in (member(one.payload, at) for at in (action, status) if at) if isinstance(value, str)]
        facts = {"kind": "cover", "adds": list(one.adds), "covers": list(one.features)}
        made.append(Made(f"cover-{number:0{_LEAST_DIGITS}}-{named(*told)}", facts, one.payload))
    for number, life in enumerate(whole.stories, len(made) + 1):
        facts = {
            "kind": "cover",
            "action": life.action,
            "path": list(life.path),
            "adds": list(life.adds),
            "covers": list(life.features),
        }
        name = f"cover-{number:0{_LEAST_DIGITS}}-{named(life.action, life.path[-1])}"
        made.append(Made(name, facts, Polls(line(sampler, poll) for poll in life.polls)))
    return made, {"uncovered": dict(whole.uncovered)}
