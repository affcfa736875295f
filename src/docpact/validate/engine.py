"""The schema engine: `jsonschema` is the judge; in front of it stand closures that can only say "valid".

The closures (`quick.py`) are built from the schema, for the keywords that `derive` writes; whatever they do not accept goes to
`jsonschema` (Draft202012Validator), which is not even imported as long as everything is valid.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from docpact.errors import ContractError
from docpact.validate import plan, quick

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_ANNOTATIONS = frozenset(
    {
        "$schema",
        "$id",
        "$comment",
        "title",
        "description",
        "examples",
        "default",
        "format",
        "x-page-lines",
        "deprecated",
    }
)
_KEYWORDS = frozenset({"type", "enum", "properties", "required", "items"})


class SchemaError(NamedTuple):
    """One breach of the schema: the keyword, the way to the value, the value, and what the keyword asks for.

    For `required` there is one error for each missing member, `path` leads to the object, and `value` is the name.
    """

    keyword: str
    path: tuple[str | int, ...]
    instance: Any
    value: Any


class Engine:
    """Judge payloads by one schema; raises `ContractError` for a schema with a keyword that no contract here has."""

    def __init__(self, schema: Mapping[str, Any]) -> None:
        _check_keywords(schema, "")
        self._schema = dict(schema)
        self._accept = quick.schema_of(plan.of_schema(schema))
        self._validator: Any = None

    def accepts(self, payload: Any) -> bool:
        """Say that the payload is valid (True), or that it is not known to be (False); never wrong when True."""
        return self._accept(payload)

    def errors(self, payload: Any) -> Iterator[SchemaError]:
        """Yield every breach that `jsonschema` finds, in the order of the schema."""
        if self._validator is None:
            from jsonschema import Draft202012Validator

            self._validator = Draft202012Validator(self._schema)
        told: set[tuple[str | int, ...]] = set()
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


def _check_keywords(schema: Any, where: str) -> None:
    if not isinstance(schema, dict) and where:
        raise ContractError(f"the schema at {where} is not an object", hint="derive it anew: docpact derive FOLDER")
    for key in schema:
        if key not in _KEYWORDS and key not in _ANNOTATIONS:
            raise ContractError(
                f"the schema has the keyword {key!r} at {where or 'its top'}, which docpact does not judge",
                hint="a contract's schema is derived, never edited: docpact derive FOLDER",
            )
    for name, part in schema.get("properties", {}).items():
        _check_keywords(part, f"{where}/properties/{name}")
    if "items" in schema:
        _check_keywords(schema["items"], f"{where}/items")
