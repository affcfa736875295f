"""Samples: what stands in the members of a payload in real traffic, as `samples.toml` beside a contract tells it."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from docpact import terms
from docpact.errors import ContractError
from docpact.generate import habits
from docpact.terms import checked

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from docpact.contract import Contract

NAME = "samples.toml"
# What a text may be made of: {id}, {prompt} and so on. The functions are in `payloads.py`.
VARIABLES = (
    "id", "job", "prompt", "english", "chinese", "describes", "slug", "parent", "channel", "message", "hash", "rand", "issued",
    "expires", "signature",
)  # fmt: skip
MAKERS = ("id", "text", "steps", "submitted", "started", "finished", "object", "buttons")

_VARIABLE = re.compile(r"\{([a-z]+)\}")
_TABLES = {
    "weights": terms.TABLE, "families": terms.TABLE, "clock": terms.TABLE, "member": terms.TABLES_LIST,
    "buttons": terms.TABLES_LIST, "prompts": terms.TABLE, **habits.TABLES,
}  # fmt: skip
_PAIRS = terms.Kind("a list of pairs of texts", lambda value: isinstance(value, list) and all(_is_texts(v, 2) for v in value))
_ITEMS = terms.Kind(
    "a list of customId, emoji and label", lambda value: isinstance(value, list) and all(_is_texts(v, 3) for v in value)
)
_MEMBER = {
    "at": terms.POINTER, "make": terms.one_of(*MAKERS), "values": terms.TEXTS, "members": terms.TABLE, "when": terms.LISTS,
    "unless": terms.LISTS, "profiles": terms.TEXTS,
}  # fmt: skip
_FAMILY = {"absent": terms.POINTERS, "empty": terms.POINTERS, "moves": terms.WHOLE}
_SET = {"name": terms.TEXT, "actions": terms.TEXTS, "items": _ITEMS, "models": terms.TABLE}
# What the prompt says of the model whose buttons are shown; and how the customId of a button writes that model.
_MODEL, _VERSION = "model", "{version}"
_CLOCK = {"begins": terms.WHOLE, "apart": terms.WHOLE, "queued": habits.SPAN, "running": habits.SPAN}


@dataclass(frozen=True, slots=True)
class Row:
    """What stands in one member: how it is made, of what, and for which profiles, statuses and actions."""

    at: str
    make: str
    values: tuple[str, ...]
    members: Mapping[str, str]
    when: Mapping[str, frozenset[str]]
    unless: Mapping[str, frozenset[str]]
    profiles: frozenset[str]

    def speaks_of(self, profile: str, facts: Mapping[str, str]) -> bool:
        """Tell whether this row gives the value for a profile and such facts (status, action)."""
        if self.profiles and profile not in self.profiles:
            return False
        if any(facts.get(role) in values for role, values in self.unless.items()):
            return False
        return all(facts.get(role) in values for role, values in self.when.items())


@dataclass(frozen=True, slots=True)
class ButtonSet:
    """The buttons that some actions offer: customId, emoji and label of each; of one model, where `model` names one."""

    name: str
    actions: frozenset[str]
    items: tuple[tuple[str, str, str], ...]
    model: str = ""


class Clock(NamedTuple):
    """When tasks are made and how long they take, in milliseconds: at the least and at the most."""

    begins: int = 1_757_419_200_000
    apart: int = 37_000
    queued: tuple[int, int] = (200, 4_000)
    running: tuple[int, int] = (9_000, 90_000)


@dataclass(frozen=True, slots=True)
class Samples:
    """All of it; a contract without samples has none of anything, and its payloads are made of the schema alone.

    `prompts` maps a locale to pairs of a prompt and what it is in English.
    """

    rows: tuple[Row, ...] = ()
    sets: tuple[ButtonSet, ...] = ()
    prompts: Mapping[str, tuple[tuple[str, str], ...]] = field(default_factory=dict[str, tuple[tuple[str, str], ...]])
    weights: Mapping[str, int] = field(default_factory=dict[str, int])
    absent: Mapping[str, frozenset[str]] = field(default_factory=dict[str, frozenset[str]])
    empty: Mapping[str, frozenset[str]] = field(default_factory=dict[str, frozenset[str]])
    clock: Clock = field(default_factory=Clock)
    habits: habits.Habits = field(default_factory=habits.Habits)


def load(contract: Contract) -> Samples:
    """Load the samples of a contract, or none where it has no `samples.toml`; raises `ContractError` for what is unknown."""
    path = Path(contract.folder, NAME)
    try:
        said = tomllib.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        return Samples()
    except (OSError, ValueError) as error:
        raise ContractError(f"{path} cannot be read: {error}", hint="it is TOML, in UTF-8") from error
    checked(said, _TABLES, NAME)
    weights = said.get("weights", {}).get("status", {})
    if not isinstance(weights, dict) or any(type(n) is not int or n < 1 for n in weights.values()):
        raise ContractError(f"status in {NAME}, [weights] is no table of whole numbers above 0", hint="SUCCESS = 12")
    families = {name: checked(part, _FAMILY, f"{NAME}, [families.{name}]") for name, part in said.get("families", {}).items()}
    prompts = checked(said.get("prompts", {}), dict.fromkeys(said.get("prompts", {}), _PAIRS), f"{NAME}, [prompts]")
    times: dict[str, Any] = checked(said.get("clock", {}), _CLOCK, f"{NAME}, [clock]")
    spans = {key: tuple(value) for key, value in times.items() if isinstance(value, list)}
    return Samples(
        rows=tuple(_row(row, n) for n, row in enumerate(said.get("member", ()), 1)),
        sets=tuple(one for n, part in enumerate(said.get("buttons", ()), 1) for one in _sets(part, n)),
        prompts={locale: tuple((a, b) for a, b in pairs) for locale, pairs in prompts.items() if pairs},
        weights=weights,
        absent={name: frozenset(part.get("absent", ())) for name, part in families.items()},
        empty={name: frozenset(part.get("empty", ())) for name, part in families.items()},
        clock=Clock(**{**times, **spans}),
        habits=habits.read(said, NAME),
    )


def _row(row: dict[str, Any], number: int) -> Row:
    where = f"{NAME}, [[member]] {row.get('at', number)}"
    checked(row, _MEMBER, where, ("at", "make"))
    members = row.get("members", {})
    if any(not isinstance(text, str) for text in members.values()):
        raise ContractError(f"members in {where} are not all texts", hint='members = { nonce = "{message}" }')
    if row["make"] in {"text", "steps"} and not row.get("values"):
        raise ContractError(f"{where} has no values", hint='values = ["the simplest one first"]')
    for text in row.get("values", ()):
        _refuse_unknown(text, where)
    for text in members.values():
        _refuse_unknown(text, where, (*VARIABLES, _MODEL))
    when = {role: frozenset(values) for role, values in row.get("when", {}).items()}
    unless = {role: frozenset(values) for role, values in row.get("unless", {}).items()}
    return Row(row["at"], row["make"], tuple(row.get("values", ())), members, when, unless, frozenset(row.get("profiles", ())))


def _sets(part: dict[str, Any], number: int) -> Iterator[ButtonSet]:
    """Yield a set of buttons for each model that it is of."""
    where = f"{NAME}, [[buttons]] {part.get('name', number)}"
    checked(part, _SET, where, ("name", "actions", "items"))
    for model, version in part.get("models", {"": ""}).items():
        if not isinstance(version, str):
            raise ContractError(f"models in {where} are not all texts", hint='models = { "--v 6.1" = "v6r1" }')
        items = tuple((custom_id.replace(_VERSION, version), emoji, label) for custom_id, emoji, label in part["items"])
        for custom_id, _, _ in items:
            _refuse_unknown(custom_id, where)
        yield ButtonSet(part["name"], frozenset(part["actions"]), items, model)


def _refuse_unknown(text: str, where: str, known: tuple[str, ...] = VARIABLES) -> None:
    for name in _VARIABLE.findall(text):
        if name not in known:
            raise ContractError(f"{{{name}}} in {where} names nothing", hint=f"there are: {', '.join(known)}")


def _is_texts(value: object, size: int) -> bool:
    return isinstance(value, list) and len(value) == size and all(isinstance(part, str) for part in value)
