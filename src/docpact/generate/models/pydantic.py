"""Pydantic models (version 2) that refuse what the page does not promise, except that a list of values is open.

What generators of models write for the same schema refuses a value that is not listed, takes null for absent, and changes with
the version of the generator (see Decisions in ARCHITECTURE.md).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from docpact.generate.models.naming import Names, member_name
from docpact.generate.models.python_types import PythonTypes
from docpact.generate.models.shapes import shapes_of
from docpact.generate.models.texts import docstring, python_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from docpact.contract import Contract, Profile
    from docpact.generate.models.shapes import Member, Shape

# Strict ones: Pydantic would take "5" for an integer, and true for one.
_TYPES = {
    "string": "StrictStr",
    "integer": "StrictInt",
    "number": "StrictInt | StrictFloat",
    "boolean": "StrictBool",
}

_CONFIG = 'ConfigDict(extra="allow", populate_by_name=True)'

_GIVEN = '''

def _given(value: Any) -> Any:
    """Refuse a null: the member may be absent, and is never null."""
    if value is None:
        raise ValueError("null, where the page promises a value or no member at all")
    return value


Given = BeforeValidator(_given)
'''


def models(contract: Contract, profile: Profile) -> Iterator[str]:
    """Write the types of a contract as a Python module of Pydantic models, in pieces of text.

    Attributes are in snake case, and have the name of the member as their alias. Raises `ContractError` as `shapes_of` does.
    """
    shapes = shapes_of(contract, profile)
    types = PythonTypes(_TYPES, (str,))
    known = [types.known(one) for one in shapes.known]
    taken = frozenset({*(shape.name for shape in shapes.shapes), *(one.name for one in shapes.known)})
    written = [_model(shape, types, taken) for shape in shapes.shapes]
    given = _GIVEN if "Annotated" in types.uses else ""
    types.uses |= {"Any"} if given else set()
    text = "".join((*known, *written, given))
    offered = ["BaseModel", "BeforeValidator", "ConfigDict", "Field", "StrictBool", "StrictFloat", "StrictInt", "StrictStr"]
    yield f"{docstring(shapes.about)}\n\n"
    if types.uses:
        yield f"from typing import {', '.join(sorted(types.uses))}\n\n"
    yield f"from pydantic import {', '.join(one for one in offered if one in text)}\n"
    yield given
    for part in known:
        yield f"\n{part}"
    for part in written:
        yield f"\n\n{part}"


def _model(shape: Shape, types: PythonTypes, taken: frozenset[str]) -> str:
    names = Names(taken)
    members = "".join(f"\n{_field(one, names.give(member_name(one.name)), types)}" for one in shape.members)
    head = f"class {shape.name}(BaseModel):\n{docstring(shape.about, '    ')}\n\n    model_config = {_CONFIG}\n"
    return f"{head}{members}"


def _field(member: Member, name: str, types: PythonTypes) -> str:
    written = types.written(member.value)
    settings = []
    if member.optional:
        settings.append("default=None")
        if written != "Any" and not member.value.nullable:
            types.uses.add("Annotated")
            written = f"Annotated[{written} | None, Given]"
    if name != member.name:
        settings.append(f"alias={python_text(member.name)}")
    settings.append(f"description={python_text(' '.join(member.about))}")
    listed = "".join(f"        {one},\n" for one in settings)
    return f"    {name}: {written} = Field(\n{listed}    )\n"
