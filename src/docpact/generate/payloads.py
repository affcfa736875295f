"""Payloads: one task object for a profile, a status and an action, made of the samples, or else of the schema alone."""

from __future__ import annotations

import re
from difflib import get_close_matches
from functools import lru_cache
from hashlib import blake2b
from typing import TYPE_CHECKING, Any

from docpact.errors import UsageError
from docpact.finding import escape_token
from docpact.generate.draws import pick
from docpact.generate.samples import Samples, load

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from docpact.contract import Contract
    from docpact.generate.draws import Draws
    from docpact.generate.samples import ButtonSet, Row

    # What makes one member of a payload, of its task and of how far it has come.
    Maker = Callable[["Task", int | None], Any]

_SPLIT = re.compile(r"\{([a-z]+)\}")
_HAN = re.compile("[\u4e00-\u9fff]")
_WORD = re.compile(r"[a-z0-9]+")
_DISCORD = 10**18


class Task(dict[str, Any]):
    """What is the same in all polls of one task: its id, job, prompt and times, each drawn where it is first asked for."""

    __slots__ = ("draws", "locales", "samples")

    def __init__(self, draws: Draws, samples: Samples, locales: Sequence[str]) -> None:
        self.draws = draws
        self.samples = samples
        self.locales = locales

    def __missing__(self, name: str) -> Any:
        """Return one of the values that texts may be made of, or a time in milliseconds."""
        value = self[name] = VALUES[name](self)
        return value


def _submitted(task: Task) -> int:
    clock, draws = task.samples.clock, task.draws
    return clock.begins + draws.nth * clock.apart + draws.integer("clock/submitted", 0, clock.apart - 1)


def _prompts(task: Task) -> tuple[str, str]:
    locale = pick(task.draws, "prompt/locale", task.locales)
    return pick(task.draws, f"prompt/{locale}", task.samples.prompts[locale])


def _id(task: Task) -> str:
    made = task["submitted"] - task.draws.integer("id/before", 0, 1)
    return f"{made}{task.draws.integer('id/digits', 0, 999):03}"


def _parent(task: Task) -> str:
    made = task["submitted"] - task.draws.integer("parent/before", 60_000, 3_600_000)
    return f"{made}{task.draws.integer('parent/digits', 0, 999):03}"


def _job(task: Task) -> str:
    high, low = task.draws.integer("job/high", 0, 2**64 - 1), task.draws.integer("job/low", 0, 2**64 - 1)
    # Version 4 of RFC 9562, as the jobs of Midjourney are.
    digits = f"{(high >> 16 << 16 | 0x4000 | high & 0xFFF) << 64 | 1 << 63 | low & ~(3 << 62):032x}"
    return f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"


def _chinese(task: Task) -> str:
    prompt, english = task["prompts"]
    return prompt if prompt != english and _HAN.search(prompt) else ""


@lru_cache(maxsize=1024)
def _slug(text: str) -> str:
    return "_".join(_WORD.findall(text.lower())[:5]) or "image"


def _signature(task: Task) -> str:
    return blake2b(f"{task['job']} {task['issued']}".encode(), digest_size=32).hexdigest()


VALUES: dict[str, Callable[[Task], Any]] = {
    "submitted": _submitted,
    "started": lambda task: task["submitted"] + task.draws.integer("clock/queued", *task.samples.clock.queued),
    "finished": lambda task: task["started"] + task.draws.integer("clock/running", *task.samples.clock.running),
    "prompts": _prompts,
    "prompt": lambda task: task["prompts"][0],
    "english": lambda task: task["prompts"][1],
    "chinese": _chinese,
    "describes": lambda task: "\n\n".join(f"{n}️⃣ {task['english']}, take {n}" for n in range(1, 5)),
    "slug": lambda task: _slug(task["english"]),
    "id": _id,
    "parent": _parent,
    "job": _job,
    "channel": lambda task: str(_DISCORD + task.draws.integer("channel", 0, _DISCORD)),
    "message": lambda task: str(_DISCORD + task.draws.integer("message", 0, _DISCORD)),
    "hash": lambda task: f"{task.draws.integer('hash', 0, 2**64 - 1):016x}",
    "rand": lambda task: str(task.draws.integer("rand", _DISCORD, 2 * _DISCORD)),
    # The links of Discord carry the seconds at which they were signed, and a day later, in hexadecimal digits.
    "issued": lambda task: f"{task['finished'] // 1000:x}",
    "expires": lambda task: f"{int(task['issued'], 16) + 86_400:x}",
    "signature": _signature,
}


