"""Runs of pytest in a project of somebody else, with this plugin."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pytest

PLUGIN = ("-p", "docpact.pytest_plugin")


def alone(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> pytest.Pytester:
    """Return a project whose pytest loads no other plugin, and takes each warning for an error."""
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    monkeypatch.delenv("PYTEST_ADDOPTS", raising=False)
    pytester.makeini("[pytest]\naddopts = --strict-markers\nfilterwarnings = error\n")
    return pytester


def ran(project: pytest.Pytester, *options: str) -> pytest.RunResult:
    """Run its tests in a process of their own."""
    return project.runpytest_subprocess(*PLUGIN, *options)
