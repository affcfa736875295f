"""Payloads as source code: what is read back is what was written, whatever it holds."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
import tracemalloc
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from odd_contracts import BREAK_OUTS, odd_payload

from docpact import api
from docpact.errors import UsageError
from docpact.generate.models import PAYLOADS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

CONTRACT = api.load()
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text()
    | st.sampled_from(BREAK_OUTS)
)
PAYLOAD = st.recursive(SCALARS, lambda inner: st.lists(inner) | st.dictionaries(st.text() | st.sampled_from(BREAK_OUTS), inner))


def written(payloads: Iterable[Any], form: str = "python") -> str:
    return "".join(PAYLOADS[form].write(CONTRACT, None, payloads))


def read_back(text: str) -> Any:
    """Read the list without running what stands around it."""
    last = ast.parse(text).body[-1]
    assert isinstance(last, ast.AnnAssign)
    assert last.value is not None
    return ast.literal_eval(last.value)


@given(st.lists(PAYLOAD, max_size=5))
@settings(max_examples=100)
def test_what_is_read_back_is_what_was_written(payloads: list[Any]) -> None:
    back = read_back(written(payloads))
    # As texts: 1, 1.0 and True are equal, and so are members in another order.
    assert json.dumps(back) == json.dumps(payloads)


@given(st.text())
def test_no_line_of_the_module_holds_what_is_not_seen(text: str) -> None:
    module = written([{text: [text]}, *BREAK_OUTS])
    module.encode("utf-8")
    assert len(module.splitlines()) == module.count("\n")
    assert not set(module) & set("\u202e\u2066\x1b\x00\x7f\ufeff\u200b")


def test_a_formatter_leaves_it_as_it_is() -> None:
    odd = [
        {"a": 'say "hi"'},
        "it's",
        "'\"",
        '"\'"',
        [],
        {},
        [[]],
        -1.5,
        1e100,
        1e-7,
        10**30,
        "\U0001f504 \U000e0041 \x7f \\N{DASH}",
        "x" * 200,
    ]
    text = written([*odd, odd_payload(), CONTRACT.example])
    done = subprocess.run(
        [sys.executable, "-m", "ruff", "format", "--isolated", "--no-cache", "-"],
        input=text.encode(),
        capture_output=True,
        check=True,
    )
    assert done.stdout.decode() == text


def test_there_may_be_no_payload() -> None:
    assert written([]).endswith("PAYLOADS: list[Any] = []\n")
    assert written([], "typescript") == "export const payloads: unknown[] = [];\n"


def test_what_json_has_not_but_python_reads_is_written_too() -> None:
    big = 10**5000
    text = written([float("inf"), float("-inf"), float("nan"), big])
    scope: dict[str, Any] = {}
    exec(text, scope)  # noqa: S102 - this is the test
    assert str(scope["PAYLOADS"][:3]) == "[inf, -inf, nan]"
    assert scope["PAYLOADS"][3] == big


@pytest.mark.parametrize("form", sorted(PAYLOADS))
def test_what_is_no_json_is_told_by_the_number_of_the_payload(form: str) -> None:
    with pytest.raises(UsageError, match="payload 2: a payload holds a set"):
        written([{}, {"a": {1}}], form)
    with pytest.raises(UsageError, match="payload 1: it has a member named by a int"):
        written([{1: 2}], form)
    deep: list[Any] = []
    for _ in range(100_000):
        deep = [deep]
    with pytest.raises(UsageError, match="payload 1: it is nested deeper than 80"):
        written([deep], form)


def test_the_deepest_that_is_written_is_read() -> None:
    deep: Any = 1
    for _ in range(79):
        deep = {"a": deep}
    assert read_back(written([deep])) == [deep]


@pytest.mark.parametrize("form", sorted(PAYLOADS))
def test_memory_does_not_grow_with_the_payloads(form: str) -> None:
    def peak(count: int) -> int:
        def many() -> Iterator[Any]:
            for number in range(count):
                yield {**CONTRACT.example, "id": str(number)}

        tracemalloc.start()
        try:
            for _ in PAYLOADS[form].write(CONTRACT, CONTRACT.profile("documented"), many()):
                pass
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    peak(10)
    assert peak(1000) < 2 * peak(10)
