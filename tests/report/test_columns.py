"""Text fits the columns of a terminal, with Chinese characters two columns wide."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import pytest

from docpact.cli import main
from docpact.report.columns import cut, width, wrap

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(("text", "columns"), [("", 0), ("abc", 3), ("图片地址", 8), ("e\u0301", 1), ("ｆｕｌｌ", 8), ("⏎", 1)])
def test_the_width_of_a_text(text: str, columns: int) -> None:
    assert width(text) == columns


@pytest.mark.parametrize("columns", [1, 2, 5, 6, 7, 40])
def test_a_text_is_cut_to_its_columns(columns: int) -> None:
    for text in ("图片地址可选", "abcdefgh", "图a片b"):
        short = cut(text, columns)
        assert width(short) <= columns
        assert short == text or (short.endswith("…") and text.startswith(short[:-1]))


@pytest.mark.parametrize("columns", [30, 41, 80])
def test_wrapped_lines_fit_are_indented_and_lose_nothing(columns: int) -> None:
    text = "status 是 '已完成', which the page does not list; " * 4 + "/" + "a" * 100
    lines = list(wrap("  hint  ", text, columns))
    assert all(width(line) <= columns for line in lines)
    assert lines[0].startswith("  hint  status")
    assert all(line.startswith(" " * 8) for line in lines[1:])
    assert "".join(line[8:] for line in lines).replace(" ", "") == text.replace(" ", "")
    assert list(wrap("  hint  ", text, None)) == [f"  hint  {text}"]


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture
def terminal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("NO_COLOR", "FORCE_COLOR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("COLUMNS", "60")
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.json").write_text('{"buttons": [], "status": "已完成", "action": "IMAGINE"}', "utf-8")
    return tmp_path


def printed(*arguments: str) -> str:
    out = Terminal()
    main(["validate", "a.json", *arguments], io.BytesIO(), out, io.StringIO())
    return out.getvalue()


def test_on_a_terminal_lines_fit_and_words_are_coloured(terminal: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert terminal.exists()
    assert "\x1b[31merror\x1b[0m \x1b[1mdocumented-enum\x1b[0m  status is '已完成'" in printed()
    monkeypatch.setenv("NO_COLOR", "1")
    text = printed()
    assert "\x1b" not in text
    assert max(map(width, text.splitlines())) <= 60
    assert len(text.splitlines()) > len(printed("--max-findings", "0").splitlines())


def test_no_colour_in_a_file_or_on_a_simple_terminal(terminal: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    printed("--output", "report.txt")
    assert "\x1b" not in (terminal / "report.txt").read_text("utf-8")
    monkeypatch.setenv("TERM", "dumb")
    assert "\x1b" not in printed()
