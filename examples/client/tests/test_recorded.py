"""The client reads what a relay has once answered: `pytest --docpact-record once` recorded it, without the token."""

from __future__ import annotations

import pytest
from taskclient import Client

TASK = "1757419223881804"


@pytest.mark.docpact(cassette="imagine")
@pytest.mark.usefixtures("docpact_cassette")
def test_a_recorded_task_is_polled_to_its_end() -> None:
    with Client("http://127.0.0.1:8080", "sk-mockRelayToken0123456789", sleep=lambda _: None) as client:
        task = client.wait(TASK)
    assert (task.action, task.status) == ("IMAGINE", "SUCCESS")
    assert task.image_url
