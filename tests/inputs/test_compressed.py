"""What is compressed is read as it is unpacked; a break is told where it is, and what stands before it is judged."""

from __future__ import annotations

import bz2
import gzip
import io
import json
import lzma
import zlib
from hashlib import shake_256
from typing import TYPE_CHECKING, Any

import pytest
import zstandard

from docpact.captures import Corrupt, Text
from docpact.inputs import bombs
from docpact.inputs.compressed import Unpacked
from docpact.inputs.frames import Unpacked as Unframed

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def zstd(data: bytes) -> bytes:
    return zstandard.ZstdCompressor(write_checksum=True).compress(data)


PACK: dict[str, Callable[[bytes], bytes]] = {"gz": gzip.compress, "bz2": bz2.compress, "xz": lzma.compress, "zst": zstd}
LINES = [json.dumps({"n": n, "x": shake_256(b"%d" % n).hexdigest(150)}).encode() for n in range(2000)]
BODY = b"\n".join(LINES) + b"\n"


@pytest.mark.parametrize("kind", PACK)
def test_it_is_told_by_content_whatever_the_name_and_on_standard_input(kind: str, told: Any, tmp_path: Path) -> None:
    packed = PACK[kind](b'{"a":1}\n{"a":2}\n')
    expected = [("text", 1, b'{"a":1}'), ("text", 2, b'{"a":2}')]
    for name in (f"x.ndjson.{kind}", "x.json", "x"):
        (tmp_path / name).write_bytes(packed)
        assert told(tmp_path / name) == expected
    assert told("-", stdin=packed) == expected
    assert told(tmp_path) == expected * 3


@pytest.mark.parametrize("kind", PACK)
def test_members_and_frames_follow_each_other(kind: str, told: Any) -> None:
    packed = PACK[kind](b'{"a":1}\n{"a"') + PACK[kind](b":2}\n") + PACK[kind](b"") + PACK[kind](b'{"a":3}')
    assert [content for _, _, content in told("-", stdin=packed)] == [b'{"a":1}', b'{"a":2}', b'{"a":3}']


@pytest.mark.parametrize("kind", PACK)
def test_an_empty_one_is_an_empty_text(kind: str, told: Any) -> None:
    assert told("-", stdin=PACK[kind](b"")) == [("text", None, b"")]


@pytest.mark.parametrize("kind", PACK)
def test_a_name_that_lies_is_not_believed(kind: str, told: Any, tmp_path: Path) -> None:
    (tmp_path / f"x.json.{kind}").write_bytes(b'{"a": 1}')
    assert told(tmp_path) == [("text", None, b'{"a": 1}')]


@pytest.mark.parametrize("kind", PACK)
@pytest.mark.parametrize("share", [0.1, 0.5, 0.99])
def test_what_stands_before_a_cut_is_judged(kind: str, share: float, read: Any) -> None:
    packed = PACK[kind](BODY)
    *texts, last = read("-", stdin=packed[: int(len(packed) * share)])
    assert [text.content for text in texts] == LINES[: len(texts)]
    assert isinstance(last, Corrupt)
    assert "cut off after" in last.reason
    assert last.line == len(texts) + 1
    # Bzip2 unpacks whole blocks of 900 kB, and the others nearly all that there is.
    if kind != "bz2":
        assert len(texts) > 2000 * share - 400


@pytest.mark.parametrize("kind", ["bz2", "xz", "zst", "gz"])
def test_what_stands_before_a_damaged_block_is_judged_and_the_next_source_too(kind: str, read: Any, tmp_path: Path) -> None:
    first, second = PACK[kind](BODY), bytearray(PACK[kind](BODY))
    middle = len(second) // 2
    second[middle : middle + 40] = bytes(40)
    (tmp_path / f"a.ndjson.{kind}").write_bytes(first + bytes(second))
    (tmp_path / "b.json").write_bytes(b'{"next": 1}')
    *texts, broken, after = read(tmp_path)
    assert isinstance(broken, Corrupt)
    assert broken.line == len(texts) + 1
    assert [text.content for text in texts[:2000]] == LINES
    assert after.content == b'{"next": 1}'


def test_a_wrong_checksum_is_told_after_all_was_read(told: Any) -> None:
    packed = bytearray(gzip.compress(b'{"a":1}\n{"a":2}'))
    packed[-8] ^= 1
    *texts, (kind, line, reason) = told("-", stdin=bytes(packed))
    assert [content for _, _, content in texts] == [b'{"a":1}', b'{"a":2}']
    assert (kind, line) == ("corrupt", 3)
    assert "incorrect data check" in reason


@pytest.mark.parametrize("kind", PACK)
def test_what_follows_the_end_is_told_unless_it_is_padding(kind: str, told: Any) -> None:
    packed = PACK[kind](b'{"a":1}')
    text, *more = told("-", stdin=packed + b"garbage at the end")
    assert text[2] == b'{"a":1}'
    assert [kind for kind, _, _ in more] == ["corrupt"]
    if kind != "zst":
        assert told("-", stdin=packed + bytes(1024)) == [("text", None, b'{"a":1}')]


