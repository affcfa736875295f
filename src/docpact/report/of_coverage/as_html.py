"""Coverage as one HTML page: no script, no network; a bar for each kind, each member with what was exercised of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from docpact.covered import share
from docpact.report.as_html import POLICY
from docpact.report.html_text import cell, code, esc
from docpact.report.of_coverage import TITLES, notes, outcome, parted
from docpact.report.page_style import STYLE
from docpact.report.showing import count, place

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from docpact.covered import Group
    from docpact.drifted import Sighting
    from docpact.report.of_coverage import Told

# The classes of the style sheet that say whether all is well, and the signs that say it without colour.
_VERDICTS = {
    "covered": ("conforms", "✓", "covered"),
    "under": ("violates", "✕", "less than is asked for"),
    "not-established": ("not-established", "?", "not established"),
}
_OF_MEMBERS = ("values", "presence", "nulls", "extremes")


def render(told: Told) -> Iterator[str]:
    """Yield the page section by section."""
    groups = (*told.coverage.groups, *told.coverage.beside)
    named = {group.name: group for group in groups}
    yield from _head(told)
    yield "<main>\n"
    yield from _kinds(told)
    yield from _members(told.coverage.members, [named[name] for name in _OF_MEMBERS if name in named])
    if "buttons" in named:
        yield from _buttons(named["buttons"])
    if "steps" in named:
        yield from _steps(named["steps"])
    yield from _unread(told)
    yield "</main>\n"
    yield f"<footer>docpact {esc(told.version)}. This page is one file: it needs no script, and loads nothing.</footer>\n"
    yield "</body>\n</html>\n"


def _head(told: Told) -> Iterator[str]:
    kind, sign, words = _VERDICTS[told.verdict]
    yield '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
    yield f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">\n'
    yield '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
    yield '<meta name="referrer" content="no-referrer">\n<meta name="color-scheme" content="light dark">\n'
    title = f"{told.coverage.percent:.1f}%: {told.contract}, docpact coverage"
    yield f"<title>{esc(title)}</title>\n<style>{STYLE}</style>\n</head>\n"
    yield '<body>\n<a class="skip" href="#members">Skip to the members</a>\n<header>\n<h1>docpact coverage</h1>\n'
    yield f'<div class="verdict {kind}"><strong><span aria-hidden="true">{sign}</span> '
    yield f"{told.coverage.percent:.1f}% {words}</strong>\n"
    yield f"<p>{esc(outcome(told))}; contract {code(told.contract)}, profile {code(told.profile)}</p></div>\n"
    yield from (f'<p class="note">{esc(note)}</p>\n' for note in notes(told))
    yield "</header>\n"


def _kinds(told: Told) -> Iterator[str]:
    yield '<section id="kinds" aria-labelledby="kinds-title">\n<h2 id="kinds-title">What was exercised</h2>\n'
    yield '<table class="seen">\n<caption>Features of the contract by what they are about</caption>\n'
    yield '<thead><tr><th scope="col">features</th><th scope="col">exercised</th></tr></thead>\n<tbody>\n'
    for group in (*told.coverage.groups, *told.coverage.beside):
        part, whole = group.exercised, len(group.features)
        percent = share(part, whole)
        words = f"{part:,} of {whole:,}, {percent:.1f}%"
        aside = ' <span class="muted">not counted</span>' if group in told.coverage.beside else ""
        yield f'<tr><th scope="row">{esc(TITLES[group.name])}{aside}</th><td>'
        yield f'<svg class="bar" role="img" aria-label="{esc(words)}">'
        yield f'<rect class="full" width="{percent:.1f}%" height="100%"/></svg><p class="told">{esc(words)}</p></td></tr>\n'
    yield "</tbody>\n</table>\n</section>\n"


def _members(members: tuple[str, ...], groups: list[Group]) -> Iterator[str]:
    rows: dict[str, dict[str, Sighting | None]] = {member: {} for member in members}
    for group in groups:
        for feature, sighting in group.features.items():
            member, what = parted(feature)
            rows.setdefault(member, {})[what] = sighting
    yield '<section id="members" aria-labelledby="members-title">\n<h2 id="members-title">Members</h2>\n'
    yield "<p>A dashed frame is what no payload has; a number is how many payloads have it.</p>\n"
    yield '<table class="seen">\n<caption>Each member, and what was exercised of it</caption>\n'
    yield '<thead><tr><th scope="col">member</th><th scope="col">exercised</th></tr></thead>\n<tbody>\n'
    for member, features in rows.items():
        if not features:
            continue
        yield f'<tr><th scope="row">{code(member)}</th><td>{"".join(_chips(features))}</td></tr>\n'
    yield "</tbody>\n</table>\n</section>\n"


def _buttons(group: Group) -> Iterator[str]:
    yield '<section id="buttons" aria-labelledby="buttons-title">\n<h2 id="buttons-title">Kinds of buttons</h2>\n'
    yield from _chips({parted(feature)[1]: sighting for feature, sighting in group.features.items()})
    yield "</section>\n"


def _chips(features: Mapping[str, Sighting | None]) -> Iterator[str]:
    yield '<ul class="values">'
    for what, sighting in features.items():
        if sighting is None:
            yield f'<li class="never">{cell(what)} <span class="muted">never</span></li>'
        else:
            yield f'<li title="first {esc(place(sighting.first))}">{cell(what)} {sighting.count:,}</li>'
    yield "</ul>"


def _steps(group: Group) -> Iterator[str]:
    taken = {tuple(parted(feature)[1].split("→")): sighting for feature, sighting in group.features.items()}
    states = list(dict.fromkeys(state for pair in taken for state in pair))
    yield '<section id="steps" aria-labelledby="steps-title">\n<h2 id="steps-title">Steps of the lifecycle</h2>\n'
    # Eight states are wider than a phone: the table is moved, and no name in it is broken.
    yield '<div class="axis" tabindex="0" role="region" aria-labelledby="steps-title">\n'
    yield "<table>\n<caption>How many polls went from the status of the row to that of the column</caption>\n"
    heads = "".join(f'<th scope="col" class="number">{cell(state)}</th>' for state in states)
    yield f'<thead><tr><th scope="col" class="number">from</th>{heads}</tr></thead>\n<tbody>\n'
    for state in states:
        if not any((state, later) in taken for later in states):
            continue
        yield f'<tr><th scope="row" class="number">{cell(state)}</th>'
        for later in states:
            if (state, later) not in taken:
                yield '<td class="number muted">·</td>'
            else:
                sighting = taken[state, later]
                words = '<span class="muted">never</span>' if sighting is None else f"{sighting.count:,}"
                yield f'<td class="number">{words}</td>'
        yield "</tr>\n"
    yield "</tbody>\n</table>\n</div>\n</section>\n"


def _unread(told: Told) -> Iterator[str]:
    if not told.tally.not_read and not told.problems:
        return
    yield '<section id="unread" aria-labelledby="unread-title">\n<h2 id="unread-title">What could not be read</h2>\n<ul>\n'
    for source in told.tally.not_read:
        yield f"<li>{cell(source.source)}: {esc(source.reason)}; {esc(source.hint)}</li>\n"
    for what, sighting in told.problems.items():
        yield f"<li>{count(sighting.count, 'text')}: {esc(what)}, first {code(place(sighting.first))}</li>\n"
    yield "</ul>\n</section>\n"
