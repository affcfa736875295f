"""`docpact validate` as a user meets it: what it prints, and the exit code."""

from __future__ import annotations

import io
import json
import os
import re
import signal
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

from docpact import captures
from docpact.cli import main
from docpact.cli import validate as verb

if TYPE_CHECKING:
    from pathlib import Path


class Ran:
    def __init__(self, *arguments: str | Path, stdin: bytes = b"") -> None:
        out, err = io.StringIO(), io.StringIO()
        self.code = main([str(a) for a in arguments], io.BytesIO(stdin), out, err)
        self.out, self.err = out.getvalue(), err.getvalue()

    @property
    def report(self) -> dict[str, Any]:
        report: dict[str, Any] = json.loads(self.out)
        return report


def validate(*arguments: str | Path, stdin: bytes = b"") -> Ran:
    return Ran("validate", *arguments, stdin=stdin)


@pytest.fixture
def good(tmp_path: Path, example: dict[str, Any]) -> Path:
    path = tmp_path / "good.json"
    path.write_text(json.dumps(example, ensure_ascii=False, indent=2), "utf-8")
    return path


@pytest.fixture
def bad(tmp_path: Path, example: dict[str, Any]) -> Path:
    path = tmp_path / "bad.json"
    example["status"] = "DONE"
    path.write_text(json.dumps(example, ensure_ascii=False, indent=2), "utf-8")
    return path


def test_a_payload_that_conforms_gives_0_and_says_so(good: Path) -> None:
    ran = validate(good)
    assert ran.code == 0
    assert "conforms  1 payload without errors; contract task-fetch, profile documented" in ran.out
    assert ran.err == ""


def test_a_breach_is_told_with_place_value_list_page_line_and_hint(bad: Path) -> None:
    ran = validate(bad, "--layer", "documented")
    assert ran.code == 1
    assert ran.out == (
        "error documented-enum  status is 'DONE', which the page does not list\n"
        f"  at    {bad}:14:13 /status\n"
        "  known NOT_START, SUBMITTED, IN_PROGRESS, FAILURE, SUCCESS\n"
        "  page  59-60: 枚举值: ⏎ NOT_STARTSUBMITTEDIN_PROGRESSFAILURESUCCESS\n"
        "  hint  a client that switches over the listed values does not know this one; a profile may know it\n"
        "\n"
        "violates  1 of 1 payload with errors; contract task-fetch, profile documented\n"
        "  1 error, 0 warnings: documented-enum 1\n"
    )


def test_the_json_report_has_the_keys_that_other_programs_read(bad: Path) -> None:
    ran = validate(bad, "--format", "json", "--layer", "documented")
    report = ran.report
    assert ran.code == 1
    assert report["verdict"] == "violates"
    assert report["contract"]["name"] == "task-fetch"
    assert len(report["contract"]["schema_sha256"]) == 64
    assert report["contract"]["profile"] == "documented"
    summary = {k: report["summary"][k] for k in ("payloads", "conforming", "violating", "unreadable", "findings", "by_rule")}
    assert summary == {
        "payloads": 1, "conforming": 0, "violating": 1, "unreadable": 0, "findings": 1, "by_rule": {"documented-enum": 1},
    }  # fmt: skip
    (finding,) = report["findings"]
    assert finding["place"] == {"source": str(bad), "line": 14, "column": 13, "pointer": "/status"}
    assert finding["found"] == "DONE"
    assert finding["expected"] == ["NOT_START", "SUBMITTED", "IN_PROGRESS", "FAILURE", "SUCCESS"]
    assert finding["clause"]["page"] == "contracts/task-fetch/page.txt"
    assert finding["clause"]["lines"] == [59, 60]
    assert set(finding) == {
        "rule", "layer", "severity", "place", "found", "expected", "message", "hint", "clause", "fingerprint",
    }  # fmt: skip


