"""The Pydantic models are imported and used: they refuse what the judge refuses, except values that a list does not have."""

from __future__ import annotations

import os
import types
from itertools import islice
from typing import TYPE_CHECKING, Any

import pytest
from odd_contracts import NAMES, VALUES, changed, contract_of, odd_payload, odd_schema, sent
from pydantic import BaseModel, ValidationError

from docpact import api
from docpact.generate.models import MODELS
from docpact.generate.models.naming import member_name

if TYPE_CHECKING:
    from collections.abc import Iterable

    from docpact.api import Contract


def module_of(contract: Contract, profile: str) -> types.ModuleType:
    """Run what is written, as Python would import it."""
    module = types.ModuleType("written")
    source = "".join(MODELS["pydantic"].write(contract, contract.profile(profile)))
    # Without dont_inherit, annotations would be texts there, since they are here.
    exec(compile(source, "written.py", "exec", dont_inherit=True), module.__dict__)  # noqa: S102 - this is the test
    return module


def model_of(contract: Contract, profile: str = "documented", name: str = "TaskFetch") -> type[BaseModel]:
    model: type[BaseModel] = getattr(module_of(contract, profile), name)
    return model


def takes(model: type[BaseModel], payload: Any) -> bool:
    try:
        model.model_validate(payload)
    except ValidationError:
        return False
    return True


def disagreements(contract: Contract, profile: str, model: type[BaseModel], payloads: Iterable[Any]) -> list[Any]:
    wrong = []
    for payload in payloads:
        found = contract.validate(payload, profile=profile, layers="documented")
        # Where the page lists values without a type, the types of these values are the ones that are taken.
        untyped = any(one.place.pointer.endswith("/untyped") for one in found)
        kept = not any(one.severity == "error" and one.rule != "documented-enum" for one in found)
        if takes(model, payload) != kept and not untyped:
            wrong.append((payload, [(one.rule, one.place.pointer) for one in found]))
    return wrong


@pytest.fixture(scope="module")
def contract() -> Contract:
    return api.load()


def test_the_example_comes_out_as_it_went_in(contract: Contract, example: dict[str, Any]) -> None:
    task = model_of(contract).model_validate(example)
    assert task.model_dump(by_alias=True, exclude_unset=True) == example


def test_members_are_attributes_in_snake_case(contract: Contract, example: dict[str, Any]) -> None:
    task: Any = model_of(contract).model_validate(example)
    assert (task.submit_time, task.buttons[0].custom_id[:4], task.mask_base64) == (1724963337114, "MJ::", "")
    made: Any = model_of(contract)(buttons=[], submit_time=5)
    assert made.model_dump(by_alias=True, exclude_unset=True) == {"buttons": [], "submitTime": 5}


def test_a_value_that_is_not_listed_is_taken_and_kept(contract: Contract, example: dict[str, Any]) -> None:
    task: Any = model_of(contract).model_validate({**example, "status": "MODAL"})
    assert task.status == "MODAL"


def test_a_member_that_the_page_does_not_name_is_kept_at_every_depth(contract: Contract, example: dict[str, Any]) -> None:
    example["video"] = {"a": [1]}
    example["buttons"][0]["more"] = None
    assert model_of(contract).model_validate(example).model_dump(by_alias=True, exclude_unset=True) == example


@pytest.mark.parametrize(
    ("member", "value"),
    [
        ("id", 5),
        ("status", 5),
        ("status", None),
        ("submitTime", "5"),
        ("submitTime", True),
        ("buttons", None),
        ("buttons", [{}]),
    ],
)
def test_what_the_page_does_not_promise_is_refused(
    contract: Contract, example: dict[str, Any], member: str, value: object
) -> None:
    assert not takes(model_of(contract), {**example, member: value})


def test_a_profile_says_what_may_be_null_or_absent(contract: Contract, example: dict[str, Any]) -> None:
    del example["buttons"]
    for profile, bare, null in (("documented", False, False), ("go-relay", False, True), ("java-proxy", True, True)):
        model = model_of(contract, profile)
        assert (takes(model, example), takes(model, {**example, "buttons": None})) == (bare, null), profile


def test_values_that_a_profile_knows_are_known(contract: Contract) -> None:
    assert module_of(contract, "documented").KNOWN_TASK_FETCH_STATUS == (
        "NOT_START", "SUBMITTED", "IN_PROGRESS", "FAILURE", "SUCCESS",
    )  # fmt: skip
    assert module_of(contract, "go-relay").KNOWN_TASK_FETCH_STATUS[5:] == ("", "CANCEL", "MODAL")


# Extra members are kept, so `strict`, which forbids them, is not among these.
@pytest.mark.parametrize("profile", ["documented", "tolerant", "go-relay", "java-proxy", "csharp-proxy"])
def test_it_agrees_with_the_judge_on_every_change_of_the_example(
    contract: Contract, example: dict[str, Any], profile: str
) -> None:
    example["buttons"] = example["buttons"][:2]
    payloads = list(changed(example))
    assert len(payloads) > 300
    assert disagreements(contract, profile, model_of(contract, profile), payloads) == []


@pytest.mark.parametrize("profile", sorted(api.load().profiles))
def test_whatever_a_family_is_made_to_send_goes_through_its_models(contract: Contract, profile: str) -> None:
    model = model_of(contract, profile)
    payloads = sent(contract, profile)
    assert len(payloads) > 20
    for payload in payloads:
        assert model.model_validate(payload).model_dump(by_alias=True, exclude_unset=True) == payload


@pytest.mark.parametrize("profile", ["documented", "loose"])
def test_it_agrees_with_the_judge_on_an_odd_contract(profile: str) -> None:
    odd = contract_of(odd_schema())
    model = model_of(odd, profile, "Odd")
    assert odd.is_valid(odd_payload(), profile=profile)
    assert model.model_validate(odd_payload()).model_dump(by_alias=True, exclude_unset=True) == odd_payload()
    assert disagreements(odd, profile, model, islice(changed(odd_payload()), 3000)) == []


def test_no_word_of_a_page_becomes_code() -> None:
    module = module_of(contract_of(odd_schema()), "loose")
    assert not hasattr(os, "pwned")
    assert not [name for name in vars(module) if "pwned" in name and "Odd" not in name.title()]
    assert module.KNOWN_ODD_BROKEN == VALUES


def test_no_member_takes_the_place_of_what_models_have() -> None:
    taken = set(dir(BaseModel)) | {"model_", "model_x"}
    names = [member_name(name) for name in (*NAMES, *taken)]
    assert not taken & set(names)
    assert not [name for name in names if not name.isidentifier() or name.startswith("_")]
