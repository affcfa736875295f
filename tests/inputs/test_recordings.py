"""Recorded HTTP: the answers of the documented operation are judged with what is known of them, the others counted."""

from __future__ import annotations

import base64
import gzip
import io
import json
import zlib
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from docpact import inputs
from docpact.captures import Answer, Corrupt, Skipped, Text, Unreadable
from docpact.cli import main
from docpact.inputs import walk as walk_file
from docpact.inputs.answers import milliseconds

if TYPE_CHECKING:
    from pathlib import Path

URL = "https://relay.example/mj-turbo/mj/task/{}/fetch?x=1"
BODY = b'{"id": "1", "buttons": []}'


def har_entry(asked: str = "1", body: str = BODY.decode(), status: object = 200, **content: Any) -> dict[str, Any]:
    return {
        "startedDateTime": "2026-03-01T12:00:00.250Z",
        "request": {"method": "GET", "url": URL.format(asked)},
        "response": {"status": status, "headers": [], "content": {"text": body, **content}},
    }


def har(*entries: object) -> bytes:
    return json.dumps({"log": {"version": "1.2", "pages": [{"a": [1]}], "entries": entries, "comment": ""}}).encode()


def tape(body: object = BODY, asked: str = "1", code: object = 200, method: str = "GET", **headers: str) -> dict[str, Any]:
    held = {"string": body} if not isinstance(body, dict) else body
    return {
        "request": {"method": method, "uri": URL.format(asked), "headers": {"A": ["b"]}, "body": None},
        "response": {"status": {"code": code, "message": "OK"}, "headers": {k: [v] for k, v in headers.items()}, "body": held},
    }


def cassette(*interactions: Any) -> dict[str, Any]:
    return {"interactions": list(interactions), "version": 1}


def as_yaml(value: object) -> bytes:
    written = yaml.dump(value)
    assert isinstance(written, str)
    return written.encode()


def test_a_har_gives_the_answers_of_the_operation_and_counts_the_others(read: Any, tmp_path: Path) -> None:
    (tmp_path / "run.har").write_bytes(
        har(
            har_entry(),
            {**har_entry(), "request": {"method": "POST", "url": URL.format("1")}},
            {**har_entry(), "request": {"method": "GET", "url": "https://relay.example/mj/submit/imagine"}},
            har_entry("2%2f3", base64.b64encode(BODY).decode(), encoding="base64"),
            har_entry(status=429),
            har_entry(status=0),
            har_entry(status=304),
            "no entry at all",
        )
    )
    first, *skipped, fourth, limited, aborted, same, stranger = read(tmp_path)
    assert (first.source, first.line, first.content) == (f"{tmp_path}/run.har!/entries/0", None, BODY)
    assert first.answer == Answer("1", 1772366400250.0)
    assert [thing.reason for thing in skipped] == ["another request"] * 2
    assert (fourth.content, fourth.answer.asked) == (BODY, "2/3")
    reasons = [thing.reason for thing in (limited, aborted, same, stranger)]
    assert reasons == ["HTTP 429", "no answer", "HTTP 304", "another request"]


@pytest.mark.parametrize("write", [as_yaml, lambda value: json.dumps(value).encode()])
def test_a_cassette_is_told_by_what_it_holds(write: Any, read: Any, tmp_path: Path) -> None:
    body = BODY.decode()
    (tmp_path / "x").write_bytes(write(cassette(tape(body), tape(body, "7", 404), tape(body, method="post"), tape(body, "8"))))
    things = read(tmp_path)
    assert [thing.content for thing in things if isinstance(thing, Text)] == [BODY, BODY]
    assert things[3].source.endswith("x!/interactions/3")
    assert things[3].answer == Answer("8", None)
    assert [thing.reason for thing in things if isinstance(thing, Skipped)] == ["HTTP 404", "another request"]


def test_a_real_dump_with_binary_bodies_and_aliases_is_read(read: Any) -> None:
    shared = tape(BODY)
    dumped = as_yaml(cassette(shared, shared, tape(gzip.compress(BODY), **{"content-encoding": "gzip"})))
    assert b"!!binary" in dumped
    assert b"*id001" in dumped
    assert [thing.content for thing in read("-", stdin=dumped)] == [BODY] * 3


SCHEMATHESIS = b"""command: 'st run --report vcr http://127.0.0.1/openapi.json'
recorded_with: 'Schemathesis 4.32.5'
seed: 1
http_interactions:
- id: 'a'
  status: 'SUCCESS'
  recorded_at: '2026-03-01T12:00:00.250000+00:00'
  checks:
    - name: 'not_a_server_error'
      status: 'SUCCESS'
  request:
    uri: 'http://127.0.0.1/mj/task/1/fetch'
    method: 'GET'
    headers:
      Accept:
      - '*/*'
  response:
    status:
      code: '200'
      message: 'OK'
    headers:
      Content-Type:
      - 'application/json'
    body:
      encoding: 'utf-8'
      base64_string: '%s'
    http_version: '1.1'
- id: 'b'
  request:
    uri: 'http://127.0.0.1/mj/task/2/fetch'
    method: 'GET'
  response: null
"""


