"""The bodies and stories of other providers, where they are at hand: beside the checkout, and not part of it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import docpact

CORPUS = Path(__file__).parents[3] / "shared" / "corpus"
CONTRACT = docpact.load()
FAMILIES = {"java": "java-proxy", "go": "go-relay", "csharp": "csharp-proxy"}

pytestmark = pytest.mark.skipif(not CORPUS.is_dir(), reason="the corpus of other providers is not beside the checkout")

INDEX: list[dict[str, Any]] = json.loads((CORPUS / "payloads" / "INDEX.json").read_text()) if CORPUS.is_dir() else []
HEALTHY = [
    entry
    for entry in INDEX
    if entry["fidelity"] == "derived" and entry["action"] and entry["implementation"].startswith(tuple(FAMILIES))
]
STORIES = sorted((CORPUS / "sequences").glob("*.ndjson")) if CORPUS.is_dir() else []


def family(name: str) -> str:
    return next(profile for word, profile in FAMILIES.items() if name.startswith(word))


def errors(findings: list[docpact.Finding]) -> list[tuple[str, str]]:
    return [(finding.rule, finding.place.pointer) for finding in findings if finding.severity == "error"]


@pytest.mark.parametrize("entry", INDEX, ids=lambda entry: entry["file"])
def test_the_documented_layer_reads_the_page_as_strictly_as_a_person(entry: dict[str, Any]) -> None:
    payload = json.loads((CORPUS / "payloads" / entry["file"]).read_bytes())
    assert CONTRACT.is_valid(payload) is entry["page_valid"], entry["why"]


@pytest.mark.parametrize("entry", HEALTHY, ids=lambda entry: entry["file"])
def test_a_healthy_payload_has_no_error_under_the_profile_of_its_family(entry: dict[str, Any]) -> None:
    payload = json.loads((CORPUS / "payloads" / entry["file"]).read_bytes())
    assert errors(CONTRACT.validate(payload, profile=family(entry["implementation"]))) == []


@pytest.mark.parametrize("entry", HEALTHY, ids=lambda entry: entry["file"])
def test_a_healthy_payload_breaks_nothing_but_the_page_under_any_profile(entry: dict[str, Any]) -> None:
    payload = json.loads((CORPUS / "payloads" / entry["file"]).read_bytes())
    assert errors(CONTRACT.validate(payload, layers=["coherent"])) == []


@pytest.mark.parametrize("path", STORIES, ids=lambda path: path.stem)
def test_a_healthy_story_has_no_error_under_the_profile_of_its_family(path: Path) -> None:
    polls = [json.loads(line) for line in path.read_bytes().splitlines()]
    profile = family(path.stem.split("-")[2])
    assert errors(CONTRACT.validate_story(polls, profile=profile)) == []
    assert errors(CONTRACT.validate_story(polls, layers=["lifecycle"])) == []
