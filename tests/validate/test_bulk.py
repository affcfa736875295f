"""The sieve accepts what the thorough path finds right, and nothing else, whatever the bytes."""

from __future__ import annotations

import json
import random
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from docpact import checks
from docpact.contract import load
from docpact.finding import Layer
from docpact.validate import quick, rulecode
from docpact.validate.bulk import Sieve
from docpact.validate.payload import Judge
from docpact.validate.text import Reader

ROOT = Path(__file__).parents[2]
CONTRACT = load()
BOTH = frozenset({Layer.DOCUMENTED, Layer.COHERENT})
PROFILES = ["documented", "go-relay", "java-proxy", "csharp-proxy", "tolerant", "strict"]


def bodies() -> list[Any]:
    found = [json.loads(path.read_bytes()) for path in sorted((ROOT / "tests/cases").glob("[!j]*/pass_*.json"))]
    found += [json.loads(path.read_bytes()) for path in sorted((ROOT / "examples").rglob("*-*/*.json"))]
    found = [one for body in found for one in (body if isinstance(body, list) else [body])]
    return [body.get("payload", body) for body in found if isinstance(body, dict)]


def lines(rng: random.Random) -> list[bytes]:
    """Every right payload, in the ways that servers and people write them."""
    written = []
    for body in bodies():
        for separators, ascii_only in (((",", ":"), False), ((", ", ": "), False), ((",", ":"), True)):
            written.append(json.dumps(body, ensure_ascii=ascii_only, separators=separators).encode())
    rng.shuffle(written)
    return written


def is_right(judge: Judge, reader: Reader, line: bytes) -> bool:
    parsed = reader.read(line)
    return not parsed.flaws and not judge.payload(parsed.value)


PIECES = [
    b'"status":"SUCCESS",', b'"status":"FAILURE",', b'"st\\u0061tus":"FAILURE",', b'"surprise":1,', b'"a":{"b":1,"b":2},',
    b'"', b"\\", b'\\"', b"\\\\", b"\xff", b"\xc3\x28", b"\xed\xa0\xbd", b"\\ud83d", b"\x00", b"\n", b"\t", b"NaN", b"1e400",
    b"9" * 5000, b"1.0", b"01", b"-0", b"null", b"true", b"[", b"]", b"{", b"}", b" ", b",", b":",
    b"\xef\xbb\xbf", b"/* */", b"'",
    b"\\u0000", b"\\x", b"\xe2\x80\xa8", b"0%", b"101%", b"E1A4D7E8",
]  # fmt: skip


def mutated(rng: random.Random, line: bytes) -> bytes:  # noqa: PLR0911 - one way a return
    kind = rng.randrange(7)
    at = rng.randrange(len(line))
    if kind == 0:
        return line[:at] + bytes([rng.randrange(256)]) + line[at + 1 :]
    if kind == 1:
        return line[:at] + rng.choice(PIECES) + line[at:]
    if kind == 2:
        return line[:at] + line[at + rng.randrange(1, 20) :]
    if kind == 3:
        # A member of the line again, at another place: a duplicate that parses.
        colons = [n for n in range(len(line)) if line[n : n + 1] == b","]
        here = rng.choice(colons or [0])
        return line[: here + 1] + rng.choice(PIECES[:5]) + line[here + 1 :]
    if kind == 4:
        return line[:at] + line[at : at + 30].swapcase() + line[at + 30 :]
    if kind == 5:
        digits = [n for n in range(len(line)) if line[n : n + 1].isdigit()]
        here = rng.choice(digits or [at])
        return line[:here] + b"%d" % rng.randrange(10) + line[here + 1 :]
    return line[: rng.randrange(len(line))] + line[rng.randrange(len(line)) :]


@pytest.mark.parametrize("profile", PROFILES)
@pytest.mark.parametrize(
    "layers", [BOTH, frozenset({Layer.DOCUMENTED}), frozenset({Layer.COHERENT})], ids=["both", "documented", "coherent"]
)
def test_what_the_sieve_accepts_of_mutated_lines_has_no_finding(profile: str, layers: frozenset[Layer]) -> None:
    rng = random.Random(f"{profile} {sorted(layers)}")  # noqa: S311 - the same lines each time
    judge, reader = Judge(CONTRACT, profile, layers), Reader()
    sieve = Sieve(judge)
    assert sieve.works
    right = [line for line in lines(rng) if is_right(judge, reader, line)]
    accepted = 0
    for _ in range(2000):
        line = rng.choice(right)
        for _ in range(rng.randrange(3)):
            line = mutated(rng, line) if line else line
        known = sieve.accepts(line)
        accepted += known
        if known or rng.random() < 0.3:
            good = is_right(judge, reader, line)
            assert good or not known, line
            if good and not known:
                sieve.learn(line, reader.read(line).value)
    assert accepted > 100, "the sieve accepts next to nothing: this test proves nothing"


