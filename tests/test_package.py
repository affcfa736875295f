"""What users install: the sdist, the wheel, and what the package loads and offers."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tarfile
import zipfile
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

PUBLIC = {
    "Clause",
    "Contract",
    "DocpactError",
    "Finding",
    "Layer",
    "Place",
    "Severity",
    "__version__",
    "assert_conforms",
    "assert_story",
    "check",
    "diff",
    "load",
    "schemathesis_check",
    "strategies",
}

HEAVY = {"dask", "distributed", "httpx", "hypothesis", "numpy", "pytest", "requests", "schemathesis", "vcr", "yaml"}
ENGINES = {"jsonschema", "jsonschema_rs", "msgspec", "referencing", "rpds"}

# Nothing of the developer's environment may help or hinder what is tested here.
PLAIN = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "PIP_", "VIRTUAL_ENV"))}


class Built(NamedTuple):
    """The sdist, the wheel built from it, and the wheel built from the checkout."""

    sdist: Path
    wheel_of_sdist: Path
    wheel: Path


def run(*command: str | Path, cwd: Path, code: int = 0) -> str:
    done = subprocess.run(command, cwd=cwd, env=PLAIN, capture_output=True, text=True, encoding="utf-8", check=False)
    assert done.returncode == code, f"{command} gave {done.returncode}, not {code}:\n{done.stdout}{done.stderr}"
    return done.stdout


@pytest.fixture(scope="module")
def built(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Built:
    both, one = tmp_path_factory.mktemp("sdist"), tmp_path_factory.mktemp("wheel")
    build = (sys.executable, "-m", "build", "--no-isolation")
    run(*build, "--outdir", both, root, cwd=both)
    run(*build, "--wheel", "--outdir", one, root, cwd=one)
    return Built(next(both.glob("*.tar.gz")), next(both.glob("*.whl")), next(one.glob("*.whl")))


@pytest.fixture(scope="module")
def installed(built: Built, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The bin folder of an environment that holds the wheel, and of all other packages only those that it asks for."""
    venv = tmp_path_factory.mktemp("user") / "venv"
    run(sys.executable, "-m", "venv", "--without-pip", venv, cwd=venv.parent)
    python = venv / "bin" / "python"
    site = Path(run(python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))", cwd=venv).strip())
    for distribution in requirements_of("docpact", set()):
        for entry in {file.parts[0] for file in distribution.files or [] if file.parts[0] not in {"..", "__pycache__"}}:
            (site / entry).symlink_to(Path(str(distribution.locate_file(entry))))
    pip = (sys.executable, "-m", "pip", "--python", python, "--disable-pip-version-check", "--isolated")
    run(*pip, "install", "--quiet", "--no-deps", "--no-index", built.wheel, cwd=venv)
    return venv / "bin"


def requirements_of(name: str, seen: set[str]) -> Iterator[metadata.Distribution]:
    """Walk through the packages that `name` needs without any extra, each one once."""
    from packaging.requirements import Requirement

    for requirement in map(Requirement, metadata.requires(name) or []):
        asked_for = requirement.marker is None or requirement.marker.evaluate({"extra": ""})
        if asked_for and requirement.name not in seen:
            seen.add(requirement.name)
            yield metadata.distribution(requirement.name)
            yield from requirements_of(requirement.name, seen)


def files_in(archive: Path) -> dict[str, bytes]:
    if archive.suffix == ".whl":
        with zipfile.ZipFile(archive) as wheel:
            return {name: wheel.read(name) for name in wheel.namelist() if ".dist-info/" not in name}
    with tarfile.open(archive) as sdist:
        members = ((member.name.partition("/")[2], sdist.extractfile(member)) for member in sdist if member.isfile())
        return {name: file.read() for name, file in members if file}


def data_of(root: Path) -> dict[str, bytes]:
    """The files under version control, or about to be, that a contract consists of."""
    paths = (path for folder in ("contracts", "schemas") for path in (root / folder).rglob("*") if path.is_file())
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in paths}


