"""Where each line of a flattened document stands: every place that the grammar allows is kept until evidence rules it out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from docpact.derive.unindented.frames import Frame, close, entered, foreseen
from docpact.derive.unindented.grammar import Kind
from docpact.derive.unindented.slots import Slots, Taken

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from docpact.derive.unindented.lines import Token

_WIDEST = 48
# Where it is no longer certain, the likeliest few will do.
_NARROW = 16
_MOST_STEPS = 1_000_000
_MOST_STRANGE = 6
_FREE = "free"


class Step(NamedTuple):
    """One line put somewhere: the table or list that takes it (by the token that opened that), and what it opens."""

    before: Step | None
    token: int
    target: int
    mode: str
    opened: tuple[tuple[str, int], ...] = ()


class State(NamedTuple):
    """One reading so far: what speaks against it, how unusual it is, what is open, and which lines had another place."""

    hard: int
    soft: float
    frames: tuple[Frame, ...]
    trace: Step | None
    doubt: frozenset[int]


@dataclass(frozen=True)
class Found:
    """The best reading: its steps, the tokens that as good a reading puts elsewhere, and those that fit nowhere.

    `hard` is what speaks against it, `whole` false where there were more readings than were looked at; from the token `stopped`
    on nothing was read.
    """

    steps: tuple[Step, ...]
    doubt: frozenset[int]
    strange: tuple[int, ...]
    hard: int
    whole: bool
    stopped: int | None = None


class Search:
    """One search over the lines of a document, by a grammar."""

    def __init__(self, tokens: Sequence[Token], grammar: Mapping[str, Kind], names: frozenset[str]) -> None:
        self._tokens, self._grammar, self._names = tokens, grammar, names
        self._slots = Slots(tokens, grammar)
        self._steps = 0
        self._whole = True
        self._branched: set[int] = set()

    def run(self, root: str) -> Found:
        """Read all lines as one table of the kind `root`."""
        states = [State(0, 0.0, (Frame(root, -1),), None, frozenset())]
        strange: list[int] = []
        in_a_row, in_block = 0, False
        stopped: int | None = None
        last = 0
        for at, token in enumerate(self._tokens):
            if self._steps > _MOST_STEPS:
                self._whole, stopped = False, at
                break
            moved = [] if token.form == "text" else self._moved(states, at)
            if moved:
                states, in_a_row, in_block, last = moved, 0, token.block, at
                continue
            states = [one._replace(trace=Step(one.trace, at, self._last_target(one), "text")) for one in states]
            if not self._goes_on(at, in_block=in_block):
                strange.append(at)
                in_a_row += 1
                if in_a_row >= _MOST_STRANGE:
                    break
        ended = self._merged([self._ended(one) for one in states])
        best = min(ended, key=lambda one: (one.hard, one.soft))
        doubt = best.doubt | (frozenset(self._branched) if not self._whole else frozenset())
        # Words behind the last line that fits anywhere are the page's, but for a block, which takes what comes.
        steps = [one for one in _steps(best.trace) if one.token <= last or in_block]
        return Found(tuple(steps), doubt, tuple(strange), best.hard, self._whole, stopped)

    def _goes_on(self, at: int, *, in_block: bool) -> bool:
        """Tell whether words belong to the value above them; the numbers of lines that a page shows do not."""
        before, token = self._tokens[at - 1] if at else None, self._tokens[at]
        if token.text.isdecimal() or before is None:
            return False
        return in_block or before.block or (token.form == "text" and before.form in ("text", "pair", "item"))

    def _last_target(self, state: State) -> int:
        return state.trace.target if state.trace is not None else -1

    def _moved(self, states: Sequence[State], at: int) -> list[State]:
        moved: list[State] = []
        for state in states:
            made = list(self._moves(state, at))
            if len(made) > 1:
                self._branched.add(at)
            moved += made
        return self._merged(moved)

    def _merged(self, states: Sequence[State]) -> list[State]:
        """Keep one of the readings that differ in nothing that is still open, and remember where they differ."""
        kept: dict[tuple[Frame, ...], State] = {}
        for one in states:
            other = kept.get(one.frames)
            if other is None or one.hard < other.hard:
                kept[one.frames] = one
            elif one.hard == other.hard:
                better, worse = (one, other) if one.soft < other.soft else (other, one)
                # Where readings were left out, every line that had a choice is in doubt anyway.
                differing = self._difference(better.trace, worse.trace) if self._whole else frozenset()
                kept[one.frames] = better._replace(doubt=better.doubt | worse.doubt | differing)
        widest = _WIDEST if self._whole else _NARROW
        if len(kept) <= widest:
            return list(kept.values())
        weighed = [(one.hard + foreseen(one.frames), one.soft, at, one) for at, one in enumerate(kept.values())]
        weighed.sort()
        self._whole = self._whole and weighed[widest][0] > weighed[0][0]
        return [one for _, _, _, one in weighed[:widest]]

    def _difference(self, one: Step | None, other: Step | None) -> frozenset[int]:
        found = set()
        while one is not other and one is not None and other is not None:
            self._steps += 1
            if one[1:] != other[1:]:
                found.add(one.token)
            one, other = one.before, other.before
        return frozenset(found)

    def _ended(self, state: State) -> State:
        frames, hard = state.frames, state.hard
        while frames:
            frames, cost = close(frames, self._grammar)
            hard += cost
        return state._replace(frames=frames, hard=hard)

    def _moves(self, state: State, at: int) -> Iterator[State]:
        """Yield each way to put the next line: into what is open, the innermost first; what stands above it is closed."""
        top = state.frames[-1]
        outer = list(self._placed(state, at, len(state.frames) - (top.kind == _FREE)))
        if top.kind != _FREE:
            yield from outer
            token = self._tokens[at]
            known = token.key in self._grammar.get("schema", Kind()).slots
            takes = top.filled or self._grammar.get(top.kind, Kind(extensions=False)).extensions
            if not outer and token.key.startswith("x-") and not (token.item or known) and takes:
                yield from self._extension(state._replace(frames=(*state.frames[:-1], top._replace(filled=True))), at)
            return
        yield from self._free(state, at, outer)

    def _free(self, state: State, at: int, outer: Sequence[State]) -> Iterator[State]:
        """Put a line into a value that may hold anything, or behind it."""
        token, top = self._tokens[at], state.frames[-1]
        stays = state._replace(
            hard=state.hard + (0 if top.role == "x" else self._slots.like_a_schema(at)),
            frames=(*state.frames[:-1], top._replace(filled=True)),
            trace=Step(state.trace, at, top.at, "free"),
        )
        if not top.filled or not outer:
            yield stays
            return
        leaves = outer[0].frames[-1] if outer else top
        if token.item:
            named = token.key in ("name", "in", "$ref", "url") and top.role != "x"
            yield from outer if named and token.key not in self._names else [stays]
        elif token.key in self._names and top.role != "x" and not self._begins_member(outer[0], at):
            # A member's name, and a word of the document: the value has it, and nobody can be sure.
            both = leaves.kind != _FREE
            yield stays._replace(doubt=stays.doubt | {at}) if both else stays
        else:
            yield from outer

    def _begins_member(self, state: State, at: int) -> bool:
        step = state.trace
        return step is not None and step.token == at and any(kind == "schema" for kind, _ in step.opened)

    def _extension(self, state: State, at: int) -> Iterator[State]:
        """Pass over what a generator adds: it closes nothing, since it may belong to anything that is open."""
        token = self._tokens[at]
        top = state.frames[-1]
        if token.form == "bare" and at + 1 < len(self._tokens):
            blob = Frame(_FREE, 2 * at + 1, role="x")
            trace = Step(state.trace, at, top.at, "skip", ((_FREE, blob.at),))
            yield state._replace(soft=state.soft + 1, frames=(*state.frames, blob), trace=trace)
        else:
            yield state._replace(soft=state.soft + 1, trace=Step(state.trace, at, top.at, "skip"))

    def _placed(self, state: State, at: int, depth: int) -> Iterator[State]:
        frames = state.frames[:depth]
        hard = state.hard
        popped = 0
        # What has to hold something cannot be left empty.
        while frames:
            self._steps += 1
            inner = state.frames[len(frames)] if len(frames) < depth else None
            for taken in self._slots.taken(frames, at, popped, inner):
                closed, cost = self._closed(state.frames[:depth], len(frames))
                yield self._with(state, closed, taken, hard + cost)
            if not frames[-1].filled or len(frames) == 1:
                return
            frames = frames[:-1]
            popped += 1

    def _closed(self, frames: tuple[Frame, ...], depth: int) -> tuple[tuple[Frame, ...], int]:
        hard = 0
        while len(frames) > depth:
            frames, cost = close(frames, self._grammar)
            hard += cost
        return frames, hard

    def _with(self, state: State, frames: tuple[Frame, ...], taken: Taken, hard: int) -> State:
        """Apply what a line does to the table or list that takes it."""
        token = self._tokens[taken.at]
        target = frames[-1]
        # The keys of a table are copied for one more.
        self._steps += len(target.keys) >> 5
        now = target._replace(filled=True) if token.item else entered(target, token)
        frames = (*frames[:-1], now, *taken.opened)
        opened = tuple((one.kind, one.at) for one in taken.opened)
        trace = Step(state.trace, taken.at, target.at, taken.mode, opened)
        return State(hard + taken.hard, state.soft + taken.soft, frames, trace, state.doubt)


def _steps(trace: Step | None) -> list[Step]:
    found = []
    while trace is not None:
        found.append(trace)
        trace = trace.before
    return found[::-1]
