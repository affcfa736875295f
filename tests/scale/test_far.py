"""Objects of lines in a store are judged by several, each of whom asks for byte ranges, with the report of one."""

from __future__ import annotations

import io
import json
import os
import re
import signal
import threading
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pytest
import s3fs
from moto.server import ThreadedMotoServer
from pyarrow import parquet
from sites import begun

from docpact import inputs
from docpact.captures import Apart, Corrupt, Long, Unreadable
from docpact.cli import main
from docpact.contract import load
from docpact.inputs import remote
from docpact.lines import BrokenError
from docpact.scale import local, pieces, spans
from docpact.scale.local import Local
from docpact.scale.order import in_order
from docpact.scale.pieces import Piece, count_lines, cut, judge
from docpact.scale.spans import Begun
from docpact.validate.stream import Settings, Stream

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

LIMIT = 64 << 20
# A process that dies of the third range.
DEADLY = (
    "import docpact.scale.pieces as w, os; j = w.judge; "
    "w.judge = lambda s, p, *r: os.kill(os.getpid(), 9) if p.start == 300_000 else j(s, p, *r); main()"
)
# A worker that, as soon as it judges what does not begin an object, says so and goes on for ever.
STUCK = """
import sys, threading
from docpact.scale.pieces import Hand, Piece
judge = Hand.judge
def stuck(hand, work, *most):
    if isinstance(work, Piece) and work.far and work.start:
        print("judging", file=sys.stderr, flush=True)
        threading.Event().wait()
    return judge(hand, work, *most)
Hand.judge = stuck
"""
CONTENT = b'{"a":1}\n\n{"b":\r\n' + b"x" * 40 + b"\n\n\n[1]\n" + b"last"


class Asked(io.BytesIO):
    """A file that counts what it is asked for."""

    count = 0

    def read(self, size: int | None = -1, /) -> bytes:
        piece = super().read(size)
        self.count += len(piece)
        return piece


def lines_of(content: bytes, start: int, end: int | None, at_a_time: int = 7) -> tuple[bytes, int]:
    span = Begun(Asked(content), start, end)
    read = b"".join(iter(lambda: span.read(at_a_time), b""))
    return read, span.at


@pytest.mark.parametrize("content", [CONTENT, CONTENT + b"\n", b"\n" * 9, b"x" * 50, b""])
@pytest.mark.parametrize(("asked", "behind"), [(3, 2), (1, 1), (1000, 5), (1000, 1000)])
def test_ranges_cut_anywhere_are_the_whole_and_each_begins_a_line(
    content: bytes, asked: int, behind: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(spans, "_ASKED", asked)
    monkeypatch.setattr(spans, "_ASKED_BEHIND", behind)
    for size in range(1, len(content) + 2):
        ends = [*range(size, len(content), size), None]
        read = [lines_of(content, start, end) for start, end in zip([0, *ends[:-1]], ends, strict=True)]
        assert b"".join(piece for piece, _ in read) == content
        assert all(piece.endswith(b"\n") for piece in [piece for piece, _ in read if piece][:-1])
        for (piece, at), start in zip(read, [0, *ends[:-1]], strict=True):
            assert content[at - len(piece) : at] == piece
            assert not piece or at - len(piece) >= (start or 0)


def test_what_is_left_of_a_range_begins_where_its_last_line_ended() -> None:
    end = CONTENT.index(b"x") + 5
    # The line that begins in the range goes on behind its end, and nothing is left.
    assert lines_of(CONTENT, CONTENT.index(b"\n[1]"), end)[0] == b""
    assert lines_of(CONTENT, 9, 30)[0] == CONTENT[9 : CONTENT.index(b"\n[1]") - 1]


def test_no_more_is_asked_for_than_ends_the_last_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spans, "_ASKED", 1000)
    monkeypatch.setattr(spans, "_ASKED_BEHIND", 100)
    file = Asked((b"y" * 49 + b"\n") * 1000)
    span = Begun(file, 10_020, 20_020)
    assert len(b"".join(iter(lambda: span.read(128), b""))) == 10_000
    assert file.count <= 10_000 + 2 * 100
    long = Asked(b"z" * 1_000_000)
    # In the midst of one line nothing begins.
    assert Begun(long, 1000, 2000).read(128) == b""
    assert long.count <= 1100


