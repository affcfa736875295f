"""docpact turns a documented API response into a contract, and holds payloads to it.

>>> import docpact
>>> contract = docpact.load("task-fetch")
>>> contract.is_valid({"buttons": []})
True
"""

# Not from `typing`: importing that takes longer than everything else that `import docpact` does.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from docpact import strategies as strategies
    from docpact.api import Contract, load
    from docpact.assertions import assert_conforms, assert_story
    from docpact.checking import check, schemathesis_check
    from docpact.diffing import diff
    from docpact.errors import DocpactError
    from docpact.finding import Clause, Finding, Layer, Place, Severity

__version__ = "0.1.0"

__all__ = [
    "Clause",
    "Contract",
    "DocpactError",
    "Finding",
    "Layer",
    "Place",
    "Severity",
    "__version__",
    "assert_conforms",
    "assert_story",
    "check",
    "diff",
    "load",
    "schemathesis_check",
    "strategies",
]

_HOMES = {
    "Clause": "docpact.finding",
    "Contract": "docpact.api",
    "DocpactError": "docpact.errors",
    "Finding": "docpact.finding",
    "Layer": "docpact.finding",
    "Place": "docpact.finding",
    "Severity": "docpact.finding",
    "assert_conforms": "docpact.assertions",
    "assert_story": "docpact.assertions",
    "check": "docpact.checking",
    "diff": "docpact.diffing",
    "load": "docpact.api",
    "schemathesis_check": "docpact.checking",
    "strategies": "docpact.strategies",
}
_MODULES = ("strategies",)


def __getattr__(name: str) -> object:
    # Nothing is imported until it is asked for: `import docpact` costs next to nothing.
    if name not in _HOMES:
        raise AttributeError(f"module 'docpact' has no attribute {name!r}")
    from importlib import import_module

    module = import_module(_HOMES[name])
    value: object = module if name in _MODULES else getattr(module, name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
