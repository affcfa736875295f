"""What the buttons under one image say of each other: the same breach may weigh more where the others show it to be one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from docpact.api import load
from docpact.finding import Severity
from docpact.pointers import changed

if TYPE_CHECKING:
    from collections.abc import Iterable

CONTRACT = load()
GRID: dict[str, Any] = dict(CONTRACT.example)
JOB = GRID["buttons"][0]["customId"].rpartition("::")[2]


def told(payload: Any) -> set[tuple[str, Severity]]:
    return {(finding.rule, finding.severity) for finding in CONTRACT.validate(payload)}


def shortened(numbers: Iterable[int]) -> Any:
    payload: Any = GRID
    for number in numbers:
        pointer = f"/buttons/{number}/customId"
        payload = changed(payload, pointer, GRID["buttons"][number]["customId"].replace(JOB, JOB[:8]))
    return payload


def test_a_job_that_is_named_unlike_the_others_is_an_error_and_a_test_double_is_none() -> None:
    everywhere = range(len(GRID["buttons"]))
    assert told(shortened(everywhere)) == {("button-job-form", Severity.WARNING)}
    assert told(shortened([0])) == {("button-job-form", Severity.ERROR)}
    assert told(shortened(everywhere[1:])) == {("button-job-form", Severity.ERROR)}


@pytest.mark.parametrize("label", ["Vary (Subtle)", "Zoom Out 2x", "U1"])
def test_a_label_belongs_to_its_own_kind_of_button_and_a_kind_that_is_new_may_have_any(label: str) -> None:
    one = {"customId": f"MJ::JOB::reroll::0::{JOB}::SOLO", "emoji": "", "label": label, "type": 2, "style": 2}
    alone = GRID | {"action": "UPSCALE", "buttons": [one]}
    assert told(alone) == {("button-label", Severity.ERROR)}
    new = changed(alone, "/buttons/0/customId", f"MJ::JOB::upsample_next::1::{JOB}::SOLO")
    assert told(new) == {("button-kind-unknown", Severity.WARNING)}


def test_an_arrow_is_the_same_with_the_sign_for_its_coloured_form_and_without() -> None:
    for arrow in ("⬅", "⬅\ufe0f"):
        one = {"customId": f"MJ::Outpaint::50::1::{JOB}::SOLO", "emoji": arrow, "label": "", "type": 2, "style": 2}
        assert told(GRID | {"action": "UPSCALE", "buttons": [one]}) == {("button-label", Severity.ERROR)}
