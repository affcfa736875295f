"""The findings in the HTML report: by rule, with why, the quoted page lines, and the first places of each group."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from docpact.report.html_text import badge, code, esc
from docpact.report.showing import WORST, answer, behind, count, groups, left_out, told
from docpact.tally import alike

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from docpact.finding import Clause
    from docpact.report import Run
    from docpact.rules import Rule
    from docpact.tally import Group

_MOST_GROUPS = 200
_MOST_PLACES = 20
_OPEN = 3

# Which section of the contract's lifecycle says why a rule is one.
_SECTIONS = {
    "status-back": ("lifecycle",),
    "end-left": ("lifecycle",),
    "progress-fell": ("progress",),
    "progress-restarted": ("progress",),
    "stuck": ("stuck",),
    "instant-stays": ("instant",),
}

Key = tuple[str, str]


def section(run: Run, findings: Iterable[str]) -> Iterator[str]:
    """Yield the section; the places of a group are looked for among the single findings until there are enough."""
    yield '<section id="findings" aria-labelledby="findings-title">\n<h2 id="findings-title">Findings</h2>\n'
    shown = groups(run, _MOST_GROUPS)
    if not shown:
        yield "<p>Nothing was found.</p>\n" if not run.tally.findings else ""
    places = _places(shown, findings)
    by_rule: dict[str, list[Group]] = {}
    for group in shown:
        by_rule.setdefault(group.first.rule, []).append(group)
    for number, (rule, found) in enumerate(by_rule.items()):
        yield from _rule(run, rule, found, places, is_open=number < _OPEN)
    rest = left_out(run, shown)
    if rest:
        yield f"<p>And {count(rest, 'more finding')} of further kinds, which this page does not list: "
        yield "<code>--format json</code> lists all of them.</p>\n"
    yield "</section>\n"


def _places(shown: list[Group], findings: Iterable[str]) -> dict[Key, list[dict[str, Any]]]:
    """Return the first places of each group shown, reading no further than it takes to have them."""
    wanted = {_key(group): min(group.count, _MOST_PLACES) for group in shown}
    places: dict[Key, list[dict[str, Any]]] = {key: [] for key in wanted}
    missing = sum(wanted.values())
    for line in findings if missing else ():
        finding = json.loads(line)
        at = finding["place"]
        listed = alike(finding["rule"], finding["layer"], at["pointer"], finding["found"], finding["message"])
        key = (finding["fingerprint"], listed)
        if key in places and len(places[key]) < wanted[key]:
            places[key].append(at)
            missing -= 1
            if not missing:
                break
    return places


def _key(group: Group) -> Key:
    finding = group.first
    return finding.fingerprint, alike(finding.rule, finding.layer, finding.place.pointer, finding.found, finding.message)


def _rule(run: Run, name: str, found: list[Group], places: dict[Key, list[dict[str, Any]]], *, is_open: bool) -> Iterator[str]:
    rule = run.table[name]
    worst = min((group.first.severity for group in found), key=lambda severity: WORST[severity])
    number = run.tally.by_rule.get(name, 0)
    yield f"<details{' open' if is_open else ''}>\n<summary>{badge(worst)} <h3>{esc(name)}</h3> "
    yield f'<span class="count">{count(number, "finding")}, {rule.layer}</span>'
    yield f'<span class="title">{esc(rule.title)}</span></summary>\n<div class="inside">\n'
    why = _why(run, name)
    if why:
        yield f"<p><b>Why</b> {esc(why)}</p>\n"
    yield f"<p><b>What to do</b> {esc(rule.hint)}</p>\n"
    yield f"<p><b>More</b> <code>docpact explain {esc(name)}</code></p>\n"
    for group in found:
        yield from _group(group, places.get(_key(group), []), rule)
    rest = number - sum(group.count for group in found)
    if rest > 0:
        yield f"<p>And {count(rest, 'more finding')} of this rule.</p>\n"
    yield "</div>\n</details>\n"


def _why(run: Run, name: str) -> str:
    """Say why a rule is one: its own reason, else that of the first entry of the contract that speaks of it."""
    if run.table[name].reason or run.promised is None:
        return run.table[name].reason
    reasons = [entry.reason for entry in run.promised.coherence if entry.rule == name]
    cycle = run.promised.lifecycle
    if not reasons and cycle is not None:
        lasting = {
            "fixed-changed": [part.reason for part in cycle.fixed],
            "settled-changed": [part.reason for part in cycle.settled],
            "status-back-known": [part.reason for part in cycle.backs],
        }
        reasons = lasting.get(name, [cycle.reasons[section][0] for section in _SECTIONS.get(name, ())])
    return reasons[0] if reasons else ""


def _group(group: Group, places: list[dict[str, Any]], rule: Rule) -> Iterator[str]:
    finding = group.first
    times = f' <span class="muted">{group.count:,} times</span>' if group.count > 1 else ""
    yield f'<div class="group">\n<h4>{badge(finding.severity)} <bdi>{esc(told(finding.message))}</bdi>{times}</h4>\n'
    if finding.rule == "documented-enum" and isinstance(finding.expected, list):
        yield f"<p>known: {', '.join(code(str(value)) for value in finding.expected)}</p>\n"
    if finding.hint != rule.hint:
        yield f"<p>{esc(finding.hint)}</p>\n"
    if finding.clause is not None and finding.changed is None:
        yield from _page(finding.clause)
    if finding.traffic is not None:
        yield f"<p>{esc(answer(finding.traffic))}</p>\n"
    told_behind = "".join(f"<dt>{name}</dt><dd>{code(words)}</dd>\n" for name, words in behind(finding))
    yield f"<dl>\n{told_behind}</dl>\n" if told_behind else ""
    if not places:
        places = [finding.place._asdict()]
    yield '<ol class="places">\n'
    for at in places:
        yield f"<li>{_place(at)}</li>\n"
    yield "</ol>\n"
    rest = group.count - len(places)
    if rest > 0:
        yield f'<p class="muted">and {rest:,} more, the last at {_place(group.last._asdict())}</p>\n'
    yield "</div>\n"


def _place(at: dict[str, Any]) -> str:
    where = at["source"] or "<payload>"
    if at.get("line") is not None:
        where += f":{at['line']}" + (f":{at['column']}" if at.get("column") is not None else "")
    item = f" item {at['item']}" if at.get("item") is not None else ""
    pointer = f" {code(told(at['pointer']))}" if at["pointer"] else ""
    return code(where) + item + pointer


def _page(clause: Clause) -> Iterator[str]:
    first, last = clause.lines
    said = clause.quote.split("\n")
    whole = len(said) == last - first + 1
    numbers = [str(first + n) for n in range(len(said))] if whole else [str(first), *[""] * (len(said) - 2), str(last)]
    yield f"<figure><figcaption>what the page says, {code(clause.page)}</figcaption>\n"
    lines = (
        f'<span class="line"><span class="at">{number}</span>{esc(line)}</span>'
        for number, line in zip(numbers, said, strict=False)
    )
    yield '<pre class="page">' + "".join(lines) + "</pre></figure>\n"
