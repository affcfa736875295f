"""The report as one HTML page: no script, no network, nothing that a value of a payload could become part of."""

from __future__ import annotations

from base64 import b64encode
from hashlib import sha256
from typing import TYPE_CHECKING

from docpact.redact import without_secrets
from docpact.report import html_findings, html_seen, html_stories
from docpact.report.html_text import cell, code, esc
from docpact.report.notes import accepted
from docpact.report.page_style import STYLE
from docpact.report.showing import judged_by, outcome, profile_hint
from docpact.tally import Verdict

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from docpact.report import Run

_NAMED = 20
_SIGNS = {Verdict.CONFORMS: ("✓", "conforms"), Verdict.VIOLATES: ("✕", "violates")}
# Only this very style sheet is obeyed: no script, no image, no font, no frame, no form, no style that was smuggled in.
POLICY = (
    f"default-src 'none'; style-src 'sha256-{b64encode(sha256(STYLE.encode()).digest()).decode()}'; "
    "base-uri 'none'; form-action 'none'"
)


def render(run: Run, findings: Iterable[str]) -> Iterator[str]:
    """Yield the page section by section; of a million findings it shows the groups, and the first places of each."""
    yield from _head(run)
    yield from _verdict(run)
    yield "<main>\n"
    yield from _summary(run)
    yield from html_findings.section(run, findings)
    if run.seen is not None:
        yield from html_seen.section(run.seen)
        if run.seen.draws_stories:
            yield from html_stories.section(run.seen, run.promised)
    yield "</main>\n"
    yield f"<footer>docpact {esc(run.version)}. This page is one file: it needs no script, and loads nothing.</footer>\n"
    yield "</body>\n</html>\n"


def _head(run: Run) -> Iterator[str]:
    title = f"{run.tally.verdict(run.fail_on)}: {run.contract}, docpact report"
    yield '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
    yield f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">\n'
    yield '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
    yield '<meta name="referrer" content="no-referrer">\n<meta name="color-scheme" content="light dark">\n'
    yield f"<title>{esc(title)}</title>\n<style>{STYLE}</style>\n</head>\n"


def _verdict(run: Run) -> Iterator[str]:
    verdict = run.tally.verdict(run.fail_on)
    sign, words = _SIGNS.get(verdict, ("?", "not established"))
    yield '<body>\n<a class="skip" href="#findings">Skip to the findings</a>\n<header>\n<h1>docpact report</h1>\n'
    yield f'<div class="verdict {verdict}"><strong><span aria-hidden="true">{sign}</span> {words}</strong>\n'
    by = f"contract {code(run.contract)}, profile {code(run.profile)}" if run.compared is None else esc(judged_by(run))
    yield f"<p>{esc(outcome(run))}; {by}</p></div>\n"
    if run.interrupted:
        yield '<p class="note">The run was interrupted: this is what was found until then.</p>\n'
    for note in accepted(run):
        yield f'<p class="note">{esc(note)}</p>\n'
    for hint in profile_hint(run):
        words = "".join(code(part) if n % 2 else esc(part) for n, part in enumerate(hint.split("`")))
        yield f'<p class="note">{words}</p>\n'
    links = [("summary", "Summary"), ("findings", "Findings")]
    links += [("seen", "Members and values seen")] if run.seen is not None else []
    links += [("stories", "Stories")] if run.seen is not None and run.seen.draws_stories else []
    yield '<nav aria-label="Sections"><ul>'
    yield "".join(f'<li><a href="#{target}">{words}</a></li>' for target, words in links)
    yield "</ul></nav>\n</header>\n"


def _summary(run: Run) -> Iterator[str]:
    tally = run.tally
    changes = {"breaking": tally.errors, "to look at": tally.warnings, "compatible": tally.notes}
    figures = (
        changes
        if run.compared is not None
        else {
            "payloads": tally.payloads,
            "conforming": tally.conforming,
            "with errors": tally.violating,
            "not readable": tally.unreadable,
            "errors": tally.errors,
            "warnings": tally.warnings,
            "stories": tally.stories,
            "waived": tally.waived,
        }
    )
    yield '<section id="summary" aria-labelledby="summary-title">\n<h2 id="summary-title">Summary</h2>\n<dl class="figures">\n'
    optional = {"stories", "waived", "not readable"}
    yield "".join(f"<div><dt>{n}</dt><dd>{v:,}</dd></div>\n" for n, v in figures.items() if v or n not in optional)
    yield '</dl>\n<table class="facts">\n<caption>What was judged, and by what</caption>\n<tbody>\n'
    for name, value in _facts(run):
        yield f'<tr><th scope="row">{name}</th><td>{value}</td></tr>\n'
    yield "</tbody>\n</table>\n"
    yield from _not_read(run)
    yield "</section>\n"


def _facts(run: Run) -> Iterator[tuple[str, str]]:
    tally = run.tally
    if run.compared is not None:
        yield "from", cell(run.compared.old)
        yield "to", cell(run.compared.new)
        yield "version", esc(run.compared.advice)
    else:
        yield from _promised(run)
    yield "docpact", code(run.version)
    more = f" and {len(run.inputs) - _NAMED:,} more" if len(run.inputs) > _NAMED else ""
    yield "inputs", (", ".join(cell(without_secrets(name)) for name in run.inputs[:_NAMED]) or "–") + more
    yield "rules in force", f"{len(run.rules):,}"
    yield "fails on", esc(run.fail_on)
    if tally.skipped:
        names = ", ".join(f"{code(thing.source)} ({esc(thing.reason)})" for thing in tally.skips[:_NAMED])
        more = f" and {tally.skipped - _NAMED:,} more" if tally.skipped > _NAMED else ""
        yield "passed over", names + more
    if tally.waivers is not None:
        told = [f"expired: {code(w.rule)} by {esc(w.owner)}, on {w.expires}" for w in tally.waivers.expired]
        told += [f"unused: {code(w.rule)} by {esc(w.owner)}" for w in tally.waivers.unused]
        yield "waivers", "<br>".join(told) or "all in use"


def _promised(run: Run) -> Iterator[tuple[str, str]]:
    yield "contract", cell(run.contract)
    if run.promised is not None:
        yield "page", code(run.promised.page_label)
    yield "schema SHA-256", code(run.schema_sha256)
    profile = None if run.promised is None else run.promised.profiles.get(run.profile)
    yield "profile", code(run.profile) + (f": {esc(profile.summary)}" if profile is not None else "")


def _not_read(run: Run) -> Iterator[str]:
    tally = run.tally
    if not tally.not_read:
        return
    yield "<table>\n<caption>What could not be read</caption>\n"
    yield '<thead><tr><th scope="col">source</th><th scope="col">why, and what to do</th></tr></thead>\n<tbody>\n'
    for source in tally.not_read:
        yield f'<tr><th scope="row">{cell(source.source)}</th><td>{esc(source.reason)}; {esc(source.hint)}</td></tr>\n'
    yield "</tbody>\n</table>\n"
    if tally.unreadable > len(tally.not_read):
        yield f"<p>and {tally.unreadable - len(tally.not_read):,} more</p>\n"
