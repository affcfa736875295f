"""The TypeScript modules are compiled, with code that uses them; where there is no compiler, their structure is read.

The compiler is the `tsc` on the PATH, or one that npm installs into a temporary folder. Without node, or without the registry
of npm, the tests of the compiler are skipped, unless DOCPACT_TYPESCRIPT says `required`.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from typing import TYPE_CHECKING, Any

import pytest
from odd_contracts import BREAK_OUTS, NAMES, contract_of, odd_payload, odd_schema, sent

from docpact import api
from docpact.generate.models import MODELS, PAYLOADS

if TYPE_CHECKING:
    from pathlib import Path

    from docpact.api import Contract

COMPILER = "typescript@7.0.2"
NPM = (
    "install",
    "--no-audit",
    "--no-fund",
    "--ignore-scripts",
    "--fetch-retries=0",
    "--fetch-timeout=20000",
    "--loglevel=error",
)
OPTIONS = (
    "--strict",
    "--noEmit",
    "--exactOptionalPropertyTypes",
    "--noUnusedLocals",
    "--target",
    "es2020",
    "--module",
    "esnext",
)

# The compiler says so of an @ts-expect-error under which nothing is wrong.
USES = """\
import { KNOWN_TASK_FETCH_STATUS, type TaskFetch, type TaskFetchStatus } from "./task_fetch";
import type { TaskFetch as Loose } from "./go_relay";
import type { OddLevel, OddOdd } from "./odd";
import { payloads } from "./payloads";

