"""The pytest plugin: contracts in assertions, seeded payloads, faults as parameters, and captures as test items.

Loaded by every run of pytest where docpact is installed, so that nothing is imported before a test asks for it.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from docpact.api import Contract
    from docpact.generate.fault import Fault
    from docpact.mock import Row
    from docpact.pytest_plugin.payloads import Payloads
    from docpact.pytest_plugin.relay import MockRelay
    from docpact.pytest_plugin.seen_by import SeenBy

_OPTIONS = {
    "contract": ("task-fetch", "the contract: a name, or the folder that docpact derive has made"),
    "profile": ("documented", "the family of servers whose habits are allowed"),
    "seed": ("0", "what payloads are drawn from"),
}
_MARKER = (
    "docpact(contract=NAME, profile=NAME, seed=SEED, rules=[RULE, ...], each=False, status=STATUS, action=ACTION, "
    "faults=[FAULT, ...], pace=SECONDS, token=TOKEN, cassette=NAME, keep_violations=False): for this test another contract, "
    "profile or seed; which rules docpact_faults and docpact_broken_relay break, whether at each place instead of one, and in "
    "which tasks; what docpact_relay breaks, after how many seconds of its clock a task goes on, and which token it asks for; "
    "the cassette that docpact_cassette plays or records, and whether a recording that breaks the contract is kept"
)
_PASSED = pytest.StashKey[bool]()
_KNOWN = frozenset({*_OPTIONS, "rules", "each", "status", "action", "faults", "pace", "token", "cassette", "keep_violations"})


def pytest_addoption(parser: pytest.Parser) -> None:
    """Declare options and settings, all of them prefixed."""
    group = parser.getgroup("docpact", "docpact: contracts of documented APIs")
    for name, (default, says) in _OPTIONS.items():
        group.addoption(f"--docpact-{name}", dest=f"docpact_{name}", metavar=name.upper(), help=says)
        parser.addini(f"docpact_{name}", f"{says} (default: {default})", default=default)
    group.addoption(
        "--docpact-record",
        dest="docpact_record",
        choices=("none", "once", "new_episodes", "all"),
        default="none",
        help="record the cassettes of docpact_cassette over the network; none (the default) plays them, and blocks it",
    )
    parser.addini("docpact_cassettes", "the folder of cassettes beside a test module (default: cassettes)", default="cassettes")
    group.addoption(
        "--docpact-captures",
        dest="docpact_captures",
        action="append",
        default=[],
        metavar="PATH",
        help="judge a capture, or each of a folder, as a test of its own; may be given several times",
    )
    group.addoption(
        "--docpact-stories",
        dest="docpact_stories",
        action="store_true",
        help="judge what a capture holds of one task as its polls, in their order",
    )
    group.addoption(
        "--docpact-seen",
        dest="docpact_seen",
        metavar="FILE",
        help="write the payloads that tests were given to this file, as lines, for docpact coverage --stories",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Declare the marker, and collect the captures that were asked for."""
    config.addinivalue_line("markers", _MARKER)
    if config.option.docpact_captures:
        from docpact.pytest_plugin import captures

        config.pluginmanager.register(captures.Captures(config), "docpact-captures")
    if config.option.docpact_seen:
        from docpact.pytest_plugin import seen_by

        config.option.docpact_seen = str(seen_by.begin(config, config.option.docpact_seen))


def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> None:
    """Remember whether a test came to its end: who interrupts one leaves no such word."""
    if call.when == "call":
        item.stash[_PASSED] = call.excinfo is None


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
    """Run a test that asks for `docpact_faults`, or for `docpact_broken_relay`, once for each fault."""
    wanted = {"docpact_faults", "docpact_broken_relay"}.intersection(metafunc.fixturenames)
    if not wanted:
        return
    from docpact.pytest_plugin import faults

    asked = _asked(metafunc.config, metafunc.definition)
    with _told():
        if "docpact_faults" in wanted:
            faults.parametrize(metafunc, asked)
        if "docpact_broken_relay" in wanted:
            faults.parametrize_relay(metafunc, asked)


