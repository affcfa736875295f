"""The tape: what is written is read again to the byte, and what was damaged or laid out anew is met."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from docpact.cassettes.tape import FORMS, Interaction, Tape, named, written
from docpact.errors import CaptureError

if TYPE_CHECKING:
    from collections.abc import Callable

URI = "https://relay.example/mj/task/1/fetch"


def interaction(body: bytes | None, uri: str = URI, at: str = "", method: str = "GET") -> Interaction:
    headers = {"Content-Type": ["application/json"]}
    response = {"status": {"code": 200, "message": "OK"}, "headers": headers, "body": body}
    return Interaction(method, uri, {"headers": {"Accept": ["*/*"]}, "body": None}, response, at)


def tape_of(*interactions: Interaction, **metadata: Any) -> bytes:
    return b"".join(written(interactions, metadata))


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(exclude_categories=[])),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)
# As servers write them, and as they do not: NaN, duplicate members, halves of pairs, marks, cuts.
ODD = [
    b"",
    b"{",
    b"[NaN]",
    b'{"a":1,"a":2}',
    b'["\\ud800"]',
    b'{"a":1.10}',
    b'{"a":1e999}',
    b"[-0]",
    b"\xef\xbb\xbf{}",
    b"\xff\xfe",
]
ODD += [b'{"a": "\n"}', b"[" * 5000, b'\n{"request": {"method": "GET", "uri": "x",\n', b'{"a":"\xe2\x80\xa8"}', b" {}", b"{}\n"]
BODIES = (
    st.sampled_from(ODD)
    | st.binary(max_size=40)
    | st.builds(
        lambda value, how: json.dumps(value, **how).encode("utf-8", "surrogatepass"), JSON, st.sampled_from([*FORMS.values()])
    )
)


@given(
    st.lists(st.tuples(BODIES | st.none(), st.text(max_size=20), st.sampled_from(["", "2026-01-01T00:00:00.000Z"])), max_size=4)
)
def test_what_is_written_is_read_again_to_the_byte(held: list[tuple[bytes | None, str, str]]) -> None:
    wanted = [interaction(body, f"https://relay.example/{path}", at) for body, path, at in held]
    tape = Tape(tape_of(*wanted, profile="documented"))
    assert tape.is_tape
    assert tape.metadata == {"profile": "documented"}
    assert [tape.interaction(number) for number in range(len(tape))] == wanted
    assert [named(text)[1] for text in tape.names] == [one.uri for one in wanted]


@given(st.lists(BODIES, max_size=3))
def test_a_tape_is_strict_json_in_utf_8(bodies: list[bytes]) -> None:
    def refuse(constant: str) -> None:
        raise AssertionError(constant)

    text = tape_of(*map(interaction, bodies), note="\ud800 日本")
    assert json.loads(text.decode(), parse_constant=refuse)["docpact"]["count"] == len(bodies)


def test_a_changed_member_is_one_line_of_a_diff() -> None:
    before, after = (
        tape_of(interaction(json.dumps({"id": "1", "status": status}).encode())).splitlines()
        for status in ("SUBMITTED", "SUCCESS")
    )
    assert [pair for pair in zip(before, after, strict=True) if pair[0] != pair[1]] == [
        (b'   "status": "SUBMITTED"', b'   "status": "SUCCESS"')
    ]


STORY = [interaction(json.dumps({"id": "1", "progress": f"{n}%"}).encode(), at=f"2026-01-01T00:00:0{n}.000Z") for n in range(3)]
LAYOUTS: dict[str, Callable[[bytes], bytes]] = {
    "two blanks": lambda text: json.dumps(json.loads(text), indent=2).encode(),
    "one line": lambda text: json.dumps(json.loads(text), separators=(",", ":")).encode(),
    "sorted within": lambda text: (
        json.dumps(
            {"version": 1, "docpact": (held := json.loads(text))["docpact"], "interactions": held["interactions"]}, indent=4
        ).encode()
        + b"\n"
    ),
    "line ends of Windows": lambda text: text.replace(b"\n", b"\r\n"),
    "a mark at the beginning": lambda text: b"\xef\xbb\xbf" + text,
    "a blank line at the end": lambda text: text + b"\n",
    "blanks at the end of lines": lambda text: text.replace(b",\n", b", \n"),
    "no line end at the end": bytes.rstrip,
}


@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_tape_laid_out_anew_plays_the_same(layout: str) -> None:
    tape = Tape(LAYOUTS[layout](tape_of(*STORY, profile="documented")))
    assert tape.is_tape
    assert tape.metadata == {"profile": "documented"}
    assert [tape.interaction(number) for number in range(len(tape))] == STORY


def test_an_interaction_taken_out_by_hand_is_gone_and_the_others_play() -> None:
    held = json.loads(tape_of(*STORY))
    del held["interactions"][1]
    tape = Tape(json.dumps(held, indent=1).encode())
    assert [tape.interaction(number) for number in range(len(tape))] == [STORY[0], STORY[2]]


@pytest.mark.parametrize("end", [30, 60, 200, 700, -1, -3, -4, -5, -40])
def test_a_tape_that_was_cut_off_is_damaged_and_never_empty(end: int) -> None:
    text = tape_of(*STORY, profile="documented")
    if not text[:end].rstrip().endswith(b"]}"):
        with pytest.raises(CaptureError, match="the cassette is damaged") as caught:
            Tape(text[:end])
        assert "record it again" in caught.value.hint


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b'"progress": "1%"', b'"progress": "1%'),
        (b'"form": "spaced"', b'"form": "odd"'),
        (b'"code": 200', b'"code": "two hundred"'),
        (b'"status": {', b'"state": {'),
        (b'"type": "json",', b'"type": "yaml",'),
        (b"Content-Type", b"Content-\xff"),
    ],
)
def test_an_interaction_damaged_within_is_told_when_it_is_read_with_its_line(old: bytes, new: bytes) -> None:
    text = tape_of(*STORY)
    first = text.index(b'\n{"request"', text.index(b'\n{"request"') + 1)
    text = text[:first] + text[first:].replace(old, new, 1)
    line = text.count(b"\n", 0, first + 1) + 1
    tape = Tape(text)
    assert tape.interaction(0) == STORY[0]
    with pytest.raises(
        CaptureError, match=rf"interaction 1 of the cassette, from line {line} on, cannot be read|a recorded body"
    ):
        tape.interaction(1)


@pytest.mark.parametrize(
    "text",
    [b"", b"interactions: []\nversion: 1\n", b'{"version": 1, "interactions": []}', b'{"log": {}}', b"[1]", b"\x00\x01", b"{"],
)
def test_what_docpact_has_not_written_is_no_tape(text: bytes) -> None:
    assert not Tape(text).is_tape


@pytest.mark.parametrize(
    "text",
    [
        b'{"version": 1,\n"docpact": 3,\n"interactions": []}',
        b'{"version": 1, "docpact": {}, "interactions": {"a": 1}}',
        b'{"version": 1, "docpact": {}, "interactions": [{"request": {"method": "GET"}}]}',
        b'{"version": 1, "docpact": {}, "interactions": [3]}',
        b'{"version": 1, "docpact": {}}',
        b'{"version": 1, "docpact": ' + b"[" * 100_000,
        b'{"version": 1,\n"docpact": {"count": 1},\n"interactions": [\n{"request": {"method": GET, "uri": 3,\n}\n]}\n',
    ],
)
def test_what_looks_like_ours_and_is_damaged_is_told(text: bytes) -> None:
    with pytest.raises(CaptureError, match="the cassette is damaged"):
        Tape(text)
