"""The stories in the HTML report: each on a time axis, its polls in lanes by status, the poll that broke a rule marked."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from docpact.report.html_text import cell, code, esc
from docpact.report.showing import count

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from docpact.contract import Contract
    from docpact.seen import Poll, Seen, Told

_MOST = 20
_LEFT, _TOP, _LANE, _STEP = 150, 26, 30, 46
_WIDEST = 4
_NAMED = 16
_TOLD = 6
# The mark of a lane, drawn around 0,0: the next lane has another form, so that no form says what only a colour would.
_FORMS = (
    '<circle class="poll" r="7"/>',
    '<rect class="poll" x="-6.5" y="-6.5" width="13" height="13"/>',
    '<path class="poll" d="M0-8 8 6H-8Z"/>',
    '<path class="poll" d="M0-9 9 0 0 9-9 0Z"/>',
    '<path class="poll" d="M0 8 8-6H-8Z"/>',
    '<path class="poll" d="M-8-3H-3V-8H3V-3H8V3H3V8H-3V3H-8Z"/>',
)


def section(seen: Seen, contract: Contract | None) -> Iterator[str]:
    """Yield the section: the first twenty stories, those with errors before the others."""
    yield '<section id="stories" aria-labelledby="stories-title">\n<h2 id="stories-title">Stories</h2>\n'
    stories = seen.stories
    states = contract.lifecycle.states if contract is not None and contract.lifecycle is not None else {}
    order = {name: state.order for name, state in states.items()}
    if not stories:
        yield "<p>No payload belongs to a story.</p>\n"
    for number, told in enumerate(stories[:_MOST], 1):
        yield from _story(told, number, order)
    if len(stories) > _MOST:
        yield f"<p>And {len(stories) - _MOST:,} more stories that are remembered and not drawn.</p>\n"
    yield "</section>\n"


def _story(told: Told, number: int, order: dict[str, int]) -> Iterator[str]:
    found = told.errors + told.warnings
    kind = "error" if told.errors else "warning" if found else "fine"
    sign = {"error": "✕", "warning": "!", "fine": "✓"}[kind]
    words = f"{count(told.errors, 'error')}, {count(told.warnings, 'warning')}" if found else "nothing found"
    yield f'<h3 id="story-{number}">Story {code(told.name, 60)} <span class="badge {kind}"><span aria-hidden="true">{sign} '
    yield f'</span>{words}</span> <span class="muted">{count(told.count, "poll")}</span></h3>\n'
    yield f'<div class="axis" tabindex="0" role="region" aria-labelledby="story-{number}">\n'
    yield _drawing(told, order)
    yield "</div>\n"
    if told.count > len(told.polls):
        yield f'<p class="muted">{told.count - len(told.polls):,} later polls are not drawn.</p>\n'
    broken = [poll for poll in told.polls if poll.rules]
    if broken:
        yield f'<p class="told">{"; ".join(_breaks(poll) for poll in broken[:_TOLD])}'
        yield f"; and {len(broken) - _TOLD} more polls" if len(broken) > _TOLD else ""
        yield "</p>\n"
    yield from _table(told.polls)


def _breaks(poll: Poll) -> str:
    return f"poll {poll.number} breaks {', '.join(esc(rule) for rule in poll.rules)}"


def _drawing(told: Told, order: dict[str, int]) -> str:
    polls = told.polls
    lanes = sorted(dict.fromkeys(poll.status for poll in polls), key=lambda status: order.get(status, len(order)))
    across = _across(polls)
    width, bottom = round(across[-1] + _STEP), _TOP + _LANE * len(lanes)
    rows = {status: _TOP + _LANE * at for at, status in enumerate(lanes)}
    label = f"{told.name}: {', '.join(poll.status for poll in polls[:40])}; {told.errors} errors"
    size = f'width="{width}" height="{bottom + 24}" viewBox="0 0 {width} {bottom + 24}"'
    parts = [f'<svg {size} role="img" aria-label="{esc(label, 1000)}">']
    for status, y in rows.items():
        parts.append(f'<line class="lane" x1="{_LEFT - 16}" x2="{width}" y1="{y}" y2="{y}"/>')
        name = status if len(status) <= _NAMED else f"{status[: _NAMED - 1]}…"
        parts.append(f'<text x="4" y="{y + 4}">{esc(name or "(empty)")}</text>')
    way = " ".join(f"{x:.0f},{rows[poll.status]}" for x, poll in zip(across, polls, strict=True))
    parts.append(f'<polyline class="way" points="{way}"/>')
    times = _times(polls)
    for x, poll, time in zip(across, polls, times, strict=True):
        y = rows[poll.status]
        parts.append(_poll(poll, x, y, _FORMS[lanes.index(poll.status) % len(_FORMS)]))
        parts.append(f'<text class="quiet" x="{x:.0f}" y="{bottom + 14}" text-anchor="middle">{time}</text>')
    return "".join([*parts, "</svg>\n"])


def _poll(poll: Poll, x: float, y: int, form: str) -> str:
    told = f"poll {poll.number}: {poll.status}, progress {poll.progress}"
    if poll.rules:
        told += f"; breaks {', '.join(poll.rules)}"
    mark = ""
    if poll.rules:
        ring, word, sign = ("broke", "cross", "✕") if poll.error else ("suspect", "ask", "!")
        mark = f'<circle class="{ring}" r="12"/><text class="{word}" x="12" y="-8">{sign}</text>'
    return f'<g transform="translate({x:.0f} {y})"><title>{esc(told)}</title>{form}{mark}</g>'


def _across(polls: Sequence[Poll]) -> list[float]:
    """Place the polls on the axis: by their times where all are known and none is earlier, else one step each."""
    at: list[float] = [poll.at for poll in polls if poll.at is not None]
    gaps = [later - earlier for earlier, later in pairwise(at)]
    if len(at) < len(polls) or not gaps or min(gaps) < 0 or max(gaps) <= 0:
        return [_LEFT + _STEP * number for number in range(len(polls))]
    usual = sorted(gap for gap in gaps if gap > 0)[len([gap for gap in gaps if gap > 0]) // 2]
    across = [float(_LEFT)]
    for gap in gaps:
        across.append(across[-1] + _STEP * min(_WIDEST, max(1.0, gap / usual)))
    return across


def _times(polls: Sequence[Poll]) -> list[str]:
    """Label the polls: with the seconds since the first one where all times are known, else with their number."""
    first = polls[0].at
    times = [poll.at for poll in polls if poll.at is not None]
    if first is None or len(times) < len(polls):
        return [f"{poll.number}" for poll in polls]
    return [f"{(time - first) / 1000:,.0f} s" for time in times]


def _table(polls: Sequence[Poll]) -> Iterator[str]:
    broken = [poll for poll in polls if poll.rules]
    yield f"<details><summary>The polls as a table{f', {len(broken)} of them with findings' if broken else ''}</summary>\n"
    yield '<div class="inside"><table>\n<caption>Each poll, what it said, and which rules it broke</caption>\n<thead><tr>'
    yield "".join(f'<th scope="col">{name}</th>' for name in ("poll", "status", "progress", "findings", "where"))
    yield "</tr></thead>\n<tbody>\n"
    for poll in polls:
        sign = "✕ " if poll.error else "! "
        rules = sign + ", ".join(esc(rule) for rule in poll.rules) if poll.rules else "none"
        where = f"{poll.source}:{poll.line}" if poll.line is not None else poll.source
        yield f'<tr><th scope="row">{poll.number}</th><td>{cell(poll.status, 40)}</td><td>{cell(poll.progress, 40)}</td>'
        yield f"<td>{rules}</td><td>{cell(where)}</td></tr>\n"
    yield "</tbody>\n</table></div></details>\n"
