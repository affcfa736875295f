"""What there is room for of what could be tried: of each kind the same part, and what was left out is named."""

from __future__ import annotations

from docpact.exchange import Purpose, Request
from docpact.live.fitting import fitting, left_out
from docpact.live.sender import Try

GET = Request("GET", "/task")
TOKENS = [Try(GET, Purpose.NO_TOKEN), *(Try(GET, Purpose.WRONG_TOKEN, str(nth)) for nth in range(3))]
IDS = [Try(GET, Purpose.ODD_ID, str(nth)) for nth in range(8)]
METHODS = [Try(GET, Purpose.METHOD), Try(GET, Purpose.METHOD)]
ALL = [*TOKENS, *IDS, *METHODS]


def chosen(room: int) -> list[Try]:
    return [one for one, fit in zip(ALL, fitting(ALL, room), strict=True) if fit]


def test_where_there_is_room_for_half_there_is_room_for_half_of_each_kind() -> None:
    assert chosen(7) == [*TOKENS[:2], *IDS[:4], *METHODS[:1]]
    assert chosen(0) == []
    assert chosen(len(ALL)) == chosen(99) == ALL


def test_what_was_left_out_is_named_by_kind() -> None:
    assert left_out([], {}) == left_out([], {"requests that another proposes": 0}) == ""
    said = left_out([*TOKENS[2:], *METHODS[1:]], {"requests that another proposes": 3})
    assert "2 requests with other tokens, 1 other methods, 3 requests that another proposes (--max-requests)" in said
