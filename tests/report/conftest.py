"""What the tests of the reports share: a run of `docpact validate`, and payloads that would break out of a format."""

from __future__ import annotations

import io
import json
from typing import TYPE_CHECKING, Any

import pytest

from docpact.cli import main

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

# What terminals, browsers, build services, spreadsheets and parsers would obey.
ORDERS = (
    "\x1b]0;owned\x07\x1b[31m",
    "\n::error file=x::owned",
    "%0A::warning::owned",
    "##[error]owned ##vso[task.complete]owned",
    "]]><owned/>",
    "</script></style></title><img src=x onerror=owned()>",
    '" onmouseover="owned()" x=\'',
    "=cmd|' /C calc'!A0",
    "| `owned` | **owned** [owned](javascript:owned()) @owned #1 $owned$",
    "\ud83d",
    "\u202eowned\u2066",
    "\x00\x01\x0b\x0c\x7f\x85\ufffe\uffff\u2028",
    "&lt;owned&gt; &#60;owned&#62;",
    "{0} {{owned}} \\",
    "长" * 5000,
)


@pytest.fixture
def report() -> Callable[..., str]:
    """Judge and return the report as text."""

    def run(form: str, *arguments: str | Path) -> str:
        out, err = io.StringIO(), io.StringIO()
        code = main(["validate", "--format", form, *map(str, arguments)], io.BytesIO(), out, err)
        assert code in {0, 1, 3, 4}, err.getvalue()
        assert err.getvalue() == ""
        return out.getvalue()

    return run


@pytest.fixture
def hostile(tmp_path: Path, example: dict[str, Any]) -> Path:
    """Return a folder of captures that hold every order as a value, as a member name, as an id, and in file names."""
    folder = tmp_path / "\x1b[31m ::error::<b>|`%0A, 'q\""
    folder.mkdir()
    for number, order in enumerate(ORDERS):
        payload = {**example, "id": order, "status": order, "action": order, "progress": order, order: 1}
        payload["properties"] = {"finalPrompt": 1, "finalZhPrompt": order, order: order}
        payload["buttons"] = [{**example["buttons"][0], "customId": order, "emoji": 7, order: 2}]
        (folder / f"{number}.json").write_text(json.dumps(payload), "utf-8")
        (folder / f"{number}.ndjson").write_text(json.dumps({"at": number, "asked": order, "payload": payload}) + "\n", "utf-8")
    for number, name in enumerate(("a\nb", "::error::x", "=1+1", "%41%0A", "x:y,z", "<i>", "名前", "\udcff\udcfe")):
        (folder / f"{number} {name}.json").write_text('{"buttons": null}', "utf-8")
    (folder / "broken ]]> \x1b.json").symlink_to("nowhere")
    return folder
