"""Captures as test items: each file that is judged is one test, and what is found in it is how it fails."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import pytest

from docpact import __version__, inputs
from docpact.api import load
from docpact.captures import DEFAULT_LIMIT, Apart, Corrupt, Skipped, Text, Unreadable
from docpact.errors import DocpactError
from docpact.report import Run, render
from docpact.tally import Tally, Verdict
from docpact.validate.stream import Settings, Stream, broken_off

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path


class Captures:
    """Collect the captures that the command line names; registered only where it names some."""

    def __init__(self, config: pytest.Config) -> None:
        here = config.invocation_params.dir
        self._paths = [(here / name).resolve() for name in config.option.docpact_captures]
        missing = [str(path) for path in self._paths if not path.exists()]
        if missing:
            raise pytest.UsageError(f"--docpact-captures {missing[0]}: there is no such file or folder")
        # As arguments they are collected in this run, and in each worker of it.
        known = {(here / str(arg)).resolve() for arg in config.args}
        config.args = [*config.args, *(str(path) for path in self._paths if not _is_below(path, known))]

    def pytest_collect_file(self, file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
        """Collect a capture below a path that was named."""
        if _is_below(file_path, self._paths) and inputs.is_capture(str(file_path)):
            return CaptureFile.from_parent(parent, path=file_path)
        return None


class CaptureFile(pytest.File):
    """A file that is judged."""

    def collect(self) -> Iterable[pytest.Item]:
        """Yield its one test, named after the contract."""
        contract = self.config.option.docpact_contract or self.config.getini("docpact_contract")
        yield Capture.from_parent(self, name=str(contract))


class NotKeptError(Exception):
    """A capture does not keep the contract; the text is the report."""


class Capture(pytest.Item):
    """The test that a capture keeps the contract."""

    def runtest(self) -> None:
        """Judge the capture."""
        config = self.config
        contract = load(self.name)
        profile = config.option.docpact_profile or config.getini("docpact_profile")
        stream, tally = Stream(contract, Settings(profile, stories=config.option.docpact_stories)), Tally()
        root = str(config.rootpath)
        wanted = inputs.Settings(DEFAULT_LIMIT, inputs.operations(contract.openapi), folder=root)
        for thing in inputs.read_apart(Apart(os.path.relpath(self.path, root), None, named=True), wanted):
            if isinstance(thing, Text):
                for findings in stream.judge(thing):
                    tally.judged(findings)
            elif isinstance(thing, Corrupt):
                tally.judged([broken_off(thing)])
            elif isinstance(thing, Unreadable):
                tally.could_not_read(thing)
            elif isinstance(thing, Skipped):
                tally.passed_over(thing)
        self.user_properties.extend((("docpact_payloads", str(tally.payloads)), ("docpact_findings", str(tally.findings))))
        if tally.verdict() is not Verdict.CONFORMS:
            run = Run(__version__, contract.name, contract.schema_sha256, profile, tally, root=root)
            raise NotKeptError("".join(render("text", run)).rstrip())

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """Show the report of the command line, and no traceback of ours."""
        told = isinstance(excinfo.value, NotKeptError | DocpactError)
        return str(excinfo.value) if told else super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[Path, int | None, str]:
        """Name the file and the contract."""
        return self.path, None, f"{self.path.name} keeps {self.name}"


def _is_below(path: Path, folders: Iterable[Path]) -> bool:
    resolved = path.resolve()
    return any(resolved == folder or folder in resolved.parents for folder in folders)