def test_lines_are_never_taken_together_nor_one_for_the_other() -> None:
    rng = random.Random(7)  # noqa: S311 - the same lines each time
    judge, reader = Judge(CONTRACT, layers={Layer.DOCUMENTED}), Reader()
    sieve = Sieve(judge)
    right = [line for line in lines(rng) if is_right(judge, reader, line)]
    for line in right:
        sieve.learn(line, reader.read(line).value)
    right = [line for line in right if sieve.accepts(line)]
    for _ in range(1500):
        some = [rng.choice(right) for _ in range(4)]
        torn = some[1].find(rng.choice([b'"buttons":', b'"prompt":', b","]))
        changed = mutated(rng, some[2]) if rng.random() < 0.7 else b" \t"
        # A line that is cut in two, where a member or a value begins: each half is a line of its own.
        content = b"\n".join([some[0], some[1][:torn], some[1][torn:], changed, some[3]]) + b"\n"
        ends = [at for at, byte in enumerate(content) if byte == 10]
        told = dict(sieve.sift(content, ends, 11))
        accepted = 0
        for number, line in enumerate(content.split(b"\n")[:-1], 11):
            if number in told:
                assert told[number] == line
            elif line.strip(b" \t\r"):
                accepted += 1
                assert is_right(judge, reader, line), line
        assert sieve.take_accepted() == accepted >= 2


def test_a_run_of_like_lines_is_accepted_but_for_the_first() -> None:
    judge, reader = Judge(CONTRACT), Reader()
    sieve = Sieve(judge)
    slow = 0
    for n in range(500):
        body = deepcopy(CONTRACT.example)
        job = f"{n:08x}-0000-4000-8000-000000000000"
        written = json.dumps(body["buttons"]).replace("e1a4d7e8-8292-412c-aab0-fce932e90479", job)
        body |= {"buttons": json.loads(written), "prompt": f'a "quoted" prompt {n} with \\ and \\\\" and 猫'}
        line = json.dumps(body, ensure_ascii=n % 2 == 0).encode()
        if not sieve.accepts(line):
            slow += 1
            sieve.learn(line, reader.read(line).value)
        again = line.replace(b'"state": ""', b'"state": "", "state": ""')
        assert again != line
        assert not sieve.accepts(again)
    # The block of buttons is written in two ways, with the arrow and with escapes for it.
    assert slow <= 2


def test_a_member_that_is_cut_out_is_found_however_early_it_stands() -> None:
    judge, reader = Judge(CONTRACT), Reader()
    sieve = Sieve(judge)
    slow = []
    for length in (400, 390, 30, 31, 200, 30, 1, 400, 1):
        line = json.dumps(CONTRACT.example | {"prompt": "x" * length}).encode()
        if not sieve.accepts(line):
            slow.append(length)
            sieve.learn(line, reader.read(line).value)
            assert sieve.accepts(line)
    assert slow == [400, 390, 30, 1]


@pytest.mark.parametrize(
    "job",
    ["E1A4D7E8-8292-412C-AAB0-FCE932E90479", "e1a4d7e8x8292-412c-aab0-fce932e90479", 'e1a4d7e8-8292-412c-aab0-fce932e9047"'],
)
def test_a_block_with_something_else_in_place_of_the_job_is_not_known(job: str) -> None:
    sieve = Sieve(Judge(CONTRACT))
    line = json.dumps(CONTRACT.example, ensure_ascii=False, separators=(",", ":")).encode()
    sieve.learn(line, CONTRACT.example)
    assert sieve.accepts(line)
    assert not sieve.accepts(line.replace(b"e1a4d7e8-8292-412c-aab0-fce932e90479", job.encode()))


def test_a_status_that_only_one_profile_knows_is_learned_under_that_profile_alone() -> None:
    body = {
        **CONTRACT.example,
        "status": "",
        "buttons": None,
        "properties": None,
        "progress": "0%",
        "finishTime": 0,
        "imageUrl": "",
    }
    line = json.dumps(body).encode()
    for profile, known in (("go-relay", True), ("documented", False)):
        judge = Judge(CONTRACT, profile)
        sieve = Sieve(judge)
        if not judge.payload(body):
            sieve.learn(line, body)
        assert sieve.accepts(line) is known


def test_shapes_and_blocks_are_bounded() -> None:
    sieve = Sieve(Judge(CONTRACT, layers={Layer.DOCUMENTED}))
    for n in range(2000):
        body = {**CONTRACT.example, f"x{n % 40}": n, "free": [n]}
        sieve.learn(json.dumps(body).encode(), body)
    assert len(sieve._order) <= 16
    alike = [blocks for shape in sieve._order for cut in shape.cuts for blocks in cut.blocks.values()]
    assert sum(map(len, alike)) <= 512
    assert max(map(len, alike)) <= 32


@settings(max_examples=2000, deadline=None)
@given(st.text(st.sampled_from("htps:/.?#a'\"<>\\[]@ é\n%&=-~;") | st.characters(), max_size=20))
def test_the_written_checks_of_a_url_take_no_more_than_the_thorough_one(tail: str) -> None:
    for text in (f"https://{tail}", f"http://a{tail}", tail):
        thorough = checks._URL.fullmatch(text) is not None
        assert thorough or not rulecode._url(text)
        assert thorough or not (text and quick._url({"members": ["u"]})({"u": text}))
