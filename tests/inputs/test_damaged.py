"""Whatever is cut off, changed or made to explode is told, without a traceback, in little memory, and the next is judged."""

from __future__ import annotations

import bz2
import gzip
import io
import json
import lzma
import random
import struct
import tarfile
import tracemalloc
import zlib
from pathlib import Path
from typing import TYPE_CHECKING, Any

import brotli
import pyarrow as pa
import pytest
import zstandard
from pyarrow import parquet

from docpact.captures import Corrupt, Skipped, Text, Unreadable

if TYPE_CHECKING:
    from collections.abc import Iterator

RECORDED = Path(__file__).parent / "recorded"
LINES = [json.dumps({"n": n, "s": "%x" % random.Random(n).getrandbits(200)}).encode() for n in range(20)]  # noqa: S311, UP031 - seeded
BODY = b"\n".join(LINES) + b"\n"
GOOD = b'{"next": 1}'
LIMIT = 100_000


def _tar() -> bytes:
    held = io.BytesIO()
    with tarfile.open(fileobj=held, mode="w") as archive:
        for name in ("a.ndjson", "b/" * 70 + "c.ndjson"):
            info = tarfile.TarInfo(name)
            info.size = len(BODY)
            archive.addfile(info, io.BytesIO(BODY))
    return held.getvalue()


def _zip(*members: tuple[int, bytes], copies: int = 1) -> bytes:
    """A zip archive of what is packed by each method, each entry of its list so many times over."""
    body, central = b"", b""
    for method, packed in members:
        fields = (20, 0, method, 0, 0, zlib.crc32(BODY), len(packed), len(BODY), 8, 0)
        entry = struct.pack("<4s6H3L5H2L", b"PK\x01\x02", 20, *fields, 0, 0, 0, 0, len(body)) + b"a.ndjson"
        body += struct.pack("<4s5H3L2H", b"PK\x03\x04", *fields) + b"a.ndjson" + packed
        central += entry * copies
    count = len(members) * copies
    return body + central + struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, count, count, len(central), len(body), 0)


def _har() -> bytes:
    content = {"text": "", "encoding": "base64"}
    request = {"method": "GET", "url": "https://a.example/mj/task/1/fetch"}
    packed = {"br": brotli.compress(BODY), "zstd": zstandard.compress(BODY), "deflate": zlib.compress(BODY)}
    entries = [
        {
            "request": request,
            "response": {
                "status": 200,
                "headers": [{"name": "content-encoding", "value": name}],
                "content": {**content, "text": zlib.compress(body).hex()},
            },
        }
        for name, body in packed.items()
    ]
    return json.dumps({"log": {"entries": entries}}).encode()


def _table() -> bytes:
    held = io.BytesIO()
    parquet.write_table(pa.table({"body": [line.decode() for line in LINES], "n": list(range(20))}), held)
    return held.getvalue()


DEFLATED = zlib.compress(BODY, wbits=-15)
SAMPLES = {
    "json": json.dumps([json.loads(line) for line in LINES], indent=1).encode(),
    "ndjson": BODY,
    "sequence": b"".join(b"\x1e" + line + b"\n" for line in LINES),
    "gz": gzip.compress(BODY),
    "bz2": bz2.compress(BODY),
    "xz": lzma.compress(BODY),
    "zst": zstandard.compress(BODY),
    "tar": _tar(),
    "zip": _zip((0, BODY), (8, DEFLATED), (12, bz2.compress(BODY)), (93, zstandard.compress(BODY))),
    "zip in gz": gzip.compress(_zip((8, DEFLATED))),
    "har": _har(),
    "parquet": _table(),
    **{path.name: path.read_bytes() for path in sorted(RECORDED.iterdir())},
}


def _spoilt(body: bytes) -> Iterator[bytes]:
    for cut in range(0, len(body), 97):
        yield body[:cut]
    for seed in range(60):
        chance, changed = random.Random(seed), bytearray(body)  # noqa: S311 - the same on every machine
        for _ in range(chance.choice([1, 2, 5, 20])):
            changed[chance.randrange(len(changed))] = chance.choice([0, 255, chance.randrange(256)])
        if seed % 5 == 0:
            at = chance.randrange(len(changed))
            changed[at : at + 30] = changed[at : at + 30] * chance.choice([0, 2])
        yield bytes(changed)


@pytest.mark.parametrize("name", SAMPLES)
def test_what_is_cut_or_changed_anywhere_is_told_and_the_next_is_judged(name: str, read: Any, tmp_path: Path) -> None:
    path, after = tmp_path / "a", tmp_path / "b.json"
    after.write_bytes(GOOD)
    for number, body in enumerate(_spoilt(SAMPLES[name])):
        path.write_bytes(body)
        # A file that can be read at any place, and a stream that cannot.
        *things, last = read(path, after) if number % 2 else read("-", after, stdin=body)
        assert last.content == GOOD
        assert all(isinstance(thing, Text | Corrupt | Unreadable | Skipped) for thing in things)


def _aliases() -> bytes:
    large = b"interactions:\n- request: {method: GET, uri: 'http://a/mj/task/1/fetch'}\n  response: {status: 200,"
    return large + b" body: {type: json, content: [&a '" + b"x" * 50_000 + b"', " + b", ".join([b"*a"] * 20_000) + b"]}}\n"


def _large_cells(*, shared: bool) -> bytes:
    held = io.BytesIO()
    table = pa.table({"a": ['{"a": "' + "x" * 6_000_000 + '"}'] * 40})
    parquet.write_table(table, held, compression="zstd", use_dictionary=shared)
    return held.getvalue()


def _huge_tar() -> bytes:
    info = tarfile.TarInfo("a.json")
    info.size = 8**11
    return info.tobuf(tarfile.GNU_FORMAT) + b"{}" * 5000


HUGE = gzip.compress(b"[" + bytes(30_000_000))
BOMBS = {
    "gz in gz": (gzip.compress(gzip.compress(HUGE)), Text),
    "gz in zip": (_zip((0, HUGE)), Corrupt),
    "members that overlap": (_zip((8, DEFLATED), copies=5000), Corrupt),
    "a tar header": (_huge_tar(), Corrupt),
    "a window of zstd": (b"\x28\xb5\x2f\xfd\x00\xa8\x09\x00\x00x", Corrupt),
    "aliases in YAML": (_aliases(), Text),
    "anchors in YAML": (b"interactions:\n" + b"".join(b"- &a%d %s\n" % (n, b"x" * 900) for n in range(900)), Corrupt),
    "pages of Parquet": (_large_cells(shared=False), Corrupt),
    "one cell of Parquet in many rows": (_large_cells(shared=True), Text),
    "a key of TOML": (b"[[interactions]]\n" + b"a." * 40_000 + b"b = 1\n", Corrupt),
}


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_is_told_and_not_held(name: str, read: Any, tmp_path: Path) -> None:
    body, kind = BOMBS[name]
    (tmp_path / "a").write_bytes(body)
    (tmp_path / "b.json").write_bytes(GOOD)
    tracemalloc.start()
    before = pa.total_allocated_bytes()
    *things, last = read(tmp_path / "a", tmp_path / "b.json")
    peak = tracemalloc.get_traced_memory()[1] + pa.total_allocated_bytes() - before
    tracemalloc.stop()
    assert any(isinstance(thing, kind) for thing in things)
    assert all(thing.content is None or len(thing.content) <= LIMIT for thing in things if isinstance(thing, Text))
    assert last.content == GOOD
    assert peak < 40_000_000
