"""How deep a member stands, where the page shows it: by dots in its name, by indentation, by brackets around it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, TypeAlias

from docpact.derive import labels
from docpact.derive.claims import Entry, TypeClaim

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from docpact.derive.text.members import Head

_STEP = re.compile(r"(?P<name>[^.\[\]>/]+)(?P<list>(?:\.?\[[\w*]{0,12}\]|\.\*|\.\d+(?=\.))*)(?:\.|->|/|$)")
_DOTTED = re.compile(r"[^.\s]\.[^.\s]|\[[\w*]{0,12}\]|->|[\w\]]/\w")
_DEEPEST = 32
_LONGEST = 200
Path: TypeAlias = "tuple[str, ...]"


@dataclass
class _Node:
    """One member in the tree of the dotted names: its entry, once it is known, and the members below it, in order."""

    entry: Entry
    below: dict[str, _Node] = field(default_factory=dict)
    more: list[Entry] = field(default_factory=list)


def steps(name: str) -> list[tuple[str, bool]]:
    """Read a dotted name: each step with whether it is said to be a list (`buttons[].label`)."""
    bare = re.sub(r"^(?:\$|response|root|body)(?:\.|\[\]\.)", "", name)
    return [(one["name"], bool(one["list"])) for one in _STEP.finditer(bare)][:_DEEPEST]


def undotted(entries: Sequence[Entry]) -> list[Entry]:
    """Give members with dotted names their own name and depth, each below its parent.

    A parent that is only named by its members gets an entry, of the type that the dots say.
    """
    if not any(_DOTTED.search(one.name) for one in entries):
        return list(entries)
    root = _Node(Entry("", TypeClaim("object"), {}))
    above: list[_Node] = [root]
    for one in entries:
        dotted = _DOTTED.search(one.name) is not None
        depth = min(one.depth or 0, len(above) - 1)
        path = steps(one.name) or [(one.name, False)]
        start = root if dotted else above[depth]
        node = _reach(start, path[:-1], one)
        name, listed = path[-1]
        claim = TypeClaim("array", items=one.claim) if listed and one.claim.type not in ("array", None) else one.claim
        placed = _add(node, replace(one, name=name, claim=claim))
        above[(depth if not dotted else len(path) - 1) + 1 :] = [placed]
    return list(_flat(root, 0))


def _reach(node: _Node, path: Sequence[tuple[str, bool]], first: Entry) -> _Node:
    for name, listed in path:
        if name not in node.below:
            lines = {"member": (first.lines["member"][0],) * 2}
            claim = TypeClaim("array", items=TypeClaim("object")) if listed else TypeClaim("object")
            node.below[name] = _Node(Entry(name, claim, lines))
        below = node.below[name]
        if listed and below.entry.claim.type is None:
            below.entry = replace(below.entry, claim=replace(below.entry.claim, type="array", items=TypeClaim("object")))
        node = below
    return node


def _add(node: _Node, entry: Entry) -> _Node:
    known = node.below.get(entry.name)
    if known is None:
        known = node.below[entry.name] = _Node(entry)
    elif known.entry.claim.type in ("object", "array") and "type" not in known.entry.lines:
        known.entry = entry
    else:
        known.more.append(entry)
    return known


def _flat(root: _Node, depth: int) -> Iterator[Entry]:
    waiting = [(one, depth) for one in reversed(root.below.values())]
    while waiting:
        node, at = waiting.pop()
        yield replace(node.entry, depth=at)
        for again in node.more:
            yield replace(again, depth=at)
        waiting += [(one, at + 1) for one in reversed(node.below.values())]


def by_indent(indents: Sequence[int]) -> list[int]:
    """Turn how far each line is indented into how deep it stands: one more than the nearest line above that is less so."""
    found: list[int] = []
    stack: list[int] = []
    for indent in indents:
        while stack and stack[-1] >= indent:
            stack.pop()
        found.append(len(stack))
        stack.append(indent)
    return found


def by_frames(lines: Sequence[str], heads: Sequence[Head], end: int) -> list[Head]:
    """Give members the depth that brackets on lines of their own show: `Array [`, `Part{`, `}]`; as they were without any."""
    starts = {head.at: number for number, head in enumerate(heads)}
    depths: list[int] = []
    # For each frame that is open: the member that it belongs to (-1: the whole answer), and its brackets.
    stack: list[list[int]] = []
    framed = False
    for at in range(heads[0].at if heads else end, end):
        number = starts.get(at)
        if number is not None:
            depths.append(len(stack) - (1 if stack and stack[0][0] < 0 else 0))
        opened, closed = _brackets(lines[at], head=number is not None)
        for _ in range(opened):
            holder = len(depths) - 1
            if stack and stack[-1][0] == holder:
                stack[-1][1] += 1
            else:
                stack.append([holder, 1])
            framed = framed or holder >= 0
        for _ in range(closed):
            if stack:
                stack[-1][1] -= 1
                if not stack[-1][1]:
                    stack.pop()
    return [head._replace(depth=depth) for head, depth in zip(heads, depths, strict=True)] if framed else list(heads)


def _brackets(line: str, *, head: bool) -> tuple[int, int]:
    """Count the brackets that a line opens and closes, where nothing else stands in it."""
    if len(line) > _LONGEST:
        return 0, 0
    if head:
        opened = re.search(r"[\s\w](?P<opens>[\[{]{1,3}|\[\s*[\w.-]{1,60}\s*\{)$", line)
        return (opened["opens"].count("[") + opened["opens"].count("{") if opened is not None else 0), 0
    frame = labels.FRAME.fullmatch(line)
    return (len(frame["opens"] or ""), len(frame["closes"] or "")) if frame is not None else (0, 0)
