"""Members that stand further right are inside the one above them, where that can be."""

from __future__ import annotations

import pytest

from docpact.derive.claims import Entry
from docpact.derive.reading import read
from docpact.derive.text.indents import with_depths
from docpact.derive.typeline import read_type

HEAD = "GET /box/{id}\nResponses\n200 OK\nBody\n"


def depths(*members: str) -> list[int | None]:
    """Read members, each `name type` with its indentation, as entries one a line."""
    entries = []
    for number, member in enumerate(members, start=1):
        claim = read_type(member.split()[1])
        assert claim is not None
        entries.append(Entry(member.split()[0], claim, {"member": (number, number), "type": (number, number)}))
    return [one.depth for one in with_depths(entries, members)]


@pytest.mark.parametrize(
    ("members", "said"),
    [
        (("a string", "b object", "  c string", "  d array", "      e string", "f string"), [0, 0, 1, 1, 2, 0]),
        (("  a object", "\tb string", "  c string"), [0, 1, 0]),
        (("a string", "b string"), [None, None]),
        (("a string", "  b string"), [None, None]),
        (("  a object", "b string"), [None, None]),
        (("a array[string]", "  b string"), [None, None]),
        ((), []),
    ],
)
def test_depth_is_read_where_all_indentation_agrees(members: tuple[str, ...], said: list[int | None]) -> None:
    assert depths(*members) == said


def test_an_indentation_settles_what_would_be_open() -> None:
    flat = "lid\nobject\noptional\n{}colour\n{}string\n{}optional\nweight\ninteger\noptional\n"
    assert read((HEAD + flat.replace("{}", "")).encode()).undecided
    reading = read((HEAD + flat.replace("{}", "  ")).encode())
    assert not reading.undecided
    assert [one.path for one in reading.fields] == ["/lid", "/lid/colour", "/weight"]


def test_what_a_saved_page_unfolds_below_a_member_is_inside_it() -> None:
    chip = "<div><div class=row><b>{}</b><i>{}</i></div>{}</div>"
    inside = chip.format("colour", "string", "<p>of the lid</p>")
    folded = (
        f"<details><summary>Show child attributes</summary>{inside}</details>",
        f"<div><button>Hide child attributes</button><div>{inside}</div></div>",
    )
    for each in folded:
        body = chip.format("lid", "object", each) + chip.format("weight", "integer", "")
        reading = read(f"<html><body><p>GET /box/{{id}}</p><h2>Response</h2><p>200</p>{body}</body></html>".encode())
        assert [one.path for one in reading.fields] == ["/lid", "/lid/colour", "/weight"]
        assert not reading.undecided
    named = f"<details><summary><b>lid</b><i>object</i></summary>{inside}</details>{chip.format('weight', 'integer', '')}"
    reading = read(f"<html><body><p>GET /box/{{id}}</p><h2>Response</h2><p>200</p>{named}</body></html>".encode())
    assert [one.path for one in reading.fields] == ["/lid", "/lid/colour", "/weight"]
