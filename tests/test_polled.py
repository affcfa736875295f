"""A poll is taken out of its wrapper only where all of the wrapper is understood."""

from __future__ import annotations

import pytest

from docpact.polled import Polled, unwrapped

BODY = {"id": "a"}


@pytest.mark.parametrize(
    ("at", "milliseconds"),
    [
        (None, None),
        (0, 0.0),
        (1724963337114, 1724963337114.0),
        (0.5, 0.5),
        ("2025-01-31T12:00:00Z", 1738324800000.0),
        ("2025-01-31 13:00:00.250+01:00", 1738324800250.0),
        ("2025-01-31t12:00:00z", 1738324800000.0),
    ],
)
def test_a_time_is_milliseconds_or_as_rfc_3339_writes_it(at: object, milliseconds: float | None) -> None:
    assert unwrapped({"at": at, "asked": "a", "payload": BODY}) == Polled(BODY, milliseconds, "a", wrapped=True)


@pytest.mark.parametrize(
    "at",
    [
        10**400,
        -(10**400),
        float("nan"),
        float("inf"),
        1e300,
        -1,
        True,
        [],
        "5",
        "2025-01-31",
        "2025-01-31T12:00:00",
        "2025-02-31T12:00:00Z",
        "0001-01-01T00:00:00+23:59",
    ],
)
def test_what_is_no_time_leaves_the_wrapper_as_it_is(at: object) -> None:
    wrapper = {"at": at, "payload": BODY}
    assert unwrapped(wrapper) == Polled(wrapper, unclear="at")


@pytest.mark.parametrize("asked", [5, "", [], True])
def test_what_is_no_id_leaves_the_wrapper_as_it_is(asked: object) -> None:
    wrapper = {"asked": asked, "payload": BODY}
    assert unwrapped(wrapper) == Polled(wrapper, unclear="asked")


@pytest.mark.parametrize("value", [BODY, {"payload": 1}, {"at": 1}, {"payload": 1, "at": 1, "x": 1}, [], None, "payload"])
def test_what_is_no_wrapper_is_a_body(value: object) -> None:
    assert unwrapped(value) == Polled(value)
