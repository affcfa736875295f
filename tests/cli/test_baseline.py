"""`--baseline` and `--write-baseline`: what is known does not fail, what is new does, what is gone is told."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from judging import validate

from docpact import baseline, inputs
from docpact.errors import UsageError
from docpact.finding import Finding, Layer, Place, Severity

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def lines(tmp_path: Path, example: dict[str, Any]) -> Path:
    path = tmp_path / "lines.ndjson"
    payloads = [example, {**example, "status": "DONE"}, {**example, "status": "OVER"}, {**example, "action": 7}]
    path.write_text("".join(json.dumps(payload) + "\n" for payload in payloads), "utf-8")
    return path


def test_what_was_written_is_known_in_the_next_run(lines: Path, tmp_path: Path) -> None:
    known = tmp_path / "known.json"
    code, out, _ = validate(lines, "--write-baseline", known)
    assert (code, "documented-enum" in out) == (1, True)
    code, out, _ = validate(lines, "--baseline", known)
    assert code == 0
    assert out == ("conforms  4 payloads without errors; contract task-fetch, profile documented\n  3 known (baseline)\n")


def test_only_what_is_new_is_listed_and_fails(lines: Path, tmp_path: Path, example: dict[str, Any]) -> None:
    known = tmp_path / "known.json"
    validate(lines, "--write-baseline", known)
    with lines.open("a") as file:
        file.write(json.dumps({**example, "prompt": 1, "status": "ALSO"}) + "\n")
    code, out, _ = validate(lines, "--baseline", known, "--format", "json")
    report = json.loads(out)
    assert code == 1
    assert [finding["place"]["pointer"] for finding in report["findings"]] == ["/prompt"]
    assert report["baseline"] == {"known": 4, "unmet": []}
    assert (report["summary"]["findings"], report["summary"]["violating"]) == (1, 1)


def test_the_file_is_sorted_stable_and_counts_each_kind(lines: Path, tmp_path: Path) -> None:
    first, second = tmp_path / "first.json", tmp_path / "second.json"
    validate(lines, "--write-baseline", first)
    lines.write_text("".join(reversed(lines.read_text().splitlines(keepends=True))))
    validate(lines, "--write-baseline", second)
    assert first.read_bytes() == second.read_bytes()
    document = json.loads(first.read_text())
    assert document["baseline"] == 1
    assert [(kind["rule"], kind["pointer"], kind["count"]) for kind in document["findings"]] == [
        ("documented-enum", "/status", 2),
        ("documented-type", "/action", 1),
    ]


def test_what_is_not_met_any_more_is_told_and_leaves_the_baseline(lines: Path, tmp_path: Path) -> None:
    known = tmp_path / "known.json"
    validate(lines, "--write-baseline", known)
    lines.write_text("".join(lines.read_text().splitlines(keepends=True)[:3]))
    code, out, _ = validate(lines, "--baseline", known, "--write-baseline", known)
    assert code == 0
    assert "no longer met: documented-type /action: --write-baseline takes them out" in " ".join(out.split())
    assert [kind["pointer"] for kind in json.loads(known.read_text())["findings"]] == ["/status"]
    _, out, _ = validate(lines, "--baseline", known, "--format", "json")
    assert json.loads(out)["baseline"] == {"known": 2, "unmet": []}


def test_what_is_waived_is_not_in_the_baseline(lines: Path, tmp_path: Path) -> None:
    known, waivers = tmp_path / "known.json", tmp_path / "waivers.toml"
    waivers.write_text('[[waiver]]\nrule = "documented-enum"\nowner = "a"\nreason = "b"\nexpires = 2999-01-01\n')
    validate(lines, "--waivers", waivers, "--write-baseline", known)
    assert [kind["rule"] for kind in json.loads(known.read_text())["findings"]] == ["documented-type"]


def test_a_run_without_findings_writes_an_empty_baseline_which_can_be_read(lines: Path, tmp_path: Path) -> None:
    known = tmp_path / "known.json"
    lines.write_text(lines.read_text().splitlines()[0])
    assert validate(lines, "--write-baseline", known)[0] == 0
    assert json.loads(known.read_text()) == {"baseline": 1, "findings": []}
    assert validate(lines, "--baseline", known)[0] == 0


def test_a_baseline_that_is_missing_is_an_error_unless_it_is_being_written(lines: Path, tmp_path: Path) -> None:
    known = tmp_path / "known.json"
    code, _, err = validate(lines, "--baseline", known)
    assert (code, "cannot be read: No such file" in err, "--write-baseline" in err) == (2, True, True)
    assert validate(lines, "--baseline", known, "--write-baseline", known)[0] == 1
    assert known.exists()


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "cannot be read"),
        ("[" * 100_000, "cannot be read"),
        ("[]", "is no baseline of version 1"),
        ('{"baseline": 2, "findings": []}', "is no baseline of version 1"),
        ('{"baseline": 1, "findings": {}}', "is no baseline of version 1"),
        ('{"baseline": 1, "findings": [7]}', "finding 1 has no fingerprint that is a text"),
        ('{"baseline": 1, "findings": [{"fingerprint": "a", "rule": "b", "pointer": ""}]}', "finding 1 has no count"),
    ],
)
def test_a_file_that_is_no_baseline_is_an_error(lines: Path, tmp_path: Path, text: str, says: str) -> None:
    known = tmp_path / "known.json"
    known.write_text(text)
    code, _, err = validate(lines, "--baseline", known)
    assert code == 2
    assert says in err
    assert "Traceback" not in err


def test_an_interrupted_run_writes_no_baseline_and_calls_nothing_gone(
    lines: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = tmp_path / "known.json"
    validate(lines, "--write-baseline", known)
    before = known.read_bytes()

    def interrupted(*_: Any) -> Any:
        yield from ()
        raise KeyboardInterrupt

    monkeypatch.setattr(inputs, "read", interrupted)
    code, out, err = validate(lines, "--baseline", known, "--write-baseline", known)
    assert code == 130
    assert "no longer met" not in out
    assert "the baseline was not written" in err
    assert known.read_bytes() == before


def finding(pointer: str) -> Finding:
    return Finding("undocumented-member", Layer.DOCUMENTED, Severity.ERROR, Place("x", 1, pointer), "m", "h")


def test_a_record_is_bounded_and_names_no_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(baseline, "MOST", 2)
    record = baseline.Record()
    for pointer in ("/sk-abcdefghijkl", "/b", "/b"):
        record.take(finding(pointer))
    assert b"sk-abcdefghijkl" not in record.content()
    with pytest.raises(UsageError, match="more than 2 kinds"):
        record.take(finding("/c"))


def test_what_a_merge_left_twice_is_one_kind(tmp_path: Path) -> None:
    path = tmp_path / "known.json"
    kind = {"fingerprint": finding("/a").fingerprint, "rule": "undocumented-member", "pointer": "/a", "count": 2}
    path.write_text(json.dumps({"baseline": 1, "findings": [kind, kind]}))
    loaded = baseline.load(path)
    assert loaded.unmet == [baseline.Known("undocumented-member", "/a", 4)]
    assert loaded.knows(finding("/a"))
    assert not loaded.unmet


def test_a_baseline_that_cannot_be_written_is_refused_before_anything_is_judged(lines: Path) -> None:
    code, out, err = validate(lines, "--write-baseline", lines / "known.json")
    assert (code, out) == (2, "")
    assert "cannot write" in err