def test_a_report_of_schemathesis_is_read(read: Any) -> None:
    first, second = read("-", stdin=SCHEMATHESIS % base64.b64encode(BODY))
    assert (first.content, first.answer) == (BODY, Answer("1", 1772366400250.0))
    assert first.source == "<stdin>!/http_interactions/0"
    assert second.reason == "no answer"


@pytest.mark.parametrize(
    ("encoding", "packed"),
    [
        ("gzip", gzip.compress(BODY)),
        ("deflate", zlib.compress(BODY)),
        ("gzip, gzip", gzip.compress(gzip.compress(BODY))),
        ("identity", BODY),
        ("gzip", BODY),
        ("br", BODY),
    ],
)
def test_an_encoded_body_is_decoded_and_one_that_was_recorded_decoded_is_left(encoding: str, packed: bytes, read: Any) -> None:
    (text,) = read("-", stdin=as_yaml(cassette(tape(packed, **{"Content-Encoding": encoding}))))
    assert text.content == BODY


def test_a_body_that_cannot_be_decoded_is_told_and_the_next_is_judged(read: Any) -> None:
    bodies = [
        tape(b"\x0b\x02\x80", **{"content-encoding": "compress"}),
        tape(gzip.compress(BODY)[:20], **{"content-encoding": "gzip"}),
        tape({"base64_string": "####="}),
        tape(gzip.compress(b"[" * 3_000_000), **{"content-encoding": "gzip"}),
        tape(),
    ]
    unknown, cut, no_base64, bomb, good = read("-", stdin=as_yaml(cassette(*bodies)))
    assert isinstance(unknown, Unreadable)
    assert isinstance(cut, Corrupt)
    assert isinstance(no_base64, Corrupt)
    assert bomb.content is None
    assert bomb.size < 300_000
    assert good.content == BODY


BOMB = b"interactions:\n- &a [x,x,x,x,x,x,x,x,x]\n" + b"".join(
    b"- &%c [%s]\n" % (98 + n, b",".join([b"*%c" % (97 + n)] * 9)) for n in range(9)
)
EVIL = {
    "an object": (b"interactions:\n- !!python/object/apply:os.system ['touch owned']\n", "asks for an object"),
    "an object as text": (b"interactions:\n- !!python/name:os.system x\n", "asks for an object"),
    "an object in a key": (b"interactions:\n- ? !!python/object/new:os.system [x]\n  : 1\n", "asks for an object"),
    "a billion laughs": (BOMB, "grow into more than"),
    "an alias to nothing": (b"interactions:\n- *a\n", "names nothing"),
    "an alias to itself": (b"interactions:\n- &a [*a]\n", "names nothing"),
    "deep nesting": (b"interactions:\n- " + b"[" * 5000 + b"\n", "nested deeper"),
    "no YAML": (b"interactions:\n- {a: [}\n", "no YAML"),
    "bytes that are no text": (b"interactions:\n- \xff\xfe\x00\n", "no YAML"),
}


