"""Accept one small, plainly right payload without loading anything: the path from a file to a clean verdict.

Whatever is not accepted here is judged by the thorough path: `accepts` says "right" or "don't know", and never "wrong". It
works on a plan, which `plan.py` makes of a contract ahead of time, and it imports nothing but C modules of the interpreter:
starting Python takes 10 ms, and `re` alone would add five. This is why it has no dataclass, no enum and no pattern.
"""

from _json import make_scanner  # the interpreter's own, and all of `json` that is needed

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any, ClassVar

    Accept = Callable[[Any], bool]
    Check = Callable[[dict[str, Any]], bool]

VERSION = 3
MOST_BYTES = 1 << 20

_DEEPEST = 200
_HEX = frozenset("0123456789abcdef")
_ABSENT: "Any" = object()


class NotPlain(Exception):  # noqa: N818 - not an error: the thorough path takes over
    """The text, or the plan, is not of the plain kind that is read here."""


def parse(text: str) -> "Any":
    """Read a JSON text of the plainest kind; raises `NotPlain` for anything that a report could say something about."""
    if text.count("[") + text.count("{") > _DEEPEST:
        raise NotPlain
    start = len(text) - len(text.lstrip(" \t\n\r"))
    try:
        value, end = make_scanner(_Scanner)(text, start)  # type: ignore[arg-type] # it asks for these names alone
    except (ValueError, StopIteration, RecursionError):
        raise NotPlain from None
    # A line that holds a poll, and a file of more than one line, are not plain.
    if text[end:].strip(" \t\n\r") or (type(value) is dict and "payload" in value):
        raise NotPlain
    if "\\u" in text:
        _refuse_halves(value)
    return value


def _refuse_halves(value: "Any") -> None:
    """Raise `NotPlain` where half of a surrogate pair stands in a text or a name."""
    kind = type(value)
    try:
        if kind is str:
            value.encode()
        elif kind is dict:
            for name, member in value.items():
                name.encode()
                _refuse_halves(member)
        elif kind is list:
            for item in value:
                _refuse_halves(item)
    except UnicodeEncodeError:
        raise NotPlain from None


def _members(pairs: "list[tuple[str, Any]]") -> "dict[str, Any]":
    members = dict(pairs)
    if len(members) != len(pairs):
        raise NotPlain
    return members


def _constant(name: str) -> float:
    raise NotPlain(name)


def _float(digits: str) -> float:
    number = float(digits)
    if number - number != 0:
        raise NotPlain
    return number


class _Scanner:
    """What the scanner of the interpreter is told by `json.JSONDecoder`, in the same words."""

    strict = True
    object_hook = None
    object_pairs_hook = staticmethod(_members)
    array_hook = None
    parse_constant = staticmethod(_constant)
    parse_float = staticmethod(_float)
    parse_int = int
    memo: "ClassVar[dict[str, str]]" = {}  # noqa: RUF012 - without `typing` it cannot be seen to be a ClassVar


def build(plan: "dict[str, Any]") -> "Accept":
    """Make, of a plan, the function that accepts a payload in the documented and coherent layers.

    Raises `NotPlain` for a plan of another version of docpact.
    """
    if plan.get("version") != VERSION:
        raise NotPlain
    schema = schema_of(plan["schema"])
    coherent = coherent_of(plan)

    def accepts(payload: "Any") -> bool:
        return schema(payload) and coherent(payload)

    return accepts


def schema_of(plan: "list[Any]") -> "Accept":
    """Build the closure that accepts what a schema certainly allows; a plan is a kind and what it needs.

    The kinds: object (members, required), array (items), string, one-of (strings), integer, number, boolean, null, any, or
    (plans), and none for what is left to the thorough path.
    """
    kind = plan[0]
    if kind == "object":
        return _object({name: schema_of(part) for name, part in plan[1].items()}, tuple(plan[2]))
    if kind == "array":
        return _array(schema_of(plan[1]))
    if kind == "one-of":
        values = frozenset(plan[1])
        return lambda value: type(value) is str and value in values
    if kind == "or":
        parts = [schema_of(part) for part in plan[1]]
        return lambda value: any(part(value) for part in parts)
    return _SCALARS[kind]


