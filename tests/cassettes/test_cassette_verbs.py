"""docpact cassette lint, scrub and age, as they are run: what they print, what they write, and their exit codes."""

from __future__ import annotations

import io
import json
import os
from typing import TYPE_CHECKING, Any

import pytest
from planted import TOKEN, everywhere, exchange
from test_reading import of_vcrpy

from docpact.cassettes.tape import written
from docpact.cli import main
from docpact.contract import load

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

Said = tuple[int, str, str]
CONTRACT = load()
POLL = f"https://relay.example/mj/task/{CONTRACT.example['id']}/fetch"


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Said]:
    monkeypatch.chdir(tmp_path)

    def cassette(*arguments: str) -> Said:
        out, err = io.StringIO(), io.StringIO()
        code = main(["cassette", *arguments], io.BytesIO(), out, err)
        return code, out.getvalue(), err.getvalue()

    return cassette


def right() -> list[Any]:
    return [exchange(POLL, came=CONTRACT.example)]


def private() -> list[Any]:
    return [
        exchange(
            POLL, came={**CONTRACT.example, "status": "DONE"}, request={"Authorization": f"Bearer {TOKEN}", "User-Agent": "-"}
        )
    ]  # fmt: skip


def test_lint_judges_each_recorded_answer_and_finds_what_is_secret(run: Callable[..., Said], tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_bytes(of_vcrpy([*right(), *private()], "yaml"))
    (tmp_path / "b.json").write_bytes(of_vcrpy(private(), "json"))
    (tmp_path / "c.json").write_bytes(b"".join(written(private(), {"contract_sha256": "0" * 64})))
    (tmp_path / "d.json").write_text(json.dumps(CONTRACT.example), "utf-8")
    code, out, _ = run("lint", ".", "--format", "json")
    report = json.loads(out)
    assert code == 1
    assert report["summary"]["payloads"] == 4
    assert report["summary"]["by_rule"] == {"documented-enum": 3, "capture-secret": 3, "capture-stale": 1}
    places = [(one["rule"], one["place"]["source"], one["place"]["pointer"]) for one in report["findings"]]
    assert ("documented-enum", "a.yaml!/interactions/1", "/status") in places
    assert ("capture-secret", "b.json!/interactions/0", "/request/headers/authorization") in places
    assert TOKEN not in out


def test_a_header_that_is_no_secret_is_none(run: Callable[..., Said], tmp_path: Path) -> None:
    example = {**CONTRACT.example, "imageUrl": "https://cdn.midjourney.com/00000000-0000-4000-8000-000000000000/0_0.png"}
    one = exchange(POLL, came=example, request={"User-Agent": "client/1", "X-Request-Id": "7"})
    (tmp_path / "a.yaml").write_bytes(of_vcrpy([one], "yaml"))
    code, out, err = run("lint", "a.yaml")
    assert (code, err) == (0, "")
    assert out.startswith("conforms")


def test_a_secret_is_called_what_it_is(run: Callable[..., Said], tmp_path: Path) -> None:
    form = {"request": {"Content-Type": "application/x-www-form-urlencoded"}}
    asked = exchange(f"{POLL}?token=abcdef123", sent=b"password=hunter22", came={**CONTRACT.example, "token": "x"}, **form)
    (tmp_path / "a.yaml").write_bytes(of_vcrpy([asked], "yaml"))
    found = [json.loads(line) for line in run("lint", "--secrets", "a.yaml", "--format", "ndjson")[1].splitlines()]
    parameter, member = "a parameter of an address or a form", "a member with the name of a secret"
    kinds = {one["place"]["pointer"]: one["message"].removeprefix("the recording holds ") for one in found}
    assert kinds["/request/uri"] == kinds["/request/body"] == parameter
    assert kinds["/response/body/token"] == member


def test_what_only_the_bytes_show_is_found_by_its_line(run: Callable[..., Said], tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_bytes(b"# Authorization: Bearer abcdefgh\n" + of_vcrpy(right(), "yaml"))
    code, out, _ = run("lint", "a.yaml", "--format", "ndjson")
    found = [json.loads(line) for line in out.splitlines()]
    assert code == 1
    assert {(one["rule"], one["place"].get("line")) for one in found} == {("capture-secret", 1)}


@pytest.mark.parametrize("form", ["text", "json", "junit", "sarif", "github", "gitlab", "markdown", "html", "ndjson"])
def test_every_format_of_a_report_tells_of_secrets_without_saying_them(
    run: Callable[..., Said], tmp_path: Path, form: str
) -> None:  # fmt: skip
    planted, secrets = everywhere()
    (tmp_path / "a.yaml").write_bytes(of_vcrpy(planted, "yaml"))
    code, out, err = run("lint", "a.yaml", "--format", form)
    assert code == 1
    assert "capture-secret" in out
    assert not [secret for secret in secrets if secret.lower() in (out + err).lower()]


def test_scrub_cleans_in_place_and_says_what_it_took_by_kind_and_number(run: Callable[..., Said], tmp_path: Path) -> None:
    names = {
        "a.yaml": of_vcrpy(private(), "yaml"),
        "b.json": of_vcrpy(private(), "json"),
        "c.json": b"".join(written(private(), {})),
    }
    for name, content in names.items():
        (tmp_path / name).write_bytes(content)
    (tmp_path / "link.yaml").symlink_to("a.yaml")
    os.chmod(tmp_path / "a.yaml", 0o640)
    code, out, err = run("scrub", "--check", *names)
    assert (code, err) == (1, "")
    assert out.splitlines()[0].startswith("a.yaml: to be taken out: a header authorization 1, a header user-agent 1")
    assert {name: (tmp_path / name).read_bytes() for name in names} == names
    code, out, _ = run("scrub", "link.yaml", "b.json", "c.json")
    assert code == 0
    assert "link.yaml: taken out: a header authorization 1" in out
    assert TOKEN not in out
    assert (tmp_path / "link.yaml").is_symlink()
    assert (tmp_path / "a.yaml").stat().st_mode & 0o777 == 0o640
    assert run("scrub", "--check", *names) == (0, "a.yaml: clean\nb.json: clean\nc.json: clean\n", "")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.yaml", "b.json", "c.json", "link.yaml"]
    assert "capture-secret" not in run("lint", *names)[1]


def test_scrub_takes_out_the_very_token_that_was_used(
    run: Callable[..., Said], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = exchange(came={**CONTRACT.example, "description": f"hello {TOKEN.upper()}"})
    (tmp_path / "a.yaml").write_bytes(of_vcrpy([one], "yaml"))
    monkeypatch.setenv("RELAY_TOKEN", TOKEN)
    code, out, _ = run("scrub", "a.yaml", "--token-env", "RELAY_TOKEN")
    assert code == 0
    assert "the token that was used 1" in out
    assert TOKEN.lower() not in (tmp_path / "a.yaml").read_text("utf-8").lower()
    code, _, err = run("scrub", "a.yaml", "--token-env", "NO_SUCH")
    assert code == 2
    assert "the environment has no NO_SUCH" in err


def test_what_scrub_cannot_reach_is_told_and_the_file_stays(run: Callable[..., Said], tmp_path: Path) -> None:
    content = b"# Authorization: Bearer abcdefgh\n" + of_vcrpy([exchange(came=b"{}")], "yaml")
    (tmp_path / "a.yaml").write_bytes(content)
    code, out, _ = run("scrub", "a.yaml")
    assert code == 1
    assert "a.yaml: not changed, since this would be left in it: an Authorization header (line 1)" in out
    assert (tmp_path / "a.yaml").read_bytes() == content


@pytest.mark.parametrize("verb", ["lint", "scrub", "age"])
def test_what_cannot_be_read_is_told_with_exit_code_3_and_the_rest_is_done(
    run: Callable[..., Said], tmp_path: Path, verb: str
) -> None:  # fmt: skip
    (tmp_path / "broken.yaml").write_bytes(b"interactions: !!python/object/apply:os.system ['touch PWNED']\n")
    (tmp_path / "z.yaml").write_bytes(of_vcrpy([exchange(came=b"{}")], "yaml"))
    code, out, err = run(verb, "broken.yaml", "nowhere.yaml", "z.yaml")
    assert code == (1 if verb == "lint" else 3)
    assert "broken.yaml" in out + err
    assert "asks for an object, and is not followed" in out + err
    assert "Traceback" not in err
    assert not (tmp_path / "PWNED").exists()
    assert run(verb, "broken.yaml")[0] == 3
    assert run(verb)[0] == 2
    assert run(verb, "-")[0] == 2


@pytest.mark.parametrize("verb", [("lint",), ("lint", "--allow-none")])
def test_an_answer_without_a_status_is_unreadable(run: Callable[..., Said], tmp_path: Path, verb: tuple[str, ...]) -> None:
    whole = of_vcrpy(right(), "json").decode()
    (tmp_path / "a.json").write_text(whole.replace('"status": {', '"said": {'), "utf-8")
    code, out, _ = run(*verb, "a.json")
    assert (code, "its answer has no status" in out) == (3, True)
    (tmp_path / "a.json").write_text(whole.replace('"code": 200', f'"code": {"9" * 6000}'), "utf-8")
    code, out, _ = run(*verb, "a.json")
    assert (code, "no JSON (a number has too many digits)" in out) == (3, True)


def test_age_tells_what_is_too_old_and_what_says_nothing_of_time(run: Callable[..., Said], tmp_path: Path) -> None:
    (tmp_path / "old.yaml").write_bytes(of_vcrpy(right(), "yaml", {"recorded_at": "2026-01-01T00:00:00Z"}))
    (tmp_path / "young.json").write_bytes(b"".join(written(right(), {"recorded_at": "2026-05-20T00:00:00+00:00"})))
    dated = exchange(came=b"{}", response={"Date": "Thu, 01 Jan 2026 00:00:00 GMT"})
    (tmp_path / "dated.yaml").write_bytes(of_vcrpy([dated], "yaml"))
    each = [one._replace(at=at) for one, at in zip(right() * 2, ("2026-05-30T00:00:00Z", "2025-01-01T00:00:00Z"), strict=True)]
    (tmp_path / "mixed.json").write_bytes(b"".join(written(each, {"recorded_at": "2026-05-30T00:00:00Z"})))
    (tmp_path / "unknown.yaml").write_bytes(of_vcrpy(right(), "yaml"))
    code, out, _ = run("age", ".", "--days", "90", "--now", "2026-06-01")
    assert code == 0
    assert out.splitlines() == [
        "dated.yaml: recorded 2026-01-01, 151 days ago; the limit is 90 days",
        "mixed.json: recorded 2025-01-01, 516 days ago; the limit is 90 days",
        "old.yaml: recorded 2026-01-01, 151 days ago; the limit is 90 days",
        "unknown.yaml: nothing in it says when it was recorded",
        "1 of 5 recordings: no older than 90 days",
    ]
    assert run("age", ".", "--days", "90", "--now", "2026-06-01", "--fail")[0] == 1
    assert run("age", "young.json", "unknown.yaml", "--now", "2026-06-01", "--fail")[0] == 0
    assert run("age", "unknown.yaml", "--unknown", "fail")[0] == 1
    assert run("age", "old.yaml", "--days", "-1")[0] == 2
    assert run("age", "old.yaml", "--now", "soon")[0] == 2


def test_age_is_told_in_whole_days_and_a_time_to_come_is_none(run: Callable[..., Said], tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_bytes(of_vcrpy(right(), "yaml", {"recorded_at": "2026-01-01T00:00:00Z"}))
    young = "1 of 1 recording: no older than 1 day\n"
    assert run("age", "a.yaml", "--days", "1", "--now", "2026-01-02T23:59:00", "--fail") == (0, young, "")
    told = "a.yaml: recorded 2026-01-01, 1 day ago; the limit is 0 days\n"
    assert run("age", "a.yaml", "--days", "0", "--now", "2026-01-02")[1].startswith(told)
    code, out, _ = run("age", "a.yaml", "--now", "2025-12-30", "--unknown", "fail")
    assert (code, out.splitlines()[0]) == (1, "a.yaml: it says that it was recorded 2026-01-01, which is still to come")
    assert run("age", "a.yaml", "--now", "2025-12-30", "--fail")[0] == 0


def test_a_folder_without_cassettes_is_told(run: Callable[..., Said], tmp_path: Path) -> None:
    (tmp_path / "task.json").write_text(json.dumps(CONTRACT.example), "utf-8")
    assert run("scrub", ".")[0] == 3
    assert run("age", ".")[0] == 3
    assert run("lint", ".")[0] == 4


def test_without_a_verb_it_says_which_there_are(run: Callable[..., Said]) -> None:
    code, out, _ = run()
    assert code == 2
    for verb in ("lint", "scrub", "age"):
        assert f"    {verb} " in out
