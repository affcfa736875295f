"""The operations of an OpenAPI document, of version 2 or 3: what a client sends, and which answers are promised."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from docpact.compare.reader import Reader
from docpact.pointers import ABSENT

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")
_JSON = "application/json"


class Parameter(NamedTuple):
    """One parameter of a request: its schema, whether it must be sent, and the page lines that name it."""

    schema: Any
    required: bool
    description: str = ""
    lines: Any = None


class Operation(NamedTuple):
    """One operation: `answers` and `request` are schemas by media type, None where nothing is said of a body.

    `auth` are the ways to prove who asks, each as `bearer` or `apiKey header X`; a way without a token is `none`.
    """

    method: str
    path: str
    server: str | None = None
    auth: tuple[str, ...] = ()
    parameters: Mapping[tuple[str, str], Parameter] = {}
    answers: Mapping[str, Mapping[str, Any]] = {}
    request: Mapping[str, Any] | None = None
    request_required: bool = False
    example: Any = None
    lines: Mapping[str, Any] = {}

    @property
    def name(self) -> str:
        """What the operation is called: `GET /task/{id}`."""
        return f"{self.method} {self.path}"

    @property
    def successes(self) -> list[str]:
        """The statuses of success."""
        return [status for status in self.answers if status.startswith("2")]


def operations(document: Mapping[str, Any]) -> tuple[Operation, ...]:
    """Read all operations of a document, in its order."""
    return tuple(_operations(document, Reader(document)))


def _operations(document: Mapping[str, Any], reader: Reader) -> Iterator[Operation]:
    for path, item in _table(document.get("paths")).items():
        held = _resolved(item, reader)
        for method in METHODS:
            said = held.get(method)
            if isinstance(said, dict):
                yield _operation(document, reader, method, str(path), held, said)


def _operation(
    document: Mapping[str, Any], reader: Reader, method: str, path: str, item: Mapping[str, Any], said: Mapping[str, Any]
) -> Operation:
    given = [_resolved(one, reader) for one in (*_list(item.get("parameters")), *_list(said.get("parameters")))]
    answers = {str(status): _resolved(one, reader) for status, one in _table(said.get("responses")).items()}
    produced = _list(said.get("produces", document.get("produces"))) or [_JSON]
    request, required = _request(document, reader, said, given)
    examples = (_example(one) for status, one in answers.items() if status.startswith("2"))
    return Operation(
        method=method.upper(),
        path=path,
        server=_server(document, item, said),
        auth=_auth(document, said),
        parameters={(one["in"], str(one.get("name"))): _parameter(one) for one in given if _is_parameter(one)},
        answers={status: _media(one, produced) for status, one in answers.items()},
        request=request,
        request_required=required,
        example=next((example for example in examples if example is not None), None),
        lines=_table(said.get("x-page-lines")),
    )


def _table(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _resolved(part: Any, reader: Reader) -> Mapping[str, Any]:
    for _ in range(8):
        if not isinstance(part, dict) or "$ref" not in part:
            break
        part = reader.target(part["$ref"])
    return _table(None if part is ABSENT else part)


def _is_parameter(one: Mapping[str, Any]) -> bool:
    place, name = one.get("in"), str(one.get("name", ""))
    # OpenAPI says that header parameters of these names are to be ignored: the security scheme and media types speak for them.
    ignored = place == "header" and name.casefold() in ("authorization", "accept", "content-type")
    return place in ("path", "query", "header", "cookie") and not ignored


_OF_A_PARAMETER = ("name", "in", "required", "description", "x-page-lines", "allowEmptyValue", "collectionFormat", "example")


def _parameter(one: Mapping[str, Any]) -> Parameter:
    schema = one.get("schema")
    if schema is None and isinstance(one.get("content"), dict):
        schema = next((media.get("schema") for media in one["content"].values() if isinstance(media, dict)), None)
    if schema is None:
        schema = {key: value for key, value in one.items() if key not in _OF_A_PARAMETER and key != "content"}
    required = one.get("required") is True or one.get("in") == "path"
    return Parameter(schema, required, str(one.get("description", "")), _table(one.get("x-page-lines")).get("member"))


def _media(answer: Mapping[str, Any], produced: list[Any]) -> Mapping[str, Any]:
    """Return the schemas of an answer by media type; version 2 has one schema, and the types beside it."""
    if isinstance(answer.get("content"), dict):
        return {str(name).partition(";")[0].strip(): _table(media).get("schema") for name, media in answer["content"].items()}
    return {str(name): answer["schema"] for name in produced} if "schema" in answer else {}


def _example(answer: Mapping[str, Any]) -> Any:
    for media in _table(answer.get("content")).values():
        if "example" in _table(media):
            return media["example"]
        for example in _table(_table(media).get("examples")).values():
            return _table(example).get("value")
    return next(iter(_table(answer.get("examples")).values()), None)


def _request(
    document: Mapping[str, Any], reader: Reader, said: Mapping[str, Any], given: list[Mapping[str, Any]]
) -> tuple[Mapping[str, Any] | None, bool]:
    if "requestBody" in said:
        body = _resolved(said["requestBody"], reader)
        return _media(body, []), body.get("required") is True
    for one in given:
        if one.get("in") == "body":
            consumed = _list(said.get("consumes", document.get("consumes"))) or [_JSON]
            return {str(name): one.get("schema", {}) for name in consumed}, one.get("required") is True
    return None, False


def _server(document: Mapping[str, Any], item: Mapping[str, Any], said: Mapping[str, Any]) -> str | None:
    for place in (said, item, document):
        for server in _list(place.get("servers")):
            if isinstance(server, dict) and isinstance(server.get("url"), str):
                return str(server["url"]).rstrip("/") or None
    if "host" in document or "basePath" in document:
        return (str(document.get("host", "")) + str(document.get("basePath", ""))).rstrip("/") or None
    return None


def _auth(document: Mapping[str, Any], said: Mapping[str, Any]) -> tuple[str, ...]:
    components = _table(document.get("components"))
    schemes = {**_table(document.get("securityDefinitions")), **_table(components.get("securitySchemes"))}
    ways = []
    for way in _list(said.get("security", document.get("security"))):
        names = sorted(_scheme(name, _table(schemes.get(name))) for name in _table(way))
        ways.append(" and ".join(names) or "none")
    return tuple(sorted(dict.fromkeys(ways)))


def _scheme(name: str, scheme: Mapping[str, Any]) -> str:
    kind = scheme.get("type")
    if kind == "http":
        return str(scheme.get("scheme", "http")).lower()
    if kind == "apiKey":
        where, key = str(scheme.get("in", "header")), str(scheme.get("name", name))
        # A key that is called Authorization is how version 2 spells a bearer token.
        return "bearer" if (where, key.casefold()) == ("header", "authorization") else f"apiKey {where} {key}"
    return str(kind or name)
