"""Exchanges judged: whatever a server sends, nothing is raised, nothing is unpacked beyond the limit, and no token is shown."""

from __future__ import annotations

import gzip
import json
import tracemalloc
import zlib
from typing import Any

import pytest
from exchanges import CONTRACT, JSON_TYPE, KNOWN, TOKEN, rules, told
from hypothesis import given, settings
from hypothesis import strategies as st

from docpact.exchange import Answer, Exchange, Lack, Purpose, Request
from docpact.validate.answers import is_task, judge

PROFILE = CONTRACT.profile("documented")
REQUEST = Request("GET", f"/mj/task/{KNOWN}/fetch", (("Host", "h"), ("Authorization", f"Bearer {TOKEN}")))
TASK = json.dumps(CONTRACT.example).encode()


def of_task(body: bytes, *headers: tuple[str, str], limit: int = 1 << 20, **more: Any) -> tuple[list[str], bytes | None]:
    exchange = Exchange(REQUEST, Purpose.TASK, Answer(200, (*JSON_TYPE, *headers), body), asked=KNOWN, **more)
    answered = judge(exchange, CONTRACT, PROFILE, [TOKEN], limit)
    return rules(answered.breaches), answered.body


_NAMES = ("Content-Type", "content-length", "CONTENT-ENCODING", "Location", "Retry-After", "Set-Cookie", "X-Docpact", "")
_VALUES = (
    "application/json", "application/json; charset=", "gzip", "gzip,br,gzip", "deflate", "-1", "٣", "1" * 5000,
    f"Bearer {TOKEN}", "http://[", "//" + TOKEN,
    "text/html; charset=" + TOKEN, "\x00", "Mon, 99 Foo", TOKEN.lower(), TOKEN.upper(),
)  # fmt: skip
headers = st.lists(st.tuples(st.sampled_from(_NAMES), st.one_of(st.sampled_from(_VALUES), st.text(max_size=20))), max_size=6)
plain = st.one_of(
    st.binary(max_size=200),
    st.sampled_from([TASK, TASK[:-9], b"[" * 100_000, b"null", b'{"code": {"a": []}}', b"\xef\xbb\xbf<html>", TOKEN.encode()]),
)
bodies = st.one_of(plain, plain.map(gzip.compress), plain.map(zlib.compress), plain.map(lambda body: gzip.compress(body)[:-3]))
answers = st.builds(Answer, st.integers(-1, 1000), headers.map(tuple), bodies)
requests = st.builds(
    Request,
    st.sampled_from(["GET", "HEAD", "POST", "OPTIONS", "", TOKEN]),
    st.sampled_from(["/mj/task/%3Cscript%3E/fetch", "//[", "", "/mj/task/{99*9999999}%0d%0aX-Docpact:/fetch", f"/{TOKEN}"]),
    st.sampled_from([(), (("Host", "h["),), (("Accept-Encoding", "gzip;q=0, *"),), REQUEST.headers]),
)
exchanges = st.builds(
    Exchange, requests, st.sampled_from(Purpose), st.one_of(st.none(), answers), st.one_of(st.none(), st.sampled_from(Lack)),
    note=st.sampled_from(["", f"no route for {TOKEN}", "\x1b[2J"]), extra=st.integers(0, 3),
    asked=st.one_of(st.none(), st.sampled_from(["<script>alert(1)</script>", "", "{{12*3456}}", TOKEN])),
)  # fmt: skip


@settings(max_examples=600, deadline=None)
@given(exchanges, st.sampled_from([*CONTRACT.profiles]))
def test_whatever_comes_is_judged_and_no_token_is_shown(exchange: Exchange, profile: str) -> None:
    answered = judge(exchange, CONTRACT, CONTRACT.profile(profile), [TOKEN, ""])
    for breach in answered.breaches:
        assert TOKEN.lower() not in repr(breach.finding()).lower()
        assert TOKEN.lower() not in repr(breach).lower()
    if answered.body is not None:
        assert exchange.purpose is Purpose.TASK
        assert exchange.lack in (None, Lack.LARGE)


