"""An OpenAPI document inside an HTML page: what the scripts of the page would have shown."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from docpact.derive import request

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from docpact.derive.claims import Json
    from docpact.derive.html.markup import Element

_BEGINS = re.compile(r"\{\s*\"(?:openapi|swagger)\"\s*:\s*\"[23]\.")
_METHODS = {"get", "put", "post", "delete", "options", "head", "patch", "trace"}
_MOST_VALUES = 200_000
_MOST_TRIES = 20


def document(page: Element, lines: Sequence[str]) -> str | None:
    """Return the OpenAPI document that a page carries, cut to the operations that the page shows; None without one."""
    for script in (one for one in page.walk() if one.tag == "script"):
        text = script.words()
        if "openapi" in text or "swagger" in text:
            for found in _documents(text):
                return json.dumps(_cut(found, lines), indent=2, ensure_ascii=False) + "\n"
    return None


def _documents(text: str) -> Iterator[dict[str, Json]]:
    decoder = json.JSONDecoder()
    for tried, match in enumerate(_BEGINS.finditer(text)):
        if tried >= _MOST_TRIES:
            return
        value = _decoded(decoder, text, match.start())
        if _is_document(value):
            yield value  # type: ignore[misc]  # just told to be one
    stripped = text.lstrip()
    value = _decoded(decoder, stripped, 0) if stripped[:1] in ("{", "[") else None
    waiting: list[Json] = [value]
    for _ in range(_MOST_VALUES):
        if not waiting:
            return
        one = waiting.pop()
        if isinstance(one, dict):
            if _is_document(one):
                yield one
            waiting += one.values()
        elif isinstance(one, list):
            waiting += one
        elif isinstance(one, str) and _BEGINS.match(one.lstrip()):
            waiting.append(_decoded(decoder, one.lstrip(), 0))


def _decoded(decoder: json.JSONDecoder, text: str, at: int) -> Json:
    try:
        value: Json = decoder.raw_decode(text, at)[0]
    except (ValueError, RecursionError):
        return None
    return value


def _is_document(value: Json) -> bool:
    return isinstance(value, dict) and isinstance(value.get("paths"), dict) and ("openapi" in value or "swagger" in value)


def _cut(value: dict[str, Json], lines: Sequence[str]) -> dict[str, Json]:
    """Leave the operations away that the page does not show, where it shows some of them."""
    paths = value["paths"]
    shown = {(one.method.lower(), request.template(one.path)[0]) for one in request.find_requests(lines)}
    if not isinstance(paths, dict) or not shown:
        return value
    kept: dict[str, Json] = {}
    for path, item in paths.items():
        wanted = {method for method, said in shown if _ends_alike(said, path)}
        if isinstance(item, dict) and wanted & item.keys():
            kept[path] = {key: one for key, one in item.items() if key not in _METHODS or key in wanted}
    return {**value, "paths": kept} if kept else value


def _ends_alike(said: str, path: str) -> bool:
    """Tell whether a path of the page is one of the document, whose servers may have the beginning of it."""
    one, other = (re.sub(r"\{[^{}]*\}", "{}", each).rstrip("/") for each in (said, path))
    return one == other or (len(other) > 1 and one.endswith(other))
