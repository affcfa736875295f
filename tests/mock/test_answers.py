"""What a relay answers besides tasks: tokens, ids and paths that are wrong, other methods; each family in its own way."""

from __future__ import annotations

import gc
import json
import tracemalloc

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from test_lives import CONTRACT, PROFILES, WITH_TOKEN, ask

from docpact import mock
from docpact.errors import ContractError
from docpact.exchange import Answer, Request
from docpact.mock import family

TOKEN = mock.TOKEN
RELAYS = {profile: mock.relay(CONTRACT, profile=profile) for profile in PROFILES}
PATH = RELAYS["documented"].tasks()[0].path


def status(answer: Answer) -> tuple[int, bytes]:
    return answer.status, answer.body[:20]


@pytest.mark.parametrize("profile", PROFILES)
@pytest.mark.parametrize(
    "headers",
    [
        [("Authorization", f"Bearer {TOKEN}")],
        [("AUTHORIZATION", f"bearer  {TOKEN} ")],
        [("authorization", TOKEN)],
        [("mj-api-secret", TOKEN)],
        [("Mj-Api-Secret", f"Bearer {TOKEN}")],
        [("Authorization", ""), ("mj-api-secret", TOKEN)],
        [("mj-api-secret", TOKEN), ("Authorization", "midjourney-proxy")],
    ],
)
def test_the_token_is_taken_as_clients_send_it(profile: str, headers: list[tuple[str, str]]) -> None:
    assert ask(RELAYS[profile], PATH, headers=tuple(headers)).status == 200


@pytest.mark.parametrize("profile", PROFILES)
@pytest.mark.parametrize(
    "value",
    [f"Bearer {TOKEN[:-1]}x", "Bearer", "Bearer ", f"Basic {TOKEN}", f"Bearer {TOKEN[:13]}", f"Bearer {TOKEN.upper()}",
     f"Bearer {TOKEN}0", "Bearer -", "Bearer sk-", "midjourney-proxy", "\x00\xff"],
)  # fmt: skip
def test_a_wrong_token_is_refused(profile: str, value: str) -> None:
    answer = ask(RELAYS[profile], PATH, headers=(("Authorization", value),))
    assert answer.status in {401, 403}
    assert b'"id"' not in answer.body


def test_a_go_relay_ignores_what_follows_a_dash() -> None:
    assert ask(RELAYS["go-relay"], PATH, headers=(("Authorization", f"Bearer {TOKEN}-channel7"),)).status == 200
    assert ask(RELAYS["java-proxy"], PATH, headers=(("Authorization", f"Bearer {TOKEN}-channel7"),)).status == 401


def test_each_family_answers_what_it_does_not_know_in_its_own_way() -> None:
    unknown = "/mj/task/1111111111111111/fetch"
    answers = {profile: ask(relay, unknown) for profile, relay in RELAYS.items()}
    assert status(answers["go-relay"]) == (400, b'{"code":4,"descripti')
    assert json.loads(answers["go-relay"].body)["description"] == "task_no_found "
    assert status(answers["java-proxy"]) == (200, b"")
    assert status(answers["csharp-proxy"]) == (204, b"")
    assert answers["documented"].status == 404
    refused = {profile: ask(relay, PATH, headers=()) for profile, relay in RELAYS.items()}
    assert status(refused["java-proxy"]) == (401, b"")
    assert refused["csharp-proxy"].body == b"Authorization header missing."
    assert json.loads(refused["go-relay"].body)["error"]["type"] == "new_api_error"
    assert refused["documented"].header("www-authenticate") == "Bearer"


def test_json_is_written_as_the_family_writes_it() -> None:
    bodies = {
        profile: b"".join(ask(relay, task.path).body for task in relay.tasks() for _ in range(task.steps))
        for profile, relay in ((profile, mock.relay(CONTRACT, profile=profile)) for profile in PROFILES)
    }
    assert bodies["csharp-proxy"].isascii()
    assert not bodies["java-proxy"].isascii()
    assert b"&" in bodies["java-proxy"]
    assert not {b"&", b"<", b">"} & {bytes([byte]) for byte in bodies["go-relay"]}


