"""A contract: what was promised, loaded once and frozen."""

from __future__ import annotations

import json
import os
import tomllib
from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple

from docpact import data, terms
from docpact.errors import ContractError
from docpact.finding import Clause, Layer, Severity, digits_of, without_indices
from docpact.lifecycle import Back, Fixed, Lifecycle, Settled, State
from docpact.rules import RULES
from docpact.terms import checked, pattern

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from os import PathLike

    from docpact.terms import Kind

DOCUMENTED = "documented"

# A clause of more lines than this is the whole page, and is quoted by its first and last line.
_QUOTED = 10


class Entry(NamedTuple):
    """One coherence entry: which rule, how it is checked, when it speaks, of which members, and why.

    `when` maps a role to the values for which the entry speaks; `settings` are those of the check.
    """

    rule: str
    check: str
    members: tuple[str, ...]
    when: Mapping[str, frozenset[str]]
    settings: Mapping[str, Any]
    reason: str
    fact: str

    def speaks_of(self, facts: Mapping[str, Any]) -> bool:
        """Tell whether the entry speaks of a payload whose members in a role have these values."""
        if any(_is_one(facts.get(role), values) for role, values in self.settings.get("unless", {}).items()):
            return False
        return all(_is_one(facts.get(role), values) for role, values in self.when.items())


class ButtonKind(NamedTuple):
    """One kind of button: the form of its customId, what such a customId begins with, and the actions that it fits.

    `template` is the form with UUID for the job, as the contract writes it.
    """

    name: str
    markers: tuple[str, ...]
    form: str
    fits: tuple[str, ...]
    template: str


class Profile(NamedTuple):
    """What a family of servers does although the page says otherwise.

    `nulls` and `missing` list pointers (`*` alone: every member; `*` as a part: every index) that may be null or absent;
    `enums` adds known values; what is not listed has the severity `…_elsewhere`, `unknown_enum` and `undocumented`
    (None: not reported). `excuses` names rules of an exchange that the family breaks in normal operation. `suggested`: a report
    may name it as what explains its findings.
    """

    name: str
    summary: str
    reason: str = ""
    fact: str = ""
    nulls: frozenset[str] = frozenset()
    missing: frozenset[str] = frozenset()
    enums: Mapping[str, frozenset[str]] = MappingProxyType({})
    null_elsewhere: Severity | None = Severity.ERROR
    missing_elsewhere: Severity | None = Severity.ERROR
    unknown_enum: Severity | None = Severity.ERROR
    undocumented: Severity | None = None
    excuses: frozenset[str] = frozenset()
    suggested: bool = True

    def severity(self, rule: str, pointer: str, found: object) -> Severity | None:
        """Return how bad this breach of the page is under the profile, or None where the family does so as a habit.

        `pointer` has indices as `*`; it names the member itself, also where that member is missing.
        """
        if rule == "documented-null":
            return None if "*" in self.nulls or pointer in self.nulls else self.null_elsewhere
        if rule == "documented-required":
            return None if "*" in self.missing or pointer in self.missing else self.missing_elsewhere
        if rule == "documented-enum":
            # Where the page lists values without a type, anything can be found, a list too.
            known = isinstance(found, str) and found in self.enums.get(pointer, frozenset())
            return None if known else self.unknown_enum
        if rule == "undocumented-member":
            return self.undocumented
        return Severity.ERROR


