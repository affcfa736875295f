"""The checks that coherence entries are made of: each is built once from its entry, and yields breaches of a payload."""

from __future__ import annotations

import base64
import binascii
import re
from typing import TYPE_CHECKING, Any, NamedTuple

from docpact.errors import ContractError
from docpact.finding import Severity
from docpact.pointers import ABSENT, is_set, member, members, name_of
from docpact.redact import shown

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from docpact.contract import ButtonKind, Contract, Entry

    Check = Callable[[Any], Iterator["Hit"]]


class Hit(NamedTuple):
    """What a check found: pointer, value, what was expected, and how the sentence goes on after the name of the member.

    `severity` is given where what stands around it decides, and else is that of the rule.
    """

    pointer: str
    found: Any
    expected: Any
    says: str
    severity: Severity | None = None


# What a browser takes as a URL: scheme, host, and no blank or quote in it.
_URL = re.compile(r"https?://([^\s/?#\"'<>\\]+)(?:[/?#][^\s\"<>\\]*)?", re.IGNORECASE)
_DATA_URL = re.compile(r"data:[\w.+-]+/[\w.+-]+;base64,")
_ID = re.compile(r"1\d{15}")
_GROUP = re.compile(r"\\(\d)")
_NUMBER = (int, float)
_MILLISECONDS = 10**12
# The roles that an entry may speak of.
ROLES = ("status", "action", "progress")
_MOST_CHOSEN = 10_000


class Checks:
    """The coherence entries of a contract with the check of each, asked only of payloads that they speak of."""

    def __init__(self, contract: Contract) -> None:
        self.roles = {role: contract.roles[role] for role in ROLES if role in contract.roles}
        self._all = [(entry, build(entry, contract)) for entry in contract.coherence]
        self._chosen: dict[tuple[str | None, ...], list[tuple[Entry, Check]]] = {}

    def facts(self, payload: Any) -> dict[str, Any]:
        """Return what the members in a role say: status, action and progress, as far as the contract names them."""
        return {role: member(payload, pointer) for role, pointer in self.roles.items()}

    def speaking_of(self, facts: Mapping[str, Any]) -> list[tuple[Entry, Check]]:
        """Return the entries that speak of a payload with these facts; there are few different ones in a run."""
        key = tuple(value if isinstance(value, str) else None for value in facts.values())
        found = self._chosen.get(key)
        if found is None:
            found = [(entry, check) for entry, check in self._all if entry.speaks_of(facts)]
            if len(self._chosen) < _MOST_CHOSEN:
                self._chosen[key] = found
        return found


def build(entry: Entry, contract: Contract) -> Callable[[Any], Iterator[Hit]]:
    """Make the check that an entry names; raises `ContractError` for a name that there is not."""
    maker = _MAKERS.get(entry.check)
    if maker is None:
        raise ContractError(
            f"[[coherence]] {entry.rule}: there is no check {entry.check!r}", hint=f"there are: {', '.join(_MAKERS)}"
        )
    return maker(entry, contract)


def _describe(value: Any) -> str:
    return "missing" if value is ABSENT else "null" if value is None else "blank" if is_set(value) else "empty"


def _set(entry: Entry, contract: Contract) -> Callable[[Any], Iterator[Hit]]:  # noqa: ARG001 - one signature for all
    """Every member is set; an absent one counts only beside a member that shows the server to send optional ones."""
    beside, instead = entry.settings.get("beside", ()), entry.settings.get("instead", ())
    absent_counts = entry.settings.get("absent") != "allowed"
    blank_counts = entry.settings.get("blank") == "empty"

    def check(payload: Any) -> Iterator[Hit]:
        for pattern in entry.members:
            for pointer, value in members(payload, pattern):
                said = is_set(value) and not (blank_counts and isinstance(value, str) and value.isspace())
                if said or _misplaced(value) or _any_set(payload, instead):
                    continue
                if value is ABSENT and not (absent_counts and (not beside or _any_set(payload, beside))):
                    continue
                found = value if value is ABSENT or value is None or value == "" else shown(value)
                yield Hit(pointer, found, "a value", f"is {_describe(value)}{_unset_number(value)}")

    return check


def _unset_number(value: Any) -> str:
    return f" ({value})" if isinstance(value, _NUMBER) and not isinstance(value, bool) else ""


def _misplaced(value: Any) -> bool:
    # A value of another type is a breach of the page, and told as that.
    return isinstance(value, bool | dict) and value is not ABSENT


def _any_set(payload: Any, pointers: tuple[str, ...]) -> bool:
    return any(is_set(member(payload, pointer)) for pointer in pointers)


