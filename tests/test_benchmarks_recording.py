"""The figures of recordings: what is planted is found again, what was measured is claimed, the plug-in is all that differs."""

from __future__ import annotations

from importlib.util import find_spec
from typing import TYPE_CHECKING

import pytest

pytest.importorskip("vcr")

if TYPE_CHECKING:
    from pathlib import Path
    from types import ModuleType

pytestmark = pytest.mark.usefixtures("bench")


def test_what_is_planted_is_found_where_nobody_filters_and_docpact_leaves_nothing(tmp_path: Path) -> None:
    import leaks

    plain, ours = tmp_path / "plain.yaml", tmp_path / "ours.json"
    leaks.RECORDERS[leaks.NOTHING](str(plain))
    assert [one.text for one in leaks.left(plain)] == [one.text for one in leaks.planted()]
    leaks.RECORDERS[leaks.OURS](str(ours))
    assert leaks.left(ours) == []


def test_filters_that_are_told_of_a_name_take_it_out(tmp_path: Path) -> None:
    import leaks

    path = tmp_path / "filtered.yaml"
    left = {}
    for name in (leaks.FILTERS, leaks.ALL_FILTERS):
        path.unlink(missing_ok=True)
        leaks.RECORDERS[name](str(path))
        left[name] = {(one.place, one.what) for one in leaks.left(path)}
    assert left[leaks.ALL_FILTERS] < left[leaks.FILTERS]
    assert not {(leaks.SENT, "Authorization"), (leaks.WHERE, "?api_key="), (leaks.ASKED, "a form")} & left[leaks.FILTERS]


# Not importorskip: to import it warns that vcrpy is there already.
@pytest.mark.skipif(find_spec("pytest_recording") is None, reason="pytest-recording is not installed: make setup installs it")
def test_each_recorder_is_tried_and_what_it_leaves_is_counted_by_place() -> None:
    import leaks
    from recording import leaks as counted
    from tables import leaks_table

    found = counted(alone=False)
    assert [*found] == [*(name for name in leaks.RECORDERS if name != leaks.OURS), leaks.PYTEST_RECORDING, leaks.OURS]
    planted = len(leaks.planted())
    assert (found[leaks.NOTHING]["left"], found[leaks.PYTEST_RECORDING]["left"]) == (planted, planted - 1)
    results = {"cassettes": {"leaks": found}}
    assert leaks_table(results)[1:3] == ["| recorded by | secrets left |", "|---|---|"]
    assert leaks_table(results)[-1] == f"| docpact | 0 of {planted} |"
    assert leaks_table(results, places=True)[-1].startswith(f"| docpact | 0 of {planted} | 0 of 4 | ")
    assert leaks_table({"bulk": {}}) == []


def test_cassettes_are_played_in_each_round_and_every_claim_is_of_what_was_measured(monkeypatch: pytest.MonkeyPatch) -> None:
    import recording

    monkeypatch.setattr(recording, "SIZES", (100,))
    figure = recording.cassettes(1, alone=False)
    costs = recording.measured([recording.DOCPACT, recording.YAML], (100,), 1)
    assert [*costs] == [
        f"{kind}, {doing} of 100" for kind in ("docpact", "vcrpy, YAML") for doing in (recording.LOAD, recording.GET)
    ]
    assert all(cost.cpu > 0 and cost.memory > 1e6 for (cost,) in costs.values())
    named = {claim.program for claim in figure.claims} | {claim.beside for claim in figure.claims}
    assert named == {
        recording.at(kind, doing, 100) for kind in (recording.DOCPACT, *recording.BESIDE) for doing in ("loaded", "a GET")
    }
    assert recording.cassettes(1, alone=True).about["versions"] == {}


def test_a_player_that_fails_stops_the_benchmark(tmp_path: Path) -> None:
    import recording

    with pytest.raises(SystemExit, match="gave the exit code 1, and said"):
        recording.tapes("play", recording.DOCPACT, tmp_path / "nowhere" / "tape.json", 100)


def test_the_plug_in_is_all_that_differs_between_two_runs_of_pytest(bench: ModuleType) -> None:
    import recording

    figure = recording.plugin(1, alone=True)
    first, second = figure.programs[recording.WITH], figure.programs[recording.WITHOUT_IT]
    assert [*second.command] == [*first.command, "-p", "no:docpact"]
    assert "no:docpact" not in first.command
    for program in (first, second):
        bench.prove(program)
    (claim,) = figure.claims
    assert (claim.program, claim.beside, claim.goal) == (recording.WITH, recording.WITHOUT_IT, 20)


def test_what_is_added_is_told_in_milliseconds(bench: ModuleType) -> None:
    from figures import Claim
    from tables import evaluated, goal, takes

    cost = bench.Cost
    costs = {"with": [cost(9, 0.5, 1), cost(9, 0.53, 1)], "without": [cost(1, 0.49, 1), cost(1, 0.5, 1)]}
    (claim,) = evaluated([Claim("a start", "with", "without", "milliseconds", 15)], costs)
    assert (claim["least"], claim["most"]) == (10, 30)
    assert (takes(claim), goal(claim)) == ("20.0 ms of CPU time more", "15, missed")
