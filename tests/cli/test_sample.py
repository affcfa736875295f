"""`--sample`: some payloads are judged, and the report says what they say of all."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from judging import validate

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def lines(tmp_path: Path, example: dict[str, Any]) -> Path:
    path = tmp_path / "lines.ndjson"
    right, wrong = json.dumps(example), json.dumps({**example, "status": "DONE", "action": "NONE"})
    path.write_text("".join(f"{wrong if number % 10 == 0 else right}\n" for number in range(2000)), "utf-8")
    return path


def test_a_sample_states_what_it_proves_in_text_and_json(lines: Path, tmp_path: Path) -> None:
    (tmp_path / "more.json").write_text(lines.read_text("utf-8").split("\n")[1], "utf-8")
    code, out, _ = validate(tmp_path, "--sample", "300", "--seed", "3", "--format", "json")
    report = json.loads(out)
    sample = report["sample"]
    assert code == 1
    assert report["summary"]["payloads"] == sample["payloads"] == 300
    assert (sample["of"], sample["seed"], sample["confidence"], sample["at_most"]) == (2001, 3, 0.95, 0.009937)
    broken = sample["rules"]["documented-enum"]
    # Two findings of the rule in a payload are one payload.
    assert broken["payloads"] == report["summary"]["violating"] == report["summary"]["by_rule"]["documented-enum"] / 2
    assert broken["payloads"] / 300 < broken["at_most"] < 0.2
    _, out, _ = validate(tmp_path, "--sample", "300", "--seed", "3")
    text = " ".join(out.split())
    assert (
        "sample: 300 of 2,001 payloads, seed 3; of all, at most 99.4 in 10,000 break a rule that none of these breaks" in text
    )
    assert f"documented-enum: {broken['payloads']} of the sample; of all, at most " in text


def test_the_same_seed_gives_the_same_report(lines: Path) -> None:
    first, second, other = (
        validate(lines, "--sample", "50", "--seed", seed, "--format", "json")[1] for seed in ("1", "1", "2")
    )
    assert first == second != other


def test_a_sample_of_more_than_there_is_judges_everything(lines: Path) -> None:
    everything = json.loads(validate(lines, "--format", "json")[1])
    _, out, _ = validate(lines, "--sample", "5000", "--format", "json")
    sampled = json.loads(out)
    assert sampled.pop("sample")["rules"] == {"documented-enum": {"payloads": 200, "at_most": 0.1}}
    assert sampled == everything
    assert "sample: all of 2,000 payloads" in validate(lines, "--sample", "5000")[1]


def test_a_sample_calls_nothing_of_the_baseline_gone(lines: Path, tmp_path: Path, example: dict[str, Any]) -> None:
    known = tmp_path / "known.json"
    rare = tmp_path / "rare.json"
    rare.write_text(json.dumps({**example, "prompt": 7}))
    validate(lines, rare, "--write-baseline", known)
    code, out, _ = validate(lines, rare, "--baseline", known, "--sample", "5")
    assert (code, "no longer met" in out) == (0, False)


def test_a_capture_that_breaks_off_is_told_beside_the_sample(lines: Path) -> None:
    import gzip

    packed = lines.with_suffix(".ndjson.gz")
    packed.write_bytes(gzip.compress(lines.read_bytes())[:-20])
    report = json.loads(validate(packed, "--sample", "5", "--format", "json")[1])
    assert report["summary"]["by_rule"]["capture-corrupt"] == 1
    assert "capture-corrupt" not in report["sample"]["rules"]


@pytest.mark.parametrize(
    ("more", "says"),
    [
        (["--sample", "0"], "--sample 0 is no number of payloads"),
        (["--seed", "1"], "no sample is asked for"),
        (["--sample", "5", "--stories"], "does not go with --stories"),
        (["--sample", "5", "--each"], "does not go with --each"),
        (["--sample", "5", "--write-baseline", "x.json"], "does not go with --write-baseline"),
    ],
)
def test_a_sample_that_would_say_nothing_is_refused(lines: Path, more: list[str], says: str) -> None:
    code, _, err = validate(lines, *more)
    assert code == 2
    assert says in err
