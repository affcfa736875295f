"""How every format shows a value, a place and a count, so that none of them can be made to obey a payload."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from docpact.finding import Severity
from docpact.redact import printable, without_secrets

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from docpact.finding import Clause, Finding, Place, Traffic
    from docpact.report import Compared, Run
    from docpact.tally import Group

# Build services take `##[error]`, `##vso[…]` and `##teamcity[…]` anywhere in a line of a log as an order.
_ORDER = re.compile(r"##(?=\w*\[)")
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+://")
_LONGEST = 2000
WORST = {Severity.ERROR: 0, Severity.WARNING: 1, Severity.NOTE: 2}


def plain(text: str) -> str:
    """Write a text of a payload so that neither a terminal nor the log of a build service obeys it."""
    text = printable(text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…")
    return _ORDER.sub(r"#\\u0023", text) if "##" in text else text


def told(text: str) -> str:
    """Write a message or a pointer: plain, and without what is shaped like a secret, since a member's name may be one."""
    return plain(without_secrets(text))


def place(at: Place) -> str:
    """Write a place as editors take it: `file:line:column`, then the pointer, and the item of a list body."""
    text = plain(at.source) or "<payload>"
    if at.line is not None:
        text += f":{at.line}" + (f":{at.column}" if at.column is not None else "")
    if at.item is not None:
        text += f" item {at.item}"
    return f"{text} {told(at.pointer)}" if at.pointer else text


def answer(traffic: Traffic) -> str:
    """Say which answer of a live endpoint it was: `poll 3, status 200`; `no answer` where none came."""
    poll = "" if not traffic.poll else f"poll {traffic.poll}, "
    return poll + ("no answer" if traffic.status is None else f"status {traffic.status}")


def exchange(traffic: Traffic | None) -> Iterator[tuple[str, str]]:
    """Yield what a reader needs to ask again, each with its name: the request as a shell line, and how the body began."""
    if traffic is not None:
        # Told to be safe: the name of the variable that stands for a token would be hidden with it.
        yield "curl", plain(traffic.curl)
        if traffic.excerpt:
            yield "body", told(traffic.excerpt)


def behind(finding: Finding) -> Iterator[tuple[str, str]]:
    """Yield what stands behind a finding, each with its name: an exchange, or what two contracts say, with a witness."""
    yield from exchange(finding.traffic)
    changed = finding.changed
    if changed is None:
        return
    for name, clause in (("old", changed.old_clause), ("new", changed.new_clause)):
        if clause is not None:
            yield name, f"{plain(clause.page)}:{page(clause)}"
    witness = changed.witness if finding.severity is not Severity.NOTE else None
    if witness is not None and witness.text:
        yield "case", f"{plain(witness.allowed_by)} allows, {plain(witness.refused_by)} refuses: {told(witness.text)}"
    elif witness is not None:
        yield "case", f"none: {plain(witness.lack)}"


def page(clause: Clause) -> str:
    """Write the page lines of a clause as one line: `51-54: imageUrl ⏎ string`."""
    first, last = clause.lines
    words = plain(" ⏎ ".join(line.strip() for line in clause.quote.split("\n")))
    return f"{first}{f'-{last}' if last != first else ''}: {words}"


def count(number: int, noun: str, plural: str = "") -> str:
    """Write a number with its noun: `1 finding`, `1,204 findings`."""
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"


def groups(run: Run, most: int | None = None) -> list[Group]:
    """Return the groups of equal findings, errors first; not more than `--max-findings` and `most`."""
    ordered = sorted(run.tally.groups.values(), key=lambda group: WORST[group.first.severity])
    bounds = [bound for bound in (run.most, most) if bound is not None]
    return ordered[: min(bounds)] if bounds else ordered


def left_out(run: Run, shown: Iterable[Group]) -> int:
    """Count the findings that belong to none of the groups shown."""
    return run.tally.findings - sum(group.count for group in shown)


def path(source: str, root: str) -> str:
    """Return the path of a source as repositories name it: from `root` where it lies below, without `./`, with `/`."""
    beneath = f"{root.rstrip('/')}/"
    inside = source[len(beneath) :] if root and source.startswith(beneath) else source
    while inside.startswith("./"):
        inside = inside[2:].lstrip("/")
    return inside or "payload"


def uri(source: str, root: str) -> str:
    """Return a source as a URI reference, percent-encoded: relative below `root`, `file:` for other absolute paths."""
    inside = path(source, root)
    scheme = _SCHEME.match(inside)
    head = scheme.group() if scheme else "file://" if inside.startswith("/") else ""
    rest = inside[scheme.end() :] if scheme else inside
    try:
        # A file name that is no UTF-8 has its bytes as half surrogates: they are encoded as the bytes they are.
        raw = rest.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        raw = rest.encode("utf-8", "surrogatepass")
    from urllib.parse import quote

    return head + quote(raw, safe="/")


def profile_hint(run: Run) -> Iterator[str]:
    """Yield the sentence that names the profile which explains most findings, where there is one."""
    best = run.tally.best_profile()
    if best is None:
        return
    name, explained = best
    left = run.tally.findings - explained
    rest = f"shows the other {left:,}" if left else "accepts all of them"
    yield f"{explained:,} of {count(run.tally.findings, 'finding')} are how a `{name}` behaves: `--profile {name}` {rest}"


def outcome(run: Run) -> str:
    """Say in one sentence how many payloads were judged, and how many have errors; or how many changes break clients."""
    tally = run.tally
    if run.compared is not None:
        return _compared(run.compared)
    noun = "payload" if run.checked is None else "answer"
    if not tally.payloads:
        return f"no {noun} was judged"
    stories = f" in {count(tally.stories, 'story', 'stories')}" if tally.stories else ""
    if tally.violating:
        return f"{tally.violating:,} of {count(tally.payloads, noun)}{stories} with errors"
    clean = f"{count(tally.payloads, noun)}{stories} without errors"
    # What makes the run fail all the same stands beside it, or the verdict would contradict its own sentence.
    but = []
    if tally.waivers is not None and tally.waivers.expired:
        but.append(f"{count(len(tally.waivers.expired), 'waiver')} expired")
    if tally.warnings and run.fail_on == "warning":
        but.append(count(tally.warnings, "warning"))
    return f"{clean}, but {' and '.join(but)}" if but else clean


def _compared(compared: Compared) -> str:
    ways = f"from {plain(compared.old)} to {plain(compared.new)}"
    changes = compared.breaking + compared.doubtful + compared.compatible + compared.words
    if not changes:
        return f"nothing changed {ways}"
    if not compared.breaking:
        return f"{count(changes, 'change')} {ways}, and none of them breaks clients"
    return f"{count(compared.breaking, 'breaking change')} of {changes:,} {ways}"


def judged_by(run: Run) -> str:
    """Say by what was judged: contract and profile; or, of two contracts, which part of a version the changes ask for."""
    if run.compared is None:
        return f"contract {plain(run.contract)}, profile {run.profile}"
    return f"version: {run.compared.advice}"
