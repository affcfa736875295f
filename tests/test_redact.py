"""What must never be shown is not shown, and what is shown cannot steer a terminal."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from docpact.redact import printable, shown, without_secrets

SECRET = "hunter2hunter2"  # noqa: S105 - the secret that must not come out


@pytest.mark.parametrize(
    "text",
    [
        f"Authorization: Bearer {SECRET}",
        f"bearer {SECRET}",
        f"mj-api-secret: {SECRET}",
        f"sk-{SECRET}",
        f"https://cdn.example/a.png?ex=1&is=2&hm={SECRET}&",
        f"/mj/image/1?token={SECRET}",
        f"https://user:{SECRET}@relay.example/",
        f"token={SECRET}",
        f'"password": {SECRET}',
        "eyJhbGciOiJIUzI1NiJ9." + SECRET + ".abc",
        f"api_key={SECRET}&x=1",
        "A" * 200 + SECRET,
    ],
)
def test_a_secret_is_hidden_and_stays_hidden(text: str) -> None:
    hidden = without_secrets(text)
    assert SECRET not in hidden
    assert without_secrets(hidden) == hidden
    assert SECRET not in str(shown(text))


@pytest.mark.parametrize(
    "text",
    [
        "SUCCESS",
        "100%",
        "a question? yes",
        "MJ::JOB::upsample::1::e1a4d7e8-8292-412c-aab0-fce932e90479",
        "一只猫",
        "https://a.example/1.png",
    ],
)
def test_what_is_no_secret_is_shown_as_it_is(text: str) -> None:
    assert shown(text) == text


def test_a_secret_that_the_shortening_would_cut_is_hidden_first() -> None:
    text = "x " * 38 + f"Bearer {SECRET}"
    assert "hunter" not in str(shown(text))


@pytest.mark.parametrize(
    ("text", "safe"),
    [
        ("\x1b[31mred", "\\u001b[31mred"),
        ("a\nb\tc\r", "a\\nb\\tc\\r"),
        ("\u202eevil", "\\u202eevil"),
        ("\x9b31m", "\\u009b31m"),
        ("\ud83d", "\\ud83d"),
        ("猫 🔄", "猫 🔄"),
    ],
)
def test_what_a_terminal_would_obey_is_written_as_an_escape(text: str, safe: str) -> None:
    assert printable(text) == safe


@given(st.text())
def test_whatever_is_printed_is_printable(text: str) -> None:
    assert printable(text).isprintable()


@pytest.mark.parametrize("value", [None, True, 1, 2.5, [1], {"a": 1}, "x", 10**100, float("nan"), "y" * 10_000, float("-inf")])
def test_whatever_is_shown_is_short_and_json(value: Any) -> None:
    assert len(json.dumps(shown(value), allow_nan=False)) < 200
