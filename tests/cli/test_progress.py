"""The bar of a long run: on a terminal only, after a second, as wide as the terminal, and gone at the end."""

from __future__ import annotations

import fcntl
import gzip
import io
import json
import os
import pty
import re
import struct
import subprocess
import sys
import termios
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from docpact.captures import Judged, Text
from docpact.cli import Streams, main, progress
from docpact.finding import Finding, Layer, Place, Severity
from docpact.report.columns import cut
from docpact.tally import Tally

if TYPE_CHECKING:
    from collections.abc import Iterator

AT_ONCE = (
    "import sys; from docpact.cli import main, progress; progress._AFTER = progress._EVERY = 0.0; sys.exit(main(sys.argv[1:]))"
)


class Screen:
    """As much of a terminal as is needed to see what it shows: line feed, return, up, and erase to the end of the line."""

    def __init__(self) -> None:
        self.lines = [""]
        self.row = self.column = 0
        self.widest = 0
        self.shown: list[str] = []

    def feed(self, text: str) -> None:
        for part in re.findall(r"\x1b\[[AK]|\r|\n|[^\x1b\r\n]+|\x1b", text):
            if part == "\x1b[A":
                self.row -= 1
            elif part == "\x1b[K":
                self.lines[self.row] = self.lines[self.row][: self.column]
            elif part == "\r":
                self.column = 0
            elif part == "\n":
                self.row += 1
                self.lines += [""] * (self.row + 1 - len(self.lines))
            else:
                assert part != "\x1b", repr(text)
                line = self.lines[self.row].ljust(self.column)
                self.lines[self.row] = line[: self.column] + part + line[self.column + len(part) :]
                self.column += len(part)
                self.widest = max(self.widest, self.column)
                self.shown.append(part)

    @property
    def text(self) -> str:
        return "\n".join(line.rstrip() for line in self.lines).strip("\n")


class Terminal(io.StringIO):
    encoding = "utf-8"

    def isatty(self) -> bool:
        return True


class Pty:
    """A command whose stderr, and stdout where that is asked for, is a terminal of so many columns."""

    def __init__(self, *command: str, columns: int = 80, out: bool = False) -> None:
        self.master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
        self.process = subprocess.Popen(
            [sys.executable, *command],
            stdin=subprocess.PIPE,
            stdout=slave if out else subprocess.PIPE,
            stderr=slave,
            env={**os.environ, "TERM": "xterm", "PYTHONIOENCODING": "utf-8"},
        )
        os.close(slave)

    def end(self) -> tuple[bytes, str]:
        """Return what went to the pipe, and what the terminal was sent."""
        assert self.process.stdin is not None
        self.process.stdin.close()
        held = b""
        while True:
            try:
                piece = os.read(self.master, 65536)
            except OSError:
                break
            if not piece:
                break
            held += piece
        out = self.process.stdout.read() if self.process.stdout is not None else b""
        if self.process.stdout is not None:
            self.process.stdout.close()
        self.process.wait(20)
        os.close(self.master)
        return out, held.decode().replace("\r\n", "\n\r")


@pytest.fixture
def lines(tmp_path: Path, example: dict[str, Any]) -> Path:
    path = tmp_path / "lines.ndjson"
    payloads = [{**example, "status": "DONE" if number % 2 else "SUCCESS"} for number in range(400)]
    path.write_text("".join(json.dumps(payload) + "\n" for payload in payloads), "utf-8")
    return path


@pytest.mark.parametrize("columns", [40, 80, 200])
def test_a_terminal_shows_the_bar_and_the_first_finding_and_is_clean_at_the_end(lines: Path, columns: int) -> None:
    out, sent = Pty("-c", AT_ONCE, "validate", str(lines), "--layer", "documented", columns=columns).end()
    screen = Screen()
    screen.feed(sent)
    assert screen.text == ""
    assert screen.widest < columns
    assert any(part.startswith("first  error documented-enum") for part in screen.shown)
    assert sum(part.startswith("first") for part in screen.shown) == 1
    assert any("%" in part and "left" in part for part in screen.shown)
    assert any(part.startswith("[####") for part in screen.shown) == (columns > 40)
    plain = subprocess.run(
        [sys.executable, "-m", "docpact", "validate", str(lines), "--layer", "documented"], capture_output=True, check=False
    )
    assert (out, plain.stderr) == (plain.stdout, b"")


def test_the_report_on_the_same_terminal_is_all_that_is_left(lines: Path) -> None:
    _, sent = Pty("-c", AT_ONCE, "validate", str(lines), "--format", "ndjson", "--max-findings", "1", out=True).end()
    screen = Screen()
    screen.feed(sent)
    assert [json.loads(line)["rule"] for line in screen.text.split("\n")] == ["documented-enum"] * len(screen.text.split("\n"))


def test_a_pipe_of_unknown_size_is_counted_once_a_second_has_gone(lines: Path) -> None:
    one = lines.read_bytes().splitlines(keepends=True)[0]
    running = Pty("-m", "docpact", "validate", "-")
    assert running.process.stdin is not None
    # What is read at a time must be full before it is judged.
    running.process.stdin.write(one * 200)
    running.process.stdin.flush()
    time.sleep(2.0)
    running.process.stdin.write(one * 200)
    out, sent = running.end()
    assert b"400 payloads" in out
    assert re.search(r"\d+ payloads, \d+/s  0:0\d", sent)
    assert "%" not in sent
    screen = Screen()
    screen.feed(sent)
    assert screen.text == ""


