"""The pytest plugin: contracts in assertions, seeded payloads, faults as parameters, and captures as test items.

Loaded by every run of pytest where docpact is installed, so that nothing is imported before a test asks for it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from docpact.api import Contract
    from docpact.pytest_plugin.payloads import Payloads

_OPTIONS = {
    "contract": ("task-fetch", "the contract: a name, or the folder that docpact derive has made"),
    "profile": ("documented", "the family of servers whose habits are allowed"),
    "seed": ("0", "what payloads are drawn from"),
}
_MARKER = (
    "docpact(contract=NAME, profile=NAME, seed=SEED, rules=[RULE, ...], each=False): for this test another contract, profile "
    "or seed; which rules docpact_faults breaks, and whether at each place instead of one"
)


def pytest_addoption(parser: pytest.Parser) -> None:
    """Declare options and settings, all of them prefixed."""
    group = parser.getgroup("docpact", "docpact: contracts of documented APIs")
    for name, (default, says) in _OPTIONS.items():
        group.addoption(f"--docpact-{name}", dest=f"docpact_{name}", metavar=name.upper(), help=says)
        parser.addini(f"docpact_{name}", f"{says} (default: {default})", default=default)
    group.addoption(
        "--docpact-captures",
        dest="docpact_captures",
        action="append",
        default=[],
        metavar="PATH",
        help="judge a capture, or each of a folder, as a test of its own; may be given several times",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Declare the marker, and collect the captures that were asked for."""
    config.addinivalue_line("markers", _MARKER)
    if config.option.docpact_captures:
        from docpact.pytest_plugin import captures

        config.pluginmanager.register(captures.Captures(config), "docpact-captures")


def pytest_assertrepr_compare(config: pytest.Config, op: str, left: object, right: object) -> list[str] | None:
    """Explain `payload == contract` by what was found in the payload."""
    del config
    # What was compared with a contract has loaded this module; nothing else is worth loading it.
    import sys

    api = sys.modules.get("docpact.api")
    if op != "==" or api is None:
        return None
    from docpact.pytest_plugin import comparing

    return comparing.explained(left, right)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run a test that asks for `docpact_faults` once for each fault."""
    if "docpact_faults" in metafunc.fixturenames:
        from docpact.pytest_plugin import faults

        faults.parametrize(metafunc, _asked(metafunc.config, metafunc.definition))


@pytest.fixture
def docpact_contract(request: pytest.FixtureRequest) -> Contract:
    """Return the contract of the run, or of the marker of this test."""
    from docpact.api import load

    return load(_asked(request.config, request.node)["contract"])


@pytest.fixture
def docpact_payloads(request: pytest.FixtureRequest) -> Payloads:
    """Return a factory of payloads: `docpact_payloads(status="SUCCESS")`; `.story()` gives the polls of a task."""
    from docpact.pytest_plugin.payloads import Payloads

    asked = _asked(request.config, request.node)
    return Payloads(asked["contract"], asked["profile"], asked["seed"])


def _asked(config: pytest.Config, node: pytest.Item | pytest.Collector) -> dict[str, Any]:
    """Settle contract, profile, seed and the rest: the marker of the test, then the command line, then the settings file."""
    asked: dict[str, Any] = {}
    for name in _OPTIONS:
        given = getattr(config.option, f"docpact_{name}")
        asked[name] = config.getini(f"docpact_{name}") if given is None else given
    for marker in reversed(list(node.iter_markers("docpact"))):
        asked |= marker.kwargs
    return asked
