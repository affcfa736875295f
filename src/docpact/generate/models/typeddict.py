"""Python types for payloads as they are parsed: TypedDict, with open lists of values."""

from __future__ import annotations

from typing import TYPE_CHECKING

from docpact.generate.models.naming import is_name
from docpact.generate.models.python_types import PythonTypes
from docpact.generate.models.shapes import shapes_of
from docpact.generate.models.texts import docstring, python_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from docpact.contract import Contract, Profile
    from docpact.generate.models.shapes import Member, Shape

_TYPES = {"string": "str", "integer": "int", "number": "float", "boolean": "bool"}


def models(contract: Contract, profile: Profile) -> Iterator[str]:
    """Write the types of a contract as a Python module of TypedDicts, in pieces of text.

    Raises `ContractError` as `shapes_of` does.
    """
    shapes = shapes_of(contract, profile)
    types = PythonTypes(_TYPES, (str, int, bool))
    known = [types.known(one) for one in shapes.known]
    written = [_shape(shape, types) for shape in shapes.shapes]
    types.uses.add("TypedDict")
    yield f"{docstring(shapes.about)}\n\nfrom typing import {', '.join(sorted(types.uses))}\n"
    for text in known:
        yield f"\n{text}"
    for text in written:
        yield f"\n\n{text}"


def _shape(shape: Shape, types: PythonTypes) -> str:
    # In the body of a class, Python would change the name of a member that begins with two underscores.
    plain = all(is_name(one.name) and not one.name.startswith("__") for one in shape.members)
    return _as_class(shape, types) if plain else _as_call(shape, types)


def _as_class(shape: Shape, types: PythonTypes) -> str:
    members = "".join(f"\n    {one.name}: {_type(one, types)}\n{docstring(one.about, '    ')}\n" for one in shape.members)
    return f"class {shape.name}(TypedDict):\n{docstring(shape.about, '    ')}\n{members}"


def _as_call(shape: Shape, types: PythonTypes) -> str:
    members = "".join(f"        {python_text(one.name)}: {_type(one, types)},\n" for one in shape.members)
    about = [*shape.about, *(f"- {one.name!r}: {' '.join(one.about)}" for one in shape.members)]
    return f'{shape.name} = TypedDict(\n    "{shape.name}",\n    {{\n{members}    }},\n)\n{docstring(tuple(about))}\n'


def _type(member: Member, types: PythonTypes) -> str:
    written = types.written(member.value)
    if not member.optional:
        return written
    types.uses.add("NotRequired")
    return f"NotRequired[{written}]"
