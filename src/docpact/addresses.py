"""Which URLs ask for the documented operation, and for which id; and what that operation is."""

from __future__ import annotations

import re
from fnmatch import translate
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping


class Operation(NamedTuple):
    """The documented operation: its method, the template of its path, and whether it asks for a token."""

    method: str
    path: str
    secured: bool


def operation(openapi: Mapping[str, Any]) -> Operation | None:
    """Return the first operation that an OpenAPI document describes, or None where it describes none."""
    for path, methods in openapi.get("paths", {}).items():
        for method, said in methods.items():
            if isinstance(said, dict) and "responses" in said:
                return Operation(method.upper(), path, bool(said.get("security", openapi.get("security"))))
    return None


def operations(openapi: Mapping[str, Any]) -> tuple[re.Pattern[str], ...]:
    """Return what the path of a URL is like where it asks for a documented operation, behind whatever prefix."""
    found = []
    for path, methods in openapi.get("paths", {}).items():
        if any(isinstance(said, dict) and "responses" in said for said in methods.values()):
            parts = re.split(r"\{(\w+)\}", path.strip("/"))
            pattern = "".join(re.escape(part) if i % 2 == 0 else f"(?P<{part}>[^/]+)" for i, part in enumerate(parts))
            found.append(re.compile(f"(?:.*/)?{pattern}/?"))
    return tuple(found)


def chosen(pattern: str) -> re.Pattern[str]:
    """Read a pattern of the user's: `re:` and a regular expression, or text in which `*` is anything and `{id}` the id.

    Raises `ValueError` for a regular expression that is none.
    """
    if pattern.startswith("re:"):
        try:
            return re.compile(f"(?s:.*?(?:{pattern[3:]}).*)")
        except re.error as error:
            raise ValueError(f"{pattern[3:]!r} is no regular expression: {error}") from error
    parts = re.split(r"\{(\w+)\}", pattern)
    whole = "".join(_glob(part) if i % 2 == 0 else f"(?P<{part}>[^/?]+)" for i, part in enumerate(parts))
    return re.compile(f"(?s:(?:.*/)?{whole}(?:\\?.*)?)")


def _glob(text: str) -> str:
    return translate(text).removeprefix("(?s:").removesuffix(r")\Z").removesuffix(r")\z")
