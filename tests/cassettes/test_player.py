"""The player: vcrpy with an index, held against vcrpy without one, and against damage and interruptions."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from vcr import VCR, matchers
from vcr.cassette import Cassette
from vcr.record_mode import RecordMode
from vcr.request import Request

from docpact.cassettes.player import Player, Recorder
from docpact.cassettes.store import Persister
from docpact.cassettes.tape import Interaction, Tape, written
from docpact.errors import CaptureError

if TYPE_CHECKING:
    from pathlib import Path

# Each is one address in several texts, or nearly.
URIS = (
    "https://e.com/a", "https://e.com:443/a", "https://E.com/a", "http://e.com/a", "http://e.com:80/a", "http://e.com:8080/a",
    "https://e.com", "https://e.com/", "https://e.com/a?b=1&c=2", "https://e.com/a?c=2&b=1", "https://e.com/a?b=1", "https://e.com/a#x",
    "https://e.com/a;p", "https://e.com/é", "https://e.com/%C3%A9", "https://e.com/a/", 'https://e.com/"',
)  # fmt: skip
PLAIN = ("https://e.com/a", "https://e.com/b", "http://e.com:8080/a")
NEARLY = ("https://e.com/a", "https://e.com:443/a", "http://e.com/a", "http://e.com:80/a")
MATCHERS = ("method", "scheme", "host", "port", "path", "query", "uri", "body", "headers", "raw_body")
USUAL = MATCHERS[:6]


class Kept:
    """A persister that remembers, and never forgets, what was to be saved."""

    saved: Any = None

    def __init__(self, load: Any) -> None:
        self._load = load

    def load_cassette(self, path: str, serializer: Any) -> Any:
        return self._load(path, serializer)

    def save_cassette(self, path: str, held: dict[str, Any], serializer: Any) -> None:
        del path, serializer
        pairs = zip(held["requests"], held["responses"], strict=True)
        self.saved = [(one.method, one.uri, one.body, answer["body"]["string"]) for one, answer in pairs], held.get("metadata")


class KeptOnTape(Kept, Persister):
    """The same, of which the player reads tapes as they are asked for."""


def request(uri: str, body: bytes | None = None, method: str = "GET") -> Request:
    return Request(method, uri, body, {"a": "b"} if body else {})


def answer(number: int) -> dict[str, Any]:
    return {"status": {"code": 200, "message": "OK"}, "headers": {"X": ["y"]}, "body": {"string": b"%d" % number}}


def tape_file(path: Path, uris: list[tuple[str, bytes | None]], metadata: dict[str, Any] | None = None) -> Path:
    listed = [
        Interaction("GET", uri, {"headers": {"a": ["b"]} if body else {}, "body": body}, {**answer(n), "body": b"%d" % n})
        for n, (uri, body) in enumerate(uris)
    ]
    path.write_bytes(b"".join(written(listed, metadata or {})))
    return path


def told(cassette: Cassette, steps: list[tuple[str, tuple[str, bytes | None]]]) -> list[Any]:
    """Do what clients do, and tell what they would see."""
    seen: list[Any] = []
    for number, (step, (uri, body)) in enumerate(steps):
        asked = request(uri, body)
        if cassette.filter_request(asked) is None:
            # vcrpy would fail to look for it.
            assert not cassette.can_play_response_for(asked)
            continue
        if step == "rewind":
            cassette.rewind()
        elif step == "record" and not cassette.write_protected:
            cassette.append(asked, answer(100 + number))
        elif step == "ask" and cassette.can_play_response_for(asked):
            seen.append(cassette.play_response(asked)["body"]["string"])
        elif step == "all":
            found = asked in cassette
            seen.append([one["body"]["string"] for one in cassette.responses_of(asked)] if found else None)
        seen.append((asked in cassette, cassette.play_count, cassette.all_played, len(cassette)))
    cassette._save()
    return [*seen, cassette._persister.saved, [one.uri for one in cassette.requests]]


STEPS = st.sampled_from(["ask", "ask", "ask", "record", "rewind", "all"])


class Case(NamedTuple):
    """A cassette, how it is used, and by whom."""

    uris: list[tuple[str, bytes | None]]
    steps: list[tuple[str, tuple[str, bytes | None]]]
    options: dict[str, Any]


@st.composite
def cases(draw: st.DrawFn) -> Case:
    asked = st.tuples(st.sampled_from(URIS), st.sampled_from([None, b"1", b"2"]))
    options: dict[str, Any] = {
        "record_mode": RecordMode(draw(st.sampled_from(["once", "new_episodes", "none", "all", "any"]))),
        "match_on": draw(st.just(USUAL) | st.lists(st.sampled_from(MATCHERS), unique=True).map(tuple)),
        "allow_playback_repeats": draw(st.booleans()),
        "drop_unused_requests": draw(st.booleans()),
    }
    if draw(st.booleans()):
        options |= {"before_record_request": other_host, "ignore_hosts": ["g.com"]}
    if few := draw(st.sampled_from([(), PLAIN, NEARLY])):
        asked = st.tuples(st.sampled_from(few), st.none())
    return Case(draw(st.lists(asked, max_size=8)), draw(st.lists(st.tuples(STEPS, asked), max_size=12)), options)


def other_host(request: Request) -> Request | None:
    """Stand for the filters of users: idempotent, and without an opinion on some requests."""
    request.uri = request.uri.replace("//e.com", "//f.com")
    return None if request.body == b"2" else request


@settings(max_examples=150)
@given(cases())
def test_a_player_does_what_vcrpy_does(tmp_path_factory: pytest.TempPathFactory, case: Case) -> None:
    path = tape_file(tmp_path_factory.getbasetemp() / "player.json", case.uris, {"profile": "documented"})
    told_by = []
    for vcr, kept, kind in ((VCR(), Kept, Cassette), (Recorder(), KeptOnTape, Player)):
        persister = kept(Persister().load_cassette)
        config = vcr.get_merged_config(path=str(path), persister=persister, **case.options)
        told_by.append(told(kind.load(**{name: config[name] for name in config if name not in OF_NO_CASSETTE}), case.steps))
    assert told_by[0] == told_by[1]


OF_NO_CASSETTE = ("path_transformer", "func_path_generator", "record_on_exception")


def player(path: Path, **options: Any) -> Player:
    match_on = [getattr(matchers, name) for name in USUAL]
    loaded: Player = Player.load(**{"path": str(path), "match_on": match_on, "record_mode": RecordMode.NONE, **options})
    return loaded


def test_equal_requests_are_answered_in_their_order_and_each_once(tmp_path: Path) -> None:
    path = tape_file(tmp_path / "tape.json", [(uri, None) for uri in ("https://e.com/a", "https://e.com/b") * 3])
    cassette = player(path)
    assert [cassette.play_response(request("https://e.com/a"))["body"]["string"] for _ in range(3)] == [b"0", b"2", b"4"]
    assert not cassette.can_play_response_for(request("https://e.com/a"))
    assert not cassette.all_played
    assert [cassette.play_response(request("https://e.com/b"))["body"]["string"] for _ in range(3)] == [b"1", b"3", b"5"]
    assert cassette.all_played


@pytest.mark.parametrize(("one", "other"), [NEARLY[:2], NEARLY[1::-1], NEARLY[2:], NEARLY[:1:-1]])
def test_one_address_in_two_texts_is_one_address(tmp_path: Path, one: str, other: str) -> None:
    cassette = player(tape_file(tmp_path / "tape.json", [(one, None), (other, None), (one, None)]))
    assert [cassette.play_response(request(other))["body"]["string"] for _ in range(3)] == [b"0", b"1", b"2"]


def test_a_matcher_beyond_the_index_is_asked_of_what_was_not_played(tmp_path: Path) -> None:
    bodies = [b"x", b"y", b"y", b"x"]
    path = tape_file(tmp_path / "tape.json", [("https://e.com/a", body) for body in bodies])
    cassette = player(path, match_on=[*map(matchers.__dict__.get, USUAL), matchers.body])
    seen = [cassette.play_response(request("https://e.com/a", body))["body"]["string"] for body in (b"y", b"y", b"x", b"x")]
    assert seen == [b"1", b"2", b"0", b"3"]
    assert not cassette.can_play_response_for(request("https://e.com/a", b"y"))


def test_what_was_not_used_is_dropped_where_that_was_asked_for(tmp_path: Path) -> None:
    path = tape_file(tmp_path / "tape.json", [("https://e.com/a", None), ("https://e.com/b", None), ("https://e.com/a", None)])
    with Recorder(record_mode="new_episodes", drop_unused_requests=True).use_cassette(str(path)) as cassette:
        cassette.play_response(request("https://e.com/a"))
        cassette.append(request("https://e.com/c"), answer(9))
    tape = Tape(path.read_bytes())
    assert [tape.interaction(number).uri for number in range(len(tape))] == ["https://e.com/a", "https://e.com/c"]


def test_nothing_of_a_tape_is_read_that_is_not_played(tmp_path: Path) -> None:
    path = tape_file(tmp_path / "tape.json", [("https://e.com/a", None), ("https://e.com/b", None)])
    path.write_bytes(path.read_bytes().replace(b'"string": "1"', b'"string": 1x'))
    cassette = player(path)
    assert cassette.play_response(request("https://e.com/a"))["body"]["string"] == b"0"
    with pytest.raises(CaptureError, match="interaction 1 of the cassette, from line"):
        cassette.play_response(request("https://e.com/b"))


@pytest.mark.parametrize("serializer", ["yaml", "json"])
def test_cassettes_of_vcrpy_play_and_metadata_too(tmp_path: Path, serializer: str) -> None:
    path = tmp_path / f"tape.{serializer}"
    with VCR(serializer=serializer).use_cassette(str(path)) as theirs:
        theirs.append(request("https://e.com/a"), answer(7))
        theirs.get_metadata("who", "vcrpy")
    with Recorder(serializer=serializer, record_mode="none").use_cassette(str(path)) as ours:
        assert isinstance(ours, Player)
        assert ours.play_response(request("https://e.com/a"))["body"]["string"] == b"7"
        assert ours.get_metadata("who", None) == "vcrpy"


@pytest.mark.parametrize(
    "text", ["{", "a: [", "just words", "interactions: 3", "- 1", "!!python/object/apply:os.system [ls]", "\x00"]
)
@pytest.mark.parametrize("mode", ["once", "new_episodes", "none"])
def test_what_is_no_cassette_is_told_and_never_written_over(tmp_path: Path, text: str, mode: str) -> None:
    path = tmp_path / "tape.yaml"
    path.write_text(text, "utf-8")
    with pytest.raises(CaptureError, match=r"tape.yaml is no cassette: \S"):
        Recorder(record_mode=mode).use_cassette(str(path)).__enter__()
    assert path.read_text("utf-8") == text


def test_a_damaged_tape_is_told_with_its_path_and_never_written_over(tmp_path: Path) -> None:
    path = tape_file(tmp_path / "tape.json", [("https://e.com/a", None)])
    path.write_bytes(cut := path.read_bytes()[:-20])
    with pytest.raises(CaptureError, match=r"tape\.json: the cassette is damaged"):
        Recorder(record_mode="new_episodes").use_cassette(str(path)).__enter__()
    assert path.read_bytes() == cut


def test_an_empty_file_is_recorded_into_as_vcrpy_does(tmp_path: Path) -> None:
    path = tmp_path / "tape.json"
    path.touch()
    with Recorder().use_cassette(str(path)) as cassette:
        cassette.append(request("https://e.com/a"), answer(1))
    assert len(Tape(path.read_bytes())) == 1


def test_times_and_metadata_outlive_another_recording(tmp_path: Path) -> None:
    one = Interaction(
        "GET", "https://e.com/a", {"headers": {}, "body": None}, {**answer(1), "body": b"{}"}, "2026-01-01T00:00:00.000Z"
    )
    path = tmp_path / "tape.json"
    path.write_bytes(b"".join(written([one], {"profile": "go-relay"})))
    with Recorder(record_mode="new_episodes").use_cassette(str(path)) as cassette:
        cassette.append(request("https://e.com/b"), answer(2))
    tape = Tape(path.read_bytes())
    assert tape.interaction(0) == one
    assert (tape.metadata, len(tape), tape.interaction(1).at) == ({"profile": "go-relay"}, 2, "")


def test_a_refused_recording_leaves_the_old_file(tmp_path: Path) -> None:
    path = tape_file(tmp_path / "tape.json", [("https://e.com/a", None)])
    before = path.read_bytes()

    def refuse(*_: object) -> list[bytes]:
        raise CaptureError("no", hint="never")

    recorder = Recorder(record_mode="new_episodes")
    recorder.register_persister(Persister(refuse))
    cassette = recorder.use_cassette(str(path))
    cassette.__enter__().append(request("https://e.com/b"), answer(2))
    with pytest.raises(CaptureError, match="no"):
        cassette.__exit__(None, None, None)
    assert path.read_bytes() == before
    assert os.listdir(tmp_path) == ["tape.json"]


_SAVES = """
import sys
from docpact.cassettes.store import Persister
from vcr.request import Request
path, size = sys.argv[1:]
request = Request("GET", "https://e.com/a", None, {})
print("ready", flush=True)
number = 0
while True:
    number += 1
    answer = {"status": {"code": 200, "message": "OK"}, "headers": {}, "body": {"string": b'{"n":%d}' % number * 1}}
    held = {"requests": [request] * int(size), "responses": [answer] * int(size), "metadata": {"n": number}}
    Persister().save_cassette(path, held, None)
    if number < 3:
        print("saved", flush=True)
"""


@pytest.mark.parametrize("pause", range(6))
def test_kill_9_leaves_the_old_file_or_the_new_one(tmp_path: Path, pause: int) -> None:
    path, size = tmp_path / "tape.json", 400
    command = [sys.executable, "-c", _SAVES, str(path), str(size)]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.readline()
        process.stdout.readline()
        # The second save is under way: the further, the more of the text is there.
        for _ in range(pause * 40):
            os.listdir(tmp_path)
        process.send_signal(signal.SIGKILL)
    tape = Tape(path.read_bytes())
    bodies = {tape.interaction(number).response["body"] for number in range(len(tape))}
    assert len(tape) == size
    assert bodies == {json.dumps({"n": tape.metadata["n"]}, separators=(",", ":")).encode()}
