"""Reports of drift: places are never broken, colours are the only escapes, and every rule of drift has its title."""

from __future__ import annotations

import re

from docpact.api import load
from docpact.drift.departed import RULES as TOLD
from docpact.report.of_drift import TITLES, Told, render
from docpact.rules import RULES
from docpact.tally import Tally

CONTRACT = load()


def told(payloads: list[object], width: int | None = None, *, colour: bool = False) -> str:
    drift = CONTRACT.drift(payloads, stories=True)
    given = Told("0", "task-fetch", "0" * 64, "documented", drift, Tally(), {}, colour=colour, width=width)
    return "".join(render("text", given))


def test_where_a_place_does_not_fit_it_stands_on_a_line_of_its_own() -> None:
    payloads: list[object] = [{"buttons": [], "status": "SOMETHING_THAT_IS_LONG"}] * 3
    drift = CONTRACT.drift(payloads)
    where = drift.departures[0].first._replace(source="a/rather/long/path/of/a/capture.ndjson", line=17)
    drift = drift._replace(departures=(drift.departures[0]._replace(first=where, last=where._replace(line=18)),))
    given = Told("0", "task-fetch", "0" * 64, "documented", drift, Tally(), {})
    place = "first a/rather/long/path/of/a/capture.ndjson:17 item 0, last a/rather/long/path/of/a/capture.ndjson:18 item 0"
    whole, narrow = ("".join(render("text", given._replace(width=width))).splitlines() for width in (None, 60))
    assert whole[1] == f'  /status  "SOMETHING_THAT_IS_LONG"  3 of 3  {place}'
    assert narrow[1:3] == ['  /status  "SOMETHING_THAT_IS_LONG"  3 of 3', f"      {place}"]


def test_colours_are_the_only_escapes() -> None:
    hostile: list[object] = [{"buttons": [], "status": "\x1b[31m", "\x1b]0;x\x07": "\x9b"}, {"id": "1", "status": "\x1b[0m"}]
    coloured = told(hostile, colour=True)
    assert re.sub(r"\x1b\[[0-9;]+m", "", coloured) == told(hostile)
    assert "\x1b" not in told(hostile)
    assert "\x9b" not in coloured


def test_every_departure_has_a_title_and_is_a_rule_that_can_be_explained() -> None:
    assert set(TITLES) == set(TOLD)
    assert TITLES.keys() <= RULES.keys()
