"""A comparison: all that changed between two sides, what each change is worth, and what it asks of a version."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

from docpact.compare import bodies as places
from docpact.compare.change import Change, told
from docpact.compare.endpoints import Bodies, Meeting, one_of_many, pairs
from docpact.compare.node import parts_of
from docpact.compare.place import Body
from docpact.compare.promises import promises
from docpact.compare.table import KINDS, MAJOR, MINOR, PATCH, RESPONSE
from docpact.compare.witness import Found, Witnesses
from docpact.finding import Changed, Finding, Layer, Place, Severity, Witness, escape_token
from docpact.pointers import ABSENT

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from docpact.compare.change import Fact
    from docpact.compare.operations import Operation
    from docpact.compare.side import Side
    from docpact.compare.witness import Judge

# Makes a judge of a schema: what it returns says where a payload breaks it.
Judging: TypeAlias = "Callable[[Mapping[str, Any]], Judge]"

_MOST_WITNESSES = 500
_LEAST_WITNESSES = 5
_MOST_WORK = 300_000
_ORDER = {Severity.ERROR: 0, Severity.WARNING: 1, Severity.NOTE: 2}
_BUMPS = (MAJOR, MINOR, PATCH)


class Comparison(NamedTuple):
    """What changed from one contract to another: `changes`, the breaking ones first; `notes` say what was not compared.

    `old` and `new` are what the two are called, `source` is the file of the new one.
    """

    old: str
    new: str
    changes: tuple[Change, ...]
    notes: tuple[str, ...] = ()
    source: str = ""

    @property
    def breaking(self) -> tuple[Change, ...]:
        """The changes that break clients of the old contract."""
        return tuple(change for change in self.changes if change.breaking)

    @property
    def compatible(self) -> bool:
        """Whether clients of the old contract can live with the new one."""
        return not self.breaking

    @property
    def advice(self) -> str:
        """The part of its version that the new contract should raise: major, minor, patch, or none."""
        bumps = {change.bump for change in self.changes}
        return next((bump for bump in _BUMPS if bump in bumps), "none")

    def findings(self) -> tuple[Finding, ...]:
        """Return the changes as findings, as every report takes them."""
        return tuple(_finding(change, self.source) for change in self.changes)


def compare(old: Side, new: Side, judging: Judging | None = None) -> Comparison:
    """Return what changed from one side to the other; `judging` makes the judges by which witnesses are tried.

    Without it no witness is made. Raises nothing for what a schema holds: what is not understood is among the changes.
    """
    if old.called == new.called:
        old, new = old._replace(called=f"{old.called} (old)"), new._replace(called=f"{new.called} (new)")
    return Comparing(old, new, judging).comparison()


class Comparing:
    """One comparison under way."""

    def __init__(self, old: Side, new: Side, judging: Judging | None) -> None:
        self._old, self._new, self._judging = old, new, judging
        self._changes: list[Change] = []
        self._notes: list[str] = [*old.doubts, *new.doubts]
        self._left = _MOST_WITNESSES
        self._without = 0

    def comparison(self) -> Comparison:
        """Compare, and return what was found."""
        self._operations()
        self._promises()
        if self._without:
            self._notes.append(f"{self._without:,} changes have no witness: there are more than witnesses are made for")
        unknown = sum(change.kind.endswith("not-compared") for change in self._changes)
        if unknown:
            places = "1 place was" if unknown == 1 else f"{unknown:,} places were"
            self._notes.append(f"{places} not compared: the part of the version is the least that it can be")
        ordered = sorted(self._changes, key=lambda change: _ORDER[change.severity])
        return Comparison(self._old.called, self._new.called, tuple(ordered), tuple(self._notes), self._new.source)

    def _operations(self) -> None:
        old, new = self._old, self._new
        if not old.operations and not new.operations:
            self._body(Bodies("", RESPONSE, _body(old, old.schema), _body(new, new.schema)))
            return
        if not old.operations or not new.operations:
            self._schema_alone()
            return
        was, now = self._chosen()
        many = len(was) > 1 or len(now) > 1
        for one, other in pairs(was, now):
            within = f"/{escape_token((one or other).name)}" if many and (one or other) else ""  # type: ignore[union-attr] # one is there
            self._pair(one, other, within)

    def _chosen(self) -> tuple[tuple[Operation, ...], tuple[Operation, ...]]:
        """Return the operations to compare: where one side has one, and the other many, those that are the same."""
        was, now = self._old.operations, self._new.operations
        if (len(was) == 1) == (len(now) == 1):
            return was, now
        one, many = (was[0], now) if len(was) == 1 else (now[0], was)
        found = one_of_many(one, many)
        larger = self._new if many is now else self._old
        if found is None:
            return was, now
        self._notes.append(f"of {len(many)} operations of {larger.called}, {found.name} was compared")
        return ((one,), (found,)) if many is now else ((found,), (one,))

    def _pair(self, one: Operation | None, other: Operation | None, within: str) -> None:
        if one is None or other is None:
            name = (one or other).name  # type: ignore[union-attr] # one of them is there
            kind = "operation-added" if one is None else "operation-removed"
            words = f"{name} is {'new' if one is None else 'gone'}"
            self._changes.append(Change(kind, within, None if one is None else name, None if other is None else name, words))
            return
        facts, bodies = Meeting((self._old, self._new), one, other, within).met()
        self._changes += [_change(fact, Found(ABSENT, None)) for fact in facts]
        for pair in bodies:
            self._body(pair)

    def _schema_alone(self) -> None:
        """Compare a schema with the body of an operation."""
        bare, asked = (self._old, self._new) if not self._old.operations else (self._new, self._old)
        found = [one for one in asked.operations if one.successes and any(one.answers[one.successes[0]].values())]
        if len(found) != 1:
            many = "several operations" if found else "no operation with a documented body"
            self._notes.append(f"{asked.called} has {many}, and {bare.called} is a schema: nothing was compared")
            return
        self._notes.append(f"the operation was not compared: {bare.called} is a schema, and says nothing of it")
        schema = next(schema for schema in found[0].answers[found[0].successes[0]].values() if schema is not None)
        old, new = (_body(side, bare.schema if side is bare else schema) for side in (self._old, self._new))
        examples = (None, found[0].example) if bare is self._old else (found[0].example, None)
        self._body(Bodies("", RESPONSE, old, new, examples))

    def _body(self, pair: Bodies) -> None:
        facts = list(places.Bodies(pair.old, pair.new, pair.direction, pair.within).facts())
        if not facts:
            return
        witnesses = self._witnesses(pair)
        for fact in facts:
            self._changes.append(_change(fact, self._found(witnesses, fact)))

    def _found(self, witnesses: Witnesses | str | None, fact: Fact) -> Found:
        if witnesses is None:
            return Found(ABSENT, None)
        if isinstance(witnesses, str):
            return Found(ABSENT, Witness(lack=witnesses))
        if not fact.kind.endswith("words-changed"):
            self._left -= 1
        made = _MOST_WITNESSES - self._left
        if self._left < 0 or (witnesses.work > _MOST_WORK and made > _LEAST_WITNESSES):
            self._without += 1
            return Found(ABSENT, Witness(lack="there are more changes than witnesses are made for"))
        return witnesses.of(fact)

    def _witnesses(self, pair: Bodies) -> Witnesses | str | None:
        """Return what finds witnesses for two bodies, or why the judge cannot judge them."""
        if self._judging is None:
            return None
        try:
            judges = self._judging(_whole(pair.old)), self._judging(_whole(pair.new))
        except ValueError as error:
            return f"the judge cannot judge by one of the schemas: {error}"
        return Witnesses(pair, judges, (self._old.called, self._new.called))

    def _promises(self) -> None:
        old, new = self._old.contract, self._new.contract
        if old is not None and new is not None:
            self._changes += [_change(fact, Found(ABSENT, None)) for fact in promises(old, new)]
            return
        said = [side for side in (self._old, self._new) if side.contract is not None]
        if said and (said[0].contract.lifecycle or said[0].contract.coherence):  # type: ignore[union-attr] # it is there
            silent = self._new if said[0] is self._old else self._old
            self._notes.append(f"lifecycle, coherence and profiles were not compared: {silent.called} has no contract.toml")


def _body(side: Side, schema: Any) -> Body:
    return Body(schema, side.document, side.page, side.label)


def _whole(body: Body) -> Mapping[str, Any]:
    """Return the schema of a body with what it may refer to, as one document that a judge can take."""
    if not isinstance(body.schema, dict):
        return {} if body.schema is True else {"not": {}}
    held = {key: body.document[key] for key in ("components", "definitions", "$defs") if key in body.document}
    return {**held, **body.schema} if held and _refers(body.schema) else body.schema


def _refers(schema: Any) -> bool:
    return any("$ref" in part or "$dynamicRef" in part for part in parts_of(schema))


def _change(fact: Fact, found: Found) -> Change:
    sides = told(fact.old), told(fact.new)
    return Change(fact.kind, fact.pointer, *sides, fact.message, fact.old_clause, fact.new_clause, *found)


def _finding(change: Change, source: str) -> Finding:
    rule = KINDS[change.kind].rule
    clause = change.new_clause
    # A finding stands where the new page says it; of what is gone, only the old one speaks.
    place = Place(clause.page, clause.lines[0], change.pointer) if clause is not None else Place(source, None, change.pointer)
    changed = Changed(change.old, change.new, change.old_clause, change.new_clause, change.witness)
    return Finding(rule.id, Layer.COMPATIBILITY, rule.severity, place, change.message, rule.hint, change.new, change.old,
                   change.old_clause or change.new_clause, changed=changed)  # fmt: skip