@pytest.fixture(scope="module")
def lines(root: Path) -> bytes:
    """Some 3 MB of lines, 61st ones with something to find, with blank ones, a long one, and no end of the last one."""
    document = json.loads((root / "contracts/task-fetch/openapi.json").read_bytes())
    answer = document["paths"]["/mj/task/{id}/fetch"]["get"]["responses"]["200"]
    payload = next(iter(answer["content"].values()))["example"]
    good = json.dumps(payload, ensure_ascii=False).encode()
    odd = [
        json.dumps({**payload, "status": "DONE"}).encode(), b'{"id": 1', b"", b"\xff", b'{"buttons": null}\r',
        json.dumps({**payload, "description": "x" * 300_000}).encode(), b'{"a": 1, "a": 2}',
    ]  # fmt: skip
    rows = [odd[n // 61 % len(odd)] if n % 61 == 5 else good for n in range(2_000_000 // len(good))]
    return b"\n".join([*rows, odd[0]])


@pytest.fixture(scope="module")
def store(lines: bytes) -> Iterator[tuple[str, Any]]:
    """A real S3 server, with a bucket of captures."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    endpoint = f"http://{host}:{port}"
    files = s3fs.S3FileSystem(key="k", secret="s", endpoint_url=endpoint, skip_instance_cache=True)  # noqa: S106 - of a test
    files.mkdir("captures")
    table = io.BytesIO()
    rows = [line.decode("utf-8", "replace") if line else "{}" for line in lines.split(b"\n")][:600]
    columns = pa.table({"body": [row if row.startswith("{") else "{}" for row in rows], "n": list(range(len(rows)))})
    parquet.write_table(columns, table, row_group_size=100, compression="none", use_dictionary=False)
    for name, body in {
        "run/a.ndjson": lines,
        "run/b.parquet": table.getvalue(),
        "run/one.json": lines.partition(b"\n")[0],
        "run/named[1].txt": lines[: len(lines) // 2],
        "run/small.json": b'{"id": 1}',
        "run/notes.txt": b"words " * 10_000,
        "run/.hidden.ndjson": lines,
    }.items():
        files.pipe(f"captures/{name}", body)
    yield endpoint, files
    server.stop()


@pytest.fixture
def rights(store: tuple[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    """What an environment says of a store; and objects are large, and cut in pieces, from small sizes on."""
    monkeypatch.setenv("AWS_ENDPOINT_URL", store[0])
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "k")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "s")
    s3fs.S3FileSystem.clear_instance_cache()
    monkeypatch.setattr(remote, "_LARGE", 10_000)
    monkeypatch.setattr(pieces, "FAR", 150_000)
    monkeypatch.setattr(inputs, "_LEAST_FAR", 100_000)
    monkeypatch.setattr("docpact.cli.spread._LONG", 1000)


def run(*arguments: str | Path) -> tuple[int, str, str]:
    out, err = io.StringIO(), io.StringIO()
    code = main(["validate", *map(str, arguments)], io.BytesIO(), out, err)
    return code, out.getvalue(), err.getvalue()


def handed_out(*names: str) -> list[object]:
    return list(inputs.read(names, None, inputs.Settings(LIMIT, long=1000)))


@pytest.mark.usefixtures("rights")
def test_large_objects_of_lines_are_handed_out_to_be_cut_and_tables_in_shares(lines: bytes) -> None:
    found = handed_out("s3://captures/run/")
    assert [(type(thing).__name__, getattr(thing, "source", "")[18:]) for thing in found] == [
        ("Skipped", ".hidden.ndjson"), ("Long", "a.ndjson"), *[("Apart", "b.parquet")] * 6, ("Long", "named[1].txt"),
        ("Skipped", "notes.txt"), ("Apart", "one.json"), ("Apart", "small.json"),
    ]  # fmt: skip
    assert found[1] == Long("s3://captures/run/a.ndjson", len(lines), far=True)
    assert handed_out("s3://captures/run/a.ndjson") == [found[1]]
    assert handed_out("s3://captures/run/small.json") == [Apart("s3://captures/run/small.json", None, named=True)]


@pytest.mark.usefixtures("rights")
@pytest.mark.parametrize("form", ["text", "json"])
def test_the_report_is_the_same_whatever_the_number_of_jobs(form: str) -> None:
    named = ("s3://captures/run/", "s3://captures/run/a.ndjson", "s3://captures/run/*.txt", "s3://captures/none.ndjson")
    one = run(*named, "--format", form, "--jobs", "1")
    for jobs in ("2", "3"):
        assert run(*named, "--format", form, "--jobs", jobs) == one
    assert one[1].count("captures/run/a.ndjson") > 1


@pytest.mark.usefixtures("rights")
def test_the_limit_of_a_line_holds_across_ranges() -> None:
    limited = ("s3://captures/run/a.ndjson", "--format", "json", "--max-bytes", "250K")
    assert run(*limited, "--jobs", "2") == run(*limited, "--jobs", "1")
    assert json.loads(run(*limited, "--jobs", "2")[1])["summary"]["by_rule"]["json-size"] >= 2


@pytest.mark.usefixtures("rights")
def test_each_range_is_asked_for_alone(lines: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[int, int]] = []
    fetch = s3fs.core.S3File._fetch_range

    def fetched(file: Any, start: int, end: int) -> Any:
        asked.append((start, end))
        return fetch(file, start, end)

    monkeypatch.setattr(s3fs.core.S3File, "_fetch_range", fetched)
    found = inputs.behind("s3://captures/run/a.ndjson")
    assert not isinstance(found, Unreadable)
    with found:
        content = Begun(found, 300_000, 450_000).read(1 << 20)
    assert lines.count(content)
    assert asked[0][0] == 299_999
    assert sum(end - start for start, end in asked) < 150_000 + 3 * (64 << 10)


@pytest.mark.usefixtures("rights")
def test_a_process_that_dies_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    one = run("s3://captures/run/a.ndjson", "--jobs", "1", "--format", "json")
    monkeypatch.setattr(Local, "_own", lambda _: None)
    real = Local.take
    killed: list[int] = []

    def kill(crew: Local) -> tuple[int, pieces.Outcome]:
        taken = real(crew)
        if not killed:
            killed.append(crew.processes[0])
            os.kill(crew.processes[0], signal.SIGKILL)
        return taken

    monkeypatch.setattr(Local, "take", kill)
    code, out, err = run("s3://captures/run/a.ndjson", "--jobs", "2", "--format", "json")
    assert (code, out) == one[:2]
    assert re.search(r"died of signal 9, at s3://captures/run/a.ndjson bytes [\d,]+ to [\w ,]+, which is done again", err)


@pytest.mark.usefixtures("rights")
def test_a_range_that_processes_die_of_is_named_and_lines_behind_it_are_those_of_the_object(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    one = run("s3://captures/run/a.ndjson", "--jobs", "1", "--format", "json")
    monkeypatch.setattr(local, "can_fork", lambda: False)
    monkeypatch.setattr(local, "_BOOT", local._BOOT.replace("main()", DEADLY))
    monkeypatch.setattr(Local, "_own", lambda _: None)
    code, out, err = run("s3://captures/run/a.ndjson", "--jobs", "2", "--format", "json")
    (lost,) = json.loads(out)["unreadable"]
    assert lost["reason"].startswith("bytes 300,000 to 450,000 were not judged: ")
    assert (code, err.count("died of signal 9")) == (1, 2)
    assert json.loads(out)["findings"][-1] == json.loads(one[1])["findings"][-1]


@pytest.mark.usefixtures("rights")
def test_a_worker_that_is_killed_changes_nothing(tmp_path: Path) -> None:
    one = run("s3://captures/run/", "--jobs", "1", "--format", "json")
    with begun(tmp_path / "site") as site:
        (stuck,) = site.start(STUCK)

        def kill() -> None:
            stuck.until("judging")
            for well in site.start("", ""):
                well.drain()
            stuck.kill()

        killer = threading.Thread(target=kill)
        killer.start()
        found = run("s3://captures/run/", "--format", "json", "--scheduler", site.address)
        killer.join()
    assert found[:2] == one[:2]
    assert stuck.process.returncode == -signal.SIGKILL


@pytest.mark.usefixtures("rights")
def test_lines_of_a_range_nobody_judged_are_counted(lines: bytes) -> None:
    ranges = list(cut(Long("s3://captures/run/a.ndjson", len(lines), far=True)))
    assert len(ranges) > 10
    assert sum(count_lines(piece, inputs.behind) for piece in ranges) == lines.count(b"\n")
    assert count_lines(Piece("s3://captures/none", 0, None, far=True), inputs.behind) == 0


@pytest.mark.usefixtures("rights")
def test_an_object_that_goes_away_is_told_once(lines: bytes) -> None:
    class Gone:
        width = 3

        def __init__(self) -> None:
            self.todo: list[tuple[int, pieces.Work]] = []

        def give(self, ticket: int, piece: pieces.Work) -> None:
            self.todo.append((ticket, piece))

        def take(self) -> tuple[int, pieces.Outcome]:
            ticket, piece = self.todo.pop()
            assert isinstance(piece, Piece)
            return ticket, judge(Stream(load(), Settings()), piece, LIMIT, behind=inputs.behind)

    found = list(in_order([Long("s3://captures/run/gone.ndjson", len(lines), far=True)], Gone()))
    assert [(thing.reason) for thing in found if isinstance(thing, Unreadable)] == ["no such file"]


def test_a_connection_that_breaks_off_is_told_at_its_line_and_what_follows_is_not_judged(lines: bytes) -> None:
    class Breaking(io.BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            if self.tell() >= 500_000:
                raise BrokenError("the connection broke off")
            return super().read(min(size or 0, 500_000 - self.tell()))

    class Two:
        width = 3

        def __init__(self) -> None:
            self.todo: list[tuple[int, pieces.Work]] = []

        def give(self, ticket: int, piece: pieces.Work) -> None:
            self.todo.append((ticket, piece))

        def take(self) -> tuple[int, pieces.Outcome]:
            ticket, piece = self.todo.pop()
            assert isinstance(piece, Piece)
            return ticket, judge(Stream(load(), Settings()), piece, LIMIT, behind=lambda _: Breaking(lines))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pieces, "FAR", 150_000)
        *_, last = in_order([Long("s3://x", len(lines), far=True)], Two())
    assert last == Corrupt("s3://x", lines[:500_000].count(b"\n") + 1, "the connection broke off")
