"""Accept lines in bulk: typed decoding of shapes that were seen before, and found right by the thorough path.

The sieve says "right" or "don't know", and never "wrong": what it does not accept is judged thoroughly, and what is found right
there is learned. A shape is an exact set of members with their types: all of them must be there, and no other. Members that
hold arrays or free objects are compared byte by byte with blocks that were found right, where one job id may stand for another;
they are most of a line, and are cut out of it before the rest is decoded. That no member stands twice is seen from the quotes:
what is left of a line of a shape has exactly as many as its members and texts need, for a quote inside of a text is written
with a backslash. Where there are such quotes, a payload that is encoded to the same bytes again has no member twice.
"""

from __future__ import annotations

import re
import sys
from operator import attrgetter
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

import msgspec

from docpact.finding import Layer, escape_token
from docpact.lines import BLANK
from docpact.validate import plan
from docpact.validate.again import written_again
from docpact.validate.rulecode import Unwritable, compiled

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from docpact.contract import Contract, Profile
    from docpact.validate.payload import Judge

    State = tuple[Any, ...]

_MOST_SHAPES = 16
_MOST_BLOCKS = 512
_MOST_ALIKE = 32
_MOST_RULES = 1000
_UUID = re.compile(rb"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_NO_JOB = b"00000000-0000-0000-0000-000000000000"
# Every hexadecimal digit as 0: what then reads as no job is one.
_ZEROS = bytes(48 if byte in b"0123456789abcdef" else byte for byte in range(256))
_encode = msgspec.json.Encoder().encode
_BROKEN = (msgspec.MsgspecError, ValueError, RecursionError)
# Blocks that begin with as many equal bytes are tried one after the other.
_ALIKE = 12


class _Unlearnable(Exception):  # noqa: N818 - not an error: such a line is judged thoroughly each time
    """A value whose kind is not compared here."""


class Block(NamedTuple):
    """An array or a free object that was found right: its bytes around the job id, where that stood, and for which states.

    A block is a whole array or object, so that what begins with it is nothing longer.
    """

    parts: list[bytes]
    job: int | None
    length: int
    right_for: set[State]


def _block(value: bytes) -> Block:
    jobs = set(_UUID.findall(value))
    if len(jobs) != 1:
        return Block([value], None, len(value), set())
    parts = value.split(jobs.pop())
    return Block(parts, len(parts[0]), len(value), set())


class Cut:
    """A member that is cut out of a line: the bytes before its value, and the blocks that it may be, by how they begin.

    `least` is how many bytes behind the cut before it, or the beginning, it was found at least: nothing is looked for there.
    """

    def __init__(self, name: str, before: bytes) -> None:
        self.name = name
        self.before = before
        self.least = sys.maxsize
        self.blocks: dict[bytes, list[Block]] = {}

    def known(self, value: bytes, line: bytes, at: int) -> Block | None:
        """Return the block that a value is, if it is known; the value stands in a line at an offset."""
        new = _block(value)
        for block in self.blocks.get(line[at : at + _ALIKE], ()):
            if block[:3] == new[:3]:
                return block
        return None

    def learn(self, value: bytes, line: bytes, at: int) -> Block:
        """Remember a value that stands in a line at an offset."""
        alike = self.blocks.setdefault(line[at : at + _ALIKE], [])
        if len(alike) >= _MOST_ALIKE:
            raise _Unlearnable
        alike.insert(0, _block(value))
        return alike[0]


class Shape:
    """One exact set of members with their types, and what was learned of payloads that have it."""

    def __init__(
        self, struct: type[msgspec.Struct], cuts: list[Cut], quotes: int, state: Callable[[Any], State] | None
    ) -> None:
        self.decode = msgspec.json.Decoder(struct).decode
        self.cuts = cuts
        self.state = state
        self.rules: dict[State, Callable[[Any], Any]] = {}
        self._quotes = quotes
        self.run = self._runner(quotes)

    def found(self, offsets: list[int]) -> None:
        """Note how far behind each other the cuts were found in a line."""
        if any(offset < cut.least for cut, offset in zip(self.cuts, offsets, strict=True)):
            for cut, offset in zip(self.cuts, offsets, strict=True):
                cut.least = min(cut.least, offset)
            self.run = self._runner(self._quotes)

    def _runner(self, needed: int) -> Callable[[bytes, list[int], int], int]:  # noqa: C901 - said below
        """Build the function that goes through lines as long as the payload in each of them is one that was found right.

        It is given lines, where each of them ends, and the index of the first one, and returns the index of the first line that
        is not known to be right. It is the one long function of docpact: ten million lines go through it, and every call, every
        look at an attribute would cost as much as finding the end of a line.
        """
        rules, decode, encode, state = self.rules, self.decode, _encode, self.state
        cuts = [(cut.before, cut.least, len(cut.before), cut.blocks.get) for cut in self.cuts]

        def run(content: bytes, ends: list[int], index: int) -> int:  # noqa: C901, PLR0911, PLR0912 - said above
            start = ends[index - 1] + 1 if index else 0
            for index in range(index, len(ends)):  # noqa: B020, PLR1704 - the same count goes on
                end = ends[index]
                text, right_for = b"", []
                for before, least, width, known in cuts:
                    at = content.find(before, start + least, end)
                    if at < 0:
                        return index
                    at += width
                    alike = known(content[at : at + _ALIKE]) or known(content[at : min(end, at + _ALIKE)])
                    if alike is None:
                        return index
                    for block in alike:
                        parts, job_at, length, right = block
                        if job_at is None:
                            if content.startswith(parts[0], at):
                                break
                        else:
                            job = content[at + job_at : at + job_at + 36]
                            if content.startswith(job.join(parts), at) and job.translate(_ZEROS) == _NO_JOB:
                                break
                    else:
                        return index
                    if block is not alike[0]:
                        # What comes often is tried first, in the end.
                        nth = alike.index(block)
                        alike[nth - 1], alike[nth] = block, alike[nth - 1]
                    text += content[start:at] + b"null"
                    start = at + length
                    right_for.append(right)
                text += content[start:end]
                try:
                    payload = decode(text)
                except _BROKEN:
                    return index
                if state is not None:
                    now = state(payload)
                    rule = rules.get(now)
                    if rule is None or not rule(payload):
                        return index
                    for right in right_for:
                        if now not in right:
                            return index
                # All members are there, so that there are never fewer quotes than needed; one inside of a text is one more.
                if text.count(b'"') != needed and encode(payload) != text and _quotes(text) != needed:
                    return index
                start = end + 1
            return len(ends)

        return run


class Sieve:
    """Accept lines of payloads by what was learned from lines that were found right; `value` reads others quickly."""

    value = staticmethod(written_again)

    def __init__(self, judge: Judge) -> None:
        self._contract: Contract = judge.contract
        self._profile: Profile = judge.profile
        self._coherent = Layer.COHERENT in judge.layers
        made = plan.make(judge.contract, {}) if self._coherent else None
        self._entries = made["coherence"] if made else []
        self.works = not self._coherent or made is not None
        self._shapes: dict[Any, Shape] = {}
        self._order: list[Shape] = []
        self._blocks = 0
        self._accepted = 0
        self._roles = {role: pointer[1:] for role, pointer in judge.contract.roles.items()}

    def sift(self, content: bytes, ends: list[int], number: int) -> Iterator[tuple[int, bytes]]:
        """Yield each line that is not blank, with its number, unless the payload in it is accepted, and counted.

        `ends` are the offsets in `content` where the lines end, and `number` is that of the first one.
        """
        index = 0
        while index < len(ends):
            first = index
            for shape in self._order:
                index = shape.run(content, ends, first)
                if index > first:
                    if shape is not self._order[0]:
                        # What came last comes next.
                        self._order.remove(shape)
                        self._order.insert(0, shape)
                    break
            self._accepted += index - first
            if index == first:
                line = content[ends[index - 1] + 1 if index else 0 : ends[index]]
                if line.strip(BLANK):
                    yield number + index, line
                index += 1

    def take_accepted(self) -> int:
        """Return how many payloads were accepted since this was last asked."""
        accepted, self._accepted = self._accepted, 0
        return accepted

    def accepts(self, line: bytes) -> bool:
        """Say that the payload in a line has no finding (True), or that it is not known to have none (False)."""
        ends = [len(line)]
        for shape in self._order:  # noqa: SIM110 - a generator costs a fifth of what it goes through
            if shape.run(line, ends, 0):
                return True
        return False

    def learn(self, line: bytes, payload: Any) -> None:
        """Remember a line in which the thorough path found nothing."""
        if not isinstance(payload, dict):
            return
        try:
            self._learn(line, payload)
        except (_Unlearnable, Unwritable, TypeError, *_BROKEN):
            # What cannot be compared here is judged thoroughly each time.
            return

    def _learn(self, line: bytes, payload: dict[str, Any]) -> None:
        values = {name: bytes(raw) for name, raw in _apart(line).items()}
        shape = self._shape(line, payload)
        reduced, blocks, offsets, start = line, [], [], 0
        for cut in shape.cuts:
            at = reduced.find(cut.before, start)
            value = values[cut.name]
            if at < 0 or not reduced.startswith(value, at + len(cut.before)):
                raise _Unlearnable
            offsets.append(at - start)
            at += len(cut.before)
            blocks.append(cut.known(value, reduced, at) or self._learn_block(cut, value, reduced, at))
            reduced = reduced[:at] + b"null" + reduced[at + len(value) :]
            start = at + len(b"null")
        shape.found(offsets)
        decoded = shape.decode(reduced)
        state = shape.state(decoded) if shape.state is not None else ()
        if shape.state is not None and state not in shape.rules and len(shape.rules) < _MOST_RULES:
            # What is compared as bytes was judged with the state that it is right for.
            attributes = {name: f"f{n}" for n, name in enumerate(payload)}
            shape.rules[state] = compiled(self._entries, state, attributes, [attributes[cut.name] for cut in shape.cuts])
        for block in blocks:
            block.right_for.add(state)

    def _learn_block(self, cut: Cut, value: bytes, line: bytes, at: int) -> Block:
        if self._blocks >= _MOST_BLOCKS:
            raise _Unlearnable
        self._blocks += 1
        return cut.learn(value, line, at)

    def _shape(self, line: bytes, payload: dict[str, Any]) -> Shape:
        key = _key(payload)
        shape = self._shapes.get(key)
        if shape is None:
            if len(self._shapes) >= _MOST_SHAPES:
                raise _Unlearnable
            shape = self._made(line, payload)
            self._shapes[key] = shape
            self._order.append(shape)
        return shape

    def _made(self, line: bytes, payload: dict[str, Any]) -> Shape:
        fields, quotes, apart = self._fields(payload, self._contract.schema, "")
        return Shape(_struct(fields), [_cut(line, name) for name in apart], quotes, self._state(payload))

    def _state(self, payload: dict[str, Any]) -> Callable[[Any], State] | None:
        """Return what reads status and action from a decoded payload."""
        if not self._coherent:
            return None
        attributes = {name: f"f{n}" for n, name in enumerate(payload)}
        names = [attributes.get(self._roles.get(role, "")) for role in ("status", "action")]
        if None in names:
            raise _Unlearnable
        return attrgetter(*[name for name in names if name is not None])

    def _fields(
        self, payload: dict[str, Any], schema: Mapping[str, Any], at: str
    ) -> tuple[list[tuple[str, Any]], int, list[str]]:
        """Return the typed members of an object, the quotes that they need, and the members that are cut out of a line."""
        fields: list[tuple[str, Any]] = []
        apart: list[str] = []
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
                apart.append(name)
                fields.append((name, None))
            else:
                fields.append((name, self._scalar(value, part, pointer)))
                quotes += 2 * isinstance(value, str)
        return fields, quotes, apart

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
    if b"\\\\" in text:
        # Backslashes that stand for themselves come in pairs, from the left; what is left of a run escapes what follows.
        text = text.replace(b"\\\\", b"")
    return text.count(b'"') - text.count(b'\\"')


def _apart(line: bytes) -> dict[str, msgspec.Raw]:
    return msgspec.json.decode(line, type=dict[str, msgspec.Raw])


def _cut(line: bytes, name: str) -> Cut:
    """Find what stands before the value of a member in a line; the same bytes anywhere else would be taken for it."""
    before = re.findall(rb'"%b"[ \t]*:[ \t]*' % re.escape(name.encode()), line)
    if len(before) != 1:
        raise _Unlearnable
    return Cut(name, before[0])


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
