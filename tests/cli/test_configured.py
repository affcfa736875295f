"""Settings in a file: found where they may be, beaten by the command line, and never misunderstood in silence."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

from docpact import __main__ as command
from docpact.cli import main

if TYPE_CHECKING:
    from pathlib import Path


def validate(*arguments: str | Path) -> tuple[int, str, str]:
    out, err = io.StringIO(), io.StringIO()
    code = main(["validate", *map(str, arguments)], io.BytesIO(), out, err)
    return code, out.getvalue(), err.getvalue()


@pytest.fixture
def here(tmp_path: Path, example: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "nulls.json").write_text(json.dumps({**example, "buttons": None}), "utf-8")
    (tmp_path / "good.json").write_text(json.dumps(example), "utf-8")
    return tmp_path


def test_settings_of_the_current_folder_hold(here: Path) -> None:
    assert validate("nulls.json")[0] == 1
    (here / "docpact.toml").write_text('profile = "go-relay"\n')
    code, out, _ = validate("nulls.json")
    assert (code, "profile go-relay" in out) == (0, True)
    assert validate("nulls.json", "--isolated")[0] == 1
    assert validate("nulls.json", "--profile", "documented")[0] == 1


def test_a_table_of_pyproject_holds_and_docpact_toml_goes_before_it(here: Path) -> None:
    (here / "pyproject.toml").write_text('[project]\nname = "x"\n[tool.docpact]\nprofile = "go-relay"\n')
    assert validate("nulls.json")[0] == 0
    (here / "docpact.toml").write_text('profile = "strict"\n')
    assert "profile strict" in validate("nulls.json")[1]


def test_a_pyproject_without_our_table_is_not_read(here: Path) -> None:
    (here / "pyproject.toml").write_text("this is no TOML, and none of our business")
    assert validate("good.json")[0] == 0
    (here / "pyproject.toml").write_text('# tool.docpact is mentioned only\n[tool]\nother = "x"\n')
    assert validate("good.json")[0] == 0


def test_the_command_line_replaces_a_list_and_does_not_add_to_it(here: Path) -> None:
    (here / "docpact.toml").write_text('layer = ["documented", "coherent"]\n')
    _, out, _ = validate("--show-settings")
    assert "layer         documented, coherent  docpact.toml\n" in out
    _, out, _ = validate("--show-settings", "--layer", "lifecycle")
    assert [line.split() for line in out.splitlines() if line.startswith("layer")] == [
        ["layer", "lifecycle", "command", "line"]
    ]


def test_each_setting_is_shown_with_where_it_comes_from(here: Path) -> None:
    (here / "pyproject.toml").write_text("[tool.docpact]\nmax-findings = 5\nmax-bytes = 1000\n")
    code, out, err = validate("--show-settings", "--format", "json")
    assert (code, err) == (0, "")
    assert out == (
        "profile       documented  default\n"
        "contract      task-fetch  default\n"
        "layer         -           default\n"
        "fail-on       error       default\n"
        "max-findings  5           pyproject.toml [tool.docpact]\n"
        "max-bytes     1000        pyproject.toml [tool.docpact]\n"
        "waivers       -           default\n"
        "baseline      -           default\n"
        "format        json        command line\n"
    )


def test_files_are_named_from_the_folder_of_the_settings(here: Path) -> None:
    (here / "deep").mkdir()
    (here / "deep" / "set.toml").write_text('baseline = "known.json"\nformat = "json"\n')
    assert validate("nulls.json", "--write-baseline", "deep/known.json")[0] == 1
    code, out, _ = validate("nulls.json", "--config", "deep/set.toml")
    assert code == 0
    assert json.loads(out)["baseline"]["known"] > 0


def test_every_setting_does_what_the_option_does(here: Path) -> None:
    (here / "w.toml").write_text(
        '[[waiver]]\nrule = "documented-null"\nowner = "a"\nreason = "b"\nexpires = 2999-01-01\n', "utf-8"
    )
    (here / "docpact.toml").write_text('waivers = "w.toml"\nlayer = "documented"\nfail-on = "warning"\n')
    assert validate("nulls.json")[0] == 0
    (here / "docpact.toml").write_text("max-bytes = 10\n")
    assert "json-size" in validate("good.json")[1]
    (here / "docpact.toml").write_text("max-findings = 0\nfail-on = 'never'\n")
    code, out, _ = validate("nulls.json")
    assert (code, out.startswith("… and ")) == (0, True)
    (here / "docpact.toml").write_text('contract = "elsewhere"\n')
    assert "no contract 'elsewhere'" in validate("good.json")[2]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('profil = "x"', "did you mean 'profile'?"),
        ('zzz = "x"', "unknown setting 'zzz' in docpact.toml"),
        ("profile = 7", "profile in docpact.toml is not a text"),
        ("max-findings = true", "max-findings in docpact.toml is not a whole number"),
        ('max-findings = "5"', "write for example: max-findings = 100"),
        ("layer = [1]", "layer in docpact.toml is not a text or a list of texts"),
        ('format = "jsn"', "did you mean 'json'?"),
        ('fail-on = "zzz"', "there are: error, warning, never"),
        ("max-findings = -1", "is below 0"),
        ("profile = ", "cannot be read"),
        ('"\\u001b[31m" = 1', "unknown setting"),
    ],
)
def test_settings_that_do_not_fit_are_an_error(here: Path, text: str, says: str) -> None:
    (here / "docpact.toml").write_text(text)
    code, out, err = validate("good.json")
    assert (code, out) == (2, "")
    assert says in err
    assert "\x1b" not in err
    assert "Traceback" not in err
    assert validate("good.json", "--isolated")[0] == 0


def test_a_file_that_is_named_must_be_there_and_hold_settings(here: Path) -> None:
    assert "cannot be read: No such file" in validate("good.json", "--config", "none.toml")[2]
    (here / "pyproject.toml").write_text('[project]\nname = "x"\n')
    assert "has no table [tool.docpact]" in validate("good.json", "--config", "pyproject.toml")[2]
    (here / "bytes.toml").write_bytes(b"\xff\xfe")
    assert "cannot be read" in validate("good.json", "--config", "bytes.toml")[2]
    code, _, err = validate("good.json", "--config", "bytes.toml", "--isolated")
    assert (code, "leave one of them out" in err) == (2, True)


def test_the_quick_path_is_not_taken_where_there_may_be_settings(here: Path) -> None:
    arguments = ["validate", "good.json"]
    assert command._accepted(arguments) is not None
    (here / "pyproject.toml").write_text('[project]\nname = "x"\n')
    assert command._accepted(arguments) is not None
    (here / "pyproject.toml").write_text("[tool.docpact]\n")
    assert command._accepted(arguments) is None
    os.remove("pyproject.toml")
    (here / "docpact.toml").write_text('format = "json"\n')
    done = subprocess.run([sys.executable, "-m", "docpact", *arguments], capture_output=True, check=False)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["verdict"] == "conforms"


def test_the_settings_in_the_readme_are_settings(here: Path, root: Path) -> None:
    readme = (root / "README.md").read_text("utf-8")
    (here / "docpact.toml").write_text(readme.partition("```toml\n")[2].partition("```")[0], "utf-8")
    code, out, err = validate("--show-settings")
    assert (code, err, out.count("docpact.toml")) == (0, "", 4)
    named = {line.split()[0] for line in out.splitlines()}
    assert all(f"`{key}`" in readme for key in named)
