"""A contract: what was promised, loaded once and frozen."""

from __future__ import annotations

import hashlib
import json
import tomllib
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from docpact import data
from docpact.errors import ContractError
from docpact.finding import Clause, Severity, without_indices
from docpact.lifecycle import Back, Fixed, Lifecycle, Settled, State
from docpact.rules import RULES
from docpact.terms import ENTRY_KEYS, PROFILE_KEYS, TABLES, checked

if TYPE_CHECKING:
    from collections.abc import Mapping

DOCUMENTED = "documented"

# A clause of more lines than this is the whole page, and is quoted by its first and last line.
_QUOTED = 10


@dataclass(frozen=True, slots=True)
class Entry:
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


@dataclass(frozen=True, slots=True)
class ButtonKind:
    """One kind of button: the form of its customId, what such a customId begins with, and the actions that it fits.

    `template` is the form with UUID for the job, as the contract writes it.
    """

    name: str
    markers: tuple[str, ...]
    form: str
    fits: tuple[str, ...]
    template: str


@dataclass(frozen=True, slots=True)
class Profile:
    """What a family of servers does although the page says otherwise.

    `nulls` and `missing` list pointers (`*` alone: every member; `*` as a part: every index) that may be null or absent;
    `enums` adds known values; what is not listed has the severity `…_elsewhere`, `unknown_enum` and `undocumented`
    (None: not reported). `suggested`: a report may name it as what explains its findings.
    """

    name: str
    summary: str
    reason: str = ""
    fact: str = ""
    nulls: frozenset[str] = frozenset()
    missing: frozenset[str] = frozenset()
    enums: Mapping[str, frozenset[str]] = field(default_factory=dict[str, frozenset[str]])
    null_elsewhere: Severity | None = Severity.ERROR
    missing_elsewhere: Severity | None = Severity.ERROR
    unknown_enum: Severity | None = Severity.ERROR
    undocumented: Severity | None = None
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
            return None if found in self.enums.get(pointer, frozenset()) else self.unknown_enum
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


def load(name: str | Path = "task-fetch") -> Contract:
    """Load a contract by the name under which docpact ships it, or by its folder.

    Raises `ContractError` where there is none, where a file is missing, or where `contract.toml` says something that
    docpact does not know.
    """
    folder = _folder(name)
    terms = _toml(folder / "contract.toml")
    checked(terms, TABLES, "contract.toml")
    schema_path = Path(data.schema_path(str(folder)))
    schema = _json(schema_path)
    return Contract(
        name=folder.resolve().name,
        schema=schema,
        openapi=_json(folder / "openapi.json"),
        page=tuple(_text(folder / str(terms.get("source", {}).get("page", "page.txt"))).split("\n")),
        roles=MappingProxyType(dict(terms.get("roles", {}))),
        envelope=frozenset(terms.get("envelope", {}).get("members", ())),
        lifecycle=_lifecycle(terms["lifecycle"]) if "lifecycle" in terms else None,
        coherence=tuple(_entry(entry) for entry in terms.get("coherence", ())),
        buttons=_kinds(terms.get("buttons", {})),
        profiles=_profiles(terms.get("profiles", {})),
        schema_sha256=hashlib.sha256(schema_path.read_bytes()).hexdigest(),
    )


def names() -> tuple[str, ...]:
    """Return the names of the contracts that ship with docpact."""
    folder = Path(data.contracts())
    return tuple(sorted(p.name for p in folder.iterdir() if (p / "contract.toml").is_file())) if folder.is_dir() else ()


def _folder(name: str | Path) -> Path:
    shipped = Path(data.contracts()) / name if isinstance(name, str) and "/" not in name and name not in {".", ".."} else None
    if shipped is not None and (shipped / "contract.toml").is_file():
        return shipped
    folder = Path(name)
    if (folder / "contract.toml").is_file():
        return folder
    raise ContractError(
        f"there is no contract {str(name)!r}",
        hint=f"docpact ships: {', '.join(names()) or 'none'}; or name a folder that `docpact derive` has made",
    )


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ContractError(
            f"the contract lacks {path.name}: {error}", hint=f"docpact derive {path.parent} writes what is derived"
        ) from error


