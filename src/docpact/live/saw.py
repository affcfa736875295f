"""What a run has seen of what there is to see, so that "conforms" never claims more than was tried."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from docpact.pointers import member
from docpact.redact import shown_text
from docpact.seen import Seen

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from docpact.contract import Contract, Profile
    from docpact.finding import Finding

_MOST_NAMED = 8


class Sights(NamedTuple):
    """What was seen, and what never was; `polls` are answers that held a task.

    `statuses`, `actions` and `transitions` count polls by what they showed; a transition is `SUBMITTED → IN_PROGRESS`.
    `members` are the documented members that had a value; the `unseen_…` are documented, and no poll showed them.
    """

    polls: int
    statuses: Mapping[str, int]
    actions: Mapping[str, int]
    transitions: Mapping[str, int]
    members: tuple[str, ...]
    unseen_statuses: tuple[str, ...]
    unseen_actions: tuple[str, ...]
    unseen_members: tuple[str, ...]
    notes: tuple[str, ...] = ()


class Watch:
    """Watch what the polls of a run show, of a server of the family that a profile is about."""

    def __init__(self, contract: Contract, profile: Profile) -> None:
        self._contract = contract
        self._profile = profile
        self._seen = Seen(contract)
        self._statuses: dict[str, int] = {}
        self._actions: dict[str, int] = {}
        self._transitions: dict[str, int] = {}

    def take(self, payload: Any, before: str | None, findings: Sequence[Finding]) -> str | None:
        """Count one poll; `before` is the status at the poll before of the same task. Return the status now."""
        self._seen.take(payload, None, ("", None), findings)
        roles = self._contract.roles
        status, action = (_text(member(payload, roles[role])) if role in roles else None for role in ("status", "action"))
        for counts, value in ((self._statuses, status), (self._actions, action)):
            if value is not None:
                counts[value] = counts.get(value, 0) + 1
        if status is not None and before is not None and status != before:
            step = f"{before or '(empty)'} → {status or '(empty)'}"
            self._transitions[step] = self._transitions.get(step, 0) + 1
        return status

    def sights(self) -> Sights:
        """Return what was seen so far, and what was not."""
        listed = {role: self._listed(role) for role in ("status", "action")}
        unseen_statuses = tuple(name for name in listed["status"] if name not in self._statuses)
        unseen_actions = tuple(name for name in listed["action"] if name not in self._actions)
        members = self._seen.members
        unseen = tuple(part.pointer for part in members if not part.filled)
        return Sights(
            self._seen.payloads, self._statuses, self._actions, self._transitions,
            tuple(part.pointer for part in members if part.filled), unseen_statuses, unseen_actions, unseen,
            tuple(self._notes(unseen_statuses, unseen_actions, unseen)),
        )  # fmt: skip

    def _listed(self, role: str) -> tuple[str, ...]:
        pointer = self._contract.roles.get(role)
        schema = self._contract.subschema(pointer) if pointer is not None else None
        return tuple(value for value in (schema or {}).get("enum", ()) if isinstance(value, str))

    def _notes(self, statuses: tuple[str, ...], actions: tuple[str, ...], members: tuple[str, ...]) -> list[str]:
        notes = []
        ends = [name for name in statuses if self._is_end(name)]
        notes += [f"{name} was never seen: give it a task that ended so (--task ID)" for name in ends]
        under_way = [name for name in statuses if name not in ends]
        if under_way:
            names = f"{_list(under_way)} {_were(under_way)}"
            notes.append(f"{names} never seen: give it a task that was just submitted (--follow ID)")
        if actions:
            notes.append(f"{_list(actions)} {_were(actions)} never seen: give it a task of each action (--task ID)")
        spared = [pointer for pointer in members if any(f"{pointer}/".startswith(f"{at}/") for at in self._profile.missing)]
        lacking = [pointer for pointer in members if pointer not in spared]
        if lacking:
            notes.append(f"{_list(lacking)} never had a value: what they hold was not tried")
        if spared:
            notes.append(f"{_list(spared)} never had a value: a {self._profile.name} may do without, and they were not tried")
        if not self._transitions and self._contract.lifecycle is not None:
            notes.append("no task changed while it was polled: give it one that is under way (--follow ID)")
        return notes

    def _is_end(self, status: str) -> bool:
        return self._contract.lifecycle is not None and self._contract.lifecycle.is_end(status)


def _text(value: Any) -> str | None:
    return shown_text(value) if isinstance(value, str) else None


def _were(names: Sequence[str]) -> str:
    return "was" if len(names) == 1 else "were"


def _list(names: Sequence[str]) -> str:
    more = len(names) - _MOST_NAMED
    shown = ", ".join(names[:_MOST_NAMED])
    return shown if more <= 0 else f"{shown} and {more} more"