def test_equal_findings_of_many_payloads_are_one_entry_and_all_are_in_the_json(tmp_path: Path, example: dict[str, Any]) -> None:
    path = tmp_path / "many.ndjson"
    lines = [{**example, "status": "DONE", "id": str(1_000_000_000 + n)} for n in range(500)]
    path.write_text("".join(json.dumps(line) + "\n" for line in lines), "utf-8")
    ran = validate(path, "--layer", "documented")
    assert ran.out.count("documented-enum") == 2
    assert f"500 times, first {path}:1:" in ran.out
    assert f"last {path}:500:" in ran.out
    report = validate(path, "--layer", "documented", "--format", "json").report
    assert [finding["place"]["line"] for finding in report["findings"]] == list(range(1, 501))
    limited = validate(path, "--layer", "documented", "--format", "json", "--max-findings", "3").report
    assert (len(limited["findings"]), limited["summary"]["findings"]) == (3, 500)


def test_standard_input_files_and_folders_are_judged_together(good: Path, bad: Path) -> None:
    ran = validate("-", good, bad.parent, "--format", "json", stdin=b'{"buttons": null}')
    assert ran.report["summary"]["payloads"] == 4
    assert {f["place"]["source"] for f in ran.report["findings"]} >= {"<stdin>", str(bad)}


def test_a_list_body_is_a_finding_and_is_judged_item_by_item_when_asked(tmp_path: Path, example: dict[str, Any]) -> None:
    path = tmp_path / "list.json"
    path.write_text(json.dumps([example, {**example, "status": "DONE"}], indent=1), "utf-8")
    plain = validate(path)
    assert plain.code == 1
    assert "documented-body" in plain.out
    assert f"docpact validate --each {path}" in plain.out
    each = validate(path, "--each", "--layer", "documented", "--format", "json").report
    assert each["summary"]["payloads"] == 2
    (finding,) = each["findings"]
    assert (finding["place"]["item"], finding["place"]["pointer"]) == (1, "/status")
    lines = path.read_text("utf-8").splitlines()
    assert '"DONE"' in lines[finding["place"]["line"] - 1][finding["place"]["column"] - 1 :]


@pytest.mark.parametrize("body", ["[]", "[[]]", "[1]"])
def test_a_list_without_tasks_is_a_finding_too(body: str) -> None:
    ran = validate("-", "--each", stdin=body.encode())
    assert ran.code == 1
    assert "documented-body" in ran.out


def test_the_profile_that_explains_most_is_named(root: Path) -> None:
    ran = validate(root / "examples/captures/go-relay/imagine-polls.ndjson")
    assert "4 of 4 findings are how a `go-relay` behaves: `--profile go-relay` accepts all of them" in ran.out
    assert validate(root / "examples/captures/go-relay/imagine-polls.ndjson", "--profile", "go-relay", "--stories").code == 0


def test_stories_are_judged_by_id_in_the_order_of_the_file(root: Path) -> None:
    path = root / "examples/captures/broken/polls-that-go-back.ndjson"
    assert validate(path).code == 0
    ran = validate(path, "--stories")
    assert ran.code == 1
    assert "end-left" in ran.out
    assert "in 1 story" in ran.out


def test_two_interleaved_stories_are_kept_apart(tmp_path: Path, example: dict[str, Any]) -> None:
    running = {**example, "status": "IN_PROGRESS", "progress": "46%", "finishTime": 0, "buttons": [], "imageUrl": ""}
    other = {**running, "id": "1724963337999111", "submitTime": 1724963337999, "progress": "15%"}
    path = tmp_path / "two.ndjson"
    path.write_text("\n".join(json.dumps(p) for p in (running, other, running, other)), "utf-8")
    ran = validate(path, "--stories")
    assert ran.code == 0, ran.out
    assert "in 2 stories" in ran.out


def test_two_tasks_that_are_alike_but_for_their_ids_are_two_stories(tmp_path: Path, example: dict[str, Any]) -> None:
    path = tmp_path / "two.ndjson"
    path.write_text("\n".join(json.dumps({**example, "id": f"172496333711476{n}"}) for n in (7, 8, 7, 8)), "utf-8")
    ran = validate(path, "--stories")
    assert ran.code == 0
    assert "in 2 stories" in ran.out


