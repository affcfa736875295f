"""Payloads that are written by form: the bytes of what the sampler makes, for every family, state and contract."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from docpact.contract import load
from docpact.errors import UsageError
from docpact.generate.draws import Columns, Seeded
from docpact.generate.encoded import compact
from docpact.generate.kinds import Asked, valid
from docpact.generate.payloads import Sampler
from docpact.generate.written import written

if TYPE_CHECKING:
    from collections.abc import Callable

    from docpact.contract import Contract

CONTRACT = load()


def check(sampler: Sampler, asked: Asked) -> None:
    assert list(written(sampler, asked)) == [compact(made.value) for made in valid(sampler, asked)]


@pytest.mark.parametrize("profile", CONTRACT.profiles)
def test_what_is_written_is_what_the_sampler_makes_in_every_state(profile: str) -> None:
    sampler = Sampler(CONTRACT, profile)
    for status in sampler.statuses:
        for action in sampler.actions:
            check(sampler, Asked(30, f"{status} {action}", status, action))
    for seed in ("0", -7, "ü"):
        check(sampler, Asked(600, seed))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('"提交成功"', '"提交成功", "{id} %(id)s 100%", "\\"{prompt}\\"", "\\\\{chinese}"'),
        ('make = "submitted"', 'make = "text"\nvalues = ["{submitted}"]'.replace("{submitted}", "%s {id}")),
        ("apart = 37000", "apart = 9223372036854775807"),
        ('["a black dog flying", "a black dog flying"]', '["say \\"dog\\" \\\\ \\t %s", "a\\nb\\u0000 %(id)s"]'),
    ],
)
def test_what_is_escaped_and_what_looks_like_a_form_is_written_as_it_is(before: str, after: str, tmp_path: Path) -> None:
    text = Path(CONTRACT.folder, "samples.toml").read_text("utf-8")
    assert before in text
    Path(tmp_path, "samples.toml").write_text(text.replace(before, after), "utf-8")
    for locale in (None, "english"):
        check(Sampler(replace(CONTRACT, folder=str(tmp_path)), "documented", locale), Asked(300, 3))


def bare(folder: Path) -> Contract:
    return replace(CONTRACT, folder=str(folder))


def odd(folder: Path) -> Contract:
    """Without samples, and with listed values that are equal in Python, or that only the slower writer can write."""
    listed = {"type": "object", "properties": {"/a%s": {"enum": [1, True, 1.0, None]}, "b": {"enum": ["é", "ü"]}}}
    return replace(bare(folder), schema=listed, roles={})


def halved(folder: Path) -> Contract:
    shutil.copy(Path(CONTRACT.folder, "samples.toml"), folder)
    properties = {**CONTRACT.schema["properties"], "\ud800": {"type": "string"}}
    return replace(bare(folder), schema={**CONTRACT.schema, "properties": properties})


@pytest.mark.parametrize("of", [bare, odd, halved])
def test_contracts_of_all_sorts_are_written_too(of: Callable[[Path], Contract], tmp_path: Path) -> None:
    check(Sampler(of(tmp_path)), Asked(300))


def test_what_the_profile_does_not_know_is_refused_before_anything_is_written() -> None:
    with pytest.raises(UsageError, match="no status 'SUCCES'"):
        written(Sampler(CONTRACT), Asked(3, status="SUCCES"))


def test_columns_choose_what_a_seed_chooses() -> None:
    columns, seeded = Columns("s", 600), Seeded("s")
    for nth in columns:
        seeded.nth = nth
        for path in ("/a", "/b", f"/{nth % 7}"):
            assert columns.integer(path, -3, 2**64 - 1) == seeded.integer(path, -3, 2**64 - 1)
    assert columns.nth == 599
    assert json.dumps(list(Columns(0, 0))) == "[]"
