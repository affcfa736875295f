"""A flat list of members back into a tree: every tree that the evidence allows, within a bound on the work."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from docpact.derive.example import Scope, escape

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from docpact.derive.claims import Entry, TypeClaim

Parents: TypeAlias = "tuple[int, ...]"
ROOT = -1
_MOST_TREES = 3000
_MOST_STEPS = 10_000_000
_DEEPEST = 32


@dataclass(frozen=True)
class Nesting:
    """The trees that remain, the likeliest first: for each entry the index of its parent, -1 for the top level.

    `open_at` has, for each entry of the first tree, the parents that its place in the list alone would allow. `loose` is
    1 where the members do not add up to the page's counts, 2 where a scope has a name twice. `whole` is false when there
    are more trees than were looked at.
    """

    trees: tuple[Parents, ...]
    open_at: tuple[Parents, ...]
    loose: int = 0
    whole: bool = True


class _Search:
    """One search over the trees of a list of entries."""

    def __init__(self, entries: Sequence[Entry], shown: Mapping[str, Scope], fixed: Mapping[int, str], loose: int) -> None:
        self.entries, self.shown, self.fixed, self.loose = entries, shown, fixed, loose
        self.steps = 0

    def run(self) -> tuple[list[Parents], bool]:
        found: list[Parents] = []
        stack: list[Parents] = [()]
        while stack:
            parents = stack.pop()
            still_open = open_parents(self.entries, parents)
            self.steps += len(still_open) * (len(parents) + 1)
            if self.steps > _MOST_STEPS or len(found) >= _MOST_TREES:
                return found, False
            if len(parents) == len(self.entries):
                if all(self._count_fits(parents, one) for one in still_open):
                    found.append(parents)
                continue
            # The last pushed is the first looked at: the deepest place.
            stack += [(*parents, parent) for parent in reversed(self._places(parents, still_open))]
        return found, True

    def _places(self, parents: Parents, still_open: Sequence[int]) -> list[int]:
        """Return where the next entry may stand, the deepest first; a place above an object closes that object."""
        at = len(parents)
        places = []
        for number, parent in enumerate(still_open):
            if len(still_open) - number <= _DEEPEST and self._free(parents, parent, self.entries[at].name):
                places.append(parent)
            if not self._count_fits(parents, parent):
                break
        depth = self.entries[at].depth
        if depth is not None:
            return [one for one in places if len(still_open) - 1 - still_open.index(one) == depth]
        within = self.entries[at].within
        if within is not None:
            return [one for one in places if one != ROOT and self.entries[one].lines["member"][0] == within]
        if at in self.fixed:
            return [one for one in places if self._path(parents, one) == self.fixed[at]]
        return self._by_example(parents, places, at) if self.shown else places

    def _by_example(self, parents: Parents, places: list[int], at: int) -> list[int]:
        name = self.entries[at].name
        scopes = {place: self.shown.get(self._path(parents, place)) for place in places}
        having = [place for place, scope in scopes.items() if scope is not None and name in scope.members]
        if having:
            return having
        if self.entries[at].required:
            # A required member that the objects of the example lack does not belong to them, if it can stand elsewhere.
            without = [place for place, scope in scopes.items() if scope is None or not scope.objects]
            return without or places
        return places

    def _free(self, parents: Parents, parent: int, name: str) -> bool:
        """Tell whether a scope has room for one more member, and none of that name."""
        if self.loose > 1:
            return True
        members = [one for one, its in enumerate(parents) if its == parent]
        if any(self.entries[one].name == name for one in members):
            return False
        holder = self.entries[parent].claim.holder if parent != ROOT else None
        return self.loose > 0 or holder is None or holder.count is None or len(members) < holder.count

    def _count_fits(self, parents: Parents, one: int) -> bool:
        """Tell whether an object that is closed has as many members as the page says."""
        holder = self.entries[one].claim.holder if one != ROOT and not self.loose else None
        return holder is None or holder.count is None or parents.count(one) == holder.count

    def _path(self, parents: Parents, one: int) -> str:
        return path_of(self.entries, parents, one)


def open_parents(entries: Sequence[Entry], parents: Parents) -> list[int]:
    """Return the objects that may still take members after the entries placed so far, the deepest first."""
    at = len(parents) - 1
    found = [at] if at >= 0 and entries[at].claim.holder is not None else []
    while at >= 0:
        at = parents[at]
        found.append(at)
    return found or [ROOT]


def path_of(entries: Sequence[Entry], parents: Parents, one: int) -> str:
    """Return the place of the members of an entry: `/buttons/*` for the objects in an array, `""` for the top level."""
    parts = []
    while one != ROOT:
        claim: TypeClaim | None = entries[one].claim
        stars = ""
        while claim is not None and claim.type == "array":
            claim, stars = claim.items, f"{stars}/*"
        parts.append(f"/{escape(entries[one].name)}{stars}")
        one = parents[one]
    return "".join(reversed(parts))


def nest(entries: Sequence[Entry], shown: Mapping[str, Scope], fixed: Mapping[int, str]) -> Nesting:
    """Find the trees that fit: one name once in a scope, `{n}` members, the example, and what a person fixed.

    `shown` is what the example has at each place, `fixed` the parent's path for entries that were decided.
    """
    trees, whole, loose = [_by_depth(entries)], True, 0
    if any(entry.depth is None for entry in entries):
        for loose in range(3):
            trees, whole = _Search(entries, shown, fixed, loose).run()
            if trees or not whole:
                break
    if not trees:
        # Too many entries to place within the bound: the flat list, which nobody is asked to trust.
        trees, whole = [(ROOT,) * len(entries)], False
    trees.sort(key=lambda parents: (_absent(entries, parents, shown), _unlikely(entries, parents)))
    best = trees[0]
    open_at = tuple(
        tuple(open_parents(entries, best[:at])) if entry.depth is None and entry.within is None else (best[at],)
        for at, entry in enumerate(entries)
    )
    return Nesting(tuple(trees), open_at, loose, whole)


def _by_depth(entries: Sequence[Entry]) -> Parents:
    parents: list[int] = []
    at_depth: list[int] = []
    for at, entry in enumerate(entries):
        depth = min(entry.depth or 0, len(at_depth))
        parents.append(at_depth[depth - 1] if depth else ROOT)
        at_depth[depth:] = [at]
    return tuple(parents)


def _absent(entries: Sequence[Entry], parents: Parents, shown: Mapping[str, Scope]) -> int:
    """Count the members that a tree puts where the example has an object without them."""
    if not shown:
        return 0
    places = {parent: shown.get(path_of(entries, parents, parent)) for parent in set(parents)}
    scopes = [places[parent] for parent in parents]
    return sum(scope is not None and entry.name not in scope.members for entry, scope in zip(entries, scopes, strict=True))


def _unlikely(entries: Sequence[Entry], parents: Parents) -> tuple[int, int, int]:
    """Rank a tree for a best guess, which is always called one: marks of one kind in a scope, few empty lists."""
    held = set(parents)
    empty = sum(
        3 if entry.claim.type == "array" else 1
        for at, entry in enumerate(entries)
        if entry.claim.holder is not None and at not in held
    )
    changes = 0
    marks: dict[int, bool | None] = {}
    for entry, parent in zip(entries, parents, strict=True):
        if parent != ROOT and marks.get(parent, entry.required) != entry.required:
            changes += 1
        marks[parent] = entry.required
    return changes, empty, -sum(parent != ROOT for parent in parents)
