"""A reading into files: the schema, the OpenAPI document, the same bytes every time."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from docpact.derive.claims import Field, Json, Lines, Parameter, Reading, TypeClaim

if TYPE_CHECKING:
    from collections.abc import Mapping

_DIALECT = "https://json-schema.org/draft/2020-12/schema"
_SCHEMA_CLAIMS = ("member", "type", "description", "required", "enum")


def canonical(value: Json) -> bytes:
    """Write JSON as it is committed: two spaces, members in the order given, no needless escapes, one line end."""
    text = json.dumps(value, indent=2, ensure_ascii=False, allow_nan=False) + "\n"
    return text.encode("utf-8", "backslashreplace")


def schema(reading: Reading, name: str, title: str = "") -> dict[str, Json]:
    """Return the schema (draft 2020-12) of the answer that a page documents; each clause has its lines on the page."""
    operation = reading.operation
    first = reading.fields[0].lines["member"][0]
    last = max(one.lines["member"][1] for one in reading.fields)
    whole: dict[str, Json] = {"type": "object", "x-page-lines": {"member": [first, last]}}
    if reading.listing:
        whole = {"type": "array", "x-page-lines": {"member": [first, last]}}
        whole["items"] = {"type": "object", "x-page-lines": {"member": [first, last]}, **_members("/*", reading.fields)}
    return {
        "$schema": _DIALECT,
        "$id": f"urn:docpact:schema:{name}",
        "title": title or operation.title or f"{operation.method} {operation.path}",
        "description": f"The body of the answer to {operation.method} {operation.path}, as its page documents it.",
        **whole,
        **({} if reading.listing else _members("", reading.fields)),
    }


def _members(parent: str, fields: tuple[Field, ...]) -> dict[str, Json]:
    """Return `properties` and `required` of the object at `parent`."""
    own = [one for one in fields if one.path.rpartition("/")[0] == parent and not one.path.endswith("/*")]
    result: dict[str, Json] = {}
    if own:
        result["properties"] = {_name(one): _clause(one, fields) for one in own}
    required: list[Json] = [_name(one) for one in own if one.required]
    if required:
        result["required"] = required
    return result


def _name(one: Field) -> str:
    return one.path.rpartition("/")[2].replace("~1", "/").replace("~0", "~")


def _clause(one: Field, fields: tuple[Field, ...]) -> dict[str, Json]:
    clause: dict[str, Json] = {}
    if one.title:
        clause["title"] = one.title
    if one.text:
        clause["description"] = one.text
    clause |= _typed(one.claim)
    if one.enum is not None:
        clause["enum"] = [*_enum_values(one)]
    clause["x-page-lines"] = _lines(one.lines)
    if one.claim.type == "array":
        items = _items(one.path, one.claim, one.lines, fields)
        if items is not None:
            clause["items"] = items
    elif one.claim.type == "object":
        clause |= _members(one.path, fields)
    return clause


def _items(path: str, claim: TypeClaim, lines: Mapping[str, Lines], fields: tuple[Field, ...]) -> dict[str, Json] | None:
    inner = f"{path}/*"
    own = next((one for one in fields if one.path == inner), None)
    if own is not None:
        return _clause(own, fields)
    held = _members(inner, fields)
    items = claim.items or (TypeClaim("object") if held else None)
    if items is None:
        return None
    clause: dict[str, Json] = {"title": items.component} if items.component else {}
    clause |= _typed(items)
    clause["x-page-lines"] = {"type": [*lines["type"]]}
    if items.type == "array":
        deeper = _items(inner, items, lines, fields)
        return clause | ({"items": deeper} if deeper is not None else {})
    return clause | held


def _typed(claim: TypeClaim) -> dict[str, Json]:
    result: dict[str, Json] = {}
    if claim.type is not None:
        names: list[Json] = [*dict.fromkeys([*claim.type.split(" | "), *(["null"] if claim.nullable else [])])]
        result["type"] = names[0] if len(names) == 1 else names
    if claim.format is not None:
        result["format"] = claim.format
    return result


def _enum_values(one: Field) -> list[Json]:
    values: list[Json] = []
    for value in one.enum or ():
        whole = one.claim.type == "integer" and value.removeprefix("-").isdecimal() and len(value) < 40  # noqa: PLR2004
        values.append(int(value) if whole else value)
    # A nullable member may be null although its list of values does not repeat it.
    return [*values, None] if one.claim.nullable else values


def _lines(lines: Mapping[str, Lines]) -> dict[str, Json]:
    return {claim: [*lines[claim]] for claim in _SCHEMA_CLAIMS if claim in lines}


def openapi(reading: Reading, name: str, title: str = "", version: str = "1.0.0") -> dict[str, Json]:
    """Return the OpenAPI 3.1 document of the operation that a page documents, with the schema of its answer inside."""
    operation = reading.operation
    body = schema(reading, name, title)
    heading = body["title"]
    del body["$schema"], body["$id"]
    content: dict[str, Json] = {"schema": body}
    if reading.example is not None:
        content["example"] = reading.example.value
    request: dict[str, Json] = {"operationId": name, "summary": heading, "x-page-lines": _operation_lines(reading)}
    parameters: list[Json] = [_parameter(one) for one in operation.parameters if not _is_auth(one)]
    if parameters:
        request["parameters"] = parameters
    if operation.auth:
        request["security"] = [{_scheme_name(operation.auth): []}]
    request["responses"] = _responses(reading, content)
    document: dict[str, Json] = {"openapi": "3.1.0", "info": {"title": heading, "version": version}}
    if operation.server:
        document["servers"] = [{"url": operation.server}]
    document["paths"] = {operation.path: {operation.method.lower(): request}}
    if operation.auth:
        document["components"] = {"securitySchemes": {_scheme_name(operation.auth): _scheme(operation.auth)}}
    return document


def _responses(reading: Reading, content: dict[str, Json]) -> dict[str, Json]:
    operation = reading.operation
    labels = dict(operation.statuses)
    answered = next((code for code in labels if code.startswith("2")), "200")
    responses: dict[str, Json] = {
        answered: {"description": labels.get(answered) or "OK", "content": {operation.media_type: content}}
    }
    responses |= {code: {"description": label or code} for code, label in operation.statuses if code != answered}
    return responses


def _operation_lines(reading: Reading) -> dict[str, Json]:
    lines: dict[str, Json] = {key: [*value] for key, value in reading.operation.lines.items()}
    if reading.example is not None:
        lines["example"] = [*reading.example.lines]
    return lines


def _parameter(one: Parameter) -> dict[str, Json]:
    result: dict[str, Json] = {"name": one.name, "in": one.place, "required": one.place == "path" or bool(one.required)}
    if one.description:
        result["description"] = one.description
    result["schema"] = _typed(one.claim)
    if one.example is not None:
        result["example"] = one.example
    result["x-page-lines"] = _lines(one.lines)
    return result


def _is_auth(one: Parameter) -> bool:
    # OpenAPI says that a header parameter of this name is to be ignored: the security scheme speaks for it.
    return one.place == "header" and one.name.casefold() in ("authorization", "accept", "content-type")


def _scheme_name(auth: str) -> str:
    return "bearer" if auth == "bearer" else "key"


def _scheme(auth: str) -> dict[str, Json]:
    if auth == "bearer":
        return {"type": "http", "scheme": "bearer"}
    return {"type": "apiKey", "in": "header", "name": auth.partition(":")[2]}


def claims(reading: Reading, source: str) -> dict[str, Json]:
    """Return all that a page says as one JSON value: operation, fields, example, and the questions that it leaves."""
    return {
        "source": source,
        "style": f"{reading.style}, {reading.language}",
        "method": reading.operation.method or None,
        "path": reading.operation.path or None,
        "fields": [_claimed(one) for one in reading.fields],
        "example": reading.example.value if reading.example else None,
        "ambiguities": [
            {
                "about": one.about, "question": one.question, "alternatives": [*one.alternatives],
                "evidence": [*one.evidence], "decision": one.decision, "settled": one.settled, "by": one.by,
                "lines": [*one.lines],
            }
            for one in reading.ambiguities
        ],
        "notes": [{"kind": one.kind, "message": one.message, "lines": [*one.lines]} for one in reading.notes],
    }  # fmt: skip


def _claimed(one: Field) -> dict[str, Json]:
    result: dict[str, Json] = {
        "path": one.path, "type": one.claim.type, "required": one.required, "nullable": one.claim.nullable,
    }  # fmt: skip
    if one.enum is not None:
        result["enum"] = [*one.enum]
    if one.claim.format is not None:
        result["format"] = one.claim.format
    return {**result, "description": one.description, "lines": _lines(one.lines)}
