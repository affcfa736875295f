"""Values that run together: told apart when the evidence allows one reading, and only then."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from docpact.derive import lexicon
from docpact.derive.enums import split

ALONE = sorted(word for word in lexicon.WORDS if lexicon.stands_alone(word))
words = st.sampled_from(ALONE)
values = st.lists(st.one_of(words, st.tuples(words, words).map("_".join)), min_size=1, max_size=8, unique=True)


@pytest.mark.parametrize(
    "expected",
    [
        "NOT_START SUBMITTED MODAL IN_PROGRESS FAILURE SUCCESS CANCEL",
        "IMAGINE UPSCALE VARIATION REROLL DESCRIBE BLEND ZOOM PAN SHORTEN SWAP_FACE",
        "INPAINT SWAP_VIDEO_FACE RETEXTURE UPSCALE_HD VIDEO_EXTEND PIC_READER MODAL CANCEL",
        "VIDEO VIDEO_EXTEND EDIT RETEXTURE OUTPAINT SHOW ACTION",
        "DOWNLOAD KEYWORD WORKFLOW",
        "MID_JOURNEY NIJI_JOURNEY",
        "relax fast turbo",
        "not_start submitted in_progress",
        "in-progress done",
        "NotStart Submitted InProgress Failure Success",
    ],
)
def test_known_words_are_told_apart(expected: str) -> None:
    found = split(expected.replace(" ", ""), None, {})
    assert found.settled
    assert found.values == tuple(expected.split())


@given(values)
def test_what_is_settled_is_right(chosen: list[str]) -> None:
    found = split("".join(chosen), None, {})
    assert "".join(found.values) == "".join(chosen)
    if found.settled:
        # A coarser reading may win (`UP` + `LOAD`): it then is of known words, and none of its cuts is new.
        cuts = {len("".join(chosen[:at])) for at in range(len(chosen))}
        assert {len("".join(found.values[:at])) for at in range(len(found.values))} <= cuts


@given(values)
def test_values_that_the_page_has_elsewhere_are_evidence(chosen: list[str]) -> None:
    found = split("".join(chosen), chosen[0], dict.fromkeys(chosen, 1))
    assert chosen[0] in found.values or len(chosen[0]) < 3


def test_a_word_that_cannot_stand_alone_refuses_a_reading_and_the_reading_is_reported() -> None:
    found = split("VIDEO_EXTENDEDIT", None, {})
    assert found.values == ("VIDEO_EXTEND", "EDIT")
    assert found.settled
    assert ("VIDEO_EXTENDED", "IT") in found.alternatives


def test_readings_that_cross_are_not_guessed_between() -> None:
    found = split("UPDATEDONE", None, {})
    assert {("UPDATE", "DONE"), ("UPDATED", "ONE")} <= {found.values, *found.alternatives}
    assert not found.settled


@pytest.mark.parametrize(
    ("shown", "tokens", "expected"),
    [
        ("DONE", {}, ("UPDATE", "DONE")),
        ("UPDATED", {}, ("UPDATED", "ONE")),
        (None, {"DONE": 7}, ("UPDATE", "DONE")),
        ("UPDATED", {"DONE": 7}, ("UPDATED", "ONE")),
    ],
)
def test_crossing_readings_are_settled_by_the_example_first_and_then_by_other_words_of_the_page(
    shown: str | None, tokens: dict[str, int], expected: tuple[str, ...]
) -> None:
    found = split("UPDATEDONE", shown, tokens)
    assert found.values == expected
    assert found.settled


def test_an_unknown_word_between_known_ones_is_one_value_and_is_not_settled() -> None:
    found = split("IMAGINEFROBNICATEBLEND", None, {})
    assert found.values == ("IMAGINE", "FROBNICATE", "BLEND")
    assert not found.settled
    assert any("FROBNICATE" in said for said in found.evidence)


def test_an_unknown_word_is_settled_where_the_page_shows_it() -> None:
    assert split("IMAGINEFROBNICATEBLEND", "FROBNICATE", {}).settled
    found = split("IMAGINEFROBNICATEBLEND", None, {"FROBNICATE": 12})
    assert found.settled
    assert "FROBNICATE stands alone in line 12" in found.evidence


def test_a_part_of_a_word_of_the_page_is_no_proof_of_another_word() -> None:
    # FOO is a part of FOO_BAR, which this text does not have: FOO_EDIT stays an open reading.
    assert not split("BLENDFOO_EDITZOOM", None, {"FOO_BAR": 3}).settled
    found = split("FOO_BARFOO_EDITZOOM", None, {"FOO_BAR": 3})
    assert found.values == ("FOO_BAR", "FOO_EDIT", "ZOOM")
    assert not found.settled


def test_the_value_of_the_example_cuts_what_no_word_cuts() -> None:
    assert split("A_BC_D", "C_D", {}).values == ("A_B", "C_D")


def test_one_known_value_is_no_question() -> None:
    assert not split("SUCCESS", None, {}).ambiguous


def test_numbers_are_cut_where_the_words_of_the_page_name_each() -> None:
    named = {"3": 7, "31": 7, "37": 7}
    found = split("33137", None, named)
    assert (found.values, found.settled) == (("3", "31", "37"), True)
    assert "31 stands alone in line 7" in found.evidence[0]
    assert not split("33137", "33", named).settled
    # 12 and 21, or 1, 2 and 21: several ways are none.
    assert not split("1221", None, {"1": 2, "2": 2, "12": 2, "21": 2}).settled


@pytest.mark.parametrize("text", ["1234", "V1V2", "x" * 5000, "INONATUPTO" * 190, "a:b"])
def test_what_cannot_be_told_is_one_open_reading(text: str) -> None:
    assert not split(text, None, {}).settled


def test_no_word_that_needs_another_is_a_value() -> None:
    for word in ("NOT", "IN", "TO", "ON", "OF", "UN", "RE", "BY"):
        assert not lexicon.stands_alone(word)
    assert not split("SUCCESSIN", None, {}).settled
