"""Measure whole programs side by side: wall time, CPU time and memory, round after round."""

from __future__ import annotations

import hashlib
import os
import platform
import shutil
import subprocess
import sys
import time
from importlib.metadata import version
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

HERE = Path(__file__).parent
ROOT = HERE.parent
OUT = HERE / "out"
PYTHON = sys.executable
DOCPACT = str(Path(PYTHON).parent / "docpact")

# Without the switches of the caller's Python: one of them forbids to keep compiled modules, as every user does.
PLAIN = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}

WITHOUT = "bench: what needs none of them still runs, and keeps nothing: make bench ARGS='--without-peers'"

# Starts a program, and what feeds it if anything does, and prints what the program alone cost. In a process of its own, which
# is as small as a Python can be: Linux counts into the memory of a program what the process that started it held.
LAUNCHER = """
import os, sys, time
words = 2 + int(sys.argv[1])
feeder, command = sys.argv[2:words], sys.argv[words:]
source = null = os.open(os.devnull, os.O_RDWR)
def spawn(words, *numbers):
    moves = [(os.POSIX_SPAWN_DUP2, have, want) for want, have in enumerate(numbers)]
    return os.posix_spawn(words[0], words, os.environ, file_actions=moves)
if feeder:
    source, end = os.pipe()
    feeding = spawn(feeder, null, end, null)
    os.close(end)
start = time.perf_counter()
child = spawn(command, source, null, null)
os.close(source)
_, status, usage = os.wait4(child, 0)
wall = time.perf_counter() - start
if feeder:
    os.waitpid(feeding, 0)
print(wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss, os.waitstatus_to_exitcode(status))
"""


class Cost(NamedTuple):
    """What one run of a program cost: seconds of wall clock, seconds of CPU (its children too), bytes at the most."""

    wall: float
    cpu: float
    memory: float

    def rounded(self) -> dict[str, float]:
        """Return it without the digits that no clock can see."""
        return {"wall": round(self.wall, 5), "cpu": round(self.cpu, 5), "memory": int(self.memory)}


class Program(NamedTuple):
    """A command line, and what shows that it did what it was asked: its exit code, and the invalid payloads that it tells.

    They are counted in what it prints, before anything is measured, or in the report that it writes. `twice` runs it twice in a
    row and counts the second run: a virtual machine hands memory that was long free back to its host, and to get a gigabyte of
    it again can take longer than the work.
    """

    command: Sequence[str]
    code: int = 0
    feeder: Sequence[str] = ()
    invalid: int = 0
    told: Callable[[str], int] | None = None
    report: Path | None = None
    twice: bool = False


def stop(program: Program, why: str) -> None:
    """Stop everything: a figure of a program that did something else would be worth nothing."""
    command = " ".join(program.command[:12])
    sys.exit(f"bench: {command}\nbench: {why}; nothing of this figure is kept")


def once(program: Program) -> Cost:
    """Run a program to its end, its output thrown away; stop everything if its exit code is another one."""
    launched = [PYTHON, "-I", "-S", "-c", LAUNCHER, str(len(program.feeder)), *program.feeder, *program.command]
    for _ in range(1 + program.twice):
        figures = subprocess.run(launched, cwd=OUT, env=PLAIN, capture_output=True, text=True, check=True).stdout
    wall, cpu, memory, code = map(float, figures.split())
    if code != program.code:
        stop(program, f"gave the exit code {code:.0f}, not {program.code}")
    if program.report:
        compare(program, program.report.read_text("utf-8"))
    # Linux counts memory in kB, macOS in bytes.
    return Cost(wall, cpu, memory * (1 if sys.platform == "darwin" else 1024))


def compare(program: Program, printed: str) -> None:
    """Stop everything if a program has not told the invalid payloads that there are."""
    found = program.told(printed) if program.told else program.invalid
    if found != program.invalid:
        stop(program, f"told {found} invalid payloads, and there are {program.invalid}")


def prove(program: Program) -> None:
    """Run a program once, unmeasured, and stop everything if it fails, or does not find the invalid payloads that there are."""
    run = subprocess.run(program.command, cwd=OUT, env=PLAIN, capture_output=True, text=True, check=False)
    if run.returncode != program.code:
        stop(program, f"gave the exit code {run.returncode}, not {program.code}, and said\n{run.stderr[-2000:]}")
    compare(program, run.stdout + run.stderr)