def _object(parts: "dict[str, Accept]", required: "tuple[str, ...]") -> "Accept":
    anything = _SCALARS["any"]
    wanted = frozenset(required)
    named = [(name, parts.get(name, anything), name in wanted) for name in dict.fromkeys((*parts, *required))]
    texts = _SCALARS["string"]
    checks = [(name, str if part is texts else None, part, needed) for name, part, needed in named]

    def accept(value: "Any") -> bool:
        if type(value) is not dict:
            return False
        for name, kind, part, needed in checks:
            member = value.get(name, _ABSENT)
            # Most members are texts: to see that here costs a third of a call.
            if type(member) is kind:
                continue
            if member is _ABSENT:
                if needed:
                    return False
            elif not part(member):
                return False
        return True

    return accept


def _array(item: "Accept") -> "Accept":
    def accept(value: "Any") -> bool:
        if type(value) is not list:
            return False
        for part in value:  # noqa: SIM110 - a generator costs more than the whole loop
            if not item(part):
                return False
        return True

    return accept


_SCALARS: "dict[str, Accept]" = {
    "string": lambda value: type(value) is str,
    "integer": lambda value: type(value) is int or (type(value) is float and value.is_integer()),
    "number": lambda value: type(value) is int or type(value) is float,
    "boolean": lambda value: type(value) is bool,
    "null": lambda value: value is None,
    "any": lambda value: True,  # noqa: ARG005 - one of the closures
    "none": lambda value: False,  # noqa: ARG005 - one of the closures
}


def coherent_of(plan: "dict[str, Any]") -> "Check":
    """Build the function that accepts a task object of which no coherence entry finds anything."""
    status, action = plan["roles"]["status"], plan["roles"]["action"]
    entries = [(_values(e, "status"), _values(e, "action"), _CHECKS[e["check"]](e)) for e in plan["coherence"]]
    buttons = _buttons(plan["buttons"], action) if plan["buttons"] else None
    chosen: dict[tuple[Any, Any], list[Check]] = {}

    def accepts(payload: "Any") -> bool:
        if type(payload) is not dict:
            return False
        state, act = payload.get(status), payload.get(action)
        if not (state is None or type(state) is str) or not (act is None or type(act) is str):
            return False
        checks = chosen.get((state, act))
        if checks is None:
            if len(chosen) > _MOST_CHOSEN:
                chosen.clear()
            checks = [c for s, a, c in entries if (s is None or state in s) and (a is None or act in a)]
            chosen[(state, act)] = checks
        for check in checks:
            if not check(payload):
                return False
        return buttons is None or buttons(payload)

    return accepts


_MOST_CHOSEN = 1000


def _values(entry: "dict[str, Any]", role: str) -> "frozenset[str] | None":
    values = entry["when"].get(role)
    return None if values is None else frozenset(values)


def _set(entry: "dict[str, Any]") -> "Check":
    names = entry["members"]
    absent_is_fine, blank_counts = entry.get("absent") == "allowed", "blank" in entry

    def check(payload: "dict[str, Any]") -> bool:
        for name in names:
            value = payload.get(name, _ABSENT)
            if not value or (value is _ABSENT and not absent_is_fine) or (blank_counts and value.isspace()):
                return False
        return True

    return check


def _unset(entry: "dict[str, Any]") -> "Check":
    names = entry["members"]
    return lambda payload: not any(payload.get(name) for name in names)


def _one_of(entry: "dict[str, Any]") -> "Check":
    names, values = entry["members"], frozenset(entry["values"])
    return lambda payload: all(payload.get(name) in values for name in names if name in payload)


def _digits(entry: "dict[str, Any]") -> "Check":
    names, (low, high) = entry["members"], entry["digits"]

    def check(payload: "dict[str, Any]") -> bool:
        for name in names:
            value = payload.get(name, "")
            if value and not (low <= len(value) <= high and value.isascii() and value.isdigit()):
                return False
        return True

    return check


def _order(entry: "dict[str, Any]") -> "Check":
    names = entry["members"]

    def check(payload: "dict[str, Any]") -> bool:
        before = 0
        for name in names:
            value = payload.get(name)
            if value:
                if value < before:
                    return False
                before = value
        return True

    return check


