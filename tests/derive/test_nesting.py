"""A flat list of members: what belongs where, by counts, names, the example, and otherwise by a person."""

from __future__ import annotations

import pytest

from docpact.derive.decisions import from_arguments
from docpact.derive.reading import read, refuse_undecided, wanted_decisions
from docpact.errors import ContractError, UndecidedError

HEAD = "GET /job/{id}\nResponses\n🟢200OK\napplication/json\nBody\n"


def page(members: str, example: str = "") -> bytes:
    """Write members `name:type[:required]`, one a word, `_` for a space in a type."""
    lines = [HEAD]
    for member in members.split():
        name, kind, *mark = member.split(":")
        lines.append(f"{name}\n{kind.replace('_', ' ')}\n{'required' if mark else 'optional'}\n")
    return ("".join(lines) + (f"Example\n{example}\n" if example else "")).encode()


def paths(content: bytes, *decided: str) -> list[str]:
    return [one.path for one in read(content, from_arguments(decided)).fields]


def opened(content: bytes, *decided: str) -> list[str]:
    return [one.about for one in read(content, from_arguments(decided)).undecided]


def test_a_count_settles_where_a_list_of_objects_ends() -> None:
    content = page("a:array[object_{2}] b:string c:string d:string")
    assert paths(content) == ["/a", "/a/*/b", "/a/*/c", "/d"]
    assert opened(content) == []


def test_the_example_settles_it() -> None:
    content = page("a:array[object] b:string c:string", '{"a":[{"b":""}],"c":""}')
    assert paths(content) == ["/a", "/a/*/b", "/c"]
    assert opened(content) == []


def test_an_example_of_several_levels_settles_it() -> None:
    content = page("a:object b:object c:string d:string e:string", '{"a":{"b":{"c":""},"d":""},"e":""}')
    assert paths(content) == ["/a", "/a/b", "/a/b/c", "/a/d", "/e"]
    assert opened(content) == []


def test_an_object_may_be_empty() -> None:
    content = page("a:object b:string", '{"a":{},"b":""}')
    assert paths(content) == ["/a", "/b"]
    assert opened(content) == []


def test_a_name_stands_once_in_a_scope() -> None:
    content = page("id:string a:array[object] id:string")
    assert paths(content) == ["/id", "/a", "/a/*/id"]
    assert opened(content) == []


def test_a_required_member_that_the_objects_of_the_example_lack_is_not_theirs() -> None:
    content = page("a:array[object] b:string:required", '{"a":null}')
    assert paths(content) == ["/a", "/a/*/b"]
    assert opened(content) == []
    # Lacking in both places, it is a question.
    assert len(opened(page("a:object b:string c:string:required", '{"a":{"b":""}}'))) == 1


def test_without_evidence_nothing_is_guessed_silently() -> None:
    content = page("a:object b:string")
    reading = read(content)
    assert [(one.about.split("/")[-1], one.settled, set(one.alternatives)) for one in reading.ambiguities] == [
        ("b#nesting", False, {"/", "/a"})
    ]
    with pytest.raises(UndecidedError, match="b stands") as caught:
        refuse_undecided(reading)
    assert "--decide '" in caught.value.hint


@pytest.mark.parametrize(("value", "expected"), [("/", ["/a", "/b"]), ("/a", ["/a", "/a/*/b"]), ("/a/*", ["/a", "/a/*/b"])])
def test_a_person_decides(value: str, expected: list[str]) -> None:
    content = page("a:array[object] b:string")
    for about in ("/b#nesting", "/a/*/b#nesting", "/b"):
        assert paths(content, f"{about}={value}") == expected
        assert opened(content, f"{about}={value}") == []


def test_a_person_knows_better_than_the_example() -> None:
    content = page("a:object b:string", '{"a":{"b":""}}')
    assert paths(content) == ["/a", "/a/b"]
    assert paths(content, "/a/b#nesting=/") == ["/a", "/b"]


@pytest.mark.parametrize(
    "members",
    ["a:object b:string c:string d:string", "a:object b:object c:string d:array[object] e:string f:string", "a:array b:string"],
)
def test_the_decisions_asked_for_settle_everything(members: str) -> None:
    content = page(members)
    wanted = [f"{one.about}={one.decision}" for one in wanted_decisions(read(content))]
    assert wanted
    assert opened(content, *wanted) == []


def test_a_decision_that_no_reading_agrees_with_is_refused() -> None:
    with pytest.raises(ContractError, match="no reading of the page agrees"):
        paths(page("a:object b:string"), "/b#nesting=/elsewhere")


def test_a_member_that_is_listed_twice_is_a_contradiction() -> None:
    reading = read(page("a:string b:string a:string"))
    assert [one.path for one in reading.fields] == ["/a", "/b"]
    assert [note.kind for note in reading.notes] == ["contradiction"]


def test_a_count_that_cannot_be_met_is_a_contradiction_and_open() -> None:
    reading = read(page("a:object_{3} b:string"))
    assert [note.kind for note in reading.notes] == ["contradiction"]
    assert reading.undecided
