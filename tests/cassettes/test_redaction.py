"""Redaction: nothing that was planted is left, what is clean is not changed, and what was judged is judged as before."""

from __future__ import annotations

import base64
import json

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from planted import TOKEN, everywhere, exchange

from docpact.cassettes.redaction import Redaction
from docpact.cassettes.scan import suspicions
from docpact.cassettes.tape import Interaction, written


def tape(interactions: list[Interaction]) -> bytes:
    return b"".join(written(interactions, {}))


def seen(one: Interaction) -> str:
    """Everything that an exchange holds, bodies in each codec that was planted."""
    bodies = [message.get("body") or b"" for message in (one.request, one.response)]
    texts = [body.decode(codec, "replace") for body in bodies for codec in ("utf-8", "utf-16", "gbk", "latin-1")]
    return "\n".join([one.method, one.uri, repr(one.request), repr(one.response), *texts]).lower()


def test_of_what_is_planted_anywhere_nothing_is_left() -> None:
    planted, secrets = everywhere()
    assert len(secrets) >= 40
    redaction = Redaction([TOKEN])
    for one in planted:
        clean = redaction.interaction(one)
        left = [secret for secret in secrets if secret.lower() in seen(clean)]
        assert not left, (left, clean)
        again = Redaction([TOKEN])
        assert again.interaction(clean) == clean
        assert not again.removed


def test_after_redaction_the_last_look_finds_nothing() -> None:
    planted, _ = everywhere()
    redaction = Redaction([TOKEN])
    assert list(suspicions(tape([redaction.interaction(one) for one in planted]), [TOKEN])) == []


def test_what_was_removed_is_counted_by_kind_and_said_by_place_and_never_by_value() -> None:
    planted, secrets = everywhere()
    redaction = Redaction([TOKEN])
    said = []
    for one in planted:
        redaction.interaction(one)
        said += [f"{removal.kind} {removal.place}" for removal in redaction.removals]
    told = "\n".join([*said, *redaction.removed]).lower()
    assert not [secret for secret in secrets if secret.lower() in told]
    assert "a header authorization /request/headers/authorization" in said
    assert "a member with the name of a secret /request/body/properties/deep/0/deeper/0/accessToken" in said
    assert sum(redaction.removed.values()) == len(said) >= 50


_NAMES = st.sampled_from(["token", "prompt", "imageUrl", "notifyHook", "maskBase64", "properties", "x-api-key", "id", ""])
_PIECES = st.sampled_from([
    "redacted", "token=", "token: ", "?ex=", "&hm=", "https://", "//a:b@c", "/attachments/12/34/", "me@x.example",
    "bearer ", "Cookie: a=b", "sk-abcdefghijklmnop", "%3D", "%", "\\", '"', "'", "{", "}", "[", "\ud800", "\0", "/", "#", ";",
    TOKEN, TOKEN[:9], "a_00000000-0000-4000-8000-000000000000.png", "eyJhbGciOiJIUzI1NiJ9.e30.", "/api/webhooks/12345/abc", " ",
    "cmVkYWN0ZWQ=", "user@redacted.example", "Basic dXNlcjpwYXNz", '{"token":"a"}', "A" * 130, "\n", "data:", "a=b&password=c",
])  # fmt: skip
_TEXTS = st.lists(_PIECES | st.text(max_size=4), max_size=6).map("".join)
_VALUES = st.recursive(
    _TEXTS | st.integers() | st.none() | st.booleans(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_NAMES, inner, max_size=3),
    max_leaves=6,
)


