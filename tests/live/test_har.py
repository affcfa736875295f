"""What is recorded: a HAR file that `docpact validate` reads, with no secret in it."""

from __future__ import annotations

import gzip
import io
import json
from typing import TYPE_CHECKING, Any

import pytest

from docpact.cli import main
from docpact.exchange import Answer, Exchange, Lack, Purpose, Request
from docpact.live.recorded import har

if TYPE_CHECKING:
    from pathlib import Path

TOKEN = "sk-4f9a8b7c6d5e4f3a2b1c0d9e8f7a6b5c"  # noqa: S105 - of no server
BASE = "http://127.0.0.1:8000"
JSON = ("Content-Type", "application/json")


def asked(task: str, answer: Answer | None, **more: Any) -> Exchange:
    return Exchange(Request("GET", f"/mj/task/{task}/fetch"), Purpose.TASK, answer, asked=task, at=1.7e12, **more)


def recorded(*exchanges: Exchange) -> bytes:
    return b"".join(har(exchanges, BASE, [TOKEN], "0.1.0", 1 << 20))


def validated(folder: Path, content: bytes, *options: str) -> tuple[int, dict[str, Any]]:
    path = folder / "traffic.har"
    path.write_bytes(content)
    out, err = io.StringIO(), io.StringIO()
    code = main(["validate", str(path), "--format", "json", *options], io.BytesIO(), out, err)
    assert err.getvalue() == ""
    return code, json.loads(out.getvalue())


def test_what_was_recorded_is_judged_as_it_came(tmp_path: Path, example: dict[str, Any]) -> None:
    body = json.dumps(example).encode()
    faulty = json.dumps({**example, "status": "DONE"}).encode()
    packed = Answer(200, (JSON, ("Content-Encoding", "gzip")), gzip.compress(body))
    task = example["id"]
    content = recorded(
        asked(task, Answer(200, (JSON,), body)),
        asked(task, packed),
        asked(task, Answer(200, (JSON,), faulty)),
        asked("404", Answer(404, (JSON,), b"{}")),
        asked(task, None, lack=Lack.REFUSED, note="nobody listens"),
    )
    code, report = validated(tmp_path, content)
    assert code == 1
    assert report["summary"]["payloads"] == 3
    assert set(report["summary"]["by_rule"]) == {"documented-enum"}


def test_flaws_of_a_text_are_recorded_with_it(tmp_path: Path, example: dict[str, Any]) -> None:
    text = json.dumps(example)
    twice = text[:-1] + ', "status": "FAILURE"}'
    for body, rule in (
        (twice, "json-duplicate-member"),
        (text + "x", "json-trailing"),
        (text[:-9], "json-syntax"),
        ("", "json-empty"),
    ):
        _, report = validated(tmp_path, recorded(asked(example["id"], Answer(200, (JSON,), body.encode()))))
        assert rule in report["summary"]["by_rule"], rule


def test_a_body_that_broke_off_is_a_finding(tmp_path: Path, example: dict[str, Any]) -> None:
    cut = asked(example["id"], Answer(200, (JSON,), b'{"id":'), lack=Lack.CUT, note="closed")
    _, report = validated(tmp_path, recorded(cut))
    assert set(report["summary"]["by_rule"]) == {"capture-corrupt"}


def test_bytes_that_are_no_text_are_kept(tmp_path: Path, example: dict[str, Any]) -> None:
    body = json.dumps(example, ensure_ascii=False).replace("cat", "\u00e9").encode("latin-1", "replace") + b"\xff"
    _, report = validated(tmp_path, recorded(asked(example["id"], Answer(200, (JSON,), body))))
    assert "json-encoding" in report["summary"]["by_rule"]


@pytest.mark.parametrize(
    "answer",
    [
        Answer(401, (("X-Echo", f"Bearer {TOKEN}"),), f"no: {TOKEN.upper()}".encode()),
        Answer(200, (JSON,), json.dumps({"id": "1", "note": TOKEN, "token": "hunter-2-hunter"}).encode()),
        Answer(200, (JSON, ("Content-Encoding", "gzip")), gzip.compress(json.dumps({"a": {"b": [TOKEN]}}).encode())),
        Answer(200, (JSON, ("Set-Cookie", "sid=hunter-2-hunter; Path=/"), ("Mj-Api-Secret", "hunter-2-hunter")), b"{}"),
        Answer(302, (("Location", "https://x.example/login?session=hunter-2-hunter"),)),
        Answer(200, (JSON,), json.dumps({"imageUrl": "https://x.example/a.png?Signature=hunter-2-hunter&e=1"}).encode()),
        Answer(500, (("Content-Type", "text/html"),), f"<p>Authorization: Bearer hunter-2-hunter {TOKEN}".encode()),
        Answer(200, (("Content-Type", "image/png"),), b"\xff\xfe" + TOKEN.encode()),
    ],
)
def test_no_secret_is_recorded(answer: Answer) -> None:
    request = Request("GET", "/mj/task/1/fetch", (("Authorization", f"Bearer {TOKEN}"), ("X-Team", "hunter-2-hunter")))
    content = recorded(asked("1", answer)._replace(request=request), asked("1", answer, lack=Lack.CUT, note=f"at {TOKEN}"))
    har_file = json.loads(content)
    told = json.dumps(har_file).lower() + "".join(
        str(__import__("base64").b64decode(entry["response"]["content"]["text"]))
        for entry in har_file["log"]["entries"]
        if entry["response"]["content"].get("encoding") == "base64"
    )
    assert TOKEN[3:] not in told
    assert "hunter-2-hunter" not in told


def test_what_har_asks_for_is_there() -> None:
    log = json.loads(recorded(asked("1", Answer(200, (JSON,), b"{}"), seconds=0.25)))["log"]
    entry = log["entries"][0]
    assert (log["version"], log["creator"]["name"]) == ("1.2", "docpact")
    assert entry["startedDateTime"].startswith("2023-11-14T22:13:20.000")
    assert entry["time"] == 250
    assert {"send", "wait", "receive"} <= set(entry["timings"])
    assert {"method", "url", "httpVersion", "cookies", "headers", "queryString", "headersSize", "bodySize"} <= set(
        entry["request"]
    )
    assert {
        "status", "statusText", "httpVersion", "cookies", "headers", "content", "redirectURL", "headersSize", "bodySize"
    } <= set(entry["response"])  # fmt: skip


def test_nothing_sent_is_a_whole_file_too() -> None:
    assert json.loads(recorded())["log"]["entries"] == []