def test_paths_with_a_mode_or_a_query_lead_to_the_task() -> None:
    def shown_by(path: str) -> set[str]:
        return {profile for profile, relay in RELAYS.items() if b'"id"' in ask(relay, path).body}

    everyone = set(PROFILES)
    assert shown_by(PATH + "?rand=7") == shown_by("http://127.0.0.1:8080" + PATH) == everyone
    assert shown_by(PATH.replace("1", "%31")) == everyone
    assert shown_by("/mj-fast" + PATH) == shown_by("/mj-turbo" + PATH) == everyone - {"java-proxy"}
    assert shown_by("/anything" + PATH) == everyone - {"java-proxy", "csharp-proxy"}
    assert shown_by("/any/thing" + PATH) == shown_by("/" + PATH) == shown_by(PATH + "/x") == set()


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "BREW", "get"])
def test_other_methods_bring_no_task_and_move_none(method: str) -> None:
    for profile in PROFILES:
        relay = mock.relay(CONTRACT, profile=profile)
        before = relay.tasks()
        answer = ask(relay, PATH, method)
        assert b'"id"' not in answer.body
        assert (answer.status, answer.header("allow")) == (405, "GET") or profile == "go-relay"
        assert relay.tasks() == before


def test_head_says_what_get_would_say_without_a_body_and_moves_nothing() -> None:
    relay = mock.relay(CONTRACT)
    head, then = ask(relay, PATH, "HEAD"), ask(relay, PATH)
    assert (head.status, head.body, head.header("content-length")) == (200, b"", str(len(then.body)))
    assert relay.tasks()[0].polls == 1
    assert ask(relay, PATH, "HEAD", headers=()).status == 401
    assert ask(relay, PATH, "OPTIONS", headers=()).header("access-control-allow-methods") == "GET, HEAD, POST, OPTIONS"


def test_without_a_token_nobody_is_asked_for_one() -> None:
    relay = mock.relay(CONTRACT, token="")
    assert ask(relay, PATH, headers=()).status == 200
    assert ask(relay, PATH, headers=(("Authorization", "Bearer anything"),)).status == 200


TEXTS = st.text(st.characters(codec="latin-1"), max_size=40)


@settings(max_examples=100, deadline=None)
@given(
    st.sampled_from(["GET", "HEAD", "POST", "OPTIONS", "DELETE", ""]),
    st.one_of(TEXTS, TEXTS.map(lambda text: f"/mj/task/{text}/fetch"), TEXTS.map(lambda text: f"/mj/submit/imagine{text}"),
              st.sampled_from(["*", "", "/", "//", PATH, "/mj/submit/change", "/mj/task/list-by-condition", "?", "://"])),
    st.lists(st.tuples(st.sampled_from(["Authorization", "mj-api-secret", "x"]), st.one_of(TEXTS, st.just(f"Bearer {TOKEN}")))),
    st.one_of(st.binary(max_size=60), st.sampled_from([b"[]", b'{"ids":[[]]}', b'{"taskId":[],"action":{},"index":1}'])),
    st.sampled_from(["documented", "go-relay", "csharp-proxy"]),
)  # fmt: skip
def test_no_request_raises(method: str, target: str, headers: list[tuple[str, str]], body: bytes, profile: str) -> None:
    request = Request(method, target, tuple(headers), body)
    for relay in (RELAYS[profile], FAULTY[profile]):
        answer = relay.answer(request)
        assert isinstance(answer, Answer)
        assert 100 <= answer.status <= 599


ODD_FAULTS = ("id-reflected", "auth-echo/error", "id-unknown-served", "method-accepted")
FAULTY = {p: mock.relay(CONTRACT, profile=p, faults=ODD_FAULTS) for p in ("documented", "go-relay", "csharp-proxy")}


def test_memory_does_not_grow_with_requests() -> None:
    relay = mock.relay(CONTRACT, faults=["documented-null/buttons:every=7", "http-server-error:every=50"])
    requests = [Request("GET", task.path + query, WITH_TOKEN) for task in relay.tasks() for query in ("", "?rand=1")]
    requests += [Request("GET", f"/mj/task/{number}/fetch?r={number}", WITH_TOKEN) for number in range(50)]

    def serve() -> int:
        for _ in range(20):
            for request in requests:
                relay.answer(request)
        gc.collect()
        return tracemalloc.get_traced_memory()[0]

    tracemalloc.start()
    try:
        first = serve()
        assert serve() - first < 10_000
    finally:
        tracemalloc.stop()


def test_what_the_families_say_is_checked_when_it_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        family, "read", lambda _: {"answers": [{"on": ["unknown"], "status": "many", "reason": "", "fact": ""}]}
    )
    with pytest.raises(ContractError, match="status"):
        family.load(CONTRACT, "documented")
