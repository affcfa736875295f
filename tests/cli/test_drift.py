"""`docpact drift`: what it prints, where it writes, how it ends, and what it does with hostile captures."""

from __future__ import annotations

import gzip
import json
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from counting import run

from docpact import captures

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[2]
FAMILY = ROOT / "examples" / "captures" / "go-relay"

LINES = [
    {"id": "1", "buttons": [], "status": "SUBMITTED"},
    {"id": "1", "buttons": None, "status": "PAUSED", "videoUrl": None},
    {"id": "1", "buttons": [], "status": "SUCCESS", "videoUrl": "v"},
]


@pytest.fixture
def lines(tmp_path: Path) -> Path:
    path = tmp_path / "polls.ndjson"
    path.write_text("".join(f"{json.dumps(line)}\n" for line in LINES), "utf-8")
    return path


def report(*arguments: str | Path) -> dict[str, Any]:
    ran = run("drift", *arguments, "--format", "json")
    told: dict[str, Any] = json.loads(ran.out)
    return told


def test_what_departs_is_told_with_how_often_and_where(lines: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(lines.parent)
    ran = run("drift", "polls.ndjson", "--stories", "--isolated")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.splitlines()[:13] == [
        "values that the page does not list  documented-enum",
        '  /status  "PAUSED"  1 of 3  first polls.ndjson:2',
        "      came after SUBMITTED 1; went on to SUCCESS 1",
        "",
        "nulls that the page does not allow  documented-null",
        "  /buttons  1 of 3  first polls.ndjson:2",
        "",
        "members that the page does not name  undocumented-member",
        '  /videoUrl  null 1, string 1: "v"  2 of 3  first polls.ndjson:2, last polls.ndjson:3',
        "",
        "steps of the status, in 1 story",
        "  PAUSED → SUCCESS  1  the lifecycle does not know PAUSED",
        "  SUBMITTED → PAUSED  1  the lifecycle does not know PAUSED",
    ]
    assert "  values   /status: NOT_START, IN_PROGRESS, FAILURE\n" in ran.out
    assert (
        "\ndrifted  3 departures from the page in 3 payloads in 1 story; contract task-fetch, profile documented\n" in ran.out
    )


def test_members_are_listed_where_they_are_asked_for(lines: Path) -> None:
    assert "members that the page names\n" not in run("drift", lines).out
    out = run("drift", lines, "--members").out
    assert any(row.split() == ["/buttons", "*", "3", "0", "1", "2", "array", "2"] for row in out.splitlines())


def test_the_json_report_has_keys_that_stay(lines: Path) -> None:
    told = report(lines, "--stories")
    assert list(told) == [
        "docpact", "verdict", "contract", "summary", "departures", "excused", "never_seen", "members", "times", "statuses",
        "steps", "beyond", "passed_over", "errors", "unreadable",
    ]  # fmt: skip
    assert told["verdict"] == "drifted"
    assert told["summary"]["by_rule"] == {"documented-enum": 1, "documented-null": 1, "undocumented-member": 1}
    first = {"source": str(lines), "line": 2}
    assert told["departures"][0] == {
        "rule": "documented-enum", "pointer": "/status", "found": "PAUSED",
        "expected": ["NOT_START", "SUBMITTED", "IN_PROGRESS", "FAILURE", "SUCCESS"],
        "times": 1, "of": 3, "first": first, "last": first, "excused_by": [],
    }  # fmt: skip
    assert told["steps"][0]["from"] == "PAUSED"
    assert [status["status"] for status in told["statuses"]] == ["PAUSED", "SUBMITTED", "SUCCESS"]


def test_markdown_holds_nothing_that_a_payload_could_begin(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text(json.dumps({"buttons": [], "status": "|<img>@x", "a|b": 1}), "utf-8")
    out = run("drift", tmp_path, "--format", "markdown").out
    assert out.startswith("### docpact drift: ⚠️ drifted\n")
    row = next(line for line in out.splitlines() if "&#124;&#60;img" in line)
    assert row.count("|") == 7
    polls = "".join(json.dumps({"id": "1", "buttons": [], "status": status}) + "\n" for status in ("SUBMITTED", "A|B"))
    (tmp_path / "b.ndjson").write_text(polls, "utf-8")
    out = run("drift", tmp_path / "b.ndjson", "--stories", "--format", "markdown").out
    assert "| <code>SUBMITTED</code> → <code>A&#124;B</code> | 1 | the lifecycle does not know A&#124;B |" in out
    assert "@" not in out


def test_a_profile_leaves_out_what_it_knows_and_one_is_named_that_would() -> None:
    plain = run("drift", FAMILY)
    assert "are how a `go-relay` behaves: `--profile go-relay` leaves them out\n" in plain.out
    known = run("drift", FAMILY, "--profile", "go-relay")
    assert known.out.splitlines()[-2].startswith("  the profile go-relay knows ")
    assert "\nas-documented  nothing but what the page says in 7 payloads; " in f"\n{known.out}"


@pytest.mark.parametrize("name", ["a.json", "a.ndjson.gz", "-"])
def test_what_validate_reads_is_read(tmp_path: Path, name: str) -> None:
    content = "".join(f"{json.dumps(line)}\n" for line in LINES).encode()
    if name == "-":
        ran = run("drift", "-", stdin=content)
    else:
        (tmp_path / name).write_bytes(gzip.compress(content) if name.endswith(".gz") else content)
        ran = run("drift", tmp_path / name)
    assert "3 departures from the page in 3 payloads;" in ran.out


def test_recordings_are_read_too() -> None:
    told = report(ROOT / "cassettes" / "go-relay.json", "--stories", "--profile", "go-relay")
    assert told["summary"]["payloads"] > 5
    assert told["summary"]["departures"] == 0
    assert {"SUBMITTED", "IN_PROGRESS"} <= {step["to"] for step in told["steps"]}


def exchange(task: str, status: str) -> dict[str, Any]:
    body = json.dumps({"buttons": [], "status": status})
    request = {"method": "GET", "url": f"https://relay.example/mj/task/{task}/fetch"}
    return {"request": request, "response": {"status": 200, "content": {"mimeType": "application/json", "text": body}}}


def test_recorded_polls_without_an_id_belong_to_the_id_that_was_asked_for(tmp_path: Path) -> None:
    polled = [("1", "SUBMITTED"), ("2", "NOT_START"), ("1", "SUCCESS"), ("2", "SUBMITTED")]
    har = {"log": {"version": "1.2", "entries": [exchange(*one) for one in polled]}}
    (tmp_path / "polls.har").write_text(json.dumps(har), "utf-8")
    told = report(tmp_path / "polls.har", "--stories")
    assert {(step["from"], step["to"]) for step in told["steps"]} == {("SUBMITTED", "SUCCESS"), ("NOT_START", "SUBMITTED")}
    none = run("drift", tmp_path / "polls.har", "--url-pattern", "*/v2/tasks/{id}")
    assert none.code == 4


def test_a_list_body_is_taken_item_by_item_where_that_is_asked_for(tmp_path: Path) -> None:
    (tmp_path / "list.json").write_text(json.dumps(LINES), "utf-8")
    alone = run("drift", tmp_path / "list.json")
    said = "1 body is no object, as the page documents it; --each takes a list item by item"
    assert (alone.code, said in alone.out) == (4, True)
    told = report(tmp_path / "list.json", "--each")
    assert told["departures"][0]["first"]["item"] == 1


# --- How it ends ---


def test_it_ends_with_0_whatever_it_has_seen_unless_it_is_told_otherwise(lines: Path) -> None:
    assert run("drift", lines).code == 0
    assert run("drift", lines, "--fail-on", "drift").code == 1
    (lines.parent / "plain.json").write_text('{"buttons": []}', "utf-8")
    assert run("drift", lines.parent / "plain.json", "--fail-on", "drift").code == 0


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((), "name the captures to read"),
        (("",), "an input has no name"),
        (("x.json", "--fail-on", "new"), "--fail-on new needs to know what is not new"),
        (("x.json", "--run", "monday"), "--run names a run in a ledger, and there is none"),
        (("x.json", "--label", ""), "--label is empty"),
        (("x.json", "--output", "/dev/null/x"), "cannot write"),
        (("x.json", "--ledger", "/dev/null/x"), "cannot write"),
        (("x.json", "--profile", "go-rely"), "has no profile 'go-rely'"),
        (("x.json", "--url-pattern", "re:("), "--url-pattern"),
        (("x.json", "--max-bytes", "lots"), "is no size"),
        (("x.json", "--format", "html"), "html"),
    ],
)
def test_wrong_usage_is_2_and_says_what_to_do(arguments: tuple[str, ...], said: str) -> None:
    ran = run("drift", *arguments)
    assert (ran.code, ran.out) == (2, "")
    assert said in ran.err
    assert "hint: " in ran.err


