"""Measure docpact beside its peers, whole programs side by side, and draw what README.md shows.

bulk    100,000 payloads as lines       about 2 minutes
files   10,000 files with one payload   about 2 minutes
one     one file                        half a minute
memory  10,000,000 payloads             about 4 minutes, and only if it is named
fixtures    payloads made, beside other generators      about 3 minutes, and only if it is named
strategies  examples drawn by @given                    about 2 minutes, and only if it is named
length      1,000,000 payloads made                     about a minute, and only if it is named
serving     mocks under load, beside other mocks        about 5 minutes, and only if it is named
finding     faults of an endpoint, beside Schemathesis  about 5 minutes, and only if it is named
cassettes   cassettes played, and secrets left in them  about 3 minutes, and only if it is named
plugin      what an unused pytest plug-in costs     half a minute, and only if it is named
draw    nothing: tables and plot anew from results.json
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys

from figures import FIGURES as JUDGING
from finding import FIGURES as FINDING
from making import FIGURES as MAKING
from measure import HERE, OUT, circumstances, medians, others, peers, side_by_side, used
from recording import FIGURES as RECORDING
from serving import FIGURES as SERVING
from tables import RESULTS, described, each, evaluated, fill_in, printed, read, write

FIGURES = {**JUDGING, **MAKING, **SERVING, **FINDING, **RECORDING}
USUAL = ("bulk", "files", "one")


def options() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "figures", nargs="*", metavar="FIGURE", help=f"{', '.join(FIGURES)}, all or draw (default: the first three)"
    )
    parser.add_argument("--rounds", type=int, help="measure so many times (default: as is good for the figure)")
    parser.add_argument("--fast", action="store_true", help="a tenth of the payloads, one round; nothing is kept")
    parser.add_argument("--without-peers", action="store_true", help="what needs no package index; nothing is kept")
    chosen = parser.parse_args()
    if unknown := set(chosen.figures) - {*FIGURES, "all", "draw"}:
        parser.error(f"there is no figure {' '.join(sorted(unknown))}: there are {', '.join(FIGURES)}, all and draw")
    return chosen


def measure(name: str, chosen: argparse.Namespace) -> dict[str, object]:
    """Measure one figure, print it, and write every round of it to `out/NAME.json`."""
    figure = FIGURES[name](10 if chosen.fast else 1, alone=chosen.without_peers)
    rounds = chosen.rounds or (1 if chosen.fast else figure.rounds)
    before = used()
    costs = figure.measured(rounds) if figure.measured else side_by_side(figure.programs, rounds, warm=figure.warm)
    entry: dict[str, object] = {**circumstances(rounds), "others": others(before), **figure.about}
    entry["costs"] = {program: cost.rounded() for program, cost in medians(costs).items()}
    alone = each(figure.spans, costs)
    if alone:
        entry["each"] = {name: {"cpu": float(f"{cost.cpu:.3g}")} for name, cost in medians(alone).items()}
    entry |= figure.after()
    entry["claims"] = evaluated(figure.claims, {**costs, **alone})
    every = {program: [cost._asdict() for cost in runs] for program, runs in costs.items()}
    (OUT / f"{name}.json").write_text(json.dumps({**entry, "every round": every}, indent=2) + "\n", "utf-8")
    print(printed(name, entry), flush=True)
    return entry


def draw() -> None:
    """Make the tables and the plot anew from `results.json`."""
    fill_in(read())
    subprocess.run([peers(), HERE / "plot.py"], check=True)
    print(f"bench: {described()}")


def main() -> None:
    """Measure, print, keep, draw."""
    chosen = options()
    names = [name for name in FIGURES if name in (chosen.figures or USUAL) or "all" in chosen.figures]
    OUT.mkdir(exist_ok=True)
    kept = "draw" in chosen.figures
    try:
        for name in names:
            entry = measure(name, chosen)
            if not (chosen.fast or chosen.without_peers):
                write(name, entry)
                kept = True
    finally:
        # What was measured before something failed stays, and table and plot say what is kept.
        if kept:
            draw()
    if not kept:
        print(f"bench: {RESULTS.name}, the tables and the plot are as they were")


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        sys.exit("bench: interrupted; what was measured to its end is kept")
