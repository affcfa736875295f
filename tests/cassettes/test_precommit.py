"""The hooks for pre-commit: each entry is a command that passes on what is right, and fails on what is not."""

from __future__ import annotations

import io
import json
import re
import shlex
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from planted import exchange
from test_reading import of_vcrpy

from docpact.cli import main
from docpact.contract import load

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).parents[2]
HOOKS: dict[str, dict[str, Any]] = {
    hook["id"]: hook for hook in yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text("utf-8"))
}  # fmt: skip
EXAMPLE = {**load().example, "imageUrl": "https://cdn.midjourney.com/00000000-0000-4000-8000-000000000000/0_0.png"}
POLL = f"https://relay.example/mj/task/{EXAMPLE['id']}/fetch"


@pytest.fixture
def hook(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., int]:
    """Run a hook as pre-commit does: its entry, and the files that it asks for."""
    monkeypatch.chdir(tmp_path)

    def run(name: str, *args: str) -> int:
        files = [path.relative_to(tmp_path).as_posix() for path in sorted(tmp_path.rglob("*")) if path.is_file()]
        chosen = [file for file in files if re.search(HOOKS[name]["files"], file)]
        assert chosen, f"{name} asks for none of {files}"
        entry = shlex.split(HOOKS[name]["entry"])
        assert entry[0] == "docpact"
        passed = chosen if HOOKS[name].get("pass_filenames", True) else []
        return main([*entry[1:], *args, *passed], io.BytesIO(), io.StringIO(), io.StringIO())

    return run


def cassette(folder: Path, *, task: object, **headers: str) -> None:
    (folder / "cassettes").mkdir()
    content = of_vcrpy([exchange(POLL, came=task, request=headers)], "yaml")
    (folder / "cassettes" / "poll.yaml").write_bytes(content)


def test_each_hook_is_installed_by_itself_and_says_what_it_does() -> None:
    assert set(HOOKS) == {"docpact-payloads", "docpact-cassettes", "docpact-secrets", "docpact-scrub", "docpact-contract"}
    for held in HOOKS.values():
        assert held["language"] == "python"
        assert held["name"]
        assert held["description"]


@pytest.mark.parametrize("name", ["captures/task.json", "tests/payloads/polls.ndjson"])
def test_payload_files(hook: Callable[..., int], tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.parent.mkdir(parents=True)
    path.write_text(json.dumps(EXAMPLE), "utf-8")
    assert hook("docpact-payloads") == 0
    path.write_text(json.dumps({**EXAMPLE, "status": "DONE"}), "utf-8")
    assert hook("docpact-payloads") == 1


def test_cassettes_are_linted(hook: Callable[..., int], tmp_path: Path) -> None:
    cassette(tmp_path, task=EXAMPLE)
    assert hook("docpact-cassettes") == 0
    shutil.rmtree(tmp_path / "cassettes")
    cassette(tmp_path, task={**EXAMPLE, "status": "DONE"})
    assert hook("docpact-cassettes") == 1
    assert hook("docpact-secrets") == 0


def test_a_cassette_of_another_endpoint_passes_where_it_holds_no_secret(hook: Callable[..., int], tmp_path: Path) -> None:
    (tmp_path / "cassettes").mkdir()
    path = tmp_path / "cassettes" / "other.yaml"
    for token, code in (("", 0), ("?token=abcdef123", 1)):
        path.write_bytes(of_vcrpy([exchange(f"https://other.example/users{token}", came={"of": "another"})], "yaml"))
        assert hook("docpact-cassettes") == code
    assert main(["cassette", "lint", str(path), "--secrets"], stdout=io.StringIO()) == 1
    path.write_bytes(of_vcrpy([exchange("https://other.example/users", came={"of": "another"})], "yaml"))
    assert main(["cassette", "lint", str(path)], stdout=io.StringIO()) == 4
    assert (
        main(["cassette", "lint", str(tmp_path / "nowhere"), "--allow-none"], stdout=io.StringIO(), stderr=io.StringIO()) == 3
    )


def test_secrets_are_absent_or_taken_out(hook: Callable[..., int], tmp_path: Path) -> None:
    cassette(tmp_path, task={"of": "another endpoint"}, Cookie="session=abc")
    assert hook("docpact-secrets") == 1
    assert hook("docpact-scrub") == 0
    assert hook("docpact-secrets") == 0
    assert b"session" not in (tmp_path / "cassettes" / "poll.yaml").read_bytes()


def test_the_contract_is_up_to_date(hook: Callable[..., int], tmp_path: Path) -> None:
    shutil.copytree(ROOT / "contracts", tmp_path / "contracts")
    shutil.copytree(ROOT / "schemas", tmp_path / "schemas")
    assert hook("docpact-contract", "contracts/task-fetch") == 0
    derived = tmp_path / "contracts" / "task-fetch" / "openapi.json"
    derived.write_text(derived.read_text("utf-8").replace('"200"', '"201"'), "utf-8")
    assert hook("docpact-contract", "contracts/task-fetch") == 1
