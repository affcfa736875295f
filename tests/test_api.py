"""docpact in Python: load, validate, is_valid, validate_story."""

from __future__ import annotations

import threading
from copy import deepcopy
from dataclasses import fields, replace
from typing import TYPE_CHECKING, Any

import pytest

import docpact
from docpact import contract as words

if TYPE_CHECKING:
    from pathlib import Path


WHY = 'reason = "r"\nfact = "f"\n'
ENTRY = f'[[coherence]]\nrule = "id-empty"\nmembers = ["/id"]\n{WHY}'
PROFILE = f'[profiles.x]\nsummary = "s"\n{WHY}'
ROLES = '[roles]\nid = "/id"\naction = "/action"\nstatus = "/status"\nprogress = "/progress"\n'


@pytest.fixture(scope="module")
def contract() -> docpact.Contract:
    return docpact.load("task-fetch")


def test_the_example_of_the_page_conforms(contract: docpact.Contract, example: dict[str, Any]) -> None:
    assert contract.is_valid(example)
    assert contract.validate(example) == []


def test_a_finding_says_what_where_why_and_what_to_do(contract: docpact.Contract, example: dict[str, Any]) -> None:
    example["status"] = "SUCCES"
    (finding,) = contract.validate(example, layers=["documented"])
    assert finding.rule == "documented-enum"
    assert finding.layer is docpact.Layer.DOCUMENTED
    assert finding.severity is docpact.Severity.ERROR
    assert finding.place.pointer == "/status"
    assert finding.found == "SUCCES"
    assert finding.expected == ["NOT_START", "SUBMITTED", "IN_PROGRESS", "FAILURE", "SUCCESS"]
    assert finding.message == "status is 'SUCCES', which the page does not list; the nearest is SUCCESS"
    assert finding.clause == docpact.Clause(
        "contracts/task-fetch/page.txt", (59, 60), "枚举值:\nNOT_STARTSUBMITTEDIN_PROGRESSFAILURESUCCESS"
    )
    assert "switches over" in finding.hint


def test_a_required_member_is_quoted_with_its_name_and_its_mark(contract: docpact.Contract) -> None:
    (finding,) = contract.validate({"id": "1"}, layers=["documented"])
    assert (finding.rule, finding.place.pointer) == ("documented-required", "/buttons")
    assert finding.clause is not None
    assert finding.clause.lines == (69, 71)
    assert finding.clause.quote.split("\n") == ["buttons", "array [object]", "必需"]


def test_the_fingerprint_does_not_know_indices_values_or_words(contract: docpact.Contract, example: dict[str, Any]) -> None:
    other = deepcopy(example)
    example["buttons"][0]["style"] = "2"
    other["buttons"][7]["style"] = None
    first, second = (contract.validate(p, layers=["documented"])[0] for p in (example, other))
    assert first.rule != second.rule
    other["buttons"][7]["style"] = 2.5
    (third,) = contract.validate(other, layers=["documented"])
    assert first.fingerprint == third.fingerprint
    assert len(first.fingerprint) == 16


def test_a_profile_excuses_what_its_family_does_and_a_finding_says_which_would(contract: docpact.Contract) -> None:
    fresh = {"id": "1", "status": "", "buttons": None, "properties": None}
    found = contract.validate(fresh, layers=["documented"])
    assert [f.place.pointer for f in found] == ["/status", "/buttons", "/properties"]
    assert all("go-relay" in finding.excused_by for finding in found)
    assert contract.validate(fresh, profile="go-relay", layers=["documented"]) == []
    assert not contract.is_valid(fresh)
    assert contract.is_valid(fresh, profile="go-relay")


def test_tolerant_warns_where_documented_refuses(contract: docpact.Contract) -> None:
    found = contract.validate({"status": "DONE"}, profile="tolerant", layers=["documented"])
    assert {finding.severity for finding in found} == {docpact.Severity.WARNING}
    assert {finding.rule for finding in found} == {"documented-required", "documented-enum"}


def test_a_story_is_judged_poll_by_poll(contract: docpact.Contract, example: dict[str, Any]) -> None:
    running = {**example, "status": "IN_PROGRESS", "progress": "46%", "finishTime": 0, "buttons": [], "imageUrl": ""}
    assert contract.validate_story([running, example], layers=["lifecycle"]) == []
    (finding,) = contract.validate_story([example, running], layers=["lifecycle"])
    assert (finding.rule, finding.place.item, finding.place.pointer) == ("end-left", 1, "/status")


