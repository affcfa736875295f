"""The plugin beside others, and under other ways to run pytest: each in one run of a project that uses all that it has."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from importlib.util import find_spec
from typing import TYPE_CHECKING

import pytest
from plugged import PLUGIN, ran

if TYPE_CHECKING:
    from pathlib import Path

pytest.importorskip("vcr")

USES = """
    import httpx, pytest

    class TestAll:
        def test_assertion(self, docpact_payloads, docpact_contract):
            assert [docpact_payloads(), docpact_payloads(action="UPSCALE")] == [docpact_contract] * 2

        @pytest.mark.docpact(rules=["documented-null", "status-back", "json-syntax"])
        def test_fault(self, docpact_faults):
            assert docpact_faults.rule in {"documented-null", "status-back", "json-syntax"}

        @pytest.mark.docpact(rules=["http-cut", "http-late"])
        def test_broken_relay(self, docpact_broken_relay):
            relay = docpact_broken_relay
            with httpx.Client(transport=relay.transport, base_url=relay.url, headers=relay.headers) as http:
                with pytest.raises(httpx.HTTPError):
                    http.get(relay.task("SUCCESS").path)

        def test_relay(self, docpact_relay):
            url = docpact_relay.listen()
            assert httpx.get(url + docpact_relay.task().path, headers=docpact_relay.headers).json()["status"] == "NOT_START"

        @pytest.mark.docpact(cassette="imagine")
        def test_cassette(self, docpact_cassette):
            url = "http://127.0.0.1:8080/mj/task/1757419223881804/fetch"
            assert httpx.get(url).json()["status"] == "NOT_START"
            assert docpact_cassette.play_count == 1
    """
PASS = 8
ASYNCHRONOUS = """
    import httpx

    async def test_asynchronous(docpact_relay):
        async with httpx.AsyncClient(transport=docpact_relay.transport, base_url=docpact_relay.url) as http:
            assert (await http.get(docpact_relay.task().path)).status_code == 401
    """
LOOPS = "asyncio_mode=auto\nasyncio_default_fixture_loop_scope=function\n"
RECORDED = """
    import httpx, pytest

    @pytest.mark.vcr
    def test_theirs():
        assert httpx.get("http://relay.example/").json() == {"of": "another endpoint"}

    @pytest.mark.block_network
    def test_in_process(docpact_relay):
        with httpx.Client(transport=docpact_relay.transport, base_url=docpact_relay.url) as http:
            assert http.get(docpact_relay.task().path).status_code == 401
    """
THEIRS = """
interactions:
- request: {body: '', headers: {}, method: GET, uri: 'http://relay.example/'}
  response:
    body: {string: '{"of": "another endpoint"}'}
    headers: {Content-Type: [application/json]}
    status: {code: 200, message: OK}