def test_a_document_that_is_cut_is_told_once_and_not_judged_as_json(told: Any) -> None:
    document = json.dumps([{"x": n} for n in range(9000)], indent=1).encode()
    packed = gzip.compress(document)
    ((kind, line, reason),) = told("-", stdin=packed[: len(packed) // 2])
    assert kind == "corrupt"
    assert line > 1000
    assert "cut off" in reason


@pytest.mark.parametrize("kind", PACK)
@pytest.mark.parametrize("limit", [1000, 300_000])
def test_an_endless_line_is_told_with_its_size_and_the_next_is_read(kind: str, limit: int, read: Any) -> None:
    packed = PACK[kind](b'{"a":1}\n{"x":"' + b"x" * 3_000_000 + b'"}\n{"a":2}\n')
    first, second, third = read("-", stdin=packed, limit=limit)
    assert (first.content, third.content) == (b'{"a":1}', b'{"a":2}')
    assert (second.line, second.content, second.size) == (2, None, 3_000_008)


@pytest.mark.parametrize("kind", PACK)
def test_a_bomb_is_not_unpacked_to_its_end(kind: str, read: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bombs, "_MOST_LINE", 1_000_000)
    packed = PACK[kind](b'{"a":1}\n' + b"[" * 9_000_000)
    first, second, third = read("-", stdin=packed, limit=1000)
    assert isinstance(first, Text)
    assert second.content is None
    assert second.size < 2_000_000
    assert isinstance(third, Corrupt)
    assert "decompression bomb" in third.reason


def test_lines_that_are_alike_are_no_bomb(read: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bombs, "_MOST_LINE", 10_000)
    assert len(read("-", stdin=zstd(b'{"a":1}\n' * 200_000))) == 200_000


def test_a_bomb_of_bombs_ends(told: Any) -> None:
    packed = b"{}"
    for _ in range(12):
        packed = gzip.compress(packed)
    ((kind, _, reason),) = told("-", stdin=packed)
    assert (kind, reason) == ("unreadable", "packed more than 8 times over")


@pytest.mark.parametrize("kind", ["gzip", "bzip2", "xz", "deflate"])
@pytest.mark.parametrize("size", [1, 7, 4096])
def test_pieces_are_never_larger_than_what_was_asked_for(kind: str, size: int) -> None:
    body = bytes(5000) + b"x" * 5000
    raw = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    packed = (
        PACK[{"gzip": "gz", "bzip2": "bz2"}.get(kind, kind)](body) if kind != "deflate" else raw.compress(body) + raw.flush()
    )
    unpacked, pieces = Unpacked(io.BytesIO(packed), kind), []
    while piece := unpacked.read(size):
        assert len(piece) <= size
        pieces.append(piece)
    assert b"".join(pieces) == body


@pytest.mark.parametrize("level", [1, 19])
@pytest.mark.parametrize("body", [b"", b"x", bytes(1_000_000), shake_256(b"").digest(400_000), BODY], ids=len)
def test_every_shape_of_zstd_block_is_read(level: int, body: bytes) -> None:
    packed = zstandard.ZstdCompressor(level=level, write_checksum=True).compress(body)
    streamed = zstandard.ZstdCompressor(level=level).compressobj()
    other = streamed.compress(body[:1000]) + streamed.flush(zstandard.COMPRESSOBJ_FLUSH_BLOCK)
    other += streamed.compress(body[1000:]) + streamed.flush()
    skippable = b"\x5a\x2a\x4d\x18\x05\x00\x00\x00hello"
    unpacked, pieces = Unframed(io.BytesIO(skippable + packed + skippable + other + skippable)), []
    while piece := unpacked.read(70_000):
        assert len(piece) <= 70_000
        pieces.append(piece)
    assert b"".join(pieces) == body * 2


def test_a_window_larger_than_memory_is_refused(told: Any) -> None:
    # A frame header that asks for a window of 2 GiB, and a block of xz that asks for 4 GiB.
    frame = b"\x28\xb5\x2f\xfd\x00\xa8" + b"\x09\x00\x00x"
    ((kind, _, _),) = told("-", stdin=frame)
    assert kind == "corrupt"
    filters = [{"id": lzma.FILTER_LZMA2, "preset": 1, "dict_size": 1 << 20}]
    packed = bytearray(lzma.compress(b"{}" * 100, filters=filters))
    at = packed.index(b"\x21\x01", 12)
    packed[at + 2] = 38
    header = (packed[12] + 1) * 4
    packed[12 + header - 4 : 12 + header] = zlib.crc32(bytes(packed[12 : 12 + header - 4])).to_bytes(4, "little")
    ((kind, _, reason),) = told("-", stdin=bytes(packed))
    assert (kind, "more than 128 MiB" in reason) == ("corrupt", True)
