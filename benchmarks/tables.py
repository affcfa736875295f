"""What is kept of a measurement, and the tables that are made of it."""

from __future__ import annotations

import json
import re
from statistics import median
from typing import TYPE_CHECKING, Any

from measure import HERE, ROOT, Cost

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from figures import Claim, Span

RESULTS = HERE / "results.json"
ORDER = ("bulk", "files", "one", "memory", "fixtures", "strategies", "length", "serving", "finding", "cassettes", "plugin")
BUSY = 0.1
UNITS = {"cpu": "times the CPU time", "wall": "times as long", "memory": "MB", "milliseconds": "ms of CPU time"}
# What is told as a difference, and not as a multiple: of which cost, and how much of it is one.
DIFFERENCES = {"memory": ("memory", 1e6), "milliseconds": ("cpu", 1e-3)}


def each(spans: Mapping[str, Span], costs: Mapping[str, Sequence[Cost]]) -> dict[str, list[Cost]]:
    """Take the start-up of each program out, round by round: what once more costs, in time; memory is that of the long run."""
    found = {}
    for name, (many, few, more) in spans.items():
        rounds = zip(costs[many], costs[few], strict=True)
        found[name] = [Cost((a.wall - b.wall) / more, (a.cpu - b.cpu) / more, a.memory) for a, b in rounds]
    return found


def evaluated(claims: Sequence[Claim], costs: Mapping[str, Sequence[Cost]]) -> list[dict[str, Any]]:
    """Read each claim from each round: the median, and the least and the most; left out if its peer did not run."""
    found = []
    for claim in claims:
        if claim.program not in costs or (claim.beside and claim.beside not in costs):
            continue
        cost_of, unit = DIFFERENCES.get(claim.by, (claim.by, None))
        own = [getattr(cost, cost_of) for cost in costs[claim.program]]
        other = [getattr(cost, cost_of) for cost in costs[claim.beside]] if claim.beside else [0.0] * len(own)
        pairs = zip(own, other, strict=True)
        values = [(a - b) / unit if unit else a / b for a, b in pairs]
        figures = {"value": median(values), "least": min(values), "most": max(values)}
        found.append(claim._asdict() | {name: kept(value) for name, value in figures.items()})
    return found


def kept(value: float) -> float:
    """Leave out the digits that mean nothing."""
    return round(value, 3) if abs(value) >= 0.1 else float(f"{value:.3g}")  # noqa: PLR2004 - from here on three places are enough


def read() -> dict[str, Any]:
    """Return what was kept, figure by figure."""
    kept: dict[str, Any] = json.loads(RESULTS.read_text("utf-8")) if RESULTS.exists() else {}
    return kept


def write(name: str, entry: Mapping[str, object]) -> None:
    """Keep one figure; the others stay as they were measured."""
    kept = read() | {name: entry}
    put(RESULTS, json.dumps({name: kept[name] for name in ORDER if name in kept}, indent=2) + "\n")


def put(path: Path, text: str) -> None:
    """Write a file whole or not at all."""
    part = path.with_suffix(".part")
    part.write_text(text, "utf-8")
    part.replace(path)


def amount(claim: Mapping[str, Any], figure: str) -> str:
    """Write a figure of a claim: two places, three below a tenth, four below a hundredth; a difference with one."""
    value = claim[figure]
    if claim["by"] in DIFFERENCES:
        return f"{value:.1f}"
    places = 2 if value >= 0.0995 else 3 if value >= 0.00995 else 4  # noqa: PLR2004 - from here on so many places say 0.10, 0.010
    return f"{value:.{places}f}"


def takes(claim: Mapping[str, Any]) -> str:
    """Say what docpact takes: `0.64 times the CPU time`, `26.1 MB`, `0.3 MB more`."""
    more = " more" if claim["by"] in DIFFERENCES and claim["beside"] else ""
    return f"{amount(claim, 'value')} {UNITS[claim['by']]}{more}"


