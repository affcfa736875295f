"""The TypedDict modules are imported and type-checked, with code that uses them rightly and wrongly."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest
from odd_contracts import BREAK_OUTS, NAMES, VALUES, contract_of, odd_payload, odd_schema

from docpact import api
from docpact.errors import ContractError
from docpact.generate.models import MODELS, PAYLOADS

if TYPE_CHECKING:
    from pathlib import Path
    from types import ModuleType

    from docpact.api import Contract

# The first member would hide the type of the second one.
HIDING = {"type": "object", "properties": {"str": {"type": "integer"}, "next": {"type": "string"}}}

# mypy says so of each comment that ignores nothing, so that a wrong use that passes is an error too.
USES = """\
from go_relay import TaskFetch as Loose
from odd import Odd, OddLevel
from task_fetch import KNOWN_TASK_FETCH_STATUS, TaskFetch, TaskFetchButton

button: TaskFetchButton = {"customId": "", "emoji": "", "label": "U1", "type": 2, "style": 2}
good: TaskFetch = {"buttons": [button], "status": "SUCCESS", "action": "UNHEARD_OF"}
first: str = KNOWN_TASK_FETCH_STATUS[0]
loose: Loose = {"buttons": None, "status": ""}
level: OddLevel = 7

absent: TaskFetch = {"status": "SUCCESS"}  # type: ignore[typeddict-item]
null: TaskFetch = {"buttons": None}  # type: ignore[typeddict-item]
typed: TaskFetch = {"buttons": [], "status": 5}  # type: ignore[typeddict-item]
more: TaskFetch = {"buttons": [], "statsu": ""}  # type: ignore[typeddict-unknown-key]
wrong: OddLevel = "7"  # type: ignore[assignment]


def names(odd: Odd) -> list[str]:
    return [odd["odd"]["class"], odd["odd"]["a-b"], odd["odd"]["__proto__"], odd["odd"]["ﬁ"]]


def read(task: TaskFetch) -> str:
    return task.get("progress", "") + (task["status"] if "status" in task else "")
"""


@pytest.fixture(scope="module")
def contract() -> Contract:
    return api.load()


def write(path: Path, contract: Contract, form: str, profile: str = "documented") -> None:
    path.write_text("".join(MODELS[form].write(contract, contract.profile(profile))), "utf-8")


def imported(path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def run(*words: str, folder: Path) -> str:
    done = subprocess.run([sys.executable, "-m", *words], cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def folder(contract: Contract, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project that uses all that is written for Python."""
    folder = tmp_path_factory.mktemp("project")
    odd = contract_of(odd_schema())
    write(folder / "task_fetch.py", contract, "typeddict")
    write(folder / "go_relay.py", contract, "typeddict", "go-relay")
    write(folder / "odd.py", odd, "typeddict")
    write(folder / "hiding.py", contract_of(HIDING, "hiding"), "typeddict")
    write(folder / "task_models.py", contract, "pydantic")
    write(folder / "loose_models.py", contract, "pydantic", "java-proxy")
    write(folder / "odd_models.py", odd, "pydantic", "loose")
    payloads = "".join(PAYLOADS["python"].write(odd, odd.profile("documented"), [odd_payload(), {}, [], *VALUES]))
    (folder / "payloads.py").write_text(payloads, "utf-8")
    (folder / "uses.py").write_text(USES, "utf-8")
    return folder


def test_strict_mypy_takes_the_modules_and_refuses_wrong_uses_of_them(folder: Path) -> None:
    assert "no issues found in 9 source files" in run(
        "mypy", "--strict", "--cache-dir", str(folder / "cache"), "--config-file", "", ".", folder=folder
    )


def test_formatters_leave_the_modules_as_they_are(folder: Path) -> None:
    written = ["task_fetch.py", "go_relay.py", "task_models.py", "loose_models.py", "payloads.py"]
    run("ruff", "format", "--check", "--isolated", "--no-cache", *written, folder=folder)
    run("ruff", "check", "--select", "E9,F,I,UP,B", "--isolated", "--no-cache", *written, folder=folder)


