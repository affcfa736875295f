"""What the documentation says is what happens: its examples run, and everything a user can name is documented."""

from __future__ import annotations

import io
import re
import shlex
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

from docpact.cli import VERBS, main
from docpact.cli.options import parse
from docpact.contract import load
from docpact.errors import Exit
from docpact.finding import Layer
from docpact.generate.faults_http import VARIANTS
from docpact.rules import OF_EXCHANGES, RULES

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text("utf-8")
PAGES = [README, *(page.read_text("utf-8") for page in sorted((ROOT / "docs").glob("*.md")))]


def blocks(language: str, page: str = README) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", page, re.DOTALL)


def run(*arguments: str) -> tuple[int, str]:
    out = io.StringIO()
    code = main(arguments, io.BytesIO(), out, io.StringIO())
    return code, out.getvalue()


@pytest.mark.parametrize(
    "block", [block for page in PAGES for block in blocks("console", page)], ids=lambda block: block.split("\n")[0][2:50]
)
def test_a_command_in_the_documentation_prints_what_it_shows(block: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    command, _, expected = block.partition("\n")
    assert command.startswith("$ docpact ")
    _, printed = run(*shlex.split(command)[2:])
    assert printed == expected


@pytest.fixture
def without_haste() -> Iterator[None]:
    """Hypothesis draws the same each time, and no example is refused because the machine is busy."""
    settings.register_profile("docs", deadline=None, derandomize=True, database=None)
    settings.load_profile("docs")
    yield
    settings.load_profile("default")


@pytest.mark.usefixtures("without_haste")
@pytest.mark.parametrize(
    "block", [block for page in PAGES for block in blocks("python", page)], ids=lambda block: block.split("\n")[0][:50]
)
def test_the_python_in_the_documentation_runs_and_prints_what_it_says(block: str, capsys: pytest.CaptureFixture[str]) -> None:
    exec(compile(block, "<a page of ours>", "exec"), {})  # noqa: S102 - our own documentation
    said = [line[2:] for line in block.splitlines() if line.startswith("# ")]
    assert capsys.readouterr().out.splitlines() == said


@pytest.mark.parametrize(
    "command",
    [line for page in PAGES for block in blocks("sh", page) for line in block.splitlines() if line.startswith("docpact ")],
)
def test_a_command_in_the_documentation_is_one_that_docpact_takes(command: str) -> None:
    from docpact.cli import Streams

    streams = Streams(io.BytesIO(), io.StringIO(), io.StringIO())
    options = parse(shlex.split(command, comments=True)[1:], streams)
    assert not isinstance(options, int)


def test_every_exit_code_command_and_profile_is_in_the_readme() -> None:
    for code in Exit:
        assert f"| {code.value} |" in README
    for verb in VERBS:
        assert f"docpact {verb}" in README
    for profile in load().profiles:
        assert f"| `{profile}` |" in README


@pytest.mark.parametrize("rule", RULES)
def test_every_rule_can_be_explained_with_a_reason_an_example_and_a_waiver(rule: str) -> None:
    code, text = run("explain", rule)
    assert code == 0
    assert text.startswith(f"{rule}  ({RULES[rule].severity}, {RULES[rule].layer} layer)\n  {RULES[rule].title}\n")
    for heading in ("why    ", "hint   ", "break  ", "waive  "):
        assert f"\n{heading}" in text, f"docpact explain {rule} has no {heading.strip()!r}"
    if RULES[rule].layer is Layer.DOCUMENTED and rule != "undocumented-member":
        assert "\npage   " in text


@pytest.mark.parametrize("rule", sorted(OF_EXCHANGES))
def test_a_rule_of_an_exchange_is_explained_with_one_that_breaks_it(rule: str) -> None:
    _, text = run("explain", rule)
    assert re.search(r"\nbreak  .*\n +> [A-Z]+ /mj/task/.*/fetch\n(.*\n)* +< ", text)
    [fault] = re.findall(r"docpact mock --fault (\S+)", text)
    assert fault.startswith(f"{rule}/")
    others = re.findall(r"in other ways: (.*)", text)
    assert {fault.partition("/")[2], *(name for line in others for name in line.split(", "))} == set(VARIANTS[rule])
    assert "docpact check --waivers" in text


def test_what_a_family_does_as_a_habit_is_explained_with_its_profile() -> None:
    _, text = run("explain", "auth-not-asked")
    assert "or name the family of the server: --profile java-proxy\n" in text
    _, text = run("explain", "auth-refused")
    assert "--profile" not in text


def test_a_task_that_never_ends_is_explained_by_the_lifecycle() -> None:
    _, text = run("explain", "not-ended")
    assert "break  status is 'IN_PROGRESS' after 16 polls in 50 s; " in text


@pytest.mark.parametrize(
    "pointer", ["/", "/id", "/status", "/buttons", "/buttons/3/emoji", "/properties", "/properties/finalPrompt", "/maskBase64"]
)
def test_every_member_can_be_explained_with_its_page_lines(pointer: str) -> None:
    code, text = run("explain", pointer)
    assert code == 0
    assert "page   contracts/task-fetch/page.txt" in text


def test_what_cannot_be_explained_is_told_with_the_nearest() -> None:
    err = io.StringIO()
    assert main(["explain", "documented-enmu"], io.BytesIO(), io.StringIO(), err) == 2
    assert "did you mean documented-enum" in err.getvalue()
    assert main(["explain", "/statsu"], io.BytesIO(), io.StringIO(), err) == 2
    assert "did you mean /status?" in err.getvalue()


def test_explain_without_a_subject_lists_every_rule() -> None:
    _, text = run("explain")
    assert all(f"  {rule}" in text for rule in RULES)


@pytest.mark.parametrize("verb", VERBS)
def test_every_command_says_what_it_takes(verb: str) -> None:
    code, text = run(verb, "--help")
    assert code == 0
    assert "usage: docpact" in text


def test_every_entry_of_the_contract_gives_its_reason_and_the_fact_behind_it() -> None:
    contract = load()
    assert contract.lifecycle is not None
    cycle = contract.lifecycle
    parts = [contract.coherence, cycle.states.values(), cycle.backs, cycle.fixed, cycle.settled]
    for part in (part for kind in parts for part in kind):
        assert getattr(part, "reason", ""), part
        assert getattr(part, "fact", ""), part
    for name, (reason, fact) in cycle.reasons.items():
        assert reason, name
        assert fact, name
    for profile in contract.profiles.values():
        assert profile.name == "documented" or (profile.reason and profile.fact), profile.name


def test_every_coherent_rule_is_spoken_of_by_the_contract_or_judged_by_itself() -> None:
    spoken = {entry.rule for entry in load().coherence} | {"id-mismatch"}
    assert spoken == {rule.id for rule in RULES.values() if rule.layer is Layer.COHERENT}
