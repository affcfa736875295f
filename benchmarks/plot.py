"""Draw `results.json` as docs/figures/benchmarks.png and .svg: run by bench.py, with the Python that has matplotlib."""

from __future__ import annotations

import hashlib
import io
import json
from pathlib import Path
from typing import Any, NamedTuple

import matplotlib as mpl
from figures import AGAIN, LONG, ONE_CORE, SOURCEMETA, TWO_CORES
from making import GENERATE
from PIL import Image, PngImagePlugin

mpl.use("agg")

from matplotlib import pyplot as plt

HERE = Path(__file__).parent
RESULTS = HERE / "results.json"
FOLDER = HERE.parent / "docs" / "figures"
# Told apart by lightness too, so that no eye and no printer needs the hue; on white, whatever stands around the picture.
OWN, OTHER, INK, PAPER = "#0b62a4", "#b4b8bc", "#1f2328", "#ffffff"
PIXELS_PER_INCH = 160
COLOURS_IN_PNG = 32
NOTE = "× times what docpact takes; shorter is better"


class Panel(NamedTuple):
    """Bars of one figure: the programs, by one of their costs, as multiples of docpact's or in megabytes."""

    title: str
    bars: list[tuple[str, float]]
    unit: str


def panels(results: dict[str, Any]) -> list[Panel]:
    """Choose what is drawn: what was measured, each figure by the cost that counts there."""
    drawn = []
    for name, by, title in (
        ("bulk", "cpu", "{:,} payloads as lines of one file, on one core: CPU time"),
        ("files", "cpu", "{:,} files with one payload each, one process: CPU time"),
        ("one", "wall", "One file, from the shell and back: time"),
    ):
        if name in results:
            # Of sourcemeta's two runs the one that is better for it.
            left_out = {TWO_CORES, SOURCEMETA if AGAIN in results[name]["costs"] else AGAIN}
            costs = {program: cost[by] for program, cost in results[name]["costs"].items() if program not in left_out}
            unit = next(cost for program, cost in costs.items() if program.startswith("docpact"))
            bars = sorted(((program, cost / unit) for program, cost in costs.items()), key=lambda bar: bar[1])
            drawn.append(Panel(title.format(results[name]["payloads"]), bars, "×"))
    if "fixtures" in results:
        costs = {maker: cost["cpu"] for maker, cost in results["fixtures"]["each"].items()}
        bars = sorted(((maker, cost / costs[GENERATE]) for maker, cost in costs.items()), key=lambda bar: bar[1])
        drawn.append(Panel("A payload made: CPU time", bars, "×"))
    held = [
        (figure, program, label)
        for figure, program, label in (
            ("bulk", ONE_CORE, "docpact, 100,000 lines"),
            ("memory", LONG, "docpact, 10,000,000 lines"),
            ("bulk", SOURCEMETA, f"{SOURCEMETA}, 100,000 lines"),
        )
        if program in results.get(figure, {}).get("costs", {})
    ]
    if held:
        bars = [(label, results[figure]["costs"][program]["memory"] / 1e6) for figure, program, label in held]
        drawn.append(Panel("Memory of the largest process", bars, " MB"))
    return drawn


def draw(panel: Panel, axes: Any) -> None:
    """Draw one panel: the least on top, each bar with its figure behind it."""
    names, values = zip(*panel.bars, strict=True)
    colours = [OWN if name.startswith("docpact") else OTHER for name in names]
    axes.barh(range(len(names)), values, color=colours, height=0.72)
    axes.set_yticks(range(len(names)), names)
    axes.set_ylim(len(names) - 0.5, -0.5)
    axes.set_xlim(0, max(values) * 1.12)
    axes.set_xticks([])
    axes.tick_params(length=0)
    for side in axes.spines.values():
        side.set_visible(False)
    axes.set_title(panel.title, loc="left", fontweight="bold", fontsize=10.5, color=INK)
    for row, value in enumerate(values):
        text = f"{value:,.0f}" if panel.unit != "×" or value >= 10 else f"{value:.2f}"  # noqa: PLR2004 - enough digits to compare
        axes.text(value + max(values) * 0.01, row, text + panel.unit, va="center", fontsize=9.5, color=INK)


def main() -> None:
    """Draw all panels under each other, and write both files, the same bytes for the same figures."""
    data = RESULTS.read_bytes()
    made_of = f"results.json sha256 {hashlib.sha256(data).hexdigest()}"
    drawn = panels(json.loads(data))
    mpl.rcParams.update({"svg.hashsalt": "docpact", "svg.fonttype": "none", "font.family": "DejaVu Sans", "text.color": INK})
    mpl.rcParams.update({"axes.edgecolor": INK, "ytick.labelcolor": INK, "font.size": 9.5})
    heights = [len(panel.bars) for panel in drawn]
    size = (9, sum(heights) * 0.27 + len(heights) * 0.5 + 0.5)
    figure, grid = plt.subplots(len(drawn), 1, figsize=size, height_ratios=heights, layout="constrained", squeeze=False)
    figure.set_facecolor(PAPER)
    figure.get_layout_engine().set(w_pad=0.12, h_pad=0.1, hspace=0.06)
    figure.supxlabel(NOTE, x=0.99, ha="right", fontsize=9.5)
    for panel, axes in zip(drawn, grid.flat, strict=True):
        draw(panel, axes)
    FOLDER.mkdir(parents=True, exist_ok=True)
    figure.savefig(FOLDER / "benchmarks.svg", metadata={"Date": None, "Creator": None, "Description": made_of})
    pixels = io.BytesIO()
    figure.savefig(pixels, dpi=PIXELS_PER_INCH, format="png")
    about = PngImagePlugin.PngInfo()
    about.add_text("Description", made_of)
    few = Image.open(pixels).convert("RGB").quantize(COLOURS_IN_PNG, dither=Image.Dither.NONE)
    few.save(FOLDER / "benchmarks.png", optimize=True, pnginfo=about)


if __name__ == "__main__":
    main()