@dataclass(frozen=True)
class Contract:
    """What was promised: the derived schema with the page lines behind it, the example, and what the page cannot say."""

    name: str
    schema: Mapping[str, Any]
    openapi: Mapping[str, Any]
    page: tuple[str, ...]
    roles: Mapping[str, str]
    envelope: frozenset[str]
    lifecycle: Lifecycle | None
    coherence: tuple[Entry, ...]
    buttons: tuple[ButtonKind, ...]
    profiles: Mapping[str, Profile]
    schema_sha256: str
    folder: str = ""

    @property
    def page_label(self) -> str:
        """The page as findings name it."""
        return f"contracts/{self.name}/page.txt"

    @cached_property
    def example(self) -> Any:
        """The example of the page, or None where it has none."""
        for path in self.openapi.get("paths", {}).values():
            for operation in path.values():
                if isinstance(operation, dict) and "responses" in operation:
                    answer: Mapping[str, Any] = next(iter(operation["responses"].values()), {})
                    return next((media.get("example") for media in answer.get("content", {}).values()), None)
        return None

    def profile(self, name: str) -> Profile:
        """Return the profile of that name; raises `ContractError` with the nearest name where there is none."""
        if name not in self.profiles:
            raise ContractError(
                f"the contract {self.name} has no profile {name!r}", hint=f"it has: {', '.join(sorted(self.profiles))}"
            )
        return self.profiles[name]

    def is_error_body(self, payload: Mapping[str, Any]) -> bool:
        """Tell whether an object speaks of an error instead of a task: an envelope, without what the page requires."""
        documented = self.schema.get("properties", {})
        return (
            any(name in payload and name not in documented for name in self.envelope)
            and any(name not in payload for name in self.schema.get("required", ()))
            and not any(self.roles.get(role, "/")[1:] in payload for role in ("id", "status"))
        )

    def subschema(self, pointer: str) -> Mapping[str, Any] | None:
        """Return the schema of the member at `pointer` (indices or `*`), or None where the page names no such member."""
        schema: Mapping[str, Any] | None = self.schema
        for part in without_indices(pointer).split("/")[1:]:
            if schema is None:
                return None
            name = part.replace("~1", "/").replace("~0", "~")
            schema = schema.get("items") if part == "*" else schema.get("properties", {}).get(name)
        return schema

    def clause(self, pointer: str, keyword: str) -> Clause | None:
        """Return the page lines behind what the contract says of a member, or None where the page says nothing of it.

        `keyword` is one of type, enum, required, description; without lines of its own it falls back to the member.
        """
        schema = self.subschema(pointer)
        lines = (schema or {}).get("x-page-lines", {})
        member = lines.get("member") or (0, 0)
        first, last = lines.get(keyword) or member
        if not first:
            return None
        if keyword in {"type", "required"}:
            # A line that says "string" or "required" says nothing without the name above it.
            first = member[0] or first
        said = self.page[first - 1 : last]
        quote = [said[0], "…", said[-1]] if len(said) > _QUOTED else said
        return Clause(self.page_label, (first, last), "\n".join(quote))


def _is_one(value: Any, values: Collection[str]) -> bool:
    return isinstance(value, str) and value in values


def load(name: str | PathLike[str] = "task-fetch") -> Contract:
    """Load a contract by the name under which docpact ships it, or by its folder.

    Raises `ContractError` where there is none, where a file is missing, or where `contract.toml` says something that
    docpact does not know.
    """
    folder = _folder(name)
    said = checked(_toml(os.path.join(folder, "contract.toml")), terms.TABLES, "contract.toml")
    source = checked(said.get("source", {}), terms.SOURCE, "contract.toml, [source]")
    envelope = checked(said.get("envelope", {}), terms.ENVELOPE, "contract.toml, [envelope]")
    roles = checked(said.get("roles", {}), terms.ROLES, "contract.toml, [roles]")
    return Contract(
        name=os.path.basename(os.path.realpath(folder)),
        schema=_json(data.schema_path(folder)),
        openapi=_json(os.path.join(folder, "openapi.json")),
        page=tuple(_text(os.path.join(folder, source.get("page", "page.txt"))).split("\n")),
        roles=MappingProxyType(roles),
        envelope=frozenset(envelope.get("members", ())),
        lifecycle=_lifecycle(said["lifecycle"], roles) if "lifecycle" in said else None,
        coherence=tuple(_entry(entry, roles, number) for number, entry in enumerate(said.get("coherence", ()), 1)),
        buttons=_kinds(said.get("buttons", {})),
        profiles=_profiles(said.get("profiles", {})),
        schema_sha256=digits_of(_bytes(data.schema_path(folder))),
        folder=folder,
    )


def names() -> tuple[str, ...]:
    """Return the names of the contracts that ship with docpact."""
    folder = data.contracts()
    return tuple(sorted(filter(_is_contract, os.listdir(folder)))) if os.path.isdir(folder) else ()


def _is_contract(name: str) -> bool:
    return _has_contract(os.path.join(data.contracts(), name))


def _has_contract(folder: str) -> bool:
    return os.path.isfile(os.path.join(folder, "contract.toml"))


