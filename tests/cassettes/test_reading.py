"""Cassettes of others: read without trust, told where they are damaged, and written again as their tool reads them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from planted import TOKEN, everywhere
from vcr.request import Request
from vcr.serialize import deserialize, serialize
from vcr.serializers import jsonserializer, yamlserializer

from docpact.cassettes import reading
from docpact.cassettes.cleaning import cleaned
from docpact.cassettes.tape import Interaction, written
from docpact.errors import CaptureError

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

SERIALIZERS = {"yaml": yamlserializer, "json": jsonserializer}


def of_vcrpy(interactions: Iterable[Interaction], kind: str, metadata: dict[str, Any] | None = None) -> bytes:
    """Write a cassette with vcrpy itself."""
    requests, responses = [], []
    for one in interactions:
        requests.append(Request(one.method, one.uri, one.request["body"], one.request["headers"]))
        responses.append({**one.response, "body": {"string": one.response["body"] or b""}})
    held = {"requests": requests, "responses": responses, "metadata": metadata or {}}
    return str(serialize(held, SERIALIZERS[kind])).encode()


def texts() -> list[Interaction]:
    """What was planted, as far as JSON can hold it: vcrpy refuses to write what is binary as JSON."""
    planted, _ = everywhere()
    bodies = [(one.request["body"] or b"", one.response["body"] or b"") for one in planted]
    return [one for one, held in zip(planted, bodies, strict=True) if all(b.isascii() and b"\0" not in b for b in held)]


@pytest.mark.parametrize("kind", ["yaml", "json", "tape"])
def test_a_planted_cassette_is_clean_after_scrubbing_and_its_tool_still_loads_it(kind: str) -> None:
    planted, secrets = everywhere()
    planted = planted if kind != "json" else texts()
    content = of_vcrpy(planted, kind) if kind != "tape" else b"".join(written(planted, {"recorded_at": "2026-01-01"}))
    assert reading.read(content).kind == kind
    found = cleaned(reading.read(content), content, [TOKEN])
    assert found.content is not None
    assert not found.left
    text = found.content.decode().lower()
    assert not [secret for secret in secrets if secret.lower() in text]
    again = cleaned(reading.read(found.content), found.content, [TOKEN])
    assert again == (None, {}, [])
    if kind == "tape":
        assert reading.read(found.content).kind == "tape"
        return
    requests, responses = deserialize(found.content.decode(), SERIALIZERS[kind])
    assert len(requests) == len(responses) == len(planted)
    assert [request.method for request in requests] == ["GET"] * len(planted)


@pytest.mark.parametrize("kind", ["yaml", "json"])
def test_what_is_clean_already_stays_byte_by_byte(kind: str) -> None:
    planted = texts()
    content = of_vcrpy(planted, kind, {"recorded_at": "2026-01-01T00:00:00Z", "note": "猫"})
    first = cleaned(reading.read(content), content, [TOKEN])
    assert first.content is not None
    recording = reading.read(first.content)
    assert recording.written(list(recording.interactions()), [{}] * len(recording), recording.around()) == first.content
    assert recording.metadata["note"] == "猫"


def test_a_cassette_written_by_hand_keeps_how_its_texts_are_quoted_and_what_its_words_mean() -> None:
    content = b"""interactions:
- recorded_at: 2026-01-02T03:04:05Z
  request:
    method: GET
    uri: "https://relay.example/mj/task/1/fetch?token=abc"
    headers: {}
    body: ~
  response:
    status: {code: 0200, message: 'OK'}
    headers: {Content-Type: application/json}
    body:
      string: |
        {"id": "1"}
