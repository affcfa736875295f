"""Two operations: the facts of how they are asked for, and which bodies of theirs belong together."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple

from docpact.compare.change import Fact, ends
from docpact.compare.operations import Parameter
from docpact.compare.place import Body
from docpact.compare.table import REQUEST, RESPONSE
from docpact.finding import escape_token
from docpact.pointers import ABSENT

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from docpact.compare.operations import Operation
    from docpact.compare.side import Side

_NAMED_PART = re.compile(r"\{[^{}/]*\}")

_NO_PARAMETER = Parameter({}, required=False)


class Bodies(NamedTuple):
    """Two bodies that belong together: where they stand, in which direction they go, and the example of each side."""

    within: str
    direction: str
    old: Body
    new: Body
    examples: tuple[Any, Any] = (None, None)


class Met(NamedTuple):
    """What two operations come to: facts, and the bodies that are still to be compared."""

    facts: list[Fact]
    bodies: list[Bodies]


def pairs(old: Sequence[Operation], new: Sequence[Operation]) -> Iterator[tuple[Operation | None, Operation | None]]:
    """Yield the operations that belong together; of two documents with one each, those two, wherever they stand."""
    if len(old) == len(new) == 1:
        yield old[0], new[0]
        return
    later = {_key(one): one for one in new}
    met = set()
    for one in old:
        key = _key(one)
        met.add(key)
        yield one, later.get(key)
    yield from ((None, one) for key, one in later.items() if key not in met)


def _key(one: Operation) -> tuple[str, str]:
    return one.method, _NAMED_PART.sub("{}", one.path)


def one_of_many(wanted: Operation, many: Sequence[Operation]) -> Operation | None:
    """Find the operation that is meant where one side has one and the other has many."""
    return next((one for one in many if _key(one) == _key(wanted)), None)


class Meeting:
    """Compare two operations of two sides; pointers of what is beside the body of success begin with `within`."""

    def __init__(self, sides: tuple[Side, Side], old: Operation, new: Operation, within: str = "") -> None:
        self._sides, self._within = sides, within
        self._old, self._new = old, new
        self._facts: list[Fact] = []
        self._bodies: list[Bodies] = []

    def met(self) -> Met:
        """Return the facts of both operations, and the bodies that belong together."""
        self._asked()
        self._parameters()
        self._request()
        self._answers()
        return Met(self._facts, self._bodies)

    def _tell(  # noqa: PLR0913 - as many as a fact has
        self, kind: str, at: str, old: Any, new: Any, message: str, *, lines: tuple[Any, Any] | None = None, about: str = ""
    ) -> None:
        said = lines or (self._old.lines.get(about), self._new.lines.get(about))
        clauses = [self._body(number, {}).clause(one) for number, one in enumerate(said)]
        within = f"{self._within}{at}"
        self._facts.append(Fact(kind, (), old, new, message, within=within, old_clause=clauses[0], new_clause=clauses[1]))

    def _body(self, number: int, schema: Any) -> Body:
        side = self._sides[number]
        return Body(schema, side.document, side.page, side.label)

    def _asked(self) -> None:
        old, new = self._old, self._new
        if old.method != new.method:
            words = f"the method is {new.method}, and was {old.method}"
            self._tell("operation-method-changed", "/method", old.method, new.method, words, about="method")
        if old.path != new.path:
            same = _key(old)[1] == _key(new)[1]
            kind = "operation-parameter-renamed" if same else "operation-path-changed"
            self._tell(kind, "/path", old.path, new.path, f"the path is {new.path}, and was {old.path}", about="path")
        if old.server != new.server and old.server and new.server:
            words = f"the server is {new.server}, and was {old.server}"
            self._tell("operation-server-changed", "/server", old.server, new.server, words, about="server")
        self._auth()

    def _auth(self) -> None:
        old, new = self._old.auth, self._new.auth
        if old == new:
            return
        was, now = " or ".join(old) or "not said", " or ".join(new) or "not said"
        open_before, open_now = (not ways or "none" in ways for ways in (old, new))
        if not (old and new) and self._sides[0 if not old else 1].kind in ("page", "contract"):
            # A page that does not speak of tokens does not say that there are none.
            kind = "operation-auth-told" if not old else "operation-auth-untold"
        elif open_before != open_now:
            kind = "operation-auth-dropped" if open_now else "operation-auth-stated"
        else:
            # What every client can go on using is no change for it.
            kind = "operation-auth-dropped" if set(old) <= set(new) else "operation-auth-stated" if set(new) <= set(old) else ""
        words = f"who asks is proved by {now}, and was by {was}"
        self._tell(kind or "operation-auth-changed", "/auth", was, now, words, about="auth")

    def _parameters(self) -> None:
        old, new = _comparable(self._old, self._new)
        for place, name in dict.fromkeys((*old, *new)):
            at = f"/parameters/{place}/{escape_token(name)}"
            one, other = old.get((place, name)), new.get((place, name))
            lines = (None if one is None else one.lines, None if other is None else other.lines)
            if one is None or other is None:
                self._parameter_alone(at, f"{place} parameter {name}", one, other, lines)
                continue
            if one.required != other.required:
                kind = "request-parameter-required" if other.required else "request-parameter-optional"
                words = f"the {place} parameter {name} {'must be sent now' if other.required else 'need no longer be sent'}"
                self._tell(kind, at, one.required, other.required, words, lines=lines)
            if one.description != other.description:
                words = f"the description of the {place} parameter {name} is {other.description!r}, and was {one.description!r}"
                self._tell("request-words-changed", at, one.description, other.description, words, lines=lines)
            self._bodies.append(Bodies(self._within + at, REQUEST, self._body(0, one.schema), self._body(1, other.schema)))

    def _parameter_alone(
        self, at: str, name: str, one: Parameter | None, other: Parameter | None, lines: tuple[Any, Any]
    ) -> None:
        required = (one or other or _NO_PARAMETER).required
        kind = f"request-{'required-' if required else ''}parameter-{'added' if one is None else 'removed'}"
        said = "required" if required else "optional"
        words = f"the {name} is {'new' if one is None else 'gone'}, {said}"
        self._tell(kind, at, ABSENT if one is None else said, said if one is None else ABSENT, words, lines=lines)

    def _request(self) -> None:
        old, new = self._old.request, self._new.request
        if old is None and new is None:
            return
        if old is None or new is None:
            required = self._new.request_required if old is None else self._old.request_required
            named = ("stated", "dropped") if required else ("allowed", "forgotten")
            words = "the request has a body now" if old is None else "the request has no body any more"
            kind = f"request-body-{named[0] if old is None else named[1]}"
            self._tell(kind, "/request", *ends("a body", now=old is None), words)
            return
        if self._old.request_required != self._new.request_required:
            kind = "request-body-required" if self._new.request_required else "request-body-optional"
            words = f"the body of the request {'must' if self._new.request_required else 'need not'} be there"
            self._tell(kind, "/request", self._old.request_required, self._new.request_required, words)
        self._schemas("/request", old, new, REQUEST)

    def _answers(self) -> None:
        old, new = dict(self._old.answers), dict(self._new.answers)
        before, after = self._old.successes, self._new.successes
        if len(before) == len(after) == 1:
            # Whatever success is called: its bodies belong together.
            self._schemas("", old.pop(before[0]), new.pop(after[0]), RESPONSE)
        for status in dict.fromkeys((*before, *after, *self._old.answers, *self._new.answers)):
            there, then = status in self._old.answers, status in self._new.answers
            if there != then:
                what = "success" if status.startswith("2") else "status"
                kind = f"operation-{what}-{'added' if then else 'removed'}"
                words = f"an answer of status {status} is {'documented now' if then else 'no longer documented'}"
                self._tell(kind, f"/responses/{status}", status if there else ABSENT, status if then else ABSENT, words)
            elif status in old and status in new:
                self._schemas("" if before == after == [status] else f"/responses/{status}", old[status], new[status], RESPONSE)

    def _schemas(self, at: str, old: Any, new: Any, direction: str) -> None:
        """Bring the bodies of two sides together, by media type; where each has one, those two."""
        types = list(dict.fromkeys((*old, *new)))
        if len(old) == len(new) == 1 and len(types) > 1:
            whose = "the request" if direction == REQUEST else "the answer"
            words = f"the media type of {whose} is {types[1]}, and was {types[0]}"
            self._tell("operation-media-type-changed", f"{at}/media-type", types[0], types[1], words)
            self._body_pair(at, next(iter(old.values())), next(iter(new.values())), direction)
            return
        main = next((name for name in types if name in old and name in new), None)
        for name in types:
            if name in old and name in new:
                self._body_pair(at if name == main else f"{at}/{escape_token(name)}", old[name], new[name], direction)
            elif old and new:
                kind = "operation-media-type-added" if name in new else "operation-media-type-removed"
                words = f"the media type {name} is {'documented now' if name in new else 'no longer documented'}"
                self._tell(kind, f"{at}/media-type", name if name in old else ABSENT, name if name in new else ABSENT, words)
        if bool(old) != bool(new) and direction == RESPONSE:
            schemas = [next((schema for schema in side.values() if schema is not None), None) for side in (old, new)]
            self._body_pair(at, schemas[0], schemas[1], direction)

    def _body_pair(self, at: str, old: Any, new: Any, direction: str) -> None:
        if (old is None) != (new is None) and direction == RESPONSE:
            kind = "response-schema-stated" if old is None else "response-schema-dropped"
            words = f"the body of the answer is {'documented now' if old is None else 'no longer documented'}"
            self._tell(kind, at, ABSENT if old is None else "a schema", ABSENT if new is None else "a schema", words)
            return
        schemas = [True if schema is None else schema for schema in (old, new)]
        examples = (self._old.example, self._new.example) if not at and direction == RESPONSE else (None, None)
        within = self._within + at
        self._bodies.append(Bodies(within, direction, self._body(0, schemas[0]), self._body(1, schemas[1]), examples))


def _comparable(old: Operation, new: Operation) -> tuple[dict[tuple[str, str], Parameter], dict[tuple[str, str], Parameter]]:
    """Return the parameters of both sides; parts of the path go by their place, since their names are not sent."""
    was, now = dict(old.parameters), dict(new.parameters)
    before, after = ([part[1:-1] for part in _NAMED_PART.findall(one.path)] for one in (old, new))
    if len(before) == len(after):
        for one, other in zip(before, after, strict=True):
            if one != other and ("path", other) in now and ("path", one) not in now:
                now[("path", one)] = now.pop(("path", other))
    return was, now