def _unset(entry: Entry, contract: Contract) -> Callable[[Any], Iterator[Hit]]:  # noqa: ARG001 - one signature for all
    def check(payload: Any) -> Iterator[Hit]:
        for pattern in entry.members:
            for pointer, value in members(payload, pattern):
                if is_set(value):
                    yield Hit(pointer, value, "nothing yet", f"is set: {shown(value)}")

    return check


def _one_of(entry: Entry, contract: Contract) -> Callable[[Any], Iterator[Hit]]:  # noqa: ARG001 - one signature for all
    values = tuple(entry.settings["values"])

    def check(payload: Any) -> Iterator[Hit]:
        for pattern in entry.members:
            for pointer, value in members(payload, pattern):
                if isinstance(value, str) and value not in values:
                    yield Hit(pointer, value, list(values), f"is {shown(value)!r} instead of {' or '.join(values)}")

    return check


def _form(entry: Entry, contract: Contract) -> Callable[[Any], Iterator[Hit]]:  # noqa: ARG001 - one signature for all
    """Strings that `only` speaks of fit one of `allow`, or none of `deny`; in a list in which others do, one may be `mixed`."""
    only = re.compile(entry.settings.get("only", "."))
    allow = [re.compile(pattern, re.ASCII) for pattern in entry.settings.get("allow", ())]
    deny = [re.compile(pattern, re.ASCII) for pattern in entry.settings.get("deny", ())]
    expected = entry.settings.get("allow") or None
    mixed = Severity(entry.settings["mixed"]) if "mixed" in entry.settings else None

    def is_wrong(value: str) -> bool:
        return any(p.search(value) for p in deny) or (not deny and not any(p.search(value) for p in allow))

    def check(payload: Any) -> Iterator[Hit]:
        for pattern in entry.members:
            found = [(at, value) for at, value in members(payload, pattern) if isinstance(value, str) and only.search(value)]
            wrong = [(at, value) for at, value in found if is_wrong(value)]
            others, severity = (", unlike the others", mixed) if mixed and len(wrong) < len(found) else ("", None)
            for pointer, value in wrong:
                yield Hit(pointer, value, expected, f"is {shown(value)!r}{others}", severity)

    return check


def _order(entry: Entry, contract: Contract) -> Callable[[Any], Iterator[Hit]]:  # noqa: ARG001 - one signature for all
    def check(payload: Any) -> Iterator[Hit]:
        earlier: tuple[str, Any] | None = None
        for pointer in entry.members:
            value = member(payload, pointer)
            if not is_set(value) or not _is_number(value):
                continue
            if earlier is not None and value < earlier[1]:
                name, before = earlier
                yield Hit(
                    pointer, value, f"at least {shown(before)}", f"is {shown(value)}, before {name_of(name)} ({shown(before)})"
                )
            earlier = (pointer, value)

    return check


def _is_number(value: Any) -> bool:
    """Tell whether a value is a whole number; another is a breach of the page, and told as that."""
    return not isinstance(value, bool) and (isinstance(value, int) or (isinstance(value, float) and value.is_integer()))


def _range(entry: Entry, contract: Contract) -> Callable[[Any], Iterator[Hit]]:  # noqa: ARG001 - one signature for all
    low, high = entry.settings["minimum"], entry.settings["maximum"]
    zero_is_set = entry.settings.get("zero_is_set", False)
    expected = str(low) if low == high else f"{low} to {high}"

    def check(payload: Any) -> Iterator[Hit]:
        for pattern in entry.members:
            for pointer, value in members(payload, pattern):
                if not _is_number(value) or (value == 0 and not zero_is_set):
                    continue
                if not low <= value <= high:
                    yield Hit(pointer, value, expected, f"is {shown(value)}, outside of {expected}")

    return check


def _unique(entry: Entry, contract: Contract) -> Callable[[Any], Iterator[Hit]]:  # noqa: ARG001 - one signature for all
    def check(payload: Any) -> Iterator[Hit]:
        for pattern in entry.members:
            seen: dict[str, str] = {}
            for pointer, value in members(payload, pattern):
                if isinstance(value, str) and value and seen.setdefault(value, pointer) != pointer:
                    yield Hit(pointer, value, "another value", f"is the same as {name_of(seen[value])}")

    return check


def _same(entry: Entry, contract: Contract) -> Callable[[Any], Iterator[Hit]]:  # noqa: ARG001 - one signature for all
    group = re.compile(entry.settings["group"])

    def check(payload: Any) -> Iterator[Hit]:
        for pattern in entry.members:
            texts = [(at, group.search(value)) for at, value in members(payload, pattern) if isinstance(value, str)]
            found = [(at, match[1].lower()) for at, match in texts if match and match[1]]
            counts: dict[str, int] = {}
            for _, value in found:
                counts[value] = counts.get(value, 0) + 1
            most = max(counts, key=lambda value: counts[value], default="")
            for pointer, value in found:
                if value != most:
                    yield Hit(pointer, value, most, f"speaks of job {value}, the others of {most}")

    return check


