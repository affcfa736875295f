"""The set in cassettes/: each conforms, holds no secret, and plays to requests, httpx and aiohttp without a network."""

from __future__ import annotations

import asyncio
import io
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import aiohttp
import httpx
import pytest
import requests

from docpact.api import load
from docpact.cassettes.player import Recorder
from docpact.cassettes.tape import Tape
from docpact.cli import main
from docpact.pytest_plugin.relay import MockRelay

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

CONTRACT = load()
SET = sorted(Path(__file__).parents[2].glob("cassettes/*.json"))
PROFILES = {"documented", "go-relay", "java-proxy", "csharp-proxy"}


def with_requests(urls: list[str]) -> list[bytes]:
    with requests.Session() as session:
        return [session.get(url, timeout=5).content for url in urls]


def with_httpx(urls: list[str]) -> list[bytes]:
    with httpx.Client() as client:
        return [client.get(url).content for url in urls]


def with_async_httpx(urls: list[str]) -> list[bytes]:
    async def got() -> list[bytes]:
        async with httpx.AsyncClient() as client:
            return [(await client.get(url)).content for url in urls]

    return asyncio.run(got())


def with_aiohttp(urls: list[str]) -> list[bytes]:
    async def got() -> list[bytes]:
        async with aiohttp.ClientSession() as session:
            found = []
            for url in urls:
                async with session.get(url) as response:
                    found.append(await response.read())
            return found

    return asyncio.run(got())


def test_there_is_one_of_each_family() -> None:
    assert {path.stem for path in SET} == PROFILES


@pytest.mark.parametrize("path", SET, ids=lambda path: path.stem)
def test_it_conforms_and_holds_no_secret(path: Path) -> None:
    out = io.StringIO()
    assert main(["cassette", "lint", "--stories", "--profile", path.stem, str(path)], stdout=out) == 0, out.getvalue()
    metadata = Tape(path.read_bytes()).metadata
    assert (metadata["profile"], metadata["verdict"]) == (path.stem, "conforms")
    assert metadata["contract_sha256"] == CONTRACT.schema_sha256, "sh .ci/cassettes records it anew"


@pytest.mark.parametrize("way", ["tolerant", "strict"])
def test_ways_to_read_the_page_are_no_families_and_need_no_cassette_of_their_own(way: str) -> None:
    assert {*CONTRACT.profiles} == PROFILES | {"tolerant", "strict"}
    [documented] = (path for path in SET if path.stem == "documented")
    assert main(["cassette", "lint", "--stories", "--profile", way, str(documented)], stdout=io.StringIO()) == 0
    told = [{asked.id: told_by(relay, asked.path) for asked in relay.tasks()} for relay in map(relayed, ("documented", way))]
    assert told[0] == told[1]


def relayed(profile: str) -> MockRelay:
    return MockRelay(CONTRACT, profile=profile, seed="cassettes")


def told_by(relay: MockRelay, path: str) -> list[bytes]:
    with httpx.Client(transport=relay.transport, base_url=relay.url, headers=relay.headers) as http:
        return [http.get(path).content for _ in range(12)]


@pytest.mark.parametrize("get", [with_requests, with_httpx, with_async_httpx, with_aiohttp])
@pytest.mark.parametrize("path", SET, ids=lambda path: path.stem)
def test_it_plays_whole_and_in_order_to_each_client(path: Path, get: Callable[[list[str]], list[bytes]]) -> None:
    tape = Tape(path.read_bytes())
    recorded = [tape.interaction(number) for number in range(len(tape))]
    with Recorder(record_mode="none").use_cassette(str(path)) as cassette:
        bodies = get([one.uri for one in recorded])
        assert cassette.all_played
    assert bodies == [one.response["body"] for one in recorded]
    for story in stories(bodies):
        assert CONTRACT.lifecycle is not None
        assert CONTRACT.lifecycle.is_end(story[-1]["status"])
        assert not [found for found in CONTRACT.validate_story(story, profile=path.stem) if found.severity == "error"]


def stories(bodies: list[bytes]) -> Iterator[list[dict[str, Any]]]:
    payloads = [json.loads(body) for body in bodies]
    for task in dict.fromkeys(payload["id"] for payload in payloads):
        yield [payload for payload in payloads if payload["id"] == task]
