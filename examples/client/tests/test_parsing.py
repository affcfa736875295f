"""The client understands every payload that keeps the contract, and no payload makes it fail otherwise than it says."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from taskclient import BadAnswerError, parse

if TYPE_CHECKING:
    from docpact.generate.fault import Fault
    from docpact.pytest_plugin.payloads import Payloads


@pytest.mark.parametrize("profile", ["documented", "go-relay", "java-proxy", "csharp-proxy"])
def test_whatever_a_family_of_relays_sends_is_understood(docpact_payloads: Payloads, profile: str) -> None:
    for _ in range(100):
        payload = docpact_payloads(profile=profile)
        task = parse(payload, payload["id"])
        assert task.status == payload["status"]
        assert task.ended == (payload["status"] in {"SUCCESS", "FAILURE"})
        assert len(task.buttons) == len(payload.get("buttons") or ())


def test_a_finished_image_can_be_shown(docpact_payloads: Payloads) -> None:
    payload = docpact_payloads(status="SUCCESS", action="IMAGINE")
    task = parse(payload, payload["id"])
    assert (task.progress, task.image_url) == (100, payload["imageUrl"])
    assert {"U1", "U4", "V1", "V4"} <= {button.title for button in task.buttons}


def test_a_failed_task_says_why(docpact_payloads: Payloads) -> None:
    payload = docpact_payloads(status="FAILURE")
    assert parse(payload, payload["id"]).reason == payload["failReason"]


@pytest.mark.docpact(each=True)
def test_a_payload_that_breaks_a_rule_is_refused_or_harmless(docpact_faults: Fault) -> None:
    for payload in [docpact_faults.payload, *(poll.payload for poll in docpact_faults.polls or ())]:
        asked = payload.get("id") if isinstance(payload, dict) else None
        try:
            task = parse(payload, str(asked))
        except BadAnswerError:
            continue
        assert task.image_url is None or isinstance(task.image_url, str)
        assert all(isinstance(button.title, str) for button in task.buttons)
        assert task.reason if task.status == "FAILURE" else task.reason is None