def _json(path: Path) -> Mapping[str, Any]:
    try:
        document = json.loads(_text(path))
    except ValueError as error:
        raise ContractError(f"{path} is not JSON: {error}", hint="derive it anew: docpact derive FOLDER") from error
    if not isinstance(document, dict):
        raise ContractError(f"{path} is not a JSON object", hint="derive it anew: docpact derive FOLDER")
    return MappingProxyType(document)


def _toml(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(_text(path))
    except tomllib.TOMLDecodeError as error:
        raise ContractError(f"{path} is not TOML: {error}", hint="mend the line that it names") from error


def _lifecycle(table: dict[str, Any]) -> Lifecycle:
    progress, stuck, instant = table.get("progress", {}), table.get("stuck", {}), table.get("instant", {})
    sections = {"lifecycle": table, "progress": progress, "stuck": stuck, "instant": instant}
    return Lifecycle(
        states=MappingProxyType({s["name"]: State(end=s.pop("end", False), **s) for s in table.get("state", ())}),
        backs=tuple(
            Back(origin=b["from"], target=b["to"], profiles=tuple(b.get("profiles", ())),
                 actions=tuple(b.get("actions", ())), reason=b["reason"], fact=b["fact"])
            for b in table.get("back", ())
        ),
        fixed=tuple(
            Fixed(member=f["member"], open_states=tuple(f.get("open_states", ())),
                  open_values=tuple(f.get("open_values", ())), reopens=f.get("reopens", False),
                  reason=f["reason"], fact=f["fact"])
            for f in table.get("fixed", ())
        ),
        settled=tuple(Settled(**s) for s in table.get("settled", ())),
        restart=progress.get("restart", ""),
        progress_ends=frozenset(progress.get("ends", ())),
        stuck_seconds=stuck.get("seconds", 0),
        stuck_states=frozenset(stuck.get("states", ())),
        instant_rules=frozenset(instant.get("rules", ())),
        instant_seconds=instant.get("seconds", 0),
        reasons={name: (part.get("reason", ""), part.get("fact", "")) for name, part in sections.items()},
    )  # fmt: skip


def _entry(entry: dict[str, Any]) -> Entry:
    checked(entry, ENTRY_KEYS, f"contract.toml, [[coherence]] {entry.get('rule', '')}")
    if entry.get("rule") not in RULES:
        raise ContractError(f"[[coherence]] names no known rule: {entry.get('rule')!r}", hint="docpact explain lists them")
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
    uuid = table.get("uuid", "")
    return tuple(
        ButtonKind(
            name=k["name"],
            markers=tuple(k["marker"].split("|")),
            form=k["form"].replace("UUID", uuid),
            fits=tuple(k.get("fits", ())),
            template=k["form"],
        )
        for k in table.get("kind", ())
    )


def _profiles(table: dict[str, Any]) -> Mapping[str, Profile]:
    profiles = {DOCUMENTED: Profile(DOCUMENTED, "what the page says, and no more")}
    for name, terms in table.items():
        checked(terms, PROFILE_KEYS, f"contract.toml, [profiles.{name}]")
        policies = {
            key: None if terms[key] == "ignore" else Severity(terms[key])
            for key in ("null_elsewhere", "missing_elsewhere", "unknown_enum", "undocumented")
            if key in terms
        }
        profiles[name] = Profile(
            name=name,
            summary=terms["summary"],
            reason=terms["reason"],
            fact=terms["fact"],
            nulls=frozenset(terms.get("nulls", ())),
            missing=frozenset(terms.get("missing", ())),
            enums={pointer: frozenset(values) for pointer, values in terms.get("enums", {}).items()},
            suggested=terms.get("suggested", True),
            **policies,
        )
    return MappingProxyType(profiles)
