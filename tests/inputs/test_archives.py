"""Archives are read member by member: nothing is written, nothing is believed, and strangers are passed over with a word."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import stat
import struct
import sys
import tarfile
import tracemalloc
import zipfile
import zlib
from hashlib import shake_256
from typing import TYPE_CHECKING, Any

import pytest
import zstandard

from docpact.captures import Corrupt, Skipped, Text, Unreadable

if TYPE_CHECKING:
    from pathlib import Path

zstd = zstandard.ZstdCompressor().compress
FORMATS = {"ustar": tarfile.USTAR_FORMAT, "gnu": tarfile.GNU_FORMAT, "pax": tarfile.PAX_FORMAT}


def tar(members: dict[str, bytes | tarfile.TarInfo], form: int = tarfile.PAX_FORMAT) -> bytes:
    held = io.BytesIO()
    with tarfile.open(fileobj=held, mode="w", format=form) as archive:
        for name, body in members.items():
            info = body if isinstance(body, tarfile.TarInfo) else tarfile.TarInfo(name)
            info.name = name
            if isinstance(body, bytes):
                info.size = len(body)
            archive.addfile(info, io.BytesIO(body) if isinstance(body, bytes) else None)
    return held.getvalue()


def zipped(members: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", method) as archive:
        for name, body in members.items():
            archive.writestr(name, body)
    return held.getvalue()


def bare_lzma(body: bytes, window: int = 1 << 20) -> bytes:
    """Pack as zip archives hold LZMA: the version, and the properties with their length, before the stream."""
    packer = lzma.LZMACompressor(lzma.FORMAT_RAW, filters=[{"id": lzma.FILTER_LZMA1, "dict_size": 1 << 20}])
    return b"\x09\x04\x05\x00\x5d" + window.to_bytes(4, "little") + packer.compress(body) + packer.flush()


def by_hand(*members: tuple[str, int, bytes, bytes]) -> bytes:
    """Make a zip archive of name, method, packed and unpacked bytes, by methods that this Python may not write."""
    body, central = b"", b""
    for name, method, packed, whole in members:
        fields = (20, 0, method, 0, 0, zlib.crc32(whole), len(packed), len(whole), len(name), 0)
        central += struct.pack("<4s6H3L5H2L", b"PK\x01\x02", 20, *fields, 0, 0, 0, 0, len(body)) + name.encode()
        body += struct.pack("<4s5H3L2H", b"PK\x03\x04", *fields) + name.encode() + packed
    return body + central + struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, len(members), len(members), len(central), len(body), 0)


METHODS: dict[int, Any] = {
    0: bytes,
    8: lambda b: zlib.compress(b, wbits=-15),
    12: bz2.compress,
    14: bare_lzma,
    93: zstd,
    95: lzma.compress,
}


def names(things: list[Any]) -> list[str]:
    return [thing.source.partition("!/")[2] for thing in things if isinstance(thing, Text)]


@pytest.mark.parametrize("pack", [*(lambda m, f=f: tar(m, f) for f in FORMATS.values()), zipped])
def test_members_are_read_in_their_order_with_their_places(pack: Any, read: Any) -> None:
    long = "d/" * 60 + "l.json" if pack is not zipped else "l.json"
    files = {"z.json": b"{}", long: b'{"a":1}', "猫/a.ndjson": b'{"b":1}\n{"b":2}', "notes.txt": b"words", ".x/y.json": b"{}"}
    body = pack(files)
    things = read("-", stdin=body)
    assert names(things) == ["z.json", long, "猫/a.ndjson", "猫/a.ndjson"]
    assert [thing.content for thing in things if isinstance(thing, Text)] == [b"{}", b'{"a":1}', b'{"b":1}', b'{"b":2}']
    assert {(thing.source, thing.reason) for thing in things if isinstance(thing, Skipped)} == {
        ("<stdin>!/notes.txt", "holds no JSON"), ("<stdin>!/.x/y.json", "hidden"),
    }  # fmt: skip


@pytest.mark.parametrize("form", FORMATS)
def test_very_long_names_and_large_members_are_read(form: str, read: Any) -> None:
    name = "/".join(["x" * 90] * (2 if form == "ustar" else 5)) + ".json"
    body = tar({name: b'{"a": "' + b"x" * 90_000 + b'"}', "b.json": b"{}"}, FORMATS[form])
    things = read("-", stdin=body)
    assert names(things) == [name, "b.json"]
    assert len(things[0].content) == 90_009


def test_archives_in_archives_and_in_compression_are_read(read: Any, tmp_path: Path) -> None:
    inner = tar({"in/c.ndjson.gz": gzip.compress(b'{"a":1}\n{"a":2}\n')})
    outer = zipped({"a.json": b"{}", "b.tgz": gzip.compress(inner), "c.zip": zipped({"d.json": b'{"d":1}'})})
    (tmp_path / "x.zip.gz").write_bytes(gzip.compress(outer))
    things = read(tmp_path)
    assert names(things) == ["a.json", "b.tgz!/in/c.ndjson.gz", "b.tgz!/in/c.ndjson.gz", "c.zip!/d.json"]
    assert [thing.line for thing in things] == [None, 1, 2, None]


def test_names_that_lead_out_are_shown_and_nothing_is_written(read: Any, tmp_path: Path) -> None:
    evil = {"../../out.json": b"{}", "/etc/out.json": b"{}", "a\x1b[31m\n.json": b"{}"}
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "a.zip").write_bytes(zipped(evil))
    (folder / "b.tar").write_bytes(tar(dict(evil)))
    assert len(names(read(folder))) == 6
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["a.zip", "b.tar", "in"]


def test_links_and_devices_are_passed_over(read: Any) -> None:
    kinds = {"sym": tarfile.SYMTYPE, "hard": tarfile.LNKTYPE, "pipe": tarfile.FIFOTYPE, "disk": tarfile.BLKTYPE}
    members: dict[str, Any] = {"a.json": b"{}"}
    for name, kind in kinds.items():
        members[name] = tarfile.TarInfo(name)
        members[name].type, members[name].linkname = kind, "/etc/passwd"
    things = read("-", stdin=tar({**members, "folder": _folder(), "z.json": b"{}"}))
    assert [(type(thing), getattr(thing, "reason", None)) for thing in things] == [
        (Text, None),
        (Skipped, "a link in an archive"),
        (Skipped, "a link in an archive"),
        (Skipped, "not a regular file"),
        (Skipped, "not a regular file"),
        (Text, None),
    ]
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        link = zipfile.ZipInfo("link.json")
        link.create_system, link.external_attr = 3, (stat.S_IFLNK | 0o777) << 16
        archive.writestr(link, "/etc/passwd")
    assert [thing.reason for thing in read("-", stdin=held.getvalue())] == ["a link in an archive"]


def _folder() -> tarfile.TarInfo:
    info = tarfile.TarInfo("folder")
    info.type = tarfile.DIRTYPE
    return info


def test_a_tar_that_is_cut_is_told_once_with_the_member(read: Any) -> None:
    lines = b"".join(b'{"n": %d}\n' % n for n in range(1000))
    body = tar({"a.ndjson": lines, "b.ndjson": lines})
    for cut in (body, gzip.compress(body)):
        things = read("-", stdin=cut[: int(len(cut) * 0.4)])
        (broken,) = [thing for thing in things if isinstance(thing, Corrupt)]
        assert things[-1] is broken
        assert "cut off" in broken.reason
        texts = [thing for thing in things if isinstance(thing, Text)]
        assert [text.content for text in texts[:1000]] == lines.splitlines()[: len(texts)]


def test_a_tar_without_its_end_is_told(read: Any) -> None:
    body = tar({"a.json": b"{}"})[:1024]
    first, broken = read("-", stdin=body)
    assert first.content == b"{}"
    assert "its end is not marked" in broken.reason


@pytest.mark.parametrize(
    ("at", "said"), [(148, "header of the tar archive is damaged"), (124, "header of the tar archive is damaged")]
)
def test_a_damaged_header_is_told_and_not_taken_for_the_end(at: int, said: str, read: Any) -> None:
    body = bytearray(tar({"a.json": b"{}", "b.json": b"{}"}))
    body[1024 + at] ^= 0x7
    first, broken = read("-", stdin=bytes(body))
    assert first.content == b"{}"
    assert said in broken.reason


def test_a_header_that_is_huge_or_says_a_size_that_is_none_is_refused(read: Any) -> None:
    huge = tarfile.TarInfo("h")
    huge.type, huge.size = tarfile.XHDTYPE, 2**33
    (broken,) = read("-", stdin=huge.tobuf(tarfile.GNU_FORMAT) + bytes(10_000))
    assert "a header of the tar archive is 8,589,934,592 bytes long" in broken.reason
    for record in (b"99 a=b\n", b"x", b"14 size=-1234\n", b"14 size=12a45\n"):
        extended = tarfile.TarInfo("h")
        extended.type, extended.size = tarfile.XHDTYPE, len(record)
        padded = record + bytes(512 - len(record))
        following = tar({"a.json": b"{}"})
        (broken,) = read("-", stdin=extended.tobuf() + padded + following)
        assert "extended header of the tar archive" in broken.reason


def test_a_sparse_file_is_told_and_the_next_is_read(read: Any) -> None:
    sparse = bytearray(tarfile.TarInfo("s").tobuf(tarfile.GNU_FORMAT))
    sparse[156:157] = tarfile.GNUTYPE_SPARSE
    sparse[148:156] = b" " * 8
    sparse[148:156] = b"%06o\0 " % sum(sparse)
    told, following = read("-", stdin=bytes(sparse) + tar({"a.json": b"{}"}))
    assert isinstance(told, Unreadable)
    assert following.content == b"{}"


@pytest.mark.parametrize("method", METHODS)
def test_every_method_of_a_zip_is_read_and_its_damage_told(method: int, read: Any) -> None:
    body = b'{"x": "' + shake_256(b"").hexdigest(100_000).encode() + b'"}'
    packed = METHODS[method](body)
    members = [("a.json", method, packed, body), ("e.json", method, METHODS[method](b""), b""), ("b.json", 0, b"{}", b"{}")]
    first, empty, last = read("-", stdin=by_hand(*members), limit=1_000_000)
    assert [first.content, empty.content, last.content] == [body, b"", b"{}"]
    middle = len(packed) // 2
    for wrong in (packed[:middle], packed[:3], packed[:middle] + bytes(9) + packed[middle + 9 :], bytes(20) + packed[20:]):
        *before, broken, last = read("-", stdin=by_hand(("a.json", method, wrong, body), members[2]), limit=1_000_000)
        assert isinstance(broken, Corrupt)
        assert broken.source == "<stdin>!/a.json"
        assert len(before) <= 1
        assert last.content == b"{}"


def test_lzma_without_a_mark_of_its_end_is_read_up_to_the_size_that_was_packed(read: Any) -> None:
    """7-Zip writes no mark; what the decoder makes of the bytes behind the last one is nothing."""
    body = b'{"x": "' + shake_256(b"").hexdigest(5000).encode() + b'"}'
    packed = bare_lzma(body + bytes(100))
    (text,) = read("-", stdin=by_hand(("a.json", 14, packed, body)))
    assert text.content == body


def test_a_window_of_lzma_in_a_zip_larger_than_memory_is_refused(read: Any) -> None:
    for packed in (bare_lzma(b"{}", window=1 << 31), b"\x09\x04\x05\x00\xff" + bytes(30), b"\x09\x04\x07\x00" + bytes(30)):
        (broken,) = read("-", stdin=by_hand(("a.json", 14, packed, b"{}")))
        assert isinstance(broken, Corrupt)
        assert "the lzma data" in broken.reason


def test_a_package_that_a_member_needs_is_named_and_the_next_is_read(read: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "docpact.inputs.frames", raising=False)
    monkeypatch.setitem(sys.modules, "compression.zstd" if sys.version_info >= (3, 14) else "zstandard", None)
    body = by_hand(("a.json", 93, zstd(b"{}"), b"{}"), ("b.json", 9, b"x", b"{}"), ("c.json", 0, b"{}", b"{}"))
    missing, old, text = read("-", stdin=body)
    if sys.version_info < (3, 14):
        assert (missing.source, missing.hint) == ("<stdin>!/a.json", "pip install 'docpact[captures]'")
    assert (old.reason, old.hint) == (
        "packed in a way that is not read (Deflate64)",
        "pack it with deflate, or unpack it first",
    )
    assert text.content == b"{}"


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2])
def test_a_damaged_member_of_a_zip_is_told_and_the_next_is_read(method: int, read: Any, tmp_path: Path) -> None:
    noise = shake_256(b"").hexdigest(3000).encode()
    body = bytearray(zipped({"a.json": b'{"x": "' + noise + b'"}', "b.json": b'{"b": 1}'}, method))
    body[400:500] = bytes(100)
    path = tmp_path / "x.zip"
    path.write_bytes(body)
    *before, broken, second = read(path)
    assert len(before) <= 1
    assert isinstance(broken, Corrupt)
    assert broken.source.endswith("x.zip!/a.json")
    assert second.content == b'{"b": 1}'


@pytest.mark.parametrize("cut", [10, 60, -5])
def test_a_zip_that_is_cut_is_told(cut: int, read: Any) -> None:
    (broken,) = read("-", stdin=zipped({"a.json": b"{}" * 200})[:cut])
    assert isinstance(broken, Corrupt)
    assert "the zip archive is damaged" in broken.reason


def test_an_encrypted_member_and_one_packed_in_an_unknown_way_are_told(read: Any) -> None:
    body = bytearray(zipped({"a.json": b"{}", "b.json": b"{}"}))
    central = body.index(b"PK\x01\x02")
    body[6] |= 1
    body[central + 8] |= 1
    second = body.index(b"PK\x03\x04", 10)
    body[second + 8] = body[body.index(b"PK\x01\x02", central + 4) + 10] = 97
    told = read("-", stdin=bytes(body))
    assert [type(thing) for thing in told] == [Unreadable, Unreadable]
    assert told[0].reason == "encrypted"
    assert told[1].reason == "packed in a way that is not read (WavPack)"


def test_a_zip_in_a_stream_is_held_up_to_the_limit_and_no_further(read: Any, tmp_path: Path) -> None:
    body = zipped({"a.json": shake_256(b"").hexdigest(3000).encode()}, zipfile.ZIP_STORED)
    (told,) = read("-", stdin=body, limit=1000)
    assert isinstance(told, Unreadable)
    assert told.reason == "a zip archive that comes out of a stream has to be held, and is larger than --max-bytes (1,000)"
    assert told.hint == "unpack it to a file of its own, or raise --max-bytes above its size"
    (tmp_path / "x.zip").write_bytes(body)
    (text,) = read(tmp_path / "x.zip", limit=1000)
    assert isinstance(text, Skipped | Text)


@pytest.mark.parametrize("method", [8, 12, 14, 93, 95])
def test_a_bomb_in_a_zip_is_flat(method: int, read: Any) -> None:
    bodies = {"a.ndjson": b'{"a":1}\n[' + b" " * 30_000_000 + b"]\n{}", "b.bin": bytes(30_000_000)}
    body = by_hand(*[(name, method, METHODS[method](whole), whole) for name, whole in bodies.items()])
    del bodies
    tracemalloc.start()
    things = read("-", stdin=body)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert [getattr(thing, "content", "none") for thing in things] == [b'{"a":1}', None, b"{}", "none"]
    assert peak < 12_000_000