version: 1
"""


@pytest.fixture
def using(project: pytest.Pytester, root: Path) -> pytest.Pytester:
    """A project with a test for each fixture, and a cassette."""
    project.makepyfile(test_uses=USES)
    shutil.copytree(root / "examples" / "client" / "tests" / "cassettes", project.path / "cassettes")
    return project


def beside(module: str) -> tuple[str, str]:
    """Name a plugin to pytest, or skip the test where it is not installed."""
    if find_spec(module.partition(".")[0]) is None:
        pytest.skip(f"{module.partition('.')[0]} is not installed: make setup installs it")
    return "-p", module


def test_four_workers_share_the_tests(using: pytest.Pytester, example: dict[str, object]) -> None:
    (using.mkdir("captures") / "task.json").write_text(json.dumps(example))
    result = ran(using, *beside("xdist"), "-n", "4", "--docpact-captures", "captures")
    result.assert_outcomes(passed=PASS + 1)


def test_four_workers_record_what_each_test_is_answered(using: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    from docpact.api import load
    from docpact.pytest_plugin.relay import MockRelay

    relay = MockRelay(load())
    try:
        monkeypatch.setenv("RELAY", relay.listen() + relay.task("SUCCESS").path)
        monkeypatch.setenv("TOKEN", relay.token)
        using.makepyfile(
            test_uses="""
            import httpx, os, pytest

            @pytest.mark.parametrize("number", range(8))
            def test_poll(docpact_cassette, number):
                httpx.get(os.environ["RELAY"], headers={"Authorization": f"Bearer {os.environ['TOKEN']}"}).raise_for_status()
            """
        )
        workers = [*beside("xdist"), "-n", "4"]
        ran(using, *workers, "--docpact-record", "once").assert_outcomes(passed=8)
    finally:
        relay.close()
    made = sorted(path.name for path in (using.path / "cassettes" / "test_uses").iterdir())
    assert made == [f"test_poll-{number}.json" for number in range(8)]
    ran(using).assert_outcomes(passed=8)


def test_any_order_draws_the_same_payloads(using: pytest.Pytester) -> None:
    using.makepyfile(
        test_drawn="""
        import json, pathlib, pytest

        @pytest.mark.parametrize("name", "abcdef")
        def test_drawn(docpact_payloads, name):
            pathlib.Path(name).write_text(json.dumps([docpact_payloads() for _ in range(3)]))
        """
    )
    drawn = []
    for seed in ("1", "2"):
        ran(using, *beside("pytest_randomly"), f"--randomly-seed={seed}").assert_outcomes(passed=PASS + 6)
        drawn.append([(using.path / name).read_text() for name in "abcdef"])
    assert drawn[0] == drawn[1]


def test_without_randomly_nothing_is_missing(using: pytest.Pytester) -> None:
    ran(using, "-p", "no:randomly").assert_outcomes(passed=PASS)


def test_modules_are_imported_by_importlib(using: pytest.Pytester) -> None:
    ran(using, "--import-mode=importlib").assert_outcomes(passed=PASS)


def test_asynchronous_tests_ask_the_relay(using: pytest.Pytester) -> None:
    using.makepyfile(test_asynchronous=ASYNCHRONOUS)
    options = [word for line in LOOPS.splitlines() for word in ("-o", line)]
    ran(using, *beside("pytest_asyncio.plugin"), *options).assert_outcomes(passed=PASS + 1)


def test_pytest_recording_plays_its_cassettes_and_we_ours(using: pytest.Pytester) -> None:
    using.makepyfile(test_recorded=RECORDED)
    theirs = using.path / "cassettes" / "test_recorded"
    theirs.mkdir()
    (theirs / "test_theirs.yaml").write_text(THEIRS)
    ran(using, *beside("pytest_recording.plugin")).assert_outcomes(passed=PASS + 2)


def test_with_all_that_is_installed_at_once(using: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    beside("pytest_asyncio.plugin")
    monkeypatch.delenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD")
    using.makepyfile(test_asynchronous=ASYNCHRONOUS)
    using.makeini(f"[pytest]\naddopts = --strict-markers\nfilterwarnings = error\n{LOOPS}")
    using.runpytest_subprocess().assert_outcomes(passed=PASS + 1)


def test_options_and_fixtures_have_our_name_and_none_is_used_by_itself(using: pytest.Pytester) -> None:
    told = ran(using, "--fixtures", "-q").stdout.str()
    ours = told.partition("fixtures defined from docpact.pytest_plugin")[2].partition("fixtures defined from")[0]
    names = [line.split()[0] for line in ours.splitlines() if " -- " in line and not line.startswith(" ")]
    assert len(names) > 5
    assert all(name.startswith("docpact_") for name in names)
    using.makepyfile(test_plain="def test_plain(request):\n    assert request.fixturenames == ['request']\n")
    ran(using, "test_plain.py").assert_outcomes(passed=1)


def test_pytest_8(using: pytest.Pytester) -> None:
    python = os.environ.get("DOCPACT_PYTEST_8")
    if not python:
        pytest.skip("sh .ci/older-pytest runs it, with a Python that has pytest 8.4")
    command = [python, "-m", "pytest", *PLUGIN, "-p", "no:cacheprovider"]
    done = subprocess.run(command, cwd=using.path, capture_output=True, text=True, check=False)
    assert f" {PASS} passed" in done.stdout, done.stdout + done.stderr
    assert "pytest-8." in done.stdout
