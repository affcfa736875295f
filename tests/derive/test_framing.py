"""What a page lists of the inside of an answer stands where the example of the answer has it."""

from __future__ import annotations

import pytest

from docpact.derive.reading import read

PAGE = """\
# Parcels of mine

- Method: GET
- Path: `/parcels`

Response:

```json
{{
  "ok": true,
  "data": {{"items": [{{"id": 1, "town": "Bergen", "grams": 20}}], "total": 1}}
}}
```

{}
"""
BULLETS = """\
Fields of the response:

- `id` (integer): which one
- `town` (string): where it is
- `grams` (number): how heavy
"""
TABLE = """\
### Response fields

| Field | Type | Description |
|---|---|---|
| id | integer | which one |
| town | string | where it is |
| grams | number | how heavy |
"""
PLACED = {
    "/ok": ("boolean", ""),
    "/data": ("object", ""),
    "/data/items": ("array", ""),
    "/data/items/*/id": ("integer", "which one"),
    "/data/items/*/town": ("string", "where it is"),
    "/data/items/*/grams": ("number", "how heavy"),
    "/data/total": ("integer", ""),
}


@pytest.mark.parametrize("listed", [BULLETS, TABLE])
def test_a_list_of_what_is_inside_is_placed_by_the_example(listed: str) -> None:
    reading = read(PAGE.format(listed).encode())
    assert {one.path: (one.claim.type, one.description) for one in reading.fields} == PLACED
    assert any("placed where the example has it" in note.message for note in reading.notes)
    assert not reading.undecided


def test_what_is_listed_and_nowhere_in_the_example_is_told_and_left_away() -> None:
    asked = BULLETS.replace("- `id`", "- `page` (integer): how far to skip\n- `id` (string): which one is wanted\n- `id`")
    reading = read(PAGE.format(asked).encode())
    assert reading.fields[3].description == "which one"
    assert [one.path for one in reading.fields] == list(PLACED)
    assert any("left away: page, id" in note.message for note in reading.notes)


def test_a_list_of_the_answer_itself_stays_as_it_is() -> None:
    whole = "- `ok` (boolean): did it work\n- `data` (object): all of it\n- `extra` (string): rarely there\n"
    reading = read(PAGE.format(f"Fields of the response:\n\n{whole}").encode())
    assert {one.path for one in reading.fields} >= {"/ok", "/data", "/extra"}
    assert not any("placed where" in note.message for note in reading.notes)