def test_what_is_required_is_known_at_run_time(folder: Path) -> None:
    documented, loose = imported(folder / "task_fetch.py"), imported(folder / "go_relay.py")
    assert documented.TaskFetch.__required_keys__ == {"buttons"}
    assert documented.TaskFetchProperties.__required_keys__ == {"finalPrompt", "finalZhPrompt"}
    assert loose.KNOWN_TASK_FETCH_STATUS[-3:] == ("", "CANCEL", "MODAL")
    assert documented.TaskFetch.__doc__.startswith("Midjourney task, as a relay serves it")


def test_every_odd_name_is_a_member_and_no_word_of_a_page_becomes_code(folder: Path) -> None:
    module = imported(folder / "odd.py")
    assert set(module.OddOdd.__annotations__) == set(NAMES)
    assert module.OddOdd.__required_keys__ == set(NAMES[::2])
    assert not [name for name in vars(module) if name.startswith("pwned")]
    assert module.KNOWN_ODD_BROKEN == VALUES


@pytest.mark.parametrize("name", NAMES)
def test_every_odd_name_is_a_member_where_it_is_the_only_odd_one(name: str, tmp_path: Path) -> None:
    text = {"type": "string"}
    write(tmp_path / "one.py", contract_of({"type": "object", "properties": {name: text, "next": text}}, "one"), "typeddict")
    assert list(imported(tmp_path / "one.py").One.__annotations__) == [name, "next"]


@pytest.mark.parametrize("said", BREAK_OUTS)
def test_what_a_page_says_ends_no_docstring(said: str, tmp_path: Path) -> None:
    odd = contract_of({"type": "object", "title": said, "properties": {"a": {"type": "string", "title": said}}}, "one")
    for form in ("typeddict", "pydantic"):
        write(tmp_path / f"{form}.py", odd, form)
        module = imported(tmp_path / f"{form}.py")
        assert "pwned" in module.One.__doc__
        assert not [name for name in vars(module) if name.startswith("pwned")]


def test_the_same_contract_gives_the_same_bytes(contract: Contract) -> None:
    for form in MODELS.values():
        first, second = ("".join(form.write(contract, contract.profile("java-proxy"))) for _ in range(2))
        assert first == second
        first.encode("utf-8")


def test_a_body_that_is_no_object_is_refused_with_words() -> None:
    odd = contract_of({"type": "array"}, "rows")
    with pytest.raises(ContractError, match="the body of the contract rows is no object"):
        "".join(MODELS["typeddict"].write(odd, odd.profile("documented")))


@pytest.mark.parametrize(
    ("name", "class_name"),
    [
        ("task-fetch", "TaskFetch"), ("任务", "任务"), ("2fa", "Payload2fa"), ("--", "Payload"), ("any", "Any2"),
        ("HTTPServer", "HttpServer"),
        ('x"; pwned = 1', "XPwned1"),
    ],
)  # fmt: skip
def test_the_body_is_named_after_the_contract(name: str, class_name: str) -> None:
    odd = contract_of({"type": "object"}, name)
    for key, begin in (
        ("typeddict", "class {}(TypedDict)"),
        ("pydantic", "class {}(BaseModel)"),
        ("typescript", "interface {} {{"),
    ):
        text = "".join(MODELS[key].write(odd, odd.profile("documented")))
        assert begin.format(class_name) in text
        if key != "typescript":
            compile(text, "x.py", "exec")


def test_items_are_named_by_one_of_them() -> None:
    lists = ("buttons", "entries", "boxes", "addresses", "data", "status", "s")
    inner: dict[str, Any] = {"type": "array", "items": {"type": "object", "properties": {"a": {}}}}
    odd = contract_of({"type": "object", "properties": dict.fromkeys(lists, inner)}, "x")
    text = "".join(MODELS["typeddict"].write(odd, odd.profile("documented")))
    names = [line.split()[1].partition("(")[0] for line in text.splitlines() if line.startswith("class ")]
    assert names == ["XButton", "XEntry", "XBox", "XAddress", "XDataItem", "XStatusItem", "XSItem", "X"]