version: 1
"""
    found = cleaned(reading.read(content), content)
    assert found.content is not None
    before, after = yaml.safe_load(content), yaml.safe_load(found.content)
    before["interactions"][0]["request"]["uri"] = "https://relay.example/mj/task/1/fetch?token=redacted"
    assert after == before
    assert b"string: |\n" in found.content


HOSTILE = {
    "nothing": b"",
    "a list": b"[]",
    "a text": b"hello",
    "no list of interactions": b'{"interactions": {}}',
    "no request": b'{"interactions": [{}]}',
    "a request that is a number": b'{"interactions": [{"request": 1, "response": {}}]}',
    "JSON that is cut off": b'{"interactions": [{"request": {',
    "YAML that is cut off": b'interactions:\n- request: {"a": [1,\n',
    "nested JSON": b'{"interactions": ' + b"[" * 100_000,
    "nested YAML": b"interactions: " + b"[" * 100_000,
    "blocks in blocks": b"".join(b" " * depth + b"a:\n" for depth in range(300)),
    "a tag": b"interactions: !!python/object/apply:os.system ['touch PWNED']\n",
    "a tag deep inside": b"interactions:\n- request: {method: !!python/name:os.system , uri: x}\n  response: {}\n",
    "an alias to nothing": b"interactions: *a\n",
    "an alias to itself": b"interactions: &a [*a]\n",
    "many laughs": b"a: &a0 [x,x,x,x,x,x,x,x,x,x]\n"
    + b"".join(b"b%d: &a%d [%s]\n" % (n, n, b",".join([b"*a%d" % (n - 1)] * 10)) for n in range(1, 9))
    + b"interactions: *a8\n",
    "a large text, many times": b"a: &a " + b"x" * 1_000_000 + b"\ninteractions: [" + b",".join([b"*a"] * 2000) + b"]\n",
    "a merge": b"a: &a {request: {}, response: {}}\ninteractions:\n- <<: *a\n",
    "two documents": b"interactions: []\n---\ninteractions: []\n",
    "no UTF-8": b'{"interactions": ["\xff"]}',
    "a name that is a list": b"? [a]\n: b\ninteractions: []\n",
    "a name twice": b"interactions: []\ninteractions: []\n",
    "a name twice in JSON": b'{"interactions": [], "interactions": []}',
    "binary that is none": b"interactions:\n- request: {body: !!binary '%%%'}\n  response: {}\n",
    "control characters": b"interactions:\x00\x01\n",
    "a large number": b'{"interactions": [{"request": {}, "response": {"status": ' + b"9" * 10_000 + b"}}]}",
    "a tape that is cut off": b"".join(written([], {}))[:-9],
}  # fmt: skip


@pytest.mark.parametrize("content", HOSTILE.values(), ids=HOSTILE)
def test_what_is_hostile_or_damaged_is_told_and_nothing_of_it_is_run(content: bytes, tmp_path: Path, monkeypatch: Any) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(CaptureError) as told:
        reading.read(content)
    assert told.value.hint
    assert len(told.value.message) < 300
    assert list(tmp_path.iterdir()) == []


BODIES = {
    "headers that are a list": {"request": {"headers": [1]}, "response": {}},
    "a body that is a number": {"request": {"body": 5}, "response": {}},
    "base64 that is none": {"request": {}, "response": {"body": {"base64_string": "%"}}},
    "digits that are none": {"request": {}, "response": {"body": {"type": "binary", "content": "xyz"}}},
    "JSON in a form that there is not": {"request": {}, "response": {"body": {"type": "json", "form": "x", "content": 1}}},
}  # fmt: skip


@pytest.mark.parametrize("entry", BODIES.values(), ids=BODIES)
def test_an_interaction_that_cannot_be_read_is_told_by_its_number(entry: dict[str, Any]) -> None:
    good = {"request": {"method": "GET", "uri": "x"}, "response": {}}
    recording = reading.read(json.dumps({"interactions": [good, entry]}).encode())
    with pytest.raises(CaptureError, match=r"interaction 1|neither JSON"):
        list(recording.interactions())


def test_a_file_above_the_limit_is_not_read() -> None:
    with pytest.raises(CaptureError, match="larger than 10 bytes"):
        reading.read(b" " * 11, limit=10)


def test_what_aliases_say_again_is_read_as_it_stands() -> None:
    content = b"""interactions:
- request: &r {method: GET, uri: https://relay.example/x, headers: {Authorization: [secret-1]}, body: null}
  response: {status: {code: 200, message: OK}, headers: {}, body: {string: ''}}
- request: *r
  response: {status: {code: 200, message: OK}, headers: {}, body: {string: ''}}
"""
    found = cleaned(reading.read(content), content)
    assert found.removed == {"a header authorization": 2}
    assert found.content is not None
    assert [one.uri for one in reading.read(found.content).interactions()] == ["https://relay.example/x"] * 2


@pytest.mark.parametrize("name", ["many laughs", "a large text, many times"])
def test_aliases_that_make_too_much_of_a_text_are_told_as_such(name: str) -> None:
    content = HOSTILE[name].replace(b"interactions: ", b"metadata: ") + b"interactions: []\n"
    with pytest.raises(CaptureError, match="the aliases of the YAML text make too much of it"):
        reading.read(content)


def test_what_redaction_left_is_seen_by_the_last_look(monkeypatch: pytest.MonkeyPatch) -> None:
    one = everywhere()[0][0]
    content = of_vcrpy([one._replace(uri="https://relay.example/x?sig=abcdef")], "yaml")
    monkeypatch.setattr("docpact.cassettes.redaction.Redaction.address", lambda _, uri: uri)
    found = cleaned(reading.read(content), content)
    assert found.removed
    assert {one.kind for one in found.left} == {"a signed address"}
