"""Where each member stands, said with its evidence; and which decisions are wanted where the page does not tell."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from docpact.derive.claims import Ambiguity, Note
from docpact.derive.example import escape
from docpact.derive.nesting import ROOT, Nesting, nest, path_of
from docpact.errors import ContractError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from docpact.derive.claims import Decision, Entry, TypeClaim
    from docpact.derive.decisions import Decisions
    from docpact.derive.example import Scope

_MOST_EVIDENCE = 4
_MOST_PATHS = 24


@dataclass(frozen=True)
class Placed:
    """The path of each entry (None for one that is listed twice), the questions of nesting, and what did not fit."""

    paths: tuple[str | None, ...]
    ambiguities: tuple[Ambiguity, ...]
    notes: tuple[Note, ...]


def place(entries: Sequence[Entry], shown: Mapping[str, Scope], decisions: Decisions) -> Placed:
    """Place every entry by evidence and decisions; raise `ContractError` for a decision that no tree can follow."""
    first = nest(entries, shown, {})
    possible = _possible(first)
    decided = _decided(entries, first, possible, decisions)
    fixed = {at: _parent(one.value, _alternatives(entries, first, possible[at])) for at, one in decided.items()}
    nesting = nest(entries, shown, fixed) if fixed else first
    if fixed and nesting.loose > first.loose:
        # A person may know better than an example that shows only a part of the members.
        nesting = nest(entries, {}, fixed)
    if fixed and nesting.loose > first.loose:
        at, one = next(iter(decided.items()))
        raise ContractError(
            f"{one.origin} decides {one.about} = {one.value}, and no reading of the page agrees",
            hint=f"what can be decided there: {', '.join(_alternatives(entries, first, possible[at]))}",
        )
    best = nesting.trees[0]
    paths = [f"{path_of(entries, best, parent)}/{escape(entry.name)}" for entry, parent in zip(entries, best, strict=True)]
    evidence = _Evidence(entries, nesting, shown)
    remaining = _possible(nesting)
    ambiguities = [
        _question(evidence, at, remaining[at] if at not in decided else possible[at], decided.get(at))
        for at in range(len(entries))
        if at in decided or len(possible[at]) > 1 or len(remaining[at]) > 1
    ]
    kept: list[str | None] = list(paths)
    if nesting.loose:
        kept = [path if path not in paths[:at] else None for at, path in enumerate(paths)]
    return Placed(tuple(kept), tuple(ambiguities), tuple(_notes(entries, nesting, kept)))


def _possible(nesting: Nesting) -> list[list[int]]:
    """Return for each entry every parent that it could have, that of the first tree first."""
    best = nesting.trees[0]
    return [
        list(dict.fromkeys((best[at], *nesting.open_at[at], *column)))
        for at, column in enumerate(zip(*nesting.trees, strict=True))
    ]


def _alternatives(entries: Sequence[Entry], nesting: Nesting, parents: Sequence[int]) -> list[str]:
    return [path_of(entries, nesting.trees[0], parent) or "/" for parent in parents]


def _parent(value: str, alternatives: Sequence[str]) -> str:
    """Return the path that a person means: `/buttons` is `/buttons/*`, whatever it is a list of."""
    path = value.rstrip("/")
    return next((one for one in alternatives if one in (path, f"{path}/*")), path)


def _decided(
    entries: Sequence[Entry], nesting: Nesting, possible: Sequence[Sequence[int]], decisions: Decisions
) -> dict[int, Decision]:
    """Find for each open entry the decision about it, under any path that it could have."""
    found: dict[int, Decision] = {}
    if not decisions.given:
        return found
    certain = {f"/{escape(entry.name)}" for entry, parents in zip(entries, possible, strict=True) if parents == [ROOT]}
    named = _paths(entries, possible)
    for at, entry in enumerate(entries):
        if len(possible[at]) == 1:
            continue
        likely = [f"{path_of(entries, nesting.trees[0], one)}/{escape(entry.name)}" for one in possible[at]]
        paths = dict.fromkeys([*likely, *named[at]])
        decision = decisions.take(*(f"{path}#nesting" for path in paths if path not in certain))
        if decision is not None:
            found[at] = decision
    return found


def _paths(entries: Sequence[Entry], possible: Sequence[Sequence[int]]) -> list[list[str]]:
    """Return the paths that each entry could have, wherever those above it stand; a few of them."""
    found: list[list[str]] = []
    for entry, parents in zip(entries, possible, strict=True):
        holders = [(path, entries[one].claim) for one in parents if one != ROOT for path in found[one]]
        below = [f"{path}{_stars(claim)}/{escape(entry.name)}" for path, claim in holders]
        top = [f"/{escape(entry.name)}"] if ROOT in parents else []
        found.append(list(dict.fromkeys([*top, *below]))[:_MOST_PATHS])
    return found


def _stars(claim: TypeClaim | None) -> str:
    stars = ""
    while claim is not None and claim.type == "array":
        claim, stars = claim.items, f"{stars}/*"
    return stars


@dataclass(frozen=True)
class _Evidence:
    """What can be said for the place of an entry in the first tree of a nesting."""

    entries: Sequence[Entry]
    nesting: Nesting
    shown: Mapping[str, Scope]

    def said(self, at: int, others: Sequence[int]) -> list[str]:
        tree, name = self.nesting.trees[0], self.entries[at].name
        parent = tree[at]
        found = []
        scope = self.shown.get(path_of(self.entries, tree, parent))
        if scope and name in scope.members:
            found.append(f"the example has {name} {self._where(parent)} ({scope.members[name]} of {scope.objects})")
        for other in others:
            beside = self.shown.get(path_of(self.entries, tree, other))
            if beside and beside.objects and name not in beside.members:
                found.append(f"the example has no {name} {self._where(other)}")
            twin = next((n for n, its in enumerate(tree) if its == other and self.entries[n].name == name and n != at), None)
            if twin is not None:
                found.append(f"a {name} stands {self._where(other)} already (line {self.entries[twin].lines['member'][0]})")
        for one in (parent, *others):
            holder = self.entries[one].claim.holder if one != ROOT else None
            if holder and holder.count is not None:
                line = self.entries[one].lines["type"][0]
                found.append(f"line {line} counts {holder.count} members {self._where(one)}")
        return found[:_MOST_EVIDENCE]

    def _where(self, parent: int) -> str:
        path = path_of(self.entries, self.nesting.trees[0], parent)
        return f"in {path}" if path else "at the top level"


def _question(evidence: _Evidence, at: int, parents: Sequence[int], decided: Decision | None) -> Ambiguity:
    entries, nesting = evidence.entries, evidence.nesting
    tree = nesting.trees[0]
    where = _alternatives(entries, nesting, list(dict.fromkeys((tree[at], *parents))))
    settled = nesting.whole and nesting.loose == 0 and len({one[at] for one in nesting.trees}) == 1
    path = f"{path_of(entries, tree, tree[at])}/{escape(entries[at].name)}"
    if decided is not None:
        said = [f"decided in {decided.origin}" + (f": {decided.reason}" if decided.reason else "")]
    elif not nesting.whole:
        said = ["there are more ways to nest these members than were looked at"]
    else:
        said = evidence.said(at, [one for one in parents if one != tree[at]])
        if not settled:
            said.append("nothing on the page tells these places apart")
        elif not said:
            said.append("the places of its neighbours leave it no other")
    return Ambiguity(
        f"{path}#nesting", f"where {entries[at].name} stands", tuple(dict.fromkeys(where)), tuple(said), where[0],
        settled=settled, by="person" if decided else "evidence" if settled else "nobody",
        lines=entries[at].lines["member"],
    )  # fmt: skip


def _notes(entries: Sequence[Entry], nesting: Nesting, paths: Sequence[str | None]) -> list[Note]:
    notes = []
    if not nesting.whole:
        notes.append(Note("limit", "the members can be nested in more ways than were looked at", entries[0].lines["member"]))
    if nesting.loose:
        notes += [
            Note("contradiction", f"{one.name}: its {holder.count} members cannot all be placed", one.lines["type"])
            for one in entries
            if (holder := one.claim.holder) is not None and holder.count is not None
        ]
    for entry, path in zip(entries, paths, strict=True):
        if path is None:
            notes.append(Note("contradiction", f"{entry.name} is listed twice; the first is taken", entry.lines["member"]))
    return notes
