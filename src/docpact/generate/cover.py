"""Cover: a small set of payloads and stories that exercises all that a contract names, and what each of them exercises."""

from __future__ import annotations

from itertools import islice, pairwise
from typing import TYPE_CHECKING, Any, NamedTuple

from docpact.features import Features, step
from docpact.generate.draws import Seeded
from docpact.generate.lives import lives_of
from docpact.generate.stories import story
from docpact.generate.variants import Variants

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from typing import TypeVar

    from docpact.generate.payloads import Sampler
    from docpact.generate.stories import Poll

    T = TypeVar("T")

# A lifecycle of twenty states has half a million paths; its steps are in the first of them.
_MOST_PATHS = 10_000


class Covered(NamedTuple):
    """A payload, all the features that it has, and those that no payload before it has."""

    payload: dict[str, Any]
    features: tuple[str, ...]
    adds: tuple[str, ...]


class CoveredStory(NamedTuple):
    """A story, for the steps of the lifecycle: its action and path, all the steps in it, and those that no story before has."""

    polls: tuple[Poll, ...]
    action: str
    path: tuple[str, ...]
    features: tuple[str, ...]
    adds: tuple[str, ...]


class Cover(NamedTuple):
    """A whole cover, in the order of greedy choice; `uncovered` maps what nothing covers to the reason."""

    payloads: tuple[Covered, ...]
    stories: tuple[CoveredStory, ...]
    uncovered: Mapping[str, str]


def cover(sampler: Sampler, seed: int | str = 0) -> Cover:
    """Choose payloads and stories of a profile that cover every feature that can be covered; none of them can be spared.

    Features are `/status=SUCCESS`, `/customId absent`, `/prompt long`, `button:upsample`, `edge:SUBMITTED→IN_PROGRESS`.
    """
    features = Features(sampler.contract, sampler.profile)
    variants = Variants(sampler, features, seed)
    wanted = list(dict.fromkeys(features.all()))
    made = [(recipe, frozenset(features.of(payload))) for recipe, payload in variants.all()]
    chosen = smallest(wanted, made)
    payloads = []
    seen: set[str] = set()
    for nth, (recipe, _) in enumerate(chosen):
        payload = variants.make(recipe, nth)
        found = set(features.of(payload))
        payloads.append(Covered(payload, _in(wanted, found), _in(wanted, found - seen)))
        seen |= found
    uncovered = {feature: variants.reason(feature) for feature in wanted if feature not in seen}
    return Cover(tuple(payloads), _stories(sampler, seed, len(payloads)), uncovered)


def _in(wanted: Iterable[str], found: Iterable[str]) -> tuple[str, ...]:
    known = set(found)
    return tuple(feature for feature in wanted if feature in known)


def _stories(sampler: Sampler, seed: int | str, nth: int) -> tuple[CoveredStory, ...]:
    wanted: dict[str, None] = {}
    made = []
    for action, life in lives_of(sampler).items():
        wanted |= dict.fromkeys(step(*edge) for edge in life.edges())
        ways = islice(life.paths(), _MOST_PATHS)
        made += [((action, path), frozenset(step(*edge) for edge in pairwise(path))) for path in ways]
    stories, seen = [], set[str]()
    for number, ((action, path), found) in enumerate(smallest(list(wanted), made)):
        polls = tuple(story(sampler, Seeded(seed, nth + number), action or None, path))
        stories.append(CoveredStory(polls, action, path, _in(wanted, found), _in(wanted, found - seen)))
        seen |= found
    return tuple(stories)


def smallest(wanted: Sequence[str], made: Iterable[tuple[T, frozenset[str]]]) -> list[tuple[T, frozenset[str]]]:
    """Choose greedily what covers most of what is not covered yet, the first of equals; then leave out what can be spared."""
    bits = {feature: 1 << n for n, feature in enumerate(wanted)}
    firsts: dict[int, tuple[T, frozenset[str]]] = {}
    for thing in made:
        firsts.setdefault(sum(bits[feature] for feature in thing[1] if feature in bits), thing)
    left = 0
    for mask in firsts:
        left |= mask
    chosen: list[int] = []
    while left:
        best = max(firsts, key=lambda mask: (mask & left).bit_count())
        chosen.append(best)
        left &= ~best
    for mask in reversed(tuple(chosen)):
        rest = 0
        for other in chosen:
            rest |= other if other != mask else 0
        if not mask & ~rest:
            chosen.remove(mask)
    return [firsts[mask] for mask in chosen]
