"""Types as Python writes them, for modules of several kinds; and which names a module has to import for them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from docpact.generate.models.texts import python_scalar

if TYPE_CHECKING:
    from collections.abc import Mapping

    from docpact.generate.models.shapes import Known, Value


class PythonTypes:
    """Writes types in the names that a kind of module has for JSON's.

    `literals` are the types of Python whose values may stand in a Literal; `uses` are the names of `typing` that were needed.
    """

    def __init__(self, names: Mapping[str, str], literals: tuple[type, ...]) -> None:
        self.uses: set[str] = set()
        self.names = names
        self._literals = literals

    def written(self, value: Value | None) -> str:
        """Write what a value may be, null included; None stands for anything."""
        if value is None or not value.types:
            self.uses.add("Any")
            return "Any"
        parts = [value.known.name] if value.known else []
        parts += [self._one(kind, value) for kind in value.plain]
        return " | ".join((*parts, *(["None"] if value.nullable else [])))

    def _one(self, kind: str, value: Value) -> str:
        if kind == "array":
            return f"list[{self.written(value.items)}]"
        if kind == "object":
            if value.shape is None:
                self.uses.add("Any")
            return value.shape or "dict[str, Any]"
        return self.names[kind]

    def known(self, known: Known) -> str:
        """Write the values that are known as a constant, and the type that has them and any other."""
        self.uses |= {"Final", "TypeAlias"}
        written = [python_scalar(value) for value in known.values]
        listed = "".join(f"    {value},\n" for value in written)
        words = [text for text, value in zip(written, known.values, strict=True) if type(value) in self._literals]
        bases = [self.names[kind] for kind in known.types]
        self.uses |= {"Literal"} if words else set()
        return f"{known.constant}: Final = (\n{listed})\n{known.name}: TypeAlias = {_open(words, bases)}\n"


def _open(words: list[str], bases: list[str]) -> str:
    if len(words) < 2:  # noqa: PLR2004 - behind a single one, a comma would not be a formatter's
        return " | ".join([f"Literal[{word}]" for word in words] + bases)
    listed = "".join(f"        {word},\n" for word in words)
    others = "".join(f"    | {base}\n" for base in bases)
    return f"(\n    Literal[\n{listed}    ]\n{others})"