class Sampler:
    """Make payloads of one contract as one profile sends them.

    Raises `UsageError` for a locale that the samples do not have.
    """

    def __init__(self, contract: Contract, profile: str = "documented", locale: str | None = None) -> None:
        self.contract = contract
        self.profile = contract.profile(profile)
        self.samples = load(contract)
        self.locales = _locales(self.samples, locale)
        self.statuses = self._known("status")
        self.actions = self._known("action")
        self._weighted = [known for known in self.statuses for _ in range(self.samples.weights.get(known, 1))]
        at = next((row.at for row in self.samples.rows if row.make == "buttons"), "")
        self.choice_of_buttons = f"{at}/set"
        self.usual_model = next((found.model for found in self.samples.sets if found.model), "")
        self._listing = contract.schema.get("type") == "array"
        self._plans: dict[tuple[str, str], tuple[dict[str, Any], list[tuple[str, Maker]]]] = {}

    def task(self, draws: Draws) -> Task:
        """Begin a task: what its polls have in common."""
        return Task(draws, self.samples, self.locales)

    def facts(self, draws: Draws, status: str | None = None, action: str | None = None) -> tuple[str, str]:
        """Draw a status and an action, as far as they are not given; both are "" where the contract has no such member.

        Raises `UsageError` for one that the profile does not know.
        """
        if status is None:
            status = pick(draws, "facts/status", self._weighted) if self._weighted else ""
        elif status not in self.statuses:
            raise self._unknown("status", status, self.statuses)
        if action is None:
            action = pick(draws, "facts/action", self.actions) if self.actions else ""
        elif action not in self.actions:
            raise self._unknown("action", action, self.actions)
        return status, action

    def _unknown(self, role: str, given: str, known: Sequence[str]) -> UsageError:
        near = get_close_matches(given.upper(), known, n=1)
        hint = f"did you mean {near[0]}?" if near else f"there are: {', '.join(map(repr, known)) or 'none'}"
        return UsageError(f"the profile {self.profile.name} knows no {role} {given!r}", hint=hint)

    def payload(self, task: Task, status: str = "", action: str = "", step: int | None = None) -> Any:
        """Make the payload of a task in a state; `step` is how far it has come, where it is in progress.

        Where the page documents a list, the payload is a list of one such object.
        """
        plan = self._plans.get((status, action))
        if plan is None:
            plan = self._plans[status, action] = self._plan({"status": status, "action": action})
        payload = plan[0].copy()
        for name, make in plan[1]:
            payload[name] = make(task, step)
        return [payload] if self._listing else payload

    def steps(self, status: str, action: str) -> int:
        """Return how many steps of progress a state has that a payload can be made for."""
        facts = {"status": status, "action": action}
        rows = [row for row in self.samples.rows if row.make == "steps" and row.speaks_of(self.profile.name, facts)]
        return max((len(row.values) for row in rows), default=1)

    def models(self, action: str) -> list[str]:
        """List what a prompt says of the model for each set of buttons that an action offers; "" where any model has it.

        Which of them a task has is drawn at `choice_of_buttons`.
        """
        return [found.model for found in self._sets(action)] or [""]

    def _sets(self, action: str) -> list[ButtonSet]:
        return [found for found in self.samples.sets if action in found.actions]

    def _with_model(self, text: str, action: str) -> Maker:
        """Return what writes a text in which `{model}` is the model whose buttons are shown: one choice for both."""
        models = self.models(action) if "{model}" in text else [""]
        texts = [text.replace("{model}", model or self.usual_model) for model in models]
        return _text(self.choice_of_buttons, texts)

    def _known(self, role: str) -> list[str]:
        pointer = self.contract.roles.get(role)
        listed = (self.contract.subschema(pointer) or {}).get("enum", ()) if pointer else ()
        more = sorted(self.profile.enums.get(pointer or "", ()))
        known = [value for value in listed if isinstance(value, str)]
        return known + [value for value in more if value not in known]

    def _plan(self, facts: Mapping[str, str]) -> tuple[dict[str, Any], list[tuple[str, Maker]]]:
        """Return the members of a payload in such a state, in order, and what makes those that are not always the same."""
        given = {self.contract.roles[role][1:]: value for role, value in facts.items() if role in self.contract.roles}
        whole = self.contract.schema
        properties: Mapping[str, Any] = (whole.get("items", {}) if self._listing else whole).get("properties", {})
        names = list(dict.fromkeys([*properties, *(row.at[1:] for row in self.samples.rows)]))
        members: dict[str, Any] = {}
        makers = []
        for name in names:
            schema = properties.get(name, {})
            maker = _constant(given[name]) if name in given else self._maker(name, schema, facts)
            if isinstance(maker, _Always):
                members[name] = maker.value
            elif maker is not None:
                members[name] = None
                makers.append((name, maker))
        return members, makers

    def _maker(self, name: str, schema: Mapping[str, Any], facts: Mapping[str, str]) -> Maker | None:
        pointer = f"/{escape_token(name)}"
        family = self.profile.name
        if pointer in self.samples.absent.get(family, ()):
            return None
        rows = [row for row in self.samples.rows if row.at[1:] == name]
        row = next((row for row in rows if row.speaks_of(family, facts)), None)
        if row is not None:
            return self._made(row, schema, facts)
        if not self.samples.rows:
            return lambda task, _: plain(task.draws, schema, pointer)
        return _constant(self._unset(pointer, schema)) if schema else None

    def _unset(self, pointer: str, schema: Mapping[str, Any]) -> Any:
        """Return what a family sends for a member that is not set yet."""
        is_family = self.profile.suggested and self.profile.name != "documented"
        nulls = self.profile.nulls if is_family and pointer not in self.samples.empty.get(self.profile.name, ()) else ()
        return None if "*" in nulls or pointer in nulls else _empty(schema)

    def _made(self, row: Row, schema: Mapping[str, Any], facts: Mapping[str, str]) -> Maker:
        if row.make in {"id", "submitted", "started", "finished"}:
            return lambda task, _: task[row.make]
        if row.make == "object":
            parts = [(name, self._with_model(text, facts["action"])) for name, text in row.members.items()]
            return lambda task, step: {name: make(task, step) for name, make in parts}
        if row.make == "buttons":
            return self._buttons(row, schema, facts)
        if row.make == "steps":
            texts = [_text(row.at, (value,)) for value in row.values]
            last = len(texts) - 1
            return lambda task, step: texts[task.draws.integer(row.at, 0, last) if step is None else min(step, last)](
                task, step
            )
        return _text(row.at, row.values)

    def _buttons(self, row: Row, schema: Mapping[str, Any], facts: Mapping[str, str]) -> Maker:
        sets = [
            [(_text(row.at, (custom_id,)), emoji, label) for custom_id, emoji, label in found.items]
            for found in self._sets(facts["action"])
        ]
        if not sets:
            return _constant(self._unset(row.at, schema))

        path = self.choice_of_buttons

        def buttons(task: Task, step: int | None) -> list[dict[str, Any]]:
            # type 2 is a button and style 2 the usual one, in the component model of Discord.
            return [
                {"customId": custom_id(task, step), "emoji": emoji, "label": label, "type": 2, "style": 2}
                for custom_id, emoji, label in pick(task.draws, path, sets)
            ]

        return buttons


