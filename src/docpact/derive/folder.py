"""A contract folder: its page and its decisions in, the files that are derived from them out."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import zip_longest
from typing import TYPE_CHECKING

from docpact.derive.decisions import Source, from_arguments, read_source
from docpact.derive.emit import canonical, openapi, schema
from docpact.derive.page import digest
from docpact.derive.reading import read, refuse_undecided
from docpact.errors import PageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from docpact.derive.claims import Decision, Reading

OPENAPI = "openapi.json"


@dataclass(frozen=True)
class Folder:
    """What a contract folder holds: its `name`, the bytes of its page and of its `contract.toml` (None without one)."""

    name: str
    page: bytes
    contract: bytes | None = None


@dataclass(frozen=True)
class Difference:
    """The first line, from 1, where a committed file differs from the derived one; a line that is missing is None."""

    line: int
    committed: str | None
    derived: str | None


def read_folder(folder: Folder, decided: Sequence[str] = (), where: str = "", operation: str = "") -> tuple[Reading, Source]:
    """Read the page of a folder, with the decisions of its contract and those of `decided` (`POINTER=VALUE`).

    `where` is what errors call the page; `operation` (`GET /path`) says which one it is, before the contract does.
    Raises `PageError`, `ContractError`, `UsageError`.
    """
    source = read_source(folder.contract)
    given: tuple[Decision, ...] = (*source.decisions, *from_arguments(decided))
    return read(folder.page, given, where or source.page, operation or source.operation), source


def files(folder: Folder, reading: Reading, source: Source) -> dict[str, bytes]:
    """Return `openapi.json` and `NAME.schema.json` by name.

    Raises `UndecidedError` while a question is open, `PageError` where nobody has said what the request is.
    """
    refuse_undecided(reading)
    if not reading.operation.method:
        raise PageError(
            f"the page lists the {len(reading.fields)} members of an answer, and does not say what the request is",
            hint="say it: --operation 'GET /path/{id}'",
        )
    return {
        schema_name(folder.name): canonical(schema(reading, folder.name, source.title)),
        OPENAPI: canonical(openapi(reading, folder.name, source.title, source.version)),
    }


def schema_name(name: str) -> str:
    """Return the name of the schema file of a contract."""
    return f"{name}.schema.json"


def page_changed(folder: Folder, source: Source) -> str | None:
    """Return the page's hash if it is not the page that a person last looked at; None if it is, or none is noted."""
    found = digest(folder.page)
    return found if source.sha256 and source.sha256.lower() != found else None


def first_difference(committed: bytes, derived: bytes) -> Difference | None:
    """Return the first line where two files differ, None if every byte is the same."""
    if committed == derived:
        return None
    old, new = (content.decode("utf-8", "backslashreplace").split("\n") for content in (committed, derived))
    for number, (was, now) in enumerate(zip_longest(old, new), start=1):
        if was != now:
            return Difference(number, was, now)
    return Difference(1, old[0], new[0])


def new_contract(title: str, page: bytes, decisions: Sequence[Decision], operation: str = "") -> bytes:
    """Write the smallest `contract.toml`: the page, its hash, the operation that a person named, and what was decided."""
    lines = ["[source]", f"title = {_toml(title)}", 'page = "page.txt"', f'sha256 = "{digest(page)}"']
    lines += [f"operation = {_toml(operation)}"] if operation else []
    for one in decisions:
        lines += ["", *decision_lines(one.about, one.value, one.reason)]
    return ("\n".join(lines) + "\n").encode()


def decision_lines(about: str, value: str, reason: str) -> list[str]:
    """Write one decision as `contract.toml` has it."""
    return ["[[decision]]", f"about = {_toml(about)}", f"value = {_toml(value)}", f"reason = {_toml(reason)}"]


def _toml(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + "".join(char if char.isprintable() else f"\\U{ord(char):08x}" for char in escaped) + '"'
