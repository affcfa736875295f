"""The example in `examples/client`: its tests pass, and each bug that is planted in it makes one fail that says why."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING, NamedTuple

import pytest

if TYPE_CHECKING:
    from pathlib import Path

pytest.importorskip("vcr")


class Bug(NamedTuple):
    """A line of the client as it is, and as somebody might have written it; which test sees that, and what it says."""

    right: str
    wrong: str
    test: str
    says: str


BUGS = {
    "an end by progress": Bug(
        "self.status in _ENDS",
        "self.progress == 100",
        "tests/test_parsing.py::test_whatever_a_family_of_relays_sends_is_understood",
        "[go-relay]",
    ),
    "buttons that are always there": Bug(
        'payload.get("buttons") or ()',
        'payload["buttons"]',
        "tests/test_parsing.py::test_a_payload_that_breaks_a_rule_is_refused_or_harmless",
        "[documented-required]",
    ),
    "another task's answer": Bug(
        'if _text(payload, "id") != asked:',
        "if False:",
        "tests/test_polling.py::test_a_broken_relay_is_survived",
        "[id-mismatch]",
    ),
    "no timeout": Bug(
        "timeout=timeout,", "timeout=None,", "tests/test_polling.py::test_a_broken_relay_is_survived", "would wait for ever"
    ),
    "no end of polls": Bug(
        "if self._clock() + rest >= deadline:",
        "if False:",
        "tests/test_polling.py::test_a_task_that_never_ends_is_given_up",
        "the client does not give up",
    ),
    "another path": Bug(
        "/mj/task/{quote(task, safe='')}/fetch",
        "/mj/task/{quote(task, safe='')}",
        "tests/test_recorded.py",
        "CannotOverwriteExistingCassetteException",
    ),
}


@pytest.fixture
def example(root: Path, tmp_path: Path) -> Path:
    """A copy of the example project, as somebody else would have it."""
    ignored = shutil.ignore_patterns("__pycache__", ".pytest_cache")
    return shutil.copytree(root / "examples" / "client", tmp_path / "client", ignore=ignored)


def ran(project: Path, *options: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "docpact.pytest_plugin", *options]
    env = {**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    env.pop("PYTEST_ADDOPTS", None)
    return subprocess.run(command, cwd=project, env=env, capture_output=True, text=True, check=False)


def test_the_tests_of_the_example_pass(example: Path) -> None:
    done = ran(example)
    assert done.returncode == 0, done.stdout
    assert " passed" in done.stdout.splitlines()[-1]


@pytest.mark.parametrize("bug", BUGS.values(), ids=BUGS)
def test_a_bug_that_is_planted_is_seen(example: Path, bug: Bug) -> None:
    client = example / "taskclient.py"
    text = client.read_text("utf-8")
    assert text.count(bug.right) == 1
    client.write_text(text.replace(bug.right, bug.wrong), "utf-8")
    done = ran(example, "-x", bug.test)
    assert done.returncode == 1, done.stdout
    assert bug.says in done.stdout
