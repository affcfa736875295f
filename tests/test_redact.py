"""What must never be shown is not shown, and what is shown cannot steer a terminal."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from docpact.redact import names_a_secret, printable, safe_pointer, safe_source, shown, without_secrets

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
        f"Cookie: session={SECRET}; theme=dark",
        f"Set-Cookie: sid={SECRET}; HttpOnly",
        f"Authorization: Digest username=u, response={SECRET}",
        f"mj-api-secret {SECRET}",
        f"client_secret={SECRET}",
        f"x_passwd={SECRET}",
        f"pwd={SECRET}",
        f"bearer:{SECRET}",
        f"密码：{SECRET}",
        f'{{"token":"{SECRET}"}}',
        f'{{"body":"{{\\"token\\":\\"{SECRET}\\"}}"}}',
        f'{{"a":"{{\\\\"pass\\\\":1,\\\\"secret\\\\": \\\\"{SECRET}\\\\"}}"}}',
        f'"password": "with, blanks and a \\" in it {SECRET}"',
        f"ghp_{SECRET}{SECRET}",
        f"x_github_pat_{SECRET}{SECRET}"[2:],
        f"AKIAIOSFODNN7EXAMPLE{SECRET.upper()}",
        f"xoxb-{SECRET}",
        f"MTk4NjIyNDgzNDcxOTI1MjQ4.Cl2FMQ.{SECRET}{SECRET}x",
        f"https://discord.com/api/webhooks/123456789/{SECRET}",
        f"https://discord.com/api/v10/webhooks/123456789/{SECRET}/messages/1",
        f"ftp://user:{SECRET}@h/",
        f"http://user:{SECRET}/b@h",
        f"http://user:a/{SECRET}@h",
        f"http://user:a@{SECRET}@h",
        f"https:/u:{SECRET}@h",
        f"//u:{SECRET}@h/x",
        f"https://h/a.png;sig={SECRET}",
        f"https://h/a.png?{SECRET}",
        f"https%3A%2F%2Fh%2Fa.png%3F{SECRET}",
        f"a.png%3Ftoken%3D{SECRET}",
        f"token%3D{SECRET}",
        f"x/Bearer abcdefgh?{SECRET}",
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
        "https://a.example:8080/1@2x.png",
        "a token of love",
        "a token gesture, basic geometric shapes",
        "the secret garden, passwords and cookies",
        "a cookie: chocolate chip",
        "which way? left/right? up",
        "1724963337114767",
        "e1a4d7e8-8292-412c-aab0-fce932e90479",
        "max_tokens",
        "me@example.org",
        "::",
    ],
)
def test_what_is_no_secret_is_shown_as_it_is(text: str) -> None:
    assert shown(text) == text


PARTS = [
    "token", "secret", "Bearer ", "bearer", "Cookie: ", "Authorization",
    ":", "=", "/", "//", "?", "@", "%3f", "%3D", "&", ";", " ", "\n",
    '"', "'", "\\", "[secret]", "[base64]", "…", "://", "user", "hunter2hunter2", "a", "sk-", "eyJ", ".", "A" * 60, "~", "密码",
]  # fmt: skip


@given(st.lists(st.sampled_from(PARTS), max_size=20).map("".join))
def test_what_is_hidden_stays_as_it_is_when_it_is_hidden_again(text: str) -> None:
    hidden = without_secrets(text)
    assert without_secrets(hidden) == hidden
    pointer = safe_pointer("/" + text.replace("~", "~0").replace("/", "~1"))
    assert safe_pointer(pointer) == pointer


@pytest.mark.parametrize(
    "part",
    [
        "a://",
        "token",
        "?",
        "@",
        "/a:",
        "Bearer ",
        "A",
        "a/",
        "eyJ.",
        "%3f",
        "\\",
        '"',
        'token: "\\',
        "//a:b",
        "-eyJ",
        "sk-",
        "basic ",
    ],
)
def test_hiding_takes_time_that_grows_with_the_text_alone(part: str) -> None:
    text = part * (1_000_000 // len(part))
    started = time.process_time()
    without_secrets(text)
    assert time.process_time() - started < 10


def test_the_name_of_a_source_stays_one_that_can_be_opened() -> None:
    long = "/data/" + "captures_of_the_relay_2024/" * 10 + "day-?.json"
    assert safe_source(long) == long
    hidden = safe_source(f"https://u:{SECRET}@h/x?{SECRET}")
    assert hidden == "https://…@h/x?…"
    assert SECRET not in safe_source(f"https:/u:{SECRET}@h/x") + safe_source(f"fetch?token={SECRET}")


def test_a_pointer_stays_a_pointer() -> None:
    assert safe_pointer("/buttons/3/customId") == "/buttons/3/customId"
    assert safe_pointer(f"/a/https:~1~1u:{SECRET}@h~1x/b~0") == "/a/https:~1~1…@h~1x/b~0"


@pytest.mark.parametrize("name", ["token", "X-Api-Key", "clientSecret", "password", "Set-Cookie", "authorization"])
def test_a_name_tells_that_its_value_is_a_secret(name: str) -> None:
    assert names_a_secret(name)
    assert not names_a_secret(f"{name}Count")


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
