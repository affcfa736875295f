"""The HTML report in a browser: it fits a phone, is legible in the dark, works with a keyboard, and obeys no payload.

A page beside the report holds it in a frame and measures it, since the report itself lets no script run. Where there is no
Chromium these tests are skipped, unless DOCPACT_BROWSER says `required`, as `.ci/run` does.
"""

from __future__ import annotations

import html
import json
import os
import re
import shutil
import subprocess
import time
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome")
CHROMIUM = next((found for found in map(shutil.which, NAMES) if found), None)
FLAGS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage", "--allow-file-access-from-files",
)  # fmt: skip

MEASURE = """<!DOCTYPE html><meta charset="utf-8"><body><iframe src="report.html" width="WIDTH" height="900"></iframe>
<pre id="out"></pre><script>
const light = ([r, g, b]) => [r, g, b].map(c => (c /= 255) <= .04045 ? c / 12.92 : ((c + .055) / 1.055) ** 2.4)
  .reduce((sum, c, i) => sum + c * [.2126, .7152, .0722][i], 0);
const rgb = text => text.match(/[\\d.]+/g).map(Number);
function ground(element, view) {
  for (; element; element = element.parentElement) {
    const found = rgb(view.getComputedStyle(element).backgroundColor);
    if (found.length < 4 || found[3] > 0) return found;
  }
  return [255, 255, 255];
}
window.onload = () => {
  const frame = document.querySelector("iframe"), view = frame.contentWindow, page = frame.contentDocument;
  const all = [...page.querySelectorAll("body *")], out = {};
  out.title = page.title;
  out.overflow = page.documentElement.scrollWidth - page.documentElement.clientWidth;
  out.dark = view.matchMedia("(prefers-color-scheme: dark)").matches;
  out.paper = view.getComputedStyle(page.body).backgroundColor;
  page.querySelectorAll("details").forEach(part => part.open = true);
  out.faint = [];
  for (const element of all) {
    const own = [...element.childNodes].some(node => node.nodeType === 3 && node.data.trim());
    if (!own || element.closest("title")) continue;
    const style = view.getComputedStyle(element), svg = element instanceof view.SVGElement;
    const [a, b] = [light(rgb(svg ? style.fill : style.color)), light(ground(element, view))].sort((x, y) => y - x);
    const ratio = (a + .05) / (b + .05);
    if (ratio < 4.5) out.faint.push([element.className.baseVal ?? element.className, element.textContent.slice(0, 30), ratio]);
  }
  out.overflowOpen = page.documentElement.scrollWidth - page.documentElement.clientWidth;
  const stops = all.filter(element => element.tabIndex >= 0);
  out.stops = stops.map(element => element.tagName.toLowerCase());
  out.unmarked = stops.filter(element => {
    element.focus();
    return page.activeElement !== element || view.getComputedStyle(element).outlineStyle === "none";
  }).length;
  out.unreachable = all.filter(element => element.tagName !== "PRE" && !element.closest("svg") && element.tabIndex < 0
    && ["auto", "scroll"].includes(view.getComputedStyle(element).overflowX)
    && element.scrollWidth > element.clientWidth + 1).length;
  const summary = page.querySelector("summary");
  const before = summary.parentElement.open; summary.click(); out.folds = summary.parentElement.open !== before;
  out.drawn = [...page.querySelectorAll("svg.bar rect")].filter(rect => rect.getBoundingClientRect().width > 0).length;
  out.styled = view.getComputedStyle(page.querySelector(".verdict")).borderLeftStyle;
  out.loaded = view.performance.getEntriesByType("resource").length;
  document.getElementById("out").textContent = JSON.stringify(out);
};
</script>"""


@pytest.fixture
def browser(tmp_path: Path) -> Callable[..., str]:
    """Open a file, and return the document as the browser has it then; more flags write a picture of it."""
    if CHROMIUM is None:
        assert os.environ.get("DOCPACT_BROWSER") != "required", "there is no Chromium, and this run must have one"
        pytest.skip("there is no Chromium")
    program: str = CHROMIUM

    def see(path: Path, *flags: str, seconds: int = 60) -> str:
        command = [program, *FLAGS, f"--user-data-dir={tmp_path / 'profile'}", *flags, path.resolve().as_uri()]
        done = subprocess.run(command, capture_output=True, timeout=seconds, check=True)
        return done.stdout.decode("utf-8", "replace")

    return see


@pytest.fixture
def measure(browser: Callable[..., str], tmp_path: Path) -> Callable[..., dict[str, Any]]:
    def measured(report: str, *flags: str, width: int = 1200) -> dict[str, Any]:
        (tmp_path / "report.html").write_text(report, "utf-8")
        (tmp_path / "measure.html").write_text(MEASURE.replace("WIDTH", str(width)), "utf-8")
        dumped = re.search(r'<pre id="out">(.*?)</pre>', browser(tmp_path / "measure.html", "--dump-dom", *flags), re.DOTALL)
        assert dumped is not None
        found: dict[str, Any] = json.loads(html.unescape(dumped.group(1)))
        return found

    return measured


