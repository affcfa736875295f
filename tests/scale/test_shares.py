"""A large Parquet file is judged by several, each of whom reads groups of its rows, with the report of one."""

from __future__ import annotations

import io
import json
import os
import signal
import threading
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pytest
from pyarrow import parquet
from sites import begun

from docpact import inputs
from docpact.captures import Apart, Corrupt, Text, Unreadable
from docpact.cli import main
from docpact.scale import local, pieces
from docpact.scale.batches import Batch, Part
from docpact.scale.local import Local
from docpact.scale.order import in_order
from docpact.scale.pieces import Task
from docpact.validate.stream import Settings

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from docpact.captures import Read

LIMIT = 64 << 20
TASK = Task("task-fetch", Settings(), LIMIT, inputs.read_apart, inputs.Settings(LIMIT, blocks=True))
GROUPS = 12
# A worker that, as soon as it judges a share that is not the first one, says so and goes on for ever.
STUCK = """
import sys, threading
from docpact.scale.batches import Reading
part = Reading.part
def stuck(reading, *more):
    if reading._thing.share and reading._thing.share.nth:
        print("judging", file=sys.stderr, flush=True)
        threading.Event().wait()
    return part(reading, *more)
Reading.part = stuck
"""
# A process that dies of one share.
DEADLY = (
    "import docpact.scale.batches as b, os; p = b.Reading.part; "
    "b.Reading.part = lambda r, *a: os.kill(os.getpid(), 9) if r._thing.share and r._thing.share.nth == 3 else p(r, *a); "
)


def run(*arguments: str | Path) -> tuple[int, str, str]:
    out, err = io.StringIO(), io.StringIO()
    code = main(["validate", *map(str, arguments)], io.BytesIO(), out, err)
    return code, out.getvalue(), err.getvalue()