def _any_of_set(entry: Entry, contract: Contract) -> Callable[[Any], Iterator[Hit]]:  # noqa: ARG001 - one signature for all
    """At least one of the members of each object is set; one that is absent or no string is the page's business."""

    def check(payload: Any) -> Iterator[Hit]:
        columns = [list(members(payload, pattern)) for pattern in entry.members]
        for row in zip(*columns, strict=True):
            if all(value is None or (isinstance(value, str) and not value.strip()) for _, value in row):
                pointer = row[0][0].rpartition("/")[0]
                names = " and ".join(at.rpartition("/")[2] for at, _ in row)
                blank = "blank" if any(value for _, value in row) else "empty"
                yield Hit(pointer, None, "one of them", f"has both {names} {blank}")

    return check


def _agree(entry: Entry, contract: Contract) -> Callable[[Any], Iterator[Hit]]:
    """Where the first member of an object fits a pattern, the second is what `says` has for it, if it is one of `only`.

    One of `only` beside a customId of a known kind that says nothing of the sort is what another button shows.
    """
    first, second = entry.members
    only = re.compile(entry.settings["only"], re.ASCII)
    says, kinds = sayings(entry), _Kinds(contract.buttons)
    name = name_of(first).rpartition(".")[2]

    def check(payload: Any) -> Iterator[Hit]:
        keys = [value for _, value in members(payload, first)]
        for key, (pointer, value) in zip(keys, members(payload, second), strict=True):
            # Two of one key are told as that.
            if not isinstance(key, str) or not isinstance(value, str) or not only.search(plain(value)) or keys.count(key) > 1:
                continue
            said = says(key)
            kind = kinds.of(key) if said is None else None
            if said is not None and plain(value) != plain(said):
                yield Hit(pointer, value, said, f"is {shown(value)!r}, and its {name} says {said!r}")
            elif kind is not None:
                yield Hit(pointer, value, None, f"is {shown(value)!r}, and its {name} is that of a {kind.name} button")

    return check


def sayings(entry: Entry) -> Callable[[str], str | None]:
    """Return the function that tells what an entry with the check `agree` says for a key; None where it says nothing."""
    says = [(re.compile(form, re.ASCII), _GROUP.split(said)) for form, said in entry.settings["says"].items()]

    def said_for(key: str) -> str | None:
        for form, parts in says:
            found = form.search(key)
            if found is not None:
                # Every second part is the number of a group.
                return "".join(found[int(part)] if nth % 2 else part for nth, part in enumerate(parts))
        return None

    return said_for


def plain(text: str) -> str:
    """Leave out the sign that asks for the coloured form of an emoji: it is there or not, and says nothing."""
    return text.replace("\ufe0f", "")


def _url(entry: Entry, contract: Contract) -> Callable[[Any], Iterator[Hit]]:  # noqa: ARG001 - one signature for all
    def check(payload: Any) -> Iterator[Hit]:
        for pattern in entry.members:
            for pointer, value in members(payload, pattern):
                if isinstance(value, str) and value and not _is_url(value):
                    yield Hit(pointer, value, "http(s)://host/…", f"is no absolute URL: {shown(value)!r}")

    return check


def _is_url(value: str) -> bool:
    match = _URL.fullmatch(value)
    return match is not None and value.isprintable() and any(char.isalnum() for char in match[1])


def _base64(entry: Entry, contract: Contract) -> Callable[[Any], Iterator[Hit]]:  # noqa: ARG001 - one signature for all
    def check(payload: Any) -> Iterator[Hit]:
        for pattern in entry.members:
            for pointer, value in members(payload, pattern):
                if isinstance(value, str) and value and not _decodes(value):
                    yield Hit(pointer, value, "base64", "does not decode as base64")

    return check


def _decodes(value: str) -> bool:
    start = _DATA_URL.match(value)
    try:
        base64.b64decode(value[start.end() :] if start else value, validate=True)
    except (binascii.Error, ValueError):
        return False
    return True


def _id_time(entry: Entry, contract: Contract) -> Callable[[Any], Iterator[Hit]]:  # noqa: ARG001 - one signature for all
    id_pointer, time_pointer = entry.members
    tolerance = entry.settings["tolerance_ms"]

    def check(payload: Any) -> Iterator[Hit]:
        task, submitted = member(payload, id_pointer), member(payload, time_pointer)
        if not (isinstance(task, str) and _ID.fullmatch(task) and _is_number(submitted) and is_set(submitted)):
            return
        made = int(task[:13])
        # A time in another unit is told as that.
        if submitted > _MILLISECONDS and abs(made - submitted) > tolerance:
            found = shown(submitted)
            yield Hit(id_pointer, task, f"about {found}", f"was made at {made}, but submitTime is {found}")

    return check


