"""What `contract.toml` promises beside the page: the life of a task, what follows across members, families of servers."""

from __future__ import annotations

from collections import Counter, defaultdict
from itertools import permutations
from typing import TYPE_CHECKING, Any

from docpact.compare.change import Fact, ends, listed
from docpact.contract import DOCUMENTED
from docpact.finding import escape_token
from docpact.pointers import ABSENT

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from docpact.contract import Contract, Entry, Profile
    from docpact.lifecycle import Fixed, Lifecycle


def promises(old: Contract, new: Contract) -> Iterator[Fact]:
    """Yield what differs between two contracts beside their pages."""
    yield from _lives(old.lifecycle, new.lifecycle)
    yield from _coherence(old.coherence, new.coherence)
    yield from _profiles(old.profiles, new.profiles)
    if _is_silent(old) or _is_silent(new):
        # A contract as it was derived of a page: that it says nothing has been told.
        return
    for name, was, now in (
        ("roles", dict(old.roles), dict(new.roles)),
        ("envelope", sorted(old.envelope), sorted(new.envelope)),
        ("buttons", [kind._asdict() for kind in old.buttons], [kind._asdict() for kind in new.buttons]),
    ):
        if was != now:
            yield _fact("terms-changed", f"/{name}", len(was), len(now), f"[{name}] of contract.toml says something else")


def _is_silent(contract: Contract) -> bool:
    return not contract.lifecycle and not contract.coherence and contract.profiles.keys() <= {DOCUMENTED}


def _fact(kind: str, at: str, old: Any, new: Any, message: str) -> Fact:
    return Fact(kind, (), old, new, message, within=at)


def _at(*parts: str) -> str:
    return "".join(f"/{escape_token(part)}" for part in parts)


def _lives(old: Lifecycle | None, new: Lifecycle | None) -> Iterator[Fact]:
    if old is None and new is None:
        return
    if old is None or new is None:
        kind = "lifecycle-stated" if old is None else "lifecycle-dropped"
        said = f"{len((old or new).states)} states"  # type: ignore[union-attr] # one of them is there
        words = f"the life of a task is {'told now' if old is None else 'no longer told'} ({said})"
        yield _fact(kind, "/lifecycle", ABSENT if old is None else said, ABSENT if new is None else said, words)
        return
    yield from _states(old, new)
    yield from _steps(old, new)
    yield from _lasting(old, new)
    yield from _timing(old, new)


def _states(old: Lifecycle, new: Lifecycle) -> Iterator[Fact]:
    for name in dict.fromkeys((*old.states, *new.states)):
        was, now = old.states.get(name), new.states.get(name)
        at, called = _at("lifecycle", "state", name), name or "(empty)"
        if was is None and now is not None:
            what = "an end" if now.end else "one that goes on"
            yield _fact("lifecycle-state-added", at, ABSENT, what, f"a task may be {called} now, {what}")
        elif was is not None and now is None:
            what = "an end" if was.end else "one that goes on"
            yield _fact("lifecycle-state-removed", at, what, ABSENT, f"a task is never {called} any more")
        elif was is not None and now is not None and was.end != now.end:
            kind = "lifecycle-end-added" if now.end else "lifecycle-end-removed"
            yield _fact(kind, at, was.end, now.end, f"{called} is {'an end now' if now.end else 'no end any more'}")


def steps(cycle: Lifecycle) -> set[tuple[str, str]]:
    """Return every step that a task may take under any profile, from one state to another."""
    names = cycle.states
    return {(a, b) for a, b in permutations(names, 2) if not names[a].end and not cycle.goes_back(a, b)}


def _steps(old: Lifecycle, new: Lifecycle) -> Iterator[Fact]:
    was, now = steps(old), steps(new)
    both = old.states.keys() & new.states.keys()
    # What an end allows is told of the end itself.
    told = {name for name in both if old.states[name].end != new.states[name].end}
    for step in sorted(was ^ now):
        if set(step) <= both and step[0] not in told:
            kind = "lifecycle-step-added" if step in now else "lifecycle-step-removed"
            way = f"from {step[0] or '(empty)'} to {step[1] or '(empty)'}"
            words = f"a task {'may go' if step in now else 'no longer goes'} {way}"
            yield _fact(kind, _at("lifecycle", "step", *step), *ends("a step", now=step in now), words)
    yield from _backs(old, new)