def test_a_story_with_times_is_found_stuck_after_an_hour(contract: docpact.Contract, example: dict[str, Any]) -> None:
    running = {**example, "status": "IN_PROGRESS", "progress": "46%", "finishTime": 0, "buttons": [], "imageUrl": ""}
    late = [0, 3_600_000, 3_700_000, 3_800_000]
    found = contract.validate_story([running] * 4, layers=["lifecycle"], times=late)
    assert [(f.rule, f.place.item) for f in found] == [("stuck", 2)]
    with pytest.raises(ValueError, match="has no time"):
        contract.validate_story([running] * 4, times=[0])
    with pytest.raises(ValueError, match="nan is none"):
        contract.validate_story([running], times=[float("nan")])


def test_the_task_that_was_asked_for_is_the_one_that_comes_back(contract: docpact.Contract, example: dict[str, Any]) -> None:
    assert "id-mismatch" not in [f.rule for f in contract.validate(example, asked=example["id"])]
    assert "id-mismatch" in [f.rule for f in contract.validate(example, asked="1")]


@pytest.mark.parametrize(
    "payload", [None, True, 1, 1.5, "", [], [[]], "SUCCESS", {}, {1: 2}, {"buttons": {1: 2}}, {"buttons": [None]}]
)
def test_anything_can_be_judged(contract: docpact.Contract, payload: Any) -> None:
    assert contract.validate(payload)
    assert not contract.is_valid(payload)
    contract.validate_story([payload, payload])


def test_values_are_shown_short_and_without_secrets(contract: docpact.Contract, example: dict[str, Any]) -> None:
    example["imageUrl"] = "/mj/image?token=hunter2hunter2&x=" + "y" * 500
    example["status"] = "https://cdn.example/a.png?ex=1&hm=secretsignature"
    found = {finding.rule: finding for finding in contract.validate(example)}
    assert "secretsignature" not in repr(found)
    assert "hunter2" not in repr(found)
    assert len(str(found["url-form"].found)) <= 80


def test_unknown_names_are_errors_with_a_hint(contract: docpact.Contract) -> None:
    with pytest.raises(docpact.DocpactError, match="no profile 'go'") as profile:
        contract.validate({}, profile="go")
    assert "go-relay" in profile.value.hint
    with pytest.raises(docpact.DocpactError, match="no contract 'task-fetsh'"):
        docpact.load("task-fetsh")
    with pytest.raises(ValueError, match="coherrent"):
        contract.validate({}, layers=["coherrent"])


def test_a_contract_is_frozen(contract: docpact.Contract) -> None:
    with pytest.raises(AttributeError):
        contract.name = "other"  # type: ignore[misc]
    with pytest.raises(TypeError):
        contract.schema["type"] = "array"  # type: ignore[index]


