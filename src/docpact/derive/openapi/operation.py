"""What OpenAPI says of the request: its address, its parameters, who may send it, and the statuses that it may get."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from docpact.derive.claims import Operation, Parameter
from docpact.derive.openapi.members import Members
from docpact.derive.openapi.shape import Member
from docpact.derive.openapi.tree import Node, as_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from docpact.derive.claims import Lines
    from docpact.derive.openapi.refs import References
    from docpact.derive.openapi.shape import Shapes

METHODS = ("get", "post", "put", "patch", "delete", "head", "options", "trace")
_PLACES = ("path", "query", "header", "cookie")
_BEARER = re.compile(r"(?i)\s*bearer\b")
_SECRET = re.compile(r"(?i)authorization|secret|api-?key|token")
_STATUS = re.compile(r"[1-5](?:\d\d|XX)", re.IGNORECASE)
_LONGEST_LABEL = 200


class Requests:
    """The requests of one document."""

    def __init__(self, root: Node, references: References, shapes: Shapes) -> None:
        self._root, self._references, self._shapes = root, references, shapes

    def operation(self, path: str, place: Node, method: str) -> Operation:
        """Return the operation of a path and method; `place` is what the document has for the path."""
        node = place.members[method]
        parameters = tuple(self._parameters(place, node))
        auth, auth_line = self._auth(node, parameters)
        lines: dict[str, Lines] = {"method": _line(place, method), "path": self._path_line(path)}
        title = node.text("summary") or node.text("operationId")
        if title:
            lines["title"] = node.line("summary" if node.text("summary") else "operationId")
        if auth_line is not None:
            lines["auth"] = auth_line
        server, base = self._server(place, node)
        return Operation(
            method=method.upper(), path=f"{base}{path}", server=server, auth=auth, title=title, parameters=parameters,
            statuses=tuple(self._statuses(node)), lines=lines,
        )  # fmt: skip

    def _path_line(self, path: str) -> Lines:
        keys = self._root.members["paths"].keys
        return keys[path], keys[path]

    def _server(self, place: Node, node: Node) -> tuple[str | None, str]:
        """Return the address before the path, and what Swagger 2 sets before every path of a document."""
        if self._root.text("swagger"):
            base = self._root.text("basePath").rstrip("/")
            host = self._root.text("host")
            schemes = [as_text(one.value) for one in self._root.list("schemes")]
            scheme = "https" if "https" in schemes or not schemes else schemes[0]
            return (f"{scheme}://{host}" if host else None), base if base.startswith("/") else ""
        for holder in (node, place, self._root):
            for one in holder.list("servers"):
                url = one.text("url")
                for name, variable in one.table("variables").items():
                    url = url.replace(f"{{{name}}}", variable.text("default"))
                if url.startswith(("http://", "https://")):
                    return url.rstrip("/"), ""
        return None, ""

    def _statuses(self, node: Node) -> Iterator[tuple[str, str]]:
        for code, answer in node.table("responses").items():
            found, _ = self._references.follow(answer)
            if found is not None and _STATUS.fullmatch(code):
                label = found.text("description") or found.text("x-apifox-name") or found.text("summary")
                yield code, label.strip().split("\n")[0][:_LONGEST_LABEL]

    def _parameters(self, place: Node, node: Node) -> Iterator[Parameter]:
        found: dict[tuple[str, str], Parameter] = {}
        for one in (*place.list("parameters"), *node.list("parameters")):
            there, passed = self._references.follow(one)
            if there is not None and there.text("in") in _PLACES and there.text("name"):
                parameter = self._parameter(there, passed)
                found[parameter.place, parameter.name] = parameter
        yield from found.values()

    def _parameter(self, node: Node, trail: tuple[str, ...]) -> Parameter:
        holder = node.get("schema") or next((one.get("schema") for one in node.table("content").values()), None) or node
        shape = self._shapes.of(Member(holder, holder.lines[0], trail))
        example = node.text("example") or node.text("x-example") or shape.default or ""
        several = [one.text("value") for one in node.table("examples").values()]
        if not example and shape.example is not None and shape.example.kind == "value":
            example = as_text(shape.example.value)
        example = example or next((one for one in several if one), "")
        lines: dict[str, Lines] = {"member": node.lines, "type": holder.lines}
        if node.get("required") is not None:
            lines["required"] = node.line("required")
        if node.text("description"):
            lines["description"] = node.line("description")
        return Parameter(
            node.text("name"), node.text("in"), Members(self._shapes, self._references).claim(shape),
            required=node.text("in") == "path" or bool(node.truth("required")),
            description=node.text("description").strip(), example=example or None, lines=lines,
        )  # fmt: skip

    def _auth(self, node: Node, parameters: tuple[Parameter, ...]) -> tuple[str | None, Lines | None]:
        """Return how a request shows who sends it, and where the page says so; a scheme before a header parameter."""
        schemes = {
            **self._root.table("securityDefinitions"),
            **(self._root.get("components") or self._root).table("securitySchemes"),
        }
        asked = node.get("security") or self._root.get("security")
        for one in asked.items if asked is not None else ():
            for name in one.members:
                found = _scheme(schemes, name, self._references)
                if found is not None:
                    return found, one.lines
        for parameter in parameters:
            if parameter.place == "header" and _SECRET.search(parameter.name):
                bearer = parameter.name.casefold() == "authorization" and _says_bearer(parameter)
                return "bearer" if bearer else f"header:{parameter.name}", parameter.lines["member"]
        return None, None


def _says_bearer(parameter: Parameter) -> bool:
    return bool(_BEARER.match(parameter.example or "") or re.search(r"(?i)\bbearer\b", parameter.description))


def _scheme(schemes: Mapping[str, Node], name: str, references: References) -> str | None:
    node = references.follow(schemes[name])[0] if name in schemes else None
    if node is None:
        return None
    kind, scheme, header = node.text("type").casefold(), node.text("scheme").casefold(), node.text("name")
    # Apifox writes `type: bearer`, which OpenAPI does not have.
    if "bearer" in (kind, scheme) or kind in ("oauth2", "openidconnect"):
        return "bearer"
    if kind == "apikey" and node.text("in") == "header" and header:
        bearer = header.casefold() == "authorization" and re.search(r"(?i)\bbearer\b", node.text("description"))
        return "bearer" if bearer else f"header:{header}"
    return "header:Authorization" if kind in ("http", "basic") else None


def _line(node: Node, key: str) -> Lines:
    return node.keys[key], node.keys[key]
