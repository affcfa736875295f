"""The client polls a task to its end, and survives a relay that breaks any rule."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import pytest
from taskclient import Client, RelayError, TooLateError

if TYPE_CHECKING:
    from docpact.pytest_plugin.relay import MockRelay

PATIENCE = 600
# What no client may take for a task that has ended.
FATAL = {
    "auth-refused", "documented-body", "documented-error-body", "http-cut", "http-late", "http-malformed",
    "http-server-error", "http-status", "id-mismatch", "json-empty", "json-encoding", "json-size", "json-syntax",
    "not-ended", "success-without-image",
}  # fmt: skip


def client_of(relay: MockRelay) -> Client:
    return Client(relay.url, relay.token, transport=relay.transport, clock=relay.clock, sleep=relay.clock.sleep)


@pytest.mark.docpact(pace=5)
def test_a_task_is_polled_to_its_end_every_three_seconds(docpact_relay: MockRelay) -> None:
    known = docpact_relay.task("SUCCESS", "IMAGINE")
    with client_of(docpact_relay) as client:
        task = client.wait(known.id)
    assert (task.status, task.progress) == ("SUCCESS", 100)
    times = [asked.at for asked in docpact_relay.asked]
    assert {later - before for before, later in pairwise(times)} == {3}


@pytest.mark.docpact(faults=["http-busy:poll=2"])
def test_a_busy_relay_is_asked_again_when_it_says(docpact_relay: MockRelay) -> None:
    with client_of(docpact_relay) as client:
        assert client.wait(docpact_relay.task("SUCCESS").id).ended
    times = [asked.at for asked in docpact_relay.asked]
    assert times[2] - times[1] == 1


@pytest.mark.docpact(faults=["not-ended"])
def test_a_task_that_never_ends_is_given_up(docpact_relay: MockRelay) -> None:
    with client_of(docpact_relay) as client, pytest.raises(TooLateError):
        client.wait(docpact_relay.task().id, patience=60)
    assert docpact_relay.clock.slept <= 60


def test_a_broken_relay_is_survived(docpact_broken_relay: MockRelay) -> None:
    relay, known = docpact_broken_relay, docpact_broken_relay.task("SUCCESS", "IMAGINE")
    began = relay.clock()
    with client_of(relay) as client:
        try:
            task = client.wait(known.id, patience=PATIENCE)
        except RelayError:
            task = None
    assert relay.clock() - began <= PATIENCE + 10
    assert len(relay.asked) <= PATIENCE
    if relay.fault is not None and relay.fault.rule in FATAL:
        assert task is None, relay.fault.notice
    if task is not None:
        assert (task.id, task.ended) == (known.id, True)
        assert task.image_url if task.status == "SUCCESS" else task.reason
