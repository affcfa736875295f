"""Measure whole programs side by side: wall time, CPU time and memory, round after round, medians of all rounds."""

from __future__ import annotations

import hashlib
import json
import os
import platform
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

HERE = Path(__file__).parent
ROOT = HERE.parent
OUT = HERE / "out"
PYTHON = sys.executable
DOCPACT = str(Path(PYTHON).parent / "docpact")


# Without the switches of the caller's Python: one of them forbids to keep compiled modules, as every user does.
PLAIN = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}

# Starts a program and prints what it cost. In a process of its own, which is as small as a Python can be: Linux counts
# into the memory of a program what the process that started it held.
LAUNCHER = """
import os, sys, time
null = os.open(os.devnull, os.O_RDWR)
quiet = [(os.POSIX_SPAWN_DUP2, null, number) for number in range(3)]
start = time.perf_counter()
child = os.posix_spawn(sys.argv[1], sys.argv[1:], os.environ, file_actions=quiet)
_, status, usage = os.wait4(child, 0)
wall = time.perf_counter() - start
print(wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss, os.waitstatus_to_exitcode(status))
"""


class Cost(NamedTuple):
    """What one run of a program cost: seconds of wall clock, seconds of CPU (its children too), bytes at the most."""

    wall: float
    cpu: float
    memory: float


class Program(NamedTuple):
    """A command line, and the exit code that shows that it did what it was asked."""

    command: Sequence[str]
    code: int = 0


def once(program: Program) -> Cost:
    """Run a program to its end, its output thrown away; stop everything if its exit code is another one."""
    launched = [PYTHON, "-I", "-S", "-c", LAUNCHER, *program.command]
    figures = subprocess.run(launched, cwd=OUT, env=PLAIN, capture_output=True, text=True, check=True).stdout
    wall, cpu, memory, code = map(float, figures.split())
    if code != program.code:
        sys.exit(f"{' '.join(program.command)}\ngave {code:.0f}, not {program.code}")
    # Linux counts memory in kB, macOS in bytes.
    return Cost(wall, cpu, memory * (1 if sys.platform == "darwin" else 1024))


def side_by_side(programs: Mapping[str, Program], rounds: int) -> dict[str, Cost]:
    """Run every program once in each round, so that a noisy moment hits all of them; the first round only warms up."""
    costs: dict[str, list[Cost]] = {name: [] for name in programs}
    for number in range(rounds + 1):
        for name, program in programs.items():
            cost = once(program)
            if number:
                costs[name].append(cost)
    return {name: Cost(*map(median, zip(*runs, strict=True))) for name, runs in costs.items()}


def table(costs: Mapping[str, Cost], beside: str, *, lines: int = 0) -> str:
    """Draw the costs, with the wall time as a multiple of that of `beside`, and lines a second if there are lines."""
    width = max(map(len, costs))
    rows = [f"{'':{width}}  {'wall ms':>9}  {'CPU ms':>9}  {'MB':>6}  {'times':>6}" + ("   lines/s" if lines else "")]
    for name, cost in costs.items():
        row = f"{name:{width}}  {cost.wall * 1e3:9.1f}  {cost.cpu * 1e3:9.1f}  {cost.memory / 1e6:6.1f}"
        row += f"  {cost.wall / costs[beside].wall:6.2f}"
        rows.append(row + (f"  {lines / cost.wall:8.0f}" if lines else ""))
    return "\n".join(rows)


def keep(name: str, costs: Mapping[str, Cost], about: Mapping[str, object]) -> None:
    """Write the costs and the circumstances to `out/NAME.json`."""
    report = {**about, "costs": {program: cost._asdict() for program, cost in costs.items()}}
    (OUT / f"{name}.json").write_text(json.dumps(report, indent=2) + "\n", "utf-8")


def circumstances(rounds: int) -> dict[str, object]:
    """Say what was measured, on what."""
    return {
        "rounds": rounds,
        "docpact": version("docpact"),
        "python": platform.python_version(),
        "system": f"{platform.system()} {platform.machine()}",
        "cpus": os.cpu_count(),
    }


def example() -> str:
    """Return the payload that the documented page gives as its example, in one line."""
    return (ROOT / "contracts" / "task-fetch" / "page.txt").read_text("utf-8").splitlines()[-1]


def peers() -> Path:
    """Return the bin folder of the environment with the peers, made if it is not there or not as `peers.txt` says."""
    venv = OUT / "venv"
    asked = hashlib.sha256((HERE / "peers.txt").read_bytes() + f"{sys.version}{venv}".encode()).hexdigest()
    stamp = venv / ".stamp"
    if not stamp.exists() or stamp.read_text("utf-8") != asked:
        print("bench: installing what docpact is measured beside (needs a package index; only this once)", flush=True)
        subprocess.run([PYTHON, "-m", "venv", "--clear", venv], check=True)
        pip = [str(venv / "bin" / "python"), "-m", "pip", "--disable-pip-version-check", "install", "--quiet"]
        subprocess.run([*pip, "-r", str(HERE / "peers.txt")], check=True)
        stamp.write_text(asked, "utf-8")
    return venv / "bin"
