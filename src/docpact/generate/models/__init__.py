"""What other projects use in their own languages: types of a contract, and payloads as source code.

`MODELS` and `PAYLOADS` are the forms that a face can offer. What they write comes in pieces of text, so that a file of any
length is written in the memory of one payload.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from docpact.generate.models import literals, pydantic, typeddict, typescript

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from docpact.contract import Contract, Profile


class ModelForm(NamedTuple):
    """One form of types: what it is, how its files end, and how it is written for a contract seen through a profile."""

    summary: str
    suffix: str
    write: Callable[[Contract, Profile], Iterator[str]]


class PayloadForm(NamedTuple):
    """One form of payloads as source code: what it is, how its files end, and how it is written.

    The profile is None where the payloads may break the contract, so that no type is claimed for them.
    """

    summary: str
    suffix: str
    write: Callable[[Contract, Profile | None, Iterable[Any]], Iterator[str]]


MODELS = {
    "typescript": ModelForm("TypeScript interfaces", ".ts", typescript.models),
    "typeddict": ModelForm("a Python module of TypedDicts", ".py", typeddict.models),
    "pydantic": ModelForm("a Python module of Pydantic models (version 2)", ".py", pydantic.models),
}

PAYLOADS = {
    "python": PayloadForm("a Python module with the list PAYLOADS", ".py", literals.python),
    "typescript": PayloadForm("a TypeScript module with the list payloads, and its types", ".ts", typescript.payloads),
}
