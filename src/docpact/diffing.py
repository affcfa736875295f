"""docpact in Python: what changed between two contracts, whom it breaks, and which provider can stand in for which."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from docpact import contract as words
from docpact.compare.comparison import Comparison, compare
from docpact.compare.matrix import Matrix, matrix_of
from docpact.compare.side import Side, of_contract, of_document
from docpact.errors import CaptureError, ContractError, DocpactError, PageError, UsageError
from docpact.validate.engine import Engine

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

LARGEST = 64 * 2**20


def diff(old: object, new: object, *, operation: str = "", witnesses: bool = True) -> Comparison:
    """Return what changed from one contract to another, each change with who breaks by it, and a payload that shows it.

    `old` and `new` are contracts, names of contracts, folders that `docpact derive` has made, files with a JSON Schema or an
    OpenAPI document, pages, or schemas as dictionaries; `operation` (`GET /path`) says which one of several is meant. Raises
    `ContractError`, `PageError`, `CaptureError` or `UsageError` for what cannot be compared.
    """
    sides = side(old, "the old schema", operation), side(new, "the new schema", operation)
    return compare(*sides, judge if witnesses else None)


def matrix(given: Iterable[object]) -> Matrix:
    """Return which of several contracts can stand in for which without breaking a client; raises as `diff` does."""
    return matrix_of([side(one) for one in given])


def judge(schema: Mapping[str, Any]) -> Callable[[Any], Sequence[tuple[str | int, ...]]]:
    """Return what says where a payload breaks a schema; it raises `ValueError` where the schema is none that can judge."""
    try:
        engine = Engine(schema)
    except (DocpactError, RecursionError, TypeError, ValueError, AttributeError) as error:
        raise ValueError(str(error).partition("\n")[0]) from error

    def errors(payload: Any) -> Sequence[tuple[str | int, ...]]:
        try:
            found = list(engine.errors(payload))
        except Exception as error:  # whatever a schema of somebody else makes the engine raise
            raise ValueError(f"{type(error).__name__}: {error}".partition("\n")[0]) from error
        return [(*one.path, one.value) if one.keyword == "required" else one.path for one in found]

    return errors


def side(given: object, called: str = "the schema", operation: str = "") -> Side:
    """Read one of the two that are compared; a schema without a file is `called` so.

    Raises `ContractError`, `PageError` or `UsageError` for what is none.
    """
    if isinstance(given, Side):
        return given
    if isinstance(given, words.Contract):
        return of_contract(given)
    if isinstance(given, str | os.PathLike):
        return _asked(_named(os.fspath(given), operation), operation)
    try:
        # A schema of Python may hold what JSON does not: what is compared is what would be written.
        return _asked(of_document(json.loads(json.dumps(given, allow_nan=False)), called, ""), operation)
    except (TypeError, ValueError, RecursionError) as error:
        hint = "give a contract, a path, or a schema as a dictionary"
        raise UsageError(f"what was given is no JSON: {error}", hint=hint) from error


def _asked(found: Side, operation: str) -> Side:
    """Return a side with the one operation that was asked for; a schema has none to choose among."""
    if not operation or not found.operations:
        return found
    method, _, path = operation.partition(" ")
    chosen = tuple(one for one in found.operations if (one.method, one.path) == (method.upper(), path.strip()))
    if not chosen:
        names = ", ".join(one.name for one in found.operations[:6])
        raise UsageError(f"{found.called} documents no operation {operation!r}", hint=f"it has: {names}")
    return found._replace(operations=chosen)


def _named(name: str, operation: str) -> Side:
    path = Path(name)
    # A pipe is read as well: what another program writes may be compared (`git show HEAD:openapi.json`).
    if path.exists() and not path.is_dir():
        return _file(path, operation)
    if name in words.names() or (path / "contract.toml").is_file():
        contract = words.load(name)
        page = path / "page.txt"
        return of_contract(contract, name, page.as_posix()) if page.is_file() else of_contract(contract)
    if path.is_dir():
        for inner in (path / "openapi.json", *sorted(path.glob("*.schema.json"))):
            if inner.is_file():
                return _file(inner, operation)
        raise ContractError(
            f"{path} is no contract folder: it has neither contract.toml nor openapi.json",
            hint="docpact derive PAGE --out FOLDER makes one",
        )
    raise ContractError(
        f"there is no {name!r} to compare",
        hint=f"docpact ships: {', '.join(words.names()) or 'none'}; or name a folder, a schema, an openapi.json or a page",
    )


def _file(path: Path, operation: str) -> Side:
    try:
        with path.open("rb") as file:
            content = file.read(LARGEST + 1)
    except OSError as error:
        raise CaptureError(f"cannot read {path}: {error.strerror or error}", hint="look at its permissions") from error
    if len(content) > LARGEST:
        raise CaptureError(f"{path} is larger than {LARGEST:,} bytes", hint="compare the schema of one operation")
    if content.lstrip()[:1] in (b"{", b"["):
        document = _json(content, path)
        if document is not None:
            return of_document(document, path.as_posix(), path.as_posix())
    return page(content, path.as_posix(), path.as_posix(), operation)


def _json(content: bytes, path: Path) -> Any:
    """Parse a file that begins as JSON; None where it is none, and may be a page that begins so."""
    try:
        return json.loads(content, parse_constant=_refuse_constant)
    except RecursionError as error:
        raise ContractError(f"{path} is nested too deep to be a schema", hint="use $ref for what holds itself") from error
    except ValueError as error:
        if path.suffix == ".json":
            raise CaptureError(f"{path} is not JSON: {error}", hint="mend it where the message says") from error
        return None


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is no JSON")


def page(content: bytes, called: str, where: str, operation: str = "") -> Side:
    """Read a page of documentation as a side; what it leaves open is the best guess, and is said to be one.

    Raises `PageError` for what is no page of an answer.
    """
    from docpact.derive.emit import openapi, schema
    from docpact.derive.page import read_page
    from docpact.derive.reading import read

    reading = read(content, (), where, operation)
    if not reading.fields:
        raise PageError(f"{where} documents no member of an answer", hint="docpact derive says what was recognised on it")
    lines = tuple(read_page(content, where).lines)
    asked = bool(reading.operation.method and reading.operation.path)
    made = of_document((openapi if asked else schema)(reading, "page"), called, where, lines, where)
    count = len(reading.undecided)
    places = "1 place" if count == 1 else f"{count} places"
    doubt = f"{called} can be read in several ways at {places}: docpact derive {where} --claims"
    return made._replace(doubts=(doubt,)) if count else made