@pytest.fixture
def docpact_contract(request: pytest.FixtureRequest) -> Contract:
    """Return the contract of the run, or of the marker of this test, held to its profile."""
    from docpact.pytest_plugin.held import held

    asked = _asked(request.config, request.node)
    with _told():
        return held(asked["contract"], asked["profile"])


@pytest.fixture
def docpact_payloads(request: pytest.FixtureRequest) -> Payloads:
    """Return a factory of payloads: `docpact_payloads(status="SUCCESS")`; `.story()` gives the polls of a task."""
    from docpact.pytest_plugin.payloads import Payloads

    asked = _asked(request.config, request.node)
    with _told():
        return Payloads(asked["contract"], asked["profile"], asked["seed"], _seen_by(request.config, asked))


@pytest.fixture
def docpact_faults(request: pytest.FixtureRequest) -> Fault:
    """Return what breaks one rule, and no other, in `.payload`, `.polls` or `.text`; the test is run once for each rule."""
    fault: Fault = request.param
    return fault


@pytest.fixture
def docpact_relay(request: pytest.FixtureRequest) -> Iterator[MockRelay]:
    """Yield a mock relay: `.transport` for httpx, `.listen()` for a port; with a clock that the test turns, and faults."""
    yield from _relay(request, None)


@pytest.fixture
def docpact_broken_relay(request: pytest.FixtureRequest) -> Iterator[MockRelay]:
    """Yield a mock relay that breaks one rule, told by its `.fault`; the test is run once for each rule that it can break."""
    yield from _relay(request, request.param)


def _relay(request: pytest.FixtureRequest, fault: Row | None) -> Iterator[MockRelay]:
    from docpact.pytest_plugin.relay import made

    with _told():
        asked = _asked(request.config, request.node)
        relay = made(asked, fault)
        relay.seen_by = _seen_by(request.config, asked)
    try:
        yield relay
    finally:
        relay.close()


@pytest.fixture
def docpact_cassette(request: pytest.FixtureRequest) -> Iterator[Any]:
    """Yield a cassette of vcrpy: what a client asks is answered by a recording, and the network is not there.

    It lies at `cassettes/MODULE/TEST.json` beside the module of the test; `--docpact-record once` records it.
    """
    with _told():
        from docpact.pytest_plugin import cassette

        asked = _asked(request.config, request.node)
        path = cassette.path_of(request.node, request.config.getini("docpact_cassettes"), asked.get("cassette"))
        failed = request.session.testsfailed
        with cassette.opened(path, request.config.option.docpact_record, asked) as played:
            yield played
            # What a test has recorded that did not come to its end, or failed, is not worth keeping.
            played.dirty &= request.node.stash.get(_PASSED, False) and request.session.testsfailed == failed


def _seen_by(config: pytest.Config, asked: dict[str, Any]) -> SeenBy | None:
    """Return what notes the payloads that a test is given, where the run is to keep them."""
    if not config.option.docpact_seen:
        return None
    from pathlib import Path

    from docpact.api import load
    from docpact.pytest_plugin.seen_by import SeenBy

    return SeenBy(Path(config.option.docpact_seen), load(asked["contract"]))


@contextmanager
def _told() -> Iterator[None]:
    """Let a wrong call fail as one, without a traceback of ours."""
    from docpact.errors import DocpactError

    try:
        yield
    except DocpactError as error:
        raise pytest.fail.Exception(str(error), pytrace=False) from None


def _asked(config: pytest.Config, node: pytest.Item | pytest.Collector) -> dict[str, Any]:
    """Settle contract, profile, seed and the rest: the marker of the test, then the command line, then the settings file."""
    asked: dict[str, Any] = {}
    for name in _OPTIONS:
        given = getattr(config.option, f"docpact_{name}")
        asked[name] = config.getini(f"docpact_{name}") if given is None else given
    for marker in reversed(list(node.iter_markers("docpact"))):
        unknown = sorted(marker.kwargs.keys() - _KNOWN)
        if unknown or marker.args:
            what = unknown[0] if unknown else repr(marker.args[0])
            takes = ", ".join(sorted(_KNOWN))
            pytest.fail(f"{node.nodeid}: the marker docpact does not take {what}; it takes {takes}", pytrace=False)
        asked |= marker.kwargs
    return asked