def plain(draws: Draws, schema: Mapping[str, Any], at: str) -> Any:  # noqa: PLR0911 - one way a type
    """Make a value of the schema alone, for a contract without samples."""
    if schema.get("enum"):
        return pick(draws, at, schema["enum"])
    declared = schema.get("type", "string")
    kind = declared if isinstance(declared, str) else next((name for name in declared if name != "null"), "null")
    if kind == "object":
        return {name: plain(draws, part, f"{at}/{escape_token(name)}") for name, part in schema.get("properties", {}).items()}
    if kind == "array":
        return [plain(draws, schema.get("items", {}), f"{at}/{n}") for n in range(draws.integer(f"{at}#", 1, 2))]
    if kind == "string":
        return f"{at.rpartition('/')[2]}-{draws.integer(at, 0, 9999)}"
    if kind == "boolean":
        return bool(draws.integer(at, 0, 1))
    if kind == "number":
        return draws.integer(at, 0, 9999) / 4
    return draws.integer(at, 0, 9999) if kind == "integer" else None


class _Always:
    """What makes the same value for every task."""

    __slots__ = ("value",)

    def __init__(self, value: Any) -> None:
        self.value = value

    def __call__(self, _: Task, __: int | None) -> Any:
        return self.value


def _constant(value: Any) -> Maker:
    if isinstance(value, dict | list):
        # Nobody shall change what another payload holds.
        return lambda *_: value.copy()
    return _Always(value)


def _text(at: str, values: Sequence[str]) -> Maker:
    """Return what writes one of several texts for a task, with the task's own values in them."""
    if len(values) > 1:
        texts = [_text(at, (value,)) for value in values]
        return lambda task, step: pick(task.draws, at, texts)(task, step)
    parts = _SPLIT.split(values[0])
    if len(parts) == 1:
        return _Always(values[0])
    if len(parts) == len(("before", "name", "after")):
        before, name, after = parts
        return lambda task, _: before + task[name] + after
    # A task is a table of its values, each of which is made when it is first asked for: here by the format itself.
    form = "".join(f"%({part})s" if n % 2 else part.replace("%", "%%") for n, part in enumerate(parts))
    return lambda task, _: form % task


def _empty(schema: Mapping[str, Any]) -> Any:
    """Return the value that says nothing, of the type that the page gives; its required members are there, and empty too."""
    declared = schema.get("type", "string")
    kind = declared if isinstance(declared, str) else declared[0]
    if kind == "object":
        parts = schema.get("properties", {})
        return {name: _empty(parts.get(name, {})) for name in schema.get("required", ())}
    empties: dict[str, Any] = {"array": [], "string": "", "integer": 0, "number": 0, "boolean": False}
    return empties.get(kind)


def _locales(samples: Samples, locale: str | None) -> Sequence[str]:
    if locale is None:
        return tuple(samples.prompts)
    if locale not in samples.prompts:
        near = get_close_matches(locale.lower(), samples.prompts, n=1)
        hint = f"did you mean {near[0]}?" if near else f"there are: {', '.join(samples.prompts) or 'none'}"
        raise UsageError(f"there are no prompts in {locale!r}", hint=hint)
    return (locale,)
