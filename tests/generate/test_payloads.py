"""Payloads of the sampler: valid for every family, the same for the same seed, and each member on its own."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from docpact.api import Contract, load
from docpact.errors import UsageError
from docpact.generate.draws import Seeded, Steered, pick
from docpact.generate.payloads import Sampler

CONTRACT = load()


def made(sampler: Sampler, draws: Seeded, status: str | None = None, action: str | None = None) -> dict[str, Any]:
    payload: dict[str, Any] = sampler.payload(sampler.task(draws), *sampler.facts(draws, status, action))
    return payload


def run(contract: Contract, profile: str, count: int = 60) -> list[dict[str, Any]]:
    sampler = Sampler(contract, profile)
    return [made(sampler, Seeded("run", nth)) for nth in range(count)]


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    """The samples of the contract, to be changed at will; the rest of the contract is the one that docpact ships."""
    shutil.copy(Path(CONTRACT.folder, "samples.toml"), tmp_path)
    return tmp_path


def with_samples(folder: Path, before: str, after: str) -> Contract:
    path = folder / "samples.toml"
    said = path.read_text("utf-8")
    assert before in said
    path.write_text(said.replace(before, after, 1), "utf-8")
    return replace(CONTRACT, folder=str(folder))


@pytest.mark.parametrize("profile", CONTRACT.profiles)
def test_no_payload_of_any_state_has_a_finding_under_its_profile(profile: str) -> None:
    sampler = Sampler(CONTRACT, profile)
    for status in sampler.statuses:
        for action in sampler.actions:
            for step in range(sampler.steps(status, action)):
                payload = sampler.payload(sampler.task(Seeded(profile, step)), status, action, step)
                assert (payload["status"], payload["action"]) == (status, action)
                assert not CONTRACT.validate(payload, profile=profile)


def test_a_seed_gives_the_same_bytes_on_every_machine() -> None:
    """Golden: a change of these changes every file that was generated with a seed, and belongs in the changelog."""
    said = json.dumps([run(CONTRACT, profile, 20) for profile in ("documented", "csharp-proxy")], ensure_ascii=True)
    assert sha256(said.encode()).hexdigest()[:16] == "9ea648f664fcef7d"


def test_draws_are_the_same_everywhere() -> None:
    """Golden: what SplitMix64 gives for the digest of seed and path."""
    drawn = [Seeded(0, nth).integer("/prompt", 0, 10**9) for nth in (0, 1, 10**9)]
    assert drawn == [403365740, 886799331, 595621785]


def test_a_choice_depends_on_seed_number_and_path_alone() -> None:
    draws = Seeded("s")
    alone = Seeded("s", 7).integer("/b", 0, 10**9)
    for draws.nth in range(8):
        for path in ("/a", "/b", "/c"):
            last = draws.integer(path, 0, 10**9)
            assert path != "/b" or draws.nth != 7 or last == alone
    others = {Seeded("t", 7).integer("/b", 0, 10**9), Seeded("s", 8).integer("/b", 0, 10**9), last}
    assert alone not in others


def test_what_is_steered_stays_within_its_bounds() -> None:
    draws = Steered(Seeded(0, 3), {"/a": 99, "/b": -1})
    assert (draws.integer("/a", 0, 5), draws.integer("/b", 2, 5), draws.nth) == (5, 2, 3)
    assert draws.integer("/c", 0, 10**9) == Seeded(0, 3).integer("/c", 0, 10**9)
    assert pick(draws, "/a", "xyz") == "z"


@pytest.mark.parametrize("profile", ["documented", "java-proxy", "csharp-proxy"])
def test_one_more_member_changes_no_other(profile: str, copied: Path) -> None:
    properties = {"mood": {"type": "string"}, **CONTRACT.schema["properties"], "grade": {"type": "integer"}}
    row = '[[member]]\nat = "/mood"\nmake = "text"\nvalues = ["{hash}", "calm {parent}"]\n\n[[member]]\nat = "/id"'
    more = replace(with_samples(copied, '[[member]]\nat = "/id"', row), schema={**CONTRACT.schema, "properties": properties})
    moods = set()
    for before, after in zip(run(CONTRACT, profile), run(more, profile), strict=True):
        moods.add(after.pop("mood"))
        del after["grade"]
        assert after == before
    assert len(moods) > 10


def test_one_more_value_of_a_member_changes_only_that_member(copied: Path) -> None:
    more = with_samples(copied, '"Submit success", "提交成功"', '"Submit success", "提交成功", "ok"')
    changed = set()
    for before, after in zip(run(CONTRACT, "go-relay"), run(more, "go-relay"), strict=True):
        changed |= {name for name in before if before[name] != after[name]}
    assert changed == {"description"}


def test_the_polls_of_a_task_share_what_is_fixed() -> None:
    sampler = Sampler(CONTRACT, "java-proxy")
    task = sampler.task(Seeded(3))
    polls = [sampler.payload(task, status, "IMAGINE") for status in sampler.statuses]
    for name in ("id", "prompt", "submitTime", "action"):
        assert len({poll[name] for poll in polls}) == 1


def test_no_payload_can_change_another_one() -> None:
    sampler = Sampler(CONTRACT)
    first = made(sampler, Seeded(), "NOT_START", "IMAGINE")
    first["buttons"].append("mine")
    first["properties"]["finalPrompt"] = "mine"
    assert made(sampler, Seeded(), "NOT_START", "IMAGINE")["buttons"] == []
    assert made(sampler, Seeded(), "NOT_START", "IMAGINE")["properties"] == {"finalPrompt": "", "finalZhPrompt": ""}


@pytest.mark.parametrize(
    ("locale", "low", "high"),
    [("chinese", "\u4e00", "\u9fff"), ("japanese", "\u3040", "\u30ff"), ("rtl", "\u0590", "\u06ff"), ("english", "a", "z")],
)
def test_prompts_are_in_the_locale_that_was_asked_for(locale: str, low: str, high: str) -> None:
    sampler = Sampler(CONTRACT, locale=locale)
    prompts = {made(sampler, Seeded(0, nth), "SUBMITTED", "IMAGINE")["prompt"] for nth in range(40)}
    assert len(prompts) > 1
    assert all(any(low <= char <= high for char in prompt) for prompt in prompts)


@pytest.mark.parametrize(
    ("status", "action", "locale", "says", "hint"),
    [
        ("SUCCES", None, None, "no status 'SUCCES'", "did you mean SUCCESS?"),
        ("in_progress", None, None, "no status 'in_progress'", "did you mean IN_PROGRESS?"),
        ("MODAL", None, None, "the profile documented knows no status 'MODAL'", "'NOT_START'"),
        (None, "UPSCAL", None, "no action 'UPSCAL'", "did you mean UPSCALE?"),
        (None, "", None, "no action ''", "'IMAGINE'"),
        (None, None, "chinse", "chinse", "chinese"),
        (None, None, "xx", "xx", "english"),
    ],
)
def test_what_there_is_not_is_refused_with_what_is_near(
    status: str | None, action: str | None, locale: str | None, says: str, hint: str
) -> None:
    with pytest.raises(UsageError, match=says) as caught:
        Sampler(CONTRACT, locale=locale).facts(Seeded(), status, action)
    assert hint in caught.value.hint


def test_a_contract_without_samples_is_sampled_from_its_schema(tmp_path: Path) -> None:
    bare = replace(CONTRACT, folder=str(tmp_path))
    payloads = run(bare, "documented")
    for payload in payloads:
        assert payload.keys() == CONTRACT.schema["properties"].keys()
        assert bare.is_valid(payload)
    assert len({payload["prompt"] for payload in payloads}) > 30
    assert {payload["status"] for payload in payloads} == set(CONTRACT.schema["properties"]["status"]["enum"])
    with pytest.raises(UsageError, match="chinese"):
        Sampler(bare, locale="chinese")