def _folder(name: str | PathLike[str]) -> str:
    if isinstance(name, str) and "/" not in name and name not in {"", ".", ".."} and _is_contract(name):
        return os.path.join(data.contracts(), name)
    folder = os.fspath(name)
    if _has_contract(folder):
        return folder
    raise ContractError(
        f"there is no contract {str(name)!r}",
        hint=f"docpact ships: {', '.join(names()) or 'none'}; or name a folder that `docpact derive` has made",
    )


def _bytes(path: str) -> bytes:
    with open(path, "rb") as file:
        return file.read()


def _text(path: str) -> str:
    try:
        return _bytes(path).decode().replace("\r\n", "\n").replace("\r", "\n")
    except (OSError, UnicodeDecodeError) as error:
        folder, name = os.path.split(path)
        raise ContractError(
            f"the contract lacks {name}: {error}", hint=f"docpact derive {folder} writes what is derived"
        ) from error


def _json(path: str) -> Mapping[str, Any]:
    try:
        document = json.loads(_text(path))
    except ValueError as error:
        raise ContractError(f"{path} is not JSON: {error}", hint="derive it anew: docpact derive FOLDER") from error
    if not isinstance(document, dict):
        raise ContractError(f"{path} is not a JSON object", hint="derive it anew: docpact derive FOLDER")
    return MappingProxyType(document)


def _toml(path: str) -> dict[str, Any]:
    try:
        return tomllib.loads(_text(path))
    except tomllib.TOMLDecodeError as error:
        raise ContractError(f"{path} is not TOML: {error}", hint="mend the line that it names") from error


def _lifecycle(table: dict[str, Any], roles: Mapping[str, str]) -> Lifecycle:
    where = "contract.toml, [lifecycle]"
    checked(table, terms.LIFECYCLE, where)
    lacking = terms.ROLES.keys() - roles.keys()
    if lacking:
        raise ContractError(
            f"contract.toml has a [lifecycle], and [roles] names no {' and no '.join(sorted(lacking))}",
            hint='say in [roles] where the members of a poll stand: status = "/status"',
        )
    states = _tables(table, "state", terms.STATE, ("name", "order", "reason", "fact"))
    backs = _tables(table, "back", terms.BACK, ("from", "to", "reason", "fact"))
    fixed = _tables(table, "fixed", terms.FIXED, ("member", "reason", "fact"))
    settled = _tables(table, "settled", terms.SETTLED, ("member", "compare", "reason", "fact"))
    progress = checked(table.get("progress", {}), terms.PROGRESS, "contract.toml, [lifecycle.progress]")
    stuck = checked(table.get("stuck", {}), terms.STUCK, "contract.toml, [lifecycle.stuck]")
    instant = checked(table.get("instant", {}), terms.INSTANT, "contract.toml, [lifecycle.instant]")
    sections = {"lifecycle": table, "progress": progress, "stuck": stuck, "instant": instant}
    return Lifecycle(
        states=MappingProxyType({s["name"]: State(**{"end": False, **s}) for s in states}),
        backs=tuple(
            Back(origin=b["from"], target=b["to"], profiles=tuple(b.get("profiles", ())),
                 actions=tuple(b.get("actions", ())), reason=b["reason"], fact=b["fact"])
            for b in backs
        ),
        fixed=tuple(
            Fixed(member=f["member"], open_states=tuple(f.get("open_states", ())),
                  open_values=tuple(f.get("open_values", ())), reopens=f.get("reopens", False),
                  reason=f["reason"], fact=f["fact"])
            for f in fixed
        ),
        settled=tuple(Settled(**s) for s in settled),
        restart=progress.get("restart", ""),
        progress_ends=frozenset(progress.get("ends", ())),
        stuck_seconds=stuck.get("seconds", 0),
        stuck_states=frozenset(stuck.get("states", ())),
        instant_rules=frozenset(instant.get("rules", ())),
        instant_seconds=instant.get("seconds", 0),
        reasons={name: (part.get("reason", ""), part.get("fact", "")) for name, part in sections.items()},
    )  # fmt: skip


