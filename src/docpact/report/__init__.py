"""Reports: the tally of a run and its findings, written out; nothing here judges.

Each module writes one format with `render(run, findings)`, which yields the report piece by piece. `findings` are the
findings in their order, each as the line of JSON that `as_json.line` writes; a format that is written from the tally
alone is handed none. Whatever a payload holds stays text: no value, name or path can break out of a format.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, NamedTuple, Protocol, cast

from docpact.rules import RULES

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from docpact.contract import Contract
    from docpact.rules import Rule
    from docpact.seen import Seen
    from docpact.tally import Tally


class Format(NamedTuple):
    """One format: the module that writes it, whether it lists every finding, and whether it pictures what was seen."""

    module: str
    summary: str
    single: bool = False
    pictures: bool = False


FORMATS = {
    "text": Format("as_text", "for a person, equal findings as one entry"),
    "json": Format("as_json", "one JSON object", single=True),
    "ndjson": Format("as_ndjson", "one finding a line, as JSON", single=True),
    "junit": Format("as_junit", "JUnit XML, one test case a rule"),
    "sarif": Format("as_sarif", "SARIF 2.1.0, for code scanning", single=True),
    "github": Format("as_github", "annotations of GitHub Actions, and the step summary"),
    "gitlab": Format("as_gitlab", "code quality of GitLab", single=True),
    "markdown": Format("as_markdown", "a table, for a comment or a summary"),
    "html": Format("as_html", "one page without scripts or network", single=True, pictures=True),
}


class Checked(NamedTuple):
    """What a report says of a run against a live endpoint, beside its findings.

    `base` is the address; `polls` are the answers that held a task; `seen` and `unseen` name statuses, actions, transitions and
    members; `notes` say what limits the verdict, in sentences; `reason` and `hint` why nothing is established, and what to do.
    """

    base: str
    requests: int
    seconds: float
    polls: int
    seen: Mapping[str, Mapping[str, int] | Sequence[str]]
    unseen: Mapping[str, Sequence[str]]
    notes: tuple[str, ...] = ()
    reason: str = ""
    hint: str = ""


class Compared(NamedTuple):
    """What a report says of two contracts that were compared, beside the changes, which are its findings.

    `advice` is the part of a version to raise; `breaking`, `doubtful` and `compatible` are numbers of changes; `words` is the
    number of changes of titles and descriptions, which may not be listed; `notes` say what was not compared, in sentences.
    """

    old: str
    new: str
    advice: str
    breaking: int
    doubtful: int
    compatible: int
    words: int
    notes: tuple[str, ...] = ()


class Run(NamedTuple):
    """What a report says about a run beside its findings: contract, profile, and when a run fails.

    `rules` are the rules in force; `root` is the folder that paths are told from, for formats that want relative ones;
    `colour` and `width` (columns, or None where lines may be of any length) are those of the terminal. `checked` is there where
    a live endpoint was asked: what was judged are its answers then, and payloads otherwise. `compared` is there where two
    contracts were; `table` holds the rules that the findings are of.
    """

    version: str
    contract: str
    schema_sha256: str
    profile: str
    tally: Tally
    fail_on: str = "error"
    most: int | None = None
    interrupted: bool = False
    rules: tuple[str, ...] = ()
    inputs: tuple[str, ...] = ()
    root: str = ""
    promised: Contract | None = None
    seen: Seen | None = None
    colour: bool = False
    width: int | None = None
    checked: Checked | None = None
    compared: Compared | None = None
    table: Mapping[str, Rule] = RULES


class Writer(Protocol):
    """What a module of this package offers."""

    def render(self, run: Run, findings: Iterable[str]) -> Iterator[str]:
        """Yield the report piece by piece."""
        ...


def render(form: str, run: Run, findings: Iterable[str] = ()) -> Iterator[str]:
    """Yield the report of a run in one of `FORMATS`; only the module of that format is imported."""
    writer = cast("Writer", import_module(f"docpact.report.{FORMATS[form].module}"))
    return writer.render(run, findings)