def side_by_side(programs: Mapping[str, Program], rounds: int, *, warm: bool = True) -> dict[str, list[Cost]]:
    """Run every program once in each round, so that a noisy moment hits all of them; each round starts with another one."""
    names = list(programs)
    if warm:
        for name in names:
            tell(f"{name}: does it find what is there?")
            prove(programs[name])
    costs: dict[str, list[Cost]] = {name: [] for name in names}
    for number in range(rounds):
        turn = number % len(names)
        for name in names[turn:] + names[:turn]:
            tell(f"round {number + 1} of {rounds}: {name}")
            costs[name].append(once(programs[name]))
    tell("")
    return costs


def tell(doing: str) -> None:
    """Show on a terminal what is being done; a later call takes its place."""
    if sys.stderr.isatty():
        print(f"\r\x1b[K{doing[:100]}", end="", file=sys.stderr, flush=True)


def medians(costs: Mapping[str, Sequence[Cost]]) -> dict[str, Cost]:
    """Return the median of each cost over the rounds."""
    return {name: Cost(*map(median, zip(*runs, strict=True))) for name, runs in costs.items()}


def used() -> tuple[float, float, float] | None:
    """Return seconds of CPU so far: had by all, by us with what we started, and there to be had; none if nothing says so."""
    try:
        had, nice, system, idle, waiting, *stolen = map(
            int, Path("/proc/stat").read_text("utf-8").split("\n", 1)[0].split()[1:9]
        )
    except OSError:
        return None
    ours = os.times()
    everyone = had + nice + system + sum(stolen)
    tick = os.sysconf("SC_CLK_TCK")
    return everyone / tick, sum(ours[:4]), (everyone + idle + waiting) / tick


def others(before: tuple[float, float, float] | None) -> float | None:
    """Return the share of the machine that other programs had since `before`, of 1."""
    after = used()
    if before is None or after is None:
        return None
    everyone, ours, there = (late - early for late, early in zip(after, before, strict=True))
    return round(max(0.0, (everyone - ours) / there), 3)


def git(*words: str) -> str:
    """Return what git prints; nothing without git, or outside a checkout."""
    program = shutil.which("git")
    if not program:
        return ""
    return subprocess.run([program, "-C", ROOT, *words], capture_output=True, text=True, check=False).stdout.strip()


def circumstances(rounds: int) -> dict[str, object]:
    """Say what was measured, on what, and when."""
    commit = git("rev-parse", "--short=10", "HEAD")
    changed = git("status", "--porcelain", "--", "src", "bin", "contracts", "schemas")
    return {
        "date": time.strftime("%Y-%m-%d", time.gmtime()),
        "rounds": rounds,
        "docpact": version("docpact") + (f" ({commit}{', changed' * bool(changed)})" if commit else ""),
        "python": platform.python_version(),
        "system": f"{platform.system()} {platform.machine()}",
        "cpus": os.cpu_count(),
    }


def peers(pins: str = "peers.txt", folder: str = "venv") -> Path:
    """Return the Python of an environment with peers, made if it is not there or not as its list of pinned versions says."""
    venv = OUT / folder
    python = venv / "bin" / "python"
    asked = hashlib.sha256((HERE / pins).read_bytes() + f"{sys.version}{venv}".encode()).hexdigest()
    stamp = venv / ".stamp"
    if stamp.exists() and stamp.read_text("utf-8") == asked:
        return python
    print("bench: installing what docpact is measured beside (needs a package index; only this once)", flush=True)
    pip = ["-m", "pip", "--disable-pip-version-check", "install", "--quiet", "--retries", "2", "-r", str(HERE / pins)]
    for words in ([PYTHON, "-m", "venv", "--clear", str(venv)], [str(python), *pip]):
        if subprocess.run(words, check=False).returncode:
            sys.exit(
                "bench: the peers cannot be installed, for the reason above: no package index can be reached, or it lacks a "
                f"version that benchmarks/{pins} names.\n{WITHOUT}"
            )
    stamp.write_text(asked, "utf-8")
    return python


def versions(python: Path, *packages: str) -> dict[str, str]:
    """Return the versions of packages in the environment of that Python."""
    ask = "import sys; from importlib.metadata import version; print(*map(version, sys.argv[1:]))"
    asked = subprocess.run([python, "-c", ask, *packages], capture_output=True, text=True, check=True, env=PLAIN)
    return dict(zip(packages, asked.stdout.split(), strict=True))


def sourcemeta(python: Path) -> Path | None:
    """Return the program in sourcemeta's package; none if the package has none for this machine.

    Its own command starts it through a second Python, which would be measured too.
    """
    machine = {"amd64": "x86_64", "aarch64": "arm64"}.get(platform.machine().lower(), platform.machine().lower())
    found = (python.parent.parent / "lib").glob(
        f"python*/site-packages/sourcemeta_jsonschema/jsonschema-{platform.system().lower()}-{machine}"
    )
    return next(found, None)
