"""The quick ways to a value and to its place say what the thorough ones say, or nothing."""

from __future__ import annotations

import json
import random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from test_bulk import lines, mutated

from docpact.finding import escape_token
from docpact.pointers import ABSENT
from docpact.validate.again import written_again
from docpact.validate.positions import locate
from docpact.validate.text import Reader


def read(text: bytes) -> tuple[Any, Any]:
    """Read a text in the thorough way, and then in the quick one first."""
    quick = Reader()
    quick.again = written_again
    return Reader().read(text), quick.read(text)


def test_a_mutated_line_is_read_in_both_ways_alike() -> None:
    rng = random.Random(5)  # noqa: S311 - the same lines each time
    right = lines(rng)
    known = 0
    for _ in range(6000):
        line = rng.choice(right)
        for _ in range(rng.randrange(3)):
            line = mutated(rng, line) if line else line
        thorough, quick = read(line)
        # As text, since 1, 1.0 and true are equal in Python.
        assert repr(quick) == repr(thorough)
        known += written_again(line) is not ABSENT
    assert known > 1000, "next to nothing is written again: this test proves nothing"


@pytest.mark.parametrize(
    "text",
    [
        b'{"a":1,"a":1}', b'{"a":{"b":1,"b":2}}', b'{"a":NaN}', b'{"a":1e400}', b'{"a":1.0}', b'{"a":-0}', b"-0.0",
        b"1E2",
        b'{"a":"\\ud83d"}', b'{"\\ud83d":1}', b'{"a":"\xed\xa0\xbd"}', b'"\xff"', b'"\\u0041"', b'"\\u001f"', b'"\x1f"',
        b'"\\/"', b"123456789012345678901234567890", b"1" * 4200, b"1" * 5000,
        b"18446744073709551616", b"0.1000000000000000055511151231257827",
        b"[" * 201 + b"]" * 201, b"[" * 5000, b"\xef\xbb\xbf{}", b"{} ", b'{"a" : 1}', b'{"a":1}{"a":1}', b"", b"nul",
        b'"\x7f"',
    ],
)  # fmt: skip
def test_what_could_be_read_in_two_ways_is_read_in_one(text: bytes) -> None:
    thorough, quick = read(text)
    assert repr(quick) == repr(thorough)


NAMES = st.sampled_from(["", "a", "b", "status", "0", "a/b", "a~b", "é", 'a"status', "\\", "\n"]) | st.text(max_size=3)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 5) | st.sampled_from(["", "a", "status", '"status"', 'x"a', '"a":1']),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=4),
    max_leaves=12,
)


def pointers(value: Any, at: str = "") -> list[str]:
    """Every place in a value, and beside each a member that is not there."""
    parts = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    inside = [pointer for key, part in parts for pointer in pointers(part, f"{at}/{escape_token(str(key))}")]
    return [at, f"{at}/status", f"{at}/9", f"{at}/a~1b", *inside]


@settings(max_examples=1500, deadline=None)
@given(VALUES, st.sampled_from([(",", ":"), (" , ", " : ")]), st.booleans())
def test_a_value_is_found_by_its_name_where_its_way_leads(value: Any, marks: tuple[str, str], escaped: bool) -> None:  # noqa: FBT001 - drawn
    text = f" {json.dumps(value, ensure_ascii=escaped, separators=marks)}"
    # The same name, written in another way.
    for written in (text, text.replace('"status"', '"st\\u0061tus"', 1)):
        for pointer in pointers(value):
            assert locate(written, [pointer], once=True, value=value) == locate(written, [pointer])
