"""Paths: where a contract says that a task is fetched, read from the target of a request, and written for an id."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import quote, unquote

from docpact.addresses import operation

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from docpact.contract import Contract

ANY_MODE = "*"


class Route(NamedTuple):
    """The documented method and path: the parts of its template, and which of them is the id (None: there is no parameter)."""

    method: str
    parts: tuple[str, ...]
    spot: int | None
    secured: bool

    def path(self, task: str) -> str:
        """Return the path of a task."""
        parts = [quote(task, safe="") if n == self.spot else part for n, part in enumerate(self.parts)]
        return "/".join(("", *parts))

    @property
    def before(self) -> str:
        """The path up to the id."""
        return "/".join(("", *self.parts[: self.spot], "")) if self.spot else "/"

    def leads_to(self, path: str) -> bool:
        """Tell whether a path begins as this route does, up to the id."""
        return bool(self.spot) and path.startswith(self.before)

    def asked(self, path: str, modes: Collection[str] = ()) -> str | None:
        """Return the id that a path asks for, or None where it is no path of this route.

        `modes` are words that may stand before it (`*`: any one word).
        """
        parts: Sequence[str] = path.split("/")[1:]
        if len(parts) == len(self.parts) + 1 and (parts[0] in modes or (ANY_MODE in modes and parts[0])):
            parts = parts[1:]
        if len(parts) != len(self.parts):
            return None
        if any(said != part for n, (said, part) in enumerate(zip(parts, self.parts, strict=True)) if not _is_name(part)):
            return None
        return "" if self.spot is None else unquote(parts[self.spot])


def route(contract: Contract) -> Route:
    """Read the documented operation of a contract; one without an operation is fetched at `/`."""
    found = operation(contract.openapi)
    if found is None:
        return Route("GET", ("",), None, secured=False)
    parts = tuple(found.path.split("/")[1:])
    names = [n for n, part in enumerate(parts) if _is_name(part)]
    # The parameter that is called as the member is; or else the last one.
    called = "{" + contract.roles.get("id", "/id")[1:] + "}"
    spot = next((n for n in names if parts[n] == called), names[-1] if names else None)
    return Route(found.method, parts, spot, found.secured)


def _is_name(part: str) -> bool:
    return part.startswith("{") and part.endswith("}")


def path_of(target: str) -> str:
    """Return the path of the target of a request, without its query; an absolute one loses its host."""
    path = target.partition("?")[0].partition("#")[0]
    if path.startswith("/"):
        return path
    _, mark, rest = path.partition("://")
    return f"/{rest.partition('/')[2]}" if mark else path
