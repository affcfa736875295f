"""What two contracts promise beside their pages: lives of tasks, what follows across members, families of servers."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from docpact.compare.comparison import compare
from docpact.compare.side import of_contract
from docpact.compare.table import KINDS
from docpact.contract import Contract, load
from docpact.finding import Severity
from docpact.lifecycle import Back, Lifecycle, State

if TYPE_CHECKING:
    from collections.abc import Callable

CONTRACT = load()
assert CONTRACT.lifecycle is not None
CYCLE: Lifecycle = CONTRACT.lifecycle


def told(old: Contract, new: Contract) -> list[tuple[str, str]]:
    return [(change.kind, change.pointer) for change in compare(of_contract(old), of_contract(new)).changes]


def with_cycle(**parts: Any) -> Contract:
    return replace(CONTRACT, lifecycle=CYCLE._replace(**parts))


def with_states(**states: State | None) -> Contract:
    changed = {**CYCLE.states, **states}
    return with_cycle(states={name: state for name, state in changed.items() if state is not None})


def with_profile(name: str, **parts: Any) -> Contract:
    return replace(CONTRACT, profiles={**CONTRACT.profiles, name: CONTRACT.profiles[name]._replace(**parts)})


PAUSED = State("PAUSED", 4, end=False, reason="", fact="")
# Where an entry has conditions, and where it has none.
SOME = next(n for n, entry in enumerate(CONTRACT.coherence) if entry.rule == "success-without-image")
FEWER = {"status": frozenset({"SUCCESS"}), "action": frozenset({"IMAGINE"})}


def with_entry(**parts: Any) -> Contract:
    entries = list(CONTRACT.coherence)
    entries[SOME] = entries[SOME]._replace(**parts)
    return replace(CONTRACT, coherence=tuple(entries))


def without_entry() -> Contract:
    return replace(CONTRACT, coherence=CONTRACT.coherence[:SOME] + CONTRACT.coherence[SOME + 1 :])


AT = "/coherence/success-without-image/imageUrl"
BACK = Back("SUCCESS", "IN_PROGRESS", ("go-relay",), (), "", "")
CASES: dict[str, tuple[Callable[[], Contract], list[tuple[str, str]]]] = {
    "a state more": (lambda: with_states(PAUSED=PAUSED), [("lifecycle-state-added", "/lifecycle/state/PAUSED")]),
    "a state becomes an end": (
        lambda: with_states(MODAL=CYCLE.states["MODAL"]._replace(end=True)),
        [("lifecycle-end-added", "/lifecycle/state/MODAL")],
    ),
    "a state that comes later allows a step back": (
        lambda: with_states(SUBMITTED=CYCLE.states["SUBMITTED"]._replace(order=4)),
        [("lifecycle-step-added", "/lifecycle/step/IN_PROGRESS/SUBMITTED")],
    ),
    "a known step back more": (
        lambda: with_cycle(backs=(*CYCLE.backs, BACK)), [("lifecycle-back-added", "/lifecycle/back/SUCCESS/IN_PROGRESS")],
    ),
    "no member is fixed": (
        lambda: with_cycle(fixed=CYCLE.fixed[1:]), [("lifecycle-fixed-dropped", f"/lifecycle/fixed{CYCLE.fixed[0].member}")],
    ),
    "a member is fixed in fewer states": (
        lambda: with_cycle(fixed=(CYCLE.fixed[0]._replace(open_states=("MODAL",)), *CYCLE.fixed[1:])),
        [("lifecycle-fixed-loosened", f"/lifecycle/fixed{CYCLE.fixed[0].member}")],
    ),
    "what is settled": (
        lambda: with_cycle(settled=CYCLE.settled[1:]),
        [("lifecycle-settled-dropped", f"/lifecycle/settled{CYCLE.settled[0].member}")],
    ),
    "a longer time": (lambda: with_cycle(stuck_seconds=7200), [("lifecycle-timing-changed", "/lifecycle/stuck")]),
    "no life at all": (lambda: replace(CONTRACT, lifecycle=None), [("lifecycle-dropped", "/lifecycle")]),
    "a promise less": (without_entry, [("promise-dropped", AT)]),
    "a promise in fewer cases": (lambda: with_entry(when=FEWER), [("promise-weakened", AT)]),
    "a promise in every case": (lambda: with_entry(when={}), [("promise-strengthened", AT)]),
    "another promise": (lambda: with_entry(settings={}), [("promise-changed", AT)]),
    "no promise at all": (lambda: replace(CONTRACT, coherence=()), [("promises-dropped", "/coherence")]),
    "another null": (
        lambda: with_profile("go-relay", nulls=CONTRACT.profiles["go-relay"].nulls | {"/mood"}),
        [("profile-loosened", "/profiles/go-relay/nulls")],
    ),
    "an unknown value is no error": (
        lambda: with_profile("go-relay", unknown_enum=None), [("profile-loosened", "/profiles/go-relay/unknown_enum")],
    ),
    "a family less": (
        lambda: replace(CONTRACT, profiles={k: v for k, v in CONTRACT.profiles.items() if k != "java-proxy"}),
        [("profile-removed", "/profiles/java-proxy")],
    ),
    "another role": (lambda: replace(CONTRACT, roles={**CONTRACT.roles, "id": "/taskId"}), [("terms-changed", "/roles")]),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_a_change_beside_the_page_is_told_alone_and_backwards_as_its_mirror(name: str) -> None:
    make, expected = CASES[name]
    new = make()
    assert told(CONTRACT, new) == expected
    assert told(new, CONTRACT) == [(KINDS[kind].mirror, pointer) for kind, pointer in expected]
    assert told(new, new) == []


def test_no_step_leaves_an_end_wherever_it_stands() -> None:
    assert told(CONTRACT, with_states(FAILURE=CYCLE.states["FAILURE"]._replace(order=6))) == []


def test_what_breaks_whoever_polls_is_breaking() -> None:
    for kind in ("state-added", "end-added", "end-removed", "step-added", "fixed-dropped", "settled-dropped"):
        assert KINDS[f"lifecycle-{kind}"].rule.severity is Severity.ERROR


def test_every_kind_has_a_mirror_of_which_it_is_the_mirror_and_says_why_it_is_as_bad_as_it_is() -> None:
    for name, kind in KINDS.items():
        assert KINDS[kind.mirror].mirror == name
        assert kind.rule.reason
        assert kind.rule.title
        assert (kind.bump == "major") == (kind.rule.severity is Severity.ERROR), name