def test_threads_may_share_a_contract(contract: docpact.Contract, example: dict[str, Any]) -> None:
    results: list[int] = []
    broken = {**example, "status": "DONE"}
    work = lambda: results.append(sum(len(contract.validate(broken, layers=["documented"])) for _ in range(50)))  # noqa: E731
    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results == [50] * 4


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("[profile.x]", "unknown key 'profile'"),
        ('[profiles.x]\nsummary = "s"\nreason = "r"\nfact = "f"\nnull = ["*"]', "unknown key 'null'"),
        ('[[coherence]]\nrule = "no-such"\ncheck = "set"\nmembers = []\nreason = ""\nfact = ""', "no known rule"),
        ("[roles", "not TOML"),
        ("roles = 1", "roles in contract.toml is not a table"),
        ('[roles]\nid = "id"', "id in .* is not a pointer"),
        ("source = 1", "source in contract.toml is not a table"),
        ("[source]\npage = 1", "page in .* is not a text"),
        ('envelope.members = "code"', "members in .* is not a list of texts"),
        ('[[coherence]]\nrule = "id-empty"\ncheck = "set"\nreason = ""\nfact = ""', "id-empty has no members"),
        (f'{ENTRY}check = "set"\nwhen.status = "SUCCESS"', "when in .* is not a table of lists of texts"),
        (f'{ENTRY}check = "set"\nwhen.status = ["SUCCESS"]', "the role 'status', which"),
        (f'{ENTRY}check = "form"\nonly = "("', "only of .* is no regular expression"),
        (f'{ENTRY}check = "form"\nallow = ["a", "[z-a]"]', "allow of .* is no regular expression"),
        (f'{ENTRY}check = "form"\ndeny = ["a{{9999999999999}}"]', "deny of .* is no regular expression"),
        (f'{ENTRY}check = "same"', "has no group"),
        (f'{ENTRY}check = "same"\ngroup = "x"', "has no group"),
        (f'{ENTRY}check = "one-of"', "has no values"),
        (f'{ENTRY}check = "range"\nminimum = "1"\nmaximum = 2', "minimum in .* is not a number"),
        (f'{ENTRY}check = "id-time"\ntolerance_ms = 1', "needs two members"),
        (f'{ENTRY}check = "fits"', "the role 'action', which"),
        ('[[buttons.kind]]\nname = "n"\nmarker = "m"\nform = "("', "form of .* is no regular expression"),
        ('[[buttons.kind]]\nname = "n"', "has no marker"),
        (f'{PROFILE}unknown_enum = "bad"', "unknown_enum in .* is not one of error, warning, ignore"),
        ('[profiles.x]\nsummary = "s"', "has no reason"),
        ("[profiles]\nx = 1", "is no table"),
        (f'{PROFILE}enums = ["a"]', "enums in .* is not a table of lists"),
        (f"[lifecycle]\n{WHY}", "names no action and no id and no progress and no status"),
        (f'{ROLES}[[lifecycle.state]]\nname = "a"\n{WHY}', "state.* 1 has no order"),
        (f'{ROLES}[[lifecycle.state]]\nname = "a"\norder = "1"\n{WHY}', "order in .* is not a whole number"),
        (f'{ROLES}[[lifecycle.settled]]\nmember = "/a"\ncompare = "all"\n{WHY}', "compare in .* is not one of value"),
        (f"{ROLES}[[lifecycle.back]]\n{WHY}", "back.* 1 has no from"),
        (f"{ROLES}[lifecycle.stuck]\nseconds = true", "seconds in .* is not a whole number"),
    ],
)
def test_a_contract_that_says_something_unknown_is_refused(tmp_path: Path, root: Path, line: str, says: str) -> None:
    folder = tmp_path / "contracts" / "mine"
    folder.mkdir(parents=True)
    (folder / "page.txt").write_bytes((root / "contracts/task-fetch/page.txt").read_bytes())
    (folder / "openapi.json").write_text("{}")
    (folder / "mine.schema.json").write_text('{"type": "object"}')
    (folder / "contract.toml").write_text(line)
    with pytest.raises(docpact.DocpactError, match=says):
        docpact.load(folder)


def test_a_contract_without_lifecycle_judges_payloads_and_refuses_stories(tmp_path: Path) -> None:
    (tmp_path / "page.txt").write_text("a page")
    (tmp_path / "contract.toml").write_text("")
    (tmp_path / "openapi.json").write_text("{}")
    (tmp_path / f"{tmp_path.name}.schema.json").write_text('{"type": "object", "required": ["a"]}')
    contract = docpact.load(tmp_path)
    assert [f.rule for f in contract.validate({})] == ["documented-required"]
    assert contract.validate({"a": 1}) == []
    with pytest.raises(docpact.DocpactError, match="declares no lifecycle"):
        contract.validate_story([{}])


def test_one_layer_may_be_given_as_a_text_and_one_that_cannot_be_judged_is_refused(contract: docpact.Contract) -> None:
    assert [f.rule for f in contract.validate({}, layers="documented")] == ["documented-required"]
    with pytest.raises(ValueError, match="validate_story"):
        contract.validate({}, layers=["lifecycle"])
    for judge in (contract.validate, contract.validate_story):
        with pytest.raises(ValueError, match="docpact validate"):
            judge([], layers=["transport"])


def test_contracts_are_equal_that_promise_the_same_whatever_their_class() -> None:
    class Own(docpact.Contract):
        pass

    plain, given = words.load(), docpact.load()
    own = Own(**{part.name: getattr(given, part.name) for part in fields(plain)})
    assert own == given == own
    assert plain == own == plain
    assert hash(own) == hash(given)
    other = replace(plain, schema_sha256="0" * 64)
    assert own != other != own
