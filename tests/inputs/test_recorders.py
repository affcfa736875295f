"""What other programs recorded, read as they wrote it: the files in `recorded/` were made by runs of those programs."""

from __future__ import annotations

import base64
import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from docpact.captures import Answer, Corrupt, Skipped, Text, Unreadable

RECORDED = Path(__file__).parent / "recorded"
# Schemathesis 4.32.5, `--report ndjson,vcr,har`, and cassetter 0.16.1, against servers on this machine.
REPORTS = ["schemathesis-events.ndjson", "schemathesis-vcr.yaml", "schemathesis-har.json"]


@pytest.mark.parametrize("name", REPORTS)
def test_a_report_of_schemathesis_gives_the_answers_that_it_recorded(name: str, read: Any) -> None:
    first, second, limited = read(RECORDED / name)
    assert [json.loads(text.content)["status"] for text in (first, second)] == ["SUCCESS", "DONE"]
    assert limited.reason == "HTTP 429"
    assert {text.answer.asked for text in (first, second)} == {"1724963337114767"}


def test_the_reports_of_one_run_say_the_same(read: Any) -> None:
    events, vcr, har = ([thing for thing in read(RECORDED / name) if isinstance(thing, Text)] for name in REPORTS)
    assert [text.content for text in events] == [text.content for text in vcr] == [text.content for text in har]
    times = [[text.answer.at // 10 for text in texts if text.answer and text.answer.at] for texts in (events, vcr, har)]
    assert times[0] == times[1] == times[2]
    assert times[0][0] > 179e9


def test_an_answer_in_events_is_named_by_its_test_case(read: Any) -> None:
    first, *_ = read("-", stdin=gzip.compress((RECORDED / REPORTS[0]).read_bytes()))
    case = json.loads((RECORDED / REPORTS[0]).read_text("utf-8").split("ScenarioFinished", 1)[1].split('"cases":', 1)[1][1:9])
    assert first.source == f"<stdin>!/interactions/{case}"
    assert first.line is None


def event(content: object, **response: object) -> bytes:
    entry: dict[str, object] = {
        "request": {"method": "GET", "uri": "http://127.0.0.1/mj/task/1/fetch"},
        "response": {"status_code": 200, "headers": {}, "content": content, **response},
        "timestamp": 1.5,
    }
    found = {"a": entry, "b": {**entry, "response": None}}
    return json.dumps({"ScenarioFinished": {"recorder": {"interactions": found}}}).encode()


HEAD = b'{"Initialize":{"command":"st run","schemathesis_version":"4.32.5","seed":1}}\n'


def test_events_that_are_damaged_cut_or_too_large_are_told_with_their_line(read: Any) -> None:
    good = event({"$base64": base64.b64encode(b'{"a": 1}').decode()})
    large = event({"$base64": "A" * 200_000})
    lines = [HEAD.rstrip(), good, b"{]", b'["no event"]', b"[" * 90_000, large, good[:-20]]
    first, none, damaged, stranger, *rest = read("-", stdin=b"\n".join(lines))
    assert (first.content, first.answer) == (b'{"a": 1}', Answer("1", 1500.0))
    assert (type(none), none.reason) == (Skipped, "no answer")
    assert (damaged.line, "no JSON" in damaged.reason) == (3, True)
    assert (stranger.line, stranger.reason) == (4, "this line holds no event")
    deep, over, again, cut = rest
    assert deep.line == 5
    assert (over.line, over.content) == (6, None)
    assert again.content == b'{"a": 1}'
    assert (cut.line, "cut off" in cut.reason) == (7, True)


def test_events_in_a_stream_that_breaks_off_are_told(read: Any) -> None:
    packed = gzip.compress(HEAD + event("{}") + b"\n" + event("x" * 9000))
    *texts, broken = read("-", stdin=packed[:-30])
    assert texts[0].content == b"{}"
    assert isinstance(broken, Corrupt)
    assert broken.line == 3


def test_a_body_that_schemathesis_cut_is_told_and_not_judged(read: Any) -> None:
    _, vcr, har = ((RECORDED / name).read_bytes() for name in REPORTS)
    cut = [
        HEAD + event({"$base64": "e30="}, content_size=5000),
        vcr.replace(b"      encoding: 'utf-8'\n", b"      encoding: 'utf-8'\n      truncated_from: 9\n"),
        har.replace(b'"mimeType"', b'"comment": "Body truncated: 1 of 2 bytes recorded", "mimeType"'),
    ]
    for body in cut:
        first, *_ = read("-", stdin=body)
        assert isinstance(first, Corrupt)
        assert first.reason == "the recorder kept a part of this body"


@pytest.mark.parametrize("name", ["cassetter.yaml", "cassetter.toml"])
def test_a_cassette_of_cassetter_is_read_in_both_of_its_formats(name: str, read: Any) -> None:
    things = {thing.answer.asked: thing for thing in read(RECORDED / name)}
    assert things["text"].content == b'{"id": "t"}'
    assert things["bad"].content == b'{"id": NaN'
    assert things["none"].content == b""
    assert things["bin"].content == bytes(range(256))
    assert json.loads(things["gz"].content) == {"id": "gz"}
    assert things["text"].source.endswith(f"{name}!/interactions/6")
    assert things["text"].answer.at > 1.79e12


def test_a_structured_body_keeps_what_is_a_number_and_what_is_a_text(read: Any) -> None:
    (plain,) = [text for text in read(RECORDED / "cassetter.toml") if text.answer.asked == "json"]
    names = ("n", "s", "t", "true", "nul", "null", "tilde", "float")
    (built,) = [text for text in read(RECORDED / "cassetter.yaml") if text.answer.asked == "json"]
    body = json.loads(built.content)
    assert body == json.loads(plain.content)
    assert [body[name] for name in names] == [5, "5", True, "true", None, "null", "~", "1.5"]
    # The digits are those of the cassette, not those of a float that was made of them.
    assert b'"e": 1.0e+300' in built.content
    assert b'"neg": -0.0' in built.content


def test_an_empty_value_of_a_cassette_is_no_text(read: Any) -> None:
    tape = b"interactions:\n- request: {method: GET, uri: 'https://a.example/mj/task/1/fetch'}\n"
    tape += b"  response: {status: {code: 200}, body: {string: null}}\n"
    (text,) = read("-", stdin=tape)
    assert text.content == b""


TOML = b'version = 1\n\n[[interactions]]\n[interactions.request]\nmethod = "GET"\nuri = "http://a.example/mj/task/1/fetch"\n'


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (TOML + b"[interactions.response]\nstatus = ", "no TOML, or is cut off"),
        (TOML + b"x = '\xff'\n", "it is no UTF-8"),
        (TOML + b"x = " + b"[" * 20_000, "no TOML, or is cut off"),
        (TOML + b'[interactions.response]\nstatus = 200\nbody_type = "binary"\nbody_content = "7"\n', "hexadecimal"),
    ],
)
def test_a_damaged_cassette_in_toml_is_told(body: bytes, said: str, read: Any) -> None:
    (broken,) = read("-", stdin=body)
    assert isinstance(broken, Corrupt)
    assert said in broken.reason


def test_a_cassette_in_toml_that_is_too_large_to_be_held_says_what_to_do(read: Any, tmp_path: Path) -> None:
    (tmp_path / "x.toml").write_bytes(TOML + b"# " + b"x" * 200_000 + b"\n")
    (large,) = read(tmp_path)
    assert (type(large), large.hint) == (Unreadable, "make YAML of it: cassetter convert")
