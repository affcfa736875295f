"""The tests that docs/pytest.md shows pass, and what it says of options and fixtures is so."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

pytest.importorskip("vcr")

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs" / "pytest.md").read_text("utf-8")
MODULES = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
# What pytest-asyncio does.
CONFTEST = """
import asyncio, inspect, pytest

@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem):
    if inspect.iscoroutinefunction(pyfuncitem.obj):
        names = inspect.signature(pyfuncitem.obj).parameters
        asyncio.run(pyfuncitem.obj(**{name: pyfuncitem.funcargs[name] for name in names}))
        return True
"""


def test_the_tests_of_the_page_pass(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    monkeypatch.delenv("PYTEST_ADDOPTS", raising=False)
    [settings] = re.findall(r"```toml\n(.*?)```", PAGE, re.DOTALL)
    settings = settings.replace("[tool.pytest.ini_options]", '[tool.pytest.ini_options]\nfilterwarnings = ["error"]')
    pytester.makepyprojecttoml(re.sub("go-relay", "documented", settings))
    pytester.makeconftest(CONFTEST)
    pytester.makepyfile(**{f"test_{number}": text for number, text in enumerate(MODULES)})
    shutil.copytree(ROOT / "examples" / "client" / "tests" / "cassettes", pytester.path / "cassettes")
    result = pytester.runpytest_subprocess("-p", "docpact.pytest_plugin", "--strict-markers", "-q", "-o", "docpact_seed=0")
    outcomes = result.parseoutcomes()
    assert set(outcomes) == {"passed"}
    assert outcomes["passed"] > sum(text.count("def test_") for text in MODULES)


def test_every_option_setting_and_fixture_of_the_plugin_is_on_the_page(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    told = pytester.runpytest_subprocess("-p", "docpact.pytest_plugin", "--help").stdout.str()
    ours = set(re.findall(r"--docpact-\w+|\bdocpact_\w+(?= \()", told))
    assert {"--docpact-record", "docpact_cassettes"} <= ours
    shown = pytester.runpytest_subprocess("-p", "docpact.pytest_plugin", "--fixtures").stdout.str()
    ours |= set(re.findall(r"^(docpact_\w+)", shown, re.MULTILINE))
    assert "docpact_relay" in ours
    markers = pytester.runpytest_subprocess("-p", "docpact.pytest_plugin", "--markers").stdout.str()
    [takes] = re.findall(r"@pytest\.mark\.docpact\((.*?)\):", markers, re.DOTALL)
    ours |= {f"{name}=" for name in re.findall(r"(\w+)=", takes)}
    assert not {name for name in ours if name not in PAGE}