def claims(results: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield the claims of all figures."""
    for name in ORDER:
        yield from results.get(name, {}).get("claims", ())


def short_table(results: Mapping[str, Any]) -> str:
    """Draw the table for README.md: what has a goal, and no more."""
    rows = ["| judged or made | beside | docpact takes |", "|---|---|---|"]
    told = [claim for claim in claims(results) if not claim["aside"] and claim["goal"] is not None]
    rows += [f"| {claim['what']} | {claim['beside'] or ''} | {takes(claim)} |" for claim in told]
    return "\n".join([*rows, *found_table(results), *leaks_table(results)])


def made_table(results: Mapping[str, Any]) -> list[str]:
    """Draw how good what each maker makes is, in lines; none if nothing was made."""
    rows = [
        f"| {name} | {entry['each'][name]['cpu'] * 1e6:,.0f} µs | {made['bytes'] / made['payloads']:,.0f} "
        f"| {share(made['valid'], made['payloads'])} | {share(made['coherent'], made['payloads'])} |"
        for entry in (results[figure] for figure in ORDER if figure in results)
        for name, made in entry.get("made", {}).items()
    ]
    head = ["", "| payloads made by | CPU time each | bytes each | valid | valid and coherent |", "|---|---|---|---|---|"]
    return head + rows if rows else []


def found_table(results: Mapping[str, Any], *, layers: bool = False) -> list[str]:
    """Draw what each judge of endpoints found, in lines, of all faults or of each layer too; none if nothing was tried."""
    found: Mapping[str, Mapping[str, Any]] = results.get("finding", {}).get("found", {})
    if not found:
        return []
    names = list(next(iter(found.values()))["layers"]) if layers else []
    heads = ["an endpoint judged by", "faults found", *names, "false alarms", "requests", "seconds"]
    rows = ["", f"| {' | '.join(heads)} |", "|---" * len(heads) + "|"]
    for judge, told in found.items():
        parts = ["{} of {}".format(*told["layers"][name]) for name in names]
        counts = [f"{told['found']} of {told['faults']}", *parts, str(told["false"])]
        rows.append(f"| {judge} | {' | '.join(counts)} | {told['requests']:g} | {told['seconds']:.1f} |")
    return rows


def leaks_table(results: Mapping[str, Any], *, places: bool = False) -> list[str]:
    """Draw what each recorder leaves of secrets, in lines, of all or of each place too; none if nothing was recorded."""
    leaks: Mapping[str, Mapping[str, Any]] = results.get("cassettes", {}).get("leaks", {})
    if not leaks:
        return []
    names = list(next(iter(leaks.values()))["places"]) if places else []
    rows = ["", f"| {' | '.join(['recorded by', 'secrets left', *names])} |", "|---" * (2 + len(names)) + "|"]
    for recorder, told in leaks.items():
        counts = [
            "{} of {}".format(told["left"], told["planted"]),
            *("{} of {}".format(*told["places"][name]) for name in names),
        ]
        rows.append(f"| {recorder} | {' | '.join(counts)} |")
    return rows


def share(part: int, whole: int) -> str:
    """Say how many of how many: `all 20,000`, `none of 2,000`, `1,913 of 20,000 (9.6%)`."""
    if part in {0, whole}:
        return f"all {whole:,}" if part else f"none of {whole:,}"
    return f"{part:,} of {whole:,} ({part / whole:.1%})"


def long_table(results: Mapping[str, Any]) -> str:
    """Draw the table for benchmarks/README.md: the spread, the goal, and what it was measured on."""
    rows = ["| judged or made | beside | docpact takes | rounds | goal |", "|---|---|---|---|---|"]
    for claim in claims(results):
        spread = f"{amount(claim, 'least')} to {amount(claim, 'most')}"
        rows.append(f"| {claim['what']} | {claim['beside'] or ''} | {takes(claim)} | {spread} | {goal(claim)} |")
    rows += made_table(results)
    rows += found_table(results, layers=True) + leaks_table(results, places=True)
    return "\n".join([*rows, "", *(f"- `{name}`: {measured_on(results[name])}" for name in ORDER if name in results)])


def goal(claim: Mapping[str, Any]) -> str:
    """Say what was aimed at, and whether it was missed."""
    if claim["goal"] is None:
        return ""
    return f"{claim['goal']:g}" + (", missed" if claim["value"] > claim["goal"] else "")


def measured_on(entry: Mapping[str, Any]) -> str:
    """Say when a figure was measured, how often, with which versions and on what."""
    others = "".join(f", {name} {version}" for name, version in entry["versions"].items())
    rounds = f"{entry['rounds']} round{'s' * (entry['rounds'] > 1)}"
    share = entry["others"]
    busy = "" if share is None else f", of which other programs used {share:.0%}"
    return (
        f"{entry['date']}, {rounds}, docpact {entry['docpact']}{others}, "
        f"Python {entry['python']}, {entry['system']}, {entry['cpus']} CPUs{busy}"
    )


def printed(name: str, entry: Mapping[str, Any]) -> str:
    """Draw a figure for a terminal: what each program cost, and the claims with their goals."""
    costs = entry["costs"]
    width = max(map(len, costs))
    rows = [f"\n{name}: {measured_on(entry)}", f"{'':{width}}  {'wall ms':>9}  {'CPU ms':>9}  {'MB':>7}  {'payloads/s':>10}"]
    for program, cost in costs.items():
        row = f"{program:{width}}  {cost['wall'] * 1e3:9.1f}  {cost['cpu'] * 1e3:9.1f}  {cost['memory'] / 1e6:7.1f}"
        rows.append(row + (f"  {entry['payloads'] / cost['wall']:10,.0f}" if name in {"bulk", "files"} else ""))
    for claim in entry["claims"]:
        beside = f" beside {claim['beside']}" if claim["beside"] else ""
        aim = f", goal {goal(claim)}" if claim["goal"] is not None else ""
        spread = f"{amount(claim, 'least')} to {amount(claim, 'most')}"
        rows.append(f"  {claim['what']}{beside}: {takes(claim)} ({spread}{aim})")
    rows += made_table({name: entry})
    rows += found_table({name: entry}, layers=True) + leaks_table({name: entry}, places=True)
    if (entry["others"] or 0) > BUSY:
        rows.append(
            f"  The machine was busy: other programs used {entry['others']:.0%} of it. Wall times, and two cores, say little."
        )
    return "\n".join(rows)


def filled(text: str, table: str) -> str:
    """Put a table between the two marks of a text."""
    pattern = r"(<!-- figures: written by make bench -->\n).*?(<!-- end of figures -->)"
    new, times = re.subn(pattern, lambda found: f"{found[1]}{table}\n{found[2]}", text, flags=re.DOTALL)
    if times != 1:
        message = "the two marks for the figures are missing"
        raise ValueError(message)
    return new


def fill_in(results: Mapping[str, Any]) -> None:
    """Write the tables into README.md and benchmarks/README.md."""
    for path, table in ((ROOT / "README.md", short_table(results)), (HERE / "README.md", long_table(results))):
        put(path, filled(path.read_text("utf-8"), table))


def described() -> str:
    """Name what was made."""
    return "README.md, benchmarks/README.md, benchmarks/results.json and docs/figures/benchmarks.{png,svg} are up to date"