def test_the_files_of_a_folder_are_the_polls_of_a_task_and_two_files_of_lines_are_not(
    tmp_path: Path, example: dict[str, Any]
) -> None:
    running = {**example, "status": "IN_PROGRESS", "progress": "46%", "finishTime": 0, "buttons": [], "imageUrl": ""}
    for name, payload in (("1.json", example), ("2.json", running)):
        (tmp_path / name).write_text(json.dumps(payload), "utf-8")
    assert "end-left" in validate(tmp_path, "--stories").out
    for name in ("1.json", "2.json"):
        (tmp_path / name).rename(tmp_path / f"{name[0]}.ndjson")
    assert validate(tmp_path, "--stories").code == 0


def test_the_task_that_was_asked_for_can_be_given(good: Path) -> None:
    assert validate(good, "--task", "1724963337114767").code == 0
    assert "id-mismatch" in validate(good, "--task", "1").out


def test_an_unreadable_file_gives_3_and_the_others_are_judged(good: Path, bad: Path, tmp_path: Path) -> None:
    ran = validate(good, tmp_path / "none.json")
    assert ran.code == 3
    assert "unreadable" in ran.out
    assert "not-established" in ran.out
    assert "1 payload without errors" in ran.out
    assert validate(bad, tmp_path / "none.json").code == 1


def test_nothing_to_judge_gives_4(tmp_path: Path) -> None:
    (tmp_path / "notes.md").write_text("# notes")
    ran = validate(tmp_path)
    assert ran.code == 4
    assert "nothing to judge" in ran.out
    assert "notes.md (holds no JSON)" in ran.out


def test_fail_on_decides_what_a_warning_does(good: Path, bad: Path) -> None:
    warned = json.dumps({**json.loads(good.read_bytes()), "progress": "93%"}).encode()
    assert validate(good, "--fail-on", "warning").code == 0
    assert validate("-", stdin=warned).code == 0
    assert validate("-", "--fail-on", "warning", stdin=warned).code == 1
    assert validate(bad, "--fail-on", "never").code == 0
    assert validate(bad, "--fail-on", "never", "--format", "json").report["verdict"] == "violates"


def test_a_report_is_written_whole_to_a_file(bad: Path, tmp_path: Path) -> None:
    target = tmp_path / "deep" / "report.json"
    assert validate(bad, "--format", "json", "--output", target).code == 1
    assert json.loads(target.read_bytes())["verdict"] == "violates"
    assert [p.name for p in target.parent.iterdir()] == ["report.json"]


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ([], "name what to judge"),
        (["x", "--profile", "go"], "has no profile 'go'"),
        (["x", "--layer", "coherrent"], "no layer 'coherrent'"),
        (["x", "--contract", "nothing"], "no contract 'nothing'"),
        (["x", "--max-bytes", "many"], "is no size"),
        (["x", "--max-findings", "-1"], "below 0"),
        (["x", "--formt", "json"], "unrecognized arguments"),
        (["x", "--format", "yml"], "invalid choice"),
        (["x", "--waivers", "/nowhere/w.toml"], "cannot be read"),
        (["-", "--output", "/proc/none/report"], "cannot write"),
    ],
)
def test_wrong_usage_gives_2_with_a_hint_and_no_traceback(arguments: list[str], says: str) -> None:
    ran = validate(*arguments, stdin=b"{}")
    assert ran.code == 2
    assert says in ran.err
    assert "hint: " in ran.err
    assert "Traceback" not in ran.err


def test_help_and_version_give_0_and_no_command_gives_2() -> None:
    assert "examples:" in validate("--help").out
    assert Ran("--version").out.startswith("docpact 0.")
    assert Ran().code == 2
    nearest = Ran("valdate")
    assert (nearest.code, "docpact validate?" in nearest.err) == (2, True)


