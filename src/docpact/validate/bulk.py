"""Accept lines in bulk: typed decoding of shapes that were seen before, and found right by the thorough path.

The sieve says "right" or "don't know", and never "wrong": what it does not accept is judged thoroughly, and what is found right
there is learned. A shape is an exact set of members with their types: all of them must be there, and no other. Members that
hold arrays or free objects are compared byte by byte with blocks that were found right, where one job id may stand for another.
That no member stands twice is seen from the quotes: a line of a shape has exactly as many as its members and texts need, for a
quote inside of a text is written with a backslash.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from operator import attrgetter
from typing import TYPE_CHECKING, Any, Literal

import msgspec

from docpact.finding import Layer, escape_token
from docpact.validate import plan
from docpact.validate.rulecode import Unwritable, compiled

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from docpact.contract import Contract, Profile
    from docpact.validate.payload import Judge

_MOST_SHAPES = 16
_MOST_BLOCKS = 512
_MOST_RULES = 1000
_UUID = re.compile(rb"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_HEX = b"0123456789abcdef"
_BACKSLASH = 92
_BROKEN = (msgspec.MsgspecError, ValueError, RecursionError)


class _Unlearnable(Exception):  # noqa: N818 - not an error: such a line is judged thoroughly each time
    """A value whose kind is not compared here."""


@dataclass(slots=True)
class Block:
    """An array or a free object that was found right: its bytes around the job id, and where that stood."""

    parts: list[bytes]
    start: int
    quotes: int
    right_for: set[tuple[Any, ...]] = field(default_factory=set)

    def fits(self, raw: bytes) -> bool:
        """Tell whether `raw` is this block, with one job id for another."""
        if len(self.parts) == 1:
            return raw == self.parts[0]
        job = raw[self.start : self.start + 36]
        return job.join(self.parts) == raw and job[8:24:5] == b"----" and job.translate(None, _HEX) == b"----"


class Shape:
    """One exact set of members with their types, and what was learned of payloads that have it."""

    def __init__(self, struct: type[msgspec.Struct], attributes: dict[str, str], quotes: int, raws: list[str]) -> None:
        self.decode = msgspec.json.Decoder(struct).decode
        self.attributes = attributes
        self.raws = tuple(attributes[name] for name in raws)
        self.blocks: dict[tuple[str, int], list[Block]] = {}
        self.rules: dict[tuple[Any, ...], Callable[[Any], Any]] = {}
        self.learned = 0
        self._quotes = quotes

    def judge_by(self, state: Callable[[Any], tuple[Any, ...]] | None) -> None:
        """Build `is_right`, which tells whether a decoded payload is one that was found right; `state` gives its state."""
        rules, raws, blocks, needed = self.rules, self.raws, self.blocks, self._quotes

        def is_right(payload: Any, line: bytes) -> bool:
            quotes = needed
            now: tuple[Any, ...] = ()
            if state is not None:
                now = state(payload)
                rule = rules.get(now)
                if rule is None or not rule(payload):
                    return False
            for name in raws:
                raw = bytes(getattr(payload, name))
                for block in blocks.get((name, len(raw)), ()):
                    if block.fits(raw):
                        break
                else:
                    return False
                if now not in block.right_for:
                    return False
                quotes += block.quotes
            return _quotes(line) == quotes

        self.is_right = is_right


class Sieve:
    """Accept lines of payloads by what was learned from lines that were found right."""

    def __init__(self, judge: Judge) -> None:
        self._contract: Contract = judge.contract
        self._profile: Profile = judge.profile
        made = plan.make(judge.contract, {}) if Layer.COHERENT in judge.layers else None
        self._coherent = Layer.COHERENT in judge.layers
        self._entries = made["coherence"] if made else []
        self.works = not self._coherent or made is not None
        self._shapes: dict[Any, Shape] = {}
        self._order: list[Shape] = []
        self._roles = {role: pointer[1:] for role, pointer in judge.contract.roles.items()}

    def accepts(self, line: bytes) -> bool:
        """Say that the payload in a line has no finding (True), or that it is not known to have none (False)."""
        for index, shape in enumerate(self._order):
            try:
                payload = shape.decode(line)
            except _BROKEN:
                continue
            if index:
                # What came last comes next.
                self._order.insert(0, self._order.pop(index))
            return shape.is_right(payload, line)
        return False

    def learn(self, line: bytes, payload: Any) -> None:
        """Remember a line in which the thorough path found nothing."""
        if not isinstance(payload, dict):
            return
        try:
            shape = self._shape(payload)
            decoded = shape.decode(line)
            self._learn_state(shape, decoded)
        except (_Unlearnable, Unwritable, TypeError, *_BROKEN):
            # What cannot be compared here is judged thoroughly each time.
            return

    def _learn_state(self, shape: Shape, decoded: Any) -> None:
        state = self._state(shape)(decoded) if self._coherent else ()
        if self._coherent and state not in shape.rules and len(shape.rules) < _MOST_RULES:
            # What is compared as bytes was judged with the state that it is right for.
            shape.rules[state] = compiled(self._entries, state, shape.attributes, shape.raws)
        for name in shape.raws:
            self._learn_block(shape, name, bytes(getattr(decoded, name)), state)

    def _learn_block(self, shape: Shape, name: str, raw: bytes, state: tuple[Any, ...]) -> None:
        blocks = shape.blocks.setdefault((name, len(raw)), [])
        for block in blocks:
            if block.fits(raw):
                block.right_for.add(state)
                return
        if shape.learned >= _MOST_BLOCKS:
            return
        shape.learned += 1
        jobs = set(_UUID.findall(raw))
        job = jobs.pop() if len(jobs) == 1 else b""
        parts = raw.split(job) if job else [raw]
        blocks.insert(0, Block(parts, len(parts[0]), _quotes(raw), {state}))

    def _shape(self, payload: dict[str, Any]) -> Shape:
        key = _key(payload)
        shape = self._shapes.get(key)
        if shape is None:
            if len(self._shapes) >= _MOST_SHAPES:
                raise _Unlearnable
            shape = self._made(payload)
            self._shapes[key] = shape
            self._order.append(shape)
        return shape

    def _made(self, payload: dict[str, Any]) -> Shape:
        fields, quotes, raws = self._fields(payload, self._contract.schema, "")
        struct = _struct(fields)
        attributes = {name: f"f{n}" for n, name in enumerate(payload)}
        shape = Shape(struct, attributes, quotes, raws)
        shape.judge_by(self._state(shape) if self._coherent else None)
        return shape

    def _state(self, shape: Shape) -> Callable[[Any], tuple[Any, ...]]:
        """Return what reads status and action from a decoded payload."""
        names = [shape.attributes.get(self._roles.get(role, "")) for role in ("status", "action")]
        if None in names:
            raise _Unlearnable
        return attrgetter(*[name for name in names if name is not None])

    def _fields(
        self, payload: dict[str, Any], schema: Mapping[str, Any], at: str
    ) -> tuple[list[tuple[str, Any]], int, list[str]]:
        """Return the typed members of an object, the quotes that they need, and the members that are compared as bytes."""
        fields: list[tuple[str, Any]] = []
        raws: list[str] = []
        quotes = 2 * len(payload)
        for name, value in payload.items():
            pointer = f"{at}/{escape_token(name)}"
            part = schema.get("properties", {}).get(name, {})
            if isinstance(value, dict) and part.get("properties"):
                inner, more, deeper = self._fields(value, part, pointer)
                if deeper:
                    raise _Unlearnable
                quotes += more
                fields.append((name, _struct(inner)))
            elif isinstance(value, dict | list):
                if at:
                    raise _Unlearnable
                raws.append(name)
                fields.append((name, msgspec.Raw))
            else:
                fields.append((name, self._scalar(value, part, pointer)))
                quotes += 2 * isinstance(value, str)
        return fields, quotes, raws

    def _scalar(self, value: Any, part: Mapping[str, Any], pointer: str) -> Any:
        if isinstance(value, float):
            raise _Unlearnable
        if isinstance(value, str) and "enum" in part:
            known = [listed for listed in part["enum"] if isinstance(listed, str)]
            more = [v for v in self._profile.enums.get(pointer, ()) if v not in known]
            return Literal[tuple(known + more)]
        return None if value is None else type(value)


def _quotes(text: bytes) -> int:
    """Count the quotes that begin or end a text or a name."""
    if _BACKSLASH not in text:
        return text.count(b'"')
    # Backslashes that stand for themselves come in pairs, from the left; what is left of a run escapes what follows.
    plain = text.replace(b"\\\\", b"")
    return plain.count(b'"') - plain.count(b'\\"')


def _struct(fields: list[tuple[str, Any]]) -> type[msgspec.Struct]:
    """Make a struct of exactly these members; attributes are f0, f1, …, since a member may have any name."""
    return msgspec.defstruct(
        "Payload",
        [(f"f{n}", kind) for n, (_, kind) in enumerate(fields)],
        rename={f"f{n}": name for n, (name, _) in enumerate(fields)},
        forbid_unknown_fields=True,
        gc=False,
    )


def _key(value: Any) -> Any:
    """Reduce a payload to its shape: members in their order with the kinds of their values."""
    if isinstance(value, dict):
        return tuple((name, _key(part)) for name, part in value.items())
    return type(value)
