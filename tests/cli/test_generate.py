"""`docpact generate`: what is asked for is made, the same bytes for the same seed, and nothing is left half written."""

from __future__ import annotations

import io
import json
import os
import re
import signal
import subprocess
import sys
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from docpact.cli import main
from docpact.cli.generate import KINDS
from docpact.contract import load

if TYPE_CHECKING:
    from collections.abc import Iterator

CONTRACT = load()
MEASURED = """
import resource, sys
from docpact.cli import main

main(sys.argv[1:])
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""
FIXTURES = sorted(path.parent for path in Path(__file__).parents[2].glob("fixtures/*/*/manifest.json"))
COMMAND = (sys.executable, "-m", "docpact", "generate")


def generate(*arguments: str | Path) -> tuple[int, str, str]:
    """Return the exit code, and what was printed on standard output and on standard error."""
    out, err = io.StringIO(), io.StringIO()
    code = main(["generate", *map(str, arguments)], io.BytesIO(), out, err)
    return code, out.getvalue(), err.getvalue()


def payloads(*arguments: str | Path) -> list[dict[str, Any]]:
    code, out, err = generate(*arguments)
    assert (code, err) == (0, "")
    return [json.loads(line) for line in out.splitlines()]


def judged(source: Path, *arguments: str) -> tuple[int, str]:
    out, err = io.StringIO(), io.StringIO()
    code = main(["validate", str(source), *arguments], io.BytesIO(), out, err)
    assert not err.getvalue()
    return code, out.getvalue()


@pytest.mark.parametrize("profile", CONTRACT.profiles)
def test_what_is_valid_has_no_finding_at_all_under_its_profile(profile: str, tmp_path: Path) -> None:
    path = tmp_path / "payloads.ndjson"
    assert generate("valid", "-n", "400", "--seed", profile, "--profile", profile, "--out", path) == (0, "", "")
    code, out = judged(path, "--profile", profile, "--fail-on", "warning")
    assert (code, out) == (0, f"conforms  400 payloads without errors; contract task-fetch, profile {profile}\n")


def test_the_same_seed_gives_the_same_bytes_on_every_machine_and_python() -> None:
    """Golden: a change of these is a change for everyone who keeps what was generated, and belongs in the changelog."""
    told = {
        (seed, profile): sha256(generate("valid", "-n", "200", "--seed", seed, "--profile", profile)[1].encode()).hexdigest()[
            :16
        ]
        for seed, profile in (("0", "documented"), ("a text", "go-relay"), ("-7", "csharp-proxy"))
    }
    assert told == {
        ("0", "documented"): "dd199763d17bdc56",
        ("a text", "go-relay"): "519457c8602f4132",
        ("-7", "csharp-proxy"): "fdee181cd5c4dac5",
    }


def test_another_seed_gives_other_payloads_and_a_longer_run_begins_with_a_shorter_one() -> None:
    short, long, other = (generate("valid", "-n", n, "--seed", seed)[1] for n, seed in (("3", "1"), ("6", "1"), ("3", "2")))
    assert long.startswith(short)
    assert other != short


def test_status_action_and_locale_are_what_was_asked_for() -> None:
    made_of = payloads("valid", "-n", "50", "--status", "SUCCESS", "--action", "UPSCALE", "--locale", "rtl")
    assert {(p["status"], p["action"]) for p in made_of} == {("SUCCESS", "UPSCALE")}
    assert all(re.search("[\u0590-\u06ff]", p["prompt"]) for p in made_of)
    assert len({p["id"] for p in made_of}) == 50


def test_a_json_list_holds_what_the_lines_hold() -> None:
    lines = payloads("valid", "-n", "5")
    code, out, _ = generate("valid", "-n", "5", "--as", "json")
    assert code == 0
    assert json.loads(out) == lines


def test_none_of_anything_is_valid_too(tmp_path: Path) -> None:
    assert generate("valid", "-n", "0") == (0, "", "")
    assert generate("valid", "-n", "0", "--as", "json") == (0, "[]\n", "")
    assert generate("valid", "-n", "0", "--out", tmp_path / "none") == (0, "", "")
    assert json.loads((tmp_path / "none" / "manifest.json").read_text())["files"] == []
    assert generate("valid", "-n", "0", "--out", tmp_path / "none.json") == (0, "", "")
    assert (tmp_path / "none.json").read_bytes() == b"[]\n"


def test_a_folder_holds_a_file_a_payload_and_a_manifest_that_tells_of_each(tmp_path: Path) -> None:
    folder = tmp_path / "made"
    assert generate("valid", "-n", "300", "--seed", "s", "--out", folder)[0] == 0
    manifest = json.loads((folder / "manifest.json").read_text("utf-8"))
    assert manifest["contract"] == {
        "name": "task-fetch",
        "schema_sha256": CONTRACT.schema_sha256,
        "samples_sha256": sha256((Path(CONTRACT.folder) / "samples.toml").read_bytes()).hexdigest(),
        "profile": "documented",
    }
    assert (manifest["asked"]["seed"], manifest["asked"]["count"]) == ("s", 300)
    assert sorted(os.listdir(folder)) == sorted([*(entry["file"] for entry in manifest["files"]), "manifest.json"])
    lines = payloads("valid", "-n", "300", "--seed", "s")
    for entry, line in zip(manifest["files"], lines, strict=True):
        assert json.loads((folder / entry["file"]).read_text("utf-8")) == line
        assert entry == {"file": entry["file"], "kind": "valid", "status": line["status"], "action": line["action"]}
        assert re.fullmatch(r"\d{4}-[a-z-]+\.json", entry["file"])


@pytest.mark.parametrize("profile", CONTRACT.profiles)
def test_stories_have_no_finding_at_all_under_their_profile(profile: str, tmp_path: Path) -> None:
    path = tmp_path / "stories.ndjson"
    assert generate("story", "-n", "60", "--seed", profile, "--profile", profile, "--out", path) == (0, "", "")
    code, out = judged(path, "--stories", "--profile", profile, "--fail-on", "warning")
    assert code == 0
    assert re.fullmatch(r"conforms  [\d,]+ payloads in 60 stories without errors; contract .*\n", out)


def test_a_story_ends_in_the_status_that_was_asked_for(tmp_path: Path) -> None:
    folder = tmp_path / "stories"
    assert generate("story", "-n", "12", "--action", "IMAGINE", "--status", "FAILURE", "--as", "files", "--out", folder)[0] == 0
    manifest = json.loads((folder / "manifest.json").read_text("utf-8"))
    for number, entry in enumerate(manifest["files"], 1):
        assert entry["file"] == f"story-{number:04}-imagine-failure.ndjson"
        polls = [json.loads(line) for line in (folder / entry["file"]).read_text("utf-8").splitlines()]
        assert polls[-1]["payload"]["status"] == "FAILURE"
        assert list(dict.fromkeys(poll["payload"]["status"] for poll in polls)) == entry["seen"]
        assert len(polls) == entry["polls"]
        assert {(poll["asked"], poll["payload"]["action"]) for poll in polls} == {(polls[0]["payload"]["id"], "IMAGINE")}
        assert [poll["at"] for poll in polls] == sorted(poll["at"] for poll in polls)


def test_a_json_list_of_stories_is_a_list_of_polls_each() -> None:
    code, out, _ = generate("story", "-n", "3", "--as", "json")
    assert code == 0
    stories = json.loads(out)
    assert len(stories) == 3
    assert [poll for story in stories for poll in story] == payloads("story", "-n", "3")


@pytest.mark.parametrize("profile", CONTRACT.profiles)
def test_a_cover_has_no_finding_and_its_manifest_tells_what_each_file_exercises(profile: str, tmp_path: Path) -> None:
    folder = tmp_path / "cover"
    assert generate("cover", "--profile", profile, "--out", folder) == (0, "", "")
    manifest = json.loads((folder / "manifest.json").read_text("utf-8"))
    adds = [feature for entry in manifest["files"] for feature in entry["adds"]]
    assert len(adds) == len(set(adds))
    assert not set(adds) & manifest["uncovered"].keys()
    for status in (CONTRACT.subschema("/status") or {})["enum"]:
        assert f"/status={status}" in adds
    (folder / "manifest.json").unlink()
    assert judged(folder, "--stories", "--profile", profile)[0] == 0


def test_payloads_and_models_can_be_source_code(tmp_path: Path) -> None:
    assert generate("valid", "-n", "3", "--out", tmp_path / "payloads.py") == (0, "", "")
    held: dict[str, Any] = {}
    exec((tmp_path / "payloads.py").read_text("utf-8"), held)  # noqa: S102 - what we wrote
    assert held["PAYLOADS"] == payloads("valid", "-n", "3")
    assert "export const payloads: TaskFetch[] = [" in generate("valid", "--as", "typescript")[1]
    assert "export const payloads: unknown[] = [" in generate("story", "--as", "typescript")[1]
    assert "class TaskFetch(BaseModel):" in generate("models", "--as", "pydantic")[1]
    assert "class TaskFetch(TypedDict" in generate("models", "--as", "typeddict")[1]
    assert generate("models", "--out", tmp_path / "models.ts") == (0, "", "")
    assert (tmp_path / "models.ts").read_text("utf-8") == generate("models")[1]


def test_a_folder_that_was_generated_is_replaced_whole(tmp_path: Path) -> None:
    folder = tmp_path / "made"
    generate("valid", "-n", "5", "--out", folder)
    generate("valid", "-n", "2", "--seed", "2", "--out", folder)
    assert len(os.listdir(folder)) == 3
    assert os.listdir(tmp_path) == ["made"]


def test_a_folder_with_anything_else_in_it_is_left_alone(tmp_path: Path) -> None:
    folder = tmp_path / "made"
    generate("valid", "-n", "2", "--out", folder)
    (folder / "notes.txt").write_text("mine")
    before = {name: (folder / name).read_bytes() for name in os.listdir(folder)}
    code, _, err = generate("valid", "--out", folder)
    assert code == 2
    assert "holds notes.txt, which docpact did not write" in err
    assert before == {name: (folder / name).read_bytes() for name in os.listdir(folder)}


@pytest.mark.parametrize(
    "manifest", ["", "[]", '{"files": [{"file": "a.json"}]}', '{"docpact": "1", "files": [1]}', '{"docpact": 1}']
)
def test_a_manifest_of_something_else_makes_no_folder_ours(manifest: str, tmp_path: Path) -> None:
    (tmp_path / "manifest.json").write_text(manifest)
    (tmp_path / "a.json").write_text("{}")
    assert generate("valid", "--as", "files", "--out", tmp_path)[0] == 2
    assert (tmp_path / "a.json").read_text() == "{}"


def test_a_file_is_not_replaced_by_a_folder(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("mine")
    code, _, err = generate("valid", "--as", "files", "--out", tmp_path / "file")
    assert code == 2
    assert "file is no folder, and --as files writes one" in err
    assert (tmp_path / "file").read_text() == "mine"


def test_each_fault_breaks_its_rule_and_no_other_and_says_what_a_client_should_notice(tmp_path: Path) -> None:
    folder = tmp_path / "faults"
    assert generate("faults", "--all", "--out", folder) == (0, "", "")
    files = json.loads((folder / "manifest.json").read_text("utf-8"))["files"]
    found: dict[str, set[tuple[str, str]]] = {}
    bodies = [str(path) for path in folder.glob("fault-*.json")]
    stories = [[str(path), "--stories"] for path in folder.glob("*.ndjson")]
    for arguments in (bodies, *stories):
        for line in judged(Path(arguments[0]), *arguments[1:], "--format", "ndjson")[1].splitlines():
            finding = json.loads(line)
            if "rule" in finding:
                broken = found.setdefault(Path(finding["place"]["source"]).name, set())
                broken.add((finding["rule"], finding["severity"]))
    assert len(files) > 400
    for entry in files:
        broken = found[entry["file"]]
        assert (entry["rule"], entry["severity"]) in broken
        assert not {rule for rule, severity in broken if severity == "error"} - {entry["rule"]}
        assert entry["notice"]


def test_a_fault_on_a_line_is_told_with_its_rule() -> None:
    (first, *_) = payloads("faults", "--rule", "json-encoding")
    assert (first["rule"], first["kind"]) == ("json-encoding", "fault")
    assert "base64" in first
    assert {
        fault["payload"]["action"] for fault in payloads("faults", "--rule", "buttons-of-two-jobs", "--action", "UPSCALE")
    } == {"UPSCALE"}


BAD = [
    ([], "name what to make", "docpact generate valid -n 3"),
    (["valdi"], "nothing called 'valdi'", "did you mean valid?"),
    (["valid", "-n", "-1"], "-n -1 is below 0", "from 0"),
    (["valid", "-n", "many"], "invalid int value: 'many'", "--help"),
    (["valid", "--status", "SUCESS"], "knows no status 'SUCESS'", "did you mean SUCCESS?"),
    (["valid", "--action", "upscael"], "knows no action 'upscael'", "did you mean UPSCALE?"),
    (["valid", "--status", "CANCEL"], "the profile documented knows no status 'CANCEL'", "there are"),
    (["valid", "--profile", "go-realy"], "no profile 'go-realy'", "go-relay"),
    (["valid", "--locale", "japanes"], "no prompts in 'japanes'", "japanese"),
    (["story", "--status", "SUBMITTED"], "no story ends in SUBMITTED under documented", "SUCCESS or FAILURE"),
    (["story", "--action", "UPLOAD", "--profile", "go-relay", "--status", "FAILURE"], "no story of UPLOAD", "SUCCESS"),
    (["cover", "--action", "UPSCALE"], "cover takes no --action", "leave it away"),
    (["faults"], "name the rule to break", "--all"),
    (["faults", "--rule", "json-bom", "--all"], "do not go together", "--rule"),
    (["faults", "--rule", "json-bmo"], "no rule 'json-bmo'", "json-bom"),
    (["faults", "--rule", "grid-incomplete", "--action", "UPSCALE"], "nothing breaks grid-incomplete alone", "docpact explain"),
    (["faults", "--rule", "documented-null", "--profile", "tolerant"], "nothing breaks documented-null alone", "--profile"),
    (["faults", "--rule", "http-status"], "nothing breaks http-status alone", "an exchange: docpact mock --fault http-status"),
    (["faults", "--rule", "not-ended"], "nothing breaks not-ended alone", "a task that is followed to its end: docpact mock"),
    (["valid", "--all"], "valid takes no --all", "leave it away"),
    (["models", "-n", "3"], "models takes no -n", "leave it away"),
    (["models", "--as", "json"], "no form 'json' here", "typeddict"),
    (["models", "--out", "models.py"], "models.py does not tell what to write", "--as pydantic"),
    (["valid", "--contract", "nope"], "no contract 'nope'", "task-fetch"),
    (["valid", "--as", "files"], "--as files needs a folder", "--out"),
    (["valid", "--as", "yaml"], "no form 'yaml'", "ndjson"),
    (["valid", "--out", "payloads.txt"], "payloads.txt does not tell", "--as"),
    (["valid", "--out", ""], "--out is empty", "name a file"),
]


@pytest.mark.parametrize(("arguments", "found", "hint"), BAD, ids=lambda part: " ".join(part) if isinstance(part, list) else "")
def test_what_cannot_be_made_is_told_with_what_to_do(arguments: list[str], found: str, hint: str) -> None:
    code, out, err = generate(*arguments)
    assert (code, out) == (2, "")
    assert found in err
    assert hint in err.split("hint: ")[1]


@pytest.mark.parametrize("name", ["payloads.ndjson", "payloads.json", "folder"])
def test_a_place_that_cannot_be_written_is_told(name: str, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    code, _, err = generate("valid", "--out", tmp_path / "file" / name)
    assert code == 2
    assert f"{name}: what should be a folder above it is a file" in err
    assert os.listdir(tmp_path) == ["file"]


@pytest.mark.parametrize("name", ["payloads.ndjson", "payloads.json", "folder"])
@pytest.mark.parametrize(
    ("breaks", "exit_code", "told"),
    [(KeyboardInterrupt(), 130, "interrupted"), (OSError(28, "No space left on device"), 2, "No space left on device")],
    ids=["ctrl-c", "disk-full"],
)
def test_what_is_broken_off_leaves_the_old_and_nothing_beside_it(
    name: str, breaks: BaseException, exit_code: int, told: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    generate("valid", "-n", "3", "--out", tmp_path / name)
    before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    synced = os.fsync

    def fsync(handle: int) -> None:
        synced(handle)
        if name != "folder" or len(list(tmp_path.rglob("*"))) > 9:
            raise breaks

    monkeypatch.setattr("os.fsync", fsync)
    code, out, err = generate("valid", "-n", "9", "--seed", "other", "--out", tmp_path / name)
    assert (code, out) == (exit_code, "")
    assert told in err
    assert before == {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    assert os.listdir(tmp_path) == [name]


def test_a_folder_that_cannot_take_its_place_leaves_the_old_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "made"
    generate("valid", "-n", "3", "--out", folder)
    before = sorted(os.listdir(folder))
    rename = os.rename
    calls: Iterator[int] = iter(range(9))

    def second_fails(old: str, new: str) -> None:
        if next(calls) == 1:
            raise PermissionError(13, "Permission denied")
        rename(old, new)

    monkeypatch.setattr("os.rename", second_fails)
    code, _, err = generate("valid", "--out", folder)
    assert code == 2
    assert "Permission denied" in err
    assert sorted(os.listdir(folder)) == before
    assert os.listdir(tmp_path) == ["made"]


def test_a_full_disk_behind_standard_output_is_told() -> None:
    with open("/dev/full", "wb") as full:
        ran = subprocess.run([*COMMAND, "valid", "-n", "5"], stdout=full, stderr=subprocess.PIPE, check=False)
    assert ran.returncode == 2
    assert b"No space left on device" in ran.stderr
    assert b"Traceback" not in ran.stderr


def test_whoever_reads_only_the_first_line_gets_it_without_a_complaint() -> None:
    with subprocess.Popen([*COMMAND, "valid", "-n", "100000000"], stdout=subprocess.PIPE, stderr=subprocess.PIPE) as running:
        assert running.stdout
        assert running.stderr
        assert json.loads(running.stdout.readline())["id"]
        running.stdout.close()
        assert running.stderr.read() == b""
    assert running.returncode == 0


def test_ctrl_c_ends_a_long_run_and_leaves_nothing(tmp_path: Path) -> None:
    with subprocess.Popen(
        [*COMMAND, "valid", "-n", "100000000"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=tmp_path
    ) as running:
        assert running.stdout
        assert running.stderr
        running.stdout.readline()
        running.send_signal(signal.SIGINT)
        for _ in running.stdout:
            pass
        assert running.stderr.read() == b"docpact: interrupted\n"
    assert running.returncode == 130
    assert os.listdir(tmp_path) == []


def test_memory_does_not_grow_with_the_number(tmp_path: Path) -> None:
    def most(count: str) -> int:
        path = tmp_path / f"{count}.ndjson"
        ran = [sys.executable, "-c", MEASURED, "generate", "valid", "-n", count, "--out", str(path)]
        return int(subprocess.run(ran, stdout=subprocess.PIPE, check=True).stdout)

    assert most("40000") < most("1000") * 1.1


@pytest.mark.parametrize("folder", FIXTURES, ids=lambda folder: "-".join(folder.parts[-2:]))
def test_the_sample_set_is_what_its_manifests_ask_for_today(folder: Path, tmp_path: Path) -> None:
    manifest = json.loads((folder / "manifest.json").read_text("utf-8"))
    asked = manifest["asked"]
    options = [f"--{name}={value}" for name, value in asked.items() if name != "kind" and value is not None]
    profile = manifest["contract"]["profile"]
    assert generate(asked["kind"], *options, "--profile", profile, "--out", tmp_path / "made") == (0, "", "")
    now = {path.name: path.read_bytes() for path in (tmp_path / "made").iterdir()}
    assert now == {path.name: path.read_bytes() for path in folder.iterdir()}, "make fixtures writes them anew"


def test_the_sample_set_has_every_kind() -> None:
    kinds = {json.loads((folder / "manifest.json").read_text("utf-8"))["asked"]["kind"] for folder in FIXTURES}
    assert kinds == set(KINDS) - {"models"}