def test_a_short_run_on_a_terminal_shows_nothing(lines: Path) -> None:
    lines.write_text(lines.read_text().split("\n")[0])
    assert Pty("-m", "docpact", "validate", str(lines)).end()[1] == ""


def test_an_interrupted_run_leaves_a_clean_terminal(lines: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(progress, "_AFTER", 0.0)
    monkeypatch.setattr(progress, "_EVERY", 0.0)

    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(Tally, "could_not_read", stop)
    terminal, out = Terminal(), io.StringIO()
    assert main(["validate", str(lines), "missing.json"], io.BytesIO(), out, terminal) == 130
    screen = Screen()
    screen.feed(terminal.getvalue().replace("\n", "\n\r"))
    assert screen.shown
    assert screen.text == ""
    assert "interrupted" in out.getvalue()


def bar(screen: io.StringIO, *inputs: str, tally: Tally | None = None) -> progress.Bar:
    return progress.Bar(inputs, tally or Tally(payloads=50), Streams(io.BytesIO(), io.StringIO(), screen))


def test_nothing_is_done_where_nobody_looks(monkeypatch: pytest.MonkeyPatch) -> None:
    texts: Iterator[Any] = iter(())
    silent = bar(io.StringIO(), "x")
    assert silent.watch(texts) is texts
    assert silent.opened is None
    monkeypatch.setenv("TERM", "dumb")
    assert bar(Terminal(), "x").opened is None


def test_share_and_time_left_follow_the_bytes_of_all_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    now = [100.0]
    monkeypatch.setattr(progress, "monotonic", lambda: now[0])
    for name, size in (("a.json", 3000), ("b.json", 1000), (".hidden", 9000)):
        (tmp_path / name).write_bytes(b" " * size)
    screen = Terminal()
    drawn = bar(screen, str(tmp_path))
    opened = drawn.opened
    assert opened is not None

    def texts() -> Iterator[Text]:
        with Path(tmp_path / "a.json").open("rb", buffering=0) as file:
            opened(file)
            file.read(1000)
            now[0] += 10
            yield Text("a", None, b"", 0)
        with Path(tmp_path / "b.json").open("rb", buffering=0) as file:
            opened(file)
            now[0] += 30
            yield Text("b", None, b"", 0)

    assert len(list(drawn.watch(texts()))) == 2
    first, second = screen.getvalue().split("\r\x1b[K")[1:]
    assert re.fullmatch(r"\[#+\.+\]   25%  1.0 KB of 4.0 KB  50 payloads, 5/s  0:30 left", first)
    assert len(first) == 79
    assert "0:30 left" in first
    assert "75%" in second
    assert "0:13 left" in second


def test_a_finding_is_shown_without_secrets_and_escapes_and_fits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(progress, "_AFTER", 0.0)
    tally = Tally()
    message = "\x1b[2J图片 token=abcdefgh12345678 " + "图" * 100
    tally.judged([Finding("documented-enum", Layer.DOCUMENTED, Severity.ERROR, Place("x", 1, "/a"), message, "h")])
    screen = Terminal()
    drawn = bar(screen, "-", tally=tally)
    list(drawn.watch(iter([Text("x", None, b"", 0)])))
    shown = screen.getvalue().removeprefix("\r\x1b[K").split("\n")[0]
    assert "\x1b" not in shown
    assert "abcdefgh" not in shown
    assert cut(shown, 79) == shown


def test_a_terminal_that_goes_away_does_not_stop_the_run(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(progress, "_AFTER", 0.0)

    class Gone(Terminal):
        def write(self, _: str, /) -> int:
            raise OSError

    drawn = bar(Gone(), "-")
    assert len(list(drawn.watch(iter([Text("x", None, b"", 0)] * 3)))) == 3
    drawn.erase()


def test_the_bar_sums_what_was_judged_elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(progress, "_AFTER", 0.0)
    (tmp_path / "a.json").write_bytes(b" " * 3000)
    screen = Terminal()
    drawn = bar(screen, str(tmp_path))
    list(drawn.watch(iter([Judged(0, [], 1500)])))
    assert " 50%  1.5 KB of 3.0 KB" in screen.getvalue()


def test_a_large_file_that_is_no_capture_is_not_waited_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(progress, "_AFTER", 0.0)
    monkeypatch.setattr(progress, "_LARGE", 2000)
    (tmp_path / "a.json").write_bytes(b" " * 3000)
    (tmp_path / "film.mp4").write_bytes(b"\x00" * 90_000)
    (tmp_path / "answers").write_bytes(b"{" + b" " * 2999)
    screen = Terminal()
    list(bar(screen, str(tmp_path)).watch(iter([Judged(0, [], 1500)])))
    assert " 25%  1.5 KB of 6.0 KB" in screen.getvalue()


def test_several_processes_show_how_far_they_are(lines: Path, tmp_path: Path) -> None:
    with gzip.open(tmp_path / "more.ndjson.gz", "wb") as file:
        file.writelines([lines.read_bytes()] * 20)
    long = tmp_path / "long.ndjson"
    long.write_bytes(lines.read_bytes() * 20)
    _, sent = Pty("-c", AT_ONCE, "validate", str(tmp_path), "--layer", "documented", "--jobs", "2").end()
    shown = [int(percent) for percent in re.findall(r"(\d+)%", sent)]
    assert shown == sorted(shown)
    assert shown[-1] == 100
    assert any(0 < percent < 100 for percent in shown)
