"""The fixture `docpact_cassette`: plays without a network, records without secrets, and never what should not be kept."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from plugged import alone, ran

import docpact
from docpact.pytest_plugin.relay import MockRelay

if TYPE_CHECKING:
    from collections.abc import Iterator

pytest.importorskip("vcr")

TEST = """
    import httpx, os, pytest

    @pytest.mark.docpact(cassette="poll")
    def test_poll(docpact_cassette):
        headers = {"Authorization": f"Bearer {os.environ['TOKEN']}"}
        with httpx.Client(base_url=os.environ["RELAY"], headers=headers) as http:
            polls = [http.get(f"{os.environ['TASK']}?token={os.environ['TOKEN']}").json() for _ in range(3)]
        assert polls[0]["status"] == "NOT_START" != polls[2]["status"]
        assert docpact_cassette.play_count in (0, 3)
    """


@pytest.fixture
def relay() -> Iterator[MockRelay]:
    relay = MockRelay(docpact.load())
    yield relay
    relay.close()


@pytest.fixture
def project(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, relay: MockRelay) -> pytest.Pytester:
    """A project of somebody else, whose pytest loads this plugin alone, and which knows of a relay."""
    monkeypatch.setenv("RELAY", relay.listen())
    monkeypatch.setenv("TASK", relay.task("SUCCESS").path)
    monkeypatch.setenv("TOKEN", relay.token)
    return alone(pytester, monkeypatch)


def cassette(project: pytest.Pytester, name: str = "poll.json") -> Any:
    return json.loads((project.path / "cassettes" / name).read_text())


def test_what_was_recorded_is_played_without_the_relay_and_holds_no_token(project: pytest.Pytester, relay: MockRelay) -> None:
    project.makepyfile(TEST)
    ran(project, "--docpact-record", "once").assert_outcomes(passed=1)
    assert len(relay.asked) == 3
    relay.close()
    text = (project.path / "cassettes" / "poll.json").read_text()
    assert relay.token not in text
    assert "authorization" not in text.lower()
    assert cassette(project)["docpact"]["verdict"] == "conforms"
    ran(project).assert_outcomes(passed=1)
    assert len(relay.asked) == 3


def test_without_a_cassette_nothing_is_asked(project: pytest.Pytester, relay: MockRelay) -> None:
    project.makepyfile(TEST)
    result = ran(project)
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["there is no cassette *cassettes?poll.json", "hint: pytest --docpact-record once records it*"])
    assert not relay.asked
    assert not (project.path / "cassettes").exists()


def test_the_network_is_blocked_while_a_cassette_is_played_and_no_longer(project: pytest.Pytester) -> None:
    project.makepyfile(
        TEST
        + """
    import asyncio, socket
    from urllib.parse import urlsplit

    async def reach(where):
        await asyncio.open_connection(where.hostname, where.port)

    @pytest.mark.docpact(cassette="poll")
    def test_blocked(docpact_cassette):
        where = urlsplit(os.environ["RELAY"])
        for reached in (
            lambda: socket.create_connection((where.hostname, where.port)),
            lambda: socket.socket().connect_ex((where.hostname, where.port)),
            lambda: socket.getaddrinfo("relay.example", 443),
            lambda: asyncio.run(reach(where)),
        ):
            with pytest.raises(Exception, match="has no network"):
                reached()

    def test_zz_open_again():
        where = urlsplit(os.environ["RELAY"])
        socket.create_connection((where.hostname, where.port)).close()
    """
    )
    ran(project, "--docpact-record", "once", "-k", "poll").assert_outcomes(passed=1, deselected=2)
    ran(project, "-W", "ignore::ResourceWarning", "-W", "ignore::pytest.PytestUnraisableExceptionWarning").assert_outcomes(
        passed=3
    )


def test_a_request_that_the_cassette_lacks_fails(project: pytest.Pytester, relay: MockRelay) -> None:
    project.makepyfile(TEST)
    ran(project, "--docpact-record", "once").assert_outcomes(passed=1)
    project.makepyfile(TEST.replace("range(3)", "range(4)"))
    result = ran(project)
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*CannotOverwriteExistingCassetteException*"])
    assert len(relay.asked) == 3


def test_a_recording_that_breaks_the_contract_leaves_the_old_one(project: pytest.Pytester, relay: MockRelay) -> None:
    project.makepyfile(TEST)
    ran(project, "--docpact-record", "once").assert_outcomes(passed=1)
    before = cassette(project)
    relay.reset()
    relay.switch("documented-null/buttons")
    result = ran(project, "--docpact-record", "all")
    result.assert_outcomes(passed=1, errors=1)
    result.stdout.fnmatch_lines(["*breaks the contract (documented-null), and is not saved", "hint: *keep_violations=True*"])
    assert cassette(project) == before
    relay.reset()
    project.makepyfile(TEST.replace('cassette="poll"', 'cassette="poll", keep_violations=True'))
    ran(project, "--docpact-record", "all").assert_outcomes(passed=1)
    assert cassette(project)["docpact"]["verdict"] == "violates"


@pytest.mark.parametrize(
    ("end", "outcomes"),
    [
        ("assert False", {"failed": 1}),
        ("raise KeyboardInterrupt", {}),
        ("pytest.exit('enough')", {}),
        ("pytest.skip('not today')", {"skipped": 1}),
    ],
)
def test_what_a_test_has_recorded_that_failed_or_was_interrupted_is_not_kept(
    project: pytest.Pytester, relay: MockRelay, end: str, outcomes: dict[str, int]
) -> None:
    project.makepyfile(f"{TEST}    {end}\n")
    ran(project, "--docpact-record", "once").assert_outcomes(**outcomes)
    assert len(relay.asked) == 3
    assert not (project.path / "cassettes").exists()


def test_a_cassette_has_the_names_of_its_module_and_test(project: pytest.Pytester) -> None:
    project.makeini("[pytest]\ndocpact_cassettes = tapes\n")
    project.makepyfile(
        test_names="""
    import httpx, os, pytest

    class TestPoll:
        @pytest.mark.parametrize("way", ["a/b", "../c"])
        def test_it(self, docpact_cassette, way):
            httpx.get(os.environ["RELAY"] + os.environ["TASK"])
    """
    )
    ran(project, "--docpact-record", "once").assert_outcomes(passed=2)
    held = sorted(str(path.relative_to(project.path)) for path in project.path.rglob("*.json"))
    assert held == ["tapes/test_names/TestPoll.test_it-..-c.json", "tapes/test_names/TestPoll.test_it-a-b.json"]