def test_the_wheel_carries_the_contracts_and_the_schemas(built: Built, root: Path) -> None:
    prefix = "docpact/_data/"
    carried = {n.removeprefix(prefix): data for n, data in files_in(built.wheel).items() if n.startswith(prefix)}
    assert carried == data_of(root)
    assert {"contracts/task-fetch/page.txt", "schemas/task-fetch.schema.json"} <= set(carried)


def test_the_wheel_carries_the_whole_source_and_nothing_else(built: Built, root: Path) -> None:
    source = {path.relative_to(root / "src").as_posix() for path in (root / "src" / "docpact").rglob("*.*") if path.is_file()}
    source = {name for name in source if "__pycache__" not in name}
    program = {name for name in files_in(built.wheel) if name.endswith(".data/scripts/docpact")}
    assert len(program) == 1
    assert {name for name in files_in(built.wheel) if not name.startswith("docpact/_data/")} - program == source
    assert "docpact/py.typed" in source


def test_the_sdist_builds_the_same_wheel(built: Built) -> None:
    assert files_in(built.wheel_of_sdist) == files_in(built.wheel)


def test_the_sdist_can_be_tested(built: Built) -> None:
    names = set(files_in(built.sdist))
    assert {
        ".ci/setup",
        "LICENSE",
        "Makefile",
        "constraints.txt",
        "tests/conftest.py",
        "contracts/task-fetch/page.txt",
    } <= names


def test_the_installed_wheel_judges_payloads(installed: Path, tmp_path: Path, example: dict[str, Any]) -> None:
    where = run(installed / "python", "-c", "import docpact; print(docpact.__file__)", cwd=tmp_path)
    assert Path(where).is_relative_to(installed.parent)
    (tmp_path / "valid.json").write_text(json.dumps(example), "utf-8")
    (tmp_path / "invalid.json").write_text(json.dumps(example | {"status": "DONE"}), "utf-8")
    run(installed / "docpact", "validate", "valid.json", cwd=tmp_path)
    assert "DONE" in run(installed / "docpact", "validate", "invalid.json", cwd=tmp_path, code=1)
    assert "usage: docpact derive" in run(installed / "docpact", "derive", "--help", cwd=tmp_path)
    assert run(installed / "python", "-m", "docpact", "--version", cwd=tmp_path).startswith("docpact 0.")


def test_the_installed_wheel_derives_without_any_dependency_of_development(installed: Path, tmp_path: Path, root: Path) -> None:
    page = root / "contracts" / "task-fetch"
    run(installed / "docpact", "derive", page, "--check", cwd=tmp_path)


def test_the_public_names_are_exactly_these() -> None:
    import docpact

    assert set(docpact.__all__) == PUBLIC
    assert len(docpact.__all__) == len(PUBLIC)
    assert set(dir(docpact)) == PUBLIC
    assert all(getattr(docpact, name) is not None for name in PUBLIC)
    with pytest.raises(AttributeError, match="nowhere"):
        _ = docpact.nowhere


def test_the_version_is_the_one_that_was_declared(root: Path) -> None:
    import docpact

    declared = re.search(r'^version = "(.+)"$', (root / "pyproject.toml").read_text("utf-8"), re.MULTILINE)
    assert declared
    assert docpact.__version__ == declared[1]


def loaded_by(program: str, cwd: Path) -> set[str]:
    """Run a program in a fresh Python and return the names of the packages that it has loaded."""
    report = "\nimport sys; print(*sys.modules, sep='\\n', file=sys.stderr)"
    done = subprocess.run(
        [sys.executable, "-c", program + report], cwd=cwd, env=PLAIN, capture_output=True, text=True, check=True
    )
    return {name.partition(".")[0] for name in done.stderr.splitlines()}


def test_importing_docpact_loads_no_engine(tmp_path: Path) -> None:
    loaded = loaded_by("import docpact", tmp_path)
    assert "docpact" in loaded
    assert not loaded & (HEAVY | ENGINES | {"argparse"})


def test_judging_one_payload_loads_nothing_heavy(tmp_path: Path, example: dict[str, Any]) -> None:
    (tmp_path / "one.json").write_text(json.dumps(example), "utf-8")
    loaded = loaded_by("from docpact.cli import main\nassert main(['validate', 'one.json']) == 0", tmp_path)
    assert "docpact" in loaded
    assert not loaded & HEAVY
