"""A change: one fact about two contracts, and what the table says of it."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

from docpact.compare.table import KINDS
from docpact.finding import Clause, Severity, Witness, escape_token
from docpact.pointers import ABSENT

if TYPE_CHECKING:
    from collections.abc import Iterator


class Each(Enum):
    """A step of a path that is no name: to whichever item of an array, or to whichever further member of an object."""

    ITEM = "*"
    FURTHER = "**"


Step: TypeAlias = "str | Each"
Path: TypeAlias = tuple[Step, ...]


class Fact(NamedTuple):
    """What differs at one place: the kind, the way there, and what each side says (ABSENT where it says nothing).

    `about` names what differs there where the way does not: the keyword of a limit. `within` is in front of the pointer where
    it leads into something else than the body of a payload (`/parameters/query/id`).
    """

    kind: str
    path: Path
    old: Any
    new: Any
    message: str
    about: str = ""
    within: str = ""
    old_clause: Clause | None = None
    new_clause: Clause | None = None

    @property
    def pointer(self) -> str:
        """The place as a pointer, with `*` for any item."""
        return self.within + pointer_of(self.path)


class Change(NamedTuple):
    """One change between two contracts.

    `kind` is a row of the table of changes; `pointer` leads to the member (`*` is any item), or to the part of the contract,
    such as `/parameters/path/id` or `/lifecycle/state/MODAL`; `old` and `new` are what each contract says, None where it says
    nothing; `payload` is the witness where one was made, else `ABSENT`, and `witness` says what it is, or why there is none.
    """

    kind: str
    pointer: str
    old: Any
    new: Any
    message: str
    old_clause: Clause | None = None
    new_clause: Clause | None = None
    payload: Any = ABSENT
    witness: Witness | None = None

    @property
    def severity(self) -> Severity:
        """How bad it is: an error breaks clients, a warning deserves a look, a note breaks nobody."""
        return KINDS[self.kind].rule.severity

    @property
    def breaking(self) -> bool:
        """Whether it breaks clients of the old contract."""
        return self.severity is Severity.ERROR

    @property
    def bump(self) -> str:
        """The part of a version that it raises: major, minor or patch."""
        return KINDS[self.kind].bump

    @property
    def reason(self) -> str:
        """Why it is as bad as it is."""
        return KINDS[self.kind].rule.reason


def pointer_of(path: Path) -> str:
    """Write a way as a pointer."""
    return "".join(f"/{step.value if isinstance(step, Each) else escape_token(step)}" for step in path)


def told(value: Any) -> Any:
    """Return what a side says as a reader of Python takes it: None where it says nothing."""
    return None if value is ABSENT else value


def ends(value: Any, *, now: bool) -> tuple[Any, Any]:
    """Return what the two sides say of what only one of them has."""
    return (ABSENT, value) if now else (value, ABSENT)


def named(path: Path) -> str:
    """Name a member for a sentence: `buttons[].style`, or `the body`."""
    text = ""
    for step in path:
        text += "[]" if step is Each.ITEM else ".*" if step is Each.FURTHER else f".{step}"
    return text.lstrip(".") or "the body"


def listed(values: Iterator[str] | list[str], most: int = 8) -> str:
    """List some names in a sentence."""
    names = list(values)
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return f"{', '.join(names[:most])}{more}"
