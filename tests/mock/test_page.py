"""The page of the mock in a browser: live, on a phone and in the dark, with a keyboard; what it is told stays text.

Where there is no Chromium these tests are skipped, unless DOCPACT_BROWSER says `required`, as `.ci/run` does.
"""

from __future__ import annotations

import html
import json
import os
import re
import shutil
import subprocess
from typing import TYPE_CHECKING, Any

import pytest
from served import Scripted

from docpact import mock
from docpact.exchange import Request
from docpact.mock.page import guarded, page

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from served import Server

NAMES = ("chromium", "chromium-browser", "google-chrome")
CHROMIUM = next((found for found in map(shutil.which, NAMES) if found), None)
FLAGS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage", "--virtual-time-budget=60000", "--dump-dom",
)  # fmt: skip

# It becomes a part of the script of the page, which lets no other one run.
MEASURE = """
const light = ([r, g, b]) => [r, g, b].map(c => (c /= 255) <= .04045 ? c / 12.92 : ((c + .055) / 1.055) ** 2.4)
  .reduce((sum, c, i) => sum + c * [.2126, .7152, .0722][i], 0);
const rgb = words => words.match(/[\\d.]+/g).map(Number);
function ground(element) {
  for (; element; element = element.parentElement) {
    const found = rgb(getComputedStyle(element).backgroundColor);
    if (found.length < 4 || found[3] > 0) return found;
  }
  return [255, 255, 255];
}
const pause = () => new Promise(done => setTimeout(done, 50));
const until = async is => { for (let n = 0; n < 400 && !is(); n++) await pause(); };
const every = selector => [...document.querySelectorAll(selector)], start = one => one.outerHTML.slice(0, 80);
const lit = () => every("#on input").map(one => one.dataset.fault), said = () => at("said").textContent;
const search = words => { at("find").value = words; at("find").dispatchEvent(new Event("input")); };
const add = words => { at("spec").value = words; at("add").requestSubmit(); };
(async () => {
  const out = {};
  document.documentElement.style.width = "WIDTHpx";
  await until(() => seen >= 0 && drawKnown.complete);
  every("details").forEach(part => part.open = true);
  const all = every("body *").filter(one => one.checkVisibility() && !["SCRIPT", "NOSCRIPT"].includes(one.tagName));
  out.dark = matchMedia("(prefers-color-scheme: dark)").matches;
  out.paper = getComputedStyle(document.body).backgroundColor;
  out.wide = all.filter(one => one.getBoundingClientRect().right > WIDTH + 1).map(start);
  out.faint = all.filter(one => [...one.childNodes].some(node => node.nodeType === 3 && node.data.trim())).filter(one => {
    const [a, b] = [light(rgb(getComputedStyle(one).color)), light(ground(one))].sort((x, y) => y - x);
    return (a + .05) / (b + .05) < 4.5;
  }).map(start);
  const stops = all.filter(one => one.tabIndex >= 0 && !one.disabled);
  out.unmarked = stops.filter(one => {
    one.focus();
    return document.activeElement !== one || getComputedStyle(one).outlineStyle === "none";
  }).map(start);
  out.unnamed = every("input, button").filter(one => !one.labels?.length && !one.textContent.trim()).length;
  out.tasks = [...at("tasks").children].map(row => row.firstElementChild.textContent);
  out.asked = every(".target").map(cell => cell.textContent);
  out.known = every("#known input").length;
  out.total = at("total").textContent;
  if (out.known) {
    every("#known input")[0].click();
    await until(() => lit().length === 1); out.on = lit();
    add("http-server-error:every=3");
    await until(() => lit().length === 2); out.two = lit();
    add("no-such-fault<b>");
    await until(said); out.said = said();
    every("#on input")[0].click();
    await until(() => lit().length === 1); out.one = lit();
    search("xyzzy"); out.none = at("found").textContent;
    search("server 502");
    out.some = every("#known li").filter(one => one.checkVisibility()).map(one => one.querySelector("code").textContent);
    at("none").click();
    await until(() => lit().length === 0); out.off = lit();
    out.ticked = every("#known input").filter(one => one.checked).length;
  }
  out.loaded = [...new Set(performance.getEntriesByType("resource").map(one => new URL(one.name).pathname.slice(0, 9)))];
  const pre = document.createElement("pre");
  pre.id = "out"; pre.textContent = JSON.stringify(out); document.body.append(pre);
})();
"""


@pytest.fixture
def see(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., dict[str, Any]]:
    """Open the page of a server, and return what the measuring script found in it."""
    if CHROMIUM is None:
        assert os.environ.get("DOCPACT_BROWSER") != "required", "there is no Chromium, and this run must have one"
        pytest.skip("there is no Chromium")
    program: str = CHROMIUM

    def seen(server: Server, *flags: str, width: int = 1200) -> dict[str, Any]:
        script = MEASURE.replace("WIDTH", str(width)).encode()
        measured = guarded(page().body.replace(b"</script>", script + b"</script>"))
        monkeypatch.setattr("docpact.mock.control.page", lambda: measured)
        profile, url = f"--user-data-dir={tmp_path / 'profile'}", f"http://127.0.0.1:{server.port}/"
        done = subprocess.run([program, *FLAGS, profile, *flags, url], capture_output=True, timeout=120, check=True)
        dumped = re.search(r'<pre id="out">(.*?)</pre>', done.stdout.decode("utf-8", "replace"), re.DOTALL)
        assert dumped is not None, "the script of the page did not run to its end"
        found: dict[str, Any] = json.loads(html.unescape(dumped.group(1)))
        return found

    return seen


@pytest.mark.parametrize(("flags", "width"), [((), 1200), (("--force-dark-mode",), 400)], ids=["light", "dark phone"])
def test_it_is_live_fits_is_legible_and_switches_faults(
    serve: Callable[..., Server], see: Callable[..., dict[str, Any]], flags: tuple[str, ...], width: int
) -> None:
    relay = mock.relay()
    found = see(serve(relay, about={"profile": "documented"}), *flags, width=width)
    assert found["dark"] is bool(flags)
    assert found["paper"] == ("rgb(20, 22, 27)" if flags else "rgb(255, 255, 255)")
    assert (found["wide"], found["faint"], found["unmarked"], found["unnamed"]) == ([], [], [], 0)
    assert found["tasks"] == [task.id for task in relay.tasks()]
    assert found["known"] == len([row for row in relay.known_faults() if row])
    first = next(row.fault for row in relay.known_faults() if row)
    assert (found["on"], found["two"]) == ([first], [first, "http-server-error:every=3"])
    assert "no-such-fault<b>" in found["said"]
    assert (found["one"], found["off"], found["ticked"]) == (["http-server-error:every=3"], [], 0)
    assert list(relay.faults) == []
    assert found["none"] == "0 faults"
    assert found["some"]
    assert all("http-server-error/502" in fault for fault in found["some"])
    assert found["loaded"] == ["/_docpact"], "nothing is loaded but what the mock says"


def test_what_was_asked_stays_text(serve: Callable[..., Server], see: Callable[..., dict[str, Any]]) -> None:
    server = serve(Scripted())
    hostile = "/<script>document.title='owned'</script><img src=x onerror=alert(1)>/\u202e"
    server.front.traffic.note(1, "127.0.0.1", Request("GET", hostile), server.front.relay.answer(Request("GET", "/")))
    found = see(server)
    (shown,) = found["asked"]
    assert shown.startswith("GET /<script>document.title='owned'</script><img src=x onerror=alert(1)>/\\u202e")
    assert found["total"] == "1 request answered"
    assert found["loaded"] == ["/_docpact"]
