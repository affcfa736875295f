"""TypeScript: a contract as interfaces with open lists of values, and payloads as constants that the compiler checks."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from docpact.generate.models.literals import TYPESCRIPT, elements
from docpact.generate.models.shapes import shapes_of
from docpact.generate.models.texts import doc_comment, typescript_scalar, typescript_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from docpact.contract import Contract, Profile
    from docpact.generate.models.shapes import Known, Member, Shape, Value

_TYPES = {"string": "string", "integer": "number", "number": "number", "boolean": "boolean"}
_BARE = re.compile(r"[A-Za-z_$][A-Za-z0-9_$]*")

# An object that is written down may have no member more than its type, says the compiler; a payload may.
_OPEN = """\
/** The same, with members that the page does not name. */
type Open<T> = unknown extends T
  ? T
  : T extends string | number | boolean | null | undefined
    ? T
    : T extends readonly (infer Item)[]
      ? Open<Item>[]
      : { [Member in keyof T]: Open<T[Member]> } & { [member: string]: unknown };
"""


def models(contract: Contract, profile: Profile) -> Iterator[str]:
    """Write the types of a contract as a TypeScript module, in pieces of text; raises `ContractError` as `shapes_of` does."""
    shapes = shapes_of(contract, profile)
    yield f"{doc_comment(shapes.about)}\n"
    for shape in reversed(shapes.shapes):
        yield f"\n{_interface(shape)}"
    for known in shapes.known:
        yield f"\n{_known(known)}"


def payloads(contract: Contract, profile: Profile | None, given: Iterable[Any]) -> Iterator[str]:
    """Write payloads as a TypeScript module, in pieces of text, one payload held at a time.

    With a profile the module has its types too, and the compiler checks each payload; with None, for what may break the
    contract, the payloads are `unknown`. Raises `UsageError` where a payload holds what JSON has not, or is nested too deep.
    """
    end = ""
    kind = "unknown"
    if profile is not None:
        yield from models(contract, profile)
        yield f"\n{_OPEN}\n"
        kind = shapes_of(contract, profile).root
        # Payload by payload: the compiler gives up on the type of a long list whose objects differ.
        end = f" satisfies Open<{kind}>"
    yield from elements(given, TYPESCRIPT, f"export const payloads: {kind}[] = [", f"{end} as {kind}", "];\n")


def _interface(shape: Shape) -> str:
    return f"{doc_comment(shape.about)}\nexport interface {shape.name} {{\n{''.join(map(_member, shape.members))}}}\n"


def _member(member: Member) -> str:
    name = member.name if _BARE.fullmatch(member.name) else typescript_text(member.name)
    return f"{doc_comment(member.about, '  ')}\n  {name}{'?' if member.optional else ''}: {_type(member.value)};\n"


def _known(known: Known) -> str:
    values = [typescript_scalar(value) for value in known.values]
    open_ones = [f"({_TYPES[kind]} & {{}})" for kind in known.types]
    listed = "".join(f"  {value},\n" for value in values)
    union = "".join(f"\n  | {one}" for one in (*values, *open_ones))
    return (
        f"/** The values that are known; a server may send others. */\nexport const {known.constant} = [\n{listed}] as const;\n"
        f"export type {known.name} ={union};\n"
    )


def _type(value: Value) -> str:
    if not value.types:
        return "unknown"
    parts = [value.known.name] if value.known else []
    for kind in value.plain:
        if kind == "array":
            items = _type(value.items) if value.items else "unknown"
            parts.append(f"({items})[]" if " " in items else f"{items}[]")
        elif kind == "object":
            parts.append(value.shape or "{ [member: string]: unknown }")
        else:
            parts.append(_TYPES[kind])
    return " | ".join((*parts, *(["null"] if value.nullable else [])))
