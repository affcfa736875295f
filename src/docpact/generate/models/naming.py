"""Names in source code, made of the names of a contract: the same ones every time, and never one that is taken."""

from __future__ import annotations

import keyword
import re

# The letters that may stand in a name: those of the scripts that pages are written in, where every Python and every compiler
# agrees that they are letters, and that they are not to be written in another way.
_LETTERS = "A-Za-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u00ff\u0410-\u044f\u3041-\u3096\u30a1-\u30fa\u4e00-\u9fa5\uac00-\ud7a3"
_NAME = re.compile(f"[{_LETTERS}_][{_LETTERS}0-9_]*")
_WORD = re.compile(f"[{_LETTERS}0-9]+")
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_PLURALS = (("ies", "y"), ("sses", "ss"), ("xes", "x"), ("ss", "ss"), ("us", "us"), ("is", "is"), ("s", ""))

# What the written modules, or their languages, call something else: whatever the language, so that a class has one name in all.
TAKEN = frozenset({
    "Annotated", "Any", "Final", "Literal", "NotRequired", "TypeAlias", "TypedDict",
    "BaseModel", "BeforeValidator", "ConfigDict", "Field", "StrictBool", "StrictFloat", "StrictInt", "StrictStr", "Given",
    "None", "True", "False", "ValueError", "bool", "dict", "float", "int", "list", "str",
    "Array", "Boolean", "Infinity", "NaN", "Number", "Object", "Open", "Record", "String",
})  # fmt: skip

# What the models of Pydantic have already, apart from all that begins with `model_`.
_OF_PYDANTIC = frozenset({
    "construct", "copy", "dict", "from_orm", "json", "parse_file", "parse_obj", "parse_raw", "schema", "schema_json",
    "update_forward_refs", "validate",
})  # fmt: skip


def is_name(text: str) -> bool:
    """Tell whether this is a name in Python and TypeScript alike, and no word of Python's own."""
    return _NAME.fullmatch(text) is not None and not keyword.iskeyword(text)


def class_name(*parts: str) -> str:
    """Join names into that of a class: `task-fetch` and `buttons` make `TaskFetchButtons`."""
    words = [word for part in parts for piece in _WORD.findall(part) for word in _CAMEL.split(piece)]
    name = "".join(word[:1].upper() + (word[1:].lower() if word.isupper() else word[1:]) for word in words) or "Payload"
    return name if is_name(name) else f"Payload{name}"


def singular(name: str) -> str:
    """Name one item of a list: `buttons` has a `button`; of what is no plural, an `Item`."""
    ending = next(((end, one) for end, one in _PLURALS if name.lower().endswith(end)), ("", ""))
    single = name[: len(name) - len(ending[0])] + ending[1]
    return f"{name}Item" if single in {name, ""} else single


def snake(name: str) -> str:
    """Write a name in small letters with underscores: `maskBase64` becomes `mask_base64`."""
    return "_".join(word for piece in _WORD.findall(name) for word in _CAMEL.split(piece)).lower()


def member_name(name: str) -> str:
    """Name the attribute that stands for a member, so that neither Python nor Pydantic has a use of its own for it."""
    attribute = snake(name) or "member"
    if attribute[0].isdigit() or attribute.startswith("model_"):
        attribute = f"member_{attribute}"
    return f"{attribute}_" if keyword.iskeyword(attribute) or attribute in TAKEN | _OF_PYDANTIC else attribute


class Names:
    """The names that have been given: a second one of the same name gets a number."""

    def __init__(self, taken: frozenset[str] = frozenset()) -> None:
        self._taken = set(taken)

    def give(self, wanted: str) -> str:
        """Return the name that is wanted, or the first free one with a number behind it."""
        name, number = wanted, 1
        while name in self._taken:
            number += 1
            name = f"{wanted.rstrip('_')}_{number}" if wanted.islower() else f"{wanted}{number}"
        self._taken.add(name)
        return name
