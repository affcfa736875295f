"""A sample is uniform and the same everywhere, and its bound is the one that exact arithmetic gives."""

from __future__ import annotations

from fractions import Fraction
from math import comb

import pytest

from docpact.captures import Block, Skipped, Text
from docpact.sampling import Sample, in_ten_thousand, upper_bound


def texts(number: int) -> list[Text]:
    return [Text("x", line, b"{}", 2) for line in range(1, number + 1)]


def drawn(size: int, seed: int, number: int = 1000) -> list[int | None]:
    return [thing.line for thing in Sample(size, seed).draw(texts(number)) if isinstance(thing, Text)]


def test_the_same_seed_gives_the_same_sample_in_the_order_of_the_input() -> None:
    assert drawn(5, 7) == drawn(5, 7) == sorted(drawn(5, 7), key=lambda line: line or 0)
    assert drawn(5, 7) != drawn(5, 8)
    # The very lines, written down: on another machine or Python they are the same.
    assert drawn(5, 7) == [233, 259, 546, 651, 788]


def test_a_block_is_sampled_as_its_lines_are_and_blank_lines_are_no_payloads() -> None:
    content = b"{}\n" * 500 + b"\n" * 3 + b"{}\n" * 500
    block = Block("x", 1, content, [at for at, byte in enumerate(content) if byte == ord("\n")])
    sample = Sample(5, 7)
    lines = [thing.line for thing in sample.draw([block]) if isinstance(thing, Text)]
    assert [line - 3 * (line > 500) for line in lines if line is not None] == drawn(5, 7)
    assert (sample.of, sample.taken) == (1000, 5)


def test_what_is_no_payload_passes_and_a_large_sample_is_everything() -> None:
    sample = Sample(10)
    skipped = Skipped("y", "hidden")
    assert list(sample.draw([*texts(3), skipped])) == [skipped, *texts(3)]
    assert (sample.of, sample.taken, sample.at_most()) == (3, 3, 0.0)
    sample.broken["a"] = 1
    assert sample.at_most("a") == 1 / 3


def test_every_payload_is_as_likely_as_any_other() -> None:
    counts = [0] * 20
    for seed in range(4000):
        for line in drawn(5, seed, 20):
            assert line is not None
            counts[line - 1] += 1
    # 1,000 expected of each, with a deviation of 27: five of them.
    assert all(abs(count - 1000) < 137 for count in counts), counts


def exactly(broken: int, taken: int, share: Fraction) -> Fraction:
    return sum((comb(taken, i) * share**i * (1 - share) ** (taken - i) for i in range(broken + 1)), Fraction(0))


@pytest.mark.parametrize(("broken", "taken"), [(0, 1), (0, 10), (0, 300), (1, 10), (3, 100), (9, 10), (50, 100), (299, 300)])
def test_the_bound_is_that_of_clopper_and_pearson(broken: int, taken: int) -> None:
    bound = Fraction(upper_bound(broken, taken))
    assert exactly(broken, taken, bound) <= Fraction(1, 20) + Fraction(1, 10**12)
    # It is rounded up to four digits, and by no more.
    assert exactly(broken, taken, bound * Fraction(998, 1000)) > Fraction(1, 20)


def test_the_bound_of_large_samples_is_quick_and_known() -> None:
    assert upper_bound(0, 1000) == pytest.approx(0.002992, abs=1e-6)
    assert upper_bound(0, 1_000_000) == pytest.approx(2.996e-6, rel=1e-3)
    assert upper_bound(500_000, 1_000_000) == pytest.approx(0.5 + 1.645 * 0.0005, abs=1e-4)
    assert upper_bound(7, 7) == 1.0
    assert upper_bound(0, 0) == 1.0


@pytest.mark.parametrize(
    ("share", "says"), [(0.0, "0"), (0.002992, "30"), (0.0002996, "3"), (2.996e-6, "0.03"), (0.0195, "195"), (1.0, "10,000")]
)
def test_a_share_is_told_in_ten_thousand_and_never_rounded_down(share: float, says: str) -> None:
    assert in_ten_thousand(share) == says
    assert float(says.replace(",", "")) >= share * 10_000 - 1e-6