class _Kinds:
    """Tell the kind of a customId."""

    def __init__(self, kinds: tuple[ButtonKind, ...]) -> None:
        self._forms = [(kind, re.compile(kind.form, re.ASCII)) for kind in kinds]

    def of(self, custom_id: str) -> ButtonKind | None:
        return next((kind for kind, form in self._forms if form.search(custom_id)), None)

    def marked(self, custom_id: str) -> ButtonKind | None:
        return next((kind for kind, _ in self._forms if custom_id.startswith(kind.markers)), None)


def _grammar(entry: Entry, contract: Contract) -> Callable[[Any], Iterator[Hit]]:
    kinds = _Kinds(contract.buttons)

    def check(payload: Any) -> Iterator[Hit]:
        for pattern in entry.members:
            for pointer, value in members(payload, pattern):
                if not isinstance(value, str) or kinds.of(value):
                    continue
                kind = kinds.marked(value)
                if kind is not None:
                    yield Hit(pointer, value, kind.form, f"is {shown(value)!r}, which is no {kind.name} button")
                elif not value.startswith("MJ::"):
                    yield Hit(pointer, value, "MJ::…", f"is {shown(value)!r}, which is no customId")

    return check


def _known_kind(entry: Entry, contract: Contract) -> Callable[[Any], Iterator[Hit]]:
    kinds = _Kinds(contract.buttons)

    def check(payload: Any) -> Iterator[Hit]:
        for pattern in entry.members:
            for pointer, value in members(payload, pattern):
                if isinstance(value, str) and value.startswith("MJ::") and not kinds.marked(value):
                    yield Hit(pointer, value, "a known kind", f"is of an unknown kind: {shown(value)!r}")

    return check


def _fits(entry: Entry, contract: Contract) -> Callable[[Any], Iterator[Hit]]:
    kinds = _Kinds(contract.buttons)
    judged = {action for kind in contract.buttons for action in kind.fits}
    role = contract.roles["action"]

    def check(payload: Any) -> Iterator[Hit]:
        action = member(payload, role)
        if not isinstance(action, str) or action not in judged:
            return
        fitting = [kind.name for kind in contract.buttons if action in kind.fits]
        for pattern in entry.members:
            found = [(at, value, kinds.of(value)) for at, value in members(payload, pattern) if isinstance(value, str)]
            misfits = [(at, value, kind) for at, value, kind in found if kind is not None and action not in kind.fits]
            if len(misfits) > 1 and len(misfits) * 2 > len(found):
                # The buttons of another action, or another action than that of the buttons: one breach.
                names = ", ".join(dict.fromkeys(kind.name for _, _, kind in misfits))
                yield Hit(pattern.split("/*")[0], None, fitting, f"has {names} buttons, which {action} does not offer")
                continue
            for pointer, value, kind in misfits:
                yield Hit(pointer, value, fitting, f"is a {kind.name} button, which {action} does not offer")

    return check


def _complete(entry: Entry, contract: Contract) -> Callable[[Any], Iterator[Hit]]:
    """If any button of the needed kinds is there, all are: `of` of each kind."""
    kinds = _Kinds(contract.buttons)
    needs, of = tuple(entry.settings["needs"]), entry.settings["of"]

    def check(payload: Any) -> Iterator[Hit]:
        for pattern in entry.members:
            counts = dict.fromkeys(needs, 0)
            for _, value in members(payload, pattern):
                # A malformed one counts as well: it is there, and told as malformed.
                kind = kinds.marked(value) if isinstance(value, str) else None
                if kind is not None and kind.name in counts:
                    counts[kind.name] += 1
            short = [f"{count} of {of} {name}" for name, count in counts.items() if count < of]
            if short and any(counts.values()):
                yield Hit(pattern.split("/*")[0], None, f"{of} of each", f"has {' and '.join(short)} buttons")

    return check


_MAKERS: dict[str, Callable[[Entry, Contract], Callable[[Any], Iterator[Hit]]]] = {
    "set": _set,
    "unset": _unset,
    "one-of": _one_of,
    "form": _form,
    "order": _order,
    "range": _range,
    "unique": _unique,
    "same": _same,
    "any-set": _any_of_set,
    "agree": _agree,
    "url": _url,
    "base64": _base64,
    "id-time": _id_time,
    "grammar": _grammar,
    "known-kind": _known_kind,
    "fits": _fits,
    "complete": _complete,
}