def test_what_cannot_be_read_is_3_and_the_rest_is_told(lines: Path) -> None:
    ran = run("drift", lines, lines.parent / "gone.json")
    assert ran.code == 3
    assert "unreadable" in ran.out
    assert "3 departures from the page in 3 payloads" in ran.out


def test_a_capture_that_breaks_off_is_3(tmp_path: Path) -> None:
    whole = gzip.compress("".join(f"{json.dumps({'buttons': [], 'id': str(n)})}\n" for n in range(5000)).encode())
    (tmp_path / "cut.ndjson.gz").write_bytes(whole[: len(whole) // 2])
    ran = run("drift", tmp_path)
    assert ran.code == 3
    assert "1 text: the capture breaks off; first " in ran.out


@pytest.mark.parametrize("content", [b"", b"  \n", b"[]", b'{"code": 4, "description": "busy"}', b"nonsense"])
def test_nothing_to_look_at_is_4(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "a.json").write_bytes(content)
    ran = run("drift", tmp_path / "a.json")
    assert ran.code == 4
    assert "not-established" in ran.out


def test_texts_that_hold_no_payload_are_counted_and_passed_over(tmp_path: Path) -> None:
    (tmp_path / "a.ndjson").write_bytes(b'{"buttons": []}\nnonsense\n{"at": "noon", "payload": {}}\n{"buttons": []}\n')
    told = report(tmp_path / "a.ndjson")
    assert told["summary"]["payloads"] == 2
    assert {row["what"]: row["first"]["line"] for row in told["passed_over"]} == {
        "no JSON that can be read": 2,
        "a poll whose time or id cannot be understood": 3,
    }


def test_ctrl_c_tells_what_was_seen_and_leaves_the_ledger_alone(lines: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    read = captures.read

    def interrupted(*arguments: Any) -> Iterator[Any]:
        yield from read(*arguments)
        raise KeyboardInterrupt

    monkeypatch.setattr(captures, "read", interrupted)
    ledger = lines.parent / "ledger.json"
    ran = run("drift", lines, "--ledger", ledger)
    assert ran.code == 130
    assert "3 departures from the page in 3 payloads" in ran.out
    assert "interrupted: this is what was seen until then\n" in ran.out
    assert (ran.err, ledger.exists()) == ("docpact: interrupted: the ledger was not written\n", False)


def test_stories_need_to_know_where_id_and_status_stand(tmp_path: Path) -> None:
    folder = tmp_path / "plain"
    folder.mkdir()
    (folder / "page.txt").write_text("x\n", "utf-8")
    (folder / "contract.toml").write_text("", "utf-8")
    (folder / "openapi.json").write_text("{}", "utf-8")
    (folder / "plain.schema.json").write_text('{"type": "object", "properties": {"name": {"type": "string"}}}', "utf-8")
    (tmp_path / "a.json").write_text('{"name": 5}', "utf-8")
    assert (
        "1 departure from the page in 1 payload; contract plain" in run("drift", tmp_path / "a.json", "--contract", folder).out
    )
    ran = run("drift", tmp_path / "a.json", "--contract", folder, "--stories")
    assert ran.code == 2
    assert "does not say where id and status stand" in ran.err


# --- The ledger and the proposal ---


def test_a_ledger_tells_what_is_new_and_a_run_fails_for_that_alone(lines: Path) -> None:
    ledger = lines.parent / "ledger.json"
    given = ("--ledger", ledger, "--label", "acme", "--fail-on", "new")
    first = run("drift", lines, *given, "--run", "monday")
    assert first.code == 1
    assert f"ledger {ledger}, run 1, monday: 3 new, 0 known" in first.out
    assert first.out.count("  new\n") == 3

    same = run("drift", lines, *given, "--run", "tuesday")
    assert same.code == 0
    assert f"run 1, monday has read the same captures: the ledger {ledger} stays as it is" in same.out

    more = lines.parent / "more.ndjson"
    more.write_text(json.dumps({"buttons": None, "status": "PAUSED"}) + "\n", "utf-8")
    known = run("drift", more, *given, "--run", "wednesday")
    assert known.code == 0
    assert "  since run 1, monday, 1 time before\n" in known.out
    assert "in the ledger, and not seen this time: /videoUrl (undocumented-member)" in known.out

    both = run("drift", lines, more, *given, "--run", "thursday")
    assert "2 sources were read by an earlier run too: counted again in the ledger" in both.out
    held = json.loads(ledger.read_text("utf-8"))
    assert [row["name"] for row in held["runs"]] == ["monday", "wednesday", "thursday"]
    paused = next(row for row in held["departures"] if row.get("found") == "PAUSED")
    assert (paused["times"], paused["first"]["run"], paused["last"]["run"]) == (4, 1, 3)


def test_captures_read_in_another_order_or_by_another_name_are_the_same(lines: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    (other / "b.ndjson").write_text(lines.read_text("utf-8"), "utf-8")
    (other / "a.json").write_text('{"buttons": [1]}', "utf-8")
    ledger = tmp_path / "ledger.json"
    run("drift", lines, other / "a.json", "--ledger", ledger)
    before = ledger.read_bytes()
    assert "has read the same captures" in run("drift", other, "--ledger", ledger).out
    assert ledger.read_bytes() == before
    # Taken as stories they say more, and are read as something else.
    assert "has read the same captures" not in run("drift", other, "--ledger", ledger, "--stories").out


def test_a_broken_ledger_is_refused_and_left_alone(lines: Path) -> None:
    ledger = lines.parent / "ledger.json"
    ledger.write_text("{", "utf-8")
    ran = run("drift", lines, "--ledger", ledger)
    assert (ran.code, ran.out, ledger.read_text("utf-8")) == (2, "", "{")


def test_a_profile_is_proposed_to_a_file_or_to_the_output_and_applied_nowhere(lines: Path) -> None:
    overlay = lines.parent / "overlay.toml"
    ran = run("drift", lines, "--label", "acme", "--suggest", overlay)
    assert "3 departures" in ran.out
    assert tomllib.loads(overlay.read_text("utf-8"))["profiles"]["acme"]["enums"] == {"/status": ["PAUSED"]}
    alone = run("drift", lines, "--label", "acme", "--suggest", "-")
    assert alone.out == overlay.read_text("utf-8")
    written = run("drift", lines, "--label", "acme", "--suggest", "-", "--output", lines.parent / "report.txt")
    assert (written.out, "3 departures" in (lines.parent / "report.txt").read_text("utf-8")) == (alone.out, True)


# --- Hostile captures ---


def test_terminal_escapes_and_secrets_stay_text(tmp_path: Path) -> None:
    secret = "sk-abcdefghijklmnopqrstuvwx012345"  # noqa: S105 - what is looked for
    payload = {"buttons": [], "status": "\x1b[31mred\x1b[0m", "\x1b]0;title\x07": "\u202e", "token": secret, secret: 1}
    (tmp_path / "a.json").write_text(json.dumps(payload), "utf-8")
    for arguments in ([], ["--format", "json"], ["--format", "markdown"], ["--suggest", "-"]):
        out = run("drift", tmp_path, "--stories", *arguments).out
        assert "\x1b" not in out
        assert "\u202e" not in out
        assert secret not in out
        assert all(line.isprintable() for line in out.splitlines())
    ledger = tmp_path / "ledger"
    run("drift", tmp_path / "a.json", "--ledger", ledger)
    assert secret not in ledger.read_text("utf-8")
    assert all(line.isprintable() for line in ledger.read_text("utf-8").splitlines())


HOSTILE: dict[str, bytes] = {
    "deep": b'{"buttons": ' + b"[" * 50_000 + b"]" * 50_000 + b"}",
    "deep where nothing is documented": b'{"buttons": [], "x": ' + b"[" * 150 + b"]" * 150 + b"}",
    "NaN": b'{"buttons": [], "submitTime": NaN, "status": Infinity}',
    "large integers": b'{"buttons": [], "submitTime": ' + b"9" * 5000 + b', "status": ' + b"8" * 300 + b"}",
    "doubled members": b'{"buttons": [], "status": "A", "status": "B"}',
    "half a pair": b'{"buttons": [], "status": "\\ud83d", "\\udc00": 1}',
    "a byte order mark": b'\xef\xbb\xbf{"buttons": []}',
    "not UTF-8": b'{"buttons": [], "status": "\xc3\x28"}',
    "UTF-16": '{"buttons": []}'.encode("utf-16"),
    "long values and names": json.dumps({"buttons": [], "status": "x" * 1_000_000, "y" * 1_000_000: "z" * 1_000_000}).encode(),
    "wrong everywhere": b'{"id": [], "status": {}, "action": [[]], "buttons": {"*": 1}, "properties": [{}], "submitTime": "x"}',
}


@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.parametrize("verb", ["drift", "coverage"])
def test_a_hostile_body_is_told_in_short_and_the_next_one_is_read(tmp_path: Path, verb: str, name: str) -> None:
    (tmp_path / "a.json").write_bytes(HOSTILE[name])
    (tmp_path / "b.json").write_bytes(b'{"buttons": []}')
    for form in ("text", "json", "markdown"):
        ran = run(verb, tmp_path, "--stories", "--format", form)
        assert (ran.code, ran.err) == (0, "")
        assert len(ran.out) < 30_000
        assert ran.out.encode()


@pytest.mark.skipif(
    not Path("/proc/self/status").exists(), reason="only Linux says how much memory a process had at its height"
)
def test_names_without_end_leave_memory_flat_and_are_said(tmp_path: Path) -> None:
    """Two hundred thousand member names and values, each seen once, take no more than the first two hundred of them."""
    path = tmp_path / "flood.ndjson"
    with path.open("w", encoding="utf-8") as file:
        for n in range(100_000):
            file.write(
                f'{{"id":"{n}","buttons":[],"status":"VALUE{n}","name{n}":{n},"properties":{{"inner{n}":"{"x" * 100}"}}}}\n'
            )
    code = (
        "import re, sys; from docpact.cli import main; code = main(sys.argv[1:]); "
        "print(re.search(r'VmHWM:\\s+(\\d+)', open('/proc/self/status').read())[1], file=sys.stderr); sys.exit(code)"
    )
    command = [sys.executable, "-c", code, "drift", str(path), "--format", "json", "--ledger", str(tmp_path / "ledger.json")]
    done = subprocess.run(command, capture_output=True, check=True, timeout=120)
    told = json.loads(done.stdout)
    assert {(row["pointer"], row["what"], row["times"]) for row in told["beyond"]} == {
        ("", "undocumented members", 99_800),
        ("/properties", "undocumented members", 99_800),
        ("/status", "unlisted values", 99_800),
    }
    assert told["summary"]["departures"] == 602
    # 21 MB on the machine where it was written; all names and values would take some 60 MB more.
    assert int(done.stderr.split()[-1]) < 40 * 1024