def test_a_bug_of_ours_gives_70_and_says_where_to_report_it(good: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(verb, "load", lambda _: 1 / 0)
    ran = validate(good)
    assert ran.code == 70
    assert "ZeroDivisionError" in ran.err
    assert "report" in ran.err


def test_an_interrupted_run_reports_what_was_found(bad: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = captures.read

    def interrupted(*arguments: Any) -> Any:
        yield from real(*arguments)
        raise KeyboardInterrupt

    monkeypatch.setattr(captures, "read", interrupted)
    ran = validate(bad)
    assert ran.code == 130
    assert "documented-enum" in ran.out
    assert "interrupted" in ran.out


def test_ctrl_c_on_a_real_process_gives_130_and_the_partial_report(example: dict[str, Any]) -> None:
    command = [sys.executable, "-m", "docpact", "validate", "-", "--layer", "documented"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdin is not None
        line = json.dumps({**example, "status": "DONE"}).encode() + b"\n"
        # More than a pipe holds and one read takes: when it is written, the first lines have been judged.
        process.stdin.write(line * 400)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=20)
    assert process.returncode == 130, err
    assert b"documented-enum" in out
    assert b"interrupted" in out


def test_a_reader_that_goes_away_is_no_error(root: Path) -> None:
    command = f"{sys.executable} -m docpact validate {root}/examples/captures | head -1"
    done = subprocess.run(["/bin/bash", "-o", "pipefail", "-c", command], capture_output=True, timeout=30, check=False)
    assert b"Traceback" not in done.stderr
    assert b"Exception" not in done.stderr


def in_shell(root: Path, command: str) -> subprocess.CompletedProcess[bytes]:
    docpact = f"{sys.executable} -m docpact"
    # Buffered, as users have it: what is left in a buffer is written when Python ends.
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONUNBUFFERED"}
    return subprocess.run(
        ["/bin/bash", "-c", command.replace("docpact", docpact, 1)],
        cwd=root, env=environment, capture_output=True, timeout=30, check=False,
    )  # fmt: skip


@pytest.mark.parametrize("name", ["examples/captures/go-relay/imagine-polls.ndjson", "examples/captures", "none.json"])
@pytest.mark.parametrize("where", ["> /dev/full", ">&-"])
def test_an_output_that_takes_nothing_is_a_plain_error(root: Path, name: str, where: str) -> None:
    done = in_shell(root, f"docpact validate {name} {where}")
    assert done.returncode == 2
    assert done.stderr.startswith(b"docpact: cannot go on: ")
    assert b"Traceback" not in done.stderr


def test_a_file_that_is_accepted_at_once_is_told_to_nobody_where_nobody_listens(root: Path, good: Path) -> None:
    for where in ("> /dev/full", ">&-"):
        done = in_shell(root, f"docpact validate {good} {where}")
        assert (done.returncode, done.stderr.count(b"\n")) == (2, 2), done.stderr
    assert in_shell(root, f"docpact validate {good}").stdout.startswith(b"conforms")


def test_streams_that_are_closed_matter_only_where_they_are_used(root: Path, bad: Path, tmp_path: Path) -> None:
    report = tmp_path / "report.txt"
    assert in_shell(root, f"docpact validate {bad} --output {report} >&- 2>&- <&-").returncode == 1
    assert "documented-enum" in report.read_text("utf-8")
    assert in_shell(root, "docpact validate nope --contract none 2>&-").returncode == 2
    assert in_shell(root, "docpact validate nope --contract none 2>/dev/full").returncode == 2
    closed = in_shell(root, "docpact validate - <&-")
    assert (closed.returncode, b"standard input is closed" in closed.stderr) == (2, True)


def test_an_output_that_cannot_be_written_is_told_before_anything_is_judged(
    good: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(verb, "_judge", lambda *_: 1 / 0)
    (tmp_path / "file").write_text("")
    for output in (tmp_path, tmp_path / "file" / "report", "/dev/null", "/proc/none/report"):
        ran = validate(good, "--output", output)
        assert (ran.code, "cannot write" in ran.err) == (2, True), ran.err
    assert sorted(path.name for path in tmp_path.iterdir()) == ["file", "good.json"]


def test_a_terminal_without_unicode_gets_escapes(bad: Path) -> None:
    env = {**os.environ, "PYTHONIOENCODING": "ascii", "LC_ALL": "C"}
    done = subprocess.run([sys.executable, "-m", "docpact", "validate", str(bad)], capture_output=True, env=env, check=False)
    assert done.returncode == 1
    assert done.stdout.isascii()


def test_colours_are_for_terminals_and_never_with_no_color(bad: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "\x1b" not in validate(bad).out
    monkeypatch.setenv("FORCE_COLOR", "1")
    assert "\x1b[31m" in validate(bad).out
    monkeypatch.setenv("NO_COLOR", "1")
    assert "\x1b" not in validate(bad).out


def test_waivers_accept_expire_and_are_told_when_unused(bad: Path, tmp_path: Path) -> None:
    waivers = tmp_path / "waivers.toml"
    table = '[[waiver]]\nrule = "{}"\nowner = "ann"\nreason = "known"\nexpires = {}\n'
    waivers.write_text(table.format("documented-enum", "2999-01-01") + table.format("stuck", "2999-01-01"))
    ran = validate(bad, "--layer", "documented", "--waivers", waivers)
    assert ran.code == 0
    assert "1 finding waived" in ran.out
    assert "unused: the waiver of stuck by ann" in ran.out
    waivers.write_text(table.format("documented-enum", "2020-01-01"))
    ran = validate(bad, "--layer", "documented", "--waivers", waivers, "--format", "json")
    assert ran.code == 1
    assert ran.report["waivers"] == {"expired": ["documented-enum"], "unused": []}


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('[[waiver]]\nrule = "stuck"', "has no owner"),
        ('[[waiver]]\nrule = "stuk"\nowner = "a"\nreason = "b"\nexpires = 2999-01-01', "no rule 'stuk'"),
        ('[[waiver]]\nrule = "stuck"\nowner = "a"\nreason = "b"\nexpires = "2999-01-01"', "is no date"),
        ('[[waivers]]\nrule = "stuck"', "did you mean 'waiver'"),
        ("waiver = 1", "waiver in .* is not a list of tables"),
        ("waiver = [1]", "waiver in .* is not a list of tables"),
        ("[[waiver]]\nrule = [1]", "rule in .* is not a text"),
        ('[[waiver]]\nrule = "stuck"\npointer = "status"', "pointer in .* is not a pointer"),
    ],
)
def test_a_waiver_that_lacks_something_is_an_error(good: Path, tmp_path: Path, text: str, says: str) -> None:
    waivers = tmp_path / "w.toml"
    waivers.write_text(text)
    ran = validate(good, "--waivers", waivers)
    assert ran.code == 2
    assert re.search(says, ran.err)


@pytest.mark.parametrize("option", ["--waivers", "--contract", "--output", "--url-pattern"])
def test_a_secret_in_an_argument_is_not_repeated(good: Path, option: str) -> None:
    secret = "hunter2hunter2"  # noqa: S105 - it must not come out
    address = f"re:(https://u:{secret}@h/x?token={secret}" if option == "--url-pattern" else f"https://u:{secret}@h/x?{secret}"
    ran = validate(good, option, f"/proc/{address}" if option == "--output" else address)
    assert (ran.code, secret in ran.out + ran.err) == (2, False), ran.err


def test_half_a_surrogate_pair_is_told_where_it_stands() -> None:
    body = b'{"buttons":[],\n\n"prompt":"\\ud800", "\\udc00": 1}'
    ran = validate("-", "--format", "json", stdin=body)
    places = [finding["place"] for finding in ran.report["findings"] if finding["rule"] == "json-surrogate"]
    assert sorted((place["line"], place["column"]) for place in places) == [(3, 10), (3, 30)]


@pytest.mark.parametrize("body", ["[]", "[[1]]", '["a"]'])
def test_what_each_finds_in_a_list_does_not_advise_each(body: str) -> None:
    ran = validate("-", "--each", stdin=body.encode())
    assert "documented-body" in ran.out
    assert "--each" not in ran.out


def test_a_body_that_is_no_object_is_told_with_its_article() -> None:
    assert "the body is a string instead of an object" in validate("-", stdin=b'"x"').out
    assert "the body is null instead of an object" in validate("-", stdin=b"null").out


def test_an_option_that_there_is_not_points_to_the_help_of_its_verb(good: Path) -> None:
    assert "hint: docpact validate --help" in validate(good, "--formt", "json").err
    assert "hint: docpact --help" in Ran("--formt").err


@pytest.mark.parametrize(("arguments", "says"), [(["x", "--task", ""], "--task is empty"), ([""], "an input has no name")])
def test_an_argument_that_is_empty_is_refused(arguments: list[str], says: str) -> None:
    ran = validate(*arguments)
    assert (ran.code, says in ran.err) == (2, True)


def test_a_pattern_that_nothing_fits_does_not_ask_for_quotes_that_are_there(tmp_path: Path) -> None:
    ran = validate(tmp_path / "*.json")
    assert (ran.code, "no file fits" in ran.out, "quote" in ran.out) == (3, True, False)


def test_what_makes_a_clean_run_fail_is_told_beside_the_verdict(good: Path, tmp_path: Path) -> None:
    waivers = tmp_path / "w.toml"
    waivers.write_text('[[waiver]]\nrule = "stuck"\nowner = "a"\nreason = "b"\nexpires = 2020-01-01')
    assert "violates  1 payload without errors, but 1 waiver expired;" in validate(good, "--waivers", waivers).out
    warned = json.dumps({**json.loads(good.read_bytes()), "progress": "93%"}).encode()
    ran = validate("-", "--fail-on", "warning", stdin=warned)
    assert "violates  1 payload without errors, but 1 warning;" in ran.out


@pytest.mark.parametrize(
    ("rule", "pointer", "code"),
    [
        ("documented-null", "/imageURL", 2),
        ("button-style", "/buttons/*/styl", 2),
        ("documented-null", "/imageUrl", 0),
        ("button-style", "/buttons/3/style", 0),
        ("undocumented-member", "/imageURL", 0),
        ("json-surrogate", "/imageURL", 0),
        ("documented-error-body", "", 0),
    ],
)
def test_a_waiver_for_a_member_that_there_is_not_is_refused(
    good: Path, tmp_path: Path, rule: str, pointer: str, code: int
) -> None:
    waivers = tmp_path / "w.toml"
    table = f'[[waiver]]\nrule = "{rule}"\npointer = "{pointer}"\nowner = "a"\nreason = "b"\nexpires = 2999-01-01'
    waivers.write_text(table)
    ran = validate(good, "--waivers", waivers)
    assert ran.code == code
    assert code == 0 or "did you mean /" in ran.err


@pytest.mark.parametrize("between", [b"\n", b"\r", b" "])
def test_several_texts_in_one_file_are_told_as_such(tmp_path: Path, between: bytes) -> None:
    path = tmp_path / "two.json"
    one = b'{\n"buttons": []\n}' if between == b"\n" else b'{"buttons": []}'
    path.write_bytes(one + between + one)
    ran = validate(path)
    assert "json-trailing" in ran.out
    assert "several JSON texts in one file" in ran.out


def test_a_wrapper_that_is_not_understood_says_what_to_write() -> None:
    ran = validate("-", stdin=b'{"asked": 5, "payload": {"buttons": []}}')
    assert (ran.code, "hint  write the id that was asked for, a text" in ran.out) == (1, True)
    good = b'{"at": "2025-01-31T12:00:00Z", "payload": {"buttons": []}}'
    assert validate("-", stdin=good).code == 0


def test_a_clean_run_loads_nothing_that_only_others_need(tmp_path: Path, example: dict[str, Any]) -> None:
    (tmp_path / "three.ndjson").write_text(f"{json.dumps(example)}\n" * 3, "utf-8")
    idle = {"shutil", "tempfile", "random", "lzma", "pathlib", "urllib.parse", "docpact.files"}
    idle |= {"docpact.baseline", "docpact.waivers", "docpact.sampling", "docpact.scale", "docpact.inputs.compressed"}
    code = (
        # What the interpreter, or a package that docpact stands on, has loaded of itself says nothing.
        "import sys, argparse, msgspec; before = set(sys.modules)\n"
        "from docpact.cli import main; main(sys.argv[1:])\n"
        f"print(sorted(({idle!r} - before) & set(sys.modules)))"
    )
    command = [sys.executable, "-c", code, "validate", str(tmp_path / "three.ndjson")]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[1:] == ["[]"]