@pytest.mark.parametrize("name", EVIL)
def test_a_hostile_cassette_is_refused_and_runs_nothing(
    name: str, read: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    body, said = EVIL[name]
    (tmp_path / "a.yaml").write_bytes(body)
    (tmp_path / "b.json").write_bytes(BODY)
    *before, broken, good = read(tmp_path)
    assert isinstance(broken, Corrupt)
    assert said in broken.reason
    assert broken.line is None or broken.line > 1
    assert all(isinstance(thing, Skipped) for thing in before)
    assert good.content == BODY
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.yaml", "b.json"]


def test_an_interaction_above_the_limit_is_refused_in_flat_memory(read: Any) -> None:
    body = b'interactions:\n- request:\n    uri: "' + b"x" * 5_000_000 + b'"\n'
    (broken,) = read("-", stdin=body)
    assert "an interaction is larger than" in broken.reason


def test_yaml_that_is_no_cassette_is_told_when_named_and_passed_over_when_met(read: Any, tmp_path: Path) -> None:
    path = tmp_path / "compose.yaml"
    path.write_bytes(b"services:\n  a: {}\n")
    (named,) = read(path)
    assert (type(named), "no cassette" in named.reason) == (Unreadable, True)
    (met,) = read(tmp_path)
    assert isinstance(met, Skipped)


def test_an_entry_above_the_limit_is_told_and_the_next_is_judged(read: Any) -> None:
    large = har_entry(body='"' + 'x"{[\\' * 200_000)
    first, second, third = read("-", stdin=har(har_entry(), large, har_entry()))
    assert (first.content, third.content) == (BODY, BODY)
    assert second.content is None
    assert second.size > 1_000_000


@pytest.mark.parametrize("share", [0.3, 0.6, 0.95])
def test_a_har_that_is_cut_gives_what_stands_before_the_cut(share: float, read: Any) -> None:
    body = har(*[har_entry(str(n)) for n in range(3000)])
    plain, packed = body[: int(len(body) * share)], gzip.compress(body)
    for cut in (plain, packed[: int(len(packed) * share)]):
        *texts, broken = read("-", stdin=cut)
        assert isinstance(broken, Corrupt)
        assert [text.answer.asked for text in texts] == [str(n) for n in range(len(texts))]
        assert len(texts) > 3000 * share - 800
        assert "cut off" in broken.reason


def test_a_text_above_the_limit_beside_the_entries_is_passed_over(read: Any) -> None:
    large = json.dumps('"[{' * 200_000).encode()
    (text,) = read("-", stdin=har(har_entry()).replace(b'"version": "1.2"', b'"version": ' + large))
    assert text.content == BODY


def test_a_number_of_very_many_digits_in_a_har_is_passed_over(read: Any) -> None:
    (text,) = read("-", stdin=har(har_entry()).replace(b'"pages": [', b'"pages": [' + b"7" * 10_000 + b", "))
    assert text.content == BODY


def test_a_har_written_on_many_lines_is_told_with_the_line_of_the_break(read: Any) -> None:
    body = json.dumps(json.loads(har(har_entry(), har_entry())), indent=2).encode()
    at = body.rindex(b'"response"')
    # No brace: Python 3.13 tells of the comma before it, on the line above.
    *_, broken = read("-", stdin=body[:at] + b"@" + body[at:])
    assert broken.line == body[:at].count(b"\n") + 1


@pytest.mark.parametrize("size", [1, 2, 3, 7, 50])
def test_values_are_whole_however_the_bytes_come(size: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(walk_file, "_CHUNK", 1)

    class Slow(io.BytesIO):
        def read(self, _: int | None = -1, /) -> bytes:
            return super().read(size)

    body = '{"a": 12345, "猫": ["\\u732b", {"x": null}], "s": "}]\\"{", "n": -1.5e3}'
    walk, seen = walk_file.Walk(Slow(body.encode()), 10_000), {}
    for name in walk.names():
        walk.must(":")
        seen[name] = walk.value()
    assert seen == json.loads(body)


@pytest.mark.parametrize(
    ("pattern", "url", "asked"),
    [
        ("*/mj/task/{id}/fetch", "https://a.example/mj/task/5/fetch?k=v", "5"),
        ("/v2/jobs/{job}", "https://a.example/v2/jobs/9", "9"),
        ("/v2/jobs/{job}", "https://a.example/v2/jobs/9/more", None),
        ("https://a.example/*", "https://a.example/x/y?z", ""),
        ("https://a.example/*", "https://b.example/x", None),
        (r"re:/jobs/(?P<id>\d+)$", "https://a.example/v2/jobs/12", "12"),
        (r"re:/jobs/\d+$", "https://a.example/v2/jobs/x", None),
    ],
)
def test_a_pattern_chooses_urls_and_names_the_id(pattern: str, url: str, asked: str | None, read: Any) -> None:
    entry = {**har_entry(), "request": {"method": "GET", "url": url}}
    (thing,) = read("-", stdin=har(entry), urls=(inputs.chosen(pattern),))
    assert (thing.answer.asked or "" if isinstance(thing, Text) and thing.answer else None) == asked


def test_the_asked_id_and_the_time_reach_the_judge(tmp_path: Path) -> None:
    (tmp_path / "run.har").write_bytes(har(har_entry("2"), har_entry("1")))
    out = io.StringIO()
    assert main(["validate", str(tmp_path), "--format", "json"], io.BytesIO(), out, io.StringIO()) == 1
    found = json.loads(out.getvalue())["findings"]
    wrong = [one["place"] for one in found if one["rule"] == "id-mismatch"]
    assert [place["source"].rpartition("!/")[2] for place in wrong] == ["entries/0"]


def test_polls_in_a_har_are_judged_with_their_times(tmp_path: Path, example: dict[str, Any]) -> None:
    running = {**example, "status": "IN_PROGRESS", "progress": "50%", "imageUrl": "", "finishTime": 0, "buttons": []}
    entries = []
    for hour in range(4):
        entry = har_entry(example["id"], json.dumps(running))
        entries.append({**entry, "startedDateTime": f"2026-03-01T{hour:02}:00:00Z"})
    path = tmp_path / "run.har"
    path.write_bytes(har(*entries))
    out = io.StringIO()
    main(["validate", str(path), "--stories", "--format", "json"], io.BytesIO(), out, io.StringIO())
    assert "stuck" in json.loads(out.getvalue())["summary"]["by_rule"]


@pytest.mark.parametrize(
    ("when", "expected"),
    [
        ("1970-01-01T00:00:01Z", 1000.0),
        ("1970-01-01T01:00:01+01:00", 1000.0),
        ("1970-01-01T00:00:01.1234567Z", 1123.456),
        ("yesterday", None),
        (5, None),
    ],
)
def test_times_are_milliseconds(when: object, expected: float | None) -> None:
    assert milliseconds(when) == expected
