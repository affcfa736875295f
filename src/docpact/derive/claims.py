"""What a page says: claims, each with the lines that make it, in one model for every style of page."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TypeAlias

Lines: TypeAlias = tuple[int, int]
Json: TypeAlias = "dict[str, Json] | list[Json] | str | int | float | bool | None"


@dataclass(frozen=True)
class TypeClaim:
    """What a page says a value is.

    `type` is a JSON type, several joined with ` | `, or None where the page leaves it open. `items` is the claim about
    the items of an array; `count` is how many members the page says an object has (`object {5}`).
    """

    type: str | None
    format: str | None = None
    nullable: bool | None = None
    enum: bool = False
    component: str | None = None
    count: int | None = None
    items: TypeClaim | None = None

    @property
    def holder(self) -> TypeClaim | None:
        """Return the object claim whose members may follow: of the value itself, or of its innermost items."""
        claim: TypeClaim = self
        while claim.type == "array":
            # Items that the page leaves open may turn out to be objects.
            claim = claim.items or TypeClaim("object")
        return claim if claim.type == "object" else None


@dataclass(frozen=True)
class Entry:
    """One member as a page lists it, before it is known where it stands.

    `required` is None where there is no mark. `values` are the documented values as written: one text that may hold
    several run together when `listed` is false. `depth` is None where the page has lost the nesting;
    `within` is then the line of the member that holds it, where that much is known.
    """

    name: str
    claim: TypeClaim
    lines: dict[str, Lines]
    required: bool | None = None
    title: str = ""
    text: str = ""
    values: tuple[str, ...] = ()
    listed: bool = True
    default: str | None = None
    limits: tuple[str, ...] = ()
    depth: int | None = None
    within: int | None = None

    @property
    def description(self) -> str:
        """Return all that the page says about the member in words."""
        return "\n".join(part for part in (self.title, self.text) if part)


@dataclass(frozen=True)
class Field:
    """Everything that a page claims about the member at `path` (a pointer; `*` stands for any item of an array).

    None means that the page does not say. `lines` has the first and last line of each claim: `member`, `type`,
    `required`, `description`, `enum`.
    """

    path: str
    claim: TypeClaim
    lines: dict[str, Lines]
    required: bool | None = None
    title: str = ""
    text: str = ""
    enum: tuple[str, ...] | None = None

    @property
    def description(self) -> str:
        """Return all that the page says about the member in words."""
        return "\n".join(part for part in (self.title, self.text) if part)


@dataclass(frozen=True)
class Parameter:
    """One parameter of the request: `place` is `path`, `query`, `header` or `cookie`."""

    name: str
    place: str
    claim: TypeClaim
    required: bool | None = None
    description: str = ""
    example: str | None = None
    lines: dict[str, Lines] = field(default_factory=dict)


@dataclass(frozen=True)
class Operation:
    """The request that a page documents.

    `path` is a template (`/task/{id}`), `server` the address before it or None, `auth` is `bearer`,
    `header:NAME` or None. `statuses` are the answers that the page lists, each with its label.
    """

    method: str
    path: str
    server: str | None = None
    auth: str | None = None
    title: str = ""
    parameters: tuple[Parameter, ...] = ()
    statuses: tuple[tuple[str, str], ...] = ()
    media_type: str = "application/json"
    lines: dict[str, Lines] = field(default_factory=dict)


@dataclass(frozen=True)
class Example:
    """The example of a page: `value` is parsed JSON, with the lines where it stands."""

    value: Json
    lines: Lines


@dataclass(frozen=True)
class Draft:
    """What a style's reader has found, before the open questions are settled.

    The path of `operation` is as written, literal ids and all, and empty where the page does not say; `paths` are the
    other forms in which the page writes it. `tokens` are the words of the page outside its lists of values, each with its
    first line. `inferred`: the members are those of an example, which nothing on the page lists. `listing`: the answer is
    an array, and the entries are the members of its items.
    """

    style: str
    language: str
    operation: Operation
    entries: tuple[Entry, ...]
    paths: tuple[str, ...] = ()
    example: Example | None = None
    tokens: dict[str, int] = field(default_factory=dict)
    notes: tuple[Note, ...] = ()
    inferred: bool = False
    listing: bool = False


@dataclass(frozen=True)
class Ambiguity:
    """One place where a page can be read in several ways.

    `about` names it (`/action#enum`), `decision` is the reading taken, `settled` whether evidence or a person stands
    behind it; `by` says who (`evidence`, `person`, `nobody`).
    """

    about: str
    question: str
    alternatives: tuple[str, ...]
    evidence: tuple[str, ...]
    decision: str
    settled: bool
    by: str
    lines: Lines


@dataclass(frozen=True)
class Note:
    """Something about a page that a person should see: `kind` is `contradiction`, `limit` or `note`."""

    kind: str
    message: str
    lines: Lines
    about: str = ""


@dataclass(frozen=True)
class Decision:
    """What a person decided about an ambiguity, and where they said so."""

    about: str
    value: str
    origin: str
    reason: str = ""


@dataclass(frozen=True)
class Reading:
    """One page, read: its operation, its members in the page's order, and what was open and how it was settled."""

    style: str
    language: str
    operation: Operation
    fields: tuple[Field, ...]
    example: Example | None = None
    ambiguities: tuple[Ambiguity, ...] = ()
    notes: tuple[Note, ...] = ()
    listing: bool = False

    @property
    def undecided(self) -> tuple[Ambiguity, ...]:
        """Return the ambiguities that neither evidence nor a person has settled."""
        return tuple(one for one in self.ambiguities if not one.settled)