@pytest.mark.parametrize("turns", [1, 2, 3])
def test_a_bomb_is_not_unpacked(turns: int) -> None:
    bomb = b" " * 50_000_000
    for _ in range(turns):
        bomb = gzip.compress(bomb, mtime=0)
    limit = 100_000
    tracemalloc.start()
    assert of_task(bomb, ("Content-Encoding", ", ".join(["gzip"] * turns)), limit=limit) == (["json-size"], None)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 20 * limit


def bare(body: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return packer.compress(body) + packer.flush()


@pytest.mark.parametrize(
    ("body", "encoding"),
    [
        (gzip.compress(TASK), "gzip"),
        (gzip.compress(TASK), "X-GZIP"),
        (gzip.compress(TASK[:100]) + gzip.compress(TASK[100:]) + b"\0\0", "gzip"),
        (zlib.compress(TASK), "deflate"),
        (bare(TASK), "deflate"),
        (gzip.compress(zlib.compress(TASK)), "deflate, gzip"),
        (TASK, "identity"),
        (TASK, ""),
    ],
)
def test_a_body_is_unpacked_as_its_header_says(body: bytes, encoding: str) -> None:
    assert of_task(body, ("Content-Encoding", encoding)) == ([], TASK)


@pytest.mark.parametrize(
    ("body", "encoding"),
    [
        (TASK, "gzip"),
        (gzip.compress(TASK)[:-1], "gzip"),
        (gzip.compress(TASK) + b"rest", "gzip"),
        (gzip.compress(TASK), "deflate, gzip"),
        (gzip.compress(TASK), ",".join(["gzip"] * 9)),
        (gzip.compress(TASK), "identity"),
    ],
)
def test_a_body_that_is_not_packed_as_its_header_says_breaks_that_rule_alone(body: bytes, encoding: str) -> None:
    assert of_task(body, ("Content-Encoding", encoding)) == (["http-encoding"], None)


def test_so_many_packings_one_over_the_other_are_not_undone() -> None:
    body = TASK
    for _ in range(4):
        body = gzip.compress(body)
    assert of_task(body, ("Content-Encoding", "gzip,gzip,gzip,gzip")) == ([], TASK)
    assert of_task(gzip.compress(body), ("Content-Encoding", "gzip,gzip,gzip,gzip,gzip")) == (["http-encoding"], None)


def test_an_encoding_that_is_not_known_here_is_named_and_no_fault_where_the_request_takes_it() -> None:
    for accept, expected in (("gzip, br", []), ("*", []), (None, []), ("gzip", ["http-encoding"]), ("", ["http-encoding"])):
        request = REQUEST if accept is None else REQUEST._replace(headers=(("Accept-Encoding", accept),))
        answer = Answer(200, (*JSON_TYPE, ("Content-Encoding", "br")), b"\x0b\x02")
        answered = judge(Exchange(request, Purpose.TASK, answer), CONTRACT, PROFILE)
        assert (rules(answered.breaches), answered.body, answered.unread) == (expected, None, "br")


def test_a_body_of_another_type_is_judged_too_where_it_is_json() -> None:
    answer = Answer(200, (("Content-Type", "text/plain"),), TASK.replace(b"SUCCESS", b"DONE"))
    found = told(Exchange(REQUEST, Purpose.TASK, answer, asked=KNOWN))
    assert {"http-content-type", "documented-enum"} <= set(rules(found))


def test_a_limit_is_of_the_body_as_it_is_read() -> None:
    assert of_task(TASK, limit=len(TASK)) == ([], TASK)
    assert of_task(TASK, limit=len(TASK) - 1) == (["json-size"], None)
    assert of_task(TASK[:50], lack=Lack.LARGE) == (["json-size"], None)


@pytest.mark.parametrize(
    ("body", "held"),
    [
        (TASK, True),
        (b"\xef\xbb\xbf" + TASK, True),
        (TASK[:-30], True),
        (TASK + b"\n" + TASK, True),
        (TASK.replace(b"IMAGINE", b"\xff"), True),
        (b"[[" + TASK + b"]]", True),
        (b'{"code": 1, "data": {"task": ' + TASK + b"}}", True),
        (b'{"id": "17", "status": "RUNNING"}', True),
        (b'{"code": 1, "prompt": "a", "action": "IMAGINE", "progress": "1%", "imageUrl": null}', True),
        (b'{"code": 1, "prompt": "a", "action": "IMAGINE", "progress": "1%"}', False),
        (b'{"prompt": "a", "progress": "1%", "imageUrl": null}', True),
        (b"", False),
        (b"null", False),
        (b"[]", False),
        (b'{"status": 404, "id": "17"}', False),
        (b'{"code": 4, "description": "task_no_found ", "type": "upstream_error", "properties": {}}', False),
        (b'{"timestamp": 1, "status": 401, "error": "Unauthorized", "path": "/"}', False),
        (b'{"error": {"message": "no", "type": "new_api_error"}}', False),
        (b"<html><script>var a = " + TASK + b"</script></html>", False),
        (b"[" * 5000, False),
    ],
    ids=lambda part: repr(part)[:40],
)
def test_a_task_is_told_from_an_error_and_from_a_page(body: bytes, held: object) -> None:
    assert is_task(CONTRACT, body) is held


@pytest.mark.parametrize(
    "writing", [TOKEN, TOKEN.lower(), "c2stUmlnaHQtVG9rZW4tNDcxMQ", f'{{"a": "{TOKEN}"}}', f"x={TOKEN}&y"], ids=range(5)
)
@pytest.mark.parametrize("purpose", Purpose)
def test_a_token_that_comes_back_is_found_for_whatever_was_asked(writing: str, purpose: Purpose) -> None:
    for answer in (Answer(404, (("X-Id", writing),)), Answer(404, (), writing.encode())):
        found = rules(told(Exchange(REQUEST, purpose, answer, asked=KNOWN)))
        assert found.count("auth-echo") == 1


def test_a_token_too_short_to_be_told_from_a_word_is_not_looked_for() -> None:
    exchange = Exchange(REQUEST, Purpose.TASK, Answer(200, JSON_TYPE, TASK), asked=KNOWN)
    assert judge(exchange, CONTRACT, PROFILE, ["", "a", "SUCCE"]).breaches == []


@pytest.mark.parametrize(
    ("secret", "body", "held"),
    [
        ("midjourn", '{"url": "https://cdn.midjourney.example"}', False),
        ("midjourney", '{"url": "https://cdn.midjourney.example/midjourney-1.png"}', False),
        ("midjourney", '{"token": "midjourney"}', True),
        ("good-token", '{"message": "no good-tokens"}', False),
        ("good-token", r'{"message": "seen:\ngood-token."}', True),
        ("good-token", "next=%2F&key=good-token&x", True),
    ],
)
def test_a_token_is_told_from_a_word_that_begins_with_it(secret: str, body: str, held: object) -> None:
    exchange = Exchange(REQUEST, Purpose.ODD_ID, Answer(404, (), body.encode()), asked="")
    assert (rules(judge(exchange, CONTRACT, PROFILE, [secret]).breaches) == ["auth-echo"]) is held


def test_nothing_with_status_200_is_an_empty_body_and_needs_no_type() -> None:
    for headers in ((), (("Content-Encoding", "gzip"),), (("Content-Length", "0"),)):
        assert rules(told(Exchange(REQUEST, Purpose.TASK, Answer(200, headers), asked=KNOWN))) == ["json-empty"]


@pytest.mark.parametrize(
    ("lack", "rule"),
    [(Lack.REFUSED, "http-cut"), (Lack.UNREACHABLE, "http-late"), (Lack.LATE, "http-late"), (Lack.MALFORMED, "http-malformed")],
)
def test_what_lacks_is_an_error_and_only_a_warning_where_an_odd_request_is_dropped(lack: Lack, rule: str) -> None:
    assert rules(told(Exchange(REQUEST, Purpose.TASK, lack=lack)), "error") == [rule]
    found = told(Exchange(REQUEST, Purpose.ODD_ID, lack=lack))
    assert rules(found, "warning" if lack is Lack.MALFORMED else "error") == [rule]


def test_who_asks_for_no_token_is_excused_where_the_family_has_that_setting_but_not_for_a_refusal_with_the_task_in_it() -> None:
    for profile, status, expected in (("documented", 200, ["java-proxy"]), ("java-proxy", 200, None), ("java-proxy", 401, [])):
        exchange = Exchange(REQUEST._replace(headers=()), Purpose.NO_TOKEN, Answer(status, JSON_TYPE, TASK), asked=KNOWN)
        found = judge(exchange, CONTRACT, CONTRACT.profile(profile), [TOKEN]).breaches
        assert [list(one.excused_by) for one in found] == ([] if expected is None else [expected])


def test_a_token_in_several_headers_is_told_once() -> None:
    answer = Answer(200, (*JSON_TYPE, ("X-A", TOKEN), ("X-B", TOKEN)), TASK)
    assert rules(told(Exchange(REQUEST, Purpose.TASK, answer, asked=CONTRACT.example["id"]))) == ["auth-echo"]


def test_a_product_that_stands_in_the_id_already_was_not_worked_out() -> None:
    asked = "{{1337*4242}} or 5671554"
    answer = Answer(404, (), f"no task {asked}".encode())
    assert rules(told(Exchange(REQUEST, Purpose.ODD_ID, answer, asked=asked))) == []


def test_a_body_behind_the_answer_to_head_is_one_breach() -> None:
    exchange = Exchange(REQUEST._replace(method="HEAD"), Purpose.METHOD, Answer(200, JSON_TYPE, TASK), asked=KNOWN)
    assert rules(told(exchange)) == ["http-length"]


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("Bearer sk-Wrong-Token-471", "with a wrong token the answer"),
        ("Bearer ", "with a wrong token (an empty one) the answer"),
        (f"Basic {TOKEN}", "with a wrong token (as 'Basic') the answer"),
        (f"Bearer {TOKEN[:9]}", "with a wrong token (the right one, cut off) the answer"),
        (f"Bearer {TOKEN.lower()}", "with a wrong token (the right one in other case) the answer"),
    ],
)
def test_it_is_said_what_is_wrong_with_a_token_that_was_accepted(given: str, said: str) -> None:
    request = REQUEST._replace(headers=(("Authorization", given),))
    [breach] = told(Exchange(request, Purpose.WRONG_TOKEN, Answer(200, JSON_TYPE, TASK), asked=KNOWN))
    assert (breach.rule, breach.message.partition(" is ")[0]) == ("auth-wrong-accepted", said)


@pytest.mark.parametrize("writing", ["word-of-mouth 17", "WORD-OF-MOUTH 17", "word-of-mouth%2017", "d29yZC1vZi1tb3V0aCAxNw"])
def test_a_token_that_looks_like_none_is_hidden_in_each_writing(writing: str) -> None:
    for headers in ((("Content-Type", writing),), (*JSON_TYPE, ("Content-Encoding", writing)), (("X-" + writing, writing),)):
        exchange = Exchange(REQUEST, Purpose.TASK, Answer(200, headers, TASK), note=writing, asked=KNOWN)
        found = judge(exchange, CONTRACT, PROFILE, ["word-of-mouth 17"]).breaches
        assert found
        assert writing.lower() not in repr([found, [one.finding() for one in found]]).lower()
