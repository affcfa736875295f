"""One of the two that are compared: a contract, an OpenAPI document or a schema, in one form."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from docpact.compare.modern import modern, refuse_deep
from docpact.compare.operations import Operation, operations
from docpact.errors import ContractError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from docpact.contract import Contract

_SCHEMA_WORDS = frozenset((
    "$schema", "$ref", "$defs", "type", "properties", "items", "enum", "const", "allOf", "anyOf", "oneOf", "required",
    "additionalProperties", "not", "if", "patternProperties", "prefixItems",
))  # fmt: skip


class Side(NamedTuple):
    """One side: what it is `called`, and all that it says.

    `schema` is that of the body of success where it is known without an operation; `document` is what references point into;
    `page` are the lines of its documentation, which findings call `label`; `source` is the file that a finding names without
    one. `kind` is contract, page, document or schema. `doubts` say what of it is a guess.
    """

    called: str
    kind: str
    source: str
    schema: Any
    document: Mapping[str, Any]
    operations: tuple[Operation, ...] = ()
    contract: Contract | None = None
    page: Sequence[str] = ()
    label: str = ""
    doubts: tuple[str, ...] = ()


def of_contract(contract: Contract, called: str = "", page: str = "") -> Side:
    """Return a contract as a side; the body of success is that of its schema, which judges payloads.

    `page` is what findings call the page, where it is not the one that ships with docpact.
    """
    label = page or contract.page_label
    schema = modern(dict(contract.schema))
    document = modern(dict(contract.openapi))
    refuse_deep(schema, label)
    refuse_deep(document, label)
    found = tuple(_with_schema(one, schema) for one in operations(document))
    whole = {**schema, **{key: document[key] for key in ("components",) if key in document}}
    return Side(called or contract.name, "contract", label, schema, whole, found, contract, contract.page, label)


def _with_schema(one: Operation, schema: Any) -> Operation:
    """Put the schema of a contract where its OpenAPI document has a copy of it."""
    if len(one.successes) != 1:
        return one
    status = one.successes[0]
    media = dict.fromkeys(one.answers[status], schema) or {"application/json": schema}
    return one._replace(answers={**one.answers, status: media})


def of_document(document: Any, called: str, source: str, page: Sequence[str] = (), label: str = "") -> Side:
    """Return an OpenAPI document, of version 2 or 3, or a JSON Schema, as a side.

    Raises `ContractError` for what is neither, and for what is nested deeper than anybody writes.
    """
    refuse_deep(document, source or called)
    if document is True or document is False:
        return Side(called, "schema", source, document, {})
    if not isinstance(document, dict):
        raise _neither(source or called, f"a JSON {'list' if isinstance(document, list) else 'value'}")
    said = modern(document)
    if "openapi" in said or "swagger" in said or isinstance(said.get("paths"), dict):
        found = operations(said)
        if not found:
            raise ContractError(
                f"{source or called} is an OpenAPI document without an operation", hint="name one that has `paths`"
            )
        return Side(called, "page" if page else "document", source, None, said, found, None, page, label or source)
    if said and not _SCHEMA_WORDS & said.keys():
        raise _neither(source or called, f"a JSON object with {', '.join(sorted(map(str, said))[:4])}")
    return Side(called, "schema", source, said, said, (), None, page, label or source)


def _neither(name: str, found: str) -> ContractError:
    return ContractError(
        f"{name} holds {found}, and neither a JSON Schema nor an OpenAPI document",
        hint="name a contract, a folder that `docpact derive` has made, a .schema.json, an openapi.json, or a page",
    )
