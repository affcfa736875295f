"""The figures of recordings: cassettes loaded and replayed beside vcrpy, secrets left in them, and the cost of the plug-in."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from functools import partial
from importlib.metadata import entry_points
from pathlib import Path
from typing import TYPE_CHECKING

from figures import Claim, Figure
from measure import HERE, OUT, PLAIN, PYTHON, Cost, Program, tell, versions

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

SIZES = (1, 100, 10_000)
DOCPACT, YAML, JSON = "docpact", "vcrpy, YAML", "vcrpy, JSON"
BESIDE = (YAML, JSON)
LOAD, GET = "loaded", "a GET"
WITH, WITHOUT_IT = "pytest, docpact there", "pytest -p no:docpact"
GOALS = {(LOAD, YAML): 0.03, (LOAD, JSON): 0.25, (GET, YAML): 0.0125, (GET, JSON): 0.0125}
# Less, and this machine would measure start-up more than the plug-in.
STARTS = 40


def cassettes(scale: int, *, alone: bool) -> Figure:
    """Load cassettes and play them through requests, and count what recorders leave of secrets."""
    sizes = [size for size in SIZES if size * scale <= SIZES[-1]]
    kinds = [DOCPACT] if alone else [DOCPACT, *BESIDE]
    most = sizes[-1]
    # The goals are those of the longest one; a fast run has none.
    goals = GOALS if most == SIZES[-1] else {}
    claims = [
        Claim(
            what,
            at(DOCPACT, doing, most),
            at(kind, doing, most),
            "cpu",
            goals.get((doing, kind)),
            aside=(doing, kind) == (GET, JSON),
        )
        for what, doing in ((f"a cassette of {most:,} loaded", LOAD), (f"a GET, of {most:,} recorded", GET))
        for kind in BESIDE
    ]
    for size in sizes[:-1]:
        for what, doing in ((f"a cassette of {size:,} loaded", LOAD), (f"a GET, of {size:,} recorded", GET)):
            claims += [Claim(what, at(DOCPACT, doing, size), at(kind, doing, size), "cpu") for kind in BESIDE]
    found = {} if alone else versions(Path(PYTHON), "vcrpy", "PyYAML", "requests", "pytest-recording")
    return Figure(
        programs={},
        claims=claims,
        about={"payloads": most, "versions": found},
        rounds=5,
        after=lambda: {"leaks": leaks(alone=alone)},
        measured=lambda rounds: measured(kinds, sizes, rounds),
    )


def at(kind: str, doing: str, size: int) -> str:
    """Name what was done with a cassette."""
    return f"{kind}, {doing} of {size:,}"


def measured(kinds: Sequence[str], sizes: Sequence[int], rounds: int) -> dict[str, list[Cost]]:
    """Play each cassette in each round, by a process of its own; each round begins with another kind."""
    folder = OUT / "cassettes"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    costs: dict[str, list[Cost]] = {}
    for size in sizes:
        for kind in kinds:
            tell(f"{kind}, {size:,} are written")
            tapes("write", kind, path_of(folder, kind, size), size)
        for number in range(rounds):
            turn = number % len(kinds)
            for kind in [*kinds[turn:], *kinds[:turn]]:
                tell(f"round {number + 1} of {rounds}: {kind}, {size:,}")
                spent = json.loads(tapes("play", kind, path_of(folder, kind, size), size))
                costs.setdefault(at(kind, LOAD, size), []).append(Cost(*spent["load"]))
                costs.setdefault(at(kind, GET, size), []).append(Cost(*spent["get"]))
    tell("")
    return costs


def path_of(folder: Path, kind: str, size: int) -> str:
    """Name a cassette."""
    return str(folder / f"{kind.replace(', ', '-')}-{size}.{'yaml' if kind == YAML else 'json'}")


def tapes(*words: object) -> str:
    """Run tapes.py, and return what it prints."""
    return run([PYTHON, str(HERE / "tapes.py"), *map(str, words)])


def run(command: Sequence[str], environment: Mapping[str, str] = PLAIN) -> str:
    """Run a program to its end, and return what it prints; stop everything where it fails."""
    done = subprocess.run(command, cwd=OUT, env=dict(environment), capture_output=True, text=True, check=False)
    if done.returncode:
        said = (done.stdout + done.stderr)[-2000:]
        sys.exit(f"bench: {' '.join(command)}\nbench: gave the exit code {done.returncode}, and said\n{said}")
    return done.stdout


def leaks(*, alone: bool) -> dict[str, dict[str, object]]:
    """Let each recorder record the same exchanges, and count the planted secrets that its cassette still holds."""
    import leaks as planting

    folder = OUT / "leaks"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    script = str(HERE / "leaks.py")

    def record(name: str) -> Path:
        path = folder / f"{name.replace(', ', '-').replace(' ', '-')}.{'json' if name == planting.OURS else 'yaml'}"
        run([PYTHON, script, name, str(path)])
        return path

    recorders: dict[str, Callable[[], Path]] = {name: partial(record, name) for name in planting.RECORDERS}
    recorders[planting.PYTEST_RECORDING] = lambda: with_pytest_recording(folder, planting.TEST)
    found = {}
    for name in [planting.OURS] if alone else [*(name for name in recorders if name != planting.OURS), planting.OURS]:
        tell(f"{name}: what is left?")
        held, rows = planting.left(recorders[name]()), planting.planted()
        places = {
            place: [sum(one.place == place for one in held), sum(one.place == place for one in rows)]
            for place in dict.fromkeys(one.place for one in rows)
        }
        left = [f"{one.place}: {one.what}" for one in held]
        found[name] = {"planted": len(rows), "left": len(held), "places": places, "what": left}
    tell("")
    return found


def with_pytest_recording(folder: Path, test: str) -> Path:
    """Record in a run of pytest with pytest-recording."""
    (folder / "pytest.ini").write_text("[pytest]\n", "utf-8")
    (folder / "test_leaks.py").write_text(test.format(folder=str(HERE)), "utf-8")
    words = ["-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "pytest_recording.plugin", "--record-mode", "rewrite"]
    run([PYTHON, *words, str(folder / "test_leaks.py")], {**PLAIN, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"})
    return folder / "cassettes" / "test_leaks" / "test_recorded.yaml"


def plugin(scale: int, *, alone: bool) -> Figure:  # noqa: ARG001 - every figure is asked the same way; this has no peer
    """Run one test that has nothing to do with docpact, with the plug-in there and without it."""
    folder = OUT / "plugin"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "pytest.ini").write_text("[pytest]\n", "utf-8")
    (folder / "test_plain.py").write_text("def test_plain():\n    assert True\n", "utf-8")
    # What others load of themselves would be measured twice, and says nothing.
    others = sorted({found.name for found in entry_points(group="pytest11")} - {"docpact"})
    words = ["-m", "pytest", "-q", "-p", "no:cacheprovider", *(word for name in others for word in ("-p", f"no:{name}"))]
    command = [PYTHON, *words, str(folder / "test_plain.py")]
    return Figure(
        {WITH: Program(command), WITHOUT_IT: Program([*command, "-p", "no:docpact"])},
        [Claim("a run of pytest that does not use the plug-in", WITH, WITHOUT_IT, "milliseconds", 20)],
        {"payloads": 1, "versions": versions(Path(PYTHON), "pytest")},
        rounds=max(1, STARTS // scale),
    )


FIGURES = {"cassettes": cassettes, "plugin": plugin}
