"""The form in which Mintlify writes an operation below its pages: OpenAPI taken apart, put together again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from docpact.derive.openapi.tree import Node, as_text, walk

if TYPE_CHECKING:
    from collections.abc import Iterator

_PLACES = ("path", "query", "header", "cookie")
_NO_ANSWER = ("description", "headers", "_mintlify")


def is_taken_apart(root: Node) -> bool:
    """Tell whether a document has one operation where OpenAPI has a table of paths."""
    paths = root.table("paths")
    return "path" in paths and "method" in paths and paths["path"].kind == "value"


def put_together(root: Node) -> Node:
    """Return such a document as OpenAPI would have it, with the lines where it stands."""
    page = root.members["paths"]
    request = page.get("request") or page
    schemes: dict[str, Node] = {}
    operation = {
        "responses": _table(page.line("response"), {code: _answer(one) for code, one in page.table("response").items()}),
        "parameters": Node("list", request.line("parameters"), items=tuple(_parameters(request))),
        "security": Node("list", request.line("security"), items=tuple(_security(request, schemes))),
    }
    if page.get("servers") is not None:
        operation["servers"] = page.members["servers"]
    method = page.text("method").lower()
    keys = {method: page.line("method")[0]}
    place = Node("table", page.lines, members={method: _table(page.lines, operation)}, keys=keys)
    path = page.text("path")
    paths = Node("table", page.lines, members={path: place}, keys={path: page.line("path")[0]})
    components = {
        **(root.get("components") or _table(root.lines, {})).members,
        "securitySchemes": _table(request.lines, schemes),
    }
    return _table(root.lines, {**root.members, "paths": paths, "components": _table(root.lines, components)})


def _table(lines: tuple[int, int], members: dict[str, Node]) -> Node:
    return Node("table", lines, members=members, keys={name: one.lines[0] for name, one in members.items()})


def _answer(answer: Node) -> Node:
    """Return an answer; in this form its media types stand beside its description."""
    medias = {name: _media(one) for name, one in answer.members.items() if name not in _NO_ANSWER and one.members}
    said = [one.members["description"] for one in answer.members.values() if one.get("description") is not None]
    members = {"content": _table(answer.lines, medias)}
    if said:
        members["description"] = said[0]
    return _table(answer.lines, members)


def _media(media: Node) -> Node:
    members: dict[str, Node] = {}
    schemas = media.list("schemaArray")
    if len(schemas) == 1:
        members["schema"] = schemas[0]
    elif schemas:
        members["schema"] = _table(media.line("schemaArray"), {"anyOf": media.members["schemaArray"]})
    examples = media.get("examples")
    # Where the page has no example of its own, this form has one of marks: `<string>`, 123.
    if examples is not None and not any(one.value == "<string>" for one in walk(examples)):
        members["examples"] = examples
    return _table(media.lines, members)


def _parameters(request: Node) -> Iterator[Node]:
    places = request.get("parameters")
    for place in _PLACES if places is not None else ():
        for name, one in (places.table(place) if places is not None else {}).items():
            schema = next(iter(one.list("schema")), None)
            if schema is None:
                continue
            members = {
                "name": Node("value", one.lines, value=name),
                "in": Node("value", one.lines, value=place),
                "schema": schema,
                **{key: schema.members[key] for key in ("description", "required") if key in schema.members},
            }
            yield _table(one.lines, members)


def _security(request: Node, schemes: dict[str, Node]) -> Iterator[Node]:
    """Yield what a request asks for, and collect the schemes that it names."""
    for one in request.list("security"):
        title = one.text("title")
        for name, scheme in (one.get("parameters") or one).table("header").items():
            kind = scheme.text("type")
            members = {**scheme.members, "in": Node("value", scheme.lines, value="header")}
            members["name"] = Node("value", scheme.lines, value=name)
            members.setdefault("type", Node("value", scheme.lines, value=as_text(kind or "apiKey")))
            schemes[title] = _table(scheme.lines, members)
        if title:
            yield _table(one.lines, {title: Node("list", one.lines)})