def _body(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


@given(_TEXTS, _TEXTS | _VALUES.map(json.dumps), _TEXTS | _VALUES.map(lambda value: json.dumps(value, ensure_ascii=False)))
@example("me@x.exampleme@x.example", "", "")
def test_what_is_clean_is_not_changed_again(path: str, sent: str, came: str) -> None:
    one = exchange(f"https://relay.example/{path}", _body(sent), _body(came))
    clean = Redaction([TOKEN]).interaction(one)
    again = Redaction([TOKEN])
    assert again.interaction(clean) == clean
    assert not again.removed
    assert TOKEN.lower() not in seen(clean)


@given(_VALUES)
def test_a_json_body_stays_json_of_the_same_shape(value: object) -> None:
    body = _body(json.dumps(value))
    clean = Redaction().body(body, "application/json")
    assert clean is not None
    assert _shape(json.loads(clean)) == _shape(value)


def _shape(value: object) -> object:
    if isinstance(value, dict):
        return [_shape(held) for held in value.values()]
    if isinstance(value, list):
        return [_shape(held) for held in value]
    return type(value)


@pytest.mark.parametrize(
    "body",
    [
        b'{"id": "1", "id": "2", "progress": NaN}  ', b'\xef\xbb\xbf{"id":"1"}', b'{"id":"\\ud800"', b"[[[[", b'{"a": 1e400}',
        b'{"prompt": "a token of love; basic shapes, 4 < 5 @ night", "seed": 12345678901234567890}', b"<b>busy</b>",
        b'{"imageUrl":"https://cdn.midjourney.com/00000000-0000-4000-8000-000000000000/0_0.png"}', b"\x89PNG\r\n\0\0@a.bc",
        b'{"customId":"MJ::JOB::upsample::1::00000000-0000-4000-8000-000000000000"}',
    ],
)  # fmt: skip
def test_a_body_without_secrets_stays_byte_by_byte(body: bytes) -> None:
    redaction = Redaction([TOKEN])
    assert redaction.body(body, "application/json") == body
    assert not redaction.removed


def test_a_secret_is_known_by_the_words_before_it_and_words_are_none() -> None:
    said = b"Your token is pl4ntedXq7zz, the password is Sesame99, and a token is a token; write to cat%40mail.example"
    clean = b"Your token is redacted, the password is redacted, and a token is a token; write to user@redacted.example"
    assert Redaction().body(said) == clean
    assert Redaction().body(clean) == clean


@pytest.mark.parametrize(
    "prompt", ["a token is buried here", "the secret is out --v 6.1", "password is a word", "token of love"]
)
def test_prompts_that_speak_of_tokens_stay(prompt: str) -> None:
    body = json.dumps({"prompt": prompt}).encode()
    assert Redaction().body(body) == body


PACKED = base64.urlsafe_b64encode(b'{"token": "abcdef??>"}').decode().rstrip("=")


@pytest.mark.parametrize(
    ("body", "clean"),
    [
        ('[{"name": "Cookie", "value": "sid=abcdef"}, {"name": "Accept", "value": "x"}]',
         '[{"name": "Cookie", "value": "redacted"}, {"name": "Accept", "value": "x"}]'),
        ('{"key": "api_key", "values": ["abcdef"], "id": "1"}', '{"key": "api_key", "values": ["redacted"], "id": "1"}'),
        ('{"name": "token", "id": "1", "of": {"value": "x"}}', '{"name": "token", "id": "1", "of": {"value": "x"}}'),
        ('{"tokens": ["abc", {"a": "def"}], "usage": {"tokens": 7}}',
         '{"tokens": ["redacted", {"a": "redacted"}], "usage": {"tokens": 7}}'),
        ('{"session": {"id": "abc", "seconds": 9}, "auth": true}',
         '{"session": {"id": "redacted", "seconds": 9}, "auth": true}'),
        (f'{{"state": "{PACKED}"}}', '{"state": "eyJ0b2tlbiI6ICJyZWRhY3RlZCJ9"}'),
        ('{"state": "eyJhIjogMX0="}', '{"state": "eyJhIjogMX0="}'),
        ('<form><input type=hidden name="csrf-token" value="abcdef"><input name=q value="cat"></form>',
         '<form><input type=hidden name="csrf-token" value="redacted"><input name=q value="cat"></form>'),
        ("<meta name='csrf-token' content='abcdef'>", "<meta name='csrf-token' content='redacted'>"),
    ],
)  # fmt: skip
def test_a_secret_is_known_by_a_name_that_stands_beside_it(body: str, clean: str) -> None:
    redaction = Redaction()
    assert redaction.body(body.encode()) == clean.encode()
    assert Redaction().body(clean.encode()) == clean.encode()