def _backs(old: Lifecycle, new: Lifecycle) -> Iterator[Fact]:
    was, now = (
        {
            (back.origin, back.target, profile, action)
            for back in cycle.backs
            for profile in back.profiles or ("*",)
            for action in back.actions or ("*",)
        }
        for cycle in (old, new)
    )
    for origin, target in sorted({step[:2] for step in was ^ now}):
        at, words = _at("lifecycle", "back", origin, target), f"from {origin or '(empty)'} back to {target or '(empty)'}"
        for kind, gained in (("lifecycle-back-added", now - was), ("lifecycle-back-removed", was - now)):
            here = sorted(f"{step[2]} {step[3]}".replace(" *", "") for step in gained if step[:2] == (origin, target))
            if here:
                added = kind.endswith("added")
                said = f"the step {words} is {'known' if added else 'no longer known'} of {listed(here)}"
                yield _fact(kind, at, *ends(here, now=added), said)


def _lasting(old: Lifecycle, new: Lifecycle) -> Iterator[Fact]:
    was, now = ({one.member: one for one in cycle.fixed} for cycle in (old, new))
    for member in dict.fromkeys((*was, *now)):
        at, one, other = _at("lifecycle", "fixed") + member, was.get(member), now.get(member)
        if one is None or other is None:
            kind = "lifecycle-fixed-stated" if one is None else "lifecycle-fixed-dropped"
            words = f"{member} {'stays as it was made now' if one is None else 'may change now, and stayed as it was made'}"
            yield _fact(kind, at, *ends("fixed", now=one is None), words)
        else:
            yield from _openings(at, member, one, other)
    settled, then = ({one.member: one.compare for one in cycle.settled} for cycle in (old, new))
    for member in dict.fromkeys((*settled, *then)):
        at, before, after = _at("lifecycle", "settled") + member, settled.get(member), then.get(member)
        if before == after:
            continue
        ways = "stated" if before is None else "dropped" if after is None else "changed"
        said = {"stated": "stays once a task has ended", "dropped": "may change after the end of a task",
                "changed": f"is compared as {after} after the end, and was as {before}"}[ways]  # fmt: skip
        yield _fact(f"lifecycle-settled-{ways}", at, before or ABSENT, after or ABSENT, f"{member} {said}")


def _openings(at: str, member: str, one: Fixed, other: Fixed) -> Iterator[Fact]:
    was, now = (
        {*(f"in {name or '(empty)'}" for name in part.open_states), *(f"while it is {value}" for value in part.open_values),
         *(("after a known step back",) if part.reopens else ())}
        for part in (one, other)
    )  # fmt: skip
    for kind, cases in (("lifecycle-fixed-loosened", now - was), ("lifecycle-fixed-tightened", was - now)):
        if cases:
            loosened, here = kind.endswith("loosened"), sorted(cases)
            words = f"{member} {'may change' if loosened else 'no longer changes'} {listed(here)}"
            yield _fact(kind, at, *ends(here, now=loosened), words)


def _timing(old: Lifecycle, new: Lifecycle) -> Iterator[Fact]:
    for name, was, now in (
        ("restart", old.restart, new.restart),
        ("progress", sorted(old.progress_ends), sorted(new.progress_ends)),
        ("stuck", [old.stuck_seconds, *sorted(old.stuck_states)], [new.stuck_seconds, *sorted(new.stuck_states)]),
        ("instant", [old.instant_seconds, *sorted(old.instant_rules)], [new.instant_seconds, *sorted(new.instant_rules)]),
    ):
        if was != now:
            words = f"[lifecycle.{name}] says {now}, and said {was}"
            yield _fact("lifecycle-timing-changed", f"/lifecycle/{name}", was, now, words)


def _coherence(old: tuple[Entry, ...], new: tuple[Entry, ...]) -> Iterator[Fact]:
    if bool(old) != bool(new):
        said = f"{len(old or new)} promises"
        kind = "promises-stated" if new else "promises-dropped"
        words = f"what follows across members is {'told now' if new else 'no longer told'} ({said})"
        yield _fact(kind, "/coherence", said if old else ABSENT, said if new else ABSENT, words)
        return
    was, now = _by_rule(old), _by_rule(new)
    for key in dict.fromkeys((*was, *now)):
        before, after = was.get(key, []), now.get(key, [])
        left, come = _unmatched(before, after)
        at = _at("coherence", key[0]) + "".join(key[2])
        for one, other in zip(left, come, strict=False):
            yield _entry(at, one, other)
        for one in left[len(come) :]:
            words = f"{key[0]} no longer speaks of {listed(list(key[2]))}{_when(one)}"
            yield _fact("promise-dropped", at, _told(one), ABSENT, words)
        for one in come[len(left) :]:
            yield _fact("promise-made", at, ABSENT, _told(one), f"{key[0]} speaks of {listed(list(key[2]))} now{_when(one)}")


_Key = tuple[str, str, tuple[str, ...]]


def _by_rule(entries: tuple[Entry, ...]) -> dict[_Key, list[Entry]]:
    found: dict[_Key, list[Entry]] = defaultdict(list)
    for entry in entries:
        found[(entry.rule, entry.check, entry.members)].append(entry)
    return found


