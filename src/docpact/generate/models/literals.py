"""Payloads as source code: one literal after the other, laid out as formatters leave it, the same bytes every time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from docpact.errors import UsageError
from docpact.generate.models.texts import (
    docstring,
    lines_of,
    python_scalar,
    python_text,
    typescript_scalar,
    typescript_text,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from docpact.contract import Contract, Profile

# Python refuses brackets that are nested deeper than 200, and older ones run out of stack at about half of that.
_DEEPEST = 80


class Dialect(NamedTuple):
    """How a language writes literals: numbers and texts, the name of a member, and how far it indents."""

    scalar: Callable[[object], str]
    key: Callable[[str], str]
    indent: str


def _typescript_key(name: str) -> str:
    # Written plainly, this member would be the prototype of the object.
    return '["__proto__"]' if name == "__proto__" else typescript_text(name)


PYTHON = Dialect(python_scalar, python_text, "    ")
TYPESCRIPT = Dialect(typescript_scalar, _typescript_key, "  ")


def python(contract: Contract, profile: Profile | None, given: Iterable[Any]) -> Iterator[str]:
    """Write payloads as a Python module with the list `PAYLOADS`, in pieces of text, one payload held at a time.

    A profile of None says that they may break the contract. Raises `UsageError` where a payload holds what JSON has not, or
    is nested too deep.
    """
    name = " ".join(lines_of(contract.name))
    kind = "Payloads that may break" if profile is None else "Payloads of"
    like = "" if profile is None else f", profile {' '.join(lines_of(profile.name))}"
    yield f"{docstring((f'{kind} the contract {name}{like}; made by docpact.',))}\n\nfrom typing import Any\n\n"
    yield from elements(given, PYTHON, "PAYLOADS: list[Any] = [", "", "]\n")


def elements(given: Iterable[Any], dialect: Dialect, begin: str, after: str, end: str) -> Iterator[str]:
    """Write a list, element by element: what comes before it, after each element, and at the end."""
    yield begin
    line = "\n"
    for number, payload in enumerate(given, 1):
        try:
            text = "".join(_written(payload, dialect, 1))
        except UsageError as error:
            raise UsageError(f"payload {number}: {error.message}", hint=error.hint) from error
        yield f"{line}{dialect.indent}{text}{after},\n"
        line = ""
    yield end


def _written(value: Any, dialect: Dialect, depth: int) -> Iterator[str]:
    if depth > _DEEPEST:
        raise UsageError(
            f"it is nested deeper than {_DEEPEST}, which compilers do not take", hint="write it as JSON: --as json, or ndjson"
        )
    margin, inner = dialect.indent * depth, dialect.indent * (depth + 1)
    if isinstance(value, dict) and value:
        yield "{\n"
        for name, part in value.items():
            if not isinstance(name, str):
                raise UsageError(f"it has a member named by a {type(name).__name__}", hint="members of JSON are named by texts")
            yield f"{inner}{dialect.key(name)}: "
            yield from _written(part, dialect, depth + 1)
            yield ",\n"
        yield f"{margin}}}"
    elif isinstance(value, list) and value:
        yield "[\n"
        for part in value:
            yield inner
            yield from _written(part, dialect, depth + 1)
            yield ",\n"
        yield f"{margin}]"
    else:
        yield "{}" if isinstance(value, dict) else "[]" if isinstance(value, list) else dialect.scalar(value)