def _range(entry: "dict[str, Any]") -> "Check":
    names, low, high = entry["members"], entry["minimum"], entry["maximum"]

    def check(payload: "dict[str, Any]") -> bool:
        for name in names:
            value = payload.get(name)
            if value and not low <= value <= high:
                return False
        return True

    return check


def _url(entry: "dict[str, Any]") -> "Check":
    names = entry["members"]

    def check(payload: "dict[str, Any]") -> bool:
        for name in names:
            value = payload.get(name)
            if not value:
                continue
            start = 8 if value.startswith("https://") else 7 if value.startswith("http://") else 0
            # Letters, digits and the usual marks alone: anything rarer is looked at by the thorough path.
            if not start or not value[start : start + 1].isalnum() or not value.isascii() or not value.isprintable():
                return False
            for char in " \"'<>\\":
                if char in value:
                    return False
        return True

    return check


def _id_time(entry: "dict[str, Any]") -> "Check":
    (task, submitted), tolerance = entry["members"], entry["tolerance_ms"]

    return lambda payload: is_of_its_time(payload.get(task), payload.get(submitted), tolerance)


def is_of_its_time(made: "str | None", submitted: "int | None", tolerance: int) -> bool:
    """Accept an id that holds no time, or one within `tolerance` milliseconds of the submission."""
    if not made or not submitted or len(made) != _ID or made[0] != "1":
        return True
    return made.isascii() and made.isdigit() and -tolerance <= int(made[:13]) - submitted <= tolerance


_ID = 16
_UUID = 36

_CHECKS: "dict[str, Callable[[dict[str, Any]], Check]]" = {
    "set": _set, "unset": _unset, "one-of": _one_of, "digits": _digits, "order": _order, "range": _range, "url": _url,
    "base64": _unset, "id-time": _id_time,
}  # fmt: skip


def _buttons(plan: "dict[str, Any]", action: str) -> "Check":  # noqa: C901 - one loop over the buttons is what makes it quick
    """Accept buttons whose customIds are known ones of one job, that fit the action, and that are no two alike."""
    member, known = plan["member"], plan["known"]
    low, high = plan["style"]
    kind, fits = plan["type"], {name: frozenset(kinds) for name, kinds in plan["fits"].items()}
    whole: dict[str, Any] = plan["whole"]

    faces: list[tuple[str, dict[str, str], frozenset[str]]] = [
        (name, said, frozenset(texts)) for name, (said, texts) in plan["faces"].items()
    ]

    def looks_right(button: "dict[str, Any]", form: str) -> bool:
        for name, said, elsewhere in faces:
            face = button[name]
            # The sign behind an emoji asks for its coloured form, and says nothing.
            if face and (face != said[form] if form in said else face.replace("\ufe0f", "") in elsewhere):
                return False
        return low <= button["style"] <= high and button["type"] == kind and bool((button["emoji"] or button["label"]).strip())

    def check(payload: "dict[str, Any]") -> bool:
        buttons = payload.get(member)
        if not buttons:
            return True
        job, seen, counts = "", set(), dict.fromkeys(whole["kinds"], 0)
        fitting = fits.get(payload.get(action, ""))
        for button in buttons:
            custom_id = button["customId"]
            stop = len(custom_id) - 6 if custom_id.endswith("::SOLO") else len(custom_id)
            start = stop - _UUID
            form = f"{custom_id[:start]}*{custom_id[stop:]}" if start > 0 else ""
            name = known.get(form)
            if name is None:
                # A kind without a job, such as the buttons of DESCRIBE.
                form, name = custom_id, known.get(custom_id)
            elif custom_id[start:stop] != job:
                if job:
                    return False
                job = custom_id[start:stop]
            if name is None or (fitting is not None and name not in fitting):
                return False
            if not looks_right(button, form):
                return False
            seen.add(custom_id)
            if name in counts:
                counts[name] += 1
        if len(seen) != len(buttons) or (job and not _is_uuid(job)):
            return False
        partly = any(counts.values()) and min(counts.values()) < whole["of"]
        return not (partly and payload.get(action) in whole["actions"])

    return check


def _is_uuid(job: str) -> bool:
    parts = job.split("-")
    return [len(part) for part in parts] == [8, 4, 4, 4, 12] and _HEX.issuperset("".join(parts))
