"""The schema engine: what a payload breaks of the schema, as `jsonschema` (Draft202012Validator) would find it.

A derived schema has five keywords, and those are judged here: closures that can only say "valid" (`quick.py`) stand in front
of a walk that finds each breach. A schema with any other keyword is judged by `jsonschema` itself, which is imported then. A
property test holds the walk to `jsonschema` on every input.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from docpact.errors import ContractError
from docpact.validate import plan, quick

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_ANNOTATIONS = frozenset(
    (
        "$schema",
        "$id",
        "$comment",
        "$defs",
        "title",
        "description",
        "examples",
        "default",
        "format",
        "x-page-lines",
        "deprecated",
    )
)
_WALKED = frozenset({"type", "enum", "properties", "required", "items"})

Path = tuple[str | int, ...]


class SchemaError(NamedTuple):
    """One breach of the schema: the keyword, the way to the value, the value, and what the keyword asks for.

    For `required` there is one error for each missing member, `path` leads to the object, and `value` is the name.
    """

    keyword: str
    path: Path
    instance: Any
    value: Any


class Engine:
    """Judge payloads by one schema; raises `ContractError` for a schema that points outside of itself."""

    def __init__(self, schema: Mapping[str, Any]) -> None:
        self._schema = dict(schema)
        self._walks = _is_walked(self._schema)
        self._accept = quick.schema_of(plan.of_schema(schema) if self._walks else ["none"])
        self._part: _Part | None = None
        self._validator: Any = None
        if not self._walks:
            _refuse_references(self._schema, "")

    def accepts(self, payload: Any) -> bool:
        """Say that the payload is valid (True), or that it is not known to be (False); never wrong when True.

        Once breaches were asked for, nothing is known here: the walk accepts part by part, and is all that needs to be done.
        """
        return self._part is None and self._accept(payload)

    def errors(self, payload: Any) -> Iterator[SchemaError]:
        """Yield every breach of the schema, in its order."""
        if not self._walks:
            return self._judged(payload)
        self._part = self._part or _Part(self._schema)
        return self._part.errors(payload, ())

    def _judged(self, payload: Any) -> Iterator[SchemaError]:
        if self._validator is None:
            from jsonschema import Draft202012Validator

            self._validator = Draft202012Validator(self._schema)
        told: set[Path] = set()
        for error in self._validator.iter_errors(payload):
            path = tuple(error.absolute_path)
            if error.validator != "required":
                yield SchemaError(error.validator, path, error.instance, error.validator_value)
            elif path not in told:
                # jsonschema gives one error for each missing member without saying which: told here all at once.
                told.add(path)
                for name in error.validator_value:
                    if name not in error.instance:
                        yield SchemaError("required", path, error.instance, name)


class _Part:
    """One subschema, and what it certainly accepts: only values with a breach in them are walked through."""

    def __init__(self, schema: Mapping[str, Any]) -> None:
        self.accepts = quick.schema_of(plan.of_schema(schema))
        self._type = schema.get("type")
        self._enum = schema.get("enum")
        self._properties = {name: _Part(part) for name, part in schema.get("properties", {}).items()}
        self._required = tuple(schema.get("required", ()))
        self._items = _Part(schema["items"]) if "items" in schema else None

    def errors(self, value: Any, path: Path) -> Iterator[SchemaError]:
        if self._type is not None and not _is_of(value, self._type):
            yield SchemaError("type", path, value, self._type)
        if self._enum is not None and not any(_equal(value, listed) for listed in self._enum):
            yield SchemaError("enum", path, value, self._enum)
        if isinstance(value, dict):
            for name, part in self._properties.items():
                if name in value and not part.accepts(value[name]):
                    yield from part.errors(value[name], (*path, name))
            for name in self._required:
                if name not in value:
                    yield SchemaError("required", path, value, name)
        elif isinstance(value, list) and self._items is not None:
            wrong = [(index, item) for index, item in enumerate(value) if not self._items.accepts(item)]
            for index, item in wrong:
                yield from self._items.errors(item, (*path, index))


_TYPES: dict[str, type | tuple[type, ...]] = {
    "object": dict, "array": list, "string": str, "boolean": bool, "null": type(None), "number": (int, float),
}  # fmt: skip


def _is_of(value: Any, declared: str | list[str]) -> bool:
    for name in [declared] if isinstance(declared, str) else declared:
        if name == "integer":
            # JSON Schema counts 1.0 as an integer, and true as none.
            fits = not isinstance(value, bool) and (isinstance(value, int) or (isinstance(value, float) and value.is_integer()))
        else:
            fits = isinstance(value, _TYPES.get(name, ())) and (name != "number" or not isinstance(value, bool))
        if fits:
            return True
    return False


def _equal(value: Any, listed: Any) -> bool:
    """Compare as JSON does: true is not 1, and 1.0 is."""
    return bool(value == listed) and isinstance(value, bool) == isinstance(listed, bool)


def _is_walked(schema: Any) -> bool:
    if not isinstance(schema, dict) or schema.keys() - _WALKED - _ANNOTATIONS:
        return False
    if any(isinstance(listed, dict | list) for listed in schema.get("enum", ())):
        return False
    parts = [*schema.get("properties", {}).values(), *([schema["items"]] if "items" in schema else [])]
    return all(_is_walked(part) for part in parts)


def _refuse_references(part: Any, where: str) -> None:
    """Raise `ContractError` where a schema points to another document: nothing is ever fetched for it."""
    if isinstance(part, dict):
        for key, value in part.items():
            if key in {"$ref", "$dynamicRef"} and not str(value).startswith("#"):
                raise ContractError(
                    f"the schema points outside of itself at {where or 'its top'}: {value!r}",
                    hint="a contract's schema is one document: write what it points to under $defs",
                )
            _refuse_references(value, f"{where}/{key}")
    elif isinstance(part, list):
        for index, value in enumerate(part):
            _refuse_references(value, f"{where}/{index}")
