"""Hypothesis strategies of a contract: `payloads`, `stories` and `faults`, and the types `Payload` and `Story` for annotations.

Raises `MissingExtraError` for each of them where Hypothesis is not installed.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from docpact.generate.strategies import Payload, Story, faults, payloads, stories

__all__ = ["Payload", "Story", "faults", "payloads", "stories"]


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    try:
        from docpact.generate import strategies
    except ModuleNotFoundError as error:
        if error.name != "hypothesis":
            raise
        from docpact.errors import MissingExtraError

        raise MissingExtraError("generate", "hypothesis") from None
    value = globals()[name] = getattr(strategies, name)
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
