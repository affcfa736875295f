"""Examples drawn by `@given`, whatever made the strategy: `python drawers.py NAME COUNT FILE` writes COUNT of them, one a line.

The imports are inside, so that each drawer pays for its own packages only.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    from hypothesis.strategies import SearchStrategy

SCHEMA = Path(__file__).parent.parent / "schemas" / "task-fetch.schema.json"


def schema() -> dict[str, Any]:
    """Read the schema of the page."""
    read: dict[str, Any] = json.loads(SCHEMA.read_bytes())
    return read


def docpact_coherent() -> SearchStrategy[Any]:
    """Take docpact's payloads, as they are by default: valid and coherent."""
    from docpact.strategies import payloads

    return payloads()


def docpact_any() -> SearchStrategy[Any]:
    """Take docpact's payloads of all that the page allows."""
    from docpact.strategies import payloads

    return payloads(coherent=False)


def schemathesis_builder() -> SearchStrategy[Any]:
    """Build as Schemathesis builds for itself; it has no public way to a strategy for a schema."""
    import jsonschema_rs
    from schemathesis.generation.jsonschema.builder import build

    built: SearchStrategy[Any] = build(schema(), draft=jsonschema_rs.Draft202012, formats={})
    return built


def hypothesis_jsonschema() -> SearchStrategy[Any]:
    """Build with hypothesis-jsonschema."""
    from hypothesis_jsonschema import from_schema

    built: SearchStrategy[Any] = from_schema(schema())
    return built


def from_type() -> SearchStrategy[Any]:
    """Let Hypothesis read a typed model of the page."""
    from dataclasses import asdict

    from hypothesis import strategies
    from makers import Task

    return strategies.from_type(Task).map(asdict)


DRAWERS: dict[str, Callable[[], SearchStrategy[Any]]] = {
    "docpact": docpact_coherent,
    "docpact-any": docpact_any,
    "schemathesis": schemathesis_builder,
    "hypothesis-jsonschema": hypothesis_jsonschema,
    "hypothesis": from_type,
}


def drawn(strategy: SearchStrategy[Any], count: int) -> list[str]:
    """Draw as many examples as a test with so many would see, each as a line of JSON."""
    from hypothesis import HealthCheck, Phase, given, settings

    lines: list[str] = []

    # The peers trip over health checks, and nothing fails here: it is drawing alone that is measured.
    @settings(
        max_examples=count,
        database=None,
        deadline=None,
        derandomize=True,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(strategy)
    def see(example: Any) -> None:
        lines.append(json.dumps(example) + "\n")

    see()
    return lines


def main(name: str, count: str, path: str) -> None:
    """Write as many examples as were asked for."""
    with open(path, "w", encoding="utf-8") as file:
        file.writelines(drawn(DRAWERS[name](), int(count)))


if __name__ == "__main__":
    main(*sys.argv[1:])
