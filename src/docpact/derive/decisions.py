"""What a person decided where a page leaves a question open: in `contract.toml`, or on the command line."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from docpact.derive.claims import Ambiguity, Decision
from docpact.errors import ContractError, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_EXAMPLE = "--decide '/status#enum=QUEUED,DONE'"


@dataclass(frozen=True)
class Source:
    """What `contract.toml` says about its page; empty where it does not say."""

    title: str = ""
    page: str = "page.txt"
    sha256: str = ""
    version: str = "1.0.0"
    operation: str = ""
    decisions: tuple[Decision, ...] = field(default=())


def read_source(content: bytes | None, name: str = "contract.toml") -> Source:
    """Read `[source]` and `[[decision]]` of a contract; raise `ContractError` for no TOML or a wrong type."""
    if content is None:
        return Source()
    try:
        data = tomllib.loads(content.decode())
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ContractError(f"{name} is not TOML: {error}", hint="mend the line that it names") from error
    source = data.get("source", {})
    entries = data.get("decision", [])
    if not isinstance(source, dict) or not isinstance(entries, list):
        raise ContractError(f"{name}: [source] is a table, [[decision]] a list of tables", hint="see docpact derive --help")
    given = {key: source[key] for key in ("title", "page", "sha256", "version", "operation") if key in source}
    for key, value in given.items():
        if not isinstance(value, str):
            raise ContractError(f"{name}: {key} in [source] is not a string", hint=f'write {key} = "…"')
    return Source(**given, decisions=tuple(_decision(one, name) for one in entries))


def _decision(one: object, name: str) -> Decision:
    if not isinstance(one, dict) or not all(isinstance(one.get(key), str) for key in ("about", "value")):
        raise ContractError(
            f"{name}: a [[decision]] has no `about` or no `value`",
            hint='write about = "/status#enum", value = "QUEUED,DONE", reason = "why"',
        )
    return Decision(one["about"], one["value"], name, str(one.get("reason", "")))


def from_arguments(arguments: Iterable[str]) -> tuple[Decision, ...]:
    """Read decisions as the command line gives them, `POINTER=VALUE`; raise `UsageError` for one without a `=`."""
    decisions = []
    for argument in arguments:
        about, equals, value = argument.partition("=")
        if not equals or not about:
            raise UsageError(f"--decide {argument!r} is no POINTER=VALUE", hint=f"for instance: {_EXAMPLE}")
        decisions.append(Decision(about.strip(), value.strip(), "the command line", "decided on the command line"))
    return tuple(decisions)


class Decisions:
    """The decisions at hand, and which of them some ambiguity has asked for; `root` stands before every pointer asked about."""

    def __init__(self, given: Sequence[Decision]) -> None:
        self.root = ""
        # The last one said wins, so that the command line overrides the contract.
        self._by_about: dict[str, Decision] = {}
        for one in given:
            self._by_about.pop(one.about, None)
            self._by_about[one.about] = one
        self._asked: set[str] = set()

    @property
    def given(self) -> bool:
        """Tell whether a person has decided anything at all."""
        return bool(self._by_about)

    def take(self, *names: str) -> Decision | None:
        """Return what was said last about any of these names of one question, and remember that it was of use.

        A pointer alone will do where its value tells the question: a path says where a member stands, nothing else.
        """
        names = tuple(f"{self.root}{name}" if name[:1] == "/" else name for name in names)
        nesting = any(name.endswith("#nesting") for name in names)
        plain = {name.partition("#")[0] for name in names}
        found = [
            one
            for about, one in self._by_about.items()
            if about not in self._asked and (about in names or (about in plain and one.value.startswith("/") is nesting))
        ]
        self._asked.update(one.about for one in found)
        return found[-1] if found else None

    def refuse_stale(self, ambiguities: Sequence[Ambiguity]) -> None:
        """Raise `ContractError` for a decision that no ambiguity asked for: it has outlived its page, or is misspelt."""
        stale = [one for about, one in self._by_about.items() if about not in self._asked]
        if stale:
            open_ones = ", ".join(one.about for one in ambiguities[:8]) or "none"
            raise ContractError(
                f"{stale[0].origin} decides about {stale[0].about}, and the page is not ambiguous there",
                hint=f"take that decision out; the ambiguities of this page are: {open_ones}",
            )