def _tables(table: dict[str, Any], name: str, known: Mapping[str, Kind], needed: tuple[str, ...]) -> list[dict[str, Any]]:
    where = f"contract.toml, [[lifecycle.{name}]]"
    return [checked(part, known, f"{where} {number}", needed) for number, part in enumerate(table.get(name, ()), 1)]


_OF_TWO = {
    "id-time": "that of the id, and that of the time",
    "agree": "the one that says, and the one that must agree with it",
}


def _entry(entry: dict[str, Any], roles: Mapping[str, str], number: int) -> Entry:
    where = f"contract.toml, [[coherence]] {entry.get('rule', number)}"
    check = entry.get("check")
    more = terms.NEEDED_BY.get(check, ()) if isinstance(check, str) else ()
    if isinstance(entry.get("rule"), str) and entry["rule"] not in RULES:
        raise ContractError(f"[[coherence]] names no known rule: {entry['rule']!r}", hint="docpact explain lists them")
    checked(entry, terms.ENTRY, where, ("rule", "check", "members", "reason", "fact", *more))
    for role in (*entry.get("when", ()), *entry.get("unless", ()), *(("action",) if check == "fits" else ())):
        if role not in roles:
            raise ContractError(f"{where} speaks of the role {role!r}, which [roles] does not name", hint="name it there")
    if check in _OF_TWO and len(entry["members"]) != len(("this", "that")):
        raise ContractError(f"{where} needs two members", hint=f"name {_OF_TWO[check]}")
    for key in ("only", "group"):
        if key in entry:
            pattern(entry[key], f"{key} of {where}", groups=1 if key == "group" else 0)
    for key in ("allow", "deny"):
        for text in entry.get(key, ()):
            pattern(text, f"{key} of {where}")
    terms.sayings(entry.get("says", {}), where)
    settings = {k: v for k, v in entry.items() if k not in {"rule", "check", "members", "when", "reason", "fact"}}
    return Entry(
        rule=entry["rule"],
        check=entry["check"],
        members=tuple(entry["members"]),
        when={role: frozenset(values) for role, values in entry.get("when", {}).items()},
        settings=MappingProxyType(settings),
        reason=entry["reason"],
        fact=entry["fact"],
    )


def _kinds(table: dict[str, Any]) -> tuple[ButtonKind, ...]:
    uuid = checked(table, terms.BUTTONS, "contract.toml, [buttons]").get("uuid", "")
    kinds = []
    for number, kind in enumerate(table.get("kind", ()), 1):
        where = f"contract.toml, [[buttons.kind]] {number}"
        checked(kind, terms.BUTTON, where, ("name", "marker", "form"))
        form = kind["form"].replace("UUID", uuid)
        pattern(form, f"form of {where}")
        markers = tuple(kind["marker"].split("|"))
        kinds.append(ButtonKind(kind["name"], markers, form, fits=tuple(kind.get("fits", ())), template=kind["form"]))
    return tuple(kinds)


def _excuses(rules: Sequence[str], profile: str) -> frozenset[str]:
    for rule in rules:
        if rule not in RULES or RULES[rule].layer is not Layer.TRANSPORT:
            raise ContractError(
                f"contract.toml, [profiles.{profile}] excuses {rule!r}, which is no rule of the transport layer",
                hint="the page is softened by nulls, missing and enums; docpact explain lists the rules",
            )
    return frozenset(rules)


def _profiles(table: dict[str, Any]) -> Mapping[str, Profile]:
    profiles = {DOCUMENTED: Profile(DOCUMENTED, "what the page says, and no more")}
    for name, part in table.items():
        said = checked(part, terms.PROFILE, f"contract.toml, [profiles.{name}]", ("summary", "reason", "fact"))
        policies = {
            key: None if said[key] == "ignore" else Severity(said[key])
            for key in ("null_elsewhere", "missing_elsewhere", "unknown_enum", "undocumented")
            if key in said
        }
        profiles[name] = Profile(
            name=name,
            summary=said["summary"],
            reason=said["reason"],
            fact=said["fact"],
            nulls=frozenset(said.get("nulls", ())),
            missing=frozenset(said.get("missing", ())),
            enums={pointer: frozenset(values) for pointer, values in said.get("enums", {}).items()},
            excuses=_excuses(said.get("excuses", ()), name),
            suggested=said.get("suggested", True),
            **policies,
        )
    return MappingProxyType(profiles)