def _said(entry: Entry) -> str:
    """Write what an entry asks for, without its reason, so that equal ones are equal texts."""
    when = sorted((role, sorted(values)) for role, values in entry.when.items())
    return f"{when} {sorted((key, repr(value)) for key, value in entry.settings.items())}"


def _unmatched(before: list[Entry], after: list[Entry]) -> tuple[list[Entry], list[Entry]]:
    """Return the entries of each side that the other has not, in their order."""
    was, now = Counter(map(_said, before)), Counter(map(_said, after))
    both = was & now
    return _without(before, both), _without(after, both)


def _without(entries: list[Entry], known: Counter[str]) -> list[Entry]:
    left, kept = Counter(known), []
    for entry in entries:
        if left[_said(entry)]:
            left[_said(entry)] -= 1
        else:
            kept.append(entry)
    return kept


def _entry(at: str, one: Entry, other: Entry) -> Fact:
    """Tell how an entry changed: it speaks in further or in fewer cases, or it asks for something else."""
    kind = "promise-changed"
    if _said(one._replace(when={})) == _said(other._replace(when={})):
        fewer = all(role in other.when and other.when[role] <= values for role, values in one.when.items())
        further = all(role in one.when and one.when[role] <= values for role, values in other.when.items())
        if fewer != further:
            kind = "promise-weakened" if fewer else "promise-strengthened"
    said = {"promise-weakened": "holds in fewer cases", "promise-strengthened": "holds in further cases"}
    words = f"{one.rule} of {listed(list(one.members))} {said.get(kind, 'is another one')}"
    return _fact(kind, at, _told(one), _told(other), f"{words}{_when(other)}; it was one{_when(one) or ' without a condition'}")


def _told(entry: Entry) -> str:
    return f"{entry.check}{_when(entry)}"


def _when(entry: Entry) -> str:
    parts = [f"{role} is {listed(sorted(values))}" for role, values in sorted(entry.when.items())]
    return f", when {' and '.join(parts)}" if parts else ""


def _profiles(old: Mapping[str, Profile], new: Mapping[str, Profile]) -> Iterator[Fact]:
    was, now = ({name: one for name, one in side.items() if name != DOCUMENTED} for side in (old, new))
    if bool(was) != bool(now):
        names = sorted(was or now)
        words = f"families of servers are {'described now' if now else 'no longer described'}: {listed(names)}"
        yield _fact("profiles-stated" if now else "profiles-dropped", "/profiles", *ends(names, now=bool(now)), words)
        return
    for name in dict.fromkeys((*was, *now)):
        at = _at("profiles", name)
        if name not in was or name not in now:
            kind, words = ("profile-added", "described now") if name in now else ("profile-removed", "no longer described")
            sides = ends((now.get(name) or was[name]).summary, now=name in now)
            yield _fact(kind, at, *sides, f"the profile {name} is {words}")
        else:
            yield from _profile(at, was[name], now[name])


def _profile(at: str, old: Profile, new: Profile) -> Iterator[Fact]:
    for what, was, now, words in (
        ("nulls", old.nulls, new.nulls, "may be null"),
        ("missing", old.missing, new.missing, "may be missing"),
        ("excuses", old.excuses, new.excuses, "is excused"),
        ("enums", _listed(old), _listed(new), "is known"),
    ):
        yield from _softened(f"{at}/{what}", old.name, was, now, words)
    for what in ("null_elsewhere", "missing_elsewhere", "unknown_enum", "undocumented"):
        before, after = getattr(old, what), getattr(new, what)
        if before is not after:
            kind = "profile-loosened" if _hardness(after) < _hardness(before) else "profile-tightened"
            said = [str(one or "ignore") for one in (before, after)]
            yield _fact(
                kind, f"{at}/{what}", said[0], said[1], f"{what} of the profile {old.name} is {said[1]}, and was {said[0]}"
            )


def _listed(profile: Profile) -> frozenset[str]:
    return frozenset(f"{value} of {pointer}" for pointer, values in profile.enums.items() for value in values)


def _softened(at: str, name: str, was: Collection[str], now: Collection[str], words: str) -> Iterator[Fact]:
    for kind, here in (("profile-loosened", sorted(set(now) - set(was))), ("profile-tightened", sorted(set(was) - set(now)))):
        if here:
            loosened = kind.endswith("loosened")
            said = f"under the profile {name} {listed(here)} {words if loosened else f'no longer {words}'}"
            yield _fact(kind, at, *ends(here, now=loosened), said)


def _hardness(severity: str | None) -> int:
    return {None: 0, "warning": 1, "error": 2}.get(severity, 0)
