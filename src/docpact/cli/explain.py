"""`docpact explain`: what a rule or a member means, why, which page lines say so, and how to waive it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from docpact.cli import breaking, exchanged
from docpact.compare.table import KINDS, Kind
from docpact.contract import Contract, load
from docpact.errors import Exit, UsageError
from docpact.finding import Layer, without_indices
from docpact.redact import printable
from docpact.rules import OF_EXCHANGES, OF_FOLLOWING, OF_RECORDINGS, RULES, Rule

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator

    from docpact.cli import Streams
    from docpact.contract import Profile
    from docpact.lifecycle import Fixed, Settled

_EXAMPLES = """examples:
  docpact explain
  docpact explain documented-enum
  docpact explain '/buttons/*/style'"""

# What is said of a rule that the example of the contract cannot break.
_WITHOUT = {
    Layer.DOCUMENTED: "break  not with the example of this contract: its schema sets no such limit",
    Layer.COHERENT: "break  not with the example of this contract: no entry speaks of it",
    Layer.LIFECYCLE: "break  not with the example of this contract: its lifecycle does not speak of it",
    Layer.TRANSPORT: "break  a text larger than the limit (--max-bytes), or a capture that is cut off",
}

# What breaks a rule that no payload breaks, but a recording.
_RECORDED = {
    "capture-secret": "break  a cassette with an Authorization header, or a signed address (docpact cassette lint)",
    "capture-stale": "break  a cassette that docpact recorded by another contract (docpact cassette lint)",
}

# Which part of the lifecycle gives the reason of a rule.
_LIFECYCLE = {
    "status-back": "lifecycle", "end-left": "lifecycle", "progress-fell": "progress", "progress-restarted": "progress",
    "stuck": "stuck", "instant-stays": "instant",
}  # fmt: skip


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.epilog = _EXAMPLES
    parser.add_argument("subject", nargs="?", metavar="RULE|/POINTER", help="a rule, or a member of the payload")
    parser.add_argument("--contract", default="task-fetch", metavar="NAME|DIR", help="the contract (default: task-fetch)")


def run(options: argparse.Namespace, streams: Streams) -> int:
    """Explain one rule or one member, or list all rules."""
    contract = load(options.contract)
    subject = options.subject
    if subject is None:
        lines = _all()
    elif subject.startswith("/"):
        lines = _member(contract, without_indices(subject.rstrip("/")))
    elif subject in RULES:
        lines = _rule(contract, RULES[subject])
    elif subject in KINDS:
        lines = _change(KINDS[subject])
    else:
        raise UsageError(f"there is no rule {subject!r}", hint=_nearest(subject))
    streams.stdout.write("\n".join(lines) + "\n")
    return Exit.CONFORMS


def _nearest(word: str) -> str:
    from difflib import get_close_matches

    near = get_close_matches(word, (*RULES, *KINDS), n=3)
    return f"did you mean {' or '.join(near)}?" if near else "docpact explain lists all rules; a member begins with /"


def _all() -> Iterator[str]:
    for layer in (layer for layer in Layer if layer is not Layer.COMPATIBILITY):
        yield f"{layer}"
        for rule in RULES.values():
            if rule.layer is layer:
                yield f"  {rule.id:<24}{rule.severity:<9}{rule.title}"
        yield ""
    yield "docpact explain RULE says why, and gives an example that breaks it"
    yield "docpact diff --list-changes lists what can change between two contracts"


def _change(kind: Kind) -> Iterator[str]:
    rule, bump, mirror = kind
    yield f"{rule.id}  ({rule.severity}, a change between two contracts)"
    yield f"  {rule.title}"
    yield ""
    yield f"why    {rule.reason}"
    yield f"hint   {rule.hint}"
    yield f"raises the {bump} part of a version; backwards it is {'the same' if mirror == rule.id else mirror}"


def _rule(contract: Contract, rule: Rule) -> Iterator[str]:
    yield f"{rule.id}  ({rule.severity}, {rule.layer} layer)"
    yield f"  {rule.title}"
    yield ""
    for why in _reasons(contract, rule):
        yield why if why.startswith(" ") else f"why    {why}"
    yield f"hint   {rule.hint}"
    yield f"notice {rule.notice}"
    yield ""
    yield from _broken(contract, rule)
    yield ""
    yield from _waive(contract, rule)


def _reasons(contract: Contract, rule: Rule) -> Iterator[str]:
    if rule.reason:
        yield rule.reason
    for entry in contract.coherence:
        if entry.rule == rule.id:
            yield entry.reason
            yield f"       fact: {entry.fact}"
            yield f"       speaks of {', '.join(entry.members)}{_when(entry.when)}"
            yield from (f"       page {words}" for words in _page(contract, entry.members[0], "member"))
    cycle = contract.lifecycle
    if cycle is None:
        return
    if rule.id in _LIFECYCLE:
        reason, fact = cycle.reasons[_LIFECYCLE[rule.id]]
        yield reason
        yield f"       fact: {fact}"
    for part in _lasting(contract, rule.id):
        yield f"{part.member}: {part.reason}"
        yield f"       fact: {part.fact}"
    for back in cycle.backs if rule.id == "status-back-known" else ():
        yield f"{back.origin} to {back.target}, {', '.join(back.profiles)}: {back.reason}"
        yield f"       fact: {back.fact}"


def _lasting(contract: Contract, rule: str) -> tuple[Fixed | Settled, ...]:
    """Return the members that a lifecycle rule keeps as they are."""
    cycle = contract.lifecycle
    if cycle is None:
        return ()
    return cycle.fixed if rule == "fixed-changed" else cycle.settled if rule == "settled-changed" else ()


def _when(when: Any) -> str:
    parts = [f"{role} is {' or '.join(sorted(values))}" for role, values in when.items()]
    return f", when {' and '.join(parts)}" if parts else ""


def _page(contract: Contract, pointer: str, keyword: str) -> Iterator[str]:
    clause = contract.clause(without_indices(pointer), keyword)
    if clause is not None:
        words = " ⏎ ".join(line.strip() for line in clause.quote.split("\n"))
        yield f"{clause.lines[0]}-{clause.lines[1]}: {printable(words)[:160]}"


def _broken(contract: Contract, rule: Rule) -> Iterator[str]:
    if rule.id in OF_EXCHANGES:
        yield from exchanged.told(contract, rule)
        return
    if rule.id in OF_RECORDINGS:
        yield _RECORDED[rule.id]
        return
    if rule.id in OF_FOLLOWING:
        yield from list(exchanged.never_ending(contract)) or [_WITHOUT[rule.layer]]
        return
    fault = breaking.broken(contract, rule)
    yield from [_WITHOUT[rule.layer]] if fault is None else breaking.told(contract, fault)
    if rule.layer is Layer.DOCUMENTED:
        keyword = rule.id.removeprefix("documented-")
        kind = {"null": "type", "body": "type", "error-body": "type"}.get(keyword, keyword)
        yield from (f"page   {words}" for words in _page(contract, "" if fault is None else fault.place, kind))


def _waive(contract: Contract, rule: Rule) -> Iterator[str]:
    verb = "check" if rule.id in OF_EXCHANGES | OF_FOLLOWING else "cassette lint" if rule.id in OF_RECORDINGS else "validate"
    yield f"waive  docpact {verb} --waivers FILE, with this in the file:"
    yield "         [[waiver]]"
    yield f'         rule = "{rule.id}"'
    yield '         owner = "you"'
    yield '         reason = "why it is accepted"'
    yield "         expires = 2027-12-31"
    if rule.layer is Layer.DOCUMENTED:
        families = [p.name for p in contract.profiles.values() if p.nulls or p.missing or p.enums]
    else:
        families = [p.name for p in contract.profiles.values() if rule.id in p.excuses]
    if families:
        yield f"       or name the family of the server: --profile {' | '.join(families)}"


def _member(contract: Contract, pointer: str) -> Iterator[str]:
    schema = contract.subschema(pointer)
    if schema is None:
        raise UsageError(f"the page names no member {pointer}", hint=_near_member(contract, pointer))
    kind = schema.get("type", "anything")
    parent, _, name = pointer.rpartition("/")
    required = name in (contract.subschema(parent) or {}).get("required", ())
    mark = "" if name == "*" or not pointer else f", {'required' if required else 'optional'}"
    yield f"{pointer or '/'}  ({kind if isinstance(kind, str) else ' or '.join(kind)}{mark})"
    for key in ("title", "description"):
        if key in schema:
            yield f"  {printable(schema[key])}"
    if "enum" in schema:
        yield f"  one of {', '.join(str(value) for value in schema['enum'])}"
    if schema.get("properties"):
        yield f"  members: {', '.join(schema['properties'])}"
    yield ""
    clause = contract.clause(pointer, "member")
    if clause is not None:
        yield f"page   {clause.page}"
        yield from (f"  {n:>4} | {printable(text)}" for n, text in enumerate(clause.quote.split("\n"), clause.lines[0]))
        yield ""
    yield from _rules_of(contract, pointer)


def _rules_of(contract: Contract, pointer: str) -> Iterator[str]:
    if not pointer:
        yield "docpact explain /MEMBER says which rules speak of a member"
        return
    spoken = _spoken(contract, pointer)
    for rule, reasons in spoken.items():
        yield f"rule   {rule} ({RULES[rule].severity}): {RULES[rule].title}"
        yield from (f"         {reason}" for reason in dict.fromkeys(reasons))
    role = next((role for role, at in contract.roles.items() if at == pointer), None)
    others = dict.fromkeys(entry.rule for entry in contract.coherence if role in entry.when and entry.rule not in spoken)
    if others:
        yield f"rules  that speak only at some values of it: {', '.join(others)}"
    for profile in contract.profiles.values():
        habits = _habits(profile, pointer)
        if habits:
            yield f"under  {profile.name}: {'; '.join(habits)}"


def _spoken(contract: Contract, pointer: str) -> dict[str, list[str]]:
    """Collect the rules that speak of a member or what is in it, each with its reasons."""
    spoken: dict[str, list[str]] = {}
    for entry in contract.coherence:
        if any(pattern == pointer or pattern.startswith(f"{pointer}/") for pattern in entry.members):
            spoken.setdefault(entry.rule, []).append(entry.reason)
    for rule in ("fixed-changed", "settled-changed"):
        for part in _lasting(contract, rule):
            if part.member == pointer:
                spoken.setdefault(rule, []).append(part.reason)
    return spoken


def _habits(profile: Profile, pointer: str) -> list[str]:
    habits = []
    if "*" in profile.nulls or pointer in profile.nulls:
        habits.append("may be null")
    if pointer in profile.missing:
        habits.append("may be missing")
    if profile.enums.get(pointer):
        habits.append(f"may be {', '.join(repr(value) for value in sorted(profile.enums[pointer]))}")
    return habits


def _near_member(contract: Contract, pointer: str) -> str:
    from difflib import get_close_matches

    near = get_close_matches(pointer, list(_pointers(contract.schema, "")), n=1)
    return f"did you mean {near[0]}?" if near else "docpact explain / shows the members of the whole body"


def _pointers(schema: Any, at: str) -> Iterator[str]:
    for name, part in schema.get("properties", {}).items():
        yield f"{at}/{name}"
        yield from _pointers(part, f"{at}/{name}")
    if "items" in schema:
        yield f"{at}/*"
        yield from _pointers(schema["items"], f"{at}/*")
