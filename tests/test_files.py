"""Files are written whole or not at all, also by a process that is killed, and what such a one leaves is taken away."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from docpact.errors import UsageError
from docpact.files import refuse_unwritable, write_whole

if TYPE_CHECKING:
    from pathlib import Path

# Writes the first half of a file, says so, and waits to be killed.
WRITING = """
import sys
from pathlib import Path
from docpact.files import write_whole

def pieces():
    yield b"half of " * 100_000
    print("half", flush=True)
    sys.stdin.read()
    yield b"the other half"

write_whole(Path(sys.argv[1]), pieces())
"""


def writing(path: Path) -> subprocess.Popen[str]:
    """Start a process that is in the midst of writing a file."""
    process = subprocess.Popen(
        [sys.executable, "-c", WRITING, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "half\n"
    return process


def ended(process: subprocess.Popen[str], number: signal.Signals | None = None) -> int:
    if number is not None:
        process.send_signal(number)
    process.communicate(timeout=60)
    return process.returncode


def names(folder: Path) -> list[str]:
    return sorted(os.listdir(folder))


def test_who_is_killed_leaves_the_old_file_and_the_next_one_takes_away_what_was_begun(tmp_path: Path) -> None:
    path = tmp_path / "tape.json"
    path.write_bytes(b"old")
    assert ended(writing(path), signal.SIGKILL) == -signal.SIGKILL
    assert path.read_bytes() == b"old"
    assert len(names(tmp_path)) == 2
    write_whole(path, b"new")
    assert (names(tmp_path), path.read_bytes()) == (["tape.json"], b"new")


def test_what_another_one_is_writing_stays(tmp_path: Path) -> None:
    path = tmp_path / "tape.json"
    other = writing(path)
    write_whole(path, b"mine")
    assert (len(names(tmp_path)), path.read_bytes()) == (2, b"mine")
    assert ended(other) == 0
    assert names(tmp_path) == ["tape.json"]
    assert path.read_bytes().endswith(b"the other half")


def test_only_what_was_begun_for_this_target_is_taken_away(tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.write_bytes(b"kept")
    kept = [".other.json.abcd1234.part", ".tape.json.part", ".tape.json.abcd12345.part", ".tape.json.ab.d1234.part", "tape"]
    for name in [*kept, ".tape.json.abcd1234.part"]:
        (tmp_path / name).write_bytes(b"")
    (tmp_path / ".tape.json.linked12.part").symlink_to(elsewhere)
    (tmp_path / ".tape.json.folder12.part").mkdir()
    write_whole(tmp_path / "tape.json", [b"new"])
    gone = {".tape.json.abcd1234.part"}
    assert {*names(tmp_path)} == {
        *kept, "elsewhere", "tape.json", ".tape.json.linked12.part", ".tape.json.folder12.part",
    } - gone  # fmt: skip


def test_what_a_link_leads_to_is_replaced_and_not_the_link(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    link, real = tmp_path / "link.json", tmp_path / "real" / "tape.json"
    link.symlink_to(real)
    for content in (b"new", b"newer"):
        write_whole(link, content)
        assert (link.is_symlink(), real.read_bytes()) == (True, content)
    assert names(tmp_path / "real") == ["tape.json"]


def test_who_is_interrupted_leaves_nothing(tmp_path: Path) -> None:
    path = tmp_path / "tape.json"
    assert ended(writing(path), signal.SIGINT) != 0
    assert names(tmp_path) == []


def test_a_folder_that_may_be_written_and_not_read_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(_: object) -> None:
        raise PermissionError

    monkeypatch.setattr("docpact.files.os.scandir", refused)
    write_whole(tmp_path / "tape.json", b"new")
    assert names(tmp_path) == ["tape.json"]


def test_without_locks_files_are_written_and_nothing_is_taken_away(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("docpact.files._LOCKS", False)
    (tmp_path / ".tape.json.abcd1234.part").write_bytes(b"")
    write_whole(tmp_path / "tape.json", b"new")
    refuse_unwritable(tmp_path / "tape.json")
    assert names(tmp_path) == [".tape.json.abcd1234.part", "tape.json"]


def test_a_place_where_nothing_can_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    for path in (tmp_path, tmp_path / "file" / "tape.json"):
        with pytest.raises(UsageError, match="cannot write"):
            refuse_unwritable(path)
        with pytest.raises(UsageError, match="cannot write"):
            write_whole(path, b"")