export const good: TaskFetch = { buttons: [], status: "SUCCESS", action: "UNHEARD_OF" };
export const loose: Loose = { buttons: null, status: "" };
export const level: OddLevel = 7;
export const known: readonly TaskFetchStatus[] = KNOWN_TASK_FETCH_STATUS;
export const first: string | undefined = payloads[0]?.status;
export const names = (odd: OddOdd): string[] => [odd["class"], odd["a-b"], odd["__proto__"], odd["ﬁ"]];
// @ts-expect-error
export const absent: TaskFetch = { status: "SUCCESS" };
// @ts-expect-error
export const nothing: TaskFetch = { buttons: null };
// @ts-expect-error
export const typed: TaskFetch = { buttons: [], status: 5 };
// @ts-expect-error
export const more: TaskFetch = { buttons: [], statsu: "" };
// @ts-expect-error
export const wrong: OddLevel = "7";
// @ts-expect-error
export const unread = (task: TaskFetch): string => task.status;
"""

_QUIET = re.compile(r'/\*.*?\*/|"(?:[^"\\\n]|\\.)*"', re.DOTALL)


@pytest.fixture(scope="module")
def contract() -> Contract:
    return api.load()


def types_of(contract: Contract, profile: str = "documented") -> str:
    return "".join(MODELS["typescript"].write(contract, contract.profile(profile)))


def payloads_of(contract: Contract, payloads: list[Any], profile: str | None = "documented") -> str:
    like = None if profile is None else contract.profile(profile)
    return "".join(PAYLOADS["typescript"].write(contract, like, payloads))


def varied(example: dict[str, Any], count: int) -> list[dict[str, Any]]:
    """Make payloads that differ in which members they have, as those of one real run do."""
    optional = [name for name in example if name != "buttons"]
    return [
        {
            name: part
            for name, part in example.items()
            if name not in {optional[i % 17], optional[i // 17 % 17], optional[i // 289 % 17]}
        }
        for i in range(count)
    ]


@pytest.fixture(scope="session")
def compiler(tmp_path_factory: pytest.TempPathFactory) -> str:
    found = shutil.which("tsc") or _installed(tmp_path_factory.mktemp("typescript"))
    if found is None:
        assert os.environ.get("DOCPACT_TYPESCRIPT") != "required", "there is no tsc, and this run must have one"
        pytest.skip("there is no tsc, and none could be installed with npm")
    return found


def _installed(folder: Path) -> str | None:
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None or npm is None:
        return None
    cache = f"--cache={folder / 'cache'}"
    done = subprocess.run([npm, *NPM, cache, f"--prefix={folder}", COMPILER], cwd=folder, capture_output=True, check=False)
    return str(folder / "node_modules" / ".bin" / "tsc") if done.returncode == 0 else None


def compiled(compiler: str, folder: Path, **files: str) -> str:
    """Compile, and return what the compiler says."""
    for name, text in files.items():
        (folder / f"{name}.ts").write_text(text, "utf-8")
    words = [compiler, *OPTIONS, *(f"{name}.ts" for name in files)]
    return subprocess.run(words, cwd=folder, capture_output=True, text=True, check=False).stdout


def test_the_strict_compiler_takes_the_types_and_refuses_wrong_uses(compiler: str, contract: Contract, tmp_path: Path) -> None:
    odd = contract_of(odd_schema())
    said = compiled(
        compiler, tmp_path, uses=USES, task_fetch=types_of(contract), go_relay=types_of(contract, "go-relay"),
        odd=types_of(odd, "loose"),
        payloads=payloads_of(contract, [contract.example, {"buttons": [], "undocumented": [{"deep": 1}]}]),
        odd_payloads=payloads_of(odd, [odd_payload()]), unknowns=payloads_of(contract, [5, None, *BREAK_OUTS,
        {"status": 5}], None),
    )  # fmt: skip
    assert said == ""


def test_whatever_a_family_is_made_to_send_fits_its_types(compiler: str, contract: Contract, tmp_path: Path) -> None:
    files = {profile: payloads_of(contract, sent(contract, profile), profile) for profile in contract.profiles}
    assert compiled(compiler, tmp_path, **files) == ""


def test_payloads_that_do_not_fit_their_types_are_refused(compiler: str, contract: Contract, tmp_path: Path) -> None:
    wrong = [{"status": "SUCCESS"}, {"buttons": None}, {"buttons": [{"customId": ""}]}, {"buttons": [], "submitTime": "5"}]
    files = {f"wrong_{number}": payloads_of(contract, [contract.example, one]) for number, one in enumerate(wrong)}
    said = compiled(compiler, tmp_path, right=payloads_of(contract, [contract.example]), **files)
    assert {line.partition(".")[0] for line in said.splitlines() if "error TS" in line} == set(files)


def test_the_compiler_does_not_give_up_on_many_payloads(compiler: str, contract: Contract, tmp_path: Path) -> None:
    assert compiled(compiler, tmp_path, payloads=payloads_of(contract, varied(contract.example, 4000))) == ""


def test_what_runs_is_what_was_written(compiler: str, tmp_path: Path) -> None:
    node = shutil.which("node")
    if node is None:
        pytest.skip("there is no node")
    # Numbers beyond 2**53 are rounded by every reader of JSON in JavaScript.
    payloads = [{**odd_payload(), "whole": 2**53}, *({name: [said]} for name in NAMES for said in BREAK_OUTS)]
    (tmp_path / "payloads.ts").write_text(payloads_of(api.load(), payloads, None), "utf-8")
    words = [compiler, "--outDir", ".", "--target", "es2020", "--module", "esnext", "payloads.ts"]
    subprocess.run(words, cwd=tmp_path, check=True)
    program = 'import { payloads } from "./payloads.js"; process.stdout.write(JSON.stringify(payloads))'
    (tmp_path / "show.mjs").write_text(program, "utf-8")
    (tmp_path / "package.json").write_text('{"type": "module"}', "utf-8")
    shown = subprocess.run([node, "show.mjs"], cwd=tmp_path, capture_output=True, check=True).stdout
    assert json.loads(shown) == payloads


def test_no_word_of_a_page_or_payload_becomes_code() -> None:
    odd = contract_of(odd_schema())
    for text in (types_of(odd, "loose"), payloads_of(odd, [odd_payload()])):
        code = _QUIET.sub(" ", text)
        assert not re.search(r"\bpwned\b", code)
        assert not set(code) & set("'`#@\\\u2028\u2029")
        assert code.count("{") == code.count("}")
        assert code.count('"') == code.count("*/") == code.count("//") == 0
        assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028-\u202e\ud800-\udfff]", text)
        assert not re.search(r"(^|[^\\])@", "".join(one for one in _QUIET.findall(text) if one[0] == "/"))


def test_the_types_say_what_the_page_says(contract: Contract) -> None:
    text = types_of(contract)
    assert "  /** 提交时间 (page lines 39-42) */\n  submitTime?: number;\n" in text
    assert "  buttons: TaskFetchButton[];\n" in text
    status = text.partition("export type TaskFetchStatus =")[2].partition(";")[0]
    assert status.split() == ["|", '"NOT_START"', "|", '"SUBMITTED"', "|", '"IN_PROGRESS"', "|", '"FAILURE"', "|", '"SUCCESS"',
                              "|", "(string", "&", "{})"]  # fmt: skip


def test_a_profile_says_what_may_be_null_or_absent(contract: Contract) -> None:
    assert "  buttons: TaskFetchButton[] | null;\n" in types_of(contract, "go-relay")
    assert "  buttons?: (TaskFetchButton | null)[] | null;\n" in types_of(contract, "java-proxy")
    assert '  | "MODAL"\n  | (string & {});\n' in types_of(contract, "go-relay")


def test_every_odd_name_is_a_member_once() -> None:
    body = types_of(contract_of(odd_schema())).partition("interface OddOdd {")[2].partition("\n}\n")[0]
    names = re.findall(r'^  ("(?:[^"\\]|\\.)*"|[\w$]+)\??: string;$', body, re.MULTILINE)
    # JSON has no \u{…}, which code points above four digits are written with.
    plain = [re.sub(r"\\u\{([0-9a-f]+)\}", lambda match: f"\\u{int(match[1], 16):04x}", name) for name in names]
    big = [name for name in plain if "\\ue0041" in name]
    assert [json.loads(name) if name[0] == '"' else name for name in plain if name not in big] == [
        name for name in NAMES if "\U000e0041" not in name
    ]
    assert len(big) == 1