@pytest.fixture
def sample(report: Callable[..., str], root: Path) -> str:
    return report("html", root / "examples" / "captures", "--stories")


@pytest.mark.parametrize("flags", [(), ("--force-dark-mode",)], ids=["light", "dark"])
@pytest.mark.parametrize("width", [320, 390, 1200])
def test_it_fits_is_legible_and_can_be_walked_with_a_keyboard(
    measure: Callable[..., dict[str, Any]], sample: str, flags: tuple[str, ...], width: int
) -> None:
    found = measure(sample, *flags, width=width)
    assert found["dark"] is bool(flags)
    assert found["paper"] == ("rgb(20, 22, 27)" if flags else "rgb(255, 255, 255)")
    assert found["styled"] == "solid", "the policy lets the style sheet pass"
    assert (found["overflow"], found["overflowOpen"]) == (0, 0), "nothing is wider than the screen"
    assert found["faint"] == [], "WCAG AA asks for a contrast of 4.5"
    assert {"a", "summary", "div"} <= set(found["stops"])
    assert (found["unmarked"], found["unreachable"]) == (0, 0)
    assert found["folds"], "a rule folds without scripts"
    assert found["drawn"] > 25
    assert found["loaded"] == 0, "nothing was loaded"


def test_pictures_of_it_can_be_taken(browser: Callable[..., str], sample: str, tmp_path: Path) -> None:
    (tmp_path / "report.html").write_text(sample, "utf-8")
    taken = []
    for name, flags in (("light", ()), ("dark", ("--force-dark-mode",))):
        picture = tmp_path / f"{name}.png"
        browser(tmp_path / "report.html", f"--screenshot={picture}", "--window-size=1200,1600", *flags)
        taken.append(picture.read_bytes())
    assert all(picture.startswith(b"\x89PNG") and len(picture) > 20_000 for picture in taken)
    assert taken[0] != taken[1]


def test_a_hostile_report_is_in_the_browser_what_it_is_in_the_file(
    browser: Callable[..., str],
    report: Callable[..., str],
    hostile: Path,
    measure: Callable[..., dict[str, Any]],
    tmp_path: Path,
) -> None:
    text = report("html", hostile, "--profile", "strict", "--stories")
    found = measure(text, width=390)
    assert found["title"] == "violates: task-fetch, docpact report"
    assert (found["overflow"], found["overflowOpen"], found["loaded"]) == (0, 0, 0)
    seen = browser(tmp_path / "report.html", "--dump-dom")
    assert not re.search(r"<(script|img|owned|i|iframe|object|link|form)\b", seen)


def test_a_script_or_a_style_that_was_smuggled_in_does_nothing(
    browser: Callable[..., str], sample: str, tmp_path: Path
) -> None:
    orders = (
        "<script>document.title='owned'</script><img src=x onerror=\"document.title='owned'\">"
        '<style>.verdict{display:none}</style><iframe src="data:text/html,x"></iframe>'
        "<p id=smuggled style='color:red' onclick=\"document.title='owned'\">x</p>"
    )
    smuggled = sample.replace("<main>", f"<main>{orders}")
    assert smuggled != sample
    (tmp_path / "report.html").write_text(smuggled, "utf-8")
    seen = browser(tmp_path / "report.html", "--dump-dom")
    assert "<title>violates" in seen
    assert "owned</title>" not in seen
    # The same without the policy: the test can tell the difference.
    (tmp_path / "report.html").write_text(re.sub(r"<meta http-equiv[^>]*>", "", smuggled), "utf-8")
    assert "<title>owned</title>" in browser(tmp_path / "report.html", "--dump-dom")


def test_a_hundred_thousand_findings_open_at_once(
    browser: Callable[..., str], report: Callable[..., str], tmp_path: Path, example: dict[str, Any]
) -> None:
    path = tmp_path / "many.ndjson"
    button = {**example["buttons"][0], "type": "2", "style": None, "emoji": 1, "label": []}
    with path.open("w", encoding="utf-8") as file:
        for number in range(4_200):
            payload = {**example, "id": str(10**15 + number), "status": f"S{number}", "buttons": [button] * 6}
            file.write(json.dumps(payload) + "\n")
    target = tmp_path / "report.html"
    report("html", path, "--stories", "--layer", "documented", "--output", target)
    text = target.read_text("utf-8")
    counted = re.search(r"<dt>errors</dt><dd>([\d,]+)</dd>", text)
    assert counted is not None
    assert int(counted.group(1).replace(",", "")) >= 100_000
    assert len(text.encode()) < 2_000_000
    started = time.monotonic()
    assert browser(target, "--dump-dom", seconds=60).rstrip().endswith("</html>")
    assert time.monotonic() - started < 30