def write(path: Path, rows: list[str], **more: Any) -> Path:
    table = pa.table({"n": list(range(len(rows))), "body": rows, **more})
    per_group = -(-len(rows) // GROUPS)
    parquet.write_table(
        table, path, row_group_size=per_group, compression="none", use_dictionary=False, write_page_checksum=True
    )
    return path


@pytest.fixture(scope="session")
def tables(tmp_path_factory: pytest.TempPathFactory, root: Path) -> Path:
    """A folder of Parquet files of some 5 MB: one that is whole, one with a damaged group, two that cannot be read."""
    folder = tmp_path_factory.mktemp("tables")
    document = json.loads((root / "contracts/task-fetch/openapi.json").read_bytes())
    answer = document["paths"]["/mj/task/{id}/fetch"]["get"]["responses"]["200"]
    payload = next(iter(answer["content"].values()))["example"]
    odd = [json.dumps({**payload, "status": "DONE"}), '{"id": 1}', json.dumps([payload]), json.dumps({**payload, "n": 1})]
    good = json.dumps(payload, ensure_ascii=False)
    rows = [odd[n // 61 % len(odd)] if n % 61 == 5 else good for n in range(5_000_000 // len(good))]
    whole = write(folder / "a.parquet", rows)
    write(folder / "unclear.parquet", rows, other=pa.array(rows))
    content = bytearray(whole.read_bytes())
    half = content.index(b'"id"', len(content) // 2)
    content[half + 1 : half + 2] = b"I"
    (folder / "damaged.parquet").write_bytes(content)
    (folder / "cut.parquet").write_bytes(content[:-20])
    return folder


def apart(path: Path) -> list[Apart]:
    """Return what a large file is handed out as."""
    told = list(inputs.read([str(path)], None, inputs.Settings(LIMIT, long=4 << 20)))
    assert all(isinstance(thing, Apart) for thing in told)
    return [thing for thing in told if isinstance(thing, Apart)]


def texts(things: Iterator[Read]) -> list[tuple[int | None, bytes | None] | str]:
    return [(thing.line, thing.content) if isinstance(thing, Text) else type(thing).__name__ for thing in things]


@pytest.mark.parametrize("name", ["a.parquet", "damaged.parquet"])
def test_the_shares_of_a_file_are_all_of_it_in_its_order_with_the_rows_of_the_file(tables: Path, name: str) -> None:
    shares = apart(tables / name)
    assert [share.share for share in shares] == [(n, GROUPS) for n in range(GROUPS)]
    assert sum(share.size or 0 for share in shares) == (tables / name).stat().st_size
    wanted = inputs.Settings(LIMIT)
    each = [texts(inputs.read_apart(share, wanted)) for share in shares]
    assert all(each)
    together = [text for share in each for text in share]
    assert together == texts(inputs.read([str(tables / name)], None, wanted))
    assert together[-1][0] == parquet.ParquetFile(tables / name).metadata.num_rows
    assert sum("Corrupt" in share for share in each) == (name == "damaged.parquet")


def test_small_groups_go_together_and_nothing_to_be_shared_stays_whole(tables: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inputs, "_LEAST_SHARE", 2 << 20)
    assert [share.share for share in apart(tables / "a.parquet")] == [(0, 2), (1, 2)]
    assert [share.share for share in apart(tables / "cut.parquet")] == [None]


@pytest.mark.parametrize("form", ["text", "json", "ndjson"])
def test_the_report_is_the_same_whatever_the_number_of_jobs(tables: Path, form: str) -> None:
    # The last one is named twice: what is wrong with it is told twice.
    named = (tables, tables / "unclear.parquet")
    one = run(*named, "--format", form, "--jobs", "1")
    for jobs in ("2", "3"):
        assert run(*named, "--format", form, "--jobs", jobs) == one
    if form == "json":
        report = json.loads(one[1])
        assert [lost["reason"] for lost in report["unreadable"]] == ["several columns hold JSON: body, other"] * 2
        assert report["summary"]["by_rule"]["capture-corrupt"] == 2
        assert report["summary"]["by_rule"]["documented-enum"] > 20


def test_what_is_wrong_with_all_of_a_file_is_told_once_where_each_share_says_it(tables: Path) -> None:
    wanted = inputs.Settings(LIMIT)
    first, second, *_ = [list(inputs.read_apart(share, wanted)) for share in apart(tables / "unclear.parquet")]
    assert first == second
    assert [type(thing) for thing in first] == [Unreadable]
    (broken,) = inputs.read_apart(Apart(str(tables / "cut.parquet"), 1, named=True), wanted)
    assert isinstance(broken, Corrupt)


def test_it_is_told_once_also_by_workers_with_other_hints(tables: Path) -> None:
    class Machines:
        width = GROUPS

        def __init__(self) -> None:
            self.todo: list[tuple[int, pieces.Work]] = []

        def give(self, ticket: int, piece: pieces.Work) -> None:
            self.todo.append((ticket, piece))

        def take(self) -> tuple[int, pieces.Outcome]:
            ticket, piece = self.todo.pop()
            assert isinstance(piece, Batch)
            told = Unreadable(piece.things[0].source, "several columns", f"as machine {ticket} sees it")
            return ticket, pieces.Outcome(parts=[Part(piece.things[0], read=[told])])

    twice = apart(tables / "unclear.parquet") * 2
    assert [thing.hint for thing in in_order(twice, Machines()) if isinstance(thing, Unreadable)] == [
        "as machine 0 sees it", f"as machine {GROUPS} sees it",
    ]  # fmt: skip


def test_several_have_shares_of_one_file(tables: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shared: list[tuple[int, bool]] = []
    came = Local._came

    def seen(crew: Local, owner: object, ticket: int, outcome: pieces.Outcome) -> tuple[int, pieces.Outcome]:
        shared.append((ticket, owner is crew))
        return came(crew, owner, ticket, outcome)

    monkeypatch.setattr(Local, "_came", seen)
    # This process waits until another one has judged a share.
    monkeypatch.setattr(Local, "_own", lambda crew: crew._next(crew) if any(not own for _, own in shared) else None)
    run(tables / "a.parquet", "--jobs", "2")
    assert {ticket for ticket, _ in shared} == set(range(GROUPS))
    assert {own for _, own in shared} == {True, False}


def test_a_process_that_dies_changes_nothing(tables: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    one = run(tables / "damaged.parquet", "--jobs", "1", "--format", "json")
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
    code, out, err = run(tables / "damaged.parquet", "--jobs", "2", "--format", "json")
    assert (code, out) == one[:2]
    assert "died of signal 9" in err
    assert "damaged.parquet share " in err


def test_a_share_that_processes_die_of_is_named_and_the_others_are_judged(
    tables: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(local, "can_fork", lambda: False)
    monkeypatch.setattr(local, "_BOOT", local._BOOT.replace("main()", f"{DEADLY}main()"))
    monkeypatch.setattr(Local, "_own", lambda _: None)
    code, out, err = run(tables / "a.parquet", "--jobs", "2", "--format", "json")
    (lost,) = json.loads(out)["unreadable"]
    assert lost["reason"].startswith("its share 4 of 12 was not judged: ")
    assert (code, err.count("died of signal 9")) == (1, 2)
    single = json.loads(run(tables / "a.parquet", "--jobs", "1", "--format", "json")[1])
    assert json.loads(out)["findings"][-1] == single["findings"][-1]
    assert 0.8 < json.loads(out)["summary"]["payloads"] / single["summary"]["payloads"] < 1


def test_a_worker_that_is_killed_changes_nothing(tables: Path, tmp_path: Path) -> None:
    named = [tables / f"{name}.parquet" for name in ("a", "damaged", "cut")]
    one = run(*named, "--jobs", "1", "--format", "json")
    with begun(tmp_path / "site") as site:
        (stuck,) = site.start(STUCK)

        def kill() -> None:
            stuck.until("judging")
            for well in site.start("", ""):
                well.drain()
            stuck.kill()

        killer = threading.Thread(target=kill)
        killer.start()
        found = run(*named, "--format", "json", "--scheduler", site.address)
        killer.join()
        unclear = run(tables / "unclear.parquet", "--format", "json", "--scheduler", site.address)
    assert found[:2] == one[:2]
    # Whichever workers say it.
    assert [lost["reason"] for lost in json.loads(unclear[1])["unreadable"]] == ["several columns hold JSON: body, other"]


def test_a_journal_holds_what_came_of_each_share(tables: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    command = (tables, tables / "a.parquet", "--format", "json", "--resume", tmp_path / "journal")
    one = run(*command, "--jobs", "1")
    noted = [json.loads(line) for line in (tmp_path / "journal").read_text().splitlines()]
    assert [entry["share"] for entry in noted if entry.get("share") and entry["name"].endswith("/a.parquet")] == [
        [n, GROUPS] for n in range(GROUPS)
    ] * 2
    judged: list[str] = []
    judge = pieces.Hand.judge

    def seen(hand: pieces.Hand, work: pieces.Work, *most: int) -> pieces.Outcome:
        judged.append(work.name)
        return judge(hand, work, *most)

    monkeypatch.setattr(pieces.Hand, "judge", seen)
    assert run(*command, "--jobs", "1") == one
    # What could not be read is tried again.
    assert {name.partition(" ")[0] for name in judged} == {str(tables / "unclear.parquet")}
    # As if a share had been lost.
    (fifth, *_) = [entry for entry in noted if entry.get("share") == [4, GROUPS] and entry["name"].endswith("/a.parquet")]
    lines = [line for line in (tmp_path / "journal").read_text().splitlines(keepends=True) if json.loads(line) != fifth]
    (tmp_path / "journal").write_text("".join(lines))
    assert run(*command, "--jobs", "1") == one
    assert f"{tables / 'a.parquet'} share 5 of 12" in judged
