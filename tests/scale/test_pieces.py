"""Pieces and their order, without any process."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from docpact.captures import Judged, Long, Skipped, Text, Unreadable
from docpact.contract import load
from docpact.scale import pieces
from docpact.scale.order import in_order
from docpact.scale.pieces import Outcome, Piece, Task, Work, count_lines, cut, hand_for, judge
from docpact.validate.stream import Settings, Stream

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from docpact.captures import Read

LIMIT = 64 << 20
TASK = Task("task-fetch", Settings(), LIMIT)


class Backwards:
    """A crew of one, who does the newest piece first."""

    def __init__(self, width: int = 3) -> None:
        self.width = width
        self.todo: list[tuple[int, Work]] = []
        self.most = 0

    def give(self, ticket: int, piece: Work) -> None:
        self.todo.append((ticket, piece))
        self.most = max(self.most, len(self.todo))

    def take(self) -> tuple[int, Outcome]:
        ticket, piece = self.todo.pop()
        return ticket, hand_for(TASK).judge(piece)


def whole(path: Path) -> Piece:
    return Piece(str(path), 0, None)


def places(things: Iterable[Read]) -> list[int | None]:
    return [f.place.line for thing in things if isinstance(thing, Judged) for found in thing.found for f in found]


@pytest.fixture
def mixed(tmp_path: Path, example: dict[str, Any]) -> Path:
    """Lines, one in seven of which breaks the contract, with blank ones, carriage returns and no end of the last line."""
    path = tmp_path / "mixed.ndjson"
    lines = [json.dumps({**example, "status": "DONE"} if n % 7 == 3 else example) for n in range(100)]
    lines[20] = lines[50] = ""
    lines[30] += "\r"
    path.write_text("\n".join(lines), "utf-8")
    return path


@pytest.mark.parametrize("size", [1, 50, 1000, 5000, 10_000_000])
def test_pieces_lie_end_to_end_and_each_begins_a_line(mixed: Path, size: int) -> None:
    content = mixed.read_bytes()
    found = list(cut(Long(str(mixed), len(content)), size))
    assert [piece.start for piece in found[1:]] == [piece.end for piece in found[:-1]]
    assert (found[0].start, found[-1].end) == (0, None)
    assert all(content[piece.start - 1 : piece.start] == b"\n" for piece in found[1:])


@pytest.mark.parametrize("size", [1, 3000, 20_000, 10_000_000])
@pytest.mark.parametrize("most", [1, 3, 4096])
def test_findings_have_the_lines_of_the_file_in_its_order_whatever_the_pieces(
    mixed: Path, size: int, most: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pieces, "MOST_FINDINGS", most)
    monkeypatch.setattr(pieces, "_MOST_LINES", 2)
    crew = Backwards()
    monkeypatch.setattr("docpact.scale.order.cut", lambda file: cut(file, size))
    things = list(in_order([Long(str(mixed), mixed.stat().st_size)], crew))
    assert places(things) == [n + 1 for n in range(3, 100, 7)] == [4, 11, 18, 25, 32, 39, 46, 53, 60, 67, 74, 81, 88, 95]
    assert sum(thing.accepted + len(thing.found) for thing in things if isinstance(thing, Judged)) == 98
    assert crew.most <= crew.width


def test_an_outcome_stops_at_too_many_findings_and_names_the_rest(mixed: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pieces, "MOST_FINDINGS", 2)
    monkeypatch.setattr(pieces, "_MOST_LINES", 1)
    stream = Stream(load(), Settings())
    outcome = judge(stream, whole(mixed), LIMIT)
    assert (len(outcome.judged), outcome.lines) == (2, 11)
    assert isinstance(outcome.rest, Piece)
    assert mixed.read_bytes()[: outcome.rest.start].count(b"\n") == 11


def test_a_limit_is_kept_in_a_piece_as_it_is_in_a_file(mixed: Path) -> None:
    outcome = judge(Stream(load(), Settings()), whole(mixed), 100)
    assert {f.rule for found in outcome.judged for f in found} == {"json-size"}
    assert len(outcome.judged) == 98


def test_what_is_no_piece_keeps_its_place_and_nothing_is_read_behind_a_text(mixed: Path) -> None:
    path, read = str(mixed), []

    def things() -> Iterable[Read]:
        for thing in (Skipped("a", ""), Long(path, 1), Text("b", None, b"{}", 2), Skipped("c", ""), Long(path, 1)):
            read.append(thing)
            yield thing

    seen = []
    for thing in in_order(things(), Backwards(10)):
        seen.append(type(thing).__name__)
        if isinstance(thing, Judged) and len(seen) == 2:
            assert len(read) == 3
    assert seen == ["Skipped", "Judged", "Text", "Skipped", "Judged"]


def test_a_file_that_goes_away_is_told_once_and_the_others_are_judged(mixed: Path, tmp_path: Path) -> None:
    gone = str(tmp_path / "gone.ndjson")
    things = list(in_order([Long(gone, 10), Long(str(mixed), 1)], Backwards()))
    assert [type(thing) for thing in things] == [Unreadable, Judged]
    outcome = judge(Stream(load(), Settings()), Piece(gone, 0, None), LIMIT)
    assert outcome.ends
    assert outcome.lost is not None
    assert count_lines(Piece(gone, 0, None)) == 0


def test_after_a_piece_that_cannot_be_read_the_rest_of_its_file_is_not_told() -> None:
    class Broken(Backwards):
        def take(self) -> tuple[int, Outcome]:
            ticket, piece = self.todo.pop(0)
            assert isinstance(piece, Piece)
            lost = Unreadable(piece.source, "input/output error", "")
            return ticket, Outcome(3, 3) if piece.start == 0 else Outcome(1, 1, lost=lost, ends=True)

    def things() -> list[Read]:
        return [Long("x", 9)]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("docpact.scale.order.cut", lambda file: [Piece(file.source, n, n + 1) for n in range(4)])
        found = list(in_order(things(), Broken()))
    assert [type(thing).__name__ for thing in found] == ["Judged", "Judged", "Unreadable"]


def test_lines_of_a_piece_nobody_judged_are_counted(mixed: Path) -> None:
    content = mixed.read_bytes()
    half = content.index(b"\n", len(content) // 2) + 1
    assert count_lines(Piece(str(mixed), 0, half)) == content[:half].count(b"\n")
