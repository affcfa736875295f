"""Encoded bodies of recorded answers are decoded, never far above the limit; what cannot be decoded is told at its place."""

from __future__ import annotations

import base64
import gzip
import json
import sys
import tracemalloc
import zlib
from hashlib import shake_256
from typing import TYPE_CHECKING, Any

import brotli
import pytest
import yaml
import zstandard

from docpact.captures import Corrupt, Text, Unreadable
from docpact.inputs import bodies
from docpact.inputs.bodies import Bare, as_json, decoded
from docpact.lines import BrokenError

if TYPE_CHECKING:
    from collections.abc import Callable

URL = "https://relay.example/mj/task/{}/fetch"
BODY = b'{"id": "1", "buttons": []}'


def deflated(data: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return packer.compress(data) + packer.flush()


PACK: dict[str, Callable[[bytes], bytes]] = {
    "br": brotli.compress,
    "zstd": zstandard.ZstdCompressor().compress,
    "gzip": gzip.compress,
    "deflate": zlib.compress,
    "raw deflate": deflated,
}


def cassette(*answers: tuple[str, bytes]) -> bytes:
    entries = [
        {
            "request": {"method": "GET", "uri": URL.format(n)},
            "response": {"status": {"code": 200}, "headers": {"Content-Encoding": [name]}, "body": {"string": body}},
        }
        for n, (name, body) in enumerate(answers)
    ]
    written = yaml.dump({"interactions": entries, "version": 1})
    assert isinstance(written, str)
    return written.encode()


def har(*answers: tuple[str, bytes]) -> bytes:
    entries = [
        {
            "request": {"method": "GET", "url": URL.format(n)},
            "response": {
                "status": 200,
                "headers": [{"name": "content-encoding", "value": name}],
                "content": {"text": base64.b64encode(body).decode(), "encoding": "base64"},
            },
        }
        for n, (name, body) in enumerate(answers)
    ]
    return json.dumps({"log": {"version": "1.2", "entries": entries}}).encode()


@pytest.mark.parametrize("write", [cassette, har])
@pytest.mark.parametrize("name", PACK)
def test_a_body_is_decoded_wherever_it_was_recorded(name: str, write: Any, read: Any, line: bytes) -> None:
    encoding, pack = name.removeprefix("raw "), PACK[name]
    answers = [(encoding, pack(BODY)), (encoding, pack(line)), (f"{encoding}, br", brotli.compress(pack(BODY)))]
    assert [text.content for text in read("-", stdin=write(*answers))] == [BODY, line, BODY]


@pytest.mark.parametrize("name", PACK)
def test_a_body_that_was_recorded_decoded_is_left_as_it_is(name: str) -> None:
    for body in (BODY, b"[1, 2", b' "\xe7\x8c\xab"', b'{"x": "' + "猫".encode() * 3000 + b'"}', b""):
        assert decoded(body, name.removeprefix("raw "), 100_000) == body


def test_an_encoded_body_that_begins_as_json_does_is_decoded() -> None:
    body = json.dumps({"x": shake_256(b"").hexdigest(40_000)}).encode()
    packed = brotli.compress(body)
    assert packed.startswith(b"[")
    assert decoded(packed, "br", 100_000) == body


@pytest.mark.parametrize("name", ["br", "zstd", "gzip", "deflate"])
def test_a_damaged_body_is_told_at_its_place_and_the_next_is_judged(name: str, read: Any, line: bytes) -> None:
    packed = PACK[name](line)
    wrong = packed[:9] + bytes(byte ^ 0xA5 for byte in packed[9:40]) + packed[40:]
    cut, damaged, good = read("-", stdin=cassette((name, packed[:-9]), (name, wrong), (name, packed)))
    assert isinstance(cut, Corrupt)
    assert cut.source == "<stdin>!/interactions/0"
    assert "cut off" in cut.reason
    # A changed byte may still unpack, where nothing is summed up: it is then the judge's.
    assert isinstance(damaged, Corrupt) or damaged.content != line
    assert good.content == line


@pytest.mark.parametrize("name", PACK)
def test_a_bomb_in_a_body_is_told_with_its_place_and_not_held(name: str, read: Any) -> None:
    packed = PACK[name](b"[" + bytes(60_000_000))
    inner = PACK[name](b"[" + b" " * 20_000_000)
    encoding = name.removeprefix("raw ")
    body = har((encoding, packed), (f"{encoding}, gzip", gzip.compress(inner)), ("identity", BODY))
    del packed, inner
    tracemalloc.start()
    first, second, good = read("-", stdin=body, limit=1_000_000)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    for bomb in (first, second):
        assert isinstance(bomb, Text)
        assert bomb.content is None
        assert 1_000_000 < bomb.size < 1_200_000
    assert first.source == "<stdin>!/entries/0"
    assert good.content == BODY
    assert peak < 20_000_000


def test_an_encoding_that_is_not_read_is_named(read: Any) -> None:
    unknown, plain = read("-", stdin=cassette(("compress", b"\x1f\x9d\x90"), ("compress", BODY)))
    assert (type(unknown), unknown.reason) == (Unreadable, "the body is encoded as 'compress'")
    assert plain.content == BODY


@pytest.mark.parametrize("old", [False, True])
def test_a_missing_or_old_brotli_is_named_and_the_rest_is_read(old: bool, read: Any, monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: FBT001 - a case
    monkeypatch.delitem(sys.modules, "docpact.inputs.brotlied", raising=False)
    if old:
        monkeypatch.setattr(brotli, "Decompressor", object)
    else:
        monkeypatch.setitem(sys.modules, "brotli", None)
    missing, good = read("-", stdin=cassette(("br", brotli.compress(BODY) if old else b"\x0b\x02\x80"), ("gzip", BODY)))
    assert isinstance(missing, Unreadable)
    assert "brotli is not installed" in missing.reason
    assert missing.hint == "pip install 'docpact[captures]'"
    assert good.content == BODY


def test_a_structure_is_written_as_the_numbers_that_it_was_read_with() -> None:
    numbers = [Bare("1.0e+300"), Bare("-0.0"), Bare("12345678901234567890123")]
    value = {"a": [*numbers, "5", Bare("True"), "true", Bare("yes"), None]}
    expected = b'{"a": [1.0e+300, -0.0, 12345678901234567890123, "5", true, "true", "yes", null]}'
    assert as_json(value, 10_000) == expected
    assert as_json([{}, [], "猫\u2028\x01", 1.5, True], 10_000) == '[{}, [], "猫\u2028\\u0001", 1.5, true]'.encode()


def test_a_structure_that_aliases_make_huge_is_not_written_to_its_end() -> None:
    large = ["x" * 100_000] * 100_000
    assert 1_000_000 < len(as_json(large, 1_000_000)) < 1_200_000
    deep: Any = []
    for _ in range(5_000):
        deep = [deep]
    with pytest.raises(BrokenError, match="nested too deep"):
        as_json(deep, 1_000_000)


def test_text_in_base64_or_hexadecimal_digits_that_is_none_is_told() -> None:
    assert bodies.in_hex("7b7d") == b"{}"
    with pytest.raises(BrokenError, match="hexadecimal"):
        bodies.in_hex("7b7")
    with pytest.raises(BrokenError, match="base64"):
        bodies.in_base64("####=")
